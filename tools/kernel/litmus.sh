#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# litmus.sh [BASE]: runs our litmus tests with herd7 under the memory model of
# the base kernel and compares with what they say the result is.

. "$(dirname "$0")/lib.sh"
. tools/kernel/sid.sh

# Seconds of a processor for one test. All of them together take a few.
limit=60

# Debian 12 has no herd7. That of sid runs with the C library of sid beside it.
fetch_herd()
{
	rm -rf "$herd" "$herd.new"
	sid_unpack "$herd.new" herd7 herdtools7 libc6 libgmp10
	rm -rf "$herd.new"/{lists,cache,*.deb}
	find "$herd.new/usr/bin" -type f ! -name herd7 -delete
	mv "$herd.new" "$herd"
	note "$(herd7 -version | cut -d , -f 1)"
}

herd7()
{
	local loader

	loader=$(echo "$herd"/usr/lib/*/ld-linux*.so.*)
	"$loader" --library-path "${loader%/*}" "$herd/usr/bin/herd7" \
		-set-libdir "$herd/usr/share/herdtools7/herd" "$@"
}

# In the words of a Result: line. A test without any execution proves nothing.
observed()
{
	awk '/^Observation / { result = $4 + $5 ? $3 : "no execution" }
		/^Flag / { flags = flags " " ($2 == "data-race" ? "DATARACE" : $2) }
		END { print result flags }' "$1"
}

run_herd()
{
	( cd "$model" && ulimit -t "$limit" && herd7 -conf linux-kernel.cfg "$1" ) 2>&1 ||
		echo "herd7 ended with status $?"
}

run_test()
{
	local test=$1 result=$out/litmus.result expected seen

	run_herd "$top/$test" >"$result"
	expected=$(sed -n 's/^ \* Result: //p' "$test")
	seen=$(observed "$result")
	if [ -n "$seen" ] && [ "$seen" = "$expected" ]; then
		echo "${test##*/}: $seen"
		return
	fi
	cat "$result"
	wrong+=("${test##*/}: ${seen:-no result}, not ${expected:-said what to expect}")
	echo "${wrong[-1]}"
}

run_tests()
{
	local test n=0
	local -a wrong=()

	for test in Documentation/litmus-tests/genalloc/*.litmus; do
		n=$((n + 1))
		run_test "$test"
	done
	tally_tests $((n - ${#wrong[@]})) "${#wrong[@]}"
	note "$n litmus tests, ${#wrong[@]} wrong"
	printf '%s\n' '' "${wrong[@]}" "$n litmus tests, ${#wrong[@]} wrong"
	[ "${#wrong[@]}" = 0 ]
}

base=${1:-$BASE}
herd=$cache/herd7
need_tree "$base"
model=$(tree_dir "$base")/tools/memory-model
exec 9>"$herd.lock"
flock 9
[ -e "$herd" ] || step herd7 fetch_herd
hint "What herd7 says about each test is in the log"
try "litmus $(base_key "$base")" run_tests
tail -n 1 "$out/litmus-$(base_key "$base").log"
[ "$rc" = 0 ]
