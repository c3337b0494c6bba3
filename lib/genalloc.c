// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: pools of special memory
 *
 * A pool hands out memory that kmalloc() does not manage, such as on-chip RAM
 * or device memory, or things that are no memory at all, such as bus addresses
 * and numbers: it never touches what it manages.
 *
 *	pool ---> chunk ----------> chunk ----------> ...   newest first
 *		  start_addr        start_addr
 *		  end_addr          end_addr
 *		  map               map
 *		   |                 |
 *		   v                 v
 *		  [unit|unit|..]    [unit|unit|..]
 *
 * A chunk is a range of addresses that was given to the pool at once.  It is
 * divided into units of 1 << min_alloc_order bytes that count from its first
 * byte, wherever that lies.  If a last part is smaller than a unit, it belongs
 * to the chunk but is never allocated.  An allocation is a row of units in one
 * chunk; the chunk's map (lib/alloc_map.c) knows its first unit and its
 * length.
 *
 * Allocating and freeing take no lock: all that they change is the map, by
 * cmpxchg.  Where the architecture has an NMI-safe cmpxchg(), they work in NMI.
 * An allocation tries the chunks in the order of the list; the chunk of an
 * address is looked up in a latched tree.  Both are read under RCU and changed
 * under the pool's lock.  "Lives of chunks" below tells what readers may rely on.
 *
 * A call that cannot be right is refused: it changes nothing, is counted in
 * the pool, and the first one in a pool is reported with all that is known.
 *
 * Names: addr and size are in bytes, unit and nr in units, relative to the
 * chunk.
 *
 * The interface goes back to Jes Sorensen (2005); the lockless operation to
 * Huang Ying (2011); tracking of allocations to Igor Stoppa (2018).
 */

#include <kunit/static_stub.h>
#include <kunit/visibility.h>
#include <linux/align.h>
#include <linux/alloc_map.h>
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gen_pool_page.h>
#include <linux/genalloc.h>
#include <linux/hash.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/rbtree_latch.h>
#include <linux/rculist_nulls.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include "genalloc_debugfs.h"
#include "genalloc_memory.h"

/* ---- bytes and units ---- */

static size_t unit_size(const struct gen_pool *pool)
{
	return 1UL << pool->min_alloc_order;
}

static size_t units_to_size(const struct gen_pool *pool, unsigned long nr)
{
	return nr << pool->min_alloc_order;
}

/* Units that @size bytes need, without an overflow near SIZE_MAX. */
static unsigned long size_to_units(const struct gen_pool *pool, size_t size)
{
	return (size >> pool->min_alloc_order) +
	       !!(size & (unit_size(pool) - 1));
}

static unsigned long unit_to_addr(const struct gen_pool *pool,
				  const struct gen_pool_map *m,
				  unsigned long unit)
{
	return m->start_addr + units_to_size(pool, unit);
}

static unsigned long addr_to_unit(const struct gen_pool *pool,
				  const struct gen_pool_map *m,
				  unsigned long addr)
{
	return (addr - m->start_addr) >> pool->min_alloc_order;
}

/* ---- chunks by address ---- */

struct addr_range {
	unsigned long first;
	unsigned long last;
};

static struct gen_pool_map *map_of_node(struct latch_tree_node *node)
{
	return container_of(node, struct gen_pool_map, node);
}

static bool map_less(struct latch_tree_node *a, struct latch_tree_node *b)
{
	return map_of_node(a)->start_addr < map_of_node(b)->start_addr;
}

/* Chunks do not overlap: a range without a common address is on one side. */
static int compare_range(void *key, struct latch_tree_node *node)
{
	struct gen_pool_map *m = map_of_node(node);
	struct addr_range *range = key;

	if (range->last < m->start_addr)
		return -1;
	return range->first > m->end_addr;
}

static const struct latch_tree_ops map_tree_ops = {
	.less = map_less,
	.comp = compare_range,
};

/* The map of a chunk with any address of [first, last]. */
static struct gen_pool_map *find_overlap(struct gen_pool *pool,
					 unsigned long first, unsigned long last)
{
	struct addr_range range = { first, last };
	struct latch_tree_node *node;

	node = latch_tree_find(&range, &pool->tree, &map_tree_ops);
	return node ? map_of_node(node) : NULL;
}

static struct gen_pool_map *find_map(struct gen_pool *pool, unsigned long addr)
{
	return find_overlap(pool, addr, addr);
}

/*
 * ---- lives of chunks ----
 *
 * Chunks come and go while others allocate, free and look.  Descriptors are
 * SLAB_TYPESAFE_BY_RCU: under rcu_read_lock() a reader may come to one that is
 * being taken out of the pool, or that by now is another chunk, of another
 * pool perhaps.  It remains a descriptor, but nothing else is certain.
 *
 * Maps, on the other hand, are freed after a grace period.  As long as a reader
 * is in its critical section, no other chunk has a map at the same address; so
 * the map tells the lives of a descriptor apart [map-again]:
 *
 *	open_chunk()				copy_chunk(), visit_chunk()
 *	  write what it is, and what follows	  copy:A map = chunk->map
 *	  into tree				  no map: no chunk
 *	  open:A chunk->map = map		  read what it is
 *	  into list				  same:A
 *	close_chunk()				  chunk->map another: two chunks
 *	  claim the whole map
 *	  out of list and tree
 *	  close:A chunk->map = NULL
 *	  close:B
 *	  (next life) write what it is
 *
 *  If copy:A reads from open:A
 *	all of that life is seen, not of the one before [open-copy].
 *  If a map is found in the tree
 *	what the descriptor says is that, too, or later [open-tree]: owner_of()
 *	and phys_of() need same:A only.
 *  If anything is read that was written after close:B
 *	the read of chunk->map after same:A does not see the old map
 *	[close-same].  Between CPUs the slab allocator hands descriptors on
 *	by a lock or a full barrier [close-same-passed].
 *  If copy:A reads from close:A
 *	the chunk is seen gone from list and tree [close-copy].
 *
 * The names in brackets are litmus tests in Documentation/litmus-tests/genalloc/.
 *
 * Readers do not use the descriptor but what is beside the map and stays with
 * it, &struct gen_pool_map, and what else they have read of that life.  It may be
 * a chunk that has gone since: then its map is claimed as a whole, and whoever
 * tries to allocate or free there fails by himself.
 *
 * A reader can come from an earlier life to a chunk that is just being added.
 * Hence the order in open_chunk(): before there is a map, there is the way
 * onward, and what is allocated can be found when it is freed.
 *
 * No reader gets lost in another pool.  A pointer from a descriptor to the next
 * one is followed only if the descriptor still was the same chunk after it was
 * read, else the reader starts again.  No reader starts again for ever: a chunk
 * is in the list only while it has a map, so that who starts again does not come
 * to it, not even an NMI on the CPU that is just adding or removing it.
 *
 * The nodes of the tree come and go with the maps, not with the descriptors:
 * rbtree_latch.h wants a node to be left alone for a grace period.
 */

static struct gen_pool_map *map_of_chunk(const struct gen_pool_chunk *chunk)
{
	struct alloc_map *map = smp_load_acquire(&chunk->map); /* copy:A */

