#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench.sh [BASE]: the speed of our genalloc beside that of the base kernel's
# own: in turn in one process, and in kernels that are booted in turn. LONG=1
# measures the full grid, which takes long. Then counts instructions: count.sh.
#
# Leaves out/bench/ratios.csv, a table of it and plots.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kernels.sh"

bench=tools/testing/genalloc/bench
results=$out/bench
boots=3

build()
{
	make -C "$bench" O="../../../../${results#"$top/"}" TREE="$tree" \
		REF="$(git -C "$tree" rev-parse "$(base_ref "$base")")"
}

# UML kernels. That of the base has a work tree of its own, at the first patch of
# the series: this only brings tests, and without it nothing on UML has genalloc.
checkout_base()
{
	local first

	first=$(git -C "$tree" rev-list --reverse "$(base_ref "$base")..HEAD" | sed -n 1p)
	git -C "$work" rev-parse -q --verify HEAD >/dev/null 2>&1 || {
		rm -rf "$work"
		git -C "$tree" worktree prune
		git -C "$tree" worktree add -q --detach "$work" "$first"
	}
	checkout "$work" "$first"
	mkdir -p "$work/$bench"
	cp -u "$bench"/{Kbuild,*.[ch]} "$work/$bench"
}

kernel_build()
{
	configure "$1" bench allnoconfig "$configs/bench.config" ARCH=um
	kmake "$1" bench ARCH=um GENALLOC_BENCH=y ARCH_DRIVERS="$bench/" linux
}

# The points as they come, on the terminal.
show_points()
{
	local line

	while read -r line; do
		[ -t 2 ] || continue
		case $line in
		*'genalloc-bench: '*,*)
			printf '\r\033[Kkernel %s: %s' "$1" "${line#*genalloc-bench: *,}" >&2 ;;
		esac
	done
	[ ! -t 2 ] || printf '\r\033[K' >&2
}

kernel_run()
{
	local name=$1 tree=$2 n=$3 log=$results/boots/$1-$3.log

	timeout 3600 "$(build_dir "$tree" bench)/linux" mem=1500M \
		genalloc_bench.poweroff=1 ${LONG:+genalloc_bench.all=1} 2>&1 </dev/null |
		tee "$log" | show_points "$n of $boots, $name"
	grep -q 'genalloc-bench: end' "$log" ||
		die "the kernel did not come to the end, see ${log#"$top/"}"
}

kernel_runs()
{
	local n

	rm -rf "$results/boots"
	mkdir -p "$results/boots"
	for n in $(seq "$boots"); do
		kernel_run ours "$base" "$n"
		kernel_run mainline "$base+bench" "$n"
	done
	awk -f "$bench/merge.awk" "$results"/boots/*.log >>"$results/ratios.csv"
}

plot()
{
	( cd "$results" && gnuplot "$top/$bench/plot.gp" )
}

base=${1:-$BASE}
need tree build user bench
need_tree "$base"
tree=$(tree_dir "$base")
work=$(tree_dir "$base+bench")
step "bench-build $base" build
step "bench-kernel $base" kernel_build "$base"
step "bench-checkout $base" checkout_base
step "bench-kernel $base+bench" kernel_build "$base+bench"
"$results/bench" "${LONG:+all}" "${ONLY:-*}" >"$results/ratios.csv"
# Rows chosen by ONLY are measured in processes.
[ -n "${ONLY:-}" ] || kernel_runs
step bench-plot plot
awk -F, -f "$bench/table.awk" "$results/ratios.csv" | tee "$results/table"
awk -F, -f "$bench/bars.awk" "$results/ratios.csv" | tee "$results/bars"
tools/kernel/count.sh "$base" || true
echo "all of it: out/bench/*.csv, out/bench/*.svg"
