# No statement of a cycle reads a source without its site_id filter: with many
# sites, the plans that the server really ran, as auto_explain logged them, reach
# every table of the product by an index on its site id.  Custom plans and
# generic ones, uuid and bigint keys.  And of all a site's history a status view
# reads one cycle, however little the planner knew when it made the plan.
use strict;
use warnings;
use FindBin;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $example = "$FindBin::RealBin/../../example";
my $sites = 3000;
my $node = PostgreSQL::Test::Cluster->new('plans');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
timezone = 'UTC'
autovacuum = off
session_preload_libraries = 'auto_explain'
auto_explain.log_nested_statements = on
auto_explain.log_format = 'json'
auto_explain.log_verbose = on
CONF
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE manage; CREATE DATABASE depot');

$node->safe_psql('manage', <<"SQL");
\\i $example/manage/schema.sql
\\i $example/manage/adapter.sql
CREATE EXTENSION powernode;
\\i $example/manage/bind.sql
INSERT INTO manage.site (site_id, name) SELECT lpad(i::text, 32, '0')::uuid, 'Site ' || i FROM generate_series(1, $sites) i;
INSERT INTO manage.microgrid (site_id) SELECT site_id FROM manage.site;
INSERT INTO manage.circuit (site_id, name, default_operating_capacity_kw) SELECT site_id, 'Main', 100 FROM manage.site;
INSERT INTO manage.circuit (site_id, parent_circuit_id, name, default_operating_capacity_kw)
  SELECT site_id, circuit_id, 'Sub ' || n, 20 FROM manage.circuit, generate_series(1, 2) n;
INSERT INTO manage.microgrid_node (site_id, microgrid_id, type, name, circuit_id)
  SELECT site_id, microgrid_id, 'GRID_CONNECTION', 'Grid', circuit_id
    FROM manage.circuit JOIN manage.microgrid USING (site_id) WHERE parent_circuit_id IS NULL;
INSERT INTO manage.microgrid_node (site_id, microgrid_id, type, name)
  SELECT site_id, microgrid_id, 'BATTERY', 'Battery' FROM manage.microgrid;
INSERT INTO manage.charge_point (site_id, circuit_id, name, max_power_kw)
  SELECT site_id, circuit_id, 'P ' || c.name, 22 FROM manage.circuit c WHERE parent_circuit_id IS NOT NULL;
INSERT INTO manage.connector (site_id, charge_point_id, number, name, max_power_kw)
  SELECT site_id, charge_point_id, n, 'X', 22 FROM manage.charge_point, generate_series(1, 2) n;
INSERT INTO manage.vehicle (name) SELECT 'Bus ' || i FROM generate_series(1, $sites) i;
INSERT INTO manage.charging_session (site_id, connector_id, requested_power_kw, ended_at, plugged_in_at)
  SELECT site_id, connector_id, 15, CASE WHEN n > 1 THEN timestamptz '2026-03-02 00:00+00' + n * interval '1 hour' END,
         '2026-03-02 00:00+00'
    FROM manage.connector, generate_series(1, 3) n;
UPDATE manage.charging_session s SET vehicle_id = v.vehicle_id
  FROM manage.vehicle v, manage.site t
 WHERE t.site_id = s.site_id AND t.name = replace(v.name, 'Bus', 'Site') AND s.ended_at IS NULL;
INSERT INTO manage.operating_envelope (site_id, name, import_limit_kw, valid_from, valid_to)
  SELECT site_id, 'E' || n, 30, timestamptz '2026-01-01 00:00+00' + n * interval '30 days',
         timestamptz '2026-01-11 00:00+00' + n * interval '30 days'
    FROM manage.site, generate_series(1, 4) n;
VACUUM ANALYZE;
SQL

