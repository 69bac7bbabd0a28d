/*
 * tree.h
 *	  A tree of power nodes as flat arrays in depth-first order.
 *
 * Position p of every array is the p-th node of a depth-first walk in which
 * siblings keep their input order.  So position 0 is the root, a parent stands
 * before its children, and the subtree of p is the slice [p, end[p]).
 */
#ifndef PN_TREE_H
#define PN_TREE_H

#include "status.h"

typedef struct PnTree
{
	int32_t		n;				/* nodes */
	int32_t    *parent;			/* position of the parent; root PN_NO_NODE */
	int32_t    *end;			/* one past the last position of the subtree */
	int32_t    *depth;			/* root 0 */
	int32_t    *input;			/* index of the node in the caller's array */
} PnTree;

/* A node without children: what allocate() calls a leaf. */
static inline bool
pn_is_leaf(const PnTree *tree, int32_t position)
{
	return tree->end[position] == position + 1;
}

/*
 * Lays out n nodes, given the input index of each one's parent (PN_NO_NODE for
 * the root), in depth-first order.  The caller provides tree's four arrays of n
 * and a scratch array of 2 * n.  n = 0 gives PN_OK and an empty tree.
 *
 * Returns PN_OK, PN_NO_ROOT, PN_TWO_ROOTS, PN_LOOP or PN_INTERRUPTED; where a
 * node is to blame, *culprit is its input index (the smallest such), else
 * PN_NO_NODE.  Parents must be PN_NO_NODE or in [0, n).  Time O(n).
 */
extern PnStatus pn_tree_build(int32_t n, const int32_t *parent_of,
							  PnTree *tree, int32_t *scratch,
							  PnInterrupt check, int32_t *culprit);

#endif							/* PN_TREE_H */
