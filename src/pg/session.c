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
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "pg/session.h"

static void
set_for_now(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

SourceSession
source_session_begin(TimestampTz at)
{
	SourceSession session;
	char		iso[MAXDATELEN + 1];

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	session.guc_level = NewGUCNestLevel();
	set_for_now("search_path", "pg_catalog, pg_temp");

	/* ISO 8601 with its offset: reads back the same under any DateStyle. */
	JsonEncodeDateTime(iso, TimestampTzGetDatum(at), TIMESTAMPTZOID, NULL);
	set_for_now("powernode.at", iso);
	return session;
}

void
source_session_end(SourceSession session)
{
	AtEOXact_GUC(true, session.guc_level);
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "could not disconnect from SPI");
}

/*
 * Looked up every time: a cached OID would outlive DROP EXTENSION.
 */
static Oid
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
	return session;
}

void
owner_session_end(OwnerSession session)
{
	SetUserIdAndSecContext(session.user, session.security_context);
}

void
run_kept(SPIPlanPtr *plan, const char *statement, int nargs, const Oid *types,
		 const Datum *values, const char *nulls, bool read_only, int expected)
{
	int			result;

	if (*plan == NULL)
	{
		SPIPlanPtr	prepared = SPI_prepare(statement, nargs, unconstify(Oid *, types));

		if (prepared == NULL)
			elog(ERROR, "could not prepare \"%s\": %s", statement,
				 SPI_result_code_string(SPI_result));
		if (SPI_keepplan(prepared) != 0)
			elog(ERROR, "could not keep the plan of \"%s\"", statement);
		*plan = prepared;
	}

	result = SPI_execute_plan(*plan, unconstify(Datum *, values), nulls, read_only, 0);
	if (result != expected)
		elog(ERROR, "\"%s\" gave %s", statement, SPI_result_code_string(result));
}
