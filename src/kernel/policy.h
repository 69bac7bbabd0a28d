/*
 * policy.h
 *	  A policy as what it is: a (tier, weight) for every leaf.
 *
 * Smaller tiers are served first; within a tier watts are shared in proportion
 * to weight.  Nothing outside policy.c knows a policy by its name.
 */
#ifndef PN_POLICY_H
#define PN_POLICY_H

#include "tree.h"

/* A row of the table in policy.c, from 0; the default policy is 0. */
typedef int32_t PnPolicy;

#define PN_DEFAULT_POLICY 0

/* The share of one leaf. */
typedef struct PnShare
{
	int32_t		tier;			/* smaller first */
	int32_t		weight;			/* at least 1 */
} PnShare;

/* What is known of one leaf, and what a policy may look at. */
typedef struct PnLeafFacts
{
	int32_t		demand;			/* W, >= 0 */
	int32_t		limit;			/* W, >= 0, or PN_NO_LIMIT */
	int32_t		weight;			/* at least 1 */
	int32_t		priority;		/* higher goes first */
	int64_t		arrived_at;		/* us since any epoch, or PN_NO_TIME */
	int64_t		departs_at;		/* us since the same epoch, or PN_NO_TIME */
	int64_t		energy;			/* Wh still needed; below 0: not known */
	int32_t		minimum;		/* W, >= 0; policies have no use for it */
} PnLeafFacts;

/* How many policies there are, and one's name as users write it. */
extern int32_t pn_policy_count(void);
extern const char *pn_policy_name(PnPolicy policy);

/* Finds a policy by its exact name; false where there is none of that name. */
extern bool pn_policy_by_name(const char *name, PnPolicy *policy);

/* Whether every leaf's share is the same, whatever the facts: no shares. */
extern bool pn_policy_is_plain(PnPolicy policy);

/* Whether the policy looks at the time of the allocation. */
extern bool pn_policy_needs_time(PnPolicy policy);

/* Bytes of scratch that pn_policy_shares wants for n nodes. */
extern size_t pn_policy_scratch(int32_t n);

/*
 * Works out the shares of a tree's leaves.  facts, order and share are by tree
 * position and are read and written at leaves only; order holds distinct
 * tie-breaking ranks, smaller first, NULL for the position itself; `at` is in
 * the facts' epoch.  Tiers come out as 0, 1, 2... without a gap.
 *
 * Returns PN_OK or PN_INTERRUPTED.  Time O(n), times a logarithm of n where
 * leaves are ranked.
 */
extern PnStatus pn_policy_shares(PnPolicy policy, const PnTree *tree,
								 const PnLeafFacts *facts,
								 const int32_t *order, int64_t at,
								 PnShare *share, void *scratch,
								 PnInterrupt check);

#endif							/* PN_POLICY_H */
