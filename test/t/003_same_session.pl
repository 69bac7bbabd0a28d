# One session through everything that may change under it: bindings, views and
# columns dropped, re-created and altered, the extension itself dropped and
# created.  Every call works with what is there now or says what is missing, and
# leaves the session as it found it.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Session;
use Test::More;

my $fixture = "$FindBin::RealBin/../fixture/depot.sql";
my $node = PostgreSQL::Test::Cluster->new('session');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nclient_min_messages = warning");
$node->start;

my $psql = Session->new($node, 'postgres', verbosity => 'default');

# What a piece of SQL prints, errors included.
sub session { return $psql->run(@_) }

# SQL that must do, or the test is wrong.
sub setup { return $psql->must(@_) }

# Whoever and wherever the session was before a call, it is after it.
my $state = "SELECT current_user, session_user, current_setting('search_path'),
  coalesce(nullif(current_setting('powernode.at', true), ''), 'none'),
  current_setting('is_superuser'), current_setting('role');";

sub is_unchanged
{
	my ($before, $what) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is(session($state), $before, "the session is as before: $what");
}

my $cycle = "SELECT outcome, demand_w, allocated_w FROM powernode.rebalance('s1', '2026-03-02 08:00+00');";
my $demand = 'SELECT sum(demand_w) FROM powernode.node_status WHERE site_id = \'s1\' AND is_leaf;';

setup("CREATE EXTENSION powernode;\n\\i $fixture");
setup('UPDATE depot.connector SET demand_w = 10000;');
my $backend = session('SELECT pg_backend_pid();');
is(session($cycle), 'APPLIED|40000|40000', 'a first cycle');

# ---- Rebinding.
setup(<<'SQL');
CREATE VIEW depot.half WITH (security_invoker) AS
  SELECT site_id, connector_id, charge_point_id, max_power_w, demand_w / 2 AS demand_w FROM depot.connector;
CREATE VIEW depot.empty WITH (security_invoker) AS SELECT * FROM depot.connector WHERE false;
SQL
setup("SELECT powernode.set_source('connector', 'depot.half');");
is(session($cycle), 'APPLIED|20000|20000', 'bound to another view');
setup("SELECT powernode.set_source('connector', 'depot.empty');");
is(session($cycle), 'APPLIED|0|0', 'bound to a third');
setup("SELECT powernode.set_source('connector', 'depot.connector');");
is(session($cycle), 'APPLIED|40000|40000', 'and back');
setup("BEGIN; SELECT powernode.set_source('connector', 'depot.half');");
is(session($cycle), 'APPLIED|20000|20000', 'bound within a transaction');
setup('ROLLBACK;');
is(session($cycle), 'APPLIED|40000|40000', 'and rolled back');

# ---- A view dropped and re-created with other types and another order.
my $view = 'CREATE VIEW depot.plug WITH (security_invoker) AS SELECT';
my %shape = (
	'integers' => ["$view site_id, connector_id, charge_point_id, max_power_w::int, demand_w::int FROM depot.connector", '40000'],
	'reversed' => ["$view demand_w::bigint + 1 AS demand_w, max_power_w::smallint AS max_power_w, charge_point_id, connector_id, site_id FROM depot.connector", '40004'],
	'numeric' => ["$view name, site_id, vehicle_name, connector_id::varchar(20), max_power_w::numeric(9,2), charge_point_id, demand_w + 0.25 AS demand_w FROM depot.connector", '40004'],
	'optional' => ["$view now() AS arrived_at, 'x'::text AS extra, * FROM (SELECT site_id, connector_id, charge_point_id, max_power_w, demand_w, weight, priority FROM depot.connector) c", '40000'],
);
setup("$shape{integers}[0]; SELECT powernode.set_source('connector', 'depot.plug');");
my @order = sort keys %shape;
foreach my $from (@order)
{
	foreach my $to (grep { $_ ne $from } @order)
	{
		# max_power_w of 22000 as smallint fits, and so do the demands.
		setup("DROP VIEW depot.plug; $shape{$from}[0];");
		session($cycle);
		setup('DROP VIEW depot.plug;');
		like(session($cycle), qr/ERROR: .*"connector".*depot\.plug.*does not exist/, "$from dropped: the error names the source")
		  if $to eq $order[0];
		setup("$shape{$to}[0];");
		session($cycle);
		is(session($demand), $shape{$to}[1], "$from, then $to");
	}
}
is(session(q{SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'CachedPlanSource' AND ident LIKE '%x.demand_w::%';}), 1,
	'the plans that others took the place of are gone');
