# Passes over a fleet of 5,000 sites: every due site once, whoever else is at it,
# and one bad site does not stop the rest.
use strict;
use warnings;
use FindBin;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $sites = 5000;
my $node = PostgreSQL::Test::Cluster->new('fleet');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nautovacuum = off\nfsync = off");
$node->start;
$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION powernode;
\\i $FindBin::RealBin/../fixture/depot.sql
-- Flat sites of one charger each, found by key.
DELETE FROM depot.site; DELETE FROM depot.circuit; DELETE FROM depot.charge_point; DELETE FROM depot.connector;
DELETE FROM depot.grid_connection;
INSERT INTO depot.site (site_id, name, enabled)
SELECT 'n' || i, 'Yard ' || i, CASE i % 100 WHEN 7 THEN false WHEN 8 THEN true END FROM generate_series(1, $sites) i;
INSERT INTO depot.circuit (site_id, circuit_id, default_capacity_w) SELECT site_id, 'top', 10000 FROM depot.site;
INSERT INTO depot.charge_point (site_id, charge_point_id, max_power_w) SELECT site_id, 'p', 22000 FROM depot.site;
INSERT INTO depot.connector (site_id, connector_id, charge_point_id, demand_w) SELECT site_id, 'c', 'p', 15000 FROM depot.site;
DO \$\$
DECLARE s text;
BEGIN
  FOREACH s IN ARRAY ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'connector', 'operating_envelope'] LOOP
    EXECUTE format('CREATE INDEX ON depot.%I (site_id)', s);
  END LOOP;
END \$\$;
ANALYZE;
SQL
my $enabled = $node->safe_psql('postgres', 'SELECT count(*) FROM depot.site WHERE enabled IS NOT false');

sub query { return $node->safe_psql('postgres', shift); }

# (SQLSTATE or exit code, what it said) of a call.
sub call
{
	my ($statement, %options) = @_;
	my ($out, $err);
	my $code = $node->psql('postgres', "\\set VERBOSITY verbose\n$statement", stdout => \$out, stderr => \$err, %options);
	return ($err =~ /(?:ERROR|WARNING|FATAL): +([0-9A-Z]{5}):/ ? $1 : $code, $err);
}

# The SQLSTATE alone; 0 for none.
sub state_of { return (call(shift))[0]; }

