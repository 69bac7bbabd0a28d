/*
 * status.h
 *	  What a kernel function can answer, and how it asks whether to stop.
 *
 * The kernel knows neither PostgreSQL nor malloc: callers hand it every array,
 * and it reports by value, so it can be interrupted without unwinding.
 */
#ifndef PN_STATUS_H
#define PN_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "No node": the parent of the root, the bottleneck of a leaf that has none. */
#define PN_NO_NODE (-1)

/* "No limit of its own": of a node that only its ancestors and leaves limit. */
#define PN_NO_LIMIT (-1)

/* "No time": of an arrival or departure that nobody knows. */
#define PN_NO_TIME INT64_MIN

typedef enum PnStatus
{
	PN_OK,
	PN_NO_ROOT,					/* no node without a parent */
	PN_TWO_ROOTS,				/* culprit: the second node without a parent */
	PN_LOOP,					/* culprit: the first node that no root leads to */
	PN_INTERRUPTED				/* the caller's interrupt check said stop */
} PnStatus;

/*
 * Asked now and then in every loop that grows with the site; true means stop.
 * A NULL function never stops.
 */
typedef struct PnInterrupt
{
	bool		(*requested) (void *arg);
	void	   *arg;
} PnInterrupt;

static inline bool
pn_interrupted(PnInterrupt check)
{
	return check.requested != NULL && check.requested(check.arg);
}

/* Nodes or leaves that take no time, so that nothing is asked in between. */
#define PN_STEPS 4096

/* The same, asked at step 0 and every 4096th of a loop over nodes. */
static inline bool
pn_interrupted_at(PnInterrupt check, int32_t step)
{
	return __builtin_expect(step % PN_STEPS == 0, 0) && pn_interrupted(check);
}

/* The same of a loop that takes several at once; *unasked begins as PN_STEPS. */
static inline bool
pn_interrupted_after(PnInterrupt check, int32_t *unasked, int32_t steps)
{
	*unasked += steps;
	if (*unasked < PN_STEPS)
		return false;
	*unasked = 0;
	return pn_interrupted(check);
}

/* The same, asked before a pass over a run of leaves that takes some time. */
static inline bool
pn_interrupted_before(PnInterrupt check, int32_t leaves)
{
	return leaves >= PN_STEPS && pn_interrupted(check);
}

#endif							/* PN_STATUS_H */
