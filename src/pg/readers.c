/*
 * readers.c
 *	  The entry points that derive a site and record nothing: preview(),
 *	  power_nodes(), validate() and the live tree of microgrid_hierarchy.
 */
#include "postgres.h"

#include "access/xact.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "pg/decide.h"
#include "pg/entry.h"
#include "pg/kernel_glue.h"
#include "pg/node_rows.h"
#include "pg/session.h"

PG_FUNCTION_INFO_V1(powernode_preview);
PG_FUNCTION_INFO_V1(powernode_power_nodes);
PG_FUNCTION_INFO_V1(powernode_validate);
PG_FUNCTION_INFO_V1(powernode_live_tree);

static NodeTable
table_of_tree(const Derivation *derivation)
{
	NodeTable	table = {
		.n = derivation->tree.n,
		.parent = derivation->tree.parent,
		.mode = derivation->mode,
		.nodes = palloc0_array_huge(derivation->tree.n, sizeof(NodeColumns))
	};

	for (int32 p = 0; p < table.n; p++)
	{
		const PowerNode *node = &derivation->nodes[p];
		NodeColumns *columns = &table.nodes[p];

		CHECK_FOR_INTERRUPTS();
		columns->kind = node->kind;
		columns->source_id = cstring_to_text(node->source_id);
		columns->name = cstring_to_text(node->name);
		if (node->vehicle_name != NULL)
			columns->vehicle_name = cstring_to_text(node->vehicle_name);
		columns->limit_w = node->limit_w;
		columns->limit_source = node->limit_source;
		columns->bottleneck = PN_NO_NODE;
	}
	return table;
}

static NodeTable
table_of_decision(const Decision *decision)
{
	NodeTable	table = table_of_tree(decision->derivation);
	const PnAllocation *allocation = &decision->balance.allocation;

	for (int32 p = 0; p < table.n; p++)
	{
		CHECK_FOR_INTERRUPTS();
		table.nodes[p].demand_w = (int32) allocation->demand[p];
		table.nodes[p].asked_w = (int32) allocation->asked[p];
		table.nodes[p].allocated_w = (int32) allocation->allocated[p];
		table.nodes[p].bottleneck = decision->balance.explanation.bottleneck[p];
	}
	return table;
}

/*
 * powernode.preview(site_id, at, policy, control_mode) → setof record: what
 * rebalance would decide, one row a node; no rows where it would reject.
 */
Datum
powernode_preview(PG_FUNCTION_ARGS)
{
	CycleOptions options;
	Derivation *derivation;
	char	   *site_id = site_id_argument(fcinfo);

	options.at = at_argument(fcinfo, 1);
	options.policy = text_argument(fcinfo, 2);
	options.control_mode = text_argument(fcinfo, 3);
	InitMaterializedSRF(fcinfo, 0);

	spi_session_begin();
	derivation = derive_for_reading(site_id, &options, false);
	if (derivation->valid)
	{
		NodeTable	table = table_of_decision(decide(derivation));

		put_node_rows((ReturnSetInfo *) fcinfo->resultinfo,
					  derivation->data->sites[0].id, &table, SHAPE_STATUS);
	}
	spi_session_end();
	return (Datum) 0;
}