$node->safe_psql('depot', <<"SQL");
\\i $example/bigint/depot.sql
TRUNCATE depot.site, depot.circuit, depot.grid_connection, depot.charge_point, depot.connector;
CREATE EXTENSION powernode;
\\i $example/bigint/bind.sql
INSERT INTO depot.site SELECT i, 'Site ' || i, i FROM generate_series(1, $sites) i;
INSERT INTO depot.circuit SELECT i, i, NULL, 'Main', 20000, 10000 FROM generate_series(1, $sites) i;
INSERT INTO depot.grid_connection SELECT i, i, i, 'Grid' FROM generate_series(1, $sites) i;
INSERT INTO depot.charge_point SELECT i * 3 + n, i, i, 'P', 22000 FROM generate_series(1, $sites) i, generate_series(0, 2) n;
INSERT INTO depot.connector SELECT id, site_id, id, 'X', 22000, NULL, 9000 FROM depot.charge_point;
VACUUM ANALYZE;
SQL

# Runs statements in one session and gives back the plans that it logged, nested
# ones included.
sub plans_of
{
	my ($database, $sql, $options) = @_;
	my $offset = -s $node->logfile;
	my $answer = $node->safe_psql($database,
		"SET auto_explain.log_min_duration = 0;\n" . ($options // '') . "\n$sql");
	my $log = slurp_file($node->logfile, $offset);
	my @plans;
	while ($log =~ /plan:\n\t?(\{.*?\n)(?=\S|\z)/sg)
	{
		my $json = $1;
		$json =~ s/^\t//mg;
		# What the log says after the plan is of the same entry: its context.
		push @plans, decode_json($json);
	}
	return ($answer, @plans);
}

# Every node of a plan that reads a relation: [schema.table, node].
sub scans
{
	my ($plan) = @_;
	my @found;
	push @found, [ "$plan->{Schema}.$plan->{'Relation Name'}", $plan ] if defined $plan->{'Relation Name'};
	# Below a bitmap heap scan the index scan has the condition.
	push @found, scans($_) foreach @{ $plan->{Plans} // [] };
	return @found;
}

sub condition
{
	my ($scan) = @_;
	return join ' ', grep { defined } $scan->{'Index Cond'},
	  map { condition($_) } grep { $_->{'Node Type'} =~ /^Bitmap/ } @{ $scan->{Plans} // [] };
}

# Of every table of the schema: was it read, and each time by its site id?
sub check_plans
{
	my ($name, $schema, $tables, $pattern, @plans) = @_;
	my (%read, @wrong);
	foreach my $plan (@plans)
	{
		foreach my $scan (scans($plan->{Plan}))
		{
			my ($table, $how) = @$scan;
			next unless $table =~ s/^\Q$schema\E\.//;
			$read{$table}++;
			my $condition = condition($how);
			my $wanted = $pattern->{$table} // $pattern->{''};
			push @wrong, "$table: $how->{'Node Type'} ($condition) in $plan->{'Query Text'}"
			  unless $how->{'Node Type'} =~ /^(Index|Bitmap Heap)/ && $condition =~ $wanted;
		}
	}
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is(join("\n", @wrong), '', "$name: every read is by the index on the site's id");
	is(join(' ', sort keys %read), join(' ', sort @$tables), "$name: and every table is read");
	return;
}

my %product = (
	manage => {
		id => sub { sprintf("'%032d'::uuid", shift) },
		tables => [qw(site microgrid microgrid_node circuit charge_point connector charging_session vehicle operating_envelope)],
		site_tables => [qw(site microgrid)],
		# A vehicle may charge anywhere and has no site: it is found by its own id.
		by => { '' => qr/\bsite_id = /, vehicle => qr/vehicle_id = / }
	},
	depot => {
		id => sub { shift() . '::bigint' },
		tables => [qw(site grid_connection circuit charge_point connector)],
		site_tables => [qw(site)],
		by => { '' => qr/\bsite_id = /, site => qr/\bid = / }
	});

foreach my $schema (sort keys %product)
{
	my ($id, $tables, $site_tables, $by) = @{ $product{$schema} }{qw(id tables site_tables by)};
	my $call = sub {
		my ($what, @numbers) = @_;
		return join('', map { "SELECT count(*) FROM powernode.$what;\n" =~ s/ID/$id->($_)/er } @numbers);
	};
	my $at = "'2026-03-02 08:00+00'";

	is($node->safe_psql($schema, 'SELECT count(*), bool_and(sound) FROM powernode.sources'), '6|t', "$schema: the example binds cleanly");

	# Eight times: the first five executions of a kept plan are planned for their
	# parameter, later ones may share a generic plan.
	my @sessions = (
		[ 'by default', '' ],
		[ 'generic plans', 'SET plan_cache_mode = force_generic_plan;' ],
		[ 'custom plans', 'SET plan_cache_mode = force_custom_plan;' ]);
	foreach (@sessions)
	{
		my ($mode, $options) = @$_;
		foreach my $what ("rebalance(ID, $at)", "preview(ID, $at)", "power_nodes(ID, $at)", "validate(ID, $at)")
		{
			my ($name) = $what =~ /^(\w+)/;
			my ($answer, @plans) = plans_of($schema, $call->($what, 11 .. 18), $options);
			check_plans("$schema, $name, $mode", $schema, $tables, $by, @plans);
			next if $name ne 'rebalance';
			is($answer, join("\n", (1) x 8), "$schema, $mode: eight cycles");
			my @generic = grep { /\$1/ } map { condition($_->[1]) } map { scans($_->{Plan}) } @plans;
			cmp_ok(scalar(@generic), '>', 0, "$schema: generic plans were run") if $mode eq 'generic plans';
		}
	}

	# The views: what is filtered on site_id reaches the product's index, from a
	# constant, a parameter and a join.
	my ($text) = map { $node->safe_psql($schema, "SELECT $_\::text") } $id->(11);
	my ($other) = map { $node->safe_psql($schema, "SELECT $_\::text") } $id->(12);
	foreach my $where ("site_id = '$text'", "site_id = (SELECT '$text'::text)", "'$text' = site_id",
		"site_id IN ('$text', '$other')", "site_id = ANY (ARRAY['$text', '$other'])")
	{
		my (undef, @plans) = plans_of($schema, "SELECT * FROM powernode.microgrid_status WHERE $where;");
		check_plans("$schema, microgrid_status WHERE $where", $schema, $site_tables, $by, @plans);
		(undef, @plans) = plans_of($schema, "SELECT * FROM powernode.microgrid_hierarchy WHERE $where;");
		check_plans("$schema, microgrid_hierarchy WHERE $where", $schema, $tables, $by, @plans);
	}
	my (undef, @plans) = plans_of($schema, "PREPARE s(text) AS SELECT * FROM powernode.microgrid_status WHERE site_id = \$1;\n"
		  . "EXECUTE s('$text');\n" x 8);
	check_plans("$schema, microgrid_status prepared", $schema, $site_tables, $by, @plans);
	(undef, @plans) = plans_of($schema, "SELECT * FROM powernode.node_status WHERE site_id = '$text';\n"
		  . "SELECT * FROM powernode.setpoint WHERE site_id = '$text';\n"
		  . "SELECT * FROM powernode.constraint_status WHERE site_id = '$text';\n"
		  . "SELECT * FROM powernode.cycle_history WHERE site_id = '$text';\n"
		  . "SELECT powernode.explain('$text');");
	check_plans("$schema, recorded views", $schema, $site_tables, $by, @plans);

	# Whoever doubts it can look: sources.statement, prepared and explained.
	my @statements = split /\n/, $node->safe_psql($schema,
		"SELECT name || '|' || replace(statement, E'\\n', ' ') FROM powernode.sources WHERE statement IS NOT NULL");
	is(scalar(@statements), $schema eq 'manage' ? 6 : 5, "$schema: a statement for every bound source");
	foreach (@statements)
	{
		my ($source, $statement) = split /\|/, $_, 2;
		my $parameters = $id->(11) . ($source eq 'operating_envelope' ? ", $at" : '');
		foreach my $mode (qw(force_custom_plan force_generic_plan))
		{
			my $json = $node->safe_psql($schema,
				"SET plan_cache_mode = $mode; PREPARE s AS $statement; EXPLAIN (FORMAT json, VERBOSE) EXECUTE s($parameters)");
			my @wrong = grep { $_->[1]{'Node Type'} =~ /^Seq/ || condition($_->[1]) !~ ($by->{ $_->[0] =~ s/.*\.//r } // $by->{''}) }
			  scans(decode_json($json)->[0]{Plan});
			is(join(' ', map { "$_->[0]: $_->[1]{'Node Type'}" } @wrong), '', "$schema, sources.statement of $source, $mode");
		}
	}
}

# With history of many sites, a filter on site_id reaches powernode's own keys.
$node->safe_psql('depot', <<'SQL');
SELECT count(*) FROM depot.site s, generate_series(1, 3), powernode.rebalance(s.id, '2026-03-02 08:00+00') WHERE s.id <= 400;
INSERT INTO powernode.cycle_fault (site_id, cycle_no, rank, reason, message)
  SELECT site_id, cycle_no, 1, 'MISSING_RATING', 'As if.' FROM powernode.cycle;
VACUUM ANALYZE;
SQL
foreach my $view (qw(microgrid_status node_status constraint_status setpoint cycle_history node_history constraint_history))
{
	foreach my $mode (qw(force_custom_plan force_generic_plan))
	{
		my $json = $node->safe_psql('depot',
			"SET plan_cache_mode = $mode; PREPARE s(text) AS SELECT * FROM powernode.$view WHERE site_id = \$1;"
			  . 'EXPLAIN (FORMAT json, VERBOSE) EXECUTE s(\'12\')');
		my @wrong = grep { $_->[0] ne 'powernode.live_site' && condition($_->[1]) !~ /site_id = / } scans(decode_json($json)->[0]{Plan});
		is(join(' ', map { "$_->[0]: $_->[1]{'Node Type'}" } @wrong), '', "$view by site_id uses the keys, $mode");
	}
}

# ---- Status views read one cycle: by plans that a session made when there was no
# history and keeps while it comes, before any ANALYZE, and after one.
$node->safe_psql('postgres', 'CREATE DATABASE young');
$node->safe_psql('young', <<"SQL");
\\i $example/bigint/depot.sql
CREATE EXTENSION powernode;
\\i $example/bigint/bind.sql
CREATE PROCEDURE depot.run(cycles integer) LANGUAGE plpgsql AS \$\$
BEGIN
  PERFORM powernode.rebalance(s.id, '2026-03-02 08:00+00') FROM depot.site s, generate_series(1, cycles);
END \$\$;
SQL
my @status = qw(microgrid_status node_status constraint_status setpoint);
my $site = $node->safe_psql('young', 'SELECT min(id) FROM depot.site');
my $prepare = join '', map { "PREPARE $_(text) AS SELECT * FROM powernode.$_ WHERE site_id = \$1;\n" } @status;
my $explain = join '', map { "EXPLAIN (ANALYZE, VERBOSE, TIMING off, FORMAT json) EXECUTE $_('$site');\n" } @status;

# What plans read of the cycles beyond the one row each.
sub check_cycles_read
{
	my ($name, $output) = @_;
	my @plans = JSON::PP->new->incr_parse($output);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is(scalar(@plans), scalar(@status), "$name: a plan of each");
	foreach my $i (0 .. $#plans)
	{
		my @read = map {
			my $scan = $_->[1];
			($scan->{'Actual Rows'} + ($scan->{'Rows Removed by Filter'} // 0)) * $scan->{'Actual Loops'}
		} grep { $_->[0] eq 'powernode.cycle' } scans($plans[$i][0]{Plan});
		is("@read", '1', "$name: $status[$i] reads one cycle");
	}
	return;
}

my $generic = "SET plan_cache_mode = force_generic_plan;\n$prepare";
check_cycles_read('as history comes', $node->safe_psql('young', <<"SQL"));
$generic
CALL depot.run(1);
\\o /dev/null
$explain
CALL depot.run(200);
\\o
$explain
SQL
foreach my $when ('never analyzed', 'analyzed')
{
	$node->safe_psql('young', 'ANALYZE') if $when eq 'analyzed';
	check_cycles_read("$when, generic plans", $node->safe_psql('young', "$generic$explain"));
	check_cycles_read("$when, custom plans", $node->safe_psql('young', "$prepare$explain"));
}

$node->stop;
done_testing();
