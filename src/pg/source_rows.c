/*
 * source_rows.c
 *	  From an SPI result to the plain rows of site_data.h.
 *
 * Columns stand in the order of the source's specification (binding.c), so
 * they are read by their number there.
 */
#include "postgres.h"

#include <ctype.h>
#include <errno.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "pg/kernel_glue.h"
#include "pg/source_rows.h"

/* One tuple being read. */
typedef struct Row
{
	HeapTuple	tuple;
	TupleDesc	desc;
} Row;

static bool
parse_integer(const char *text, int64 *value)
{
	char	   *rest;

	errno = 0;
	*value = strtoll(text, &rest, 10);
	if (rest == text || errno != 0)
		return false;
	while (isspace((unsigned char) *rest))
		rest++;
	return *rest == '\0';
}

/* Whether uuid_in takes the text; it raises an error where this is false. */
static bool
is_uuid(const char *text)
{
	bool		braces = *text == '{';

	if (braces)
		text++;
	for (int byte = 0; byte < UUID_LEN; byte++)
	{
		if (!isxdigit((unsigned char) text[0]) || !isxdigit((unsigned char) text[1]))
			return false;
		text += 2;
		if (*text == '-' && byte % 2 == 1 && byte < UUID_LEN - 1)
			text++;
	}
	if (braces && *text++ != '}')
		return false;
	return *text == '\0';
}

bool
parse_site_id(const char *text, IdFamily family, Datum *value)
{
	int64		number;

	switch (family)
	{
		case ID_INTEGER:
			if (!parse_integer(text, &number))
				return false;
			*value = Int64GetDatum(number);
			return true;
		case ID_UUID:
			if (!is_uuid(text))
				return false;
			*value = DirectFunctionCall1(uuid_in, CStringGetDatum(text));
			return true;
		default:
			*value = CStringGetTextDatum(text);
			return true;
	}
}

static char *
text_at(Row row, int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(row.tuple, row.desc, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

/* An empty name is none: what is called by it would be called nothing. */
static char *
name_at(Row row, int column)
{
	char	   *name = text_at(row, column);

	return name == NULL || *name == '\0' ? NULL : name;
}

static int64
number_at(Row row, int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(row.tuple, row.desc, column, &isnull);

	if (isnull)
		return ABSENT;

	/* The one bigint that stands for NULL here is as good as its neighbour. */
	return Max(DatumGetInt64(value), ABSENT + 1);
}

/* Watts: bigint sources bring values that no numeric clamp has seen. */
static int64
watts_at(Row row, int column)
{
	int64		watts = number_at(row, column);

	return watts == ABSENT ? ABSENT : Max(Min(watts, UNFIT), PG_INT32_MIN);
}

static bool
flag_at(Row row, int column, bool when_null)
{
	bool		isnull;
	Datum		value = SPI_getbinval(row.tuple, row.desc, column, &isnull);

	return isnull ? when_null : DatumGetBool(value);
}

static TimestampTz
time_at(Row row, int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(row.tuple, row.desc, column, &isnull);

	if (isnull || TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(value)))
		return NO_TIME;
	return DatumGetTimestampTz(value);
}

static Interval *
span_at(Row row, int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(row.tuple, row.desc, column, &isnull);

	return isnull ? NULL : DatumGetIntervalP(datumCopy(value, false, sizeof(Interval)));
}

static void
take_site(Row row, SiteRow *site)
{
	site->id = text_at(row, 1);
	site->microgrid_id = text_at(row, 2);
	site->name = name_at(row, 3);
	site->control_mode = text_at(row, 5);
	site->policy = text_at(row, 6);
	site->on_fault = text_at(row, 7);
	site->safe_mode = flag_at(row, 8, false);
	site->setpoint_ttl = span_at(row, 9);
}

static void
take_grid_connection(Row row, GridConnectionRow *connection)
{
	connection->id = text_at(row, 2);
	connection->circuit_id = text_at(row, 3);
	connection->name = name_at(row, 4);
}

/* After the eight columns of the source: the id in its own type, the level. */
#define CIRCUIT_LEVEL_COLUMN 10

static void
take_circuit(Row row, CircuitRow *circuit)
{
	bool		isnull;
	Datum		level = SPI_getbinval(row.tuple, row.desc, CIRCUIT_LEVEL_COLUMN, &isnull);

	circuit->id = text_at(row, 2);
	circuit->parent_id = text_at(row, 3);
	circuit->default_w = watts_at(row, 4);
	circuit->safe_w = watts_at(row, 5);
	circuit->name = name_at(row, 6);
	circuit->safe_mode = flag_at(row, 7, false);
	circuit->background_w = watts_at(row, 8);
	circuit->level = isnull ? 0 : DatumGetInt32(level);
}

static void
take_charge_point(Row row, ChargePointRow *point)
{
	point->id = text_at(row, 2);
	point->circuit_id = text_at(row, 3);
	point->max_w = watts_at(row, 4);
	point->name = name_at(row, 5);
	point->min_w = watts_at(row, 6);
	point->online = flag_at(row, 7, true);
	point->fallback_w = watts_at(row, 8);
}

static void
take_connector(Row row, ConnectorRow *connector)
{
	connector->id = text_at(row, 2);
	connector->charge_point_id = text_at(row, 3);
	connector->max_w = watts_at(row, 4);
	connector->demand_w = watts_at(row, 5);
	connector->name = name_at(row, 6);
	connector->vehicle_name = name_at(row, 7);
	connector->min_w = watts_at(row, 8);
	connector->weight = number_at(row, 9);
	connector->priority = number_at(row, 10);
	connector->arrived_at = time_at(row, 11);
	connector->departs_at = time_at(row, 12);
	connector->energy_wh = number_at(row, 13);
}

static void
take_envelope(Row row, EnvelopeRow *envelope)
{
	envelope->circuit_id = text_at(row, 2);
	envelope->limit_w = watts_at(row, 3);
	envelope->valid_from = time_at(row, 4);
	envelope->valid_to = time_at(row, 5);
	envelope->name = name_at(row, 6);
}

static void *
new_rows(uint64 count, Size width, int32 *stored)
{
	if (count > PG_INT32_MAX / 2)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a source has too many rows for one site"),
				 errdetail("It gave " UINT64_FORMAT " rows.", count),
				 errhint("Check that the adapter view joins one row per id.")));
	*stored = (int32) count;
	return palloc0_array_huge(count, width);
}

