#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# topics.sh [BASE]: the topics of the series on BASE: how many patches, how many
# lines of product code they add or change, how many addresses get_maintainer.pl
# names for them. With $TOPIC the same for each patch of that topic, and the
# addresses. Lines are without blank ones and comments; tests, tools and documents
# are no product.

. "$(dirname "$0")/lib.sh"
. tools/kernel/mail.sh

product()
{
	grep -E '\.[chS]$' | grep -vE -e '^(Documentation|samples|scripts|tools)/|/tests/' \
		-e '_(kunit|selftest|torture|test|model)\.[ch]$' || true
}

# What PATHS, some of which may not be there yet, are in a commit.
files_at()
{
	local dir=$1 commit=$2
	local -a files
	shift 2

	mkdir -p "$dir"
	mapfile -t files < <(git -C "$tree" ls-tree --name-only "$commit" "$@")
	[ "${#files[@]}" = 0 ] ||
		git -C "$tree" archive "$commit" "${files[@]}" | tar -x -C "$dir"
}

lines()
{
	local range=$1 work=$out/lines
	local -a files

	mapfile -t files < <(git -C "$tree" diff --name-only "$range" | product)
	rm -rf "$work"
	[ "${#files[@]}" != 0 ] || { echo 0; return; }
	files_at "$work/before" "${range%..*}" "${files[@]}"
	files_at "$work/after" "${range#*..}" "${files[@]}"
	cloc --quiet --csv --diff "$work/before" "$work/after" |
		awk -F ', *' '$1 !~ /^Language/ { sum += $15 + $16 } END { print sum + 0 }'
	rm -rf "$work"
}

# The patches of RANGE as files, for get_maintainer.pl.
addresses()
{
	local mail=$out/mail

	rm -rf "$mail"
	git -C "$tree" format-patch -q -o "$mail" "$1"
	recipients "$tree" "$ref" "$mail"/*.patch
	rm -rf "$mail"
}

row()
{
	printf '%-10s %7s %6s %9s  %s\n' "$@"
}

list_topics()
{
	local topic range

	row topic patches lines addresses 'cover letter'
	for topic in $(topics); do
		range=$(topic_range "$tree" "$ref" "$topic")
		[ -n "$range" ] || continue
		row "$topic" "$(git -C "$tree" rev-list --count "$range")" \
			"$(lines "$range")" "$(addresses "$range" | wc -l)" \
			"$(head -n 1 "series/covers/$topic")"
	done
}

list_patches()
{
	local range commit

	range=$(topic_range "$tree" "$ref" "$TOPIC")
	for commit in $(git -C "$tree" rev-list --reverse "$range"); do
		printf '%5d  %s\n' "$(lines "$commit^..$commit")" \
			"$(git -C "$tree" log -1 --format=%s "$commit")"
		addresses "$commit^..$commit" | sed 's/^/       /; s/\t/: /'
	done
}

base=${1:-$BASE}
topics >/dev/null
need tree topics
need_tree "$base"
tree=$(tree_dir "$base")
ref=$(base_ref "$base")
if [ -n "${TOPIC:-}" ]; then
	list_patches
else
	list_topics
fi
printf 'base: %s\n' "$(git -C "$tree" log -1 --format=%s "$ref")"
