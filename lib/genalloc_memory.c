// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: memory for descriptors and maps
 *
 * Pools work as soon as memblock does, and may be destroyed when it is long
 * gone.  Whatever is allocated here remembers where it came from, and goes back
 * there: nothing is concluded from what the system looks like when it is freed.
 * (After "xen/mm: ... boot allocated memory", 2020, where a guess from a zero
 * went wrong.)
 *
 *	origin	memory				goes back
 *	SLAB	descriptors: a cache each	to the cache
 *		maps: kvmalloc()		kvfree()
 *	BOOT	whole pages of memblock		the pages, to the buddy allocator
 *	STATIC	the caller's			nowhere; storage can be used again
 *
 * Descriptors are SLAB_TYPESAFE_BY_RCU: they can be used anew at once, while
 * readers still look at what they were.  Those tell by the map, which is freed
 * only after a grace period; lib/genalloc.c explains.  What such a reader may
 * rely on is kept also while the descriptor is free: a free chunk has no map.
 * The same would be that a free pool has no users, but so far nobody looks at a
 * pool without a right to it.  Boot memory waits for a grace period altogether.
 */

#include <kunit/static_stub.h>
#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/kmemleak.h>
#include <linux/llist.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "genalloc_memory.h"

/* ---- boot memory ---- */

/* Whole pages: only those can be given back. */
static void *__ref boot_alloc(size_t size, int nid)
{
	return memblock_alloc_try_nid(PAGE_ALIGN(size), PAGE_SIZE,
				      MEMBLOCK_LOW_LIMIT,
				      MEMBLOCK_ALLOC_ACCESSIBLE, nid);
}

/*
 * Boot memory that nobody needs any more, and nobody looks at.  It is given back
 * by a work, since kmemleak may sleep for it, and not before initcalls run,
 * since until then not every struct page is set up
 * (CONFIG_DEFERRED_STRUCT_PAGE_INIT).  By then memblock is gone.
 */
struct boot_block {
	struct llist_node next;
	size_t size;
};

static LLIST_HEAD(boot_blocks);
static bool initcalls_run;

/*
 * Where memblock's list of reserved ranges is kept (CONFIG_ARCH_KEEP_MEMBLOCK),
 * the pages stay in it: no call takes them off it and does nothing else in all
 * configurations.  Those who ask for it that late err on the safe side.
 */
