/*
 * decide.h
 *	  A derived site → allocation, outcome, and the constraints that explain it.
 */
#ifndef PN_DECIDE_H
#define PN_DECIDE_H

#include "pg/derive.h"
#include "pg/kernel_glue.h"

/* One over-asked or binding node. */
typedef struct CycleConstraint
{
	int32		node;			/* position in the tree */
	const char *reason;
	bool		binding;
	int64		short_w;		/* asked - limit; 0 where it is not over-asked */
	int64		curtailed_w;	/* explained: at the leaves it holds back */
	int32		held_back;
	int32		refused;		/* those of them whose minimum it refused */
	char	   *message;
} CycleConstraint;

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
	CycleConstraint *constraints;	/* primary first, in rank order */
	int32		nconstraints;
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

#endif							/* PN_DECIDE_H */
