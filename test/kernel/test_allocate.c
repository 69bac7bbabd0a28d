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
#define L(...) ((const int64_t[]) {__VA_ARGS__})

/* Compares an array by tree position with one by input index. */
static void
same(const char *what, const char *array, const Solution *s,
	 const int64_t *found, const int64_t *expected)
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
		printf("# node %d: %lld, expected %lld\n", i,
			   (long long) found[s->position[i]], (long long) expected[i]);
}

/* All arrays by input index; order NULL is the place in the tree. */
static void
gives(const char *what, int32_t n, const int32_t *parent,
	  const int32_t *limit, const int32_t *demand, const int32_t *order,
	  const int64_t *asked, const int64_t *allocated)
{
	Solution   *s = solve_arrays(n, parent, limit, demand, order);

	is(s->status, PN_OK, "%s: status", what);
	same(what, "asked", s, s->allocation.asked, asked);
	same(what, "allocated", s, s->allocation.allocated, allocated);
	ok(!s->allocation.queued, "%s: no turns", what);
	free_solution(s);
}

static void
one_node(void)
{
	gives("alone, no limit", 1, W(ROOT), W(NONE), W(7), NULL, L(7), L(7));
	gives("alone, limited", 1, W(ROOT), W(5), W(7), NULL, L(7), L(5));
	gives("alone, exactly enough", 1, W(ROOT), W(7), W(7), NULL, L(7), L(7));
	gives("alone, limit zero", 1, W(ROOT), W(0), W(7), NULL, L(7), L(0));
	gives("alone, wants nothing", 1, W(ROOT), W(0), W(0), NULL, L(0), L(0));
	gives("alone, all there is", 1, W(ROOT), W(MAX), W(MAX), NULL,
		  L(MAX), L(MAX));
}

static void
limits(void)
{
	gives("no limits", 4, W(ROOT, 0, 0, 0), W(NONE, NONE, NONE, NONE),
		  W(0, 1, 20, 300), NULL, L(321, 1, 20, 300), L(321, 1, 20, 300));
	gives("limits that hold nobody back", 3, W(ROOT, 0, 0), W(30, 10, 20),
		  W(0, 10, 20), NULL, L(30, 10, 20), L(30, 10, 20));
	gives("limit zero at the root", 3, W(ROOT, 0, 0), W(0, 9, NONE),
		  W(0, 5, 5), NULL, L(10, 5, 5), L(0, 0, 0));
	gives("limit zero on one of two", 5, W(ROOT, 0, 0, 1, 2),
		  W(NONE, 0, NONE, NONE, NONE), W(0, 0, 0, 5, 5), NULL,
		  L(5, 5, 5, 5, 5), L(5, 0, 5, 0, 5));
	gives("limit on a leaf leaves more for others", 4, W(ROOT, 0, 0, 0),
		  W(12, 2, NONE, NONE), W(0, 9, 9, 9), NULL,
		  L(20, 9, 9, 9), L(12, 2, 5, 5));
	gives("the small demand is met first", 4, W(ROOT, 0, 0, 0),
		  W(100, NONE, NONE, NONE), W(0, 10, 80, 90), NULL,
		  L(180, 10, 80, 90), L(100, 10, 45, 45));
	gives("a childless circuit is a leaf of demand 0", 4, W(ROOT, 0, 0, 1),
		  W(5, 50, 50, NONE), W(0, 0, 0, 9), NULL,
		  L(9, 9, 0, 9), L(5, 5, 0, 5));
	gives("what inner nodes demand is not read", 3, W(ROOT, 0, 1),
		  W(NONE, NONE, NONE), W(MAX, -5, 4), NULL, L(4, 4, 4), L(4, 4, 4));
	gives("a circuit cuts, and the site cuts again", 7,
		  W(ROOT, 0, 0, 1, 1, 2, 2), W(14, 6, NONE, NONE, NONE, NONE, NONE),
		  W(0, 0, 0, 8, 8, 8, 8), NULL,
		  L(22, 16, 16, 8, 8, 8, 8), L(14, 6, 8, 3, 3, 4, 4));
}

