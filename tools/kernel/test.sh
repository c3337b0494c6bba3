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
	try "user-space KUnit" user_make kunit faults
	try "user-space lives" user_make lives
	try "user-space stress" user_make stress SECONDS=30
	try "user-space fuzz" user_make fuzz CALLS=4000000
	try explore make -s -C tools/testing/genalloc/explore run QUICK=1
	tools/kernel/litmus.sh "$BASE" || true
}

torture_test()
{
	torture_build "$BASE" "$1"
	torture_run "$BASE" "$1" 15
}

modules_test()
{
	modules_build "$BASE"
	modules_run "$BASE"
}

board_test()
{
	board_build "$BASE"
	board_run "$BASE"
}

slow_tests()
{
	user_tests
	try "clang W=1" check_clang "$BASE"
	try documents check_rst "$BASE"
	tools/kernel/cocci.sh "$BASE" || true
	try "KUnit um modules" modules_test
	try "KUnit x86_64" kunit_run "$BASE" x86_64
	try "torture kasan" torture_test kasan
	try "torture kcsan" torture_test kcsan
	try "KUnit arm board" board_test
	try "KUnit s390" kunit_run "$BASE" s390
	try "KUnit powerpc" kunit_run "$BASE" powerpc
}

# Debian sid moves on: this base may be out of reach, which series.sh counts.
other_base_tests()
{
	local status=0

	tools/kernel/series.sh 7.2 || status=$?
	[ "$status" = 0 ] || return 0
	try "KUnit um 7.2" kunit_run 7.2 um
}

scope=${1:-all}
need tree build check
[ "$scope" = fast ] || need run test user cocci
tally_begin
trap finish EXIT
tools/kernel/series.sh "$BASE"
fast_tests
[ "$scope" = fast ] || {
	slow_tests
	other_base_tests
}
