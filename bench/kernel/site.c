/*
 * site.c
 *	  Sites for the kernel to work on; see site.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site.h"

static volatile bool stop = false;

static bool
requested(void *arg)
{
	(void) arg;
	return stop;
}

const PnInterrupt check = {requested, NULL};

void
must(PnStatus status)
{
	if (status == PN_OK)
		return;
	fprintf(stderr, "the kernel answered %d\n", (int) status);
	exit(EXIT_FAILURE);
}

void *
room(int64_t n, size_t size)
{
	void	   *array = malloc((size_t) n * size);

	if (array == NULL)
		abort();
	return memset(array, 0, (size_t) n * size);
}

/* Knuth's linear congruential generator, MMIX; its upper bits. */
int32_t
random_below(int32_t n)
{
	static uint64_t state = 1;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int32_t) ((state >> 33) % (uint64_t) n);
}

static Site
new_site(int32_t inner, int32_t leaves)
{
	int32_t		n = inner + leaves;

	return (Site) {n, leaves, room(n, sizeof(int32_t)), room(n, sizeof(int32_t)),
		room(n, sizeof(int32_t))};
}

void
free_site(Site *site)
{
	free(site->parent_of);
	free(site->limit);
	free(site->demand);
}

/*
 * Every leaf wants 1 to 21 kW, or as much less as lets all of it be one limit.
 */
static int32_t
bus_demand(int32_t leaves)
{
	int32_t		unit = INT32_MAX / 12 / leaves;

	unit = unit < 1000 ? unit : 1000;
	return unit + random_below(20 * unit + 1);
}

/*
 * Loads the leaves, which are without a child, and limits every other node to
 * so much of what reaches it that it cuts, by a watt if by no more.
 */
static Site
loaded(Site site, int32_t percent)
{
	int64_t    *asked = room(site.n, sizeof(int64_t));
	int32_t		i;

	for (i = site.n - 1; i >= 0; i--)
	{
		if (asked[i] == 0)
			asked[i] = site.demand[i] = site.limit[i] = bus_demand(site.leaves);
		else
			asked[i] = site.limit[i] = (int32_t) ((asked[i] - 1) * percent / 100);
		if (i > 0)
			asked[site.parent_of[i]] += asked[i];
	}
	free(asked);
	return site;
}

Site
depot(int32_t leaves, int32_t levels, int32_t percent)
{
	int32_t		grids = leaves < 80 ? 1 : 4;
	int32_t		circuits = leaves < 80 ? 2 : 40;
	int32_t		points = leaves / 2;
	int32_t		first_circuit = 1 + grids;
	int32_t		first_point = first_circuit + circuits;
	int32_t		inner = first_point + points;
	Site		site = new_site(inner, 2 * points);
	int32_t		i;

	(void) levels;
	for (i = 0; i < site.n; i++)
	{
		if (i == 0)
			site.parent_of[i] = PN_NO_NODE;
		else if (i < first_circuit)
			site.parent_of[i] = 0;
		else if (i < first_point)
			site.parent_of[i] = 1 + (i - first_circuit) * grids / circuits;
		else if (i < inner)
			site.parent_of[i] = first_circuit +
				(int32_t) ((int64_t) (i - first_point) * circuits / points);
		else
			site.parent_of[i] = first_point + (i - inner) / 2;
	}
	return loaded(site, percent);
}

Site
fans(int32_t leaves, int32_t levels, int32_t percent)
{
	int32_t		fan = 2;
	Site		site;
	int32_t		i;

	(void) levels;
	while ((int64_t) (fan + 1) * (fan + 1) * (fan + 1) * (fan + 1) <= leaves)
		fan++;
	site = new_site(1 + fan + fan * fan + fan * fan * fan, fan * fan * fan * fan);
	for (i = 0; i < site.n; i++)
		site.parent_of[i] = i == 0 ? PN_NO_NODE : (i - 1) / fan;
	return loaded(site, percent);
}

Site
deep(int32_t leaves, int32_t levels, int32_t percent)
{
	Site		site = new_site(levels, leaves);
	int32_t		i;

	for (i = 0; i < site.n; i++)
		site.parent_of[i] = i < levels ? i - 1 : levels - 1;
	return loaded(site, percent);
}

Site
hooked(int32_t leaves, int32_t levels, int32_t percent)
{
	Site		site = new_site(levels, leaves);
	int32_t		i;

	for (i = 0; i < site.n; i++)
		site.parent_of[i] = i < 2 * levels ? (i < levels ? i : i - levels + 1) - 1 :
			levels - 1;
	return loaded(site, percent);
}

