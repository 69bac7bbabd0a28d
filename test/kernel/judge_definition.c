/*
 * judge_definition.c
 *	  Judges by handing out one watt at a time.
 */
#include <stdlib.h>

#include "judge_answer.h"

/* Leaves that can have another watt. */
typedef struct Takers
{
	int32_t    *leaf;
	int32_t		n;
} Takers;

static bool
can_take(const Case *c, const Answer *a, int32_t leaf)
{
	return !a->refused[leaf] && a->allocated[leaf] < c->demand[leaf] &&
		deepest_full(c, a->allocated, leaf) == PN_NO_NODE;
}

/* Once a leaf cannot take more it never can again. */
static void
drop_the_rest(const Case *c, const Answer *a, Takers *takers)
{
	int32_t		kept = 0;
	int32_t		i;

	for (i = 0; i < takers->n; i++)
	{
		if (can_take(c, a, takers->leaf[i]))
			takers->leaf[kept++] = takers->leaf[i];
	}
	takers->n = kept;
}

/* The leaf that gets the next watt. */
static int32_t
next_leaf(const Answer *a, const Takers *takers)
{
	int32_t		best = takers->leaf[0];
	int32_t		i;

	for (i = 1; i < takers->n; i++)
	{
		int32_t		leaf = takers->leaf[i];

		if (unit_before(a, leaf, a->allocated[leaf] + 1,
						best, a->allocated[best] + 1))
			best = leaf;
	}
	return best;
}

static void
hand_out(const Case *c, Answer *a)
{
	Takers		takers = {zeroed(c->n, sizeof(int32_t)), 0};
	int32_t		i;

	for (i = 0; i < c->n; i++)
	{
		if (a->is_leaf[i])
		{
			add_up(c, a->allocated, i, a->admitted[i]);
			takers.leaf[takers.n++] = i;
		}
	}
	drop_the_rest(c, a, &takers);
	while (takers.n > 0)
	{
		int32_t		leaf = next_leaf(a, &takers);

		add_up(c, a->allocated, leaf, 1);
		if (!can_take(c, a, leaf))
			drop_the_rest(c, a, &takers);
	}
	free(takers.leaf);
}

const char *
judge_by_definition(const Case *c, const Solution *s)
{
	Answer		a = new_answer(c, s);
	const char *fault = judge_shares(c, s, &a);
	int32_t		i;

	hand_out(c, &a);
	for (i = 0; i < c->n && fault == NULL; i++)
	{
		if (s->allocation.allocated[s->position[i]] != a.allocated[i])
			fault = "allocated is not the definition's";
	}
	if (fault == NULL)
		fault = judge_explanation(c, s, &a);
	free_answer(&a);
	return fault;
}
