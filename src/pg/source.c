/*
 * source.c
 *	  Bound sources → one kept plan each → plain rows.
 *
 * Statements (source_sql.c) follow from the column types found now and are compared as text
 * with the kept plan's: an altered source gets a new plan, an unchanged one
 * keeps the old, and no OID of the product's is ever held.  Relations inside
 * a kept plan are looked up again by the server when DDL invalidates it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "nodes/params.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

#include "pg/rewritten.h"
#include "pg/session.h"
#include "pg/source.h"
#include "pg/source_rows.h"

static SPIPlanPtr site_plans[SOURCE_COUNT];
static SPIPlanPtr list_plan;

/*
 * Adds to an error which source was being read, and to one that an unqualified
 * name or a missing grant can cause what usually causes it.
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
		case ERRCODE_INSUFFICIENT_PRIVILEGE:
			errhint("Sources are read as the current user: grant SELECT on %s and, below a security_invoker view, on what it reads, with USAGE on the schemas and EXECUTE on the functions there.",
					bound_name(bound));
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

static Oid
argument_type(const BoundSource *bound, int argument)
{
	return argument == 0 ? id_family_type(bound->site_id_family) : TIMESTAMPTZOID;
}

static ParamListInfo
statement_values(const BoundSource *bound, int nargs, const Datum *values)
{
	ParamListInfo params = makeParamList(nargs);

	for (int i = 0; i < nargs; i++)
	{
		params->params[i].value = values[i];
		params->params[i].isnull = false;
		params->params[i].pflags = PARAM_FLAG_CONST;
		params->params[i].ptype = argument_type(bound, i);
	}
	return params;
}

/*
 * The text of a kept plan's statement, which the server keeps with it: a copy of
 * our own could be missing where memory ran out between the one and the other.
 */
static const char *
statement_of(SPIPlanPtr plan)
{
	return linitial_node(CachedPlanSource, SPI_plan_get_plan_sources(plan))->query_string;
}

static void
free_plan(void *plan)
{
	(void) SPI_freeplan(plan);
}

/*
 * The types of $1 and $2 are in the statement's text, and so in the key.
 *
 * The plan before it is freed when the transaction ends: code below a source that
 * binds it anew may be run by that plan, or while that plan is made.
 */
static SPIPlanPtr
keep_plan(const BoundSource *bound, SPIPlanPtr *kept, const char *statement, int nargs)
{
	Oid			types[2] = {argument_type(bound, 0), argument_type(bound, 1)};
	MemoryContextCallback *at_end;
	SPIPlanPtr	plan;

	if (*kept != NULL && strcmp(statement_of(*kept), statement) == 0)
		return *kept;

	at_end = MemoryContextAlloc(TopTransactionContext, sizeof(MemoryContextCallback));
	plan = prepare_kept(statement, nargs, types);

	/* From here on nothing fails. */
	if (*kept != NULL)
	{
		at_end->func = free_plan;
		at_end->arg = *kept;
		MemoryContextRegisterResetCallback(TopTransactionContext, at_end);
	}
	*kept = plan;
	return plan;
}

/* Says for as long as it stands on the stack which source is being read. */
static void
push_source_context(ErrorContextCallback *context, const BoundSource *bound)
{
	context->callback = source_error_context;
	context->arg = unconstify(BoundSource *, bound);
	context->previous = error_context_stack;
	error_context_stack = context;
}

/* Runs a source's statement, under pinned settings, and sends its rows to the reader. */
static void
run_source(const BoundSource *bound, SPIPlanPtr *kept, const char *statement,
		   int nargs, const Datum *values, RowReader *reader)
{
	SPIExecuteOptions options = {
		.read_only = true,
		.params = statement_values(bound, nargs, values),
		.dest = &reader->receiver
	};
	ErrorContextCallback context;
	SPIPlanPtr	plan;
	int			result;

	push_source_context(&context, bound);
	plan = keep_plan(bound, kept, statement, nargs);
	refuse_rewritten(plan);
	result = SPI_execute_plan_extended(plan, &options);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "\"%s\" gave %s", statement, SPI_result_code_string(result));
	error_context_stack = context.previous;
}

void
lock_sources(const BoundSource *bound, TimestampTz at)
{
	PinnedSettings pinned = pin_settings(at);

	for (int i = 0; i < SOURCE_COUNT; i++)
	{
		ErrorContextCallback context;
		SPIPlanPtr	plan;

		if (bound[i].schema == NULL)
			continue;
		push_source_context(&context, &bound[i]);
		plan = keep_plan(&bound[i], &site_plans[i], bound[i].statement,
						 statement_arguments(&bound[i]));
		ReleaseCachedPlan(SPI_plan_get_cached_plan(plan), CurrentResourceOwner);
		error_context_stack = context.previous;
	}
	unpin_settings(&pinned);
}

