#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# callers.sh [BASE]: compiles every file that uses a pool, or includes genalloc.h
# or a header that does, on the base and on the series, with W=1. The last line
# is "N files, W new warnings, E errors".
#
# Each file is compiled for the first of the architectures below whose
# allmodconfig has it; if none has, for the first one for which it compiles on
# the base when asked for by name. Which files there are is found out, not
# written down. Those that compile nowhere are listed with the reason.

. "$(dirname "$0")/lib.sh"
. tools/kernel/kernels.sh
. tools/kernel/users.sh

arches=(x86_64 arm arm64 powerpc s390 sh)
cross+=([arm]=arm-linux-gnueabihf- [arm64]=aarch64-linux-gnu- [sh]=sh4-linux-gnu-)

source_arch()
{
	case $1 in
	x86_64) echo x86 ;;
	*) echo "$1" ;;
	esac
}

# ---- which files ----

callers()
{
	local header=include/linux/genalloc.h
	local -a embedders

	mapfile -t embedders < <(header_embedders "$header")
	{
		header_users "$header" "${embedders[@]}"
		git -C "$work" grep -l gen_pool_ -- '*.c'
	} | sort -u | with_includers
}

find_callers()
{
	git -C "$work" checkout -q -f --detach "$ref"
	callers | objects >"$results/left"
	: >"$results/sums"
	: >"$results/reasons"
	note "$(wc -l <"$results/left") files"
}

# The directories of stdin's files and those above.
directories()
{
	local dir

	while read -r dir; do
		while [ "$dir" != "${dir%/*}" ]; do
			dir=${dir%/*}
			echo "$dir"
		done
	done | sort -u
}

# Those of stdin's objects that are not for another architecture.
possible()
{
	grep -E "^arch/$(source_arch "$1")/|^([^a]|a[^r]|ar[^c])" || true
}

# Those that the configuration for the architecture has.
configured()
{
	local arch=$1 wanted dirs

	wanted=$(possible "$arch")
	dirs=$(directories <<<"$wanted" | paste -sd ' ')
	make -s -C "$build" -f "$top/tools/kernel/objects.mk" srctree="$work" \
		SRCARCH="$(source_arch "$arch")" DIRS="$dirs" 2>/dev/null |
		tr ' ' '\n' | grep -Fx "$wanted" | sort -u || true
}

# ---- compile and compare ----

# Debug information is on for the options that depend on it only.
compile()
{
	kmake "$base+callers" "$arch" ARCH="$arch" \
		CROSS_COMPILE="${cross[$arch]:-}" KCFLAGS=-g0 "$@"
}

go_to()
{
	git -C "$work" checkout -q -f --detach "$1"
	configure "$base+callers" "$arch" allmodconfig \
		"tools/kernel/bisect.config tools/kernel/callers.config" \
		ARCH="$arch" CROSS_COMPILE="${cross[$arch]:-}"
	compile prepare
}

# Modules in tools/testing are built by themselves, with objects beside their
# sources.
compile_modules()
{
	local dir
	local -a dirs objects

	[ -e "$build/tools/testing" ] || ln -s "$work/tools/testing" "$build/tools/testing"
	mapfile -t dirs < <(sed -n 's|^\(tools/testing/[^/]*\)/.*|\1|p' "$results/mine" | sort -u)
	for dir in "${dirs[@]}"; do
		mapfile -t objects < <(sed -n "s|^$dir/||p" "$results/mine")
		compile W=1 -k M="$dir" "${objects[@]}" || true
	done
}

# The objects of stdin; the arguments are for make.
compile_objects()
{
	local -a objects

	mapfile -t objects
	[ "${#objects[@]}" = 0 ] || compile W=1 -k "$@" "${objects[@]}" || true
}

# NAME.log with all messages, NAME.objects with what did compile. Much has no
# rule on an architecture that it is not for. To what is below arch, make comes by
# two ways, which must not be at the same time.
compile_mine()
{
	local name=$1 object

	( cd "$build" && xargs rm -f ) <"$results/mine"
	{
		compile_objects -j1 < <(grep '^arch/' "$results/mine")
		compile_objects --output-sync=target \
			< <(grep -Ev '^(arch|tools)/' "$results/mine")
		compile_modules
	} >"$results/$name.log" 2>&1
	cat "$results/$name.log"
	while read -r object; do
		[ ! -e "$build/$object" ] || echo "$object"
	done <"$results/mine" >"$results/$name.objects"
}

# Without the places in the files, which the series moves.
warnings()
{
	sed -n 's/^\([^: ]*\):[0-9:]*: \(warning: .*\)/\1: \2/p' "$results/$1.log" | sort
}

# What the series did to the objects that compile on the base.
compare()
{
	local new lost

	new=$(comm -13 <(warnings base) <(warnings series))
	lost=$(comm -23 "$results/base.objects" "$results/series.objects")
	printf '%s' "${new:+$'new warnings:\n'$new$'\n'}" \
		"${lost:+$'no longer compile:\n'$lost$'\n'}"
	printf '%d %d %d\n' "$(wc -l <"$results/base.objects")" \
		"$(grep -c . <<<"$new")" "$(grep -c . <<<"$lost")" >>"$results/sums"
	note "$(tail -n 1 "$results/sums" | result)"
	[ -z "$new$lost" ]
}

# Why an object does not compile, in the words of make or of the compiler, which
# names what is in tools/testing from the directory of the module on.
reasons()
{
	local object file

	while read -r object; do
		file=${object%.o}
		file=${file#tools/testing/*/}
		printf '%s\t%s\t%s\n' "${object/%.o/.c}" "$arch" "$(
			grep -m 1 -E "^[^ ]*$file\.c:.*error: |No rule to make target '$object'|/$object\] Error" \
				"$results/base.log" | sed "s|$work/||" | grep . || echo "no error")"
	done
}

