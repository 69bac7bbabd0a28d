/*
 * source.c
 *	  Bound sources → one kept plan each → plain rows.
 *
 * Statements are built from the column types found now and compared as text
 * with the kept plan's: an altered source gets a new plan, an unchanged one
 * keeps the old, and no OID of the product's is ever held.  Relations inside
 * a kept plan are looked up again by the server when DDL invalidates it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

#include "pg/session.h"
#include "pg/source.h"
#include "pg/source_rows.h"

typedef struct KeptPlan
{
	char	   *statement;
	SPIPlanPtr	plan;
} KeptPlan;

static KeptPlan site_plans[SOURCE_COUNT];
static KeptPlan list_plan;

/* How a column's values travel: the select-list expression for its use. */
static void
append_column(StringInfo sql, const ColumnSpec *column, Oid type)
{
	const char *name = quote_identifier(column->name);

	if (!OidIsValid(type))
	{
		static const char *const null_of[] = {
			[USE_ID] = "text", [USE_LIMIT] = "int8", [USE_DRAW] = "int8",
			[USE_ENERGY] = "int8", [USE_NUMBER] = "int8", [USE_TEXT] = "text",
			[USE_FLAG] = "bool", [USE_TIME] = "timestamptz", [USE_SPAN] = "interval"
		};

		appendStringInfo(sql, "NULL::%s", null_of[column->use]);
	}
	else if (column->use == USE_ID || column->use == USE_TEXT)
		appendStringInfo(sql, "x.%s::text", name);
	else if (column->use == USE_TIME || column->use == USE_FLAG || column->use == USE_SPAN)
		appendStringInfo(sql, "x.%s", name);
	else if (type != NUMERICOID)
		appendStringInfo(sql, "x.%s::int8", name);
	else if (column->use == USE_ENERGY)
		/* NaN is greater than all numbers, so it too becomes -1: invalid. */
		appendStringInfo(sql, "CASE WHEN x.%1$s < 0 OR x.%1$s > 9223372036854775807 THEN -1"
						 " ELSE ceil(x.%1$s) END::int8", name);
	else
		/* UNFIT for what is too large or NaN; the sign survives rounding. */
		appendStringInfo(sql, "CASE WHEN x.%1$s < 0 THEN GREATEST(floor(x.%1$s), -2147483648)"
						 " WHEN x.%1$s >= 2147483648 THEN 2147483648 ELSE %2$s(x.%1$s) END::int8",
						 name, column->use == USE_LIMIT ? "floor" : "ceil");
}

static void
append_columns(StringInfo sql, const BoundSource *bound)
{
	const ColumnSpec *columns = source_spec(bound->source)->columns;

	for (int i = 0; columns[i].name != NULL; i++)
	{
		/* Every row's site is the one asked for: only the site list needs it. */
		bool		known = i == 0 && bound->source != SOURCE_SITE;

		if (i > 0)
			appendStringInfoString(sql, ", ");
		append_column(sql, &columns[i], known ? InvalidOid : bound->column_types[i]);
		appendStringInfo(sql, " AS %s", quote_identifier(columns[i].name));
	}
}

/* An id in the type that it is compared and ordered in. */
static char *
own_type_id(const BoundSource *bound, int column)
{
	const char *name = quote_identifier(source_spec(bound->source)->columns[column].name);

	if (id_family(bound->column_types[column]) == ID_TEXT)
		return psprintf("x.%s::text COLLATE \"C\"", name);
	return psprintf("x.%s", name);
}

/* Orders by the id in its own type, then so that equal ids have one order. */
static void
append_order(StringInfo sql, const BoundSource *bound)
{
	const ColumnSpec *columns = source_spec(bound->source)->columns;

	appendStringInfo(sql, " ORDER BY %s", own_type_id(bound, 1));
	for (int i = 2; columns[i].name != NULL; i++)
		appendStringInfo(sql, ", %d", i + 1);
}

/*
 * The recursive query over the site's circuits: which of them a parentless
 * circuit leads to, and at what level.  UNION and the bound on levels end it
 * on any data; a loop is never entered, because nothing parentless leads there.
 */