#define TAKE_ALL(array, number, take) \
	do { \
		data->array = new_rows(count, sizeof(*data->array), &data->number); \
		for (uint64 i = 0; i < count; i++) \
		{ \
			row.tuple = table->vals[i]; \
			take(row, &data->array[i]); \
		} \
	} while (0)

void
take_rows(SourceName source, SPITupleTable *table, uint64 count, SiteData *data)
{
	Row			row = {NULL, table->tupdesc};

	switch (source)
	{
		case SOURCE_SITE:
			TAKE_ALL(sites, nsites, take_site);
			break;
		case SOURCE_GRID_CONNECTION:
			TAKE_ALL(grid_connections, ngrid_connections, take_grid_connection);
			break;
		case SOURCE_CIRCUIT:
			TAKE_ALL(circuits, ncircuits, take_circuit);
			break;
		case SOURCE_CHARGE_POINT:
			TAKE_ALL(charge_points, ncharge_points, take_charge_point);
			break;
		case SOURCE_CONNECTOR:
			TAKE_ALL(connectors, nconnectors, take_connector);
			break;
		case SOURCE_OPERATING_ENVELOPE:
			TAKE_ALL(envelopes, nenvelopes, take_envelope);
			break;
	}
}

int32
take_site_list(SPITupleTable *table, uint64 count, SiteListRow **rows)
{
	Row			row = {NULL, table->tupdesc};
	int32		stored;
	int32		n = 0;

	*rows = new_rows(count, sizeof(SiteListRow), &stored);
	for (uint64 i = 0; i < count; i++)
	{
		SiteListRow *line = &(*rows)[n];

		row.tuple = table->vals[i];
		line->site_id = text_at(row, 1);

		/* Two rows of one site are a fault of its cycle, and one site here. */
		if (line->site_id == NULL ||
			(n > 0 && strcmp(line->site_id, line[-1].site_id) == 0))
			continue;
		line->microgrid_id = text_at(row, 2);
		line->name = name_at(row, 3);
		line->enabled = flag_at(row, 4, true);
		n++;
	}
	return n;
}
