/*
 * binding.c
 *	  Which relation each source is bound to, and whether it will do.
 *
 * A binding is a qualified name in powernode.source_binding, resolved anew by
 * every call: a relation that a migration dropped and made again is the same
 * source, and one that changed shape is noticed here and not in a query.  What
 * follows from a relation's columns is remembered while the relation stays as it is.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "pg/binding.h"
#include "pg/compat.h"
#include "pg/source.h"

char *
bound_name(const BoundSource *bound)
{
	if (bound->schema == NULL)
		return NULL;
	return quote_qualified_identifier(bound->schema, bound->relation);
}

static SourceName
source_by_name(const char *name)
{
	for (int i = 0; i < SOURCE_COUNT; i++)
	{
		if (strcmp(source_spec((SourceName) i)->name, name) == 0)
			return (SourceName) i;
	}
	elog(ERROR, "powernode.source_binding holds an unknown source \"%s\"", name);
}

/*
 * The table of bindings; locked until the end of the transaction.  DROP EXTENSION
 * may have come first while this waited for it.
 */
static Relation
open_bindings(void)
{
	Oid			schema = get_namespace_oid("powernode", false);
	Relation	table = try_table_open(get_relname_relid("source_binding", schema),
									   AccessShareLock);

	if (table == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table powernode.source_binding does not exist"),
				 errdetail("It holds which relation each source is bound to."),
				 errhint("Re-create the extension: DROP EXTENSION powernode; CREATE EXTENSION powernode;")));
	return table;
}

static char *
text_of(TupleTableSlot *slot, int column)
{
	return TextDatumGetCString(slot->tts_values[column - 1]);
}

/* Six rows of our own, read twice a cycle: not worth an executor. */
void
read_bindings(BoundSource *bound)
{
	Relation	table = open_bindings();
	TupleTableSlot *slot = table_slot_create(table, NULL);
	TableScanDesc scan = table_beginscan(table, GetActiveSnapshot(), 0, NULL);

	memset(bound, 0, SOURCE_COUNT * sizeof(BoundSource));
	for (int i = 0; i < SOURCE_COUNT; i++)
		bound[i].source = (SourceName) i;

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		BoundSource *source;

		slot_getallattrs(slot);
		source = &bound[source_by_name(text_of(slot, 1))];
		source->schema = text_of(slot, 2);
		source->relation = text_of(slot, 3);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(table, NoLock);
}

/*
 * What was found sound, by source, until the server says that the relation has
 * changed.  Names and privileges are looked up every time all the same.
 */
typedef struct SoundSource
{
	Oid			relid;			/* InvalidOid: nothing is remembered */
	char		schema[NAMEDATALEN];
	char		relation[NAMEDATALEN];
	Oid			column_types[MAX_SOURCE_COLUMNS];
	char	   *statement;		/* in TopMemoryContext */
} SoundSource;

static SoundSource sound_sources[SOURCE_COUNT];

/* The server calls this for every relation that changes; InvalidOid: for all. */
static void
forget_sound(Datum arg, Oid relid)
{
	for (int i = 0; i < SOURCE_COUNT; i++)
	{
		if (!OidIsValid(relid) || sound_sources[i].relid == relid)
			sound_sources[i].relid = InvalidOid;
	}
}

static bool
recall_sound(BoundSource *bound)
{
	const SoundSource *known = &sound_sources[bound->source];

	if (known->relid != bound->relid || strcmp(known->relation, bound->relation) != 0 ||
		strcmp(known->schema, bound->schema) != 0)
		return false;
	memcpy(bound->column_types, known->column_types, sizeof(known->column_types));
	bound->site_id_family = id_family(bound->column_types[0]);
	bound->statement = pstrdup(known->statement);
	return true;
}

/* The relation is locked, so that nothing changes it until it is remembered. */
static void
remember_sound(BoundSource *bound)
{
	static bool listening = false;
	SoundSource *known = &sound_sources[bound->source];
	char	   *statement = source_statement(bound);

	/* For the life of the process: the server has no way to take it back. */
	if (!listening)
		CacheRegisterRelcacheCallback(forget_sound, (Datum) 0);
	listening = true;

	known->relid = InvalidOid;
	if (known->statement != NULL)
		pfree(known->statement);
	known->statement = NULL;
	known->statement = MemoryContextStrdup(TopMemoryContext, statement);
	strlcpy(known->schema, bound->schema, sizeof(known->schema));
	strlcpy(known->relation, bound->relation, sizeof(known->relation));
	memcpy(known->column_types, bound->column_types, sizeof(known->column_types));
	known->relid = bound->relid;
	bound->statement = statement;
}

