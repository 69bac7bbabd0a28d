# The metrics of example/monitoring: every query runs as the role that it is made
# for, gives what it describes, and every alert is about a metric that there is.
use strict;
use warnings;
use CPAN::Meta::YAML;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $example = "$FindBin::RealBin/../../example/monitoring";
my $node = PostgreSQL::Test::Cluster->new('monitoring');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nautovacuum = off\nfsync = off");
$node->start;
$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION powernode;
\\i $FindBin::RealBin/../fixture/depot.sql
CREATE ROLE exporter LOGIN;
GRANT USAGE ON SCHEMA depot TO exporter;
GRANT SELECT ON depot.site TO exporter;
\\set role exporter
\\i $example/grants.sql
-- s1 curtailed; s2 rejected, with an older cycle in force; s3 without a cycle, off; s4 hidden.
UPDATE depot.connector SET demand_w = 22000;
INSERT INTO depot.site (site_id, enabled) VALUES ('s2', NULL), ('s3', false), ('s4', true);
INSERT INTO depot.circuit (site_id, circuit_id, default_capacity_w) VALUES ('s2', 'top', 10), ('s4', 'top', 10);
DO \$\$ BEGIN PERFORM powernode.rebalance(s) FROM unnest(ARRAY['s1', 's2', 's4']) s; END \$\$;
UPDATE depot.circuit SET default_capacity_w = NULL WHERE site_id = 's2';
DO \$\$ BEGIN PERFORM powernode.rebalance('s2'); END \$\$;
UPDATE powernode.cycle SET completed_at = now() - interval '1 h', expires_at = now() - interval '45 min' WHERE site_id = 's2';
UPDATE powernode.site_state SET last_error = 'lost' WHERE site_id = 's2';
ALTER TABLE depot.site ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON depot.site TO exporter USING (site_id <> 's4');
SQL

sub yaml { return CPAN::Meta::YAML->read("$example/$_[0]")->[0]; }

# name → { labels → value } of what the exporter would show.
my %shown;
my %metrics;
my $queries = yaml('queries.yaml');
foreach my $name (sort keys %$queries)
{
	my @described = map { keys %$_ } @{ $queries->{$name}{metrics} };
	my $out = $node->safe_psql('postgres', "SET ROLE exporter;\n\\pset tuples_only off\n\\pset footer off\n\\pset fieldsep |\n$queries->{$name}{query};\n");
	my ($head, @rows) = split /\n/, $out;
	is_deeply([ split /\|/, $head ], \@described, "$name: gives the columns that it describes");
	cmp_ok(scalar @rows, '>', 0, "$name: and rows");
	foreach my $metric (@{ $queries->{$name}{metrics} })
	{
		my ($column, $what) = %$metric;
		$metrics{"${name}_$column"} = 1 if $what->{usage} eq 'GAUGE';
		like($what->{usage}, qr/^(LABEL|GAUGE)$/, "$name.$column: usage");
	}
	foreach my $row (@rows)
	{
		my ($label, @values) = split /\|/, $row, -1;
		$shown{$name}{$label} = { map { $described[ $_ + 1 ] => $values[$_] } 0 .. $#values };
		unlike(join('|', @values), qr/[^-0-9.|]/, "$name of $label: numbers, or nothing");
	}
}

my $site = $shown{powernode_site};
is(join(' ', sort keys %$site), 's1 s2 s3', 'the sites that the role is shown');
is_deeply([ @{ $site->{s1} }{qw(enabled rejected curtailed failing curtailed_watts)} ], [ 1, 0, 1, 0, 26000 ], 'a curtailed one');
is_deeply([ @{ $site->{s2} }{qw(enabled rejected failing)}, $site->{s2}{setpoint_left_seconds} < -2600 ? 1 : 0, $site->{s2}{cycle_age_seconds} > 3500 ? 1 : 0 ],
	[ 1, 1, 1, 1, 1 ], 'one that is rejected, failing, overdue and past its setpoints');
is_deeply([ @{ $site->{s3} }{qw(enabled rejected cycle_age_seconds setpoint_left_seconds)} ], [ 0, 0, '', '' ], 'one that is off and has no cycle');
is_deeply([ @{ $shown{powernode_history}{s2} }{qw(cycles applied rejected)} ], [ 2, 1, 1 ], 'its history');
is($shown{powernode_source}{circuit}{sound}, 1, 'a sound source');
$node->safe_psql('postgres', 'ALTER TABLE depot.circuit RENAME COLUMN circuit_id TO id');
is($node->safe_psql('postgres', "SET ROLE exporter; SELECT sound FROM ($queries->{powernode_source}{query}) q WHERE name = 'circuit'"), 0,
	'one that is not');

foreach my $rule (map { @{ $_->{rules} } } @{ yaml('alerts.yaml')->{groups} })
{
	my @named = $rule->{expr} =~ /\b(powernode_\w+)/g;
	cmp_ok(scalar @named, '>', 0, "$rule->{alert}: is about something");
	ok($metrics{$_}, "$rule->{alert}: there is $_") foreach @named;

	# What prune never deletes is no reason to call for it.
	is_deeply([ grep { /_cycles$|_rejected$/ } @named ], [ 'powernode_history_cycles', 'powernode_site_rejected' ],
		"$rule->{alert}: not of a site's only cycle, nor of one in force under rejected ones")
	  if "@named" =~ /kept_seconds/;
}

# The question of the README.
my $readme = slurp_file("$example/README.md");
my $asked = 0;
foreach my $question ($readme =~ /```sql\n(.*?)```/gs)
{
	$asked++;
	my $answer = $node->safe_psql('postgres', "SET ROLE exporter;\n$question");
	like($answer, qr/^s2\|/m, "question $asked of the README");
}
is($asked, 1, 'questions asked');

$node->stop;
done_testing();