like(session("DROP VIEW depot.plug; CREATE TABLE depot.plug (x int); $cycle"), qr/ERROR: .*source "connector" has no column/,
	'a table of that name without the columns');
like(session("DROP TABLE depot.plug; CREATE SEQUENCE depot.plug; $cycle"), qr/ERROR: .*source "connector"/,
	'a sequence of that name');
setup("DROP SEQUENCE depot.plug; CREATE TABLE depot.plug AS SELECT * FROM depot.connector;");
is(session($cycle), 'APPLIED|40000|40000', 'a table where there was a view');
setup("SELECT powernode.set_source('connector', 'depot.connector'); DROP TABLE depot.plug;");

# ---- Altered where it stands.
setup('DROP VIEW depot.half, depot.empty;');
setup("ALTER TABLE depot.connector ALTER demand_w TYPE int, ALTER max_power_w TYPE bigint;");
is(session($cycle), 'APPLIED|40000|40000', 'numeric columns made integers');
setup("ALTER TABLE depot.connector ALTER site_id TYPE varchar(30), ALTER connector_id TYPE varchar;");
is(session($cycle), 'APPLIED|40000|40000', 'text ids made varchar');
setup("ALTER TABLE depot.connector DROP energy_wh, DROP name, ADD name varchar DEFAULT 'new';");
is(session($cycle), 'APPLIED|40000|40000', 'optional columns dropped and added');
is(session("SELECT DISTINCT name FROM powernode.node_status WHERE is_leaf;"), 'new', 'and read');
setup("ALTER TABLE depot.connector ALTER demand_w TYPE float8;");
like(session($cycle), qr/ERROR: .*column "demand_w" of source "connector" has type double precision/, 'a type that will not do');
setup("ALTER TABLE depot.connector ALTER demand_w TYPE numeric, DROP max_power_w;");
like(session($cycle), qr/ERROR: .*source "connector" has no column "max_power_w"/, 'a column gone');
setup("ALTER TABLE depot.connector ADD max_power_w int DEFAULT 5000;");
is(session($cycle), 'APPLIED|20000|20000', 'and back, with other values');
setup("ALTER TABLE depot.circuit RENAME TO feeders;");
like(session($cycle), qr/ERROR: .*source "circuit" is bound to depot\.circuit, which does not exist/, 'a table renamed');
setup("ALTER TABLE depot.feeders RENAME TO circuit;");
is(session($cycle), 'APPLIED|20000|20000', 'and renamed back');

# ---- Ids of another family, all at once, in the same relations.
my %ids = (
	text => "'s' || %s",
	bigint => '%s',
	uuid => "lpad(%s::text, 32, '0')::uuid",
	integer => '%s');
sub keyed
{
	my ($type) = @_;
	my @sql = ('DROP SCHEMA IF EXISTS keyed CASCADE', 'CREATE SCHEMA keyed');
	my %tables = (
		site => [ 'site_id, microgrid_id', '(1), (1)' ],
		grid_connection => [ 'site_id, grid_connection_id, circuit_id', '(1), (1), (1)' ],
		circuit => [ 'site_id, circuit_id, parent_circuit_id, default_capacity_w int, safe_capacity_w int', '(1), (1), NULL, 9000, NULL' ],
		charge_point => [ 'site_id, charge_point_id, circuit_id, max_power_w int', '(1), (1), (1), 9000' ],
		connector => [ 'site_id, connector_id, charge_point_id, max_power_w int, demand_w int', '(1), (1), (1), 9000, 4000' ]);
	foreach my $name (sort keys %tables)
	{
		my ($columns, $values) = @{ $tables{$name} };
		$columns =~ s/(\w+_id)\b/$1 $type/g;
		$values =~ s/\((\d+)\)/sprintf($ids{$type}, $1)/ge;
		push @sql, "CREATE TABLE keyed.$name ($columns)", "INSERT INTO keyed.$name VALUES ($values)",
		  "SELECT powernode.set_source('$name', 'keyed.$name')";
	}
	push @sql, "SELECT powernode.set_source('operating_envelope', NULL)";
	setup(join('; ', @sql) . ';');
	return;
}
foreach my $type (qw(bigint uuid text integer uuid bigint text))
{
	keyed($type);
	my $id = session('SELECT site_id FROM keyed.site;');
	is(session("SELECT site_id, outcome, allocated_w FROM powernode.rebalance('$id');"), "$id|APPLIED|4000", "keys become $type");
	is(session("SELECT count(*) FROM powernode.microgrid_hierarchy WHERE site_id = '$id';"), '4', "the tree with keys of $type");
	is(session("SELECT state FROM powernode.microgrid_status WHERE site_id = '$id';"), 'APPLIED', "the status with keys of $type");
}

