/*
 * judge_answer.h
 *	  What the judges work out, and share with each other.
 *
 * All arrays are by input index, and the tree is climbed by the case's own
 * parents: nothing is taken from the kernel but what is judged.
 */
#ifndef JUDGE_ANSWER_H
#define JUDGE_ANSWER_H

#include "judge.h"

typedef struct Answer
{
	bool	   *is_leaf;
	int32_t    *order;			/* of leaves */
	int32_t    *upward;			/* every node, children before their parents */
	PnShare    *share;			/* of leaves */
	int64_t    *demand;
	int64_t    *asked;
	int32_t    *admitted;		/* W of a leaf's minimum, 0 where it has none */
	bool	   *refused;		/* leaves that stay at 0 */
	int32_t    *refused_by;		/* of refused leaves with demand */
	int32_t    *turn;			/* 1, 2... of minimums that leaves can take */
	bool		room_for_all;	/* those minimums fit under every node at once */
	int64_t    *allocated;		/* left to the judge, 0 until then */
} Answer;

/* An array of n zeros; malloc's failure ends the test. */
extern void *zeroed(int32_t n, size_t size);

/* Everything but `allocated`. */
extern Answer new_answer(const Case *c, const Solution *s);
extern void free_answer(Answer *a);

/* The table of policies: every leaf's share. */
extern void find_judged_shares(const Case *c, Answer *a);

/* Lets minimums in, in their turn. */
extern void admit_minimums(const Case *c, Answer *a);

/* Adds watts to a node and everything above it. */
extern void add_up(const Case *c, int64_t *sums, int32_t node, int64_t watts);

/* The deepest full node on the way up, PN_NO_NODE where there is none. */
extern int32_t deepest_full(const Case *c, const int64_t *allocated,
							int32_t node);

/*
 * Whether one leaf's `watt`-th unit comes before another's: the smaller (tier,
 * watt / weight, order) does.
 */
extern bool unit_before(const Answer *a, int32_t leaf, int64_t watt,
						int32_t other, int64_t other_watt);

/* Whether all else agrees with what a->allocated says. */
extern const char *judge_shares(const Case *c, const Solution *s,
								const Answer *a);
extern const char *judge_explanation(const Case *c, const Solution *s,
									 const Answer *a);

#endif							/* JUDGE_ANSWER_H */
