/*
 * run.c
 *	  Nodes that are looked at in one go; see run.h.
 */
#include "even.h"
#include "run.h"

/* Inlined with a constant for the leaves each. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

/*
 * Counts nodes beside each other that have so many leaves below them and nothing
 * else, backwards from the last leaf of the last.
 */
static ALWAYS_INLINE int32_t
count_points(const PnTree *tree, int32_t p, int32_t leaves)
{
	const int32_t *end = tree->end + p;
	const int32_t *depth = tree->depth + p;
	int32_t		most = (p < PN_STEPS ? p + 1 : PN_STEPS) / (leaves + 1);
	int32_t		at = *depth;
	int32_t		points = 0;

	while (points < most && end[0] == p + 1 && end[-leaves] == p + 1 &&
		   (leaves == 1 || end[-1] == p) && *depth == at)
	{
		points++;
		p -= leaves + 1;
		end -= leaves + 1;
		depth -= leaves + 1;
	}
	return points;
}

static int32_t
count_leaves(const PnTree *tree, int32_t p)
{
	int32_t		depth = tree->depth[p];
	int32_t		leaves = 0;

	while (leaves < PN_STEPS && p >= 0 && pn_is_leaf(tree, p) &&
		   tree->depth[p] == depth)
	{
		leaves++;
		p--;
	}
	return leaves;
}

PnRun
pn_run_before(const PnTree *tree, int32_t p, bool points)
{
	int32_t		above = tree->depth[p] - 1;
	int32_t		n;

	if (points && (n = count_points(tree, p, 2)) > 0)
		return (PnRun) {2, 3 * n, 2 * n, above};
	if (points && (n = count_points(tree, p, 1)) > 0)
		return (PnRun) {1, 2 * n, n, above};
	n = count_leaves(tree, p);
	return (PnRun) {0, n, n, above + 1};
}

/*
 * Leaves, the first of which is p; without a branch, so that a processor takes
 * several at a time.
 */
static PnRunSums
leaves_demand(const PnProblem *problem, const PnAllocation *allocation,
			  int32_t p, int32_t n, int32_t *watts)
{
	const int32_t *wanted = problem->demand + p;
	const int32_t *limit = problem->limit + p;
	int64_t    *demand = allocation->demand + p;
	int64_t    *asked = allocation->asked + p;
	PnRunSums	sums = {0, 0};
	int32_t		i;

	for (i = 0; i < n; i++)
	{
		int32_t		through = (uint32_t) limit[i] < (uint32_t) wanted[i] ?
			limit[i] : wanted[i];

		sums.demand += wanted[i];
		sums.through += through;
		watts[i] = through;
	}
	for (i = 0; i < n; i++)
		demand[i] = asked[i] = wanted[i];
	return sums;
}

/*
 * Points of one leaf or two, the last leaf of which is p.  Backwards like the walk,
 * so that memory is read in one direction.
 */
static ALWAYS_INLINE PnRunSums
points_demand(const PnProblem *problem, const PnAllocation *allocation,
			  int32_t p, int32_t points, int32_t *watts, int32_t leaves)
{
	const int32_t *wanted = problem->demand + p;
	const int32_t *limit = problem->limit + p;
	int64_t    *demand = allocation->demand + p;
	int64_t    *asked = allocation->asked + p;
	PnRunSums	sums = {0, 0};

	for (; points > 0; points--)
	{
		int64_t		last = pn_let_through(limit[0], wanted[0]);
		int64_t		first = leaves == 1 ? 0 :
			pn_let_through(limit[-1], wanted[-1]);
		int64_t		reaches = first + last;
		int64_t		through = pn_let_through(limit[-leaves], reaches);
		int64_t		wants = wanted[0];

		demand[0] = asked[0] = wants;
		watts[-1] = (int32_t) (leaves == 1 ? through : last);
		if (leaves == 2)
		{
			demand[-1] = asked[-1] = wanted[-1];
			wants += wanted[-1];
			watts[-2] = (int32_t) first;
			if (through < reaches)
				pn_even_halve(&watts[-2], &watts[-1], (int32_t) through);
		}
		demand[-leaves] = wants;
		asked[-leaves] = reaches;
		sums.demand += wants;
		sums.through += through;
		wanted -= leaves + 1;
		limit -= leaves + 1;
		demand -= leaves + 1;
		asked -= leaves + 1;
		watts -= leaves;
	}
	return sums;
}

PnRunSums
pn_run_demand(const PnProblem *problem, const PnAllocation *allocation,
			  PnRun run, int32_t p, int32_t *watts)
{
	switch (run.leaves_each)
	{
		case 2:
			return points_demand(problem, allocation, p, run.leaves / 2, watts, 2);
		case 1:
			return points_demand(problem, allocation, p, run.leaves, watts, 1);
		default:
			return leaves_demand(problem, allocation, p - (run.nodes - 1),
								 run.nodes, watts - run.leaves);
	}
}

static ALWAYS_INLINE int64_t
points_allocated(int32_t points, const int32_t *watts, int64_t *allocated,
				 int32_t leaves)
{
	int64_t		sum = 0;

	for (; points > 0; points--)
	{
		int64_t		point = watts[-1];

		allocated[0] = point;
		if (leaves == 2)
			point += allocated[-1] = watts[-2];
		allocated[-leaves] = point;
		sum += point;
		watts -= leaves;
		allocated -= leaves + 1;
	}
	return sum;
}

int64_t
pn_run_allocated(PnRun run, int32_t p, const int32_t *watts,
				 int64_t *allocated)
{
	int64_t		sum = 0;
	int32_t		i;

	allocated += p;
	if (run.leaves_each == 2)
		return points_allocated(run.leaves / 2, watts, allocated, 2);
	if (run.leaves_each == 1)
		return points_allocated(run.leaves, watts, allocated, 1);
	for (i = 0; i < run.leaves; i++)
		sum += allocated[-i] = watts[-1 - i];
	return sum;
}
