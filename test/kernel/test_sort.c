/*
 * test_sort.c
 *	  Sorting by a key of 128 bits and a rank.
 */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "random_case.h"
#include "sort.h"
#include "tap.h"

#define LEAST_KEY (-((PnKey) 1 << 126) * 2)
#define MANY 20000

static bool
comes_after(const PnRanked *a, const PnRanked *b)
{
	return a->key > b->key || (a->key == b->key && a->order > b->order);
}

/* Sorted, and of entries that are alike the first in the input first. */
static bool
is_stably_sorted(const PnRanked *ranked, int32_t n)
{
	int32_t		i;

	for (i = 1; i < n; i++)
	{
		if (comes_after(&ranked[i - 1], &ranked[i]))
			return false;
		if (!comes_after(&ranked[i], &ranked[i - 1]) &&
			ranked[i - 1].leaf > ranked[i].leaf)
			return false;
	}
	return true;
}

/* Whether every leaf, numbered from 0, is there once with its key. */
static bool
is_complete(const PnRanked *ranked, const PnRanked *before, int32_t n)
{
	bool	   *seen = calloc((size_t) n + 1, sizeof(bool));
	bool		complete = true;
	int32_t		i;

	for (i = 0; i < n; i++)
	{
		int32_t		leaf = ranked[i].leaf;

		if (leaf < 0 || leaf >= n || seen[leaf] ||
			ranked[i].key != before[leaf].key ||
			ranked[i].order != before[leaf].order)
			complete = false;
		else
			seen[leaf] = true;
	}
	free(seen);
	return complete;
}

static bool
sorts(const PnRanked *before, int32_t n)
{
	PnRanked   *ranked = new_filled(n, sizeof(PnRanked));
	PnRanked   *spare = new_filled(n, sizeof(PnRanked));
	bool		right;
	int32_t		i;

	for (i = 0; i < n; i++)
		ranked[i] = before[i];
	right = pn_sort(ranked, spare, n, NO_CHECK) == PN_OK &&
		is_stably_sorted(ranked, n) && is_complete(ranked, before, n);
	free(ranked);
	free(spare);
	return right;
}

static void
by_hand(void)
{
	const PnRanked ends[] = {
		{~LEAST_KEY, 0, 0}, {LEAST_KEY, 5, 1}, {-1, 0, 2}, {0, 0, 3},
		{(PnKey) 1 << 64, 0, 4}, {((PnKey) 1 << 64) - 1, 0, 5},
		{LEAST_KEY, 4, 6}, {-((PnKey) 1 << 64), 0, 7}
	};
	const PnRanked orders[] = {
		{7, INT32_MAX, 0}, {7, 0, 1}, {7, INT32_MIN, 2}, {7, -1, 3}, {6, 9, 4}
	};
	const PnRanked alike[] = {
		{7, 1, 0}, {8, 1, 1}, {7, 1, 2}, {8, 1, 3}, {7, 1, 4}, {7, 0, 5}
	};

	ok(sorts(ends, 0), "none");
	ok(sorts(ends, 1), "one");
	ok(sorts(ends, 2), "two");
	ok(sorts(ends, 8), "keys from end to end of 128 bits");
	ok(sorts(orders, 5), "orders from end to end");
	ok(sorts(alike, 6), "entries that are alike keep their places");
}

/* Any number of entries of few keys, of many, ascending and descending. */
static void
at_random(void)
{
	int32_t		wrong = 0;
	int32_t		n;

	for (n = 0; n < 600; n++)
	{
		PnRanked   *entries = new_filled(n, sizeof(PnRanked));
		Random		r = {(uint64_t) n};
		int32_t		keys = 1 << random_below(&r, 12);
		int32_t		i;

		for (i = 0; i < n; i++)
		{
			entries[i] = (PnRanked) {random_below(&r, keys),
				random_below(&r, keys), i};
			if (n % 3 == 1)
				entries[i].key = n % 2 == 0 ? i / 3 : -i / 3;
		}
		wrong += !sorts(entries, n);
		free(entries);
	}
	is(wrong, 0, "up to 600 entries");
}

/* Asked to stop, after so many questions; how often it was asked. */
typedef struct Patience
{
	int32_t		questions;
	int32_t		asked;
} Patience;

static bool
is_over(void *arg)
{
	Patience   *patience = arg;

	return ++patience->asked > patience->questions;
}

static void
interrupted(void)
{
	PnRanked   *ranked = new_filled(MANY, sizeof(PnRanked));
	PnRanked   *spare = new_filled(MANY, sizeof(PnRanked));
	Patience	patience = {0, 0};
	PnInterrupt check = {is_over, &patience};
	int32_t		i;

	for (i = 0; i < MANY; i++)
		ranked[i] = (PnRanked) {-i, 0, i};
	is(pn_sort(ranked, spare, MANY, check), PN_INTERRUPTED,
	   "stops when asked to");
	is(patience.asked, 1, "and does not ask again");

	for (i = 0; i < MANY; i++)
		ranked[i] = (PnRanked) {-i, 0, i};
	patience = (Patience) {INT32_MAX, 0};
	is(pn_sort(ranked, spare, MANY, check), PN_OK, "else it goes on");
	ok(patience.asked >= 15 * (MANY / 4096), "asking in every pass: %d times",
	   patience.asked);
	free(ranked);
	free(spare);
}

int
main(void)
{
	by_hand();
	at_random();
	interrupted();
	return tap_end();
}
