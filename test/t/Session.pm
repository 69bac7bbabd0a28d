package Session;

# One psql for a whole test, for what only a session that goes on can show, or that
# others wait for.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Utils;

# Each piece of SQL has so many seconds, however long the session lives.
my $limit = 3 * $PostgreSQL::Test::Utils::timeout_default;

# Options: its application_name and its user; the verbosity of its errors, else verbose.
sub new
{
	my ($class, $node, $database, %options) = @_;
	my $self = bless { in => '', out => '', count => 0, log => $node->logfile }, $class;
	my $connection = $node->connstr($database);

	$connection .= " application_name=$options{application_name}" if $options{application_name};
	$connection .= " user=$options{user}" if $options{user};
	$self->{timer} = IPC::Run::timeout($limit);
	$self->{psql} = IPC::Run::start(
		[ 'psql', '-XAtq', '-v', 'VERBOSITY=' . ($options{verbosity} // 'verbose'), '-d', $connection ],
		'<', \$self->{in}, '>&', \$self->{out}, $self->{timer});
	return $self;
}

# Begins a piece of SQL.
sub start
{
	my ($self, $sql) = @_;

	$self->{timer}->start($limit);
	$self->{sql} = $sql;
	$self->{out} = '';
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
