/*
 * test_minimums.c
 *	  Minimums, all or nothing, in cases worked out by hand.
 */
#include "fixture.h"
#include "tap.h"

#define ROOT PN_NO_NODE
#define NONE PN_NO_LIMIT
#define MAX INT32_MAX
#define L(...) ((const int64_t[]) {__VA_ARGS__})

/* Cases are in depth-first order: indexes are positions. */
static Case
with_minimums(int32_t n, const int32_t *parent, const int32_t *limit,
			  const int32_t *demand, const int32_t *minimum)
{
	Case		c = case_of(n, parent, limit, demand, NULL);

	c.minimum = copy_of(n, minimum);
	c.facts = new_facts(n);
	return c;
}

/* Two leaves below a site. */
static Case
pair(int32_t watts, const int32_t *demand, const int32_t *minimum)
{
	return with_minimums(3, W(ROOT, 0, 0), W(watts, NONE, NONE), demand,
						 minimum);
}

/* Compares leaf by leaf; turn NULL: turns do not matter. */
static bool
compare(const Solution *s, const int64_t *allocated,
		const int32_t *refused_by, const int32_t *turn)
{
	const PnAllocation *a = &s->allocation;
	bool		right = s->status == PN_OK;
	int32_t		p;

	for (p = 0; right && p < s->tree.n; p++)
	{
		if (a->allocated[p] == allocated[p] &&
			a->refused_by[p] == refused_by[p] &&
			(turn == NULL || !pn_is_leaf(&s->tree, p) || a->turn[p] == turn[p]))
			continue;
		printf("# node %d: %lld W, refused by %d, turn %d\n", p,
			   (long long) a->allocated[p], a->refused_by[p],
			   turn == NULL ? 0 : a->turn[p]);
		right = false;
	}
	return right;
}

/* The same in TAP; frees the case. */
static void
gives(const char *what, Case *c, const int64_t *allocated,
	  const int32_t *refused_by, const int32_t *turn)
{
	Solution   *s = solve(c, NO_CHECK);

	ok(compare(s, allocated, refused_by, turn), "%s", what);
	is(s->allocation.queued, turn != NULL, "%s: whether turns mattered", what);
	free_solution(s);
	free_case(c);
}

static void
admitted(void)
{
	Case		c = pair(10, W(0, 9, 9), W(0, 0, 0));

	gives("none", &c, L(10, 5, 5), W(-1, -1, -1), NULL);
	c = pair(10, W(0, 9, 9), W(0, 5, 5));
	gives("exactly all", &c, L(10, 5, 5), W(-1, -1, -1), NULL);
	c = pair(10, W(0, 9, 9), W(0, 7, 0));
	gives("a minimum is a floor", &c, L(10, 7, 3), W(-1, -1, -1), NULL);
	c = pair(10, W(0, 9, 9), W(0, 2, 3));
	gives("below the level it changes nothing", &c, L(10, 5, 5),
		  W(-1, -1, -1), NULL);
	c = pair(NONE, W(0, 9, 9), W(0, 9, 9));
	gives("without limits", &c, L(18, 9, 9), W(-1, -1, -1), NULL);

	c = with_minimums(4, W(ROOT, 0, 0, 0), W(9, NONE, NONE, NONE),
					  W(0, 9, 9, 9), W(0, 6, 0, 0));
	gives("others share what is left", &c, L(9, 6, 2, 1),
		  W(-1, -1, -1, -1), NULL);
	c = with_minimums(4, W(ROOT, 0, 0, 0), W(14, NONE, NONE, NONE),
					  W(0, 9, 9, 9), W(0, 4, 0, 0));
	gives("a minimum below the level, and remainders by order", &c,
		  L(14, 5, 5, 4), W(-1, -1, -1, -1), NULL);
}

/* The first watt above a minimum competes like any other: 3/1 with 4/3. */
static void
admitted_with_weights(void)
{
	Case		c = pair(6, W(0, 9, 9), W(0, 2, 0));

	c.policy = policy_named("WEIGHTED");
	c.facts[2].weight = 3;
	gives("a floor above what the weight gives", &c, L(6, 2, 4),
		  W(-1, -1, -1), NULL);
	c = pair(10, W(0, 9, 9), W(0, 2, 1));
	c.policy = policy_named("WEIGHTED");
	c.facts[2].weight = 3;
	gives("floors below what weights give", &c, L(10, 2, 8), W(-1, -1, -1),
		  NULL);
}

static void
refused_by_the_leaf(void)
{
	Case		c = pair(10, W(0, 5, 5), W(0, 6, 0));

	gives("more than is wanted", &c, L(5, 0, 5), W(-1, 1, -1), NULL);
	c = pair(10, W(0, 0, 5), W(0, 6, 0));
	gives("nothing is wanted: nobody is curtailed", &c, L(5, 0, 5),
		  W(-1, -1, -1), NULL);
	c = with_minimums(3, W(ROOT, 0, 0), W(10, 5, NONE), W(0, 9, 9), W(0, 6, 0));
	gives("more than the leaf's limit", &c, L(9, 0, 9), W(-1, 1, -1), NULL);
	c = with_minimums(1, W(ROOT), W(5), W(9), W(6));
	gives("a leaf alone", &c, L(0), W(0), NULL);
	c = with_minimums(1, W(ROOT), W(6), W(9), W(6));
	gives("a leaf alone, just enough", &c, L(6), W(-1), NULL);
}

