/*
 * judge_allocation.c
 *	  Judges allocations, by the definition and by certificate.
 *
 * All arrays here are by input index, and the tree is climbed by the case's own
 * parents: nothing is taken from the kernel but what is judged.
 */
#include <stdlib.h>

#include "judge.h"

/* The answer by definition. */
typedef struct Answer
{
	bool	   *is_leaf;
	int32_t    *order;			/* of leaves */
	int64_t    *demand;
	int64_t    *asked;
	int64_t    *allocated;
	int32_t    *bottleneck;
} Answer;

static void *
zeroed(int32_t n, size_t size)
{
	void	   *array = calloc((size_t) n + 1, size);

	if (array == NULL)
		abort();
	return array;
}

/* Adds watts to a node and everything above it. */
static void
add_up(const Case *c, int64_t *sums, int32_t node, int64_t watts)
{
	for (; node != PN_NO_NODE; node = c->parent[node])
		sums[node] += watts;
}

static bool
is_full(const Case *c, const int64_t *allocated, int32_t node)
{
	return c->limit[node] != PN_NO_LIMIT && allocated[node] >= c->limit[node];
}

/* The deepest full node on the way up, PN_NO_NODE where there is none. */
static int32_t
deepest_full(const Case *c, const int64_t *allocated, int32_t node)
{
	while (node != PN_NO_NODE && !is_full(c, allocated, node))
		node = c->parent[node];
	return node;
}

/* asked, as its definition reads. */
static int64_t
asked_of(const Case *c, const Answer *a, int32_t node)
{
	int64_t		asked = 0;
	int32_t		i;

	if (a->is_leaf[node])
		return c->demand[node];
	for (i = 0; i < c->n; i++)
	{
		int64_t		through;

		if (c->parent[i] != node)
			continue;
		through = asked_of(c, a, i);
		if (c->limit[i] != PN_NO_LIMIT && through > c->limit[i])
			through = c->limit[i];
		asked += through;
	}
	return asked;
}

/* What is known before the first watt.  `tree` only numbers default orders. */
static Answer
new_answer(const Case *c, const Solution *s)
{
	Answer		a;
	int32_t		i;

	a.is_leaf = zeroed(c->n, sizeof(bool));
	a.order = zeroed(c->n, sizeof(int32_t));
	a.demand = zeroed(c->n, sizeof(int64_t));
	a.asked = zeroed(c->n, sizeof(int64_t));
	a.allocated = zeroed(c->n, sizeof(int64_t));
	a.bottleneck = zeroed(c->n, sizeof(int32_t));
	for (i = 0; i < c->n; i++)
		a.is_leaf[i] = true;
	for (i = 0; i < c->n; i++)
	{
		if (c->parent[i] != PN_NO_NODE)
			a.is_leaf[c->parent[i]] = false;
	}
	for (i = 0; i < c->n; i++)
	{
		a.order[i] = c->order == NULL ? s->position[i] : c->order[i];
		a.bottleneck[i] = PN_NO_NODE;
		if (a.is_leaf[i])
			add_up(c, a.demand, i, c->demand[i]);
	}
	return a;
}

static void
free_answer(Answer *a)
{
	free(a->is_leaf);
	free(a->order);
	free(a->demand);
	free(a->asked);
	free(a->allocated);
	free(a->bottleneck);
}

/* The leaf that gets the next watt, PN_NO_NODE when none can have one. */
static int32_t
next_leaf(const Case *c, const Answer *a)
{
	int32_t		best = PN_NO_NODE;
	int32_t		i;

	for (i = 0; i < c->n; i++)
	{
		if (!a->is_leaf[i] || a->allocated[i] >= c->demand[i] ||
			deepest_full(c, a->allocated, i) != PN_NO_NODE)
			continue;
		if (best == PN_NO_NODE || a->allocated[i] < a->allocated[best] ||
			(a->allocated[i] == a->allocated[best] &&
			 a->order[i] < a->order[best]))
			best = i;
	}
	return best;
}

const char *
judge_by_definition(const Case *c, const Solution *s)
{
	Answer		a = new_answer(c, s);
	const char *fault = NULL;
	int32_t		i;

	while ((i = next_leaf(c, &a)) != PN_NO_NODE)
		add_up(c, a.allocated, i, 1);

	for (i = 0; i < c->n && fault == NULL; i++)
	{
		int32_t		p = s->position[i];
		int32_t		bottleneck = s->explanation.bottleneck[p];

		if (a.is_leaf[i] && a.allocated[i] < c->demand[i])
			a.bottleneck[i] = deepest_full(c, a.allocated, i);
		if (s->allocation.demand[p] != a.demand[i])
			fault = "demand is not the definition's";
		else if (s->allocation.asked[p] != asked_of(c, &a, i))
			fault = "asked is not the definition's";
		else if (s->allocation.allocated[p] != a.allocated[i])
			fault = "allocated is not the definition's";
		else if (a.bottleneck[i] == PN_NO_NODE ? bottleneck != PN_NO_NODE :
				 bottleneck != s->position[a.bottleneck[i]])
			fault = "bottleneck is not the definition's";
	}
	free_answer(&a);
	return fault;
}

