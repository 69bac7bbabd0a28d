/*
 * rows.c
 *	  The goals of the kernel: a line for each key given, or for all.
 *
 * What is timed is pn_allocate by EQUAL_SHARE, on a tree that is laid out.
 * Laying it out and explaining the answer are timed beside it, and stand in the
 * notes.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "site.h"

#define MOST_ROUNDS 31
#define PERCENT 90

/* Ties in the order of the tree, and no minimums. */
static void
pose_goal(const Site *site, Posed *posed)
{
	pose(site, posed);
	pose_problem(posed, (PnProblem) {0});
	allocate(posed);
	must_all_cut(posed);
	explain(posed);
}

/* ns a leaf of each round, after one that does not count. */
static Spread
rounds_of(Step step, Posed *posed, int rounds)
{
	double		ns[MOST_ROUNDS];
	int			i;

	time_of(step, posed);
	for (i = 0; i < rounds; i++)
		ns[i] = time_of(step, posed) / posed->site->leaves;
	return spread_of(ns, rounds);
}

/* The same, once. */
static double
ns_of(Step step, Posed *posed)
{
	return time_of(step, posed) / posed->site->leaves;
}

/* To lay out the nodes of the site in any order, in which it is left. */
static double
ns_to_lay_out_shuffled(Site *site)
{
	Posed		posed;
	double		ns;

	shuffle_site(site);
	pose(site, &posed);
	ns = ns_of(build, &posed);
	free_posed(&posed);
	return ns;
}

static void
ns_row(const char *key, int32_t leaves, int rounds)
{
	Site		site = depot(leaves, 0, PERCENT);
	Posed		posed;
	Spread		ns;
	double		to_explain;
	double		to_lay_out;

	pose_goal(&site, &posed);
	ns = rounds_of(allocate, &posed, rounds);
	to_explain = ns_of(explain, &posed);
	to_lay_out = ns_of(build, &posed);
	free_posed(&posed);
	print_row(key, ns, "ns a leaf of %d, %d nodes in all; besides, %.1f to "
			  "explain, %.1f to lay out, or %.1f in any order", site.leaves, site.n,
			  to_explain, to_lay_out, ns_to_lay_out_shuffled(&site));
	free_site(&site);
}

/*
 * Copies each array once that pn_allocate reads or fills in; not what it does not
 * touch (parent, input), nor its scratch.
 */
static void
copy_arrays(Posed *posed)
{
	static char *copy = NULL;
	size_t		words = (size_t) posed->tree.n * sizeof(int32_t);
	const void *read[] = {posed->tree.end, posed->tree.depth, posed->limit,
		posed->demand};
	const void *filled[] = {posed->allocation.demand, posed->allocation.asked,
		posed->allocation.allocated};
	char	   *to;
	size_t		i;

	if (copy == NULL)
		copy = room(posed->tree.n, 4 * sizeof(int32_t) + 3 * sizeof(int64_t));
	to = copy;
	for (i = 0; i < sizeof(read) / sizeof(read[0]); i++, to += words)
		memcpy(to, read[i], words);
	for (i = 0; i < sizeof(filled) / sizeof(filled[0]); i++, to += 2 * words)
		memcpy(to, filled[i], 2 * words);
}

static void
memcpy_row(void)
{
	enum {ROUNDS = 15};
	Site		site = depot(1000000, 0, PERCENT);
	Posed		posed;
	double		kernel[ROUNDS];
	double		copy[ROUNDS];
	double		ratio[ROUNDS];
	int			i;

	pose_goal(&site, &posed);
	copy_arrays(&posed);
	for (i = 0; i < ROUNDS; i++)
	{
		kernel[i] = time_of(allocate, &posed);
		copy[i] = time_of(copy_arrays, &posed);
		ratio[i] = kernel[i] / copy[i];
	}
	print_row("kernel_memcpy", spread_of(ratio, ROUNDS),
			  "%.2f ms against %.2f ms to copy 40 bytes a node of %d nodes: end, "
			  "depth, limit and demand, and demand, asked and allocated",
			  spread_of(kernel, ROUNDS).middle / 1e6,
			  spread_of(copy, ROUNDS).middle / 1e6, site.n);
	free_posed(&posed);
	free_site(&site);
}

/* A row of 64 nodes. */
typedef struct Chain
{
	const char *name;
	Shape		shape;
} Chain;

static Spread
ns_of_chain(const Chain *chain, int32_t percent)
{
	Site		site = chain->shape(100000, 64, percent);
	Posed		posed;
	Spread		ns;

	pose_goal(&site, &posed);
	ns = rounds_of(allocate, &posed, 7);
	fprintf(stderr, "chain: leaves %s, %d %% let through: %.1f ns a leaf\n",
			chain->name, percent, ns.middle);
	free_posed(&posed);
	free_site(&site);
	return ns;
}

/* The slowest of several, as it is not known beforehand which one is. */
static void
chain_row(void)
{
	static const Chain chains[] = {
		{"all below the last node", deep},
		{"one on each node, the others below the last", hooked},
		{"spread over the nodes", comb}
	};
	static const int32_t percents[] = {99, 98, 90};
	Spread		worst = {0, 0, 0};
	const char *name = "";
	int32_t		percent = 0;
	int			i;

	for (i = 0; i < 9; i++)
	{
		Spread		ns = ns_of_chain(&chains[i / 3], percents[i % 3]);

		if (ns.middle < worst.middle)
			continue;
		worst = ns;
		name = chains[i / 3].name;
		percent = percents[i % 3];
	}
	print_row("kernel_chain", worst, "ns a leaf of the slowest of nine chains: "
			  "leaves %s, each node lets %d %% through", name, percent);
}

static void
growth_row(void)
{
	enum {ROUNDS = 21};
	Site		small = depot(1000, 0, PERCENT);
	Site		large = depot(100000, 0, PERCENT);
	Posed		few;
	Posed		many;
	double		exponent[ROUNDS];
	int			i;

	pose_goal(&small, &few);
	pose_goal(&large, &many);
	for (i = 0; i < ROUNDS; i++)
		exponent[i] = log(time_of(allocate, &many) / time_of(allocate, &few)) /
			log((double) large.leaves / small.leaves);
	print_row("growth_kernel", spread_of(exponent, ROUNDS),
			  "from %d leaves to %d", small.leaves, large.leaves);
	free_posed(&few);
	free_posed(&many);
	free_site(&small);
	free_site(&large);
}

int
main(int argc, char **argv)
{
	static const struct
	{
		const char *key;
		int32_t		leaves;
		int			rounds;
	}			sizes[] = {
		{"kernel_ns_1k", 1000, 31}, {"kernel_ns_10k", 10000, 31},
		{"kernel_ns_100k", 100000, 31}, {"kernel_ns_1m", 1000000, 15},
		{"kernel_ns_10m", 10000000, 7}
	};
	size_t		i;

	if (wanted("kernel_memcpy", argc, argv))
		memcpy_row();
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (wanted(sizes[i].key, argc, argv))
			ns_row(sizes[i].key, sizes[i].leaves, sizes[i].rounds);
	if (wanted("kernel_chain", argc, argv))
		chain_row();
	if (wanted("growth_kernel", argc, argv))
		growth_row();
	return EXIT_SUCCESS;
}
