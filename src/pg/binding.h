/*
 * binding.h
 *	  Which relation each source is bound to, and whether it will do.
 */
#ifndef PN_BINDING_H
#define PN_BINDING_H

#include "nodes/pg_list.h"

#include "pg/compat.h"

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

/* A bound relation as it is now. */
typedef struct BoundSource
{
	SourceName	source;
	char	   *schema;			/* NULL: not bound */
	char	   *relation;
	Oid			relid;			/* what the name stands for; locked by
								 * check_binding */
	Oid			column_types[MAX_SOURCE_COLUMNS];	/* base type; InvalidOid:
													 * absent */
	IdFamily	site_id_family;
	char	   *statement;		/* what a cycle runs on it, once resolved
								 * (source.h) */
} BoundSource;

/* Why a source will not do; message NULL: it will. */
typedef struct SourceProblem
{
	int			sqlstate;
	char	   *message;
	char	   *detail;
	char	   *hint;
} SourceProblem;

/* The columns that a source must and may have. */
extern const SourceSpec *source_spec(SourceName source);

/* The type family of an id column; ID_NONE if no id can have the type. */
extern IdFamily id_family(Oid type);

/* The type that ids of a family are compared in, and its name: "bigint". */
extern Oid	id_family_type(IdFamily family);
extern const char *id_family_type_name(IdFamily family);

/* "manage.powernode_circuit", quoted as need be; NULL when not bound. */
extern char *bound_name(const BoundSource *bound);

/*
 * Reads the bindings of all sources, whatever the caller's privileges, into
 * bound[SOURCE_COUNT].  Needs an active snapshot.
 */
extern void read_bindings(BoundSource *bound);

/*
 * Looks at the bound relation as it is now, takes a lock that holds off DDL
 * until the end of the transaction, and fills in relid, column types and
 * statement.  Returns false and a problem where it will not do.  A source that is
 * not bound will do only where it is optional.
 */
extern bool check_binding(BoundSource *bound, SourceProblem *problem);

/*
 * Checks that the ids of a source are of one family with those of the sources
 * before it that they are matched with.  All of them must have passed
 * check_binding.
 */
extern bool check_id_families(const BoundSource *bound, SourceName source,
							  SourceProblem *problem);

/* Raises the problem as an error. */
pg_noreturn extern void raise_source_problem(const SourceProblem *problem);

#endif							/* PN_BINDING_H */
