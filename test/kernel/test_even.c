/*
 * test_even.c
 *	  Cuts of even leaves: noted, found and made only at last, against such made at
 *	  once; and whole sites against the way that all other leaves are cut.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "even.h"
#include "judge.h"
#include "random_case.h"
#include "tap.h"

#define MOST_LEAVES 700			/* many runs of make_cut() */

/* The same leaves, cut both ways. */
typedef struct Both
{
	Random	   *random;
	PnEven		even;
	int32_t    *plain;
	int32_t		cuts;
} Both;

static int64_t
given_at(const int32_t *watts, int32_t n, int64_t level)
{
	int64_t		given = 0;
	int32_t		i;

	for (i = 0; i < n; i++)
		given += watts[i] < level ? watts[i] : level;
	return given;
}

/* By definition: a level by bisection, and what is left to the first. */
static void
cut_plainly(int32_t *watts, int32_t n, int32_t limit)
{
	int64_t		fits = 0;
	int64_t		too_high = INT32_MAX;
	int64_t		left;
	int32_t		i;

	while (too_high - fits > 1)
	{
		int64_t		level = (fits + too_high) / 2;

		if (given_at(watts, n, level) <= limit)
			fits = level;
		else
			too_high = level;
	}
	left = limit - given_at(watts, n, fits);
	for (i = 0; i < n; i++)
	{
		bool		above = watts[i] > fits;

		watts[i] = (int32_t) (above ? fits : watts[i]);
		if (above && left > 0)
		{
			watts[i]++;
			left--;
		}
	}
}

static int64_t
sum(const int32_t *watts, int32_t n)
{
	return given_at(watts, n, INT32_MAX);
}

/* Cuts the leaves, both ways, to any limit or close to what they hold. */
static void
cut_both(Both *both, int32_t first, int32_t n)
{
	Random	   *r = both->random;
	int64_t		held = sum(both->plain + first, n);
	int64_t		less = one_in(r, 2) ? held / 20 : held;
	int32_t		limit;

	if (n <= 2 || held == 0)
		return;
	limit = (int32_t) (held - 1 - (int64_t) (random_bits(r) % (uint64_t) (less + 1)));
	limit = limit < 0 ? 0 : limit;
	cut_plainly(both->plain + first, n, limit);
	pn_even_cut(&both->even, first, n, held, limit, NO_CHECK);
	both->cuts++;
}

/* A node with these leaves: its children from the last to the first, then it. */
static void
cut_tree(Both *both, int32_t first, int32_t n, int32_t levels)
{
	Random	   *r = both->random;
	int32_t		past = first + n;

	while (levels > 0 && past > first)
	{
		int32_t		leaves = one_in(r, 3) ? past - first :
			1 + random_below(r, past - first);

		if (!one_in(r, 4))
			cut_tree(both, past - leaves, leaves, levels - 1);
		past -= leaves;
	}
	if (!one_in(r, 5))
		cut_both(both, first, n);
}

/* Whether both ways end in the same watts. */
static bool
same_cuts(uint64_t seed, int32_t *cuts)
{
	static const int32_t most_watts[] = {2, 30, 20000, INT32_MAX / MOST_LEAVES};
	Random		r = {seed};
	int32_t		n = 3 + random_below(&r, MOST_LEAVES - 3);
	int32_t		most = most_watts[random_below(&r, 4)];
	Both		both = {.random = &r, .plain = new_array(n)};
	bool		same;
	int32_t		i;

	both.even.watts = new_array(n);
	both.even.cut = new_filled(n / 3, sizeof(PnEvenCut));
	for (i = 0; i < n; i++)
		both.plain[i] = both.even.watts[i] = random_below(&r, most + 1);
	work_begin();
	cut_tree(&both, 0, n, 1 + random_below(&r, 8));
	pn_even_settle(&both.even, NO_CHECK);
	same = memcmp(both.plain, both.even.watts, (size_t) n * sizeof(int32_t)) == 0;
	*cuts += both.cuts;
	free(both.plain);
	free(both.even.watts);
	free(both.even.cut);
	return same;
}

