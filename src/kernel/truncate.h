/*
 * truncate.h
 *	  Leaves as a flat run, and the cut that a node's limit makes in one.
 *
 * For the kernel's own use: callers see allocate.h.
 */
#ifndef PN_TRUNCATE_H
#define PN_TRUNCATE_H

#include "select.h"

/* Leaves in depth-first order, so that every subtree's are a run of them. */
typedef struct PnLeaves
{
	int32_t		n;
	int32_t    *watts;			/* W still granted to each */
	int32_t    *floor;			/* W admitted, never taken; NULL: none */
	int32_t    *tier;			/* NULL: all alike */
	int32_t    *weight;			/* at least 1; NULL: all alike */
	int32_t    *order;			/* distinct; NULL: ascending as they stand */
} PnLeaves;

/* Room for as many leaves as there are, which no cut needs to keep. */
typedef struct PnCutRoom
{
	PnLeaves	tier;			/* the leaves of the tier that is cut; unset
								 * where all tiers are alike */
	int32_t    *place;			/* and where each of them came from */
	PnCandidate *candidate;		/* for pn_pour; unset where all weights are */
} PnCutRoom;

/*
 * Takes from leaves that hold more than `limit` watts all but the `limit`
 * smallest units, floors aside: the k-th watt of a leaf is the unit (tier,
 * k / weight, order).  Floors add up to no more than the limit.
 *
 * Returns PN_OK or PN_INTERRUPTED, and then the leaves hold anything.
 *
 * Passes over the leaves: at most 34 to find the tier that is cut and take it
 * out, then those of pn_pour over the leaves of that tier.
 */
extern PnStatus pn_truncate(const PnLeaves *leaves, int32_t limit,
							PnCutRoom *room, PnInterrupt check);

/*
 * The same of leaves that are of one tier (level.c).  Passes over the leaves:
 * at most 3 to look them over, 3 x 62 for the level where weights differ, 3 x 31
 * where floors do, 63 where neither does; then at most 2 + 32 + 32 over fewer and
 * fewer of those that compete for the last watts, and one that sets them.  A handful is what is seen.
 */
extern PnStatus pn_pour(const PnLeaves *leaves, int32_t limit,
						PnCandidate *candidate, PnInterrupt check);

#endif							/* PN_TRUNCATE_H */
