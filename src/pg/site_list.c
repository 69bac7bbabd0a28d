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
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "foreign/fdwapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/selfuncs.h"

#include "pg/compat.h"
#include "pg/id_map.h"
#include "pg/kernel_glue.h"
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

/* Above so many wanted sites one statement for the whole list is cheaper. */
#define MANY_SITES 500

/* What site_id must equal: a text, or any element of a text[]. */
typedef struct SiteIdCondition
{
	Expr	   *value;
	bool		any;
} SiteIdCondition;

typedef struct SiteListScan
{
	ExprState  *site_id;		/* NULL: the whole list */
	bool		any;			/* site_id is an array of them */
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
 * Whether "=" is of whole strings: under a nondeterministic collation 'S1' may
 * equal 's1', which reading the source by id would miss.
 */
static bool
compares_bytes(Oid opno, Oid collation)
{
	return get_opcode(opno) == F_TEXTEQ &&
		(!OidIsValid(collation) || get_collation_isdeterministic(collation));
}

/* Whether the expression can be known before this table is read. */
static bool
known_before(RelOptInfo *rel, Node *expression)
{
	return !bms_is_member((int) rel->relid, pull_varnos(NULL, expression)) &&
		!contain_volatile_functions(expression);
}

static bool
match_equals(RelOptInfo *rel, OpExpr *op, SiteIdCondition *condition)
{
	Node	   *left = linitial(op->args);
	Node	   *right = lsecond(op->args);

	if (is_site_id(right, (int) rel->relid))
	{
		right = left;
		left = lsecond(op->args);
	}
	if (!is_site_id(left, (int) rel->relid) || !known_before(rel, right))
		return false;
	condition->value = (Expr *) right;
	condition->any = false;
	return true;
}

/* "site_id = …" or "site_id = ANY (…)", which is also IN. */
static bool
match_site_id(RelOptInfo *rel, Expr *clause, SiteIdCondition *condition)
{
	if (IsA(clause, OpExpr))
	{
		OpExpr	   *op = (OpExpr *) clause;

		return list_length(op->args) == 2 &&
			compares_bytes(op->opno, op->inputcollid) && match_equals(rel, op, condition);
	}
	if (IsA(clause, ScalarArrayOpExpr))
	{
		ScalarArrayOpExpr *op = (ScalarArrayOpExpr *) clause;

		if (!op->useOr || !compares_bytes(op->opno, op->inputcollid) ||
			!is_site_id(linitial(op->args), (int) rel->relid) ||
			!known_before(rel, lsecond(op->args)))
			return false;
		condition->value = lsecond(op->args);
		condition->any = true;
		return true;
	}
	return false;
}

/* The best condition on site_id among the clauses: one site before several. */
static bool
find_site_id(RelOptInfo *rel, List *restrictinfos, SiteIdCondition *condition)
{
	bool		found = false;
	ListCell   *cell;

	foreach(cell, restrictinfos)
	{
		SiteIdCondition matched;

		if (match_site_id(rel, lfirst_node(RestrictInfo, cell)->clause, &matched) &&
			(!found || !matched.any))
		{
			*condition = matched;
			found = true;
		}
	}
	return found;
}

static void
site_list_rel_size(PlannerInfo *root, RelOptInfo *rel, Oid table)
{
	SiteIdCondition condition;

	rel->tuples = FULL_LIST_ROWS;
	if (!find_site_id(rel, rel->baserestrictinfo, &condition))
		rel->rows = FULL_LIST_ROWS;
	else
		rel->rows = condition.any ? pn_array_length(root, (Node *) condition.value) : 1;
}

/* Which members of an equivalence class could be this table's site_id. */
static bool
member_is_site_id(PlannerInfo *root, RelOptInfo *rel, EquivalenceClass *class,
				  EquivalenceMember *member, void *arg)
{
	return is_site_id((Node *) member->em_expr, (int) rel->relid);
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
		SiteIdCondition condition;

		if (join_clause_is_movable_to(info, rel) &&
			match_site_id(rel, info->clause, &condition))
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

		outer = bms_del_member(outer, (int) rel->relid);
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
	SiteIdCondition condition;
	List	   *values = NIL;
	bool		any = false;

	if (find_site_id(rel, clauses, &condition))
	{
		values = list_make1(condition.value);
		any = condition.any;
	}
	return make_foreignscan(target, extract_actual_clauses(clauses, false), rel->relid,
							values, list_make1(makeInteger(any)), NIL, NIL, outer);
}

/* Rows are put together for these columns and no others. */
static void
check_columns(Relation table)
{
	static const Oid types[] = {TEXTOID, TEXTOID, TEXTOID, BOOLOID};
	TupleDesc	desc = RelationGetDescr(table);
	bool		expected = desc->natts == (int) lengthof(types);

	for (int i = 0; expected && i < desc->natts; i++)
		expected = !TupleDescAttr(desc, i)->attisdropped &&
			TupleDescAttr(desc, i)->atttypid == types[i];
	if (!expected)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_INVALID_DATA_TYPE),
				 errmsg("foreign table \"%s\" is not the site list", RelationGetRelationName(table)),
				 errdetail("The site list has the columns site_id text, microgrid_id text, name text, enabled boolean."),
				 errhint("Read powernode.live_site.")));
}

