/*
 * test_glpk.c
 *	  The allocation against a linear-programming solver's idea of fairness.
 *
 * Of divisible power, handing out the next drop to whoever has least ends in
 * the max-min fair shares, and those are a sequence of linear programs: raise
 * the least share as far as it goes, fix the leaves that cannot have more, and
 * again with the others.  GLPK solves them, told of flows along the edges of
 * the tree and of nothing that the kernel is made of.
 *
 * Rounding to whole watts does not add up with the depth of the tree: a leaf
 * gets its fair share rounded down or up, hence exactly that where it is whole.
 * For let x be the fair shares and a the kernel's, and suppose that a leaf i has
 * a(i) < j <= x(i) for some whole j.  Its j-th watt was refused by a node N that
 * was full and below which nobody had more than j.  If a leaf l there has x(l) <
 * a(l), then x(l) < j, and what stopped it was a node full of x in which nobody
 * has more than x(l).  So that node is not above i, hence lies below N, and a
 * gives it no more than x does.  All others below N have a <= x, and i has less:
 * x gives N more than a does, which is all that N has.  The other direction is
 * the same with a and x exchanged.
 */
#include <glpk.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "allocate.h"
#include "random_case.h"
#include "tap.h"

/*
 * Shares are whole watts divided by at most 60 leaves, so two that differ do so
 * by more than this; what GLPK rounds is far less.
 */
#define EPSILON 1e-4

/* GLPK's own is 1e-6 of a bound, which may be 60 leaves times 50 kW. */
#define TOLERANCE 1e-9

/* A site by input index, parents before their children. */
typedef struct Site
{
	int32_t		n;
	int32_t    *parent;
	int32_t    *limit;
	int32_t    *demand;
	int32_t    *leaves;			/* at or below the node */
	bool	   *is_leaf;
} Site;

/* What the kernel reads and writes, by tree position. */
typedef struct Kernel
{
	PnTree		tree;
	int32_t    *limit;
	int32_t    *demand;
	int32_t    *order;
	PnAllocation allocation;
} Kernel;

static const PnInterrupt never = {NULL, NULL};

typedef enum Shape
{
	SHAPE_STAR,					/* one node above all leaves */
	SHAPE_CHAIN,				/* one above the other, leaves at any height */
	SHAPE_EQUIPMENT,			/* fan-out of 2 or 3 */
	SHAPE_BUSHY,				/* any earlier node is the parent */
	SHAPES
} Shape;

/* What the trees have shown. */
typedef struct Seen
{
	int32_t		leaves;
	int32_t		curtailed;		/* leaves with less than their demand */
	int32_t		fractional;		/* leaves whose fair share is no whole watt */
	int32_t		uneven;			/* trees of three levels of shares or more */
	double		difference;		/* W: the largest between the two */
	double		blur;			/* W: the largest that GLPK is to blame for */
} Seen;

/* Filled, so that a kernel that reads what it has not written is seen. */
static void *
room_for(size_t bytes)
{
	void	   *room = malloc(bytes);

	if (room == NULL)
		abort();
	return memset(room, 0xA5, bytes);
}

static Site
new_site(int32_t n)
{
	size_t		bytes = (size_t) n * sizeof(int32_t);

	return (Site) {n, room_for(bytes), room_for(bytes), room_for(bytes),
		room_for(bytes), room_for((size_t) n * sizeof(bool))};
}

static void
free_site(Site *site)
{
	free(site->parent);
	free(site->limit);
	free(site->demand);
	free(site->leaves);
	free(site->is_leaf);
}

static void
count_leaves(Site *site)
{
	int32_t		i;

	memset(site->leaves, 0, (size_t) site->n * sizeof(int32_t));
	for (i = site->n - 1; i >= 0; i--)
	{
		site->is_leaf[i] = site->leaves[i] == 0;
		if (site->is_leaf[i])
			site->leaves[i] = 1;
		if (i > 0)
			site->leaves[site->parent[i]] += site->leaves[i];
	}
}

static int32_t
random_parent(Random *r, Shape shape, int32_t i)
{
	switch (shape)
	{
		case SHAPE_CHAIN:
			return i - 1;
		case SHAPE_EQUIPMENT:
			return (i - 1) / (2 + random_below(r, 2));
		default:
			return random_below(r, i);
	}
}

/*
 * Every node of the skeleton without a child gets a leaf, the other leaves hang
 * anywhere.
 */
