/*
 * kernel.c
 *	  Times the allocation kernel alone, and shows how time grows with nodes.
 *
 * Everything is over-asked, which is the kernel's worst day: every inner node
 * truncates its leaves.  Figures are medians; columns are nanoseconds a node.
 * "share" is the policy's part, "allocate" includes the admission of minimums.
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
	int32_t    *order;			/* by tree position, as what follows */
	PnLeafFacts *facts;
	PnShare    *share;
	int32_t    *minimum;
	int64_t    *arrived_at;
	int32_t    *scratch;
	void	   *share_scratch;
	void	   *allocate_scratch;
	PnTree		tree;
	PnAllocation allocation;
	PnExplanation explanation;
} Site;

/* How a site is shared out. */
typedef struct Rule
{
	const char *policy;
	bool		own_order;		/* ties broken by a shuffled order */
	bool		minimums;		/* 1.4 kW each, which do not all fit */
} Rule;

/* Median nanoseconds of each step. */
typedef struct Times
{
	double		build;
	double		share;
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
	site.facts = room(n, sizeof(PnLeafFacts));
	site.share = room(n, sizeof(PnShare));
	site.minimum = room(n, sizeof(int32_t));
	site.arrived_at = room(n, sizeof(int64_t));
	site.scratch = room(2 * n, sizeof(int32_t));
	site.share_scratch = room(1, pn_policy_scratch(n));
	site.tree.parent = room(n, sizeof(int32_t));
	site.tree.end = room(n, sizeof(int32_t));
	site.tree.depth = room(n, sizeof(int32_t));
	site.tree.input = room(n, sizeof(int32_t));
	site.allocation.demand = room(n, sizeof(int64_t));
	site.allocation.asked = room(n, sizeof(int64_t));
	site.allocation.allocated = room(n, sizeof(int64_t));
	site.allocation.refused_by = room(n, sizeof(int32_t));
	site.allocation.turn = room(n, sizeof(int32_t));
	site.explanation.bottleneck = room(n, sizeof(int32_t));
	site.explanation.held_back = room(n, sizeof(int32_t));
	site.explanation.refused = room(n, sizeof(int32_t));
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
	free(site->facts);
	free(site->share);
	free(site->minimum);
	free(site->arrived_at);
	free(site->scratch);
	free(site->share_scratch);
	free(site->allocate_scratch);
	free(site->tree.parent);
	free(site->tree.end);
	free(site->tree.depth);
	free(site->tree.input);
	free(site->allocation.demand);
	free(site->allocation.asked);
	free(site->allocation.allocated);
	free(site->allocation.refused_by);
	free(site->allocation.turn);
	free(site->explanation.bottleneck);
	free(site->explanation.held_back);
	free(site->explanation.refused);
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

/* Any weight, priority and time; leaves' limits and demands as they are. */
static void
know_leaves(Site *site, const PnProblem *problem)
{
	int32_t		p;

	for (p = 0; p < site->n; p++)
	{
		PnLeafFacts *facts = &site->facts[p];

		facts->demand = problem->demand[p];
		facts->limit = problem->limit[p];
		facts->weight = 1 + random_below(100);
		facts->priority = random_below(4);
		facts->arrived_at = random_below(1 << 20);
		facts->departs_at = random_below(1 << 20);
		facts->energy = random_below(100000);
		site->arrived_at[p] = facts->arrived_at;
		site->minimum[p] = facts->demand < 1400 ? 0 : 1400;
	}
}

/* Lays the site out and puts the problem together. */
static PnProblem
pose(Site *site, Shape shape, const Rule *rule, int32_t **limit,
	 int32_t **demand)
{
	PnProblem	problem = {.tree = &site->tree};
	int32_t		culprit;

	shape(site);
	shuffle_order(site);
	must(pn_tree_build(site->n, site->parent_of, &site->tree, site->scratch,
					   no_check, &culprit));
	problem.limit = *limit = placed(site, site->limit);
	problem.demand = *demand = placed(site, site->demand);
	know_leaves(site, &problem);
	problem.order = rule->own_order ? site->order : NULL;
	if (rule->minimums)
	{
		problem.minimum = site->minimum;
		problem.arrived_at = site->arrived_at;
	}
	return problem;
}

/* One cycle: nanoseconds of each step. */
static Times
run_once(Site *site, PnProblem *problem, PnPolicy policy)
{
	Times		times;
	double		start = now();
	int32_t		culprit;

	must(pn_tree_build(site->n, site->parent_of, &site->tree, site->scratch,
					   no_check, &culprit));
	times.build = now() - start;
	start = now();
	if (!pn_policy_is_plain(policy))
	{
		must(pn_policy_shares(policy, &site->tree, site->facts, problem->order,
							  0, site->share, site->share_scratch, no_check));
		problem->share = site->share;
	}
	times.share = now() - start;
	start = now();
	if (site->allocate_scratch == NULL)
		site->allocate_scratch = room(1, pn_allocate_scratch(problem));
	must(pn_allocate(problem, &site->allocation, site->allocate_scratch,
					 no_check));
	times.allocate = now() - start;
	start = now();
	must(pn_explain(problem, &site->allocation, &site->explanation,
					site->scratch, no_check));
	times.explain = now() - start;
	return times;
}

static Times
measure(Shape shape, int32_t n, const Rule *rule)
{
	double		build[RUNS];
	double		share[RUNS];
	double		allocate[RUNS];
	double		explain[RUNS];
	Site		site = new_site(n);
	int32_t    *limit;
	int32_t    *demand;
	PnProblem	problem = pose(&site, shape, rule, &limit, &demand);
	PnPolicy	policy;
	int			run;

	if (!pn_policy_by_name(rule->policy, &policy))
		abort();
	for (run = 0; run < RUNS; run++)
	{
		Times		times = run_once(&site, &problem, policy);

		build[run] = times.build;
		share[run] = times.share;
		allocate[run] = times.allocate;
		explain[run] = times.explain;
	}
	free(limit);
	free(demand);
	free_site(&site);
	return (Times) {median(build), median(share), median(allocate),
		median(explain)};
}

static void
report(const char *name, Shape shape, Rule rule)
{
	static const int32_t sizes[] = {10000, 20000, 40000, 80000};
	Times		times[4];
	double		total[4];		/* ns a node */
	int			i;

	for (i = 0; i < 4; i++)
	{
		times[i] = measure(shape, sizes[i], &rule);
		total[i] = (times[i].build + times[i].share + times[i].allocate +
					times[i].explain) / sizes[i];
	}

	printf("\n%s, %s%s%s\n", name, rule.policy,
		   rule.own_order ? ", ties broken by a shuffled order" : "",
		   rule.minimums ? ", minimums that do not all fit" : "");
	printf("%8s %10s %10s %10s %10s %10s %12s\n", "nodes", "build", "share",
		   "allocate", "explain", "total ms", "of 20,000's");
	for (i = 0; i < 4; i++)
		printf("%8d %10.1f %10.1f %10.1f %10.1f %10.2f %12.2f\n", sizes[i],
			   times[i].build / sizes[i], times[i].share / sizes[i],
			   times[i].allocate / sizes[i], times[i].explain / sizes[i],
			   total[i] * sizes[i] / 1e6, total[i] / total[1]);
}

int
main(void)
{
	static const Rule rules[] = {
		{"EQUAL_SHARE", false, false}, {"EQUAL_SHARE", true, false},
		{"WEIGHTED", false, false}, {"PRIORITY", false, true},
		{"LEAST_LAXITY_FIRST", false, false},
		{"LEAST_LAXITY_FIRST", true, true}
	};
	int			i;

	printf("ns a node, median of %d runs; the last column is total ns a node "
		   "over that of 20,000 nodes\n", RUNS);
	for (i = 0; i < (int) (sizeof(rules) / sizeof(rules[0])); i++)
	{
		report("wide: site, 4 grid connections, 40 circuits, charge points of "
			   "two", wide, rules[i]);
		report("deep: 64 levels, all leaves at the bottom", deep, rules[i]);
	}
	report("comb: 64 levels, leaves on each", comb, rules[0]);
	return EXIT_SUCCESS;
}
