/*
 * id_map.c
 *	  From an id to the index of what has it: simplehash over C strings.
 *
 * Ids are compared byte by byte, as under COLLATE "C": no collation makes one
 * node of two ids that are spelt differently.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "pg/id_map.h"

typedef struct IdMapEntry
{
	const char *id;				/* the caller's */
	uint32		hash;			/* of id, so that most misses cost no strcmp */
	int32		index;
	char		status;			/* simplehash's own */
} IdMapEntry;

static inline uint32
id_hash(const char *id)
{
	return hash_bytes((const unsigned char *) id, (int) strlen(id));
}

#define SH_PREFIX idmap
#define SH_ELEMENT_TYPE IdMapEntry
#define SH_KEY_TYPE const char *
#define SH_KEY id
#define SH_HASH_KEY(tb, key) id_hash(key)
#define SH_EQUAL(tb, a, b) (strcmp(a, b) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry) ((entry)->hash)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct IdMap
{
	idmap_hash *hash;
};

IdMap *
id_map_create(int32 expected)
{
	IdMap	   *map = palloc(sizeof(IdMap));

	/* simplehash allocates its buckets with MCXT_ALLOC_HUGE */
	map->hash = idmap_create(CurrentMemoryContext, (uint32) Max(expected, 1),
							 NULL);
	return map;
}

bool
id_map_add(IdMap *map, const char *id, int32 index, int32 *existing)
{
	bool		found;
	IdMapEntry *entry = idmap_insert(map->hash, id, &found);

	if (!found)
		entry->index = index;
	else if (existing != NULL)
		*existing = entry->index;

	return !found;
}

int32
id_map_find(IdMap *map, const char *id)
{
	IdMapEntry *entry = idmap_lookup(map->hash, id);

	return entry != NULL ? entry->index : ID_MAP_NONE;
}
