# powernode on a server of its own, the product on another: docs/managed-cloud.md.
# The product's tables are foreign tables behind the adapter views of
# example/integrating, by the scripts of example/foreign.
use strict;
use warnings;
use File::Spec;
use FindBin;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $example = "$FindBin::RealBin/../../example";
my $day = "'2026-03-02 10:00+11'";

# Passwords are asked for, as anywhere that roles without superuser connect from.
sub server
{
	my ($name) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	my $hba = $node->data_dir . '/pg_hba.conf';
	my $trusting = slurp_file($hba);
	unlink $hba;
	$node->append_conf('pg_hba.conf', "local all powernode_reader,harbour_lines,ops_product scram-sha-256\n$trusting");
	$node->append_conf('postgresql.conf', "log_min_duration_statement = -1\n");
	$node->start;
	return $node;
}

# Runs scripts of example/, which may ask where the other server is.
sub scripts
{
	my ($node, $other, @scripts) = @_;
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'),
			($other ? ('-v', 'host=' . $other->host, '-v', 'port=' . $other->port, '-v', 'dbname=postgres') : ()),
			'-v', 'password=secret', '-o', File::Spec->devnull, map { ('-f', "$example/$_") } @scripts ],
		"@scripts");
}

sub outcome
{
	my ($session, $site) = @_;
	return $session->safe_psql('postgres',
		"SELECT outcome, reason, demand_w, allocated_w FROM powernode.rebalance('$site', $day)");
}

my $product = server('product');
my $power = server('power');
plan skip_all => 'this server has no postgres_fdw'
  if $power->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'") eq '0';
scripts($product, undef, qw(integrating/schema.sql integrating/data.sql foreign/product.sql));
scripts($power, $product, qw(foreign/foreign.sql integrating/adapter.sql));
$power->safe_psql('postgres', 'CREATE EXTENSION powernode');
scripts($power, undef, 'integrating/bind.sql');

# ---- A cycle.

is(outcome($power, 'SYD-1'), 'CURTAILED|CIRCUIT_LIMIT|171520|163470', 'a cycle over the wire is that of docs/integrating.md');
is(outcome($power, 'PER-1'), 'CURTAILED|SITE_LIMIT|80000|69000', 'and so is that of the FLAT site');
is($power->safe_psql('postgres', "SELECT count(*) FROM powernode.verify('SYD-1')"), '0', 'verify has nothing to say');
is($power->safe_psql('postgres', 'SELECT count(*) FROM powernode.sources WHERE sound'), '6', 'all sources are sound');

# ---- The site's id reaches the other server, and what is read of a source is one statement there.

foreach my $source (qw(site grid_connection circuit charge_point connector operating_envelope))
{
	my $arguments = $source eq 'operating_envelope' ? "'SYD-1', now()" : "'SYD-1'";
	foreach my $mode (qw(force_custom_plan force_generic_plan))
	{
		my $statement = $power->safe_psql('postgres', "SELECT statement FROM powernode.sources WHERE name = '$source'");
		my $plan = $power->safe_psql('postgres',
			"SET plan_cache_mode = $mode; PREPARE p AS $statement; EXPLAIN (VERBOSE, COSTS OFF) EXECUTE p ($arguments)");
		my @remote = $plan =~ /Remote SQL: (.*)/g;
		is(scalar @remote, 1, "$source, $mode: one statement over there");
		like($remote[0], qr/code = (?:'SYD-1'|\$1::text)/, "$source, $mode: for one site");
	}
}

# ---- What a cycle costs in round trips.

# The remote statements of what is run, by their first words.
sub remote_statements
{
	my ($run) = @_;
	my $from = -s $product->logfile;
	$run->();
	my %count;
	my $log = slurp_file($product->logfile, $from);
	$count{$1}++ while $log =~ /LOG:  (?:statement|execute [^:]*): (START|DECLARE|FETCH|CLOSE|COMMIT|\w+)/g;
	delete $count{SET};             # of a new connection
	delete $count{SELECT};
	return \%count;
}
$product->safe_psql('postgres', "ALTER ROLE powernode_reader SET log_statement = 'all'");
my $cost = remote_statements(sub { outcome($power, 'SYD-1') });
my $total = 0;
$total += $_ foreach values %$cost;
note "remote statements of a cycle: $total (", join(', ', map { "$_ $cost->{$_}" } sort keys %$cost), ')';
is_deeply($cost, { START => 1, DECLARE => 7, FETCH => 7, CLOSE => 7, COMMIT => 1 },
	'a cycle: one transaction over there, seven cursors of one fetch each');

# ---- Cycles that are stopped in their middle.

# Locked here while a cycle waits between two sources.
$power->safe_psql('postgres', <<'SQL');
CREATE FUNCTION ops.pause() RETURNS boolean LANGUAGE plpgsql VOLATILE AS
  $$ BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(40); RETURN true; END $$;
CREATE VIEW ops.paused WITH (security_invoker) AS
  SELECT * FROM ops.powernode_charge_point WHERE ops.pause();
SELECT powernode.set_source('charge_point', 'ops.paused');
SQL

