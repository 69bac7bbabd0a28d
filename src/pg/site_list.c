/*
 * site_list.c
 *	  The foreign table powernode.live_site: the bound site source as the
 *	  caller sees it, with conditions on site_id pushed down to it.
 *
 * The views join history to this table, so that a caller sees the sites that
 * the product shows that caller, and a filter on a view reaches the product's
 * own index.  Constants, parameters and join keys are pushed down; all
 * conditions are checked again above.
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/explain.h"
#include "executor/executor.h"
#include "foreign/fdwapi.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "pg/compat.h"
#include "pg/session.h"
#include "pg/source.h"

PG_FUNCTION_INFO_V1(powernode_site_list_handler);

/* Columns of powernode.live_site. */
enum
{
	COLUMN_SITE_ID = 1, COLUMN_MICROGRID_ID, COLUMN_NAME, COLUMN_ENABLED
};

/* Guesses: one cycle's sites are few, a full list is a query of its own. */
#define FULL_LIST_ROWS 1000
#define STATEMENT_COST 10.0

typedef struct SiteListScan
{
	ExprState  *site_id;		/* NULL: the whole list */
	MemoryContext context;		/* the rows of one (re)scan */
	SiteListRow *rows;
	int32		count;
	int32		next;
	bool		read;
} SiteListScan;

static bool
is_site_id(Node *node, int relid)
{
	if (IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	return IsA(node, Var) && ((Var *) node)->varno == relid &&
		((Var *) node)->varattno == COLUMN_SITE_ID && ((Var *) node)->varlevelsup == 0;
}

/*
 * What site_id is compared with in "site_id = …", if the clause is that and
 * the other side can be known before this table is read; else NULL.
 */
static Expr *
site_id_equals(RelOptInfo *rel, Expr *clause)
{
	OpExpr	   *op = (OpExpr *) clause;
	Node	   *left;
	Node	   *right;

	if (!IsA(clause, OpExpr) || list_length(op->args) != 2)
		return NULL;
	if (get_opcode(op->opno) != F_TEXTEQ)
		return NULL;
	left = linitial(op->args);
	right = lsecond(op->args);
	if (is_site_id(right, rel->relid))
	{
		Node	   *swap = left;

		left = right;
		right = swap;
	}
	if (!is_site_id(left, rel->relid) ||
		bms_is_member((int) rel->relid, pull_varnos(NULL, right)) ||
		contain_volatile_functions(right))
		return NULL;
	return (Expr *) right;
}

static Expr *
find_site_id(RelOptInfo *rel, List *restrictinfos)
{
	ListCell   *cell;

	foreach(cell, restrictinfos)
	{
		Expr	   *equals = site_id_equals(rel, lfirst_node(RestrictInfo, cell)->clause);

		if (equals != NULL)
			return equals;
	}
	return NULL;
}

static void
site_list_rel_size(PlannerInfo *root, RelOptInfo *rel, Oid table)
{
	rel->rows = find_site_id(rel, rel->baserestrictinfo) != NULL ? 1 : FULL_LIST_ROWS;
	rel->tuples = FULL_LIST_ROWS;
}

/* Which members of an equivalence class could be this table's site_id. */
static bool
member_is_site_id(PlannerInfo *root, RelOptInfo *rel, EquivalenceClass *class,
				  EquivalenceMember *member, void *arg)
{
	return is_site_id((Node *) member->em_expr, rel->relid);
}

/* The clauses that join site_id to other tables. */
static List *
join_clauses(PlannerInfo *root, RelOptInfo *rel)
{
	List	   *clauses = NIL;
	ListCell   *cell;

	foreach(cell, rel->joininfo)
	{
		RestrictInfo *info = lfirst_node(RestrictInfo, cell);

		if (join_clause_is_movable_to(info, rel) &&
			site_id_equals(rel, info->clause) != NULL)
			clauses = lappend(clauses, info);
	}
	if (rel->has_eclass_joins)
		clauses = list_concat(clauses,
							  generate_implied_equalities_for_column(root, rel,
																	 member_is_site_id, NULL,
																	 rel->lateral_referencers));
	return clauses;
}

static bool
was_seen(const Relids *seen, int count, Relids relids)
{
	for (int i = 0; i < count; i++)
	{
		if (bms_equal(seen[i], relids))
			return true;
	}
	return false;
}

static void
site_list_paths(PlannerInfo *root, RelOptInfo *rel, Oid table)
{
	double		rows = rel->rows;
	List	   *clauses = join_clauses(root, rel);
	Relids	   *seen = palloc(list_length(clauses) * sizeof(Relids));
	int			count = 0;
	ListCell   *cell;

	add_path(rel, (Path *) pn_foreignscan_path(root, rel, rows, STATEMENT_COST,
											   STATEMENT_COST + rows * cpu_tuple_cost,
											   rel->lateral_relids));

	/* One path a set of tables that a join key can come from. */
	foreach(cell, clauses)
	{
		RestrictInfo *info = lfirst_node(RestrictInfo, cell);
		Relids		outer = bms_union(info->clause_relids, rel->lateral_relids);

		outer = bms_del_member(outer, rel->relid);
		if (bms_is_empty(outer) || was_seen(seen, count, outer))
			continue;
		seen[count++] = outer;
		add_path(rel, (Path *) pn_foreignscan_path(root, rel, 1, STATEMENT_COST,
												   STATEMENT_COST + cpu_tuple_cost, outer));
	}
}

static ForeignScan *
site_list_plan(PlannerInfo *root, RelOptInfo *rel, Oid table, ForeignPath *path,
			   List *target, List *clauses, Plan *outer)
{
	Expr	   *site_id = find_site_id(rel, clauses);

	return make_foreignscan(target, extract_actual_clauses(clauses, false), rel->relid,
							site_id == NULL ? NIL : list_make1(site_id),
							NIL, NIL, NIL, outer);
}

static void
site_list_begin(ForeignScanState *node, int flags)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	SiteListScan *scan;

	if (flags & EXEC_FLAG_EXPLAIN_ONLY)
		return;
	scan = palloc0(sizeof(SiteListScan));
	if (plan->fdw_exprs != NIL)
		scan->site_id = ExecInitExpr(linitial(plan->fdw_exprs), (PlanState *) node);
	scan->context = AllocSetContextCreate(node->ss.ps.state->es_query_cxt,
										  "powernode site list", ALLOCSET_DEFAULT_SIZES);
	node->fdw_state = scan;
}

