#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bisect.sh [BASE]: after each patch of the series, or of $TOPIC, or from number
# $FROM on, compiles what the series touches and all users of our headers for x86,
# and runs the KUnit suites that exist by then in a UML kernel. With EACH=topic
# after the last patch of each topic only, and in an x86_64 kernel, too.
#
# Which users an x86 configuration can compile is found out, not written down:
# those that compile on the base, also drivers that are not enabled, have to
# compile after each patch.

. "$(dirname "$0")/lib.sh"
. tools/kernel/kernels.sh
. tools/kernel/users.sh

go_to()
{
	checkout "$work" "$1"
	configure "$base+bisect" users allmodconfig tools/kernel/bisect.config \
		ARCH=x86_64
}

# Debug information is on for the options that depend on it only.
compile()
{
	kmake "$base+bisect" users ARCH=x86_64 KCFLAGS=-g0 "$@"
}

# Files that include one of our headers, or come by a pool in some other way.
users()
{
	local headers

	headers=$(cd include && printf '%s\n' linux/*.h | paste -sd '|')
	git -C "$work" grep -lE "<($headers)>|gen_pool_" -- '*.c' ':!tools'
}

changed()
{
	git -C "$work" diff --name-only --diff-filter="$1" "$ref" "$2" -- '*.c' ':!tools'
}

find_compilable()
{
	local object
	local -a candidates

	go_to "$ref"
	mapfile -t candidates < <({ users; changed M "$last"; } | with_includers | objects)
	( cd "$build" && rm -f "${candidates[@]}" )
	# Most that fails has no rule on x86, or lacks what its options bring.
	compile -k "${candidates[@]}" || true
	for object in "${candidates[@]}"; do
		[ ! -e "$build/$object" ] || echo "$object"
	done >"$list.new"
	grep -qx lib/genalloc.o "$list.new" ||
		die "not even lib/genalloc.o compiles on the base: is the compiler working?"
	mv "$list.new" "$list"
	note "$(wc -l <"$list") of ${#candidates[@]} files compile on x86"
}

check_patch()
{
	local -a targets

	go_to "$1"
	# bisect.config has no KASAN, whose headers want a machine that has it.
	mapfile -t targets < <({ cat "$list"; changed A "$1" | objects; } |
		grep -v '^mm/kasan/' | sort -u)
	compile "${targets[@]}"
	note "${#targets[@]} objects"
	if ! grep -q '^config GENALLOC_KUNIT_TEST$' "$work/lib/Kconfig.debug"; then
		note "no suite yet"
		return
	fi
	kunit_run "$base+bisect" um
	[ "${EACH:-}" != topic ] || kunit_run "$base+bisect" x86_64
}

# The commits to check, in order.
commits()
{
	local topic range

	for topic in $(topics); do
		range=$(topic_range "$tree" "$ref" "$topic")
		[ -n "$range" ] || continue
		if [ "${EACH:-}" = topic ]; then
			echo "${range#*..}"
		else
			git -C "$tree" rev-list --reverse "$range"
		fi
	done
}

add_worktree()
{
	rm -rf "$work"
	git -C "$tree" worktree prune
	git -C "$tree" worktree add -q --detach "$work" "$ref"
}

base=${1:-$BASE}
topics >/dev/null
need tree build bisect
[ "${EACH:-}" != topic ] || need test
need_tree "$base"
key=$(base_key "$base")
tree=$(tree_dir "$base")
work=$(tree_dir "$base+bisect")
build=$(build_dir "$base+bisect" users)
ref=$(git -C "$tree" rev-parse "$(base_ref "$base")^{commit}")
last=$(git -C "$tree" rev-parse HEAD)
# Also when Debian has brought a newer base, and with it another repository.
git -C "$work" rev-parse -q --verify HEAD >/dev/null 2>&1 ||
	step "worktree $key+bisect" add_worktree

mkdir -p "$build"
list=$build/compilable-$({ echo "$ref"; changed M "$last"; cat tools/kernel/bisect.config; } |
	sha1sum | cut -c-12)
[ -e "$list" ] || step "users $key" find_compilable

n=0
failed=0
for commit in $(commits); do
	n=$((n + 1))
	[ "$n" -ge "${FROM:-1}" ] || continue
	name=$(git -C "$tree" log -1 --format=%f "$commit")
	hint "This commit is checked out in $work"
	try "bisect $key $(printf %02d $n) $name" check_patch "$commit"
	[ "$rc" = 0 ] || failed=1
done
[ "$failed" = 0 ]
