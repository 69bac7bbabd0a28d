/*
 * link.c
 *	  Which row refers to which: parents, charge points' circuits, connectors'
 *	  charge points, and what of it carries chargers.
 */
#include "postgres.h"

#include "pg/derive_steps.h"

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
index_ids(Placement *placement)
{
	SiteData   *data = placement->data;

	for (int32 i = 0; i < data->ncircuits; i++)
	{
		if (data->circuits[i].id != NULL)
			id_map_add_key(placement->circuit_ids, data->circuits[i].key, i, NULL);
	}
	for (int32 i = 0; i < data->ncharge_points; i++)
	{
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

		place->parent = find_circuit(placement, data->circuits[i].parent_id, data->circuits[i].parent_key);
		place->grid_connection = -1;
		place->envelope_w = ABSENT;
		place->node = PN_NO_NODE;
	}
}

/* Also tells which circuits carry a charge point, however far below. */
static void
link_charge_points(Placement *placement)
{
	SiteData   *data = placement->data;

	for (int32 i = 0; i < data->ncharge_points; i++)
	{
		ChargePointPlace *place = &placement->charge_points[i];

		place->circuit = find_circuit(placement, data->charge_points[i].circuit_id, data->charge_points[i].circuit_key);
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
	SiteData   *data = placement->data;

	for (int32 i = data->nconnectors - 1; i >= 0; i--)
	{
		ConnectorPlace *place = &placement->connectors[i];
		ChargePointPlace *point;

		place->charge_point = find_charge_point(placement, &data->connectors[i]);
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
	index_ids(placement);
	set_circuit_levels(placement);
	link_circuits(placement);
	link_charge_points(placement);
	link_connectors(placement);
}
