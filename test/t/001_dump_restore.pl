# A database with history, dumped and restored: every row is there, the views
# say the same, the next cycle takes the next number, and what was restored is
# what a fresh CREATE EXTENSION makes.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $fixture = "$FindBin::RealBin/../fixture/depot.sql";
my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nlc_messages = 'C'");
$node->start;

my @tables = qw(source_binding site_state topology cycle cycle_fault);
my @views = qw(microgrid_status microgrid_hierarchy node_status constraint_status setpoint
  cycle_history node_history constraint_history sources);

sub rows
{
	my ($database, $relation) = @_;
	return $node->safe_psql($database, "SELECT x::text FROM powernode.$relation x ORDER BY 1");
}

# Everything in the schema, as text: what it is, who may use it, what it says
# about itself.
sub schema
{
	my ($database) = @_;
	return $node->safe_psql($database, <<'SQL');
SET search_path = pg_catalog;
SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend
 WHERE refobjid = (SELECT oid FROM pg_extension WHERE extname = 'powernode') AND deptype = 'e'
 ORDER BY 1;
SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation::regcollation,
       a.attcompression, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace = 'powernode'::regnamespace ORDER BY c.relname, a.attnum;
SELECT relname, relkind, reloptions,
       ARRAY(SELECT x::text FROM aclexplode(coalesce(relacl, acldefault('r', relowner))) x ORDER BY 1),
       obj_description(oid, 'pg_class'),
       CASE relkind WHEN 'v' THEN pg_get_viewdef(oid) END
  FROM pg_class WHERE relnamespace = 'powernode'::regnamespace ORDER BY relname;
SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = 'powernode'::regnamespace ORDER BY conrelid::regclass::text, 2;
SELECT oid::regprocedure,
       ARRAY(SELECT x::text FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) x ORDER BY 1),
       obj_description(oid, 'pg_proc'), pg_get_functiondef(oid)
  FROM pg_proc WHERE pronamespace = 'powernode'::regnamespace ORDER BY oid::regprocedure::text;
SELECT extversion, extnamespace::regnamespace,
       (SELECT array_agg(c::regclass::text ORDER BY 1) FROM unnest(extconfig) c), extcondition
  FROM pg_extension WHERE extname = 'powernode';
SQL
}

sub cycle
{
	my ($database, $site, $at) = @_;
	return $node->safe_psql($database,
		"SELECT cycle_no, outcome, reason FROM powernode.rebalance('$site', '2026-03-02 $at+00')");
}

# A history that has some of everything.
$node->safe_psql('postgres', 'CREATE DATABASE product; CREATE DATABASE fresh; CREATE ROLE reader');
$node->safe_psql('product', 'CREATE EXTENSION powernode');
$node->safe_psql('product', "\\i $fixture\n" . <<'SQL');
INSERT INTO depot.site (site_id, name) VALUES ('yard', E'Yard "B", back\\slash\ttab');
INSERT INTO depot.circuit (site_id, circuit_id, default_capacity_w) VALUES ('yard', 'top', 9000);
INSERT INTO depot.charge_point (site_id, charge_point_id, max_power_w, online) VALUES ('yard', 'p', 5000, true), ('yard', 'q', 5000, false);
INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w, vehicle_name)
VALUES ('yard', 'p.1', 'p', 5000, 5000, E'Zoë''s {van}');
GRANT USAGE ON SCHEMA powernode TO reader;
GRANT SELECT ON powernode.microgrid_status TO reader;
GRANT EXECUTE ON FUNCTION powernode.rebalance(text, timestamptz, text, text) TO reader;
SQL
is(cycle('product', 's1', '08:00'), '1|APPLIED|DEMAND_MET', 'an applied cycle');
$node->safe_psql('product', "UPDATE depot.connector SET demand_w = 22000 WHERE site_id = 's1'");
is(cycle('product', 's1', '08:05'), '2|CURTAILED|CHARGE_POINT_LIMIT', 'a curtailed cycle');
$node->safe_psql('product', "UPDATE depot.circuit SET parent_circuit_id = 'b' WHERE circuit_id = 'b'");
is(cycle('product', 's1', '08:10'), '3|REJECTED|CIRCUIT_LOOP', 'a rejected cycle');
is(cycle('product', 'yard', '08:00'), '1|CURTAILED|OFFLINE_RESERVE', 'a flat site');

