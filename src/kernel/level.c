/*
 * level.c
 *	  Keeps the smallest units that a run of leaves of one tier holds.
 *
 * The units with the smallest keys (k / weight, order) are everything up to a
 * water level, and one watt more for some of the leaves that stand above it.
 *
 * The level is counted in watts of the heaviest leaf: at level x a leaf holds
 * x * weight / heaviest, rounded down, kept between its floor and what it has.
 * No leaf gains more than one watt from one level to the next, so what is left
 * over at the highest level that fits is one watt each for the smallest of those
 * that would gain one.  Where weights are alike all of that is x itself.
 */
#include "truncate.h"
#include "work.h"

/* Inlined with constants for the flags, each of which takes work away. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

/* A level, taken apart so that no product with a weight overflows. */
typedef struct Level
{
	int64_t		x;
	int64_t		whole;			/* x / heaviest */
	int64_t		rest;			/* x % heaviest */
	int64_t		heaviest;
} Level;

/* What a level makes of one leaf where weights differ. */
typedef struct Holding
{
	int64_t		watts;
	int64_t		missing;		/* how far the next watt's key lies above the
								 * level, times weight * heaviest: in (0,
								 * weight] where the leaf gains */
	bool		active;			/* neither its floor nor what it has rules */
	bool		gains;			/* the next level gives it one watt more */
} Holding;

/* What a level gives to a run of leaves. */
typedef struct Filling
{
	int64_t		given;			/* W */
	int64_t		gaining;		/* leaves that gain a watt at the next level */
	int64_t		slope;			/* weight of the active leaves */
} Filling;

/* What is to be found out before the search. */
typedef struct Range
{
	bool		weighted;		/* weights differ */
	int64_t		heaviest;		/* 1 where they do not */
	int64_t		weights;		/* sum; leaves where they do not differ */
	int64_t		top;			/* a level that gives everything */
} Range;

static inline Level
level_at(int64_t x, int64_t heaviest)
{
	return (Level) {x, x / heaviest, x % heaviest, heaviest};
}

static ALWAYS_INLINE Holding
hold(const PnLeaves *leaves, int32_t i, Level level, bool floored)
{
	int64_t		watts = leaves->watts[i];
	int64_t		floor = floored ? leaves->floor[i] : 0;
	int64_t		weight = leaves->weight[i];
	int64_t		product = level.rest * weight;
	int64_t		share = level.whole * weight + product / level.heaviest;
	Holding		holding;

	holding.missing = level.heaviest - product % level.heaviest;
	holding.active = (share >= floor) & (share < watts);
	holding.gains = holding.active & (holding.missing <= weight);
	share = share < floor ? floor : share;
	holding.watts = share < watts ? share : watts;
	return holding;
}

/*
 * Pours up to a level where weights differ.
 */
static ALWAYS_INLINE Filling
fill_weighted(const PnLeaves *leaves, Level level, bool floored)
{
	Filling		filling = {0, 0, 0};
	int32_t		i;

	for (i = 0; i < leaves->n; i++)
	{
		Holding		holding = hold(leaves, i, level, floored);

		filling.given += holding.watts;
		filling.gaining += holding.gains;
		filling.slope += holding.active ? leaves->weight[i] : 0;
	}
	return filling;
}

/*
 * The same where they do not, without a branch and in 32 bits, of which the
 * processor takes many at a time.  Which leaves are above is as good as random
 * to it.
 */
static ALWAYS_INLINE Filling
fill_alike(const PnLeaves *leaves, int32_t level, bool floored)
{
	int64_t		given = 0;
	int32_t		gaining = 0;
	int32_t		i;

	for (i = 0; i < leaves->n; i++)
	{
		int32_t		watts = leaves->watts[i];
		int32_t		share = level;
		int32_t		gains = watts > level;

		if (floored)
		{
			share = level < leaves->floor[i] ? leaves->floor[i] : level;
			gains &= leaves->floor[i] <= level;
		}
		given += watts < share ? watts : share;
		gaining += gains;
	}
	return (Filling) {given, gaining, gaining};
}

static Filling
fill_to(const PnLeaves *leaves, Level level, bool weighted)
{
	int32_t		x = (int32_t) level.x;	/* at most a leaf's watts, unweighted */

	PN_COUNT_PASS(leaves->n);
	if (weighted)
		return leaves->floor == NULL ? fill_weighted(leaves, level, false) :
			fill_weighted(leaves, level, true);
	return leaves->floor == NULL ? fill_alike(leaves, x, false) :
		fill_alike(leaves, x, true);
}

