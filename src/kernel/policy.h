/*
 * policy.h
 *	  A policy as what it is: a (tier, weight) for every leaf.
 *
 * Smaller tiers are served first; within a tier watts are shared in proportion
 * to weight.  EQUAL_SHARE puts all leaves into one tier with weight 1.
 */
#ifndef PN_POLICY_H
#define PN_POLICY_H

#include "status.h"

typedef enum PnPolicy
{
	PN_EQUAL_SHARE,
	PN_WEIGHTED,
	PN_PROPORTIONAL,
	PN_PRIORITY,
	PN_FIRST_COME_FIRST_SERVED,
	PN_EARLIEST_DEADLINE_FIRST,
	PN_LEAST_LAXITY_FIRST
} PnPolicy;

#define PN_POLICY_COUNT 7

/* The share of one leaf. */
typedef struct PnShare
{
	int32_t		tier;			/* smaller first */
	int32_t		weight;			/* at least 1 */
} PnShare;

/* The policy's name as users write it, such as "EQUAL_SHARE". */
extern const char *pn_policy_name(PnPolicy policy);

/* Finds a policy by its exact name; false where there is none of that name. */
extern bool pn_policy_by_name(const char *name, PnPolicy *policy);

/* Whether this release can allocate by the policy. */
extern bool pn_policy_available(PnPolicy policy);

#endif							/* PN_POLICY_H */