static void
refused_above(void)
{
	Case		c = pair(10, W(0, 6, 6), W(0, 6, 6));

	gives("the second does not fit, and the site is not full", &c, L(6, 6, 0),
		  W(-1, -1, 0), W(0, 1, 2));
	c = pair(10, W(0, 9, 9), W(0, 6, 5));
	gives("all or nothing: 4 W are left for the first", &c, L(9, 9, 0),
		  W(-1, -1, 0), W(0, 1, 2));
	c = with_minimums(4, W(ROOT, 0, 0, 0), W(10, NONE, NONE, NONE),
					  W(0, 6, 6, 4), W(0, 6, 6, 4));
	gives("after one that does not fit, one that does", &c, L(10, 6, 0, 4),
		  W(-1, -1, 0, -1), W(0, 1, 2, 3));
	c = with_minimums(5, W(ROOT, 0, 1, 1, 0), W(12, 5, NONE, NONE, NONE),
					  W(0, 0, 9, 9, 9), W(0, 0, 3, 3, 0));
	gives("by a circuit", &c, L(12, 5, 5, 0, 7), W(-1, -1, -1, 1, -1),
		  W(0, 0, 1, 2, 0));
	c = with_minimums(3, W(ROOT, 0, 1), W(5, 5, NONE), W(0, 0, 9), W(0, 0, 6));
	gives("by two: the deeper is named", &c, L(0, 0, 0), W(-1, -1, 1),
		  W(0, 0, 1));
	c = with_minimums(3, W(ROOT, 0, 1), W(5, 8, NONE), W(0, 0, 9), W(0, 0, 6));
	gives("by the one above alone", &c, L(0, 0, 0), W(-1, -1, 0), W(0, 0, 1));
	c = with_minimums(3, W(ROOT, 0, 1), W(5, 5, 5), W(0, 0, 9), W(0, 0, 6));
	gives("by the leaf as well", &c, L(0, 0, 0), W(-1, -1, 2), NULL);
	c = with_minimums(4, W(ROOT, 0, 1, 0), W(5, NONE, NONE, NONE),
					  W(0, 0, 9, 3), W(0, 0, 6, 3));
	gives("past a circuit that has no limit", &c, L(3, 0, 0, 3),
		  W(-1, -1, 0, -1), W(0, 0, 1, 2));
	c = pair(MAX, W(0, MAX, MAX), W(0, MAX, MAX));
	gives("sums past int32", &c, L(MAX, MAX, 0), W(-1, -1, 0), W(0, 1, 2));
}

static void
turns(void)
{
	Case		c = pair(10, W(0, 6, 6), W(0, 6, 6));

	c.facts[1].arrived_at = 8;
	c.facts[2].arrived_at = 7;
	gives("who came first", &c, L(6, 0, 6), W(-1, 0, -1), W(0, 2, 1));

	c = pair(10, W(0, 6, 6), W(0, 6, 6));
	c.facts[2].arrived_at = INT64_MAX;
	gives("who came last of all comes before who never did", &c, L(6, 0, 6),
		  W(-1, 0, -1), W(0, 2, 1));

	c = pair(10, W(0, 6, 6), W(0, 6, 6));
	c.facts[2].arrived_at = INT64_MAX;
	c.no_arrivals = true;
	gives("nobody's arrival is known: by place", &c, L(6, 6, 0),
		  W(-1, -1, 0), W(0, 1, 2));

	c = pair(10, W(0, 6, 6), W(0, 6, 6));
	c.order = copy_of(3, W(0, 2, 1));
	gives("by order", &c, L(6, 0, 6), W(-1, 0, -1), W(0, 2, 1));

	c = pair(10, W(0, 6, 6), W(0, 6, 6));
	c.policy = policy_named("PRIORITY");
	c.facts[1].arrived_at = 7;
	c.facts[2].arrived_at = 8;
	c.facts[2].priority = 1;
	gives("tiers before arrivals", &c, L(6, 0, 6), W(-1, 0, -1), W(0, 2, 1));

	c = pair(10, W(0, 6, 6), W(0, 6, 6));
	c.policy = policy_named("EARLIEST_DEADLINE_FIRST");
	c.facts[1].arrived_at = 7;
	c.facts[2].departs_at = 8;
	gives("a deadline before arrivals", &c, L(6, 0, 6), W(-1, 0, -1),
		  W(0, 2, 1));

	c = with_minimums(4, W(ROOT, 0, 0, 0), W(10, NONE, 3, NONE),
					  W(0, 6, 6, 6), W(0, 6, 6, 6));
	gives("who refuses itself has no turn", &c, L(6, 6, 0, 0),
		  W(-1, -1, 2, 0), W(0, 1, 0, 2));
}

/* Every tier's minimums come before the first tier's further watts. */
static void
tiers(void)
{
	Case		c = pair(10, W(0, 10, 4), W(0, 0, 4));

	c.policy = policy_named("PRIORITY");
	c.facts[1].priority = 9;
	gives("a lower tier's minimum comes first", &c, L(10, 6, 4),
		  W(-1, -1, -1), NULL);

	c = pair(5, W(0, 6, 3), W(0, 6, 2));
	c.policy = policy_named("PRIORITY");
	c.facts[1].priority = 9;
	gives("a higher tier is refused, a lower one is not", &c, L(3, 0, 3),
		  W(-1, 0, -1), W(0, 1, 2));

	c = with_minimums(4, W(ROOT, 0, 0, 0), W(12, NONE, NONE, NONE),
					  W(0, 9, 9, 9), W(0, 2, 1, 3));
	c.policy = policy_named("FIRST_COME_FIRST_SERVED");
	c.facts[3].arrived_at = 1;
	c.facts[1].arrived_at = 2;
	gives("then tier by tier", &c, L(12, 2, 1, 9), W(-1, -1, -1, -1), NULL);
}

int
main(void)
{
	admitted();
	admitted_with_weights();
	refused_by_the_leaf();
	refused_above();
	turns();
	tiers();
	return tap_end();
}
