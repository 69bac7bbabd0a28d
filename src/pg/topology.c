/*
 * topology.c
 *	  What of a tree stays from cycle to cycle, stored once.
 *
 * A topology is found again by the SHA-256 of its contents, so a site that is
 * balanced in both control modes by turns keeps two rows and not one a cycle.  The
 * latest one's is in site_state, which a cycle has read anyway.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "common/string.h"
#include "common/cryptohash.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "pg/arrays.h"
#include "pg/kernel_glue.h"
#include "pg/session.h"
#include "pg/topology.h"

/*
 * What is to be hashed, collected: a call of the library for each of a node's six
 * parts would take as long as the hashing.
 */
typedef struct Hasher
{
	pg_cryptohash_ctx *hash;
	Size		used;
	uint8		buffer[8192];
} Hasher;

/*
 * What the library wants memory for it does not say.  OpenSSL that lacked it when a
 * process first used it never works there again, not for the server's own md5()
 * either.
 */
static void
hashing_failed(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_OUT_OF_MEMORY),
			 errmsg("out of memory"),
			 errdetail("The server's library for SHA-256 could not hash the site's topology."),
			 errhint("Retry; where that goes on failing, in a new session.")));
}

static void
begin_hash(Hasher *hasher)
{
	hasher->hash = pg_cryptohash_create(PG_SHA256);
	hasher->used = 0;
	if (hasher->hash == NULL || pg_cryptohash_init(hasher->hash) < 0)
		hashing_failed();
}

static void
update_hash(Hasher *hasher, const uint8 *bytes, Size length)
{
	CHECK_FOR_INTERRUPTS();
	if (pg_cryptohash_update(hasher->hash, bytes, length) < 0)
		hashing_failed();
}

static void
end_hash(Hasher *hasher, uint8 *digest)
{
	update_hash(hasher, hasher->buffer, hasher->used);
	if (pg_cryptohash_final(hasher->hash, digest, PG_SHA256_DIGEST_LENGTH) < 0)
		hashing_failed();
	pg_cryptohash_free(hasher->hash);
}

/* Makes room for so many bytes in the buffer; false where it is too small. */
static bool
reserve(Hasher *hasher, Size length)
{
	if (hasher->used + length > sizeof(hasher->buffer))
	{
		update_hash(hasher, hasher->buffer, hasher->used);
		hasher->used = 0;
	}
	return length <= sizeof(hasher->buffer);
}

static void
hash_bytes_of(Hasher *hasher, const void *bytes, Size length)
{
	if (!reserve(hasher, length))
	{
		update_hash(hasher, bytes, length);
		return;
	}
	memcpy(hasher->buffer + hasher->used, bytes, length);
	hasher->used += length;
}

/*
 * A string in UTF-8; as it is where it is ASCII, and where UTF-8 has nothing for
 * it, which must not keep a site from being balanced.
 */
static const char *
in_utf8(const char *string)
{
	int			encoding = GetDatabaseEncoding();
	int			length;
	Oid			conversion = InvalidOid;
	unsigned char *utf8;

	if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII || pg_is_ascii(string))
		return string;
	conversion = FindDefaultConversionProc(encoding, PG_UTF8);
	if (!OidIsValid(conversion))
		return string;
	length = (int) strlen(string);
	utf8 = palloc_array_huge((Size) length + 1, MAX_CONVERSION_GROWTH);
	if (pg_do_encoding_conversion_buf(conversion, encoding, PG_UTF8,
									  (unsigned char *) unconstify(char *, string), length,
									  utf8, (length + 1) * MAX_CONVERSION_GROWTH, true) < length)
		return string;
	return (const char *) utf8;
}

/*
 * A string and its end, so that no two lists of strings run into one; in UTF-8,
 * so that a restored database of another encoding finds its topologies again.
 */
static void
hash_string(Hasher *hasher, const char *string)
{
	const char *utf8 = in_utf8(string);

	hash_bytes_of(hasher, utf8, strlen(utf8) + 1);
}

/* Each with the high byte first, on every machine. */
static void
hash_numbers(Hasher *hasher, int64 first, int64 second, int64 third, int64 fourth)
{
	uint64		bytes[4] = {
		pg_hton64((uint64) first), pg_hton64((uint64) second),
		pg_hton64((uint64) third), pg_hton64((uint64) fourth)
	};

	hash_bytes_of(hasher, bytes, sizeof(bytes));
}

/*
 * Asks for the strings of a node before they are needed: they stand where their
 * rows were read, and to wait for them took most of the time of a large site.
 */
static inline void
fetch_ahead(const PowerNode *node)
{
	__builtin_prefetch(node->source_id);
	__builtin_prefetch(node->name);
}

#define FETCH_DISTANCE 16

