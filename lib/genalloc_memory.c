// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: memory for pools, rows and chunks
 *
 * Pools work as soon as memblock does, and may be destroyed long after it is
 * gone.  Every object records where its memory came from, and goes back there;
 * the state of the system when it is freed does not matter.  (After "xen/mm:
 * ... boot allocated memory", 2020, where a guess from a zero went wrong.)
 *
 *	origin	memory				goes back
 *	SLAB	kvmalloc()			kvfree()
 *	BOOT	whole pages of memblock		the pages, to the buddy allocator
 *	STATIC	the caller's			nowhere; storage can be used again
 *
 * All of them are freed a grace period after the last way to them is gone: rows
 * and chunks after they have left the pool, the pool after it was destroyed.  So
 * nothing can be freed before call_rcu() works: in setup_arch() it would put its
 * callbacks into the template of the per-CPU areas.
 */

#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/kmemleak.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/page-flags.h>
#include <linux/pgalloc_tag.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "alloc_map.h"
#include "genalloc.h"

/* ---- boot memory ---- */

/* Whole pages: only these can be given back. */
static void *__ref boot_alloc(size_t size, int nid)
{
	return memblock_alloc_try_nid(PAGE_ALIGN(size), PAGE_SIZE,
				      MEMBLOCK_LOW_LIMIT,
				      MEMBLOCK_ALLOC_ACCESSIBLE, nid);
}

/*
 * Boot memory without users or readers.  A work item gives it back, since
 * kmemleak may sleep, and not before initcalls run, since only then is every
 * struct page set up (CONFIG_DEFERRED_STRUCT_PAGE_INIT) and memblock gone.
 */
struct boot_block {
	struct llist_node next;
	size_t size;
};

static LLIST_HEAD(boot_blocks);
static bool initcalls_run;

/*
 * As free_reserved_page(), but the page goes with its last reference: code that
 * walks the memory map, DAMON for one, may hold another for a moment.
 */
static void free_boot_page(struct page *page)
{
	clear_page_tag_ref(page);
	ClearPageReserved(page);
	adjust_managed_page_count(page, 1);
	put_page(page);
}

/*
 * Where memblock keeps its list of reserved ranges (CONFIG_ARCH_KEEP_MEMBLOCK),
 * the pages stay in it: no call removes them and does nothing else in all
 * configurations.  Code that consults the list so late errs on the safe side.
 */
static void free_block(void *memory, size_t size)
{
	size_t offset;

	kmemleak_free_part_phys(virt_to_phys(memory), PAGE_ALIGN(size));
	for (offset = 0; offset < size; offset += PAGE_SIZE)
		free_boot_page(virt_to_page(memory + offset));
}

static void free_blocks(struct work_struct *work)
{
	struct boot_block *block, *next;

	llist_for_each_entry_safe(block, next, llist_del_all(&boot_blocks), next)
		free_block(block, block->size);
}

static DECLARE_WORK(boot_work, free_blocks);

/* llist_add() is a full barrier: this or boot_end() sees what the other did. */
static void boot_free(void *memory, size_t size)
{
	struct boot_block *block = memory;

	block->size = size;
	llist_add(&block->next, &boot_blocks);
	if (READ_ONCE(initcalls_run))
		schedule_work(&boot_work);
}

static int __init boot_end(void)
{
	WRITE_ONCE(initcalls_run, true);
	schedule_work(&boot_work);
	return 0;
}
core_initcall(boot_end);

/**
 * gen_pool_memory_barrier - wait until all freed memory has gone back
 *
 * Context: Process context, may sleep.
 */
void gen_pool_memory_barrier(void)
{
	rcu_barrier();
	flush_work(&boot_work);
}

/* ---- objects ---- */

static void *zalloc(size_t size, int nid, enum gen_pool_origin *origin)
{
	if (slab_is_available()) {
		*origin = GEN_POOL_SLAB;
		return kvzalloc_node(size, GFP_KERNEL | __GFP_NOWARN, nid);
	}
	*origin = GEN_POOL_BOOT;
	return boot_alloc(size, nid);
}

static void zfree(void *memory, size_t size, enum gen_pool_origin *origin)
{
	switch (*origin) {
	case GEN_POOL_SLAB:
		kvfree(memory);
		break;
	case GEN_POOL_BOOT:
		boot_free(memory, size);
		break;
	case GEN_POOL_STATIC:
		/* For the cmpxchg() of the next use. */
		smp_store_release(origin, GEN_POOL_NEVER);
		break;
	case GEN_POOL_NEVER:
		WARN_ON_ONCE(1);
	}
}

/* ---- pools ---- */

/* To be read under RCU, or its lock.  In a pool that is not listed, prev is 0. */
LIST_HEAD(gen_pool_list);
DEFINE_SPINLOCK(gen_pool_list_lock);

/* Pools are listed when they are created, variables when they get memory. */
void gen_pool_list_add(struct gen_pool *pool)
{
	unsigned long flags;

	spin_lock_irqsave(&gen_pool_list_lock, flags);
	if (!pool->pools.prev) {
		list_add_tail_rcu(&pool->pools, &gen_pool_list);
		gen_pool_debugfs_add(pool);
	}
	spin_unlock_irqrestore(&gen_pool_list_lock, flags);
}

void gen_pool_list_del(struct gen_pool *pool)
{
	unsigned long flags;

	spin_lock_irqsave(&gen_pool_list_lock, flags);
	if (pool->pools.prev) {
		gen_pool_debugfs_del(pool);
		list_del_rcu(&pool->pools);
	}
	pool->pools.prev = NULL;
	spin_unlock_irqrestore(&gen_pool_list_lock, flags);
}

struct gen_pool *gen_pool_new_pool(int nid)
{
	enum gen_pool_origin origin;
	struct gen_pool *pool = zalloc(sizeof(*pool), nid, &origin);

	if (pool)
		pool->origin = origin;
	return pool;
}

static void free_pool(struct rcu_head *rcu)
{
	struct gen_pool *pool = container_of(rcu, struct gen_pool, rcu);

	kfree_const(pool->name);
	zfree(pool, sizeof(*pool), &pool->origin);
}

void gen_pool_free_pool(struct gen_pool *pool)
{
	call_rcu(&pool->rcu, free_pool);
}

/* ---- rows and chunks ---- */

struct gen_pool_row *gen_pool_new_row(void)
{
	enum gen_pool_origin origin;
	struct gen_pool_row *row = zalloc(sizeof(*row), NUMA_NO_NODE, &origin);

	if (row) {
		row->unused = GEN_POOL_ROW_CHUNKS;
		row->origin = origin;
	}
	return row;
}

static void free_row(struct rcu_head *rcu)
{
	struct gen_pool_row *row = container_of(rcu, struct gen_pool_row, rcu);

	zfree(row, sizeof(*row), &row->origin);
}

void gen_pool_free_row(struct gen_pool_row *row)
{
	call_rcu(&row->rcu, free_row);
}

static size_t chunk_bytes(unsigned long nr_units)
{
	return offsetof(struct gen_pool_chunk, map) + alloc_map_bytes(nr_units);
}

/* A chunk with a map in which all units are free. */
struct gen_pool_chunk *gen_pool_new_chunk(unsigned long nr_units, int nid)
{
	enum gen_pool_origin origin;
	struct gen_pool_chunk *chunk = zalloc(chunk_bytes(nr_units), nid, &origin);

	if (!chunk)
		return NULL;

	chunk->origin = origin;
	alloc_map_init(&chunk->map, nr_units);
	return chunk;
}

/* The same in @storage, which is in use until the chunk has been freed. */
struct gen_pool_chunk *gen_pool_static_chunk(unsigned long nr_units,
					     void *storage, size_t size)
{
	struct gen_pool_chunk *chunk = storage;

	if (size < chunk_bytes(nr_units))
		return ERR_PTR(-ENOSPC);
	if (cmpxchg(&chunk->origin, GEN_POOL_NEVER, GEN_POOL_STATIC) != GEN_POOL_NEVER)
		return ERR_PTR(-EBUSY);

	chunk->provider = NULL;
	memset(&chunk->map, 0, alloc_map_bytes(nr_units));
	alloc_map_init(&chunk->map, nr_units);
	return chunk;
}

static void free_chunk(struct rcu_head *rcu)
{
	struct gen_pool_chunk *chunk = container_of(rcu, struct gen_pool_chunk, rcu);

	gen_pool_owner_forget(chunk);
	gen_pool_failure_forget(chunk);
	zfree(chunk, chunk_bytes(chunk->map.nr_units), &chunk->origin);
}

/* At once: no CPU could ever find the chunk. */
void gen_pool_drop_chunk(struct gen_pool_chunk *chunk)
{
	free_chunk(&chunk->rcu);
}

void gen_pool_free_chunk(struct gen_pool_chunk *chunk)
{
	call_rcu(&chunk->rcu, free_chunk);
}
