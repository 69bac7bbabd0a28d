/*
 * source_rows.h
 *	  What a source's statement gives → the plain rows of site_data.h.
 */
#ifndef PN_SOURCE_ROWS_H
#define PN_SOURCE_ROWS_H

#include "tcop/dest.h"

#include "pg/source.h"

/* What the rows of a statement are to become. */
typedef enum RowKind
{
	ROWS_OF_SITE,
	ROWS_OF_GRID_CONNECTION,
	ROWS_OF_CIRCUIT,
	ROWS_OF_CHARGE_POINT,
	ROWS_OF_CONNECTOR,
	ROWS_OF_OPERATING_ENVELOPE,
	ROWS_OF_SITE_LIST,			/* SiteListRow */
	ROWS_OF_CIRCUIT_LEVEL		/* CircuitLevel */
} RowKind;

/* Rows of one kind, as many as have been taken. */
typedef struct TakenRows
{
	RowKind		kind;
	char	   *rows;
	int32		count;
	int32		room;
} TakenRows;

/* A column that the source has and rows keep. */
typedef struct KeptColumn
{
	int			number;			/* from 0, in the source's specification */
	ColumnUse	use;
	Oid			type;			/* base type */
	IdFamily	family;			/* of an id */
	int			offset;			/* of its field in a row */
	int			key;			/* of the field for its key; 0: none */
} KeptColumn;

/*
 * Where the executor sends the rows of a statement of source_sql.c.  Everything
 * that is taken is allocated in the context that was current when the reader was
 * made, and lives as long as that.
 */
typedef struct RowReader
{
	DestReceiver receiver;		/* first: it is what the executor is given */
	const BoundSource *bound;
	KeptColumn	kept[MAX_SOURCE_COLUMNS];
	int			nkept;
	MemoryContext context;
	TakenRows	taken;
	TakenRows	levels;			/* of the circuits' statement */
	char	   *text;			/* room for texts, handed out from here */
	Size		text_left;
	Size		text_chunk;
} RowReader;

/* A reader of a source's own rows, or of the site list. */
extern RowReader *make_row_reader(const BoundSource *bound, bool site_list);

/*
 * Hands over the rows: their number, and in *rows an array of what their kind
 * says, ordered as site_data.h has it.  *repeated (unless NULL) is set where two of
 * them have one id, and left as it is where not.
 */
extern int32 take_rows(RowReader *reader, void **rows, bool *repeated);

/* Of the circuits' statement: the ways that the recursive query found. */
extern int32 take_circuit_levels(RowReader *reader, CircuitLevel **levels);

/*
 * The site's id as a value of the family's type; false where the text is not
 * one (which must look to the caller exactly as if there were no such site).
 */
extern bool parse_site_id(const char *text, IdFamily family, Datum *value);

#endif							/* PN_SOURCE_ROWS_H */
