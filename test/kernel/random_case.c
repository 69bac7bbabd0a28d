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

static int32_t
random_parent(Random *r, Shape shape, int32_t i)
{
	switch (shape)
	{
		case SHAPE_WIDE:
			return random_below(r, i < 4 ? i : 4);
		case SHAPE_DEEP:
			return random_below(r, 8) > 0 ? i - 1 : random_below(r, i);
		case SHAPE_SITE:
			return (i - 1) / (3 + random_below(r, 2));
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

/*
 * Limits from zero to more than anybody below wants.  What inner nodes demand
 * is noise, which the kernel must not read.
 */
static void
load(Random *r, Case *c, int32_t max_demand)
{
	int64_t    *sum = calloc((size_t) c->n, sizeof(int64_t));
	bool	   *is_inner = calloc((size_t) c->n, sizeof(bool));
	int32_t		quarters = 1 + random_below(r, 6);	/* how loose, at most */
	int32_t		i;

	for (i = c->n - 1; i >= 0; i--)
	{
		int64_t		loose;

		c->demand[i] = (int32_t) (random_bits(r) >> 32);
		if (!is_inner[i])
			sum[i] = c->demand[i] = random_below(r, max_demand + 1);
		if (i > 0)
		{
			is_inner[c->parent[i]] = true;
			sum[c->parent[i]] += sum[i];
		}

		loose = sum[i] * random_below(r, quarters + 1) / 4 +
			random_below(r, 3);
		c->limit[i] = loose < INT32_MAX ? (int32_t) loose : INT32_MAX;
		if (random_below(r, 3) == 0)
			c->limit[i] = PN_NO_LIMIT;
		else if (random_below(r, 40) == 0)
			c->limit[i] = 0;
		else if (random_below(r, 10) == 0 && sum[i] <= INT32_MAX)
			c->limit[i] = (int32_t) sum[i];
	}
	free(sum);
	free(is_inner);
}

static int32_t *
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

/* Distinct ranks, dense or spread out, negative ones among them. */
static void
rank(Random *r, Case *c)
{
	int32_t    *to = permutation(r, c->n);
	int32_t		stride = random_below(r, 2) == 0 ? 1 : INT32_MAX / c->n;
	int32_t		i;

	for (i = 0; i < c->n; i++)
		c->order[i] = (to[i] - c->n / 2) * stride;
	free(to);
}

Case
random_case(Random *r, int32_t max_nodes, int32_t max_demand)
{
	int32_t		n = 1 + random_below(r, max_nodes);
	Case		grown = new_case(n, false);
	Case		c = new_case(n, random_below(r, 2) == 0);
	int32_t    *to;
	int32_t		i;

	grow(r, &grown);
	load(r, &grown, max_demand);

	to = permutation(r, n);
	for (i = 0; i < n; i++)
	{
		int32_t		parent = grown.parent[i];

		c.parent[to[i]] = parent == PN_NO_NODE ? PN_NO_NODE : to[parent];
		c.limit[to[i]] = grown.limit[i];
		c.demand[to[i]] = grown.demand[i];
	}
	if (c.order != NULL)
		rank(r, &c);
	free(to);
	free_case(&grown);
	return c;
}
