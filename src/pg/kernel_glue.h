/*
 * kernel_glue.h
 *	  What the pure kernel needs from PostgreSQL: interrupts, huge arrays, and
 *	  its statuses turned into errors.
 */
#ifndef PN_KERNEL_GLUE_H
#define PN_KERNEL_GLUE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "kernel/explain.h"

/*
 * The interrupt check to hand to a kernel function.
 *
 * It services whatever is pending when the kernel asks.  Interrupts that end
 * nothing (a barrier, a request to log memory contexts) are over with that and
 * the kernel carries on; only one that raises an error makes it stop, and that
 * error then waits for kernel_check_status().  So PN_INTERRUPTED always means
 * "an error is waiting": there is nothing to retry.
 */
extern PnInterrupt pg_interrupt(void);

/*
 * To be called with every status of a kernel function that was given
 * pg_interrupt(), before anything else can raise an error; a caller first deals
 * with the statuses that it has words for.
 *
 * Returns for PN_OK, raises the waiting error for PN_INTERRUPTED, and an
 * internal error for any other status.
 */
extern void kernel_check_status(PnStatus status);

/*
 * An array of count elements of width bytes each in CurrentMemoryContext, which
 * may be larger than the 1 GB that palloc stops at.  The second form zeroes it.
 *
 * Raises 54000 where the size does not fit, and 53200 where memory runs out.
 */
extern void *palloc_array_huge(Size count, Size width);
extern void *palloc0_array_huge(Size count, Size width);

/* An int32 for each of n nodes, likewise. */
extern int32 *node_ints(int32 n);

/*
 * pn_tree_build with pg_interrupt() and with arrays made for it in
 * CurrentMemoryContext.  What it answers is for the caller to word, or for
 * kernel_check_status.
 */
extern PnStatus run_tree_build(int32 n, const int32 *parent_of, PnTree *tree,
							   int32 *culprit);

/*
 * A problem and what the kernel makes of it, by tree position, in arrays of the
 * memory context in which it ran.
 */
typedef struct Balance
{
	PnProblem	problem;
	PnAllocation allocation;
	PnExplanation explanation;
} Balance;

/*
 * Shares power out over the tree by the policy, and explains it.  facts are by
 * tree position, of every node its limit and of leaves everything; order is as
 * in PnProblem; at is for the policies that look at it.
 */
extern void run_balance(const PnTree *tree, const PnLeafFacts *facts,
						const int32 *order, PnPolicy policy, TimestampTz at,
						Balance *balance);

#endif							/* PN_KERNEL_GLUE_H */
