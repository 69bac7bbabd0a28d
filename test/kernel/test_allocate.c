/*
 * test_allocate.c
 *	  Allocations small enough to be worked out by hand.
 */
#include <string.h>

#include "fixture.h"
#include "tap.h"

#define ROOT PN_NO_NODE
#define NONE PN_NO_LIMIT
#define MAX INT32_MAX
#define LEVELS 64

/* Compares an array by tree position with one by input index. */
static void
same(const char *what, const char *array, const Solution *s,
	 const int32_t *found, const int32_t *expected)
{
	bool		right = true;
	int32_t		i;

	for (i = 0; i < s->tree.n; i++)
	{
		if (found[s->position[i]] != expected[i])
			right = false;
	}
	if (ok(right, "%s: %s", what, array))
		return;
	for (i = 0; i < s->tree.n; i++)
		printf("# node %d: %d, expected %d\n", i, found[s->position[i]],
			   expected[i]);
}

/* All arrays by input index; order NULL is the place in the tree. */
static void
gives(const char *what, int32_t n, const int32_t *parent,
	  const int32_t *limit, const int32_t *demand, const int32_t *order,
	  const int32_t *asked, const int32_t *allocated)
{
	Solution   *s = solve_arrays(n, parent, limit, demand, order);

	is(s->status, PN_OK, "%s: status", what);
	is(s->culprit, PN_NO_NODE, "%s: no culprit", what);
	same(what, "asked", s, s->allocation.asked, asked);
	same(what, "allocated", s, s->allocation.allocated, allocated);
	free_solution(s);
}

static void
one_node(void)
{
	gives("alone, no limit", 1, W(ROOT), W(NONE), W(7), NULL, W(7), W(7));
	gives("alone, limited", 1, W(ROOT), W(5), W(7), NULL, W(7), W(5));
	gives("alone, exactly enough", 1, W(ROOT), W(7), W(7), NULL, W(7), W(7));
	gives("alone, limit zero", 1, W(ROOT), W(0), W(7), NULL, W(7), W(0));
	gives("alone, wants nothing", 1, W(ROOT), W(0), W(0), NULL, W(0), W(0));
	gives("alone, all there is", 1, W(ROOT), W(MAX), W(MAX), NULL,
		  W(MAX), W(MAX));
}

static void
limits(void)
{
	gives("no limits", 4, W(ROOT, 0, 0, 0), W(NONE, NONE, NONE, NONE),
		  W(0, 1, 20, 300), NULL, W(321, 1, 20, 300), W(321, 1, 20, 300));
	gives("limits that hold nobody back", 3, W(ROOT, 0, 0), W(30, 10, 20),
		  W(0, 10, 20), NULL, W(30, 10, 20), W(30, 10, 20));
	gives("limit zero at the root", 3, W(ROOT, 0, 0), W(0, 9, NONE),
		  W(0, 5, 5), NULL, W(10, 5, 5), W(0, 0, 0));
	gives("limit zero on one of two", 5, W(ROOT, 0, 0, 1, 2),
		  W(NONE, 0, NONE, NONE, NONE), W(0, 0, 0, 5, 5), NULL,
		  W(5, 5, 5, 5, 5), W(5, 0, 5, 0, 5));
	gives("limit on a leaf leaves more for others", 4, W(ROOT, 0, 0, 0),
		  W(12, 2, NONE, NONE), W(0, 9, 9, 9), NULL,
		  W(20, 9, 9, 9), W(12, 2, 5, 5));
	gives("the small demand is met first", 4, W(ROOT, 0, 0, 0),
		  W(100, NONE, NONE, NONE), W(0, 10, 80, 90), NULL,
		  W(180, 10, 80, 90), W(100, 10, 45, 45));
	gives("a childless circuit is a leaf of demand 0", 4, W(ROOT, 0, 0, 1),
		  W(5, 50, 50, NONE), W(0, 0, 0, 9), NULL,
		  W(9, 9, 0, 9), W(5, 5, 0, 5));
	gives("what inner nodes demand is not read", 3, W(ROOT, 0, 1),
		  W(NONE, NONE, NONE), W(MAX, -5, 4), NULL, W(4, 4, 4), W(4, 4, 4));
	gives("a circuit cuts, and the site cuts again", 7,
		  W(ROOT, 0, 0, 1, 1, 2, 2), W(14, 6, NONE, NONE, NONE, NONE, NONE),
		  W(0, 0, 0, 8, 8, 8, 8), NULL,
		  W(22, 16, 16, 8, 8, 8, 8), W(14, 6, 8, 3, 3, 4, 4));
}

