#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# callers.sh [BASE]: compiles every file that uses a pool, or includes genalloc.h
# or a header that does, on the base and on the series, with W=1. The last line
# is "N files, W new warnings, E errors".
#
# Each file is compiled for the first of the architectures of compile.sh whose
# allmodconfig has it; if none has, for the first one for which it compiles on
# the base when asked for by name. Which files there are is found out, not
# written down. Those that compile nowhere are listed with the reason.

. "$(dirname "$0")/lib.sh"
. tools/kernel/kernels.sh
. tools/kernel/users.sh
. tools/kernel/compile.sh

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
	checkout "$work" "$ref"
	callers | objects >"$results/left"
	: >"$results/reasons"
	note "$(wc -l <"$results/left") files"
}

# ---- compile and compare ----

# Why an object does not compile, in the words of make or of the compiler; it
# names files in tools/testing from the directory of the module on.
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
		compare series || status=$?
		note "$(tail -n 1 "$results/sums" | result)"
	fi
	comm -23 "$results/left" "$results/base.objects" >"$results/left.new"
	mv "$results/left.new" "$results/left"
	return "$status"
}

# ---- results ----

# Why the file is not compiled: it is part of another, or the first message.
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

open_work "${1:-$BASE}"
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
