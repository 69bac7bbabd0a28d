/*
 * even.h
 *	  Cuts in leaves that only their watts tell apart.
 *
 * For the kernel's own use: callers see allocate.h.
 *
 * Leaves of one tier and like weights, without floors and in their own order, are
 * cut to a level: none keeps more, but for one watt more of the first few that
 * have it.  Cuts are put off, since a higher node's often makes them needless:
 *
 * - A cut is only noted at first.  Of nodes that are each other's only child the
 *   last to be cut, which is cut most, is all that counts.
 * - Then its level is found, which takes no more than reading the leaves.  So it
 *   stands until a node above it is cut: to a lower level, which makes it as if
 *   it had never been, or to a higher one, and then it is made.
 *
 * So most leaves are written once, whatever the depth of the tree.
 */
#ifndef PN_EVEN_H
#define PN_EVEN_H

#include "status.h"

/* A cut that is noted. */
typedef struct PnEvenNote
{
	int32_t		first;			/* leaf */
	int32_t		n;				/* leaves; 0: no note */
	int32_t		limit;			/* W, less than they hold */
	int64_t		held;			/* W that they hold */
} PnEvenNote;

/* A cut that stands: its level is found, and it is yet to be made. */
typedef struct PnEvenCut
{
	int32_t		first;			/* leaf */
	int32_t		n;				/* leaves */
	int32_t		level;			/* W that none keeps more than... */
	int32_t		extra;			/* ...but for one W each of so many of the first
								 * of those that hold more */
	int32_t		above;			/* how many hold more; above extra */
} PnEvenCut;

/* Leaves, and the cuts that are yet to be made in them. */
typedef struct PnEven
{
	int32_t    *watts;			/* of each leaf, but for those cuts */
	PnEvenNote	note;
	PnEvenCut  *cut;			/* no two overlap, and the last one's leaves are
								 * the first; room for one in three leaves */
	int32_t		cuts;
	int32_t		level;			/* the last one found of leaves in which no cut
								 * stood: as good a guess as any */
} PnEven;

/*
 * Cuts the n > 2 leaves from `first` on, which hold `held` watts, to the limit,
 * which is less.  Nodes come children before parents and later siblings first.
 *
 * Returns PN_OK or PN_INTERRUPTED.  Passes over the leaves, sooner or later: at
 * most 64 to find the level, and one to make the cut; two or three and one is
 * what is seen.
 */
extern PnStatus pn_even_cut(PnEven *even, int32_t first, int32_t n,
							int64_t held, int32_t limit, PnInterrupt check);

/* Makes the cuts that are left.  Returns PN_OK or PN_INTERRUPTED. */
extern PnStatus pn_even_settle(PnEven *even, PnInterrupt check);

/*
 * The same of two leaves, at once: each keeps up to half, and what the other does
 * not want; an odd watt is the first one's.
 */
static inline void
pn_even_halve(int32_t *first, int32_t *second, int32_t limit)
{
	int32_t		half = limit - limit / 2;
	int32_t		left = limit - *second;
	int32_t		most = left > half ? left : half;

	*first = *first < most ? *first : most;
	*second = limit - *first;
}

#endif							/* PN_EVEN_H */
