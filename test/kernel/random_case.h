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

/* Whether one of n equal chances comes true. */
extern bool one_in(Random *r, int32_t n);

/* 0, 1... n - 1 in a random order. */
extern int32_t *permutation(Random *r, int32_t n);

/*
 * A tree of at most max_nodes nodes and 64 levels, in an input order that is
 * not the tree's, of leaves that want at most max_demand: of any policy, or
 * with shares of its own, with minimums or without.
 */
extern Case random_case(Random *r, int32_t max_nodes, int32_t max_demand);

/*
 * Gives a case its policy, minimums and what is known of leaves: many keys are
 * equal in some cases, none in others.  What inner nodes are said to have is
 * noise, which the kernel must not read.
 */
extern void random_facts(Random *r, Case *c);

/* Distinct ranks, dense or spread out, negative ones among them. */
extern void random_order(Random *r, Case *c);

/*
 * The same case with its nodes put elsewhere in the input: node i at to[i],
 * ranks and facts with it.
 */
extern Case moved_case(const Case *c, const int32_t *to);

#endif							/* RANDOM_CASE_H */
