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
 * Whether the answer proves itself: sums, limits, minimums admitted in turn,
 * maximality, and no leaf under a bottleneck holding a unit above its minimum
 * that is larger than the one that a leaf there is missing.  Together these
 * hold of no other allocation.  For demands of any size.
 */
extern const char *judge_by_certificate(const Case *c, const Solution *s);

/*
 * Whether what was done since work_begin() stayed within the bounds that
 * docs/algorithm.md gives; how many passes the latest truncation has taken, 0
 * before the first; and the most that one of this program has.
 */
#define MOST_PASSES (1 + 34 + 3 + 3 * 62 + 2 + 32 + 32 + 1)
extern void work_begin(void);
extern const char *judge_work(const Solution *s);
extern int64_t work_passes(void);
extern int64_t work_most_passes(void);

#endif							/* JUDGE_H */
