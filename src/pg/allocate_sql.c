/*
 * allocate_sql.c
 *	  powernode.allocate(nodes, policy, at): the allocator alone, over an array
 *	  of power nodes, without a table.
 *
 * Read top to bottom: the array becomes a tree and a problem in tree order, the
 * kernel solves it, and the answer is written in the order of the array.  Every
 * step on this side is linear in the nodes.
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
	Balance		balance;
} Solution;

/* How the caller wants it shared out. */
typedef struct Request
{
	PnPolicy	policy;
	TimestampTz at;
} Request;

PG_FUNCTION_INFO_V1(powernode_allocate);

/* The policy, and the time from which it measures. */
static Request
request_argument(FunctionCallInfo fcinfo)
{
	Request		request = {.at = PN_NO_TIME};
	const char *name = PG_ARGISNULL(1) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(1));

	request.policy = policy_argument(name);
	if (!PG_ARGISNULL(2))
		request.at = PG_GETARG_TIMESTAMPTZ(2);
	else if (pn_policy_needs_time(request.policy))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("policy %s needs the time of the allocation", name),
				 errdetail("\"at\" is null, so how long each leaf can wait is not known."),
				 errhint("Give a finite \"at\", such as now().")));
	if (!PG_ARGISNULL(2) && TIMESTAMP_NOT_FINITE(request.at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the time of an allocation cannot be infinite"),
				 errdetail("No lead time can be counted from it."),
				 errhint("Give a finite \"at\", or NULL.")));
	return request;
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

/* What is known of each node, in tree order. */
static PnLeafFacts *
leaf_facts(const NodeArray *array, const PnTree *tree)
{
	PnLeafFacts *facts = palloc_array_huge((Size) array->n, sizeof(PnLeafFacts));

	for (int32 position = 0; position < array->n; position++)
	{
		const ArrayNode *node = &array->nodes[tree->input[position]];

		CHECK_FOR_INTERRUPTS();
		facts[position] = (PnLeafFacts) {
			.demand = node->demand_w,
			.limit = node->limit_w,
			.weight = node->weight,
			.priority = node->priority,
			.arrived_at = node->arrived_at,
			.departs_at = node->departs_at,
			.energy = node->energy_wh,
			.minimum = node->min_w
		};
	}
	return facts;
}

/*
 * Refuses sums past integer, naming the deepest node that carries one, of two
 * equally deep ones the first.  No other sum is larger than that of demands.
 */
static void
check_sums(const NodeArray *array, const Solution *solution)
{
	const PnTree *tree = &solution->tree;
	const int64 *demand = solution->balance.allocation.demand;
	int32		culprit = PN_NO_NODE;

	for (int32 position = 0; position < array->n; position++)
	{
		if (demand[position] > PG_INT32_MAX &&
			(culprit == PN_NO_NODE || tree->depth[position] > tree->depth[culprit]))
			culprit = position;
	}
	if (culprit != PN_NO_NODE)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the demand below power node \"%s\" is out of range",
						array->nodes[tree->input[culprit]].id),
				 errdetail("The demands of its leaves add up to " INT64_FORMAT " W, more than %d W.",
						   demand[culprit], PG_INT32_MAX),
				 errhint("Demands are in watts: check that none is in a smaller unit.")));
}

static void
solve(const NodeArray *array, const Request *request, Solution *solution)
{
	const PnTree *tree = &solution->tree;

	/* Ties go by place in the array, which is what tree->input holds. */
	build_tree(array, solution);
	run_balance(tree, leaf_facts(array, tree), tree->input, request->policy, request->at,
				&solution->balance);
	check_sums(array, solution);
}

static void
put_row(const NodeArray *array, const Solution *solution, int32 position,
		ReturnSetInfo *result)
{
	const int32 *input_of = solution->tree.input;
	const ArrayNode *node = &array->nodes[input_of[position]];
	const PnAllocation *allocation = &solution->balance.allocation;
	int32		bottleneck = solution->balance.explanation.bottleneck[position];
	Datum		values[RESULT_COLUMNS] = {0};
	bool		nulls[RESULT_COLUMNS] = {false};

	values[0] = node->id_datum;
	values[1] = node->kind;
	nulls[1] = !node->has_kind;
	values[2] = Int32GetDatum(node->limit_w);
	nulls[2] = node->limit_w == PN_NO_LIMIT;
	values[3] = Int32GetDatum((int32) allocation->demand[position]);
	values[4] = Int32GetDatum((int32) allocation->asked[position]);
	values[5] = Int32GetDatum((int32) allocation->allocated[position]);
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
	{
		CHECK_FOR_INTERRUPTS();
		position_of[solution->tree.input[position]] = position;
	}

	for (int32 i = 0; i < array->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_row(array, solution, position_of[i], result);
	}
}

/*
 * allocate(nodes power_node[], policy text, at timestamptz): one row per node,
 * watts in whole W.  Errors: 22023 for malformed input, an unknown policy and a
 * policy that needs "at" without it, 22003 where demands add up past integer.
 */
Datum
powernode_allocate(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	MemoryContext caller;
	NodeArray	array = {0};
	Request		request;
	Solution	solution;

	InitMaterializedSRF(fcinfo, 0);
	request = request_argument(fcinfo);

	context = AllocSetContextCreate(CurrentMemoryContext,
									"powernode allocate",
									ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(context);

	if (!PG_ARGISNULL(0))
		node_array_read(PG_GETARG_ARRAYTYPE_P(0), &array);
	if (array.n > 0)
	{
		solve(&array, &request, &solution);
		put_rows(&array, &solution, (ReturnSetInfo *) fcinfo->resultinfo);
	}

	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	return (Datum) 0;
}
