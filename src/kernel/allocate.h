/*
 * allocate.h
 *	  Shares power out over a tree so that no node is exceeded.
 *
 * The definition: starting from zero, minimums are admitted in (tier,
 * arrived_at, order): a leaf whose minimum fits under itself and every ancestor
 * gets it; one whose minimum does not fit, or exceeds its demand, is refused
 * and stays at 0.  Then watts are handed out one at a time, each to the leaf
 * with the smallest (tier, (allocated + 1) / weight, order) that is below its
 * demand and has room under itself and every ancestor.
 */
#ifndef PN_ALLOCATE_H
#define PN_ALLOCATE_H

#include "policy.h"
#include "tree.h"

/* All arrays are indexed by tree position and have tree->n entries. */
typedef struct PnProblem
{
	const PnTree *tree;
	const int32_t *limit;		/* W, >= 0, or PN_NO_LIMIT */
	const int32_t *demand;		/* W, >= 0, read at leaves only */
	const int32_t *order;		/* distinct tie-breaking ranks of leaves, smaller
								 * first; NULL: the position itself */
	const PnShare *share;		/* read at leaves; NULL: all alike */
	const int32_t *minimum;		/* W, >= 0, read at leaves; NULL: none */
	const int64_t *arrived_at;	/* or PN_NO_TIME, read at leaves with a minimum;
								 * NULL: nobody's is known */
} PnProblem;

/* Caller-provided arrays of tree->n entries, by tree position. */
typedef struct PnAllocation
{
	int64_t    *demand;			/* W; of an inner node the sum of its leaves' */
	int64_t    *asked;			/* W: a leaf's demand; above it the sum over the
								 * children of min(limit, asked) */
	int64_t    *allocated;		/* W; of an inner node the sum of its leaves' */

	/* May be NULL where the problem has no minimums. */
	int32_t    *refused_by;		/* of a refused leaf with demand: the deepest
								 * node that had no room for its minimum when
								 * its turn came, itself where the minimum
								 * exceeds its demand; else PN_NO_NODE */
	int32_t    *turn;			/* when a leaf's minimum came to be admitted: 1,
								 * 2, 3...; 0 where it has none or it was
								 * refused whatever the turn; set where queued */
	bool		queued;			/* some node had no room for all minimums, so
								 * that turns mattered */
} PnAllocation;

/* Bytes of scratch that pn_allocate wants for the problem. */
extern size_t pn_allocate_scratch(const PnProblem *problem);

/*
 * Fills in the allocation.  Sums are made in 64 bits: demands of any number of
 * leaves fit.  Scratch must be aligned as int64_t.
 *
 * Returns PN_OK or PN_INTERRUPTED.
 *
 * Time: one truncation for every over-asked inner node, each a bounded number of
 * passes over the leaves below it (truncate.h), so at most levels x leaves times
 * that bound; where minimums do not all fit, also levels x leaves for their
 * admission and a sort of the leaves.
 */
extern PnStatus pn_allocate(const PnProblem *problem, PnAllocation *allocation,
							void *scratch, PnInterrupt check);

#endif							/* PN_ALLOCATE_H */
