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
