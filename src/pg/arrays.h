/*
 * arrays.h
 *	  A decision as the SQL arrays that record.c stores.
 */
#ifndef PN_ARRAYS_H
#define PN_ARRAYS_H

#include "utils/array.h"

#include "pg/decide.h"

/*
 * By ordinal, what there is to say of each node: see the columns' COMMENTs.
 * NULL pointers for arrays that are stored as NULL.
 */
typedef struct CycleArrays
{
	ArrayType  *limits;
	ArrayType  *limit_sources;
	ArrayType  *demands;
	ArrayType  *asked;
	ArrayType  *allocated;
	ArrayType  *bottlenecks;
	ArrayType  *offline;
	ArrayType  *vehicles;
	ArrayType  *tiers;
	ArrayType  *weights;
	ArrayType  *minimums;
	ArrayType  *turns;
	uint64		total;			/* of all these numbers and the topology's, for
								 * the cycle's control total */
} CycleArrays;

/* By rank; the first MAX_RECORDED_FAULTS. */
typedef struct FaultArrays
{
	ArrayType  *reason;
	ArrayType  *node_id;
	ArrayType  *kind;
	ArrayType  *source_id;
	ArrayType  *name;
	ArrayType  *message;
} FaultArrays;

/* Values that mark a NULL element: no watt, ordinal, code or count is below 0. */
#define NULL_INT (-1)

/* An integer[], smallint[] or text[]; NULL_INT and NULL become NULL elements. */
extern ArrayType *int_array(const int32 *values, int32 count);
extern ArrayType *small_array(const int32 *values, int32 count);
extern ArrayType *string_array(const char *const *values, int32 count);

/* A cycle's figures; not of a REJECTED decision. */
extern CycleArrays cycle_arrays(const Decision *decision);

/* The rows of at least one fault. */
extern FaultArrays fault_arrays(const FaultList *faults);

/*
 * Raises 54000 where so many bytes do not fit into a row (or an array: both are
 * made in memory as a whole), naming it by what.  OTHER_COLUMNS is more than what a
 * row has beside arrays of nodes.
 */
extern void check_recordable(int32 nodes, Size bytes, const char *what);

#define OTHER_COLUMNS ((Size) 64 * 1024)

#endif							/* PN_ARRAYS_H */
