// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: the bytes of ordinary memory
 *
 * The map of a chunk knows at every moment which bytes nobody may touch.  If
 * the provider says that they are ordinary memory, use is made of that:
 *
 *	KASAN		free memory is poisoned, and so is the rest of the last
 *			unit of an allocation, beyond the bytes asked for
 *	init_on_alloc,	allocations are cleared when, or before, they are made,
 *	init_on_free	as those of slab are
 *
 * The CPU that does this owns the memory: an allocation has claimed the units, a
 * free has taken them and not yet cleared them in the map, a chunk is not yet
 * open or is closed.  So there is no lock, and NMI is as good as any context.
 */

#include <kunit/visibility.h>
#include <linux/alloc_map.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/init.h>
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "alloc_map.h"
#include "genalloc.h"

static void *unit_to_ptr(const struct gen_pool_chunk *chunk, unsigned long unit)
{
	return (void *)unit_to_addr(chunk->pool, chunk, unit);
}

/* ---- switch ---- */

static bool clearing;	/* all calls come along here */
static bool early;	/* there was memory to be cleared before initcalls */

static void switch_on(struct work_struct *work)
{
	gen_pool_watch_switch(&clearing, true);
}

static DECLARE_WORK(switch_work, switch_on);

#if IS_ENABLED(CONFIG_KUNIT)
/* Returns what it was, or was about to become. */
bool gen_pool_watch_clearing(bool on)
{
	flush_work(&switch_work);
	return gen_pool_watch_switch(&clearing, on);
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_watch_clearing);
#endif

static int __init switch_on_early(void)
{
	if (early)
		schedule_work(&switch_work);
	return 0;
}
early_initcall(switch_on_early);

/*
 * What a provider gives is cleared here, as init_on_free expects free memory to
 * be.  Pools without such memory are to stay fast, so its first chunk switches
 * the rest on: later, as the switch sleeps and takes cpus_read_lock().  What is
 * freed until then, and allocated again, is not cleared.
 */
static void prepare_clearing(void *start, size_t size)
{
	if (!want_init_on_alloc(0) && !want_init_on_free())
		return;

	memset(start, 0, size);
	if (system_state == SYSTEM_BOOTING)
		early = true;
	else if (!READ_ONCE(clearing))
		schedule_work(&switch_work);
}

/* ---- chunks ---- */

/* Before any CPU can find the chunk, which has no address of another one. */
void gen_pool_guard_open(struct gen_pool_chunk *chunk)
{
	size_t size = units_to_size(chunk->pool, chunk->map.nr_units);
	void *start = unit_to_ptr(chunk, 0);

	if (!chunk->is_memory)
		return;

	prepare_clearing(start, size);
	if (!kasan_genpool_watches(start, unit_size(chunk->pool)))
		return;

	chunk->has_shadow = true;
	kasan_genpool_free(start, size);
}

/* From now on the memory may be used for something else. */
void gen_pool_guard_close(struct gen_pool_chunk *chunk)
{
	if (chunk->has_shadow)
		kasan_unpoison_range(unit_to_ptr(chunk, 0),
				     units_to_size(chunk->pool, chunk->map.nr_units));
	chunk->has_shadow = false;
	chunk->is_memory = false;
}

/* ---- allocations ---- */

static void guard_alloc(const struct gen_pool_chunk *chunk, void *ptr,
			size_t size)
{
	size_t room = units_to_size(chunk->pool, size_to_units(chunk->pool, size));

	if (chunk->has_shadow)
		kasan_unpoison_range(ptr, room);
	/* The rest of the last unit, too: it may end up in user space. */
	if (want_init_on_alloc(0))
		memset(ptr, 0, room);
	if (chunk->has_shadow)
		kasan_genpool_alloc(ptr, size, room);
}

void gen_pool_guard_alloc(struct gen_pool *pool, unsigned long addr, size_t size)
{
	const struct gen_pool_chunk *chunk;

	rcu_read_lock();
	chunk = find_chunk(pool, addr);
	if (chunk && chunk->is_memory)
		guard_alloc(chunk, (void *)addr, size);
	rcu_read_unlock();
}

static void guard_free(const struct gen_pool_chunk *chunk, void *ptr,
		       size_t size)
{
	if (want_init_on_free()) {
		if (chunk->has_shadow)
			kasan_unpoison_range(ptr, size);
		memset(ptr, 0, size);
	}
	if (chunk->has_shadow)
		kasan_genpool_free(ptr, size);
}

/* Give back units that the caller has taken. */
void gen_pool_guard_give(struct gen_pool_chunk *chunk, unsigned long unit,
			 unsigned long nr)
{
	if (chunk->is_memory)
		guard_free(chunk, unit_to_ptr(chunk, unit),
			   units_to_size(chunk->pool, nr));
	alloc_map_clear(&chunk->map, unit, nr);
}

/*
 * As alloc_map_release().  A free that is refused touches no byte: it may come
 * while another one succeeds, and the memory is allocated anew.
 */
long gen_pool_guard_free(struct gen_pool_chunk *chunk, unsigned long unit,
			 unsigned long nr)
{
	long extent = alloc_map_take(&chunk->map, unit, nr);

	if (extent > 0 && gen_pool_has_failed(chunk))
		gen_pool_give_good(chunk, unit, extent);
	else if (extent > 0)
		gen_pool_guard_give(chunk, unit, extent);
	return extent;
}

/* ---- reports of KASAN ---- */

#ifdef CONFIG_GENALLOC_KASAN
static void dump_place(const struct gen_pool_chunk *chunk, unsigned long addr)
{
	unsigned long unit = addr_to_unit(chunk->pool, chunk, addr), start;
	unsigned long before = addr - 1 - (addr - chunk->start_addr) %
			       unit_size(chunk->pool);
	size_t size = gen_pool_chunk_lookup(chunk, addr, &start);
	const char *where = "inside of";

	if (!size && unit) {
		size = gen_pool_chunk_lookup(chunk, before, &start);
		where = "in free memory behind";
		addr -= size;
	}
	if (size)
		pr_err("The buggy address is located %lu bytes %s an allocation of %zu bytes\n",
		       addr - start, where, size);
	else
		pr_err("The buggy address is located in free memory\n");
}

static void dump_addr(const struct gen_pool_chunk *chunk, unsigned long addr)
{
	const struct gen_pool *pool = chunk->pool;

	pr_err("The buggy address belongs to pool %s of %pS\n",
	       pool->name ?: "(no name)", pool->creator);
	if (addr_to_unit(pool, chunk, addr) < chunk->map.nr_units)
		dump_place(chunk, addr);
	gen_pool_owner_print(chunk, addr);
	pr_err("\n");
}

/**
 * gen_pool_dump_addr - print the place of an address that was used wrongly
 * @ptr: any address; nothing is printed unless the memory belongs to a pool
 *
 * Context: Any, NMI included.
 */
void gen_pool_dump_addr(const void *ptr)
{
	unsigned long addr = (unsigned long)ptr;
	const struct gen_pool_chunk *chunk;
	struct gen_pool *pool;

	rcu_read_lock();
	list_for_each_entry_rcu(pool, &gen_pool_list, pools) {
		chunk = find_chunk(pool, addr);
		if (chunk && chunk->has_shadow)
			dump_addr(chunk, addr);
	}
	rcu_read_unlock();
}
#endif
