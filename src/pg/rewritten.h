/*
 * rewritten.h
 *	  Whether a plan would read a table that a snapshot finds empty.
 */
#ifndef PN_REWRITTEN_H
#define PN_REWRITTEN_H

#include "executor/spi.h"

/*
 * Locks what the kept plan reads, and under REPEATABLE READ and SERIALIZABLE
 * raises 40001 where one of its tables got a new file after the snapshot was
 * taken.  Under READ COMMITTED it does nothing: there the snapshot is younger than
 * the locks (lock_sources).
 */
extern void refuse_rewritten(SPIPlanPtr plan);

#endif							/* PN_REWRITTEN_H */
