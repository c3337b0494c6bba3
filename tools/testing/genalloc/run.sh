#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh what log program [argument...]: run a test and say what came out
#
# The last line of its output is its verdict. If it fails the first that went
# wrong is shown, and where the rest is.

what=$1
log=$2
shift 2

start=$(date +%s)
TSAN_OPTIONS=halt_on_error=1:$TSAN_OPTIONS "$@" >"$log" 2>&1
status=$?
took=$(($(date +%s) - start))

if [ $status -eq 0 ]; then
	echo "$what: $(tail -n 1 "$log") ($took s)"
	exit 0
fi

grep -m 1 -A 12 -E 'ERROR:|WARNING: Thread|runtime error|FAILED|DIFFERENCE' \
	"$log" || tail -n 12 "$log"
echo "$what: FAILED (status $status, $took s)"
echo "  all of it is in $log; to run it again: $*"
exit 1