/*
 * Runs the statement of one source for one site.  False where the id is not a
 * value of the source's type, so that no row can match.
 */
static bool
run_for_site(const BoundSource *bound, const char *site_id, TimestampTz at, RowReader *reader)
{
	Datum		values[2];

	if (!parse_site_id(site_id, bound->site_id_family, &values[0]))
		return false;
	values[1] = TimestampTzGetDatum(at);
	run_source(bound, &site_plans[bound->source], bound->statement,
			   statement_arguments(bound), values, reader);
	return true;
}

static void
resolve_source(BoundSource *bound)
{
	SourceProblem problem;

	if (!check_binding(bound, &problem))
		raise_source_problem(&problem);
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

/* Hands what was read of a source over to data. */
static void
store_rows(RowReader *reader, SiteData *data)
{
	void	   *rows;
	int32		count = take_rows(reader, &rows, &data->repeated);

	switch (reader->bound->source)
	{
		case SOURCE_SITE:
			data->sites = rows;
			data->nsites = count;
			break;
		case SOURCE_GRID_CONNECTION:
			data->grid_connections = rows;
			data->ngrid_connections = count;
			break;
		case SOURCE_CIRCUIT:
			data->circuits = rows;
			data->ncircuits = count;
			data->ncircuit_levels = take_circuit_levels(reader, &data->circuit_levels);
			break;
		case SOURCE_CHARGE_POINT:
			data->charge_points = rows;
			data->ncharge_points = count;
			break;
		case SOURCE_CONNECTOR:
			data->connectors = rows;
			data->nconnectors = count;
			break;
		case SOURCE_OPERATING_ENVELOPE:
			data->envelopes = rows;
			data->nenvelopes = count;
			break;
	}
}

/*
 * A large site's memory is given back to the system at the end of a cycle, and
 * asked for page by page in the next: a tenth of its time.  glibc keeps up to twice
 * the largest block that has been freed, so one is, once, and never touched: from
 * then on the process keeps up to 32 MB.  Elsewhere this does nothing, and where
 * there is no memory for it no cycle fails for that.
 */
#define LARGE_SITE_ROWS 4000
#define LARGEST_BLOCK ((Size) 16 * 1024 * 1024)

static void
keep_memory(const SiteData *data)
{
	static bool kept = false;
	void	   *block;

	if (kept || data->ncharge_points + data->nconnectors < LARGE_SITE_ROWS)
		return;
	block = palloc_extended(LARGEST_BLOCK, MCXT_ALLOC_NO_OOM);
	if (block == NULL)
		return;
	pfree(block);
	kept = true;
}

void
read_site(const BoundSource *bound, const char *site_id, TimestampTz at,
		  SiteData *data)
{
	PinnedSettings pinned = pin_settings(at);

	memset(data, 0, sizeof(*data));
	for (int i = 0; i < SOURCE_COUNT; i++)
	{
		RowReader  *reader;

		if (bound[i].schema == NULL)
			continue;
		reader = make_row_reader(&bound[i], false);
		if (run_for_site(&bound[i], site_id, at, reader))
			store_rows(reader, data);
		if (data->nsites == 0)
			break;
		repin_settings(&pinned);
	}
	unpin_settings(&pinned);
	keep_memory(data);
}

/* Two rows of one site are a fault of its cycle, and one site here. */
static int32
distinct_sites(SiteListRow *rows, int32 count)
{
	int32		kept = 0;

	for (int32 i = 0; i < count; i++)
	{
		if (rows[i].site_id != NULL &&
			(kept == 0 || strcmp(rows[kept - 1].site_id, rows[i].site_id) != 0))
			rows[kept++] = rows[i];
	}
	return kept;
}

int32
read_site_list(const BoundSource *bound, const char *site_id, TimestampTz at,
			   MemoryContext context, SiteListRow **rows)
{
	const BoundSource *site = &bound[SOURCE_SITE];
	MemoryContext before = MemoryContextSwitchTo(context);
	RowReader  *reader = make_row_reader(site, true);
	PinnedSettings pinned;
	void	   *list;
	int32		count;

	MemoryContextSwitchTo(before);
	pinned = pin_settings(at);
	if (site_id == NULL)
		run_source(site, &list_plan, site_list_statement(site), 0, NULL, reader);
	else
		(void) run_for_site(site, site_id, at, reader);
	unpin_settings(&pinned);

	before = MemoryContextSwitchTo(context);
	count = take_rows(reader, &list, NULL);
	MemoryContextSwitchTo(before);
	*rows = list;
	return distinct_sites(list, count);
}

char *
find_site(const BoundSource *bound, const char *site_id, TimestampTz at)
{
	SiteListRow *rows;

	if (read_site_list(bound, site_id, at, CurrentMemoryContext, &rows) == 0)
		return NULL;
	return rows[0].site_id;
}
