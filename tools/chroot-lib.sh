# What tools/chroot-check and tools/check-majors are made of: fresh Debian machines
# in chroots, each with git, this repository to clone, and nothing else.
#
# Read by bash (set -euo pipefail, as root).  The caller sets $dir, where machines and
# logs are kept, and $here, the tree to hand over; MIRROR is another Debian mirror.

mirror=${MIRROR:-http://deb.debian.org/debian}
machine=

machines_begin()
{
	[ "$(id -u)" = 0 ] || { echo "$0: needs root" >&2; exit 1; }
	command -v debootstrap >/dev/null || { echo "$0: needs debootstrap" >&2; exit 1; }
	mkdir -p "$dir"
	trap unmount EXIT
}

# A suite's smallest system in $dir/$2, made once and kept.
make_base()
{
	local suite=$1 base=$dir/$2
	[ ! -e "$base/.complete" ] || return 0
	rm -rf "$base"
	debootstrap --variant=minbase --include=git "$suite" "$base" "$mirror" >"$base.log"
	cp /etc/resolv.conf "$base/etc/resolv.conf"
	# A mirror that is behind the day: what this machine's apt puts up with.
	apt-config dump | grep -E '^Acquire::Check-(Valid-Until|Date) ' \
		>"$base/etc/apt/apt.conf.d/90mirror" || :
	touch "$base/.complete"
}

# What is handed over: a bare repository, so that the machine inside clones it.
# HEAD, or with "tree" the working tree as it stands.
take_source()
{
	source=$dir/source.git
	rm -rf "$source"
	if [ "${1:-}" = tree ]; then
		git init -q "$dir/snapshot.$$"
		(cd "$here" && git -c safe.directory='*' ls-files -coz --exclude-standard |
			tar --null --ignore-failed-read -T - -cf -) | tar -C "$dir/snapshot.$$" -xf -
		git -C "$dir/snapshot.$$" add -A
		git -C "$dir/snapshot.$$" -c user.name=check -c user.email=check@localhost \
			commit -q -m "The working tree"
		git clone -q --bare "$dir/snapshot.$$" "$source"
		rm -rf "$dir/snapshot.$$"
	else
		git -c safe.directory='*' clone -q --bare "file://$here" "$source"
	fi
}

unmount()
{
	[ -n "$machine" ] || return 0
	for point in dev/shm dev/pts dev proc; do
		# What just ended there may keep it busy for a moment.
		for _ in 1 2 3 4 5; do
			mountpoint -q "$machine/$point" || break
			umount "$machine/$point" || sleep 2
		done
	done
	rm -rf --one-file-system "$machine"
	machine=
}

# Runs one command in a machine of its own; its output goes to a log:
#
#   prove BASE NAME COMMAND [ARGUMENT...]
prove()
{
	local base=$1 name=$2 status=0 started=$SECONDS
	shift 2
	machine=$dir/$name
	rm -rf --one-file-system "$machine"
	cp -a "$dir/$base" "$machine"
	cp -a "$source" "$machine/srv/powernode.git"
	mount -t proc proc "$machine/proc"
	mount -t tmpfs -o mode=755 tmpfs "$machine/dev"
	mkdir "$machine/dev/shm" "$machine/dev/pts"
	mount -t tmpfs tmpfs "$machine/dev/shm"
	for node in null:3 zero:5 full:7 random:8 urandom:9; do
		mknod -m 666 "$machine/dev/${node%:*}" c 1 "${node#*:}"
	done
	ln -s /proc/self/fd "$machine/dev/fd"

	# No terminal, no locale, nothing of this machine's environment but whom its
	# npm trusts, where it is said.
	local trust=()
	if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
		cp "$NODE_EXTRA_CA_CERTS" "$machine/srv/trusted.pem"
		trust=(NODE_EXTRA_CA_CERTS=/srv/trusted.pem)
	fi
	chroot "$machine" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root CI=true \
		"${trust[@]}" \
		/bin/bash -c 'git clone -q /srv/powernode.git /root/powernode && cd /root/powernode &&
			"$@"' bash "$@" </dev/null >"$dir/$name.log" 2>&1 || status=$?

	echo "==== $*: status $status after $((SECONDS - started)) s; the end of $dir/$name.log:"
	tail -n "${TAIL:-70}" "$dir/$name.log"
	if pgrep -a -x 'postgres|node' >/dev/null && ls -l /proc/[0-9]*/root 2>/dev/null | grep -q " $machine\$"; then
		echo "==== a process was left running in $machine"
		status=1
	fi
	unmount
	return "$status"
}
