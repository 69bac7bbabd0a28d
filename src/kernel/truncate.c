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
static PnStatus
find_cut_tier(const PnLeaves *leaves, int32_t limit, int32_t *tier,
			  bool *alike, PnInterrupt check)
{
	int64_t		low = INT32_MAX;
	int64_t		high = INT32_MIN;
	int32_t		i;

	PN_COUNT_PASS(leaves->n);
	for (i = 0; i < leaves->n; i++)
	{
		low = leaves->tier[i] < low ? leaves->tier[i] : low;
		high = leaves->tier[i] > high ? leaves->tier[i] : high;
	}
	*alike = low == high;

	while (low < high)
	{
		int64_t		middle = low + (high - low) / 2;

		if (pn_interrupted_before(check, leaves->n))
			return PN_INTERRUPTED;
		if (sum_up_to(leaves, middle) > limit)
			high = middle;
		else
			low = middle + 1;
	}
	*tier = (int32_t) low;
	return PN_OK;
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
 * Cuts the leaves of one tier, and of later ones leaves the floors.
 */
static PnStatus
cut_tier(const PnLeaves *leaves, int32_t limit, int32_t tier, PnCutRoom *room,
		 PnInterrupt check)
{
	int64_t		left = take_out_tier(leaves, limit, tier, room);
	PnStatus	status = pn_pour(&room->tier, (int32_t) left, room->candidate, check);
	int32_t		i;

	for (i = 0; i < room->tier.n; i++)
		leaves->watts[room->place[i]] = room->tier.watts[i];
	return status;
}

/*
 * Keeps the `limit` smallest units; see truncate.h.
 */
PnStatus
pn_truncate(const PnLeaves *leaves, int32_t limit, PnCutRoom *room,
			PnInterrupt check)
{
	PnStatus	status = PN_OK;
	int32_t		tier = 0;
	bool		alike = true;

	PN_COUNT_CUT(leaves->n);

	/* A refused leaf asks and holds nothing, so less can have come than asked. */
	if (leaves->floor != NULL && sum_of_watts(leaves) <= limit)
		return PN_OK;

	if (leaves->tier != NULL)
		status = find_cut_tier(leaves, limit, &tier, &alike, check);
	if (status != PN_OK)
		return status;
	return alike ? pn_pour(leaves, limit, room->candidate, check) :
		cut_tier(leaves, limit, tier, room, check);
}
