/*
 * run.h
 *	  Nodes that are looked at in one go.
 *
 * For the kernel's own use.
 *
 * Most nodes of a site are leaves that stand beside each other, or beside each
 * other nodes of one leaf or two, as charge points with their connectors are.
 * Such runs are gone through in loops that do nothing else, several times as fast
 * as one node at a time.
 */
#ifndef PN_RUN_H
#define PN_RUN_H

#include "allocate.h"

/* Siblings that are alike. */
typedef struct PnRun
{
	int32_t		leaves_each;	/* 0: the siblings are leaves; 1 or 2: each is a
								 * node and so many leaves */
	int32_t		nodes;			/* all of the run, PN_STEPS at most */
	int32_t		leaves;
	int32_t		depth;			/* of the siblings */
} PnRun;

/* What a run adds to its parent. */
typedef struct PnRunSums
{
	int64_t		demand;			/* W */
	int64_t		through;		/* W */
} PnRunSums;

/*
 * The run that ends with the leaf p; without `points`, only of leaves.
 */
extern PnRun pn_run_before(const PnTree *tree, int32_t p, bool points);

/*
 * Sets demand and asked of the run that ends with p, and what is let through to
 * its leaves, the last of which is watts[-1]; points cut theirs.
 */
extern PnRunSums pn_run_demand(const PnProblem *problem,
							   const PnAllocation *allocation, PnRun run,
							   int32_t p, int32_t *watts);

/*
 * Sets what the nodes of the run are allocated, given their leaves'; returns it.
 */
extern int64_t pn_run_allocated(PnRun run, int32_t p, const int32_t *watts,
								int64_t *allocated);

/*
 * What a node with this limit lets through.  Without its sign PN_NO_LIMIT is more
 * than any watts, so it needs no case of its own.
 */
static inline int64_t
pn_let_through(int32_t limit, int64_t watts)
{
	uint64_t	most = (uint64_t) (int64_t) limit;

	return most < (uint64_t) watts ? limit : watts;
}

#endif							/* PN_RUN_H */