static int32_t
most_watts(const PnLeaves *leaves)
{
	int32_t		most = 0;
	int32_t		i;

	PN_COUNT_PASS(leaves->n);
	for (i = 0; i < leaves->n; i++)
		most = leaves->watts[i] > most ? leaves->watts[i] : most;
	return most;
}

/*
 * Looks the leaves over.  What has all a leaf's watts is the level watts *
 * heaviest / weight, rounded up.
 */
static Range
range_of(const PnLeaves *leaves)
{
	Range		range = {false, 1, leaves->n, INT32_MAX};
	int32_t		i;

	/* Steps from below need no top; see find_level(). */
	if (leaves->floor != NULL)
		range.top = most_watts(leaves);
	if (leaves->weight == NULL)
		return range;

	for (i = 1; i < leaves->n && !range.weighted; i++)
		range.weighted = leaves->weight[i] != leaves->weight[0];
	if (!range.weighted)
		return range;

	PN_COUNT_PASS(2 * (int64_t) leaves->n);
	range.weights = range.top = 0;
	for (i = 0; i < leaves->n; i++)
	{
		range.weights += leaves->weight[i];
		if (leaves->weight[i] > range.heaviest)
			range.heaviest = leaves->weight[i];
	}
	for (i = 0; i < leaves->n; i++)
	{
		int64_t		level = leaves->watts[i] * range.heaviest / leaves->weight[i] + 1;

		range.top = level > range.top ? level : range.top;
	}
	return range;
}

/*
 * The level at which a straight line through this filling meets the limit; at
 * least a step from it.
 */
static int64_t
newton(int64_t x, int64_t room, int64_t heaviest, int64_t slope)
{
	/* Clamped for the product; too short a step only costs another one. */
	int64_t		watts = room < -INT32_MAX ? -INT32_MAX : room;
	int64_t		step = watts * heaviest / slope;

	if (step == 0)
		step = room < 0 ? -1 : 1;
	return x + step;
}

/*
 * Finds a level that gives no more than the limit, and what is left over: no
 * more than one watt for each leaf that would gain one.
 *
 * Newton's iteration for given(level) = limit (R. Cominetti, W. F. Mascarenhas
 * and P. J. S. Silva, "A Newton's method for the continuous quadratic knapsack
 * problem", 2014).
 *
 * Where neither weights nor floors differ, given() is concave with slope
 * `gaining`, so a step from below never passes the solution, and rounding the
 * step down at most halves it; with primes for what is then left, room' / room +
 * gaining' / (2 * gaining) <= 1.  So each step at least halves room * gaining,
 * and there are at most log2(limit * leaves) < 62 steps.
 *
 * Elsewhere a step can pass it.  Then the solution stays between a level that
 * fits and one that does not, and when two steps in a row have not halved that
 * range the next does: at most three passes for each bit of it.
 */
static PnStatus
find_level(const PnLeaves *leaves, int32_t limit, const Range *range,
		   int64_t *level, int64_t *remainder, PnInterrupt check)
{
	bool		concave = leaves->floor == NULL && !range->weighted;
	int64_t		low = -1;		/* fits; below every level there is */
	int64_t		high = range->top;	/* does not fit */
	int64_t		x = limit * range->heaviest / range->weights;
	int			slow = 0;

	for (;;)
	{
		int64_t		width = high - low;
		Filling		filling;
		int64_t		room;

		/* Between them: if high were low + 1, low would have been the answer. */
		if (x <= low || x >= high)
			x = low + width / 2;
		if (pn_interrupted_before(check, leaves->n))
			return PN_INTERRUPTED;
		filling = fill_to(leaves, level_at(x, range->heaviest), range->weighted);
		room = limit - filling.given;
		if (room == 0 || (room > 0 && room < filling.gaining))
		{
			*level = x;
			*remainder = room;
			return PN_OK;
		}
		if (room > 0)
			low = x;
		else
			high = x;

		slow = concave || high - low <= width / 2 ? 0 : slow + 1;
		if (slow == 2 || filling.slope == 0)
		{
			slow = 0;
			x = low + (high - low) / 2;
		}
		else
			x = newton(x, room, range->heaviest, filling.slope);
	}
}

/*
 * Counts the leaves that gain at the level up to an order.
 */
static ALWAYS_INLINE int32_t
count_ordered_as(const PnLeaves *leaves, int32_t level, int32_t last,
				 bool floored)
{
	int32_t		count = 0;
	int32_t		i;

	for (i = 0; i < leaves->n; i++)
	{
		int32_t		gains = (leaves->watts[i] > level) & (leaves->order[i] <= last);

		if (floored)
			gains &= leaves->floor[i] <= level;
		count += gains;
	}
	return count;
}

