/*
 * policy_argument.h
 *	  A policy as a caller names it.
 */
#ifndef PN_POLICY_ARGUMENT_H
#define PN_POLICY_ARGUMENT_H

#include "kernel/policy.h"

/*
 * The names of the policies, as "A, B, C", in the current memory context; only
 * those that this release allocates by where available_only is set.
 */
extern char *policy_names(bool available_only);

/*
 * The policy that an argument names.  Raises 22023 where there is none of that
 * name, 0A000 where this release cannot allocate by it.
 */
extern PnPolicy policy_argument(const char *name);

#endif							/* PN_POLICY_ARGUMENT_H */
