/*
 * isolate.c
 *	  on_fault = ISOLATE: cutting off what is faulty, and what that reserves.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pg/derive_steps.h"

/* A number of watts that is there and valid. */
static bool
known(int64 watts)
{
	return watts != ABSENT && !invalid_watts(watts);
}

int64
charge_point_draw(const Placement *placement, const PowerNode *node)
{
	int64		fallback = placement->data->charge_points[node->charge_point].fallback_w;

	if (known(fallback))
		return fallback;
	if (known(node->rating_w))
		return node->rating_w;

	/* Without a plug it can draw nothing. */
	return placement->charge_points[node->charge_point].first_connector < 0 ? 0 : ABSENT;
}

/* The node where a fault is cut off, or PN_NO_NODE. */
static int32
node_to_cut(const Placement *placement, const Fault *fault)
{
	switch (fault->place)
	{
		case PLACE_CIRCUIT:
			return placement->circuits[fault->place_row].node;
		case PLACE_CHARGE_POINT:
			return placement->charge_points[fault->place_row].node;
		default:
			return PN_NO_NODE;
	}
}

/* Whether something bounds what a node that is cut off may still draw. */
static bool
bounded(const Placement *placement, const PowerNode *node)
{
	if (node->kind == KIND_CHARGE_POINT)
		return charge_point_draw(placement, node) != ABSENT;
	return node->background_w <= PG_INT32_MAX;
}

bool
leave_out_faulty(Placement *placement, bool *left_out)
{
	const Derivation *derivation = placement->derivation;

	for (int32 i = 0; i < derivation->faults.count; i++)
	{
		int32		node = node_to_cut(placement, &derivation->faults.items[i]);

		CHECK_FOR_INTERRUPTS();
		if (node == PN_NO_NODE)
			return false;
		left_out[node] = true;
	}

	for (int32 p = 1; p < placement->nnodes; p++)
	{
		const PowerNode *node = &derivation->nodes[p];

		CHECK_FOR_INTERRUPTS();
		left_out[p] = left_out[p] || left_out[node->parent];
		if (left_out[p] && !bounded(placement, node))
			return false;
	}
	return !left_out[0];
}
