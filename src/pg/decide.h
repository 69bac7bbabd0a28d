/*
 * decide.h
 *	  A derived site → allocation, outcome, and what constrained it.
 */
#ifndef PN_DECIDE_H
#define PN_DECIDE_H

#include "pg/derive.h"
#include "pg/kernel_glue.h"

/* What a cycle decided, before and apart from its being recorded. */
typedef struct Decision
{
	Derivation *derivation;
	Outcome		outcome;
	const char *reason;
	char	   *message;

	/* Of the whole site; 0 of a REJECTED cycle, as are all counts. */
	int32		demand_w;
	int32		allocated_w;

	/* By tree position; unset of a REJECTED cycle. */
	Balance		balance;
} Decision;

/*
 * Balances the site: runs the kernel over a valid derivation and words the
 * outcome.  A derivation that is not valid is a REJECTED decision.
 */
extern Decision *decide(Derivation *derivation);

/*
 * The node that constrained the cycle: the primary constraint's, of a REJECTED
 * one the first fault's; NULL where nothing did.
 */
extern const char *decision_node_id(const Decision *decision);
extern const char *decision_node_kind(const Decision *decision);

/*
 * How many nodes of the cycle are over-asked or binding; none of a REJECTED one.
 * Counts them.
 */
extern int32 decision_constraints(const Decision *decision);

#endif							/* PN_DECIDE_H */
