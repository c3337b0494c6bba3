#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check.sh: the fast part of test.sh, for every edit.

exec "$(dirname "$0")/test.sh" fast
