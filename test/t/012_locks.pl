# What holds the locks of a cycle, and what is left of one that came to nothing:
# two transactions in opposite order, lock_timeout, ROLLBACK, savepoints and
# PREPARE TRANSACTION.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Session;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('locks');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
timezone = 'UTC'
max_prepared_transactions = 4
deadlock_timeout = 100ms
CONF
$node->start;
$node->safe_psql('postgres', "CREATE EXTENSION powernode;\n\\i $FindBin::RealBin/../fixture/depot.sql\n" . <<'SQL');
INSERT INTO depot.site (site_id) SELECT 'f' || i FROM generate_series(1, 9) i;
INSERT INTO depot.circuit (site_id, circuit_id, default_capacity_w) SELECT 'f' || i, 'top', 9000 FROM generate_series(1, 9) i;
SQL

sub wait_until_waiting
{
	my ($name) = @_;
	$node->poll_query_until('postgres',
		"SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE application_name = '$name'")
	  or die "$name does not wait";
	return;
}

sub cycle { return "SELECT cycle_no FROM powernode.rebalance('$_[0]', '2026-03-02 08:00+00');" }

sub cycles_of
{
	return $node->safe_psql('postgres', <<"SQL");
SELECT coalesce(string_agg(s.site_id || ':' || s.cycle_no || '/' || (SELECT count(*) FROM powernode.cycle c WHERE c.site_id = s.site_id), ' ' ORDER BY s.site_id), 'none')
  FROM powernode.site_state s WHERE s.site_id ~ '$_[0]'
SQL
}

sub is_sound
{
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is($node->safe_psql('postgres', <<'SQL'), '', 'all that is recorded is sound');
SELECT c.site_id, c.cycle_no, v.* FROM powernode.cycle c, powernode.verify(c.site_id, c.cycle_no) v
UNION ALL
SELECT site_id, cycle_no, 'fault of no cycle', NULL, NULL, NULL, NULL FROM powernode.cycle_fault f
 WHERE NOT EXISTS (SELECT FROM powernode.cycle c WHERE (c.site_id, c.cycle_no) = (f.site_id, f.cycle_no))
SQL
}

# What they print of errors is the SQLSTATE.
my ($one, $two) = map { Session->new($node, 'postgres', application_name => $_, verbosity => 'sqlstate') } qw(one two);

# ---- Opposite order: one of them gives way, whole.
foreach my $first_time (1, 0)
{
	my $n = $first_time ? 1 : 2;
	$one->run('BEGIN; ' . cycle('f1'));
	$two->run('BEGIN; ' . cycle('f2'));
	$one->start(cycle('f2'));
	wait_until_waiting('one');
	$two->start(cycle('f1'));
	my @answers = ($one->wait_for, $two->wait_for);
	is(join(' ', sort @answers), join(' ', sort $n, 'ERROR:  40P01'), 'a deadlock: one has its cycle, the other 40P01')
	  or diag("@answers");
	my ($winner, $loser) = $answers[0] eq $n ? ($one, $two) : ($two, $one);
	$winner->run('COMMIT;');
	$loser->run('COMMIT;');
	is(cycles_of('^f[12]$'), "f1:$n/$n f2:$n/$n", 'one cycle of each site, of the one that won');
	is($loser->run(cycle('f3')), $n, 'the session that gave way is usable');
}

# In one order there is none.
$one->run('BEGIN; ' . cycle('f1'));
$two->start('BEGIN; ' . cycle('f1') . cycle('f2'));
wait_until_waiting('two');
is($one->run(cycle('f2') . 'COMMIT;'), 3, 'in one order: the first goes on');
is($two->wait_for, "4\n4", 'and then the second');
$two->run('COMMIT;');

# ---- lock_timeout.
$one->run('BEGIN; ' . cycle('f4'));
is($two->run("SET lock_timeout = '50ms'; " . cycle('f4')), 'ERROR:  55P03', 'lock_timeout: 55P03');
is($two->run(cycle('f5')), 1, 'the session is usable');
is($two->run('BEGIN; ' . cycle('f5') . 'SAVEPOINT a; ' . cycle('f4') . 'ROLLBACK TO a; ' . cycle('f6') . 'COMMIT;'),
	"2\nERROR:  55P03\n1", 'and in a transaction, back to a savepoint, so is the transaction');
$one->run('COMMIT;');
is($two->run(cycle('f4') . "RESET lock_timeout; SELECT current_setting('search_path');"), "2\n\"\$user\", public",
	'when the lock is free the cycle runs, and the settings are as before');
