/*
 * glpk.c
 *	  Max-min fair shares by GLPK, as a sequence of linear programs.
 *
 * The usual way: raise the least share as far as it goes, fix the leaves that
 * cannot have more, and again with the others (test/kernel/test_glpk.c says why
 * that is the same answer but for the fraction of a watt).  What makes it fast:
 *
 * - A column for each leaf and one for the least share, a row for each inner
 *   node and one for each leaf; no more.
 * - Each program starts from the solution of the one before, which stays
 *   feasible: a few steps of the simplex method.
 * - Nobody is asked for by a program of its own.  A leaf is fixed where it has
 *   all that it may, and so are all open leaves below a full node where each has
 *   the least share; a program always leaves some of either.
 */
#include <glpk.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "peer.h"

/* Shares that differ do so by more, and what GLPK rounds is less. */
#define EPSILON 1e-3

/* No site here has more. */
#define LEVELS 8

/* What is known of a node on the way. */
typedef struct Node
{
	double		watts;
	bool		open;			/* a leaf: may have more; else: some leaf below */
	bool		all_least;		/* no open leaf below has more than the least */
} Node;

/* A leaf's column, or an inner node's row: both by input index, and 1 more. */
static int
number(int32_t i)
{
	return i + 1;
}

static int32_t
most_of(const Site *site, int32_t leaf)
{
	return site->limit[leaf] < site->demand[leaf] ? site->limit[leaf] :
		site->demand[leaf];
}

/* Inner nodes stand before leaves, parents before children. */
static void *
set_up(const Site *site)
{
	int32_t		inner = site->n - site->leaves;
	int			least = number(site->leaves);
	glp_prob   *lp = glp_create_prob();
	int			column[3] = {0, 0, least};
	double		factor[3] = {0, 1, -1};
	int			rows[1 + LEVELS];
	double		ones[1 + LEVELS];
	int32_t		i;

	glp_set_obj_dir(lp, GLP_MAX);
	glp_add_cols(lp, least);
	glp_set_obj_coef(lp, least, 1);
	glp_set_col_bnds(lp, least, GLP_LO, 0, 0);
	glp_add_rows(lp, site->n);
	for (i = 0; i < inner; i++)
		glp_set_row_bnds(lp, number(i), GLP_UP, 0, site->limit[i]);
	for (i = inner; i < site->n; i++)
	{
		int32_t		above;
		int			entries = 0;

		glp_set_col_bnds(lp, number(i - inner), GLP_DB, 0, most_of(site, i));
		for (above = site->parent_of[i]; above != PN_NO_NODE;
			 above = site->parent_of[above])
		{
			rows[++entries] = number(above);
			ones[entries] = 1;
		}
		glp_set_mat_col(lp, number(i - inner), entries, rows, ones);
	}
	for (i = inner; i < site->n; i++)
	{
		glp_set_row_bnds(lp, number(i), GLP_LO, 0, 0);
		column[1] = number(i - inner);
		glp_set_mat_row(lp, number(i), 2, column, factor);
	}
	return lp;
}

static void
must_solve(glp_prob *lp)
{
	glp_smcp	how;

	glp_init_smcp(&how);
	how.msg_lev = GLP_MSG_OFF;
	if (glp_simplex(lp, &how) == 0 && glp_get_status(lp) == GLP_OPT)
		return;
	fprintf(stderr, "GLPK gave up\n");
	exit(EXIT_FAILURE);
}

/* What the program gives to each node, and who has just the least share. */
static void
read_solution(glp_prob *lp, const Site *site, Node *nodes, double least)
{
	int32_t		inner = site->n - site->leaves;
	int32_t		i;

	for (i = 0; i < inner; i++)
	{
		nodes[i].watts = glp_get_row_prim(lp, number(i));
		nodes[i].all_least = true;
	}
	for (i = inner; i < site->n; i++)
	{
		nodes[i].watts = glp_get_col_prim(lp, number(i - inner));
		nodes[i].all_least = !nodes[i].open || nodes[i].watts < least + EPSILON;
	}
	for (i = site->n - 1; i > 0; i--)
		nodes[site->parent_of[i]].all_least &= nodes[i].all_least;
}

/* Whether the leaf has all that it may, or stands below a node that is full. */
static bool
is_blocked(const Site *site, const Node *nodes, int32_t leaf)
{
	int32_t		above;

	if (nodes[leaf].watts > most_of(site, leaf) - EPSILON)
		return true;
	for (above = site->parent_of[leaf]; above != PN_NO_NODE;
		 above = site->parent_of[above])
		if (nodes[above].all_least &&
			nodes[above].watts > site->limit[above] - EPSILON)
			return true;
	return false;
}

/* Fixes the leaves that are blocked; how many. */
static int32_t
fix_leaves(glp_prob *lp, const Site *site, Node *nodes, double least)
{
	int32_t		inner = site->n - site->leaves;
	int32_t		fixed = 0;
	int32_t		i;

	for (i = inner; i < site->n; i++)
	{
		double		watts = nodes[i].watts;

		if (!nodes[i].open || watts > least + EPSILON ||
			!is_blocked(site, nodes, i))
			continue;
		nodes[i].open = false;
		glp_set_col_bnds(lp, number(i - inner), GLP_FX, watts, watts);
		glp_set_row_bnds(lp, number(i), GLP_FR, 0, 0);
		fixed++;
	}
	return fixed;
}

static void
solve(void *program, const Site *site)
{
	int32_t		inner = site->n - site->leaves;
	Node	   *nodes = room(site->n, sizeof(Node));
	int32_t		open = site->leaves;
	int32_t		i;

	for (i = inner; i < site->n; i++)
		nodes[i].open = true;
	while (open > 0)
	{
		double		least;
		int32_t		fixed;

		must_solve(program);
		least = glp_get_col_prim(program, number(site->leaves));
		read_solution(program, site, nodes, least);
		fixed = fix_leaves(program, site, nodes, least);
		if (fixed == 0)
		{
			fprintf(stderr, "GLPK's solution fixes nobody\n");
			exit(EXIT_FAILURE);
		}
		open -= fixed;
	}
	free(nodes);
}

/* What the last program gave; nobody had more to gain. */
static void
read_watts(void *program, const Site *site, double *watts)
{
	int32_t		inner = site->n - site->leaves;
	int32_t		i;

	for (i = 0; i < inner; i++)
		watts[i] = glp_get_row_prim(program, number(i));
	for (i = inner; i < site->n; i++)
		watts[i] = glp_get_col_prim(program, number(i - inner));
}

static void
free_program(void *program)
{
	glp_delete_prob(program);
}

/* Ours is in whole watts: every leaf's share is rounded down or up. */
static const char *
judge(const Site *site, const int64_t *ours, const double *theirs)
{
	static char fault[200];
	int32_t		i;

	for (i = site->n - site->leaves; i < site->n; i++)
	{
		if (fabs((double) ours[i] - theirs[i]) < 1 + EPSILON)
			continue;
		snprintf(fault, sizeof(fault), "leaf %d has %lld W, and %.3f W of GLPK",
				 i, (long long) ours[i], theirs[i]);
		return fault;
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	static const Peer glpk = {
		"GLPK", set_up, solve, read_watts, free_program, judge
	};

	glp_term_out(GLP_OFF);
	if (wanted("glpk_16", argc, argv))
		compare_with("glpk_16", &glpk, 16, 16);
	if (wanted("glpk_1000", argc, argv))
		compare_with("glpk_1000", &glpk, 1000, 1);
	glp_free_env();
	return EXIT_SUCCESS;
}
