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
 * Whether the node grants all that it may.
 */
static inline bool
is_full(const PnProblem *problem, const PnAllocation *allocation,
		int32_t position)
{
	return problem->limit[position] != PN_NO_LIMIT &&
		allocation->allocated[position] == problem->limit[position];
}

/*
 * Finds the deepest full node on every node's path from the root, itself
 * included, PN_NO_NODE where there is none.  Parents stand before children.
 */
static PnStatus
find_full(const PnProblem *problem, const PnAllocation *allocation,
		  int32_t *full, PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	int32_t		p;

	for (p = 0; p < tree->n; p++)
	{
		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		if (is_full(problem, allocation, p))
			full[p] = p;
		else if (p == 0)
			full[p] = PN_NO_NODE;
		else
			full[p] = full[tree->parent[p]];
	}
	return PN_OK;
}

/*
 * Clears what is said of every node.
 */
static void
say_nothing(int32_t n, bool with_minimums, PnExplanation *explanation)
{
	int32_t		p;

	for (p = 0; p < n; p++)
	{
		explanation->bottleneck[p] = PN_NO_NODE;
		explanation->held_back[p] = 0;
		explanation->explained[p] = 0;
		if (with_minimums)
			explanation->refused[p] = 0;
	}
}

/*
 * Puts every curtailed leaf down to its bottleneck.
 */
static PnStatus
name_bottlenecks(const PnProblem *problem, const PnAllocation *allocation,
				 PnExplanation *explanation, const int32_t *full,
				 PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	bool		with_minimums = problem->minimum != NULL;
	int32_t		p;

	say_nothing(tree->n, with_minimums, explanation);
	for (p = 0; p < tree->n; p++)
	{
		int64_t		curtailed = allocation->demand[p] - allocation->allocated[p];
		int32_t		bottleneck = full[p];

		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		if (!pn_is_leaf(tree, p) || curtailed == 0)
			continue;
		if (with_minimums && allocation->refused_by[p] != PN_NO_NODE)
		{
			bottleneck = allocation->refused_by[p];
			explanation->refused[bottleneck]++;
		}
		explanation->bottleneck[p] = bottleneck;
		explanation->held_back[bottleneck]++;
		explanation->explained[bottleneck] += curtailed;
		explanation->curtailed_leaves++;
	}
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
	int32_t		p;

	for (p = 0; p < tree->n; p++)
	{
		int32_t		best = explanation->primary;

		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		if (explanation->held_back[p] == 0)
			continue;
		explanation->binding_nodes++;
		if (best == PN_NO_NODE || explained[p] > explained[best] ||
			(explained[p] == explained[best] &&
			 tree->depth[p] < tree->depth[best]))
			explanation->primary = p;
	}
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

	explanation->primary = PN_NO_NODE;
	explanation->binding_nodes = 0;
	explanation->curtailed_leaves = 0;

	status = find_full(problem, allocation, scratch, check);
	if (status == PN_OK)
		status = name_bottlenecks(problem, allocation, explanation, scratch,
								  check);
	if (status == PN_OK)
		status = pick_primary(problem->tree, explanation, check);
	return status;
}