sub is_waiting
{
	my ($kind) = @_;
	return $power->poll_query_until('postgres',
		"SELECT count(*) = 1 FROM pg_locks WHERE NOT granted AND locktype IN ($kind)");
}

# A session that goes on by itself.
sub begin
{
	my ($out, $err, @sql) = @_;
	return IPC::Run::start([ 'psql', '-XAtq', '-d', $power->connstr('postgres'), map { ('-c', $_) } @sql ],
		'<', File::Spec->devnull, '>', $out, '2>', $err, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
}

# Runs something while a cycle waits after the circuits and before the charge points;
# what the cycle gave.
sub while_paused
{
	my ($what, @sql) = @_;
	my $gate = $power->background_psql('postgres');
	$gate->query_safe('SELECT pg_advisory_lock(40)');
	my ($out, $err) = ('', '');
	my $cycle = begin(\$out, \$err, '\set VERBOSITY verbose', @sql);
	is_waiting("'advisory'") or die 'no cycle waits';
	$what->();
	$gate->query_safe('SELECT pg_advisory_unlock(40)');
	$gate->quit;
	$cycle->finish;
	chomp $out;
	return ($out, $err);
}

# Two rows that change together: the feeder becomes weaker, and its van takes less.
my $cycle = "SELECT allocated_w, demand_w FROM powernode.rebalance('SYD-1', $day);";
my $asks = sub {
	my ($amps, $takes) = @_;
	return sub {
		$product->safe_psql('postgres',
			"BEGIN; UPDATE ops.feeder SET breaker_a = $amps WHERE label = 'Row A';
			 UPDATE ops.visit SET takes_kw = $takes WHERE bus = 'Van 13'; COMMIT");
	};
};
my ($out, $err) = while_paused($asks->(32, 10), $cycle);
is($out, '163470|171520', 'what is committed over there in mid-cycle is seen not at all');
is($power->safe_psql('postgres', $cycle), '142080|159440', 'and by the next cycle as a whole');

# The same through a connection each: the circuits of before, the connectors of after.
$asks->(63, 22.08)->();
$power->safe_psql('postgres', sprintf <<'SQL', $product->host, $product->port);
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '%s', port '%s', dbname 'postgres');
CREATE USER MAPPING FOR CURRENT_USER SERVER elsewhere OPTIONS (user 'powernode_reader', password 'secret');
CREATE SCHEMA other;
IMPORT FOREIGN SCHEMA ops LIMIT TO (visit) FROM SERVER elsewhere INTO other;
CREATE VIEW other.connector AS SELECT c.site_id, c.connector_id, c.charge_point_id, c.max_power_w,
  CASE WHEN v.plug_id IS NULL THEN 0 ELSE coalesce(v.takes_kw * 1000, c.demand_w) END AS demand_w
  FROM ops.powernode_connector c LEFT JOIN other.visit v ON v.plug_id = c.connector_id;
SELECT powernode.set_source('connector', 'other.connector');
SQL
($out) = while_paused($asks->(32, 10), $cycle);
is($out, '159440|159440', 'through two foreign servers a cycle is torn: one for all sources, as the page says');
$power->safe_psql('postgres', "SELECT powernode.set_source('connector', 'ops.powernode_connector'); DROP SERVER elsewhere CASCADE");

# The other server goes away.
my $cycles = "SELECT count(*), max(cycle_no) FROM powernode.cycle_history WHERE site_id = 'SYD-1'";
my $before = $power->safe_psql('postgres', $cycles);
($out, $err) = while_paused(sub { $product->stop('immediate'); $product->start }, $cycle, $cycle);
like($err, qr/ERROR:  (?:08006|57P02|57P01|XX000|08000)/, 'the other server stops in mid-cycle: an error');
like($err, qr/reading powernode source/, 'that says which source was read');
is($out, '142080|159440', 'the same session runs the next cycle, over a new connection');
my ($count, $last) = split /\|/, $before;
is($power->safe_psql('postgres', $cycles), ($count + 1) . '|' . ($last + 1), 'the cycle that failed wrote nothing, not even a number');

$product->stop;
my ($status, $nothing, $refused) = $power->psql('postgres', $cycle);
like($refused, qr/could not connect to server "product"/, 'the other server is not there: an error');
$product->start;
$asks->(63, 22.08)->();

# ---- A cycle that waits for another of its site.

# Another session holds the site's lock while the product changes.
sub after_waiting
{
	my ($prelude) = @_;
	my $first = $power->background_psql('postgres');
	$first->query_safe("BEGIN; $prelude; SELECT FROM powernode.rebalance('SYD-1', $day)");
	my ($out, $err) = ('', '');
	my $second = begin(\$out, \$err, 'BEGIN', $prelude, $cycle, 'COMMIT');
	is_waiting("'transactionid', 'tuple', 'advisory'") or die 'no cycle waits';
	$asks->(32, 10)->();
	$first->query_safe('COMMIT');
	$first->quit;
	$second->finish;
	$asks->(63, 22.08)->();
	return $out =~ s/^\n+|\n$//gr;
}
is(after_waiting('SELECT'), '163470|171520', 'with the site source over there, it decides by what was there before it waited');
is(after_waiting("SELECT FROM pg_advisory_xact_lock(hashtextextended('SYD-1', 0))"), '142080|159440',
	'with a lock of the caller taken before, by what is there after');
scripts($power, undef, 'foreign/site_here.sql');
is(after_waiting('SELECT'), '142080|159440', 'with the site list here, too');

$cost = remote_statements(sub { $power->safe_psql('postgres', $cycle) });
is_deeply($cost, { START => 1, DECLARE => 5, FETCH => 5, CLOSE => 5, COMMIT => 1 }, 'which costs two cursors less');
is_deeply(remote_statements(sub { $power->safe_psql('postgres', 'TABLE powernode.microgrid_status') }), {},
	'and the views of what was recorded ask nothing over there');

# The list follows the product's when it is refreshed.
$product->safe_psql('postgres', "UPDATE ops.depot SET title = 'Sydney Quay' WHERE code = 'SYD-1'; UPDATE ops.depot SET deleted_at = now() WHERE code = 'PER-1'");
is($power->safe_psql('postgres', "CALL ops.refresh_sites(); SELECT site_id, name FROM ops.site_here"), 'SYD-1|Sydney Quay', 'refreshed');
$product->safe_psql('postgres', "UPDATE ops.depot SET deleted_at = NULL WHERE code = 'PER-1'");
is($power->safe_psql('postgres', "CALL ops.refresh_sites(); SELECT count(*) FROM ops.site_here"), '2', 'and again');

# ---- Row security over there, by the role that a caller is mapped to.

$product->safe_psql('postgres', <<'SQL');
CREATE ROLE harbour_lines LOGIN PASSWORD 'harbour';
GRANT USAGE ON SCHEMA ops TO harbour_lines;
GRANT SELECT ON ALL TABLES IN SCHEMA ops TO harbour_lines;
ALTER TABLE ops.depot ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON ops.depot TO harbour_lines USING (operator = current_user);
CREATE POLICY every ON ops.depot TO powernode_reader USING (true);
SQL
$power->safe_psql('postgres', <<'SQL');
SELECT powernode.set_source('site', 'ops.powernode_site'), powernode.set_source('charge_point', 'ops.powernode_charge_point');
CREATE ROLE harbour;
CREATE USER MAPPING FOR harbour SERVER product OPTIONS (user 'harbour_lines', password 'harbour');
GRANT USAGE ON SCHEMA ops, powernode TO harbour;
GRANT SELECT ON ALL TABLES IN SCHEMA ops TO harbour;
GRANT SELECT ON powernode.microgrid_status TO harbour;
GRANT EXECUTE ON FUNCTION powernode.rebalance(text, timestamptz, text, text) TO harbour;
SQL
is($power->safe_psql('postgres', 'SET ROLE harbour; SELECT site_id FROM powernode.microgrid_status'), 'SYD-1',
	'a caller sees the sites that his role over there sees');
is($power->safe_psql('postgres', "SET ROLE harbour; $cycle"), '163470|171520', 'and balances them');
($status, $nothing, $err) = $power->psql('postgres', "\\set VERBOSITY verbose\nSET ROLE harbour; SELECT powernode.rebalance('PER-1')");
like($err, qr/P0002/, 'another is not there for him');
$power->safe_psql('postgres', 'CREATE ROLE stranger;
	GRANT USAGE ON SCHEMA ops, powernode TO stranger; GRANT SELECT ON ALL TABLES IN SCHEMA ops TO stranger;
	GRANT SELECT ON powernode.microgrid_status TO stranger');
($status, $nothing, $err) = $power->psql('postgres', 'SET ROLE stranger; TABLE powernode.microgrid_status');
like($err, qr/user mapping not found/, 'a caller without a mapping sees nothing');

# ---- The product reads what was found.

$power->safe_psql('postgres', <<'SQL');
SELECT powernode.set_source('site', 'ops.site_here');
CREATE ROLE ops_product LOGIN PASSWORD 'secret';
GRANT USAGE ON SCHEMA ops, powernode TO ops_product;
GRANT SELECT ON ops.site_here, powernode.microgrid_status, powernode.node_status,
                powernode.constraint_status, powernode.setpoint TO ops_product;
SQL
scripts($product, $power, 'foreign/results.sql');
is($product->safe_psql('postgres', <<'SQL'), "Van 11|18055\nVan 12|7360\nVan 13|18055\nBus 401|120000", 'setpoints beside the vehicles of the product');
SELECT v.bus, s.allocated_w FROM powernode.setpoint s JOIN ops.visit v ON v.plug_id = s.source_id::uuid
 WHERE s.site_id = 'SYD-1' ORDER BY v.plug_id
SQL
like($product->safe_psql('postgres', "EXPLAIN (VERBOSE, COSTS OFF) SELECT * FROM powernode.setpoint WHERE site_id = 'SYD-1'"),
	qr/Remote SQL: .*WHERE \(\(site_id = 'SYD-1'\)\)/, 'for one site');

done_testing();
