/*
 * fault.h
 *	  The faults of a site's data: what is wrong, where, and in what order.
 */
#ifndef PN_FAULT_H
#define PN_FAULT_H

#include "pg/words.h"

/* At most this many faults of a cycle are recorded; all are counted. */
#define MAX_RECORDED_FAULTS 100

/*
 * Where in the tree a fault can be cut off under on_fault = ISOLATE: a circuit
 * or a charge point, by its row in the site's data.
 */
typedef enum FaultPlace
{
	PLACE_UNKNOWN,				/* nowhere: such a fault always rejects */
	PLACE_CIRCUIT,
	PLACE_CHARGE_POINT
} FaultPlace;

typedef struct Fault
{
	FaultKind	reason;
	NodeKind	kind;
	char	   *source_id;
	char	   *name;
	char	   *node_id;
	char	   *message;
	FaultPlace	place;
	int32		place_row;
} Fault;

typedef struct FaultList
{
	Fault	   *items;
	int32		count;
	int32		allocated;
} FaultList;

/* Whom a fault is about.  id NULL: a row without an id. */
typedef struct Culprit
{
	NodeKind	kind;
	const char *id;
	const char *name;			/* NULL: its id is its name */
	FaultPlace	place;
	int32		place_row;
} Culprit;

/*
 * Adds a fault whose message is the label of the culprit followed by a blank
 * and the formatted text.
 */
extern void add_fault(FaultList *faults, FaultKind reason,
					  const Culprit *culprit, const char *format,...)
			pg_attribute_printf(4, 5);

/*
 * Puts faults into their recorded order (reason, then node id bytewise) and
 * drops repetitions of one reason on one node with one message; of several
 * messages the alphabet decides.
 */
extern void order_faults(FaultList *faults);

#endif							/* PN_FAULT_H */
