/*
 * policy.c
 *	  The policies by name, and which of them this release can allocate by.
 */
#include <string.h>

#include "policy.h"

static const char *const policy_names[PN_POLICY_COUNT] = {
	[PN_EQUAL_SHARE] = "EQUAL_SHARE",
	[PN_WEIGHTED] = "WEIGHTED",
	[PN_PROPORTIONAL] = "PROPORTIONAL",
	[PN_PRIORITY] = "PRIORITY",
	[PN_FIRST_COME_FIRST_SERVED] = "FIRST_COME_FIRST_SERVED",
	[PN_EARLIEST_DEADLINE_FIRST] = "EARLIEST_DEADLINE_FIRST",
	[PN_LEAST_LAXITY_FIRST] = "LEAST_LAXITY_FIRST"
};

/* The policy's name as users write it. */
const char *
pn_policy_name(PnPolicy policy)
{
	return policy_names[policy];
}

/* Finds a policy by its exact name: case counts, as in the views' CHECKs. */
bool
pn_policy_by_name(const char *name, PnPolicy *policy)
{
	int			i;

	for (i = 0; i < PN_POLICY_COUNT; i++)
	{
		if (strcmp(name, policy_names[i]) == 0)
		{
			*policy = (PnPolicy) i;
			return true;
		}
	}
	return false;
}

/* Whether this release can allocate by the policy. */
bool
pn_policy_available(PnPolicy policy)
{
	return policy == PN_EQUAL_SHARE;
}
