/*
 * random_case.h
 *	  Random trees, the same on every machine.
 */
#ifndef RANDOM_CASE_H
#define RANDOM_CASE_H

#include "fixture.h"

/* State of the generator: splitmix64, by S. Vigna. */
typedef struct Random
{
	uint64_t	state;
} Random;

extern uint64_t random_bits(Random *r);

/* Evenly enough in [0, n). */
extern int32_t random_below(Random *r, int32_t n);

/*
 * A tree of at most max_nodes nodes and 64 levels, in an input order that is
 * not the tree's, of leaves that want at most max_demand.
 */
extern Case random_case(Random *r, int32_t max_nodes, int32_t max_demand);

#endif							/* RANDOM_CASE_H */