sub start_call
{
	my ($statement) = @_;
	my ($in, $out, $err) = ("$statement\n", '', '');
	my $run = IPC::Run::start([ 'psql', '-X', '-A', '-t', '-q', '-d', $node->connstr('postgres') ],
		'<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	$run->pump while length $in;
	return { run => $run, out => \$out, err => \$err };
}

# How many enabled sites have how many cycles: "N:CYCLES" for each number.
my $spread = q{SELECT string_agg(n || ':' || cycles, ' ' ORDER BY cycles) FROM
	(SELECT coalesce(s.cycle_no, 0) AS cycles, count(*) AS n FROM depot.site d
	 LEFT JOIN powernode.site_state s USING (site_id) WHERE d.enabled IS NOT false GROUP BY 1) x};
# What is never to be: a cycle missing, a counter that is not its last.
my $whole = q{SELECT count(*) FROM powernode.site_state s WHERE cycle_no <>
	(SELECT count(*) FROM powernode.cycle c WHERE c.site_id = s.site_id)};

# ---- One pass

my ($code, $said) = call(q{CALL powernode.rebalance_due('1 hour')});
is($code, 0, "a pass over $enabled sites");
is($said, '', 'says nothing');
is(query($spread), "$enabled:1", 'every enabled site has its cycle');
is(query('SELECT count(*) FROM powernode.cycle c JOIN depot.site s USING (site_id) WHERE NOT s.enabled'), 0,
	'a disabled one has none');
is(query(q{SELECT count(DISTINCT evaluated_at) FROM powernode.cycle}), int(($enabled + 49) / 50), 'a transaction for every fifty');
is(state_of(q{CALL powernode.rebalance_due('1 hour')}), 0, 'a second pass');
is(query($spread), "$enabled:1", 'finds nothing due');

# Oldest first; a site that has no cycle yet is oldest of all.
query(q{UPDATE powernode.cycle SET completed_at = completed_at - interval '2 hours' - CASE site_id WHEN 'n3' THEN interval '1 h' ELSE '0' END
	WHERE site_id IN ('n2', 'n3', 'n4');
	INSERT INTO depot.site (site_id) VALUES ('new')});
is(state_of(q{CALL powernode.rebalance_due('1 hour', 1)}), 0, 'three sites due, and a new one');
is(query(q{SELECT string_agg(site_id, ' ' ORDER BY completed_at) FROM powernode.cycle WHERE cycle_no = 2 OR site_id = 'new'}),
	'new n3 n2 n4', 'oldest first');
is(query(q{SELECT outcome || ' ' || reason FROM powernode.cycle WHERE site_id = 'new'}), 'REJECTED MISSING_RATING',
	'a site whose data is no tree has its REJECTED cycle');
query(q{DELETE FROM depot.site WHERE site_id = 'new'; DELETE FROM powernode.site_state WHERE site_id = 'new'; DELETE FROM powernode.cycle WHERE site_id = 'new'});

# ---- Where it cannot run

is(state_of(qq{BEGIN; CALL powernode.rebalance_due('0'); ROLLBACK}), '2D000', 'in a transaction block');
query(q{CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CALL powernode.rebalance_due('0'); END $$});
is(state_of('SELECT f()'), '2D000', 'in a function');
is(state_of(q{SET default_transaction_read_only = on; CALL powernode.rebalance_due('0')}), '25006', 'read-only');
is(state_of("CALL powernode.rebalance_due($_->[0])"), $_->[1], "rebalance_due($_->[0])")
  foreach [ 'NULL', '22004' ], [ "'-1 s'", '22023' ], [ "'0', 0", '22023' ], [ "'0', 1001", '22023' ], [ "'0', NULL", '22023' ];
is(query($spread), ($enabled - 3) . ':1 3:2', 'none of these did anything');

# ---- A site that fails

query(<<'SQL');
CREATE FUNCTION depot.watts(site_id text, watts numeric) RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
  IF site_id = 'n10' THEN RAISE EXCEPTION 'the meter of % is on fire', site_id USING ERRCODE = 'DP001'; END IF;
  RETURN watts / CASE site_id WHEN 'n20' THEN 0 ELSE 1 END;
END $$;
CREATE VIEW depot.bad_connector AS
  SELECT site_id, connector_id, charge_point_id, max_power_w, depot.watts(site_id, demand_w) AS demand_w FROM depot.connector;
SELECT powernode.set_source('connector', 'depot.bad_connector');
SQL
($code, $said) = call(q{CALL powernode.rebalance_due('0')});
is($code, '01000', 'two sites fail: a warning');
like($said, qr/2 of $enabled sites that were due could not be balanced/, 'that says how many');
is(query($spread), '2:1 ' . ($enabled - 5) . ':2 3:3', 'the others have their cycles');
is(query(q{SELECT string_agg(site_id || ' ' || last_error, '; ' ORDER BY site_id) FROM powernode.microgrid_status WHERE last_error IS NOT NULL}),
	'n10 the meter of n10 is on fire (DP001); n20 division by zero (22012)', 'the errors are where an operator sees them');
is(query(q{SELECT bool_and(last_error_at BETWEEN now() - interval '10 min' AND now()) FROM powernode.site_statistics WHERE last_error IS NOT NULL}),
	't', 'with their time');
query(q{SELECT powernode.set_source('connector', 'depot.connector');
	UPDATE powernode.cycle SET completed_at = completed_at - interval '1 hour' WHERE site_id IN ('n10', 'n20')});
is(state_of(q{CALL powernode.rebalance_due('10 minutes')}), 0, 'repaired');
is(query(q{SELECT count(*) FROM powernode.microgrid_status WHERE last_error IS NOT NULL}), 0, 'the errors are over');
is(query($spread), ($enabled - 3) . ':2 3:3', 'only what had failed was due');

# What ends a session ends the pass, and is no error of a site.
($code, $said) = call(q{SET statement_timeout = '300ms'; SELECT powernode.set_source('connector', 'depot.bad_connector');
	CREATE OR REPLACE FUNCTION depot.watts(site_id text, watts numeric) RETURNS numeric LANGUAGE sql AS $$
	  SELECT $2 FROM pg_catalog.pg_sleep(CASE $1 WHEN 'n60' THEN 60 ELSE 0 END) $$;
	CALL powernode.rebalance_due('0')});
is($code, '57014', 'a timeout ends the pass');
is(query('SELECT count(*) FROM powernode.site_state WHERE last_error IS NOT NULL'), 0, 'and is no error of the site');
is(query($whole), 0, 'what was committed is whole');
query(q{SELECT powernode.set_source('connector', 'depot.connector')});

# ---- Two at once

query(q{DELETE FROM powernode.cycle; DELETE FROM powernode.site_state; DELETE FROM powernode.topology});
my @passes = map { start_call(q{SET default_transaction_isolation = 'repeatable read'; CALL powernode.rebalance_due('1 hour', 25);}) } 1 .. 3;
$_->{run}->finish foreach @passes;
is(join('', map { ${ $_->{err} } } @passes), '', 'three sessions at once, whatever their isolation');
is(query($spread), "$enabled:1", 'every site has one cycle');
cmp_ok(query(q{SELECT count(DISTINCT evaluated_at) FROM powernode.cycle}), '>=', $enabled / 25, 'in transactions of 25');

# A site that another session holds is left alone, and not waited for.
my $holder = start_call(q{BEGIN; SELECT outcome FROM powernode.rebalance('n5');});
$holder->{run}->pump until ${ $holder->{out} } =~ /CURTAILED/;
is(state_of(q{SET lock_timeout = '5s'; CALL powernode.rebalance_due('0')}), 0, 'a pass beside a session that holds a site');
is(query($spread), '1:1 ' . ($enabled - 1) . ':2', 'all others are done');
$holder->{run}->kill_kill;
$node->poll_query_until('postgres', q{SELECT NOT EXISTS (SELECT FROM pg_locks WHERE relation = 'powernode.cycle'::regclass)});

# ---- One of them killed half-way

query(q{SELECT powernode.set_source('connector', 'depot.bad_connector');
	CREATE OR REPLACE FUNCTION depot.watts(site_id text, watts numeric) RETURNS numeric LANGUAGE sql AS $$
	  SELECT $2 FROM pg_catalog.pg_sleep(CASE WHEN $1 = 'n2500' AND pg_catalog.current_setting('application_name') = 'doomed' THEN 600 ELSE 0 END) $$});
my $doomed = start_call(q{SET application_name = 'doomed'; CALL powernode.rebalance_due('0');});
$node->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'doomed' AND wait_event = 'PgSleep')})
  or die 'the pass never came to its half-way site';
