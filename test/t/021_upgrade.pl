# Whichever way a database came to this release, it is the same: installed, updated
# from each release before, with a history in it, restored from a dump of any of these.
# And before it is updated: the library of this release serves the SQL of the one before.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $root = "$FindBin::RealBin/../..";
my $node = PostgreSQL::Test::Cluster->new('upgrade');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nclient_min_messages = warning");
$node->start;

my $dir = PostgreSQL::Test::Utils::tempdir();
my ($newest) = slurp_file("$root/powernode.control") =~ /^default_version *= *'(.*)'/m;
my @released = map { /powernode--(.*)\.sql$/ ? $1 : () } sort glob "$root/sql/released/*.sql";
isnt("@released", '', "there are releases before $newest: @released");

# What the extension consists of, kept in a file beside the log.
my $fresh;

sub definitions
{
	my ($database) = @_;
	my $file = "$PostgreSQL::Test::Utils::log_path/definitions-$database.txt";
	my ($out, $err) = run_command(
		[ 'psql', '-X', '-d', $node->connstr($database), '-f', "$root/test/definitions.sql" ]);
	die "definitions of $database: $err" if $err ne '';
	append_to_file($file, "$out\n");
	return $file;
}

sub is_fresh
{
	my ($database, $way) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($diff) = run_command([ 'diff', '-U0', $fresh, definitions($database) ]);
	is($diff, '', "$way: the definitions of a fresh install") or diag "- fresh, + $way";
	return;
}

sub restore
{
	my ($from, $to) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$node->safe_psql('postgres', "CREATE DATABASE $to TEMPLATE template0");
	$node->command_ok([ 'pg_dump', '-f', "$dir/$from.sql", $node->connstr($from) ], "pg_dump of $from");
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/$from.sql", $node->connstr($to) ],
		"restored as $to");
	return;
}

sub cycle
{
	my ($database, $at) = @_;
	return $node->safe_psql($database,
		"SELECT cycle_no, outcome FROM powernode.rebalance('s1', '2026-03-02 $at+00')");
}

my $verified = 'SELECT count(DISTINCT (h.site_id, h.cycle_no)), count(v.rule) '
  . 'FROM powernode.cycle_history h LEFT JOIN LATERAL powernode.verify(h.site_id, h.cycle_no) v ON true';

my @history = qw(cycle_history node_history constraint_history);
my @views = (@history, qw(microgrid_status microgrid_hierarchy node_status constraint_status setpoint sources));

# Its columns as they are named, so that a view may gain one at its end.
sub shown
{
	my ($database, @of) = @_;
	return { map { $_ => $node->safe_psql($database, "SELECT row_to_json(x) FROM powernode.$_ x ORDER BY x::text COLLATE \"C\"") } @of };
}

$node->safe_psql('postgres', 'CREATE DATABASE fresh');
$node->safe_psql('fresh', 'CREATE EXTENSION powernode');
$fresh = definitions('fresh');
cmp_ok(-s $fresh, '>', 100_000, 'a fresh install has definitions');
restore('fresh', 'fresh_restored');
is_fresh('fresh_restored', 'restored from a fresh install');

foreach my $version (@released)
{
	my $database = 'from_' . $version =~ tr/./_/r;
	my $fixture = "$root/test/fixture/depot.sql";
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, "CREATE EXTENSION powernode VERSION '$version';\n\\i $fixture");

	# ---- Before the update: the library is new, the SQL is not.
	is(cycle($database, '08:00'), '1|APPLIED', "$version: a cycle");
	$node->safe_psql($database, "UPDATE depot.circuit SET parent_circuit_id = 'b' WHERE circuit_id = 'b'");
	is(cycle($database, '08:05'), '2|REJECTED', "$version: and a rejected one");
	is($node->safe_psql($database, "SELECT reason FROM powernode.validate('s1', '2026-03-02 08:05+00')"), 'CIRCUIT_LOOP',
		"$version: validate");
	$node->safe_psql($database, <<'SQL');
UPDATE depot.circuit SET parent_circuit_id = 'main' WHERE circuit_id = 'b';
UPDATE depot.connector SET demand_w = 22000;
SQL
	is(cycle($database, '08:10'), '3|CURTAILED', "$version: and a curtailed one");
	is($node->safe_psql($database, $verified), '3|0', "$version: verify");
	my $before = shown($database, @views);
	isnt($before->{$_}, '', "$version: $_ shows something") foreach @views;
	my $explained = $node->safe_psql($database, "SELECT powernode.explain('s1', 3)");
	like($explained, qr/BINDING/, "$version: explain");
	is($node->safe_psql($database, "SELECT count(*) FROM powernode.power_nodes('s1', '2026-03-02 08:05+00')"), '11',
		"$version: power_nodes");
	my $previewed = $node->safe_psql($database, "SELECT x::text FROM powernode.preview('s1', '2026-03-02 08:15+00') x");
	isnt($previewed, '', "$version: preview");
	is($node->safe_psql($database, "SELECT allocated_w FROM powernode.allocate(ARRAY(
	     SELECT n FROM powernode.power_nodes('s1', '2026-03-02 08:05+00') n)) LIMIT 1"), '62000', "$version: allocate");
	$node->safe_psql($database, "SELECT powernode.set_source('operating_envelope', 'depot.operating_envelope')");

	restore($database, "${database}_dump");
	is_fresh("${database}_dump", "restored from a dump made at $version");

	# ---- The update, and a session that has been running cycles since before it.
	my $connection = $node->connstr($database);
	is($node->safe_psql($database, <<"SQL"), "4|CURTAILED\n5|CURTAILED\n5", "$version: a session goes on through the update");
SELECT cycle_no, outcome FROM powernode.rebalance('s1', '2026-03-02 08:15+00');
\\! psql -X -q -d "$connection" -c 'ALTER EXTENSION powernode UPDATE'
SELECT cycle_no, outcome FROM powernode.rebalance('s1', '2026-03-02 08:20+00');
SELECT cycle_no FROM powernode.microgrid_status;
SQL
	is($node->safe_psql($database, "SELECT extversion FROM pg_extension WHERE extname = 'powernode'"), $newest,
		"$version: updated to $newest");
	is_fresh($database, "updated from $version");
	restore($database, "${database}_restored");
	is_fresh("${database}_restored", "restored from what was updated from $version");

	# ---- What was recorded before it.
	foreach my $there ($database, "${database}_restored")
	{
		is($node->safe_psql($there, $verified), '5|0', "$there: the history verifies");
		is($node->safe_psql($there, "SELECT powernode.explain('s1', 3)"), $explained, "$there: explain says what it said");
		my $after = shown($there, @history);
		foreach my $view (@history)
		{
			my @later = grep { !/"cycle_no":[45],/ } split /\n/, $after->{$view};
			is(join("\n", @later), $before->{$view}, "$there: $view of the cycles from before");
		}
		is(cycle($there, '08:25'), '6|CURTAILED', "$there: the next cycle has the next number");
	}
}

$node->stop;
done_testing();
