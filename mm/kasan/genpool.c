// SPDX-License-Identifier: GPL-2.0-only
/*
 * KASAN: memory of pools that have ordinary memory, see lib/genalloc_guard.c
 *
 * Generic mode only: the other modes would need tags in the addresses that pools
 * return, and are given.
 */

#include <linux/align.h>
#include <linux/kasan.h>
#include <linux/kasan-enabled.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/vmalloc.h>

#include "kasan.h"

/*
 * Whether memory that is divided into units of @unit bytes can be watched.
 * Until kasan_init() has run, all addresses share one shadow page.
 */
bool kasan_genpool_watches(const void *start, size_t unit)
{
	if (!kasan_enabled() || !kasan_arch_is_ready() || !addr_has_metadata(start))
		return false;
	if (system_state == SYSTEM_BOOTING && init_task.kasan_depth)
		return false;
	if (!IS_ENABLED(CONFIG_KASAN_VMALLOC) && is_vmalloc_or_module_addr(start))
		return false;

	return IS_ALIGNED((unsigned long)start | unit, KASAN_GRANULE_SIZE);
}

/* An allocation of @size bytes; the rest of @room is a redzone. */
void kasan_genpool_alloc(const void *addr, size_t size, size_t room)
{
	size_t used = round_up(size, KASAN_GRANULE_SIZE);

	kasan_unpoison(addr, size, false);
	kasan_poison(addr + used, room - used, KASAN_GENPOOL_REDZONE, false);
}

void kasan_genpool_free(const void *addr, size_t size)
{
	kasan_poison(addr, size, KASAN_GENPOOL_FREE, false);
}
