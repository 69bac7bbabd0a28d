/*
 * fixture.c
 *	  Runs the kernel on a case given by input index.
 */
#include <stdlib.h>

#include "fixture.h"

/* The fill shows up where a kernel reads what it has not written. */
static void *
new_filled(size_t size)
{
	unsigned char *bytes = malloc(size);
	size_t		i;

	if (bytes == NULL && size > 0)
		abort();
	for (i = 0; i < size; i++)
		bytes[i] = 0xA5;
	return bytes;
}

int32_t *
new_array(int32_t n)
{
	return new_filled((size_t) n * sizeof(int32_t));
}

Case
new_case(int32_t n, bool with_order)
{
	Case		c = {n, new_array(n), new_array(n), new_array(n), NULL};

	if (with_order)
		c.order = new_array(n);
	return c;
}

void
free_case(Case *c)
{
	free(c->parent);
	free(c->limit);
	free(c->demand);
	free(c->order);
}

static void
build(const Case *c, Solution *s, PnInterrupt check)
{
	int32_t    *scratch = new_array(2 * c->n);

	s->tree.parent = new_array(c->n);
	s->tree.end = new_array(c->n);
	s->tree.depth = new_array(c->n);
	s->tree.input = new_array(c->n);
	s->status = pn_tree_build(c->n, c->parent, &s->tree, scratch, check,
							  &s->culprit);
	free(scratch);
}

/* Brings the case's arrays into the order of the tree. */
static void
place(const Case *c, Solution *s)
{
	int32_t		p;

	s->limit = new_array(c->n);
	s->demand = new_array(c->n);
	s->order = c->order == NULL ? NULL : new_array(c->n);
	s->position = new_array(c->n);
	for (p = 0; p < c->n; p++)
	{
		int32_t		i = s->tree.input[p];

		s->position[i] = p;
		s->limit[p] = c->limit[i];
		s->demand[p] = c->demand[i];
		if (c->order != NULL)
			s->order[p] = c->order[i];
	}
	s->problem = (PnProblem) {&s->tree, s->limit, s->demand, s->order,
		NULL, NULL};
}

static void
allocate(const Case *c, Solution *s, PnInterrupt check)
{
	int32_t    *scratch = new_array(2 * c->n);

	s->allocation.demand = new_array(c->n);
	s->allocation.asked = new_array(c->n);
	s->allocation.allocated = new_array(c->n);
	s->status = pn_allocate(&s->problem, &s->allocation, scratch, check,
							&s->culprit);
	free(scratch);
}

static void
explain(const Case *c, Solution *s, PnInterrupt check)
{
	int32_t    *scratch = new_array(c->n);

	s->explanation.bottleneck = new_array(c->n);
	s->explanation.held_back = new_array(c->n);
	s->explanation.explained = new_filled((size_t) c->n * sizeof(int64_t));
	s->status = pn_explain(&s->problem, &s->allocation, &s->explanation,
						   scratch, check);
	free(scratch);
}

Solution *
solve(const Case *c, PnInterrupt check)
{
	Solution   *s = calloc(1, sizeof(Solution));

	if (s == NULL)
		abort();
	build(c, s, check);
	if (s->status == PN_OK)
	{
		place(c, s);
		allocate(c, s, check);
	}
	if (s->status == PN_OK)
		explain(c, s, check);
	return s;
}

Solution *
solve_arrays(int32_t n, const int32_t *parent, const int32_t *limit,
			 const int32_t *demand, const int32_t *order)
{
	Case		c = new_case(n, order != NULL);
	Solution   *s;
	int32_t		i;

	for (i = 0; i < n; i++)
	{
		c.parent[i] = parent[i];
		c.limit[i] = limit[i];
		c.demand[i] = demand[i];
		if (order != NULL)
			c.order[i] = order[i];
	}
	s = solve(&c, NO_CHECK);
	free_case(&c);
	return s;
}

void
free_solution(Solution *s)
{
	free(s->tree.parent);
	free(s->tree.end);
	free(s->tree.depth);
	free(s->tree.input);
	free(s->limit);
	free(s->demand);
	free(s->order);
	free(s->position);
	free(s->allocation.demand);
	free(s->allocation.asked);
	free(s->allocation.allocated);
	free(s->explanation.bottleneck);
	free(s->explanation.held_back);
	free(s->explanation.explained);
	free(s);
}
