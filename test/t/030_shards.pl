# example/plproxy as it stands: one proxy and three shards, each a server, say of every
# site what one database that has all of them says, row for row.  Then a shard more,
# sites that move, moves that die at every step, and a shard that is down.
use strict;
use warnings;
use FindBin;
use IPC::Run;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Session;
use Test::More;

my $example = "$FindBin::RealBin/../../example";
my $sites = 24;
my $at = '2020-03-02 06:00+00';
my @views = qw(microgrid_status microgrid_hierarchy node_status constraint_status setpoint
  cycle_history node_history constraint_history);

my $proxy = PostgreSQL::Test::Cluster->new('proxy');
$proxy->init;
$proxy->append_conf('postgresql.conf', "timezone = 'UTC'\nlc_messages = 'C'");
$proxy->start;
if ($proxy->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = 'plproxy'") eq '0')
{
	$proxy->stop;
	plan skip_all => 'PL/Proxy is not installed: on Debian, postgresql-NN-plproxy, which tools/setup installs';
}

# ---- The servers.

sub psql_file
{
	my ($node, $database, @arguments) = @_;
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-v', 'backend=fleet_backend',
			'-d', $node->connstr($database), @arguments ], '<', \undef, '>', \$out, '2>', \$err)
	  or die "psql @arguments: $err";
	return;
}

# A database with the product of example/bigint, without its sites.
sub make_depot
{
	my ($node) = @_;
	$node->safe_psql('postgres', 'CREATE DATABASE depot');
	$node->safe_psql('postgres', "CREATE ROLE fleet_backend LOGIN") if $node != $proxy;
	psql_file($node, 'depot', '-f', "$example/bigint/depot.sql", '-c', 'CREATE EXTENSION powernode',
		'-f', "$example/bigint/bind.sql", '-f', "$example/plproxy/shard.sql",
		'-f', "$FindBin::RealBin/../fixture/fleet.sql");
	my $shown = join(', ', map { "powernode.$_" } @views, qw(cycle_proof fault_proof site_proof));
	$node->safe_psql('depot', <<"SQL");
SET client_min_messages = warning;
TRUNCATE depot.site CASCADE;
GRANT USAGE ON SCHEMA powernode, depot TO fleet_backend;
GRANT SELECT ON ALL TABLES IN SCHEMA depot TO fleet_backend;
GRANT SELECT ON $shown TO fleet_backend;
GRANT EXECUTE ON FUNCTION powernode.rebalance(text, timestamptz, text, text) TO fleet_backend;
SQL
	return;
}

my @shard;
foreach my $number (0 .. 3)
{
	my $node = PostgreSQL::Test::Cluster->new("shard$number");
	$node->init;
	# One of them writes times the other way round.
	$node->append_conf('postgresql.conf', "lc_messages = 'C'\nmax_prepared_transactions = 4\n"
		  . ($number == 1 ? "datestyle = 'SQL, DMY'\ntimezone = 'Asia/Kolkata'" : "timezone = 'UTC'"));
	$node->start;
	make_depot($node);
	push @shard, $node;
}
$proxy->safe_psql('postgres', "CREATE ROLE fleet_backend LOGIN; CREATE DATABASE fleet");
make_depot($proxy);    # all sites in one database, to compare with
psql_file($proxy, 'fleet', (map { ('-v', "shard$_=" . $shard[$_]->connstr('depot')) } 0 .. 2),
	'-f', "$example/plproxy/proxy.sql");

foreach my $site (1 .. $sites)
{
	$_->safe_psql('depot', "SELECT depot.add_site($site)") foreach $proxy, $shard[ $site % 3 ];
}
$proxy->safe_psql('fleet', "INSERT INTO fleet.site_shard (site_id, shard) SELECT s::text, s % 3 FROM generate_series(1, $sites) s");

# SQL as the backend, in the database of the proxy and in that of all sites.
sub fleet { return $proxy->safe_psql('fleet', $_[0], extra_params => [ '-U', 'fleet_backend' ]); }
sub alone { return $proxy->safe_psql('depot', $_[0], extra_params => [ '-U', 'fleet_backend' ]); }

# What fails, told at length.
sub refused
{
	my ($sql) = @_;
	my ($status, undef, $err) = $proxy->psql('fleet', "\\set VERBOSITY verbose\n$sql", extra_params => [ '-U', 'fleet_backend' ],
		timeout => $PostgreSQL::Test::Utils::timeout_default);
	isnt($status, 0, "refused: $sql");
	return $err;
}

