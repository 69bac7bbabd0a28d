/*
 * test_shares.c
 *	  What policies make of power, in cases worked out by hand.
 */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "tap.h"

#define ROOT PN_NO_NODE
#define NONE PN_NO_LIMIT
#define MAX INT32_MAX
#define HOUR INT64_C(3600000000)	/* us */
#define L(...) ((const int64_t[]) {__VA_ARGS__})

/* A site of so many watts, and leaves below it that have no limit. */
static Case
site(const char *policy, int32_t watts, int32_t n, const int32_t *demand)
{
	Case		c = new_case(n + 1, false);
	int32_t		i;

	c.policy = policy_named(policy);
	c.facts = new_facts(n + 1);
	c.parent[0] = ROOT;
	c.limit[0] = watts;
	c.demand[0] = 0;
	for (i = 1; i <= n; i++)
	{
		c.parent[i] = 0;
		c.limit[i] = NONE;
		c.demand[i] = demand[i - 1];
	}
	return c;
}

/* Compares what the nodes from `first` on are given; frees the case. */
static void
gives_from(int32_t first, Case *c, const char *what, const int64_t *allocated)
{
	Solution   *s = solve(c, NO_CHECK);
	bool		right = s->status == PN_OK;
	int32_t		i;

	for (i = first; right && i < c->n; i++)
	{
		int64_t		found = s->allocation.allocated[s->position[i]];

		if (found == allocated[i - first])
			continue;
		printf("# node %d: %lld W, expected %lld\n", i, (long long) found,
			   (long long) allocated[i - first]);
		right = false;
	}
	ok(right, "%s", what);
	free_solution(s);
	free_case(c);
}

/* The same of a site's leaves. */
static void
gives(const char *what, Case *c, const int64_t *allocated)
{
	gives_from(1, c, what, allocated);
}

/* Three leaves of weights 1, 2 and 3. */
static Case
weighted(int32_t watts, const int32_t *demand)
{
	Case		c = site("WEIGHTED", watts, 3, demand);

	c.facts[2].weight = 2;
	c.facts[3].weight = 3;
	return c;
}

/* The next watts have the keys 3/1, 5/2 and 7/3, then 8/3, then 9/3 = 6/2. */
static void
weights(void)
{
	Case		c;

	c = weighted(12, W(20, 20, 20));
	gives("WEIGHTED: 1 : 2 : 3", &c, L(2, 4, 6));
	c = weighted(13, W(20, 20, 20));
	gives("WEIGHTED: 7/3 comes next", &c, L(2, 4, 7));
	c = weighted(14, W(20, 20, 20));
	gives("WEIGHTED: then 5/2", &c, L(2, 5, 7));
	c = weighted(15, W(20, 20, 20));
	gives("WEIGHTED: then 8/3", &c, L(2, 5, 8));
	c = weighted(16, W(20, 20, 20));
	gives("WEIGHTED: 3/1, 6/2 and 9/3 tie, the first goes first", &c,
		  L(3, 5, 8));
	c = weighted(16, W(20, 20, 20));
	c.order = copy_of(4, W(0, 3, 1, 2));
	gives("WEIGHTED: ties by order", &c, L(2, 6, 8));
	c = weighted(1, W(20, 20, 20));
	gives("WEIGHTED: 1/3 is the first watt of all", &c, L(0, 0, 1));
	c = weighted(12, W(20, 3, 20));
	gives("WEIGHTED: what one does not want goes to the others", &c,
		  L(2, 3, 7));
	c = weighted(40, W(2, 20, 2));
	gives("WEIGHTED: enough for all", &c, L(2, 20, 2));

	c = site("WEIGHTED", 1000, 2, W(MAX, MAX));
	c.facts[2].weight = MAX;
	gives("WEIGHTED: 1 against 2^31 - 1", &c, L(0, 1000));
	c = site("WEIGHTED", MAX, 2, W(MAX, MAX));
	c.facts[2].weight = MAX;
	gives("WEIGHTED: the last watt ties, and goes to the first", &c,
		  L(1, MAX - 1));
	c = site("WEIGHTED", 9, 3, W(9, 9, 9));
	c.facts[1].weight = c.facts[2].weight = c.facts[3].weight = 1000000;
	gives("WEIGHTED: like weights of any size are 1", &c, L(3, 3, 3));
}

