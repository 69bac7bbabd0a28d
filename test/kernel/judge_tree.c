/*
 * judge_tree.c
 *	  Judges the layout of a tree, and the blame where there is none.
 */
#include <stdlib.h>

#include "judge.h"

/* Depth of a node by climbing, or -1 where that never ends. */
static int32_t
climb(const Case *c, int32_t node)
{
	int32_t		depth = 0;

	while (c->parent[node] != PN_NO_NODE)
	{
		node = c->parent[node];
		if (++depth > c->n)
			return -1;
	}
	return depth;
}

/* What pn_tree_build owes us for the case. */
static PnStatus
expected_status(const Case *c, int32_t *culprit)
{
	int32_t		roots = 0;
	int32_t		i;

	*culprit = PN_NO_NODE;
	for (i = 0; i < c->n; i++)
	{
		if (c->parent[i] == PN_NO_NODE && ++roots == 2)
		{
			*culprit = i;
			return PN_TWO_ROOTS;
		}
	}
	if (roots == 0)
		return c->n == 0 ? PN_OK : PN_NO_ROOT;
	for (i = 0; i < c->n; i++)
	{
		if (climb(c, i) < 0)
		{
			*culprit = i;
			return PN_LOOP;
		}
	}
	return PN_OK;
}

/*
 * Judges the subtree of an input node that must stand at *next: the node, then
 * its children's subtrees in input order.  Recursive, as the word is defined.
 */
static const char *
judge_subtree(const Case *c, const PnTree *tree, int32_t node, int32_t parent,
			  int32_t depth, int32_t *next)
{
	int32_t		position = (*next)++;
	int32_t		i;

	if (tree->input[position] != node)
		return "node out of depth-first order";
	if (tree->parent[position] != parent)
		return "wrong parent";
	if (tree->depth[position] != depth)
		return "wrong depth";
	for (i = 0; i < c->n; i++)
	{
		const char *fault;

		if (c->parent[i] != node)
			continue;
		fault = judge_subtree(c, tree, i, position, depth + 1, next);
		if (fault != NULL)
			return fault;
	}
	if (tree->end[position] != *next)
		return "wrong end of subtree";
	return NULL;
}

const char *
judge_tree(const Case *c, const Solution *s)
{
	const char *fault;
	int32_t		culprit;
	int32_t		next = 0;
	int32_t		root = 0;
	PnStatus	status = expected_status(c, &culprit);

	if (status != PN_OK)
	{
		if (s->status != status)
			return "wrong status of what is no tree";
		return s->culprit == culprit ? NULL : "wrong culprit";
	}
	if (s->tree.n != c->n)
		return "nodes lost";
	if (c->n == 0)
		return NULL;

	while (c->parent[root] != PN_NO_NODE)
		root++;
	fault = judge_subtree(c, &s->tree, root, PN_NO_NODE, 0, &next);
	if (fault != NULL)
		return fault;
	if (s->status != PN_OK)
		return "wrong status of a tree";
	return s->culprit == PN_NO_NODE ? NULL : "a node blamed for nothing";
}
