#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# count.sh [BASE]: the instructions that calls of our genalloc and of the base
# kernel's own execute, which are the same in every run. Fails if a row exceeds
# the figure kept in tools/testing/genalloc/bench/counts.csv by more than 3 %;
# or if all that can be compiled in for watching, and is off, makes an allocation
# or a free execute more than a nop each.
#
# Leaves out/bench/counts.csv, a table of it and bars.

. "$(dirname "$0")/lib.sh"

bench=tools/testing/genalloc/bench
results=$out/bench

# In DIR, with further arguments for make.
count_in()
{
	local dir=$1
	shift

	command -v valgrind >/dev/null || skip "valgrind is not installed"
	make -C "$bench" O="$dir" TREE="$tree" \
		REF="$(git -C "$tree" rev-parse "$(base_ref "$base")")" "$@" "$dir/count"
	rm -f "$dir/callgrind"
	valgrind --tool=callgrind --collect-atstart=no --instr-atstart=no \
		--compress-strings=no --compress-pos=no --combine-dumps=yes \
		--callgrind-out-file="$dir/callgrind" "$dir/count"
	awk -v by="gcc $(gcc -dumpfullversion) $(uname -m)" -f "$bench/count.awk" \
		"$dir/callgrind" >"$dir/counts.csv"
}

count()
{
	local status=0

	rm -f "$results/counts"
	count_in "$results"
	awk -F, -f "$bench/counts.awk" "$bench/counts.csv" "$results/counts.csv" \
		>"$results/counts" || status=$?
	cat "$results/counts"
	[ "$status" != 1 ] || echo "If it is worth that: cp out/bench/counts.csv $bench/"
	note "$(tail -n 1 "$results/counts")"
	return "$status"
}

# A pair of calls has two nops, a single call one.
count_watch()
{
	count_in "$results/watch" WATCH=1
	awk -F, '
		NR == FNR { plain[$1, $2, $3, $4, $6] = $7; next }
		FNR > 1 {
			more = $7 - plain[$1, $2, $3, $4, $6]
			most = more > most ? more : most
			bad += more > ($6 ~ /pair|churn/ ? 2 : 1)
			print $1, $2, $3, $4, $6 ": " more " more"
		}
		END {
			print bad + 0 " rows with more than nops, " most " more at most"
			exit bad
		}' "$results/counts.csv" "$results/watch/counts.csv" >"$results/watch/more" ||
		{ cat "$results/watch/more"; return 1; }
	note "$(tail -n 1 "$results/watch/more")"
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
if [ "$status" = 0 ]; then
	try "instructions $(base_key "$base"), to be watched" count_watch
	status=$rc
fi
[ -n "${TALLY:-}" ] || [ ! -e "$results/counts" ] || {
	step count-plot plot
	cat "$results/counts"
}
[ "$status" = 0 ] || [ "$status" = 77 ]
