/*
 * site_data.h
 *	  One site as read from its sources: plain rows, no PostgreSQL tuples.
 *
 * The arrow of the house: source.c fills this in, derive.c turns it into a
 * tree.  Ids are the product's own, as text.  Rows of every array are ordered
 * by id in its own type, a NULL id last; but charge points and connectors, which
 * are many, only where rows share an id: else they are as they came, and link.c
 * orders them by what they hang from.  What stands in a row besides the source's
 * columns and the keys of its ids is zero as read.
 */
#ifndef PN_SITE_DATA_H
#define PN_SITE_DATA_H

#include "datatype/timestamp.h"

#include "pg/id_map.h"

/* An absent number. */
#define ABSENT PG_INT64_MIN

/*
 * A number that does not fit, or NaN: source.c maps whatever exceeds int32 to
 * this, so that no sum of such rows can wrap before the fault is found.
 */
#define UNFIT ((int64) PG_INT32_MAX + 1)

/* An absent time; infinite times count as absent. */
#define NO_TIME DT_NOBEGIN

/* Filled in by merge.c; zero as read. */
typedef struct RepeatedRow
{
	int32		extra;			/* further rows of the same id */
	bool		disputed;		/* which disagree about the place in the tree */
} RepeatedRow;

typedef struct SiteRow
{
	char	   *id;
	char	   *microgrid_id;	/* NULL: a FLAT site */
	char	   *name;
	bool		enabled;
	char	   *control_mode;
	char	   *policy;
	char	   *on_fault;
	bool		safe_mode;
	Interval   *setpoint_ttl;	/* NULL: the installation's */
} SiteRow;

typedef struct GridConnectionRow
{
	char	   *id;
	char	   *circuit_id;
	IdKey		circuit_key;
	int32		circuit;		/* filled in by place.c: the row of the circuit
								 * that it stands for, or -1 */
	char	   *name;
	RepeatedRow repeated;
} GridConnectionRow;

typedef struct CircuitRow
{
	char	   *id;
	IdKey		key;
	char	   *parent_id;
	IdKey		parent_key;
	char	   *name;
	int64		default_w;
	int64		safe_w;
	int64		background_w;
	bool		safe_mode;
	int32		level;			/* filled in by link.c from circuit_levels:
								 * a top-level circuit is 1; 0 where no
								 * parentless circuit leads here within
								 * MAX_CIRCUIT_LEVELS */
	RepeatedRow repeated;
} CircuitRow;

/* What the recursive query found: a way from a parentless circuit to this. */
typedef struct CircuitLevel
{
	char	   *circuit_id;
	IdKey		circuit_key;
	int64		level;
} CircuitLevel;

typedef struct ChargePointRow
{
	char	   *id;
	IdKey		key;
	char	   *circuit_id;
	IdKey		circuit_key;
	char	   *name;
	int64		max_w;
	int64		min_w;
	int64		fallback_w;
	bool		online;
	RepeatedRow repeated;
} ChargePointRow;

typedef struct ConnectorRow
{
	char	   *id;
	IdKey		key;
	char	   *charge_point_id;
	IdKey		charge_point_key;
	char	   *name;
	char	   *vehicle_name;
	int64		max_w;
	int64		demand_w;
	int64		min_w;
	int64		weight;
	int64		priority;
	int64		energy_wh;		/* below 0: invalid, whatever it was */
	TimestampTz arrived_at;
	TimestampTz departs_at;
	RepeatedRow repeated;
} ConnectorRow;

/* An envelope that is in force now or will be. */
typedef struct EnvelopeRow
{
	char	   *circuit_id;		/* NULL: the whole site */
	IdKey		circuit_key;
	char	   *name;
	int64		limit_w;
	TimestampTz valid_from;
	TimestampTz valid_to;
} EnvelopeRow;

typedef struct SiteData
{
	bool		repeated;		/* rows of one source share an id */
	SiteRow    *sites;			/* more than one is a fault; none: not there */
	int32		nsites;
	GridConnectionRow *grid_connections;
	int32		ngrid_connections;
	CircuitRow *circuits;
	int32		ncircuits;
	CircuitLevel *circuit_levels;	/* in no order, several of a circuit */
	int32		ncircuit_levels;
	ChargePointRow *charge_points;
	int32		ncharge_points;
	ConnectorRow *connectors;
	int32		nconnectors;
	EnvelopeRow *envelopes;
	int32		nenvelopes;
} SiteData;

/* Levels of a tree, root and leaves counted; circuits begin below the root. */
#define MAX_LEVELS 64
#define MAX_CIRCUIT_LEVELS (MAX_LEVELS - 1)

#endif							/* PN_SITE_DATA_H */
