# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packages from Debian sid, unpacked and never installed. To be sourced after
# lib.sh.
#
#	sid_unpack DIR WHAT PACKAGE...
#		Fetches the packages into DIR and unpacks them there. Skips,
#		saying that WHAT cannot be had, when sid does not have them.

# apt with directories of its own: the machine's sources stay as they are.
sid_conf()
{
	local dir=$1

	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	echo 'deb http://deb.debian.org/debian sid main' >"$dir/sources.list"
	cat >"$dir/apt.conf" <<-EOF
		Dir::Etc::SourceList "$dir/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::State::Lists "$dir/lists";
		Dir::Cache "$dir/cache";
		APT::Sandbox::User "root";
	EOF
}

sid_unpack()
{
	local dir=$1 what=$2 package
	shift 2

	command -v apt-get dpkg >/dev/null ||
		skip "$what cannot be had: it comes from Debian, with apt-get and dpkg"
	sid_conf "$dir"
	export APT_CONFIG=$dir/apt.conf
	apt-get update --error-on=any ||
		skip "$what cannot be had: Debian sid cannot be reached"
	( cd "$dir" && apt-get download "$@" ) ||
		skip "$what cannot be had: not all of $* are in Debian sid (any longer)"
	for package in "$dir"/*.deb; do
		dpkg -x "$package" "$dir"
	done
}