	return map ? container_of(map, struct gen_pool_map, map) : NULL;
}

static bool is_same_chunk(const struct gen_pool_chunk *chunk,
			  const struct gen_pool_map *m)
{
	smp_rmb(); /* same:A */
	return READ_ONCE(chunk->map) == &m->map;
}

static bool copy_chunk(struct gen_pool_chunk *copy,
		       const struct gen_pool_chunk *chunk)
{
	struct gen_pool_map *m = map_of_chunk(chunk);

	if (!m)
		return false;

	copy->map = &m->map;
	copy->pool = READ_ONCE(chunk->pool);
	copy->serial = READ_ONCE(chunk->serial);
	copy->start_addr = READ_ONCE(chunk->start_addr);
	copy->end_addr = READ_ONCE(chunk->end_addr);
	copy->phys_addr = READ_ONCE(chunk->phys_addr);
	copy->owner = READ_ONCE(chunk->owner);

	return is_same_chunk(chunk, m);
}

/**
 * gen_pool_copy_chunk - copy the chunk that a page's tag leads to
 * @copy: where to
 * @chunk: the descriptor
 *
 * Context: Any, NMI included, under rcu_read_lock().
 * Return: true if @chunk is a chunk of a pool.
 */
bool gen_pool_copy_chunk(struct gen_pool_chunk *copy,
			 const struct gen_pool_chunk *chunk)
{
	return copy_chunk(copy, chunk);
}

/*
 * What the descriptor of @m knows and the map does not.  If it does not have the
 * map yet, or no longer, there was a moment when no chunk had these addresses: no
 * allocation then, which would have kept the chunk.
 */
static void *owner_of(const struct gen_pool_map *m)
{
	void *owner = READ_ONCE(m->chunk->owner);

	return is_same_chunk(m->chunk, m) ? owner : NULL;
}

static phys_addr_t phys_of(const struct gen_pool_map *m)
{
	phys_addr_t phys = READ_ONCE(m->chunk->phys_addr);

	return is_same_chunk(m->chunk, m) ? phys : -1;
}

static struct hlist_nulls_node *newest_node(struct gen_pool *pool)
{
	return rcu_dereference_raw(hlist_nulls_first_rcu(&pool->chunks));
}

/*
 * A chunk that a walk has come to, in the life that it had then.  Not a copy: most
 * kernels clear what is on the stack, and a copy is large.
 */
struct visit {
	struct gen_pool_chunk *chunk;
	struct gen_pool_map *m;
	u64 serial;
};

static bool visit_chunk(struct visit *v, struct gen_pool_chunk *chunk,
			const struct gen_pool *pool)
{
	bool found;

	v->chunk = chunk;
	v->m = map_of_chunk(chunk);
	if (!v->m)
		return false;

	v->serial = READ_ONCE(chunk->serial);
	found = READ_ONCE(chunk->pool) == pool;
	return is_same_chunk(chunk, v->m) && found;
}

/* What follows the chunk, or the first if it no longer is the same. */
static struct hlist_nulls_node *node_after(struct gen_pool *pool,
					   const struct visit *v)
{
	struct hlist_nulls_node *next;

	next = rcu_dereference_raw(hlist_nulls_next_rcu(&v->chunk->next_chunk));
	return is_same_chunk(v->chunk, v->m) ? next : newest_node(pool);
}

/*
 * Go on to the next older chunk, or to the newest if @v is empty.  Who has to
 * start again passes over those that he has seen, which are newer: so each chunk
 * comes once, and none is missed that is in the pool throughout.
 */
static bool next_chunk(struct gen_pool *pool, struct visit *v)
{
	u64 before = v->chunk ? v->serial : U64_MAX;
	struct hlist_nulls_node *node;
	struct gen_pool_chunk *chunk;

	node = v->chunk ? node_after(pool, v) : newest_node(pool);
	while (!is_a_nulls(node)) {
		chunk = hlist_nulls_entry(node, struct gen_pool_chunk, next_chunk);
		if (!visit_chunk(v, chunk, pool)) {
			node = newest_node(pool);
			continue;
		}
		if (v->serial < before)
			return true;
		node = node_after(pool, v);
	}
	return false;
}

/* The allocation that @addr is in: where it begins, and how long it is, or 0. */
static size_t lookup(const struct gen_pool *pool, const struct gen_pool_map *m,
		     unsigned long addr, unsigned long *start)
{
	unsigned long unit = addr_to_unit(pool, m, addr);
	unsigned long head, nr;

	if (unit >= m->map.nr_units)
		return 0;

	head = alloc_map_head(&m->map, unit);
	nr = alloc_map_extent(&m->map, head);
	if (unit - head >= nr)
		return 0;

	*start = unit_to_addr(pool, m, head);
	return units_to_size(pool, nr);
}

/**
 * gen_pool_chunk_lookup - the allocation that an address is in
 * @chunk: a copy of the chunk that has the address
 * @addr: the address
 * @start: where to put the beginning of the allocation, if there is one
 *
 * Context: Any, NMI included, under rcu_read_lock().  Exact as long as the
 * caller has a right to the allocation.
 * Return: length of the allocation in bytes, 0 if there is none.
 */
size_t gen_pool_chunk_lookup(const struct gen_pool_chunk *chunk,
			     unsigned long addr, unsigned long *start)
{
	const struct gen_pool_map *m;

	m = container_of(chunk->map, struct gen_pool_map, map);
	return lookup(chunk->pool, m, addr, start);
}

/* ---- refusals ---- */

/**
 * gen_pool_report - tell the developer what was refused
 * @pool: the pool
 * @refusal: what and why
 *
 * KUnit tests put themselves in its place.
 *
 * Context: Any.
 */
VISIBLE_IF_KUNIT void gen_pool_report(struct gen_pool *pool,
				      const struct gen_pool_refusal *refusal)
{
	char recorded[64] = "";

	KUNIT_STATIC_STUB_REDIRECT(gen_pool_report, pool, refusal);

	if (refusal->recorded)
		scnprintf(recorded, sizeof(recorded), " (recorded are %zu bytes at %#lx)",
			  refusal->recorded, refusal->start);

	WARN(1, "genalloc: pool %s of %pS: %s of %zu bytes at %#lx refused: %s%s\n",
	     pool->name ?: "(no name)", pool->creator, refusal->what,
	     refusal->size, refusal->addr, refusal->why, recorded);
}

#if IS_ENABLED(CONFIG_KUNIT)
EXPORT_SYMBOL_GPL(gen_pool_report);
#endif

/* One report a pool: a driver that goes wrong does so again and again. */
static void refuse(struct gen_pool *pool, const struct gen_pool_refusal *refusal)
{
	if (atomic_long_inc_return(&pool->nr_refused) == 1)
		gen_pool_report(pool, refusal);
}

static const char *reason(int err)
{
	switch (err) {
	case -ENOENT:
		return "nothing is allocated there";
	case -EBUSY:
		return "another CPU is just allocating or freeing it";
	case -EMSGSIZE:
		return "it has another size";
	case -ERANGE:
		return "it is in the unusable end of a chunk";
	case -ENXIO:
		return "it is not in this pool";
	case -EDOM:
		return "pieces have no size";
	default:
		return "it is not the beginning of an allocation";
	}
}

