/*
 * policy_argument.h
 *	  A policy as a caller names it.
 */
#ifndef PN_POLICY_ARGUMENT_H
#define PN_POLICY_ARGUMENT_H

#include "kernel/policy.h"

/* The names of the policies, as "A, B, C", in the current memory context. */
extern char *policy_names(void);

/*
 * The policy that an argument names, the default where it is NULL.  Raises 22023
 * where there is none of that name.
 */
extern PnPolicy policy_argument(const char *name);

#endif							/* PN_POLICY_ARGUMENT_H */
