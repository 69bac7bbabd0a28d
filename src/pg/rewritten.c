/*
 * rewritten.c
 *	  Whether a plan would read a table that a snapshot finds empty.
 *
 * ALTER TABLE and TRUNCATE give a table a new file, whose rows a snapshot taken
 * before does not see: to it the table is empty.  A site without chargers would be
 * balanced in all good faith.  pg_class, read under that same snapshot, says which
 * file the table had then.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "nodes/plannodes.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "pg/rewritten.h"

/* The file of a table now; false where it has none, as views have. */
static bool
file_now(Oid relid, Oid *file)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class class;
	bool		has_file;

	if (!HeapTupleIsValid(tuple))
		return false;
	class = (Form_pg_class) GETSTRUCT(tuple);
	has_file = class->relkind == RELKIND_RELATION || class->relkind == RELKIND_MATVIEW;
	*file = class->relfilenode;
	ReleaseSysCache(tuple);
	return has_file;
}

/* Whether the snapshot knows the table with this file. */
static bool
snapshot_knows(Relation classes, Oid relid, Oid file)
{
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		known;

	ScanKeyInit(&key, Anum_pg_class_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(classes, ClassOidIndexId, true, GetActiveSnapshot(), 1, &key);
	tuple = systable_getnext(scan);
	known = HeapTupleIsValid(tuple) &&
		((Form_pg_class) GETSTRUCT(tuple))->relfilenode == file;
	systable_endscan(scan);
	return known;
}

static void
refuse_table(Relation classes, Oid relid)
{
	Oid			file;

	if (!file_now(relid, &file) || snapshot_knows(classes, relid, file))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to a rewritten table"),
			 errdetail("Table \"%s\" was created, rewritten or truncated after the transaction's snapshot was taken, to which it may look empty.",
					   get_rel_name(relid)),
			 errhint("Retry the transaction.")));
}

void
refuse_rewritten(SPIPlanPtr plan)
{
	CachedPlan *cached;
	Relation	classes;
	ListCell   *statement;

	if (!IsolationUsesXactSnapshot())
		return;
	cached = SPI_plan_get_cached_plan(plan);
	classes = table_open(RelationRelationId, AccessShareLock);
	foreach(statement, cached->stmt_list)
	{
		ListCell   *relid;

		foreach(relid, lfirst_node(PlannedStmt, statement)->relationOids)
			refuse_table(classes, lfirst_oid(relid));
	}
	table_close(classes, AccessShareLock);
	ReleaseCachedPlan(cached, CurrentResourceOwner);
}
