/*
 * kernel.c
 *	  Times the allocation kernel alone, and shows how time grows with nodes.
 *
 * Everything is over-asked, which is the kernel's worst day: every inner node
 * truncates its leaves.  Figures are medians; columns are nanoseconds a node.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "explain.h"

#define RUNS 31
#define LEVELS 64

static const PnInterrupt no_check = {NULL, NULL};

/* A site by input index, and room for what the kernel makes of it. */
typedef struct Site
{
	int32_t		n;
	int32_t    *parent_of;
	int32_t    *limit;
	int32_t    *demand;
	int32_t    *order;
	int32_t    *scratch;
	PnTree		tree;
	PnAllocation allocation;
	PnExplanation explanation;
} Site;

/* Median nanoseconds of each step. */
typedef struct Times
{
	double		build;
	double		allocate;
	double		explain;
} Times;

typedef void (*Shape) (Site *site);

static void *
room(int32_t n, size_t size)
{
	void	   *array = calloc((size_t) n, size);

	if (array == NULL)
		abort();
	return array;
}

static Site
new_site(int32_t n)
{
	Site		site = {.n = n};

	site.parent_of = room(n, sizeof(int32_t));
	site.limit = room(n, sizeof(int32_t));
	site.demand = room(n, sizeof(int32_t));
	site.order = room(n, sizeof(int32_t));
	site.scratch = room(2 * n, sizeof(int32_t));
	site.tree.parent = room(n, sizeof(int32_t));
	site.tree.end = room(n, sizeof(int32_t));
	site.tree.depth = room(n, sizeof(int32_t));
	site.tree.input = room(n, sizeof(int32_t));
	site.allocation.demand = room(n, sizeof(int32_t));
	site.allocation.asked = room(n, sizeof(int32_t));
	site.allocation.allocated = room(n, sizeof(int32_t));
	site.explanation.bottleneck = room(n, sizeof(int32_t));
	site.explanation.held_back = room(n, sizeof(int32_t));
	site.explanation.explained = room(n, sizeof(int64_t));
	return site;
}

static void
free_site(Site *site)
{
	free(site->parent_of);
	free(site->limit);
	free(site->demand);
	free(site->order);
	free(site->scratch);
	free(site->tree.parent);
	free(site->tree.end);
	free(site->tree.depth);
	free(site->tree.input);
	free(site->allocation.demand);
	free(site->allocation.asked);
	free(site->allocation.allocated);
	free(site->explanation.bottleneck);
	free(site->explanation.held_back);
	free(site->explanation.explained);
}

/* Numerical Recipes' generator; its upper bits. */
static int32_t
random_below(int32_t n)
{
	static uint32_t state = 1;

	state = state * 1664525u + 1013904223u;
	return (int32_t) ((state >> 8) % (uint32_t) n);
}

/* What a bus wants: 1 to 21 kW, so that 80,000 nodes fit into int32. */
static int32_t
bus_demand(void)
{
	return 1000 + random_below(20001);
}

/*
 * Gives every inner node 9/10 of what would reach it, so that all levels cut.
 * Parents stand before children in the input.
 */
static void
limit_all(Site *site)
{
	int64_t    *asked = room(site->n, sizeof(int64_t));
	int32_t		i;

	for (i = site->n - 1; i >= 0; i--)
	{
		if (asked[i] == 0)
			asked[i] = site->demand[i] = site->limit[i] = bus_demand();
		else
			asked[i] = site->limit[i] = (int32_t) (asked[i] * 9 / 10);
		if (i > 0)
			asked[site->parent_of[i]] += asked[i];
	}
	free(asked);
}

/*
 * Site, 4 grid connections, 10 circuits each, then charge points of two
 * connectors each: five levels.
 */
static void
wide(Site *site)
{
	int32_t		points = (site->n - 45) / 3;
	int32_t		i;

	for (i = 0; i < site->n; i++)
	{
		if (i == 0)
			site->parent_of[i] = PN_NO_NODE;
		else if (i < 5)
			site->parent_of[i] = 0;
		else if (i < 45)
			site->parent_of[i] = 1 + (i - 5) / 10;
		else if (i < 45 + points)
			site->parent_of[i] = 5 + (int32_t) ((int64_t) (i - 45) * 40 / points);
		else
			site->parent_of[i] = 45 + (i - 45 - points) / 2 % points;
	}
	limit_all(site);
}

