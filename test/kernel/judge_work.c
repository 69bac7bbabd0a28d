/*
 * judge_work.c
 *	  Judges how much work an allocation was, in passes over leaves.
 *
 * The bounds are those of docs/algorithm.md.  They hold whatever the input is;
 * what is counted is counted by the kernel itself, compiled for it.
 */
#include "judge.h"

#include "work.h"

/* Since the last work_begin(). */
static int64_t cuts;			/* truncations */
static int64_t cut_leaves;		/* of those truncations, added up */
static int64_t leaves_of_cut;	/* of the one under way */
static int64_t passed_of_cut;
static int64_t most_passes;		/* of any truncation so far */

/* Of any truncation of this program, for whoever wants to tell. */
static int64_t most_passes_ever;

void
work_begin(void)
{
	cuts = cut_leaves = leaves_of_cut = passed_of_cut = most_passes = 0;
}

/* A pass over some of the leaves counts for as much of a pass; rounded up. */
int64_t
work_passes(void)
{
	return leaves_of_cut == 0 ? 0 :
		(passed_of_cut + leaves_of_cut - 1) / leaves_of_cut;
}

int64_t
work_most_passes(void)
{
	return most_passes_ever;
}

void
pn_count_cut(int64_t leaves)
{
	cuts++;
	cut_leaves += leaves;
	leaves_of_cut = leaves;
	passed_of_cut = 0;
}

void
pn_count_pass(int64_t leaves)
{
	int64_t		passes;

	passed_of_cut += leaves;
	passes = work_passes();
	most_passes = passes > most_passes ? passes : most_passes;
	most_passes_ever = passes > most_passes_ever ? passes : most_passes_ever;
}

const char *
judge_work(const Solution *s)
{
	const PnTree *tree = &s->tree;
	int64_t		pairs = 0;		/* of a leaf and a node above it */
	int64_t		inner = 0;
	int32_t		p;

	for (p = 0; p < tree->n; p++)
	{
		if (pn_is_leaf(tree, p))
			pairs += tree->depth[p];
		else
			inner++;
	}
	if (cuts > inner)
		return "more truncations than inner nodes";
	if (cut_leaves > pairs)
		return "a leaf was cut more often than it has nodes above it";
	if (most_passes > MOST_PASSES)
		return "more passes of a truncation than there can be";
	return NULL;
}
