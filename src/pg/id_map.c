/*
 * id_map.c
 *	  From an id to the index of what has it: simplehash over keys.
 *
 * Ids are compared byte by byte, as under COLLATE "C": no collation makes one
 * node of two ids that are spelt differently.
 */
#include "postgres.h"

#include "pg/id_map.h"

typedef struct IdMapEntry
{
	IdKey		key;
	int32		index;
	char		status;			/* simplehash's own */
} IdMapEntry;

/* 2^64 over the golden ratio. */
#define SPREAD UINT64CONST(0x9E3779B97F4A7C15)

static inline uint64
mix(uint64 hash, uint64 word)
{
	hash = (hash ^ word) * SPREAD;
	return hash ^ (hash >> 32);
}

static inline uint32
key_hash(IdKey key)
{
	return (uint32) mix(mix(0, key.words[0]), key.words[1]);
}

static inline bool
same_key(IdKey a, IdKey b)
{
	return a.words[0] == b.words[0] && a.words[1] == b.words[1] &&
		(a.text == NULL || strcmp(a.text, b.text) == 0);
}

#define SH_PREFIX idmap
#define SH_ELEMENT_TYPE IdMapEntry
#define SH_KEY_TYPE IdKey
#define SH_KEY key
#define SH_HASH_KEY(tb, key) key_hash(key)
#define SH_EQUAL(tb, a, b) same_key(a, b)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct IdMap
{
	idmap_hash *hash;
};

int
id_key_compare(const IdKey *a, const IdKey *b)
{
	if (a->text != NULL)
		return strcmp(a->text, b->text);
	if (a->words[0] != b->words[0])
		return a->words[0] < b->words[0] ? -1 : 1;
	return a->words[1] < b->words[1] ? -1 : a->words[1] > b->words[1];
}

/* Eight bytes at a time: every id of a site passes here. */
IdKey
id_key_of_text(const char *text)
{
	Size		length = strlen(text);
	Size		left = length;
	const char *at = text;
	IdKey		key = {{0, length}, text};
	uint64		word;

	for (; left >= sizeof(word); at += sizeof(word), left -= sizeof(word))
	{
		memcpy(&word, at, sizeof(word));
		key.words[0] = mix(key.words[0], word);
	}
	word = 0;
	memcpy(&word, at, left);
	key.words[0] = mix(key.words[0], word);
	return key;
}

IdMap *
id_map_create(int32 expected)
{
	IdMap	   *map = palloc(sizeof(IdMap));

	/* simplehash allocates its buckets with MCXT_ALLOC_HUGE */
	map->hash = idmap_create(CurrentMemoryContext, (uint32) Max(expected, 1),
							 NULL);
	return map;
}

void
id_map_free(IdMap *map)
{
	idmap_destroy(map->hash);
	pfree(map);
}

bool
id_map_add_key(IdMap *map, IdKey key, int32 index, int32 *existing)
{
	bool		found;
	IdMapEntry *entry = idmap_insert(map->hash, key, &found);

	if (!found)
		entry->index = index;
	else if (existing != NULL)
		*existing = entry->index;

	return !found;
}

int32
id_map_find_key(IdMap *map, IdKey key)
{
	IdMapEntry *entry = idmap_lookup(map->hash, key);

	return entry != NULL ? entry->index : ID_MAP_NONE;
}

bool
id_map_add(IdMap *map, const char *id, int32 index, int32 *existing)
{
	return id_map_add_key(map, id_key_of_text(id), index, existing);
}

int32
id_map_find(IdMap *map, const char *id)
{
	return id_map_find_key(map, id_key_of_text(id));
}
