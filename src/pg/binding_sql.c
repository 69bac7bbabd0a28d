/*
 * binding_sql.c
 *	  powernode.set_source() and what the view powernode.sources shows.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "pg/binding.h"
#include "pg/session.h"
#include "pg/source.h"

PG_FUNCTION_INFO_V1(powernode_set_source);
PG_FUNCTION_INFO_V1(powernode_source_status);

static SourceName
source_argument(const char *name)
{
	StringInfoData known;

	initStringInfo(&known);
	for (int i = 0; i < SOURCE_COUNT; i++)
	{
		const char *spec = source_spec((SourceName) i)->name;

		if (strcmp(spec, name) == 0)
			return (SourceName) i;
		appendStringInfo(&known, "%s%s", i == 0 ? "" : ", ", spec);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no source \"%s\"", name),
			 errdetail("The sources are %s.", known.data),
			 errhint("Name one of these.")));
}

/*
 * Row security below a view that is not security_invoker is its owner's and
 * not the caller's: worth a word, not a refusal.
 */
static void
notice_definer_view(const BoundSource *bound)
{
	Relation	relation = relation_open(bound->relid, NoLock);

	if (relation->rd_rel->relkind == RELKIND_VIEW &&
		!RelationHasSecurityInvoker(relation))
		ereport(NOTICE,
				(errmsg("view %s is not security_invoker", bound_name(bound)),
				 errdetail("Privileges and row security below it are those of its owner, not of the caller of powernode's functions."),
				 errhint("ALTER VIEW %s SET (security_invoker = true);", bound_name(bound))));
	relation_close(relation, NoLock);
}

/*
 * The name of a relation that nothing holds off another session from dropping:
 * both its parts from one row, and no lock, because a binding is a name: what
 * is found by it in the end may be the relation's successor.
 */
static void
name_relation(BoundSource *bound, Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));

	if (HeapTupleIsValid(tuple))
	{
		Form_pg_class class = (Form_pg_class) GETSTRUCT(tuple);

		bound->relation = pstrdup(NameStr(class->relname));
		bound->schema = get_namespace_name(class->relnamespace);
		ReleaseSysCache(tuple);
	}
	if (bound->schema == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid),
				 errdetail("Source \"%s\" cannot be bound to it.",
						   source_spec(bound->source)->name),
				 errhint("Name a table or view.")));
}

static void
store_binding(const BoundSource *bound, const char *source)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID, TEXTOID, TEXTOID};
	OwnerSession owner;
	Datum		values[] = {
		CStringGetTextDatum(source),
		CStringGetTextDatum(bound->schema),
		CStringGetTextDatum(bound->relation)
	};

	spi_session_begin();
	owner = owner_session_begin();
	run_kept(&plan,
			 "INSERT INTO powernode.source_binding AS b (name, schema_name, relation_name)"
			 " VALUES ($1, $2, $3)"
			 " ON CONFLICT (name) DO UPDATE SET"
			 " schema_name = EXCLUDED.schema_name, relation_name = EXCLUDED.relation_name",
			 3, types, values, NULL, false, SPI_OK_INSERT);
	owner_session_end(owner);
	spi_session_end();
}

static void
remove_binding(const char *source)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID};
	OwnerSession owner;
	Datum		values[] = {CStringGetTextDatum(source)};

	spi_session_begin();
	owner = owner_session_begin();
	run_kept(&plan, "DELETE FROM powernode.source_binding WHERE name = $1",
			 1, types, values, NULL, false, SPI_OK_DELETE);
	owner_session_end(owner);
	spi_session_end();
}

/*
 * powernode.set_source(name text, relation regclass) → void
 *
 * Binds a source, or unbinds it where relation is NULL.  22023 for an unknown
 * source; 25006 where nothing can be written; the error of the first missing or
 * wrong column otherwise.
 */
Datum
powernode_set_source(PG_FUNCTION_ARGS)
{
	BoundSource bound;
	SourceProblem problem;
	char	   *name;

	PreventCommandIfReadOnly("set_source()");
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("source name must not be null"),
				 errdetail("powernode.set_source() binds the source that its first argument names."),
				 errhint("Name a source, such as 'circuit'.")));
	name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	memset(&bound, 0, sizeof(bound));
	bound.source = source_argument(name);
	if (PG_ARGISNULL(1))
	{
		remove_binding(name);
		PG_RETURN_VOID();
	}

	name_relation(&bound, PG_GETARG_OID(1));
	if (!check_binding(&bound, &problem))
		raise_source_problem(&problem);
	notice_definer_view(&bound);
	store_binding(&bound, name);
	PG_RETURN_VOID();
}

static void
put_source_row(ReturnSetInfo *result, BoundSource *bound, bool sound,
			   const SourceProblem *problem)
{
	const SourceSpec *spec = source_spec(bound->source);
	Datum		values[6] = {0};
	bool		nulls[6] = {0};

	values[0] = CStringGetTextDatum(spec->name);
	values[1] = BoolGetDatum(!spec->optional);
	nulls[2] = bound->schema == NULL;
	if (!nulls[2])
		values[2] = CStringGetTextDatum(bound_name(bound));
	values[3] = BoolGetDatum(sound);
	nulls[4] = sound;
	if (!sound)
		values[4] = CStringGetTextDatum(psprintf("%s: %s", problem->message, problem->detail));
	nulls[5] = !sound || bound->schema == NULL;
	if (!nulls[5])
		values[5] = CStringGetTextDatum(source_statement(bound));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * powernode.source_status() → setof (name, required, relation, sound, problem,
 * statement): one row per source, bound or not.
 */
Datum
powernode_source_status(PG_FUNCTION_ARGS)
{
	BoundSource bound[SOURCE_COUNT];
	bool		sound[SOURCE_COUNT];
	SourceProblem problems[SOURCE_COUNT];
	SourceProblem mismatch;
	bool		all_sound = true;

	InitMaterializedSRF(fcinfo, 0);
	spi_session_begin();
	read_bindings(bound);
	for (int i = 0; i < SOURCE_COUNT; i++)
	{
		sound[i] = check_binding(&bound[i], &problems[i]);
		all_sound = all_sound && sound[i];
	}

	/* Ids can only be compared once every column is known to be there. */
	for (int i = 0; all_sound && i < SOURCE_COUNT; i++)
	{
		if (!check_id_families(bound, i, &mismatch))
		{
			sound[i] = false;
			problems[i] = mismatch;
		}
	}
	for (int i = 0; i < SOURCE_COUNT; i++)
		put_source_row((ReturnSetInfo *) fcinfo->resultinfo, &bound[i], sound[i], &problems[i]);
	spi_session_end();
	return (Datum) 0;
}
