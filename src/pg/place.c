/*
 * place.c
 *	  Where each row belongs in the tree, and the faults of those that belong
 *	  nowhere.
 *
 * A circuit is placed where the recursive query reached it from a parentless
 * circuit (source.c) that a grid connection stands for.  The walk here tells
 * apart why the others are not.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pg/derive_steps.h"
#include "pg/kernel_glue.h"

static char *
name_or_id(char *name, char *id)
{
	return name != NULL ? name : id;
}

/* A fault that no place in the tree confines. */
static Culprit
without_place(Culprit culprit)
{
	culprit.place = PLACE_UNKNOWN;
	return culprit;
}

/* Places a row below another; its place in placement->placed. */
static int32
place_node(Placement *placement, NodeKind kind, int32 row, int32 parent)
{
	PlacedNode *placed = &placement->placed[placement->nnodes];

	placed->kind = kind;
	placed->parent = parent;
	placed->row = row;
	return placement->nnodes++;
}

/* The circuit that a grid connection stands for, or -1 and its fault. */
static int32
circuit_of_connection(Placement *placement, int32 row)
{
	const GridConnectionRow *connection = &placement->data->grid_connections[row];
	FaultList  *faults = &placement->derivation->faults;
	Culprit		culprit = grid_connection_culprit(placement->data, row);
	int32		circuit = find_circuit(placement, connection->circuit_id, connection->circuit_key);

	if (connection->id == NULL)
		add_fault(faults, FAULT_GRID_CONNECTION_WITHOUT_CIRCUIT, &culprit,
				  "cannot be told apart: its grid_connection_id is NULL in the source.");
	else if (connection->circuit_id == NULL)
		add_fault(faults, FAULT_GRID_CONNECTION_WITHOUT_CIRCUIT, &culprit,
				  "names no circuit; give it the top-level circuit that it stands for.");
	else if (circuit < 0)
		add_fault(faults, FAULT_GRID_CONNECTION_WITHOUT_CIRCUIT, &culprit,
				  "stands for circuit %s, which is not a circuit of this site.",
				  connection->circuit_id);
	else if (placement->data->circuits[circuit].parent_id != NULL)
		add_fault(faults, FAULT_GRID_CONNECTION_NOT_TOP_LEVEL, &culprit,
				  "stands for circuit %s, which is below circuit %s; a grid connection stands for a top-level circuit.",
				  connection->circuit_id, placement->data->circuits[circuit].parent_id);
	else if (placement->circuits[circuit].grid_connection >= 0)
		add_fault(faults, FAULT_DUPLICATE_NODE, &culprit,
				  "stands for circuit %s, and so does grid connection %s; keep one of them.",
				  connection->circuit_id,
				  placement->data->grid_connections[placement->circuits[circuit].grid_connection].id);
	else
		return circuit;
	return -1;
}

static void
place_grid_connections(Placement *placement)
{
	SiteData   *data = placement->data;
	Culprit		root = root_culprit(placement->derivation);

	if (data->ngrid_connections == 0)
		add_fault(&placement->derivation->faults, FAULT_NO_GRID_CONNECTION, &root,
				  "has no grid connection; persist one for each top-level circuit.");

	for (int32 i = 0; i < data->ngrid_connections; i++)
	{
		GridConnectionRow *row = &data->grid_connections[i];
		int32		circuit = circuit_of_connection(placement, i);
		int32		node;

		if (row->id == NULL)
			continue;

		/* It stands for the circuit, also by name where it has none. */
		if (row->name == NULL && circuit >= 0)
			row->name = data->circuits[circuit].name;
		node = place_node(placement, KIND_GRID_CONNECTION, i, 0);
		row->circuit = circuit;
		if (circuit >= 0)
		{
			placement->circuits[circuit].grid_connection = i;
			placement->circuits[circuit].node = node;
		}
		if (row->repeated.extra > 0)
		{
			Culprit		culprit = grid_connection_culprit(data, i);

			add_fault(&placement->derivation->faults, FAULT_DUPLICATE_NODE, &culprit,
					  "has %d rows in the source; show one row per id.",
					  row->repeated.extra + 1);
		}
	}
}

/* An empty circuit never faults: it is left out without a word. */
static void
circuit_fault(Placement *placement, int32 row, FaultKind reason, const char *text)
{
	Culprit		culprit = without_place(circuit_culprit(placement, row));

	if (placement->circuits[row].carries)
		add_fault(&placement->derivation->faults, reason, &culprit, "%s", text);
}