my %before = map { $_ => rows('product', $_) } @tables, @views;
isnt($before{$_}, '', "$_ has rows before") foreach @tables, @views;

$node->safe_psql('fresh', 'CREATE EXTENSION powernode');
my $fresh = schema('fresh');
isnt($fresh, '', 'a fresh install has a schema');

my $dir = PostgreSQL::Test::Utils::tempdir();
$node->command_ok([ 'pg_dump', '-f', "$dir/plain.sql", $node->connstr('product') ], 'pg_dump');
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/custom", $node->connstr('product') ], 'pg_dump -Fc');
$node->command_ok([ 'pg_dump', '-Fd', '-j2', '-f', "$dir/directory", $node->connstr('product') ], 'pg_dump -Fd');
$node->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE template0") foreach qw(plain custom directory);
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/plain.sql", $node->connstr('plain') ],
	'psql restores the plain dump without an error');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-1', '-d', $node->connstr('custom'), "$dir/custom" ],
	'pg_restore in one transaction');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-j2', '-d', $node->connstr('directory'), "$dir/directory" ],
	'pg_restore in parallel');

foreach my $database (qw(plain custom directory))
{
	is(rows($database, $_), $before{$_}, "$database: $_ as before") foreach @tables, @views;

	# Grants that the operator gave are the only difference from a fresh install.
	is($node->safe_psql($database, <<'SQL'), 't|t|f', "$database: the operator's grants are back, and no others");
SELECT has_table_privilege('reader', 'powernode.microgrid_status', 'SELECT'),
       has_function_privilege('reader', 'powernode.rebalance(text, timestamptz, text, text)', 'EXECUTE'),
       has_table_privilege('reader', 'powernode.cycle', 'SELECT');
SQL
	$node->safe_psql($database, <<'SQL');
REVOKE ALL ON SCHEMA powernode FROM reader;
REVOKE ALL ON powernode.microgrid_status FROM reader;
REVOKE ALL ON FUNCTION powernode.rebalance(text, timestamptz, text, text) FROM reader;
SQL
	is(schema($database), $fresh, "$database: the schema of a fresh install");

	is(cycle($database, 's1', '08:15'), '4|REJECTED|CIRCUIT_LOOP', "$database: the next cycle has the next number");
	$node->safe_psql($database, "UPDATE depot.circuit SET parent_circuit_id = 'main' WHERE circuit_id = 'b'");
	is(cycle($database, 's1', '08:20'), '5|CURTAILED|CHARGE_POINT_LIMIT', "$database: and the one after it");
	is($node->safe_psql($database, "SELECT count(*) FROM powernode.topology WHERE site_id = 's1'"), '1',
		"$database: an unchanged tree is the topology that was restored");
	is($node->safe_psql($database, "SELECT cycle_no, in_force_cycle_no FROM powernode.microgrid_status ORDER BY site_id"),
		"5|5\n1|1", "$database: the status of both sites");
}

# A dump of what was restored is the dump that it was restored from.
$node->safe_psql('postgres', 'CREATE DATABASE again TEMPLATE template0');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/plain.sql", $node->connstr('again') ],
	'restored once more');
$node->command_ok([ 'pg_dump', '-f', "$dir/again.sql", $node->connstr('again') ], 'and dumped again');
my ($first, $second) = map { slurp_file("$dir/$_.sql") } qw(plain again);
s/^\\(un)?restrict .*\n//mg foreach $first, $second;
is($second, $first, 'the second dump is the first');

done_testing();
