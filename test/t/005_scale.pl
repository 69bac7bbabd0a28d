# Size: no step grows faster than the site, trees may be 64 levels deep and no
# deeper, and thousands of sites are listed.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('scale');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nautovacuum = off\nfsync = off");
$node->start;
$node->safe_psql('postgres', "CREATE EXTENSION powernode;\n\\i $FindBin::RealBin/../fixture/depot.sql\n" . <<'SQL');
CREATE INDEX ON depot.circuit (site_id);
CREATE INDEX ON depot.charge_point (site_id);
CREATE INDEX ON depot.connector (site_id);
CREATE INDEX ON depot.operating_envelope (site_id);

-- A site of 9 nodes for each of n groups: a circuit, two charge points of three
-- connectors each.  Everything wants more than it may have.
CREATE FUNCTION depot.add_site(site text, n int, in_chain boolean DEFAULT false) RETURNS void LANGUAGE sql AS $$
INSERT INTO depot.site (site_id, microgrid_id) VALUES (site, site);
INSERT INTO depot.grid_connection (site_id, grid_connection_id, circuit_id) VALUES (site, 'g', 'top');
INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w)
  VALUES (site, 'top', NULL, least(n * 40000::bigint, 2000000000));
INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w)
  SELECT site, 'c' || i, CASE WHEN in_chain AND i > 1 THEN 'c' || i - 1 ELSE 'top' END, 50000 FROM generate_series(1, n) i;
INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w)
  SELECT site, 'p' || i || '.' || j, 'c' || i, 30000 FROM generate_series(1, n) i, generate_series(1, 2) j;
INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w)
  SELECT site, 'x' || i || '.' || j || '.' || k, 'p' || i || '.' || j, 22000, 11000 + (i * 7 + k) % 9000
    FROM generate_series(1, n) i, generate_series(1, 2) j, generate_series(1, 3) k;
$$;

