/*
 * rebalance_due.c
 *	  A pass over the fleet: cycles for all sites that are due, a batch at a time.
 *
 * Several sessions may make a pass at once.  Each takes the due sites in the same
 * order, skips those that another one holds, and finds out under the lock that
 * another one was there before.  A site is locked in the subtransaction that
 * changes its row: two numbers of transactions on one row would be a third that
 * the server has to keep, for every cycle.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "pg/arrays.h"
#include "pg/attempt.h"
#include "pg/entry.h"
#include "pg/record.h"
#include "pg/session.h"
#include "pg/span.h"

PG_FUNCTION_INFO_V1(powernode_rebalance_due);

/*
 * A transaction remembers 64 subtransactions, one for each site, where every
 * session sees them; beyond that others must look them up.  Larger batches cost
 * others more than they save.
 */
#define MAX_BATCH 1000

/* A site that was due at the start of the pass. */
struct DueSite
{
	char	   *site_id;
	int32		cycle_no;		/* the latest then; another now: not due any more */
	bool		is_new;			/* it had no row in site_state then */
	bool		done;
	const ErrorData *error;		/* while it is being recorded; else NULL */
};

typedef struct Pass
{
	DueSite    *sites;			/* oldest first */
	int32		count;
	int32		failed;
	char	   *first_failed;	/* and what it failed with; NULL for none */
	char	   *first_error;
	MemoryContext context;		/* of all this: outlives every transaction */
} Pass;

/* The enabled sites that the caller is shown, as an array of their ids. */
static ArrayType *
enabled_sites(void)
{
	BoundSource bound[SOURCE_COUNT];
	SiteListRow *rows;
	const char **ids;
	int32		count;
	int32		enabled = 0;

	resolve_site_source(bound);
	count = read_site_list(bound, NULL, GetCurrentTransactionStartTimestamp(),
						   CurrentMemoryContext, &rows);
	ids = palloc_array(const char *, count);
	for (int32 i = 0; i < count; i++)
	{
		if (rows[i].enabled)
			ids[enabled++] = rows[i].site_id;
	}
	return string_array(ids, enabled);
}

/* Of these sites the ones whose latest cycle was completed before cutoff. */
static void
find_due(Pass *pass, Datum ids, TimestampTz cutoff)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTARRAYOID, TIMESTAMPTZOID};
	Datum		values[] = {ids, TimestampTzGetDatum(cutoff)};
	MemoryContext before;
	bool		isnull;

	run_kept(&plan,
			 "SELECT d.site_id, coalesce(s.cycle_no, 0), s.site_id IS NULL"
			 " FROM ROWS FROM (pg_catalog.unnest($1)) WITH ORDINALITY AS d (site_id, place)"
			 " LEFT JOIN powernode.site_state s ON s.site_id = d.site_id"
			 " LEFT JOIN LATERAL (SELECT c.completed_at FROM powernode.cycle c"
			 "  WHERE c.site_id = s.site_id AND c.cycle_no = s.cycle_no OFFSET 0) c ON true"
			 " WHERE c.completed_at IS NULL OR c.completed_at < $2"
			 " ORDER BY c.completed_at NULLS FIRST, d.place",
			 2, types, values, NULL, false, SPI_OK_SELECT);
	before = MemoryContextSwitchTo(pass->context);
	pass->count = (int32) SPI_processed;
	pass->sites = palloc0(pass->count * sizeof(DueSite));
	for (int32 i = 0; i < pass->count; i++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;

		pass->sites[i].site_id = TextDatumGetCString(SPI_getbinval(tuple, desc, 1, &isnull));
		pass->sites[i].cycle_no = DatumGetInt32(SPI_getbinval(tuple, desc, 2, &isnull));
		pass->sites[i].is_new = DatumGetBool(SPI_getbinval(tuple, desc, 3, &isnull));
	}
	MemoryContextSwitchTo(before);
	SPI_freetuptable(SPI_tuptable);
}

/*
 * Begins the pass: who is due is settled here.  A snapshot is held throughout,
 * under which long texts are fetched from where they are stored apart.
 */
static void
begin_pass(Pass *pass, TimestampTz cutoff)
{
	OwnerSession owner;
	Datum		ids;

	spi_session_begin();
	PushActiveSnapshot(GetTransactionSnapshot());
	ids = PointerGetDatum(enabled_sites());
	owner = owner_session_begin();
	find_due(pass, ids, cutoff);
	owner_session_end(owner);
	PopActiveSnapshot();
	spi_session_end();
	next_transaction();
}

