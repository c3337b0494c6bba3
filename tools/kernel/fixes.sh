#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fixes.sh [BASE]: takes each patch of the topic "fixes" by itself. It has to apply to the base, in any order with the
# others, and to compile there: with W=1, all that it changes or that includes a
# header it changes, for each architecture whose allmodconfig has it. The last
# line is "N files, W new warnings, E errors".

. "$(dirname "$0")/lib.sh"
. tools/kernel/kernels.sh
. tools/kernel/users.sh
. tools/kernel/compile.sh

changed()
{
	git -C "$tree" show --format= --name-only --diff-filter="${2:-AM}" "$1"
}

find_fixes()
{
	git -C "$tree" rev-list --reverse "$(topic_range "$tree" "$ref" fixes)"
}

objects_of()
{
	local commit
	local -a headers

	for commit; do
		mapfile -t headers < <(changed "$commit" | grep '\.h$')
		changed "$commit" | grep '\.c$' || true
		[ "${#headers[@]}" = 0 ] || header_users "${headers[@]}"
	done | objects
}

# The patches on top of the base, with all of the context that they have.
apply()
{
	local commit

	checkout "$work" "$ref"
	for commit; do
		git -C "$tree" show --format= "$commit" | git -C "$work" apply
	done
}

# Backwards they have to make what they make forwards.
check_order()
{
	local commit late
	local -a backwards

	late=$(git -C "$tree" log --format=%s --grep='^Fixes: ' "${fixes[-1]}..$last")
	[ -z "$late" ] || die "fixes that are in another topic:"$'\n'"$late"
	for commit in "${fixes[@]}"; do
		apply "$commit"
		backwards=("$commit" "${backwards[@]}")
	done
	apply "${backwards[@]}"
	git -C "$work" diff --exit-code --stat "${fixes[-1]}"
	note "${#fixes[@]} patches"
}

check_fix()
{
	objects_of "$1" | comm -12 - "$results/base.objects" >"$results/mine"
	[ -s "$results/mine" ] || return 0
	git -C "$tree" log -1 --format='--- %s' "$1"
	apply "$1"
	compile_mine fix
	cat "$results/fix.objects" >>"$results/done"
	compare fix
}

check_arch()
{
	local arch=$1 commit status=0 build

	build=$(build_dir "$base+callers" "$arch")
	go_to "$ref"
	objects_of "${fixes[@]}" | configured "$arch" >"$results/mine"
	compile_mine base
	: >"$results/sums"
	for commit in "${fixes[@]}"; do
		check_fix "$commit" || status=1
	done
	note "$(result <"$results/sums")"
	cat "$results/sums" >>"$results/total"
	return "$status"
}

open_work "${1:-$BASE}"
mapfile -t fixes < <(find_fixes)
step "fixes $key" check_order
: >"$results/done"
: >"$results/total"
failed=0
for arch in "${arches[@]}"; do
	try "fixes $key $arch" check_arch "$arch"
	[ "$rc" = 0 ] || failed=1
done
left=$(comm -13 <(sort -u "$results/done") <(objects_of "${fixes[@]}"))
[ -z "$left" ] || printf 'not compiled:\n%s\n' "$left"
result <"$results/total"
[ "$failed" = 0 ] && [ -z "$left" ]
