/*
 * notify.h
 *	  Tells listeners that a site's outcome has changed.
 */
#ifndef PN_NOTIFY_H
#define PN_NOTIFY_H

#include "pg/record.h"

/*
 * Where powernode.notify says so and the outcome, its reason or the node that
 * constrained the site is another than in the cycle before: NOTIFY powernode with
 * {"site_id": "…", "cycle_no": …}, sent when the transaction commits.  Runs among
 * the statements that record the cycle, as the owner.
 */
extern void notify_of_cycle(const SiteState *state, const Decision *decision,
							int32 cycle_no);

#endif							/* PN_NOTIFY_H */
