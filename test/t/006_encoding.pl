# Databases whose encoding is not UTF-8: names keep their letters, explain()
# draws with what the database and the client can hold, ids are ordered by bytes.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('encoding');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nclient_min_messages = warning");
$node->start;

my @databases = (
	{ name => 'latin', encoding => 'LATIN1', client => 'UTF8', drawing => 0 },
	{ name => 'latin', encoding => 'LATIN1', client => 'LATIN1', drawing => 0 },
	{ name => 'ascii', encoding => 'SQL_ASCII', client => 'SQL_ASCII', drawing => 0 },
	{ name => 'utf', encoding => 'UTF8', client => 'UTF8', drawing => 1 },
	{ name => 'utf', encoding => 'UTF8', client => 'LATIN1', drawing => 0 },
	{ name => 'utf', encoding => 'UTF8', client => 'SQL_ASCII', drawing => 0 },
	{ name => 'utf', encoding => 'UTF8', client => 'EUC_JP', drawing => 0, plain => 1 });
my %made;

foreach my $case (@databases)
{
	my ($name, $encoding, $client) = @{$case}{qw(name encoding client)};
	my $what = "database $encoding, client $client";
	if (!$made{$name}++)
	{
		$node->safe_psql('postgres', "CREATE DATABASE $name ENCODING '$encoding' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
		$node->safe_psql($name, "CREATE EXTENSION powernode;\n\\i $FindBin::RealBin/../fixture/depot.sql\n" . <<'SQL');
SET client_encoding = 'UTF8';
UPDATE depot.connector SET demand_w = 22000;
UPDATE depot.circuit SET name = 'Südhöfe' WHERE circuit_id = 'a';
INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w, name)
VALUES ('s1', 'Ä', 'main', 5, 'Ärmel'), ('s1', 'Z', 'main', 5, 'Z'), ('s1', 'z', 'main', 5, 'z');
SQL
		is($node->safe_psql($name, "SELECT outcome FROM powernode.rebalance('s1', '2026-03-02 08:00+00')"),
			'CURTAILED', "$what: a cycle");
		is($node->safe_psql($name, "SET client_encoding = 'UTF8'; SELECT string_agg(source_id, ' ' ORDER BY ordinal) FROM powernode.node_status WHERE kind = 'CIRCUIT'"),
			'Z a b z Ä', "$what: ids in the order of their bytes");
		is($node->safe_psql($name, "SET client_encoding = 'UTF8'; SELECT path::text FROM powernode.microgrid_hierarchy WHERE node_id = 'circuit:a'"),
			'{Depot,Intake,Südhöfe}', "$what: names in their letters");
		is($node->safe_psql($name, "SET client_encoding = 'UTF8'; SELECT node_id, state FROM powernode.node_status JOIN powernode.microgrid_status USING (site_id) WHERE node_id = 'circuit:Ä'"),
			'circuit:Ä|CURTAILED', "$what: an id in its letters");
	}
	# What no client of that encoding could be shown.
	$node->safe_psql($name, "UPDATE depot.circuit SET name = 'Plain'; SELECT powernode.rebalance('s1', '2026-03-02 08:05+00')")
	  if $case->{plain};
	my ($status, $out, $err) = $node->psql($name, "SET client_encoding = '$client'; SELECT powernode.explain('s1')");
	is($status, 0, "$what: explain() works") or diag $err;
	my @drawn = grep { /Grid connection Intake/ } split /\n/, $out;
	is(scalar(@drawn), 1, "$what: it shows the tree");
	is(($drawn[0] // '') =~ /[^\x01-\x7f]/ ? 1 : 0, $case->{drawing}, "$what: drawn in " . ($case->{drawing} ? 'UTF-8' : 'ASCII'));
}

$node->stop;
done_testing();
