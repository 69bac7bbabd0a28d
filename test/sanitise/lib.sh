# shellcheck shell=bash
# What the tests in this directory share: TAP, and what a step said when it failed.

number=0 failed=0 started=$SECONDS

# step NAME COMMAND...: runs it quietly; its output is in $TMPDIR/NAME.
step()
{
	local log=$TMPDIR/$1 status=0
	shift
	"$@" >"$log" 2>&1 </dev/null || status=$?
	last=$log
	return "$status"
}

# report DESCRIPTION STATUS: one test, with the seconds since the one before.
report()
{
	number=$((number + 1))
	if [ "$2" = 0 ]; then
		echo "ok $number - $1 ($((SECONDS - started)) s)"
		[ ! -s "${last:-}" ] || grep '^# ' "$last"
	else
		failed=1
		echo "not ok $number - $1 ($((SECONDS - started)) s)"
		[ ! -s "${last:-}" ] || tail -n 60 "$last" | sed 's/^/# /'
	fi
	started=$SECONDS last=
}
