# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packages from Debian sid, unpacked and never installed. To be sourced after
# lib.sh.
#
#	sid_unpack DIR WHAT PACKAGE...
#		Fetches the packages into DIR and unpacks them there. Skips,
#		saying that WHAT cannot be had, when sid does not have them.

# Where the machine has its own release from: a mirror, a proxy, or a copy.
debian_mirror()
{
	# shellcheck disable=SC2016 # for apt-get
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
		'Origin: Debian' 'Label: Debian' 'Component: main' | sort -u | sed -n 1p
}

# With directories of its own: the machine's sources stay as they are.
sid_apt_get()
{
	local dir=$1
	shift

	apt-get -o Dir::Etc::SourceList="$dir/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$dir/lists" \
		-o Dir::Cache="$dir/cache" -o APT::Sandbox::User=root "$@"
}

sid_unpack()
{
	local dir=$1 what=$2 mirror package
	shift 2

	command -v apt-get dpkg >/dev/null ||
		skip "$what cannot be had: it comes from Debian, with apt-get and dpkg"
	mirror=$(debian_mirror)
	[ -n "$mirror" ] ||
		skip "$what cannot be had: apt knows no mirror of Debian (apt-get update?)"
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	echo "deb $mirror sid main" >"$dir/sources.list"
	sid_apt_get "$dir" update --error-on=any ||
		skip "$what cannot be had: Debian sid cannot be reached"
	( cd "$dir" && sid_apt_get "$dir" download "$@" ) ||
		skip "$what cannot be had: not all of $* are in Debian sid (any longer)"
	for package in "$dir"/*.deb; do
		dpkg -x "$package" "$dir"
	done
}
