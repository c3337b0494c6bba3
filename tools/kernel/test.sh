#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh [fast]: all tests, or those that take minutes at most once the caches
# are warm. What fails does not keep the rest from running; the last line is
# "N passed, N failed[, N skipped]".

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kernels.sh"
. "$(dirname "$0")/static.sh"

# Also when there is no tree to test: the last line always says how it went.
finish()
{
	local status=$?

	tally_end || status=1
	exit "$status"
}

fast_tests()
{
	try judge check_judge
	try scripts check_scripts
	try spelling check_spelling
	try english check_english
	try checkpatch check_patches "$BASE"
	try kernel-doc check_kernel_doc "$BASE"
	try includes check_includes "$BASE"
	try "gcc W=1, sparse" check_gcc "$BASE"
	try "KUnit um" kunit_run "$BASE" um
	tools/kernel/count.sh "$BASE" || true
}

# The sources themselves, in processes. Each program that is run is a test.
user_make()
{
	local report status=0

	report=$(make -s -C tools/testing/genalloc "$@" 2>&1) || status=$?
	printf '%s\n' "$report"
	tally_tests "$(grep -c ' ([0-9]* s)$' <<<"$report")" \
		"$(grep -c ': FAILED (' <<<"$report")" "$(grep -c ': skipped, ' <<<"$report")"
	note "$(grep -oE '32 bit under [^:]*|[^ ]* [^ ,]*: skipped, .*' <<<"$report" | sort -u | paste -sd ';')"
	return "$status"
}

user_tests()
{
	local tree

	tree=$(tree_dir "$BASE")
	try "user-space KUnit" user_make kunit faults
	try "user-space outside" user_make outside TREE="$tree" \
		REF="$(git -C "$tree" rev-parse "$(base_ref "$BASE")")"
	try "user-space cost, lives" user_make cost lives
	try "user-space mutants" make -s -C tools/testing/genalloc mutants
	try "user-space stress" user_make stress SECONDS=30
	try "user-space fuzz" user_make fuzz CALLS=4000000
	try explore make -s -C tools/testing/genalloc/explore run QUICK=1
	tools/kernel/litmus.sh "$BASE" || true
	tools/kernel/prove.sh quick || true
	try documents check_rst "$BASE"
	tools/kernel/cocci.sh "$BASE" || true
}

# Builds a kernel and leaves it to run_kernels to run it with the words RUN.
kernel()
{
	local name=$1 run=$2
	shift 2

	try "build $name" "$@"
	[ "$rc" != 0 ] || printf '%s\t%s\n' "$name" "$run" >&3
}

build_kernels()
{
	try "clang W=1" check_clang "$BASE"
	tools/kernel/arches.sh "$BASE" few || true
	kernel "torture kasan" "torture_run $BASE kasan 15" torture_build "$BASE" kasan
	[ "$rc" != 0 ] || printf 'KASAN of pools\tguard_run %s\n' "$BASE" >&3
	[ "$rc" != 0 ] || printf 'mistakes\tmistakes_run %s\n' "$BASE" >&3
	[ "$rc" != 0 ] || printf 'torture owners\ttorture_run %s kasan 15 on\n' "$BASE" >&3
	kernel "torture kcsan" "torture_run $BASE kcsan 15" torture_build "$BASE" kcsan
	kernel "KUnit arm board" "board_run $BASE" board_build "$BASE"
	kernel "KUnit s390" "kunit_run $BASE s390" kunit_kernel build "$BASE" s390
	kernel "KUnit powerpc" "kunit_run $BASE powerpc" kunit_kernel build "$BASE" powerpc
	other_base_kernel
}

# Debian sid moves on: this base may be out of reach, which series.sh counts.
other_base_kernel()
{
	local status=0

	tools/kernel/series.sh 7.2 || status=$?
	[ "$status" = 0 ] || return 0
	kernel "KUnit um 7.2" "kunit_run 7.2 um" kunit_kernel build 7.2 um
}

run_kernels()
{
	local name run

	while IFS=$'\t' read -r name run; do
		# shellcheck disable=SC2086 # words
		try "$name" $run
	done
}

# Kernels compile beside programs that run, many of which have but one thread.
# Then each line comes when its step is done.
slow_tests()
{
	local kernels=$out/kernels

	if [ "$jobs" = 1 ]; then
		user_tests
		build_kernels 3>"$kernels"
		run_kernels <"$kernels"
	else
		export WHOLE_LINES=y
		{
			build_kernels 3>&1 >&4 | { user_tests </dev/null; run_kernels; }
		} 4>&1
	fi
}

scope=${1:-all}
need tree build check
[ "$scope" = fast ] || need run test user cocci arches
tally_begin
trap finish EXIT
tools/kernel/series.sh "$BASE"
fast_tests
[ "$scope" = fast ] || slow_tests
