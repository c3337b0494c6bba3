#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# deps.sh [GROUP...]: installs those Debian packages of the groups in
# tools/kernel/packages (all of them by default) that are missing. Without the
# rights to do so, says the command that does. Ask for all groups at once: then
# it is one command.

. "$(dirname "$0")/lib.sh"

packages_of()
{
	local group wanted=''

	[ "$(id -u)" != 0 ] || wanted='?\{0,1\}'
	for group; do
		sed -n "s/^$group$wanted: //p" tools/kernel/packages | grep . ||
			die "no group '$group' in tools/kernel/packages"
		[ "$group" != tree ] || awk -v base="$BASE" \
			'$1 == base && $3 == "installed" { print $2 }' series/bases
	done
}

all_groups()
{
	sed -n 's/?\{0,1\}:.*//p' tools/kernel/packages | grep -v '^#' | sort -u
}

missing_of()
{
	comm -23 <(printf '%s\n' "$@" | sort -u) \
		<(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
			sed -n 's/ installed$//p' | sort -u) | paste -sd ' '
}

# Lists of packages that are absent (a fresh container) or outdated make the
# first try fail.
install_packages()
{
	export DEBIAN_FRONTEND=noninteractive
	"${apt_install[@]}" -y "$@" || { apt-get update && "${apt_install[@]}" -y "$@"; }
	note "$*"
}

# Nothing of the machine gives way: what conflicts is for its owner to decide.
apt_install=(apt-get install --no-install-recommends --no-remove)
command -v dpkg-query >/dev/null ||
	die "no dpkg-query here: this needs Debian 12, or install by hand what tools/kernel/packages lists"
# shellcheck disable=SC2046 # one word per group
[ $# != 0 ] || set -- $(all_groups)
wanted=$(packages_of "$@")
# shellcheck disable=SC2086 # one word per package
missing=$(missing_of $wanted)
[ -n "$missing" ] || exit 0
[ "$(id -u)" = 0 ] ||
	die "packages are missing; as root, run: apt-get update && ${apt_install[*]} $missing"
hint "Install them by hand: ${apt_install[*]} $missing"
# shellcheck disable=SC2086
step packages install_packages $missing
