/*
 * session.h
 *	  As whom, on which search_path and at what time internal SQL runs.
 */
#ifndef PN_SESSION_H
#define PN_SESSION_H

#include "datatype/timestamp.h"
#include "executor/spi.h"
#include "utils/datetime.h"

/* What was in force before statements ran as the owner. */
typedef struct OwnerSession
{
	Oid			user;
	int			security_context;
	int			guc_level;
} OwnerSession;

/*
 * Connects to SPI; an error disconnects.  Statements run as the caller, and
 * each under pinned settings, which are below.
 *
 * From here to the end of the session the current memory context is SPI's own,
 * and every SPI call makes it so again: it is the one allocation set of a
 * cycle, deleted with the session.  What is to outlive it is allocated after
 * the last SPI call, in a context switched to then.
 */
extern void spi_session_begin(void);
extern void spi_session_end(void);

/* The session's settings that decide how a value is written, read or shown. */
typedef struct SessionStyle
{
	const void *time_zone;		/* of which the server keeps each once */
	int			date_style;
	int			date_order;
	int			interval_style;
	int			float_digits;
	int			bytea_output;
	bool		row_security;
} SessionStyle;

/*
 * What statements on sources run under: search_path = pg_catalog, pg_temp, and
 * powernode.at.
 */
typedef struct PinnedSettings
{
	TimestampTz at;
	int			guc_level;
	char		at_text[MAXDATELEN + 1];	/* of powernode.at */
	Oid			user;
	SessionStyle style;			/* the caller's */
} PinnedSettings;

/*
 * Pins them until unpinned, which takes back whatever was set in between.
 *
 * Functions below an adapter view may change search_path, powernode.at, the role
 * and the session's style, and must not for what is read or written after them: so
 * between two statements on sources comes repin_settings(), which where one of
 * these was touched unpins and pins again.  Any other setting lasts until the end
 * of the reading: it changes how a statement is run, or is the product's own.
 */
extern PinnedSettings pin_settings(TimestampTz at);
extern void repin_settings(PinnedSettings *pinned);
extern void unpin_settings(const PinnedSettings *pinned);

/* The role that owns powernode's tables; 42P01 where they are not there. */
extern Oid	tables_owner(void);

/*
 * Between begin and end statements run as the owner of powernode's tables, so
 * that nobody needs privileges on them.  The same switch that the server's own
 * foreign-key triggers make; an error undoes it.  search_path is pinned anew:
 * nothing that a source's code has left behind may name what the owner runs.
 */
extern OwnerSession owner_session_begin(void);
extern void owner_session_end(OwnerSession session);

/*
 * Prepares a statement and keeps its plan for the session, until SPI_freeplan.
 */
extern SPIPlanPtr prepare_kept(const char *statement, int nargs,
							   const Oid *types);

/*
 * Runs a statement of constant text that powernode's own tables are the only
 * subject of, keeping its plan for the session in *plan.  Plans name tables
 * and hold no OID of ours, so the server re-plans them after DROP and CREATE
 * EXTENSION.  An error is raised where the SPI result code is not the
 * expected one; rows are in SPI_tuptable.
 */
extern void run_kept(SPIPlanPtr *plan, const char *statement, int nargs,
					 const Oid *types, const Datum *values, const char *nulls,
					 bool read_only, int expected);

#endif							/* PN_SESSION_H */