/* The unit that begins at @addr, which is in the chunk that has @m. */
static int find_unit(const struct gen_pool *pool, const struct gen_pool_map *m,
		     unsigned long addr, unsigned long *unit)
{
	*unit = addr_to_unit(pool, m, addr);
	if (*unit >= m->map.nr_units)
		return -ERANGE;
	if (unit_to_addr(pool, m, *unit) != addr)
		return -EINVAL;
	return 0;
}

/* A wrong address or size inside a chunk: say what the chunk has there. */
static void refuse_in_chunk(struct gen_pool *pool, const char *what,
			    unsigned long addr, size_t size,
			    const struct gen_pool_map *m, int err)
{
	struct gen_pool_refusal refusal = {
		.what = what, .addr = addr, .size = size, .why = reason(err),
	};

	refusal.recorded = lookup(pool, m, addr, &refusal.start);
	refuse(pool, &refusal);
}

static int refuse_call(struct gen_pool *pool, const char *what,
		       unsigned long addr, size_t size, int err)
{
	struct gen_pool_refusal refusal = {
		.what = what, .addr = addr, .size = size, .why = reason(err),
	};

	refuse(pool, &refusal);
	return err;
}

/*
 * In an NMI an emulated cmpxchg() could wait for a lock that its CPU holds; so
 * could the counter.
 */
static bool bad_context(void)
{
	return !IS_ENABLED(CONFIG_ARCH_HAVE_NMI_SAFE_CMPXCHG) &&
	       WARN_ONCE(in_nmi(), "genalloc: no cmpxchg in NMI on this machine\n");
}

/* ---- pools ---- */

static struct gen_pool *create_pool(int min_alloc_order, int nid,
				    const char *name, void *creator)
{
	struct gen_pool *pool;

	if (WARN_ON_ONCE(min_alloc_order < 0 || min_alloc_order >= BITS_PER_LONG))
		return NULL;

	if (name) {
		name = kstrdup_const(name, GFP_KERNEL);
		if (!name)
			return NULL;
	}
	pool = gen_pool_new_pool(nid);
	if (!pool)
		goto out_free_name;

	spin_lock_init(&pool->lock);
	INIT_HLIST_NULLS_HEAD(&pool->chunks, 0);
	seqcount_latch_init(&pool->tree.seq);
	pool->min_alloc_order = min_alloc_order;
	pool->algo = gen_pool_first_fit;
	pool->name = name;
	pool->creator = creator;
	refcount_set_release(&pool->users, 1);
	gen_pool_debugfs_add(pool);

	return pool;

out_free_name:
	kfree_const(name);
	return NULL;
}

/* One user less; the last one frees the descriptor. */
void gen_pool_put(struct gen_pool *pool)
{
	if (!refcount_dec_and_test(&pool->users))
		return;

	kfree_const(pool->name);
	gen_pool_free_pool(pool);
}

/**
 * gen_pool_create - create a pool
 * @min_alloc_order: log2 of the size of a unit in bytes: the granularity and
 *	the least size of allocations
 * @nid: node to allocate the descriptor on, or %NUMA_NO_NODE
 *
 * Context: Process context, may sleep.
 * Return: the pool, which has no memory yet; NULL if there is no memory for
 * it, or if units would not fit into an unsigned long.
 */
struct gen_pool *gen_pool_create(int min_alloc_order, int nid)
{
	return create_pool(min_alloc_order, nid, NULL,
			   __builtin_return_address(0));
}
EXPORT_SYMBOL(gen_pool_create);

/* ---- chunks ---- */

/*
 * Give @chunk to the pool unless one of its addresses is there already.  The
 * order is what readers rely on: see above.
 */
static int open_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      struct alloc_map *map)
{
	struct gen_pool_map *m = container_of(map, struct gen_pool_map, map);
	int err = -EEXIST;

	/* For readers who come by the tree: latch_tree_insert() publishes them. */
	m->chunk = chunk;
	m->start_addr = chunk->start_addr;
	m->end_addr = chunk->end_addr;

	spin_lock(&pool->lock);
	if (!find_overlap(pool, m->start_addr, m->end_addr)) {
		WRITE_ONCE(chunk->serial, pool->nr_added++);
		WRITE_ONCE(chunk->next_chunk.next, pool->chunks.first);
		latch_tree_insert(&m->node, &pool->tree, &map_tree_ops);
		smp_store_release(&chunk->map, map); /* open:A */
		hlist_nulls_add_head_rcu(&chunk->next_chunk, &pool->chunks);
		err = 0;
	}
	spin_unlock(&pool->lock);

	return err;
}

/* Take the chunk that has @m from the pool, if it is idle. */
static bool close_chunk(struct gen_pool *pool, struct gen_pool_map *m)
{
	if (!alloc_map_claim_all(&m->map))
		return false;

	hlist_nulls_del_rcu(&m->chunk->next_chunk);
	latch_tree_erase(&m->node, &pool->tree, &map_tree_ops);
	smp_store_release(&m->chunk->map, NULL); /* close:A */
	smp_wmb(); /* close:B */
	return true;
}

static bool is_range(unsigned long virt, size_t size)
{
	return size && virt + (size - 1) >= virt;
}

static int add_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		     struct alloc_map *map, unsigned long virt,
		     phys_addr_t phys, size_t size, void *owner,
		     struct page *pages)
{
	int err;

	WRITE_ONCE(chunk->pool, pool);
	WRITE_ONCE(chunk->phys_addr, phys);
	WRITE_ONCE(chunk->start_addr, virt);
	WRITE_ONCE(chunk->end_addr, virt + (size - 1));
	WRITE_ONCE(chunk->owner, owner);
	chunk->pages = pages;

	err = gen_pool_tag_chunk(chunk);
	if (err)
		goto free;
	err = open_chunk(pool, chunk, map);
	if (err)
		goto untag;

	gen_pool_debugfs_add(pool);
	return 0;

untag:
	gen_pool_untag_chunk(chunk);
free:
	gen_pool_free_chunk(chunk, map);
	return err;
}

/**
 * gen_pool_add_chunk - gen_pool_add_owner(), also for pages
 * @pool: as gen_pool_add_owner()
 * @virt: as gen_pool_add_owner()
 * @phys: as gen_pool_add_owner()
 * @size: as gen_pool_add_owner()
 * @nid: as gen_pool_add_owner()
 * @owner: as gen_pool_add_owner()
 * @pages: the first page of the memory if its pages are to be tagged, or NULL
 *
 * Pages are tagged first: what can be allocated can also be looked up.
 *
 * Context: Process context, may sleep.  Others may allocate meanwhile.
 * Return: as gen_pool_add_owner() and gen_pool_tag_chunk().
 */
int gen_pool_add_chunk(struct gen_pool *pool, unsigned long virt,
		       phys_addr_t phys, size_t size, int nid, void *owner,
		       struct page *pages)
{
	struct gen_pool_chunk *chunk;
	struct alloc_map *map;

