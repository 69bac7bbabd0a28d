/*
 * entry.h
 *	  What the SQL entry points share: their arguments, and reading a site.
 */
#ifndef PN_ENTRY_H
#define PN_ENTRY_H

#include "fmgr.h"

#include "pg/compat.h"
#include "pg/derive.h"
#include "pg/source.h"

/* Argument 0, a site's id in any of the three overloads, as text; 22004 for NULL. */
extern char *site_id_argument(FunctionCallInfo fcinfo);

/* A text argument, NULL where it is null or not there. */
extern char *text_argument(FunctionCallInfo fcinfo, int argument);

/* The argument "at": now() where it is null, 22023 where it is infinite. */
extern TimestampTz at_argument(FunctionCallInfo fcinfo, int argument);

/* A span of time that is neither NULL, which is 22004, nor negative, 22023. */
extern Interval *span_argument(FunctionCallInfo fcinfo, int argument, const char *name);

/* Raises P0002, the same for a site that is absent, hidden or not an id. */
pg_noreturn extern void raise_no_site(const char *site_id);

/* Raises P0002 for a cycle that a site does not have, or not any more. */
pg_noreturn extern void raise_no_cycle(const char *site_id, int32 cycle_no);

/*
 * The id that a site is locked and recorded under, which is the source row's
 * own, whatever spelling of it was given.  Needs an SPI session and an
 * active snapshot; raises P0002 as above.
 */
extern char *own_site_id(const char *site_id, TimestampTz at);

/*
 * Reads and derives a site for functions that record nothing, under the active
 * snapshot.  Needs an SPI session; raises P0002 as above.
 */
extern Derivation *derive_for_reading(const char *site_id,
									  const CycleOptions *options,
									  bool keep_faulty);

/*
 * Reads and derives a site that is locked for a cycle: all sources under one
 * snapshot, taken now, so that what was committed while the cycle waited for its
 * lock is seen, and nothing that is committed later.
 */
extern Derivation *derive_for_recording(const char *site_id,
										const CycleOptions *options);

/* The same as derive_for_reading from sources that are resolved already. */
extern Derivation *derive_from_sources(const BoundSource *bound,
									   const char *site_id,
									   const CycleOptions *options,
									   bool keep_faulty);

#endif							/* PN_ENTRY_H */
