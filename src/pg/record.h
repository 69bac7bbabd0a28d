/*
 * record.h
 *	  Writes a cycle: its row, its topology where that is new, its faults.
 */
#ifndef PN_RECORD_H
#define PN_RECORD_H

#include "pg/decide.h"
#include "pg/topology.h"

/* The site's counter row, locked until the end of the transaction. */
typedef struct SiteState
{
	char	   *site_id;
	int32		cycle_no;		/* the latest; 0 before the first */
	int32		in_force_cycle_no;	/* the latest not rejected; 0 for none */
	KeptTopology topology;		/* the latest cycle's that has one */
} SiteState;

/*
 * Locks the site for a cycle, making its row where there is none, and reads
 * it.  Waits for a cycle of the site in another session; under REPEATABLE READ
 * and SERIALIZABLE raises 40001 if one was recorded since the transaction's
 * snapshot.  Needs an SPI connection.
 */
extern SiteState lock_site(const char *site_id);

/*
 * Records the decision as the site's next cycle and returns its number; tells
 * listeners where that is wanted, and forgets the error that a batch met with.
 * started_at is when the call began.  Needs an SPI connection.
 */
extern int32 record_cycle(const SiteState *state, const Decision *decision,
						  TimestampTz started_at);

#endif							/* PN_RECORD_H */
