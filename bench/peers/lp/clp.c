/*
 * clp.c
 *	  The most power that a site can take, by CLP: one linear program.
 *
 * CLP is asked for less than the kernel gives: for any allocation of the largest
 * total, fair or not.  A column for the power through each node, bounded by its
 * limit, and a row for each inner node, which says that what flows in flows out.
 * That and Clp_initialSolve are what was measured to be the fastest: with entries
 * for all leaves below a node, or without presolving, it takes 4 to 100 times as
 * long.
 */
#include <coin/Clp_C_Interface.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "peer.h"

/* A program, as CLP takes it. */
typedef struct Columns
{
	CoinBigIndex *start;		/* first entry of each column, and past all */
	int		   *row;			/* of each entry */
	double	   *factor;
	double	   *least;			/* W through each node */
	double	   *most;
	double	   *worth;
	double	   *zero;			/* of each row */
} Columns;

static Columns
new_columns(int32_t n)
{
	return (Columns) {
		room(n + 1, sizeof(CoinBigIndex)), room(2 * (int64_t) n, sizeof(int)),
		room(2 * (int64_t) n, sizeof(double)), room(n, sizeof(double)),
		room(n, sizeof(double)), room(n, sizeof(double)),
		room(n, sizeof(double))
	};
}

static void
free_columns(Columns *columns)
{
	free(columns->start);
	free(columns->row);
	free(columns->factor);
	free(columns->least);
	free(columns->most);
	free(columns->worth);
	free(columns->zero);
}

/* Inner nodes stand before leaves in the input. */
static void
fill_columns(const Site *site, Columns *columns)
{
	int32_t		inner = site->n - site->leaves;
	CoinBigIndex entry = 0;
	int32_t		i;

	for (i = 0; i < site->n; i++)
	{
		columns->start[i] = entry;
		columns->most[i] = site->limit[i];
		if (i >= inner && site->demand[i] < site->limit[i])
			columns->most[i] = site->demand[i];
		if (i < inner)
		{
			columns->row[entry] = i;
			columns->factor[entry++] = 1;
		}
		if (i > 0)
		{
			columns->row[entry] = site->parent_of[i];
			columns->factor[entry++] = -1;
		}
	}
	columns->start[site->n] = entry;
	columns->worth[0] = 1;
}

static void *
set_up(const Site *site)
{
	Clp_Simplex *model = Clp_newModel();
	Columns		columns = new_columns(site->n);

	fill_columns(site, &columns);
	Clp_setLogLevel(model, 0);
	Clp_loadProblem(model, site->n, site->n - site->leaves, columns.start,
					columns.row, columns.factor, columns.least, columns.most,
					columns.worth, columns.zero, columns.zero);
	Clp_setObjSense(model, -1);
	free_columns(&columns);
	return model;
}

static void
solve(void *model, const Site *site)
{
	(void) site;
	Clp_initialSolve(model);
	if (Clp_isProvenOptimal(model))
		return;
	fprintf(stderr, "CLP gave up\n");
	exit(EXIT_FAILURE);
}

static void
read_watts(void *model, const Site *site, double *watts)
{
	const double *columns = Clp_primalColumnSolution(model);
	int32_t		i;

	for (i = 0; i < site->n; i++)
		watts[i] = columns[i];
}

static void
free_program(void *model)
{
	Clp_deleteModel(model);
}

/* The root's watts: no allocation has more than ours. */
static const char *
judge(const Site *site, const int64_t *ours, const double *theirs)
{
	static char fault[200];

	(void) site;
	if (fabs((double) ours[0] - theirs[0]) < 0.5)
		return NULL;
	snprintf(fault, sizeof(fault), "%lld W in all, and %.3f W of CLP",
			 (long long) ours[0], theirs[0]);
	return fault;
}

int
main(int argc, char **argv)
{
	static const Peer clp = {
		"CLP", set_up, solve, read_watts, free_program, judge
	};

	if (wanted("clp_10000", argc, argv))
		compare_with("clp_10000", &clp, 10000, 1);
	return EXIT_SUCCESS;
}
