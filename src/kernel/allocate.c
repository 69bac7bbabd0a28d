/*
 * allocate.c
 *	  Shares power out by truncating every over-asked subtree to its limit.
 *
 * Each watt that a leaf asks for is one unit, and the k-th of a leaf has the
 * key (tier, k / weight, order).  The definition takes units by ascending key as
 * long as every node has room.  The nodes' leaves are nested or disjoint, so the
 * sets of units that fit are a laminar matroid, on which that greedy choice is
 * the one best basis (J. Edmonds, "Matroids and the greedy algorithm", 1971).  A
 * node's limit truncates the matroid of what lies below it, and the best basis
 * of a truncation to L is the L smallest units of the best basis before it.
 * Hence: go through the nodes, children before parents, and wherever more
 * arrives than the limit lets through, keep the `limit` smallest units
 * (truncate.c).
 *
 * Minimums come first (admit.c).  The units of those that are admitted are taken
 * whatever else is, which contracts the matroid and leaves it laminar: they are
 * floors that no truncation goes below.  Refused leaves have no units.
 *
 * What arrives is at most `asked`, known beforehand, so a subtree in which
 * nothing is over-asked costs nothing.
 */
#include "admit.h"
#include "allocate.h"
#include "truncate.h"

/* Scratch, cut from one block; NULL for what the problem does not need. */
typedef struct Workspace
{
	int32_t    *first;			/* by tree position: leaves before the node */
	PnLeaves	leaves;
	PnCutRoom	room;
	PnAdmitRoom admit;			/* in the same place as room */
} Workspace;

/*
 * Cuts the next array from the block, or only counts where that is NULL.
 */
static void *
cut(char *block, size_t *used, size_t n, size_t size)
{
	size_t		start = *used;

	*used += (n * size + 7) / 8 * 8;
	return block == NULL ? NULL : block + start;
}

/*
 * Lays the scratch out; returns how many bytes it takes.
 */
static size_t
lay_out(const PnProblem *problem, char *block, Workspace *space)
{
	size_t		n = (size_t) problem->tree->n;
	bool		shares = problem->share != NULL;
	bool		minimums = problem->minimum != NULL;
	PnLeaves   *tier = &space->room.tier;
	size_t		used = 0;
	size_t		admit;

	*space = (Workspace) {0};
	space->first = cut(block, &used, n, sizeof(int32_t));
	space->leaves.watts = cut(block, &used, n, sizeof(int32_t));
	space->leaves.order = cut(block, &used, n, sizeof(int32_t));
	if (minimums)
		space->leaves.floor = cut(block, &used, n, sizeof(int32_t));
	if (shares)
	{
		space->leaves.tier = cut(block, &used, n, sizeof(int32_t));
		space->leaves.weight = cut(block, &used, n, sizeof(int32_t));
	}

	admit = used;
	if (shares)
	{
		tier->watts = cut(block, &used, n, sizeof(int32_t));
		tier->floor = minimums ? cut(block, &used, n, sizeof(int32_t)) : NULL;
		tier->weight = cut(block, &used, n, sizeof(int32_t));
		tier->order = cut(block, &used, n, sizeof(int32_t));
		space->room.place = cut(block, &used, n, sizeof(int32_t));
		space->room.candidate = cut(block, &used, n, sizeof(PnCandidate));
	}
	if (minimums)
	{
		space->admit.tight = cut(block, &admit, n, sizeof(int32_t));
		space->admit.ranked = cut(block, &admit, n, sizeof(PnRanked));
		space->admit.spare = cut(block, &admit, n, sizeof(PnRanked));
	}
	return used > admit ? used : admit;
}

size_t
pn_allocate_scratch(const PnProblem *problem)
{
	Workspace	space;

	return lay_out(problem, NULL, &space);
}

/*
 * What a node with this limit lets through.
 */
static inline int64_t
let_through(int32_t limit, int64_t watts)
{
	return limit != PN_NO_LIMIT && limit < watts ? limit : watts;
}

/*
 * Adds up what leaves want, and what of it reaches each node.
 */
static PnStatus
sum_demands(const PnProblem *problem, PnAllocation *allocation,
			PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	int64_t    *demand = allocation->demand;
	int64_t    *asked = allocation->asked;
	int32_t		p;

	for (p = 0; p < tree->n; p++)
		demand[p] = asked[p] = pn_is_leaf(tree, p) ? problem->demand[p] : 0;

	for (p = tree->n - 1; p > 0; p--)
	{
		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		demand[tree->parent[p]] += demand[p];
		asked[tree->parent[p]] += let_through(problem->limit[p], asked[p]);
	}
	return PN_OK;
}

/*
 * Puts one leaf at the end of the run.
 */
