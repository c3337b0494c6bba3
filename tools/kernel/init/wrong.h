/* SPDX-License-Identifier: GPL-2.0 */
/* A driver that is compiled with this reads what it has freed, if told at boot. */
#include <linux/compiler.h>
#include <linux/genalloc.h>
#include <linux/init.h>
#include <linux/string.h>

#define gen_pool_free(pool, addr, size)				\
do {								\
	gen_pool_free(pool, addr, size);			\
	if (strstr(saved_command_line, "genalloc_wrong"))	\
		READ_ONCE(*(unsigned long *)(addr));		\
} while (0)
