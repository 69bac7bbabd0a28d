/*
 * id_map.h
 *	  From an id to the index of what has it.
 */
#ifndef PN_ID_MAP_H
#define PN_ID_MAP_H

#include "postgres.h"

typedef struct IdMap IdMap;

/*
 * An id as it is compared.  Of a uuid and of an integer the two words are all of
 * it, ordered as the type is, and comparing reads nothing else; of a text they are
 * a hash and its length, and text is its spelling.  Ids of one map are of one type.
 */
typedef struct IdKey
{
	uint64		words[2];
	const char *text;			/* NULL of a uuid or an integer */
} IdKey;

/* Below, at or above 0 as a comes before b in their own type; text by its bytes. */
extern int	id_key_compare(const IdKey *a, const IdKey *b);

/* The key of a text, which is not copied and must live as long as the key. */
extern IdKey id_key_of_text(const char *text);

/* "No such id" of id_map_find. */
#define ID_MAP_NONE (-1)

/*
 * An empty map in CurrentMemoryContext, with room for expected ids before it
 * grows.  It lives until its context does, and may exceed 1 GB.
 */
extern IdMap *id_map_create(int32 expected);

/* Frees the map before its context does; the ids are the caller's. */
extern void id_map_free(IdMap *map);

/*
 * Maps the id, a C string that must outlive the map and is not copied, to an
 * index of at least 0.
 *
 * Returns true where the id is new.  Where it is there already the map stays as
 * it is, and *existing (unless NULL) is the index that it has.
 */
extern bool id_map_add(IdMap *map, const char *id, int32 index,
					   int32 *existing);

/* The index of the id, or ID_MAP_NONE. */
extern int32 id_map_find(IdMap *map, const char *id);

/* The same of an id whose key is there already. */
extern bool id_map_add_key(IdMap *map, IdKey key, int32 index, int32 *existing);
extern int32 id_map_find_key(IdMap *map, IdKey key);

#endif							/* PN_ID_MAP_H */
