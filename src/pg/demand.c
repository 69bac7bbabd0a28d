/*
 * demand.c
 *	  What each leaf wants.
 */
#include "postgres.h"

#include "common/int.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "pg/derive_steps.h"
#include "pg/kernel_glue.h"

/* A number that is there and can be used, else what stands in for it. */
static int64
watts_or(int64 watts, int64 otherwise)
{
	return watts == ABSENT || invalid_watts(watts) ? otherwise : watts;
}

/* Faulty values reject or are left out; until then they count as nothing. */
static int32
int_or(int64 value, int32 least, int32 otherwise)
{
	return value == ABSENT || value < least || value > PG_INT32_MAX ? otherwise : (int32) value;
}

static TimestampTz
earlier(TimestampTz a, TimestampTz b)
{
	if (a == NO_TIME || b == NO_TIME)
		return a == NO_TIME ? b : a;
	return Min(a, b);
}

static int64
connector_minimum(const Placement *placement, int32 row)
{
	const ConnectorRow *connector = &placement->data->connectors[row];
	int32		point = placement->connectors[row].charge_point;

	if (connector->min_w != ABSENT)
		return watts_or(connector->min_w, 0);
	return watts_or(placement->data->charge_points[point].min_w, 0);
}

/*
 * Watts that the connector would take now.  A nearly full vehicle that wants
 * less than its minimum is raised to it and not starved; wanting more than the
 * plug can give is no demand at all.
 */
static int64
connector_demand(const Placement *placement, int32 row, int64 rating)
{
	int64		demand = watts_or(placement->data->connectors[row].demand_w, 0);

	if (demand > 0)
		demand = Max(demand, connector_minimum(placement, row));
	return rating == ABSENT ? demand : Min(demand, rating);
}

/* A connector's rating: its own, else its charge point's. */
static int64
connector_rating(const Placement *placement, int32 row, const PowerNode *charge_point,
				 LimitSource *source)
{
	int64		max_w = placement->data->connectors[row].max_w;

	if (max_w != ABSENT)
	{
		*source = LIMIT_CONNECTOR_RATING;
		return watts_or(max_w, ABSENT);
	}
	*source = charge_point->rating_w == ABSENT ? LIMIT_NONE : LIMIT_CHARGE_POINT_RATING;
	return charge_point->rating_w;
}

static void
fill_connector(const Placement *placement, int32 row, const PowerNode *point, PowerNode *node)
{
	const ConnectorRow *connector = &placement->data->connectors[row];

	node->rating_w = connector_rating(placement, row, point, &node->rating_source);
	node->offline = point->offline;
	if (!point->offline)
		node->demand_w = (int32) connector_demand(placement, row, node->rating_w);
	node->min_w = (int32) connector_minimum(placement, row);
	node->weight = int_or(connector->weight, 1, 1);
	node->priority = int_or(connector->priority, PG_INT32_MIN, 0);
	node->arrived_at = connector->arrived_at;
	node->departs_at = connector->departs_at;
	node->energy_wh = connector->energy_wh;
}

/* Joins the vehicles that are charging at a station, for people. */
static void
add_vehicle(StringInfo vehicles, const char *name)
{
	if (name == NULL)
		return;
	if (vehicles->data == NULL)
		initStringInfo(vehicles);
	appendStringInfo(vehicles, "%s%s", vehicles->len > 0 ? ", " : "", name);
}

/* False where the sum does not fit. */
static bool
add_energy(int64 *energy_wh, int64 more)
{
	if (more == ABSENT)
		return true;
	if (*energy_wh != ABSENT)
		return !pg_add_s64_overflow(*energy_wh, more, energy_wh);
	*energy_wh = more;
	return true;
}

