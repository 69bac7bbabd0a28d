/*
 * allocate.c
 *	  Shares power out by truncating every over-asked subtree to its limit.
 *
 * Each watt that a leaf asks for is one unit, and the k-th of a leaf has the
 * key (k, order).  The definition takes units by ascending key as long as every
 * node has room.  The nodes' leaves are nested or disjoint, so the sets of
 * units that fit are a laminar matroid, on which that greedy choice is the one
 * best basis (J. Edmonds, "Matroids and the greedy algorithm", 1971).  A node's
 * limit truncates the matroid of what lies below it, and the best basis of a
 * truncation to L is the L smallest units of the best basis before it.  Hence:
 * go through the nodes, children before parents, and wherever more arrives than
 * the limit lets through, keep the `limit` smallest units (truncate.c).
 *
 * What arrives is `asked`, known beforehand, so a subtree in which nothing is
 * over-asked costs nothing.
 */
#include "allocate.h"
#include "truncate.h"

/*
 * What a node with this limit lets through.
 */
static inline int32_t
let_through(int32_t limit, int32_t watts)
{
	return limit != PN_NO_LIMIT && limit < watts ? limit : watts;
}

/*
 * Adds demands up.  A sum that does not fit is blamed on the deepest node that
 * has one; its ancestors' do not fit either, so it does not matter that theirs
 * are made from a clamped sum.
 */
static PnStatus
sum_demands(const PnProblem *problem, int32_t *demand, PnInterrupt check,
			int32_t *culprit)
{
	const PnTree *tree = problem->tree;
	int32_t		p;

	for (p = 0; p < tree->n; p++)
		demand[p] = pn_is_leaf(tree, p) ? problem->demand[p] : 0;

	for (p = tree->n - 1; p > 0; p--)
	{
		int32_t		parent = tree->parent[p];
		int64_t		sum = (int64_t) demand[parent] + demand[p];

		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		if (sum > INT32_MAX)
		{
			sum = INT32_MAX;
			/* Of two equally deep nodes the first is come to last. */
			if (*culprit == PN_NO_NODE ||
				tree->depth[parent] >= tree->depth[*culprit])
				*culprit = parent;
		}
		demand[parent] = (int32_t) sum;
	}
	return *culprit == PN_NO_NODE ? PN_OK : PN_SUM_OVERFLOW;
}

/*
 * Works out what reaches each node.  It is never more than the demand, so it
 * fits where that does.
 */
static PnStatus
sum_asked(const PnProblem *problem, const int32_t *demand, int32_t *asked,
		  PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	int32_t		p;

	for (p = 0; p < tree->n; p++)
		asked[p] = pn_is_leaf(tree, p) ? demand[p] : 0;

	for (p = tree->n - 1; p > 0; p--)
	{
		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		asked[tree->parent[p]] += let_through(problem->limit[p], asked[p]);
	}
	return PN_OK;
}

/*
 * Collects the leaves, each with what its own limit lets through.  `first`
 * gets, by tree position, how many leaves stand before the node.
 */
static PnStatus
collect_leaves(const PnProblem *problem, PnLeaves *leaves, int32_t *first,
			   PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	bool		ascending = true;
	int32_t		n = 0;
	int32_t		p;

	for (p = 0; p < tree->n; p++)
	{
		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		first[p] = n;
		if (!pn_is_leaf(tree, p))
			continue;
		leaves->watts[n] = let_through(problem->limit[p], problem->demand[p]);
		if (problem->order != NULL)
		{
			leaves->rank[n] = problem->order[p];
			if (n > 0 && leaves->rank[n - 1] > leaves->rank[n])
				ascending = false;
		}
		n++;
	}
	leaves->n = n;
	if (ascending)
		leaves->rank = NULL;
	return PN_OK;
}

/*
 * Truncates every over-asked inner node.  Backwards is children before parents,
 * so that when a node's turn comes its leaves hold what it is asked.
 */
static PnStatus
truncate_nodes(const PnProblem *problem, const int32_t *asked,
			   const PnLeaves *leaves, const int32_t *first, PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	int32_t		p;

	for (p = tree->n - 1; p >= 0; p--)
	{
		int32_t		end = tree->end[p];
		int32_t		limit = problem->limit[p];
		PnLeaves	below;

		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		if (pn_is_leaf(tree, p) || let_through(limit, asked[p]) == asked[p])
			continue;
		if (pn_interrupted(check))
			return PN_INTERRUPTED;

		below.watts = leaves->watts + first[p];
		below.rank = leaves->rank == NULL ? NULL : leaves->rank + first[p];
		below.n = (end == tree->n ? leaves->n : first[end]) - first[p];
		pn_truncate(&below, limit);
	}
	return PN_OK;
}

/*
 * Turns, in place, each node's `first` into what it is allocated.
 */
static PnStatus
sum_allocated(const PnTree *tree, const PnLeaves *leaves, int32_t *allocated,
			  PnInterrupt check)
{
	int32_t		p;

	for (p = 0; p < tree->n; p++)
		allocated[p] = pn_is_leaf(tree, p) ? leaves->watts[allocated[p]] : 0;

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
			int32_t *scratch, PnInterrupt check, int32_t *culprit)
{
	const PnTree *tree = problem->tree;
	PnLeaves	leaves = {scratch, scratch + tree->n, 0};
	/* Lent until the watts are known, for there is no third scratch array. */
	int32_t    *first = allocation->allocated;
	PnStatus	status;

	*culprit = PN_NO_NODE;
	if (problem->share != NULL || problem->minimum != NULL)
		return PN_UNSUPPORTED_POLICY;

	status = sum_demands(problem, allocation->demand, check, culprit);
	if (status == PN_OK)
		status = sum_asked(problem, allocation->demand, allocation->asked,
						   check);
	if (status == PN_OK)
		status = collect_leaves(problem, &leaves, first, check);
	if (status == PN_OK)
		status = truncate_nodes(problem, allocation->asked, &leaves, first,
								check);
	if (status == PN_OK)
		status = sum_allocated(tree, &leaves, allocation->allocated, check);
	return status;
}