is(cycles_of('^f[456]$'), 'f4:2/2 f5:2/2 f6:1/1', 'whole cycles only');

# A first cycle that waits for another's first.
$one->run('BEGIN; ' . cycle('f7'));
is($two->run("SET lock_timeout = '50ms'; " . cycle('f7')), 'ERROR:  55P03', 'a site that nobody has balanced before: 55P03');
$one->run('ROLLBACK;');
is($two->run('RESET lock_timeout; ' . cycle('f7')), 1, 'and then its first cycle');

# ---- Rolled back: nothing is left, not even a tree or a fault.
my $rows = "SELECT (SELECT count(*) FROM powernode.site_state), (SELECT count(*) FROM powernode.cycle),
  (SELECT count(*) FROM powernode.topology), (SELECT count(*) FROM powernode.cycle_fault);";
my $break = "UPDATE depot.circuit SET default_capacity_w = -1 WHERE site_id = 'f9';";
my $before = $one->run($rows);
is($one->run('BEGIN; ' . cycle('f8') . cycle('f1') . $break . cycle('f9') . 'ROLLBACK;'), "1\n5\n1", 'three cycles, one of them rejected');
is($one->run($rows), $before, 'rolled back: no row of them');
is($one->run('BEGIN; ' . cycle('f8') . 'SELECT 1/0; COMMIT;'), "1\nERROR:  22012", 'an error after a cycle');
is($one->run($rows), $before, 'no row of it either');

is($one->run('BEGIN; SAVEPOINT a; ' . cycle('f8') . $break . cycle('f9') . 'ROLLBACK TO a; ' . cycle('f1') . 'COMMIT;'),
	"1\n1\n5", 'a savepoint');
is($one->run("SELECT count(*) FROM powernode.cycle WHERE site_id IN ('f8', 'f9');"), 0, 'rolled back: nothing of its cycles');
is(cycles_of('^f[189]$'), 'f1:5/5', 'what came after it stays');
is($one->run('BEGIN; ' . cycle('f8') . 'SAVEPOINT a; ' . cycle('f8') . cycle('f8') . 'ROLLBACK TO a; ' . cycle('f8') . 'COMMIT;'),
	"1\n2\n3\n2", 'numbers of cycles that were rolled back are given again');
is(cycles_of('^f8$'), 'f8:2/2', 'without a gap');
is($one->run('BEGIN; SAVEPOINT a; ' . cycle('s1') . 'ROLLBACK TO a; ' . cycle('s1') . 'COMMIT;'), "1\n1",
	'a tree that was stored in a savepoint is stored again');
is_sound();

# ---- Prepared transactions: whole, whoever ends them, also across a crash.  With
# something to notify of they are the server's clear refusal, and nothing is left.
is($one->run("BEGIN; SET LOCAL powernode.notify = 'on_change'; UPDATE depot.connector SET demand_w = 22000 WHERE site_id = 's1'; "
	  . cycle('s1') . "PREPARE TRANSACTION 'notifying';"), "2\nERROR:  0A000", 'prepared with a notification: refused');
is(cycles_of('^s1$'), 's1:1/1', 'and rolled back');
is($one->run("BEGIN; " . cycle('f8') . cycle('s1') . "PREPARE TRANSACTION 'kept';"), "3\n2", 'prepared');
is($two->run("SET lock_timeout = '50ms'; " . cycle('f8') . 'RESET lock_timeout;'), 'ERROR:  55P03', 'it holds its sites');
is(cycles_of('^(f8|s1)$'), 'f8:2/2 s1:1/1', 'and nobody sees its cycles');
$one->run("BEGIN; " . cycle('f1') . "PREPARE TRANSACTION 'dropped';");
$_->quit foreach $one, $two;
$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', 'SELECT string_agg(gid, \' \' ORDER BY gid) FROM pg_prepared_xacts'), 'dropped kept', 'both survive a crash');
$node->safe_psql('postgres', "COMMIT PREPARED 'kept'");
$node->safe_psql('postgres', "ROLLBACK PREPARED 'dropped'");
is(cycles_of('^(f1|f8|s1)$'), 'f1:5/5 f8:3/3 s1:2/2', 'committed: its cycles; rolled back: none');
is($node->safe_psql('postgres', cycle('f1')), 6, 'the site is free');
is_sound();

$node->stop;
done_testing();
