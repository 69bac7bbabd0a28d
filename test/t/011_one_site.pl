# Sixteen sessions balance one site, 5,000 cycles in all: they take turns, without a
# deadlock, an error or a gap.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('one_site');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nmax_connections = 40");
$node->start;
$node->safe_psql('postgres', "CREATE EXTENSION powernode;\n\\i $FindBin::RealBin/../fixture/depot.sql\n"
	  . "UPDATE depot.connector SET demand_w = 22000");

# By plugs and by chargers, so that two trees are stored, and at times with another
# demand, which is another transaction's row to wait for.
my %scripts = (
	'cycle@8' => "SELECT cycle_no FROM powernode.rebalance('s1');",
	'chargers@3' => "SELECT cycle_no FROM powernode.rebalance('s1', control_mode => 'CHARGER');",
	'demand@1' => <<'SQL');
\set demand random(0, 22000)
BEGIN;
SELECT cycle_no FROM powernode.rebalance('s1');
UPDATE depot.connector SET demand_w = :demand WHERE site_id = 's1' AND connector_id = 'p1.1';
COMMIT;
SQL

sub run_clients
{
	my ($clients, $each) = @_;
	my $started = time;
	my %files = map { ("$clients-$_" => $scripts{$_}) } keys %scripts;
	my $all = $clients * $each;
	$node->pgbench("--no-vacuum --client=$clients --jobs=2 --transactions=$each --random-seed=7",
		0, [ qr{processed: $all/$all\b} ], [ qr{^(?!.*(?:error|aborted|deadlock)).*$}s ],
		"$clients sessions, $each cycles each", \%files);
	note sprintf('%d cycles in %d s', $all, time - $started);
	return;
}

run_clients(16, 312);
run_clients(8, 1);
is($node->safe_psql('postgres', <<'SQL'), '1|5000|5000|5000|5000', 'cycles 1 to 5000, and the counter agrees');
SELECT min(c.cycle_no), max(c.cycle_no), count(*), count(DISTINCT c.cycle_no), max(s.cycle_no)
  FROM powernode.cycle c JOIN powernode.site_state s USING (site_id)
SQL
is($node->safe_psql('postgres', 'SELECT count(*) FROM powernode.topology'), '2', 'two trees, each stored once');
is($node->safe_psql('postgres', <<'SQL'), '', 'every 100th cycle, the last among them, is sound');
SELECT c.cycle_no, v.* FROM powernode.cycle c, powernode.verify('s1', c.cycle_no) v
 WHERE c.cycle_no % 100 = 0
SQL

# One after the other, not side by side: none was completed before the one it follows.
is($node->safe_psql('postgres', <<'SQL'), '0', 'each completed after the one before it');
SELECT count(*) FROM powernode.cycle a JOIN powernode.cycle b ON b.cycle_no = a.cycle_no + 1
 WHERE b.completed_at < a.completed_at
SQL
unlike(slurp_file($node->logfile), qr/ERROR|deadlock|FATAL|PANIC/, 'nothing of the kind in the server log either');
$node->stop;
done_testing();
