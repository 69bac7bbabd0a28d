/*
 * floor.c
 *	  What a cycle cannot do without: the reads and the writes, and no logic.
 *
 * floor_load() takes the latest recorded cycle of one site apart, once.  Each
 * floor_cycle() then reads the site's source rows and inserts that cycle again
 * under a new number, into tables that are copies of powernode's (setup.sql).
 * All plans are kept.  Nothing is decided in between: whatever rebalance() takes
 * beyond this is powernode's own doing.
 *
 * A floor that is loaded with what a cycle has promised besides finds the site
 * before it locks it and reads it again, and asks which circuits are reached by a
 * recursive query.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(floor_load);
PG_FUNCTION_INFO_V1(floor_cycle);

#define MAX_READS 8

/* An insert with everything but the cycle's number, which is $1. */
typedef struct Insert
{
	SPIPlanPtr	plan;			/* NULL: there is nothing to insert */
	Datum	   *values;
	char	   *nulls;
} Insert;

/* The one site that is loaded; replaced by the next floor_load(). */
static struct
{
	MemoryContext context;
	SPIPlanPtr	reads[MAX_READS];
	int			nreads;
	Datum		source_site_id; /* in the type of the sources */
	Datum		site_id;		/* as text */
	SPIPlanPtr	lock;			/* after the first read; NULL: it is not locked */
	SPIPlanPtr	advance;
	Insert		cycle;
	Insert		constraints;
	int32		cycle_no;
	uint64		seen;			/* so that no compiler can leave reading out */
} site;

static SPIPlanPtr
kept_plan(const char *statement, int nargs, Oid *types)
{
	SPIPlanPtr	plan = SPI_prepare(statement, nargs, types);

	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "could not prepare \"%s\"", statement);
	return plan;
}

/* Rows of a statement about the site, which is $1. */
static void
rows_of_site(const char *statement)
{
	Oid			types[] = {TEXTOID};

	if (SPI_execute_with_args(statement, 1, types, &site.site_id, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "\"%s\" gave no rows", statement);
}

/* A value of a row as it was before compression, where it outlives the row. */
static Datum
flat_value(HeapTuple tuple, TupleDesc desc, int column, bool *isnull)
{
	Form_pg_attribute attribute = TupleDescAttr(desc, column);
	Datum		value = SPI_getbinval(tuple, desc, column + 1, isnull);

	if (*isnull || attribute->attbyval)
		return value;
	if (attribute->attlen == -1)
		return PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
	return SPI_datumTransfer(value, false, attribute->attlen);
}

static bool
is_cycle_no(TupleDesc desc, int column)
{
	return strcmp(NameStr(TupleDescAttr(desc, column)->attname), "cycle_no") == 0;
}

/* "INSERT INTO floor.cycle (site_id, …) VALUES " */
static void
append_insert(StringInfo sql, const char *table, TupleDesc desc)
{
	appendStringInfo(sql, "INSERT INTO %s (", table);
	for (int i = 0; i < desc->natts; i++)
		appendStringInfo(sql, "%s%s", i > 0 ? ", " : "",
						 quote_identifier(NameStr(TupleDescAttr(desc, i)->attname)));
	appendStringInfoString(sql, ") VALUES ");
}

/* One row of parameters, and their values; returns the next free parameter. */
static int
load_row(Insert *insert, StringInfo sql, Oid *types, HeapTuple tuple, TupleDesc desc, int parameter)
{
	for (int i = 0; i < desc->natts; i++)
	{
		MemoryContext before;
		bool		isnull;

		appendStringInfoString(sql, i > 0 ? ", " : "(");
		if (is_cycle_no(desc, i))
		{
			appendStringInfoString(sql, "$1");
			continue;
		}
		appendStringInfo(sql, "$%d", parameter + 1);
		types[parameter] = TupleDescAttr(desc, i)->atttypid;
		before = MemoryContextSwitchTo(site.context);
		insert->values[parameter] = flat_value(tuple, desc, i, &isnull);
		MemoryContextSwitchTo(before);
		insert->nulls[parameter++] = isnull ? 'n' : ' ';
	}
	appendStringInfoChar(sql, ')');
	return parameter;
}

/*
 * The rows that are in SPI_tuptable as one INSERT of them all, which takes less
 * than arrays to be unnested or a statement a row.
 */
static void
load_insert(Insert *insert, const char *table)
{
	SPITupleTable *rows = SPI_tuptable;
	int			nrows = (int) SPI_processed;
	int			most = nrows * rows->tupdesc->natts + 1;
	int			parameter = 1;
	Oid		   *types = palloc0(most * sizeof(Oid));
	StringInfoData sql;

	if (nrows == 0)
		return;
	insert->values = MemoryContextAllocZero(site.context, most * sizeof(Datum));
	insert->nulls = MemoryContextAllocZero(site.context, most);
	insert->nulls[0] = ' ';
	types[0] = INT4OID;

	initStringInfo(&sql);
	append_insert(&sql, table, rows->tupdesc);
	for (int i = 0; i < nrows; i++)
	{
		if (i > 0)
			appendStringInfoString(&sql, ", ");
		parameter = load_row(insert, &sql, types, rows->vals[i], rows->tupdesc, parameter);
	}
	insert->plan = kept_plan(sql.data, parameter, types);
}

/* The latest cycle of the site, as it was recorded. */
static void
load_cycle(void)
{
	rows_of_site("SELECT * FROM powernode.cycle WHERE site_id = $1 ORDER BY cycle_no DESC LIMIT 1");
	if (SPI_processed != 1)
		elog(ERROR, "site \"%s\" has no cycle to copy", TextDatumGetCString(site.site_id));
	load_insert(&site.cycle, "floor.cycle");

	rows_of_site("SELECT * FROM powernode.cycle_fault WHERE site_id = $1 AND cycle_no ="
				 " (SELECT max(cycle_no) FROM powernode.cycle WHERE site_id = $1) ORDER BY rank");
	load_insert(&site.constraints, "floor.cycle_fault");
}

/* One kept plan a source; $1 is the site in the type of its column. */
static void
load_reads(Oid type, ArrayType *statements)
{
	Datum	   *texts;
	Oid			input;
	Oid			parameter;
	MemoryContext before;

	deconstruct_array(statements, TEXTOID, -1, false, TYPALIGN_INT, &texts, NULL, &site.nreads);
	if (site.nreads > MAX_READS)
		elog(ERROR, "more than %d sources", MAX_READS);
	for (int i = 0; i < site.nreads; i++)
		site.reads[i] = kept_plan(TextDatumGetCString(texts[i]), 1, &type);

	getTypeInputInfo(type, &input, &parameter);
	before = MemoryContextSwitchTo(site.context);
	site.source_site_id = OidInputFunctionCall(input, TextDatumGetCString(site.site_id), parameter, -1);
	MemoryContextSwitchTo(before);
}

static void
load_counter(bool lock)
{
	Oid			types[] = {TEXTOID, INT4OID};
	bool		isnull;

	rows_of_site("SELECT cycle_no FROM floor.site_state WHERE site_id = $1");
	if (SPI_processed != 1)
		elog(ERROR, "floor.site_state does not have the site");
	site.cycle_no = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	if (lock)
		site.lock = kept_plan("SELECT cycle_no, in_force_cycle_no, topology_no, topology_digest"
							  " FROM floor.site_state WHERE site_id = $1 FOR UPDATE", 1, types);
	site.advance = kept_plan("UPDATE floor.site_state SET cycle_no = $2, in_force_cycle_no = $2"
							 " WHERE site_id = $1", 2, types);
}

/*
 * floor.load(site_id text, site_id_type oid, reads text[], lock boolean) → void
 *
 * Plans of a site loaded before are left: a session measures a site or two.
 */
Datum
floor_load(PG_FUNCTION_ARGS)
{
	MemoryContext context = AllocSetContextCreate(TopMemoryContext, "floor site", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before;

	if (site.context != NULL)
		MemoryContextDelete(site.context);
	memset(&site, 0, sizeof(site));
	site.context = context;

	before = MemoryContextSwitchTo(context);
	site.site_id = PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0)));
	MemoryContextSwitchTo(before);

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	load_reads(PG_GETARG_OID(1), PG_GETARG_ARRAYTYPE_P(2));
	load_counter(PG_GETARG_BOOL(3));
	load_cycle();
	SPI_finish();
	PG_RETURN_VOID();
}

