# example/schedule as it stands: pg_cron's jobs, run by pg_cron as a role with few
# rights, in both ways in which it runs them; the loop, which outlives errors and ends
# when it is told to; what the systemd units start.  Passes that overlap do no harm.
use strict;
use warnings;
use File::Basename qw(basename);
use FindBin;
use IPC::Run;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Session;
use Test::More;
use Text::ParseWords qw(shellwords);

my $example = "$FindBin::RealBin/../../example";
my $schedule = "$example/schedule";
my $sites = 12;
my $limit = $PostgreSQL::Test::Utils::timeout_default;

# ---- The servers: one whose pg_cron uses background workers, one where it connects.

sub make_node
{
	my ($name, $conf) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	$node->append_conf('postgresql.conf', "timezone = 'UTC'\nlc_messages = 'C'\n$conf");
	$node->start;
	return $node;
}

# A database with the product of example/bigint, some sites and an operator who may
# make passes and prune.
sub make_depot
{
	my ($node, $database, $count) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, <<"SQL");
SET client_min_messages = warning;
CREATE EXTENSION powernode;
\\i $example/bigint/depot.sql
\\i $example/bigint/bind.sql
\\i $FindBin::RealBin/../fixture/fleet.sql
TRUNCATE depot.site CASCADE;
SELECT depot.add_site(n) FROM generate_series(1, $count) n;
GRANT USAGE ON SCHEMA powernode, depot TO operator;
GRANT SELECT ON ALL TABLES IN SCHEMA depot TO operator;
GRANT SELECT ON powernode.microgrid_status TO operator;
GRANT EXECUTE ON PROCEDURE powernode.rebalance_due(interval, integer) TO operator;
GRANT EXECUTE ON FUNCTION powernode.prune(interval) TO operator;
SQL
	return;
}

my $plain = make_node('plain', '');
$plain->safe_psql('postgres', 'CREATE ROLE operator LOGIN');
my $cron_here = $plain->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_cron'");
my @cron;
my $scheduled_at = time;
if ($cron_here)
{
	foreach my $workers ('on', 'off')
	{
		my $node = make_node("workers_$workers", '');
		my $socket = $node->host;
		$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'pg_cron'
cron.database_name = 'depot'
cron.use_background_workers = $workers
cron.host = '$socket'
CONF
		$node->safe_psql('postgres', 'CREATE ROLE operator LOGIN');
		make_depot($node, 'depot', $sites);
		$node->restart;
		$node->safe_psql('depot', 'CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO operator');
		foreach my $time ('once', 'again')
		{
			$node->command_ok([ 'psql', '-X', '-q', '-d', $node->connstr('depot'), '-U', 'operator',
					'-v', 'every=1 s', '-v', 'keep=90 days', '-f', "$schedule/pg_cron.sql" ], "background workers $workers: scheduled $time");
		}
		push @cron, $node;
		$scheduled_at = time;
	}
}
make_depot($plain, 'depot', $sites);
$plain->safe_psql('postgres', 'CREATE DATABASE later');

