/*
 * explain.h
 *	  Who is held back, by which node, and which node explains most of it.
 *
 * The bottleneck of a curtailed leaf is the deepest full node on its path,
 * itself included; of a refused one the node that refused it, which need not be
 * full.  A node is full when allocated = limit, over-asked when asked > limit,
 * binding when it is the bottleneck of at least one leaf.
 */
#ifndef PN_EXPLAIN_H
#define PN_EXPLAIN_H

#include "allocate.h"

/* Caller-provided arrays of tree->n entries, by tree position. */
typedef struct PnExplanation
{
	int32_t    *bottleneck;		/* of a curtailed leaf, its position; else
								 * PN_NO_NODE */
	int32_t    *held_back;		/* leaves whose bottleneck this node is */
	int32_t    *refused;		/* those of them whose minimum it refused; may
								 * be NULL where the problem has no minimums */
	int64_t    *explained;		/* W curtailed at those leaves */
	int32_t		primary;		/* binding node that explains most watts; ties:
								 * nearest the root, then first in the tree;
								 * PN_NO_NODE when no leaf is curtailed */
	int32_t		binding_nodes;	/* how many bind */
	int32_t		curtailed_leaves;	/* how many leaves are curtailed */
} PnExplanation;

/* Whether more reaches the node than its limit lets through. */
static inline bool
pn_over_asked(const PnProblem *problem, const PnAllocation *allocation,
			  int32_t position)
{
	return problem->limit[position] != PN_NO_LIMIT &&
		allocation->asked[position] > problem->limit[position];
}

/*
 * Explains an allocation of the problem.  Scratch: tree->n entries.  Returns
 * PN_OK or PN_INTERRUPTED.  Time O(n).
 */
extern PnStatus pn_explain(const PnProblem *problem,
						   const PnAllocation *allocation,
						   PnExplanation *explanation, int32_t *scratch,
						   PnInterrupt check);

#endif							/* PN_EXPLAIN_H */
