/*
 * truncate.h
 *	  Leaves as a flat run, and the cut that a node's limit makes in one.
 *
 * For the kernel's own use: callers see allocate.h.
 */
#ifndef PN_TRUNCATE_H
#define PN_TRUNCATE_H

#include "status.h"

/* Leaves in depth-first order, so that every subtree's are a run of them. */
typedef struct PnLeaves
{
	int32_t    *watts;			/* W still granted to each */
	int32_t    *rank;			/* its order; NULL: ascending as they stand */
	int32_t		n;
} PnLeaves;

/*
 * Takes from leaves that hold more than `limit` watts all but the `limit`
 * smallest units, the k-th watt of a leaf being the unit (k, rank).
 */
extern void pn_truncate(const PnLeaves *leaves, int32_t limit);

#endif							/* PN_TRUNCATE_H */