	if (!is_range(virt, size))
		return -EINVAL;

	chunk = gen_pool_new_chunk(size >> pool->min_alloc_order, nid, &map);
	if (!chunk)
		return -ENOMEM;

	return add_chunk(pool, chunk, map, virt, phys, size, owner, pages);
}

/**
 * gen_pool_add_owner - give memory with an owner to a pool
 * @pool: the pool
 * @virt: address of the first byte, as allocations will return it.  It need
 *	not be aligned to a unit, nor be the address of anything
 * @phys: physical address of the first byte, or -1
 * @size: length in bytes.  If it is no multiple of a unit, the rest is not used
 * @nid: node to allocate the bookkeeping on, or %NUMA_NO_NODE
 * @owner: what gen_pool_alloc_owner() and gen_pool_free_owner() hand out for
 *	allocations in this memory
 *
 * Memory at address 0 can be added, but an allocation there cannot be told
 * from one that failed.
 *
 * Context: Process context, may sleep.  Others may allocate meanwhile.
 * Return: 0, or with nothing changed
 * * %-EINVAL: @size is 0 or goes past the end of the address space
 * * %-EEXIST: part of it is in the pool already
 * * %-ENOMEM: no memory for the bookkeeping
 */
int gen_pool_add_owner(struct gen_pool *pool, unsigned long virt,
		       phys_addr_t phys, size_t size, int nid, void *owner)
{
	return gen_pool_add_chunk(pool, virt, phys, size, nid, owner, NULL);
}
EXPORT_SYMBOL(gen_pool_add_owner);

/**
 * gen_pool_add_static - give memory to a pool without allocating any
 * @pool: the pool
 * @virt: as gen_pool_add_owner()
 * @phys: as gen_pool_add_owner()
 * @size: length in bytes
 * @owner: as gen_pool_add_owner()
 * @storage: room for the bookkeeping, see DEFINE_GEN_POOL_STORAGE(): zero when
 *	it is used first.  It can be used again an RCU grace period after the
 *	chunk was removed
 * @storage_size: size of @storage in bytes
 *
 * A module that has @storage calls rcu_barrier() before it goes, when the chunk
 * was removed or the pool destroyed.
 *
 * Context: Process context.
 * Return: 0, or with nothing changed
 * * %-EINVAL: as gen_pool_add_owner()
 * * %-EEXIST: as gen_pool_add_owner()
 * * %-ENOSPC: @storage is too small
 * * %-EBUSY: @storage is in use
 */
int gen_pool_add_static(struct gen_pool *pool, unsigned long virt,
			phys_addr_t phys, size_t size, void *owner,
			void *storage, size_t storage_size)
{
	struct gen_pool_chunk *chunk;
	struct alloc_map *map;

	if (!is_range(virt, size))
		return -EINVAL;

	chunk = gen_pool_static_chunk(size >> pool->min_alloc_order, storage,
				      storage_size, &map);
	if (IS_ERR(chunk))
		return PTR_ERR(chunk);

	return add_chunk(pool, chunk, map, virt, phys, size, owner, NULL);
}
EXPORT_SYMBOL_GPL(gen_pool_add_static);

/**
 * gen_pool_remove - take memory away from a pool
 * @pool: the pool
 * @addr: address of the first byte of the memory, as it was given to the pool
 *
 * Others may allocate, free and look meanwhile.  The same memory can be added
 * again at once.  Pages that came from gen_pool_add_pages() are untagged.
 *
 * Context: Process context; may sleep if the memory is pages.
 * Return: 0, or with nothing changed
 * * %-EBUSY: something is allocated in it
 * * %-ENOENT: no memory that begins at @addr was given to the pool
 */
int gen_pool_remove(struct gen_pool *pool, unsigned long addr)
{
	struct gen_pool_map *m;
	int err = -ENOENT;

	spin_lock(&pool->lock);
	m = find_map(pool, addr);
	if (m && m->start_addr == addr)
		err = close_chunk(pool, m) ? 0 : -EBUSY;
	spin_unlock(&pool->lock);

	if (!err) {
		gen_pool_untag_chunk(m->chunk);
		gen_pool_free_chunk(m->chunk, &m->map);
	}
	return err;
}
EXPORT_SYMBOL_GPL(gen_pool_remove);

/* How many of the allocations that stop gen_pool_destroy() are listed. */
#define MAX_LISTED	16

struct leak {
	unsigned long nr;
	unsigned long first;
	size_t size;
};

static void add_to_leak(struct gen_pool *pool, unsigned long addr, size_t size,
			void *data)
{
	struct leak *leak = data;

	if (!leak->nr)
		leak->first = addr;
	if (leak->nr++ < MAX_LISTED)
		pr_err("genalloc: pool %s of %pS: still allocated: %zu bytes at %#lx\n",
		       pool->name ?: "(no name)", pool->creator, size, addr);
	leak->size += size;
}

static bool refuse_leak(struct gen_pool *pool)
{
	struct gen_pool_refusal refusal = {
		.what = "destruction",
		.why = "memory is still allocated, so the pool stays",
	};
	struct leak leak = {};

	gen_pool_for_each_alloc(pool, add_to_leak, &leak);
	if (!leak.nr)
		return false;
	if (leak.nr > MAX_LISTED)
		pr_err("genalloc: and %lu more\n", leak.nr - MAX_LISTED);

	refusal.addr = leak.first;
	refusal.size = leak.size;
	atomic_long_inc(&pool->nr_refused);
	gen_pool_report(pool, &refusal);
	/* A variable may go nevertheless, with its module. */
	if (pool->origin == GEN_POOL_STATIC)
		gen_pool_debugfs_del(pool);
	return true;
}

static struct gen_pool_chunk *newest_chunk(struct gen_pool *pool)
{
	return hlist_nulls_entry(pool->chunks.first, struct gen_pool_chunk,
				 next_chunk);
}

/**
 * gen_pool_destroy - destroy a pool
 * @pool: the pool
 *
 * The memory that was given to the pool is no longer managed by it.  Of a pool
 * that is a variable (DEFINE_GEN_POOL()) an empty pool remains.  If there
 * are allocations, this is reported, with a list of the first of them, and the
 * pool is left as it is, for ever: better a leak than memory with two owners.
 *
 * Pages that came from gen_pool_add_pages() are untagged in either case.
 *
 * Context: Process context; may sleep if the pool was given pages.  With nobody
 * else using the pool.
 */
void gen_pool_destroy(struct gen_pool *pool)
{
	bool leak = refuse_leak(pool);

	if (leak)
		gen_pool_keep_pages(pool);
	gen_pool_untag_all(pool);
	if (leak)
		return;

	while (!hlist_nulls_empty(&pool->chunks))
		if (WARN_ON_ONCE(gen_pool_remove(pool, newest_chunk(pool)->start_addr)))
			return;

	gen_pool_debugfs_del(pool);
	if (pool->origin != GEN_POOL_STATIC)
		gen_pool_put(pool);
}
EXPORT_SYMBOL(gen_pool_destroy);

