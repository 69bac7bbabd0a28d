/*
 * source_sql.c
 *	  The statements that are run on a bound source.
 *
 * They give columns as they are, in the order of the source's specification
 * (source_spec.c): what can be converted in C is converted there (source_rows.c), and
 * rows are put in order there (row_order.c).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "pg/site_data.h"
#include "pg/source.h"

/* The type of what is selected for a column; of an absent one, of its NULL. */
static const char *
travelling_type(const ColumnSpec *column, Oid type)
{
	switch (column->use)
	{
		case USE_ID:
			return OidIsValid(type) ? id_family_type_name(id_family(type)) : "text";
		case USE_LIMIT:
		case USE_DRAW:
		case USE_ENERGY:
			return type == NUMERICOID ? "numeric" : "int8";
		case USE_NUMBER:
			return "int8";
		case USE_TEXT:
		case USE_NAME:
			return "text";
		case USE_FLAG:
			return "bool";
		case USE_TIME:
			return "timestamptz";
		case USE_SPAN:
			return "interval";
	}
	return NULL;				/* not reached */
}

/* One column, cast to the type that it travels in: mostly its own. */
static void
append_column(StringInfo sql, const BoundSource *bound, int i)
{
	const ColumnSpec *column = &source_spec(bound->source)->columns[i];
	Oid			type = bound->column_types[i];

	if (OidIsValid(type))
		appendStringInfo(sql, "x.%s::%s", quote_identifier(column->name),
						 travelling_type(column, type));
	else
		appendStringInfo(sql, "NULL::%s", travelling_type(column, type));
}

/*
 * All columns.  Every row's site is the one asked for: of the sources but site it
 * is left NULL.
 */
static void
append_columns(StringInfo sql, const BoundSource *bound)
{
	const ColumnSpec *columns = source_spec(bound->source)->columns;

	for (int i = 0; columns[i].name != NULL; i++)
	{
		if (i > 0)
			appendStringInfoString(sql, ", ");
		if (i == 0 && bound->source != SOURCE_SITE)
			appendStringInfoString(sql, "NULL::text");
		else
			append_column(sql, bound, i);
		appendStringInfo(sql, " AS %s", quote_identifier(columns[i].name));
	}
}

static void
append_from(StringInfo sql, const BoundSource *bound)
{
	appendStringInfo(sql, " FROM %s x WHERE x.site_id = $1::%s", bound_name(bound),
					 id_family_type_name(bound->site_id_family));
}

/*
 * The recursive query over the site's circuits: which of them a parentless
 * circuit leads to, and at what level.  UNION and the bound on levels end it
 * on any data; a loop is never entered, because nothing parentless leads there.
 *
 * Two kinds of rows: every circuit, without a level, and after them one row of id
 * and level for each way that leads to one.
 */
static void
append_circuit_statement(StringInfo sql, const BoundSource *bound)
{
	const ColumnSpec *columns = source_spec(SOURCE_CIRCUIT)->columns;
	/* A collation of the column's own could call two spellings one id. */
	const char *collation = id_family(bound->column_types[1]) == ID_TEXT ? " COLLATE \"C\"" : "";

	appendStringInfoString(sql, "WITH RECURSIVE circuit AS MATERIALIZED (SELECT ");
	append_columns(sql, bound);
	append_from(sql, bound);
	appendStringInfo(sql,
					 "), placed (id, level) AS ("
					 "SELECT c.circuit_id%1$s, 1 FROM circuit c WHERE c.parent_circuit_id IS NULL"
					 " UNION "
					 "SELECT c.circuit_id%1$s, p.level + 1 FROM placed p"
					 " JOIN circuit c ON c.parent_circuit_id%1$s = p.id WHERE p.level < %2$d) ",
					 collation, MAX_CIRCUIT_LEVELS);
	appendStringInfoString(sql, "SELECT c.*, NULL::int4 AS level FROM circuit c UNION ALL SELECT ");
	for (int i = 0; columns[i].name != NULL; i++)
	{
		if (i == 1)
			appendStringInfoString(sql, "p.id, ");
		else
			appendStringInfo(sql, "NULL::%s, ",
							 travelling_type(&columns[i], i == 0 ? InvalidOid : bound->column_types[i]));
	}
	appendStringInfoString(sql, "p.level FROM placed p");
}

char *
source_statement(const BoundSource *bound)
{
	StringInfoData sql;

	initStringInfo(&sql);
	if (bound->source == SOURCE_CIRCUIT)
	{
		append_circuit_statement(&sql, bound);
		return sql.data;
	}
	appendStringInfoString(&sql, "SELECT ");
	append_columns(&sql, bound);
	append_from(&sql, bound);
	if (bound->source == SOURCE_OPERATING_ENVELOPE)
		appendStringInfoString(&sql, " AND (x.valid_to IS NULL OR NOT isfinite(x.valid_to) OR x.valid_to > $2::timestamptz)");
	return sql.data;
}

char *
site_list_statement(const BoundSource *bound)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT ");
	append_columns(&sql, bound);
	appendStringInfo(&sql, " FROM %s x", bound_name(bound));
	return sql.data;
}