my $done = query(q{SELECT count(*) FROM powernode.site_state WHERE cycle_no = 3});
cmp_ok($done, '>', 1000, "killed after $done sites");
query(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed'});
eval { $doomed->{run}->finish };
like(${ $doomed->{err} }, qr/terminating connection/, 'it was');
is(query($spread), ($enabled - $done) . ":2 $done:3", 'what it had committed is there, and nothing of the batch it was at');
is(state_of(q{CALL powernode.rebalance_due('0')}), 0, 'another pass');
is(query($whole), 0, 'all whole');
is(query(q{SELECT count(*) FROM powernode.site_state WHERE last_error IS NOT NULL}), 0, 'no site has an error of it');

# A new site has its row before its first cycle, and keeps it whatever becomes of that.
query(q{DELETE FROM powernode.site_state WHERE site_id = 'n9'; DELETE FROM powernode.cycle WHERE site_id = 'n9';
	CREATE OR REPLACE FUNCTION depot.watts(site_id text, watts numeric) RETURNS numeric LANGUAGE sql AS $$
	  SELECT $2 FROM pg_catalog.pg_sleep(CASE WHEN $1 = 'n9' AND pg_catalog.current_setting('application_name') = 'doomed' THEN 600 ELSE 0 END) $$});
$doomed = start_call(q{SET application_name = 'doomed'; CALL powernode.rebalance_due('1 hour');});
$node->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'doomed' AND wait_event = 'PgSleep')})
  or die 'the pass never came to the new site';
