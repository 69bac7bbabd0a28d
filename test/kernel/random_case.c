/*
 * random_case.c
 *	  Random trees, the same on every machine.
 */
#include <stdlib.h>

#include "random_case.h"

#define MAX_LEVELS 64

typedef enum Shape
{
	SHAPE_WIDE,					/* few inner nodes, many leaves each */
	SHAPE_RANDOM,				/* any earlier node is the parent */
	SHAPE_DEEP,					/* mostly chains */
	SHAPE_SITE,					/* fan-out of 3 to 4, like equipment */
	SHAPE_CHAIN,				/* one row, but for what 64 levels leave over */
	SHAPE_STAR,					/* all below the root */
	SHAPE_COMB,					/* a row with a leaf at each of its nodes */
	SHAPE_SKEW,					/* the older a node, the more hangs on it */
	SHAPES
} Shape;

uint64_t
random_bits(Random *r)
{
	uint64_t	z = r->state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

int32_t
random_below(Random *r, int32_t n)
{
	return (int32_t) (random_bits(r) % (uint64_t) n);
}

/* The same with n, which may be the last int32. */
static int32_t
random_upto(Random *r, int32_t n)
{
	return (int32_t) (random_bits(r) % ((uint64_t) n + 1));
}

bool
one_in(Random *r, int32_t n)
{
	return random_below(r, n) == 0;
}

static int32_t
random_parent(Random *r, Shape shape, int32_t i)
{
	switch (shape)
	{
		case SHAPE_WIDE:
			return random_below(r, i < 4 ? i : 4);
		case SHAPE_DEEP:
			return one_in(r, 8) ? random_below(r, i) : i - 1;
		case SHAPE_SITE:
			return (i - 1) / (3 + random_below(r, 2));
		case SHAPE_CHAIN:
			return i - 1;
		case SHAPE_STAR:
			return 0;
		case SHAPE_COMB:
			return (i - 1) / 2 * 2;
		case SHAPE_SKEW:
			return random_below(r, 1 + random_below(r, i));
		default:
			return random_below(r, i);
	}
}

/* Parents with smaller indexes than their children, 64 levels at most. */
static void
grow(Random *r, Case *c)
{
	Shape		shape = (Shape) random_below(r, SHAPES);
	int32_t    *depth = new_array(c->n);
	int32_t		i;

	for (i = 0; i < c->n; i++)
	{
		int32_t		parent = i == 0 ? PN_NO_NODE : random_parent(r, shape, i);

		while (i > 0 && depth[parent] == MAX_LEVELS - 1)
			parent = c->parent[parent];
		c->parent[i] = parent;
		depth[i] = i == 0 ? 0 : depth[parent] + 1;
	}
	free(depth);
}

/* A limit from zero to more than anybody below wants. */
static int32_t
random_limit(Random *r, int64_t wanted, int32_t quarters)
{
	int64_t		loose = wanted * random_below(r, quarters + 1) / 4 +
		random_below(r, 3);

	if (one_in(r, 3))
		return PN_NO_LIMIT;
	if (one_in(r, 40))
		return 0;
	if (one_in(r, 10))
		loose = wanted;
	return loose < INT32_MAX ? (int32_t) loose : INT32_MAX;
}

static void
load(Random *r, Case *c, int32_t max_demand)
{
	int64_t    *sum = calloc((size_t) c->n, sizeof(int64_t));
	bool	   *is_inner = calloc((size_t) c->n, sizeof(bool));
	int32_t		quarters = 1 + random_below(r, 6);	/* how loose, at most */
	int32_t		i;

	for (i = c->n - 1; i >= 0; i--)
	{
		c->demand[i] = (int32_t) (random_bits(r) >> 32);
		if (!is_inner[i])
			sum[i] = c->demand[i] = random_upto(r, max_demand);
		if (i > 0)
		{
			is_inner[c->parent[i]] = true;
			sum[c->parent[i]] += sum[i];
		}
		c->limit[i] = random_limit(r, sum[i], quarters);
	}
	free(sum);
	free(is_inner);
}

int32_t *
permutation(Random *r, int32_t n)
{
	int32_t    *to = new_array(n);
	int32_t		i;

	for (i = 0; i < n; i++)
	{
		int32_t		other = random_below(r, i + 1);

		to[i] = to[other];
		to[other] = i;
	}
	return to;
}

void
random_order(Random *r, Case *c)
{
	int32_t    *to = permutation(r, c->n);
	int32_t		stride = one_in(r, 2) ? 1 : INT32_MAX / c->n;
	int32_t		i;

	free(c->order);
	c->order = new_array(c->n);
	for (i = 0; i < c->n; i++)
		c->order[i] = (to[i] - c->n / 2) * stride;
	free(to);
}

Case
moved_case(const Case *c, const int32_t *to)
{
	Case		moved = *c;
	int32_t		i;

	moved.parent = new_array(c->n);
	moved.limit = new_array(c->n);
	moved.demand = new_array(c->n);
	if (c->order != NULL)
		moved.order = new_array(c->n);
	if (c->minimum != NULL)
		moved.minimum = new_array(c->n);
	if (c->facts != NULL)
		moved.facts = new_facts(c->n);
	if (c->share != NULL)
		moved.share = new_filled(c->n, sizeof(PnShare));
	for (i = 0; i < c->n; i++)
	{
		int32_t		parent = c->parent[i];

		moved.parent[to[i]] = parent == PN_NO_NODE ? PN_NO_NODE : to[parent];
		moved.limit[to[i]] = c->limit[i];
		moved.demand[to[i]] = c->demand[i];
		if (c->order != NULL)
			moved.order[to[i]] = c->order[i];
		if (c->minimum != NULL)
			moved.minimum[to[i]] = c->minimum[i];
		if (c->facts != NULL)
			moved.facts[to[i]] = c->facts[i];
		if (c->share != NULL)
			moved.share[to[i]] = c->share[i];
	}
	return moved;
}

Case
random_case(Random *r, int32_t max_nodes, int32_t max_demand)
{
	Case		grown = new_case(1 + random_below(r, max_nodes), false);
	int32_t    *to = permutation(r, grown.n);
	Case		c;

	grow(r, &grown);
	load(r, &grown, max_demand);
	c = moved_case(&grown, to);
	random_facts(r, &c);
	if (one_in(r, 2))
		random_order(r, &c);
	free(to);
	free_case(&grown);
	return c;
}
