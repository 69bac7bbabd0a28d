/*
 * truncate.c
 *	  Keeps the smallest units that a run of leaves holds.
 *
 * With one tier and equal weights the units with the smallest keys (k, order)
 * are everything up to a water level, and one watt more for the first of the
 * leaves that stand above it.
 */
#include "truncate.h"

/* What a water level gives to a run of leaves. */
typedef struct Filling
{
	int64_t		given;			/* W: sum of min(watts, level) */
	int32_t		above;			/* leaves with watts > level */
} Filling;

/*
 * Pours up to a level.  No branch in the loop: which leaves are above is as
 * good as random to the processor.
 */
static Filling
fill_to(const PnLeaves *leaves, int32_t level)
{
	Filling		filling = {0, 0};
	int32_t		i;

	for (i = 0; i < leaves->n; i++)
	{
		int32_t		watts = leaves->watts[i];

		filling.given += watts < level ? watts : level;
		filling.above += watts > level;
	}
	return filling;
}

/*
 * Finds the highest level that gives no more than the limit, and what is left
 * over: less than one watt for each leaf above the level.
 *
 * Newton's iteration for given(level) = limit, which is the step
 * level = (limit - sum of watts <= level) / #{watts > level} rounded down
 * (R. Cominetti, W. F. Mascarenhas and P. J. S. Silva, "A Newton's method for
 * the continuous quadratic knapsack problem", 2014).  given() is concave with
 * slope `above`, so a step from below never passes the solution, and a step of
 * less than 1 means that the next integer level would give too much.
 *
 * Invariant: given(level) <= limit < sum of watts, hence above > 0.  Rounding
 * down at most halves a step, after which, with primes for what is then left,
 * room' / room + above' / (2 * above) <= 1.  So each step at least halves
 * room * above: there are at most log2(limit * leaves), in practice a handful.
 */
static int32_t
water_level(const PnLeaves *leaves, int32_t limit, int32_t *remainder)
{
	int32_t		level = limit / leaves->n;

	for (;;)
	{
		Filling		filling = fill_to(leaves, level);
		int64_t		room = limit - filling.given;

		if (room < filling.above)
		{
			*remainder = (int32_t) room;
			return level;
		}
		level += (int32_t) (room / filling.above);
	}
}

/*
 * Counts the leaves above the level up to a rank.
 */
static int32_t
count_ranked(const PnLeaves *leaves, int32_t level, int32_t last)
{
	int32_t		count = 0;
	int32_t		i;

	for (i = 0; i < leaves->n; i++)
		count += (leaves->watts[i] > level) & (leaves->rank[i] <= last);
	return count;
}

/*
 * Finds a rank up to which exactly `wanted` leaves above the level stand, of
 * which there are more.  Bisection over the ranks' values: at most 32 passes,
 * log2(leaves) where ranks are dense.
 */
static int32_t
rank_of_last(const PnLeaves *leaves, int32_t level, int32_t wanted)
{
	int64_t		low = INT32_MAX;
	int64_t		high = INT32_MIN;
	int32_t		i;

	for (i = 0; i < leaves->n; i++)
	{
		int32_t		rank = leaves->rank[i];

		low = rank < low ? rank : low;
		high = rank > high ? rank : high;
	}

	/*
	 * The answer stays in [low, high].  Ranks that are distinct, as they should
	 * be, meet the count; equal ones can step over it, and then the range
	 * closes on the rank that does.
	 */
	while (low < high)
	{
		int64_t		middle = low + (high - low) / 2;
		int32_t		count = count_ranked(leaves, level, (int32_t) middle);

		if (count == wanted)
			return (int32_t) middle;
		if (count > wanted)
			high = middle;
		else
			low = middle + 1;
	}
	return (int32_t) low;
}

/*
 * Keeps the `limit` smallest units; see truncate.h.
 */
void
pn_truncate(const PnLeaves *leaves, int32_t limit)
{
	int32_t		remainder;
	int32_t		level = water_level(leaves, limit, &remainder);
	int32_t		last = INT32_MAX;
	int32_t		i;

	if (leaves->rank != NULL && remainder > 0)
		last = rank_of_last(leaves, level, remainder);

	for (i = 0; i < leaves->n; i++)
	{
		if (leaves->watts[i] <= level)
			continue;
		leaves->watts[i] = level;
		if (remainder > 0 && (leaves->rank == NULL || leaves->rank[i] <= last))
		{
			leaves->watts[i]++;
			remainder--;
		}
	}
}