-- The best of three, in milliseconds.
CREATE FUNCTION depot.best_of_three(statement text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
  best numeric;
  started timestamptz;
BEGIN
  FOR i IN 1..3 LOOP
    started := clock_timestamp();
    EXECUTE statement;
    best := least(best, extract(epoch FROM clock_timestamp() - started) * 1000);
  END LOOP;
  RETURN round(best, 1);
END
$$;
SQL

# ---- 20,000 and 40,000 nodes, in one run.
$node->safe_psql('postgres', "SELECT depot.add_site('n20', 2222); SELECT depot.add_site('n40', 4444); VACUUM ANALYZE");
foreach my $site (qw(n20 n40))
{
	my $nodes = $site eq 'n20' ? 2222 * 9 + 2 : 4444 * 9 + 2;
	my $outcome = $node->safe_psql('postgres',
		"SELECT cycle_no, outcome, reason FROM powernode.rebalance('$site', '2026-03-02 08:00+00')");
	is($outcome, '1|CURTAILED|GRID_CONNECTION_LIMIT', "$site: a cycle");
	is($node->safe_psql('postgres', "SELECT count(*), count(DISTINCT node_id) FROM powernode.node_status WHERE site_id = '$site'"),
		"$nodes|$nodes", "$site: its nodes");

	# Every watt, by node: children within their parents, no one above a limit.
	is($node->safe_psql('postgres', <<"SQL"), '0|0|0|0', "$site: the figures hold together");
WITH n AS MATERIALIZED (SELECT * FROM powernode.node_status WHERE site_id = '$site'),
     sum AS (SELECT parent_ordinal AS ordinal, sum(allocated_w) AS allocated_w, sum(demand_w) AS demand_w,
                    sum(least(limit_w, asked_w)) AS asked_w
               FROM n GROUP BY 1)
SELECT count(*) FILTER (WHERE n.allocated_w > n.limit_w),
       count(*) FILTER (WHERE NOT n.is_leaf AND (n.allocated_w, n.demand_w, n.asked_w)
                          IS DISTINCT FROM (sum.allocated_w, sum.demand_w, sum.asked_w)),
       count(*) FILTER (WHERE n.is_leaf AND (n.allocated_w < n.demand_w) IS DISTINCT FROM (n.bottleneck_id IS NOT NULL)),
       (SELECT curtailed_w FROM powernode.microgrid_status WHERE site_id = '$site')
         - (SELECT sum(curtailed_w) FROM powernode.constraint_status WHERE site_id = '$site')
  FROM n LEFT JOIN sum USING (ordinal);
SQL
}

# A step that is quadratic takes four times as long; twice is linear, and a noisy
# machine's best of three is not far from it.
my %step = (
	rebalance => "SELECT FROM powernode.rebalance('%s', '2026-03-02 08:00+00')",
	preview => "SELECT count(*) FROM powernode.preview('%s', '2026-03-02 08:00+00')",
	validate => "SELECT count(*) FROM powernode.validate('%s', '2026-03-02 08:00+00')",
	microgrid_hierarchy => "SELECT count(*) FROM powernode.microgrid_hierarchy WHERE site_id = '%s'",
	node_status => "SELECT count(*) FROM powernode.node_status WHERE site_id = '%s'",
	constraint_status => "SELECT count(*) FROM powernode.constraint_status WHERE site_id = '%s'",
	setpoint => "SELECT count(*) FROM powernode.setpoint WHERE site_id = '%s'",
	explain => "SELECT count(*) FROM powernode.explain('%s')",
	allocate => "SELECT count(*) FROM powernode.allocate((SELECT array_agg(n) FROM powernode.power_nodes('%s', '2026-03-02 08:00+00') n))");
sub ratios
{
	my (@steps) = @_;
	foreach my $name (@steps)
	{
		my ($ratio, $report);
		# Once more where something else kept the machine busy.
		foreach my $try (1 .. 3)
		{
			my ($small, $large) = map {
				$node->safe_psql('postgres', 'SELECT depot.best_of_three($q$' . sprintf($step{$name}, $_) . '$q$)')
			} qw(n20 n40);
			$ratio = $large / ($small || 1);
			$report = sprintf '%s: %.0f ms, %.0f ms, %.2f times', $name, $small, $large, $ratio;
			last if $ratio < 4;
		}
		note $report;
		cmp_ok($ratio, '<', 4, "$report, is not superlinear");
	}
	return;
}
ratios(sort keys %step);

# The same with everything a fault, or everything offline.
$node->safe_psql('postgres', "UPDATE depot.charge_point SET online = false WHERE site_id IN ('n20', 'n40')");
ratios('rebalance');
$node->safe_psql('postgres', <<'SQL');
UPDATE depot.charge_point SET online = NULL WHERE site_id IN ('n20', 'n40');
UPDATE depot.site SET on_fault = 'ISOLATE' WHERE site_id IN ('n20', 'n40');
UPDATE depot.connector SET demand_w = -1 WHERE site_id IN ('n20', 'n40');
SQL
ratios('rebalance', 'validate');
is($node->safe_psql('postgres', <<'SQL'), "13332|100\n26664|100", 'faults are counted, and a hundred are recorded');
SELECT s.faults, (SELECT count(*) FROM powernode.constraint_status c WHERE c.site_id = s.site_id)
  FROM powernode.microgrid_status s WHERE site_id IN ('n20', 'n40') ORDER BY site_id;
SQL
$node->safe_psql('postgres', <<'SQL');
UPDATE depot.connector SET charge_point_id = 'nowhere', demand_w = 1 WHERE site_id IN ('n20', 'n40');
UPDATE depot.charge_point SET charge_point_id = 'same' WHERE site_id IN ('n20', 'n40');
UPDATE depot.circuit SET parent_circuit_id = circuit_id WHERE site_id IN ('n20', 'n40') AND parent_circuit_id IS NOT NULL;
SQL
ratios('rebalance', 'validate');
$node->safe_psql('postgres', "DELETE FROM depot.$_ WHERE site_id IN ('n20', 'n40')")
  foreach qw(connector charge_point circuit grid_connection site);

# ---- Levels: root, grid connection, 60 circuits, charge point, connector are 64.
sub chain
{
	my ($site, $circuits) = @_;
	$node->safe_psql('postgres', <<"SQL");
INSERT INTO depot.site (site_id, microgrid_id) VALUES ('$site', 'm');
INSERT INTO depot.circuit (site_id, circuit_id, default_capacity_w) VALUES ('$site', 'c0', 100000);
INSERT INTO depot.grid_connection (site_id, grid_connection_id, circuit_id) VALUES ('$site', 'g', 'c0');
INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w)
  SELECT '$site', 'c' || i, 'c' || i - 1, 100000 - i FROM generate_series(1, $circuits) i;
INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w) VALUES ('$site', 'p', 'c$circuits', 200000);
INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w) VALUES ('$site', 'x', 'p', 200000, 150000);
SQL
	return;
}
my $cycle = 'SELECT outcome, reason, allocated_w, constraining_node_id FROM powernode.rebalance(\'%s\', \'2026-03-02 08:00+00\'%s)';
chain('levels 64', 60);
chain('levels 65', 61);
chain('levels 66', 62);
is($node->safe_psql('postgres', sprintf($cycle, 'levels 64', '')), 'CURTAILED|CIRCUIT_LIMIT|99940|circuit:c60', '64 levels work');
is($node->safe_psql('postgres', "SELECT max(depth), count(*), max(array_length(path, 1)) FROM powernode.node_status WHERE site_id = 'levels 64'"),
	'63|64|64', 'and are recorded');
