/*
 * verify_entry.c
 *	  powernode.kept_cycle(site_id, cycle_no): which cycle verify() is to check.
 *
 * The checks themselves are SQL (sql/install/8?-verify-*.sql).  What that cannot
 * do is to find the site by any spelling of its id, and to raise an error.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "pg/entry.h"
#include "pg/session.h"

#define LATEST_SQL \
	"SELECT latest_cycle_no FROM powernode.site_proof" \
	" WHERE site_id = $1 AND latest_cycle_no IS NOT NULL"

#define CYCLE_SQL \
	"SELECT cycle_no FROM powernode.cycle_proof WHERE site_id = $1 AND cycle_no = $2"

PG_FUNCTION_INFO_V1(powernode_kept_cycle);

/* The one integer that a statement gives; false where it gives no row. */
static bool
look_up(const char *statement, int nargs, const char *site_id, int32 *cycle_no)
{
	Oid			types[] = {TEXTOID, INT4OID};
	Datum		values[] = {CStringGetTextDatum(site_id), Int32GetDatum(*cycle_no)};
	bool		isnull;

	if (SPI_execute_with_args(statement, nargs, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "\"%s\" is not a query", statement);
	if (SPI_processed == 0)
		return false;
	*cycle_no = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	return true;
}

/*
 * powernode.kept_cycle(site_id text, cycle_no integer) → one row
 *
 * The latest cycle where cycle_no is NULL, and then no row for a site without
 * any.  P0002 for a site that the caller does not see and for a cycle that is
 * not there, 22004 for no site id.
 */
Datum
powernode_kept_cycle(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *site_id = site_id_argument(fcinfo);
	bool		latest = PG_ARGISNULL(1);
	int32		cycle_no = latest ? 0 : PG_GETARG_INT32(1);
	bool		found;
	PinnedSettings pinned;

	InitMaterializedSRF(fcinfo, 0);
	spi_session_begin();
	pinned = pin_settings(GetCurrentTransactionStartTimestamp());
	site_id = own_site_id(site_id, GetCurrentTransactionStartTimestamp());
	found = latest ? look_up(LATEST_SQL, 1, site_id, &cycle_no) :
		look_up(CYCLE_SQL, 2, site_id, &cycle_no);
	if (!found && !latest)
		raise_no_cycle(site_id, cycle_no);
	if (found)
	{
		Datum		values[] = {CStringGetTextDatum(site_id), Int32GetDatum(cycle_no)};
		bool		nulls[] = {false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	unpin_settings(&pinned);
	spi_session_end();
	return (Datum) 0;
}
