/*
 * node_array.c
 *	  The power_node[] that allocate() is given, read and checked.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "kernel/status.h"
#include "pg/id_map.h"
#include "pg/kernel_glue.h"
#include "pg/node_array.h"

/* The attributes of powernode.power_node, in order. */
enum
{
	NODE_ID,
	PARENT_ID,
	KIND,
	LIMIT_W,
	DEMAND_W,
	MIN_W,
	WEIGHT,
	PRIORITY,
	ARRIVED_AT,
	DEPARTS_AT,
	ENERGY_WH,
	POWER_NODE_COLUMNS
};

static const Oid power_node_types[POWER_NODE_COLUMNS] = {
	TEXTOID, TEXTOID, TEXTOID, INT4OID, INT4OID, INT4OID, INT4OID, INT4OID,
	TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID
};

/*
 * The row type of the array's elements.  ALTER TYPE can have changed it since
 * the extension made it, and reading a column as another type could crash.
 */
static TupleDesc
power_node_desc(Oid type)
{
	TupleDesc	desc = lookup_rowtype_tupdesc(type, -1);
	bool		sound = desc->natts == POWER_NODE_COLUMNS;

	for (int i = 0; sound && i < POWER_NODE_COLUMNS; i++)
		sound = !TupleDescAttr(desc, i)->attisdropped &&
			TupleDescAttr(desc, i)->atttypid == power_node_types[i];

	if (!sound)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("type %s has been altered", format_type_be(type)),
				 errdetail("Its attributes are not those that the extension created."),
				 errhint("Re-create the extension.")));
	return desc;
}

static void
check_not_negative(const char *id, const char *column, bool isnull,
				   int64 value)
{
	if (!isnull && value < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("power node \"%s\" has a negative %s", id, column),
				 errdetail("Its %s is " INT64_FORMAT ".", column, value),
				 errhint("Give 0 or more, or NULL for none.")));
}

static void
check_columns(const char *id, const Datum *values, const bool *nulls)
{
	check_not_negative(id, "limit_w", nulls[LIMIT_W],
					   DatumGetInt32(values[LIMIT_W]));
	check_not_negative(id, "demand_w", nulls[DEMAND_W],
					   DatumGetInt32(values[DEMAND_W]));
	check_not_negative(id, "min_w", nulls[MIN_W],
					   DatumGetInt32(values[MIN_W]));
	check_not_negative(id, "energy_wh", nulls[ENERGY_WH],
					   nulls[ENERGY_WH] ? 0 : DatumGetInt64(values[ENERGY_WH]));

	if (!nulls[WEIGHT] && DatumGetInt32(values[WEIGHT]) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("power node \"%s\" has a weight below 1", id),
				 errdetail("Its weight is %d.",
						   DatumGetInt32(values[WEIGHT])),
				 errhint("Give 1 or more, or NULL for 1.")));
}

static int32
int_or(const Datum *values, const bool *nulls, int column, int32 otherwise)
{
	return nulls[column] ? otherwise : DatumGetInt32(values[column]);
}

static TimestampTz
time_or_none(const Datum *values, const bool *nulls, int column)
{
	TimestampTz time = nulls[column] ? PN_NO_TIME : DatumGetTimestampTz(values[column]);

	return TIMESTAMP_NOT_FINITE(time) ? PN_NO_TIME : time;
}

