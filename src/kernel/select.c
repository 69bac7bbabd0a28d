/*
 * select.c
 *	  Selection by halving the range of the keys.
 *
 * Not the fastest on average, but without a bad case: a step halves the range
 * whatever the candidates are, and only what stands on the cut goes on.
 */
#include "select.h"
#include "work.h"

/*
 * Moves candidates with keys up to `last` to the front, and counts them.
 */
static int32_t
partition(PnCandidate *candidate, int32_t n, int64_t last)
{
	int32_t		count = 0;
	int32_t		i;

	PN_COUNT_PASS(n);
	for (i = 0; i < n; i++)
	{
		PnCandidate moved = candidate[i];

		if (moved.key > last)
			continue;
		candidate[i] = candidate[count];
		candidate[count++] = moved;
	}
	return count;
}

/*
 * Selects by key alone.  What is left in *candidate, *n and *wanted is those that
 * tie for the last of the places, and how many of them there are and are wanted.
 */
static PnStatus
select_by_key(PnCandidate **candidate, int32_t *n, int32_t *wanted,
			  PnInterrupt check)
{
	int64_t		low = INT64_MAX;
	int64_t		high = INT64_MIN;
	int32_t		i;

	PN_COUNT_PASS(*n);
	for (i = 0; i < *n; i++)
	{
		int64_t		key = (*candidate)[i].key;

		low = key < low ? key : low;
		high = key > high ? key : high;
	}

	while (*wanted > 0 && *wanted < *n && low < high)
	{
		/* Halves that cannot overflow: low may be below 0 and high above. */
		int64_t		middle = (low >> 1) + (high >> 1) + (low & high & 1);
		int32_t		count;

		if (pn_interrupted_before(check, *n))
			return PN_INTERRUPTED;
		count = partition(*candidate, *n, middle);
		if (count >= *wanted)
		{
			*n = count;
			high = middle;
		}
		else
		{
			*candidate += count;
			*n -= count;
			*wanted -= count;
			low = middle + 1;
		}
	}
	return PN_OK;
}

/*
 * Selects the smallest; see select.h.
 */
PnStatus
pn_select(PnCandidate *candidate, int32_t n, int32_t wanted,
		  PnInterrupt check)
{
	PnStatus	status = select_by_key(&candidate, &n, &wanted, check);
	int32_t		i;

	if (status != PN_OK || wanted == 0 || wanted == n)
		return status;
	for (i = 0; i < n; i++)
		candidate[i].key = candidate[i].order;
	return select_by_key(&candidate, &n, &wanted, check);
}
