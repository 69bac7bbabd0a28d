/*
 * derive.h
 *	  A site's rows → its tree, the limit in force at every node, its faults.
 */
#ifndef PN_DERIVE_H
#define PN_DERIVE_H

#include "datatype/timestamp.h"

#include "kernel/policy.h"
#include "kernel/tree.h"
#include "pg/fault.h"
#include "pg/id_map.h"
#include "pg/site_data.h"

/* What the caller of a cycle asked for. */
typedef struct CycleOptions
{
	TimestampTz at;				/* the time the cycle is worked out for */
	const char *policy;			/* NULL: the site's own */
	const char *control_mode;	/* NULL: the site's own */
} CycleOptions;

typedef struct PowerNode
{
	NodeKind	kind;
	char	   *source_id;
	char	   *name;
	char	   *vehicle_name;	/* NULL: none */
	int32		parent;			/* index of the parent; root PN_NO_NODE */

	/* Rows of the site's data that the node stands for; -1 for none. */
	int32		circuit;
	int32		charge_point;
	int32		connector;

	/* How the limit comes about, in watts; ABSENT for none. */
	int64		rating_w;
	LimitSource rating_source;
	int64		safe_taken_w;	/* 0 or more: what safe mode takes */
	int64		envelope_w;		/* least envelope in force here */
	int64		envelope_taken_w;	/* taken below, where circuits are summed
									 * (FLAT root) */
	int64		background_w;	/* of this node alone */
	int64		reserve_w;		/* of this node alone */
	int32		limit_w;		/* in force, or PN_NO_LIMIT */
	LimitSource limit_source;

	/* What a leaf wants; 0 or nothing at other nodes. */
	bool		offline;		/* cannot be told anything: no setpoint */
	int32		demand_w;
	int32		min_w;
	int32		weight;
	int32		priority;
	TimestampTz arrived_at;		/* or NO_TIME */
	TimestampTz departs_at;
	int64		energy_wh;		/* or ABSENT */
} PowerNode;

/*
 * A derived site.  Nodes stand in tree order: nodes[p] is position p of tree.
 */
typedef struct Derivation
{
	const SiteData *data;
	TimestampTz at;
	bool		flat;			/* no microgrid: FLAT, else HIERARCHICAL */
	bool		isolate;		/* on_fault = ISOLATE */
	ControlMode mode;
	bool		mode_known;		/* false: the site's own is unknown */
	PnPolicy	policy;
	bool		policy_known;
	Interval	ttl;			/* how long a setpoint lives */

	FaultList	faults;			/* in their recorded order */
	bool		valid;			/* it can be balanced: no fault, or all of them
								 * left out */
	PowerNode  *nodes;
	PnTree		tree;
	int64		capacity_w;		/* what the site can take: the least of the
								 * root's limit and the sum of its children's;
								 * ABSENT for no limit */
} Derivation;

/*
 * Derives the site in data, which has at least one site row, for a cycle.
 * Where the result is not valid, its tree holds what can be placed and its
 * limits mean nothing.  With keep_faulty the same holds for a site whose
 * faults ISOLATE would leave out (what microgrid_hierarchy shows).
 *
 * Raises 22023 for options that name no known policy or mode.  Allocates in the
 * current memory context; data is changed (repeated rows are merged) and must
 * live as long as the result.
 */
extern Derivation *derive_site(SiteData *data, const CycleOptions *options,
							   bool keep_faulty);

#endif							/* PN_DERIVE_H */
