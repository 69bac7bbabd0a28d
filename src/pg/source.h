/*
 * source.h
 *	  Reads a site's rows from the bound sources.
 */
#ifndef PN_SOURCE_H
#define PN_SOURCE_H

#include "datatype/timestamp.h"

#include "pg/binding.h"
#include "pg/site_data.h"

/* A line of the live site list. */
typedef struct SiteListRow
{
	char	   *site_id;
	char	   *microgrid_id;	/* NULL: FLAT */
	char	   *name;			/* NULL: none */
	bool		enabled;
} SiteListRow;

/*
 * source_sql.c: the statement that a cycle runs on a source.  $1 is the site's id
 * in the source's own type family, $2 (operating_envelope only) the cycle's time.
 */
extern char *source_statement(const BoundSource *bound);

/* source_sql.c: the statement that reads all sites, without arguments. */
extern char *site_list_statement(const BoundSource *bound);

/*
 * The functions below read as the caller under the active snapshot, and need
 * an SPI session (session.h), which their results do not outlive; at is the
 * time that adapter views are told.
 */

/*
 * Resolves all sources into bound[SOURCE_COUNT]; raises an error that names
 * the source where one of them will not do.
 */
extern void resolve_sources(BoundSource *bound);

/*
 * Waits for DDL on anything that a cycle's statements read, and holds it off
 * until the end of the transaction.  A snapshot taken after this cannot find a
 * table empty because it was rewritten in between.
 */
extern void lock_sources(const BoundSource *bound, TimestampTz at);

/* Resolves the site source alone, for what needs no other. */
extern void resolve_site_source(BoundSource *bound);

/*
 * The site's own id as text, or NULL if the caller's site source does not show
 * it: absent, hidden, or not a value of the source's id type.
 */
extern char *find_site(const BoundSource *bound, const char *site_id,
					   TimestampTz at);

/* Reads everything about one site.  data->nsites = 0 where it is not shown. */
extern void read_site(const BoundSource *bound, const char *site_id,
					  TimestampTz at, SiteData *data);

/*
 * The sites that the caller may see, one row each, ordered by id in its own
 * type; all of them where site_id is NULL.  Returns their number; the rows are
 * allocated in the given context and outlive the session.
 */
extern int32 read_site_list(const BoundSource *bound, const char *site_id,
							TimestampTz at, MemoryContext context,
							SiteListRow **rows);

#endif							/* PN_SOURCE_H */