/* Whether unit (watt, order) of one leaf comes before that of another. */
static bool
unit_before(int64_t watt, int32_t order, int64_t other_watt,
			int32_t other_order)
{
	return watt < other_watt || (watt == other_watt && order < other_order);
}

/*
 * For each node, the leaf under it that holds the largest unit.
 */
static int32_t *
largest_holders(const Case *c, const Answer *a)
{
	int32_t    *holder = zeroed(c->n, sizeof(int32_t));
	int32_t		i;
	int32_t		up;

	for (i = 0; i < c->n; i++)
		holder[i] = PN_NO_NODE;
	for (i = 0; i < c->n; i++)
	{
		if (!a->is_leaf[i] || a->allocated[i] == 0)
			continue;
		for (up = i; up != PN_NO_NODE; up = c->parent[up])
		{
			int32_t		other = holder[up];

			if (other == PN_NO_NODE ||
				unit_before(a->allocated[other], a->order[other],
							a->allocated[i], a->order[i]))
				holder[up] = i;
		}
	}
	return holder;
}

/* Judges one leaf, given the largest unit held under each node. */
static const char *
judge_leaf(const Case *c, const Solution *s, const Answer *a,
		   const int32_t *holder, int32_t leaf)
{
	int32_t		bottleneck = deepest_full(c, a->allocated, leaf);
	int32_t		named = s->explanation.bottleneck[s->position[leaf]];
	int32_t		largest;

	if (a->allocated[leaf] < 0 || a->allocated[leaf] > c->demand[leaf])
		return "leaf allocated outside of 0 to its demand";
	if (a->allocated[leaf] == c->demand[leaf])
		return named == PN_NO_NODE ? NULL : "bottleneck of a satisfied leaf";
	if (bottleneck == PN_NO_NODE)
		return "not maximal: a curtailed leaf has room";
	if (named != s->position[bottleneck])
		return "bottleneck is not the deepest full node";
	largest = holder[bottleneck];
	if (largest != PN_NO_NODE && largest != leaf &&
		unit_before(a->allocated[leaf] + 1, a->order[leaf],
					a->allocated[largest], a->order[largest]))
		return "a leaf under the bottleneck holds a larger unit";
	return NULL;
}

/* Judges what is said of nodes, and which one is primary. */
static const char *
judge_explanation(const Case *c, const Solution *s, const Answer *a)
{
	const PnExplanation *e = &s->explanation;
	int64_t    *explained = zeroed(c->n, sizeof(int64_t));
	int32_t    *held_back = zeroed(c->n, sizeof(int32_t));
	int32_t		curtailed_leaves = 0;
	int32_t		binding = 0;
	int32_t		primary = PN_NO_NODE;
	const char *fault = NULL;
	int32_t		p;

	for (p = 0; p < c->n; p++)
	{
		int32_t		i = s->tree.input[p];

		if (!a->is_leaf[i] || a->allocated[i] == c->demand[i])
			continue;
		curtailed_leaves++;
		held_back[e->bottleneck[p]]++;
		explained[e->bottleneck[p]] += c->demand[i] - a->allocated[i];
	}
	for (p = 0; p < c->n; p++)
	{
		if (e->held_back[p] != held_back[p] || e->explained[p] != explained[p])
			fault = "wrong count of what a node explains";
		if (held_back[p] == 0)
			continue;
		binding++;
		if (primary == PN_NO_NODE || explained[p] > explained[primary] ||
			(explained[p] == explained[primary] &&
			 s->tree.depth[p] < s->tree.depth[primary]))
			primary = p;
	}
	if (fault == NULL && (e->binding_nodes != binding ||
						  e->curtailed_leaves != curtailed_leaves))
		fault = "wrong count of binding nodes or curtailed leaves";
	if (fault == NULL && e->primary != primary)
		fault = "wrong primary";
	free(explained);
	free(held_back);
	return fault;
}

const char *
judge_by_certificate(const Case *c, const Solution *s)
{
	Answer		a = new_answer(c, s);
	int32_t    *holder;
	const char *fault = NULL;
	int32_t		i;

	for (i = 0; i < c->n; i++)
	{
		if (a.is_leaf[i])
			add_up(c, a.allocated, i,
				   s->allocation.allocated[s->position[i]]);
	}
	holder = largest_holders(c, &a);

	for (i = 0; i < c->n && fault == NULL; i++)
	{
		int32_t		p = s->position[i];

		if (s->allocation.demand[p] != a.demand[i])
			fault = "demand is not the sum of leaves";
		else if (s->allocation.allocated[p] != a.allocated[i])
			fault = "allocated is not the sum of leaves";
		else if (c->limit[i] != PN_NO_LIMIT && a.allocated[i] > c->limit[i])
			fault = "limit exceeded";
		else if (a.is_leaf[i])
			fault = judge_leaf(c, s, &a, holder, i);
	}
	if (fault == NULL)
		fault = judge_explanation(c, s, &a);
	free(holder);
	free_answer(&a);
	return fault;
}