/* One connector with demand makes its charge point want as much. */
static void
add_to_charge_point(PowerNode *point, const PowerNode *connector, bool first)
{
	point->weight = first ? connector->weight : Max(point->weight, connector->weight);
	point->priority = first ? connector->priority : Max(point->priority, connector->priority);
	point->min_w = Max(point->min_w, connector->min_w);
	point->arrived_at = earlier(point->arrived_at, connector->arrived_at);
	point->departs_at = earlier(point->departs_at, connector->departs_at);
}

/* Faults a charge point whose connectors ask for more than numbers hold. */
static void
check_charger_sums(Placement *placement, PowerNode *point, int64 demand, bool energy_fits)
{
	FaultList  *faults = &placement->derivation->faults;
	Culprit		culprit;

	if (demand <= PG_INT32_MAX && energy_fits)
		return;
	culprit = charge_point_culprit(placement, point->charge_point);
	if (demand > PG_INT32_MAX)
	{
		add_fault(faults, FAULT_INVALID_DEMAND, &culprit,
				  "has connectors whose demands add up to " INT64_FORMAT " W, which does not fit into integer; correct them.",
				  demand);
		point->demand_w = 0;
	}
	else
	{
		add_fault(faults, FAULT_INVALID_DEMAND, &culprit,
				  "has connectors whose energy_wh adds up past bigint; correct them.");
		point->energy_wh = 0;
	}
}

static void
fill_charger(Placement *placement, PowerNode *point)
{
	int32		row = point->charge_point;
	int64		demand = 0;
	StringInfoData vehicles = {NULL};
	bool		first = true;
	bool		energy_fits = true;

	point->min_w = (int32) watts_or(placement->data->charge_points[row].min_w, 0);
	for (int32 c = placement->charge_points[row].first_connector; c >= 0;
		 c = placement->connectors[c].next)
	{
		PowerNode	connector = {0};

		CHECK_FOR_INTERRUPTS();
		fill_connector(placement, c, point, &connector);
		if (connector.demand_w == 0)
			continue;
		demand += connector.demand_w;
		add_to_charge_point(point, &connector, first);
		energy_fits = energy_fits && add_energy(&point->energy_wh, connector.energy_wh);
		add_vehicle(&vehicles, placement->data->connectors[c].vehicle_name);
		first = false;
	}
	point->vehicle_name = vehicles.data;
	point->demand_w = (int32) Min(demand, PG_INT32_MAX);
	check_charger_sums(placement, point, demand, energy_fits);
}

void
set_demands(Placement *placement)
{
	Derivation *derivation = placement->derivation;

	/* A charge point stands before its connectors. */
	for (int32 p = 0; p < placement->nnodes; p++)
	{
		PowerNode  *node = &derivation->nodes[p];

		CHECK_FOR_INTERRUPTS();
		if (node->kind == KIND_CHARGE_POINT)
		{
			node->offline = !placement->data->charge_points[node->charge_point].online;
			if (derivation->mode == MODE_CHARGER)
				fill_charger(placement, node);
		}
		else if (node->kind == KIND_CONNECTOR)
			fill_connector(placement, node->connector, &derivation->nodes[node->parent], node);
	}
}

void
check_demand_sums(Placement *placement, const bool *left_out)
{
	Derivation *derivation = placement->derivation;
	int64	   *sum = palloc0_array_huge(placement->nnodes, sizeof(int64));

	for (int32 p = placement->nnodes - 1; p >= 0; p--)
	{
		PowerNode  *node = &derivation->nodes[p];

		CHECK_FOR_INTERRUPTS();
		if (left_out[p])
			continue;
		sum[p] += node->demand_w;
		if (sum[p] > PG_INT32_MAX)
		{
			Culprit		culprit = node_culprit(placement, node);

			add_fault(&derivation->faults, FAULT_INVALID_DEMAND, &culprit,
					  "is asked " INT64_FORMAT " W by what is below it, which does not fit into integer; correct the demands.",
					  sum[p]);
			sum[p] = 0;			/* the deepest node carries the fault */
		}
		if (node->parent >= 0)
			sum[node->parent] += sum[p];
	}
	pfree(sum);
}