# Numbers of the latest cycles, over all sites.
sub cycles
{
	my ($node, $database) = @_;
	return $node->safe_psql($database // 'depot', 'SELECT min(coalesce(cycle_no, 0)), max(coalesce(cycle_no, 0)) FROM powernode.microgrid_status');
}

# ---- Passes that overlap, while pg_cron waits for its minute.

# The site that is held has had a cycle before: its row is there to be skipped.
$plain->safe_psql('depot', "SELECT powernode.rebalance('3')");
my $holder = Session->new($plain, 'depot');
is($holder->run("BEGIN; SELECT cycle_no FROM powernode.rebalance('3');"), 2, 'a session that holds a site');
my @passes = map {
	my $said = '';
	[ IPC::Run::start([ 'psql', '-X', '-q', '-U', 'operator', '-d', $plain->connstr('depot'), '-c', "CALL powernode.rebalance_due('0 s', 2)" ],
			'<', \undef, '>&', \$said, IPC::Run::timeout($limit)), \$said ]
} 1 .. 3;
foreach (@passes)
{
	ok($_->[0]->finish, 'one of three passes at once, beside a site that is held');
	is(${ $_->[1] }, '', 'has nothing to say');
}
is($plain->safe_psql('depot', 'SELECT count(*) FILTER (WHERE cycle_no > 0), max(cycle_no) FILTER (WHERE site_id = \'3\') FROM powernode.microgrid_status'),
	"$sites|1", 'every other site has had a cycle, and that one none');
is($plain->safe_psql('depot', "SELECT v FROM powernode.cycle c, powernode.verify(c.site_id, c.cycle_no) v"), '', 'all of them sound');
$holder->must('COMMIT;');
$holder->quit;

# ---- The loop.

# What an operator's shell has, and not what this framework adds.
sub as_operator
{
	my ($database) = @_;
	my %env = (%ENV, PGHOST => $plain->host, PGPORT => $plain->port, PGDATABASE => $database, PGUSER => 'operator');
	delete $env{PGAPPNAME};
	return %env;
}

# In a database that is not ready: it says so and goes on trying.
my $said = '';
my $loop = do {
	local %ENV = as_operator('later');
	IPC::Run::start([ "$schedule/loop", '1 hour', '1' ], '<', \undef, '>&', \$said, IPC::Run::timeout($limit));
};
$loop->pump until $said =~ /the next is in \d+ s/;
like($said, qr/ERROR:.*\nloop: the pass failed; the next is in 2 s\n/s, 'the loop reports an error');
$plain->safe_psql('postgres', 'DROP DATABASE later');
make_depot($plain, 'later', $sites);
ok($plain->poll_query_until('later', "SELECT min(cycle_no) = 1 FROM powernode.microgrid_status"), 'and goes on until passes succeed');
$plain->safe_psql('later', 'SELECT depot.add_site(100)');
ok($plain->poll_query_until('later', "SELECT cycle_no = 1 FROM powernode.microgrid_status WHERE site_id = '100'"), 'a new site is balanced by a later pass');
is($plain->safe_psql('later', 'SELECT max(cycle_no) FROM powernode.microgrid_status'), '1', 'the others are not due again');

# Told to end in the middle of a pass, held up at a gate: it waits for it.
my $gate = Session->new($plain, 'later');
$gate->must('SELECT pg_advisory_lock(1);');
$plain->safe_psql('later', 'SELECT depot.add_site(101)');
$plain->safe_psql('later', <<'SQL');
CREATE VIEW depot.gated WITH (security_invoker) AS
  SELECT c.* FROM depot.powernode_connector c
    LEFT JOIN LATERAL (SELECT pg_advisory_xact_lock_shared(1) WHERE c.site_id = 102 OFFSET 0) g ON true;
GRANT SELECT ON depot.gated TO operator;
SELECT powernode.set_source('connector', 'depot.gated');
SELECT depot.add_site(102);
SQL
ok($plain->poll_query_until('later', "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'powernode loop' AND wait_event = 'advisory'"),
	'a pass is under way');
$loop->signal('TERM');
$gate->quit;
ok($loop->finish, 'told to end, the loop leaves with status 0');
is($plain->safe_psql('later', "SELECT cycle_no FROM powernode.microgrid_status WHERE site_id = '102'"), '1', 'after the pass that was under way');
is($plain->safe_psql('later', "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'powernode loop'"), '0', 'and leaves no session');

# And while it waits, once its first pass is over, for ten minutes.
$plain->safe_psql('later', 'SELECT depot.add_site(103)');
my $ended = '';
my $idle = do {
	local %ENV = as_operator('later');
	IPC::Run::start([ "$schedule/loop", '1 hour', '600' ], '<', \undef, '>&', \$ended, IPC::Run::timeout($limit));
};
ok($plain->poll_query_until('later', "SELECT cycle_no = 1 FROM powernode.microgrid_status WHERE site_id = '103'"), 'a loop has made its pass');
$idle->signal('TERM');
ok($idle->finish, 'told to end while it waits, it does so at once');

# ---- What the systemd units start.

my @units = sort glob("$schedule/*.service $schedule/*.timer");
is(scalar(@units), 4, 'two services and two timers');
foreach my $unit (@units)
{
	my @strange = grep { !/^(#.*|\[[A-Z]\w+\]|[A-Z][A-Za-z]+=.+)?$/ } split /\n/, slurp_file($unit);
	is("@strange", '', basename($unit) . ': sections and settings');
}
foreach my $timer (grep { /\.timer$/ } @units)
{
	ok(-e $timer =~ s/timer$/service/r, basename($timer) . ' starts a service that there is');
}
SKIP:
{
	skip 'no systemd-analyze here', 1 unless grep { -x "$_/systemd-analyze" } split /:/, $ENV{PATH};
	my $found = '';
	IPC::Run::run([ 'systemd-analyze', 'verify', '--man=no', @units ], '<', \undef, '>&', \$found);
	# What another package's units on this machine are up to is none of our business.
	is(join("\n", grep { /powernode/ } split /\n/, $found), '', 'systemd finds nothing wrong with them');
}
foreach my $service (grep { /\.service$/ } @units)
{
	my ($command) = slurp_file($service) =~ /^ExecStart=(.*)$/m;
	my @words = shellwords($command);
	my $name = basename($service);
	like($words[0], qr{^/usr/bin/}, "$name: an absolute path");
	$words[0] =~ s{.*/}{};
	# So that there is something to do, whatever the interval.
	my $number = $plain->safe_psql('depot', 'SELECT coalesce(max(id), 0) + 1 FROM depot.site');
	$plain->safe_psql('depot', "SELECT depot.add_site($number)");
	local %ENV = as_operator('depot');
	my $out = '';
	ok(IPC::Run::run(\@words, '<', \undef, '>&', \$out), "$name: what it starts succeeds") or diag($out);
	next unless $service =~ /rebalance/;
	is($plain->safe_psql('depot', "SELECT cycle_no FROM powernode.microgrid_status WHERE site_id = '$number'"), '1', "$name: and balances what is due");
}

# ---- pg_cron: its minute has come, or comes soon.

SKIP:
{
	skip 'pg_cron is not installed: on Debian, postgresql-NN-cron, which tools/setup installs', 1 if !@cron;
	foreach my $node (@cron)
	{
		my $name = $node->name;
		# Two passes: the job goes on within its minute.
		ok($node->poll_query_until('depot', 'SELECT min(coalesce(cycle_no, 0)) >= 2 FROM powernode.microgrid_status'),
			"$name: every site has two cycles") or diag(cycles($node));
		note("$name: " . (time - $scheduled_at) . ' s after it was scheduled');
		is($node->safe_psql('depot', 'SELECT DISTINCT recorded_by FROM powernode.cycle'), 'operator', "$name: run by the operator");
		is($node->safe_psql('depot', "SELECT count(*) > 0, string_agg(return_message, ' ') FILTER (WHERE status = 'failed') FROM cron.job_run_details"),
			't|', "$name: by a job that has not failed");
		is($node->safe_psql('depot', 'SELECT jobname, schedule, username, active FROM cron.job ORDER BY jobid'), <<'JOBS' =~ s/\n\z//r, "$name: the jobs");
powernode-rebalance|* * * * *|operator|t
powernode-prune|30 3 * * *|operator|t
powernode-forget-runs|40 3 * * *|operator|t
JOBS
		# The daily jobs' commands, as the operator.
		foreach my $job ('powernode-prune', 'powernode-forget-runs')
		{
			my $command = $node->safe_psql('depot', "SELECT command FROM cron.job WHERE jobname = '$job'");
			my ($status, undef, $err) = $node->psql('depot', $command, extra_params => [ '-U', 'operator' ]);
			is("$status$err", '0', "$name: $job: $command");
		}
		$node->stop;
		unlike(slurp_file($node->logfile), qr/was terminated by signal|TRAP:|PANIC:|XX000|invalid transaction termination/, "$name: no crash");
	}
}
$plain->stop;
done_testing();
