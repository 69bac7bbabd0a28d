/*
 * link.c
 *	  Which row refers to which: parents, charge points' circuits, connectors'
 *	  charge points, and what of it carries chargers.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pg/derive_steps.h"
#include "pg/kernel_glue.h"

int32
find_circuit(const Placement *placement, const char *id, IdKey key)
{
	return id == NULL ? -1 : id_map_find_key(placement->circuit_ids, key);
}

static int32
find_charge_point(const Placement *placement, const ConnectorRow *connector)
{
	if (connector->charge_point_id == NULL)
		return -1;
	return id_map_find_key(placement->charge_point_ids, connector->charge_point_key);
}

static void
index_circuits(Placement *placement)
{
	SiteData   *data = placement->data;

	for (int32 i = 0; i < data->ncircuits; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (data->circuits[i].id != NULL)
			id_map_add_key(placement->circuit_ids, data->circuits[i].key, i, NULL);
	}
}

static void
index_charge_points(Placement *placement)
{
	SiteData   *data = placement->data;

	for (int32 i = 0; i < data->ncharge_points; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (data->charge_points[i].id != NULL)
			id_map_add_key(placement->charge_point_ids, data->charge_points[i].key, i, NULL);
	}
}

/* Several ways lead to a circuit only where its rows are at fault. */
static void
set_circuit_levels(Placement *placement)
{
	SiteData   *data = placement->data;

	for (int32 i = 0; i < data->ncircuit_levels; i++)
	{
		const CircuitLevel *way = &data->circuit_levels[i];
		int32		c = find_circuit(placement, way->circuit_id, way->circuit_key);

		CHECK_FOR_INTERRUPTS();
		if (c >= 0 && (data->circuits[c].level == 0 || way->level < data->circuits[c].level))
			data->circuits[c].level = (int32) way->level;
	}
}

static void
link_circuits(Placement *placement)
{
	SiteData   *data = placement->data;

	for (int32 i = 0; i < data->ncircuits; i++)
	{
		CircuitPlace *place = &placement->circuits[i];

		CHECK_FOR_INTERRUPTS();
		place->parent = find_circuit(placement, data->circuits[i].parent_id, data->circuits[i].parent_key);
		place->grid_connection = -1;
		place->envelope_w = ABSENT;
		place->node = PN_NO_NODE;
	}
}

/* A row, what it hangs from in the tree (a row or -1), and its id. */
typedef struct HangingRow
{
	const char *row;
	const IdKey *key;			/* NULL for no id */
	int32		above;
	int32		referred;		/* the row that it names, or -1 */
} HangingRow;

/* By id, none last. */
static int
compare_hanging(const HangingRow *a, const HangingRow *b)
{
	if (a->key == NULL || b->key == NULL)
		return (a->key == NULL) - (b->key == NULL);
	return id_key_compare(a->key, b->key);
}

#define ST_SORT sort_hanging
#define ST_ELEMENT_TYPE HangingRow
#define ST_COMPARE(a, b) compare_hanging(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * By what they hang from, one of so many rows, nothing last; then by id.  Counted
 * and not compared: the groups are many and small.
 */
static HangingRow *
order_hanging(HangingRow *hanging, int32 n, int32 nabove)
{
	HangingRow *ordered = palloc_array_huge(n, sizeof(HangingRow));
	int32	   *end = palloc0_array_huge((Size) nabove + 2, sizeof(int32));
	int32		first = 0;

	/* end[g + 1] counts group g, then is where it begins, then where it ends. */
	for (int32 i = 0; i < n; i++)
		end[(hanging[i].above < 0 ? nabove : hanging[i].above) + 1]++;
	for (int32 g = 1; g <= nabove; g++)
		end[g + 1] += end[g];
	for (int32 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		ordered[end[hanging[i].above < 0 ? nabove : hanging[i].above]++] = hanging[i];
	}
	for (int32 g = 0; g <= nabove; first = end[g++])
	{
		CHECK_FOR_INTERRUPTS();
		sort_hanging(ordered + first, end[g] - first);
	}
	pfree(end);
	pfree(hanging);
	return ordered;
}