/* A circuit whose parent, if it has one, is settled. */
static void
settle_circuit(Placement *placement, int32 row)
{
	const CircuitRow *circuit = &placement->data->circuits[row];
	CircuitPlace *place = &placement->circuits[row];
	CircuitState above;

	place->state = CIRCUIT_CUT_OFF;
	if (circuit->parent_id == NULL)
	{
		if (place->grid_connection >= 0)
			place->state = CIRCUIT_PLACED;
		else
			circuit_fault(placement, row, FAULT_CIRCUIT_UNREACHABLE,
						  "is top-level, but no grid connection stands for it.");
		return;
	}
	if (place->parent < 0)
	{
		circuit_fault(placement, row, FAULT_CIRCUIT_UNREACHABLE,
					  psprintf("is below circuit %s, which is not a circuit of this site.",
							   circuit->parent_id));
		return;
	}
	above = placement->circuits[place->parent].state;
	if (above == CIRCUIT_ON_LOOP)
		circuit_fault(placement, row, FAULT_CIRCUIT_UNREACHABLE,
					  psprintf("hangs off circuit %s, which is on a loop.", circuit->parent_id));
	else if (above == CIRCUIT_PLACED && circuit->level > 0)
		place->state = CIRCUIT_PLACED;
	else if (above == CIRCUIT_PLACED)
		circuit_fault(placement, row, FAULT_UNSUPPORTED_TOPOLOGY,
					  "is deeper in the tree than " TREE_LEVELS_TEXT " levels; remove levels above it.");
}

/*
 * Settles a circuit and all above it.  path holds the rows walked, which are
 * then settled from the top down; meeting the path again closes a loop.
 */
static void
walk_circuit(Placement *placement, int32 row, int32 *path)
{
	int32		length = 0;
	int32		next = row;

	while (next >= 0 && placement->circuits[next].state == CIRCUIT_UNKNOWN)
	{
		placement->circuits[next].state = CIRCUIT_ON_PATH;
		path[length++] = next;
		next = placement->circuits[next].parent;
	}
	if (next >= 0 && placement->circuits[next].state == CIRCUIT_ON_PATH)
	{
		int32		on_loop;

		do
		{
			on_loop = path[--length];
			placement->circuits[on_loop].state = CIRCUIT_ON_LOOP;
			circuit_fault(placement, on_loop, FAULT_CIRCUIT_LOOP,
						  psprintf("is on a loop: following its parents from circuit %s leads back to it.",
								   placement->data->circuits[on_loop].parent_id));
		} while (on_loop != next);
	}
	while (length > 0)
		settle_circuit(placement, path[--length]);
}

static void
place_circuits(Placement *placement)
{
	SiteData   *data = placement->data;
	int32	   *path = palloc_array_huge(data->ncircuits, sizeof(int32));

	for (int32 i = 0; i < data->ncircuits; i++)
	{
		CHECK_FOR_INTERRUPTS();
		/* Nothing can be below a circuit without an id: it never faults. */
		if (data->circuits[i].id == NULL)
			placement->circuits[i].state = CIRCUIT_CUT_OFF;
		walk_circuit(placement, i, path);
	}

	/* Nodes in the order of ids, so that siblings are; parents follow. */
	for (int32 i = 0; i < data->ncircuits; i++)
	{
		CircuitPlace *place = &placement->circuits[i];

		CHECK_FOR_INTERRUPTS();
		if (place->state != CIRCUIT_PLACED || place->grid_connection >= 0)
			continue;
		place->node = place_node(placement, KIND_CIRCUIT, i, PN_NO_NODE);
	}
	for (int32 i = 0; i < data->ncircuits; i++)
	{
		CircuitPlace *place = &placement->circuits[i];

		if (place->node != PN_NO_NODE && place->parent >= 0)
			placement->placed[place->node].parent = placement->circuits[place->parent].node;
	}
	pfree(path);
}

/* The node above a charge point; PN_NO_NODE, and its fault, where none is. */
static int32
node_above_charge_point(Placement *placement, int32 row)
{
	const ChargePointRow *point = &placement->data->charge_points[row];
	ChargePointPlace *place = &placement->charge_points[row];
	FaultList  *faults = &placement->derivation->faults;
	Culprit		culprit;

	if (point->id != NULL && placement->derivation->flat)
		return 0;
	if (point->id == NULL)
		return PN_NO_NODE;		/* without connectors it never faults */
	if (place->first_connector < 0 &&
		(place->circuit < 0 ||
		 placement->data->circuits[place->circuit].level >= MAX_CIRCUIT_LEVELS))
		return PN_NO_NODE;		/* nowhere, or too deep */
	if (place->circuit >= 0)
		return placement->circuits[place->circuit].node;

	culprit = without_place(charge_point_culprit(placement, row));
	if (point->circuit_id == NULL)
		add_fault(faults, FAULT_CHARGE_POINT_WITHOUT_CIRCUIT, &culprit,
				  "names no circuit; give it the circuit that feeds it.");
	else
		add_fault(faults, FAULT_CHARGE_POINT_WITHOUT_CIRCUIT, &culprit,
				  "names circuit %s, which is not a circuit of this site.",
				  point->circuit_id);
	return PN_NO_NODE;
}

