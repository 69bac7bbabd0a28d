/*
 * culprit.c
 *	  Whom a fault of a row of the site's data is about.
 */
#include "postgres.h"

#include "pg/derive_steps.h"

Culprit
root_culprit(const Derivation *derivation)
{
	const SiteRow *site = &derivation->data->sites[0];
	Culprit		culprit = {
		.kind = KIND_MICROGRID,
		.id = derivation->flat ? site->id : site->microgrid_id,
		.name = site->name
	};

	return culprit;
}

Culprit
grid_connection_culprit(const SiteData *data, int32 row)
{
	Culprit		culprit = {
		.kind = KIND_GRID_CONNECTION,
		.id = data->grid_connections[row].id,
		.name = data->grid_connections[row].name
	};

	return culprit;
}

/* A top-level circuit is in the tree as the grid connection for it. */
Culprit
circuit_culprit(const Placement *placement, int32 row)
{
	const CircuitRow *circuit = &placement->data->circuits[row];
	int32		connection = placement->circuits[row].grid_connection;
	Culprit		culprit = {
		.kind = KIND_CIRCUIT,
		.id = circuit->id,
		.name = circuit->name
	};

	if (connection >= 0)
		culprit = grid_connection_culprit(placement->data, connection);
	culprit.place = PLACE_CIRCUIT;
	culprit.place_row = row;
	return culprit;
}

Culprit
charge_point_culprit(const Placement *placement, int32 row)
{
	Culprit		culprit = {
		.kind = KIND_CHARGE_POINT,
		.id = placement->data->charge_points[row].id,
		.name = placement->data->charge_points[row].name,
		.place = PLACE_CHARGE_POINT,
		.place_row = row
	};

	return culprit;
}

Culprit
connector_culprit(const Placement *placement, int32 row)
{
	int32		point = placement->connectors[row].charge_point;
	Culprit		culprit = {
		.kind = KIND_CONNECTOR,
		.id = placement->data->connectors[row].id,
		.name = placement->data->connectors[row].name,
		.place = point < 0 ? PLACE_UNKNOWN : PLACE_CHARGE_POINT,
		.place_row = point
	};

	return culprit;
}

Culprit
node_culprit(const Placement *placement, const PowerNode *node)
{
	if (node->circuit >= 0)
		return circuit_culprit(placement, node->circuit);
	if (node->connector >= 0)
		return connector_culprit(placement, node->connector);
	if (node->charge_point >= 0)
		return charge_point_culprit(placement, node->charge_point);
	return root_culprit(placement->derivation);
}