sub same_views
{
	my ($when) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	foreach my $view (@views)
	{
		# When a cycle ran and how long it took is all that may differ.
		my $row = "(to_jsonb(v) - 'completed_at' - 'duration')::text";
		my $expected = alone("SELECT $row FROM powernode.$view v ORDER BY 1");
		isnt($expected, '', "$when: $view has rows");
		is(fleet("SELECT $row FROM fleet.site_shard m, fleet.$view(m.site_id) v ORDER BY 1"), $expected, "$when: $view of every site");
		is(fleet("SELECT $row FROM fleet.$view() v ORDER BY 1"), $expected, "$when: $view of all shards")
		  if $view =~ /^(microgrid_status|constraint_status|setpoint)$/;
	}
	is(fleet('SELECT * FROM fleet.misplaced()'), '', "$when: every site is where the map has it");
	return;
}

# ---- The same answers.

my $pass = "SELECT r FROM fleet.rebalance_due('1 hour', '$at') r ORDER BY r.site_id";
my $expected = alone($pass);
is(() = $expected =~ /^/mg, $sites, 'a pass over one database has every site');
is(fleet($pass), $expected, 'a pass over all shards says the same');
is(fleet($pass), '', 'a second pass finds nothing due');
like($expected, qr/\b$_\b/, "some site is $_")
  foreach qw(CIRCUIT_LIMIT SITE_LIMIT GRID_CONNECTION_LIMIT NO_GRID_CONNECTION DEMAND_MET INVALID_DEMAND);
same_views('after a pass');

# Some demands change, a circuit is renamed, a broken site is repaired.
foreach my $node ($proxy, @shard)
{
	$node->safe_psql('depot', <<'SQL');
UPDATE depot.connector SET requested_w = requested_w / 2 WHERE site_id % 4 = 0;
UPDATE depot.connector SET requested_w = 12345 WHERE requested_w < 0 AND site_id = 5;
UPDATE depot.circuit SET name = 'Garage' WHERE name = 'Workshop' AND site_id % 5 = 0;
SQL
}
foreach my $arguments ("'2020-03-02 06:10+00'", "'2020-03-02 06:20+00', 'PROPORTIONAL', 'CHARGER'", "'2020-03-02 06:30+00', control_mode => 'CHARGER'")
{
	my $call = "SELECT s, r FROM generate_series(1, $sites) s, %s.rebalance(s::text, $arguments) r ORDER BY s";
	my $all = alone(sprintf($call, 'powernode'));
	is(() = $all =~ /^/mg, $sites, "rebalance(site, $arguments) of one database");
	is(fleet(sprintf($call, 'fleet')), $all, "rebalance(site, $arguments) of the shards");
}
same_views('after more cycles');
foreach my $call ("explain('%s')", "explain('%s', 2)", "validate('%s', '$at')")
{
	# explain() writes times in its session's zone, which is the shard's: not of shard 1.
	my $sql = join(' UNION ALL ', map { "SELECT $_, x::text FROM %1\$s." . sprintf($call, $_) . ' x' } 2, 3, 5, 6, 8, 9);
	is(fleet(sprintf($sql, 'fleet')), alone(sprintf($sql, 'powernode')), $call);
}
my $unsound = "SELECT f FROM generate_series(1, $sites) s, generate_series(1, 4) c, fleet.verify(s::text, c) f";
is(fleet($unsound), '', 'every cycle of every site is sound');

# Times mean the same however a session writes them.
my $odd = "SET DateStyle = 'SQL, DMY'; SET IntervalStyle = 'sql_standard'; SET timezone = 'America/St_Johns';";
is(fleet("$odd SELECT count(*) FROM generate_series(1, 6) s, fleet.rebalance(s::text, '02/03/2020 12:00') r"), '6', 'days before months');
is(fleet("SELECT DISTINCT evaluated_at FROM fleet.microgrid_status() WHERE site_id::int <= 6"), '2020-03-02 15:30:00+00', 'not months before days');
alone("SELECT powernode.rebalance(s::text, '2020-03-02 15:30+00') FROM generate_series(1, 6) s");
is(fleet("$odd SELECT count(*) FROM fleet.cycle_history('1') WHERE evaluated_at = '2020-03-02 06:10+00' AND duration < '1 hour' AND duration > '0'"),
	'1', 'nor on the way back');
