/*
 * compat.h
 *	  Every place where the PostgreSQL version matters, one comment each.
 */
#ifndef PN_COMPAT_H
#define PN_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "powernode needs PostgreSQL 15 or later"
#endif

/* 18 writes it before the declaration, and has no other. */
#ifndef pg_noreturn
#define pg_noreturn pg_attribute_noreturn()
#endif

/* 16 took what lies in a varlena out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* 18 moved the printing of EXPLAIN's properties out of commands/explain.h. */
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#else
#include "commands/explain.h"
#endif

/* 17 added fdw_restrictinfo to foreign paths, 18 disabled_nodes. */
#if PG_VERSION_NUM >= 180000
#define pn_foreignscan_path(root, rel, rows, startup, total, outer) \
	create_foreignscan_path((root), (rel), NULL, (rows), 0, (startup), (total), \
							NIL, (outer), NULL, NIL, NIL)
#elif PG_VERSION_NUM >= 170000
#define pn_foreignscan_path(root, rel, rows, startup, total, outer) \
	create_foreignscan_path((root), (rel), NULL, (rows), (startup), (total), \
							NIL, (outer), NULL, NIL, NIL)
#else
#define pn_foreignscan_path(root, rel, rows, startup, total, outer) \
	create_foreignscan_path((root), (rel), NULL, (rows), (startup), (total), \
							NIL, (outer), NULL, NIL)
#endif

/* 16 made one function of the privilege checks of all kinds of object. */
#if PG_VERSION_NUM >= 160000
#define pn_may_use_schema(schema, role) \
	(object_aclcheck(NamespaceRelationId, (schema), (role), ACL_USAGE) == ACLCHECK_OK)
#else
#define pn_may_use_schema(schema, role) \
	(pg_namespace_aclcheck((schema), (role), ACL_USAGE) == ACLCHECK_OK)
#endif

/* 17 looks an array's length up in statistics, which takes the planner's root. */
#if PG_VERSION_NUM >= 170000
#define pn_array_length(root, array) estimate_array_length((root), (array))
#else
#define pn_array_length(root, array) estimate_array_length(array)
#endif

#endif							/* PN_COMPAT_H */
