/*
 * report.c
 *	  powernode.explain(site_id, cycle_no): a recorded cycle as text for a person
 *	  at psql.
 *
 * Everything comes from the views, read as the caller and under the caller's
 * snapshot, so that the text says what the views say and shows no site that they
 * hide.  It has no wall-clock in it: the same cycle gives the same text.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "pg/entry.h"
#include "pg/report.h"
#include "pg/session.h"
#include "pg/words.h"

/* Statements return text and int8 only, whatever the views' own types. */
#define SITE_SQL \
	"SELECT coalesce(nullif(site_name, ''), site_id)::text, cycle_no::int8," \
	" last_error::text" \
	" FROM powernode.microgrid_status WHERE site_id = $1"

#define CYCLE_SQL \
	"SELECT c.outcome::text, coalesce(c.reason, 'no reason')::text," \
	" c.message::text," \
	" c.evaluated_at::text, c.policy::text, c.control_mode::text," \
	" c.topology::text, c.demand_w::int8, c.allocated_w::int8," \
	" c.curtailed_w::int8, c.curtailed_leaves::int8, c.faults::int8," \
	" f.cycle_no::int8, f.evaluated_at::text," \
	" coalesce(f.expires_at::text, 'no time')" \
	" FROM powernode.cycle_history AS c" \
	" LEFT JOIN powernode.cycle_history AS f" \
	" ON f.site_id = $1 AND f.cycle_no = c.in_force_cycle_no" \
	" WHERE c.site_id = $1 AND c.cycle_no = $2"

/* Faults are the constraint rows in which nothing was asked of a node. */
#define FAULTS_SQL \
	"SELECT reason::text, node_id::text, coalesce(message, '')::text" \
	" FROM powernode.constraint_history" \
	" WHERE site_id = $1 AND cycle_no = $2 AND asked_w IS NULL ORDER BY rank"

/* The columns of CYCLE_SQL; the last three are of the cycle in force. */
enum
{
	C_OUTCOME = 1,
	C_REASON,
	C_MESSAGE,
	C_EVALUATED_AT,
	C_POLICY,
	C_CONTROL_MODE,
	C_TOPOLOGY,
	C_DEMAND_W,
	C_ALLOCATED_W,
	C_CURTAILED_W,
	C_CURTAILED_LEAVES,
	C_FAULTS,
	C_IN_FORCE,
	C_IN_FORCE_AT,
	C_EXPIRES_AT
};

PG_FUNCTION_INFO_V1(powernode_explain);

int32
report_query(const Report *report, const char *statement, int nargs)
{
	Oid			types[2] = {TEXTOID, INT4OID};
	Datum		values[2];

	values[0] = CStringGetTextDatum(report->site_id);
	values[1] = Int32GetDatum(report->cycle_no);
	if (SPI_execute_with_args(statement, nargs, types, values, NULL,
							  true, 0) != SPI_OK_SELECT)
		elog(ERROR, "\"%s\" is not a query", statement);
	if (SPI_processed > PG_INT32_MAX)
		elog(ERROR, "too many rows of \"%s\"", statement);
	return (int32) SPI_processed;
}

char *
report_text(int32 row, int column)
{
	return SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc,
						column);
}

int64
report_int(int32 row, int column, int64 when_null)
{
	bool		isnull;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[row],
									  SPI_tuptable->tupdesc, column, &isnull);

	return isnull ? when_null : DatumGetInt64(value);
}

void
report_line(const Report *report, const char *text)
{
	report->sink.line(report->sink.arg, text);
}

/* The site as the caller sees it, and its latest cycle. */
static void
look_up_site(Report *report)
{
	report->site_id = own_site_id(report->site_id, GetCurrentTransactionStartTimestamp());
	if (report_query(report, SITE_SQL, 1) == 0)
		raise_no_site(report->site_id);

	report->site_name = report_text(0, 1);
	report->last_error = report_text(0, 3);
	if (!report->has_cycle)
	{
		report->cycle_no = (int32) report_int(0, 2, 0);
		report->has_cycle = report->cycle_no != 0;
	}
}

static void
write_no_cycle(const Report *report)
{
	text_paragraph(psprintf("%s has no completed cycle.",
							text_label("SITE", report->site_name, NULL)),
				   2, report->sink);
	if (report->last_error != NULL)
		text_paragraph(psprintf("The last attempt failed: %s",
								report->last_error), 2, report->sink);
	text_paragraph(psprintf("SELECT powernode.rebalance(%s) runs the first.",
							quote_literal_cstr(report->site_id)),
				   2, report->sink);
}

/* Of a rejected cycle: which one is in force instead. */
static void
write_in_force(const Report *report)
{
	char	   *evaluated_at = report_text(0, C_IN_FORCE_AT);
	char	   *expires_at = report_text(0, C_EXPIRES_AT);
	int64		in_force = report_int(0, C_IN_FORCE, 0);

	if (in_force == 0)
		text_paragraph("No earlier cycle is in force: there are no setpoints.",
					   2, report->sink);
	else
		text_paragraph(psprintf("Cycle " INT64_FORMAT " of %s stays in force; its setpoints expire at %s.",
								in_force, evaluated_at, expires_at),
					   2, report->sink);
}

