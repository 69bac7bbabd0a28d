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
 * (truncate.c; even.c where nothing but watts tells the leaves apart).
 *
 * Minimums come first (admit.c).  The units of those that are admitted are taken
 * whatever else is, which contracts the matroid and leaves it laminar: they are
 * floors that no truncation goes below.  Refused leaves have no units.
 *
 * What arrives is at most `asked`, so a subtree in which nothing is over-asked
 * costs no more than adding it up.
 */
#include "admit.h"
#include "allocate.h"
#include "even.h"
#include "run.h"
#include "truncate.h"

/* Leaves that are cut so fast that nothing is asked before. */
#define FEW (PN_STEPS / 128)

/*
 * Those of a node's children that a walk has come to.  Walks go backwards, which
 * is children before parents, and keep such sums by depth: to look at children
 * again when their parent's turn comes is to fetch them from memory again.
 */
typedef struct Children
{
	int64_t		demand;			/* W */
	int64_t		through;		/* W that they let through; in the end, have */
	int32_t		past;			/* the leaf after the last at or below them */
} Children;

/* Scratch, cut from one block; NULL for what the problem does not need. */
typedef struct Workspace
{
	Children   *above;			/* by depth, of nodes above where a walk is */
	PnLeaves	leaves;			/* at the end of arrays with room for n */
	PnCutRoom	room;
	bool		is_even;		/* nothing but watts tells leaves apart */
	PnEven		even;			/* where that is so */
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

	/* Part by part: all at once takes a processor longer than a small site. */
	space->leaves = (PnLeaves) {0};
	space->room = (PnCutRoom) {0};
	space->even = (PnEven) {0};
	space->above = cut(block, &used, n, sizeof(Children));
	space->leaves.watts = cut(block, &used, n, sizeof(int32_t));
	if (problem->order != NULL)
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
	if (!minimums)
		space->even.cut = cut(block, &used, n / 3, sizeof(PnEvenCut));
	else
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
 * Forgets what does not tell leaves apart.
 */
static PnStatus
forget_what_is_alike(const PnProblem *problem, Workspace *space,
					 PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	const int32_t *order = problem->order;
	const PnShare *share = problem->share;
	bool		ascending = true;
	bool		one_tier = true;
	bool		one_weight = true;
	int32_t		last = PN_NO_NODE;	/* leaf before p */
	int32_t		p;

	for (p = 0; p < tree->n && (order != NULL || share != NULL); p++)
	{
		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		if (!pn_is_leaf(tree, p))
			continue;
		if (last != PN_NO_NODE && order != NULL)
			ascending &= order[last] < order[p];
		if (last != PN_NO_NODE && share != NULL)
		{
			one_tier &= share[last].tier == share[p].tier;
			one_weight &= share[last].weight == share[p].weight;
		}
		last = p;
	}
	if (ascending)
		space->leaves.order = space->room.tier.order = NULL;
	if (one_tier)
		space->leaves.tier = NULL;
	if (one_weight)
		space->leaves.weight = space->room.tier.weight = NULL;
	space->is_even = ascending && one_tier && one_weight &&
		space->leaves.floor == NULL;
	return PN_OK;
}

/*
 * Notes of a leaf what else than watts may tell it apart.
 */
static void
note_differences(const PnProblem *problem, const PnAllocation *allocation,
				 const PnLeaves *leaves, int32_t i, int32_t p)
{
	if (leaves->order != NULL)
		leaves->order[i] = problem->order[p];
	if (leaves->floor != NULL)
	{
		if (allocation->refused_by[p] != PN_NO_NODE)
			leaves->watts[i] = 0;
		leaves->floor[i] = pn_is_admitted(problem, allocation, p) ?
			problem->minimum[p] : 0;
	}
	if (leaves->tier != NULL)
		leaves->tier[i] = problem->share[p].tier;
	if (leaves->weight != NULL)
		leaves->weight[i] = problem->share[p].weight;
}

/* An array from its i-th element on, if there is one. */
static inline int32_t *
from(int32_t *array, int32_t i)
{
	return array == NULL ? NULL : array + i;
}

/*
 * Cuts leaves that more than watts may tell apart.
 */
static PnStatus
truncate_leaves(Workspace *space, int32_t first, int32_t n, int32_t limit,
				PnInterrupt check)
{
	const PnLeaves *leaves = &space->leaves;
	PnLeaves	below = {
		.n = n,
		.watts = leaves->watts + first,
		.floor = from(leaves->floor, first),
		.tier = from(leaves->tier, first),
		.weight = from(leaves->weight, first),
		.order = from(leaves->order, first)
	};

	return pn_truncate(&below, limit, &space->room, check);
}

/*
 * Cuts the leaves of a node that `asked` watts reach, more than its limit.
 */
static inline PnStatus
truncate_node(Workspace *space, int32_t first, int32_t n, int64_t asked,
			  int32_t limit, PnInterrupt check)
{
	int32_t    *watts = space->leaves.watts + first;

	if (n == 1)
	{
		watts[0] = watts[0] < limit ? watts[0] : limit;
		return PN_OK;
	}
	if (space->is_even && n == 2)
	{
		pn_even_halve(&watts[0], &watts[1], limit);
		return PN_OK;
	}
	if (n > FEW && pn_interrupted(check))
		return PN_INTERRUPTED;
	if (space->is_even)
		return pn_even_cut(&space->even, first, n, asked, limit, check);
	return truncate_leaves(space, first, n, limit, check);
}

/*
 * Takes the run that ends with the leaf p, whose leaves end before `past`.
 */
static PnRunSums
take_run(const PnProblem *problem, const PnAllocation *allocation,
		 const Workspace *space, PnRun run, int32_t p, int32_t past)
{
	PnRunSums	sums = pn_run_demand(problem, allocation, run, p,
									 space->leaves.watts + past);
	int32_t		i;

	if (!space->is_even)
		for (i = 0; i < run.nodes; i++)
			note_differences(problem, allocation, &space->leaves, past - 1 - i,
							 p - i);
	return sums;
}

/*
 * Adds up what leaves want and what of it reaches each node, and truncates the
 * nodes: when one's turn comes its leaves hold what reaches it.
 */
static PnStatus
truncate_nodes(const PnProblem *problem, const PnAllocation *allocation,
			   Workspace *space, PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	int32_t		first = tree->n;	/* the leaf that was come to last */
	Children	here = {.past = first};
	int32_t		depth = 0;
	int32_t		unasked = PN_STEPS;
	int32_t		nodes = 0;		/* that were taken at once */
	int32_t		p;

	for (p = tree->n - 1; p >= 0; p -= nodes)
	{
		PnRunSums	sums;

		if (pn_interrupted_after(check, &unasked, nodes))
			return PN_INTERRUPTED;
		if (pn_is_leaf(tree, p))
		{
			PnRun		run = pn_run_before(tree, p, space->is_even);

			for (; depth < run.depth; depth++)
			{
				space->above[depth] = here;
				here = (Children) {.past = first};
			}
			sums = take_run(problem, allocation, space, run, p, first);
			first -= run.leaves;
			nodes = run.nodes;
		}
		else
		{
			int32_t		limit = problem->limit[p];
			int64_t		asked = here.through;

			allocation->demand[p] = here.demand;
			allocation->asked[p] = asked;
			sums = (PnRunSums) {here.demand, pn_let_through(limit, asked)};
			if (sums.through < asked &&
				truncate_node(space, first, here.past - first, asked, limit,
							  check) != PN_OK)
				return PN_INTERRUPTED;
			here = space->above[--depth];
			nodes = 1;
		}
		here.demand += sums.demand;
		here.through += sums.through;
	}
	return space->is_even ? pn_even_settle(&space->even, check) : PN_OK;
}

/*
 * Adds up what the leaves are left with.
 */
static PnStatus
sum_allocated(const PnTree *tree, const Workspace *space, int64_t *allocated,
			  PnInterrupt check)
{
	const int32_t *watts = space->leaves.watts + tree->n;
	int64_t		here = 0;
	int32_t		depth = 0;
	int32_t		unasked = PN_STEPS;
	int32_t		nodes = 0;
	int32_t		p;

	for (p = tree->n - 1; p >= 0; p -= nodes)
	{
		if (pn_interrupted_after(check, &unasked, nodes))
			return PN_INTERRUPTED;
		if (pn_is_leaf(tree, p))
		{
			PnRun		run = pn_run_before(tree, p, true);

			for (; depth < run.depth; depth++)
			{
				space->above[depth].through = here;
				here = 0;
			}
			here += pn_run_allocated(run, p, watts, allocated);
			watts -= run.leaves;
			nodes = run.nodes;
		}
		else
		{
			allocated[p] = here;
			here += space->above[--depth].through;
			nodes = 1;
		}
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
	PnStatus	status = PN_OK;

	lay_out(problem, scratch, &space);
	space.even.watts = space.leaves.watts;
	allocation->queued = false;

	if (problem->minimum != NULL)
		status = pn_admit(problem, allocation, &space.admit, check);
	if (status == PN_OK)
		status = forget_what_is_alike(problem, &space, check);
	if (status == PN_OK)
		status = truncate_nodes(problem, allocation, &space, check);
	if (status == PN_OK)
		status = sum_allocated(problem->tree, &space, allocation->allocated,
							   check);
	return status;
}
