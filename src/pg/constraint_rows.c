/*
 * constraint_rows.c
 *	  A tree as rows, one per over-asked or binding node, primary first.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/memutils.h"

#include "pg/constraint.h"
#include "pg/kernel_glue.h"
#include "pg/node_rows.h"
#include "pg/row_builder.h"

/* One to be ranked. */
typedef struct RankedNode
{
	int32		position;
	int32		depth;
	int32		refused;		/* leaves that it holds back by their minimum */
	bool		binding;
	int64		curtailed_w;
} RankedNode;

/* What the leaves that a node holds back are curtailed by. */
static RankedNode
weigh_node(const NodeTable *table, const HeldBack *held, int32 p, int32 depth)
{
	RankedNode	ranked = {
		.position = p,
		.depth = depth,
		.binding = held->first[p + 1] > held->first[p]
	};

	for (int32 i = held->first[p]; i < held->first[p + 1]; i++)
	{
		const NodeColumns *leaf = &table->nodes[held->leaves[i]];

		CHECK_FOR_INTERRUPTS();
		ranked.curtailed_w += (int64) leaf->demand_w - leaf->allocated_w;

		/* What was admitted has its minimum at least. */
		if (leaf->minimum_w > 0 && leaf->allocated_w == 0)
			ranked.refused++;
	}
	return ranked;
}

/* Binding before over-asked; most watts explained; nearest the root; first. */
static int
compare_ranks(const RankedNode *left, const RankedNode *right)
{
	if (left->binding != right->binding)
		return left->binding ? -1 : 1;
	if (left->curtailed_w != right->curtailed_w)
		return left->curtailed_w > right->curtailed_w ? -1 : 1;
	if (left->binding && left->depth != right->depth)
		return left->depth < right->depth ? -1 : 1;
	return left->position < right->position ? -1 : left->position > right->position ? 1 : 0;
}

#define ST_SORT sort_ranks
#define ST_ELEMENT_TYPE RankedNode
#define ST_COMPARE(a, b) compare_ranks(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static NodeConstraint
constraint_of(const NodeTable *table, const HeldBack *held, const RankedNode *ranked)
{
	int32		p = ranked->position;
	const NodeColumns *node = &table->nodes[p];

	return (NodeConstraint) {
		.kind = node->kind,
		.name = text_to_cstring(node->name),
		.is_leaf = node->kind == leaf_kind(table->mode),
		.mode = table->mode,
		.limit_w = node->limit_w,
		.limit_source = node->limit_source,
		.minimum_w = node->minimum_w,
		.asked_w = node->asked_w,
		.allocated_w = node->allocated_w,
		.curtailed_w = ranked->curtailed_w,
		.held_back = held->first[p + 1] - held->first[p],
		.refused = ranked->refused
	};
}

/* The ids of the leaves that the node holds back, in tree order. */
static ArrayType *
held_back_ids(const NodeTable *table, const HeldBack *held, int32 p)
{
	int32		count = held->first[p + 1] - held->first[p];
	Datum	   *ids = palloc_array_huge(count, sizeof(Datum));

	for (int32 i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		ids[i] = PointerGetDatum(node_id_at(table, held->leaves[held->first[p] + i]));
	}
	return construct_array(ids, count, TEXTOID, -1, false, TYPALIGN_INT);
}

static void
put_constraint_row(ReturnSetInfo *result, const NodeTable *table, const HeldBack *held,
				   const RankedNode *ranked, int32 rank)
{
	int32		p = ranked->position;
	const NodeColumns *node = &table->nodes[p];
	NodeConstraint constraint = constraint_of(table, held, ranked);
	RowBuilder	row = {.count = 0};

	add_int(&row, rank);
	add_text(&row, constraint_reason(&constraint));
	add_whole(&row, node_id_at(table, p));
	add_text(&row, kind_name(node->kind));
	add_whole(&row, node->source_id);
	add_whole(&row, node->name);
	add_whole(&row, node_path(table, p, ranked->depth));
	add_value(&row, Int32GetDatum(node->limit_w), node->limit_w == PN_NO_LIMIT);
	add_text(&row, limit_source_name(node->limit_source));
	add_int(&row, node->asked_w);
	add_int(&row, (int32) constraint_short(&constraint));
	add_int(&row, node->allocated_w);
	add_int(&row, (int32) constraint.curtailed_w);
	add_bool(&row, ranked->binding);
	add_int(&row, constraint.held_back);
	add_whole(&row, held_back_ids(table, held, p));
	add_text(&row, constraint_message(&constraint));
	put_row(result, &row);
}

void
put_constraint_rows(ReturnSetInfo *result, const NodeTable *table)
{
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext,
												  "powernode constraint row", ALLOCSET_DEFAULT_SIZES);
	HeldBack	held = find_held_back(table);
	int32	   *depth = find_depths(table);
	RankedNode *ranked = palloc_array_huge(table->n, sizeof(RankedNode));
	int32		count = 0;

	for (int32 p = 0; p < table->n; p++)
	{
		CHECK_FOR_INTERRUPTS();
		if (held.first[p + 1] > held.first[p] || over_asked(&table->nodes[p]))
			ranked[count++] = weigh_node(table, &held, p, depth[p]);
	}
	sort_ranks(ranked, count);

	for (int32 i = 0; i < count; i++)
	{
		MemoryContext before = MemoryContextSwitchTo(per_row);

		CHECK_FOR_INTERRUPTS();
		put_constraint_row(result, table, &held, &ranked[i], i + 1);
		MemoryContextSwitchTo(before);
		MemoryContextReset(per_row);
	}
	MemoryContextDelete(per_row);
}
