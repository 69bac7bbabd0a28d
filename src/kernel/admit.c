/*
 * admit.c
 *	  Admits minimums one leaf at a time, all or nothing.
 *
 * A node that has room for all minimums below it can refuse none of them.  Only
 * the others, the tight ones, are looked at in a leaf's turn; where there are
 * none, turns do not matter and nothing is sorted.
 */
#include "admit.h"

/*
 * Whether a leaf's minimum can be admitted as far as the leaf itself goes.
 */
static inline bool
contends(const PnProblem *problem, int32_t leaf)
{
	int32_t		minimum = problem->minimum[leaf];
	int32_t		limit = problem->limit[leaf];

	return minimum > 0 && minimum <= problem->demand[leaf] &&
		(limit == PN_NO_LIMIT || minimum <= limit);
}

/*
 * Refuses what leaves refuse themselves, and sums the other minimums up.
 */
static PnStatus
sum_minimums(const PnProblem *problem, PnAllocation *allocation,
			 int64_t *sum, PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	int32_t		p;

	for (p = 0; p < tree->n; p++)
	{
		bool		leaf = pn_is_leaf(tree, p);
		bool		minimum = leaf && contends(problem, p);

		sum[p] = minimum ? problem->minimum[p] : 0;
		allocation->turn[p] = 0;
		allocation->refused_by[p] = PN_NO_NODE;
		if (leaf && !minimum && problem->minimum[p] > 0 && problem->demand[p] > 0)
			allocation->refused_by[p] = p;
	}

	for (p = tree->n - 1; p > 0; p--)
	{
		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		sum[tree->parent[p]] += sum[p];
	}
	return PN_OK;
}

/*
 * Finds for every node the nearest tight one, itself or above.
 */
static PnStatus
find_tight(const PnProblem *problem, const int64_t *sum, int32_t *tight,
		   bool *any, PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	int32_t		p;

	*any = false;
	for (p = 0; p < tree->n; p++)
	{
		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		tight[p] = p == 0 ? PN_NO_NODE : tight[tree->parent[p]];
		if (problem->limit[p] == PN_NO_LIMIT || sum[p] <= problem->limit[p])
			continue;
		tight[p] = p;
		*any = true;
	}
	return PN_OK;
}

/*
 * A key that goes by tier, then by arrival, the unknown last.
 */
static PnKey
turn_key(const PnProblem *problem, int32_t leaf)
{
	PnKey		tier = problem->share == NULL ? 0 : problem->share[leaf].tier;
	int64_t		arrived_at = problem->arrived_at == NULL ? PN_NO_TIME :
		problem->arrived_at[leaf];

	/* 2^65 leaves room for every time, either sign, and one later than all. */
	return tier * ((PnKey) 1 << 65) +
		(arrived_at == PN_NO_TIME ? (PnKey) 1 << 64 : arrived_at);
}

static PnStatus
take_turns(const PnProblem *problem, const PnAdmitRoom *room,
		   int32_t *contenders, PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	PnRanked   *ranked = room->ranked;
	int32_t		n = 0;
	int32_t		p;

	for (p = 0; p < tree->n; p++)
	{
		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		if (!pn_is_leaf(tree, p) || !contends(problem, p))
			continue;
		ranked[n].key = turn_key(problem, p);
		ranked[n].order = problem->order == NULL ? p : problem->order[p];
		ranked[n++].leaf = p;
	}
	*contenders = n;
	return pn_sort(ranked, room->spare, n, check);
}

/* The next tight node above this one. */
static inline int32_t
tight_above(const PnTree *tree, const int32_t *tight, int32_t position)
{
	int32_t		parent = tree->parent[position];

	return parent == PN_NO_NODE ? PN_NO_NODE : tight[parent];
}

/*
 * The deepest node that has no room for the minimum, PN_NO_NODE where all have.
 */
static int32_t
find_refuser(const PnProblem *problem, const int64_t *admitted,
			 const int32_t *tight, int32_t leaf, int64_t *climbed)
{
	int32_t		p;

	for (p = tight[leaf]; p != PN_NO_NODE; p = tight_above(problem->tree, tight, p))
	{
		(*climbed)++;
		if (admitted[p] + problem->minimum[leaf] > problem->limit[p])
			break;
	}
	return p;
}

/*
 * Gives every contender its turn.
 */
static PnStatus
admit_in_turn(const PnProblem *problem, PnAllocation *allocation,
			  const PnAdmitRoom *room, int32_t contenders, PnInterrupt check)
{
	const PnTree *tree = problem->tree;
	int64_t    *admitted = allocation->allocated;
	int64_t		climbed = 0;	/* nodes, since it was last asked */
	int32_t		i;

	for (i = 0; i < tree->n; i++)
		admitted[i] = 0;

	for (i = 0; i < contenders; i++)
	{
		int32_t		leaf = room->ranked[i].leaf;
		int32_t		p;

		/* A turn climbs the tree, which may be of any depth. */
		if (i == 0 || climbed > 0xFFF)
		{
			climbed = 0;
			if (pn_interrupted(check))
				return PN_INTERRUPTED;
		}
		climbed++;
		allocation->turn[leaf] = i + 1;
		allocation->refused_by[leaf] = find_refuser(problem, admitted,
													room->tight, leaf, &climbed);
		if (allocation->refused_by[leaf] != PN_NO_NODE)
			continue;
		for (p = room->tight[leaf]; p != PN_NO_NODE;
			 p = tight_above(tree, room->tight, p))
			admitted[p] += problem->minimum[leaf];
	}
	return PN_OK;
}

/*
 * Admits the minimums; see admit.h.
 */
PnStatus
pn_admit(const PnProblem *problem, PnAllocation *allocation,
		 const PnAdmitRoom *room, PnInterrupt check)
{
	int64_t    *sum = allocation->allocated;
	PnStatus	status;
	int32_t		contenders;

	status = sum_minimums(problem, allocation, sum, check);
	if (status == PN_OK)
		status = find_tight(problem, sum, room->tight, &allocation->queued,
							check);
	if (status != PN_OK || !allocation->queued)
		return status;

	status = take_turns(problem, room, &contenders, check);
	if (status == PN_OK)
		status = admit_in_turn(problem, allocation, room, contenders, check);
	return status;
}
