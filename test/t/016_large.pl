# Two million nodes: they work or are refused in words, and what they take is said.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Session;
use Test::More;

my $soak = $ENV{POWERNODE_SOAK};
my $fixture = "$FindBin::RealBin/../fixture";
my $node = PostgreSQL::Test::Cluster->new('large');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nautovacuum = off\nfsync = off\nmax_wal_size = 4GB");
$node->start;
$node->safe_psql('postgres', "CREATE EXTENSION powernode;\n\\i $fixture/depot.sql\n\\i $fixture/large_site.sql\nUPDATE depot.connector SET demand_w = 11000;");
my $at = '2026-03-02 08:00+00';

# What a fresh session says to a statement; its seconds and its most memory in MB go
# to the test's output.
sub in_new_session
{
	my ($what, $sql) = @_;
	my $session = Session->new($node, 'postgres');
	my $process = $session->must('SELECT pg_backend_pid();');
	my $answer = $session->run("\\timing on\n$sql\n\\timing off");

	$answer =~ s/^Time: ([\d.]+) ms.*\n?//m;
	my $seconds = ($1 // 0) / 1000;
	my ($memory) = slurp_file("/proc/$process/status") =~ /^VmHWM:\s+(\d+) kB/m;
	note sprintf '%s: %.1f s, %.0f MB', $what, $seconds, $memory / 1024;
	chomp $answer;

	# The same session goes on.
	is($session->run("SELECT outcome, allocated_w FROM powernode.rebalance('s1', '$at');"), 'APPLIED|44000', "$what, and then another site");
	$session->quit;
	return $answer;
}

# ---- The allocator alone.  A flat tree: one root, 2,000 nodes, their leaves.
my $n = 2_000_000;
$node->safe_psql('postgres', <<"SQL");
CREATE TABLE nodes AS
  SELECT array_agg(ROW('n' || i, CASE WHEN i > 2000 THEN 'n' || 1 + i % 2000 WHEN i > 1 THEN 'n1' END, NULL,
                       CASE WHEN i = 1 THEN 500000000 WHEN i <= 2000 THEN 300000 END, CASE WHEN i > 2000 THEN 300 + i % 700 END,
                       CASE WHEN i % 3 = 0 THEN 100 END, NULL, i % 4, NULL, NULL, NULL)::powernode.power_node) AS nodes
    FROM generate_series(1, $n) i;
SQL
is(in_new_session("allocate() of $n nodes", <<"SQL"), "$n|500000000|t", 'has every node and shares all there is out');
SELECT count(*), max(allocated_w), max(demand_w) > 500000000
  FROM powernode.allocate((SELECT nodes FROM nodes), 'PRIORITY');
SQL
$node->safe_psql('postgres', 'DROP TABLE nodes');

# ---- The arrays that all this is in, of sizes that it would take tens of millions of
# nodes to need.
{
	my ($root, $library) = ("$FindBin::RealBin/../..", $node->basedir . '/huge_array.so');
	chomp(my $headers = `pg_config --includedir-server`);
	system_or_bail('cc', '-shared', '-fPIC', '-O1', "-I$root/src", "-I$headers", '-o', $library, "$fixture/huge_array.c",
		glob "$root/src/kernel/*.c");
	$node->safe_psql('postgres', join ' ', map { "CREATE FUNCTION $$_[0](bigint, bigint) RETURNS $$_[1] LANGUAGE c AS '$library', '$$_[0]';" }
		  [ 'huge_array', 'void' ], [ 'huge_zeroes', 'integer' ]);
}
sub array_of
{
	my ($count, $width) = @_;
	my (undef, undef, $said) = $node->psql('postgres', "\\set VERBOSITY verbose\nSELECT huge_array($count, $width)");
	return $said;
}
is(array_of(300_000_000, 4), '', 'an array may have more than 1 GB');
is(array_of(5, 0), '', 'or nothing in it');
like(array_of($_, 8), qr/ERROR:  54000: too many power nodes\nDETAIL:  An array of $_ elements of 8 bytes does not fit/, "but not $_ elements of 8 bytes")
  foreach '1152921504606846976', '2305843009213693952';
is($node->safe_psql('postgres', 'SELECT huge_zeroes(100, 8), huge_zeroes(100000, 8)'), '0|0', 'and zeroes are');

# ---- A site, in the product's tables.
$n = $soak ? 2_000_000 : 200_000;
my $groups = int($n / 9);
$node->safe_psql('postgres', "SELECT depot.add_site('huge', $groups); VACUUM ANALYZE");
$n = 9 * $groups + 2;
is(in_new_session("a cycle of $n nodes", "SELECT cycle_no, outcome, reason FROM powernode.rebalance('huge', '$at');"),
	'1|CURTAILED|GRID_CONNECTION_LIMIT', 'is recorded');
is(in_new_session("the same again", "SELECT cycle_no, outcome, reason FROM powernode.rebalance('huge', '$at');"),
	'2|CURTAILED|GRID_CONNECTION_LIMIT', 'with the next number');
is(in_new_session('node_status', "SELECT count(*) FROM powernode.node_status WHERE site_id = 'huge';"), $n, 'has all nodes');
is(in_new_session('constraint_status', "SELECT count(*) > 1000 FROM powernode.constraint_status WHERE site_id = 'huge';"), 't', 'says what holds');
is(in_new_session('power_nodes()', "SELECT count(*) FROM powernode.power_nodes('huge', '$at');"), $n, 'has all nodes');
if ($soak)
{
	is(in_new_session('explain()', "SELECT count(*) > $n FROM powernode.explain('huge');"), 't', 'has a line a node');
}

# ---- Rows of one source that take more than 1 GB: 2^23 envelopes are half of it, and the
# next makes room for as many again.
if ($soak)
{
	$node->safe_psql('postgres', <<'SQL');
CREATE VIEW depot.many_envelopes WITH (security_invoker) AS
  SELECT 's1'::text AS site_id, NULL::text AS circuit_id, 1000000 - i % 7 AS import_limit_w, NULL::timestamptz AS valid_from, NULL::timestamptz AS valid_to
    FROM generate_series(1, 8388609) i;
SELECT powernode.set_source('operating_envelope', 'depot.many_envelopes');
SQL
	is(in_new_session('8,388,609 envelopes', "SELECT limit_w FROM powernode.power_nodes('s1', '$at') WHERE parent_id IS NULL;"), '999994', 'are read');
	$node->safe_psql('postgres', "SELECT powernode.set_source('operating_envelope', 'depot.operating_envelope')");
}

# ---- What does not fit into a row is refused in words: of 1.3 million names of 1,100
# bytes one array would be too large, of 780 bytes only all arrays together.
if ($soak)
{
	$node->safe_psql('postgres', <<'SQL');
CREATE VIEW depot.long_names WITH (security_invoker) AS
  SELECT site_id, connector_id, charge_point_id, max_power_w, demand_w,
         rpad(connector_id, current_setting('depot.length')::int, 'x') AS name FROM depot.connector;
ALTER DATABASE postgres SET depot.length = 20;
SELECT powernode.set_source('connector', 'depot.long_names');
SQL
	my $state = q{SELECT (SELECT count(*) FROM powernode.cycle WHERE site_id = 'huge'), (SELECT string_agg(s::text, ' ' ORDER BY site_id) FROM powernode.site_state s WHERE site_id = 'huge')};
	my $before = $node->safe_psql('postgres', $state);
	foreach my $what ([ 780, 'Its topology' ], [ 1100, 'One of its arrays' ])
	{
		my ($length, $named) = @$what;
		like(in_new_session("names of $length bytes", "SET depot.length = $length; SELECT outcome FROM powernode.rebalance('huge', '$at'); RESET depot.length;"),
			qr/ERROR:  54000: a site of $n nodes cannot be recorded\nDETAIL:  $named would have \d+ bytes/, "names of $length bytes are refused");
		is($node->safe_psql('postgres', $state), $before, 'and nothing is written');
	}
}

$node->stop;
unlike(slurp_file($node->logfile), qr/was terminated by signal|TRAP:|PANIC:|XX000/, 'no crash and no internal error');
done_testing();