# ---- The extension dropped and created, with every function used and failing in
# ---- between.
my @uses = (
	$cycle,
	"SELECT count(*) FROM powernode.preview('s1');",
	"SELECT count(*) FROM powernode.power_nodes('s1');",
	"SELECT count(*) FROM powernode.validate('s1');",
	"SELECT count(*) FROM powernode.explain('s1');",
	'SELECT count(*) FROM powernode.microgrid_status;',
	"SELECT count(*) FROM powernode.microgrid_hierarchy WHERE site_id = 's1';",
	'SELECT count(*) FROM powernode.node_status;',
	'SELECT count(*) FROM powernode.constraint_history;',
	'SELECT count(*) FROM powernode.sources;',
	"SELECT count(*) FROM powernode.allocate(ARRAY[ROW('a', NULL, NULL, 1, 2, NULL, NULL, NULL, NULL, NULL, NULL)::powernode.power_node]);");
my $bind = join(' ', map { "SELECT powernode.set_source('$_', 'depot.$_');" }
	  qw(site grid_connection circuit charge_point connector operating_envelope));
my @answers = ('APPLIED|20000|20000', 11, 11, 0, undef, 1, 11, 11, 0, 6, 1);

setup($bind);
is(session($uses[0]), $answers[0], 'bound to the depot again');
foreach my $round (0 .. $#uses)
{
	# Each round begins with another function, so that each comes first once.
	my @turn = map { ($_ + $round) % @uses } 0 .. $#uses;
	setup('DROP EXTENSION powernode CASCADE;');
	like(session($uses[ $turn[0] ]), qr/ERROR: .*(schema|type|relation|function).*does not exist/, "round $round: dropped");
	setup('CREATE EXTENSION powernode;');
	my $first = session($uses[ $turn[0] ]);
	if ($turn[0] < 7)
	{
		like($first, qr/ERROR:  source "site" is not bound/, "round $round: nothing is bound in the new extension");
	}
	setup($bind);
	session($cycle);
	foreach my $i (@turn)
	{
		my $got = session($uses[$i]);
		defined $answers[$i]
		  ? is($got, $answers[$i], "round $round: use $i")
		  : unlike($got, qr/ERROR/, "round $round: use $i");
	}
	is(session("SELECT max(cycle_no) FROM powernode.cycle;"), 2, "round $round: numbering began again");
}
# Within one transaction, rolled back and committed.
setup('BEGIN; DROP EXTENSION powernode CASCADE; CREATE EXTENSION powernode;');
setup($bind);
is(session($cycle), 'APPLIED|20000|20000', 'dropped, created, bound and used in one transaction');
is(session('SELECT max(cycle_no) FROM powernode.cycle;'), 1, 'whose cycle is the first');
setup('ROLLBACK;');
is(session($cycle), 'APPLIED|20000|20000', 'rolled back: the old extension works');
is(session('SELECT max(cycle_no) FROM powernode.cycle;'), 3, 'and counts on');
setup('BEGIN; DROP EXTENSION powernode CASCADE; CREATE EXTENSION powernode;');
setup($bind);
session($cycle);
setup('COMMIT;');
is(session($cycle), 'APPLIED|20000|20000', 'committed: the new one');
is(session('SELECT max(cycle_no) FROM powernode.cycle;'), 2, 'counts from its own start');
setup('DISCARD ALL;');
is(session($cycle), 'APPLIED|20000|20000', 'after DISCARD ALL');

# ---- What a call leaves behind: nothing, however it ends.
setup(<<'SQL');
CREATE ROLE dispatcher;
GRANT USAGE ON SCHEMA depot, powernode TO dispatcher;
GRANT SELECT ON ALL TABLES IN SCHEMA depot TO dispatcher;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA powernode TO dispatcher;
GRANT SELECT ON ALL TABLES IN SCHEMA powernode TO dispatcher;
REVOKE ALL ON powernode.cycle, powernode.site_state, powernode.topology, powernode.cycle_fault, powernode.source_binding FROM dispatcher;
CREATE FUNCTION public.watts(numeric) RETURNS numeric LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION depot.unqualified(numeric) RETURNS numeric LANGUAGE plpgsql AS 'BEGIN RETURN watts($1); END';
CREATE FUNCTION depot.unqualified_table() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM connector); END';
CREATE FUNCTION depot.divide(numeric) RETURNS numeric LANGUAGE plpgsql AS 'BEGIN RETURN $1 / 0; END';
CREATE FUNCTION depot.curious(numeric) RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
  RAISE WARNING 'user % path % at %', current_user, current_setting('search_path'), current_setting('powernode.at', true);
  RETURN $1;
