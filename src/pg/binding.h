/*
 * binding.h
 *	  Which relation each source is bound to, and whether it will do.
 */
#ifndef PN_BINDING_H
#define PN_BINDING_H

#include "pg/compat.h"
#include "pg/source_spec.h"

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
