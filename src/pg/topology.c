/*
 * topology.c
 *	  What of a tree stays from cycle to cycle, stored once.
 *
 * A topology is found again by the SHA-256 of its contents, so a site that is
 * balanced in both control modes by turns keeps two rows and not one a cycle.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "common/string.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "pg/arrays.h"
#include "pg/kernel_glue.h"
#include "pg/session.h"
#include "pg/topology.h"

static void
hash_bytes_of(pg_cryptohash_ctx *hash, const void *bytes, Size length)
{
	if (pg_cryptohash_update(hash, bytes, length) < 0)
		elog(ERROR, "could not hash a topology: %s", pg_cryptohash_error(hash));
}

/*
 * A string in UTF-8; as it is where it is ASCII, and where UTF-8 has nothing for
 * it, which must not keep a site from being balanced.
 */
static const char *
in_utf8(const char *string)
{
	int			encoding = GetDatabaseEncoding();
	int			length = (int) strlen(string);
	Oid			conversion = InvalidOid;
	unsigned char *utf8;

	if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII || pg_is_ascii(string))
		return string;
	conversion = FindDefaultConversionProc(encoding, PG_UTF8);
	if (!OidIsValid(conversion))
		return string;
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
hash_string(pg_cryptohash_ctx *hash, const char *string)
{
	const char *utf8 = in_utf8(string);

	hash_bytes_of(hash, utf8, strlen(utf8) + 1);
}

/* The high byte first, on every machine. */
static void
hash_number(pg_cryptohash_ctx *hash, int64 number)
{
	uint64		bytes = pg_hton64((uint64) number);

	hash_bytes_of(hash, &bytes, sizeof(bytes));
}

/* As the column's COMMENT says; verify() makes it again in SQL. */
static bytea *
digest_of(const Derivation *derivation)
{
	pg_cryptohash_ctx *hash = pg_cryptohash_create(PG_SHA256);
	bytea	   *digest = palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH);

	if (hash == NULL || pg_cryptohash_init(hash) < 0)
		elog(ERROR, "could not begin to hash a topology");
	hash_string(hash, topology_name(derivation->flat));
	hash_string(hash, control_mode_name(derivation->mode));
	for (int32 p = 0; p < derivation->tree.n; p++)
	{
		const PowerNode *node = &derivation->nodes[p];

		hash_number(hash, node->parent);
		hash_number(hash, node->kind);
		hash_number(hash, node->rating_w == ABSENT ? -1 : node->rating_w);
		hash_number(hash, node->rating_source);
		hash_string(hash, node->source_id);
		hash_string(hash, node->name);
	}
	SET_VARSIZE(digest, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	if (pg_cryptohash_final(hash, (uint8 *) VARDATA(digest), PG_SHA256_DIGEST_LENGTH) < 0)
		elog(ERROR, "could not hash a topology: %s", pg_cryptohash_error(hash));
	pg_cryptohash_free(hash);
	return digest;
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
insert_topology(const char *site_id, const Derivation *derivation, bytea *digest)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {
		TEXTOID, BYTEAOID, TEXTOID, TEXTOID, INT4ARRAYOID, INT2ARRAYOID,
		TEXTARRAYOID, TEXTARRAYOID, INT4ARRAYOID, INT2ARRAYOID
	};
	int32		n = derivation->tree.n;
	int32	   *parents = palloc_array_huge(n, sizeof(int32));
	int16	   *kinds = palloc_array_huge(n, sizeof(int16));
	const char **ids = palloc_array_huge(n, sizeof(char *));
	const char **names = palloc_array_huge(n, sizeof(char *));
	int32	   *ratings = palloc_array_huge(n, sizeof(int32));
	int16	   *sources = palloc_array_huge(n, sizeof(int16));
	Datum		values[lengthof(types)];

	for (int32 p = 0; p < n; p++)
	{
		const PowerNode *node = &derivation->nodes[p];

		parents[p] = node->parent == PN_NO_NODE ? NULL_INT : node->parent + 1;
		kinds[p] = (int16) node->kind;
		ids[p] = node->source_id;
		names[p] = node->name;
		ratings[p] = node->rating_w == ABSENT ? NULL_INT : (int32) node->rating_w;
		sources[p] = (int16) node->rating_source;
	}
	values[0] = CStringGetTextDatum(site_id);
	values[1] = PointerGetDatum(digest);
	values[2] = CStringGetTextDatum(topology_name(derivation->flat));
	values[3] = CStringGetTextDatum(control_mode_name(derivation->mode));
	values[4] = PointerGetDatum(int_array(parents, n));
	values[5] = PointerGetDatum(small_array(kinds, n));
	values[6] = PointerGetDatum(string_array(ids, n));
	values[7] = PointerGetDatum(string_array(names, n));
	values[8] = PointerGetDatum(int_array(ratings, n));
	values[9] = PointerGetDatum(small_array(sources, n));

	run_kept(&plan,
			 "INSERT INTO powernode.topology (site_id, topology_no, digest, topology, control_mode,"
			 " parents, kinds, source_ids, names, ratings, rating_sources)"
			 " SELECT $1, coalesce(max(t.topology_no), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10"
			 " FROM powernode.topology t WHERE t.site_id = $1"
			 " RETURNING topology_no",
			 lengthof(types), types, values, NULL, false, SPI_OK_INSERT_RETURNING);
	return number_found();
}

int32
keep_topology(const char *site_id, const Derivation *derivation)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID, BYTEAOID};
	bytea	   *digest = digest_of(derivation);
	Datum		values[] = {CStringGetTextDatum(site_id), PointerGetDatum(digest)};
	int32		topology_no;

	run_kept(&plan,
			 "SELECT topology_no FROM powernode.topology WHERE site_id = $1 AND digest = $2",
			 2, types, values, NULL, false, SPI_OK_SELECT);
	topology_no = number_found();
	return topology_no > 0 ? topology_no : insert_topology(site_id, derivation, digest);
}