/* One that another session is making is that session's. */
static void
make_row(DueSite *site)
{
	SiteState	state;

	(void) lock_site_if_free(site->site_id, &state);
}

typedef struct Batch
{
	DueSite   **sites;
	int32		count;
} Batch;

/*
 * The new sites of a batch get their rows in a transaction of their own: whatever
 * becomes of their first cycles, they are known from then on, and can be locked
 * without making anything.  What fails here fails again in the site's cycle, as
 * whose error it is noted.
 */
static void
make_new_rows(const Batch *batch)
{
	bool		made = false;

	for (int32 i = 0; i < batch->count; i++)
	{
		DueSite    *site = batch->sites[i];
		ErrorData  *error;

		if (!site->is_new)
			continue;
		error = try_step(make_row, site);
		if (error != NULL)
			FreeErrorData(error);
		site->is_new = false;
		made = true;
	}
	if (made)
		next_transaction();
}

static void
run_cycle(const SiteState *state, TimestampTz started_at)
{
	CycleOptions options = {.at = GetCurrentTransactionStartTimestamp()};
	Derivation *derivation = derive_for_recording(state->site_id, &options);

	/* It may have been disabled meanwhile. */
	if (derivation->data->sites[0].enabled)
		(void) record_cycle(state, decide(derivation), started_at);
}

/*
 * One cycle of a site, unless another session has been there since the start; not
 * done where one is there now.
 */
static void
balance_site(DueSite *site)
{
	TimestampTz started_at = GetCurrentTimestamp();
	SiteState	state;

	site->done = lock_site_if_free(site->site_id, &state);
	if (site->done && state.cycle_no == site->cycle_no)
		run_cycle(&state, started_at);
}

/*
 * Records what kept a site from being balanced, where an operator sees it; not done
 * where another session holds the site by now, and has its own to say.
 */
static void
record_error(DueSite *site)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID, TEXTOID, TIMESTAMPTZOID};
	Datum		values[3];
	SiteState	state;
	OwnerSession owner;

	site->done = lock_site_if_free(site->site_id, &state);
	if (!site->done)
		return;
	values[0] = CStringGetTextDatum(site->site_id);
	values[1] = CStringGetTextDatum(psprintf("%s (%s)", message_of(site->error),
											 unpack_sql_state(site->error->sqlerrcode)));
	values[2] = TimestampTzGetDatum(GetCurrentTimestamp());
	owner = owner_session_begin();
	run_kept(&plan,
			 "UPDATE powernode.site_state SET last_error = $2, last_error_at = $3"
			 " WHERE site_id = $1",
			 3, types, values, NULL, false, SPI_OK_UPDATE);
	owner_session_end(owner);
}

/* Of a site that can have no row, since no index takes its id, there is only this. */
static void
warn_of_unrecorded(DueSite *site, const ErrorData *why)
{
	ereport(WARNING,
			(errmsg("the error of site \"%s\" could not be recorded", site->site_id),
			 errdetail("It was: %s; and to record it: %s.", message_of(site->error), message_of(why)),
			 errhint("The site stays due in every pass. Mend it, or disable it in the site source.")));
	site->done = true;
}

static void
note_failure(Pass *pass, DueSite *site, ErrorData *error)
{
	ErrorData  *unrecorded;

	site->error = error;
	unrecorded = try_step(record_error, site);
	if (unrecorded != NULL)
		warn_of_unrecorded(site, unrecorded);
	if (site->done && pass->failed++ == 0)
	{
		MemoryContext before = MemoryContextSwitchTo(pass->context);

		pass->first_failed = site->site_id;
		pass->first_error = message_of(error);
		MemoryContextSwitchTo(before);
	}
	site->error = NULL;
	FreeErrorData(error);
}

static void
settle_site(Pass *pass, DueSite *site)
{
	ErrorData  *error;

	CHECK_FOR_INTERRUPTS();
	error = try_step(balance_site, site);
	if (error != NULL)
		note_failure(pass, site, error);
}

