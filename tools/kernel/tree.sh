#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tree.sh [BASE]: the kernel tree of BASE with the series as commits on top, in
# the cache. BASE is a name in series/bases or the path of a kernel git tree.
# Only files that differ from the last time are written.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/sid.sh"

# Column of series/bases for $base.
base_column()
{
	awk -v base="$base" -v column="$1" '$1 == base { print $column }' series/bases
}

installed_version()
{
	dpkg-query -W -f '${Version}' "$package"
}

# Commits and therefore patches come out the same on every machine.
commit_base()
{
	export GIT_{AUTHOR,COMMITTER}_{NAME=Linux,EMAIL=linux@localhost}
	export GIT_{AUTHOR,COMMITTER}_DATE='2000-01-01T00:00:00Z'

	git init -q -b pristine
	git config gc.auto 0
	# One pack, not compressed, instead of 86,000 compressed files.
	git -c core.bigFileThreshold=1 -c core.compression=0 add -A -f .
	git commit -q -m "$package $version"
	git tag base
}

make_base()
{
	local sid=$tree.apt tmp=$tree.new archive=/usr/src/$package.tar.xz version

	rm -rf "$tmp" "$tree" "$sid"
	mkdir -p "$tmp"
	if [ "$(base_column 3)" = sid ]; then
		sid_unpack "$sid" "$base" "$package"
		archive=$sid$archive
		version=$(dpkg-deb -f "$sid/$package"_*.deb Version)
	else
		version=$(installed_version)
	fi
	tar -C "$tmp" --strip-components=1 -xf "$archive"
	rm -rf "$sid"
	( cd "$tmp" && commit_base )
	mv "$tmp" "$tree"
	note "$package $version"
}

# A base is made once, and again when Debian has brought a newer one.
base_current()
{
	local made

	made=$(git -C "$tree" log -1 --format=%s base 2>/dev/null) || return 1
	[ "$(base_column 3)" = sid ] || [ "$made" = "$package $(installed_version)" ]
}

need_base()
{
	package=$(base_column 2)
	if ! base_current; then
		step "base $base" make_base
	fi
}

# A work tree of the user's repository at the commit checked out there now.
# Theirs stays as it is.
add_worktree()
{
	git -C "$base" worktree prune
	rm -rf "$tree"
	git -C "$base" worktree add --detach "$tree" HEAD
}

need_worktree()
{
	git -C "$tree" rev-parse -q --verify HEAD >/dev/null 2>&1 ||
		step "worktree ${base##*/}" add_worktree
	git -C "$tree" update-ref refs/worktree/base "$(git -C "$base" rev-parse HEAD)"
}

# The base of series/bases that is nearest to the version in the tree. After
# x.19 comes x+1.0, as Linux has counted since 3.0.
nearest_base()
{
	awk -v version="$1" '
		function place(v) { split(v, n, "."); return n[1] * 20 + n[2] }
		/^[0-9]/ {
			far = place($1) - place(version)
			far = far < 0 ? -far : far
			if (!best || far < least) { best = $1; least = far }
		}
		END { print best }' series/bases
}

hunks_for_tree()
{
	local version

	if known_base "$base"; then
		echo "$base"
		return
	fi
	version=$(make -s -C "$tree" kernelversion)
	nearest_base "$version"
	note "$version with the hunks for $(nearest_base "$version")"
}

# Not if the last writer of these files was killed meanwhile.
check_unchanged()
{
	local changed

	[ ! -e "$tree.writing" ] || return 0
	changed=$(git -C "$tree" status --porcelain -uno)
	[ -z "$changed" ] ||
		die "changed by hand in $tree:"$'\n'"$changed"$'\n'"Carry it over into the overlay, then: git -C $tree checkout -f"
}

apply_series()
{
	local hunks new any=any

	check_unchanged
	hunks=$(hunks_for_tree)
	[ "$hunks" != "$base" ] || any=
	new=$(tools/kernel/series.py "$tree" "$ref" "$hunks" ${any:+"$any"})
	note "$(git -C "$tree" rev-list --count "$ref..$new") patches," \
		"$(git -C "$tree" diff --name-only HEAD "$new" | wc -l) files written in $tree"
	touch "$tree.writing"
	checkout "$tree" "$new"
	rm -f "$tree.writing"
}

base=${1:-$BASE}
BASE=$base need tree
mkdir -p "$cache/tree"
key=$(base_key "$base")
ref=$(base_ref "$base")
tree=$(tree_dir "$base")
# Two at a time would write the same files.
exec 9>"$tree.lock"
flock 9
if known_base "$base"; then
	need_base
else
	need_worktree
fi
step "tree $key" apply_series
