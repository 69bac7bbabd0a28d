/*
 * decimal.h
 *	  Whole numbers of numeric values, without arithmetic on numerics.
 */
#ifndef PN_DECIMAL_H
#define PN_DECIMAL_H

#include "postgres.h"

typedef enum Rounding
{
	ROUND_DOWN,
	ROUND_UP
} Rounding;

/*
 * A numeric as a whole number: one above 0 rounded down or up, one below 0 always
 * down, so that it stays below 0.
 *
 * False where it does not fit or is no number: then *whole is PG_INT64_MAX, or
 * PG_INT64_MIN of what is below 0.  NaN counts as greater than all numbers.
 *
 * Reads the value as it is stored, which has been the same since PostgreSQL 9.1
 * and is what pg_upgrade relies on: a site has two or three numerics a node, and
 * ceil() and a cast take ten times as long.
 */
extern bool decimal_to_whole(Datum numeric, Rounding rounding, int64 *whole);

#endif							/* PN_DECIMAL_H */
