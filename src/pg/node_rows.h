/*
 * node_rows.h
 *	  A tree as rows, one per node or per constraint: what the views and preview()
 *	  show.
 */
#ifndef PN_NODE_ROWS_H
#define PN_NODE_ROWS_H

#include "funcapi.h"
#include "utils/array.h"

#include "kernel/tree.h"
#include "pg/words.h"

/* One node's own columns, from a decision or from a recorded cycle. */
typedef struct NodeColumns
{
	NodeKind	kind;
	const text *source_id;
	const text *name;
	const text *vehicle_name;	/* NULL: none */
	LimitSource limit_source;
	int32		limit_w;		/* PN_NO_LIMIT: none */
	int32		demand_w;
	int32		asked_w;
	int32		allocated_w;
	int32		minimum_w;		/* of a leaf; 0 for none */
	int32		bottleneck;		/* position, or PN_NO_NODE */
	bool		offline;		/* gets no setpoint */
} NodeColumns;

/* Whether more reaches the node than its limit lets through. */
static inline bool
over_asked(const NodeColumns *node)
{
	return node->limit_w != PN_NO_LIMIT && node->asked_w > node->limit_w;
}

/* A tree in depth-first order, as rows are made from it. */
typedef struct NodeTable
{
	int32		n;
	const int32 *parent;		/* position of the parent; root PN_NO_NODE */
	ControlMode mode;
	NodeColumns *nodes;
} NodeTable;

/* Which columns a caller's row type has, in this order. */
typedef enum NodeRowShape
{
	SHAPE_HIERARCHY,			/* the tree and its limits */
	SHAPE_STATUS				/* all of node_status below cycle_no */
} NodeRowShape;

/*
 * Puts one row per node into the set that the function returns.  Site_id goes
 * before them where it is not NULL.
 */
extern void put_node_rows(ReturnSetInfo *result, const char *site_id,
						  const NodeTable *table, NodeRowShape shape);

/* The same of the leaves that get a setpoint: setpoint's leaf_id to demand_w. */
extern void put_setpoint_rows(ReturnSetInfo *result, const NodeTable *table);

/*
 * The same of the over-asked and binding nodes, in rank order: constraint_status
 * from rank on.
 */
extern void put_constraint_rows(ReturnSetInfo *result, const NodeTable *table);

/* What both are made of. */

/* The leaves that each node holds back: those of p from first[p] to first[p + 1]. */
typedef struct HeldBack
{
	int32	   *first;			/* n + 1 entries */
	int32	   *leaves;
} HeldBack;

extern HeldBack find_held_back(const NodeTable *table);

/* Levels between each node and the root. */
extern int32 *find_depths(const NodeTable *table);

/* "circuit:5" */
extern text *node_id_at(const NodeTable *table, int32 position);

/* Names from the root down to the node, as text[]. */
extern ArrayType *node_path(const NodeTable *table, int32 position, int32 depth);

#endif							/* PN_NODE_ROWS_H */