static void
append_circuit_statement(StringInfo sql, const BoundSource *bound)
{
	appendStringInfoString(sql, "WITH RECURSIVE circuit AS MATERIALIZED (SELECT ");
	append_columns(sql, bound);
	appendStringInfo(sql, ", %s AS own_id FROM %s x WHERE x.site_id = $1::%s), ",
					 own_type_id(bound, 1), bound_name(bound),
					 id_family_type_name(bound->site_id_family));
	appendStringInfo(sql,
					 "placed (id, level) AS ("
					 "SELECT c.circuit_id, 1 FROM circuit c WHERE c.parent_circuit_id IS NULL"
					 " UNION "
					 "SELECT c.circuit_id, p.level + 1 FROM placed p"
					 " JOIN circuit c ON c.parent_circuit_id = p.id WHERE p.level < %d) ",
					 MAX_CIRCUIT_LEVELS);
	appendStringInfoString(sql,
						   "SELECT c.*, p.level FROM circuit c"
						   " LEFT JOIN (SELECT id, min(level) AS level FROM placed GROUP BY id) p"
						   " ON p.id = c.circuit_id ORDER BY c.own_id, 3, 4, 5, 6, 7, 8");
}

char *
source_statement(const BoundSource *bound)
{
	StringInfoData sql;

	initStringInfo(&sql);
	if (bound->source == SOURCE_CIRCUIT)
	{
		append_circuit_statement(&sql, bound);
		return sql.data;
	}
	appendStringInfoString(&sql, "SELECT ");
	append_columns(&sql, bound);
	appendStringInfo(&sql, " FROM %s x WHERE x.site_id = $1::%s", bound_name(bound),
					 id_family_type_name(bound->site_id_family));
	if (bound->source == SOURCE_OPERATING_ENVELOPE)
		appendStringInfoString(&sql, " AND (x.valid_to IS NULL OR NOT isfinite(x.valid_to) OR x.valid_to > $2::timestamptz)");
	append_order(&sql, bound);
	return sql.data;
}

static char *
site_list_statement(const BoundSource *bound)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT ");
	append_columns(&sql, bound);
	appendStringInfo(&sql, " FROM %s x ORDER BY %s, 2, 3", bound_name(bound),
					 own_type_id(bound, 0));
	return sql.data;
}

/*
 * Adds to an error which source was being read, and to one that an unqualified
 * name can cause what usually causes it.
 */
static void
source_error_context(void *arg)
{
	const BoundSource *bound = arg;

	switch (geterrcode())
	{
		case ERRCODE_UNDEFINED_FUNCTION:
		case ERRCODE_UNDEFINED_TABLE:
		case ERRCODE_UNDEFINED_OBJECT:
		case ERRCODE_UNDEFINED_SCHEMA:
			errhint("Sources are read with search_path = pg_catalog, pg_temp: functions below an adapter view must name objects with their schema.");
			break;
		default:
			break;
	}
	errcontext("reading powernode source \"%s\" (%s)",
			   source_spec(bound->source)->name, bound_name(bound));
}

/* How many of $1 and $2 a statement about one site has. */
static int
statement_arguments(const BoundSource *bound)
{
	return bound->source == SOURCE_OPERATING_ENVELOPE ? 2 : 1;
}

/* The types of $1 and $2 are in the statement's text, and so in the key. */
static SPIPlanPtr
keep_plan(const BoundSource *bound, KeptPlan *kept, const char *statement, int nargs)
{
	Oid			types[2] = {id_family_type(bound->site_id_family), TIMESTAMPTZOID};
	SPIPlanPtr	plan;

	if (kept->plan != NULL && strcmp(kept->statement, statement) == 0)
		return kept->plan;

	plan = prepare_kept(statement, nargs, types);

	/* From here on nothing fails but for want of memory. */
	if (kept->plan != NULL)
		SPI_freeplan(kept->plan);
	kept->plan = plan;
	if (kept->statement != NULL)
		pfree(kept->statement);
	kept->statement = NULL;
	kept->statement = MemoryContextStrdup(TopMemoryContext, statement);
	return plan;
}

/* Settings and error context while a source's own code may run. */
typedef struct SourceUse
{
	ErrorContextCallback context;
	int			guc_level;
} SourceUse;

static void
source_use_begin(SourceUse *use, const BoundSource *bound, TimestampTz at)
{
	use->guc_level = pin_settings(at);
	use->context.callback = source_error_context;
	use->context.arg = unconstify(BoundSource *, bound);
	use->context.previous = error_context_stack;
	error_context_stack = &use->context;
}

