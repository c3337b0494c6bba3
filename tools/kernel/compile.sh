# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # $arch and $build are the caller's
#
# Single files of two revisions, compiled with W=1 for the architectures that
# they are for, and compared. To be sourced after lib.sh and kernels.sh.
#
#	open_work BASE		sets $base, $key, $tree, $ref (the base) and $last (the
#				series), and makes the work tree $work and the
#				directory $results
#	go_to REVISION		for $arch, in the build directory $build
#	configured ARCH		those of stdin's objects that ARCH's allmodconfig has
#	possible ARCH		those that are not for another architecture
#	compile_mine NAME	the objects of $results/mine: NAME.log with all
#				messages, NAME.objects with what did compile
#	compare NAME		fails if NAME has warnings that "base" has not, or
#				not all of mine; adds a line to $results/sums
#	result			stdin's lines of that kind as text
: "${top:?source lib.sh and kernels.sh first}" "${cross[s390]:?}"

# shellcheck disable=SC2034 # for scripts that source this
arches=(x86_64 arm arm64 powerpc s390 sh)
cross+=([arm]=arm-linux-gnueabihf- [arm64]=aarch64-linux-gnu- [sh]=sh4-linux-gnu-)

add_worktree()
{
	rm -rf "$work"
	git -C "$tree" worktree prune
	git -C "$tree" worktree add -q --detach "$work" "$ref"
}

open_work()
{
	base=$1
	need tree build bisect callers
	need_tree "$base"
	key=$(base_key "$base")
	tree=$(tree_dir "$base")
	work=$(tree_dir "$base+callers")
	ref=$(git -C "$tree" rev-parse "$(base_ref "$base")^{commit}")
	# shellcheck disable=SC2034 # for scripts that source this
	last=$(git -C "$tree" rev-parse HEAD)
	results=$(build_dir "$base+callers" results)
	mkdir -p "$results"
	: >"$results/sums"
	git -C "$work" rev-parse -q --verify HEAD >/dev/null 2>&1 ||
		step "worktree $key+callers" add_worktree
}

# ---- which files ----

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
	checkout "$work" "$1"
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

# NAME.log with all messages, NAME.objects with what did compile. Many files have
# no rule on an architecture that they are not for. Make reaches files below arch
# by two ways, which must not be taken at the same time.
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

# Lines of three sums as the text for them.
result()
{
	awk '{ n += $1; w += $2; e += $3 }
		END { printf "%d files, %d new warnings, %d errors\n", n, w, e }'
}

# What became of mine, which compile on the base, in NAME.
compare()
{
	local name=$1 new lost

	new=$(comm -13 <(warnings base) <(warnings "$name"))
	lost=$(comm -23 "$results/mine" "$results/$name.objects")
	printf '%s' "${new:+$'new warnings:\n'$new$'\n'}" \
		"${lost:+$'no longer compile:\n'$lost$'\n'}"
	printf '%d %d %d\n' "$(wc -l <"$results/mine")" \
		"$(grep -c . <<<"$new")" "$(grep -c . <<<"$lost")" >>"$results/sums"
	[ -z "$new$lost" ]
}