END $$;
CREATE FUNCTION depot.cycle_time() RETURNS timestamptz STABLE LANGUAGE sql
  AS $$ SELECT pg_catalog.current_setting('powernode.at')::pg_catalog.timestamptz $$;
SQL
foreach my $name (qw(unqualified divide curious))
{
	setup("CREATE VIEW depot.by_$name WITH (security_invoker) AS SELECT site_id, connector_id, charge_point_id, max_power_w, depot.$name(demand_w) AS demand_w FROM depot.connector;");
}
setup('CREATE VIEW depot.by_table WITH (security_invoker) AS SELECT site_id, connector_id, charge_point_id, max_power_w, depot.unqualified_table() AS demand_w FROM depot.connector;');
setup('CREATE VIEW depot.by_time WITH (security_invoker) AS SELECT site_id, connector_id, charge_point_id, max_power_w, extract(hour FROM depot.cycle_time() AT TIME ZONE \'UTC\')::int AS demand_w FROM depot.connector;');
setup('GRANT SELECT ON ALL TABLES IN SCHEMA depot TO dispatcher; SET search_path = depot, public;');

my @readers = (
	$cycle,
	"SELECT count(*) FROM powernode.preview('s1', '2026-03-02 08:00+00');",
	"SELECT count(*) FROM powernode.power_nodes('s1', '2026-03-02 08:00+00');",
	"SELECT count(*) FROM powernode.validate('s1', '2026-03-02 08:00+00');",
	"SELECT count(*) FROM powernode.microgrid_hierarchy WHERE site_id = 's1';");
foreach my $role ('none', 'dispatcher')
{
	setup("SET ROLE $role;");
	my $before = session($state);
	foreach my $call (@readers,
		"SELECT count(*) FROM powernode.explain('s1');",
		'SELECT count(*) FROM powernode.microgrid_status;',
		'SELECT count(*) FROM powernode.node_status;',
		'SELECT count(*) FROM powernode.sources;')
	{
		my $name = "$role: " . substr($call, 0, 60);
		unlike(session($call), qr/ERROR/, $name);
		is_unchanged($before, $name);
	}

	setup("RESET ROLE; SELECT powernode.set_source('connector', 'depot.by_divide'); SET ROLE $role;");
	foreach my $call (@readers)
	{
		my $name = "$role, failing: " . substr($call, 0, 60);
		like(session($call), qr/ERROR:  division by zero.*reading powernode source "connector"/s, $name);
		is_unchanged($before, $name);
	}

	# Caught within a transaction, which goes on.
	setup("BEGIN; DO \$\$ BEGIN PERFORM powernode.rebalance('s1'); EXCEPTION WHEN division_by_zero THEN NULL; END \$\$;");
	is_unchanged($before, "$role, failing and caught");
	session("SAVEPOINT s; $cycle ROLLBACK TO s;");
	is_unchanged($before, "$role, failing and rolled back to a savepoint");
	setup('COMMIT;');
	foreach my $fails ("SELECT powernode.rebalance('nowhere');", "SELECT powernode.rebalance('s1', 'infinity');",
		"SELECT powernode.rebalance('s1', policy => 'FAIR');", "SELECT powernode.explain('s1', 4711);",
		"SELECT powernode.set_source('circuit', 'depot.site');")
	{
		my $name = "$role, failing: $fails";
		session($fails);
		is_unchanged($before, $name);
	}

	# Sources are read as the caller, on a pinned path, at the cycle's time.
	setup("RESET ROLE; SELECT powernode.set_source('connector', 'depot.by_curious'); SET ROLE $role;");
	my $user = session('SELECT current_user;');
	like(session($cycle), qr/WARNING:  user \Q$user\E path pg_catalog, pg_temp at 2026-03-02T08:00:00\+00:00/,
		"$role: who reads, where and when");
	is_unchanged($before, "$role, reading");
	setup('RESET ROLE;');
}