static void
add_leaf(const PnProblem *problem, const PnAllocation *allocation,
		 PnLeaves *leaves, int32_t leaf)
{
	int32_t		n = leaves->n++;

	leaves->watts[n] = (int32_t) let_through(problem->limit[leaf],
											 problem->demand[leaf]);
	leaves->order[n] = problem->order == NULL ? leaf : problem->order[leaf];
	if (problem->minimum != NULL)
	{
		if (allocation->refused_by[leaf] != PN_NO_NODE)
			leaves->watts[n] = 0;
		leaves->floor[n] = pn_is_admitted(problem, allocation, leaf) ?
			problem->minimum[leaf] : 0;
	}
	if (problem->share != NULL)
	{
		leaves->tier[n] = problem->share[leaf].tier;
		leaves->weight[n] = problem->share[leaf].weight;
	}
}

/*
 * Forgets what does not tell leaves apart.
 */
static void
forget_what_is_alike(Workspace *space)
{
	PnLeaves   *leaves = &space->leaves;
	bool		ascending = true;
	bool		one_tier = leaves->tier != NULL;
	bool		one_weight = leaves->weight != NULL;
	int32_t		i;

	for (i = 1; i < leaves->n; i++)
	{
		ascending = ascending && leaves->order[i - 1] < leaves->order[i];
		one_tier = one_tier && leaves->tier[i] == leaves->tier[0];
		one_weight = one_weight && leaves->weight[i] == leaves->weight[0];
	}
	if (ascending)
		leaves->order = space->room.tier.order = NULL;
	if (one_tier)
		leaves->tier = NULL;
	if (one_weight)
		leaves->weight = space->room.tier.weight = NULL;
}

/*
 * Collects the leaves, each with what its own limit lets through.
 */
static PnStatus
collect_leaves(const PnProblem *problem, const PnAllocation *allocation,
			   Workspace *space, PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	int32_t		p;

	for (p = 0; p < tree->n; p++)
	{
		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		space->first[p] = space->leaves.n;
		if (pn_is_leaf(tree, p))
			add_leaf(problem, allocation, &space->leaves, p);
	}
	forget_what_is_alike(space);
	return PN_OK;
}

/* An array from its i-th element on, if there is one. */
static inline int32_t *
from(int32_t *array, int32_t i)
{
	return array == NULL ? NULL : array + i;
}

/*
 * The leaves below a node.
 */
static PnLeaves
leaves_below(const PnTree *tree, const Workspace *space, int32_t position)
{
	const PnLeaves *leaves = &space->leaves;
	int32_t		first = space->first[position];
	int32_t		end = tree->end[position];

	return (PnLeaves) {
		.n = (end == tree->n ? leaves->n : space->first[end]) - first,
		.watts = leaves->watts + first,
		.floor = from(leaves->floor, first),
		.tier = from(leaves->tier, first),
		.weight = from(leaves->weight, first),
		.order = from(leaves->order, first)
	};
}

/*
 * Truncates every over-asked inner node.  Backwards is children before parents,
 * so that when a node's turn comes its leaves hold what reaches it.
 */
static PnStatus
truncate_nodes(const PnProblem *problem, const int64_t *asked,
			   Workspace *space, PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	int32_t		p;

	for (p = tree->n - 1; p >= 0; p--)
	{
		int32_t		limit = problem->limit[p];
		PnLeaves	below;

		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		if (pn_is_leaf(tree, p) || let_through(limit, asked[p]) == asked[p])
			continue;
		if (pn_interrupted(check))
			return PN_INTERRUPTED;
		below = leaves_below(tree, space, p);
		if (pn_truncate(&below, limit, &space->room, check) != PN_OK)
			return PN_INTERRUPTED;
	}
	return PN_OK;
}

/*
 * Adds up what the leaves are left with.
 */
static PnStatus
sum_allocated(const PnTree *tree, const Workspace *space, int64_t *allocated,
			  PnInterrupt check)
{
	int32_t		p;

	for (p = 0; p < tree->n; p++)
		allocated[p] = pn_is_leaf(tree, p) ?
			space->leaves.watts[space->first[p]] : 0;

	for (p = tree->n - 1; p > 0; p--)
	{
		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		allocated[tree->parent[p]] += allocated[p];
	}
	return PN_OK;
}

/*
 * Fills in the allocation; see allocate.h.
 */
PnStatus
pn_allocate(const PnProblem *problem, PnAllocation *allocation,
			void *scratch, PnInterrupt check)
{
	Workspace	space;
	PnStatus	status;

	lay_out(problem, scratch, &space);
	allocation->queued = false;

	status = sum_demands(problem, allocation, check);
	if (status == PN_OK && problem->minimum != NULL)
		status = pn_admit(problem, allocation, &space.admit, check);
	if (status == PN_OK)
		status = collect_leaves(problem, allocation, &space, check);
	if (status == PN_OK)
		status = truncate_nodes(problem, allocation->asked, &space, check);
	if (status == PN_OK)
		status = sum_allocated(problem->tree, &space, allocation->allocated,
							   check);
	return status;
}
