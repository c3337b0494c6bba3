#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# run.sh DIR JOBS MUTANT...: explore all scenarios, then look for each mutant
#
# DIR has the programs and gets the logs.  QUICK=1 leaves out the large
# scenarios.  Mutants must be found without these in any case, and by the harm
# they do, not only because they break Invariant B.  QEMU is what runs them.

export QEMU
out=$1
jobs=$2
shift 2

names()
{
	$QEMU "$out/explore" --list "$@" | cut -d' ' -f1
}

# The large ones first, so that no job is left with one at the end.
scenarios()
{
	[ "$QUICK" = 1 ] || names --large
	names --quick
}

# What became of one mutant, in a line.
# shellcheck disable=SC2016 # for the shell that runs it
try_mutant='
	log=$0/mutants/$1.log
	timeout 300 $QEMU "$0/mutants/$1" --harm --first --quick >"$log"
	status=$?
	if [ $status -eq 1 ]; then
		sed -n "s/^VIOLATION in/mutant $1: found by/p" "$log"
	else
		echo "mutant $1: MISSED (status $status)"
	fi'

count()
{
	grep -c "$1" "$2"
}

log=$out/scenarios.log
scenarios | xargs -P "$jobs" -n 1 ${QEMU:+"$QEMU"} "$out/explore" 2>&1 | tee "$log"
printf '%s\n' "$@" | xargs -P "$jobs" -n 1 sh -c "$try_mutant" "$out" |
	tee "$out/mutants.log"

schedules=$(awk '$3 == "schedules" { n += $2 } END { print n + 0 }' "$log")
violations=$(count ' VIOLATED$' "$log")
found=$(count ': found by ' "$out/mutants.log")
done=$(count ' schedules ' "$log")
all=$(scenarios | wc -l)

[ "$done" -eq "$all" ] || echo "only $done of $all scenarios came to an end"
echo "explored $schedules schedules, $violations violations," \
	"mutants $found/$#"
[ "$done" -eq "$all" ] && [ "$violations" -eq 0 ] && [ "$found" -eq $# ]