static Site
random_tree(Random *r, int32_t leaves)
{
	Shape		shape = (Shape) random_below(r, SHAPES);
	int32_t		inner = shape == SHAPE_STAR ? 1 :
		1 + random_below(r, shape == SHAPE_CHAIN ? 30 : leaves);
	Site		site = new_site(inner + leaves);
	bool	   *has_child = calloc((size_t) inner, sizeof(bool));
	int32_t		i;
	int32_t		next = 0;

	site.parent[0] = PN_NO_NODE;
	for (i = 1; i < inner; i++)
	{
		site.parent[i] = random_parent(r, shape, i);
		has_child[site.parent[i]] = true;
	}
	for (i = inner; i < site.n; i++)
	{
		while (next < inner && has_child[next])
			next++;
		site.parent[i] = next < inner ? next++ : random_below(r, inner);
	}
	free(has_child);
	count_leaves(&site);
	return site;
}

static int32_t
random_limit(Random *r, int64_t wanted)
{
	if (random_below(r, 3) == 0)
		return PN_NO_LIMIT;
	if (random_below(r, 40) == 0)
		return 0;
	return (int32_t) (wanted / 8 + (int64_t) (random_bits(r) %
											  (uint64_t) (wanted + 2)));
}

/* A leaf's demand, or some way from a little to more than all below want. */
static void
load(Random *r, Site *site, int32_t max_demand)
{
	int64_t    *wanted = calloc((size_t) site->n, sizeof(int64_t));
	int32_t		i;

	for (i = site->n - 1; i >= 0; i--)
	{
		site->demand[i] = INT32_MAX;	/* which nobody may read */
		if (site->is_leaf[i])
			wanted[i] = site->demand[i] = random_below(r, max_demand + 1);
		site->limit[i] = random_limit(r, wanted[i]);
		if (i > 0)
			wanted[site->parent[i]] += wanted[i];
	}
	free(wanted);
}

static Site
random_site(Random *r, int32_t min_leaves, int32_t max_leaves)
{
	static const int32_t max_demand[] = {3, 40, 50000};
	int32_t		more = random_below(r, max_leaves - min_leaves + 1);
	Site		site = random_tree(r, min_leaves + more);

	load(r, &site, max_demand[random_below(r, 3)]);
	return site;
}

/*
 * The linear program.  Column i + 1 is the power through node i and column
 * n + 1 the least share.  Row i + 1 says of an inner node that what flows in
 * flows out, of a leaf that it has the least share or more.
 */
static void
add_row(glp_prob *lp, const Site *site, int32_t i)
{
	int		   *column = room_for((size_t) (site->n + 2) * sizeof(int));
	double	   *factor = room_for((size_t) (site->n + 2) * sizeof(double));
	int			entries = 1;
	int32_t		child;

	column[1] = i + 1;
	factor[1] = site->is_leaf[i] ? 1 : -1;
	if (site->is_leaf[i])
	{
		column[++entries] = site->n + 1;
		factor[entries] = -1;
	}
	for (child = i + 1; child < site->n; child++)
		if (site->parent[child] == i)
		{
			column[++entries] = child + 1;
			factor[entries] = 1;
		}
	glp_set_row_bnds(lp, i + 1, site->is_leaf[i] ? GLP_LO : GLP_FX, 0, 0);
	glp_set_mat_row(lp, i + 1, entries, column, factor);
	free(column);
	free(factor);
}

static void
add_bounds(glp_prob *lp, const Site *site, int32_t i)
{
	int32_t		most = site->limit[i];

	if (site->is_leaf[i] && (most == PN_NO_LIMIT || site->demand[i] < most))
		most = site->demand[i];
	if (most == PN_NO_LIMIT)
		glp_set_col_bnds(lp, i + 1, GLP_LO, 0, 0);
	else
		glp_set_col_bnds(lp, i + 1, most == 0 ? GLP_FX : GLP_DB, 0, most);
}

static glp_prob *
linear_program(const Site *site)
{
	glp_prob   *lp = glp_create_prob();
	int32_t		i;

	glp_set_obj_dir(lp, GLP_MAX);
	glp_add_rows(lp, site->n);
	glp_add_cols(lp, site->n + 1);
	glp_set_col_bnds(lp, site->n + 1, GLP_LO, 0, 0);
	for (i = 0; i < site->n; i++)
	{
		add_row(lp, site, i);
		add_bounds(lp, site, i);
	}
	return lp;
}

/*
 * Maximises one column.  Always from scratch: starting from its last solution
 * GLPK finds a few programs in a million infeasible that are not.
 */
static bool
maximise(glp_prob *lp, int32_t column)
{
	glp_smcp	how;
	int32_t		c;

	glp_init_smcp(&how);
	how.msg_lev = GLP_MSG_OFF;
	how.tol_bnd = TOLERANCE;
	how.tol_dj = TOLERANCE;
	for (c = 1; c <= glp_get_num_cols(lp); c++)
		glp_set_obj_coef(lp, c, c == column);
	glp_std_basis(lp);
	return glp_simplex(lp, &how) == 0 && glp_get_status(lp) == GLP_OPT;
}