static int32_t
count_ordered(const PnLeaves *leaves, int32_t level, int32_t last)
{
	PN_COUNT_PASS(leaves->n);
	return leaves->floor == NULL ? count_ordered_as(leaves, level, last, false) :
		count_ordered_as(leaves, level, last, true);
}

/*
 * Finds an order up to which exactly `wanted` leaves that gain at the level
 * stand, of which there are more.  Bisection over the orders' values: at most 32
 * passes, log2(leaves) where they are dense.
 */
static PnStatus
last_in_order(const PnLeaves *leaves, int32_t level, int64_t wanted,
			  int32_t *last, PnInterrupt check)
{
	int64_t		low = INT32_MAX;
	int64_t		high = INT32_MIN;
	int32_t		i;

	PN_COUNT_PASS(leaves->n);
	for (i = 0; i < leaves->n; i++)
	{
		int32_t		order = leaves->order[i];

		low = order < low ? order : low;
		high = order > high ? order : high;
	}

	/*
	 * The answer stays in [low, high].  Orders that are distinct, as they should
	 * be, meet the count; equal ones can step over it, and then the range
	 * closes on the order that does.
	 */
	while (low < high)
	{
		int64_t		middle = low + (high - low) / 2;
		int32_t		count;

		if (pn_interrupted_before(check, leaves->n))
			return PN_INTERRUPTED;
		count = count_ordered(leaves, level, (int32_t) middle);
		if (count == wanted)
			low = high = middle;
		else if (count > wanted)
			high = middle;
		else
			low = middle + 1;
	}
	*last = (int32_t) low;
	return PN_OK;
}

/*
 * Sets leaves of like weights to the level, and gives out the remainder.
 */
static PnStatus
set_alike(const PnLeaves *leaves, int32_t level, int64_t remainder,
		  PnInterrupt check)
{
	PnStatus	status = PN_OK;
	int32_t		last = INT32_MAX;
	int32_t		i;

	if (leaves->order != NULL && remainder > 0)
		status = last_in_order(leaves, level, remainder, &last, check);

	for (i = 0; i < leaves->n; i++)
	{
		int32_t		watts = leaves->watts[i];
		int32_t		floor = leaves->floor == NULL ? 0 : leaves->floor[i];

		if (watts <= level)
			continue;
		leaves->watts[i] = floor > level ? floor : level;
		if (floor <= level && remainder > 0 &&
			(leaves->order == NULL || leaves->order[i] <= last))
		{
			leaves->watts[i]++;
			remainder--;
		}
	}
	return status;
}

/*
 * missing / weight, in (0, 1], as a whole number of 2^-31.  It is heaviest * k /
 * weight - x for the leaf's next watt k, so two that differ do so by at least
 * heaviest / (weight * other weight) > 2^-31: they keep their order, and equal
 * ones stay equal.
 */
static int64_t
fraction_key(int64_t missing, int64_t weight)
{
	return (missing << 31) / weight;
}

/*
 * Sets leaves of different weights to the level, and gives the remainder to the
 * leaves whose next watts have the smallest keys.
 */
static PnStatus
set_weighted(const PnLeaves *leaves, Level level, int64_t remainder,
			 PnCandidate *candidate, PnInterrupt check)
{
	PnStatus	status;
	int32_t		n = 0;
	int32_t		i;

	for (i = 0; i < leaves->n; i++)
	{
		Holding		holding = leaves->floor == NULL ?
			hold(leaves, i, level, false) :
			hold(leaves, i, level, true);

		leaves->watts[i] = (int32_t) holding.watts;
		if (!holding.gains || remainder == 0)
			continue;
		candidate[n].key = fraction_key(holding.missing, leaves->weight[i]);
		candidate[n].order = leaves->order == NULL ? i : leaves->order[i];
		candidate[n++].leaf = i;
	}
	if (remainder == 0)
		return PN_OK;
	status = pn_select(candidate, n, (int32_t) remainder, check);
	for (i = 0; i < remainder; i++)
		leaves->watts[candidate[i].leaf]++;
	return status;
}

/*
 * Keeps the smallest units; see truncate.h.
 */
PnStatus
pn_pour(const PnLeaves *leaves, int32_t limit, PnCandidate *candidate,
		PnInterrupt check)
{
	Range		range = range_of(leaves);
	PnStatus	status;
	int64_t		remainder;
	int64_t		x;

	status = find_level(leaves, limit, &range, &x, &remainder, check);
	if (status != PN_OK)
		return status;
	PN_COUNT_PASS(leaves->n);
	if (range.weighted)
		return set_weighted(leaves, level_at(x, range.heaviest), remainder,
							candidate, check);
	return set_alike(leaves, (int32_t) x, remainder, check);
}
