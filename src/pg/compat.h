/*
 * compat.h
 *	  Every place where the PostgreSQL version matters, one comment each.
 */
#ifndef PN_COMPAT_H
#define PN_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "powernode needs PostgreSQL 15 or later"
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

#endif							/* PN_COMPAT_H */
