# shellcheck shell=bash
# What the scenarios share.  To be sourced: bash, set -euo pipefail.
#
# Connection settings come from the environment (PGHOST, PGDATABASE, …).  The
# database must exist, and the powernode extension be installable in it.

# The same bytes wherever this runs.
export LC_ALL=C PGCLIENTENCODING=UTF8 PGTZ=UTC PGDATESTYLE=ISO PSQLRC=/dev/null
unset PSQL_PAGER PAGER PG_COLOR

# psql that stops at the first error and prints nothing that was not asked for.
sql() {
	psql -X -q -v ON_ERROR_STOP=1 -P pager=off -P border=1 -P linestyle=ascii \
		-P 'null=-' "$@"
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Makes the database ready for the scenario that owns the given schema: takes
# away what that scenario left behind, and refuses to touch anybody else's.
# Arguments: the scenario's schema, then the further schemas that it makes.
fresh_database() {
	local scenario=$1 schema theirs

	[ "$(sql -At -c 'SHOW server_encoding')" = UTF8 ] ||
		die "the database must be UTF8: createdb -T template0 -E UTF8 …"

	theirs=$(sql -At <<-SQL
		SELECT coalesce(string_agg(nspname, ', ' ORDER BY nspname), '')
		  FROM pg_catalog.pg_namespace
		 WHERE nspname = ANY (string_to_array('powernode $*', ' '))
	SQL
	)
	if [ -n "$theirs" ] && ! grep -qw "$scenario" <<<"$theirs"; then
		die "this database already has $theirs: give the scenario one of its own"
	fi

	sql -c 'SET client_min_messages = warning' \
		-c 'DROP EXTENSION IF EXISTS powernode CASCADE'
	for schema in "$@"; do
		sql -c 'SET client_min_messages = warning' \
			-c "DROP SCHEMA IF EXISTS $schema CASCADE"
	done
	sql -c 'CREATE EXTENSION powernode' -c "CREATE SCHEMA $scenario"
}