static void
source_use_end(SourceUse *use)
{
	error_context_stack = use->context.previous;
	unpin_settings(use->guc_level);
}

/* Runs a source's statement; the rows are in SPI_tuptable. */
static void
run_source(const BoundSource *bound, TimestampTz at, KeptPlan *kept,
		   const char *statement, int nargs, Datum *values)
{
	SourceUse	use;
	int			result;

	source_use_begin(&use, bound, at);
	result = SPI_execute_plan(keep_plan(bound, kept, statement, nargs),
							  values, NULL, true, 0);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "\"%s\" gave %s", statement, SPI_result_code_string(result));
	source_use_end(&use);
}

void
lock_sources(const BoundSource *bound, TimestampTz at)
{
	for (int i = 0; i < SOURCE_COUNT; i++)
	{
		SourceUse	use;
		SPIPlanPtr	plan;

		if (bound[i].schema == NULL)
			continue;
		source_use_begin(&use, &bound[i], at);
		plan = keep_plan(&bound[i], &site_plans[i], bound[i].statement,
						 statement_arguments(&bound[i]));
		ReleaseCachedPlan(SPI_plan_get_cached_plan(plan), CurrentResourceOwner);
		source_use_end(&use);
	}
}

/*
 * Runs the statement of one source for one site.  False where the id is not a
 * value of the source's type, so that no row can match.
 */
static bool
run_for_site(const BoundSource *bound, const char *site_id, TimestampTz at)
{
	Datum		values[2];

	if (!parse_site_id(site_id, bound->site_id_family, &values[0]))
		return false;
	values[1] = TimestampTzGetDatum(at);
	run_source(bound, at, &site_plans[bound->source], bound->statement,
			   statement_arguments(bound), values);
	return true;
}

/* Checks one binding and works out its statement, once for all its uses. */
static void
resolve_source(BoundSource *bound)
{
	SourceProblem problem;

	if (!check_binding(bound, &problem))
		raise_source_problem(&problem);
	if (bound->schema != NULL)
		bound->statement = source_statement(bound);
}

void
resolve_site_source(BoundSource *bound)
{
	read_bindings(bound);
	resolve_source(&bound[SOURCE_SITE]);
}

void
resolve_sources(BoundSource *bound)
{
	SourceProblem problem;

	read_bindings(bound);
	for (int i = 0; i < SOURCE_COUNT; i++)
		resolve_source(&bound[i]);
	for (int i = 0; i < SOURCE_COUNT; i++)
	{
		if (!check_id_families(bound, (SourceName) i, &problem))
			raise_source_problem(&problem);
	}
}

char *
find_site(const BoundSource *bound, const char *site_id, TimestampTz at)
{
	char	   *own_id = NULL;

	if (!run_for_site(&bound[SOURCE_SITE], site_id, at))
		return NULL;
	if (SPI_processed > 0)
		own_id = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	SPI_freetuptable(SPI_tuptable);
	return own_id;
}

void
read_site(const BoundSource *bound, const char *site_id, TimestampTz at,
		  SiteData *data)
{
	memset(data, 0, sizeof(*data));
	for (int i = 0; i < SOURCE_COUNT; i++)
	{
		if (bound[i].schema == NULL || !run_for_site(&bound[i], site_id, at))
			continue;
		take_rows((SourceName) i, SPI_tuptable, SPI_processed, data);
		SPI_freetuptable(SPI_tuptable);
		if (data->nsites == 0)
			return;
	}
}

int32
read_site_list(const BoundSource *bound, const char *site_id, TimestampTz at,
			   MemoryContext context, SiteListRow **rows)
{
	const BoundSource *site = &bound[SOURCE_SITE];
	MemoryContext before;
	int32		count;

	if (site_id == NULL)
		run_source(site, at, &list_plan, site_list_statement(site), 0, NULL);
	else if (!run_for_site(site, site_id, at))
		return 0;
	before = MemoryContextSwitchTo(context);
	count = take_site_list(SPI_tuptable, SPI_processed, rows);
	MemoryContextSwitchTo(before);
	SPI_freetuptable(SPI_tuptable);
	return count;
}
