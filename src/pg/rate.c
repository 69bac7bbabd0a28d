/*
 * rate.c
 *	  What a node is rated for, before anything is taken from it.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pg/derive_steps.h"

/* NULL default capacity gives way to the safe one; unrated is no rating. */
static int64
circuit_rating(const CircuitRow *circuit)
{
	int64		rating = circuit->default_w != ABSENT ? circuit->default_w : circuit->safe_w;

	return invalid_watts(rating) ? ABSENT : rating;
}

/* What safe mode, the circuit's or the site's, takes from a circuit's rating. */
static int64
taken_by_safe_mode(const Placement *placement, int32 row)
{
	const CircuitRow *circuit = &placement->data->circuits[row];

	if (!circuit->safe_mode && !placement->data->sites[0].safe_mode)
		return 0;
	if (circuit->safe_w == ABSENT || invalid_watts(circuit->safe_w))
		return 0;
	return Max(circuit_rating(circuit) - circuit->safe_w, 0);
}

void
rate_circuit(const Placement *placement, int32 row, PowerNode *node)
{
	const CircuitRow *circuit = &placement->data->circuits[row];

	node->rating_w = circuit_rating(circuit);
	if (node->rating_w != ABSENT)
	{
		node->rating_source = circuit->default_w != ABSENT ?
			LIMIT_DEFAULT_CAPACITY : LIMIT_SAFE_CAPACITY;
		node->safe_taken_w = taken_by_safe_mode(placement, row);
	}

	/* Negative, as under solar export, counts as 0. */
	node->background_w = Max(circuit->background_w, 0);
}

int64
connectors_rating(const Placement *placement, int32 charge_point)
{
	int64		sum = 0;

	if (placement->charge_points[charge_point].first_connector < 0)
		return ABSENT;
	for (int32 c = placement->charge_points[charge_point].first_connector; c >= 0;
		 c = placement->connectors[c].next)
	{
		int64		max_w = placement->data->connectors[c].max_w;

		CHECK_FOR_INTERRUPTS();
		if (max_w == ABSENT || invalid_watts(max_w))
			return ABSENT;
		sum += max_w;
	}
	return sum;
}

/* A charge point's own rating, else what its connectors add up to. */
void
rate_charge_point(const Placement *placement, int32 row, PowerNode *node)
{
	int64		max_w = placement->data->charge_points[row].max_w;
	LimitSource source = LIMIT_CHARGE_POINT_RATING;

	if (max_w == ABSENT)
	{
		max_w = connectors_rating(placement, row);
		source = LIMIT_CONNECTOR_RATING;
	}
	if (max_w == ABSENT || invalid_watts(max_w))
		return;
	node->rating_w = max_w;
	node->rating_source = source;
}

void
rate_flat_root(const Placement *placement, PowerNode *root)
{
	const SiteData *data = placement->data;

	for (int32 i = 0; i < data->ncircuits; i++)
	{
		const CircuitRow *circuit = &data->circuits[i];
		int64		rating = circuit_rating(circuit);
		int64		envelope = placement->circuits[i].envelope_w;
		int64		safe_taken;

		CHECK_FOR_INTERRUPTS();
		root->background_w += Max(circuit->background_w, 0);
		if (circuit->parent_id != NULL || rating == ABSENT)
			continue;
		safe_taken = taken_by_safe_mode(placement, i);
		root->rating_w = (root->rating_w == ABSENT ? 0 : root->rating_w) + rating;
		root->rating_source = LIMIT_SITE_CAPACITY;
		root->safe_taken_w += safe_taken;
		if (envelope != ABSENT)
			root->envelope_taken_w += Max(rating - safe_taken - envelope, 0);
	}
}
