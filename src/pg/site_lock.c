/*
 * site_lock.c
 *	  A site is locked for a cycle: its row in site_state, made where there is none.
 *
 * A row that another transaction has just made cannot be seen, and whoever makes it
 * too waits for that transaction.  So who makes one holds the site's name first,
 * which can be tried for.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "pg/record.h"
#include "pg/session.h"

/* What the site's topology was; one that is not as this code left it is none. */
static KeptTopology
read_topology(HeapTuple tuple, TupleDesc desc, int column)
{
	KeptTopology topology = {.topology_no = 0};
	bool		no_number;
	bool		no_digest;
	Datum		number = SPI_getbinval(tuple, desc, column, &no_number);
	Datum		digest = SPI_getbinval(tuple, desc, column + 1, &no_digest);

	if (no_number || no_digest ||
		VARSIZE_ANY_EXHDR(DatumGetPointer(digest)) != sizeof(topology.digest))
		return topology;
	topology.topology_no = DatumGetInt32(number);
	memcpy(topology.digest, VARDATA_ANY(DatumGetPointer(digest)), sizeof(topology.digest));
	return topology;
}

static SiteState
read_state(const char *site_id)
{
	SiteState	state = {.site_id = unconstify(char *, site_id)};
	bool		isnull;
	HeapTuple	tuple = SPI_tuptable->vals[0];
	TupleDesc	desc = SPI_tuptable->tupdesc;

	state.cycle_no = DatumGetInt32(SPI_getbinval(tuple, desc, 1, &isnull));
	state.in_force_cycle_no = DatumGetInt32(SPI_getbinval(tuple, desc, 2, &isnull));
	state.topology = read_topology(tuple, desc, 3);
	SPI_freetuptable(SPI_tuptable);
	return state;
}

/*
 * Until the end of the transaction.  The name stands for itself under the table's
 * OID, where no lock of the server's own is; two names that share 48 bits of a hash
 * wait for each other in vain.
 */
static bool
lock_name(const char *site_id, bool wait)
{
	Oid			table = get_relname_relid("site_state", get_namespace_oid("powernode", false));
	uint64		hash = hash_bytes_extended((const unsigned char *) site_id,
										   (int) strlen(site_id), 0);
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, table, (uint32) hash, (uint16) (hash >> 32));
	return LockAcquire(&tag, ExclusiveLock, false, !wait) != LOCKACQUIRE_NOT_AVAIL;
}

/* The statements of one site; whether they found, or made, a row. */
static bool
run_for_name(SPIPlanPtr *plan, const char *statement, const char *site_id, int expected)
{
	static const Oid types[] = {TEXTOID};
	Datum		values[] = {CStringGetTextDatum(site_id)};

	run_kept(plan, statement, 1, types, values, NULL, false, expected);
	return SPI_processed > 0;
}

#define SELECT_STATE \
	"SELECT cycle_no, coalesce(in_force_cycle_no, 0), topology_no, topology_digest" \
	" FROM powernode.site_state WHERE site_id = $1 FOR UPDATE"

static bool
lock_row(const char *site_id)
{
	static SPIPlanPtr plan = NULL;

	return run_for_name(&plan, SELECT_STATE, site_id, SPI_OK_SELECT);
}

static bool
lock_free_row(const char *site_id)
{
	static SPIPlanPtr plan = NULL;

	return run_for_name(&plan, SELECT_STATE " SKIP LOCKED", site_id, SPI_OK_SELECT);
}

/*
 * Not where there is one, also not where it is being changed: ON CONFLICT waits for
 * the one who does.
 */
static void
make_row(const char *site_id)
{
	static SPIPlanPtr plan = NULL;

	(void) run_for_name(&plan,
						"INSERT INTO powernode.site_state (site_id) SELECT $1"
						" WHERE NOT EXISTS (SELECT FROM powernode.site_state WHERE site_id = $1)"
						" ON CONFLICT DO NOTHING",
						site_id, SPI_OK_INSERT);
}

SiteState
lock_site(const char *site_id)
{
	OwnerSession owner = owner_session_begin();

	if (!lock_row(site_id))
	{
		(void) lock_name(site_id, true);
		make_row(site_id);
		if (!lock_row(site_id))
			ereport(ERROR,
					(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					 errmsg("could not lock site \"%s\"", site_id),
					 errdetail("Its row in powernode.site_state was removed at the same time."),
					 errhint("Retry the transaction.")));
	}
	owner_session_end(owner);
	return read_state(site_id);
}

bool
lock_site_if_free(const char *site_id, SiteState *state)
{
	OwnerSession owner = owner_session_begin();
	bool		locked = lock_free_row(site_id);

	if (!locked && lock_name(site_id, false))
	{
		make_row(site_id);
		locked = lock_free_row(site_id);
	}
	owner_session_end(owner);
	if (locked)
		*state = read_state(site_id);
	return locked;
}
