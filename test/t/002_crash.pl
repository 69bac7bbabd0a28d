# A server that stops dead leaves whole cycles: those that were committed, and
# nothing of the one that was not.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('crash');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nautovacuum = off");
$node->start;
$node->safe_psql('postgres', "CREATE EXTENSION powernode;\n\\i $FindBin::RealBin/../fixture/depot.sql\n"
	  . "UPDATE depot.connector SET demand_w = 22000");

# What must hold after any crash; each line is one thing that does not.
my $whole = <<'SQL';
SELECT 'counter ' || s.site_id || ' is ' || s.cycle_no || ', last cycle ' || coalesce(max(c.cycle_no), 0)
  FROM powernode.site_state s LEFT JOIN powernode.cycle c USING (site_id)
 GROUP BY s.site_id, s.cycle_no HAVING s.cycle_no <> coalesce(max(c.cycle_no), 0)
UNION ALL
SELECT 'gap before ' || cycle_no FROM
  (SELECT cycle_no, cycle_no - lag(cycle_no, 1, 0) OVER (PARTITION BY site_id ORDER BY cycle_no) AS step
     FROM powernode.cycle) c WHERE step <> 1
UNION ALL
SELECT 'no topology of ' || cycle_no FROM powernode.cycle c
 WHERE outcome <> 'REJECTED' AND NOT EXISTS
   (SELECT FROM powernode.topology t WHERE (t.site_id, t.topology_no) = (c.site_id, c.topology_no))
UNION ALL
SELECT 'fault of no cycle ' || cycle_no FROM powernode.cycle_fault k
 WHERE NOT EXISTS (SELECT FROM powernode.cycle c WHERE (c.site_id, c.cycle_no) = (k.site_id, k.cycle_no))
UNION ALL
SELECT 'curtailed without a constraint ' || cycle_no FROM powernode.cycle c
 WHERE outcome = 'CURTAILED' AND curtailed_w IS DISTINCT FROM
   (SELECT sum(curtailed_w) FROM powernode.constraint_history k WHERE (c.site_id, c.cycle_no) = (k.site_id, k.cycle_no))
UNION ALL
SELECT 'nodes do not add up ' || cycle_no FROM powernode.cycle c
 WHERE outcome <> 'REJECTED' AND ROW(11::bigint, allocated_w::bigint) IS DISTINCT FROM
   (SELECT ROW(count(*), sum(allocated_w) FILTER (WHERE is_leaf)) FROM powernode.node_history n
     WHERE (c.site_id, c.cycle_no) = (n.site_id, n.cycle_no))
UNION ALL
SELECT 'status is not the last cycle' FROM powernode.microgrid_status m JOIN powernode.site_state s USING (site_id)
 WHERE (m.cycle_no, m.in_force_cycle_no) IS DISTINCT FROM (s.cycle_no, s.in_force_cycle_no)
UNION ALL
SELECT 'setpoints of two cycles' FROM powernode.setpoint HAVING count(DISTINCT cycle_no) > 1 OR count(*) <> 4
SQL

my $cycle = "SELECT cycle_no, outcome FROM powernode.rebalance('s1', '2026-03-02 08:00+00')";

# A session that is left open: the server goes down under it.
sub open_session
{
	my ($script) = @_;
	my ($in, $out, $err) = ($script, '', '');
	my $timer = IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default);
	my $run = IPC::Run::start([ 'psql', '-X', '-A', '-t', '-q', '-d', $node->connstr('postgres') ],
		'<', \$in, '>', \$out, '2>', \$err, $timer);
	return { run => $run, in => \$in, out => \$out, err => \$err };
}

sub wait_for_output
{
	my ($session, $pattern) = @_;
	$session->{run}->pump until ${ $session->{out} } =~ $pattern;
	return;
}

sub crash
{
	my (@sessions) = @_;
	$node->stop('immediate');
	foreach my $session (@sessions)
	{
		eval { $session->{run}->kill_kill };
	}
	$node->start;
	return;
}

is($node->safe_psql('postgres', $cycle), '1|CURTAILED', 'a cycle');

# Right after the commit.
is($node->safe_psql('postgres', $cycle), '2|CURTAILED', 'a second cycle');
crash();
is($node->safe_psql('postgres', 'SELECT cycle_no, state FROM powernode.microgrid_status'), '2|CURTAILED',
	'committed just before the crash: it is there');
is($node->safe_psql('postgres', $whole), '', 'all whole');

# In the middle: the cycle is done, its transaction is not.
my $session = open_session("BEGIN;\nUPDATE depot.connector SET demand_w = 1000;\n$cycle;\n");
wait_for_output($session, qr/3\|APPLIED/);
is($node->safe_psql('postgres', 'SELECT cycle_no, state FROM powernode.microgrid_status'), '2|CURTAILED',
	'not committed: nobody sees it');
crash($session);
is($node->safe_psql('postgres', 'SELECT cycle_no, state, allocated_w FROM powernode.microgrid_status'),
	'2|CURTAILED|62000', 'not committed before the crash: nothing of it is there');
is($node->safe_psql('postgres', 'SELECT count(*) FROM powernode.cycle'), '2', 'no row of it');
is($node->safe_psql('postgres', $whole), '', 'all whole');
is($node->safe_psql('postgres', $cycle), '3|CURTAILED', 'its number is taken by the next');

# The very first cycle of a site, and a site that waited for it.
$node->safe_psql('postgres', <<'SQL');
INSERT INTO depot.site (site_id) VALUES ('yard');
INSERT INTO depot.circuit (site_id, circuit_id, default_capacity_w) VALUES ('yard', 'top', 9000);
SQL
$session = open_session("BEGIN;\nSELECT 'yard', cycle_no FROM powernode.rebalance('yard');\n");
wait_for_output($session, qr/yard\|1/);
crash($session);
is($node->safe_psql('postgres', "SELECT state, cycle_no FROM powernode.microgrid_status WHERE site_id = 'yard'"),
	'NO_COMPLETED_CYCLE|', 'the first cycle of a site did not happen');
$node->safe_psql('postgres', "DELETE FROM depot.site WHERE site_id = 'yard'");

# Cycle upon cycle, each committed: wherever it stops there is no half of one.
foreach my $round (1 .. 3)
{
	$session = open_session(<<"SQL");
DO \$\$
BEGIN
  LOOP
    UPDATE depot.connector SET demand_w = (demand_w + 1000) % 30000;
    PERFORM powernode.rebalance('s1');
    COMMIT;
    RAISE NOTICE 'one more';
  END LOOP;
END
\$\$;
SQL
	$session->{run}->pump until (() = ${ $session->{err} } =~ /one more/g) >= 20;
	my $before = $node->safe_psql('postgres', 'SELECT max(cycle_no) FROM powernode.cycle');
	crash($session);
	my $after = $node->safe_psql('postgres', 'SELECT max(cycle_no) FROM powernode.cycle');
	cmp_ok($after, '>=', $before, "round $round: no committed cycle was lost");
	is($node->safe_psql('postgres', $whole), '', "round $round: all whole");
	is($node->safe_psql('postgres', "SELECT cycle_no FROM powernode.rebalance('s1')"), $after + 1,
		"round $round: the numbers go on");
}

$node->stop;
done_testing();