# ---- Cancelled in the middle of reading a source.
setup(<<'SQL');
CREATE VIEW depot.by_sleep WITH (security_invoker) AS
  SELECT c.* FROM depot.connector c, LATERAL (SELECT pg_sleep(300) OFFSET 0) s;
SELECT powernode.set_source('connector', 'depot.by_sleep');
SQL
{
	my $before = session($state);
	my $cycles = session('SELECT max(cycle_no) FROM powernode.cycle;');
	foreach my $call (@readers)
	{
		like(session("SET statement_timeout = 200; $call"), qr/ERROR:  canceling statement/,
			'cancelled: ' . substr($call, 0, 50));
		# Which may take longer than that itself.
		1 while session('RESET statement_timeout;') =~ /ERROR/;
		is_unchanged($before, 'cancelled');
	}
	setup("SELECT powernode.set_source('connector', 'depot.connector');");
	is(session("SELECT cycle_no FROM powernode.rebalance('s1');"), $cycles + 1, 'and the next cycle has the next number');
}

# ---- Unqualified names, and the hint that says why they fail.
foreach my $name (qw(by_unqualified by_table))
{
	setup("SELECT powernode.set_source('connector', 'depot.$name');");
	foreach my $call (@readers)
	{
		like(session($call), qr/ERROR: .*does not exist.*HINT: .*search_path.*schema.*reading powernode source "connector" \(depot\.$name\)/s,
			"$name: " . substr($call, 0, 50));
	}
}

# ---- The cycle's time, for views that depend on it.
setup("SELECT powernode.set_source('connector', 'depot.by_time');");
is(session("SELECT demand_w FROM powernode.rebalance('s1', '2026-03-02 05:00+00');"), 4 * 5, 'the view sees the time of the cycle');
is(session("SELECT demand_w FROM powernode.rebalance('s1', '2026-03-02 09:30+02');"), 4 * 7, 'in whatever zone it is given');
setup("SET datestyle = 'SQL, DMY'; SET timezone = 'Asia/Kolkata'; SET intervalstyle = 'iso_8601';");
is(session("SELECT demand_w FROM powernode.rebalance('s1', '2026-03-02 05:00:00.000001+00');"), 4 * 5, 'whatever the DateStyle');
is(session("SELECT sum(demand_w) FROM powernode.power_nodes('s1', '2026-03-02 06:00+00');"), 4 * 6, 'power_nodes as well');
is(session("SELECT demand_w FROM powernode.preview('s1', '2026-03-02 03:00+00') WHERE ordinal = 1;"), 4 * 3, 'and preview');
is(session("SELECT demand_w = 4 * extract(hour FROM now() AT TIME ZONE 'UTC') FROM powernode.rebalance('s1');"), 't', 'without a time it is now');
is(session("SELECT coalesce(current_setting('powernode.at', true), '');"), '', 'and outside of a cycle there is none');
setup("SET powernode.at = '2020-01-01';");
is(session("SELECT demand_w FROM powernode.rebalance('s1', '2026-03-02 05:00+00');"), 4 * 5, 'a caller cannot set it for a cycle');
is(session("SHOW powernode.at;"), '2020-01-01', 'and keeps its own');

is(session('SELECT pg_backend_pid();'), $backend, 'all of it in one session');
$psql->quit;
$node->stop;
unlike(slurp_file($node->logfile), qr/was terminated by signal|TRAP:|PANIC:|XX000/, 'no crash and no internal error');
done_testing();
