# pg_upgrade from every older major that is at hand: bindings, history and definitions
# are there afterwards, and the next cycle has the next number.
use strict;
use warnings;
use Cwd qw(getcwd);
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# Where Debian has its servers.  The older one needs what extensions are built with too.
my ($bindir) = run_command([ 'pg_config', '--bindir' ]);
my ($major) = (run_command([ 'pg_config', '--version' ]))[0] =~ /(\d+)/;
my @older = grep { $_ >= 15 && $_ < $major && -e "/usr/lib/postgresql/$_/lib/pgxs/src/makefiles/pgxs.mk" && -x "/usr/lib/postgresql/$_/bin/initdb" }
  map { m{/(\d+)/bin/pg_config$} } sort glob '/usr/lib/postgresql/*/bin/pg_config';
plan skip_all => "no major older than $major is installed with its server-dev package" unless @older;

my $root = "$FindBin::RealBin/../..";
my $dir = PostgreSQL::Test::Utils::tempdir();
my $fixture = "$root/test/fixture/depot.sql";

sub cycle
{
	my ($node, $at) = @_;
	return $node->safe_psql('postgres', "SELECT cycle_no, outcome FROM powernode.rebalance('s1', '2026-03-02 $at+00')");
}

sub rows
{
	my ($node) = @_;
	return join "\n", map { $node->safe_psql('postgres', "SELECT '$_', x::text FROM powernode.$_ x ORDER BY 2") }
	  qw(source_binding site_state topology cycle cycle_fault microgrid_status node_history constraint_history setpoint);
}

# Into a file.  The text of a view that was dumped gives names to columns that have none
# of their own, which mean nothing.
sub definitions
{
	my ($node, $database) = @_;
	my $file = "$PostgreSQL::Test::Utils::log_path/definitions-" . $node->name . "-$database.txt";
	my ($out) = run_command([ 'psql', '-X', '-d', $node->connstr($database), '-f', "$root/test/definitions.sql" ]);
	append_to_file($file, $out =~ s/(::\w[\w ]*(?:\[\])?) AS (?:text|int4|int8|bool|timestamptz)(,?)$/$1$2/mgr . "\n");
	return $file;
}

# powernode for the older server, in a place of its own.
sub build
{
	my ($from) = @_;
	my $config = "/usr/lib/postgresql/$from/bin/pg_config";
	system_or_bail('sh', '-c', "mkdir '$dir/tree$from' && cd '$root' && tar -cf - --exclude='*.o' --exclude='*.so' "
		  . "Makefile powernode.control src sql | tar -C '$dir/tree$from' -xf -");
	system_or_bail('sh', '-c', "cd '$dir/tree$from' && make -s install PG_CONFIG=$config DESTDIR='$dir/root$from' WERROR= >build.log 2>&1");
	return <<"CONF";
extension_destdir = '$dir/root$from'
dynamic_library_path = '$dir/root$from/usr/lib/postgresql/$from/lib:\$libdir'
CONF
}

# The latest minor releases of some majors note a version with every column, as an
# option that a newer major of an earlier day does not know (17.12 and 18.6): of those
# two pg_upgrade takes over no database that has a table.  Whether powernode's gets
# across is asked without that.
sub drop_unknown_options
{
	my ($old, $new) = @_;
	my $options = $old->safe_psql('postgres', q{SELECT DISTINCT option_name FROM pg_attribute, pg_options_to_table(attoptions)});
	$new->start;
	foreach my $option (split /\n/, $options)
	{
		my (undef, undef, $error) = $new->psql('postgres', "CREATE TEMP TABLE probe (a integer); ALTER TABLE probe ALTER a SET ($option = 1)");
		next unless $error =~ /unrecognized parameter/;
		diag "not known to the newer server, and taken out: $option";
		$old->safe_psql('postgres', "SET allow_system_table_mods = on; UPDATE pg_attribute SET attoptions ="
			  . " (SELECT array_agg(o) FROM unnest(attoptions) o WHERE o NOT LIKE '$option=%') WHERE attoptions::text LIKE '%$option=%'");
	}
	$new->stop;
}

foreach my $from (@older)
{
	my $conf = build($from);
	my $old = PostgreSQL::Test::Cluster->new("old$from", install_path => "/usr/lib/postgresql/$from");
	{
		# Its settings are of the server that is tested, and may be unknown to this one.
		delete local $ENV{TEMP_CONFIG};
		$old->init(extra => ['--data-checksums']);
	}
	$old->append_conf('postgresql.conf', "timezone = 'UTC'\n$conf");
	$old->start;
	$old->safe_psql('postgres', "CREATE EXTENSION powernode;\n\\i $fixture\nUPDATE depot.connector SET demand_w = 22000");
	is(cycle($old, '08:00'), '1|CURTAILED', "$from: a cycle");
	$old->safe_psql('postgres', "UPDATE depot.circuit SET parent_circuit_id = 'b' WHERE circuit_id = 'b'");
	is(cycle($old, '08:05'), '2|REJECTED', "$from: and a rejected one");
	$old->safe_psql('postgres', "UPDATE depot.circuit SET parent_circuit_id = 'main' WHERE circuit_id = 'b'");
	my $before = rows($old);

	my $new = PostgreSQL::Test::Cluster->new("from$from");
	$new->init(extra => ['--data-checksums']);
	$new->append_conf('postgresql.conf', "timezone = 'UTC'");
	drop_unknown_options($old, $new);
	$old->stop;

	# It writes where it is run.
	my $here = getcwd();
	chdir $dir or die;
	command_ok([ 'pg_upgrade', '-d', $old->data_dir, '-D', $new->data_dir, '-b', "/usr/lib/postgresql/$from/bin", '-B', $bindir,
			'-s', $new->host, '-p', $old->port, '-P', $new->port ], "pg_upgrade from $from to $major")
	  or diag map { ("$_:\n", substr(slurp_file($_), -2000)) } glob $new->data_dir . '/pg_upgrade_output.d/*/log/pg_upgrade_*.log';
	chdir $here or die;

	$new->start;
	is(rows($new), $before, "$from: every row is there and the views show the same");
	is($new->safe_psql('postgres', 'SELECT count(*) FROM powernode.cycle_history h, powernode.verify(h.site_id, h.cycle_no)'), '0',
		"$from: every cycle verifies");
	is(cycle($new, '08:10'), '3|CURTAILED', "$from: the next cycle has the next number");

	$new->safe_psql('postgres', 'CREATE DATABASE fresh');
	$new->safe_psql('fresh', 'CREATE EXTENSION powernode');
	my ($upgraded, $fresh) = map { definitions($new, $_) } qw(postgres fresh);
	cmp_ok(-s $fresh, '>', 100_000, "$from: there are definitions");
	is((run_command([ 'diff', '-U0', $fresh, $upgraded ]))[0], '', "$from: the definitions of a fresh install")
	  or diag '- fresh, + upgraded';
	$new->stop;
}

done_testing();
