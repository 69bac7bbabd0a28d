/*
 * node_rows.c
 *	  A tree as rows, one per node.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "pg/compat.h"
#include "pg/kernel_glue.h"
#include "pg/node_rows.h"
#include "pg/row_builder.h"

/* What the rows of one table share, made once for all. */
typedef struct SharedTexts
{
	text	  **node_ids;		/* by position */
	text	   *kinds[NODE_KIND_COUNT];
	text	   *limit_sources[LIMIT_SOURCE_COUNT];	/* NULL for LIMIT_NONE */
} SharedTexts;

text *
node_id_at(const NodeTable *table, int32 position)
{
	const NodeColumns *node = &table->nodes[position];
	const char *prefix = kind_prefix(node->kind);
	Size		prefix_size = strlen(prefix);
	Size		id_size = VARSIZE_ANY_EXHDR(node->source_id);
	Size		size = VARHDRSZ + prefix_size + 1 + id_size;
	text	   *node_id = palloc(size);

	SET_VARSIZE(node_id, size);
	memcpy(VARDATA(node_id), prefix, prefix_size);
	VARDATA(node_id)[prefix_size] = ':';
	memcpy(VARDATA(node_id) + prefix_size + 1, VARDATA_ANY(node->source_id), id_size);
	return node_id;
}

ArrayType *
node_path(const NodeTable *table, int32 position, int32 depth)
{
	Datum	   *names = palloc_array_huge((Size) depth + 1, sizeof(Datum));

	for (int32 level = depth; level >= 0; level--)
	{
		names[level] = PointerGetDatum(table->nodes[position].name);
		position = table->parent[position];
	}
	return construct_array(names, depth + 1, TEXTOID, -1, false, TYPALIGN_INT);
}

HeldBack
find_held_back(const NodeTable *table)
{
	HeldBack	held = {
		palloc0_array_huge((Size) table->n + 1, sizeof(int32)),
		palloc_array_huge(table->n, sizeof(int32))
	};
	int32	   *next = palloc_array_huge(table->n, sizeof(int32));

	for (int32 p = 0; p < table->n; p++)
	{
		CHECK_FOR_INTERRUPTS();
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
		CHECK_FOR_INTERRUPTS();
		if (table->nodes[p].bottleneck != PN_NO_NODE)
			held.leaves[next[table->nodes[p].bottleneck]++] = p;
	}
	pfree(next);
	return held;
}

int32 *
find_depths(const NodeTable *table)
{
	int32	   *depth = palloc_array_huge(table->n, sizeof(int32));

	for (int32 p = 0; p < table->n; p++)
		depth[p] = table->parent[p] == PN_NO_NODE ? 0 : depth[table->parent[p]] + 1;
	return depth;
}

static SharedTexts
share_texts(const NodeTable *table)
{
	SharedTexts texts = {.node_ids = palloc_array_huge(table->n, sizeof(text *))};

	for (int32 p = 0; p < table->n; p++)
	{
		CHECK_FOR_INTERRUPTS();
		texts.node_ids[p] = node_id_at(table, p);
	}
	for (int i = 0; i < NODE_KIND_COUNT; i++)
		texts.kinds[i] = cstring_to_text(kind_name((NodeKind) i));
	for (int i = LIMIT_NONE + 1; i < LIMIT_SOURCE_COUNT; i++)
		texts.limit_sources[i] = cstring_to_text(limit_source_name((LimitSource) i));
	return texts;
}

static void
add_place(RowBuilder *row, const NodeTable *table, const SharedTexts *texts, int32 p)
{
	const NodeColumns *node = &table->nodes[p];
	int32		parent = table->parent[p];

	add_int(row, p + 1);
	add_value(row, Int32GetDatum(parent + 1), parent == PN_NO_NODE);
	add_whole(row, texts->node_ids[p]);
	add_whole(row, parent == PN_NO_NODE ? NULL : texts->node_ids[parent]);
	add_whole(row, texts->kinds[node->kind]);
	add_whole(row, node->source_id);
	add_whole(row, node->name);
}

static void
add_limit(RowBuilder *row, const NodeTable *table, const SharedTexts *texts,
		  int32 p, int32 depth)
{
	const NodeColumns *node = &table->nodes[p];

	add_int(row, depth);
	add_whole(row, node_path(table, p, depth));
	add_bool(row, node->kind == leaf_kind(table->mode));
	add_value(row, Int32GetDatum(node->limit_w), node->limit_w == PN_NO_LIMIT);
	add_whole(row, texts->limit_sources[node->limit_source]);
}

static void
add_allocation(RowBuilder *row, const NodeTable *table, const SharedTexts *texts,
			   int32 p, bool binding)
{
	const NodeColumns *node = &table->nodes[p];
	const NodeColumns *bottleneck = node->bottleneck == PN_NO_NODE ?
		NULL : &table->nodes[node->bottleneck];

	add_int(row, node->demand_w);
	add_int(row, node->asked_w);
	add_int(row, node->allocated_w);
	add_int(row, node->demand_w - node->allocated_w);
	add_whole(row, bottleneck == NULL ? NULL : texts->node_ids[node->bottleneck]);
	add_whole(row, bottleneck == NULL ? NULL : texts->kinds[bottleneck->kind]);
	add_whole(row, bottleneck == NULL ? NULL : bottleneck->name);
	add_bool(row, binding);
	add_bool(row, over_asked(node));
}

static void
put_node_row(ReturnSetInfo *result, const char *site_id, const NodeTable *table,
			 const SharedTexts *texts, const HeldBack *held, int32 p, int32 depth,
			 NodeRowShape shape)
{
	RowBuilder	row = {.count = 0};

	if (site_id != NULL)
		add_text(&row, site_id);
	add_place(&row, table, texts, p);
	if (shape != SHAPE_HIERARCHY)
		add_whole(&row, table->nodes[p].vehicle_name);
	add_limit(&row, table, texts, p, depth);
	if (shape != SHAPE_HIERARCHY)
		add_allocation(&row, table, texts, p, held->first[p + 1] > held->first[p]);
	put_row(result, &row);
}

void
put_node_rows(ReturnSetInfo *result, const char *site_id,
			  const NodeTable *table, NodeRowShape shape)
{
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext,
												  "powernode node row", ALLOCSET_DEFAULT_SIZES);
	SharedTexts texts = share_texts(table);
	HeldBack	held = find_held_back(table);
	int32	   *depth = find_depths(table);

	for (int32 p = 0; p < table->n; p++)
	{
		MemoryContext before = MemoryContextSwitchTo(per_row);

		CHECK_FOR_INTERRUPTS();
		put_node_row(result, site_id, table, &texts, &held, p, depth[p], shape);
		MemoryContextSwitchTo(before);
		MemoryContextReset(per_row);
	}
	MemoryContextDelete(per_row);
}

void
put_setpoint_rows(ReturnSetInfo *result, const NodeTable *table)
{
	NodeKind	kind = leaf_kind(table->mode);
	text	   *kind_text = cstring_to_text(kind_name(kind));

	for (int32 p = 0; p < table->n; p++)
	{
		const NodeColumns *node = &table->nodes[p];
		RowBuilder	row = {.count = 0};

		CHECK_FOR_INTERRUPTS();
		if (node->kind != kind || node->offline)
			continue;
		add_whole(&row, node_id_at(table, p));
		add_whole(&row, kind_text);
		add_whole(&row, node->source_id);
		add_whole(&row, node->name);
		add_int(&row, node->allocated_w);
		add_int(&row, node->demand_w);
		put_row(result, &row);
	}
}
