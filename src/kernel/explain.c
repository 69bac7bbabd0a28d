/*
 * explain.c
 *	  Finds the node that holds each curtailed leaf back.
 *
 * A curtailed leaf that was not refused has a full node on its path, for
 * otherwise it could have had another watt.  The deepest one is named, and it
 * also explains: every unit held below it above a minimum has a smaller key than
 * the unit that the leaf is missing.  (It is the smallest tight set around that
 * unit, which is what spans the unit in a laminar matroid, and the greedy choice
 * leaves out only the largest unit of a circuit.)  Who refused the others is
 * known from the allocation.
 */
#include "explain.h"

/*
 * Finds the deepest full node on every node's path from the root, itself
 * included, PN_NO_NODE where there is none, and puts curtailed leaves down to it.
 * Parents stand before children, so whom a node holds back comes after it.
 *
 * Who is full or curtailed is as good as random: there is no branch on it, and
 * leaves that are not curtailed add nothing to themselves.
 */
static PnStatus
name_bottlenecks(const PnProblem *problem, const PnAllocation *allocation,
				 PnExplanation *explanation, int32_t *full,
				 PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	const int32_t *refused_by = problem->minimum == NULL ? NULL :
		allocation->refused_by;
	int32_t    *named = explanation->bottleneck;
	int32_t    *held_back = explanation->held_back;
	int64_t    *explained = explanation->explained;
	int32_t		curtailed_leaves = 0;
	int32_t		p;

	for (p = 0; p < tree->n; p++)
	{
		int64_t		allocated = allocation->allocated[p];
		int64_t		curtailed = allocation->demand[p] - allocated;
		int32_t		above = p == 0 ? PN_NO_NODE : full[tree->parent[p]];

		/* Nobody is allocated PN_NO_LIMIT, which is below 0. */
		int32_t		bottleneck = allocated == problem->limit[p] ? p : above;
		int32_t		is_curtailed = curtailed > 0;
		int32_t		node;

		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		named[p] = PN_NO_NODE;
		held_back[p] = 0;
		explained[p] = 0;
		if (refused_by != NULL)
			explanation->refused[p] = 0;
		if (!pn_is_leaf(tree, p))
		{
			full[p] = bottleneck;
			continue;
		}
		if (refused_by != NULL && refused_by[p] != PN_NO_NODE)
		{
			bottleneck = refused_by[p];
			explanation->refused[bottleneck]++;
		}
		node = is_curtailed ? bottleneck : p;
		named[p] = is_curtailed ? bottleneck : PN_NO_NODE;
		held_back[node] += is_curtailed;
		explained[node] += curtailed;
		curtailed_leaves += is_curtailed;
	}
	explanation->curtailed_leaves = curtailed_leaves;
	return PN_OK;
}

/*
 * Picks the binding node that explains most; ties go to the one nearest the
 * root, then to the first, which is come to first.
 */
static PnStatus
pick_primary(const PnTree *tree, PnExplanation *explanation, PnInterrupt check)
{
	const int64_t *explained = explanation->explained;
	int32_t		binding_nodes = 0;
	int32_t		best = PN_NO_NODE;
	int64_t		most = 1;		/* W; a node that binds explains some */
	int32_t		p;

	for (p = 0; p < tree->n; p++)
	{
		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		binding_nodes += explained[p] > 0;
		if (explained[p] < most)
			continue;
		if (best == PN_NO_NODE || explained[p] > most ||
			tree->depth[p] < tree->depth[best])
			best = p;
		most = explained[p];
	}
	explanation->primary = best;
	explanation->binding_nodes = binding_nodes;
	return PN_OK;
}

/*
 * Explains an allocation; see explain.h.
 */
PnStatus
pn_explain(const PnProblem *problem, const PnAllocation *allocation,
		   PnExplanation *explanation, int32_t *scratch, PnInterrupt check)
{
	PnStatus	status;

	status = name_bottlenecks(problem, allocation, explanation, scratch, check);
	if (status == PN_OK)
		status = pick_primary(problem->tree, explanation, check);
	return status;
}
