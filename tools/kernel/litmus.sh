#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# litmus.sh [BASE]: runs our litmus tests, and their broken twins, with herd7
# under the memory model of the base kernel.

. "$(dirname "$0")/lib.sh"
. tools/kernel/sid.sh

# Debian 12 has no herd7. That of sid runs with the C library of sid beside it.
fetch_herd()
{
	rm -rf "$herd" "$herd.new"
	sid_unpack "$herd.new" herd7 herdtools7 libc6 libgmp10
	rm -rf "$herd.new"/{lists,cache,*.deb}
	find "$herd.new/usr/bin" -type f ! -name herd7 -delete
	mv "$herd.new" "$herd"
}

run_tests()
{
	local loader status=0 nr wrong

	loader=$(echo "$herd"/usr/lib/*/ld-linux*.so.*)
	tools/testing/genalloc/litmus/run.sh "$model" "$loader" \
		--library-path "${loader%/*}" "$herd/usr/bin/herd7" \
		-set-libdir "$herd/usr/share/herdtools7/herd" >"$out/litmus.result" ||
		status=$?
	cat "$out/litmus.result"
	read -r nr _ _ wrong _ < <(tail -n 1 "$out/litmus.result")
	tally_tests $((nr - wrong)) "$wrong"
	note "$nr litmus tests, $wrong wrong"
	return "$status"
}

base=${1:-$BASE}
herd=$cache/herd7
need_tree "$base"
model=$(tree_dir "$base")/tools/memory-model
exec 9>"$herd.lock"
flock 9
[ -e "$herd" ] || step herd7 fetch_herd
hint "What herd7 says about each test is in the log, marked WRONG"
try "litmus $(base_key "$base")" run_tests
tail -n 1 "$out/litmus-$(base_key "$base").log"
[ "$rc" = 0 ]