static bool
problem_unbound(const BoundSource *bound, SourceProblem *problem)
{
	const char *name = source_spec(bound->source)->name;

	problem->sqlstate = ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;
	problem->message = psprintf("source \"%s\" is not bound", name);
	problem->detail = pstrdup("A cycle reads the product's tables through the sources bound with powernode.set_source().");
	problem->hint = psprintf("Bind it: SELECT powernode.set_source('%s', 'your_schema.your_view');",
							 name);
	return false;
}

static bool
problem_not_there(const BoundSource *bound, SourceProblem *problem)
{
	const char *name = source_spec(bound->source)->name;

	problem->sqlstate = ERRCODE_UNDEFINED_TABLE;
	problem->message = psprintf("source \"%s\" is bound to %s, which does not exist",
								name, bound_name(bound));
	problem->detail = pstrdup("A binding is a qualified name, looked up again by every call.");
	problem->hint = psprintf("Create the relation again, or bind another with powernode.set_source('%s', ...).",
							 name);
	return false;
}

static bool
problem_schema(const BoundSource *bound, SourceProblem *problem)
{
	const char *schema = quote_identifier(bound->schema);

	problem->sqlstate = ERRCODE_INSUFFICIENT_PRIVILEGE;
	problem->message = psprintf("permission denied for schema %s of source \"%s\"",
								schema, source_spec(bound->source)->name);
	problem->detail = psprintf("Sources are read as the current user, who may not use the schema of %s.",
							   bound_name(bound));
	problem->hint = psprintf("GRANT USAGE ON SCHEMA %s TO %s;", schema,
							 quote_identifier(GetUserNameFromId(GetUserId(), false)));
	return false;
}

static bool
problem_kind(const BoundSource *bound, const char *detail, SourceProblem *problem)
{
	problem->sqlstate = ERRCODE_WRONG_OBJECT_TYPE;
	problem->message = psprintf("source \"%s\" cannot be bound to %s",
								source_spec(bound->source)->name, bound_name(bound));
	problem->detail = pstrdup(detail);
	problem->hint = pstrdup("Bind a table or view that every session can select from.");
	return false;
}

/* The columns that a source must have, as a list for a hint. */
static char *
required_columns(SourceName source)
{
	const ColumnSpec *columns = source_spec(source)->columns;
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; columns[i].name != NULL; i++)
	{
		if (columns[i].required)
			appendStringInfo(&list, "%s%s", list.len == 0 ? "" : ", ", columns[i].name);
	}
	return list.data;
}

static bool
problem_column(const BoundSource *bound, const ColumnSpec *column, Oid type,
			   SourceProblem *problem)
{
	const char *name = source_spec(bound->source)->name;

	if (!OidIsValid(type))
	{
		problem->sqlstate = ERRCODE_UNDEFINED_COLUMN;
		problem->message = psprintf("source \"%s\" has no column \"%s\"", name, column->name);
		problem->detail = psprintf("%s must have a column \"%s\" of type %s.",
								   bound_name(bound), column->name,
								   expected_types(column->use));
		problem->hint = psprintf("Bind a view that has the columns %s.",
								 required_columns(bound->source));
		return false;
	}
	problem->sqlstate = ERRCODE_DATATYPE_MISMATCH;
	problem->message = psprintf("column \"%s\" of source \"%s\" has type %s",
								column->name, name, format_type_be(type));
	problem->detail = psprintf("\"%s\" of %s must be %s.", column->name,
							   bound_name(bound), expected_types(column->use));
	problem->hint = type == TIMESTAMPOID ?
		pstrdup("Say which zone the times are in: column AT TIME ZONE 'Europe/Zurich'.") :
		pstrdup("Cast the column in the view that is bound.");
	return false;
}

static bool
relation_kind_will_do(char relkind)
{
	return relkind == RELKIND_RELATION || relkind == RELKIND_VIEW ||
		relkind == RELKIND_MATVIEW || relkind == RELKIND_FOREIGN_TABLE ||
		relkind == RELKIND_PARTITIONED_TABLE;
}

/* The column's type with domains looked through; InvalidOid if not there. */
static Oid
column_type(Relation relation, const char *name)
{
	AttrNumber	attno = get_attnum(RelationGetRelid(relation), name);

	if (attno <= 0)
		return InvalidOid;
	return getBaseType(TupleDescAttr(RelationGetDescr(relation), attno - 1)->atttypid);
}