/**
 * gen_pool_set_algo - choose where a pool allocates
 * @pool: the pool
 * @algo: the algorithm, or NULL for gen_pool_first_fit()
 * @data: for @algo; must live as long as it is set
 *
 * Context: Any, with nobody allocating from the pool meanwhile: algorithm and
 * data do not change in one step.
 */
void gen_pool_set_algo(struct gen_pool *pool, genpool_algo_t algo, void *data)
{
	pool->algo = algo ?: gen_pool_first_fit;
	pool->data = data;
}
EXPORT_SYMBOL(gen_pool_set_algo);

/* ---- allocate ---- */

/* Most pools use the default: call it directly, as retpolines cost time. */
static unsigned long find_in_chunk(struct gen_pool *pool,
				   struct gen_pool_map *m,
				   unsigned long start, unsigned int nr,
				   genpool_algo_t algo, void *data)
{
	if (algo == gen_pool_first_fit)
		return gen_pool_first_fit(m->map.words, m->map.nr_units, start,
					  nr, data, pool, m->start_addr);

	return algo(m->map.words, m->map.nr_units, start, nr, data, pool,
		    m->start_addr);
}

/*
 * The first unit of a new allocation, the number of units if there is no room.
 *
 * After a collision the search goes on where it was.  If it then finds nothing
 * it begins anew: the algorithm need not have chosen the lowest place.  Each
 * round is due to an allocation of another CPU that succeeded.
 */
static unsigned long alloc_in_chunk(struct gen_pool *pool,
				    struct gen_pool_map *m, unsigned int nr,
				    genpool_algo_t algo, void *data)
{
	unsigned long none = m->map.nr_units;
	unsigned long start = 0;
	unsigned long unit;

	if (nr > none)
		return none;

	for (;;) {
		unit = find_in_chunk(pool, m, start, nr, algo, data);
		if (unit < none && nr <= none - unit) {
			if (alloc_map_claim(&m->map, unit, nr))
				return unit;
			start = unit;
		} else if (start) {
			start = 0;
		} else {
			return none;
		}
	}
}

/**
 * gen_pool_alloc_algo_owner - allocate at a place that an algorithm chooses,
 *	and learn whose memory it is
 * @pool: the pool
 * @size: length in bytes, rounded up to units
 * @algo: the algorithm
 * @data: for @algo
 * @owner: where to put the owner of the chunk, NULL if nothing is allocated;
 *	or NULL
 *
 * Context: Any; NMI too if the architecture has
 * CONFIG_ARCH_HAVE_NMI_SAFE_CMPXCHG, else it is refused there.
 * Return: address of the allocation; 0 if no chunk has room, or if @size is 0,
 * which may come from user space and is no misuse.
 */
unsigned long gen_pool_alloc_algo_owner(struct gen_pool *pool, size_t size,
					genpool_algo_t algo, void *data,
					void **owner)
{
	unsigned long nr = size_to_units(pool, size);
	struct visit v = {};
	unsigned long addr = 0;
	unsigned long unit;

	if (owner)
		*owner = NULL;
	if (bad_context())
		return 0;
	if (!nr || nr > UINT_MAX)
		return 0;

	rcu_read_lock();
	while (next_chunk(pool, &v)) {
		unit = alloc_in_chunk(pool, v.m, nr, algo, data);
		if (unit >= v.m->map.nr_units)
			continue;
		addr = unit_to_addr(pool, v.m, unit);
		/* The chunk is there as long as the allocation. */
		if (owner)
			*owner = owner_of(v.m);
		break;
	}
	rcu_read_unlock();

	return addr;
}
EXPORT_SYMBOL(gen_pool_alloc_algo_owner);

/**
 * gen_pool_dma_alloc - allocate memory for DMA
 * @pool: the pool, or NULL
 * @size: length in bytes
 * @dma: where to put the address that the device uses, or NULL
 *
 * Context: as gen_pool_alloc_algo_owner().
 * Return: the memory; NULL if there is no room or no pool.
 */
void *gen_pool_dma_alloc(struct gen_pool *pool, size_t size, dma_addr_t *dma)
{
	if (!pool)
		return NULL;

	return gen_pool_dma_alloc_algo(pool, size, dma, pool->algo, pool->data);
}
EXPORT_SYMBOL(gen_pool_dma_alloc);

/**
 * gen_pool_dma_alloc_algo - allocate memory for DMA at a place that an
 *	algorithm chooses
 * @pool: the pool, or NULL
 * @size: length in bytes
 * @dma: where to put the address that the device uses, or NULL
 * @algo: the algorithm
 * @data: for @algo
 *
 * Context: as gen_pool_alloc_algo_owner().
 * Return: the memory; NULL if there is no room or no pool.
 */
void *gen_pool_dma_alloc_algo(struct gen_pool *pool, size_t size,
			      dma_addr_t *dma, genpool_algo_t algo, void *data)
{
	unsigned long vaddr;

	if (!pool)
		return NULL;

	vaddr = gen_pool_alloc_algo(pool, size, algo, data);
	if (vaddr && dma)
		*dma = gen_pool_virt_to_phys(pool, vaddr);

	return (void *)vaddr;
}
EXPORT_SYMBOL(gen_pool_dma_alloc_algo);

/**
 * gen_pool_dma_alloc_align - allocate aligned memory for DMA
 * @pool: the pool, or NULL
 * @size: length in bytes
 * @dma: where to put the address that the device uses, or NULL
 * @align: alignment in bytes, a power of two
 *
 * Context: as gen_pool_alloc_algo_owner().
 * Return: the memory; NULL if there is no room or no pool.
 */
void *gen_pool_dma_alloc_align(struct gen_pool *pool, size_t size,
			       dma_addr_t *dma, int align)
{
	struct genpool_data_align data = { .align = align };

	return gen_pool_dma_alloc_algo(pool, size, dma,
				       gen_pool_first_fit_align, &data);
}
EXPORT_SYMBOL(gen_pool_dma_alloc_align);

/**
 * gen_pool_dma_zalloc - allocate zeroed memory for DMA
 * @pool: the pool, or NULL
 * @size: length in bytes
 * @dma: where to put the address that the device uses, or NULL
 *
 * Context: as gen_pool_alloc_algo_owner().
 * Return: the memory; NULL if there is no room or no pool.
 */
void *gen_pool_dma_zalloc(struct gen_pool *pool, size_t size, dma_addr_t *dma)
{
	if (!pool)
		return NULL;

	return gen_pool_dma_zalloc_algo(pool, size, dma, pool->algo, pool->data);
}
EXPORT_SYMBOL(gen_pool_dma_zalloc);

/**
 * gen_pool_dma_zalloc_algo - allocate zeroed memory for DMA at a place that an
 *	algorithm chooses
 * @pool: the pool, or NULL
 * @size: length in bytes
 * @dma: where to put the address that the device uses, or NULL
 * @algo: the algorithm
 * @data: for @algo
 *
 * Context: as gen_pool_alloc_algo_owner().
 * Return: the memory; NULL if there is no room or no pool.
 */
