/*
 * vocabulary.c
 *	  powernode.is_outcome(word) and its like: the CHECKs of the stored words.
 *
 * The server reads a CHECK anew for every statement that inserts.  Reading a call
 * takes a fraction of what a list of words takes, and the words stand only in
 * words.c and the kernel's policy.c.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "kernel/policy.h"
#include "pg/words.h"

PG_FUNCTION_INFO_V1(powernode_is_outcome);
PG_FUNCTION_INFO_V1(powernode_is_reason);
PG_FUNCTION_INFO_V1(powernode_is_topology);
PG_FUNCTION_INFO_V1(powernode_is_control_mode);
PG_FUNCTION_INFO_V1(powernode_is_policy);
PG_FUNCTION_INFO_V1(powernode_is_kind);
PG_FUNCTION_INFO_V1(powernode_is_fault);

static bool
same(const char *word, const char *other)
{
	return other != NULL && strcmp(word, other) == 0;
}

static bool
is_kind(const char *word)
{
	bool		found = false;

	for (int kind = 0; kind < NODE_KIND_COUNT; kind++)
		found = found || same(word, kind_name(kind));
	return found;
}

static bool
is_outcome(const char *word)
{
	bool		found = false;

	for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
		found = found || same(word, outcome_name(outcome));
	return found;
}

static bool
is_fault(const char *word)
{
	bool		found = false;

	for (int fault = 0; fault < FAULT_KIND_COUNT; fault++)
		found = found || same(word, fault_name(fault));
	return found;
}

/* Of a cycle: why its demand was not met, or that it was. */
static bool
is_reason(const char *word)
{
	bool		found = same(word, REASON_DEMAND_MET) || same(word, REASON_MINIMUM_POWER);

	for (int kind = 0; kind < NODE_KIND_COUNT; kind++)
		found = found || same(word, kind_reason(kind));
	for (int source = 0; source < LIMIT_SOURCE_COUNT; source++)
		found = found || same(word, limit_source_reason(source));
	return found || is_fault(word);
}

/* The word that a function is asked about. */
static char *
word_argument(FunctionCallInfo fcinfo)
{
	return text_to_cstring(PG_GETARG_TEXT_PP(0));
}

/* powernode.is_…(word text) → boolean: whether the word is one of those. */

Datum
powernode_is_outcome(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(is_outcome(word_argument(fcinfo)));
}

Datum
powernode_is_reason(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(is_reason(word_argument(fcinfo)));
}

Datum
powernode_is_topology(PG_FUNCTION_ARGS)
{
	const char *word = word_argument(fcinfo);

	PG_RETURN_BOOL(same(word, topology_name(true)) || same(word, topology_name(false)));
}

Datum
powernode_is_control_mode(PG_FUNCTION_ARGS)
{
	ControlMode mode;

	PG_RETURN_BOOL(control_mode_by_name(word_argument(fcinfo), &mode));
}

Datum
powernode_is_policy(PG_FUNCTION_ARGS)
{
	PnPolicy	policy;

	PG_RETURN_BOOL(pn_policy_by_name(word_argument(fcinfo), &policy));
}

Datum
powernode_is_kind(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(is_kind(word_argument(fcinfo)));
}

Datum
powernode_is_fault(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(is_fault(word_argument(fcinfo)));
}
