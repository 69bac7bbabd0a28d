/*
 * session.c
 *	  As whom, on which search_path and at what time internal SQL runs.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/bytea.h"
#include "utils/datetime.h"
#include "utils/float.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "pg/guc.h"
#include "pg/session.h"

static void
set_for_now(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

#define PINNED_SEARCH_PATH "pg_catalog, pg_temp"

static int
pin_search_path(void)
{
	int			guc_level = NewGUCNestLevel();

	set_for_now("search_path", PINNED_SEARCH_PATH);
	return guc_level;
}

/*
 * What else a statement's result can depend on, where the server keeps it: to
 * look here takes a few loads, to ask for a setting by its name a search.
 */
static SessionStyle
session_style(void)
{
	return (SessionStyle)
	{
		.time_zone = session_timezone,
		.date_style = DateStyle,
		.date_order = DateOrder,
		.interval_style = IntervalStyle,
		.float_digits = extra_float_digits,
		.bytea_output = bytea_output,
		.row_security = row_security
	};
}

static bool
same_style(const SessionStyle *a, const SessionStyle *b)
{
	return a->time_zone == b->time_zone && a->date_style == b->date_style &&
		a->date_order == b->date_order && a->interval_style == b->interval_style &&
		a->float_digits == b->float_digits && a->bytea_output == b->bytea_output &&
		a->row_security == b->row_security;
}

PinnedSettings
pin_settings(TimestampTz at)
{
	PinnedSettings pinned = {
		.at = at,
		.guc_level = pin_search_path(),
		.user = GetUserId(),
		.style = session_style()
	};

	/* ISO 8601 with its offset: reads back the same under any DateStyle. */
	JsonEncodeDateTime(pinned.at_text, TimestampTzGetDatum(at), TIMESTAMPTZOID, NULL);
	set_for_now("powernode.at", pinned.at_text);

	return pinned;
}

/*
 * Strings are compared and not where they stand: a setting that is set twice may
 * stand where it stood before.
 */
void
repin_settings(PinnedSettings *pinned)
{
	SessionStyle style = session_style();

	if (strcmp(namespace_search_path, PINNED_SEARCH_PATH) == 0 &&
		strcmp(powernode_at, pinned->at_text) == 0 &&
		GetUserId() == pinned->user && same_style(&style, &pinned->style))
		return;
	unpin_settings(pinned);
	*pinned = pin_settings(pinned->at);
}

/*
 * Not as a commit of the level but as its abort, which takes back whatever was
 * set in it, also by a plain SET in a function below a source: reading leaves
 * the caller's settings as they were.
 */
static void
take_back_settings(int guc_level)
{
	AtEOXact_GUC(false, guc_level);
}

void
unpin_settings(const PinnedSettings *pinned)
{
	take_back_settings(pinned->guc_level);
}

void
spi_session_begin(void)
{
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
}

void
spi_session_end(void)
{
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "could not disconnect from SPI");
}

/* Looked up every time: a cached OID would outlive DROP EXTENSION. */
Oid
tables_owner(void)
{
	Oid			schema = get_namespace_oid("powernode", false);
	Oid			table = get_relname_relid("site_state", schema);
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table powernode.site_state does not exist"),
				 errdetail("Cycles are written as its owner."),
				 errhint("Re-create the extension: DROP EXTENSION powernode; CREATE EXTENSION powernode;")));
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

OwnerSession
owner_session_begin(void)
{
	OwnerSession session;

	GetUserIdAndSecContext(&session.user, &session.security_context);
	SetUserIdAndSecContext(tables_owner(),
						   session.security_context |
						   SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_NOFORCE_RLS);
	session.guc_level = pin_search_path();

	/*
	 * All is found by key.  A plan that is kept from when a table was empty would
	 * else read the whole of it, for as long as nothing analyzes it.
	 */
	set_for_now("enable_seqscan", "off");
	return session;
}

void
owner_session_end(OwnerSession session)
{
	take_back_settings(session.guc_level);
	SetUserIdAndSecContext(session.user, session.security_context);
}

SPIPlanPtr
prepare_kept(const char *statement, int nargs, const Oid *types)
{
	SPIPlanPtr	plan = SPI_prepare(statement, nargs, unconstify(Oid *, types));

	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", statement,
			 SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "could not keep the plan of \"%s\"", statement);
	return plan;
}

void
run_kept(SPIPlanPtr *plan, const char *statement, int nargs, const Oid *types,
		 const Datum *values, const char *nulls, bool read_only, int expected)
{
	int			result;

	/* Set only after it succeeded. */
	if (*plan == NULL)
		*plan = prepare_kept(statement, nargs, types);
	result = SPI_execute_plan(*plan, unconstify(Datum *, values), nulls, read_only, 0);
	if (result != expected)
		elog(ERROR, "\"%s\" gave %s", statement, SPI_result_code_string(result));
}
