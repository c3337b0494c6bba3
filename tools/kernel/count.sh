#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# count.sh [BASE]: the instructions that calls of our genalloc and of the base
# kernel's own execute, which are the same in every run. Fails if a row exceeds
# the figure kept in tools/testing/genalloc/bench/counts.csv by more than 3 %.
#
# Leaves out/bench/counts.csv, a table of it and bars.

. "$(dirname "$0")/lib.sh"

bench=tools/testing/genalloc/bench
results=$out/bench

build()
{
	make -C "$bench" O="$results" TREE="$tree" \
		REF="$(git -C "$tree" rev-parse "$(base_ref "$base")")" "$results/count"
}

count()
{
	local status=0

	command -v valgrind >/dev/null || skip "valgrind is not installed"
	rm -f "$results"/{callgrind,counts}
	build
	valgrind --tool=callgrind --collect-atstart=no --instr-atstart=no \
		--compress-strings=no --compress-pos=no --combine-dumps=yes \
		--callgrind-out-file="$results/callgrind" "$results/count"
	awk -v by="gcc $(gcc -dumpfullversion) $(uname -m)" -f "$bench/count.awk" \
		"$results/callgrind" >"$results/counts.csv"
	awk -F, -f "$bench/counts.awk" "$bench/counts.csv" "$results/counts.csv" \
		>"$results/counts" || status=$?
	cat "$results/counts"
	[ "$status" != 1 ] || echo "If it is worth that: cp out/bench/counts.csv $bench/"
	note "$(tail -n 1 "$results/counts")"
	return "$status"
}

plot()
{
	( cd "$results" && gnuplot "$top/$bench/count.gp" )
}

base=${1:-$BASE}
[ -n "${TALLY:-}" ] || need tree build bench
tree=$(tree_dir "$base")
# Below the series: it need not apply.
git -C "$tree" rev-parse -q --verify "$(base_ref "$base")" >/dev/null 2>&1 ||
	need_tree "$base"
try "instructions $(base_key "$base")" count
status=$rc
[ -n "${TALLY:-}" ] || [ ! -e "$results/counts" ] || {
	step count-plot plot
	cat "$results/counts"
}
[ "$status" = 0 ] || [ "$status" = 77 ]
