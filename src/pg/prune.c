/*
 * prune.c
 *	  Deletes cycles that are older than wanted, and the topologies that no cycle
 *	  has any more.
 *
 * Site by site, in statements that name the site, as everything else does.  A
 * cycle may be recorded beside it: what is deleted lies before the site's latest
 * cycle as it was read, and a topology goes only while the site is locked, since
 * the next cycle might find its tree in it again.  A site stays locked until the
 * caller's transaction ends: so topologies go last, when the long part is over.
 *
 * Whoever asks, sites are taken in one order, so that two who prune the same wait
 * for each other and do not deadlock.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "pg/entry.h"
#include "pg/session.h"
#include "pg/span.h"

PG_FUNCTION_INFO_V1(powernode_prune);

/*
 * Cycles are gone through in steps of so many, by number, until a step has none to
 * delete: what is read is what is deleted and at most one step more.  They stand in
 * order of time but for clocks that were wrong, whom this much is forgiven; a step
 * that is all in the future, where a clock was years ahead, says nothing of the next.
 */
#define STEP_CYCLES 1000

typedef struct PrunedSite
{
	char	   *site_id;
	int32		topology_no;	/* of its state; 0 for none */
	bool		pruned;			/* cycles of it are gone */
} PrunedSite;

/* A column of the first row that a statement gave; false where that is NULL. */
static bool
integer_found(int column, int32 *value)
{
	bool		isnull;
	Datum		datum = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, &isnull);

	*value = isnull ? 0 : DatumGetInt32(datum);
	return !isnull;
}

/* Whether a statement gave a row. */
static bool
any_found(void)
{
	bool		found = SPI_processed > 0;

	SPI_freetuptable(SPI_tuptable);
	return found;
}

/* The last number of the step that begins after a cycle; false past the last. */
static bool
end_of_step(Datum site_id, int32 after, int32 *end)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID, INT4OID, INT4OID};
	Datum		values[] = {site_id, Int32GetDatum(after), Int32GetDatum(STEP_CYCLES)};
	bool		found;

	run_kept(&plan,
			 "SELECT pg_catalog.max(c.cycle_no) FROM (SELECT cycle_no FROM powernode.cycle"
			 " WHERE site_id = $1 AND cycle_no > $2 ORDER BY cycle_no LIMIT $3) c",
			 3, types, values, NULL, false, SPI_OK_SELECT);
	found = integer_found(1, end);
	SPI_freetuptable(SPI_tuptable);
	return found;
}

/* Deletes the cycles of a step that were completed before cutoff; their number. */
static int64
delete_cycles(Datum site_id, int32 after, int32 end, int32 in_force, TimestampTz cutoff)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID, INT4OID, INT4OID, INT4OID, TIMESTAMPTZOID};
	Datum		values[] = {
		site_id, Int32GetDatum(after), Int32GetDatum(end), Int32GetDatum(in_force),
		TimestampTzGetDatum(cutoff)
	};
	bool		isnull;
	int64		deleted;

	run_kept(&plan,
			 "WITH gone AS (DELETE FROM powernode.cycle WHERE site_id = $1"
			 " AND cycle_no > $2 AND cycle_no <= $3 AND cycle_no <> $4 AND completed_at < $5"
			 " RETURNING cycle_no, faults),"
			 " faults AS (DELETE FROM powernode.cycle_fault f USING gone g"
			 " WHERE f.site_id = $1 AND f.cycle_no = g.cycle_no AND g.faults > 0)"
			 " SELECT pg_catalog.count(*) FROM gone",
			 5, types, values, NULL, false, SPI_OK_SELECT);
	deleted = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_freetuptable(SPI_tuptable);
	return deleted;
}

/* Whether a step has a cycle of now or before. */
static bool
has_past_cycle(Datum site_id, int32 after, int32 end)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID, INT4OID, INT4OID, TIMESTAMPTZOID};
	Datum		values[] = {
		site_id, Int32GetDatum(after), Int32GetDatum(end),
		TimestampTzGetDatum(GetCurrentTimestamp())
	};

	run_kept(&plan,
			 "SELECT FROM powernode.cycle WHERE site_id = $1"
			 " AND cycle_no > $2 AND cycle_no <= $3 AND completed_at <= $4 LIMIT 1",
			 4, types, values, NULL, false, SPI_OK_SELECT);
	return any_found();
}

/*
 * Locks the site's state and gives the topology it names, 0 for none; false where
 * another session holds it, whose cycle may be about to use any of them.
 */
static bool
try_lock_site(Datum site_id, int32 *topology_no)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID};
	bool		locked;

	run_kept(&plan,
			 "SELECT topology_no FROM powernode.site_state WHERE site_id = $1"
			 " FOR UPDATE SKIP LOCKED",
			 1, types, &site_id, NULL, false, SPI_OK_SELECT);
	locked = SPI_processed > 0;
	if (locked)
		(void) integer_found(1, topology_no);
	SPI_freetuptable(SPI_tuptable);
	return locked;
}

#define UNUSED_TOPOLOGY \
	" t.site_id = $1 AND t.topology_no <> $2 AND NOT EXISTS (SELECT FROM powernode.cycle c" \
	" WHERE c.site_id = $1 AND c.topology_no = t.topology_no)"

