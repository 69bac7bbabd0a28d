/*
 * row_order.h
 *	  Puts the rows of a source in order.
 */
#ifndef PN_ROW_ORDER_H
#define PN_ROW_ORDER_H

#include "pg/source_rows.h"

/*
 * Orders rows by their id in its own type, a NULL id last, and rows of one id by
 * their other columns, so that the same rows have one order whatever order they
 * came in.  The new array, if the rows had to move, is in CurrentMemoryContext.
 * Returns whether any two rows have one id.
 */
extern bool order_rows(const BoundSource *bound, TakenRows *taken);

/*
 * Whether any two rows, of a kind that keeps the key of its id, have one id; takes
 * a fraction of the time that ordering them does.
 */
extern bool share_ids(const TakenRows *taken);

#endif							/* PN_ROW_ORDER_H */