static void
write_totals(const Report *report)
{
	int64		curtailed = report_int(0, C_CURTAILED_W, 0);
	int64		leaves = report_int(0, C_CURTAILED_LEAVES, 0);
	StringInfoData line;

	initStringInfo(&line);
	appendStringInfo(&line, "Demand %s kW, allocated %s kW",
					 format_kw(report_int(0, C_DEMAND_W, 0)),
					 format_kw(report_int(0, C_ALLOCATED_W, 0)));
	if (curtailed > 0)
		appendStringInfo(&line, ", curtailed %s kW at " INT64_FORMAT " %s",
						 format_kw(curtailed), leaves,
						 leaves == 1 ? "leaf" : "leaves");
	appendStringInfoChar(&line, '.');
	text_paragraph(line.data, 2, report->sink);
}

/* "Policy EQUAL_SHARE, control mode CONNECTOR, topology HIERARCHICAL." */
static void
write_settings(const Report *report)
{
	static const struct
	{
		const char *word;
		int			column;
	}			settings[] = {
		{"policy", C_POLICY}, {"control mode", C_CONTROL_MODE},
		{"topology", C_TOPOLOGY}
	};
	StringInfoData line;

	initStringInfo(&line);
	for (int i = 0; i < (int) lengthof(settings); i++)
	{
		char	   *value = report_text(0, settings[i].column);

		if (value != NULL)
			appendStringInfo(&line, "%s%s %s", line.len > 0 ? ", " : "",
							 settings[i].word, value);
	}
	if (line.len == 0)
		return;
	line.data[0] = (char) pg_ascii_toupper((unsigned char) line.data[0]);
	appendStringInfoChar(&line, '.');
	text_paragraph(line.data, 2, report->sink);
}

/* Writes what the cycle came to, and gives its number of faults. */
static int64
write_cycle(const Report *report)
{
	char	   *outcome;

	if (report_query(report, CYCLE_SQL, 2) == 0)
		raise_no_cycle(report->site_id, report->cycle_no);

	outcome = report_text(0, C_OUTCOME);
	text_paragraph(psprintf("%s, cycle %d at %s: %s (%s)",
							text_label("SITE", report->site_name, NULL),
							report->cycle_no, report_text(0, C_EVALUATED_AT),
							outcome, report_text(0, C_REASON)),
				   2, report->sink);
	if (report_text(0, C_MESSAGE) != NULL)
		text_paragraph(report_text(0, C_MESSAGE), 2, report->sink);
	write_settings(report);

	if (strcmp(outcome, outcome_name(OUTCOME_REJECTED)) == 0)
		write_in_force(report);
	else
		write_totals(report);
	return report_int(0, C_FAULTS, 0);
}

/* Lists what was wrong with the site's data, total being all that was found. */
static void
write_faults(const Report *report, int64 total)
{
	int32		n = report_query(report, FAULTS_SQL, 2);

	if (n == 0)
		return;

	report_line(report, "");
	report_line(report, n >= total ? psprintf("Faults (%d):", n) :
			   psprintf("Faults (the first %d of " INT64_FORMAT "):", n, total));
	for (int32 row = 0; row < n; row++)
	{
		char	   *node_id = report_text(row, 2);

		CHECK_FOR_INTERRUPTS();
		text_paragraph(psprintf("  %s%s%s: %s", report_text(row, 1),
								node_id != NULL ? " " : "",
								node_id != NULL ? node_id : "",
								report_text(row, 3)),
					   4, report->sink);
	}
}

static void
write_report(const Report *report)
{
	if (!report->has_cycle)
	{
		write_no_cycle(report);
		return;
	}
	write_faults(report, write_cycle(report));
	report_tree(report);
}

/* A TextSink's function: a line is a row of the result. */
static void
put_line(void *arg, const char *text)
{
	ReturnSetInfo *result = arg;
	Datum		value = CStringGetTextDatum(text);
	bool		isnull = false;

	tuplestore_putvalues(result->setResult, result->setDesc, &value, &isnull);
	pfree(DatumGetPointer(value));
}

/*
 * explain(site_id text | bigint | uuid, cycle_no integer): the cycle as lines of
 * text, the latest where cycle_no is NULL.  Errors: P0002 for a site that the
 * caller does not see and for a cycle that is not there, 22004 for no site id.
 */
Datum
powernode_explain(PG_FUNCTION_ARGS)
{
	Report		report = {.sink = {put_line, fcinfo->resultinfo}};
	PinnedSettings pinned;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	report.site_id = site_id_argument(fcinfo);
	report.has_cycle = !PG_ARGISNULL(1);
	if (report.has_cycle)
		report.cycle_no = PG_GETARG_INT32(1);

	/* The queries below are ours: parsed under our search_path. */
	spi_session_begin();
	pinned = pin_settings(GetCurrentTransactionStartTimestamp());
	look_up_site(&report);
	write_report(&report);
	unpin_settings(&pinned);
	spi_session_end();

	return (Datum) 0;
}
