/*
 * tree.c
 *	  Lays a tree out in depth-first order, and finds what is not a tree.
 *
 * Every node is put on its parent's list of children, and the lists are walked
 * from the root without a stack: the way back up is in the part of the tree
 * that is already laid out.  A node on a loop, or hanging off one, is on a list
 * that the walk never comes to, so whatever is not visited is the fault.
 */
#include "tree.h"

/* In the place of a node's first child, once the walk has been there. */
#define VISITED (-2)

/* Children by input index, PN_NO_NODE where there is none (left). */
typedef struct Children
{
	int32_t    *first;			/* first child of each node */
	int32_t    *next;			/* next sibling of each node */
} Children;

/*
 * Finds the one node without a parent.
 */
static PnStatus
find_root(int32_t n, const int32_t *parent_of, PnInterrupt check,
		  int32_t *root, int32_t *culprit)
{
	int32_t		i;

	*root = PN_NO_NODE;
	for (i = 0; i < n; i++)
	{
		if (pn_interrupted_at(check, i))
			return PN_INTERRUPTED;
		if (parent_of[i] != PN_NO_NODE)
			continue;
		if (*root != PN_NO_NODE)
		{
			*culprit = i;
			return PN_TWO_ROOTS;
		}
		*root = i;
	}
	return *root == PN_NO_NODE ? PN_NO_ROOT : PN_OK;
}

/*
 * Makes the lists of children.  Going backwards and adding at the head keeps
 * siblings in input order.
 */
static PnStatus
list_children(int32_t n, const int32_t *parent_of, Children *children,
			  PnInterrupt check)
{
	int32_t		i;

	for (i = 0; i < n; i++)
		children->first[i] = PN_NO_NODE;

	for (i = n - 1; i >= 0; i--)
	{
		int32_t		parent = parent_of[i];

		if (pn_interrupted_at(check, i))
			return PN_INTERRUPTED;
		children->next[i] = PN_NO_NODE;
		if (parent == PN_NO_NODE)
			continue;
		children->next[i] = children->first[parent];
		children->first[parent] = i;
	}
	return PN_OK;
}

/*
 * Lays out everything that the root leads to; *visited says how many that are.
 */
static PnStatus
lay_out(int32_t root, Children *children, PnTree *tree, PnInterrupt check,
		int32_t *visited)
{
	int32_t		node = root;	/* input index of the node to lay out next */
	int32_t		parent = PN_NO_NODE;	/* and its parent's position */
	int32_t		count = 0;

	while (node != PN_NO_NODE)
	{
		int32_t		position = count++;
		int32_t		child = children->first[node];

		if (pn_interrupted_at(check, position))
			return PN_INTERRUPTED;
		tree->input[position] = node;
		tree->parent[position] = parent;
		tree->depth[position] = parent == PN_NO_NODE ? 0 :
			tree->depth[parent] + 1;
		children->first[node] = VISITED;

		if (child != PN_NO_NODE)
		{
			node = child;
			parent = position;
			continue;
		}

		/* Close every subtree that ends here, up to one with a sibling. */
		tree->end[position] = count;
		node = children->next[node];
		while (node == PN_NO_NODE && parent != PN_NO_NODE)
		{
			tree->end[parent] = count;
			node = children->next[tree->input[parent]];
			parent = tree->parent[parent];
		}
	}
	*visited = count;
	return PN_OK;
}

/*
 * Lays out n nodes in depth-first order; see tree.h.
 */
PnStatus
pn_tree_build(int32_t n, const int32_t *parent_of, PnTree *tree,
			  int32_t *scratch, PnInterrupt check, int32_t *culprit)
{
	Children	children = {scratch, scratch + n};
	PnStatus	status;
	int32_t		root;
	int32_t		visited;

	*culprit = PN_NO_NODE;
	tree->n = 0;
	if (n == 0)
		return PN_OK;

	status = find_root(n, parent_of, check, &root, culprit);
	if (status == PN_OK)
		status = list_children(n, parent_of, &children, check);
	if (status == PN_OK)
		status = lay_out(root, &children, tree, check, &visited);
	if (status != PN_OK)
		return status;

	if (visited < n)
	{
		int32_t		node = 0;

		while (children.first[node] == VISITED)
			node++;
		*culprit = node;
		return PN_LOOP;
	}
	tree->n = n;
	return PN_OK;
}