my $row = q{SELECT cycle_no FROM powernode.site_state WHERE site_id = 'n9'};
is(query($row), 0, 'a new site has its row before its first cycle');
query(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed'});
eval { $doomed->{run}->finish };
is(query($row), 0, 'and keeps it');
is(state_of(q{CALL powernode.rebalance_due('1 hour')}), 0, 'another pass');
is(query($row), 1, 'has its first cycle');

# One that is still at work when another is killed takes over what that one held.
# A gate keeps it at its last site until then.
query(q{UPDATE powernode.cycle SET completed_at = completed_at - interval '1 day' - CASE site_id WHEN 'n2500' THEN interval '1 h' ELSE '0' END;
	UPDATE powernode.cycle SET completed_at = completed_at + interval '1 h' WHERE site_id = 'n5000';
	CREATE OR REPLACE FUNCTION depot.watts(site_id text, watts numeric) RETURNS numeric LANGUAGE plpgsql AS $$
	BEGIN
	  IF site_id = 'n2500' AND current_setting('application_name') = 'doomed' THEN
	    PERFORM pg_sleep(600);
	  ELSIF site_id = 'n5000' AND current_setting('application_name') = 'heir' THEN
	    PERFORM pg_advisory_xact_lock_shared(1);
	  END IF;
	  RETURN watts;
	END $$});
my $late = q{SELECT string_agg(d.site_id, ' ' ORDER BY d.site_id) FROM depot.site d JOIN powernode.site_state s USING (site_id)
	JOIN powernode.cycle c USING (site_id, cycle_no) WHERE d.enabled IS NOT false AND c.completed_at < now() - interval '1 hour'};
sub open_gate
{
	my $gate = start_call('SELECT pg_advisory_lock(1), 1 AS held;');
	$gate->{run}->pump until ${ $gate->{out} } =~ /1/;
	return $gate;
}
sub wait_at { return $node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = '$_[0]' AND wait_event = '$_[1]')"); }

my $gate = open_gate();
$doomed = start_call(q{SET application_name = 'doomed'; CALL powernode.rebalance_due('1 hour', 2);});
wait_at('doomed', 'PgSleep') or die 'the first pass never came to its site';
my $heir = start_call(q{SET application_name = 'heir'; CALL powernode.rebalance_due('1 hour', 1);});
wait_at('heir', 'advisory') or die 'the second pass never came to its last site';
my $held = query($late);
is(scalar(split / /, $held), 2, "all done but what they are at: $held");
query(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed'});
eval { $doomed->{run}->finish };
$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'doomed'});
$gate->{run}->kill_kill;
$heir->{run}->finish;
is(${ $heir->{err} }, '', 'a pass beside one that is killed');
is(query($late), '', 'has done what that one held, too');
is(query($whole), 0, 'all whole');

# ---- The list is of the start, the switch is of the moment

query(q{DELETE FROM depot.site WHERE site_id NOT IN ('n2', 'n5000');
	UPDATE powernode.cycle SET completed_at = now() - CASE site_id WHEN 'n2' THEN interval '1 h' ELSE '2 h' END});
my %cycles = map { $_ => query("SELECT cycle_no FROM powernode.site_state WHERE site_id = '$_'") } qw(n1 n2 n5000);
$gate = open_gate();
my $pass = start_call(q{SET application_name = 'heir'; CALL powernode.rebalance_due('0', 1);});
wait_at('heir', 'advisory') or die 'the pass never came to the gate';
query(q{UPDATE depot.site SET enabled = false WHERE site_id = 'n2'; INSERT INTO depot.site (site_id) VALUES ('n1')});
$gate->{run}->kill_kill;
$pass->{run}->finish;
is(query(q{SELECT cycle_no FROM powernode.site_state WHERE site_id = 'n5000'}), $cycles{n5000} + 1, 'a pass');
is(query(q{SELECT cycle_no FROM powernode.site_state WHERE site_id = 'n2'}), $cycles{n2},
	'leaves out a site that was disabled while it went on');
is(query(q{SELECT cycle_no FROM powernode.site_state WHERE site_id = 'n1'}), $cycles{n1}, 'and one that came later');

# ---- Telling listeners

sub heard
{
	my ($work) = @_;
	my $out = $node->safe_psql('postgres', "LISTEN powernode;\nSET powernode.notify = on_change;\n$work");
	return join ' ', map { my $json = decode_json($_); "$json->{site_id}/$json->{cycle_no}" }
	  $out =~ /Asynchronous notification "powernode" with payload "(.*)" received/g;
}
query(q{SELECT powernode.set_source('connector', 'depot.connector');
	DELETE FROM powernode.cycle; DELETE FROM powernode.site_state; UPDATE depot.site SET enabled = NULL});
