/*
 * entry.c
 *	  What the SQL entry points share: their arguments, and reading a site.
 */
#include "postgres.h"

#include "access/xact.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "pg/entry.h"
#include "pg/span.h"

char *
site_id_argument(FunctionCallInfo fcinfo)
{
	Oid		   *types;
	int			count;
	Oid			output;
	bool		is_varlena;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("site_id must not be null"),
				 errdetail("A cycle is of one site."),
				 errhint("Give the site's id as the product knows it.")));
	(void) get_func_signature(fcinfo->flinfo->fn_oid, &types, &count);
	getTypeOutputInfo(types[0], &output, &is_varlena);
	return OidOutputFunctionCall(output, PG_GETARG_DATUM(0));
}

char *
text_argument(FunctionCallInfo fcinfo, int argument)
{
	if (PG_NARGS() <= argument || PG_ARGISNULL(argument))
		return NULL;
	return text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

TimestampTz
at_argument(FunctionCallInfo fcinfo, int argument)
{
	TimestampTz at;

	if (PG_ARGISNULL(argument))
		return GetCurrentTransactionStartTimestamp();
	at = PG_GETARG_TIMESTAMPTZ(argument);
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the time of a cycle must be finite"),
				 errdetail("\"at\" is %s.", TIMESTAMP_IS_NOBEGIN(at) ? "-infinity" : "infinity"),
				 errhint("Give a time, or leave it out for now().")));
	return at;
}

Interval *
span_argument(FunctionCallInfo fcinfo, int argument, const char *name)
{
	Interval   *span;

	if (PG_ARGISNULL(argument))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name),
				 errdetail("It says how long ago is too long."),
				 errhint("Give an interval, such as '30 days' or '10 s'.")));
	span = PG_GETARG_INTERVAL_P(argument);
	if (span_is_negative(span))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative", name),
				 errdetail("It is %s.", DatumGetCString(DirectFunctionCall1(interval_out,
																		   IntervalPGetDatum(span)))),
				 errhint("Give an interval of 0 or more, such as '30 days' or '10 s'.")));
	return span;
}

void
raise_no_site(const char *site_id)
{
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("site \"%s\" does not exist", site_id),
			 errdetail("The source \"site\" shows the current user no such site."),
			 errhint("SELECT site_id FROM powernode.microgrid_status shows the sites there are.")));
}

void
raise_no_cycle(const char *site_id, int32 cycle_no)
{
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("site \"%s\" has no cycle %d", site_id, cycle_no),
			 errdetail("The cycle has not been run, or has been pruned."),
			 errhint("powernode.cycle_history lists the cycles that are kept.")));
}

char *
own_site_id(const char *site_id, TimestampTz at)
{
	BoundSource bound[SOURCE_COUNT];
	char	   *own_id;

	resolve_site_source(bound);
	own_id = find_site(bound, site_id, at);
	if (own_id == NULL)
		raise_no_site(site_id);
	return own_id;
}

Derivation *
derive_for_reading(const char *site_id, const CycleOptions *options, bool keep_faulty)
{
	BoundSource bound[SOURCE_COUNT];

	resolve_sources(bound);
	return derive_from_sources(bound, site_id, options, keep_faulty);
}

/*
 * What is bound is looked up and locked under a snapshot of its own, because
 * that may wait too.
 */
Derivation *
derive_for_recording(const char *site_id, const CycleOptions *options)
{
	BoundSource bound[SOURCE_COUNT];
	Derivation *derivation;

	PushActiveSnapshot(GetTransactionSnapshot());
	resolve_sources(bound);
	lock_sources(bound, options->at);
	PopActiveSnapshot();

	PushActiveSnapshot(GetTransactionSnapshot());
	derivation = derive_from_sources(bound, site_id, options, false);
	PopActiveSnapshot();
	return derivation;
}

Derivation *
derive_from_sources(const BoundSource *bound, const char *site_id,
					const CycleOptions *options, bool keep_faulty)
{
	SiteData   *data = palloc(sizeof(SiteData));

	read_site(bound, site_id, options->at, data);
	if (data->nsites == 0)
		raise_no_site(site_id);
	return derive_site(data, options, keep_faulty);
}
