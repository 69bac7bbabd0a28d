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

my @written = split /\n/, slurp_file("$root/docs/sql-reference.md");
foreach my $database ('postgres', 'latin')
{
	my ($printed, $err) = run_command(
		[ 'psql', '-X', '-d', $node->connstr($database), '-f', "$root/tools/reference.sql" ]);
	is($err, '', "$database: the reference is printed without a word of complaint");
	is_deeply([ split /\n/, $printed ], \@written, "$database: docs/sql-reference.md is what the catalogs say")
	  or diag 'Run tools/reference > docs/sql-reference.md, and read the difference.';
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

# Every word that the sources spell: which of them a column may hold, its CHECK knows.
my %spelled = map { $_ => 1 } map { slurp_file($_) =~ /"([A-Z][A-Z_]+)"/g } glob "$root/src/pg/*.[ch] $root/src/kernel/*.[ch]";
$node->safe_psql('postgres', "CREATE TABLE spelled AS SELECT unnest('{" . join(',', sort keys %spelled) . "}'::text[]) AS word");
$node->safe_psql('postgres', <<'SQL');
CREATE FUNCTION passes(condition text, attname name, word text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  answer boolean;
BEGIN
  EXECUTE format('SELECT %s FROM (SELECT $1) w (%I)', condition, attname) INTO answer USING word;
  RETURN answer;
END $$;
CREATE TABLE allowed AS
SELECT c.relname, a.attname, s.word
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_attribute a ON a.attrelid = c.oid AND k.conkey = ARRAY[a.attnum]
JOIN spelled s ON passes(pg_get_expr(k.conbin, k.conrelid), a.attname, s.word)
WHERE k.contype = 'c' AND k.connamespace = 'powernode'::regnamespace;
SQL
is($node->safe_psql('postgres', "SELECT string_agg(word, ' ' ORDER BY word) FROM allowed WHERE (relname, attname) = ('cycle', 'outcome')"),
	'APPLIED CURTAILED REJECTED', 'an outcome is one of three words');
is($node->safe_psql('postgres', "SELECT relname, attname, count(*) FROM allowed GROUP BY 1, 2 ORDER BY 1, 2"), <<'COUNTS' =~ s/\n\z//r, 'every column that has a CHECK has its words');
cycle|constraining_node_kind|5
cycle|control_mode|2
cycle|outcome|3
cycle|policy|7
cycle|reason|24
cycle|topology|2
cycle_fault|kind|5
cycle_fault|reason|14
topology|control_mode|2
topology|topology|2
COUNTS

# A cycle's reason is a constraint's or DEMAND_MET, and its comment points there.
is($node->safe_psql('postgres', <<'SQL'), '', 'no comment leaves out a word that its column can have');
SELECT w.relname, w.attname, w.word
FROM allowed w
JOIN pg_class c ON c.relname = w.relname AND c.relnamespace = 'powernode'::regnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.attname
WHERE (w.relname, w.attname) <> ('cycle', 'reason')
  AND col_description(c.oid, a.attnum) !~ ('\m' || w.word || '\M')
ORDER BY 1, 2, 3
SQL

$node->stop;
done_testing();
