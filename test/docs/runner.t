# tools/run-docs must be able to fail: documents with one thing wrong, and what it
# says of each.

use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp ();
use Test::More;

my $root = abs_path(dirname(__FILE__) . '/../..');
chdir $root or die;
my $directory = File::Temp->newdir('run_docs_XXXXXX', DIR => $root);
my ($place) = "$directory" =~ m{([^/]+)$};
my $fence = '```';

# What the runner prints of a document, and whether it passed.
sub judge
{
	my ($text) = @_;
	open my $file, '>', "$directory/page.md" or die;
	print $file "$text\n";
	close $file;
	my $output = `perl tools/run-docs $place/page.md 2>&1`;
	return ($? == 0, $output);
}

sub passes
{
	my ($name, $text) = @_;
	my ($ok, $output) = judge($text);
	ok($ok, $name) or diag $output;
}

sub fails
{
	my ($name, $text, $why) = @_;
	my ($ok, $output) = judge($text);
	ok(!$ok && $output =~ $why, $name) or diag $output;
}

sub block { my ($language, @lines) = @_; return join "\n", "$fence$language", @lines, $fence, '' }

my $database = "<!-- run: database -->\n";
my $table = block('sql', 'CREATE TABLE t AS SELECT 1 AS a', 'UNION SELECT 2;', 'SELECT a FROM t ORDER BY a;');

passes('what is run and printed', $database . $table . "<!-- output -->\n" . block('text', ' a', '---', ' 1', ' 2'));
passes('an output without its margin', $database . $table . "<!-- output -->\n" . block('text', '1', '2'));
passes('a line of only … is any lines', $database . $table . "<!-- output -->\n" . block('text', ' a', "\xe2\x80\xa6", ' 2'));
passes('an error that is announced', $database . "<!-- run: fails -->\n" . block('sql', 'SELECT 1/0;')
	. "<!-- output -->\n" . block('text', 'ERROR:  division by zero'));
passes('what another file runs', "<!-- run by tools/levels: check- -->\n" . block('sh', 'sudo false'));
passes('a file that is shown and run', "<!-- run: database example/bigint/depot.sql -->\n"
	. "<!-- file: example/bigint/depot.sql -->\n" . block('sql', 'CREATE SCHEMA depot;'));
passes('a block in a list', $database
	. "- so:\n\n  ```sql\n  SELECT 1\n    AS a;\n  ```\n  <!-- output -->\n  ```text\n   a\n  ---\n   1\n  ```\n");
passes('links', "# A heading, `of` words\n\n[1](#a-heading-of-words) [2](page.md) [3](../README.md#install) [4](https://example.org/x)");
fails('a link to no file', '[1](nothing.md)', qr/nothing\.md/);
fails('a link to no heading', '[1](../README.md#nothing)', qr/README\.md#nothing/);
passes('a mark that prose speaks of', 'Write `<!-- output -->`.');

fails('a statement that fails', $database . block('sql', 'SELECT nothing;', 'SELECT 1;'), qr/column "nothing" does not exist/);
fails('a command that fails', block('sh', 'false', 'true'), qr/status 1/);
fails('a psql that would go on', $database . block('sh', "printf 'SELECT 1/0; SELECT 1;' >$directory/x.sql; psql -X -f $directory/x.sql"), qr/printed an error/);
fails('a variable that is not set', block('sh', 'echo "$NOTHING_OF_THE_KIND"'), qr/unbound variable/);
fails('an output that is another', $database . $table . "<!-- output -->\n" . block('text', ' a', '---', ' 1', ' 3'), qr/not printed:\n# +3/);
fails('an output in another order', $database . $table . "<!-- output -->\n" . block('text', ' 2', ' 1'), qr/not printed/);
fails('an output moved to the left in part', $database . $table . "<!-- output -->\n" . block('text', ' 1', '2'), qr/not printed/);
fails('an output that lacks a line', $database . $table . "<!-- output -->\n" . block('text', ' a', ' 1'), qr/not printed/);
fails('an output of nothing', "<!-- output -->\n" . block('text', ' a'), qr/nothing was run/);
fails('an output that is not compared', $database . $table . block('text', ' a'), qr/says <!-- output -->/);
fails('an error that does not come', $database . "<!-- run: fails -->\n" . block('sql', 'SELECT 1;'), qr/did not fail/);
fails('a file that does not run it', "<!-- run by tools/levels: no such words -->\n" . block('sh', 'true'), qr/does not have the words/);
fails('a file that is not there', "<!-- run by tools/nothing -->\n" . block('sh', 'true'), qr/no tools\/nothing/);
fails('a file that is shown otherwise', "<!-- run: database example/bigint/depot.sql -->\n"
	. "<!-- file: example/bigint/depot.sql -->\n" . block('sql', 'CREATE SCHEMA depots;'), qr/does not have this line/);
fails('a file that is shown and never run', "<!-- file: example/bigint/depot.sql -->\n" . block('sql', 'CREATE SCHEMA depot;'), qr/no block and no database/);
fails('another language', block('bash', 'true'), qr/neither sql nor sh/);
fails('a command in a picture', block('', 'psql -d depot'), qr/a command in a block without a language/);
fails('a command that is only indented', "so:\n\n    psql -d depot", qr/indented block/);
fails('a command after another indented line', "so:\n\n    x\n    make install", qr/indented block/);
fails('a mark that nobody knows', "<!-- run bye tools/levels -->\n" . block('sh', 'true'), qr/nobody knows/);
fails('a mark without a block', "<!-- output -->\n\nProse.", qr/no block follows/);
fails('a block that is not closed', $database . "```sql\nSELECT 1;", qr/not closed/);
fails('a database that cannot be made', "<!-- run: database example/bigint/bind.sql -->\n" . $table, qr/run: database/);

my $before = `psql -X -At -d postgres -c 'SELECT count(*) FROM pg_database' -c 'SELECT count(*) FROM pg_roles'`;
passes('databases and roles', block('sh', 'createdb run_docs_left', 'createuser run_docs_left'));
is(`psql -X -At -d postgres -c 'SELECT count(*) FROM pg_database' -c 'SELECT count(*) FROM pg_roles'`, $before,
	'a document leaves no database and no role');

done_testing();
