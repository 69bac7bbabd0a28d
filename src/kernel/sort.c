/*
 * sort.c
 *	  A bottom-up merge sort: stable, without a worst case, and it can be
 *	  interrupted.
 */
#include <string.h>

#include "sort.h"

static inline bool
comes_before(const PnRanked *a, const PnRanked *b)
{
	return a->key < b->key || (a->key == b->key && a->order < b->order);
}

static bool
is_sorted(const PnRanked *ranked, int32_t n)
{
	int32_t		i;

	for (i = 1; i < n; i++)
	{
		if (comes_before(&ranked[i], &ranked[i - 1]))
			return false;
	}
	return true;
}

/*
 * Merges the runs [0, middle) and [middle, n) of `from` into `to`.
 */
static void
merge(const PnRanked *from, int32_t middle, int32_t n, PnRanked *to)
{
	int32_t		left = 0;
	int32_t		right = middle;
	int32_t		i;

	for (i = 0; i < n; i++)
	{
		bool		take_right = left == middle ||
			(right < n && comes_before(&from[right], &from[left]));

		to[i] = take_right ? from[right++] : from[left++];
	}
}

/*
 * Sorts the entries; see sort.h.
 */
PnStatus
pn_sort(PnRanked *ranked, PnRanked *spare, int32_t n, PnInterrupt check)
{
	PnRanked   *from = ranked;
	PnRanked   *to = spare;
	int64_t		run;

	if (is_sorted(ranked, n))
		return PN_OK;

	for (run = 1; run < n; run *= 2)
	{
		PnRanked   *merged = to;
		int64_t		start;

		for (start = 0; start < n; start += 2 * run)
		{
			int32_t		length = (int32_t) (n - start < 2 * run ? n - start : 2 * run);
			int32_t		middle = (int32_t) (length < run ? length : run);

			if ((start & 0xFFF) == 0 && pn_interrupted(check))
				return PN_INTERRUPTED;
			merge(from + start, middle, length, to + start);
		}
		to = from;
		from = merged;
	}
	if (from != ranked)
		memcpy(ranked, from, (size_t) n * sizeof(PnRanked));
	return PN_OK;
}
