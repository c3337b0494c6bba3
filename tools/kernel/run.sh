#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [BASE]: builds an i.MX6 kernel with the series, boots it on QEMU's
# sabrelite and shows what became of the on-chip RAM pool.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kernels.sh"

# A line that the kernel or our init has put into the log, without its prefix.
from_log()
{
	sed -n "s/^\(\[[^]]*\]\)* *$1//p" "$out/board.kernel.log" | tr -d '\r'
}

show()
{
	printf '%-10s %s\n' "$1" "${2:-(none)}"
}

summary()
{
	local patches clone pools

	patches=$(git -C "$tree" rev-list --count "$(base_ref "$base")..HEAD")
	clone=$(git describe --always --dirty 2>/dev/null) || clone='no commit yet'
	pools=$(from_log 'genalloc-init: | ')
	echo
	show kernel "$(from_log 'Linux version ' | cut -d ' ' -f 1), $patches patches of the series at $clone"
	show board "$(from_log 'OF: fdt: Machine model: '), $(from_log 'smp: Brought up ')"
	show self-test "$(from_log 'genalloc: self-test:* *')"
	show KUnit "$(grep -E '^[0-9]+ passed' "$out/board-boot.log")"
	show pools "$(head -n 1 <<<"$pools")"
	tail -n +2 <<<"$pools" | sed 's/^/           /'
	show log "${out#"$top/"}/board.kernel.log"
}

base=${1:-$BASE}
need tree build run
need_tree "$base"
tree=$(tree_dir "$base")
step "board kernel $base" board_build "$base"
hint "The log of the kernel is out/board.kernel.log"
try board-boot board_run "$base"
summary
exit "$rc"