static void
site_list_begin(ForeignScanState *node, int flags)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	SiteListScan *scan;

	if (flags & EXEC_FLAG_EXPLAIN_ONLY)
		return;
	check_columns(node->ss.ss_currentRelation);
	scan = palloc0(sizeof(SiteListScan));
	scan->any = intVal(linitial(plan->fdw_private));
	if (plan->fdw_exprs != NIL)
		scan->site_id = ExecInitExpr(linitial(plan->fdw_exprs), (PlanState *) node);
	scan->context = AllocSetContextCreate(node->ss.ps.state->es_query_cxt,
										  "powernode site list", ALLOCSET_DEFAULT_SIZES);
	node->fdw_state = scan;
}

/* The distinct texts that site_id may equal; their number. */
static int
wanted_sites(ForeignScanState *node, SiteListScan *scan, char ***site_ids)
{
	bool		isnull;
	Datum		value = ExecEvalExprSwitchContext(scan->site_id, node->ss.ps.ps_ExprContext, &isnull);
	Datum	   *elements = &value;
	bool	   *nulls = &isnull;
	int			count = 1;
	int			distinct = 0;
	IdMap	   *seen;

	if (isnull)
		return 0;
	if (scan->any)
		deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT,
						  &elements, &nulls, &count);
	*site_ids = palloc_array_huge(count, sizeof(char *));
	seen = id_map_create(count);
	for (int i = 0; i < count; i++)
	{
		char	   *site_id = nulls[i] ? NULL : TextDatumGetCString(elements[i]);

		CHECK_FOR_INTERRUPTS();
		if (site_id != NULL && id_map_add(seen, site_id, distinct, NULL))
			(*site_ids)[distinct++] = site_id;
	}
	return distinct;
}

/* Reads the MANY_SITES wanted at most, one statement each, by its key. */
static void
read_wanted(SiteListScan *scan, const BoundSource *bound, TimestampTz at,
			char **site_ids, int count)
{
	scan->rows = MemoryContextAlloc(scan->context, Max(count, 1) * sizeof(SiteListRow));
	for (int i = 0; i < count; i++)
	{
		SiteListRow *row;

		/* '7' and '007' are one bigint: only the source's spelling is equal. */
		if (read_site_list(bound, site_ids[i], at, scan->context, &row) > 0 &&
			strcmp(row->site_id, site_ids[i]) == 0)
			scan->rows[scan->count++] = *row;
	}
}

static void
read_list(ForeignScanState *node, SiteListScan *scan)
{
	MemoryContext before = MemoryContextSwitchTo(scan->context);
	TimestampTz at = GetCurrentTransactionStartTimestamp();
	BoundSource bound[SOURCE_COUNT];
	char	  **site_ids = NULL;
	int			count = 0;

	scan->read = true;
	if (scan->site_id != NULL)
		count = wanted_sites(node, scan, &site_ids);
	MemoryContextSwitchTo(before);
	if (scan->site_id != NULL && count == 0)
		return;

	spi_session_begin();
	resolve_site_source(bound);
	if (scan->site_id == NULL || count > MANY_SITES)
		scan->count = read_site_list(bound, NULL, at, scan->context, &scan->rows);
	else
		read_wanted(scan, bound, at, site_ids, count);
	spi_session_end();
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
