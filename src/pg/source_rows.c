/*
 * source_rows.c
 *	  What a source's statement gives → the plain rows of site_data.h.
 *
 * The executor hands over each row as it finds it: no tuple is made of it, and of
 * its values only what a row keeps is copied.
 */
#include "postgres.h"

#include <ctype.h>
#include <errno.h>

#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "pg/compat.h"
#include "pg/decimal.h"
#include "pg/kernel_glue.h"
#include "pg/row_order.h"
#include "pg/row_shape.h"
#include "pg/source_rows.h"

/* After the columns of the source: the level of a circuit. */
#define CIRCUIT_LEVEL_COLUMN 8

#define FIRST_ROWS 64
#define FIRST_TEXT 4096
#define MOST_TEXT ((Size) 1024 * 1024)

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

/* Room for a text: a site has several for each of its nodes. */
static char *
text_room(RowReader *reader, Size bytes)
{
	char	   *room;

	if (bytes > reader->text_left)
	{
		if (bytes > reader->text_chunk / 8)
			return MemoryContextAlloc(reader->context, bytes);
		reader->text = MemoryContextAlloc(reader->context, reader->text_chunk);
		reader->text_left = reader->text_chunk;
		reader->text_chunk = Min(2 * reader->text_chunk, MOST_TEXT);
	}
	room = reader->text;
	reader->text += bytes;
	reader->text_left -= bytes;
	return room;
}

static char *
keep_text(RowReader *reader, Datum value)
{
	struct varlena *text = PG_DETOAST_DATUM_PACKED(value);
	Size		length = VARSIZE_ANY_EXHDR(text);
	char	   *kept = text_room(reader, length + 1);

	memcpy(kept, VARDATA_ANY(text), length);
	kept[length] = '\0';
	return kept;
}

/* As uuid_out spells it. */
static char *
keep_uuid(RowReader *reader, const pg_uuid_t *uuid)
{
	static const char hex[] = "0123456789abcdef";
	char	   *kept = text_room(reader, 2 * UUID_LEN + 5);
	char	   *at = kept;

	for (int i = 0; i < UUID_LEN; i++)
	{
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = hex[uuid->data[i] >> 4];
		*at++ = hex[uuid->data[i] & 0xF];
	}
	*at = '\0';
	return kept;
}

static char *
keep_id(RowReader *reader, IdFamily family, Datum value)
{
	char	   *kept;

	switch (family)
	{
		case ID_INTEGER:
			kept = text_room(reader, MAXINT8LEN + 1);
			pg_lltoa(DatumGetInt64(value), kept);
			return kept;
		case ID_UUID:
			return keep_uuid(reader, DatumGetUUIDP(value));
		default:
			return keep_text(reader, value);
	}
}

/* What keep_id() kept, as it is compared. */
static IdKey
key_of_id(IdFamily family, Datum value, const char *kept)
{
	IdKey		key = {{0, 0}, NULL};

	switch (family)
	{
		case ID_INTEGER:
			key.words[0] = (uint64) DatumGetInt64(value) ^ ((uint64) 1 << 63);
			return key;
		case ID_UUID:
			memcpy(key.words, DatumGetUUIDP(value)->data, UUID_LEN);
			key.words[0] = pg_ntoh64(key.words[0]);
			key.words[1] = pg_ntoh64(key.words[1]);
			return key;
		default:
			return id_key_of_text(kept);
	}
}

/* Watts: what does not fit is cut to a number that is sure to be a fault. */
static int64
watts(Datum value, Oid type, Rounding rounding)
{
	int64		whole = DatumGetInt64(value);

	if (type == NUMERICOID)
		(void) decimal_to_whole(value, rounding, &whole);
	return Max(Min(whole, UNFIT), PG_INT32_MIN);
}

/* The one bigint that stands for NULL here is as good as its neighbour. */
static int64
number(Datum value)
{
	return Max(DatumGetInt64(value), ABSENT + 1);
}

/* Watt-hours, below 0 where they are negative or do not fit. */
static int64
energy(Datum value, Oid type)
{
	int64		whole;

	if (type != NUMERICOID)
		return number(value);
	return decimal_to_whole(value, ROUND_UP, &whole) ? Max(whole, -1) : -1;
}

static TimestampTz
finite_time(Datum value)
{
	TimestampTz time = DatumGetTimestampTz(value);

	return TIMESTAMP_NOT_FINITE(time) ? NO_TIME : time;
}

static Interval *
keep_span(RowReader *reader, Datum value)
{
	Interval   *kept = MemoryContextAlloc(reader->context, sizeof(Interval));

	*kept = *DatumGetIntervalP(value);
	return kept;
}