/* 63 circuits in a row and every leaf below the last: 63 cuts of all leaves. */
static void
deep(Site *site)
{
	int32_t		i;

	for (i = 0; i < site->n; i++)
		site->parent_of[i] = i < LEVELS - 1 ? i - 1 : LEVELS - 2;
	limit_all(site);
}

/* The same row, with leaves at every level of it. */
static void
comb(Site *site)
{
	int32_t		i;

	for (i = 0; i < site->n; i++)
		site->parent_of[i] = i < LEVELS - 1 ? i - 1 : i % (LEVELS - 1);
	limit_all(site);
}

static void
shuffle_order(Site *site)
{
	int32_t		i;

	for (i = 0; i < site->n; i++)
	{
		int32_t		other = random_below(i + 1);

		site->order[i] = site->order[other];
		site->order[other] = i;
	}
}

/* Brings an array by input index into the order of the tree. */
static int32_t *
placed(const Site *site, const int32_t *array)
{
	int32_t    *by_position = room(site->n, sizeof(int32_t));
	int32_t		p;

	for (p = 0; p < site->n; p++)
		by_position[p] = array[site->tree.input[p]];
	return by_position;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double) t.tv_sec * 1e9 + (double) t.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

static double
median(double *values)
{
	qsort(values, RUNS, sizeof(double), compare);
	return values[RUNS / 2];
}

static void
must(PnStatus status)
{
	if (status == PN_OK)
		return;
	fprintf(stderr, "the kernel answered %d\n", (int) status);
	exit(EXIT_FAILURE);
}

static Times
measure(Shape shape, int32_t n, bool own_order)
{
	double		build[RUNS];
	double		allocate[RUNS];
	double		explain[RUNS];
	Site		site = new_site(n);
	PnProblem	problem = {.tree = &site.tree};
	int32_t    *limit;
	int32_t    *demand;
	int32_t		culprit;
	int			run;

	shape(&site);
	shuffle_order(&site);
	must(pn_tree_build(n, site.parent_of, &site.tree, site.scratch, no_check,
					   &culprit));
	problem.limit = limit = placed(&site, site.limit);
	problem.demand = demand = placed(&site, site.demand);
	problem.order = own_order ? site.order : NULL;

	for (run = 0; run < RUNS; run++)
	{
		double		start = now();

		must(pn_tree_build(n, site.parent_of, &site.tree, site.scratch,
						   no_check, &culprit));
		build[run] = now() - start;
		start = now();
		must(pn_allocate(&problem, &site.allocation, site.scratch, no_check,
						 &culprit));
		allocate[run] = now() - start;
		start = now();
		must(pn_explain(&problem, &site.allocation, &site.explanation,
						site.scratch, no_check));
		explain[run] = now() - start;
	}
	free(limit);
	free(demand);
	free_site(&site);
	return (Times) {median(build), median(allocate), median(explain)};
}

static void
report(const char *name, Shape shape, bool own_order)
{
	static const int32_t sizes[] = {10000, 20000, 40000, 80000};
	Times		times[4];
	double		total[4];		/* ns a node */
	int			i;

	for (i = 0; i < 4; i++)
	{
		times[i] = measure(shape, sizes[i], own_order);
		total[i] = (times[i].build + times[i].allocate + times[i].explain) /
			sizes[i];
	}

	printf("\n%s\n%8s %10s %10s %10s %10s %12s\n", name, "nodes", "build",
		   "allocate", "explain", "total ms", "of 20,000's");
	for (i = 0; i < 4; i++)
		printf("%8d %10.1f %10.1f %10.1f %10.2f %12.2f\n", sizes[i],
			   times[i].build / sizes[i], times[i].allocate / sizes[i],
			   times[i].explain / sizes[i], total[i] * sizes[i] / 1e6,
			   total[i] / total[1]);
}

int
main(void)
{
	printf("ns a node, median of %d runs; the last column is total ns a node "
		   "over that of 20,000 nodes\n", RUNS);
	report("wide: site, 4 grid connections, 40 circuits, charge points of two",
		   wide, false);
	report("wide, ties broken by a shuffled order", wide, true);
	report("deep: 64 levels, all leaves at the bottom", deep, false);
	report("deep, ties broken by a shuffled order", deep, true);
	report("comb: 64 levels, leaves on each", comb, false);
	return EXIT_SUCCESS;
}