/* One site in a transaction of its own, whose failing to commit is its error. */
static void
settle_alone(Pass *pass, DueSite *site)
{
	int32		failed = pass->failed;
	ErrorData  *error;

	settle_site(pass, site);
	error = try_to_commit();
	if (error == NULL)
		return;
	pass->failed = failed;
	note_failure(pass, site, error);
	next_transaction();
}

/*
 * The batch in one transaction, and where that cannot be committed each of its sites
 * in its own; how many of them nobody else held.
 */
static int32
balance_batch(Pass *pass, Batch *batch)
{
	int32		failed = pass->failed;
	int32		settled = 0;
	ErrorData  *error;

	make_new_rows(batch);
	for (int32 i = 0; i < batch->count; i++)
		settle_site(pass, batch->sites[i]);
	error = try_to_commit();
	if (error != NULL)
	{
		FreeErrorData(error);
		pass->failed = failed;
		for (int32 i = 0; i < batch->count; i++)
			settle_alone(pass, batch->sites[i]);
	}
	for (int32 i = 0; i < batch->count; i++)
		settled += batch->sites[i]->done;
	return settled;
}

/* Goes once through what is not done; how many sites were settled. */
static int32
go_through(Pass *pass, Batch *batch, int32 batch_size)
{
	int32		settled = 0;

	for (int32 i = 0; i < pass->count;)
	{
		batch->count = 0;
		for (; i < pass->count && batch->count < batch_size; i++)
		{
			if (!pass->sites[i].done)
				batch->sites[batch->count++] = &pass->sites[i];
		}
		if (batch->count > 0)
			settled += balance_batch(pass, batch);
	}
	return settled;
}

/*
 * What another session held is looked at again at the end, as long as that gets
 * on: the other one may have been ended before it was done.
 */
static void
make_pass(Pass *pass, int32 batch_size)
{
	Batch		batch = {.sites = palloc_array(DueSite *, batch_size)};

	while (go_through(pass, &batch, batch_size) > 0)
		;
}

static void
warn_of_failures(const Pass *pass)
{
	if (pass->failed > 0)
		ereport(WARNING,
				(errmsg("%d of %d sites that were due could not be balanced",
						pass->failed, pass->count),
				 errdetail("The first was \"%s\": %s.", pass->first_failed, pass->first_error),
				 errhint("SELECT site_id, last_error FROM powernode.microgrid_status WHERE last_error IS NOT NULL;")));
}

static int32
batch_argument(FunctionCallInfo fcinfo)
{
	int32		batch = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1);

	if (batch < 1 || batch > MAX_BATCH)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("batch must be from 1 to %d", MAX_BATCH),
				 errdetail("It is %s.", PG_ARGISNULL(1) ? "null" : psprintf("%d", batch)),
				 errhint("25 to 100 sites a batch are good: each batch is one transaction.")));
	return batch;
}

static void
require_own_transactions(FunctionCallInfo fcinfo)
{
	if (fcinfo->context == NULL || !IsA(fcinfo->context, CallContext) ||
		castNode(CallContext, fcinfo->context)->atomic)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
				 errmsg("rebalance_due() cannot run inside a transaction"),
				 errdetail("It commits after every batch."),
				 errhint("CALL it by itself, outside a transaction block and outside functions.")));
}

/*
 * powernode.rebalance_due(every interval, batch integer)
 *
 * Runs a cycle for every enabled site that the caller is shown and whose last one
 * was completed longer ago than every, oldest first, committing after every batch
 * of so many sites.  An error of one site is recorded with it, and the pass goes on.
 * 22004 and 22023 for bad arguments, 2D000 inside a transaction, 25006 where nothing
 * can be written.
 */
Datum
powernode_rebalance_due(PG_FUNCTION_ARGS)
{
	TimestampTz cutoff = earlier_by(GetCurrentTimestamp(), span_argument(fcinfo, 0, "every"));
	int32		batch_size = batch_argument(fcinfo);
	Pass		pass = {.count = 0};

	require_own_transactions(fcinfo);
	PreventCommandIfReadOnly("rebalance_due()");
	if (SPI_connect_ext(SPI_OPT_NONATOMIC) != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	pass.context = CurrentMemoryContext;	/* SPI's, which the portal holds */

	next_transaction();
	begin_pass(&pass, cutoff);
	make_pass(&pass, batch_size);
	warn_of_failures(&pass);
	spi_session_end();
	PG_RETURN_VOID();
}
