# shellcheck shell=bash
# What the rows about sites of example/manage share.  To be sourced by
# bench/rows/NAME: bash, set -euo pipefail.

cd "$(dirname "${BASH_SOURCE[0]}")" || exit

# Commits do not wait for a disk that a throwaway server may not even have.
export PGOPTIONS="-c synchronous_commit=off -c client_min_messages=warning"
# Numbers and words as they are written here, wherever this runs.
export LC_ALL=C PGCLIENTENCODING=UTF8 PGTZ=UTC PSQLRC=/dev/null

# psql that stops at the first error.
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }

# The same, where only what it does counts.
quietly() { q -o /dev/null "$@"; }

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# A new database with so many sites like WA PTA of so many circuits each:
# fresh_sites DATABASE SITES CIRCUITS [SCALE]
fresh_sites() {
	say "$1: $2 sites of $3 circuits"
	dropdb --if-exists "$1"
	createdb -T template0 -E UTF8 "$1"
	quietly -d "$1" -c 'CREATE EXTENSION powernode' -f rounds.sql -f sites/manage.sql \
		-c "CALL bench.add_sites(1, $2, $3, ${4:-1})" -c 'VACUUM ANALYZE'
}

# The line of one goal: figure DATABASE KEY NOTE, the note a format of psql's
# with the columns of bench.ratio.
figure() {
	q -d "$1" -F $'\t' -v key="$2" <<-SQL
		SELECT key, bench.digits(figure), bench.digits(low), bench.digits(high), $3
		  FROM bench.ratio WHERE key = :'key'
	SQL
}
