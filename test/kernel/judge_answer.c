/*
 * judge_answer.c
 *	  What is known of an answer before the first watt is handed out.
 */
#include <stdlib.h>

#include "judge_answer.h"

void *
zeroed(int32_t n, size_t size)
{
	void	   *array = calloc((size_t) n + 1, size);

	if (array == NULL)
		abort();
	return array;
}

void
add_up(const Case *c, int64_t *sums, int32_t node, int64_t watts)
{
	for (; node != PN_NO_NODE; node = c->parent[node])
		sums[node] += watts;
}

int32_t
deepest_full(const Case *c, const int64_t *allocated, int32_t node)
{
	while (node != PN_NO_NODE &&
		   (c->limit[node] == PN_NO_LIMIT || allocated[node] < c->limit[node]))
		node = c->parent[node];
	return node;
}

/* watt / weight is compared by cross-multiplying: below 2^31 each. */
bool
unit_before(const Answer *a, int32_t leaf, int64_t watt,
			int32_t other, int64_t other_watt)
{
	PnShare		mine = a->share[leaf];
	PnShare		theirs = a->share[other];
	int64_t		left = watt * theirs.weight;
	int64_t		right = other_watt * mine.weight;

	if (mine.tier != theirs.tier)
		return mine.tier < theirs.tier;
	if (left != right)
		return left < right;
	return a->order[leaf] < a->order[other];
}

/* Puts every node after its children, by counting those still to come. */
static void
find_upward(const Case *c, Answer *a)
{
	int32_t    *children = zeroed(c->n, sizeof(int32_t));
	int32_t		done = 0;
	int32_t		known = 0;
	int32_t		i;

	for (i = 0; i < c->n; i++)
	{
		if (c->parent[i] != PN_NO_NODE)
			children[c->parent[i]]++;
	}
	for (i = 0; i < c->n; i++)
	{
		a->is_leaf[i] = children[i] == 0;
		if (a->is_leaf[i])
			a->upward[known++] = i;
	}
	while (done < known)
	{
		int32_t		parent = c->parent[a->upward[done++]];

		if (parent != PN_NO_NODE && --children[parent] == 0)
			a->upward[known++] = parent;
	}
	free(children);
}

/* demand and asked, as their definitions read. */
static void
sum_up(const Case *c, Answer *a)
{
	int32_t		k;

	for (k = 0; k < c->n; k++)
	{
		int32_t		i = a->upward[k];
		int64_t		through;

		if (a->is_leaf[i])
			a->demand[i] = a->asked[i] = c->demand[i];
		through = a->asked[i];
		if (c->limit[i] != PN_NO_LIMIT && through > c->limit[i])
			through = c->limit[i];
		if (c->parent[i] == PN_NO_NODE)
			continue;
		a->demand[c->parent[i]] += a->demand[i];
		a->asked[c->parent[i]] += through;
	}
}

/* The solution only numbers default orders, as the place in the tree. */
Answer
new_answer(const Case *c, const Solution *s)
{
	Answer		a;
	int32_t		i;

	a.is_leaf = zeroed(c->n, sizeof(bool));
	a.order = zeroed(c->n, sizeof(int32_t));
	a.upward = zeroed(c->n, sizeof(int32_t));
	a.share = zeroed(c->n, sizeof(PnShare));
	a.demand = zeroed(c->n, sizeof(int64_t));
	a.asked = zeroed(c->n, sizeof(int64_t));
	a.admitted = zeroed(c->n, sizeof(int32_t));
	a.refused = zeroed(c->n, sizeof(bool));
	a.refused_by = zeroed(c->n, sizeof(int32_t));
	a.turn = zeroed(c->n, sizeof(int32_t));
	a.room_for_all = true;
	a.allocated = zeroed(c->n, sizeof(int64_t));

	for (i = 0; i < c->n; i++)
	{
		a.order[i] = c->order == NULL ? s->position[i] : c->order[i];
		a.refused_by[i] = PN_NO_NODE;
	}
	find_upward(c, &a);
	sum_up(c, &a);
	find_judged_shares(c, &a);
	if (c->minimum != NULL)
		admit_minimums(c, &a);
	return a;
}

void
free_answer(Answer *a)
{
	free(a->is_leaf);
	free(a->order);
	free(a->upward);
	free(a->share);
	free(a->demand);
	free(a->asked);
	free(a->admitted);
	free(a->refused);
	free(a->refused_by);
	free(a->turn);
	free(a->allocated);
}
