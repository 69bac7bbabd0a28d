/*
 * constraint.h
 *	  A node that is over-asked or binding: what it is called, and its sentence.
 *
 * Everything follows from figures that a cycle records, so that the constraints
 * of a recorded cycle are worked out when they are read, by the same code that
 * words the primary one when it is recorded.
 */
#ifndef PN_CONSTRAINT_H
#define PN_CONSTRAINT_H

#include "pg/words.h"

typedef struct NodeConstraint
{
	NodeKind	kind;
	const char *name;
	bool		is_leaf;
	ControlMode mode;
	int32		limit_w;		/* or PN_NO_LIMIT */
	LimitSource limit_source;
	int32		minimum_w;		/* of a leaf; 0 for none */
	int64		asked_w;
	int64		allocated_w;
	int64		curtailed_w;	/* explained: at the leaves it holds back */
	int32		held_back;		/* how many leaves those are */
	int32		refused;		/* those of them whose minimum it refused */
} NodeConstraint;

/* Watts asked beyond the limit; 0 where it is not over-asked. */
extern int64 constraint_short(const NodeConstraint *constraint);

/* "CIRCUIT_LIMIT" */
extern const char *constraint_reason(const NodeConstraint *constraint);

/* One sentence that an operator can act on, in the current memory context. */
extern char *constraint_message(const NodeConstraint *constraint);

#endif							/* PN_CONSTRAINT_H */
