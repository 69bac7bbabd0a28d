/*
 * kernel_glue.c
 *	  What the pure kernel needs from PostgreSQL.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "pg/kernel_glue.h"

/*
 * The kernel asks this in its inner loops.  An error must not jump out of the
 * kernel, so it is caught here and left on the error stack; nothing between
 * here and kernel_check_status() raises another.
 */
static bool
interrupt_requested(void *arg)
{
	volatile bool stop = false;

	if (likely(!InterruptPending))
		return false;

	PG_TRY();
	{
		CHECK_FOR_INTERRUPTS();
	}
	PG_CATCH();
	{
		stop = true;
	}
	PG_END_TRY();

	return stop;
}

PnInterrupt
pg_interrupt(void)
{
	PnInterrupt check = {interrupt_requested, NULL};

	return check;
}

void
kernel_check_status(PnStatus status)
{
	if (status == PN_INTERRUPTED)
		PG_RE_THROW();
	if (status != PN_OK)
		elog(ERROR, "unexpected status %d of the powernode kernel",
			 (int) status);
}

static void *
array_huge(Size count, Size width, int flags)
{
	if (width > 0 && count > MaxAllocHugeSize / width)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many power nodes"),
				 errdetail("An array of %zu elements of %zu bytes does not fit into memory.",
						   count, width),
				 errhint("Check that the adapter views give one row per id.")));

	return palloc_extended(count * width, MCXT_ALLOC_HUGE | flags);
}

void *
palloc_array_huge(Size count, Size width)
{
	return array_huge(count, width, 0);
}

void *
palloc0_array_huge(Size count, Size width)
{
	return array_huge(count, width, MCXT_ALLOC_ZERO);
}

static int32 *
node_ints(int32 n)
{
	return palloc_array_huge((Size) n, sizeof(int32));
}

/* What the kernel may write over: twice as many entries as nodes. */
static int32 *
new_scratch(int32 n)
{
	return palloc_array_huge((Size) n, 2 * sizeof(int32));
}

PnStatus
run_tree_build(int32 n, const int32 *parent_of, PnTree *tree, int32 *culprit)
{
	int32	   *scratch = new_scratch(n);
	PnStatus	status;

	tree->parent = node_ints(n);
	tree->end = node_ints(n);
	tree->depth = node_ints(n);
	tree->input = node_ints(n);
	status = pn_tree_build(n, parent_of, tree, scratch, pg_interrupt(), culprit);
	pfree(scratch);
	return status;
}

PnStatus
run_allocation(const PnProblem *problem, PnAllocation *allocation,
			   PnExplanation *explanation, int32 *culprit)
{
	int32		n = problem->tree->n;
	int32	   *scratch = new_scratch(n);
	PnStatus	status;

	allocation->demand = node_ints(n);
	allocation->asked = node_ints(n);
	allocation->allocated = node_ints(n);
	explanation->bottleneck = node_ints(n);
	explanation->held_back = node_ints(n);
	explanation->explained = palloc_array_huge((Size) n, sizeof(int64));

	status = pn_allocate(problem, allocation, scratch, pg_interrupt(), culprit);
	if (status == PN_OK)
		status = pn_explain(problem, allocation, explanation, scratch, pg_interrupt());
	pfree(scratch);
	return status;
}
