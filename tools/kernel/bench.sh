#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench.sh [BASE]: the speed of our genalloc beside that of the base kernel's
# own, in turn, in one process. LONG=1 measures the full grid, which takes long.
#
# Leaves out/bench/ratios.csv, a table of it and plots.

. "$(dirname "$0")/lib.sh"

bench=tools/testing/genalloc/bench
results=$out/bench

build()
{
	make -C "$bench" O="$results" TREE="$tree" REF="$(base_ref "$base")"
}

plot()
{
	( cd "$results" && gnuplot "$top/$bench/plot.gp" )
}

base=${1:-$BASE}
need user bench
need_tree "$base"
tree=$(tree_dir "$base")
step "bench-build $base" build
"$results/bench" "${LONG:+all}" "${ONLY:-*}" >"$results/ratios.csv"
step bench-plot plot
awk -F, -f "$bench/table.awk" "$results/ratios.csv" | tee "$results/table"
awk -F, -f "$bench/bars.awk" "$results/ratios.csv" | tee "$results/bars"
echo "all of it: out/bench/ratios.csv, out/bench/*.svg"
