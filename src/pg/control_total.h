/*
 * control_total.h
 *	  The sum over everything that a cycle records in numbers and fixed words.
 *
 * The definition is at the column, in sql/install/20-storage.sql; verify() makes
 * the sum again in SQL.
 */
#ifndef PN_CONTROL_TOTAL_H
#define PN_CONTROL_TOTAL_H

#include "postgres.h"

/* The numbers that are summed, in the order of the definition. */
typedef enum NumberColumn
{
	NUMBER_CYCLE_NO = 1,
	NUMBER_TOPOLOGY_NO,
	NUMBER_EVALUATED_AT,
	NUMBER_COMPLETED_AT,
	NUMBER_EXPIRES_AT,
	NUMBER_LIMIT_W,
	NUMBER_DEMAND_W,
	NUMBER_ALLOCATED_W,
	NUMBER_CURTAILED_W,
	NUMBER_CONSTRAINING_LIMIT_W,
	NUMBER_CONSTRAINING_ASKED_W,
	NUMBER_CONSTRAINED_NODES,
	NUMBER_CURTAILED_LEAVES,
	NUMBER_FAULTS,
	NUMBER_IN_FORCE_CYCLE_NO,
	NUMBER_DURATION,
	NUMBER_PARENTS,
	NUMBER_KINDS,
	NUMBER_RATINGS,
	NUMBER_RATING_SOURCES,
	NUMBER_LIMITS,
	NUMBER_LIMIT_SOURCES,
	NUMBER_DEMANDS,
	NUMBER_ASKED,
	NUMBER_ALLOCATED,
	NUMBER_BOTTLENECKS,
	NUMBER_OFFLINE,
	NUMBER_TIERS,
	NUMBER_WEIGHTS,
	NUMBER_MINIMUMS,
	NUMBER_TURNS,
	NUMBER_OUTCOME,
	NUMBER_REASON,
	NUMBER_TOPOLOGY,
	NUMBER_CONTROL_MODE,
	NUMBER_POLICY
} NumberColumn;

/* More than there are columns. */
#define NUMBER_STRIDE 64

/*
 * Adds the element of a column at a place from 1, or with place 0 the column's
 * only number; -1 for NULL.  No factor of an element is as much as 2^32 below
 * 2^26 nodes, so a change of one 32-bit number always changes the sum.
 */
static inline void
add_number(uint64 *total, NumberColumn column, int32 place, int64 number)
{
	*total += ((uint64) place * NUMBER_STRIDE + column) * ((uint64) number + 2);
}

/* The same of a word of the fixed vocabulary; NULL for NULL. */
static inline void
add_word(uint64 *total, NumberColumn column, const char *word)
{
	int64		number = 0;

	for (int32 i = 0; word != NULL && word[i] != '\0'; i++)
		number += (int64) (i + 1) * (unsigned char) word[i];
	add_number(total, column, 0, word == NULL ? -1 : number);
}

#endif							/* PN_CONTROL_TOTAL_H */
