/*
 * policy.c
 *	  The policies: one row of a table and one function each.
 *
 * A policy's function gives every leaf an urgency and a weight.  The urgencies,
 * in ascending order, become the tiers: one for each different urgency, or,
 * where the policy ranks its leaves, one for each leaf, equal urgencies going by
 * order.
 */
#include <string.h>

#include "policy.h"
#include "sort.h"

/* What a policy makes of one leaf. */
typedef struct Claim
{
	PnKey		urgency;		/* smaller first; LAST where nothing is known */
	int32_t		weight;
} Claim;

typedef Claim (*ClaimFunction) (const PnLeafFacts *leaf, int64_t at);

/* Later than any time and any difference of times that 64 bits can hold. */
#define LAST ((PnKey) 1 << 126)

#define SECONDS_PER_HOUR 3600
#define MICROSECONDS 1000000

/* Power in proportion to the leaf's own weight. */
static Claim
claim_weighted(const PnLeafFacts *leaf, int64_t at)
{
	(void) at;
	return (Claim) {0, leaf->weight};
}

/* Power in proportion to what is wanted; wanting nothing gets nothing anyway. */
static Claim
claim_proportional(const PnLeafFacts *leaf, int64_t at)
{
	(void) at;
	return (Claim) {0, leaf->demand > 0 ? leaf->demand : 1};
}

/* The higher priority goes first, as in OCPP; by weight among equals. */
static Claim
claim_by_priority(const PnLeafFacts *leaf, int64_t at)
{
	(void) at;
	return (Claim) {-(PnKey) leaf->priority, leaf->weight};
}

static PnKey
time_or_last(int64_t time)
{
	return time == PN_NO_TIME ? LAST : (PnKey) time;
}

static Claim
claim_by_arrival(const PnLeafFacts *leaf, int64_t at)
{
	(void) at;
	return (Claim) {time_or_last(leaf->arrived_at), 1};
}

static Claim
claim_by_departure(const PnLeafFacts *leaf, int64_t at)
{
	(void) at;
	return (Claim) {time_or_last(leaf->departs_at), 1};
}

/*
 * Microseconds that the leaf's energy takes at its limit, rounded down; none
 * where the energy is not known or nothing limits the leaf.  At most 2^63 Wh in
 * microwatt-seconds is 2^95.
 */
static PnKey
charging_time(const PnLeafFacts *leaf)
{
	if (leaf->energy < 0 || leaf->limit == PN_NO_LIMIT)
		return 0;
	return (PnKey) leaf->energy * SECONDS_PER_HOUR * MICROSECONDS /
		(leaf->limit > 0 ? leaf->limit : 1);
}

/* Laxity: how long the leaf could still wait and be done when it departs. */
static Claim
claim_by_laxity(const PnLeafFacts *leaf, int64_t at)
{
	if (leaf->departs_at == PN_NO_TIME)
		return (Claim) {LAST, 1};
	return (Claim) {(PnKey) leaf->departs_at - at - charging_time(leaf), 1};
}

static const struct
{
	const char *name;
	ClaimFunction claim;		/* NULL: all leaves are alike */
	bool		ranked;			/* a tier for each leaf */
	bool		needs_time;
}			policies[] = {
	{"EQUAL_SHARE", NULL, false, false},
	{"WEIGHTED", claim_weighted, false, false},
	{"PROPORTIONAL", claim_proportional, false, false},
	{"PRIORITY", claim_by_priority, false, false},
	{"FIRST_COME_FIRST_SERVED", claim_by_arrival, true, false},
	{"EARLIEST_DEADLINE_FIRST", claim_by_departure, true, false},
	{"LEAST_LAXITY_FIRST", claim_by_laxity, true, true}
};

int32_t
pn_policy_count(void)
{
	return (int32_t) (sizeof(policies) / sizeof(policies[0]));
}

const char *
pn_policy_name(PnPolicy policy)
{
	return policies[policy].name;
}

/* Case counts, as in the views' CHECKs. */
bool
pn_policy_by_name(const char *name, PnPolicy *policy)
{
	int32_t		i;

	for (i = 0; i < pn_policy_count(); i++)
	{
		if (strcmp(name, policies[i].name) == 0)
		{
			*policy = i;
			return true;
		}
	}
	return false;
}

bool
pn_policy_is_plain(PnPolicy policy)
{
	return policies[policy].claim == NULL;
}

bool
pn_policy_needs_time(PnPolicy policy)
{
	return policies[policy].needs_time;
}

size_t
pn_policy_scratch(int32_t n)
{
	return 2 * (size_t) n * sizeof(PnRanked);
}

/*
 * Asks the policy about every leaf: weights are final, urgencies are collected.
 */
static PnStatus
collect_claims(PnPolicy policy, const PnTree *tree, const PnLeafFacts *facts,
			   const int32_t *order, int64_t at, PnShare *share,
			   PnRanked *ranked, int32_t *nleaves, PnInterrupt check)
{
	int32_t		n = 0;
	int32_t		p;

	for (p = 0; p < tree->n; p++)
	{
		Claim		claim;

		if (pn_interrupted_at(check, p))
			return PN_INTERRUPTED;
		if (!pn_is_leaf(tree, p))
			continue;
		claim = policies[policy].claim(&facts[p], at);
		share[p].weight = claim.weight;
		ranked[n].key = claim.urgency;
		ranked[n].order = order == NULL ? p : order[p];
		ranked[n++].leaf = p;
	}
	*nleaves = n;
	return PN_OK;
}

/*
 * Makes every leaf alike.
 */
static void
share_alike(const PnTree *tree, PnShare *share)
{
	int32_t		p;

	for (p = 0; p < tree->n; p++)
	{
		if (pn_is_leaf(tree, p))
			share[p] = (PnShare) {0, 1};
	}
}

/*
 * Works out the shares; see policy.h.
 */
PnStatus
pn_policy_shares(PnPolicy policy, const PnTree *tree,
				 const PnLeafFacts *facts, const int32_t *order, int64_t at,
				 PnShare *share, void *scratch, PnInterrupt check)
{
	PnRanked   *ranked = scratch;
	PnStatus	status;
	int32_t		tier = 0;
	int32_t		n;
	int32_t		i;

	if (pn_policy_is_plain(policy))
	{
		share_alike(tree, share);
		return PN_OK;
	}
	status = collect_claims(policy, tree, facts, order, at, share, ranked, &n,
							check);
	if (status == PN_OK)
		status = pn_sort(ranked, ranked + tree->n, n, check);
	if (status != PN_OK)
		return status;

	for (i = 0; i < n; i++)
	{
		if (i > 0 && (policies[policy].ranked ||
					  ranked[i].key != ranked[i - 1].key))
			tier++;
		share[ranked[i].leaf].tier = tier;
	}
	return PN_OK;
}