/* Reads and checks the element at a place of the array, counted from 1. */
static void
read_node(Datum element, TupleDesc desc, int32 place, ArrayNode *node)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(element);
	HeapTupleData tuple;
	Datum		values[POWER_NODE_COLUMNS];
	bool		nulls[POWER_NODE_COLUMNS];

	if (HeapTupleHeaderGetTypeId(header) != desc->tdtypeid)
		elog(ERROR, "element %d is of type %u, expected %u", place,
			 HeapTupleHeaderGetTypeId(header), desc->tdtypeid);

	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;
	heap_deform_tuple(&tuple, desc, values, nulls);

	if (nulls[NODE_ID])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a power node has no id"),
				 errdetail("The node_id of element %d is null.", place),
				 errhint("Give every power node a node_id of its own.")));

	node->id_datum = values[NODE_ID];
	node->id = TextDatumGetCString(values[NODE_ID]);
	check_columns(node->id, values, nulls);

	node->parent_id = nulls[PARENT_ID] ? NULL :
		TextDatumGetCString(values[PARENT_ID]);
	node->has_kind = !nulls[KIND];
	node->kind = values[KIND];
	node->limit_w = int_or(values, nulls, LIMIT_W, PN_NO_LIMIT);
	node->demand_w = int_or(values, nulls, DEMAND_W, 0);
	node->min_w = int_or(values, nulls, MIN_W, 0);
	node->weight = int_or(values, nulls, WEIGHT, 1);
	node->priority = int_or(values, nulls, PRIORITY, 0);
	node->arrived_at = time_or_none(values, nulls, ARRIVED_AT);
	node->departs_at = time_or_none(values, nulls, DEPARTS_AT);
	node->energy_wh = nulls[ENERGY_WH] ? -1 : DatumGetInt64(values[ENERGY_WH]);
}

static void
read_elements(ArrayType *array, NodeArray *result)
{
	TupleDesc	desc = power_node_desc(ARR_ELEMTYPE(array));
	ArrayIterator iterator = array_create_iterator(array, 0, NULL);
	int32		place = 0;
	Datum		element;
	bool		isnull;

	while (array_iterate(iterator, &element, &isnull))
	{
		CHECK_FOR_INTERRUPTS();
		place++;
		if (isnull)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a power node cannot be null"),
					 errdetail("Element %d of the array is null.", place),
					 errhint("Filter the nulls out before array_agg, or array_remove them.")));
		read_node(element, desc, place, &result->nodes[place - 1]);
	}

	array_free_iterator(iterator);
	ReleaseTupleDesc(desc);
}

void
node_array_read(ArrayType *array, NodeArray *nodes)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the power nodes must be an array of one dimension"),
				 errdetail("The array has %d dimensions.", ARR_NDIM(array)),
				 errhint("A parent is named by parent_id, not by the shape of the array.")));

	nodes->n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	nodes->nodes = palloc_array_huge((Size) nodes->n, sizeof(ArrayNode));
	if (nodes->n > 0)
		read_elements(array, nodes);
}

static IdMap *
map_ids(const NodeArray *array)
{
	IdMap	   *map = id_map_create(array->n);

	for (int32 i = 0; i < array->n; i++)
	{
		int32		first;

		CHECK_FOR_INTERRUPTS();
		if (!id_map_add(map, array->nodes[i].id, i, &first))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("duplicate power node \"%s\"", array->nodes[i].id),
					 errdetail("Elements %d and %d have the same node_id.",
							   first + 1, i + 1),
					 errhint("Give every power node a node_id of its own.")));
	}
	return map;
}

int32 *
node_array_parents(const NodeArray *array)
{
	IdMap	   *map = map_ids(array);
	int32	   *parent_of = palloc_array_huge((Size) array->n,
										   sizeof(int32));

	for (int32 i = 0; i < array->n; i++)
	{
		const ArrayNode *node = &array->nodes[i];

		CHECK_FOR_INTERRUPTS();
		parent_of[i] = PN_NO_NODE;
		if (node->parent_id == NULL)
			continue;

		parent_of[i] = id_map_find(map, node->parent_id);
		if (parent_of[i] == ID_MAP_NONE)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("power node \"%s\" has an unknown parent", node->id),
					 errdetail("No element has the node_id \"%s\".",
							   node->parent_id),
					 errhint("Add the parent to the array, or make parent_id NULL for the root.")));
	}
	return parent_of;
}
