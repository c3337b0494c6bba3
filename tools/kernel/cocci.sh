#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# cocci.sh [BASE]: what scripts/coccinelle/api/gen_pool_free.cocci reports for
# all users of pools, before and after the series: out/cocci-BASE.base and
# .series. Fails if it does not find those that are known to free something else
# than they have allocated, or still does after the series.

. "$(dirname "$0")/lib.sh"

rules=scripts/coccinelle/api/gen_pool_free.cocci
known=(drivers/pci/p2pdma.c drivers/soc/fsl/qbman/qman.c kernel/sched/ext/arena.c)

users_at()
{
	git -C "$tree" grep -lE gen_pool_ "$1" -- '*.c' '*.h' ':!lib' \
		':!include/linux/genalloc.h' ':!tools/testing/genalloc' |
		sed "s/^$1://"
}

# The reports for the files of a revision, sorted.
reports_at()
{
	local dir
	local -a files
	dir=$(build_dir "$base" cocci)

	rm -rf "$dir"
	mkdir -p "$dir"
	mapfile -t files < <(users_at "$1")
	git -C "$tree" archive "$1" "${files[@]}" | tar -x -C "$dir"
	( cd "$dir" && spatch --very-quiet -D report --no-includes \
		--cocci-file "$top/$rules" "${files[@]}" ) | sort
}

check_rules()
{
	local before=$out/cocci-$key.base after=$out/cocci-$key.series file

	reports_at "$ref" >"$before"
	reports_at HEAD >"$after"
	cat "$before"
	printf -- '--- with the series:\n'
	cat "$after"
	for file in "${known[@]}"; do
		! git -C "$tree" cat-file -e "$ref:$file" 2>/dev/null ||
			grep -q "^$file:" "$before" ||
			die "$rules does not find what $file does on the base"
		! grep "^$file:" "$after" ||
			die "$file is not what the series should make of it"
	done
	note "$(wc -l <"$before") reports on the base, $(wc -l <"$after") with the series"
}

base=${1:-$BASE}
need tree cocci
need_tree "$base"
key=$(base_key "$base")
tree=$(tree_dir "$base")
ref=$(base_ref "$base")
step "cocci $key" check_rules
