/*
 * test_policy.c
 *	  The policies' names, and which can be allocated by.
 */
#include <string.h>

#include "policy.h"
#include "tap.h"

static const char *const names[] = {
	"EQUAL_SHARE", "WEIGHTED", "PROPORTIONAL", "PRIORITY",
	"FIRST_COME_FIRST_SERVED", "EARLIEST_DEADLINE_FIRST", "LEAST_LAXITY_FIRST"
};

static const char *const no_names[] = {
	"", "equal_share", "EQUAL_SHARE ", "EQUAL", "EQUAL_SHARES", "FAIR"
};

int
main(void)
{
	PnPolicy	policy;
	int			i;

	for (i = 0; i < PN_POLICY_COUNT; i++)
	{
		ok(strcmp(pn_policy_name((PnPolicy) i), names[i]) == 0,
		   "policy %d is called %s", i, names[i]);
		policy = (PnPolicy) PN_POLICY_COUNT;
		ok(pn_policy_by_name(names[i], &policy) && policy == (PnPolicy) i,
		   "%s is found by name", names[i]);
		is(pn_policy_available((PnPolicy) i), i == PN_EQUAL_SHARE,
		   "whether %s is available", names[i]);
	}

	policy = PN_WEIGHTED;
	for (i = 0; i < (int) (sizeof(no_names) / sizeof(no_names[0])); i++)
		ok(!pn_policy_by_name(no_names[i], &policy) && policy == PN_WEIGHTED,
		   "\"%s\" is no policy", no_names[i]);
	return tap_end();
}
