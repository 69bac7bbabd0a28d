# The recorded cycles, replicated by publication and subscription to a database whose
# product is another: its views show the cycles of the sites that its own site source has.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @nodes = map { PostgreSQL::Test::Cluster->new($_) } qw(publisher subscriber);
foreach my $node (@nodes)
{
	$node->init(allows_streaming => 'logical');
	$node->append_conf('postgresql.conf', "timezone = 'UTC'\nclient_min_messages = warning");
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION powernode');
}
my ($publisher, $subscriber) = @nodes;

$publisher->safe_psql('postgres', "\\i $FindBin::RealBin/../fixture/depot.sql\n" . <<'SQL');
UPDATE depot.connector SET demand_w = 22000;
INSERT INTO depot.site (site_id, name) VALUES ('elsewhere', 'Not shown there');
SELECT powernode.rebalance('s1', '2026-03-02 08:00+00');
SELECT powernode.rebalance('elsewhere', '2026-03-02 08:00+00');
CREATE PUBLICATION powernode FOR TABLE
  powernode.site_state, powernode.topology, powernode.cycle, powernode.cycle_fault;
SQL

# All that the subscriber has of the product is a list of sites.
$subscriber->safe_psql('postgres', <<'SQL');
CREATE TABLE public.shown_site (site_id text PRIMARY KEY, microgrid_id text, name text);
INSERT INTO public.shown_site VALUES ('s1', 'm1', 'Depot, as seen from here');
SELECT powernode.set_source('site', 'public.shown_site');
SQL
my $connection = $publisher->connstr('postgres') =~ s/'/''/gr;
$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION powernode CONNECTION '$connection' PUBLICATION powernode");
$subscriber->wait_for_subscription_sync($publisher, 'powernode');

sub caught_up { $publisher->wait_for_catchup('powernode') }

my @views = qw(node_status constraint_status setpoint node_history constraint_history);
my $one = "SELECT x::text FROM powernode.%s x WHERE site_id = 's1' ORDER BY 1";

sub same
{
	my ($when) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	foreach my $view (@views)
	{
		my $query = sprintf $one, $view;
		my $there = $publisher->safe_psql('postgres', $query);
		is($subscriber->safe_psql('postgres', $query), $there, "$when: $view is the same");
	}
	return;
}

isnt($publisher->safe_psql('postgres', sprintf $one, $_), '', "$_ has rows") foreach @views;
same('the first copy');

$publisher->safe_psql('postgres', <<'SQL');
UPDATE depot.circuit SET default_capacity_w = 30000 WHERE circuit_id = 'a';
SELECT powernode.rebalance('s1', '2026-03-02 08:05+00');
UPDATE depot.circuit SET parent_circuit_id = 'b' WHERE circuit_id = 'b';
SELECT powernode.rebalance('s1', '2026-03-02 08:10+00');
SQL
caught_up();
same('changes');
is($subscriber->safe_psql('postgres', 'SELECT site_id, site_name, cycle_no, state FROM powernode.microgrid_status'),
	's1|Depot, as seen from here|3|REJECTED', 'the sites are those of its own source');
is($subscriber->safe_psql('postgres', "SELECT count(*) FROM powernode.cycle_history h, powernode.verify(h.site_id, h.cycle_no)"),
	'0', 'what was replicated verifies');

# Its first line has the site's name, which is the subscriber's own.
my ($here, $there) = map { $_->safe_psql('postgres', "SELECT powernode.explain('s1', 2)") =~ s/^.*\n//r } $subscriber, $publisher;
is($here, $there, 'explain says the same');

# A site comes into view when its own source has it.
$subscriber->safe_psql('postgres', "INSERT INTO public.shown_site VALUES ('elsewhere', NULL, 'Now it is')");
is($subscriber->safe_psql('postgres', "SELECT count(*) FROM powernode.cycle_history WHERE site_id = 'elsewhere'"), '1',
	'and what was replicated of a site is there when the source shows it');

# What is deleted is found by the primary key.
is($publisher->safe_psql('postgres', "SELECT powernode.prune('0 s')"), '1', 'one cycle is neither the latest nor in force');
caught_up();
same('deletes');
is($subscriber->safe_psql('postgres', "SELECT string_agg(cycle_no::text, ' ' ORDER BY cycle_no) FROM powernode.cycle_history WHERE site_id = 's1'"),
	'2 3', 'what was pruned is gone there too');
is($subscriber->safe_psql('postgres', 'SELECT count(*) FROM powernode.source_binding'), '1', 'bindings are not replicated');

$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION powernode');
$subscriber->stop;
$publisher->stop;
done_testing();