# The files left that PICK chooses for ARCH.
check_arch()
{
	local arch=$1 pick=$2 status=0 build

	build=$(build_dir "$base+callers" "$arch")
	go_to "$ref"
	"$pick" "$arch" <"$results/left" >"$results/mine"
	[ -s "$results/mine" ] || return 0
	compile_mine base
	comm -23 "$results/mine" "$results/base.objects" | reasons >>"$results/reasons"
	if [ -s "$results/base.objects" ]; then
		cp "$results/base.objects" "$results/mine"
		go_to "$last"
		compile_mine series
		compare || status=$?
	fi
	comm -23 "$results/left" "$results/base.objects" >"$results/left.new"
	mv "$results/left.new" "$results/left"
	return "$status"
}

# ---- results ----

# Lines of three sums as the text for them.
result()
{
	awk '{ n += $1; w += $2; e += $3 }
		END { printf "%d files, %d new warnings, %d errors\n", n, w, e }'
}

# Why the file is not compiled: it is part of another, or what was said first.
reason()
{
	local whole

	whole=$(git -C "$work" grep -lE "^#[ ]*include \"${1##*/}\"" -- "${1%/*}/*.c" | head -n 1)
	if [ -n "$whole" ]; then
		echo "part of $whole"
		return
	fi
	awk -F '\t' -v file="$1" '$1 == file && !why { why = $2 ": " $3 }
		END { print why ? why : "no compiler for its architecture" }' "$results/reasons"
}

list_left()
{
	local object file

	while read -r object; do
		file=${object/%.o/.c}
		printf '%s is not compiled: %s\n' "$file" "$(reason "$file")"
	done <"$results/left"
}

add_worktree()
{
	rm -rf "$work"
	git -C "$tree" worktree prune
	git -C "$tree" worktree add -q --detach "$work" "$ref"
}

base=${1:-$BASE}
need tree build bisect callers
need_tree "$base"
key=$(base_key "$base")
tree=$(tree_dir "$base")
work=$(tree_dir "$base+callers")
ref=$(git -C "$tree" rev-parse "$(base_ref "$base")^{commit}")
last=$(git -C "$tree" rev-parse HEAD)
results=$(build_dir "$base+callers" results)
mkdir -p "$results"
git -C "$work" rev-parse -q --verify HEAD >/dev/null 2>&1 ||
	step "worktree $key+callers" add_worktree

step "callers $key" find_callers
failed=0
for pick in configured possible; do
	for arch in "${arches[@]}"; do
		[ -s "$results/left" ] || break
		try "callers $key $arch $pick" check_arch "$arch" "$pick"
		[ "$rc" = 0 ] || failed=1
	done
done
list_left | tee "$out/callers-$key.left"
result <"$results/sums"
[ "$failed" = 0 ]
