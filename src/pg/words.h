/*
 * words.h
 *	  The fixed vocabulary: kinds, limit sources, faults, outcomes, modes.
 *
 * Each word has one enum here and one spelling in words.c.  The numbers of
 * NodeKind and LimitSource are stored in powernode.topology and
 * powernode.cycle: append, never renumber.  What a column may hold is checked
 * against these lists (vocabulary.c).
 */
#ifndef PN_WORDS_H
#define PN_WORDS_H

/* Also the order of siblings in the tree. */
typedef enum NodeKind
{
	KIND_MICROGRID,
	KIND_GRID_CONNECTION,
	KIND_CIRCUIT,
	KIND_CHARGE_POINT,
	KIND_CONNECTOR
} NodeKind;

#define NODE_KIND_COUNT 5

typedef enum LimitSource
{
	LIMIT_NONE,					/* the node has no limit of its own */
	LIMIT_DEFAULT_CAPACITY,
	LIMIT_SAFE_CAPACITY,
	LIMIT_CHARGE_POINT_RATING,
	LIMIT_CONNECTOR_RATING,
	LIMIT_SITE_CAPACITY,
	LIMIT_OPERATING_ENVELOPE,
	LIMIT_BACKGROUND_LOAD,
	LIMIT_OFFLINE_RESERVE
} LimitSource;

#define LIMIT_SOURCE_COUNT 9

/* In the order in which faults are recorded. */
typedef enum FaultKind
{
	FAULT_INVALID_SETTING,
	FAULT_NO_GRID_CONNECTION,
	FAULT_GRID_CONNECTION_WITHOUT_CIRCUIT,
	FAULT_GRID_CONNECTION_NOT_TOP_LEVEL,
	FAULT_CIRCUIT_LOOP,
	FAULT_CIRCUIT_UNREACHABLE,
	FAULT_CHARGE_POINT_WITHOUT_CIRCUIT,
	FAULT_CONNECTOR_WITHOUT_CHARGE_POINT,
	FAULT_DUPLICATE_NODE,
	FAULT_MISSING_RATING,
	FAULT_INVALID_RATING,
	FAULT_INVALID_DEMAND,
	FAULT_INVALID_ENVELOPE,
	FAULT_UNSUPPORTED_TOPOLOGY
} FaultKind;

#define FAULT_KIND_COUNT 14

typedef enum ControlMode
{
	MODE_CONNECTOR,				/* one setpoint per plug */
	MODE_CHARGER				/* one setpoint per station */
} ControlMode;

#define CONTROL_MODE_COUNT 2

typedef enum Outcome
{
	OUTCOME_APPLIED,
	OUTCOME_CURTAILED,
	OUTCOME_REJECTED
} Outcome;

#define OUTCOME_COUNT 3

/* "GRID_CONNECTION" */
extern const char *kind_name(NodeKind kind);

/* "grid_connection", as a node_id begins */
extern const char *kind_prefix(NodeKind kind);

/* "Grid connection", as a sentence begins */
extern const char *kind_word(NodeKind kind);

/* "grid_connection:5" in the current memory context */
extern char *make_node_id(NodeKind kind, const char *source_id);

/* "DEFAULT_CAPACITY"; NULL for LIMIT_NONE */
extern const char *limit_source_name(LimitSource source);

/* "default capacity" */
extern const char *limit_source_word(LimitSource source);

/* "CIRCUIT_LOOP" */
extern const char *fault_name(FaultKind fault);

/* "CIRCUIT_LIMIT": the reason where a node's own rating holds leaves back */
extern const char *kind_reason(NodeKind kind);

/* "BACKGROUND_LOAD": that of a limit which something took from; else NULL */
extern const char *limit_source_reason(LimitSource source);

/* Reasons that are neither a kind's nor a limit's nor a fault's. */
#define REASON_DEMAND_MET "DEMAND_MET"
#define REASON_MINIMUM_POWER "MINIMUM_POWER"

/* "CONNECTOR" */
extern const char *control_mode_name(ControlMode mode);

/* Finds a mode by its exact name; false where there is none. */
extern bool control_mode_by_name(const char *name, ControlMode *mode);

/* "APPLIED" */
extern const char *outcome_name(Outcome outcome);

/* "FLAT" or "HIERARCHICAL" */
extern const char *topology_name(bool flat);

/* The kind of the nodes that power is allocated to. */
extern NodeKind leaf_kind(ControlMode mode);

/*
 * Watts as kilowatts, exact: one decimal, or as many as it takes (at most
 * three): "80.0", "79.95".  In the current memory context.
 */
extern char *format_kw(int64 watts);

#endif							/* PN_WORDS_H */
