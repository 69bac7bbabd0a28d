/*
 * admit.h
 *	  Which leaves' minimums there is room for.
 *
 * For the kernel's own use: callers see allocate.h.
 */
#ifndef PN_ADMIT_H
#define PN_ADMIT_H

#include "allocate.h"
#include "sort.h"

/* Scratch of the admission, each of tree->n entries. */
typedef struct PnAdmitRoom
{
	int32_t    *tight;
	PnRanked   *ranked;
	PnRanked   *spare;
} PnAdmitRoom;

/* Whether the leaf has a minimum to be admitted, and it was. */
static inline bool
pn_is_admitted(const PnProblem *problem, const PnAllocation *allocation,
			   int32_t leaf)
{
	return problem->minimum[leaf] > 0 && problem->demand[leaf] > 0 &&
		allocation->refused_by[leaf] == PN_NO_NODE;
}

/*
 * Admits the minimums of a problem that has any: sets refused_by, turn and
 * queued; allocated is used for sums.  Returns PN_OK or PN_INTERRUPTED.
 *
 * Time O(n) where all minimums fit together, else leaves x levels at most,
 * and a sort of the leaves.
 */
extern PnStatus pn_admit(const PnProblem *problem, PnAllocation *allocation,
						 const PnAdmitRoom *room, PnInterrupt check);

#endif							/* PN_ADMIT_H */
