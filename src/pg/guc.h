/*
 * guc.h
 *	  The configuration parameters of powernode.
 */
#ifndef PN_GUC_H
#define PN_GUC_H

/* Seconds a setpoint lives where its site has no setpoint_ttl of its own. */
extern int	powernode_setpoint_ttl;

/* The time of the cycle that is reading the sources, as ISO 8601; else empty. */
extern char *powernode_at;

/* Whether a cycle tells listeners that it differs from the one before. */
typedef enum NotifyWhen
{
	NOTIFY_OFF,
	NOTIFY_ON_CHANGE
} NotifyWhen;

extern int	powernode_notify;	/* a NotifyWhen */

/* Defines the parameters; called once, when the library is loaded. */
extern void guc_define(void);

#endif							/* PN_GUC_H */
