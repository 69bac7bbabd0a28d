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
	PnProblem	problem;
	PnAllocation allocation;
	PnExplanation explanation;
	int32_t    *position;		/* by input index */
} Solution;

/* Never asks to stop. */
#define NO_CHECK ((PnInterrupt) {NULL, NULL})

/* An exactly large array of n. */
extern int32_t *new_array(int32_t n);

/* A case with arrays for n nodes, and one without any left. */
extern Case new_case(int32_t n, bool with_order);
extern void free_case(Case *c);

/* Builds, allocates and explains. */
extern Solution *solve(const Case *c, PnInterrupt check);

/* The same of arrays that a test spells out, W(1, 2, 3). */
extern Solution *solve_arrays(int32_t n, const int32_t *parent,
							  const int32_t *limit, const int32_t *demand,
							  const int32_t *order);
#define W(...) ((const int32_t[]) {__VA_ARGS__})
extern void free_solution(Solution *s);

#endif							/* FIXTURE_H */