same_views('after odd times');

# ---- Errors.

like(refused("SELECT fleet.rebalance('4711')"), qr/ERROR:  P0002: site "4711" does not exist\nDETAIL:.*\nHINT:/, 'a site that nobody has mapped');
my $remote = refused("SELECT fleet.rebalance('1', 'infinity')");
like($remote, qr/ERROR:  22023: fleet\.rebalance\(4\): \[depot\] REMOTE ERROR: the time of a cycle must be finite/, 'the shard\'s SQLSTATE and message');
like($remote, qr/^DETAIL:  Remote detail: "at" is infinity\.$/m, 'its detail');
like($remote, qr/^HINT:  Remote hint: Give a time, or leave it out for now\(\)\.$/m, 'and its hint');
$proxy->safe_psql('fleet', "UPDATE fleet.site_shard SET shard = 0 WHERE site_id = '1'");
like(refused("SELECT fleet.rebalance('1')"), qr/ERROR:  P0002: .*site "1" does not exist/, 'a site mapped to the wrong shard is not there');
is(fleet('SELECT * FROM fleet.misplaced() ORDER BY 2'), "1|0|\n1||1", 'which misplaced() shows');
$proxy->safe_psql('fleet', "UPDATE fleet.site_shard SET shard = 1 WHERE site_id = '1'");

my $before = fleet("SELECT cycle_no FROM fleet.microgrid_status('1')");
fleet("BEGIN; SELECT fleet.rebalance('1', '$at'); ROLLBACK;");
alone("SELECT powernode.rebalance('1', '$at')");
is(fleet("SELECT cycle_no FROM fleet.microgrid_status('1')"), $before + 1, 'a cycle stays recorded when the transaction at the proxy is rolled back');

# Who may: the roles are those of the shard too.
foreach my $node ($proxy, @shard[ 0 .. 2 ])
{
	$node->safe_psql('postgres', 'CREATE ROLE nobody LOGIN');
}
my ($status, undef, $err) = $proxy->psql('fleet', "SELECT fleet.rebalance('1')", extra_params => [ '-U', 'nobody' ]);
like($err, qr/permission denied for schema fleet/, 'nobody may not');
$proxy->safe_psql('fleet', 'GRANT USAGE ON SCHEMA fleet TO nobody; GRANT USAGE ON FOREIGN SERVER fleet TO nobody; GRANT SELECT ON fleet.site_shard TO nobody');
(undef, undef, $err) = $proxy->psql('fleet', "SELECT fleet.rebalance('1')", extra_params => [ '-U', 'nobody' ]);
like($err, qr/permission denied for function rebalance/, 'nor with the schema');
(undef, undef, $err) = $proxy->psql('fleet', "SELECT fleet.microgrid_status('1')", extra_params => [ '-U', 'nobody' ]);
like($err, qr/REMOTE ERROR: permission denied for schema powernode/, 'nor read what the shard does not show him');
is(fleet("SELECT DISTINCT recorded_by FROM fleet.site_shard m, fleet.cycle_history(m.site_id)"), 'fleet_backend', 'cycles are recorded as the caller\'s');

# ---- One more shard, in the middle of a session.

my $session = Session->new($proxy, 'fleet', user => 'fleet_backend');
is($session->run('SELECT count(*) FROM fleet.microgrid_status();'), $sites, 'a session that knows three shards');
psql_file($proxy, 'fleet', '-v', 'number=3', '-v', 'shard=' . $shard[3]->connstr('depot'), '-f', "$example/plproxy/add_shard.sql");
$_->safe_psql('depot', 'SELECT depot.add_site(25)') foreach $proxy, $shard[3];
$proxy->safe_psql('fleet', "INSERT INTO fleet.site_shard VALUES ('25', 3)");
is($session->run("SELECT cycle_no, reason FROM fleet.rebalance('25', '$at');"), '1|SITE_LIMIT', 'runs a cycle on the fourth');
is($session->run('SELECT count(*) FROM fleet.microgrid_status();'), $sites + 1, 'and sees all four');
$session->quit;
alone("SELECT powernode.rebalance('25', '$at')");

# ---- Sites that move.

