#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# take.sh [BASE]: takes over what was changed in the commits of the tree that
# make tree has made: take.py tells what.

. "$(dirname "$0")/lib.sh"

need tree
step "take $BASE" python3 tools/kernel/take.py "$(tree_dir "$BASE")" \
	"$(base_ref "$BASE")" "$BASE"