/* The last watts go to the smallest order, one each. */
static void
remainders(void)
{
	gives("remainder, left to right", 5, W(ROOT, 0, 0, 0, 0),
		  W(10, NONE, NONE, NONE, NONE), W(0, 9, 9, 9, 9), NULL,
		  W(36, 9, 9, 9, 9), W(10, 3, 3, 2, 2));
	gives("remainder skips who is satisfied", 5, W(ROOT, 0, 0, 0, 0),
		  W(10, NONE, NONE, NONE, NONE), W(0, 2, 9, 2, 9), NULL,
		  W(22, 2, 9, 2, 9), W(10, 2, 3, 2, 3));
	gives("less than a watt each", 4, W(ROOT, 0, 0, 0),
		  W(2, NONE, NONE, NONE), W(0, 9, 9, 9), NULL,
		  W(27, 9, 9, 9), W(2, 1, 1, 0));
	gives("remainder by order", 5, W(ROOT, 0, 0, 0, 0),
		  W(10, NONE, NONE, NONE, NONE), W(0, 9, 9, 9, 9), W(0, 4, 2, 3, 1),
		  W(36, 9, 9, 9, 9), W(10, 2, 3, 2, 3));
	gives("order need not be dense, nor positive", 4, W(ROOT, 0, 0, 0),
		  W(4, NONE, NONE, NONE), W(0, 9, 9, 9), W(0, MAX, 5, INT32_MIN),
		  W(27, 9, 9, 9), W(4, 1, 1, 2));
	gives("equal orders, which should not be, exceed nothing", 5,
		  W(ROOT, 0, 0, 0, 0), W(5, NONE, NONE, NONE, NONE),
		  W(0, 9, 9, 9, 9), W(0, 7, 3, 3, 3),
		  W(36, 9, 9, 9, 9), W(5, 1, 2, 1, 1));
	gives("order across circuits", 7, W(ROOT, 0, 0, 1, 1, 2, 2),
		  W(6, NONE, NONE, NONE, NONE, NONE, NONE), W(0, 0, 0, 9, 9, 9, 9),
		  W(0, 0, 0, 1, 3, 2, 4), W(36, 18, 18, 9, 9, 9, 9),
		  W(6, 3, 3, 2, 1, 2, 1));
	gives("a remainder given below can be taken above", 5,
		  W(ROOT, 0, 0, 1, 1), W(4, 3, NONE, NONE, NONE),
		  W(0, 0, 9, 9, 9), W(0, 0, 1, 2, 3),
		  W(12, 18, 9, 9, 9), W(4, 2, 2, 1, 1));
	gives("children interleaved in the input", 5, W(ROOT, 2, 0, 0, 2),
		  W(7, NONE, NONE, NONE, NONE), W(0, 9, 0, 9, 9), NULL,
		  W(27, 9, 18, 9, 9), W(7, 3, 5, 2, 2));
}

static void
large_watts(void)
{
	gives("the largest sum that fits", 3, W(ROOT, 0, 0), W(MAX, MAX, MAX),
		  W(0, MAX - 1, 1), NULL, W(MAX, MAX - 1, 1), W(MAX, MAX - 1, 1));
	gives("one watt less than that", 3, W(ROOT, 0, 0), W(MAX - 1, MAX, MAX),
		  W(0, MAX - 1, 1), NULL, W(MAX, MAX - 1, 1), W(MAX - 1, MAX - 2, 1));
	gives("half of it", 3, W(ROOT, 0, 0), W(MAX / 2, NONE, NONE),
		  W(0, MAX / 2, MAX / 2), NULL, W(MAX - 1, MAX / 2, MAX / 2),
		  W(MAX / 2, MAX / 4 + 1, MAX / 4));
}

