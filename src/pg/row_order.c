/*
 * row_order.c
 *	  Puts the rows of a source in order.
 *
 * Here and not by the statement: a product's rows often are in order, then this is
 * one look at each, and else sorting 64-bit keys in one array takes a tenth of the
 * time of the server's Sort and its tuples.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/pg_bswap.h"

#include "pg/kernel_glue.h"
#include "pg/row_order.h"
#include "pg/row_shape.h"

/* A row, and of its id what orders most rows without looking at them. */
typedef struct RowKey
{
	uint64		key;
	char	   *row;
} RowKey;

/* What is the same of all rows that are being sorted. */
typedef struct RowOrder
{
	const ColumnSpec *columns;
	const RowShape *shape;
	IdFamily	family;			/* of the id */
	int			common;			/* bytes that all ids begin with */
} RowOrder;

static const char *
id_of(const RowOrder *order, char *row)
{
	return *ROW_FIELD(row, order->shape, order->shape->id, char *);
}

static int
compare_texts(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a == NULL) - (b == NULL);
	return strcmp(a, b);
}

#define COMPARE_NUMBERS(a, b) (((a) > (b)) - ((a) < (b)))

/* A number or a time so that an absent one, the least there is, comes last. */
static uint64
absent_last(int64 value)
{
	return (uint64) value - (uint64) ABSENT - 1;
}

static int
compare_column(const RowOrder *order, int column, char *a, char *b)
{
	const RowShape *shape = order->shape;

	switch (order->columns[column].use)
	{
		case USE_ID:
		case USE_TEXT:
		case USE_NAME:
			return compare_texts(*ROW_FIELD(a, shape, column, char *),
								 *ROW_FIELD(b, shape, column, char *));
		case USE_FLAG:
			return COMPARE_NUMBERS(*ROW_FIELD(a, shape, column, bool),
								   *ROW_FIELD(b, shape, column, bool));
		case USE_SPAN:
			{
				const Interval *x = *ROW_FIELD(a, shape, column, Interval *);
				const Interval *y = *ROW_FIELD(b, shape, column, Interval *);

				if (x == NULL || y == NULL)
					return (x == NULL) - (y == NULL);
				return memcmp(x, y, sizeof(Interval));
			}
		default:
			/* Numbers and times are 64 bits wide. */
			return COMPARE_NUMBERS(absent_last(*ROW_FIELD(a, shape, column, int64)),
								   absent_last(*ROW_FIELD(b, shape, column, int64)));
	}
}

static int
compare_rows(const RowKey *a, const RowKey *b, const RowOrder *order)
{
	int			result;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;

	/* Of integers the key is all there is, but for NULL. */
	result = compare_texts(id_of(order, a->row), id_of(order, b->row));
	for (int i = 0; result == 0 && order->columns[i].name != NULL; i++)
	{
		if (order->shape->offsets[i] != NOT_KEPT)
			result = compare_column(order, i, a->row, b->row);
	}
	return result;
}

#define ST_SORT sort_row_keys
#define ST_ELEMENT_TYPE RowKey
#define ST_COMPARE(a, b, order) compare_rows(a, b, order)
#define ST_COMPARE_ARG_TYPE const RowOrder
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Ids of one product begin alike: "depot-7/charger-": that orders nothing. */
static int
common_beginning(const RowOrder *order, const TakenRows *taken)
{
	const char *first = id_of(order, taken->rows);
	int			common;

	if (first == NULL)
		return 0;
	common = (int) strlen(first);
	for (int32 i = 1; i < taken->count && common > 0; i++)
	{
		const char *id = id_of(order, taken->rows + i * order->shape->width);
		int			same = 0;

		CHECK_FOR_INTERRUPTS();
		while (id != NULL && same < common && id[same] == first[same])
			same++;
		if (id != NULL)
			common = same;
	}
	return common;
}

/* A number that orders ids; where it is the same of two they must be compared. */
static uint64
key_of(const RowOrder *order, const char *id)
{
	unsigned char bytes[sizeof(uint64)] = {0};
	uint64		key;

	if (id == NULL)
		return PG_UINT64_MAX;
	if (order->family == ID_INTEGER)
		return (uint64) strtoll(id, NULL, 10) ^ ((uint64) 1 << 63);
	memcpy(bytes, id + order->common, strnlen(id + order->common, sizeof(bytes)));
	memcpy(&key, bytes, sizeof(key));
	return pg_ntoh64(key);
}

static void
move_rows(TakenRows *taken, RowKey *keys, Size width)
{
	char	   *ordered = palloc_array_huge(taken->count, width);

	for (int32 i = 0; i < taken->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		memcpy(ordered + i * width, keys[i].row, width);
		keys[i].row = ordered + i * width;
	}
	pfree(taken->rows);
	taken->rows = ordered;
}

/* Whether two rows that are next to each other in the order have one id. */
static bool
any_repeated(const RowOrder *order, const RowKey *keys, int32 count)
{
	for (int32 i = 1; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (keys[i].key == keys[i - 1].key &&
			compare_texts(id_of(order, keys[i].row), id_of(order, keys[i - 1].row)) == 0)
			return true;
	}
	return false;
}

bool
order_rows(const BoundSource *bound, TakenRows *taken)
{
	const RowShape *shape = row_shape(taken->kind);
	RowOrder	order = {
		.columns = source_spec(bound->source)->columns,
		.shape = shape,
		.family = id_family(bound->column_types[shape->id])
	};
	RowKey	   *keys;
	bool		ordered = true;
	bool		repeated;

	if (taken->count < 2)
		return false;
	if (order.family != ID_INTEGER)
		order.common = common_beginning(&order, taken);
	keys = palloc_array_huge(taken->count, sizeof(RowKey));
	for (int32 i = 0; i < taken->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		keys[i].row = taken->rows + i * shape->width;
		keys[i].key = key_of(&order, id_of(&order, keys[i].row));
		ordered = ordered && (i == 0 || compare_rows(&keys[i - 1], &keys[i], &order) <= 0);
	}
	if (!ordered)
	{
		sort_row_keys(keys, taken->count, &order);
		move_rows(taken, keys, shape->width);
	}
	repeated = any_repeated(&order, keys, taken->count);
	pfree(keys);
	return repeated;
}

bool
share_ids(const TakenRows *taken)
{
	const RowShape *shape = row_shape(taken->kind);
	IdMap	   *seen = id_map_create(taken->count);
	bool		shared = false;

	for (int32 i = 0; i < taken->count && !shared; i++)
	{
		char	   *row = taken->rows + i * shape->width;

		CHECK_FOR_INTERRUPTS();
		shared = *ROW_FIELD(row, shape, shape->id, char *) != NULL &&
			!id_map_add_key(seen, *(IdKey *) (row + shape->keys[shape->id]), i, NULL);
	}
	id_map_free(seen);
	return shared;
}
