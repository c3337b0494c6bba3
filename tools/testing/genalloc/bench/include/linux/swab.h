/* SPDX-License-Identifier: GPL-2.0-only */
#include_next <linux/swab.h>
#include <shim.h>