static void
place_charge_points(Placement *placement)
{
	SiteData   *data = placement->data;

	for (int32 i = 0; i < data->ncharge_points; i++)
	{
		int32		above = node_above_charge_point(placement, i);

		CHECK_FOR_INTERRUPTS();
		if (above != PN_NO_NODE)
			placement->charge_points[i].node = place_node(placement, KIND_CHARGE_POINT, i, above);
	}
}

/* The fault of a connector that belongs nowhere. */
static void
misplaced_connector(Placement *placement, int32 row)
{
	const ConnectorRow *connector = &placement->data->connectors[row];
	FaultList  *faults = &placement->derivation->faults;
	Culprit		culprit = without_place(connector_culprit(placement, row));

	if (connector->id == NULL)
		add_fault(faults, FAULT_CONNECTOR_WITHOUT_CHARGE_POINT, &culprit,
				  "cannot be told apart: its connector_id is NULL in the source.");
	else if (connector->charge_point_id == NULL)
		add_fault(faults, FAULT_CONNECTOR_WITHOUT_CHARGE_POINT, &culprit,
				  "names no charge point; give it the one that it is a plug of.");
	else
		add_fault(faults, FAULT_CONNECTOR_WITHOUT_CHARGE_POINT, &culprit,
				  "names charge point %s, which is not a charge point of this site.",
				  connector->charge_point_id);
}

static void
place_connectors(Placement *placement)
{
	SiteData   *data = placement->data;
	bool		leaves = placement->derivation->mode == MODE_CONNECTOR;

	for (int32 i = 0; i < data->nconnectors; i++)
	{
		int32		point = placement->connectors[i].charge_point;

		CHECK_FOR_INTERRUPTS();
		if (data->connectors[i].id == NULL || point < 0)
			misplaced_connector(placement, i);
		else if (leaves && placement->charge_points[point].node != PN_NO_NODE)
			place_node(placement, KIND_CONNECTOR, i, placement->charge_points[point].node);
	}
}

void
place_rows(Placement *placement)
{
	place_node(placement, KIND_MICROGRID, 0, PN_NO_NODE);
	if (!placement->derivation->flat)
	{
		place_grid_connections(placement);
		place_circuits(placement);
	}
	place_charge_points(placement);
	place_connectors(placement);
}

static void
call_node(PowerNode *node, char *source_id, char *name)
{
	node->source_id = source_id;
	node->name = name_or_id(name, source_id);
}

PowerNode
make_node(const Placement *placement, const PlacedNode *placed)
{
	const SiteData *data = placement->data;
	int32		row = placed->row;
	PowerNode	node = {
		.kind = placed->kind,
		.circuit = -1, .charge_point = -1, .connector = -1,
		.rating_w = ABSENT, .envelope_w = ABSENT, .weight = 1,
		.arrived_at = NO_TIME, .departs_at = NO_TIME, .energy_wh = ABSENT
	};
	Culprit		root;

	switch (placed->kind)
	{
		case KIND_MICROGRID:
			root = root_culprit(placement->derivation);
			call_node(&node, unconstify(char *, root.id), unconstify(char *, root.name));
			break;
		case KIND_GRID_CONNECTION:
			call_node(&node, data->grid_connections[row].id, data->grid_connections[row].name);
			node.circuit = data->grid_connections[row].circuit;
			break;
		case KIND_CIRCUIT:
			call_node(&node, data->circuits[row].id, data->circuits[row].name);
			node.circuit = row;
			break;
		case KIND_CHARGE_POINT:
			call_node(&node, data->charge_points[row].id, data->charge_points[row].name);
			node.charge_point = row;
			break;
		case KIND_CONNECTOR:
			call_node(&node, data->connectors[row].id, data->connectors[row].name);
			node.vehicle_name = data->connectors[row].vehicle_name;
			node.charge_point = placement->connectors[row].charge_point;
			node.connector = row;
			break;
	}
	return node;
}
