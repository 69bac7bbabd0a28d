/*
 * derive_steps.h
 *	  The steps of derive_site, in the order in which it takes them; private
 *	  to derive.c and the files named below.
 */
#ifndef PN_DERIVE_STEPS_H
#define PN_DERIVE_STEPS_H

#include "pg/derive.h"

/* MAX_LEVELS in a message. */
#define TREE_LEVELS_TEXT CppAsString2(MAX_LEVELS)

/* What stands in the way of a circuit's place. */
typedef enum CircuitState
{
	CIRCUIT_UNKNOWN,
	CIRCUIT_ON_PATH,			/* being walked just now */
	CIRCUIT_PLACED,				/* a grid connection leads here */
	CIRCUIT_ON_LOOP,
	CIRCUIT_CUT_OFF				/* faulty, or below a fault */
} CircuitState;

/* The place of one row of the circuits, charge points and connectors. */
typedef struct CircuitPlace
{
	int32		parent;			/* row of the parent circuit, or -1 */
	int32		grid_connection;	/* row that stands for it, or -1 */
	CircuitState state;
	bool		carries;		/* a charge point is below */
	int64		envelope_w;		/* least envelope in force, or ABSENT */
	int32		node;			/* or PN_NO_NODE */
} CircuitPlace;

typedef struct ChargePointPlace
{
	int32		circuit;		/* row, or -1 */
	int32		first_connector;	/* row, or -1 */
	int32		node;			/* or PN_NO_NODE */
} ChargePointPlace;

typedef struct ConnectorPlace
{
	int32		charge_point;	/* row, or -1 */
	int32		next;			/* next connector of the charge point, or -1 */
} ConnectorPlace;

/* A node before it is in tree order: small, for there is one of every row. */
typedef struct PlacedNode
{
	NodeKind	kind;
	int32		parent;			/* place in placement->placed, or PN_NO_NODE */
	int32		row;			/* of its kind's source; 0 of the root */
} PlacedNode;

typedef struct Placement
{
	Derivation *derivation;
	SiteData   *data;
	IdMap	   *circuit_ids;
	IdMap	   *charge_point_ids;
	CircuitPlace *circuits;
	ChargePointPlace *charge_points;
	ConnectorPlace *connectors;
	PlacedNode *placed;
	int32		nnodes;			/* placed so far */
} Placement;

/*
 * culprit.c: whom a fault of a row is about, and where in the tree it could be
 * cut off.  A top-level circuit is in the tree as its grid connection.
 */
extern Culprit root_culprit(const Derivation *derivation);
extern Culprit circuit_culprit(const Placement *placement, int32 row);
extern Culprit charge_point_culprit(const Placement *placement, int32 row);
extern Culprit connector_culprit(const Placement *placement, int32 row);
extern Culprit grid_connection_culprit(const SiteData *data, int32 row);
extern Culprit node_culprit(const Placement *placement, const PowerNode *node);

/* merge.c: makes rows of one id one row, marked as repeated. */
extern void merge_repeated_rows(SiteData *data);

/*
 * link.c: looks up what each row refers to, all at once or one circuit's id, whose
 * key counts where the id is not NULL.
 */
extern void link_rows(Placement *placement);
extern int32 find_circuit(const Placement *placement, const char *id, IdKey key);

/*
 * place.c: finds each row's place, and adds the faults of rows without one; those
 * with a place are in placement->placed, not yet in tree order.
 */
extern void place_rows(Placement *placement);

/* place.c: the node of a row that has a place; its parent is for the caller. */
extern PowerNode make_node(const Placement *placement, const PlacedNode *placed);

/* check.c: the site's settings. */
extern void check_settings(Derivation *derivation, const CycleOptions *options);

/*
 * check.c: ratings, demands and envelopes of what is placed; fills in the
 * nodes' ratings, and the envelopes in force.
 */
extern void check_values(Placement *placement);

/*
 * rate.c: a node's rating, what safe mode takes from it, its background.  Of
 * a FLAT root these are sums over the site's circuits, as are the envelopes on
 * them.
 */
extern void rate_circuit(const Placement *placement, int32 row, PowerNode *node);
extern void rate_charge_point(const Placement *placement, int32 row, PowerNode *node);
extern void rate_flat_root(const Placement *placement, PowerNode *root);

/*
 * rate.c: what a charge point's connectors are rated for together, in watts
 * that may exceed int32; ABSENT where there are none or not all are rated.
 */
extern int64 connectors_rating(const Placement *placement, int32 charge_point);

/* demand.c: what each leaf wants. */
extern void set_demands(Placement *placement);

/*
 * demand.c: adds a fault to every node where the demands of what is not left
 * out add up past integer, the deepest on each path.
 */
extern void check_demand_sums(Placement *placement, const bool *left_out);

/*
 * isolate.c: cuts off what is faulty (into left_out, by position, whole
 * subtrees); false where something cannot be cut off.
 */
extern bool leave_out_faulty(Placement *placement, bool *left_out);

/*
 * isolate.c: what must be kept free for a charge point that cannot be told
 * anything, in watts; ABSENT where nothing bounds it.
 */
extern int64 charge_point_draw(const Placement *placement, const PowerNode *node);

/*
 * limits.c: the limit in force at every node, and the site's capacity.
 * Expects nodes in tree order.
 */
extern void set_limits(Placement *placement, const bool *left_out);

/* Whether a number of watts is there but below 0 or past int32. */
static inline bool
invalid_watts(int64 watts)
{
	return watts != ABSENT && (watts < 0 || watts > PG_INT32_MAX);
}

#endif							/* PN_DERIVE_STEPS_H */