static void
put_power_node(ReturnSetInfo *result, const Derivation *derivation, int32 p)
{
	const PowerNode *node = &derivation->nodes[p];
	bool		leaf = node->kind == leaf_kind(derivation->mode);
	Datum		values[11] = {0};
	bool		nulls[11] = {0};

	values[0] = CStringGetTextDatum(make_node_id(node->kind, node->source_id));
	nulls[1] = node->parent == PN_NO_NODE;
	if (!nulls[1])
	{
		const PowerNode *parent = &derivation->nodes[node->parent];

		values[1] = CStringGetTextDatum(make_node_id(parent->kind, parent->source_id));
	}
	values[2] = CStringGetTextDatum(kind_name(node->kind));
	values[3] = Int32GetDatum(node->limit_w);
	nulls[3] = node->limit_w == PN_NO_LIMIT;

	/* What only leaves have. */
	values[4] = Int32GetDatum(node->demand_w);
	values[5] = Int32GetDatum(node->min_w);
	values[6] = Int32GetDatum(node->weight);
	values[7] = Int32GetDatum(node->priority);
	nulls[4] = nulls[5] = nulls[6] = nulls[7] = !leaf;
	values[8] = TimestampTzGetDatum(node->arrived_at);
	nulls[8] = !leaf || node->arrived_at == NO_TIME;
	values[9] = TimestampTzGetDatum(node->departs_at);
	nulls[9] = !leaf || node->departs_at == NO_TIME;
	values[10] = Int64GetDatum(node->energy_wh);
	nulls[10] = !leaf || node->energy_wh == ABSENT;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void
put_power_nodes(ReturnSetInfo *result, const Derivation *derivation)
{
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext,
												  "powernode power node", ALLOCSET_DEFAULT_SIZES);

	for (int32 p = 0; p < derivation->tree.n; p++)
	{
		MemoryContext before = MemoryContextSwitchTo(per_row);

		CHECK_FOR_INTERRUPTS();
		put_power_node(result, derivation, p);
		MemoryContextSwitchTo(before);
		MemoryContextReset(per_row);
	}
	MemoryContextDelete(per_row);
}

/*
 * powernode.power_nodes(site_id, at, control_mode) → setof power_node: the
 * projection in tree order; no rows where it is not valid.
 */
Datum
powernode_power_nodes(PG_FUNCTION_ARGS)
{
	CycleOptions options = {.policy = NULL};
	Derivation *derivation;
	char	   *site_id = site_id_argument(fcinfo);

	options.at = at_argument(fcinfo, 1);
	options.control_mode = text_argument(fcinfo, 2);
	InitMaterializedSRF(fcinfo, 0);

	spi_session_begin();
	derivation = derive_for_reading(site_id, &options, false);
	if (derivation->valid)
		put_power_nodes((ReturnSetInfo *) fcinfo->resultinfo, derivation);
	spi_session_end();
	return (Datum) 0;
}

/*
 * powernode.validate(site_id, at) → setof (reason, node_id, kind, message):
 * the faults as a cycle would record them, but all of them.
 */
Datum
powernode_validate(PG_FUNCTION_ARGS)
{
	CycleOptions options = {.policy = NULL, .control_mode = NULL};
	ReturnSetInfo *result;
	Derivation *derivation;
	char	   *site_id = site_id_argument(fcinfo);

	options.at = at_argument(fcinfo, 1);
	InitMaterializedSRF(fcinfo, 0);
	result = (ReturnSetInfo *) fcinfo->resultinfo;

	spi_session_begin();
	derivation = derive_for_reading(site_id, &options, false);
	for (int32 i = 0; i < derivation->faults.count; i++)
	{
		const Fault *fault = &derivation->faults.items[i];
		Datum		values[4];
		bool		nulls[4] = {0};

		CHECK_FOR_INTERRUPTS();
		values[0] = CStringGetTextDatum(fault_name(fault->reason));
		values[1] = CStringGetTextDatum(fault->node_id);
		values[2] = CStringGetTextDatum(kind_name(fault->kind));
		values[3] = CStringGetTextDatum(fault->message);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	spi_session_end();
	return (Datum) 0;
}

/*
 * powernode.live_tree(site_id text) → setof record: microgrid_hierarchy's
 * columns below site_id; of a faulty site what can be placed.
 */
Datum
powernode_live_tree(PG_FUNCTION_ARGS)
{
	CycleOptions options = {.policy = NULL, .control_mode = NULL};
	NodeTable	table;

	options.at = GetCurrentTransactionStartTimestamp();
	InitMaterializedSRF(fcinfo, 0);

	spi_session_begin();
	table = table_of_tree(derive_for_reading(text_to_cstring(PG_GETARG_TEXT_PP(0)),
											 &options, true));
	put_node_rows((ReturnSetInfo *) fcinfo->resultinfo, NULL, &table, SHAPE_HIERARCHY);
	spi_session_end();
	return (Datum) 0;
}
