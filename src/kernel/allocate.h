/*
 * allocate.h
 *	  Shares power out over a tree so that no node is exceeded.
 *
 * The definition: starting from zero, watts are handed out one at a time, each
 * to the leaf with the smallest (tier, (allocated + 1) / weight, order) that is
 * below its demand and has room under itself and every ancestor.
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
	const PnShare *share;		/* NULL: one tier, weight 1 (EQUAL_SHARE) */
	const int32_t *minimum;		/* W, read at leaves; NULL: none */
} PnProblem;

/* Caller-provided arrays of tree->n entries, by tree position. */
typedef struct PnAllocation
{
	int32_t    *demand;			/* W; of an inner node the sum of its leaves' */
	int32_t    *asked;			/* W: a leaf's demand; above it the sum over the
								 * children of min(limit, asked) */
	int32_t    *allocated;		/* W; of an inner node the sum of its leaves' */
} PnAllocation;

/*
 * Fills in the allocation.  Scratch: 2 * tree->n entries.  This release takes
 * share = NULL and minimum = NULL only and answers PN_UNSUPPORTED_POLICY
 * otherwise.
 *
 * Returns PN_OK, PN_SUM_OVERFLOW (culprit: position of the deepest node whose
 * sum of demands does not fit; the first such in depth-first order),
 * PN_UNSUPPORTED_POLICY or PN_INTERRUPTED.
 *
 * Time O(sum over over-asked nodes of their leaves) times a logarithm of the
 * limit: at most nodes x levels, never pairs of nodes.
 */
extern PnStatus pn_allocate(const PnProblem *problem, PnAllocation *allocation,
							int32_t *scratch, PnInterrupt check,
							int32_t *culprit);

#endif							/* PN_ALLOCATE_H */
