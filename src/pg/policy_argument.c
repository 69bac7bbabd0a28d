/*
 * policy_argument.c
 *	  A policy as a caller names it.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "pg/policy_argument.h"

char *
policy_names(void)
{
	StringInfoData names;

	initStringInfo(&names);
	for (PnPolicy policy = 0; policy < pn_policy_count(); policy++)
		appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "",
						 pn_policy_name(policy));
	return names.data;
}

PnPolicy
policy_argument(const char *name)
{
	PnPolicy	policy;

	if (name == NULL)
		return PN_DEFAULT_POLICY;
	if (!pn_policy_by_name(name, &policy))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown policy \"%s\"", name),
				 errdetail("Policies are named in upper case."),
				 errhint("The policies are %s.", policy_names())));
	return policy;
}
