/*
 * derive.c
 *	  A site's rows → its tree, limits and faults, step by step.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pg/derive_steps.h"
#include "pg/kernel_glue.h"

static Placement *
new_placement(Derivation *derivation, SiteData *data)
{
	Placement  *placement = palloc0(sizeof(Placement));
	int64		most = (int64) 1 + data->ngrid_connections + data->ncircuits +
		data->ncharge_points + data->nconnectors;

	if (most > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("site \"%s\" has too many nodes", data->sites[0].id),
				 errdetail("Its sources gave " INT64_FORMAT " rows.", most),
				 errhint("Check that the adapter views give one row per id.")));
	placement->derivation = derivation;
	placement->data = data;
	placement->circuit_ids = id_map_create(data->ncircuits);
	placement->charge_point_ids = id_map_create(data->ncharge_points);
	placement->circuits = palloc0_array_huge(data->ncircuits, sizeof(CircuitPlace));
	placement->charge_points = palloc0_array_huge(data->ncharge_points, sizeof(ChargePointPlace));
	placement->connectors = palloc0_array_huge(data->nconnectors, sizeof(ConnectorPlace));
	placement->placed = palloc_array_huge(most, sizeof(PlacedNode));
	return placement;
}

static int32
moved(const int32 *position, int32 node)
{
	return node == PN_NO_NODE ? PN_NO_NODE : position[node];
}

/* Makes the nodes of what is placed, in tree order. */
static void
put_in_tree_order(Placement *placement)
{
	Derivation *derivation = placement->derivation;
	PnTree	   *tree = &derivation->tree;
	SiteData   *data = placement->data;
	int32		n = placement->nnodes;
	int32	   *parents = palloc_array_huge(n, sizeof(int32));
	int32	   *position = palloc_array_huge(n, sizeof(int32));
	int32		culprit;

	for (int32 i = 0; i < n; i++)
		parents[i] = placement->placed[i].parent;
	kernel_check_status(run_tree_build(n, parents, tree, &culprit));

	derivation->nodes = palloc_array_huge(n, sizeof(PowerNode));
	for (int32 p = 0; p < n; p++)
	{
		CHECK_FOR_INTERRUPTS();
		derivation->nodes[p] = make_node(placement, &placement->placed[tree->input[p]]);
		derivation->nodes[p].parent = tree->parent[p];
		position[tree->input[p]] = p;
	}
	for (int32 i = 0; i < data->ncircuits; i++)
		placement->circuits[i].node = moved(position, placement->circuits[i].node);
	for (int32 i = 0; i < data->ncharge_points; i++)
		placement->charge_points[i].node = moved(position, placement->charge_points[i].node);
	pfree(parents);
	pfree(position);
}

/* Takes the nodes that are left out away from the others, which stay in order. */
static void
drop_left_out(Derivation *derivation, const bool *left_out)
{
	PnTree	   *tree = &derivation->tree;
	int32		n = tree->n;
	int32	   *parents = palloc_array_huge(n, sizeof(int32));
	int32	   *position = palloc_array_huge(n, sizeof(int32));
	int32		count = 0;
	int32		culprit;

	for (int32 p = 0; p < n; p++)
	{
		CHECK_FOR_INTERRUPTS();
		if (left_out[p])
			continue;
		parents[count] = moved(position, derivation->nodes[p].parent);
		derivation->nodes[count] = derivation->nodes[p];
		derivation->nodes[count].parent = parents[count];
		position[p] = count++;
	}
	kernel_check_status(run_tree_build(count, parents, tree, &culprit));
	pfree(parents);
	pfree(position);
}

/*
 * The first charge point or connector too deep on each path; what is too deep
 * and a circuit, or can never fault, has no node (place.c).
 */
static void
check_levels(Placement *placement)
{
	Derivation *derivation = placement->derivation;

	for (int32 p = 0; p < placement->nnodes; p++)
	{
		Culprit		culprit;

		CHECK_FOR_INTERRUPTS();
		if (derivation->tree.depth[p] != MAX_LEVELS)
			continue;
		culprit = node_culprit(placement, &derivation->nodes[p]);
		culprit.place = PLACE_UNKNOWN;
		add_fault(&derivation->faults, FAULT_UNSUPPORTED_TOPOLOGY, &culprit,
				  "is deeper in the tree than " TREE_LEVELS_TEXT " levels; remove levels above it.");
	}
}

/*
 * Whether a cycle can balance the site, and which nodes it then leaves out.
 * Leaving out can only make sums smaller, so this ends.
 */
static bool
decide_validity(Placement *placement, bool *left_out)
{
	Derivation *derivation = placement->derivation;

	for (bool summed = false;; summed = true)
	{
		int32		known = derivation->faults.count;

		if (known > 0 && !(derivation->isolate && leave_out_faulty(placement, left_out)))
		{
			memset(left_out, 0, placement->nnodes);
			if (!summed)
				check_demand_sums(placement, left_out);
			return false;
		}
		check_demand_sums(placement, left_out);
		if (derivation->faults.count == known)
			return true;
	}
}

Derivation *
derive_site(SiteData *data, const CycleOptions *options, bool keep_faulty)
{
	Derivation *derivation = palloc0(sizeof(Derivation));
	Placement  *placement;
	bool	   *left_out;

	derivation->data = data;
	derivation->at = options->at;
	derivation->flat = data->sites[0].microgrid_id == NULL;
	check_settings(derivation, options);
	merge_repeated_rows(data);

	placement = new_placement(derivation, data);
	link_rows(placement);
	place_rows(placement);
	put_in_tree_order(placement);
	check_levels(placement);
	check_values(placement);
	set_demands(placement);

	left_out = palloc0_array_huge(placement->nnodes, sizeof(bool));
	derivation->valid = decide_validity(placement, left_out);
	set_limits(placement, left_out);
	if (derivation->valid && !keep_faulty && derivation->faults.count > 0)
		drop_left_out(derivation, left_out);
	order_faults(&derivation->faults);
	return derivation;
}
