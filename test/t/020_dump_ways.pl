# The ways that people dump and restore, other than the plain ones of 001: in parts,
# in sections, as rows to insert, over what is there, as another owner, a whole cluster,
# and without what a copy of production should not have.  However it came back, what
# was recorded verifies and the next cycle has the next number.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $fixture = "$FindBin::RealBin/../fixture/depot.sql";
my $node = PostgreSQL::Test::Cluster->new('ways');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nclient_min_messages = warning");
$node->start;

my @tables = qw(source_binding site_state topology cycle cycle_fault);
my $dir = PostgreSQL::Test::Utils::tempdir();

sub cycle
{
	my ($server, $database, $at) = @_;
	return $server->safe_psql($database,
		"SELECT cycle_no, outcome FROM powernode.rebalance('s1', '2026-03-02 $at+00')");
}

sub rows
{
	my ($server, $database, @of) = @_;
	return join "\n", map { $server->safe_psql($database, "SELECT '$_', x::text FROM powernode.$_ x ORDER BY 2") } @of;
}

sub run_quietly
{
	my ($what, @command) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return $node->command_ok(\@command, $what);
}

sub create { $node->safe_psql('postgres', "CREATE DATABASE $_[0] TEMPLATE template0"); return $node->connstr($_[0]) }

# What verify() has to say of every cycle that is kept.
my $verified = 'SELECT count(DISTINCT (h.site_id, h.cycle_no)), count(v.rule) '
  . 'FROM powernode.cycle_history h LEFT JOIN LATERAL powernode.verify(h.site_id, h.cycle_no) v ON true';

sub is_restored
{
	my ($server, $database, $before, $way) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is(rows($server, $database, @tables), $before, "$way: every row is back");
	is($server->safe_psql($database, $verified), '3|0', "$way: every cycle verifies");
	return is(cycle($server, $database, '08:20'), '4|CURTAILED', "$way: the next cycle has the next number");
}

# An applied, a curtailed and a rejected cycle.
sub make_history
{
	my ($database, $version) = @_;
	$node->safe_psql($database, "CREATE EXTENSION powernode$version;\n\\i $fixture");
	cycle($node, $database, '08:00');
	$node->safe_psql($database, "UPDATE depot.connector SET demand_w = 22000");
	cycle($node, $database, '08:05');
	$node->safe_psql($database, "UPDATE depot.circuit SET parent_circuit_id = 'b' WHERE circuit_id = 'b'");
	is(cycle($node, $database, '08:10'), '3|REJECTED', "$database: three cycles to dump");
	$node->safe_psql($database, "UPDATE depot.circuit SET parent_circuit_id = 'main' WHERE circuit_id = 'b'");
	return rows($node, $database, @tables);
}

$node->safe_psql('postgres', 'CREATE DATABASE product; CREATE DATABASE older; CREATE ROLE backend LOGIN; CREATE ROLE keeper SUPERUSER LOGIN');
my $before = make_history('product', '');
$node->safe_psql('product', <<'SQL');
GRANT USAGE ON SCHEMA powernode, depot TO backend;
GRANT SELECT ON ALL TABLES IN SCHEMA depot TO backend;
GRANT SELECT ON powernode.microgrid_status, powernode.cycle_history TO backend;
GRANT EXECUTE ON FUNCTION powernode.rebalance(text, timestamptz, text, text) TO backend;
SQL
my $from = $node->connstr('product');
my @psql = ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1');