void *gen_pool_dma_zalloc_algo(struct gen_pool *pool, size_t size,
			       dma_addr_t *dma, genpool_algo_t algo, void *data)
{
	void *vaddr = gen_pool_dma_alloc_algo(pool, size, dma, algo, data);

	if (vaddr)
		memset(vaddr, 0, size);

	return vaddr;
}
EXPORT_SYMBOL(gen_pool_dma_zalloc_algo);

/**
 * gen_pool_dma_zalloc_align - allocate aligned, zeroed memory for DMA
 * @pool: the pool, or NULL
 * @size: length in bytes
 * @dma: where to put the address that the device uses, or NULL
 * @align: alignment in bytes, a power of two
 *
 * Context: as gen_pool_alloc_algo_owner().
 * Return: the memory; NULL if there is no room or no pool.
 */
void *gen_pool_dma_zalloc_align(struct gen_pool *pool, size_t size,
				dma_addr_t *dma, int align)
{
	struct genpool_data_align data = { .align = align };

	return gen_pool_dma_zalloc_algo(pool, size, dma,
					gen_pool_first_fit_align, &data);
}
EXPORT_SYMBOL(gen_pool_dma_zalloc_align);

/* ---- free ---- */

static int free_in_chunk(struct gen_pool *pool, struct gen_pool_map *m,
			 unsigned long addr, size_t size)
{
	unsigned long unit, extent;
	int err;

	err = find_unit(pool, m, addr, &unit) ?:
	      alloc_map_release(&m->map, unit, size_to_units(pool, size),
				&extent);
	if (err)
		refuse_in_chunk(pool, "free", addr, size, m, err);

	return err;
}

/**
 * gen_pool_free_owner - free an allocation, and learn whose memory it is
 * @pool: the pool
 * @addr: what the allocation returned
 * @size: length in bytes that was asked for, or 0.  If it is not 0 and not,
 *	in units, what was allocated, the free is refused
 * @owner: where to put the owner of the chunk that has @addr, NULL if none
 *	has; set also when the free is refused.  Or NULL
 *
 * Context: Any; NMI too if the architecture has
 * CONFIG_ARCH_HAVE_NMI_SAFE_CMPXCHG, else it is refused there.
 * Return: 0; or, reported and with nothing changed
 * * %-ENXIO: @addr is not in the pool
 * * %-ENOENT: nothing is allocated there
 * * %-EINVAL: @addr is inside an allocation or inside a unit
 * * %-ERANGE: @addr is in the unusable end of a chunk
 * * %-EMSGSIZE: the allocation has another size
 * * %-EBUSY: another CPU is just allocating or freeing it
 * * %-EPERM: not in this context
 */
int gen_pool_free_owner(struct gen_pool *pool, unsigned long addr,
			size_t size, void **owner)
{
	struct gen_pool_map *m;
	int err;

	rcu_read_lock();
	m = find_map(pool, addr);
	if (owner)
		*owner = m ? owner_of(m) : NULL;

	if (bad_context())
		err = -EPERM;
	else if (m)
		err = free_in_chunk(pool, m, addr, size);
	else
		err = refuse_call(pool, "free", addr, size, -ENXIO);
	rcu_read_unlock();

	return err;
}
EXPORT_SYMBOL(gen_pool_free_owner);

static void free_alloc(struct gen_pool *pool, unsigned long addr, size_t size,
		       void *data)
{
	gen_pool_free(pool, addr, size);
}

/**
 * gen_pool_free_all - free all allocations of a pool
 * @pool: the pool
 *
 * For a user that knows that all of them are his and no longer needed.
 *
 * Context: as gen_pool_free_owner(), with nobody else using the pool.
 */
void gen_pool_free_all(struct gen_pool *pool)
{
	gen_pool_for_each_alloc(pool, free_alloc, NULL);
}
EXPORT_SYMBOL_GPL(gen_pool_free_all);

static int split_in_chunk(struct gen_pool *pool, struct gen_pool_map *m,
			  unsigned long addr, size_t size)
{
	unsigned long unit;
	int err;

	err = find_unit(pool, m, addr, &unit) ?:
	      alloc_map_split(&m->map, unit, size_to_units(pool, size));
	if (err)
		refuse_in_chunk(pool, "split", addr, size, m, err);

	return err;
}

/**
 * gen_pool_split - turn an allocation into several
 * @pool: the pool
 * @addr: what the allocation returned
 * @size: length of each new allocation in bytes, rounded up to units, not 0;
 *	the last one may be shorter
 *
 * Afterwards each piece is freed by itself, as the pages of a block after
 * split_page().
 *
 * Context: as gen_pool_free_owner().
 * Return: 0; or, reported and with nothing changed, %-EDOM if @size is 0 or
 * an errno as gen_pool_free_owner().
 */
int gen_pool_split(struct gen_pool *pool, unsigned long addr, size_t size)
{
	struct gen_pool_map *m;
	int err;

	if (bad_context())
		return -EPERM;
	if (!size)
		return refuse_call(pool, "split", addr, size, -EDOM);

	rcu_read_lock();
	m = find_map(pool, addr);
	if (m)
		err = split_in_chunk(pool, m, addr, size);
	else
		err = refuse_call(pool, "split", addr, size, -ENXIO);
	rcu_read_unlock();

	return err;
}
EXPORT_SYMBOL_GPL(gen_pool_split);

/* ---- look ---- */

/**
 * gen_pool_alloc_size - size of an allocation
 * @pool: the pool
 * @addr: what the allocation returned
 *
 * Context: Any, NMI included.
 * Return: length in bytes, rounded up to units; 0 if no allocation begins at
 * @addr.
 */
size_t gen_pool_alloc_size(struct gen_pool *pool, unsigned long addr)
{
	unsigned long unit, nr = 0;
	struct gen_pool_map *m;

	rcu_read_lock();
	m = find_map(pool, addr);
	if (m && !find_unit(pool, m, addr, &unit))
		nr = alloc_map_extent(&m->map, unit);
	rcu_read_unlock();

	return units_to_size(pool, nr);
}
EXPORT_SYMBOL_GPL(gen_pool_alloc_size);

/**
 * gen_pool_virt_to_phys - physical address of memory in a pool
 * @pool: the pool
 * @addr: any address in its chunks
 *
 * Context: Any, NMI included.
 * Return: physical address; -1 if @addr is not in the pool or its physical
 * address was not told.
 */
phys_addr_t gen_pool_virt_to_phys(struct gen_pool *pool, unsigned long addr)
{
	phys_addr_t phys = -1;
	struct gen_pool_map *m;

	rcu_read_lock();
	m = find_map(pool, addr);
	if (m)
		phys = phys_of(m);
	if (phys != (phys_addr_t)-1)
		phys += addr - m->start_addr;
	rcu_read_unlock();

	return phys;
}
EXPORT_SYMBOL(gen_pool_virt_to_phys);

/**
 * gen_pool_has_addr - is a range of addresses in a pool?
 * @pool: the pool
 * @start: first address of the range
 * @size: length of the range in bytes
 *
 * Context: Any, NMI included.
 * Return: true if one chunk has the whole range.
 */