/* Two leaves, of all watts and limits up to a few. */
static int32_t
wrong_halves(int32_t most)
{
	int32_t		wrong = 0;
	int32_t		i;

	for (i = 0; i < most * most * most * 2; i++)
	{
		int32_t		watts[] = {i / 2 % most, i / 2 / most % most};
		int32_t		plain[] = {watts[0], watts[1]};
		int32_t		limit = i / 2 / most / most * 2 + i % 2;

		if (limit >= watts[0] + watts[1])
			continue;
		cut_plainly(plain, 2, limit);
		pn_even_halve(&watts[0], &watts[1], limit);
		wrong += memcmp(watts, plain, sizeof(watts)) != 0;
	}
	return wrong;
}

/* Hangs a leaf below the node, or charge points of up to three leaves. */
static int32_t
hang(Random *r, Case *c, int32_t n, int32_t parent)
{
	int32_t		points = one_in(r, 3) ? 0 : 1 + random_below(r, 9);
	int32_t		leaves = 1 + random_below(r, 3);
	int32_t		point;
	int32_t		leaf;

	for (point = 0; point < points && n + 1 + leaves < c->n; point++)
	{
		int32_t		node = n;

		c->parent[n++] = parent;
		for (leaf = 0; leaf < leaves; leaf++)
			c->parent[n++] = node;
	}
	if (points == 0)
		c->parent[n++] = parent;
	return n;
}

/* Leaves and points at every height, siblings of either kind beside each other. */
static Case
site(Random *r)
{
	Case		c = new_case(3000, false);
	int64_t    *reaches = new_filled(c.n, sizeof(int64_t));
	int32_t		circuits = 1 + random_below(r, one_in(r, 2) ? 30 : 2000);
	int32_t		n;
	int32_t		i;

	for (n = 0; n < circuits; n++)
		c.parent[n] = n == 0 ? PN_NO_NODE : random_below(r, n);
	while (n < c.n)
		n = hang(r, &c, n, random_below(r, circuits));
	memset(reaches, 0, (size_t) c.n * sizeof(int64_t));
	for (i = c.n - 1; i >= 0; i--)
	{
		c.demand[i] = random_below(r, 20000);
		if (reaches[i] == 0)
			reaches[i] = c.demand[i];
		c.limit[i] = one_in(r, 4) ? PN_NO_LIMIT :
			(int32_t) (reaches[i] * (80 + random_below(r, 22)) / 100);
		if (i > 0)
			reaches[c.parent[i]] += c.limit[i] != PN_NO_LIMIT &&
				c.limit[i] < reaches[i] ? c.limit[i] : reaches[i];
	}
	free(reaches);
	return c;
}

/*
 * Whether it makes no difference that leaves have minimums, of 0 W: then none is
 * even, and nothing is put off.
 */
static const char *
same_sites(uint64_t seed)
{
	Random		r = {seed};
	Case		c = site(&r);
	Solution   *even;
	Solution   *other;
	const char *fault = NULL;
	size_t		bytes = (size_t) c.n * sizeof(int64_t);

	work_begin();
	even = solve(&c, NO_CHECK);
	fault = judge_work(even);
	c.minimum = new_array(c.n);
	memset(c.minimum, 0, (size_t) c.n * sizeof(int32_t));
	other = solve(&c, NO_CHECK);
	if (even->status != PN_OK || other->status != PN_OK)
		fault = "the kernel did not answer";
	else if (memcmp(even->allocation.demand, other->allocation.demand, bytes) != 0 ||
			 memcmp(even->allocation.asked, other->allocation.asked, bytes) != 0)
		fault = "demand or asked";
	else if (memcmp(even->allocation.allocated, other->allocation.allocated,
					bytes) != 0)
		fault = "allocated";
	free_solution(even);
	free_solution(other);
	free_case(&c);
	return fault;
}

int
main(void)
{
	int32_t		wrong = 0;
	int32_t		cuts = 0;
	uint64_t	seed;

	is(wrong_halves(12), 0, "two leaves of less than 12 W: wrong halves");
	for (seed = 1; seed <= 2000; seed++)
	{
		if (same_cuts(seed, &cuts))
			continue;
		if (wrong++ < 5)
			printf("# seed %" PRIu64 ": cut wrongly\n", seed);
	}
	is(wrong, 0, "trees of cuts: made wrongly");
	ok(cuts > 20000, "of %d cuts", cuts);

	for (wrong = 0, seed = 1; seed <= 300; seed++)
	{
		const char *fault = same_sites(seed);

		if (fault == NULL)
			continue;
		if (wrong++ < 5)
			printf("# seed %" PRIu64 ": %s\n", seed, fault);
	}
	is(wrong, 0, "sites: another answer where no leaf is even");
	return tap_end();
}
