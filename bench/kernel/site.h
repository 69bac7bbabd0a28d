/*
 * site.h
 *	  Sites for the kernel to work on, and the arrays that it works in.
 *
 * Everything is over-asked, which is the kernel's worst day: every inner node
 * truncates its leaves.
 */
#ifndef BENCH_SITE_H
#define BENCH_SITE_H

#include "explain.h"

/* A site by input index, parents before their children. */
typedef struct Site
{
	int32_t		n;
	int32_t		leaves;
	int32_t    *parent_of;
	int32_t    *limit;
	int32_t    *demand;
} Site;

/* The same laid out, and room for what the kernel makes of it. */
typedef struct Posed
{
	const Site *site;
	PnTree		tree;
	int32_t    *limit;			/* by tree position, as all that follows */
	int32_t    *demand;
	PnProblem	problem;
	PnAllocation allocation;
	PnExplanation explanation;
	int32_t    *tree_scratch;
	void	   *scratch;		/* of pn_allocate and pn_explain */
} Posed;

/* How the nodes of a site hang together; `levels` is for chains only. */
typedef Site (*Shape) (int32_t leaves, int32_t levels, int32_t percent);

/*
 * The sites.  Every inner node lets `percent` of what reaches it through.
 *
 * depot: site, 4 grid connections, 10 circuits each (of fewer than 80 leaves: one
 * of two), charge points of two connectors, so that leaves are at depth 4.
 * fans: four levels of equal fan-out.  deep: a row of nodes with all leaves below
 * the last.  hooked: the same, and a leaf more on each.  comb: leaves on every
 * node alike.
 */
extern Site depot(int32_t leaves, int32_t levels, int32_t percent);
extern Site fans(int32_t leaves, int32_t levels, int32_t percent);
extern Site deep(int32_t leaves, int32_t levels, int32_t percent);
extern Site hooked(int32_t leaves, int32_t levels, int32_t percent);
extern Site comb(int32_t leaves, int32_t levels, int32_t percent);
extern void free_site(Site *site);

/* Puts the nodes into random order in the input, parents anywhere. */
extern void shuffle_site(Site *site);

/*
 * Lays the site out and makes room for the answer; and poses the problem, with
 * what it has beyond tree, limits and demands.  A problem points into `posed`.
 */
extern void pose(const Site *site, Posed *posed);
extern void pose_problem(Posed *posed, PnProblem more);
extern void free_posed(Posed *posed);

/* The steps of a cycle; each ends the program where the kernel fails. */
extern void build(Posed *posed);
extern void allocate(Posed *posed);
extern void explain(Posed *posed);

/* Ends the program unless every inner node is over-asked. */
extern void must_all_cut(const Posed *posed);

/* n elements of zeros, their pages touched. */
extern void *room(int64_t n, size_t size);

/* The same numbers in every run: in [0, n). */
extern int32_t random_below(int32_t n);

/* Asks what a server's kernel asks: a flag in memory. */
extern const PnInterrupt check;

/* The kernel's answer, which must be PN_OK. */
extern void must(PnStatus status);

#endif							/* BENCH_SITE_H */
