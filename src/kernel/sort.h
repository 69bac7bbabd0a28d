/*
 * sort.h
 *	  Puts leaves in the order of a key and a tie-breaking rank.
 *
 * For the kernel's own use.
 */
#ifndef PN_SORT_H
#define PN_SORT_H

#include "status.h"

/*
 * Keys are 128 bits wide, so that none that a policy forms is ever rounded, and
 * aligned as int64_t, which is as much as callers' memory can be relied on for.
 */
typedef __int128 PnKey __attribute__((aligned(8)));

typedef struct PnRanked
{
	PnKey		key;			/* smaller first */
	int32_t		order;			/* among equal keys, smaller first */
	int32_t		leaf;			/* whatever number the caller knows it by */
} PnRanked;

/*
 * Sorts `ranked`, using `spare` of the same size; equal entries keep their
 * places.  Time O(n) where they are in order already, else O(n log n).  Returns
 * PN_OK or PN_INTERRUPTED, and then the entries are in no order.
 */
extern PnStatus pn_sort(PnRanked *ranked, PnRanked *spare, int32_t n,
						PnInterrupt check);

#endif							/* PN_SORT_H */
