/*
 * topology.h
 *	  What of a tree stays from cycle to cycle, stored once.
 */
#ifndef PN_TOPOLOGY_H
#define PN_TOPOLOGY_H

#include "common/sha2.h"

#include "pg/derive.h"

/* A site's topology row: its number and the SHA-256 of what it holds. */
typedef struct KeptTopology
{
	int32		topology_no;	/* from 1; 0 for none */
	uint8		digest[PG_SHA256_DIGEST_LENGTH];
} KeptTopology;

/*
 * The site's topology row for this tree: latest, where that is equal, which takes
 * no query; else an earlier one that is, else a new one.  Runs within the owner's
 * session and the site's lock.
 */
extern KeptTopology keep_topology(const char *site_id, const KeptTopology *latest,
								  const Derivation *derivation);

#endif							/* PN_TOPOLOGY_H */