bool gen_pool_has_addr(struct gen_pool *pool, unsigned long start, size_t size)
{
	struct gen_pool_map *m;
	bool found;

	rcu_read_lock();
	m = find_map(pool, start);
	found = m && (!size || size - 1 <= m->end_addr - start);
	rcu_read_unlock();

	return found;
}
EXPORT_SYMBOL(gen_pool_has_addr);

/**
 * gen_pool_avail - how much of a pool is free
 * @pool: the pool
 *
 * Looks at all maps.
 *
 * Context: Any, NMI included.
 * Return: bytes in free units.
 */
size_t gen_pool_avail(struct gen_pool *pool)
{
	struct visit v = {};
	unsigned long nr = 0;

	rcu_read_lock();
	while (next_chunk(pool, &v))
		nr += alloc_map_nr_free(&v.m->map);
	rcu_read_unlock();

	return units_to_size(pool, nr);
}
EXPORT_SYMBOL_GPL(gen_pool_avail);

/**
 * gen_pool_size - how much memory a pool manages
 * @pool: the pool
 *
 * Context: Any, NMI included.
 * Return: bytes in units: what gen_pool_avail() says when nothing is allocated.
 */
size_t gen_pool_size(struct gen_pool *pool)
{
	struct visit v = {};
	unsigned long nr = 0;

	rcu_read_lock();
	while (next_chunk(pool, &v))
		nr += v.m->map.nr_units;
	rcu_read_unlock();

	return units_to_size(pool, nr);
}
EXPORT_SYMBOL_GPL(gen_pool_size);

/**
 * gen_pool_for_each_chunk - call a function for every chunk
 * @pool: the pool
 * @func: the function; it is called under rcu_read_lock()
 * @data: for @func
 *
 * Context: Any, NMI included.
 */
void gen_pool_for_each_chunk(struct gen_pool *pool, genpool_chunk_fn_t func,
			     void *data)
{
	struct gen_pool_chunk copy = {};
	struct visit v = {};

	rcu_read_lock();
	while (next_chunk(pool, &v)) {
		/* Unless it has gone meanwhile. */
		if (copy_chunk(&copy, v.chunk) && copy.map == &v.m->map)
			func(pool, &copy, data);
	}
	rcu_read_unlock();
}
EXPORT_SYMBOL(gen_pool_for_each_chunk);

static void walk_allocs(struct gen_pool *pool, const struct gen_pool_map *m,
			genpool_alloc_fn_t func, void *data)
{
	const struct alloc_map *map = &m->map;
	unsigned long unit, nr;

	for (unit = alloc_map_next(map, 0); unit < map->nr_units;
	     unit = alloc_map_next(map, unit + 1)) {
		nr = alloc_map_extent(map, unit);
		if (nr)
			func(pool, unit_to_addr(pool, m, unit),
			     units_to_size(pool, nr), data);
	}
}

/**
 * gen_pool_for_each_alloc - call a function for every allocation
 * @pool: the pool
 * @func: the function; it is called under rcu_read_lock() and may free the
 *	allocation
 * @data: for @func
 *
 * In ascending order within a chunk.  Allocations that come or go meanwhile
 * may be missed.
 *
 * Context: Any, NMI included.
 */
