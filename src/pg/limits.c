/*
 * limits.c
 *	  From ratings to the limit in force at every node.
 *
 * In this order: safe mode, operating envelopes, background load, reserves.
 * The limit's source is what took most, a tie going to the earlier step.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pg/derive_steps.h"
#include "pg/kernel_glue.h"

/* What is drawn below each node that no setpoint governs. */
typedef struct Uncontrolled
{
	int64		background_w;
	int64		reserve_w;
} Uncontrolled;

/*
 * Sums what is uncontrolled over each subtree.  What is left out is reserved
 * at the nearest sound node above and so at all above that; an envelope or a
 * rating of something that is left out limits nothing.
 */
static Uncontrolled *
sum_uncontrolled(Placement *placement, const bool *left_out)
{
	Derivation *derivation = placement->derivation;
	Uncontrolled *sums = palloc0_array_huge(placement->nnodes, sizeof(Uncontrolled));

	for (int32 p = placement->nnodes - 1; p >= 0; p--)
	{
		PowerNode  *node = &derivation->nodes[p];

		CHECK_FOR_INTERRUPTS();
		if (node->kind == KIND_CHARGE_POINT && (node->offline || left_out[p]))
			node->reserve_w = Max(charge_point_draw(placement, node), 0);
		sums[p].background_w += node->background_w;
		sums[p].reserve_w += node->reserve_w;
		if (node->parent >= 0)
		{
			sums[node->parent].background_w += sums[p].background_w;
			sums[node->parent].reserve_w += sums[p].reserve_w;
		}
	}
	return sums;
}

typedef enum LimitStep
{
	STEP_SAFE_MODE,
	STEP_ENVELOPE,
	STEP_BACKGROUND,
	STEP_RESERVE
} LimitStep;

#define LIMIT_STEPS 4

static LimitSource
largest_taker(const int64 *taken, LimitSource of_rating)
{
	static const LimitSource takers[LIMIT_STEPS] = {
		LIMIT_SAFE_CAPACITY, LIMIT_OPERATING_ENVELOPE,
		LIMIT_BACKGROUND_LOAD, LIMIT_OFFLINE_RESERVE
	};
	int			largest = 0;

	for (int step = 1; step < LIMIT_STEPS; step++)
	{
		if (taken[step] > taken[largest])
			largest = step;
	}
	return taken[largest] > 0 ? takers[largest] : of_rating;
}

static void
set_limit(PowerNode *node, const Uncontrolled *below)
{
	int64		taken[LIMIT_STEPS] = {node->safe_taken_w, node->envelope_taken_w};
	int64		limit = node->rating_w;

	if (limit != ABSENT)
		limit -= node->safe_taken_w + node->envelope_taken_w;
	if (node->envelope_w != ABSENT && (limit == ABSENT || node->envelope_w < limit))
	{
		/* From a node without a limit an envelope takes all but itself. */
		taken[STEP_ENVELOPE] = limit == ABSENT ? PG_INT64_MAX :
			taken[STEP_ENVELOPE] + limit - node->envelope_w;
		limit = node->envelope_w;
	}
	if (limit == ABSENT)
	{
		node->limit_w = PN_NO_LIMIT;
		node->limit_source = LIMIT_NONE;
		return;
	}
	taken[STEP_BACKGROUND] = Min(limit, below->background_w);
	limit -= taken[STEP_BACKGROUND];
	taken[STEP_RESERVE] = Min(limit, below->reserve_w);
	limit -= taken[STEP_RESERVE];
	node->limit_w = (int32) limit;
	node->limit_source = largest_taker(taken, node->rating_source);
}

/* The least of the root's limit and the sum of its children's. */
static int64
site_capacity(const Derivation *derivation, const bool *left_out, int32 nnodes)
{
	int64		root = derivation->nodes[0].limit_w;
	int64		sum = 0;

	for (int32 p = 1; p < nnodes; p++)
	{
		const PowerNode *node = &derivation->nodes[p];

		if (node->parent != 0 || left_out[p])
			continue;
		if (node->limit_w == PN_NO_LIMIT)
			return root == PN_NO_LIMIT ? ABSENT : root;
		sum += node->limit_w;
	}
	return root == PN_NO_LIMIT ? sum : Min(root, sum);
}

void
set_limits(Placement *placement, const bool *left_out)
{
	Derivation *derivation = placement->derivation;
	Uncontrolled *below = sum_uncontrolled(placement, left_out);

	for (int32 p = 0; p < placement->nnodes; p++)
	{
		PowerNode  *node = &derivation->nodes[p];

		CHECK_FOR_INTERRUPTS();
		if (node->circuit >= 0)
			node->envelope_w = placement->circuits[node->circuit].envelope_w;
		set_limit(node, &below[p]);
	}
	pfree(below);

	derivation->capacity_w = site_capacity(derivation, left_out, placement->nnodes);
	if (derivation->capacity_w > PG_INT32_MAX)
	{
		Culprit		root = root_culprit(derivation);

		add_fault(&derivation->faults, FAULT_INVALID_RATING, &root,
				  "has grid connections whose limits add up to " INT64_FORMAT " W, which does not fit into integer; correct their ratings.",
				  derivation->capacity_w);
		derivation->valid = false;
	}
}
