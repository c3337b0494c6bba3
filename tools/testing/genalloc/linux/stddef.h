/* SPDX-License-Identifier: GPL-2.0-only */
/* The C library includes the header of this name, too. */
#include_next <linux/stddef.h>
#include <shim.h>
