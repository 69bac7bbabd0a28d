/*
 * fixture.c
 *	  Runs the kernel on a case given by input index.
 */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

/* The fill shows up where a kernel reads what it has not written. */
static void *
filled_bytes(size_t size)
{
	void	   *bytes = malloc(size);

	if (bytes == NULL && size > 0)
		abort();
	if (size > 0)
		memset(bytes, FILL, size);
	return bytes;
}

void *
new_filled(int32_t n, size_t size)
{
	return filled_bytes((size_t) n * size);
}

int32_t *
new_array(int32_t n)
{
	return new_filled(n, sizeof(int32_t));
}

int32_t *
copy_of(int32_t n, const int32_t *array)
{
	int32_t    *copy = new_array(n);
	int32_t		i;

	for (i = 0; i < n; i++)
		copy[i] = array[i];
	return copy;
}

PnPolicy
policy_named(const char *name)
{
	PnPolicy	policy;

	if (!pn_policy_by_name(name, &policy))
		abort();
	return policy;
}

PnLeafFacts
no_facts(void)
{
	return (PnLeafFacts) {
		.weight = 1, .arrived_at = PN_NO_TIME, .departs_at = PN_NO_TIME,
		.energy = -1
	};
}

PnLeafFacts *
new_facts(int32_t n)
{
	PnLeafFacts *facts = new_filled(n, sizeof(PnLeafFacts));
	int32_t		i;

	for (i = 0; i < n; i++)
		facts[i] = no_facts();
	return facts;
}

Case
new_case(int32_t n, bool with_order)
{
	Case		c = {.n = n, .policy = PN_DEFAULT_POLICY};

	c.parent = new_array(n);
	c.limit = new_array(n);
	c.demand = new_array(n);
	if (with_order)
		c.order = new_array(n);
	return c;
}

Case
case_of(int32_t n, const int32_t *parent, const int32_t *limit,
		const int32_t *demand, const int32_t *order)
{
	Case		c = {.n = n, .policy = PN_DEFAULT_POLICY};

	c.parent = copy_of(n, parent);
	c.limit = copy_of(n, limit);
	c.demand = copy_of(n, demand);
	c.order = order == NULL ? NULL : copy_of(n, order);
	return c;
}

void
free_case(Case *c)
{
	free(c->parent);
	free(c->limit);
	free(c->demand);
	free(c->order);
	free(c->minimum);
	free(c->facts);
	free(c->share);
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

/* Brings one of the case's arrays, which may be missing, into tree order. */
static int32_t *
placed(const Solution *s, const int32_t *array)
{
	int32_t    *by_position;
	int32_t		p;

	if (array == NULL)
		return NULL;
	by_position = new_array(s->tree.n);
	for (p = 0; p < s->tree.n; p++)
		by_position[p] = array[s->tree.input[p]];
	return by_position;
}

/* The same of what is known of leaves. */
static void
place_facts(const Case *c, Solution *s)
{
	int32_t		p;

	s->facts = new_filled(c->n, sizeof(PnLeafFacts));
	if (!c->no_arrivals)
		s->arrived_at = new_filled(c->n, sizeof(int64_t));
	for (p = 0; p < c->n; p++)
	{
		int32_t		i = s->tree.input[p];
		PnLeafFacts facts = c->facts == NULL ? no_facts() : c->facts[i];

		facts.demand = c->demand[i];
		facts.limit = c->limit[i];
		s->facts[p] = facts;
		if (s->arrived_at != NULL)
			s->arrived_at[p] = facts.arrived_at;
	}
}

static void
place(const Case *c, Solution *s)
{
	int32_t		p;

	s->position = new_array(c->n);
	for (p = 0; p < c->n; p++)
		s->position[s->tree.input[p]] = p;
	s->limit = placed(s, c->limit);
	s->demand = placed(s, c->demand);
	s->order = placed(s, c->order);
	s->minimum = placed(s, c->minimum);
	place_facts(c, s);
}

/* Works the shares out, or takes those of the case. */
static void
find_shares(const Case *c, Solution *s, PnInterrupt check)
{
	void	   *scratch;
	int32_t		p;

	if (c->share == NULL && pn_policy_is_plain(c->policy) && !c->spelt_out)
		return;
	s->share = new_filled(c->n, sizeof(PnShare));
	for (p = 0; c->share != NULL && p < c->n; p++)
		s->share[p] = c->share[s->tree.input[p]];
	if (c->share != NULL)
		return;

	scratch = filled_bytes(pn_policy_scratch(c->n));
	s->status = pn_policy_shares(c->policy, &s->tree, s->facts, s->order,
								 c->at, s->share, scratch, check);
	free(scratch);
}

static void
allocate(const Case *c, Solution *s, PnInterrupt check)
{
	void	   *scratch;

	s->problem = (PnProblem) {&s->tree, s->limit, s->demand, s->order,
		s->share, s->minimum, s->arrived_at};
	s->allocation.demand = new_filled(c->n, sizeof(int64_t));
	s->allocation.asked = new_filled(c->n, sizeof(int64_t));
	s->allocation.allocated = new_filled(c->n, sizeof(int64_t));
	s->allocation.queued = true;	/* the kernel's to set, either way */
	if (c->minimum != NULL || c->every_array)
	{
		s->allocation.refused_by = new_array(c->n);
		s->allocation.turn = new_array(c->n);
	}

	scratch = filled_bytes(pn_allocate_scratch(&s->problem));
	s->status = pn_allocate(&s->problem, &s->allocation, scratch, check);
	free(scratch);
}

static void
explain(const Case *c, Solution *s, PnInterrupt check)
{
	int32_t    *scratch = new_array(c->n);

	s->explanation.bottleneck = new_array(c->n);
	s->explanation.held_back = new_array(c->n);
	s->explanation.explained = new_filled(c->n, sizeof(int64_t));
	if (c->minimum != NULL || c->every_array)
		s->explanation.refused = new_array(c->n);
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
		find_shares(c, s, check);
	}
	if (s->status == PN_OK)
		allocate(c, s, check);
	if (s->status == PN_OK)
		explain(c, s, check);
	return s;
}

Solution *
solve_arrays(int32_t n, const int32_t *parent, const int32_t *limit,
			 const int32_t *demand, const int32_t *order)
{
	Case		c = case_of(n, parent, limit, demand, order);
	Solution   *s = solve(&c, NO_CHECK);

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
	free(s->minimum);
	free(s->arrived_at);
	free(s->facts);
	free(s->share);
	free(s->position);
	free(s->allocation.demand);
	free(s->allocation.asked);
	free(s->allocation.allocated);
	free(s->allocation.refused_by);
	free(s->allocation.turn);
	free(s->explanation.bottleneck);
	free(s->explanation.held_back);
	free(s->explanation.refused);
	free(s->explanation.explained);
	free(s);
}