/*
 * Fixes those of the open leaves that cannot have more than the level when all
 * of them have it; how many, or none where GLPK gave up.
 *
 * A leaf that has more in any solution can have more, and then need not be
 * asked for itself.
 */
static int32_t
fix_leaves(glp_prob *lp, const Site *site, double level, double *share)
{
	int32_t		fixed = 0;
	int32_t		i;

	for (i = 0; i < site->n; i++)
	{
		int32_t		column = i + 1;

		if (!site->is_leaf[i] || share[i] >= 0 ||
			glp_get_col_prim(lp, column) > level + EPSILON)
			continue;
		if (!maximise(lp, column))
			return 0;
		if (glp_get_col_prim(lp, column) > level + EPSILON)
			continue;
		share[i] = fmax(glp_get_col_prim(lp, column), 0);
		glp_set_col_bnds(lp, column, GLP_FX, share[i], share[i]);
		glp_set_row_bnds(lp, column, GLP_FR, 0, 0);
		fixed++;
	}
	return fixed;
}

/*
 * Works out everybody's fair share and the nodes' sums; in how many levels, 0
 * where GLPK gave up.
 */
static int32_t
fair_shares(const Site *site, double *share)
{
	glp_prob   *lp = linear_program(site);
	int32_t		least = site->n + 1;
	int32_t		open = site->leaves[0];
	int32_t		levels;
	int32_t		i;

	for (i = 0; i < site->n; i++)
		share[i] = site->is_leaf[i] ? -1 : 0;

	for (levels = 0; open > 0; levels++)
	{
		int32_t		fixed = 0;

		if (maximise(lp, least))
		{
			double		level = glp_get_col_prim(lp, least);

			glp_set_col_bnds(lp, least, GLP_LO, level, 0);
			fixed = fix_leaves(lp, site, level, share);
		}
		if (fixed == 0)
			break;
		open -= fixed;
	}
	glp_delete_prob(lp);

	for (i = site->n - 1; i > 0; i--)
		share[site->parent[i]] += share[i];
	return open == 0 ? levels : 0;
}

static Kernel
new_kernel(int32_t n)
{
	size_t		words = (size_t) n * sizeof(int32_t);
	size_t		watts = (size_t) n * sizeof(int64_t);

	return (Kernel) {
		.tree = {n, room_for(words), room_for(words), room_for(words),
			room_for(words)},
		.limit = room_for(words),
		.demand = room_for(words),
		.order = room_for(words),
		.allocation = {.demand = room_for(watts), .asked = room_for(watts),
			.allocated = room_for(watts)}
	};
}

static void
free_kernel(Kernel *k)
{
	free(k->tree.parent);
	free(k->tree.end);
	free(k->tree.depth);
	free(k->tree.input);
	free(k->limit);
	free(k->demand);
	free(k->order);
	free(k->allocation.demand);
	free(k->allocation.asked);
	free(k->allocation.allocated);
}

static PnStatus
build(const Site *site, Kernel *k)
{
	int32_t    *scratch = room_for(2 * (size_t) site->n * sizeof(int32_t));
	int32_t		culprit;
	PnStatus	status = pn_tree_build(site->n, site->parent, &k->tree, scratch,
									   never, &culprit);

	free(scratch);
	return status;
}

/* With `reverse`, leaves tie in the reverse order of the tree. */
static PnStatus
allocate(const Site *site, bool reverse, Kernel *k)
{
	PnProblem	problem = {.tree = &k->tree, .limit = k->limit,
		.demand = k->demand, .order = reverse ? k->order : NULL};
	void	   *scratch = room_for(pn_allocate_scratch(&problem));
	int32_t		p;
	PnStatus	status;

	for (p = 0; p < site->n; p++)
	{
		k->limit[p] = site->limit[k->tree.input[p]];
		k->demand[p] = site->demand[k->tree.input[p]];
		k->order[p] = -p;
	}
	status = pn_allocate(&problem, &k->allocation, scratch, never);
	free(scratch);
	return status;
}

/*
 * Runs the kernel; `allocated` is by input index.
 */
static PnStatus
kernel_shares(const Site *site, bool reverse, int64_t *allocated)
{
	Kernel		k = new_kernel(site->n);
	PnStatus	status = build(site, &k);
	int32_t		p;

	if (status == PN_OK)
		status = allocate(site, reverse, &k);
	for (p = 0; p < site->n && status == PN_OK; p++)
		allocated[k.tree.input[p]] = k.allocation.allocated[p];
	free_kernel(&k);
	return status;
}

/*
 * Whether the watts are the share rounded down or up; of an inner node, the
 * share's below it rounded one way or the other.  Both hand out all they can.
 */