/* The text that site_id must equal; false where it is null. */
static bool
wanted_site(ForeignScanState *node, SiteListScan *scan, char **site_id)
{
	bool		isnull;
	Datum		value;

	*site_id = NULL;
	if (scan->site_id == NULL)
		return true;
	value = ExecEvalExprSwitchContext(scan->site_id, node->ss.ps.ps_ExprContext, &isnull);
	if (!isnull)
		*site_id = MemoryContextStrdup(scan->context, TextDatumGetCString(value));
	return !isnull;
}

static void
read_list(ForeignScanState *node, SiteListScan *scan)
{
	BoundSource bound[SOURCE_COUNT];
	TimestampTz at = GetCurrentTransactionStartTimestamp();
	SourceSession session;
	char	   *site_id;

	scan->read = true;
	if (!wanted_site(node, scan, &site_id))
		return;
	session = source_session_begin(at);
	resolve_site_source(bound);
	scan->count = read_site_list(bound, site_id, at, scan->context, &scan->rows);
	source_session_end(session);
}

static void
set_text(TupleTableSlot *slot, int column, const char *text)
{
	slot->tts_isnull[column - 1] = text == NULL;
	slot->tts_values[column - 1] = text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

static TupleTableSlot *
site_list_next(ForeignScanState *node)
{
	SiteListScan *scan = node->fdw_state;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;
	const SiteListRow *row;
	MemoryContext before;

	if (!scan->read)
		read_list(node, scan);
	ExecClearTuple(slot);
	if (scan->next >= scan->count)
		return slot;

	row = &scan->rows[scan->next++];
	before = MemoryContextSwitchTo(node->ss.ps.ps_ExprContext->ecxt_per_tuple_memory);
	set_text(slot, COLUMN_SITE_ID, row->site_id);
	set_text(slot, COLUMN_MICROGRID_ID, row->microgrid_id);
	set_text(slot, COLUMN_NAME, row->name);
	slot->tts_values[COLUMN_ENABLED - 1] = BoolGetDatum(row->enabled);
	slot->tts_isnull[COLUMN_ENABLED - 1] = false;
	MemoryContextSwitchTo(before);
	return ExecStoreVirtualTuple(slot);
}

static void
site_list_rescan(ForeignScanState *node)
{
	SiteListScan *scan = node->fdw_state;

	MemoryContextReset(scan->context);
	scan->rows = NULL;
	scan->count = scan->next = 0;
	scan->read = false;
}

static void
site_list_end(ForeignScanState *node)
{
	SiteListScan *scan = node->fdw_state;

	if (scan != NULL)
		MemoryContextDelete(scan->context);
}

static void
site_list_explain(ForeignScanState *node, ExplainState *es)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;

	ExplainPropertyText("Site source", plan->fdw_exprs == NIL ? "all sites" : "by site_id", es);
}

/* powernode.site_list_handler() → fdw_handler */
Datum
powernode_site_list_handler(PG_FUNCTION_ARGS)
{
	FdwRoutine *routine = makeNode(FdwRoutine);

	routine->GetForeignRelSize = site_list_rel_size;
	routine->GetForeignPaths = site_list_paths;
	routine->GetForeignPlan = site_list_plan;
	routine->BeginForeignScan = site_list_begin;
	routine->IterateForeignScan = site_list_next;
	routine->ReScanForeignScan = site_list_rescan;
	routine->EndForeignScan = site_list_end;
	routine->ExplainForeignScan = site_list_explain;
	PG_RETURN_POINTER(routine);
}
