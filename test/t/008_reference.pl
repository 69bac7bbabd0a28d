# The SQL reference is what the catalogs say, and they say something of every
# column; a word that a column's CHECK allows is a word that its comment explains.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $root = "$FindBin::RealBin/../..";
my $node = PostgreSQL::Test::Cluster->new('reference');
$node->init;
$node->start;

# The second database has another encoding, and objects of other ages.
$node->safe_psql('postgres', "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
$node->safe_psql('postgres', 'CREATE EXTENSION powernode');
$node->safe_psql('latin', 'CREATE EXTENSION powernode; DROP EXTENSION powernode CASCADE; CREATE EXTENSION powernode');

my @written = split /\n/, slurp_file("$root/docs/reference.md");
foreach my $database ('postgres', 'latin')
{
	my ($printed, $err) = run_command(
		[ 'psql', '-X', '-d', $node->connstr($database), '-f', "$root/tools/reference.sql" ]);
	is($err, '', "$database: the reference is printed without a word of complaint");
	is_deeply([ split /\n/, $printed ], \@written, "$database: docs/reference.md is what the catalogs say")
	  or diag 'Run tools/reference > docs/reference.md, and read the difference.';
}
cmp_ok(scalar(@written), '>', 100, 'which is not nothing');

is($node->safe_psql('postgres', <<'SQL'), '', 'no column of a view, a table or power_node without a comment');
SELECT c.relname, a.attname
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'powernode'::regnamespace AND c.relkind IN ('v', 'm', 'r', 'f', 'c')
  AND a.attnum > 0 AND NOT a.attisdropped
  AND length(coalesce(col_description(c.oid, a.attnum), '')) < 10
ORDER BY 1, 2
SQL

# A cycle's reason is a constraint's or DEMAND_MET, and its comment points there.
is($node->safe_psql('postgres', <<'SQL'), '', 'no comment leaves out a word that its column can have');
SELECT c.relname, a.attname, word[1]
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_attribute a ON a.attrelid = c.oid AND k.conkey = ARRAY[a.attnum],
  regexp_matches(pg_get_constraintdef(k.oid), '''(\w+)''', 'g') word
WHERE k.contype = 'c' AND k.connamespace = 'powernode'::regnamespace
  AND (c.relname, a.attname) <> ('cycle', 'reason')
  AND col_description(c.oid, a.attnum) !~ ('\m' || word[1] || '\M')
ORDER BY 1, 2, 3
SQL

$node->stop;
done_testing();
