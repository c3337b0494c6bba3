#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh MODEL HERD7...: runs the litmus tests of alloc_map and genalloc under
# the memory model in directory MODEL
#
# A test must say what its Result: line says, and each of its broken twins, which
# the table "twins" makes, "Sometimes". Sources and tests must name each other.

model=$(readlink -f "$1")
shift
cd "$(dirname "$0")" || exit
top=../../../..
# Seconds for one test. All of them together take half a minute.
limit=300

dir=$(mktemp -d) || exit
trap 'rm -rf "$dir"' EXIT
nr=0
wrong=0

tests()
{
	ls "$top"/Documentation/litmus-tests/genalloc/*.litmus ./*.litmus
}

sources()
{
	# Where the tests are in lib/, too, they are not meant.
	printf '%s\n' "$top"/lib/alloc_map*.[ch] "$top"/lib/genalloc*.[ch] \
		"$top/mm/gen_pool_page.c" | grep -vE '_(kunit|model|test|torture)\.' |
		xargs cat
}

# In the words of a Result: line. A test without any execution proves nothing.
observe()
{
	awk '/^Observation / { result = $4 + $5 ? $3 : "no execution" }
		/^Flag / { flags = flags " " ($2 == "data-race" ? "DATARACE" : $2) }
		END { print result flags }' "$dir/result"
}

# run_test NAME FILE PATTERN HERD7...
run_test()
{
	name=$1
	file=$(readlink -f "$2")
	expected=$3
	shift 3
	(cd "$model" && timeout $limit "$@" -conf linux-kernel.cfg "$file") \
		>"$dir/result" 2>&1 || echo "herd7 ended with status $?" >>"$dir/result"
	seen=$(observe)
	nr=$((nr + 1))
	# shellcheck disable=SC2254 # a pattern is expected
	case $seen in
	$expected)
		echo "$name: $seen" ;;
	*)
		cat "$dir/result"
		echo "WRONG: $name: ${seen:-no result}, not $expected"
		wrong=$((wrong + 1)) ;;
	esac
}

run_twins()
{
	while read -r name twin script; do
		case $name in
		'' | '#'*) continue ;;
		esac
		file=$(tests | grep "/$name\.litmus$")
		sed "$script" "$file" >"$dir/twin.litmus"
		# Without a difference it says what the test says.
		run_test "$name, $twin" "$dir/twin.litmus" 'Sometimes*' "$@"
	done <twins
}

# What only one of two lists has is wrong.
compare()
{
	for name in $(sort -u "$2" | comm -3 - "$3"); do
		echo "WRONG: $1 $name: in the sources or in the tests, not in both"
		wrong=$((wrong + 1))
	done
}

# Names of tests are in brackets there, also over the end of a line.
compare_names()
{
	sources | tr '\n\t' '  ' | sed 's/ \*  *\([^/]\)/ \1/g' |
		grep -oE '[^a-zA-Z0-9_)]\[[a-z]+(-[a-z]+)*(, *[a-z]+(-[a-z]+)*)*\]' |
		tr -c 'a-z-' '\n' | grep . >"$dir/sources"
	tests | sed 's/.*\///; s/\.litmus$//' | sort >"$dir/tests"
	compare test "$dir/sources" "$dir/tests"

	sources | grep -oE '\b[a-z]+:[A-Z]\b' >"$dir/sources"
	tests | xargs cat | grep -oE '\b[a-z]+:[A-Z]\b' | sort -u >"$dir/tests"
	compare label "$dir/sources" "$dir/tests"
}

for test in $(tests); do
	run_test "$(basename "$test" .litmus)" "$test" \
		"$(sed -n 's/^ \* Result: //p' "$test")" "$@"
done
run_twins "$@"
compare_names
echo "$nr litmus tests, $wrong wrong"
[ $wrong -eq 0 ]
