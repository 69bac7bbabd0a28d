# A standby shows what the primary recorded, derives and previews by itself, and
# records nothing until it is promoted; then the numbers go on.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "timezone = 'UTC'");
$primary->start;
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

$primary->safe_psql('postgres', "CREATE EXTENSION powernode;\n\\i $FindBin::RealBin/../fixture/depot.sql\n"
	  . "UPDATE depot.connector SET demand_w = 22000; SELECT powernode.rebalance('s1', '2026-03-02 08:00+00')");
$primary->wait_for_catchup($standby);

foreach my $what ('microgrid_status', 'microgrid_hierarchy', 'node_status', 'constraint_status', 'setpoint',
	'cycle_history', 'node_history', 'constraint_history', 'sources', 'site_statistics', "explain('s1')", "verify('s1')",
	"preview('s1', '2026-03-02 08:05+00')", "power_nodes('s1', '2026-03-02 08:05+00')", "validate('s1')")
{
	my $query = "SELECT x::text FROM powernode.$what x";
	isnt($primary->safe_psql('postgres', $query), '', "$what: there is something to see")
	  unless $what =~ /^(?:verify|validate)/;
	is($standby->safe_psql('postgres', $query), $primary->safe_psql('postgres', $query), "$what: the same on the standby");
}

foreach my $statement ("SELECT powernode.rebalance('s1')", "CALL powernode.rebalance_due('1 s')",
	"SELECT powernode.prune('1 day')", "SELECT powernode.set_source('site', NULL)",
	"SELECT powernode.set_source('site', 'depot.site')")
{
	my ($name) = $statement =~ /powernode\.(\w+)/;
	my ($status, undef, $err) = $standby->psql('postgres', "\\set VERBOSITY verbose\n$statement");
	isnt($status, 0, "not on a standby: $statement");
	like($err, qr/ERROR:  25006: cannot execute \Q$name\E\(\) (in a read-only transaction|during recovery)/, "$name: it says so by its name");
}

$primary->stop;
$standby->promote;
is($standby->safe_psql('postgres', "SELECT cycle_no, outcome FROM powernode.rebalance('s1', '2026-03-02 08:10+00')"),
	'2|CURTAILED', 'promoted: the next number');
$standby->stop;
done_testing();