# ---- The schema first, the rows later.
my $to = create('parts');
run_quietly('pg_dump --schema-only', 'pg_dump', '--schema-only', '-f', "$dir/schema.sql", $from);
run_quietly('pg_dump --data-only', 'pg_dump', '--data-only', '-f', "$dir/data.sql", $from);
run_quietly('the schema is restored', @psql, '-f', "$dir/schema.sql", $to);
is(rows($node, 'parts', @tables), "\n" x $#tables, 'a schema alone brings neither bindings nor history');
run_quietly('the rows are restored', @psql, '-f', "$dir/data.sql", $to);
is_restored($node, 'parts', $before, 'in parts');

# ---- Sections of one archive, and rows as INSERTs.
$to = create('sections');
run_quietly('pg_dump -Fc', 'pg_dump', '-Fc', '-f', "$dir/archive", $from);
run_quietly("pg_restore --section=$_", 'pg_restore', '--exit-on-error', "--section=$_", '-d', $to, "$dir/archive")
  foreach qw(pre-data data post-data);
is_restored($node, 'sections', $before, 'in sections');

$to = create('inserts');
run_quietly('pg_dump --column-inserts', 'pg_dump', '--column-inserts', '-f', "$dir/inserts.sql", $from);
run_quietly('INSERTs are restored', @psql, '-f', "$dir/inserts.sql", $to);
is_restored($node, 'inserts', $before, 'as INSERTs');

# ---- Over a database that has the extension and a history of its own.
run_quietly('pg_restore --clean over what is there',
	'pg_restore', '--exit-on-error', '--clean', '--if-exists', '-d', $to, "$dir/archive");
is_restored($node, 'inserts', $before, 'over what was there');

# ---- As somebody else: the extension, its tables and what writes them are his.
$to = create('other');
run_quietly('pg_restore --no-owner as another superuser',
	'pg_restore', '--exit-on-error', '--no-owner', '-U', 'keeper', '-d', $to, "$dir/archive");
is($node->safe_psql('other', <<'SQL'), "keeper\nkeeper", 'the extension and all its tables are his');
SELECT extowner::regrole FROM pg_extension WHERE extname = 'powernode'
UNION ALL SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'powernode'::regnamespace AND relkind = 'r';
SQL
is($node->safe_psql('other', "SELECT cycle_no, outcome FROM powernode.rebalance('s1', '2026-03-02 08:15+00');
  SELECT recorded_by FROM powernode.cycle_history WHERE cycle_no = 4", extra_params => [ '-U', 'backend' ]),
	"4|CURTAILED\nbackend", 'the backend that was granted rebalance runs cycles there');
isnt($node->psql('other', "INSERT INTO powernode.site_state VALUES ('x')", extra_params => [ '-U', 'backend' ]), 0,
	'and still may not write the tables');

# ---- Without what a copy should not have.
$to = create('unbound');
run_quietly('pg_dump without the bindings', 'pg_dump', '--exclude-table-data=powernode.source_binding',
	'-f', "$dir/unbound.sql", $from);
run_quietly('it is restored', @psql, '-f', "$dir/unbound.sql", $to);
is($node->safe_psql('unbound', 'SELECT count(*) FROM powernode.source_binding'), '0', 'no binding came along');
my ($status, undef, $err) = $node->psql('unbound', "SELECT powernode.rebalance('s1')");
like($err, qr/source "site" is not bound/, 'so that nothing can be balanced there');
is(rows($node, 'unbound', grep { $_ ne 'source_binding' } @tables),
	rows($node, 'product', grep { $_ ne 'source_binding' } @tables), 'but the history did');

$to = create('empty');
run_quietly('pg_dump without history', 'pg_dump',
	(map { "--exclude-table-data=powernode.$_" } qw(site_state topology cycle cycle_fault)),
	'-f', "$dir/empty.sql", $from);
run_quietly('it is restored', @psql, '-f', "$dir/empty.sql", $to);
is(cycle($node, 'empty', '08:20'), '1|CURTAILED', 'without history the bindings are back and cycles begin at 1');

# ---- A dump made at an older release, where a newer one is what CREATE EXTENSION makes.
my $old = make_history('older', " VERSION '0.1.0'");
run_quietly('pg_dump of a database at 0.1.0', 'pg_dump', '-Fc', '-f', "$dir/older", $node->connstr('older'));
$to = create('newer');
run_quietly('it is restored', 'pg_restore', '--exit-on-error', '-j2', '-d', $to, "$dir/older");
# What CREATE EXTENSION made of the first database.  Debian's 17 lists in
# pg_available_extensions nothing of what extension_destdir alone leads to.
my ($restored, $newest, $written) =
  map { $node->safe_psql($_, "SELECT extversion FROM pg_extension WHERE extname = 'powernode'") } qw(newer product older);
is("$restored, not $written", "$newest, not 0.1.0", 'what is restored is the newest release');
is_restored($node, 'newer', $old, 'from 0.1.0');

# ---- A whole cluster.
my $cluster = PostgreSQL::Test::Cluster->new('cluster');
$cluster->init;
$cluster->append_conf('postgresql.conf', "timezone = 'UTC'");
$cluster->start;
run_quietly('pg_dumpall', 'pg_dumpall', '-f', "$dir/all.sql", '-d', $node->connstr('postgres'));
# It creates the role that it runs as, which is there: the one error.
my ($out, $errors) = run_command([ 'psql', '-X', '-q', '-f', "$dir/all.sql", $cluster->connstr('postgres') ]);
is(join("\n", grep { /ERROR/ && !/role "\w+" already exists$/ } split /\n/, $errors), '', 'psql restores the cluster');
is_restored($cluster, 'product', $before, 'pg_dumpall');
is($cluster->safe_psql('product', 'SELECT count(*) FROM powernode.microgrid_status', extra_params => [ '-U', 'backend' ]),
	'1', 'pg_dumpall: with its roles and what they were granted');

$cluster->stop;
$node->stop;
done_testing();
