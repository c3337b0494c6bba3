#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# torture.sh [SECONDS]: the torture test on x86_64 with four CPUs, half of the
# time (60) with KASAN and lockdep, half of it with KCSAN.

seconds=${1:-60}
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kernels.sh"

need tree build test
need_tree "$BASE"
for check in kasan kcsan; do
	step "torture $check build" torture_build "$BASE" "$check"
	step "torture $check" torture_run "$BASE" "$check" $(((seconds + 1) / 2))
done
