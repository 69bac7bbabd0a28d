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

int32 *
node_ints(int32 n)
{
	return palloc_array_huge((Size) n, sizeof(int32));
}

PnStatus
run_tree_build(int32 n, const int32 *parent_of, PnTree *tree, int32 *culprit)
{
	int32	   *scratch = palloc_array_huge((Size) n, 2 * sizeof(int32));
	PnStatus	status;

	tree->parent = node_ints(n);
	tree->end = node_ints(n);
	tree->depth = node_ints(n);
	tree->input = node_ints(n);
	status = pn_tree_build(n, parent_of, tree, scratch, pg_interrupt(), culprit);
	pfree(scratch);
	return status;
}

static void
share_out(PnProblem *problem, PnPolicy policy, const PnLeafFacts *facts, TimestampTz at)
{
	int32		n = problem->tree->n;
	PnShare    *share = palloc_array_huge((Size) n, sizeof(PnShare));
	void	   *scratch = palloc_array_huge(1, pn_policy_scratch(n));

	kernel_check_status(pn_policy_shares(policy, problem->tree, facts, problem->order, at,
										 share, scratch, pg_interrupt()));
	pfree(scratch);
	problem->share = share;
}

/* The arrays that the kernel fills in; some only where there are minimums. */
static void
make_room(Balance *balance)
{
	int32		n = balance->problem.tree->n;
	bool		minimums = balance->problem.minimum != NULL;
	PnAllocation *allocation = &balance->allocation;
	PnExplanation *explanation = &balance->explanation;

	allocation->demand = palloc_array_huge((Size) n, sizeof(int64));
	allocation->asked = palloc_array_huge((Size) n, sizeof(int64));
	allocation->allocated = palloc_array_huge((Size) n, sizeof(int64));
	allocation->refused_by = minimums ? node_ints(n) : NULL;
	allocation->turn = minimums ? node_ints(n) : NULL;
	explanation->bottleneck = node_ints(n);
	explanation->held_back = node_ints(n);
	explanation->refused = minimums ? node_ints(n) : NULL;
	explanation->explained = palloc_array_huge((Size) n, sizeof(int64));
}

/* The minimums, where any leaf that wants power has one. */
static void
set_minimums(const PnTree *tree, const PnLeafFacts *facts, PnProblem *problem)
{
	int32	   *minimum;
	int64	   *arrived_at;
	int32		p = 0;

	while (p < tree->n && (!pn_is_leaf(tree, p) || facts[p].minimum == 0 || facts[p].demand == 0))
		p++;
	if (p == tree->n)
		return;

	minimum = node_ints(tree->n);
	arrived_at = palloc_array_huge((Size) tree->n, sizeof(int64));
	for (p = 0; p < tree->n; p++)
	{
		minimum[p] = facts[p].minimum;
		arrived_at[p] = facts[p].arrived_at;
	}
	problem->minimum = minimum;
	problem->arrived_at = arrived_at;
}

static void
set_problem(const PnTree *tree, const PnLeafFacts *facts, const int32 *order,
			PnProblem *problem)
{
	int32	   *limit = node_ints(tree->n);
	int32	   *demand = node_ints(tree->n);

	for (int32 p = 0; p < tree->n; p++)
	{
		limit[p] = facts[p].limit;
		demand[p] = facts[p].demand;
	}
	*problem = (PnProblem) {
		.tree = tree, .limit = limit, .demand = demand, .order = order
	};
	set_minimums(tree, facts, problem);
}

void
run_balance(const PnTree *tree, const PnLeafFacts *facts, const int32 *order,
			PnPolicy policy, TimestampTz at, Balance *balance)
{
	PnProblem  *problem = &balance->problem;
	void	   *scratch;

	set_problem(tree, facts, order, problem);
	if (!pn_policy_is_plain(policy))
		share_out(problem, policy, facts, at);
	make_room(balance);

	/* The explanation needs a part of what the allocation does: one int a node. */
	scratch = palloc_array_huge(1, pn_allocate_scratch(problem));
	kernel_check_status(pn_allocate(problem, &balance->allocation, scratch, pg_interrupt()));
	kernel_check_status(pn_explain(problem, &balance->allocation, &balance->explanation,
								   scratch, pg_interrupt()));
	pfree(scratch);
}
