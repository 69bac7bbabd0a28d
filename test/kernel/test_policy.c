/*
 * test_policy.c
 *	  The policies' names, and the share that each gives to a leaf.
 */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "tap.h"

#define HOUR INT64_C(3600000000)	/* us */
#define NEVER PN_NO_TIME
#define NO_LIMIT PN_NO_LIMIT

static const char *const names[] = {
	"EQUAL_SHARE", "WEIGHTED", "PROPORTIONAL", "PRIORITY",
	"FIRST_COME_FIRST_SERVED", "EARLIEST_DEADLINE_FIRST", "LEAST_LAXITY_FIRST"
};

static const char *const no_names[] = {
	"", "equal_share", "EQUAL_SHARE ", " EQUAL_SHARE", "EQUAL", "EQUAL_SHARES",
	"FAIR"
};

static void
find_names(void)
{
	PnPolicy	policy;
	int			i;

	is(pn_policy_count(), 7, "seven policies");
	for (i = 0; i < 7; i++)
	{
		ok(strcmp(pn_policy_name(i), names[i]) == 0,
		   "policy %d is called %s", i, names[i]);
		policy = -1;
		ok(pn_policy_by_name(names[i], &policy) && policy == i,
		   "%s is found by name", names[i]);
		is(pn_policy_is_plain(i), i == 0, "whether %s is plain", names[i]);
		is(pn_policy_needs_time(i), i == 6, "whether %s needs the time",
		   names[i]);
	}
	ok(strcmp(pn_policy_name(PN_DEFAULT_POLICY), "EQUAL_SHARE") == 0,
	   "EQUAL_SHARE is the default");

	policy = 3;
	for (i = 0; i < (int) (sizeof(no_names) / sizeof(no_names[0])); i++)
		ok(!pn_policy_by_name(no_names[i], &policy) && policy == 3,
		   "\"%s\" is no policy", no_names[i]);
}

/* A root with n leaves, of which nothing is known and each wants 10 W. */
static Case
star(const char *policy, int32_t n, const int32_t *order)
{
	Case		c = new_case(n + 1, order != NULL);
	int32_t		i;

	c.policy = policy_named(policy);
	c.spelt_out = true;
	c.facts = new_facts(n + 1);
	for (i = 0; i <= n; i++)
	{
		c.parent[i] = i == 0 ? PN_NO_NODE : 0;
		c.limit[i] = NO_LIMIT;
		c.demand[i] = 10;
		if (order != NULL)
			c.order[i] = i == 0 ? INT32_MAX : order[i - 1];
	}
	return c;
}

/* Compares the leaves' shares, frees the case. */
static void
gives(const char *what, Case *c, const int32_t *tier, const int32_t *weight)
{
	Solution   *s = solve(c, NO_CHECK);
	bool		right = s->status == PN_OK && s->share != NULL;
	int32_t		i;

	for (i = 1; right && i < c->n; i++)
	{
		PnShare		share = s->share[s->position[i]];

		if (share.tier == tier[i - 1] &&
			share.weight == (weight == NULL ? 1 : weight[i - 1]))
			continue;
		printf("# leaf %d: tier %d, weight %d\n", i, share.tier, share.weight);
		right = false;
	}
	ok(right, "%s", what);
	free_solution(s);
	free_case(c);
}

static void
weights(void)
{
	Case		c = star("EQUAL_SHARE", 3, NULL);

	c.facts[2].weight = 7;
	c.facts[2].priority = 7;
	c.facts[2].arrived_at = 7;
	gives("EQUAL_SHARE: all alike", &c, W(0, 0, 0), NULL);

	c = star("WEIGHTED", 3, NULL);
	c.facts[1].weight = 7;
	c.facts[3].weight = INT32_MAX;
	c.facts[3].priority = 9;
	gives("WEIGHTED: the leaf's own weight", &c, W(0, 0, 0),
		  W(7, 1, INT32_MAX));

	c = star("PROPORTIONAL", 4, NULL);
	c.demand[1] = 0;
	c.demand[2] = 1;
	c.demand[3] = INT32_MAX;
	c.facts[3].weight = 9;
	gives("PROPORTIONAL: the demand, 1 where there is none", &c,
		  W(0, 0, 0, 0), W(1, 1, INT32_MAX, 10));
}

static void
priorities(void)
{
	Case		c = star("PRIORITY", 5, W(5, 4, 3, 2, 1));

	c.facts[1].priority = 3;
	c.facts[2].priority = -3;
	c.facts[3].priority = 3;
	c.facts[4].priority = 100;
	c.facts[4].weight = 4;
	gives("PRIORITY: higher first, a tier for each", &c, W(1, 3, 1, 0, 2),
		  W(1, 1, 1, 4, 1));

	c = star("PRIORITY", 4, NULL);
	c.facts[1].priority = INT32_MIN;
	c.facts[2].priority = INT32_MAX;
	c.facts[3].priority = INT32_MIN + 1;
	gives("PRIORITY: the ends of int32", &c, W(3, 0, 2, 1), NULL);

	c = star("PRIORITY", 3, NULL);
	gives("PRIORITY: nobody has one", &c, W(0, 0, 0), NULL);
}

