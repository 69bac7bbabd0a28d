/*
 * source_spec.h
 *	  Which columns each source must and may have, and of which types.
 */
#ifndef PN_SOURCE_SPEC_H
#define PN_SOURCE_SPEC_H

typedef enum SourceName
{
	SOURCE_SITE,
	SOURCE_GRID_CONNECTION,
	SOURCE_CIRCUIT,
	SOURCE_CHARGE_POINT,
	SOURCE_CONNECTOR,
	SOURCE_OPERATING_ENVELOPE
} SourceName;

#define SOURCE_COUNT 6

/* What a column holds decides which types will do and how it is read. */
typedef enum ColumnUse
{
	USE_ID,						/* the product's keys */
	USE_LIMIT,					/* watts that round down */
	USE_DRAW,					/* watts that round up: demands, minimums,
								 * fallbacks, background */
	USE_ENERGY,					/* watt-hours, rounding up */
	USE_NUMBER,					/* weight, priority */
	USE_TEXT,
	USE_NAME,					/* text, of which '' is as good as none */
	USE_FLAG,
	USE_TIME,
	USE_SPAN
} ColumnUse;

typedef struct ColumnSpec
{
	const char *name;			/* NULL ends a list */
	ColumnUse	use;
	bool		required;
	bool		joins;			/* an id that another row is found by */
} ColumnSpec;

#define MAX_SOURCE_COLUMNS 14

typedef struct SourceSpec
{
	const char *name;
	bool		optional;		/* the whole source */
	ColumnSpec	columns[MAX_SOURCE_COLUMNS];
} SourceSpec;

/* Ids are compared in one of three types, whatever width the column has. */
typedef enum IdFamily
{
	ID_NONE,
	ID_INTEGER,					/* smallint, integer, bigint: as bigint */
	ID_UUID,
	ID_TEXT						/* text, varchar: COLLATE "C" */
} IdFamily;

/* The columns that a source must and may have. */
extern const SourceSpec *source_spec(SourceName source);

/* Whether a column so used can have the type, domains looked through. */
extern bool type_will_do(ColumnUse use, Oid type);

/* The types that will do, in words for a person. */
extern const char *expected_types(ColumnUse use);

/* The type family of an id column; ID_NONE if no id can have the type. */
extern IdFamily id_family(Oid type);

/* The type that ids of a family are compared in, and its name: "bigint". */
extern Oid	id_family_type(IdFamily family);
extern const char *id_family_type_name(IdFamily family);

#endif							/* PN_SOURCE_SPEC_H */