static bool
check_columns(BoundSource *bound, Relation relation, SourceProblem *problem)
{
	const ColumnSpec *columns = source_spec(bound->source)->columns;

	for (int i = 0; columns[i].name != NULL; i++)
	{
		Oid			type = column_type(relation, columns[i].name);

		bound->column_types[i] = type;
		if (!OidIsValid(type) && !columns[i].required)
			continue;
		if (!OidIsValid(type) || !type_will_do(columns[i].use, type))
			return problem_column(bound, &columns[i], type, problem);
	}
	bound->site_id_family = id_family(bound->column_types[0]);
	return true;
}

static bool
check_relation(BoundSource *bound, SourceProblem *problem)
{
	Relation	relation = relation_open(bound->relid, NoLock);
	bool		sound;

	if (!relation_kind_will_do(relation->rd_rel->relkind))
		sound = problem_kind(bound, "It is not a table, view, materialized view or foreign table.", problem);
	else if (strcmp(bound->schema, "powernode") == 0)
		sound = problem_kind(bound, "It is powernode's own, and would be read to read itself.", problem);
	else if (relation->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
		sound = problem_kind(bound, "It is temporary: other sessions cannot read it.", problem);
	else
		sound = check_columns(bound, relation, problem);
	relation_close(relation, NoLock);
	return sound;
}

bool
check_binding(BoundSource *bound, SourceProblem *problem)
{
	Oid			schema;

	memset(problem, 0, sizeof(*problem));
	if (bound->schema == NULL)
		return source_spec(bound->source)->optional || problem_unbound(bound, problem);

	schema = get_namespace_oid(bound->schema, true);
	if (!OidIsValid(schema))
		return problem_not_there(bound, problem);
	if (!pn_may_use_schema(schema, GetUserId()))
		return problem_schema(bound, problem);
	bound->relid = RangeVarGetRelid(makeRangeVar(bound->schema, bound->relation, -1),
									AccessShareLock, true);
	if (!OidIsValid(bound->relid))
		return problem_not_there(bound, problem);
	if (recall_sound(bound))
		return true;
	if (!check_relation(bound, problem))
		return false;
	remember_sound(bound);
	return true;
}

/*
 * Columns of one name join each other, in whichever sources they stand;
 * parent_circuit_id joins circuit_id.
 */
static const char *
join_name(const char *column)
{
	return strcmp(column, "parent_circuit_id") == 0 ? "circuit_id" : column;
}

static bool
problem_family(const BoundSource *a, int i, const BoundSource *b, int j,
			   SourceProblem *problem)
{
	const ColumnSpec *first = &source_spec(a->source)->columns[i];
	const ColumnSpec *second = &source_spec(b->source)->columns[j];

	problem->sqlstate = ERRCODE_DATATYPE_MISMATCH;
	problem->message = psprintf("column \"%s\" of source \"%s\" cannot be matched with \"%s\" of source \"%s\"",
								second->name, source_spec(b->source)->name,
								first->name, source_spec(a->source)->name);
	problem->detail = psprintf("%s.%s is %s and %s.%s is %s.",
							   bound_name(b), second->name,
							   format_type_be(b->column_types[j]),
							   bound_name(a), first->name,
							   format_type_be(a->column_types[i]));
	problem->hint = pstrdup("Bind views whose ids agree: all integer types, all uuid, or all text.");
	return false;
}

static bool
check_column_family(const BoundSource *bound, const BoundSource *b, int j,
					SourceProblem *problem)
{
	const ColumnSpec *column = &source_spec(b->source)->columns[j];

	for (const BoundSource *a = bound; a <= b; a++)
	{
		const ColumnSpec *columns = source_spec(a->source)->columns;

		if (a->schema == NULL)
			continue;
		for (int i = 0; columns[i].name != NULL; i++)
		{
			if (columns[i].joins &&
				strcmp(join_name(columns[i].name), join_name(column->name)) == 0 &&
				id_family(a->column_types[i]) != id_family(b->column_types[j]))
				return problem_family(a, i, b, j, problem);
		}
	}
	return true;
}

bool
check_id_families(const BoundSource *bound, SourceName source,
				  SourceProblem *problem)
{
	const ColumnSpec *columns = source_spec(source)->columns;

	if (bound[source].schema == NULL)
		return true;
	for (int j = 0; columns[j].name != NULL; j++)
	{
		if (columns[j].joins &&
			!check_column_family(bound, &bound[source], j, problem))
			return false;
	}
	return true;
}

void
raise_source_problem(const SourceProblem *problem)
{
	ereport(ERROR,
			(errcode(problem->sqlstate),
			 errmsg_internal("%s", problem->message),
			 errdetail_internal("%s", problem->detail),
			 errhint("%s", problem->hint)));
}