static void
arrivals(void)
{
	Case		c = star("FIRST_COME_FIRST_SERVED", 5, NULL);

	c.facts[1].arrived_at = 30;
	c.facts[3].arrived_at = -10;
	c.facts[4].arrived_at = 30;
	gives("FIRST_COME_FIRST_SERVED: NULL last, ties by place", &c,
		  W(1, 3, 0, 2, 4), NULL);

	c = star("FIRST_COME_FIRST_SERVED", 5, W(5, 4, 3, 2, 1));
	c.facts[1].arrived_at = 30;
	c.facts[3].arrived_at = -10;
	c.facts[4].arrived_at = 30;
	c.facts[4].weight = 9;
	gives("FIRST_COME_FIRST_SERVED: ties by order", &c, W(2, 4, 0, 1, 3), NULL);

	c = star("FIRST_COME_FIRST_SERVED", 3, NULL);
	c.facts[2].arrived_at = INT64_MAX;
	c.facts[3].arrived_at = INT64_MIN + 1;
	gives("FIRST_COME_FIRST_SERVED: the ends of time", &c, W(2, 1, 0), NULL);

	c = star("EARLIEST_DEADLINE_FIRST", 4, W(1, 4, 3, 2));
	c.facts[1].departs_at = INT64_MAX;
	c.facts[2].departs_at = 5;
	c.facts[2].arrived_at = 99;
	c.facts[3].arrived_at = 1;
	c.facts[4].departs_at = 5;
	gives("EARLIEST_DEADLINE_FIRST: NULL last, ties by order", &c,
		  W(2, 1, 3, 0), NULL);
}

/* One leaf of a case by LEAST_LAXITY_FIRST. */
static void
set_leaf(Case *c, int32_t leaf, int32_t limit, int64_t departs_at,
		 int64_t energy)
{
	c->limit[leaf] = limit;
	c->facts[leaf].departs_at = departs_at;
	c->facts[leaf].energy = energy;
}

static void
laxities(void)
{
	Case		c = star("LEAST_LAXITY_FIRST", 5, NULL);

	c.at = HOUR;
	set_leaf(&c, 1, 5, 10 * HOUR, 10);	/* 9 h less 2 h */
	set_leaf(&c, 2, 2, 10 * HOUR, 12);	/* 9 h less 6 h */
	set_leaf(&c, 3, 5, 10 * HOUR, -1);	/* 9 h */
	set_leaf(&c, 4, 5, NEVER, 1000);
	set_leaf(&c, 5, NO_LIMIT, 9 * HOUR, 1000);	/* 8 h, no time needed */
	gives("LEAST_LAXITY_FIRST: the energy's time at the leaf's limit", &c,
		  W(1, 0, 3, 4, 2), NULL);

	/* 2 Wh at 3 W: 2400 s; 1 Wh at 7 W: 514.285714 2/7 s. */
	c = star("LEAST_LAXITY_FIRST", 4, NULL);
	set_leaf(&c, 1, 3, 2400000000, 2);
	set_leaf(&c, 2, 7, 514285713, 1);
	set_leaf(&c, 3, 7, 514285714, 1);
	set_leaf(&c, 4, 7, 514285715, 1);
	gives("LEAST_LAXITY_FIRST: its time in whole us, rounded down", &c,
		  W(1, 0, 2, 3), NULL);

	c = star("LEAST_LAXITY_FIRST", 4, NULL);
	set_leaf(&c, 1, 1, 10 * HOUR, 4);
	set_leaf(&c, 2, 0, 10 * HOUR, 5);
	set_leaf(&c, 3, 0, 10 * HOUR, 4);
	set_leaf(&c, 4, 2, 10 * HOUR, 0);
	gives("LEAST_LAXITY_FIRST: limit 0 counts as 1 W, energy 0 as none", &c,
		  W(1, 0, 2, 3), NULL);

	c = star("LEAST_LAXITY_FIRST", 6, NULL);
	c.at = INT64_MAX;
	set_leaf(&c, 1, 1, INT64_MIN + 1, INT64_MAX);
	set_leaf(&c, 2, 0, INT64_MIN + 1, INT64_MAX - 1);
	set_leaf(&c, 3, 1, INT64_MAX, INT64_MAX);
	set_leaf(&c, 4, INT32_MAX, INT64_MAX, INT64_MAX);
	set_leaf(&c, 5, NO_LIMIT, INT64_MIN + 1, INT64_MAX);
	set_leaf(&c, 6, 1, NEVER, INT64_MAX);
	gives("LEAST_LAXITY_FIRST: all that 64 bits hold", &c,
		  W(0, 1, 2, 4, 3, 5), NULL);

	c = star("LEAST_LAXITY_FIRST", 3, NULL);
	c.at = INT64_MIN + 1;
	set_leaf(&c, 1, 1, INT64_MAX, -1);
	set_leaf(&c, 2, 1, NEVER, -1);
	set_leaf(&c, 3, 1, INT64_MAX, 1);
	gives("LEAST_LAXITY_FIRST: the longest laxity is not the last", &c,
		  W(1, 2, 0), NULL);
}

int
main(void)
{
	find_names();
	weights();
	priorities();
	arrivals();
	laxities();
	return tap_end();
}
