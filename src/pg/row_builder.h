/*
 * row_builder.h
 *	  A row of a set being put together, column after column.
 */
#ifndef PN_ROW_BUILDER_H
#define PN_ROW_BUILDER_H

#include "funcapi.h"
#include "utils/builtins.h"

#define MAX_ROW_COLUMNS 25

typedef struct RowBuilder
{
	Datum		values[MAX_ROW_COLUMNS];
	bool		nulls[MAX_ROW_COLUMNS];
	int			count;
} RowBuilder;

static inline void
add_value(RowBuilder *row, Datum value, bool isnull)
{
	Assert(row->count < MAX_ROW_COLUMNS);
	row->values[row->count] = value;
	row->nulls[row->count++] = isnull;
}

static inline void
add_text(RowBuilder *row, const char *text)
{
	add_value(row, text == NULL ? (Datum) 0 : CStringGetTextDatum(text), text == NULL);
}

/* A text or array as it is; NULL for none. */
static inline void
add_whole(RowBuilder *row, const void *value)
{
	add_value(row, PointerGetDatum(value), value == NULL);
}

static inline void
add_int(RowBuilder *row, int32 value)
{
	add_value(row, Int32GetDatum(value), false);
}

static inline void
add_bool(RowBuilder *row, bool value)
{
	add_value(row, BoolGetDatum(value), false);
}

static inline void
put_row(ReturnSetInfo *result, RowBuilder *row)
{
	Assert(row->count == result->setDesc->natts);
	tuplestore_putvalues(result->setResult, result->setDesc, row->values, row->nulls);
}

#endif							/* PN_ROW_BUILDER_H */
