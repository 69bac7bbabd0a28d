/*
 * node_rows.h
 *	  A tree as rows, one per node: what the views and preview() show.
 */
#ifndef PN_NODE_ROWS_H
#define PN_NODE_ROWS_H

#include "funcapi.h"

#include "kernel/tree.h"
#include "pg/words.h"

/* One node's own columns, from a decision or from a recorded cycle. */
typedef struct NodeColumns
{
	NodeKind	kind;
	const char *source_id;
	const char *name;
	const char *vehicle_name;	/* NULL: none */
	LimitSource limit_source;
	int32		limit_w;		/* PN_NO_LIMIT: none */
	int32		demand_w;
	int32		asked_w;
	int32		allocated_w;
	int32		bottleneck;		/* position, or PN_NO_NODE */
	bool		offline;		/* gets no setpoint */
} NodeColumns;

/* A tree in depth-first order, as rows are made from it. */
typedef struct NodeTable
{
	int32		n;
	const int32 *parent;		/* position of the parent; root PN_NO_NODE */
	NodeKind	leaf_kind;
	NodeColumns *nodes;
} NodeTable;

/* Which columns a caller's row type has, in this order. */
typedef enum NodeRowShape
{
	SHAPE_HIERARCHY,			/* the tree and its limits */
	SHAPE_STATUS,				/* all of node_status below cycle_no */
	SHAPE_STORED				/* and what the other views need of it */
} NodeRowShape;

/*
 * Puts one row per node into the set that the function returns.  Site_id goes
 * before them where it is not NULL.
 */
extern void put_node_rows(ReturnSetInfo *result, const char *site_id,
						  const NodeTable *table, NodeRowShape shape);

#endif							/* PN_NODE_ROWS_H */