/*
 * Whole rows in the order of hanging; they are moved once, and read in order after.
 * What they were in is freed: a large site's memory is then given back and asked
 * for again from one cycle to the next inside the process.
 */
static void *
moved_rows(const HangingRow *hanging, int32 n, Size width, void *rows)
{
	char	   *moved = palloc_array_huge(n, width);

	for (int32 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		memcpy(moved + i * width, hanging[i].row, width);
	}
	if (rows != NULL)
		pfree(rows);
	return moved;
}

/*
 * Finds the circuit of every charge point, and puts charge points in the order of
 * their circuits, so that what is one after the other in the tree is in memory too.
 * In a FLAT tree they all hang from the root.
 */
static void
order_charge_points(Placement *placement)
{
	SiteData   *data = placement->data;
	int32		n = data->ncharge_points;
	HangingRow *hanging = palloc_array_huge(n, sizeof(HangingRow));

	for (int32 i = 0; i < n; i++)
	{
		const ChargePointRow *row = &data->charge_points[i];

		CHECK_FOR_INTERRUPTS();
		hanging[i].row = (const char *) row;
		hanging[i].key = row->id == NULL ? NULL : &row->key;
		hanging[i].referred = find_circuit(placement, row->circuit_id, row->circuit_key);
		hanging[i].above = placement->derivation->flat ? -1 : hanging[i].referred;
	}
	hanging = order_hanging(hanging, n, data->ncircuits);
	data->charge_points = moved_rows(hanging, n, sizeof(ChargePointRow), data->charge_points);
	for (int32 i = 0; i < n; i++)
		placement->charge_points[i].circuit = hanging[i].referred;
	pfree(hanging);
}

/* The same of connectors and their charge points. */
static void
order_connectors(Placement *placement)
{
	SiteData   *data = placement->data;
	int32		n = data->nconnectors;
	HangingRow *hanging = palloc_array_huge(n, sizeof(HangingRow));

	for (int32 i = 0; i < n; i++)
	{
		const ConnectorRow *row = &data->connectors[i];

		CHECK_FOR_INTERRUPTS();
		hanging[i].row = (const char *) row;
		hanging[i].key = row->id == NULL ? NULL : &row->key;
		hanging[i].above = hanging[i].referred = find_charge_point(placement, row);
	}
	hanging = order_hanging(hanging, n, data->ncharge_points);
	data->connectors = moved_rows(hanging, n, sizeof(ConnectorRow), data->connectors);
	for (int32 i = 0; i < n; i++)
		placement->connectors[i].charge_point = hanging[i].referred;
	pfree(hanging);
}

/* Also tells which circuits carry a charge point, however far below. */
static void
link_charge_points(Placement *placement)
{
	for (int32 i = 0; i < placement->data->ncharge_points; i++)
	{
		ChargePointPlace *place = &placement->charge_points[i];

		CHECK_FOR_INTERRUPTS();
		place->first_connector = -1;
		place->node = PN_NO_NODE;

		/* Ends where another has been before, on a loop too. */
		for (int32 c = place->circuit; c >= 0 && !placement->circuits[c].carries;
			 c = placement->circuits[c].parent)
			placement->circuits[c].carries = true;
	}
}

/* From the last to the first, so that each list begins with the first. */
static void
link_connectors(Placement *placement)
{
	for (int32 i = placement->data->nconnectors - 1; i >= 0; i--)
	{
		ConnectorPlace *place = &placement->connectors[i];
		ChargePointPlace *point;

		CHECK_FOR_INTERRUPTS();
		place->next = -1;
		if (place->charge_point < 0)
			continue;
		point = &placement->charge_points[place->charge_point];
		place->next = point->first_connector;
		point->first_connector = i;
	}
}

void
link_rows(Placement *placement)
{
	index_circuits(placement);
	set_circuit_levels(placement);
	link_circuits(placement);

	order_charge_points(placement);
	link_charge_points(placement);
	index_charge_points(placement);

	order_connectors(placement);
	link_connectors(placement);
}
