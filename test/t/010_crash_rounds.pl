# Four clients balance 200 sites while the server is killed over and over: SIGQUIT to
# the postmaster, and SIGKILL to a backend that is in the middle of a cycle, by
# turns.  What a client was told is done is there afterwards, all of it is whole, and
# the numbers have no gap.
#
# The death of processes does not lose what they have handed to the operating system,
# so this would pass with fsync = off too.  It is on all the same: nothing here
# depends on what a test server is set to for speed.
#
# 3 rounds; 30 with POWERNODE_SOAK=1.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $rounds = $ENV{POWERNODE_SOAK} ? 30 : 3;
my $clients = 4;
my $cycles_a_round = 20;    # at least; every cycle is verified after every kill
srand(20260302);

my $node = PostgreSQL::Test::Cluster->new('rounds');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
fsync = on
restart_after_crash = on
timezone = 'UTC'
CONF
$node->start;
$node->safe_psql('postgres', "CREATE EXTENSION powernode;\n\\i $FindBin::RealBin/../fixture/depot.sql\n" . <<'SQL');
DELETE FROM depot.site;
DELETE FROM depot.grid_connection;
DELETE FROM depot.circuit;
DELETE FROM depot.charge_point;
DELETE FROM depot.connector;

-- 200 sites: every fourth is FLAT, every fifth has a circuit too many for its tree.
-- Circuits of 40 kW with two to four charge points of 22 kW each below a 100 kW intake:
-- most are curtailed.
INSERT INTO depot.site (site_id, microgrid_id, name)
  SELECT 's' || i, CASE WHEN i % 4 > 0 THEN 'm' || i END, 'Depot ' || i FROM generate_series(1, 200) i;
INSERT INTO depot.grid_connection (site_id, grid_connection_id, circuit_id)
  SELECT site_id, 'g', 'main' FROM depot.site;
INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w)
  SELECT 's' || i, c, CASE WHEN c <> 'main' THEN CASE WHEN i % 5 = 0 AND c = 'b' THEN 'gone' ELSE 'main' END END,
         CASE WHEN c = 'main' THEN 100000 ELSE 40000 END
    FROM generate_series(1, 200) i, unnest(ARRAY['main', 'a', 'b']) c;
INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w)
  SELECT 's' || i, c || k, c, 22000
    FROM generate_series(1, 200) i, unnest(ARRAY['a', 'b']) c, generate_series(1, 2 + i % 3) k;
INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w)
  SELECT site_id, charge_point_id || '.' || k, charge_point_id, 22000, 9000 + 1000 * k
    FROM depot.charge_point, generate_series(1, 2) k;

CREATE TABLE acknowledged (site_id text, cycle_no integer);
SQL

# One client's work: single cycles, and transactions of a demand and two sites'
# cycles in site order.  Each thing begun is told before, each thing done after.
sub script
{
	my @lines;
	foreach (1 .. 2000)
	{
		my ($first, $second) = sort { $a <=> $b } map { 1 + int(rand(200)) } 1 .. 2;
		my $mode = rand() < 0.3 ? 'CHARGER' : 'CONNECTOR';
		my ($one, $two) = map { "SELECT 'done', site_id, cycle_no FROM powernode.rebalance('s$_', control_mode => '$mode');" }
		  ($first, $second);
		if (rand() < 0.2)
		{
			my $demand = 1000 * int(rand(22));
			push @lines, '\echo begin 2', 'BEGIN;',
			  "UPDATE depot.connector SET demand_w = $demand WHERE site_id = 's$first';",
			  $one, $two, 'COMMIT;', '\echo end';
		}
		else
		{
			push @lines, '\echo begin 1', $one, '\echo end';
		}
	}
	return join("\n", @lines, '');
}

# Leaves what it was told in a file of its own.  It has more to do than it ever comes to.
sub start_client
{
	my ($number) = @_;
	my $dir = PostgreSQL::Test::Utils::tempdir();
	my %client = (log => "$dir/log", errors => "$dir/errors", script => "$dir/script");
	append_to_file($client{script}, script());
	$client{run} = IPC::Run::start(
		[ 'psql', '-X', '-A', '-t', '-q', '-F', ' ', '-v', 'ON_ERROR_STOP=1',
			'-d', $node->connstr('postgres') . " application_name=client$number", ('-f', $client{script}) x 50 ],
		'<', \undef, '>', $client{log}, '2>', $client{errors});
	return \%client;
}

# What the client knows to be done, as lines of site and cycle; and how many cycles
# more it had begun.
sub told
{
	my ($client) = @_;
	my (@told, @open);
	my $begun = 0;
	foreach my $line (split /\n/, slurp_file($client->{log}))
	{
		if ($line =~ /^begin (\d)/) { $begun = $1; @open = () }
		elsif ($line =~ /^done (\S+) (\d+)$/) { push @open, "$1\t$2" }
		elsif ($line eq 'end') { push @told, @open; $begun = 0; @open = () }
		else { die "client was told \"$line\"" }
	}
	return (\@told, $begun);
}