void gen_pool_for_each_alloc(struct gen_pool *pool, genpool_alloc_fn_t func,
			     void *data)
{
	struct visit v = {};

	rcu_read_lock();
	while (next_chunk(pool, &v))
		walk_allocs(pool, v.m, func, data);
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(gen_pool_for_each_alloc);

/* ---- algorithms ---- */

/**
 * gen_pool_first_fit - the lowest place that is large enough
 * @map: as in &genpool_algo_t
 * @size: as in &genpool_algo_t
 * @start: as in &genpool_algo_t
 * @nr: as in &genpool_algo_t
 * @data: not used
 * @pool: not used
 * @start_addr: not used
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: as &genpool_algo_t.
 */
unsigned long gen_pool_first_fit(unsigned long *map, unsigned long size,
				 unsigned long start, unsigned int nr,
				 void *data, struct gen_pool *pool,
				 unsigned long start_addr)
{
	return alloc_map_find(alloc_map_of(map), start, nr, 0, 0);
}
EXPORT_SYMBOL(gen_pool_first_fit);

/**
 * gen_pool_first_fit_align - the lowest place with an aligned address
 * @map: as in &genpool_algo_t
 * @size: as in &genpool_algo_t
 * @start: as in &genpool_algo_t
 * @nr: as in &genpool_algo_t
 * @data: a &struct genpool_data_align
 * @pool: the pool
 * @start_addr: as in &genpool_algo_t
 *
 * If the chunk does not begin at a multiple of a unit, addresses are aligned
 * but for that remainder.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: as &genpool_algo_t.
 */
unsigned long gen_pool_first_fit_align(unsigned long *map, unsigned long size,
				       unsigned long start, unsigned int nr,
				       void *data, struct gen_pool *pool,
				       unsigned long start_addr)
{
	struct genpool_data_align *alignment = data;
	unsigned long align = roundup_pow_of_two(max(alignment->align, 1));

	return alloc_map_find(alloc_map_of(map), start, nr,
			      size_to_units(pool, align) - 1,
			      (start_addr & (align - 1)) >> pool->min_alloc_order);
}
EXPORT_SYMBOL(gen_pool_first_fit_align);

/**
 * gen_pool_first_fit_order_align - the lowest place that is aligned to the size
 * @map: as in &genpool_algo_t
 * @size: as in &genpool_algo_t
 * @start: as in &genpool_algo_t
 * @nr: as in &genpool_algo_t
 * @data: not used
 * @pool: not used
 * @start_addr: not used
 *
 * The distance from the beginning of the chunk is a multiple of @nr units,
 * rounded up to a power of two.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: as &genpool_algo_t.
 */
unsigned long gen_pool_first_fit_order_align(unsigned long *map,
					     unsigned long size,
					     unsigned long start,
					     unsigned int nr, void *data,
					     struct gen_pool *pool,
					     unsigned long start_addr)
{
	return alloc_map_find(alloc_map_of(map), start, nr,
			      roundup_pow_of_two(nr) - 1, 0);
}
EXPORT_SYMBOL(gen_pool_first_fit_order_align);

/**
 * gen_pool_best_fit - the smallest place that is large enough
 * @map: as in &genpool_algo_t
 * @size: as in &genpool_algo_t
 * @start: as in &genpool_algo_t
 * @nr: as in &genpool_algo_t
 * @data: not used
 * @pool: not used
 * @start_addr: not used
 *
 * Of several the lowest.  If others allocate or free meanwhile it may be
 * another that is large enough.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: as &genpool_algo_t.
 */
unsigned long gen_pool_best_fit(unsigned long *map, unsigned long size,
				unsigned long start, unsigned int nr,
				void *data, struct gen_pool *pool,
				unsigned long start_addr)
{
	return alloc_map_find_best(alloc_map_of(map), start, nr);
}
EXPORT_SYMBOL(gen_pool_best_fit);

/* KUnit tests put any CPU in its place. */
VISIBLE_IF_KUNIT unsigned int gen_pool_this_cpu(void)
{
	KUNIT_STATIC_STUB_REDIRECT(gen_pool_this_cpu);

	/* Who is moved to another CPU meanwhile only begins at a busier place. */
	return raw_smp_processor_id();
}

#if IS_ENABLED(CONFIG_KUNIT)
EXPORT_SYMBOL_GPL(gen_pool_this_cpu);
#endif

/*
 * Where a CPU begins: at a cache line of the map that, if there are enough, no
 * other CPU begins at.  Multiples of the golden ratio, modulo 1, are spread
 * evenly however many there are (Knuth, The Art of Computer Programming, 6.4), so
 * nothing need be known, or remembered, of the other CPUs.
 */
static unsigned long place_of_cpu(unsigned int cpu, unsigned long size)
{
	return reciprocal_scale(hash_32(cpu, 32),
				size / ALLOC_MAP_UNITS_PER_LINE) *
	       ALLOC_MAP_UNITS_PER_LINE;
}

/**
 * gen_pool_percpu_fit - the first place from where this CPU begins
 * @map: as in &genpool_algo_t
 * @size: as in &genpool_algo_t
 * @start: as in &genpool_algo_t
 * @nr: as in &genpool_algo_t
 * @data: not used
 * @pool: not used
 * @start_addr: not used
 *
 * For pools that several CPUs allocate from all the time.  Each CPU begins at a
 * place of its own, so that they do not wait for each other's cache lines, and
 * goes on to the end of the chunk and then from its beginning: no allocation
 * fails that has room.
 *
 * Not in the order of addresses: what is free lies scattered over the chunk, so
 * that large allocations fail earlier than with gen_pool_first_fit().  In a
 * chunk of less than two cache lines of the map, 512 units as a rule, all CPUs
 * begin at its beginning.
 *
 * That each CPU has a place of its own is what LLFree does with page frames
 * (Wrenger et al., USENIX ATC 2023).
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: as &genpool_algo_t.
 */
unsigned long gen_pool_percpu_fit(unsigned long *map, unsigned long size,
				  unsigned long start, unsigned int nr,
				  void *data, struct gen_pool *pool,
				  unsigned long start_addr)
{
	struct alloc_map *m = alloc_map_of(map);
	unsigned long unit;

	if (!start)
		start = place_of_cpu(gen_pool_this_cpu(), size);

	unit = alloc_map_find(m, start, nr, 0, 0);
	return unit < size || !start ? unit : alloc_map_find(m, 0, nr, 0, 0);
}
EXPORT_SYMBOL_GPL(gen_pool_percpu_fit);

/**
 * gen_pool_fixed_alloc - a given place or none
 * @map: as in &genpool_algo_t
 * @size: as in &genpool_algo_t
 * @start: not used
 * @nr: as in &genpool_algo_t
 * @data: a &struct genpool_data_fixed
 * @pool: the pool
 * @start_addr: not used
 *
 * Context: Any, NMI included.
 * Return: as &genpool_algo_t.
 */
unsigned long gen_pool_fixed_alloc(unsigned long *map, unsigned long size,
				   unsigned long start, unsigned int nr,
				   void *data, struct gen_pool *pool,
				   unsigned long start_addr)
{
	struct genpool_data_fixed *fixed = data;
	struct alloc_map *m = alloc_map_of(map);
	unsigned long unit = fixed->offset >> pool->min_alloc_order;

	if (WARN_ON_ONCE(!IS_ALIGNED(fixed->offset, unit_size(pool))))
		return size;
	return alloc_map_is_free(m, unit, nr) ? unit : size;
}
EXPORT_SYMBOL(gen_pool_fixed_alloc);

/* ---- devices ---- */

static void devm_gen_pool_release(struct device *dev, void *res)
{
	gen_pool_destroy(*(struct gen_pool **)res);
}

static int devm_gen_pool_match(struct device *dev, void *res, void *data)
{
	const char *name = (*(struct gen_pool **)res)->name;

	/* A pool without a name is found without a name. */
	if (!name || !data)
		return !name && !data;

	return !strcmp(name, data);
}

/**
 * gen_pool_get - find a pool of a device
 * @dev: the device
 * @name: name of the pool, or NULL for the one without a name
 *
 * Context: Any but NMI and hard interrupt.
 * Return: the pool, which goes with @dev; NULL if there is none.
 */
struct gen_pool *gen_pool_get(struct device *dev, const char *name)
{
	struct gen_pool **p = devres_find(dev, devm_gen_pool_release,
					  devm_gen_pool_match, (void *)name);

	return p ? *p : NULL;
}
EXPORT_SYMBOL_GPL(gen_pool_get);

/**
 * devm_gen_pool_create - create a pool that goes with a device
 * @dev: the device that provides the memory
 * @min_alloc_order: as gen_pool_create()
 * @nid: as gen_pool_create()
 * @name: name of the pool, unique on @dev, or NULL
 *
 * Context: Process context, may sleep.
 * Return: the pool, or an ERR_PTR()
 * * %-EINVAL: the device has a pool of that name
 * * %-ENOMEM: as gen_pool_create()
 */
struct gen_pool *devm_gen_pool_create(struct device *dev, int min_alloc_order,
				      int nid, const char *name)
{
	struct gen_pool **ptr, *pool;

	if (gen_pool_get(dev, name))
		return ERR_PTR(-EINVAL);

	ptr = devres_alloc(devm_gen_pool_release, sizeof(*ptr), GFP_KERNEL);
	if (!ptr)
		return ERR_PTR(-ENOMEM);

	pool = create_pool(min_alloc_order, nid, name,
			   __builtin_return_address(0));
	if (!pool) {
		devres_free(ptr);
		return ERR_PTR(-ENOMEM);
	}

	*ptr = pool;
	devres_add(dev, ptr);

	return pool;
}
EXPORT_SYMBOL(devm_gen_pool_create);

#ifdef CONFIG_OF
static const char *pool_label(struct device_node *np)
{
	const char *label;

	if (of_property_read_string(np, "label", &label))
		label = of_node_full_name(np);
	return label;
}

/**
 * of_gen_pool_get - find the pool that a device tree node refers to
 * @np: the node
 * @propname: name of its property with phandles
 * @index: which of the phandles
 *
 * The phandle refers to the node of the device that provides the pool, or to a
 * child of it; then the pool has the child's label or name.
 *
 * Context: Process context.
 * Return: the pool; NULL if there is none, or not yet.
 */
struct gen_pool *of_gen_pool_get(struct device_node *np, const char *propname,
				 int index)
{
	struct device_node *np_pool = of_parse_phandle(np, propname, index);
	struct platform_device *pdev;
	struct gen_pool *pool = NULL;
	struct device_node *parent;
	const char *name = NULL;

	if (!np_pool)
		return NULL;

	pdev = of_find_device_by_node(np_pool);
	if (!pdev) {
		parent = of_get_parent(np_pool);
		pdev = of_find_device_by_node(parent);
		of_node_put(parent);
		name = pool_label(np_pool);
	}
	if (pdev) {
		pool = gen_pool_get(&pdev->dev, name);
		put_device(&pdev->dev);
	}
	of_node_put(np_pool);

	return pool;
}
EXPORT_SYMBOL_GPL(of_gen_pool_get);
#endif /* CONFIG_OF */