/* A value that is not NULL, into the field that it belongs to. */
static void
keep_value(RowReader *reader, const KeptColumn *column, char *row, Datum value)
{
	void	   *field = row + column->offset;
	char	   *text;

	switch (column->use)
	{
		case USE_ID:
			text = keep_id(reader, column->family, value);
			*(char **) field = text;
			if (column->key > 0)
				*(IdKey *) (row + column->key) = key_of_id(column->family, value, text);
			break;
		case USE_LIMIT:
			*(int64 *) field = watts(value, column->type, ROUND_DOWN);
			break;
		case USE_DRAW:
			*(int64 *) field = watts(value, column->type, ROUND_UP);
			break;
		case USE_ENERGY:
			*(int64 *) field = energy(value, column->type);
			break;
		case USE_NUMBER:
			*(int64 *) field = number(value);
			break;
		case USE_TEXT:
			*(char **) field = keep_text(reader, value);
			break;
		case USE_NAME:
			text = keep_text(reader, value);
			*(char **) field = *text == '\0' ? NULL : text;
			break;
		case USE_FLAG:
			*(bool *) field = DatumGetBool(value);
			break;
		case USE_TIME:
			*(TimestampTz *) field = finite_time(value);
			break;
		case USE_SPAN:
			*(Interval **) field = keep_span(reader, value);
			break;
	}
}

/* Room for one more row. */
static char *
new_row(RowReader *reader, TakenRows *taken)
{
	Size		width = row_shape(taken->kind)->width;

	if (taken->count >= PG_INT32_MAX / 2)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a source has too many rows for one site"),
				 errdetail("It gave more than %d rows.", taken->count),
				 errhint("Check that the adapter view joins one row per id.")));
	if (taken->rows == NULL)
	{
		taken->room = FIRST_ROWS;
		taken->rows = MemoryContextAlloc(reader->context, taken->room * width);
	}
	else if (taken->count == taken->room)
	{
		taken->room *= 2;
		taken->rows = repalloc_huge(taken->rows, taken->room * width);
	}
	return taken->rows + taken->count++ * width;
}

static void
take_row(RowReader *reader, TupleTableSlot *slot)
{
	const RowShape *shape = row_shape(reader->taken.kind);
	char	   *row = new_row(reader, &reader->taken);

	memcpy(row, shape->blank, shape->width);
	for (int i = 0; i < reader->nkept; i++)
	{
		const KeptColumn *column = &reader->kept[i];

		if (!slot->tts_isnull[column->number])
			keep_value(reader, column, row, slot->tts_values[column->number]);
	}
}

static void
take_level(RowReader *reader, TupleTableSlot *slot)
{
	CircuitLevel *way = (CircuitLevel *) new_row(reader, &reader->levels);
	IdFamily	family = id_family(reader->bound->column_types[1]);

	way->circuit_id = slot->tts_isnull[1] ? NULL : keep_id(reader, family, slot->tts_values[1]);
	if (way->circuit_id != NULL)
		way->circuit_key = key_of_id(family, slot->tts_values[1], way->circuit_id);
	way->level = DatumGetInt32(slot->tts_values[CIRCUIT_LEVEL_COLUMN]);
}

static bool
receive_row(TupleTableSlot *slot, DestReceiver *receiver)
{
	RowReader  *reader = (RowReader *) receiver;

	slot_getallattrs(slot);
	if (reader->taken.kind == ROWS_OF_CIRCUIT && !slot->tts_isnull[CIRCUIT_LEVEL_COLUMN])
		take_level(reader, slot);
	else
		take_row(reader, slot);
	return true;
}

static void
receive_start(DestReceiver *receiver, int operation, TupleDesc desc)
{
}

static void
receive_end(DestReceiver *receiver)
{
}

/* Which columns the source has and the rows keep. */
static void
find_kept_columns(RowReader *reader)
{
	const RowShape *shape = row_shape(reader->taken.kind);
	const ColumnSpec *columns = source_spec(reader->bound->source)->columns;

	for (int i = 0; columns[i].name != NULL; i++)
	{
		Oid			type = reader->bound->column_types[i];

		if (!OidIsValid(type) || shape->offsets[i] == NOT_KEPT)
			continue;
		reader->kept[reader->nkept++] = (KeptColumn) {
			.number = i,
			.use = columns[i].use,
			.type = type,
			.family = id_family(type),
			.offset = shape->offsets[i],
			.key = shape->keys[i]
		};
	}
}

RowReader *
make_row_reader(const BoundSource *bound, bool site_list)
{
	RowReader  *reader = palloc0(sizeof(RowReader));

	reader->receiver.receiveSlot = receive_row;
	reader->receiver.rStartup = receive_start;
	reader->receiver.rShutdown = receive_end;
	reader->receiver.rDestroy = receive_end;

	/* Any that SPI does not look into. */
	reader->receiver.mydest = DestTuplestore;
	reader->bound = bound;
	reader->context = CurrentMemoryContext;
	reader->taken.kind = site_list ? ROWS_OF_SITE_LIST : (RowKind) bound->source;
	reader->levels.kind = ROWS_OF_CIRCUIT_LEVEL;
	reader->text_chunk = FIRST_TEXT;
	find_kept_columns(reader);
	return reader;
}

int32
take_rows(RowReader *reader, void **rows, bool *repeated)
{
	TakenRows  *taken = &reader->taken;
	bool		by_place = taken->kind == ROWS_OF_CHARGE_POINT || taken->kind == ROWS_OF_CONNECTOR;

	if (!by_place || share_ids(taken))
	{
		if (order_rows(reader->bound, taken) && repeated != NULL)
			*repeated = true;
	}
	*rows = reader->taken.rows;
	return reader->taken.count;
}

int32
take_circuit_levels(RowReader *reader, CircuitLevel **levels)
{
	*levels = (CircuitLevel *) reader->levels.rows;
	return reader->levels.count;
}