static bool
agrees(const Site *site, int32_t i, int64_t watts, double share)
{
	double		least = floor(share + EPSILON);
	double		most = ceil(share - EPSILON);

	if (i == 0)
		return fabs((double) watts - share) < EPSILON;
	if (!site->is_leaf[i])
		return fabs((double) watts - share) < site->leaves[i];
	return (double) watts >= least && (double) watts <= most;
}

static void
look(const Site *site, const int64_t *allocated, const double *share,
	 Seen *seen)
{
	int32_t		i;

	for (i = 0; i < site->n; i++)
	{
		double		difference = fabs((double) allocated[i] - share[i]);
		bool		whole = fabs(share[i] - round(share[i])) < EPSILON;

		if (!site->is_leaf[i])
			continue;
		seen->leaves++;
		seen->curtailed += allocated[i] < site->demand[i];
		seen->fractional += !whole;
		seen->difference = fmax(seen->difference, difference);
		if (whole)
			seen->blur = fmax(seen->blur, difference);
	}
}

/* The first node of which the two disagree, or NULL where there is none. */
static const char *
compare(const Site *site, bool reverse, Seen *seen)
{
	static char fault[200];
	double	   *share = room_for((size_t) site->n * sizeof(double));
	int64_t    *allocated = room_for((size_t) site->n * sizeof(int64_t));
	int32_t		levels = fair_shares(site, share);
	PnStatus	status = kernel_shares(site, reverse, allocated);
	int32_t		i;

	fault[0] = '\0';
	if (levels == 0 || status != PN_OK)
		snprintf(fault, sizeof(fault), "%s", levels == 0 ? "GLPK gave up" :
				 "the kernel did not answer");
	for (i = 0; i < site->n && fault[0] == '\0'; i++)
		if (!agrees(site, i, allocated[i], share[i]))
			snprintf(fault, sizeof(fault),
					 "node %d gets %" PRId64 " W, fair are %.6f", i,
					 allocated[i], share[i]);
	if (fault[0] == '\0')
		look(site, allocated, share, seen);
	seen->uneven += levels >= 3;
	free(share);
	free(allocated);
	return fault[0] == '\0' ? NULL : fault;
}

static void
random_sites(uint64_t seed, int32_t trees, int32_t min_leaves,
			 int32_t max_leaves, Seen *seen)
{
	int32_t		wrong = 0;
	int32_t		t;

	for (t = 0; t < trees; t++)
	{
		Random		r = {seed + (uint64_t) t};
		Site		site = random_site(&r, min_leaves, max_leaves);
		const char *fault = compare(&site, t % 2 == 1, seen);

		if (fault != NULL && wrong++ < 5)
			printf("# seed %" PRIu64 ", %d nodes: %s\n", seed + (uint64_t) t,
				   site.n, fault);
		free_site(&site);
	}
	is(wrong, 0, "%d to %d leaves: unfair answers in %d trees", min_leaves,
	   max_leaves, trees);
}

/*
 * That the solver is asked the right question: a tree done by hand.  Leaves 3
 * and 4 share a circuit of 5 W; leaf 2, of its own limit 3, and leaf 5 have the
 * other 11 W of the root's 16.
 */
static void
by_hand(void)
{
	static const int32_t parent[] = {PN_NO_NODE, 0, 0, 1, 1, 0};
	static const int32_t limit[] = {16, 5, 3, PN_NO_LIMIT, 4, PN_NO_LIMIT};
	static const int32_t demand[] = {0, 0, 50, 50, 50, 50};
	static const double fair[] = {16, 5, 3, 2.5, 2.5, 8};
	Site		site = new_site(6);
	double		share[6];
	int32_t		i;

	memcpy(site.parent, parent, sizeof(parent));
	memcpy(site.limit, limit, sizeof(limit));
	memcpy(site.demand, demand, sizeof(demand));
	count_leaves(&site);
	is(fair_shares(&site, share), 3, "by hand: levels");
	for (i = 0; i < 6; i++)
		ok(fabs(share[i] - fair[i]) < EPSILON, "by hand: node %d has %.1f W", i,
		   fair[i]);
	free_site(&site);
}

int
main(void)
{
	Seen		seen = {0};

	glp_term_out(GLP_OFF);
	by_hand();
	random_sites(1000000, 1500, 2, 16, &seen);
	random_sites(2000000, 40, 55, 60, &seen);

	ok(seen.curtailed > 8000, "of %d leaves %d were curtailed", seen.leaves,
	   seen.curtailed);
	ok(seen.fractional > 2500, "%d had a share that is no whole watt",
	   seen.fractional);
	ok(seen.uneven > 900, "%d trees had three levels of shares or more",
	   seen.uneven);
	ok(seen.difference > 0.9 && seen.difference < 1,
	   "the largest difference was %.6f W", seen.difference);
	ok(seen.blur < EPSILON / 100, "of which GLPK's own was at most %.1e W",
	   seen.blur);
	glp_free_env();
	return tap_end();
}
