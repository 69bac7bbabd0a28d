/*
 * judge_certificate.c
 *	  Judges allocations of any size by what only the right one shows.
 */
#include <stdlib.h>

#include "judge_answer.h"

/* Watts above the minimum: what other leaves could have had instead. */
static int64_t
above_minimum(const Answer *a, int32_t leaf)
{
	return a->allocated[leaf] - a->admitted[leaf];
}

/* For each node, the leaf under it that holds the largest unit above. */
static int32_t *
largest_holders(const Case *c, const Answer *a)
{
	int32_t    *holder = zeroed(c->n, sizeof(int32_t));
	int32_t		k;

	for (k = 0; k < c->n; k++)
		holder[k] = PN_NO_NODE;
	for (k = 0; k < c->n; k++)
	{
		int32_t		i = a->upward[k];
		int32_t		up = c->parent[i];

		if (a->is_leaf[i] && above_minimum(a, i) > 0)
			holder[i] = i;
		if (up == PN_NO_NODE || holder[i] == PN_NO_NODE)
			continue;
		if (holder[up] == PN_NO_NODE ||
			unit_before(a, holder[up], a->allocated[holder[up]],
						holder[i], a->allocated[holder[i]]))
			holder[up] = holder[i];
	}
	return holder;
}

/* Whether the leaf holds what it may, and misses nothing that it could have. */
static const char *
judge_leaf(const Case *c, const Answer *a, const int32_t *holder, int32_t leaf)
{
	int32_t		bottleneck;
	int32_t		largest;

	if (a->allocated[leaf] < 0 || a->allocated[leaf] > c->demand[leaf])
		return "leaf allocated outside of 0 to its demand";
	if (a->refused[leaf])
		return a->allocated[leaf] == 0 ? NULL : "a refused leaf has watts";
	if (above_minimum(a, leaf) < 0)
		return "leaf below its minimum";
	if (a->allocated[leaf] == c->demand[leaf])
		return NULL;
	bottleneck = deepest_full(c, a->allocated, leaf);
	if (bottleneck == PN_NO_NODE)
		return "not maximal: a curtailed leaf has room";
	largest = holder[bottleneck];
	if (largest != PN_NO_NODE && largest != leaf &&
		unit_before(a, leaf, a->allocated[leaf] + 1,
					largest, a->allocated[largest]))
		return "a leaf under the bottleneck holds a larger unit";
	return NULL;
}

/* The kernel's watts of leaves, added up. */
static void
take_over(const Case *c, const Solution *s, Answer *a)
{
	int32_t		k;

	for (k = 0; k < c->n; k++)
	{
		int32_t		i = a->upward[k];

		if (a->is_leaf[i])
			a->allocated[i] = s->allocation.allocated[s->position[i]];
		if (c->parent[i] != PN_NO_NODE)
			a->allocated[c->parent[i]] += a->allocated[i];
	}
}

const char *
judge_by_certificate(const Case *c, const Solution *s)
{
	Answer		a = new_answer(c, s);
	const char *fault = judge_shares(c, s, &a);
	int32_t    *holder;
	int32_t		i;

	take_over(c, s, &a);
	holder = largest_holders(c, &a);
	for (i = 0; i < c->n && fault == NULL; i++)
	{
		if (s->allocation.allocated[s->position[i]] != a.allocated[i])
			fault = "allocated is not the sum of leaves";
		else if (c->limit[i] != PN_NO_LIMIT && a.allocated[i] > c->limit[i])
			fault = "limit exceeded";
		else if (a.is_leaf[i])
			fault = judge_leaf(c, &a, holder, i);
	}
	if (fault == NULL)
		fault = judge_explanation(c, s, &a);
	free(holder);
	free_answer(&a);
	return fault;
}
