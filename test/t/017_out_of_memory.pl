# No memory: whichever of a call's allocations fails, it ends with error 53200,
# nothing is written, and the same session goes on: what it keeps between calls
# (plans, what is known of the sources) is whole.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Session;
use Test::More;

my $soak = $ENV{POWERNODE_SOAK};
my $fixture = "$FindBin::RealBin/../fixture";
my $node = PostgreSQL::Test::Cluster->new('memory');
$node->init;
# LLVM without memory ends the session: the server's doing, wherever it compiles.
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nautovacuum = off\nfsync = off\njit = off\nlog_error_verbosity = verbose");

# A server whose allocations can be made to fail.
my $library = $node->basedir . '/failing_malloc.so';
my $order = $node->basedir . '/failing_malloc';
system_or_bail('cc', '-shared', '-fPIC', '-O1', '-o', $library, "$fixture/failing_malloc.c");
open my $file, '+>', $order or die "$order: $!";
binmode $file;
$file->autoflush(1);

sub fail_at
{
	my ($process, $which) = @_;
	seek $file, 0, 0;
	print $file pack('l4', $process, $which, 0, 0);
	return;
}

# How many allocations there were and how many failed.
sub allocations
{
	my $numbers;
	seek $file, 0, 0;
	read($file, $numbers, 16) == 16 or die "$order: $!";
	return (unpack('l4', $numbers))[ 2, 3 ];
}
fail_at(0, 0);
{
	local $ENV{LD_PRELOAD} = $library;
	local $ENV{FAILING_MALLOC} = $order;
	$node->start;
}

$node->safe_psql('postgres', "CREATE EXTENSION powernode;\n\\i $fixture/depot.sql\n\\i $fixture/large_site.sql\n" . <<'SQL');
UPDATE depot.connector SET demand_w = 11000;
SELECT depot.add_site('large', 600);
SQL

my $at = '2026-03-02 08:00+00';
my %call = (
	rebalance => "SELECT count(*) FROM powernode.rebalance('%s', '$at');",
	preview => "SELECT count(*) FROM powernode.preview('%s', '$at', 'LEAST_LAXITY_FIRST');",
	validate => "SELECT count(*) FROM powernode.validate('%s', '$at');",
	power_nodes => "SELECT count(*) FROM powernode.power_nodes('%s', '$at');",
	allocate => "SELECT count(*) FROM powernode.allocate((SELECT array_agg(n) FROM powernode.power_nodes('%s', '$at') n), 'PRIORITY');",
	microgrid_hierarchy => "SELECT count(*) FROM powernode.microgrid_hierarchy WHERE site_id = '%s';",
	node_status => "SELECT count(*) FROM powernode.node_status WHERE site_id = '%s';",
	constraint_status => "SELECT count(*) FROM powernode.constraint_status WHERE site_id = '%s';",
	explain => "SELECT count(*) FROM powernode.explain('%s');");

# Not verify(), which is SQL all through: in it the server may want memory for a
# setting and, where there is none, ends the session by itself (guc_malloc, FATAL).


my $written = q{SELECT (SELECT count(*) FROM powernode.cycle), (SELECT count(*) FROM powernode.topology),
  (SELECT count(*) FROM powernode.cycle_fault), (SELECT string_agg(s::text, ' ' ORDER BY site_id) FROM powernode.site_state s);};
my $tree = q{SELECT md5(string_agg(n::text, '' ORDER BY ordinal)) FROM powernode.preview('s1', '2026-03-02 08:00+00') n;};

# What any other session says of s1: what the one that failed must say too.
my $expected = $node->safe_psql('postgres', $tree);

# Sees what others wrote.
my $witness = Session->new($node, 'postgres');

# Runs a call in which one allocation, or it and all after, fail; what it said.
sub run_failing
{
	my ($session, $process, $sql, $which) = @_;
	fail_at($process, $which);
	my $answer = $session->run($sql);
	my ($count, $failed) = allocations();
	fail_at(0, 0);
	return ($answer, $count, $failed);
}

# Makes each allocation of a call fail in turn, and says what went wrong.
sub each_allocation
{
	my ($name, $site, $fresh, $step) = @_;
	my $sql = sprintf($call{$name}, $site);
	my ($session, $process);
	my (@wrong, $tried, $failures);

	for (my $which = 1;; $which += $step)
	{
		foreach my $sign (1, -1)
		{
			if ($fresh || !$session)
			{
				$session->quit if $session;
				$session = Session->new($node, 'postgres');
				# The library, and OpenSSL, which is broken for good where it lacked memory
				# when a process first used it: nothing that the session could mend.
				$session->must("LOAD 'powernode'; SELECT sha256('');");
				$session->must($sql) if !$fresh;
				$process = $session->must('SELECT pg_backend_pid();');
			}
			my $before = $witness->must($written);
			my ($answer, $count, $failed) = run_failing($session, $process, $sql, $sign * $which);
			my $after = $witness->must($written);
			$tried++;

			my $what = "$name of $site, allocation " . $sign * $which . ": ";
			if ($answer =~ /ERROR/)
			{
				$failures++;
				push @wrong, "$what$answer" if $answer !~ /ERROR:  53200: .*out of memory/;
				push @wrong, "${what}written: $before then $after" if $before ne $after;
			}
			elsif (!$failed)
			{
				$session->quit;
				return (\@wrong, $tried, $failures);
			}
			my $same = $session->run($tree);
			push @wrong, "${what}then $same" if $same ne $expected;
			if ($name eq 'rebalance')
			{
				my $state = "SELECT cycle_no FROM powernode.site_state WHERE site_id = 's1';";
				my $cycle_no = $session->must($state) || 0;
				my $next = $session->run("SELECT cycle_no, outcome, allocated_w FROM powernode.rebalance('s1', '$at');");
				push @wrong, "${what}then $next" if $next ne ++$cycle_no . '|APPLIED|44000';
			}
			last if @wrong > 5;
		}
		return (\@wrong, $tried, $failures) if @wrong > 5;
	}
}

sub check_each
{
	my ($name, $site, $fresh, $step) = @_;
	my ($wrong, $tried, $failures) = each_allocation($name, $site, $fresh, $step);
	my $kind = $fresh ? 'a new session' : 'a session that has done it before';

	note "$name of $site in $kind: $tried runs, $failures of them out of memory";
	is(join("\n", @$wrong), '', "$name of $site in $kind: any allocation may fail");
	return;
}

$node->safe_psql('postgres', "SELECT FROM powernode.rebalance('$_', '$at')") foreach qw(s1 large);
check_each('rebalance', 's1', 1, $soak ? 1 : 5);
check_each($_, 'large', 0, $soak ? 1 : 7) foreach sort keys %call;
$_->quit foreach $witness;

$node->stop;
unlike(slurp_file($node->logfile), qr/was terminated by signal|TRAP:|PANIC:|XX000/, 'no crash and no internal error');
done_testing();