my @connections = ($proxy->connstr('fleet'), map { $_->connstr('depot') } @shard);
# move SITE TO: its output; dies at the Nth psql where there is an N.
my $dir = PostgreSQL::Test::Utils::tempdir();
my ($psql) = grep { -x } map { "$_/psql" } split /:/, $ENV{PATH};
mkdir "$dir/bin";
append_to_file("$dir/bin/psql", <<"SH");
#!/bin/bash
echo >>$dir/calls
if [ "\$(wc -l <$dir/calls)" = "\$DIE_AT" ]; then kill -9 "\$(cat $dir/pid)"; exit 1; fi
if [ -n "\$PATIENCE" ]; then sed "s/lock_timeout = '30s'/lock_timeout = '\$PATIENCE'/" | $psql "\$@"; exit; fi
exec $psql "\$@"
SH
chmod 0755, "$dir/bin/psql";
sub move
{
	my ($site, $from, $to, $die_at) = @_;
	local $ENV{PATH} = "$dir/bin:$ENV{PATH}";
	local $ENV{DIE_AT} = $die_at // 0;
	unlink "$dir/calls";
	my $said = '';
	IPC::Run::run([ 'bash', '-c', "echo \$\$ >$dir/pid; exec \"\$@\"", 'bash', "$example/plproxy/move",
			$site, $to, $connections[0], $connections[ $from + 1 ], $connections[ $to + 1 ] ], '<', \undef, '>&', \$said,
		IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	return $said;
}
sub where_is
{
	my ($site) = @_;
	return fleet("SELECT shard, moving_to FROM fleet.site_shard WHERE site_id = '$site'");
}
sub left_over
{
	return join ' ', map { $_->safe_psql('depot', 'SELECT count(*) FROM pg_prepared_xacts') } @shard;
}

is($proxy->safe_psql('depot', "SELECT string_agg('powernode.' || relname, ' ' ORDER BY relname) FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid WHERE relnamespace = 'powernode'::regnamespace AND relkind = 'r' AND attname = 'site_id'"),
	join(' ', sort map { /^(powernode\.\S+)/ ? $1 : () } split /\n/, slurp_file("$example/plproxy/tables")),
	'every table of powernode that has a site id is moved');

foreach my $site (1 .. 6)
{
	like(move($site, $site % 3, 3), qr/^site $site was moved to shard 3$/m, "site $site moves to the new shard");
}
same_views('after six moves');
is(left_over(), '0 0 0 0', 'nothing is left prepared');
is($shard[1]->safe_psql('depot', "SELECT count(*) FROM powernode.cycle WHERE site_id = '1'"), '0', 'nor at the old shard');
my $next = "SELECT s, r FROM generate_series(1, $sites) s, %s.rebalance(s::text, '2020-03-02 07:00+00') r ORDER BY s";
is(fleet(sprintf($next, 'fleet')), alone(sprintf($next, 'powernode')), 'the numbers go on');
is(fleet("SELECT f FROM generate_series(1, 6) s, generate_series(1, 5) c, fleet.verify(s::text, c) f"), '', 'and every cycle is sound where it is now');
is(move(1, 1, 3), "site 1 is on shard 3\n", 'a move to where the site is does nothing');

# ---- What meets a move.

move(7, 1, 2, 4);
is(where_is(7), '1|2', 'a move has died after taking the site out');
is(left_over(), '0 1 0 0', 'which is prepared');
like(refused("SELECT fleet.rebalance('7')"), qr/ERROR:  55006: site "7" is being moved\nDETAIL: .*shard 2\.\nHINT:  Retry/, 'a cycle is refused meanwhile');
is(fleet("SELECT cycle_no FROM fleet.microgrid_status('7')"), fleet("SELECT max(cycle_no) FROM fleet.cycle_history('7')"), 'its status is read meanwhile');
like($shard[1]->safe_psql('depot', "SELECT r FROM fleet.rebalance_due('0 s', '$at') r WHERE site_id = '7'",
		timeout => $PostgreSQL::Test::Utils::timeout_default),
	qr/^\(7,,,,55P03,"canceling statement due to lock timeout"\)$/, 'a pass on the shard leaves it out');
like(move(10, 1, 0), qr/^site 10 was moved to shard 0$/m, 'another site is moved meanwhile');
like(move(7, 1, 3), qr/^move: site 7 is being moved to another shard, 2: end that first$/m, 'this one to no other shard');
is(move(7, 1, 2), "site 7 was moved to shard 2\n", 'run again, it begins anew and ends');
is(where_is(7), '2|', 'the site has arrived');

move(13, 1, 2, 6);
is(where_is(13), '2|2', 'a move has died after the map was changed');
is(left_over(), '0 1 1 0', 'with both sides prepared');
my $waiting = Session->new($shard[1], 'depot');
$waiting->start("SELECT powernode.rebalance('13', '$at');");
ok($shard[1]->poll_query_until('depot', "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"),
	'a cycle called at the old shard waits');
is(move(13, 1, 2), "site 13 was moved to shard 2\n", 'run again, it ends');
like($waiting->wait_for, qr/ERROR:  P0002: site "13" does not exist/, 'the cycle that waited finds no site');
$waiting->quit;

# The product writes to the site between two tables' copies: nothing of it is lost.
{
	my $writer = Session->new($shard[1], 'depot');
	$writer->must('BEGIN; LOCK TABLE depot.connector;');
	my $said = '';
	my $mover = IPC::Run::start([ "$example/plproxy/move", 16, 0, @connections[ 0, 2, 1 ] ], '<', \undef, '>&', \$said,
		IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	ok($shard[1]->poll_query_until('depot', "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"),
		'a move waits for the product');
	$writer->must("UPDATE depot.circuit SET name = 'Renamed meanwhile' WHERE id = 1602; COMMIT;");
	$writer->quit;
	$mover->finish;
	like($said, qr/could not serialize.*^site 16 was moved to shard 0$/ms, 'which made it begin anew');
	is($shard[0]->safe_psql('depot', 'SELECT name FROM depot.circuit WHERE id = 1602'), 'Renamed meanwhile', 'the change has moved too');
}

# Nor does it wait for ever, which would keep the site from being balanced.
{
	my ($holds, $held) = ("BEGIN; SELECT site_id FROM powernode.site_state WHERE site_id = '17' FOR UPDATE;\n", '');
	my $holder = IPC::Run::start([ 'psql', '-X', '-A', '-t', '-q', '-d', $shard[2]->connstr('depot') ], '<', \$holds, '>&', \$held,
		IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	$holder->pump until $held =~ /^17$/m;
	local $ENV{PATIENCE} = '100ms';    # for 30 s
	like(move(17, 2, 1), qr/lock timeout.*^move: site 17 could not be taken out of its shard$/ms, 'a move gives up a site that is held');
	is(where_is(17), '2|', 'which stays where it is, not to be moved');
	is(left_over(), '0 0 0 0', 'with nothing prepared');
	$holds .= "ROLLBACK;\n\\q\n";
	$holder->finish;
}

# ---- A move that dies at each of its steps, and is run again.

my $home = 2;
my $step = 1;
for (;; $step++)
{
	my $to = $home == 2 ? 0 : 2;
	my $cycles = fleet("SELECT count(*) FROM fleet.cycle_history('8')");
	my $said = move(8, $home, $to, $step);
	last if $said =~ /was moved/;
	my $shown = join '', map { $_->safe_psql('depot', "SELECT count(*) FROM powernode.microgrid_status WHERE site_id = '8'") } @shard[ 0, 2 ];
	like($shown, qr/^(01|10|11)$/, "died at step $step: the site is somewhere") or diag($said);
	move(8, $home, $to);
	is(where_is(8), "$to|", "died at step $step: it arrives the second time");
	is(left_over(), '0 0 0 0', "died at step $step: nothing is left prepared");
	is(fleet("SELECT count(*) FROM fleet.cycle_history('8')"), $cycles, "died at step $step: its history is whole");
	is(fleet('SELECT * FROM fleet.misplaced()'), '', "died at step $step: every site is where the map has it");
	$home = $to;
}
cmp_ok($step, '>', 8, 'a move has more than eight steps to die at');

# ---- A shard that is down.

$shard[2]->stop;
like(refused("SELECT fleet.rebalance('11')"), qr/ERROR:  XX000: .*(connect|Connection refused|No such file)/, 'a site of a shard that is down');
is(fleet("SELECT outcome FROM fleet.rebalance('12', '$at')"), 'APPLIED', 'a site of another shard');
refused('SELECT fleet.microgrid_status()');
$shard[2]->start;
is(fleet("SELECT outcome FROM fleet.rebalance('11', '$at')"), 'REJECTED', 'and after it has come back');

$_->stop foreach $proxy, @shard;
unlike(slurp_file($_->logfile), qr/was terminated by signal|TRAP:|PANIC:|XX000: (?!.*PL\/Proxy)/, $_->name . ': no crash and no internal error')
  foreach $proxy, @shard;
done_testing();
