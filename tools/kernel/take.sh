#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# take.sh [BASE]: takes over changes in the commits of the tree that make tree
# has made: take.py tells which.

. "$(dirname "$0")/lib.sh"

need tree
step "take $BASE" python3 tools/kernel/take.py "$(tree_dir "$BASE")" \
	"$(base_ref "$BASE")" "$BASE"
