/*
 * truncate.c
 *	  Keeps the smallest units that a run of leaves holds, tier by tier.
 *
 * Everything in earlier tiers stays, one tier is cut to what is left (level.c),
 * and of later ones only the floors stay.
 */
#include "truncate.h"
#include "work.h"

static inline int32_t
floor_of(const PnLeaves *leaves, int32_t i)
{
	return leaves->floor == NULL ? 0 : leaves->floor[i];
}

static int64_t
sum_of_watts(const PnLeaves *leaves)
{
	int64_t		sum = 0;
	int32_t		i;

	PN_COUNT_PASS(leaves->n);
	for (i = 0; i < leaves->n; i++)
		sum += leaves->watts[i];
	return sum;
}

/*
 * What the leaves hold when tiers after `last` are left their floors.
 */
static int64_t
sum_up_to(const PnLeaves *leaves, int64_t last)
{
	int64_t		sum = 0;
	int32_t		i;

	PN_COUNT_PASS(leaves->n);
	for (i = 0; i < leaves->n; i++)
		sum += leaves->tier[i] <= last ? leaves->watts[i] : floor_of(leaves, i);
	return sum;
}

/*
 * Finds the first tier that does not fit, which there is.  Bisection over the
 * tiers' values: at most 32 passes, log2(tiers) where they are dense.  *alike
 * says whether there is but one.
 */
static int32_t
find_cut_tier(const PnLeaves *leaves, int32_t limit, bool *alike)
{
	int64_t		low = INT32_MAX;
	int64_t		high = INT32_MIN;
	int32_t		i;

	PN_COUNT_PASS(leaves->n);
	for (i = 0; i < leaves->n; i++)
	{
		int32_t		tier = leaves->tier[i];

		low = tier < low ? tier : low;
		high = tier > high ? tier : high;
	}
	*alike = low == high;

	while (low < high)
	{
		int64_t		middle = low + (high - low) / 2;

		if (sum_up_to(leaves, middle) > limit)
			high = middle;
		else
			low = middle + 1;
	}
	return (int32_t) low;
}

/*
 * Takes the cut tier's leaves out, later tiers down to their floors, and gives
 * what is left of the limit for the tier.
 */
static int64_t
take_out_tier(const PnLeaves *leaves, int32_t limit, int32_t tier,
			  PnCutRoom *room)
{
	PnLeaves   *cut = &room->tier;
	int64_t		left = limit;
	int32_t		n = 0;
	int32_t		i;

	PN_COUNT_PASS(leaves->n);
	for (i = 0; i < leaves->n; i++)
	{
		if (leaves->tier[i] > tier)
			leaves->watts[i] = floor_of(leaves, i);
		if (leaves->tier[i] != tier)
		{
			left -= leaves->watts[i];
			continue;
		}
		room->place[n] = i;
		cut->watts[n] = leaves->watts[i];
		if (cut->floor != NULL)
			cut->floor[n] = floor_of(leaves, i);
		if (cut->weight != NULL)
			cut->weight[n] = leaves->weight[i];
		if (cut->order != NULL)
			cut->order[n] = leaves->order[i];
		n++;
	}
	cut->n = n;
	return left;
}

/*
 * Keeps the `limit` smallest units; see truncate.h.
 */
void
pn_truncate(const PnLeaves *leaves, int32_t limit, PnCutRoom *room)
{
	int32_t		tier = 0;
	int64_t		left;
	bool		alike = true;
	int32_t		i;

	PN_COUNT_CUT(leaves->n);

	/* A refused leaf asks and holds nothing, so less can have come than asked. */
	if (leaves->floor != NULL && sum_of_watts(leaves) <= limit)
		return;

	if (leaves->tier != NULL)
		tier = find_cut_tier(leaves, limit, &alike);
	if (alike)
	{
		pn_pour(leaves, limit, room->candidate);
		return;
	}
	left = take_out_tier(leaves, limit, tier, room);
	pn_pour(&room->tier, (int32_t) left, room->candidate);
	for (i = 0; i < room->tier.n; i++)
		leaves->watts[room->place[i]] = room->tier.watts[i];
}
