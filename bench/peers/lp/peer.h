/*
 * peer.h
 *	  The kernel's side of a comparison with a linear-programming solver.
 *
 * What is compared is pn_allocate on a tree that is laid out, and solving a
 * program that is set up.  Laying out and setting up are timed too, and stand in
 * the note.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include "site.h"

typedef struct Peer
{
	const char *name;
	void	   *(*set_up) (const Site *site);
	void		(*solve) (void *program, const Site *site);

	/* Fills in what each node is given, by input index. */
	void		(*read) (void *program, const Site *site, double *watts);
	void		(*free) (void *program);

	/* NULL, or in what the two answers disagree. */
	const char *(*judge) (const Site *site, const int64_t *ours,
						  const double *theirs);
} Peer;

/*
 * Prints the goal's line: theirs over ours, on depots of so many leaves in which
 * every node cuts, in rounds of one after the other.  `sites` of them, as a small
 * one may be easier than the next.  Ends the program where answers disagree.
 */
extern void compare_with(const char *key, const Peer *peer, int32_t leaves,
						 int sites);

#endif							/* BENCH_PEER_H */
