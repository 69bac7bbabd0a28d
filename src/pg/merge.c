/*
 * merge.c
 *	  Rows of one id become one row.
 *
 * Two rows of one id are a fault, but of which row the truth is nobody knows:
 * the merged row takes what is safest of each, the largest draw and the
 * smallest capacity, in case it is reserved for under on_fault = ISOLATE or
 * carries a FLAT site's limit.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pg/derive_steps.h"

/* ABSENT is the smallest int64 and so loses against every number. */
#define TAKE_LARGEST(into, from) ((into) = Max((into), (from)))

static void
take_smallest(int64 *into, int64 from)
{
	if (*into == ABSENT || (from != ABSENT && from < *into))
		*into = from;
}

/* The largest draw; but a wrong number stays one, and a fault. */
static void
take_draw(int64 *into, int64 from)
{
	if (!invalid_watts(*into) && (invalid_watts(from) || from > *into))
		*into = from;
}

static bool
same_id(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool
same_place(const char *a, const char *b)
{
	return (a == NULL && b == NULL) || same_id(a, b);
}

static void
note_repetition(RepeatedRow *repeated, const char *place, const char *other)
{
	repeated->extra++;
	if (!same_place(place, other))
		repeated->disputed = true;
}

/* A row of one id, and a further row of the same. */
static void
merge_grid_connection(GridConnectionRow *row, const GridConnectionRow *more)
{
	note_repetition(&row->repeated, row->circuit_id, more->circuit_id);
}

static void
merge_circuit(CircuitRow *row, const CircuitRow *more)
{
	note_repetition(&row->repeated, row->parent_id, more->parent_id);
	take_smallest(&row->default_w, more->default_w);
	take_smallest(&row->safe_w, more->safe_w);
	TAKE_LARGEST(row->background_w, more->background_w);
	row->safe_mode = row->safe_mode || more->safe_mode;
}

static void
merge_charge_point(ChargePointRow *row, const ChargePointRow *more)
{
	note_repetition(&row->repeated, row->circuit_id, more->circuit_id);
	take_draw(&row->max_w, more->max_w);
	row->online = row->online && more->online;

	/* Without a fallback the rating is reserved, which is more. */
	if (row->fallback_w == ABSENT || more->fallback_w == ABSENT)
		row->fallback_w = ABSENT;
	else
		TAKE_LARGEST(row->fallback_w, more->fallback_w);
}

static void
merge_connector(ConnectorRow *row, const ConnectorRow *more)
{
	note_repetition(&row->repeated, row->charge_point_id, more->charge_point_id);
	if (row->max_w == ABSENT && !invalid_watts(more->max_w))
		return;
	if (more->max_w == ABSENT && !invalid_watts(row->max_w))
		row->max_w = ABSENT;
	else
		take_draw(&row->max_w, more->max_w);
}

/* Rows of one id stand next to each other; those without one are no one's. */
#define MERGE(rows, count, merge) \
	do { \
		int32		kept = 0; \
		for (int32 i = 0; i < (count); i++) \
		{ \
			CHECK_FOR_INTERRUPTS(); \
			if (kept > 0 && same_id((rows)[kept - 1].id, (rows)[i].id)) \
				merge(&(rows)[kept - 1], &(rows)[i]); \
			else \
				(rows)[kept++] = (rows)[i]; \
		} \
		(count) = kept; \
	} while (0)

void
merge_repeated_rows(SiteData *data)
{
	if (!data->repeated)
		return;
	MERGE(data->grid_connections, data->ngrid_connections, merge_grid_connection);
	MERGE(data->circuits, data->ncircuits, merge_circuit);
	MERGE(data->charge_points, data->ncharge_points, merge_charge_point);
	MERGE(data->connectors, data->nconnectors, merge_connector);
}