like($node->safe_psql('postgres', sprintf($cycle, 'levels 65', '')), qr/^REJECTED\|UNSUPPORTED_TOPOLOGY\|\|/, '65 are too many');
is($node->safe_psql('postgres', sprintf($cycle, 'levels 65', ", control_mode => 'CHARGER'")),
	'CURTAILED|CIRCUIT_LIMIT|99939|circuit:c61', 'and are 64 where charge points are the leaves');
like($node->safe_psql('postgres', sprintf($cycle, 'levels 66', ", control_mode => 'CHARGER'")),
	qr/^REJECTED\|UNSUPPORTED_TOPOLOGY\|\|/, '65 with charge points as leaves are too many as well');
like($node->safe_psql('postgres', "SELECT string_agg(reason, ' ') FROM powernode.validate('levels 65')"),
	qr/^UNSUPPORTED_TOPOLOGY/, 'validate says so');
$node->safe_psql('postgres', "SELECT depot.add_site('deep', 3000, true)");
like($node->safe_psql('postgres', sprintf($cycle, 'deep', '')), qr/^REJECTED\|UNSUPPORTED_TOPOLOGY\|\|/, 'as are 3,000');
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM powernode.microgrid_hierarchy WHERE site_id = 'deep'"), '>', 1,
	'of which the tree shows what can be placed');

# ---- No chargers, nothing at all.
$node->safe_psql('postgres', <<'SQL');
INSERT INTO depot.site (site_id, microgrid_id) VALUES ('empty', 'm'), ('bare', 'm'), ('nothing', NULL);
INSERT INTO depot.circuit (site_id, circuit_id, default_capacity_w) VALUES ('empty', 'top', 10000), ('bare', 'top', NULL);
INSERT INTO depot.grid_connection (site_id, grid_connection_id, circuit_id) VALUES ('empty', 'g', 'top'), ('bare', 'g', 'top');
SQL
is($node->safe_psql('postgres', sprintf($cycle, 'empty', '')), 'APPLIED|DEMAND_MET|0|', 'a site with no chargers');
is($node->safe_psql('postgres', "SELECT state, topology, limit_w, demand_w, allocated_w, curtailed_leaves FROM powernode.microgrid_status WHERE site_id = 'empty'"),
	'APPLIED|HIERARCHICAL|10000|0|0|0', 'has a status');
is($node->safe_psql('postgres', "SELECT string_agg(node_id, ' ' ORDER BY ordinal) FROM powernode.node_status WHERE site_id = 'empty'"),
	'microgrid:m grid_connection:g', 'and its nodes');
is($node->safe_psql('postgres', "SELECT count(*) FROM powernode.setpoint WHERE site_id = 'empty'"), '0', 'and no setpoints');
isnt($node->safe_psql('postgres', "SELECT powernode.explain('empty')"), '', 'and can be explained');
like($node->safe_psql('postgres', sprintf($cycle, 'nothing', '')), qr/^REJECTED\|MISSING_RATING\|/, 'a FLAT site with nothing at all');

# ---- Many sites.
$node->safe_psql('postgres', <<'SQL');
INSERT INTO depot.site (site_id, name) SELECT 'many ' || i, 'Site ' || i FROM generate_series(1, 2000) i;
INSERT INTO depot.circuit (site_id, circuit_id, default_capacity_w) SELECT 'many ' || i, 'top', i FROM generate_series(1, 2000) i;
SELECT count(*) FROM generate_series(1, 1000) i, powernode.rebalance('many ' || i, '2026-03-02 08:00+00');
SQL
is($node->safe_psql('postgres', "SELECT state, count(*), count(DISTINCT site_id), sum(demand_w) FROM powernode.microgrid_status WHERE site_id LIKE 'many %' GROUP BY 1 ORDER BY 1"),
	"APPLIED|1000|1000|0\nNO_COMPLETED_CYCLE|1000|1000|", '2,000 sites are listed, with and without a cycle');
is($node->safe_psql('postgres', 'SELECT count(*) FROM powernode.node_status WHERE site_id LIKE \'many %\''), '1000', 'and the nodes of them all');
cmp_ok($node->safe_psql('postgres', q{SELECT depot.best_of_three('SELECT count(*) FROM powernode.microgrid_status')}), '<', 10_000,
	'in no time worth speaking of');

$node->stop;
unlike(slurp_file($node->logfile), qr/was terminated by signal|TRAP:|PANIC:|XX000/, 'no crash and no internal error');
done_testing();
