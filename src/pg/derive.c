/*
 * derive.c
 *	  A site's rows → its tree, limits and faults, step by step.
 */
#include "postgres.h"

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
	derivation->nodes = palloc0_array_huge(most, sizeof(PowerNode));
	return placement;
}

/*
 * Puts derivation->nodes, or those of them that are not left out, into tree
 * order.  Returns the new position of each, PN_NO_NODE where it was left out.
 */
static int32 *
lay_out(Derivation *derivation, int32 n, const bool *left_out)
{
	PowerNode  *old = derivation->nodes;
	PnTree	   *tree = &derivation->tree;
	int32	   *kept = palloc_array_huge(n, sizeof(int32));
	int32	   *parents = palloc_array_huge(n, sizeof(int32));
	int32	   *position = palloc_array_huge(n, sizeof(int32));
	int32		count = 0;
	int32		culprit;

	for (int32 i = 0; i < n; i++)
	{
		position[i] = PN_NO_NODE;
		if (left_out == NULL || !left_out[i])
		{
			kept[count] = i;
			position[i] = count++;
		}
	}
	for (int32 i = 0; i < count; i++)
		parents[i] = old[kept[i]].parent < 0 ? PN_NO_NODE : position[old[kept[i]].parent];

	kernel_check_status(run_tree_build(count, parents, tree, &culprit));

	derivation->nodes = palloc_array_huge(count, sizeof(PowerNode));
	for (int32 p = 0; p < count; p++)
	{
		int32		i = kept[tree->input[p]];

		derivation->nodes[p] = old[i];
		derivation->nodes[p].parent = tree->parent[p];
		position[i] = p;
	}
	pfree(old);
	pfree(kept);
	pfree(parents);
	return position;
}

static int32
moved(const int32 *position, int32 node)
{
	return node == PN_NO_NODE ? PN_NO_NODE : position[node];
}

static void
put_in_tree_order(Placement *placement)
{
	int32	   *position = lay_out(placement->derivation, placement->nnodes, NULL);
	SiteData   *data = placement->data;

	for (int32 i = 0; i < data->ncircuits; i++)
		placement->circuits[i].node = moved(position, placement->circuits[i].node);
	for (int32 i = 0; i < data->ncharge_points; i++)
		placement->charge_points[i].node = moved(position, placement->charge_points[i].node);
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
	if (derivation->valid && !keep_faulty)
		pfree(lay_out(derivation, placement->nnodes, left_out));
	order_faults(&derivation->faults);
	return derivation;
}