static void free_block(void *memory, size_t size)
{
	size_t offset;

	kmemleak_free_part_phys(virt_to_phys(memory), PAGE_ALIGN(size));
	for (offset = 0; offset < size; offset += PAGE_SIZE)
		free_reserved_page(virt_to_page(memory + offset));
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
 * gen_pool_memory_barrier - wait for memory that is on its way back
 *
 * What was freed by then is where it came from.
 *
 * Context: Process context, may sleep.
 */
void gen_pool_memory_barrier(void)
{
	rcu_barrier();
	flush_work(&boot_work);
}

/* ---- descriptors ---- */

static void init_pool(void *memory)
{
	struct gen_pool *pool = memory;

	refcount_set(&pool->users, 0);
}

static void init_chunk(void *memory)
{
	struct gen_pool_chunk *chunk = memory;

	chunk->map = NULL;
}

struct cache {
	const char *name;
	size_t size;
	void (*init)(void *memory);
	struct kmem_cache *slab;
};

static struct cache pool_cache = {
	"gen_pool", sizeof(struct gen_pool), init_pool,
};

static struct cache chunk_cache = {
	"gen_pool_chunk", sizeof(struct gen_pool_chunk), init_chunk,
};

static DEFINE_MUTEX(cache_lock);

/* Made when the first is needed: that may be before any initcall [made.litmus]. */
static struct kmem_cache *get_slab(struct cache *cache)
{
	struct kmem_cache *slab = smp_load_acquire(&cache->slab); /* made:A */

	if (slab)
		return slab;

	mutex_lock(&cache_lock);
	slab = cache->slab;
	if (!slab) {
		slab = kmem_cache_create(cache->name, cache->size, 0,
					 SLAB_TYPESAFE_BY_RCU | SLAB_HWCACHE_ALIGN,
					 cache->init);
		smp_store_release(&cache->slab, slab); /* of made:A */
	}
	mutex_unlock(&cache_lock);

	return slab;
}

static_assert(sizeof(struct gen_pool) <= PAGE_SIZE);
static_assert(sizeof(struct gen_pool_chunk) <= PAGE_SIZE);

static void *descriptor_alloc(struct cache *cache, int nid,
			      enum gen_pool_origin *origin)
{
	struct kmem_cache *slab;

	if (!slab_is_available()) {
		*origin = GEN_POOL_BOOT;
		return boot_alloc(cache->size, nid);
	}

	*origin = GEN_POOL_SLAB;
	slab = get_slab(cache);
	return slab ? kmem_cache_alloc_node(slab, GFP_KERNEL, nid) : NULL;
}

static void free_boot_descriptor(struct rcu_head *rcu)
{
	boot_free((void *)((unsigned long)rcu & PAGE_MASK), PAGE_SIZE);
}

static void descriptor_free(struct cache *cache, void *descriptor,
			    enum gen_pool_origin origin, struct rcu_head *rcu)
{
	switch (origin) {
	case GEN_POOL_SLAB:
		kmem_cache_free(cache->slab, descriptor);
		break;
	case GEN_POOL_BOOT:
		/* A page can become anything: readers have to be through. */
		call_rcu(rcu, free_boot_descriptor);
		break;
	case GEN_POOL_STATIC:
		break;
	case GEN_POOL_NEVER:
		WARN_ON_ONCE(1);
	}
}

/* ---- pools ---- */

struct gen_pool *gen_pool_new_pool(int nid)
{
	enum gen_pool_origin origin;
	struct gen_pool *pool = descriptor_alloc(&pool_cache, nid, &origin);

	if (!pool)
		return NULL;

	/* All but users, which is 0 until the pool is complete. */
	memset(pool, 0, offsetof(struct gen_pool, users));
	memset_after(pool, 0, users);
	pool->origin = origin;
	return pool;
}

void gen_pool_free_pool(struct gen_pool *pool)
{
	descriptor_free(&pool_cache, pool, pool->origin, &pool->rcu);
}

/* ---- maps ---- */

static size_t map_size(unsigned long nr_units)
{
	return offsetof(struct gen_pool_map, map) + alloc_map_bytes(nr_units);
}

static struct gen_pool_map *map_alloc(unsigned long nr_units, int nid)
{
	size_t size = map_size(nr_units);
	struct gen_pool_map *map;
	enum gen_pool_origin origin;

	if (slab_is_available()) {
		map = kvzalloc_node(size, GFP_KERNEL | __GFP_NOWARN, nid);
		origin = GEN_POOL_SLAB;
	} else {
		map = boot_alloc(size, nid);
		origin = GEN_POOL_BOOT;
	}
	if (!map)
		return NULL;

	map->origin = origin;
	return map;
}

static void free_map(struct rcu_head *rcu)
{
	struct gen_pool_map *map = container_of(rcu, struct gen_pool_map, rcu);

	switch (map->origin) {
	case GEN_POOL_SLAB:
		kvfree(map);
		break;
	case GEN_POOL_BOOT:
		boot_free(map, map_size(map->map.nr_units));
		break;
	case GEN_POOL_STATIC:
		/* For the cmpxchg() of the next use. */
		smp_store_release(&map->origin, GEN_POOL_NEVER);
		break;
	case GEN_POOL_NEVER:
		WARN_ON_ONCE(1);
	}
}

/* ---- chunks ---- */

static void chunk_free(struct gen_pool_chunk *chunk)
{
	descriptor_free(&chunk_cache, chunk, chunk->origin, &chunk->rcu);
}

/**
 * gen_pool_new_chunk - a descriptor and a map for a chunk
 * @nr_units: units of the chunk
 * @nid: node to allocate on, or %NUMA_NO_NODE
 * @map: where to put the map, in which all units are free
 *
 * KUnit tests put themselves in its place, to choose what is used anew when.
 *
 * Context: Process context, may sleep.
 * Return: the descriptor, without a map; NULL if there is no memory.
 */
struct gen_pool_chunk *gen_pool_new_chunk(unsigned long nr_units, int nid,
					  struct alloc_map **map)
{
	enum gen_pool_origin origin;
	struct gen_pool_chunk *chunk;
	struct gen_pool_map *m;

	KUNIT_STATIC_STUB_REDIRECT(gen_pool_new_chunk, nr_units, nid, map);

	chunk = descriptor_alloc(&chunk_cache, nid, &origin);
	if (!chunk)
		return NULL;

	chunk->origin = origin;
	m = map_alloc(nr_units, nid);
	if (!m) {
		chunk_free(chunk);
		return NULL;
	}

	*map = &m->map;
	alloc_map_init(*map, nr_units);
	return chunk;
}

#if IS_ENABLED(CONFIG_KUNIT)
EXPORT_SYMBOL_GPL(gen_pool_new_chunk);
#endif

/* Storage is in use from here on until the map of the chunk has been freed. */
struct gen_pool_chunk *gen_pool_static_chunk(unsigned long nr_units,
					     void *storage, size_t size,
					     struct alloc_map **map)
{
	struct gen_pool_storage *s = storage;

	if (size < offsetof(struct gen_pool_storage, map) + map_size(nr_units))
		return ERR_PTR(-ENOSPC);
	if (cmpxchg(&s->map.origin, GEN_POOL_NEVER, GEN_POOL_STATIC) != GEN_POOL_NEVER)
		return ERR_PTR(-EBUSY);

	s->chunk.origin = GEN_POOL_STATIC;
	memset(&s->map.map, 0, alloc_map_bytes(nr_units));
	*map = &s->map.map;
	alloc_map_init(*map, nr_units);
	return &s->chunk;
}

/**
 * gen_pool_free_chunk - the end of a chunk
 * @chunk: its descriptor, which has lost its map
 * @map: its map, which readers may still have
 *
 * KUnit tests put themselves in its place.
 *
 * Context: Any but NMI.
 */
void gen_pool_free_chunk(struct gen_pool_chunk *chunk, struct alloc_map *map)
{
	struct gen_pool_map *m = container_of(map, struct gen_pool_map, map);

	KUNIT_STATIC_STUB_REDIRECT(gen_pool_free_chunk, chunk, map);

	/* The descriptor first: static storage is free when its map is. */
	chunk_free(chunk);
	call_rcu(&m->rcu, free_map);
}

#if IS_ENABLED(CONFIG_KUNIT)
EXPORT_SYMBOL_GPL(gen_pool_free_chunk);
#endif