my $run = sub { return "CALL powernode.rebalance_due('0');\n" };
my $one = "SELECT FROM powernode.rebalance('n2');\n";
is(heard($run->() . 'SELECT 1'), 'n1/1 n2/1 n5000/1', 'a first cycle is told');
is(heard($run->() . 'SELECT 1'), '', 'another like it is not');
is(heard("UPDATE depot.connector SET demand_w = 100;\n$one" . 'SELECT 1'), 'n2/3', 'another outcome is');
is(heard("UPDATE depot.connector SET demand_w = 200;\n$one" . 'SELECT 1'), '', 'other watts are not');
is(heard("UPDATE depot.connector SET demand_w = 15000;\n$one" . 'SELECT 1'), 'n2/5', 'curtailed by the site');
is(heard("INSERT INTO depot.operating_envelope (site_id, import_limit_w) VALUES ('n2', 9500);\n$one" . 'SELECT 1'), 'n2/6', 'by the same node for another reason');
is(heard("UPDATE depot.charge_point SET max_power_w = 9000; UPDATE depot.connector SET max_power_w = 22000;\n$one" . 'SELECT 1'), 'n2/7', 'curtailed by another node');
is(heard(q{INSERT INTO depot.charge_point (site_id, charge_point_id, max_power_w) VALUES ('n2', 'p2', 400);
INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w) VALUES ('n2', 'c2', 'p2', 22000, 15000);
} . $one . 'SELECT 1'), 'n2/8', 'by another for the same reason');
is(heard("UPDATE depot.connector SET demand_w = -1;\n$one" . 'SELECT 1'), 'n2/9', 'rejected');
is(heard("BEGIN;\nUPDATE depot.connector SET demand_w = 1;\n${one}ROLLBACK;\nSELECT 1"), '', 'a cycle that was rolled back is not told');
is(heard("SET powernode.notify = off;\nUPDATE depot.connector SET demand_w = 1;\n${one}SELECT 1"), '', 'nor one with powernode.notify off');
is(query("SELECT outcome FROM powernode.rebalance('n2')"), 'APPLIED', 'off is the default');
my $odd = q{a "b" \\ c}; 
query(qq{INSERT INTO depot.site (site_id) VALUES (\$\$$odd\$\$), (repeat('long', 2500))});
is(heard("SELECT FROM powernode.rebalance(\$\$$odd\$\$);\nSELECT 1"), "$odd/1", 'an odd id arrives as it is');
($code, $said) = call(q{SET powernode.notify = on_change; SELECT outcome FROM powernode.rebalance(repeat('long', 2500))});
is($code, '54000', 'an id that no notification holds: a warning');
is(query(q{SELECT state FROM powernode.microgrid_status WHERE site_id LIKE 'long%'}), 'REJECTED', 'and the cycle');

# ---- A site that can have no row, since no index takes its id

query(q{DROP INDEX depot.site_site_id_idx; DELETE FROM depot.site WHERE site_id NOT IN ('n1', 'n2');
	INSERT INTO depot.site (site_id) SELECT string_agg(md5(i::text), '') FROM generate_series(1, 100) i});
my $cycles = query(q{SELECT sum(cycle_no) FROM powernode.site_state WHERE site_id IN ('n1', 'n2')});
foreach my $batch (1, 50)
{
	($code, $said) = call("CALL powernode.rebalance_due('0', $batch)");
	like($said, qr/\A(?:psql:\S+ )?WARNING: +01000: the error of site "[0-9a-f]{3200}" could not be recorded\nDETAIL: +It was: index row size .* maximum .*WARNING: +01000: 1 of 3 sites that were due could not be balanced/s,
		"a site that can have no row, in batches of $batch: a warning");
	unlike($said, qr/ERROR/, 'and no error');
	$cycles += 2;
	is(query(q{SELECT sum(cycle_no) FROM powernode.site_state WHERE site_id IN ('n1', 'n2')}), $cycles, 'the others have their cycles');
}

$node->stop;
done_testing();
