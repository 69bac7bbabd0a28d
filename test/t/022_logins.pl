# A role that logs in as itself, without any way to become another: what a superuser's
# session cannot show, because the server lets it take on any role again.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $fixture = "$FindBin::RealBin/../fixture/depot.sql";
my $node = PostgreSQL::Test::Cluster->new('logins');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nlc_messages = 'C'");
$node->start;

$node->safe_psql('postgres', 'CREATE EXTENSION powernode; CREATE ROLE backend LOGIN; CREATE ROLE other LOGIN');
$node->safe_psql('postgres', "\\i $fixture");
$node->safe_psql('postgres', <<'SQL');
INSERT INTO depot.site (site_id, microgrid_id) VALUES ('hidden', 'm2');
ALTER TABLE depot.site ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON depot.site TO backend USING (site_id = 's1');
GRANT USAGE ON SCHEMA depot, powernode TO backend;
GRANT SELECT ON powernode.microgrid_status, powernode.cycle_history, powernode.setpoint TO backend;
GRANT EXECUTE ON FUNCTION powernode.rebalance(text, timestamptz, text, text), powernode.prune(interval) TO backend;
GRANT EXECUTE ON PROCEDURE powernode.rebalance_due(interval, integer) TO backend;

-- Code below a source: as whom it runs, what it may become, and what it leaves to be
-- run when the transaction ends.
CREATE SCHEMA evil;
CREATE TABLE evil.log (attempt text, running name, error text);
GRANT USAGE ON SCHEMA evil TO PUBLIC;
GRANT SELECT, INSERT ON evil.log TO PUBLIC;
CREATE FUNCTION evil.at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.attempt <> 'at commit' THEN
    INSERT INTO evil.log VALUES ('at commit', current_user);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON evil.log DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION evil.at_commit();
CREATE FUNCTION evil.try() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  attempt text;
  error text;
BEGIN
  FOREACH attempt IN ARRAY ARRAY['SELECT 1', 'SELECT set_config(''role'', ''postgres'', false)',
    'SELECT set_config(''role'', ''other'', false)', 'SELECT set_config(''session_authorization'', ''postgres'', false)',
    'SELECT set_config(''powernode.setpoint_ttl'', ''1 d'', false)', 'CALL powernode.rebalance_due(''0'')', 'COMMIT'] LOOP
    error := NULL;
    BEGIN
      EXECUTE attempt;
    EXCEPTION WHEN OTHERS THEN
      error := SQLSTATE;
    END;
    INSERT INTO evil.log VALUES (attempt, current_user, error);
  END LOOP;
  RETURN true;
END $$;
CREATE VIEW depot.evil_circuit WITH (security_invoker) AS SELECT * FROM depot.circuit WHERE evil.try();
SELECT powernode.set_source('circuit', 'depot.evil_circuit');
GRANT SELECT ON ALL TABLES IN SCHEMA depot TO backend;
SQL

# What a session of the role prints, its errors last.
sub session
{
	my ($sql) = @_;
	my ($out, $err);
	$node->psql('postgres', $sql, extra_params => [ '-U', 'backend' ], stdout => \$out, stderr => \$err,
		on_error_stop => 0);
	return $out . ($err =~ /ERROR:  (.*)/ ? "ERROR: $1" : '');
}

sub log_is
{
	my ($name) = @_;
	is($node->safe_psql('postgres', "SELECT string_agg(DISTINCT running, ' ') FROM evil.log"), 'backend', "$name: all as the caller");
	is( $node->safe_psql('postgres', "SELECT attempt, error FROM evil.log GROUP BY attempt, error ORDER BY attempt COLLATE \"C\""),
		join("\n", 'CALL powernode.rebalance_due(\'0\')|2D000', 'COMMIT|0A000', 'SELECT 1|',
			"SELECT set_config('powernode.setpoint_ttl', '1 d', false)|42501",
			"SELECT set_config('role', 'other', false)|42501", "SELECT set_config('role', 'postgres', false)|42501",
			"SELECT set_config('session_authorization', 'postgres', false)|42501", 'at commit|'),
		"$name: every attempt ended as it should");
	$node->safe_psql('postgres', 'TRUNCATE evil.log');
}

is(session("SELECT outcome FROM powernode.rebalance('s1')"), 'APPLIED', 'a cycle');
log_is('rebalance');
is(session("CALL powernode.rebalance_due('0'); SELECT site_id, cycle_no, last_error FROM powernode.microgrid_status"),
	's1|2|', 'a pass over the sites that the role is shown');
log_is('rebalance_due');
is($node->safe_psql('postgres', 'SELECT DISTINCT site_id, recorded_by FROM powernode.cycle'), 's1|backend',
	'no cycle of another site');

# A setting that is the superuser's is not taken from a session that set it before the
# library was there to say so.
my $ttl = 'SELECT expires_at - evaluated_at FROM powernode.cycle_history ORDER BY cycle_no DESC LIMIT 1';
like(session("SET powernode.setpoint_ttl = '1 d'; SELECT outcome FROM powernode.rebalance('s1', now()); $ttl"),
	qr/^APPLIED\n00:15:00/, 'setpoints live no longer for what a session says');

# Somebody without privileges.
sub stranger
{
	my ($sql) = @_;
	my ($out, $err);
	$node->psql('postgres', $sql, extra_params => [ '-U', 'other' ], stdout => \$out, stderr => \$err, on_error_stop => 0);
	return $err =~ /ERROR:  (.*)/ ? $1 : 'none';
}
is(stranger($_), 'permission denied for schema powernode', "a stranger: $_")
  for "SELECT powernode.rebalance('s1')", "SELECT powernode.preview('s1')", "SELECT powernode.explain('s1')",
  "SELECT powernode.verify('s1')", "SELECT powernode.allocate(NULL)", "CALL powernode.rebalance_due('0')",
  "SELECT powernode.prune('0')", 'SELECT FROM powernode.microgrid_status', 'SELECT FROM powernode.cycle',
  "SELECT powernode.set_source('site', NULL)", 'SELECT FROM powernode.source_status()';

$node->stop;
done_testing();
