/*
 * allocate_sql.c
 *	  powernode.allocate(nodes, policy, at): the allocator alone, over an array
 *	  of power nodes, without a table.
 *
 * Read top to bottom: the array becomes a tree and a problem in tree order, the
 * kernel solves it, and the answer is written in the order of the array.  Every
 * step on this side is linear in the nodes.
 *
 * Minimums are validated but not yet admitted: this release allocates as if
 * every min_w were NULL.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "kernel/explain.h"
#include "pg/kernel_glue.h"
#include "pg/node_array.h"
#include "pg/policy_argument.h"

#define RESULT_COLUMNS 7

/* The kernel's view of the input and its answer, by tree position. */
typedef struct Solution
{
	PnTree		tree;
	PnProblem	problem;
	PnAllocation allocation;
	PnExplanation explanation;
} Solution;

PG_FUNCTION_INFO_V1(powernode_allocate);

static int32 *
node_ints(int32 n)
{
	return palloc_array_huge((Size) n, sizeof(int32));
}

/*
 * "at" is what LEAST_LAXITY_FIRST measures from; no policy of this release
 * reads it, but what could never be right is refused from the start.
 */
static void
check_at_argument(FunctionCallInfo fcinfo)
{
	if (!PG_ARGISNULL(2) && TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(2)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the time of an allocation cannot be infinite"),
				 errdetail("No lead time can be counted from it."),
				 errhint("Give a finite \"at\", or NULL.")));
}

/* Raises the error for nodes that are not one tree. */
static void
check_tree_status(PnStatus status, const NodeArray *array, int32 culprit)
{
	const char *hint = "Give parent_id NULL to the root, and to it alone, and lead every other node to it.";

	switch (status)
	{
		case PN_NO_ROOT:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the power nodes have no root"),
					 errdetail("Every node has a parent, from \"%s\" on.",
							   array->nodes[0].id),
					 errhint("%s", hint)));
			break;
		case PN_TWO_ROOTS:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the power nodes have two roots"),
					 errdetail("Node \"%s\" is not the first without a parent.",
							   array->nodes[culprit].id),
					 errhint("%s", hint)));
			break;
		case PN_LOOP:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("power node \"%s\" is on or below a loop",
							array->nodes[culprit].id),
					 errdetail("Going up from it by parent_id never ends at the root."),
					 errhint("%s", hint)));
			break;
		default:
			kernel_check_status(status);
	}
}

static void
build_tree(const NodeArray *array, Solution *solution)
{
	int32	   *parent_of = node_array_parents(array);
	PnStatus	status;
	int32		culprit;

	status = run_tree_build(array->n, parent_of, &solution->tree, &culprit);
	check_tree_status(status, array, culprit);
}

/*
 * Limits and demands in tree order.  Ties between leaves go by place in the
 * array, which is what tree->input holds.
 */
static void
build_problem(const NodeArray *array, Solution *solution)
{
	int32	   *limit = node_ints(array->n);
	int32	   *demand = node_ints(array->n);
	PnProblem  *problem = &solution->problem;

	for (int32 position = 0; position < array->n; position++)
	{
		const ArrayNode *node = &array->nodes[solution->tree.input[position]];

		limit[position] = node->limit_w;
		demand[position] = node->demand_w;
	}

	problem->tree = &solution->tree;
	problem->limit = limit;
	problem->demand = demand;
	problem->order = solution->tree.input;
	problem->share = NULL;
	problem->minimum = NULL;
}

static void
allocate_power(const NodeArray *array, Solution *solution)
{
	PnStatus	status;
	int32		culprit;

	status = run_allocation(&solution->problem, &solution->allocation,
							&solution->explanation, &culprit);
	if (status == PN_SUM_OVERFLOW)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the demand below power node \"%s\" is out of range",
						array->nodes[solution->tree.input[culprit]].id),
				 errdetail("The demands of its leaves add up to more than %d W.",
						   PG_INT32_MAX),
				 errhint("Demands are in watts: check that none is in a smaller unit.")));
	kernel_check_status(status);
}

static void
solve(const NodeArray *array, Solution *solution)
{
	build_tree(array, solution);
	build_problem(array, solution);
	allocate_power(array, solution);
}

static void
put_row(const NodeArray *array, const Solution *solution, int32 position,
		ReturnSetInfo *result)
{
	const int32 *input_of = solution->tree.input;
	const ArrayNode *node = &array->nodes[input_of[position]];
	int32		bottleneck = solution->explanation.bottleneck[position];
	Datum		values[RESULT_COLUMNS] = {0};
	bool		nulls[RESULT_COLUMNS] = {false};

	values[0] = node->id_datum;
	values[1] = node->kind;
	nulls[1] = !node->has_kind;
	values[2] = Int32GetDatum(node->limit_w);
	nulls[2] = node->limit_w == PN_NO_LIMIT;
	values[3] = Int32GetDatum(solution->allocation.demand[position]);
	values[4] = Int32GetDatum(solution->allocation.asked[position]);
	values[5] = Int32GetDatum(solution->allocation.allocated[position]);
	nulls[6] = bottleneck == PN_NO_NODE;
	if (!nulls[6])
		values[6] = array->nodes[input_of[bottleneck]].id_datum;

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* One row per node, in the order of the array. */
static void
put_rows(const NodeArray *array, const Solution *solution,
		 ReturnSetInfo *result)
{
	int32	   *position_of = node_ints(array->n);

	for (int32 position = 0; position < array->n; position++)
		position_of[solution->tree.input[position]] = position;

	for (int32 i = 0; i < array->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_row(array, solution, position_of[i], result);
	}
}

/*
 * allocate(nodes power_node[], policy text, at timestamptz): one row per node,
 * watts in whole W.  Errors: 22023 for malformed input, 22003 where demands add
 * up past integer, 0A000 for a policy that this release does not have.
 */
Datum
powernode_allocate(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	MemoryContext caller;
	NodeArray	array = {0};
	Solution	solution;

	InitMaterializedSRF(fcinfo, 0);
	if (!PG_ARGISNULL(1))
		(void) policy_argument(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	check_at_argument(fcinfo);

	context = AllocSetContextCreate(CurrentMemoryContext,
									"powernode allocate",
									ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(context);

	if (!PG_ARGISNULL(0))
		node_array_read(PG_GETARG_ARRAYTYPE_P(0), &array);
	if (array.n > 0)
	{
		solve(&array, &solution);
		put_rows(&array, &solution, (ReturnSetInfo *) fcinfo->resultinfo);
	}

	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	return (Datum) 0;
}
