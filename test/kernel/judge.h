/*
 * judge.h
 *	  What a right answer is, said without the kernel's code.
 *
 * Each judge returns NULL, or the first thing that is wrong.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "fixture.h"

/* Whether status and culprit are what the case deserves, and the tree sound. */
extern const char *judge_tree(const Case *c, const Solution *s);

/*
 * Whether every array is what the definition gives, one watt at a time.  Time
 * grows with the watts: small demands only.
 */
extern const char *judge_by_definition(const Case *c, const Solution *s);

/*
 * Whether the answer proves itself: sums, limits, maximality, and no leaf under
 * a bottleneck holding a unit larger than the one that a leaf there is missing.
 * Together these hold of no other allocation.  For demands of any size.
 */
extern const char *judge_by_certificate(const Case *c, const Solution *s);

#endif							/* JUDGE_H */
