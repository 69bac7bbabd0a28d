# example/clients: a backend in Node.js, Python and Java, each in a directory of its
# own with nothing of this tree beside it, as roles with no more than the grants of
# example/bigint.  All three must print the same.
#
# A client whose language is not there is skipped; with CLIENTS=required, as
# tools/test has it, that is a failure.
use strict;
use warnings;
use File::Copy qw(copy);
use FindBin;
use IPC::Run;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Session;
use Test::More;

my $tree = "$FindBin::RealBin/../..";
my $jar = '/usr/share/java/postgresql.jar';
my $node_modules = "$tree/console/node_modules";

# How a client is started, given where its copy is; undef: it cannot be.
my %start = (
	node => sub {
		return unless -d "$node_modules/pg" && works('node', '-e', 'fetch');
		symlink(readlink_full($node_modules), "$_[0]/node_modules") or die $!;
		return ('node', "$_[0]/client.js");
	},
	python => sub {
		# Debian's own first: another in the PATH seldom has psycopg.
		my ($python) = grep { works($_, '-c', 'import psycopg; assert psycopg.__version__ > "3"') }
			('/usr/bin/python3', 'python3');
		return $python && ($python, "$_[0]/client.py");
	},
	java => sub {
		return unless -e $jar && works('java', '--describe-module', 'jdk.compiler');
		return ('java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', $jar, "$_[0]/Client.java");
	});

sub works
{
	my @command = @_;
	return eval { IPC::Run::run(\@command, '>&', \my $output, IPC::Run::timeout(60)) };
}

sub readlink_full
{
	require Cwd;
	return Cwd::abs_path($_[0]);
}

my $server = PostgreSQL::Test::Cluster->new('clients');
$server->init;
# JDBC speaks TCP alone.
$server->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'\ntimezone = 'UTC'");
$server->start;
$server->safe_psql('postgres', 'CREATE ROLE depot_binder LOGIN; CREATE ROLE depot_backend LOGIN;');

# The database of one client, with the tables of example/bigint and its grants.
# Of an SQL_ASCII one psycopg gives bytes, not text.
sub database
{
	my ($name) = @_;
	$server->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
	$server->command_ok([ 'psql', '-X', '-q', '-d', $server->connstr($name),
			'-v', 'ON_ERROR_STOP=1', '-v', 'binder=depot_binder', '-v', 'backend=depot_backend',
			'-f', "$tree/example/bigint/depot.sql", '-c', 'CREATE EXTENSION powernode',
			'-f', "$tree/example/bigint/grants.sql" ], "$name: tables and grants");
}