# A backend that is stopped in the middle of a query that the server was asked
# for, as its title says: then it is safe to say what it is killed in.
sub stop_in_a_cycle
{
	foreach my $try (1 .. 10000)
	{
		my $pid = $node->safe_psql('postgres', <<'SQL');
SELECT pid FROM pg_stat_activity WHERE application_name ~ '^client' AND state = 'active'
   AND query ~ 'powernode.rebalance' ORDER BY query_start DESC LIMIT 1
SQL
		next if $pid eq '';
		kill 'STOP', $pid or next;
		my $title = slurp_file("/proc/$pid/cmdline");
		return $pid if $title =~ / SELECT/ && $title !~ /waiting/;
		kill 'CONT', $pid;
	}
	die 'no backend is in the middle of a cycle';
}

sub cycles
{
	return $node->safe_psql('postgres', 'SELECT coalesce(sum(cycle_no), 0) FROM powernode.site_state');
}

# Until there are so many and every client is at work: one that came only after the
# crash would not see it.  Waits in the server: a round trip of psql is long enough for
# a hundred cycles.
sub wait_for_cycles
{
	my ($enough) = @_;
	$node->safe_psql('postgres', <<"SQL");
DO \$\$
BEGIN
  WHILE (SELECT coalesce(sum(cycle_no), 0) FROM powernode.site_state) < $enough
     OR (SELECT count(*) FROM pg_stat_activity WHERE application_name ~ '^client') < $clients LOOP
    PERFORM pg_sleep(0.001), pg_stat_clear_snapshot();
  END LOOP;
END
\$\$;
SQL
	return;
}

# All clients are gone, so the server knows of the crash and answers only when it is
# over.  Nothing is sent through a pipe to a psql that may end before it reads it.
sub wait_for_recovery
{
	my $end = time + $PostgreSQL::Test::Utils::timeout_default;
	until (IPC::Run::run([ 'pg_isready', '-q', '-d', $node->connstr('postgres') ]))
	{
		die 'no recovery' if time > $end;
		select(undef, undef, undef, 0.05);
	}
	return;
}

# Each line is one thing that is wrong.
my $wrong = <<'SQL';
SELECT 'site ' || site_id || ' has ' || count(c.cycle_no) || ' cycles up to ' || max(c.cycle_no) || ', its counter is ' || s.cycle_no
  FROM powernode.site_state s FULL JOIN powernode.cycle c USING (site_id)
 GROUP BY site_id, s.cycle_no
HAVING (min(c.cycle_no), max(c.cycle_no), count(c.cycle_no)) IS DISTINCT FROM (1, s.cycle_no, s.cycle_no::bigint)
UNION ALL
SELECT 'lost: cycle ' || cycle_no || ' of ' || site_id FROM acknowledged a
 WHERE NOT EXISTS (SELECT FROM powernode.cycle c WHERE (c.site_id, c.cycle_no) = (a.site_id, a.cycle_no))
UNION ALL
SELECT 'cycle ' || c.cycle_no || ' of ' || c.site_id || ': ' || v.rule || ' ' || v.message
  FROM powernode.cycle c, powernode.verify(c.site_id, c.cycle_no) v
SQL

foreach my $round (1 .. $rounds)
{
	my $kind = $round % 2 ? 'SIGQUIT to the postmaster' : 'SIGKILL to a backend';
	my $before = cycles();
	my @running = map { start_client($_) } 1 .. $clients;
	my $enough = $before + $cycles_a_round + int(rand(20));
	wait_for_cycles($enough);
	if ($round % 2)
	{
		$node->stop('immediate');
	}
	else
	{
		my $pid = stop_in_a_cycle();
		kill 'KILL', $pid;
	}
	$_->{run}->finish foreach @running;
	$node->start if $round % 2;
	wait_for_recovery();

	my ($told, $open) = (0, 0);
	my @acknowledged;
	foreach my $client (@running)
	{
		my ($lines, $begun) = told($client);
		push @acknowledged, @$lines;
		$open += $begun;
		my $errors = slurp_file($client->{errors});
		die "a client failed otherwise: $errors"
		  if $errors =~ /ERROR/ || $errors !~ /connection|terminat|shut(ting)? ?down/i;
	}
	$node->safe_psql('postgres', "COPY acknowledged FROM STDIN;\n" . join('', map { "$_\n" } @acknowledged) . "\\.\n");
	my $more = cycles() - $before - @acknowledged;
	cmp_ok($more, '>=', 0, "round $round, $kind: nothing is lost of " . scalar(@acknowledged) . ' cycles');
	cmp_ok($more, '<=', $open, "round $round: no cycle is there that was not asked for: $more of $open not answered");
	is($node->safe_psql('postgres', $wrong), '', "round $round: all cycles whole, sound and without a gap");
}

is($node->safe_psql('postgres', <<'SQL'), 't|t|t|t', 'there were cycles of every kind');
SELECT bool_or(outcome = 'APPLIED'), bool_or(outcome = 'CURTAILED'), bool_or(outcome = 'REJECTED'), bool_or(topology = 'FLAT')
  FROM powernode.cycle
SQL
note($node->safe_psql('postgres', "SELECT outcome, topology, count(*) FROM powernode.cycle GROUP BY 1, 2 ORDER BY 1, 2"));
$node->stop;
done_testing();