/* As the column's COMMENT says; verify() makes it again in SQL. */
static void
make_digest(const Derivation *derivation, uint8 *digest)
{
	int32		n = derivation->tree.n;
	Hasher		hasher;

	begin_hash(&hasher);
	hash_string(&hasher, topology_name(derivation->flat));
	hash_string(&hasher, control_mode_name(derivation->mode));
	for (int32 p = 0; p < n; p++)
	{
		const PowerNode *node = &derivation->nodes[p];

		CHECK_FOR_INTERRUPTS();
		if (p < n - FETCH_DISTANCE)
			fetch_ahead(node + FETCH_DISTANCE);
		hash_numbers(&hasher, node->parent, node->kind,
					 node->rating_w == ABSENT ? -1 : node->rating_w, node->rating_source);
		hash_string(&hasher, node->source_id);
		hash_string(&hasher, node->name);
	}
	end_hash(&hasher, digest);
}

/* The one integer that a statement gave; 0 where it gave no row. */
static int32
number_found(void)
{
	bool		isnull;
	int32		number = 0;

	if (SPI_processed > 0)
		number = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_freetuptable(SPI_tuptable);
	return number;
}

static int32
insert_topology(const char *site_id, const Derivation *derivation, Datum digest)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {
		TEXTOID, BYTEAOID, TEXTOID, TEXTOID, INT4ARRAYOID, INT2ARRAYOID,
		TEXTARRAYOID, TEXTARRAYOID, INT4ARRAYOID, INT2ARRAYOID
	};
	int32		n = derivation->tree.n;
	int32	   *parents = node_ints(n);
	int32	   *kinds = node_ints(n);
	const char **ids = palloc_array_huge(n, sizeof(char *));
	const char **names = palloc_array_huge(n, sizeof(char *));
	int32	   *ratings = node_ints(n);
	int32	   *sources = node_ints(n);
	Datum		values[lengthof(types)];
	Size		bytes = OTHER_COLUMNS;

	for (int32 p = 0; p < n; p++)
	{
		const PowerNode *node = &derivation->nodes[p];

		CHECK_FOR_INTERRUPTS();
		parents[p] = node->parent == PN_NO_NODE ? NULL_INT : node->parent + 1;
		kinds[p] = (int32) node->kind;
		ids[p] = node->source_id;
		names[p] = node->name;
		ratings[p] = node->rating_w == ABSENT ? NULL_INT : (int32) node->rating_w;
		sources[p] = (int32) node->rating_source;
	}
	values[0] = CStringGetTextDatum(site_id);
	values[1] = digest;
	values[2] = CStringGetTextDatum(topology_name(derivation->flat));
	values[3] = CStringGetTextDatum(control_mode_name(derivation->mode));
	values[4] = PointerGetDatum(int_array(parents, n));
	values[5] = PointerGetDatum(small_array(kinds, n));
	values[6] = PointerGetDatum(string_array(ids, n));
	values[7] = PointerGetDatum(string_array(names, n));
	values[8] = PointerGetDatum(int_array(ratings, n));
	values[9] = PointerGetDatum(small_array(sources, n));
	for (int i = 4; i < (int) lengthof(types); i++)
		bytes += VARSIZE(DatumGetPointer(values[i]));
	check_recordable(n, bytes, "Its topology");

	run_kept(&plan,
			 "INSERT INTO powernode.topology (site_id, topology_no, digest, topology, control_mode,"
			 " parents, kinds, source_ids, names, ratings, rating_sources)"
			 " SELECT $1, coalesce(max(t.topology_no), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10"
			 " FROM powernode.topology t WHERE t.site_id = $1"
			 " RETURNING topology_no",
			 lengthof(types), types, values, NULL, false, SPI_OK_INSERT_RETURNING);
	return number_found();
}

/*
 * The number of the row with this digest; 0 where there is none.  The row is locked
 * because of prune(): a snapshot of the whole transaction goes on showing one that
 * has been deleted since, and the lock fails on it with 40001.
 */
static int32
find_topology(const char *site_id, Datum digest)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID, BYTEAOID};
	Datum		values[] = {CStringGetTextDatum(site_id), digest};

	run_kept(&plan,
			 "SELECT topology_no FROM powernode.topology WHERE site_id = $1 AND digest = $2"
			 " FOR KEY SHARE",
			 2, types, values, NULL, false, SPI_OK_SELECT);
	return number_found();
}

KeptTopology
keep_topology(const char *site_id, const KeptTopology *latest, const Derivation *derivation)
{
	KeptTopology kept = *latest;
	Datum		digest;

	make_digest(derivation, kept.digest);
	if (kept.topology_no > 0 && memcmp(kept.digest, latest->digest, sizeof(kept.digest)) == 0)
		return kept;
	digest = PointerGetDatum(cstring_to_text_with_len((char *) kept.digest, sizeof(kept.digest)));
	kept.topology_no = find_topology(site_id, digest);
	if (kept.topology_no == 0)
		kept.topology_no = insert_topology(site_id, derivation, digest);
	return kept;
}