# A client at work; what it prints is read as it comes.
sub start_client
{
	my ($name, $role, $command, @arguments) = @_;
	local $ENV{DATABASE_URL} = "postgres://$role\@127.0.0.1:" . $server->port . "/$name";
	my %client = (out => '', err => '');
	$client{run} = IPC::Run::start([ @$command, @arguments ], '<', \undef, '>', \$client{out},
		'2>', \$client{err}, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	return \%client;
}

sub finish
{
	my ($client) = @_;
	$client->{run}->finish;
	return ($client->{run}->result(0), $client->{out}, $client->{err});
}

sub cycles
{
	my ($name) = @_;
	return $server->safe_psql($name, "SELECT coalesce(max(cycle_no), 0) FROM powernode.cycle WHERE site_id = '1'");
}

my $bound = <<'TEXT';
charge_point: depot.powernode_charge_point will do
circuit: depot.powernode_circuit will do
connector: depot.powernode_connector will do
grid_connection: depot.powernode_grid_connection will do
site: depot.powernode_site will do
TEXT

my $north = <<'TEXT';
  demand 102000 W, allocated 90000 W, curtailed 12000 W
  North depot > Grid > Workshop holds back connector:3, connector:4
TEXT
my $sent = <<'TEXT';
  send connector:2 0 W for 900 s
  send connector:3 20000 W for 900 s
  send connector:4 20000 W for 900 s
  send connector:1 50000 W for 900 s
TEXT
my $nowhere = '7f000000-0000-4000-8000-000000000001';
my $run = <<"TEXT";
site 1: cycle 1 CURTAILED (CIRCUIT_LIMIT) at circuit:2
$north$sent
site 2: cycle 1 CURTAILED (SITE_LIMIT) at microgrid:2
  demand 55000 W, allocated 50000 W, curtailed 5000 W
  South yard holds back connector:5
  send connector:6 15000 W for 900 s
  send connector:5 35000 W for 900 s
site nowhere: there is none
site 3: there is none
site $nowhere: there is none
TEXT
$run =~ s/\n\n/\n/g;

my $rejected = <<'TEXT';
site 1: cycle 2 REJECTED (CIRCUIT_LOOP) at circuit:2
  fault CIRCUIT_LOOP of circuit:2: Circuit Workshop is on a loop: following its parents from circuit 2 leads back to it.
  in force: cycle 1
TEXT

# Van 1 leaves and the workshop gets a lower limit: who gives up goes first.
my $changed = <<'TEXT';
site 1: cycle 3 CURTAILED (CIRCUIT_LIMIT) at circuit:2
  demand 82000 W, allocated 61000 W, curtailed 21000 W
  North depot > Grid > Workshop holds back connector:3, connector:4
  send connector:1 0 W for 900 s
  send connector:3 15500 W for 900 s
  send connector:4 15500 W for 900 s
  send connector:2 30000 W for 900 s
TEXT

sub test_client
{
	my ($name, @command) = @_;
	database($name);

	is_deeply([ finish(start_client($name, 'depot_backend', \@command, 'bind')) ],
		[ 1, '', "42501: permission denied for function set_source\n" ], "$name: a backend may not bind");
	is_deeply([ finish(start_client($name, 'depot_binder', \@command, 'bind')) ], [ 0, $bound, '' ],
		"$name: binds the sources");

	my ($status, $out, $err) = finish(start_client($name, 'depot_backend', \@command,
		'run', 1, 2, 'nowhere', 3, $nowhere));
	is($out, $run, "$name: cycles, and sites that there are not, by bigint, text and uuid");
	like($err, qr/\Acycle 1 took [\d.]+ ms\ncycle 1 took [\d.]+ ms\n\z/, "$name: intervals");
	is($status, 0, "$name: all of it went well");
	is(cycles($name), 1, "$name: a call is one cycle");

	$server->safe_psql($name, 'UPDATE depot.circuit SET parent_id = 2 WHERE id = 2');
	(undef, $out) = finish(start_client($name, 'depot_backend', \@command, 'run', 1));
	is($out, $rejected, "$name: a rejected cycle, and why");

	$server->safe_psql($name, <<'SQL');
UPDATE depot.circuit SET parent_id = 1, capacity_w = 31000 WHERE id = 2;
UPDATE depot.connector SET requested_w = 30000 * (id - 1)::int WHERE id IN (1, 2);
SQL
	(undef, $out) = finish(start_client($name, 'depot_backend', \@command, 'run', 1));
	is($out, $changed, "$name: decreases before increases");

	# More often than any driver needs to turn to a prepared statement of the
	# server's and to binary results.
	(undef, $out) = finish(start_client($name, 'depot_backend', \@command, 'run', (1) x 12));
	my @reports = split /(?=^site )/m, $out;
	is(scalar @reports, 12, "$name: twelve cycles over one connection");
	s/cycle \d+ // foreach @reports;
	is(scalar(grep { $_ eq $reports[0] } @reports), 12, "$name: all alike");
	is(cycles($name), 15, "$name: and no more than that");

	test_retry($name, @command);
	test_listen($name, @command);
}

# A cycle that waited for another of its site, in a transaction that may not see
# what that one did: 40001, and right when it is tried again.
sub test_retry
{
	my ($name, @command) = @_;
	$server->safe_psql($name, "ALTER ROLE depot_backend IN DATABASE $name SET default_transaction_isolation = 'repeatable read'");
	my $holder = Session->new($server, $name);
	is($holder->must('BEGIN; SELECT cycle_no FROM powernode.rebalance(1);'), 16, "$name: another session's cycle");
	my $client = start_client($name, 'depot_backend', \@command, 'run', 1);
	ok($server->poll_query_until($name, "SELECT count(*) = 1 FROM pg_stat_activity WHERE usename = 'depot_backend' AND wait_event_type = 'Lock'"),
		"$name: waits for another session's cycle");
	$holder->must('COMMIT;');
	$holder->quit;
	my ($status, $printed, $err) = finish($client);
	like($err, qr/^40001: trying again$/m, "$name: is told to try again");
	like($printed, qr/\Asite 1: cycle 17 CURTAILED .*connector:2 30000 W/s, "$name: and does");
	is($status, 0, "$name: successfully");
	$server->safe_psql($name, "ALTER ROLE depot_backend IN DATABASE $name RESET default_transaction_isolation");
}

# A change is told to who listens; a cycle that changes nothing is not.
sub test_listen
{
	my ($name, @command) = @_;
	my $client = start_client($name, 'depot_backend', \@command, 'listen', 2);
	$client->{run}->pump until $client->{out} =~ /^listening$/m;
	$server->safe_psql($name, <<'SQL');
SET powernode.notify = on_change;
UPDATE depot.connector SET requested_w = 0;
SELECT powernode.rebalance(1);
SELECT powernode.rebalance(1);
UPDATE depot.circuit SET parent_id = 2 WHERE id = 2;
SELECT powernode.rebalance(1);
SQL
	my ($status, $out, $err) = finish($client);
	# The second change may have happened before the first is looked up.
	like($out, qr/\Alistening
site 1: cycle 18 changed it, now (?:APPLIED \(DEMAND_MET\)|REJECTED \(CIRCUIT_LOOP\))
site 1: cycle 20 changed it, now REJECTED \(CIRCUIT_LOOP\)\n\z/, "$name: hears of what changed");
	is($status, 0, "$name: and ends");
}

# Debian installs them all, and tools/test asks for all of them.
foreach my $language (qw(node python java))
{
	my $home = PostgreSQL::Test::Utils::tempdir();
	foreach my $file (glob "$tree/example/clients/$language/*")
	{
		next if -d $file;
		copy($file, $home) or die "$file: $!";
	}
	my @command = $start{$language}->($home);
	if (@command && $command[0])
	{
		test_client($language, @command);
	}
	elsif (($ENV{CLIENTS} // '') eq 'required')
	{
		fail("$language: what it needs is installed");
	}
	else
	{
		SKIP: { skip("$language, or its driver, is not installed", 1); }
	}
}

# What the examples avoid, and why.
database('expanded');
is($server->safe_psql('expanded', <<'SQL'), 'f|10', '(rebalance(x)).* runs it once per column');
SELECT count(*) FROM (SELECT powernode.set_source(s, 'depot.powernode_' || s)
  FROM unnest(ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'connector']) s) x \g /dev/null
SELECT (powernode.rebalance(1)).* \g /dev/null
SELECT max(cycle_no) = 1, max(cycle_no) FROM powernode.cycle;
SQL

$server->stop;
done_testing();
