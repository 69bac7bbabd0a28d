/*
 * topology.h
 *	  What of a tree stays from cycle to cycle, stored once.
 */
#ifndef PN_TOPOLOGY_H
#define PN_TOPOLOGY_H

#include "pg/derive.h"

/*
 * The number of the site's topology row for this tree: an earlier one that is
 * equal, else a new one.  Runs within the owner's session and the site's lock.
 */
extern int32 keep_topology(const char *site_id, const Derivation *derivation);

#endif							/* PN_TOPOLOGY_H */
