/*
 * policy_argument.c
 *	  A policy as a caller names it.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "pg/policy_argument.h"

char *
policy_names(bool available_only)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int policy = 0; policy < PN_POLICY_COUNT; policy++)
	{
		if (available_only && !pn_policy_available((PnPolicy) policy))
			continue;
		appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "",
						 pn_policy_name((PnPolicy) policy));
	}
	return names.data;
}

PnPolicy
policy_argument(const char *name)
{
	PnPolicy	policy;

	if (!pn_policy_by_name(name, &policy))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown policy \"%s\"", name),
				 errdetail("Policies are named in upper case."),
				 errhint("The policies are %s.", policy_names(false))));
	if (!pn_policy_available(policy))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("policy %s is not available yet", name),
				 errdetail("This release allocates by %s.", policy_names(true)),
				 errhint("The other policies follow in the next release.")));
	return policy;
}