Site
comb(int32_t leaves, int32_t levels, int32_t percent)
{
	Site		site = new_site(levels, leaves);
	int32_t		i;

	for (i = 0; i < site.n; i++)
		site.parent_of[i] = i < levels ? i - 1 : i % levels;
	return loaded(site, percent);
}

/* Every array in the order of `to`, the new index of each node. */
static void
move_to(int32_t n, const int32_t *to, int32_t *array)
{
	int32_t    *old = room(n, sizeof(int32_t));
	int32_t		i;

	memcpy(old, array, (size_t) n * sizeof(int32_t));
	for (i = 0; i < n; i++)
		array[to[i]] = old[i];
	free(old);
}

void
shuffle_site(Site *site)
{
	int32_t    *to = room(site->n, sizeof(int32_t));
	int32_t		i;

	for (i = 0; i < site->n; i++)
	{
		int32_t		other = random_below(i + 1);

		to[i] = to[other];
		to[other] = i;
	}
	for (i = 0; i < site->n; i++)
		if (site->parent_of[i] != PN_NO_NODE)
			site->parent_of[i] = to[site->parent_of[i]];
	move_to(site->n, to, site->parent_of);
	move_to(site->n, to, site->limit);
	move_to(site->n, to, site->demand);
	free(to);
}

void
build(Posed *posed)
{
	int32_t		culprit;

	must(pn_tree_build(posed->site->n, posed->site->parent_of, &posed->tree,
					   posed->tree_scratch, check, &culprit));
}

void
allocate(Posed *posed)
{
	must(pn_allocate(&posed->problem, &posed->allocation, posed->scratch, check));
}

void
explain(Posed *posed)
{
	must(pn_explain(&posed->problem, &posed->allocation, &posed->explanation,
					posed->scratch, check));
}

/* Brings an array by input index into the order of the tree. */
static int32_t *
placed(const Posed *posed, const int32_t *array)
{
	int32_t    *by_position = room(posed->tree.n, sizeof(int32_t));
	int32_t		p;

	for (p = 0; p < posed->tree.n; p++)
		by_position[p] = array[posed->tree.input[p]];
	return by_position;
}

static void
make_room(Posed *posed)
{
	int32_t		n = posed->site->n;

	posed->tree_scratch = room(2 * (int64_t) n, sizeof(int32_t));
	posed->tree.parent = room(n, sizeof(int32_t));
	posed->tree.end = room(n, sizeof(int32_t));
	posed->tree.depth = room(n, sizeof(int32_t));
	posed->tree.input = room(n, sizeof(int32_t));
	posed->allocation.demand = room(n, sizeof(int64_t));
	posed->allocation.asked = room(n, sizeof(int64_t));
	posed->allocation.allocated = room(n, sizeof(int64_t));
	posed->allocation.refused_by = room(n, sizeof(int32_t));
	posed->allocation.turn = room(n, sizeof(int32_t));
	posed->explanation.bottleneck = room(n, sizeof(int32_t));
	posed->explanation.held_back = room(n, sizeof(int32_t));
	posed->explanation.refused = room(n, sizeof(int32_t));
	posed->explanation.explained = room(n, sizeof(int64_t));
}

void
pose(const Site *site, Posed *posed)
{
	*posed = (Posed) {.site = site};
	make_room(posed);
	build(posed);
	posed->limit = placed(posed, site->limit);
	posed->demand = placed(posed, site->demand);
}

void
pose_problem(Posed *posed, PnProblem more)
{
	posed->problem = more;
	posed->problem.tree = &posed->tree;
	posed->problem.limit = posed->limit;
	posed->problem.demand = posed->demand;
	free(posed->scratch);
	posed->scratch = room((int64_t) pn_allocate_scratch(&posed->problem), 1);
}

void
free_posed(Posed *posed)
{
	free(posed->limit);
	free(posed->demand);
	free(posed->scratch);
	free(posed->tree_scratch);
	free(posed->tree.parent);
	free(posed->tree.end);
	free(posed->tree.depth);
	free(posed->tree.input);
	free(posed->allocation.demand);
	free(posed->allocation.asked);
	free(posed->allocation.allocated);
	free(posed->allocation.refused_by);
	free(posed->allocation.turn);
	free(posed->explanation.bottleneck);
	free(posed->explanation.held_back);
	free(posed->explanation.refused);
	free(posed->explanation.explained);
}

void
must_all_cut(const Posed *posed)
{
	int32_t		p;

	for (p = 0; p < posed->tree.n; p++)
	{
		if (pn_is_leaf(&posed->tree, p) ||
			pn_over_asked(&posed->problem, &posed->allocation, p))
			continue;
		fprintf(stderr, "node %d of %d is not over-asked\n", p, posed->tree.n);
		exit(EXIT_FAILURE);
	}
}