static void
proportions(void)
{
	Case		c;

	c = site("PROPORTIONAL", 12, 3, W(10, 20, 30));
	gives("PROPORTIONAL: a fifth of each", &c, L(2, 4, 6));
	c = site("PROPORTIONAL", 13, 3, W(10, 20, 30));
	gives("PROPORTIONAL: 7/30 comes next", &c, L(2, 4, 7));
	c = site("PROPORTIONAL", 59, 3, W(10, 20, 30));
	gives("PROPORTIONAL: last watts tie, and the last leaf misses one", &c,
		  L(10, 20, 29));
	c = site("PROPORTIONAL", 5, 3, W(0, 20, 30));
	gives("PROPORTIONAL: nothing of nothing", &c, L(0, 2, 3));
}

static void
tiers(void)
{
	Case		c;

	c = site("PRIORITY", 10, 3, W(4, 6, 6));
	c.facts[2].priority = c.facts[3].priority = 5;
	c.facts[3].weight = 2;
	gives("PRIORITY: equals by weight, lower ones nothing", &c, L(0, 4, 6));
	c = site("PRIORITY", 15, 3, W(4, 6, 6));
	c.facts[2].priority = c.facts[3].priority = 5;
	gives("PRIORITY: lower ones what is left", &c, L(3, 6, 6));
	c = site("PRIORITY", 7, 3, W(5, 5, 5));
	c.facts[1].priority = -1;
	c.facts[3].priority = -2;
	gives("PRIORITY: none is above negative ones", &c, L(2, 5, 0));

	c = site("FIRST_COME_FIRST_SERVED", 12, 4, W(5, 5, 5, 5));
	c.facts[1].arrived_at = 30;
	c.facts[3].arrived_at = c.facts[4].arrived_at = 10;
	gives("FIRST_COME_FIRST_SERVED: one after the other", &c, L(2, 0, 5, 5));
	c = site("FIRST_COME_FIRST_SERVED", 8, 4, W(5, 5, 5, 5));
	c.facts[1].arrived_at = 30;
	c.facts[3].arrived_at = c.facts[4].arrived_at = 10;
	c.order = copy_of(5, W(0, 1, 2, 9, 8));
	gives("FIRST_COME_FIRST_SERVED: equals by order", &c, L(0, 0, 3, 5));

	c = site("EARLIEST_DEADLINE_FIRST", 12, 3, W(9, 9, 9));
	c.facts[2].departs_at = 7;
	c.facts[3].departs_at = 6;
	gives("EARLIEST_DEADLINE_FIRST: who leaves first", &c, L(0, 3, 9));

	c = site("LEAST_LAXITY_FIRST", 4, 3, W(9, 9, 9));
	c.limit[1] = 5;
	c.limit[2] = 2;
	c.facts[1].departs_at = c.facts[2].departs_at = 10 * HOUR;
	c.facts[1].energy = 10;
	c.facts[2].energy = 12;
	gives("LEAST_LAXITY_FIRST: who can wait least", &c, L(2, 2, 0));
}

/*
 * Two circuits, of 10 W and 20 W, below a site of 15 W.  Each circuit cuts by
 * the same keys as the site: the circuit of 10 W keeps the 8 W of its first
 * tier and 2 W of the second, and the site takes those 2 W, being later than
 * all of the other circuit.
 */
static void
tiers_across_circuits(void)
{
	Case		c = case_of(7, W(ROOT, 0, 0, 1, 1, 2, 2),
							W(15, 10, 20, NONE, NONE, NONE, NONE),
							W(0, 0, 0, 8, 8, 4, 4), NULL);

	c.policy = policy_named("PRIORITY");
	c.facts = new_facts(7);
	c.facts[3].priority = 2;
	c.facts[5].priority = c.facts[6].priority = 1;
	gives_from(0, &c, "PRIORITY across circuits",
			   L(15, 8, 7, 8, 0, 4, 3));
}

/* Shares need not be a policy's: tiers of any value, and far apart. */
static void
own_shares(void)
{
	Case		c = site("EQUAL_SHARE", 10, 3, W(6, 6, 6));

	c.share = new_filled(4, sizeof(PnShare));
	c.share[1] = (PnShare) {INT32_MAX, 1};
	c.share[2] = (PnShare) {INT32_MIN, 1};
	c.share[3] = (PnShare) {0, 9};
	gives("tiers from end to end of int32", &c, L(0, 6, 4));
}

int
main(void)
{
	weights();
	proportions();
	tiers();
	tiers_across_circuits();
	own_shares();
	return tap_end();
}
