/*
 * stored_nodes.c
 *	  Unfolds the arrays of a recorded cycle for the views.
 *
 * The way back of arrays.c: ordinals count from 1, and what NULL stands for, of
 * an element and of a whole array, the columns' COMMENTs say.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "pg/kernel_glue.h"
#include "pg/node_rows.h"

PG_FUNCTION_INFO_V1(powernode_node_rows);
PG_FUNCTION_INFO_V1(powernode_setpoint_rows);
PG_FUNCTION_INFO_V1(powernode_constraint_rows);

/* The functions' arguments; the last is constraint_rows' alone. */
enum
{
	ARG_CONTROL_MODE, ARG_PARENTS, ARG_KINDS, ARG_SOURCE_IDS, ARG_NAMES,
	ARG_RATINGS, ARG_RATING_SOURCES,
	ARG_LIMITS, ARG_LIMIT_SOURCES, ARG_DEMANDS, ARG_ASKED, ARG_ALLOCATED,
	ARG_BOTTLENECKS, ARG_OFFLINE, ARG_VEHICLES, ARG_MINIMUMS
};

/* A deconstructed array; count -1: the argument is NULL. */
typedef struct Elements
{
	Datum	   *values;
	bool	   *nulls;
	int			count;
} Elements;

static Elements
elements_of(FunctionCallInfo fcinfo, int argument, Oid type)
{
	Elements	elements = {.count = -1};
	int16		length;
	bool		by_value;
	char		alignment;

	if (argument >= PG_NARGS() || PG_ARGISNULL(argument))
		return elements;
	get_typlenbyvalalign(type, &length, &by_value, &alignment);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), type, length, by_value,
					  alignment, &elements.values, &elements.nulls, &elements.count);
	return elements;
}

/*
 * Anybody may call these functions with anything, because the views call them as
 * their caller: every number that is used as an index is checked.
 */
static void
not_a_cycle(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the arrays are not those of a recorded cycle"),
			 errdetail_internal("%s", detail),
			 errhint("Rows of powernode.topology and powernode.cycle are written by rebalance() alone; read them through the views.")));
}

/* An array that must be there with one element a node, or be NULL throughout. */
static Elements
per_node(FunctionCallInfo fcinfo, int argument, Oid type, int32 n, bool required)
{
	Elements	elements = elements_of(fcinfo, argument, type);

	if (elements.count != n && (required || elements.count >= 0))
		not_a_cycle(psprintf("Argument %d has %d elements for %d nodes.",
							 argument + 1, elements.count, n));
	return elements;
}

/* A position from its ordinal, PN_NO_NODE for NULL; one of [0, below). */
static int32
position_at(const Elements *ordinals, int32 i, int32 below)
{
	int32		ordinal;

	if (ordinals->count < 0 || ordinals->nulls[i])
		return PN_NO_NODE;
	ordinal = DatumGetInt32(ordinals->values[i]);
	if (ordinal < 1 || ordinal > below)
		not_a_cycle(psprintf("Node %d refers to node %d.", i + 1, ordinal));
	return ordinal - 1;
}

static int32
int_at(const Elements *elements, int32 i, int32 when_null)
{
	if (elements->count < 0 || elements->nulls[i])
		return when_null;
	return DatumGetInt32(elements->values[i]);
}

/* A number below limit, 0 for any other. */
static int
small_at(const Elements *elements, int32 i, int limit)
{
	int			value = elements->nulls[i] ? 0 : DatumGetInt16(elements->values[i]);

	return value < 0 || value >= limit ? 0 : value;
}

static const text *
required_text_at(const Elements *elements, int32 i)
{
	if (elements->nulls[i])
		not_a_cycle(psprintf("Node %d has no id or no name.", i + 1));
	return DatumGetTextPP(elements->values[i]);
}

static const text *
text_at(const Elements *elements, int32 i)
{
	if (elements->count < 0 || elements->nulls[i])
		return NULL;
	return DatumGetTextPP(elements->values[i]);
}

static void
take_topology(FunctionCallInfo fcinfo, NodeTable *table)
{
	Elements	parents = elements_of(fcinfo, ARG_PARENTS, INT4OID);
	int32		n = parents.count;
	Elements	kinds = per_node(fcinfo, ARG_KINDS, INT2OID, n, true);
	Elements	ids = per_node(fcinfo, ARG_SOURCE_IDS, TEXTOID, n, true);
	Elements	names = per_node(fcinfo, ARG_NAMES, TEXTOID, n, true);
	int32	   *parent = palloc_array_huge(n, sizeof(int32));

	table->n = n;
	table->parent = parent;
	table->nodes = palloc0_array_huge(n, sizeof(NodeColumns));
	for (int32 p = 0; p < n; p++)
	{
		CHECK_FOR_INTERRUPTS();
		/* Parents stand before their children; only the root has none. */
		parent[p] = position_at(&parents, p, p);
		if ((parent[p] == PN_NO_NODE) != (p == 0))
			not_a_cycle(psprintf("Node %d is not the only root.", p + 1));
		table->nodes[p].kind = (NodeKind) small_at(&kinds, p, NODE_KIND_COUNT);
		table->nodes[p].source_id = required_text_at(&ids, p);
		table->nodes[p].name = required_text_at(&names, p);
	}
}

/*
 * Watts, or their sum over leaves, as the integer that a cycle's is: never negative,
 * so that no difference of two of them overflows.
 */
static int32
watts_of(int64 sum, int32 p)
{
	if (sum < 0 || sum > PG_INT32_MAX)
		not_a_cycle(psprintf("Node %d has " INT64_FORMAT " W.", p + 1, sum));
	return (int32) sum;
}

