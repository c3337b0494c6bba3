#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# prove.sh [quick]: proofs of the sources for all values, with CBMC; quick: as a
# step, those that take seconds.

. "$(dirname "$0")/lib.sh"
. tools/kernel/sid.sh

# Debian 12 has no CBMC 6. That of sid runs with the libraries of sid beside it.
fetch_cbmc()
{
	rm -rf "$cbmc" "$cbmc.new"
	sid_unpack "$cbmc.new" CBMC cbmc minisat libc6 libgcc-s1 libstdc++6
	rm -rf "$cbmc.new"/{lists,cache,*.deb}
	find "$cbmc.new/usr/bin" -type f ! -name cbmc ! -name goto-cc \
		! -name goto-instrument -delete
	mv "$cbmc.new" "$cbmc"
}

make_prove()
{
	local loader

	loader=$(echo "$cbmc"/usr/lib/*/ld-linux*.so.*)
	loader+=" --library-path ${loader%/*}:$cbmc/usr/lib"
	make -s -C tools/testing/genalloc/prove JOBS="$jobs" "$@" \
		GOTO_CC="$loader $cbmc/usr/bin/goto-cc" \
		GOTO_INSTRUMENT="$loader $cbmc/usr/bin/goto-instrument" \
		CBMC="$loader $cbmc/usr/bin/cbmc"
}

quick_proofs()
{
	local status=0 proved failed

	make_prove QUICK=1 >"$out/prove.result" || status=$?
	cat "$out/prove.result"
	read -r proved _ _ failed _ < <(tail -n 1 "$out/prove.result")
	tally_tests "$proved" "$failed"
	note "$proved properties proved"
	return "$status"
}

cbmc=$cache/cbmc
exec 9>"$cbmc.lock"
flock 9
[ -e "$cbmc/usr/bin/goto-instrument" ] || step CBMC fetch_cbmc
if [ "${1:-}" = quick ]; then
	hint "The values that break a proof are in the log, behind FAILED"
	step prove quick_proofs
else
	need prove
	make_prove
fi
