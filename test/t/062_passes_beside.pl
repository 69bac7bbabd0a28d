# What passes and prune wait for, and what they leave to others: sites that have
# no row yet, errors that come at the commit, sites locked no longer than needed.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Session;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('beside');
$node->init(extra => ['--encoding', 'UTF8']);
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nautovacuum = off\nfsync = off\ndeadlock_timeout = '100ms'");
$node->start;
sub query { return $node->safe_psql('postgres', shift); }

# Flat sites of one charger each, whose ids in their own order are not in text's.
query(<<"SQL");
CREATE EXTENSION powernode;
\\i $FindBin::RealBin/../fixture/depot.sql
DELETE FROM depot.site; DELETE FROM depot.grid_connection; DELETE FROM depot.circuit;
DELETE FROM depot.charge_point; DELETE FROM depot.connector;
DO \$\$
DECLARE s text;
BEGIN
  FOREACH s IN ARRAY ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'connector', 'operating_envelope'] LOOP
    EXECUTE format('ALTER TABLE depot.%I ALTER COLUMN site_id TYPE bigint USING site_id::bigint', s);
  END LOOP;
END \$\$;
INSERT INTO depot.site (site_id) SELECT generate_series(1, 12);
INSERT INTO depot.circuit (site_id, circuit_id, default_capacity_w) SELECT site_id, 'top', 10000 FROM depot.site;
INSERT INTO depot.charge_point (site_id, charge_point_id, max_power_w) SELECT site_id, 'p', 22000 FROM depot.site;
INSERT INTO depot.connector (site_id, connector_id, charge_point_id, demand_w) SELECT site_id, 'c', 'p', 15000 FROM depot.site;
SQL

my ($one, $two, $three) = map { Session->new($node, 'postgres') } 1 .. 3;
my $cycles = q{SELECT string_agg(site_id || ':' || cycle_no, ' ' ORDER BY site_id::int) FROM powernode.site_state};
sub all_but { my ($no, $cycle_no) = @_; return join ' ', map { "$_:$cycle_no" } grep { $_ != $no } 1 .. 12; }

# ---- A new site that another session holds has no row that anybody could see

$one->must('BEGIN; SELECT powernode.rebalance(7);');
is($two->run(q{SET lock_timeout = '10s'; CALL powernode.rebalance_due('0', 5);}), '',
	'a pass beside the first cycle of a site that is not committed');
is(query($cycles), all_but(7, 1), 'has done all others');
$one->must('ROLLBACK;');
is($two->run(q{CALL powernode.rebalance_due('1 hour');}), '', 'another once that was taken back');
is(query($cycles), all_but(0, 1), 'does it');

query('DELETE FROM powernode.cycle; DELETE FROM powernode.site_state');
$one->must('BEGIN; SELECT powernode.rebalance(7);');
$two->start('SELECT cycle_no FROM powernode.rebalance(7);');
$node->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')});
$one->must('COMMIT;');
is($two->wait_for, 2, 'rebalance itself waits for such a site, and is the second');

# ---- Locking a site and changing its row are of one transaction to the server

query('DELETE FROM powernode.cycle; DELETE FROM powernode.site_state; CHECKPOINT');
my $multixacts = 'SELECT next_multixact_id FROM pg_control_checkpoint()';
my $before = query($multixacts);
$one->must(q{CALL powernode.rebalance_due('0'); CALL powernode.rebalance_due('0');});
query('CHECKPOINT');
is(query($multixacts), $before, 'passes need no multixacts');

# Planned while the tables were empty, and known to be.
query('DELETE FROM powernode.cycle; DELETE FROM powernode.topology; DELETE FROM powernode.site_state; SELECT pg_stat_force_next_flush()');
query('VACUUM ANALYZE powernode.site_state, powernode.topology, powernode.cycle');
my $whole_tables = q{SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE schemaname = 'powernode' AND relname <> 'source_binding'};
my $read = query($whole_tables);
$one->must(q{CALL powernode.rebalance_due('0'); CALL powernode.rebalance_due('0'); SELECT powernode.prune('0'), pg_stat_force_next_flush(); SELECT 1;});
is(query($whole_tables), $read, 'passes and prune read no whole table, whatever it was when they were planned');

# ---- Errors that come at the commit are one site's, too

query(<<'SQL');
CREATE FUNCTION depot.audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.site_id IN ('4', '9') THEN RAISE EXCEPTION 'the audit of % is full', NEW.site_id; END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER audit AFTER INSERT ON powernode.cycle DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION depot.audit();
SQL
like($one->run(q{CALL powernode.rebalance_due('0', 5);}),
	qr/WARNING: .*2 of 12 sites that were due could not be balanced.*The first was "4": the audit of 4 is full/s,
	'two sites whose cycles cannot be committed');