static bool
has_unused_topology(Datum site_id, int32 topology_no)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID, INT4OID};
	Datum		values[] = {site_id, Int32GetDatum(topology_no)};

	run_kept(&plan, "SELECT FROM powernode.topology t WHERE" UNUSED_TOPOLOGY " LIMIT 1",
			 2, types, values, NULL, false, SPI_OK_SELECT);
	return any_found();
}

/*
 * Deletes what is unused, which is looked at again under the lock; of a site that is
 * held nothing.
 */
static void
delete_topologies(const PrunedSite *site)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID, INT4OID};
	Datum		id = CStringGetTextDatum(site->site_id);
	int32		topology_no = site->topology_no;

	if (has_unused_topology(id, topology_no) && try_lock_site(id, &topology_no))
	{
		Datum		values[] = {id, Int32GetDatum(topology_no)};

		run_kept(&plan, "DELETE FROM powernode.topology t WHERE" UNUSED_TOPOLOGY,
				 2, types, values, NULL, false, SPI_OK_DELETE);
	}
	pfree(DatumGetPointer(id));
}

/* Reads what must stay, 0 for none; false for a site that no cycle ever locked. */
static bool
read_kept(Datum site_id, int32 *latest, int32 *in_force, int32 *topology_no)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID};
	bool		found;

	run_kept(&plan,
			 "SELECT cycle_no, in_force_cycle_no, topology_no"
			 " FROM powernode.site_state WHERE site_id = $1",
			 1, types, &site_id, NULL, false, SPI_OK_SELECT);
	found = SPI_processed > 0;
	if (found)
	{
		(void) integer_found(1, latest);
		(void) integer_found(2, in_force);
		(void) integer_found(3, topology_no);
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

static int64
prune_site(PrunedSite *site, TimestampTz cutoff)
{
	Datum		id = CStringGetTextDatum(site->site_id);
	int64		deleted = 0;
	int32		latest;
	int32		in_force;
	int32		end;

	if (!read_kept(id, &latest, &in_force, &site->topology_no))
		return 0;
	for (int32 after = 0; end_of_step(id, after, &end); after = end)
	{
		int64		gone = delete_cycles(id, after, Min(end, latest - 1), in_force, cutoff);

		CHECK_FOR_INTERRUPTS();
		if (gone == 0 && has_past_cycle(id, after, end))
			break;
		deleted += gone;
	}
	site->pruned = deleted > 0;
	pfree(DatumGetPointer(id));
	return deleted;
}

/* Every site that was ever balanced, also one that has left the source. */
static int32
list_all_sites(PrunedSite **sites)
{
	static SPIPlanPtr plan = NULL;
	int32		count;

	run_kept(&plan, "SELECT site_id FROM powernode.site_state ORDER BY site_id COLLATE \"C\"",
			 0, NULL, NULL, NULL, false, SPI_OK_SELECT);
	count = (int32) SPI_processed;
	*sites = palloc0_array(PrunedSite, count);
	for (int32 i = 0; i < count; i++)
		(*sites)[i].site_id = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
	SPI_freetuptable(SPI_tuptable);
	return count;
}

static int
compare_sites(const void *a, const void *b)
{
	return strcmp(((const PrunedSite *) a)->site_id, ((const PrunedSite *) b)->site_id);
}

/* The sites that the caller's site source shows. */
static int32
list_shown_sites(PrunedSite **sites)
{
	BoundSource bound[SOURCE_COUNT];
	SiteListRow *rows;
	int32		count;

	resolve_site_source(bound);
	count = read_site_list(bound, NULL, GetCurrentTransactionStartTimestamp(),
						   CurrentMemoryContext, &rows);
	*sites = palloc0_array(PrunedSite, count);
	for (int32 i = 0; i < count; i++)
		(*sites)[i].site_id = rows[i].site_id;
	qsort(*sites, count, sizeof(PrunedSite), compare_sites);
	return count;
}

/*
 * A transaction with one snapshot could not see what was recorded before it had a
 * site's lock: it leaves topologies to the next prune.
 */
static int64
prune_sites(PrunedSite *sites, int32 count, TimestampTz cutoff)
{
	int64		deleted = 0;

	for (int32 i = 0; i < count; i++)
		deleted += prune_site(&sites[i], cutoff);
	for (int32 i = 0; i < count && !IsolationUsesXactSnapshot(); i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (sites[i].pruned)
			delete_topologies(&sites[i]);
	}
	return deleted;
}

/*
 * powernode.prune(keep interval) → bigint
 *
 * Deletes the cycles completed longer ago than keep, but for each site's latest and
 * the one in force, and returns how many: of all sites where the caller has the
 * rights of the tables' owner, else of those that the site source shows him.  22004
 * for NULL, 22023 for a negative keep, 25006 where nothing can be written.
 */
Datum
powernode_prune(PG_FUNCTION_ARGS)
{
	Interval   *keep = span_argument(fcinfo, 0, "keep");
	TimestampTz cutoff = earlier_by(GetCurrentTimestamp(), keep);
	int64		deleted;
	PrunedSite *sites;
	int32		count;
	bool		owner_asks;
	OwnerSession owner;

	PreventCommandIfReadOnly("prune()");
	spi_session_begin();
	owner_asks = has_privs_of_role(GetUserId(), tables_owner());
	count = owner_asks ? 0 : list_shown_sites(&sites);

	owner = owner_session_begin();
	if (owner_asks)
		count = list_all_sites(&sites);
	deleted = prune_sites(sites, count, cutoff);
	owner_session_end(owner);
	spi_session_end();
	PG_RETURN_INT64(deleted);
}
