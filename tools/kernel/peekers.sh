#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# peekers.sh [BASE]: boots an x86_64 kernel with all that looks at the memory
# map, and lets each of them look at pages that belong to pools.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kernels.sh"

base=${1:-$BASE}
need tree build test
need_tree "$base"
tally_begin
step "peekers kernel $base" peekers_build "$base"
hint "The log of the kernel is out/peekers-$base-kunit.kernel.log"
try "peekers $base kunit" peekers_kunit "$base"
hint "The log of the kernel is out/peekers-$base.kernel.log"
try "peekers $base" peekers_run "$base"
tally_end
