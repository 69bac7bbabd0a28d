package Session;

# One psql for a whole test, for what only a session that goes on can show.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Utils;

sub new
{
	my ($class, $node, $database) = @_;
	my $self = bless {
		in => '', out => '', count => 0, log => $node->logfile,
		# For each piece of SQL: a test may go on for longer.
		timeout => IPC::Run::timeout(3 * $PostgreSQL::Test::Utils::timeout_default)
	}, $class;

	$self->{psql} = IPC::Run::start(
		[ 'psql', '-XAtq', '-v', 'VERBOSITY=verbose', '-d', $node->connstr($database) ],
		'<', \$self->{in}, '>&', \$self->{out},
		$self->{timeout});
	return $self;
}

# Begins a piece of SQL.
sub start
{
	my ($self, $sql) = @_;

	$self->{sql} = $sql;
	$self->{out} = '';
	$self->{timeout}->start;
	$self->{in} .= "$sql\n\\echo -- end " . ++$self->{count} . "\n";
	$self->{psql}->pump_nb;
	return;
}

# What it prints, errors included.  Dies where the session does.
sub wait_for
{
	my ($self) = @_;
	my $end = "-- end $self->{count}";

	while ($self->{out} !~ /^\Q$end\E\n/m)
	{
		die "the session ended: $self->{sql}\n$self->{out}\n" . PostgreSQL::Test::Utils::slurp_file($self->{log})
		  if !$self->{psql}->pumpable;
		$self->{psql}->pump;
	}
	$self->{out} =~ s/^\Q$end\E\n//m;
	chomp $self->{out};
	return $self->{out};
}

sub run
{
	my ($self, $sql) = @_;

	$self->start($sql);
	return $self->wait_for;
}

# SQL that must do, or the test is wrong.
sub must
{
	my ($self, $sql) = @_;
	my $answer = $self->run($sql);

	die "$sql\n$answer" if $answer =~ /ERROR|FATAL/;
	return $answer;
}

sub quit
{
	my ($self) = @_;

	$self->{in} .= "\\q\n";
	$self->{psql}->finish;
	return;
}

1;