static void
overflows(const char *what, int32_t n, const int32_t *parent,
		  const int32_t *demand, int32_t culprit)
{
	Case		c = new_case(n, false);
	Solution   *s;
	int32_t		i;

	for (i = 0; i < n; i++)
	{
		c.parent[i] = parent[i];
		c.limit[i] = 0;
		c.demand[i] = demand[i];
	}
	s = solve(&c, NO_CHECK);
	is(s->status, PN_SUM_OVERFLOW, "%s: status", what);
	is(s->culprit, culprit, "%s: culprit", what);
	free_solution(s);
	free_case(&c);
}

/* Culprits are positions, which here are the input's too. */
static void
sums(void)
{
	overflows("one too many", 3, W(ROOT, 0, 0), W(0, MAX, 1), 0);
	overflows("the deepest of a path", 5, W(ROOT, 0, 1, 2, 2),
			  W(0, 0, 0, MAX, MAX), 2);
	overflows("children fit, their parent does not", 5, W(ROOT, 0, 1, 0, 3),
			  W(0, 0, MAX, 0, 1), 0);
	overflows("the first of two as deep", 7, W(ROOT, 0, 1, 1, 0, 4, 4),
			  W(0, 0, MAX, 1, 0, MAX, 1), 1);
	overflows("the deeper of two, though it is second", 8,
			  W(ROOT, 0, 1, 1, 0, 4, 5, 5), W(0, 0, MAX, 1, 0, 0, MAX, 1), 5);
	overflows("many times over", 6, W(ROOT, 0, 0, 0, 0, 0),
			  W(0, MAX, MAX, MAX, MAX, MAX), 0);
}

/*
 * A spine with a leaf at each level, whose limits tighten upwards by a watt a
 * level: every inner node is over-asked and full.
 */
static void
all_levels(void)
{
	int32_t		n = 2 * LEVELS - 1;
	Case		c = new_case(n, false);
	Solution   *s;
	bool		right = true;
	int32_t		level;

	for (level = 0; level < LEVELS; level++)
	{
		c.parent[level] = level - 1;
		c.limit[level] = level + 100;
		c.demand[level] = 1000;
		if (level == LEVELS - 1)
			continue;
		c.parent[LEVELS + level] = level;
		c.limit[LEVELS + level] = NONE;
		c.demand[LEVELS + level] = 1000;
	}

	s = solve(&c, NO_CHECK);
	is(s->status, PN_OK, "64 levels: status");
	is(s->tree.depth[LEVELS - 1], LEVELS - 1, "64 levels: depth");
	is(s->allocation.allocated[0], 100, "64 levels: the root is full");
	for (level = 0; level < LEVELS - 1; level++)
	{
		int32_t		leaf = s->allocation.allocated[s->position[LEVELS + level]];

		/* 64 leaves share 100 W, the first in tree order the remainder. */
		right = right && (leaf == 1 || leaf == 2);
	}
	ok(right, "64 levels: equal shares");
	free_solution(s);
	free_case(&c);
}

/* What this release leaves to a later one is refused, not ignored. */
static void
unsupported(void)
{
	Solution   *s = solve_arrays(2, W(ROOT, 0), W(5, NONE), W(0, 9), NULL);
	PnShare		share[2] = {{0, 1}, {0, 1}};
	int32_t		minimum[2] = {0, 0};
	int32_t		scratch[4];
	int32_t		culprit = 1;

	s->problem.share = share;
	is(pn_allocate(&s->problem, &s->allocation, scratch, NO_CHECK, &culprit),
	   PN_UNSUPPORTED_POLICY, "shares are refused");
	is(culprit, PN_NO_NODE, "and no node blamed");

	s->problem.share = NULL;
	s->problem.minimum = minimum;
	is(pn_allocate(&s->problem, &s->allocation, scratch, NO_CHECK, &culprit),
	   PN_UNSUPPORTED_POLICY, "minimums are refused");
	free_solution(s);
}

int
main(void)
{
	one_node();
	limits();
	remainders();
	large_watts();
	sums();
	all_levels();
	unsupported();
	return tap_end();
}