/* Looks at every value of every row, as a reader in C does. */
static void
take_rows(void)
{
	TupleDesc	desc = SPI_tuptable->tupdesc;
	Datum	   *values = palloc(desc->natts * sizeof(Datum));
	bool	   *nulls = palloc(desc->natts * sizeof(bool));

	for (uint64 row = 0; row < SPI_processed; row++)
	{
		heap_deform_tuple(SPI_tuptable->vals[row], desc, values, nulls);
		for (int i = 0; i < desc->natts; i++)
		{
			if (nulls[i])
				continue;
			if (TupleDescAttr(desc, i)->attbyval)
				site.seen += values[i];
			else
				site.seen += *(unsigned char *) DatumGetPointer(values[i]);
		}
	}
	SPI_freetuptable(SPI_tuptable);
}

static void
lock_site(void)
{
	if (SPI_execute_plan(site.lock, &site.site_id, NULL, false, 0) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "floor.site_state could not be locked");
	SPI_freetuptable(SPI_tuptable);
}

static void
run_insert(Insert *insert, int32 cycle_no)
{
	if (insert->plan == NULL)
		return;
	insert->values[0] = Int32GetDatum(cycle_no);
	if (SPI_execute_plan(insert->plan, insert->values, insert->nulls, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "an insert failed");
}

/*
 * floor.cycle() → integer
 *
 * The number of the cycle that it wrote.  The caller commits.
 */
Datum
floor_cycle(PG_FUNCTION_ARGS)
{
	Datum		state[2];

	if (site.context == NULL)
		elog(ERROR, "call floor.load() first");
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");

	for (int i = 0; i < site.nreads; i++)
	{
		if (SPI_execute_plan(site.reads[i], &site.source_site_id, NULL, true, 0) != SPI_OK_SELECT)
			elog(ERROR, "a source could not be read");
		take_rows();
		if (i == 0 && site.lock != NULL)
			lock_site();
	}

	site.cycle_no++;
	state[0] = site.site_id;
	state[1] = Int32GetDatum(site.cycle_no);
	if (SPI_execute_plan(site.advance, state, NULL, false, 0) != SPI_OK_UPDATE || SPI_processed != 1)
		elog(ERROR, "floor.site_state could not be updated");
	run_insert(&site.cycle, site.cycle_no);
	run_insert(&site.constraints, site.cycle_no);

	SPI_finish();
	PG_RETURN_INT32(site.cycle_no);
}