/* A limit likewise, PN_NO_LIMIT for NULL. */
static int32
limit_at(const Elements *limits, int32 p)
{
	if (limits->nulls[p])
		return PN_NO_LIMIT;
	return watts_of(int_at(limits, p, 0), p);
}

/* The rating of a node, unless the cycle recorded that something took from it. */
static void
take_limits(FunctionCallInfo fcinfo, NodeTable *table)
{
	int32		n = table->n;
	Elements	ratings = per_node(fcinfo, ARG_RATINGS, INT4OID, n, true);
	Elements	rating_sources = per_node(fcinfo, ARG_RATING_SOURCES, INT2OID, n, true);
	Elements	limits = per_node(fcinfo, ARG_LIMITS, INT4OID, n, !PG_ARGISNULL(ARG_LIMIT_SOURCES));
	Elements	sources = per_node(fcinfo, ARG_LIMIT_SOURCES, INT2OID, n, !PG_ARGISNULL(ARG_LIMITS));

	for (int32 p = 0; p < n; p++)
	{
		bool		as_rated = sources.count < 0 || sources.nulls[p];

		CHECK_FOR_INTERRUPTS();
		table->nodes[p].limit_w = limit_at(as_rated ? &ratings : &limits, p);
		table->nodes[p].limit_source = (LimitSource)
			small_at(as_rated ? &rating_sources : &sources, p, LIMIT_SOURCE_COUNT);
	}
}

/* Sets what is recorded of leaves, and of any node what was asked of it. */
static void
take_leaves(FunctionCallInfo fcinfo, NodeTable *table, int64 *demand, int64 *allocated)
{
	int32		n = table->n;
	Elements	demands = per_node(fcinfo, ARG_DEMANDS, INT4OID, n, true);
	Elements	granted = per_node(fcinfo, ARG_ALLOCATED, INT4OID, n, false);
	Elements	bottlenecks = per_node(fcinfo, ARG_BOTTLENECKS, INT4OID, n, false);
	Elements	vehicles = per_node(fcinfo, ARG_VEHICLES, TEXTOID, n, false);
	Elements	minimums = per_node(fcinfo, ARG_MINIMUMS, INT4OID, n, false);
	Elements	offline = elements_of(fcinfo, ARG_OFFLINE, INT4OID);

	for (int32 p = 0; p < n; p++)
	{
		NodeColumns *node = &table->nodes[p];

		CHECK_FOR_INTERRUPTS();
		demand[p] = int_at(&demands, p, 0);
		allocated[p] = int_at(&granted, p, (int32) demand[p]);
		node->bottleneck = position_at(&bottlenecks, p, n);
		node->vehicle_name = text_at(&vehicles, p);
		node->minimum_w = int_at(&minimums, p, 0);
	}
	for (int32 i = 0; i < offline.count; i++)
	{
		int32		leaf = position_at(&offline, i, n);

		if (leaf != PN_NO_NODE)
			table->nodes[leaf].offline = true;
	}
}

static void
take_figures(FunctionCallInfo fcinfo, NodeTable *table)
{
	int32		n = table->n;
	int64	   *demand = palloc_array_huge(n, sizeof(int64));
	int64	   *allocated = palloc_array_huge(n, sizeof(int64));
	Elements	asked = per_node(fcinfo, ARG_ASKED, INT4OID, n, false);

	take_leaves(fcinfo, table, demand, allocated);
	for (int32 p = n - 1; p >= 0; p--)
	{
		NodeColumns *node = &table->nodes[p];

		CHECK_FOR_INTERRUPTS();
		/* Children stand after their parents: here their sums are complete. */
		node->demand_w = watts_of(demand[p], p);
		node->allocated_w = watts_of(allocated[p], p);
		node->asked_w = watts_of(int_at(&asked, p, node->demand_w), p);
		if (p > 0)
		{
			demand[table->parent[p]] += demand[p];
			allocated[table->parent[p]] += allocated[p];
		}
	}
}

/* The cycle in the arguments; false of a REJECTED one, which has no tree. */
static bool
take_cycle(FunctionCallInfo fcinfo, NodeTable *table)
{
	if (PG_ARGISNULL(ARG_CONTROL_MODE) || PG_ARGISNULL(ARG_PARENTS) || PG_ARGISNULL(ARG_DEMANDS))
		return false;
	if (!control_mode_by_name(text_to_cstring(PG_GETARG_TEXT_PP(ARG_CONTROL_MODE)), &table->mode))
		not_a_cycle("The control mode is unknown.");
	take_topology(fcinfo, table);
	take_limits(fcinfo, table);
	take_figures(fcinfo, table);
	return true;
}

/*
 * powernode.node_rows(…) → setof record: see its COMMENT.  22023 where arrays
 * do not fit together.
 */
Datum
powernode_node_rows(PG_FUNCTION_ARGS)
{
	NodeTable	table = {0};

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (take_cycle(fcinfo, &table))
		put_node_rows((ReturnSetInfo *) fcinfo->resultinfo, NULL, &table, SHAPE_STATUS);
	return (Datum) 0;
}

/*
 * powernode.setpoint_rows(…) → setof record: likewise.
 */
Datum
powernode_setpoint_rows(PG_FUNCTION_ARGS)
{
	NodeTable	table = {0};

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (take_cycle(fcinfo, &table))
		put_setpoint_rows((ReturnSetInfo *) fcinfo->resultinfo, &table);
	return (Datum) 0;
}

/*
 * powernode.constraint_rows(…) → setof record: likewise.
 */
Datum
powernode_constraint_rows(PG_FUNCTION_ARGS)
{
	NodeTable	table = {0};

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (take_cycle(fcinfo, &table))
		put_constraint_rows((ReturnSetInfo *) fcinfo->resultinfo, &table);
	return (Datum) 0;
}
