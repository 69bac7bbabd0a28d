/*
 * judge_explanation.c
 *	  Judges what is said of an allocation that is itself right.
 */
#include <stdlib.h>

#include "judge_answer.h"

/* What is said of nodes, worked out from the leaves, by tree position. */
typedef struct Said
{
	int32_t    *held_back;
	int32_t    *refused;
	int64_t    *explained;
	int32_t		curtailed_leaves;
	int32_t		binding_nodes;
	int32_t		primary;
} Said;

static const char *
judge_sums(const Case *c, const Solution *s, const Answer *a)
{
	int32_t		i;

	for (i = 0; i < c->n; i++)
	{
		if (s->allocation.demand[s->position[i]] != a->demand[i])
			return "demand is not the definition's";
		if (s->allocation.asked[s->position[i]] != a->asked[i])
			return "asked is not the definition's";
	}
	return NULL;
}

static bool
is_node(const Solution *s, int32_t position, int32_t node)
{
	return position == (node == PN_NO_NODE ? PN_NO_NODE : s->position[node]);
}

/* Who refused whom, and when it was whose turn. */
static const char *
judge_admission(const Case *c, const Solution *s, const Answer *a)
{
	int32_t		i;

	if (!a->room_for_all && !s->allocation.queued)
		return "not queued, though not all minimums fit";
	if (s->allocation.queued && c->minimum == NULL)
		return "queued without minimums";
	for (i = 0; i < c->n && c->minimum != NULL; i++)
	{
		int32_t		p = s->position[i];

		if (!is_node(s, s->allocation.refused_by[p], a->refused_by[i]))
			return "refused by the wrong node";
		if (s->allocation.queued && a->is_leaf[i] &&
			s->allocation.turn[p] != a->turn[i])
			return "wrong turn";
	}
	return NULL;
}

static bool
is_curtailed(const Case *c, const Answer *a, int32_t node)
{
	return a->is_leaf[node] && a->allocated[node] < c->demand[node];
}

static const char *
judge_bottlenecks(const Case *c, const Solution *s, const Answer *a)
{
	int32_t		i;

	for (i = 0; i < c->n; i++)
	{
		int32_t		expected = PN_NO_NODE;

		if (is_curtailed(c, a, i))
			expected = a->refused[i] ? a->refused_by[i] :
				deepest_full(c, a->allocated, i);
		if (!is_node(s, s->explanation.bottleneck[s->position[i]], expected))
			return "wrong bottleneck";
	}
	return NULL;
}

/* Whether the node at p goes before the one at `best` as primary. */
static bool
is_more_primary(const Solution *s, const Said *said, int32_t p, int32_t best)
{
	if (best == PN_NO_NODE || said->explained[p] != said->explained[best])
		return best == PN_NO_NODE || said->explained[p] > said->explained[best];
	return s->tree.depth[p] < s->tree.depth[best];
}

static Said
new_said(const Case *c, const Solution *s, const Answer *a)
{
	Said		said = {zeroed(c->n, sizeof(int32_t)),
						zeroed(c->n, sizeof(int32_t)),
						zeroed(c->n, sizeof(int64_t)), 0, 0, PN_NO_NODE};
	int32_t		p;

	for (p = 0; p < c->n; p++)
	{
		int32_t		i = s->tree.input[p];
		int32_t		bottleneck = s->explanation.bottleneck[p];

		if (!is_curtailed(c, a, i))
			continue;
		said.curtailed_leaves++;
		said.binding_nodes += said.held_back[bottleneck] == 0;
		said.held_back[bottleneck]++;
		said.refused[bottleneck] += a->refused[i];
		said.explained[bottleneck] += c->demand[i] - a->allocated[i];
	}
	for (p = 0; p < c->n; p++)
	{
		if (said.held_back[p] > 0 && is_more_primary(s, &said, p, said.primary))
			said.primary = p;
	}
	return said;
}

static const char *
judge_said(const Solution *s, const Said *said, bool with_minimums)
{
	const PnExplanation *e = &s->explanation;
	int32_t		p;

	for (p = 0; p < s->tree.n; p++)
	{
		if (e->held_back[p] != said->held_back[p])
			return "wrong count of leaves held back";
		if (with_minimums && e->refused[p] != said->refused[p])
			return "wrong count of leaves refused";
		if (e->explained[p] != said->explained[p])
			return "wrong sum of watts explained";
	}
	if (e->binding_nodes != said->binding_nodes)
		return "wrong count of binding nodes";
	if (e->curtailed_leaves != said->curtailed_leaves)
		return "wrong count of curtailed leaves";
	return e->primary == said->primary ? NULL : "wrong primary";
}

const char *
judge_explanation(const Case *c, const Solution *s, const Answer *a)
{
	const char *fault = judge_sums(c, s, a);
	Said		said;

	if (fault == NULL)
		fault = judge_admission(c, s, a);
	if (fault == NULL)
		fault = judge_bottlenecks(c, s, a);
	if (fault != NULL)
		return fault;

	/* Bottlenecks are right, so that they can be counted. */
	said = new_said(c, s, a);
	fault = judge_said(s, &said, c->minimum != NULL);
	free(said.held_back);
	free(said.refused);
	free(said.explained);
	return fault;
}
