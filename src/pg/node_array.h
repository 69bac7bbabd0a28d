/*
 * node_array.h
 *	  The power_node[] that allocate() is given, read and checked.
 */
#ifndef PN_NODE_ARRAY_H
#define PN_NODE_ARRAY_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/array.h"

/* One element of the array.  The datums point into the array. */
typedef struct ArrayNode
{
	char	   *id;
	char	   *parent_id;		/* NULL: the root */
	Datum		id_datum;		/* id as it came */
	Datum		kind;
	bool		has_kind;
	int32		limit_w;		/* or PN_NO_LIMIT */
	int32		demand_w;		/* NULL counts as 0 */
	int32		min_w;			/* NULL counts as 0 */
	int32		weight;			/* NULL counts as 1 */
	int32		priority;		/* NULL counts as 0 */
	TimestampTz arrived_at;		/* or PN_NO_TIME, which an infinite time is too */
	TimestampTz departs_at;
	int64		energy_wh;		/* -1 for NULL */
} ArrayNode;

typedef struct NodeArray
{
	int32		n;
	ArrayNode  *nodes;			/* in the order of the array */
} NodeArray;

/*
 * Reads an array of powernode.power_node into CurrentMemoryContext; n = 0 where
 * it is empty.  The array must outlive the result.
 *
 * Raises 22023, naming the node or the place, for an array of more than one
 * dimension, a null element or id, negative watts or watt-hours and a weight
 * below 1; 42804 where power_node has been altered.
 */
extern void node_array_read(ArrayType *array, NodeArray *nodes);

/*
 * The index of every node's parent, PN_NO_NODE where it has none, in
 * CurrentMemoryContext.  Raises 22023, naming the node, for a duplicate id and
 * an unknown parent.
 */
extern int32 *node_array_parents(const NodeArray *nodes);

#endif							/* PN_NODE_ARRAY_H */
