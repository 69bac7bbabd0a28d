# Sources are dropped, created, altered, renamed and bound while other sessions run
# cycles and read the views.  A call works with what is there or says what is not:
# never an internal error (XX000), such as "could not open relation with OID".
#
# About 5 s; 30 s with POWERNODE_SOAK=1.
use strict;
use warnings;
use FindBin;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $statements = $ENV{POWERNODE_SOAK} ? 5000 : 700;
srand(20260302);

my $node = PostgreSQL::Test::Cluster->new('race');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'");
$node->start;
my $restore = <<'SQL';
DROP VIEW IF EXISTS depot.plug;
DROP TABLE IF EXISTS depot.feeder;
CREATE VIEW depot.plug WITH (security_invoker) AS SELECT * FROM depot.connector;
CREATE TABLE depot.feeder AS SELECT * FROM depot.circuit;
SELECT powernode.set_source('connector', 'depot.plug');
SELECT powernode.set_source('circuit', 'depot.feeder');
SQL
$node->safe_psql('postgres', "CREATE EXTENSION powernode;\n\\i $FindBin::RealBin/../fixture/depot.sql\n"
	  . "UPDATE depot.connector SET demand_w = 10000;\n$restore");

my $plug = 'SELECT site_id, connector_id, charge_point_id, max_power_w, demand_w FROM depot.connector';
my @ddl = (
	'DROP VIEW depot.plug;',
	'CREATE VIEW depot.plug WITH (security_invoker) AS SELECT * FROM depot.connector;',
	"BEGIN; DROP VIEW IF EXISTS depot.plug; CREATE VIEW depot.plug AS $plug; COMMIT;",
	"CREATE OR REPLACE VIEW depot.plug WITH (security_invoker) AS $plug;",
	'BEGIN; ALTER VIEW depot.plug RENAME TO away; ALTER VIEW depot.away RENAME TO plug; COMMIT;',
	'DROP TABLE depot.feeder;',
	'CREATE TABLE depot.feeder AS SELECT * FROM depot.circuit;',
	'BEGIN; DROP TABLE IF EXISTS depot.feeder; CREATE TABLE depot.feeder AS SELECT * FROM depot.circuit; COMMIT;',
	'ALTER TABLE depot.feeder ALTER default_capacity_w TYPE numeric;',
	'ALTER TABLE depot.feeder ALTER default_capacity_w TYPE bigint;',
	'ALTER TABLE depot.feeder DROP COLUMN background_w;',
	'DROP SCHEMA IF EXISTS other CASCADE;',
	"CREATE SCHEMA other; CREATE VIEW other.plug AS $plug;",
	'ALTER SCHEMA depot RENAME TO away; ALTER SCHEMA away RENAME TO depot;');
my @binding = (
	("SELECT powernode.set_source('connector', 'depot.plug');") x 3,
	("SELECT powernode.set_source('circuit', 'depot.feeder');") x 2,
	"SELECT powernode.set_source('connector', 'other.plug');");
my @cycles = (("SELECT outcome FROM powernode.rebalance('s1');") x 3, "SELECT powernode.prune('0');");
my @reading = (
	(map { "SELECT count(*) FROM powernode.$_;" } 'sources', 'microgrid_status', 'microgrid_hierarchy', 'setpoint'),
	(map { "SELECT count(*) FROM powernode.$_('s1');" } 'preview', 'validate', 'power_nodes'));

# Four sessions at once, each with so many statements of its list; what errors it got.
my @sessions = ([ \@ddl, 1 ], [ \@binding, 2 ], [ [ @cycles, @reading ], 1.5 ], [ [ @cycles, @reading ], 1.5 ]);
my $dir = PostgreSQL::Test::Utils::tempdir();
my @running;
foreach my $number (0 .. $#sessions)
{
	my ($list, $share) = @{ $sessions[$number] };
	append_to_file("$dir/$number.sql", join("\n", '\set VERBOSITY verbose', map { $list->[ rand @$list ] } 1 .. $statements * $share) . "\n");
	push @running, IPC::Run::start([ 'psql', '-X', '-A', '-t', '-q', '-d', $node->connstr('postgres'), '-f', "$dir/$number.sql" ],
		'<', \undef, '>', "$dir/$number.out", '2>', "$dir/$number.err");
}
$_->finish foreach @running;

# What may be: no such table, schema or column; there is one already, or one with more columns;
# the rest of a transaction that failed; a deadlock with DDL that locks in an order of its own.
my %allowed = map { $_ => 1 } qw(42P01 3F000 42703 42P07 42P06 42P16 25P02 40P01);
foreach my $number (0 .. $#sessions)
{
	my $errors = slurp_file("$dir/$number.err");
	my %count;
	my @others;
	while ($errors =~ /ERROR:  (\w{5}): (.*\n.*)/g)
	{
		$count{$1}++;
		push @others, "$1: $2" unless $allowed{$1};
	}
	is("@others[0 .. ($#others < 4 ? $#others : 4)]", '', "session $number: no error but of what is not there");
	like(slurp_file("$dir/$number.out"), qr/\S/, "session $number: it did get answers") if $number > 1;
	note join(', ', map { "$_: $count{$_}" } sort keys %count);
}

$node->safe_psql('postgres', $restore);
is($node->safe_psql('postgres', "SELECT outcome, allocated_w FROM powernode.rebalance('s1')"), 'APPLIED|40000', 'all is well again');
is($node->safe_psql('postgres', "SELECT c.cycle_no, v.* FROM powernode.cycle c, powernode.verify('s1', c.cycle_no) v"), '',
	'the cycles that are kept are sound');
$node->stop;
done_testing();