is(query($cycles), join(' ', map { "$_:" . ($_ == 4 || $_ == 9 ? 2 : 3) } 1 .. 12), 'the others are done, and once');
is(query(q{SELECT string_agg(site_id || ' ' || last_error, '; ' ORDER BY site_id) FROM powernode.microgrid_status WHERE last_error IS NOT NULL}),
	'4 the audit of 4 is full (P0001); 9 the audit of 9 is full (P0001)', 'their errors are recorded');

# As the first cycles of sites that have no row.
query('DELETE FROM powernode.cycle; DELETE FROM powernode.site_state');
$one->run(q{CALL powernode.rebalance_due('0');});
is(query(q{SELECT string_agg(site_id, ' ' ORDER BY site_id) FROM powernode.microgrid_status WHERE last_error IS NOT NULL AND state = 'NO_COMPLETED_CYCLE'}),
	'4 9', 'also before their first cycle');
like(query(q{SELECT powernode.explain('4')}), qr/no completed cycle/, 'of which explain() says so');
query('DROP TRIGGER audit ON powernode.cycle');

# An error of a million bytes is for a log.
query(<<'SQL');
CREATE FUNCTION depot.cry(site_id bigint, watts numeric) RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
  IF site_id = 4 THEN RAISE EXCEPTION '%', repeat(U&'\00e4\6f22x', 1000000); END IF;
  RETURN watts;
END $$;
CREATE VIEW depot.crying AS
  SELECT site_id, connector_id, charge_point_id, max_power_w, depot.cry(site_id, demand_w) AS demand_w FROM depot.connector;
SELECT powernode.set_source('connector', 'depot.crying');
SQL
$one->run(q{CALL powernode.rebalance_due('0');});
like(query(q{SELECT octet_length(last_error) FROM powernode.site_state WHERE last_error IS NOT NULL}), qr/^20[01][0-9]$/,
	'of a long message the beginning is kept');
query(q{SELECT powernode.set_source('connector', 'depot.connector')});

# ---- Prune holds a site no longer than it must

query(q{CREATE ROLE sweeper; GRANT USAGE ON SCHEMA powernode, depot TO sweeper; GRANT SELECT ON depot.site TO sweeper;
	GRANT EXECUTE ON FUNCTION powernode.prune TO sweeper});
sub history
{
	query('DELETE FROM powernode.cycle; DELETE FROM powernode.site_state; DELETE FROM powernode.topology');
	query("SELECT count(powernode.rebalance(s, control_mode => CASE n WHEN 1 THEN 'CHARGER' END)) FROM (SELECT s, n FROM generate_series(1, 3) n, generate_series(1, 12) s ORDER BY n, s) x");
}
sub waiting
{
	my ($how_many) = @_;
	return $node->poll_query_until('postgres', "SELECT count(*) = $how_many FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
}
history();
# Topologies of 1 are free to go; 9, in text's order the last, is held up.
$one->must(q{BEGIN; SELECT 1 FROM powernode.cycle WHERE site_id = '9' AND cycle_no = 1 FOR UPDATE;});
$two->start(q{SELECT powernode.prune('0');});
waiting(1);
is($three->run(q{SET lock_timeout = '2s'; SELECT cycle_no FROM powernode.rebalance(1);}), 4,
	'a cycle beside a prune that has been at its site');
$one->must('ROLLBACK;');
is($two->wait_for, 24, 'the prune');
is(query('SELECT count(*) FROM powernode.topology'), 12, 'takes the topologies in the end');

# ---- Two that prune the same sites take them in one order

history();
# The site that comes first in any order has nothing to prune.
query(q{DELETE FROM powernode.cycle WHERE site_id = '1'; DELETE FROM powernode.site_state WHERE site_id = '1'});
$one->must(q{BEGIN; SELECT 1 FROM powernode.cycle WHERE site_id = '10' AND cycle_no = 1 FOR UPDATE;});
$two->start(q{SELECT powernode.prune('0');});
waiting(1);
$three->start(q{SET ROLE sweeper; SELECT powernode.prune('0');});
waiting(2);
$one->must('ROLLBACK;');
unlike(join(' ', $two->wait_for, $three->wait_for), qr/deadlock/, 'two prunes at once, of the owner and of one who is shown the sites');
is(query('SELECT count(*) FROM powernode.cycle'), 11, 'all old cycles are gone');

$_->quit foreach $one, $two, $three;
$node->stop;
done_testing();
