/*
 * node_rows.c
 *	  A tree as rows, one per node: what the views and preview() show.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "pg/kernel_glue.h"
#include "pg/node_rows.h"

#define MAX_NODE_COLUMNS 25

/* A row being put together, column after column. */
typedef struct RowBuilder
{
	Datum		values[MAX_NODE_COLUMNS];
	bool		nulls[MAX_NODE_COLUMNS];
	int			count;
} RowBuilder;

/* The leaves that each node holds back: those of p from first[p] on. */
typedef struct HeldBack
{
	int32	   *first;			/* n + 1 entries */
	int32	   *leaves;
} HeldBack;

static void
add_value(RowBuilder *row, Datum value, bool isnull)
{
	row->values[row->count] = value;
	row->nulls[row->count++] = isnull;
}

static void
add_text(RowBuilder *row, const char *text)
{
	add_value(row, text == NULL ? (Datum) 0 : CStringGetTextDatum(text), text == NULL);
}

static void
add_int(RowBuilder *row, int32 value)
{
	add_value(row, Int32GetDatum(value), false);
}

static void
add_bool(RowBuilder *row, bool value)
{
	add_value(row, BoolGetDatum(value), false);
}

static char *
node_id_at(const NodeTable *table, int32 position)
{
	return make_node_id(table->nodes[position].kind, table->nodes[position].source_id);
}

static Datum
text_array(Datum *texts, int32 count)
{
	return PointerGetDatum(construct_array(texts, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Names from the root down to the node. */
static Datum
path_of(const NodeTable *table, int32 position, int32 depth)
{
	Datum	   *names = palloc_array_huge((Size) depth + 1, sizeof(Datum));

	for (int32 level = depth; level >= 0; level--)
	{
		names[level] = CStringGetTextDatum(table->nodes[position].name);
		position = table->parent[position];
	}
	return text_array(names, depth + 1);
}

static HeldBack
find_held_back(const NodeTable *table)
{
	HeldBack	held = {
		palloc0_array_huge((Size) table->n + 1, sizeof(int32)),
		palloc_array_huge(table->n, sizeof(int32))
	};
	int32	   *next = palloc_array_huge(table->n, sizeof(int32));

	for (int32 p = 0; p < table->n; p++)
	{
		if (table->nodes[p].bottleneck != PN_NO_NODE)
			held.first[table->nodes[p].bottleneck + 1]++;
	}
	for (int32 p = 0; p < table->n; p++)
	{
		held.first[p + 1] += held.first[p];
		next[p] = held.first[p];
	}
	for (int32 p = 0; p < table->n; p++)
	{
		if (table->nodes[p].bottleneck != PN_NO_NODE)
			held.leaves[next[table->nodes[p].bottleneck]++] = p;
	}
	pfree(next);
	return held;
}

static void
add_place(RowBuilder *row, const NodeTable *table, int32 p)
{
	const NodeColumns *node = &table->nodes[p];
	int32		parent = table->parent[p];

	add_int(row, p + 1);
	add_value(row, Int32GetDatum(parent + 1), parent == PN_NO_NODE);
	add_text(row, node_id_at(table, p));
	add_text(row, parent == PN_NO_NODE ? NULL : node_id_at(table, parent));
	add_text(row, kind_name(node->kind));
	add_text(row, node->source_id);
	add_text(row, node->name);
}

static void
add_limit(RowBuilder *row, const NodeTable *table, int32 p, int32 depth)
{
	const NodeColumns *node = &table->nodes[p];

	add_int(row, depth);
	add_value(row, path_of(table, p, depth), false);
	add_bool(row, node->kind == table->leaf_kind);
	add_value(row, Int32GetDatum(node->limit_w), node->limit_w == PN_NO_LIMIT);
	add_text(row, limit_source_name(node->limit_source));
}

static void
add_allocation(RowBuilder *row, const NodeTable *table, int32 p, bool binding)
{
	const NodeColumns *node = &table->nodes[p];
	const NodeColumns *bottleneck = node->bottleneck == PN_NO_NODE ?
		NULL : &table->nodes[node->bottleneck];

	add_int(row, node->demand_w);
	add_int(row, node->asked_w);
	add_int(row, node->allocated_w);
	add_int(row, node->demand_w - node->allocated_w);
	add_text(row, bottleneck == NULL ? NULL : node_id_at(table, node->bottleneck));
	add_text(row, bottleneck == NULL ? NULL : kind_name(bottleneck->kind));
	add_text(row, bottleneck == NULL ? NULL : bottleneck->name);
	add_bool(row, binding);
	add_bool(row, node->limit_w != PN_NO_LIMIT && node->asked_w > node->limit_w);
}

static void
add_held_back(RowBuilder *row, const NodeTable *table, const HeldBack *held, int32 p)
{
	int32		count = held->first[p + 1] - held->first[p];
	Datum	   *ids = palloc_array_huge(count, sizeof(Datum));

	for (int32 i = 0; i < count; i++)
		ids[i] = CStringGetTextDatum(node_id_at(table, held->leaves[held->first[p] + i]));
	add_value(row, text_array(ids, count), count == 0);
}

static void
put_node_row(ReturnSetInfo *result, const char *site_id, const NodeTable *table,
			 const HeldBack *held, int32 p, int32 depth, NodeRowShape shape)
{
	RowBuilder	row = {.count = 0};

	if (site_id != NULL)
		add_text(&row, site_id);
	add_place(&row, table, p);
	if (shape != SHAPE_HIERARCHY)
		add_text(&row, table->nodes[p].vehicle_name);
	add_limit(&row, table, p, depth);
	if (shape != SHAPE_HIERARCHY)
		add_allocation(&row, table, p, held->first[p + 1] > held->first[p]);
	if (shape == SHAPE_STORED)
	{
		add_bool(&row, table->nodes[p].offline);
		add_held_back(&row, table, held, p);
	}
	tuplestore_putvalues(result->setResult, result->setDesc, row.values, row.nulls);
}

void
put_node_rows(ReturnSetInfo *result, const char *site_id,
			  const NodeTable *table, NodeRowShape shape)
{
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext,
												  "powernode node row", ALLOCSET_DEFAULT_SIZES);
	HeldBack	held = find_held_back(table);
	int32	   *depth = palloc_array_huge(table->n, sizeof(int32));

	for (int32 p = 0; p < table->n; p++)
	{
		MemoryContext before = MemoryContextSwitchTo(per_row);

		CHECK_FOR_INTERRUPTS();
		depth[p] = table->parent[p] == PN_NO_NODE ? 0 : depth[table->parent[p]] + 1;
		put_node_row(result, site_id, table, &held, p, depth[p], shape);
		MemoryContextSwitchTo(before);
		MemoryContextReset(per_row);
	}
	MemoryContextDelete(per_row);
}
