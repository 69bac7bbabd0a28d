/*
 * fixture.h
 *	  Runs the kernel on a case given by input index.
 *
 * Every array is allocated on its own and exactly as large as the headers
 * promise, so that a sanitizer sees one step too far.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "explain.h"

/* A case, by input index. */
typedef struct Case
{
	int32_t		n;
	int32_t    *parent;
	int32_t    *limit;
	int32_t    *demand;
	int32_t    *order;			/* NULL: place in the tree */
	int32_t    *minimum;		/* NULL: none */
	PnLeafFacts *facts;			/* but for demand and limit; NULL: weight 1,
								 * priority 0 and nothing else known */
	PnPolicy	policy;
	int64_t		at;
	PnShare    *share;			/* taken in place of the policy's; NULL: ask */
	bool		spelt_out;		/* ask for shares, though the policy is plain */
	bool		no_arrivals;	/* keep arrivals from pn_allocate */
	bool		every_array;	/* those too that may be NULL without minimums */
} Case;

/* What the kernel makes of it, by tree position. */
typedef struct Solution
{
	PnStatus	status;			/* the first that is not PN_OK */
	int32_t		culprit;
	PnTree		tree;
	int32_t    *limit;
	int32_t    *demand;
	int32_t    *order;
	int32_t    *minimum;
	int64_t    *arrived_at;
	PnLeafFacts *facts;
	PnShare    *share;			/* NULL where all are alike */
	PnProblem	problem;
	PnAllocation allocation;
	PnExplanation explanation;
	int32_t    *position;		/* by input index */
} Solution;

/* Never asks to stop. */
#define NO_CHECK ((PnInterrupt) {NULL, NULL})

/* What every byte holds that the kernel has not written. */
#define FILL 0xA5

/* An array of exactly n, filled; and one that holds what the other does. */
extern void *new_filled(int32_t n, size_t size);
extern int32_t *new_array(int32_t n);
extern int32_t *copy_of(int32_t n, const int32_t *array);

/* The policy of that name, which there must be. */
extern PnPolicy policy_named(const char *name);

/* What is known of a leaf of which nothing is. */
extern PnLeafFacts no_facts(void);
extern PnLeafFacts *new_facts(int32_t n);

/* A case with arrays for n nodes, and one without any left. */
extern Case new_case(int32_t n, bool with_order);
extern void free_case(Case *c);

/* A case of arrays that a test spells out, W(1, 2, 3). */
extern Case case_of(int32_t n, const int32_t *parent, const int32_t *limit,
					const int32_t *demand, const int32_t *order);
#define W(...) ((const int32_t[]) {__VA_ARGS__})

/* Builds, shares, allocates and explains. */
extern Solution *solve(const Case *c, PnInterrupt check);

/* The same of arrays that a test spells out. */
extern Solution *solve_arrays(int32_t n, const int32_t *parent,
							  const int32_t *limit, const int32_t *demand,
							  const int32_t *order);
extern void free_solution(Solution *s);

#endif							/* FIXTURE_H */
