/* SPDX-License-Identifier: GPL-2.0-only */
/* The C library includes the header of this name, too. */
#include_next <linux/errno.h>
#include <shim.h>
