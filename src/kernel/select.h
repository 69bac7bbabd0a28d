/*
 * select.h
 *	  The smallest of a set of units, without sorting them.
 *
 * For the kernel's own use.
 */
#ifndef PN_SELECT_H
#define PN_SELECT_H

#include "status.h"

/* One leaf's claim to one more watt. */
typedef struct PnCandidate
{
	int64_t		key;			/* smaller first */
	int32_t		order;			/* among equal keys, smaller first */
	int32_t		leaf;
} PnCandidate;

/*
 * Moves the `wanted` smallest of n candidates to the front, in any order;
 * 0 <= wanted <= n.  Time O(n) where keys are spread, at most n times the bits
 * of the range of keys plus 32.  Returns PN_OK or PN_INTERRUPTED.
 */
extern PnStatus pn_select(PnCandidate *candidate, int32_t n, int32_t wanted,
						  PnInterrupt check);

#endif							/* PN_SELECT_H */
