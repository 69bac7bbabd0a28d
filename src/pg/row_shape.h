/*
 * row_shape.h
 *	  Which column of a source is which field of a row.
 */
#ifndef PN_ROW_SHAPE_H
#define PN_ROW_SHAPE_H

#include "pg/source_rows.h"

/* A column that is read and not kept. */
#define NOT_KEPT (-1)

typedef struct RowShape
{
	Size		width;			/* of the row's struct */
	const void *blank;			/* a row whose columns are all NULL */
	int			id;				/* the column that rows are ordered by */
	int			offsets[MAX_SOURCE_COLUMNS];	/* by column of the source's
												 * specification */
	int			keys[MAX_SOURCE_COLUMNS];	/* where the key of an id goes; 0,
											 * where no key ever is: nowhere */
} RowShape;

extern const RowShape *row_shape(RowKind kind);

/* The field of a row that a column goes to. */
#define ROW_FIELD(row, shape, column, type) \
	((type *) ((char *) (row) + (shape)->offsets[column]))

#endif							/* PN_ROW_SHAPE_H */
