/*
 * peer.c
 *	  The kernel's side of a comparison; see peer.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "peer.h"

enum {ROUNDS = 9};

/* Calls of the peer in a round; the best one counts, as with ours. */
#define CALLS 3

/* ns, of all sites together. */
typedef struct Times
{
	double		ours;
	double		theirs;
	double		lay_out;
	double		set_up;
} Times;

/* Ends the program where the two answers disagree. */
static void
must_agree(const Peer *peer, const Posed *posed, const double *theirs)
{
	int64_t    *ours = room(posed->site->n, sizeof(int64_t));
	const char *fault;
	int32_t		p;

	for (p = 0; p < posed->tree.n; p++)
		ours[posed->tree.input[p]] = posed->allocation.allocated[p];
	fault = peer->judge(posed->site, ours, theirs);
	free(ours);
	if (fault == NULL)
		return;
	fprintf(stderr, "%s disagrees: %s\n", peer->name, fault);
	exit(EXIT_FAILURE);
}

/* Sets up and solves once, adding to the times. */
static void
run_peer(const Peer *peer, const Posed *posed, Times *times)
{
	double	   *watts = room(posed->site->n, sizeof(double));
	double		start = now();
	void	   *program = peer->set_up(posed->site);
	double		is_set_up = now();

	peer->solve(program, posed->site);
	times->theirs += now() - is_set_up;
	times->set_up += is_set_up - start;
	peer->read(program, posed->site, watts);
	peer->free(program);
	must_agree(peer, posed, watts);
	free(watts);
}

static Times
run_round(const Peer *peer, Posed *posed, int sites)
{
	Times		times = {0, 0, 0, 0};
	int			call;
	int			i;

	for (i = 0; i < sites; i++)
	{
		times.ours += time_of(allocate, &posed[i]);
		times.lay_out += time_of(build, &posed[i]);
	}
	for (call = 0; call < CALLS; call++)
	{
		Times		peers = {0, 0, 0, 0};

		for (i = 0; i < sites; i++)
			run_peer(peer, &posed[i], &peers);
		if (call == 0 || peers.theirs < times.theirs)
			times.theirs = peers.theirs;
		if (call == 0 || peers.set_up < times.set_up)
			times.set_up = peers.set_up;
	}
	return times;
}

/* The sum of a round that is in the middle, and of one site, in µs. */
static double
middle(const double *ns, int sites)
{
	double		sorted[ROUNDS];

	memcpy(sorted, ns, sizeof(sorted));
	return spread_of(sorted, ROUNDS).middle / sites / 1e3;
}

static Posed *
pose_depots(int32_t leaves, int sites)
{
	Site	   *site = room(sites, sizeof(Site));
	Posed	   *posed = room(sites, sizeof(Posed));
	int			i;

	for (i = 0; i < sites; i++)
	{
		site[i] = depot(leaves, 0, 90);
		pose(&site[i], &posed[i]);
		pose_problem(&posed[i], (PnProblem) {0});
		allocate(&posed[i]);
		must_all_cut(&posed[i]);
	}
	return posed;
}

void
compare_with(const char *key, const Peer *peer, int32_t leaves, int sites)
{
	Posed	   *posed = pose_depots(leaves, sites);
	double		ours[ROUNDS];
	double		theirs[ROUNDS];
	double		lay_out[ROUNDS];
	double		set_up[ROUNDS];
	double		ratio[ROUNDS];
	int			i;

	run_round(peer, posed, sites);
	for (i = 0; i < ROUNDS; i++)
	{
		Times		times = run_round(peer, posed, sites);

		ours[i] = times.ours;
		theirs[i] = times.theirs;
		lay_out[i] = times.lay_out;
		set_up[i] = times.set_up;
		ratio[i] = times.theirs / times.ours;
	}
	print_row(key, spread_of(ratio, ROUNDS),
			  "%.3g µs against %.4g µs of %s; besides, %.2g µs to lay the tree "
			  "out and %.3g µs to set the program up; %d leaves in %d nodes, "
			  "%d such", middle(ours, sites), middle(theirs, sites),
			  peer->name, middle(lay_out, sites), middle(set_up, sites),
			  leaves, posed->tree.n, sites);
}