/* The last watts go to the smallest order, one each. */
static void
remainders(void)
{
	gives("remainder, left to right", 5, W(ROOT, 0, 0, 0, 0),
		  W(10, NONE, NONE, NONE, NONE), W(0, 9, 9, 9, 9), NULL,
		  L(36, 9, 9, 9, 9), L(10, 3, 3, 2, 2));
	gives("remainder skips who is satisfied", 5, W(ROOT, 0, 0, 0, 0),
		  W(10, NONE, NONE, NONE, NONE), W(0, 2, 9, 2, 9), NULL,
		  L(22, 2, 9, 2, 9), L(10, 2, 3, 2, 3));
	gives("less than a watt each", 4, W(ROOT, 0, 0, 0),
		  W(2, NONE, NONE, NONE), W(0, 9, 9, 9), NULL,
		  L(27, 9, 9, 9), L(2, 1, 1, 0));
	gives("remainder by order", 5, W(ROOT, 0, 0, 0, 0),
		  W(10, NONE, NONE, NONE, NONE), W(0, 9, 9, 9, 9), W(0, 4, 2, 3, 1),
		  L(36, 9, 9, 9, 9), L(10, 2, 3, 2, 3));
	gives("order need not be dense, nor positive", 4, W(ROOT, 0, 0, 0),
		  W(4, NONE, NONE, NONE), W(0, 9, 9, 9), W(0, MAX, 5, INT32_MIN),
		  L(27, 9, 9, 9), L(4, 1, 1, 2));
	gives("equal orders, which should not be, exceed nothing", 5,
		  W(ROOT, 0, 0, 0, 0), W(5, NONE, NONE, NONE, NONE),
		  W(0, 9, 9, 9, 9), W(0, 7, 3, 3, 3),
		  L(36, 9, 9, 9, 9), L(5, 1, 2, 1, 1));
	gives("order across circuits", 7, W(ROOT, 0, 0, 1, 1, 2, 2),
		  W(6, NONE, NONE, NONE, NONE, NONE, NONE), W(0, 0, 0, 9, 9, 9, 9),
		  W(0, 0, 0, 1, 3, 2, 4), L(36, 18, 18, 9, 9, 9, 9),
		  L(6, 3, 3, 2, 1, 2, 1));
	gives("a remainder given below can be taken above", 5,
		  W(ROOT, 0, 0, 1, 1), W(4, 3, NONE, NONE, NONE),
		  W(0, 0, 9, 9, 9), W(0, 0, 1, 2, 3),
		  L(12, 18, 9, 9, 9), L(4, 2, 2, 1, 1));
	gives("children interleaved in the input", 5, W(ROOT, 2, 0, 0, 2),
		  W(7, NONE, NONE, NONE, NONE), W(0, 9, 0, 9, 9), NULL,
		  L(27, 9, 18, 9, 9), L(7, 3, 5, 2, 2));
}

static void
large_watts(void)
{
	gives("the largest sum that fits", 3, W(ROOT, 0, 0), W(MAX, MAX, MAX),
		  W(0, MAX - 1, 1), NULL, L(MAX, MAX - 1, 1), L(MAX, MAX - 1, 1));
	gives("one watt less than that", 3, W(ROOT, 0, 0), W(MAX - 1, MAX, MAX),
		  W(0, MAX - 1, 1), NULL, L(MAX, MAX - 1, 1), L(MAX - 1, MAX - 2, 1));
	gives("half of it", 3, W(ROOT, 0, 0), W(MAX / 2, NONE, NONE),
		  W(0, MAX / 2, MAX / 2), NULL, L(MAX - 1, MAX / 2, MAX / 2),
		  L(MAX / 2, MAX / 4 + 1, MAX / 4));
}

/* Sums have 64 bits, whatever limits let through of them. */
static void
large_sums(void)
{
	gives("past int32, limited", 3, W(ROOT, 0, 0), W(7, NONE, NONE),
		  W(0, MAX, MAX), NULL, L(2 * (int64_t) MAX, MAX, MAX), L(7, 4, 3));
	gives("past int32, granted", 3, W(ROOT, 0, 0), W(NONE, NONE, NONE),
		  W(0, MAX, MAX), NULL, L(2 * (int64_t) MAX, MAX, MAX),
		  L(2 * (int64_t) MAX, MAX, MAX));
	gives("past 2^32", 4, W(ROOT, 0, 0, 0), W(MAX, NONE, NONE, NONE),
		  W(0, MAX, MAX, MAX), NULL, L(3 * (int64_t) MAX, MAX, MAX, MAX),
		  L(MAX, MAX / 3 + 1, MAX / 3, MAX / 3));
	gives("past 2^32 below, and cut there", 6, W(ROOT, 0, 1, 1, 1, 0),
		  W(12, 8, NONE, NONE, NONE, NONE), W(0, 0, MAX, MAX, MAX, MAX), NULL,
		  L(8 + (int64_t) MAX, 3 * (int64_t) MAX, MAX, MAX, MAX, MAX),
		  L(12, 8, 3, 3, 2, 4));
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
		int64_t		leaf = s->allocation.allocated[s->position[LEVELS + level]];

		/* 64 leaves share 100 W, the first in tree order the remainder. */
		right = right && (leaf == 1 || leaf == 2);
	}
	ok(right, "64 levels: equal shares");
	free_solution(s);
	free_case(&c);
}

int
main(void)
{
	one_node();
	limits();
	remainders();
	large_watts();
	large_sums();
	all_levels();
	return tap_end();
}
