// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: The life of a chunk
 *
 * ::
 *
 *	pool
 *	  rows --> row ------------------> row ----> ...	newest first
 *	  tree	     hints   |   |5 |? |	  hints   |2 |? |0 |? |
 *		     chunks  |   |  |  |	  chunks  |  |  |  |  |
 *				  |  |			   |  |
 *				  v  v
 *				chunk, chunk ...
 *
 * A chunk is one object: addresses, owner and map.  A row leads to it when a
 * reader searches for room or visits all chunks, and a latched tree when a
 * reader searches for an address.  The row also has the hint on its map, one
 * byte of a word: a search for room loads one word for a row of chunks.
 *
 * Chunks come and go while others allocate, free and look.  Readers take no
 * lock: under rcu_read_lock() they may reach a chunk that is being removed.  It
 * stays as it is until they have left, except that its map was retired before:
 * every allocation and every free in it fails.  Rows stay as long.
 *
 * The order of things::
 *
 *	open:	into the tree			close:	retire the map
 *		hint = unknown				out of the row
 *		into the row, release (open:A)		out of the tree
 *							a grace period
 *							free the chunk
 *
 * If a reader finds the chunk in its row, open:A
 *	the chunk is complete, and so is the rest of the tree once the reader
 *	has claimed units [open-tree], also for a CPU to which it passes them
 *	with a release and an acquire [open-tree-passed].
 * If a reader finds the number of unused slots
 *	the next one may still be empty [open-newest].
 * If a reader finds the chunk before it is closed
 *	the chunk is not freed until the reader has left [close]; nor is the
 *	row, to which a free of the last allocation may be about to write
 *	[close-hint].
 *
 * A slot is used once in the life of a pool.  So a CPU that measures a map, or
 * has freed units in it, never changes the hint on another chunk.
 *
 * The names in brackets are litmus tests, see lib/alloc_map.c.
 */

#include <linux/alloc_map.h>
#include <linux/bits.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/rbtree_latch.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "alloc_map.h"
#include "genalloc.h"

/* ---- by address ---- */

struct addr_range {
	unsigned long first;
	unsigned long last;
};

static struct gen_pool_chunk *chunk_of_node(struct latch_tree_node *node)
{
	return container_of(node, struct gen_pool_chunk, node);
}

static bool chunk_less(struct latch_tree_node *a, struct latch_tree_node *b)
{
	return chunk_of_node(a)->start_addr < chunk_of_node(b)->start_addr;
}

/* Chunks do not overlap: a range that misses a chunk lies on one side of it. */
static int compare_range(void *key, struct latch_tree_node *node)
{
	struct gen_pool_chunk *chunk = chunk_of_node(node);
	struct addr_range *range = key;

	if (range->last < chunk->start_addr)
		return -1;
	return range->first > chunk->end_addr;
}

static const struct latch_tree_ops chunk_tree_ops = {
	.less = chunk_less,
	.comp = compare_range,
};

/* A chunk with any address from @first to @last. */
static struct gen_pool_chunk *find_overlap(struct gen_pool *pool,
					   unsigned long first,
					   unsigned long last)
{
	struct addr_range range = { first, last };
	struct latch_tree_node *node;

	node = latch_tree_find(&range, &pool->tree, &chunk_tree_ops);
	return node ? chunk_of_node(node) : NULL;
}

/* find_chunk() for a pool of several chunks. */
struct gen_pool_chunk *gen_pool_search_chunk(struct gen_pool *pool,
					     unsigned long addr)
{
	return find_overlap(pool, addr, addr);
}

/* ---- rows, under the pool's lock ---- */

static struct gen_pool_row *first_row(struct gen_pool *pool)
{
	return rcu_dereference_protected(pool->rows, lockdep_is_held(&pool->lock));
}

static struct gen_pool_row *next_row(struct gen_pool *pool,
				     struct gen_pool_row *row)
{
	return rcu_dereference_protected(row->next, lockdep_is_held(&pool->lock));
}

/* Before any CPU can find the chunk: the hint of its map never moves. */
static void place_chunk(struct gen_pool_row *row, struct gen_pool_chunk *chunk)
{
	unsigned int slot = row->unused - 1;

	chunk->row = row;
	alloc_map_set_hint(&chunk->map, &row->hints, slot * BITS_PER_BYTE);
}

static void list_chunk(struct gen_pool_row *row, struct gen_pool_chunk *chunk)
{
	unsigned int slot = row->unused - 1;

	WRITE_ONCE(row->unused, slot);
	row->nr_chunks++;
	rcu_assign_pointer(row->chunks[slot], chunk); /* open:A */
}

/* The first row, in the pool itself, is the last of the list. */
static void unlist_row(struct gen_pool *pool, struct gen_pool_row *row)
{
	struct gen_pool_row *newer = first_row(pool);

	if (newer == row) {
		rcu_assign_pointer(pool->rows, next_row(pool, row));
		return;
	}
	while (next_row(pool, newer) != row)
		newer = next_row(pool, newer);
	rcu_assign_pointer(newer->next, next_row(pool, row));
}

/* An empty row goes, too, except for the first. */
static void unlist_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk)
{
	struct gen_pool_row *row = chunk->row;
	unsigned int slot = chunk->map.hint_shift / BITS_PER_BYTE;

	RCU_INIT_POINTER(row->chunks[slot], NULL);
	if (--row->nr_chunks || row == &pool->row)
		return;

	unlist_row(pool, row);
	gen_pool_free_row(row);
}

/* ---- open and close ---- */

static int open_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      struct gen_pool_row **spare)
{
	if (find_overlap(pool, chunk->start_addr, chunk->end_addr))
		return -EEXIST;

	if (!first_row(pool)->unused) {
		if (!*spare)
			return -EAGAIN;
		RCU_INIT_POINTER((*spare)->next, first_row(pool));
		rcu_assign_pointer(pool->rows, *spare);
		*spare = NULL;
	}
	place_chunk(first_row(pool), chunk);
	gen_pool_guard_open(chunk);
	latch_tree_insert(&chunk->node, &pool->tree, &chunk_tree_ops);
	list_chunk(first_row(pool), chunk);
	gen_pool_watch_chunk(chunk, true);
	return 0;
}

/**
 * gen_pool_open_chunk - let a pool allocate from a chunk
 * @chunk: a chunk from gen_pool_make_chunk().  If it cannot be opened, it
 *	remains the caller's
 *
 * Context: Process context, may sleep.
 * Return: 0, %-EEXIST if part of it is in the pool already, or %-ENOMEM.
 */
int gen_pool_open_chunk(struct gen_pool_chunk *chunk)
{
	struct gen_pool *pool = chunk->pool;
	struct gen_pool_row *spare = NULL;
	int err;

	gen_pool_owner_prepare(chunk);
	for (;;) {
		spin_lock(&pool->lock);
		err = open_chunk(pool, chunk, &spare);
		spin_unlock(&pool->lock);
		if (err != -EAGAIN)
			break;
		spare = gen_pool_new_row();
		if (!spare)
			return -ENOMEM;
	}
	if (spare)
		gen_pool_free_row(spare);
	if (!err)
		gen_pool_list_add(pool);
	return err;
}

/* @chunk was retired, or has no users: no CPU can allocate from it. */
static void close_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk)
{
	spin_lock(&pool->lock);
	unlist_chunk(pool, chunk);
	latch_tree_erase(&chunk->node, &pool->tree, &chunk_tree_ops);
	gen_pool_watch_chunk(chunk, false);
	spin_unlock(&pool->lock);

	gen_pool_guard_close(chunk);
	if (chunk->provider)
		chunk->provider->leave(chunk);
	gen_pool_free_chunk(chunk);
}

static struct gen_pool_chunk *any_chunk(struct gen_pool *pool)
{
	struct gen_pool_chunk *chunk;
	struct gen_pool_walk walk;

	rcu_read_lock();
	walk = gen_pool_walk(pool);
	chunk = next_chunk(&walk);
	rcu_read_unlock();
	return chunk;
}

/**
 * gen_pool_close_chunks - give up the memory of a pool without users
 * @pool: the pool
 * @leak: there are allocations: the chunks stay, and their providers get
 *	nothing back
 *
 * Context: Process context.
 */
void gen_pool_close_chunks(struct gen_pool *pool, bool leak)
{
	struct gen_pool_chunk *chunk;

	while (!leak && (chunk = any_chunk(pool)))
		close_chunk(pool, chunk);

	rcu_read_lock();
	for_each_chunk(chunk, pool) {
		gen_pool_guard_close(chunk);
		if (!chunk->provider)
			continue;
		chunk->provider->keep(chunk);
		chunk->provider->leave(chunk);
		chunk->provider = NULL;
	}
	rcu_read_unlock();
}

/* ---- add ---- */

static bool is_range(unsigned long virt, size_t size)
{
	return size && virt + (size - 1) >= virt;
}

static void init_chunk(struct gen_pool_chunk *chunk, struct gen_pool *pool,
		       unsigned long virt, phys_addr_t phys, size_t size,
		       void *owner)
{
	chunk->start_addr = virt;
	chunk->end_addr = virt + (size - 1);
	chunk->phys_addr = phys;
	chunk->owner = owner;
	chunk->pool = pool;
	chunk->is_memory = pool->of_memory;
}

/**
 * gen_pool_make_chunk - prepare memory for a pool
 * @pool: as gen_pool_add_owner()
 * @virt: as gen_pool_add_owner()
 * @phys: as gen_pool_add_owner()
 * @size: as gen_pool_add_owner()
 * @nid: as gen_pool_add_owner()
 * @owner: as gen_pool_add_owner()
 *
 * Context: Process context, may sleep.
 * Return: a chunk for gen_pool_open_chunk() or gen_pool_free_chunk(), or an
 * ERR_PTR() as gen_pool_add_owner().
 */
struct gen_pool_chunk *gen_pool_make_chunk(struct gen_pool *pool,
					   unsigned long virt, phys_addr_t phys,
					   size_t size, int nid, void *owner)
{
	struct gen_pool_chunk *chunk;

	if (!is_range(virt, size))
		return ERR_PTR(-EINVAL);

	chunk = gen_pool_new_chunk(size >> pool->min_alloc_order, nid);
	if (!chunk)
		return ERR_PTR(-ENOMEM);

	init_chunk(chunk, pool, virt, phys, size, owner);
	return chunk;
}

static int open_or_free(struct gen_pool_chunk *chunk)
{
	int err = gen_pool_open_chunk(chunk);

	if (err)
		gen_pool_drop_chunk(chunk);
	return err;
}

/**
 * gen_pool_add_owner - give memory with an owner to a pool
 * @pool: the pool
 * @virt: address of the first byte, as allocations will return it.  It need
 *	not be aligned to a unit, nor be the address of anything
 * @phys: physical address of the first byte, or -1
 * @size: length in bytes.  If it is no multiple of a unit, the rest is not used
 * @nid: node to allocate the bookkeeping on, or %NUMA_NO_NODE
 * @owner: returned by gen_pool_alloc_owner() and gen_pool_free_owner() for
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
	struct gen_pool_chunk *chunk;

	chunk = gen_pool_make_chunk(pool, virt, phys, size, nid, owner);
	if (IS_ERR(chunk))
		return PTR_ERR(chunk);

	return open_or_free(chunk);
}
EXPORT_SYMBOL(gen_pool_add_owner);

/**
 * gen_pool_add_static - give memory to a pool without allocating any
 * @pool: the pool
 * @virt: as gen_pool_add_owner()
 * @phys: as gen_pool_add_owner()
 * @size: length in bytes
 * @owner: as gen_pool_add_owner()
 * @storage: room for the bookkeeping, see DEFINE_GEN_POOL_STORAGE(); zeroed
 *	before its first use.  It can be used again when the chunk was removed
 *	and then rcu_barrier() called
 * @storage_size: size of @storage in bytes
 *
 * Nothing is allocated for the first %GEN_POOL_ROW_CHUNKS chunks that a pool is
 * given, and those of a variable count anew after gen_pool_destroy().  A module
 * that contains @storage removes the chunk or destroys the pool, and then calls
 * rcu_barrier(), before it is unloaded.
 *
 * Context: Process context.  May sleep for further chunks, removed ones counted.
 * Return: 0, or with nothing changed
 * * %-EINVAL: as gen_pool_add_owner()
 * * %-EEXIST: as gen_pool_add_owner()
 * * %-ENOMEM: as gen_pool_add_owner()
 * * %-ENOSPC: @storage is too small
 * * %-EBUSY: @storage is in use, or rcu_barrier() was not called since
 */
int gen_pool_add_static(struct gen_pool *pool, unsigned long virt,
			phys_addr_t phys, size_t size, void *owner,
			void *storage, size_t storage_size)
{
	struct gen_pool_chunk *chunk;

	if (!is_range(virt, size))
		return -EINVAL;

	chunk = gen_pool_static_chunk(size >> pool->min_alloc_order, storage,
				      storage_size);
	if (IS_ERR(chunk))
		return PTR_ERR(chunk);

	init_chunk(chunk, pool, virt, phys, size, owner);
	/* No function has created a variable: reports name the first caller. */
	if (!pool->creator)
		pool->creator = __builtin_return_address(0);
	return open_or_free(chunk);
}
EXPORT_SYMBOL_GPL(gen_pool_add_static);

/* ---- remove ---- */

/**
 * gen_pool_remove - take memory away from a pool
 * @pool: the pool
 * @addr: address of the first byte of the memory, as it was given to the pool
 *
 * Others may allocate, free and look meanwhile.  An attempt claims units from
 * the top down; until it meets an allocation and gives them back, others find
 * only the room below.  The same memory can be added again at once.  Pages from
 * gen_pool_add_pages() are untagged.
 *
 * Context: Process context, once the per-CPU areas are set up.  Does not sleep:
 * the function that gen_pool_for_each_chunk() calls may remove its chunk.
 * Return: 0, or with nothing changed
 * * %-EBUSY: something in it is allocated, or being allocated, or has failed
 * * %-ENOENT: no memory that begins at @addr was given to the pool
 */
int gen_pool_remove(struct gen_pool *pool, unsigned long addr)
{
	struct gen_pool_chunk *chunk;
	int err = 0;

	/* Of several callers one retires the map, and then owns the chunk. */
	rcu_read_lock();
	chunk = find_chunk(pool, addr);
	if (!chunk || chunk->start_addr != addr)
		err = -ENOENT;
	else if (!alloc_map_retire(&chunk->map))
		err = -EBUSY;
	rcu_read_unlock();

	if (!err)
		close_chunk(pool, chunk);
	return err;
}
EXPORT_SYMBOL_GPL(gen_pool_remove);

/* ---- look ---- */

/**
 * gen_pool_chunk_lookup - the allocation that an address is in
 * @chunk: the chunk that has the address
 * @addr: the address
 * @start: where to put the beginning of the allocation, if there is one
 *
 * Context: Any, NMI included, under rcu_read_lock().  Exact while the caller
 * owns the allocation.
 * Return: length of the allocation in bytes, 0 if there is none.
 */
size_t gen_pool_chunk_lookup(const struct gen_pool_chunk *chunk,
			     unsigned long addr, unsigned long *start)
{
	const struct gen_pool *pool = chunk->pool;
	unsigned long unit = addr_to_unit(pool, chunk, addr);
	unsigned long head, nr;

	if (unit >= chunk->map.nr_units)
		return 0;

	head = alloc_map_head(&chunk->map, unit);
	nr = alloc_map_extent(&chunk->map, head);
	if (unit - head >= nr)
		return 0;

	*start = unit_to_addr(pool, chunk, head);
	return units_to_size(pool, nr);
}

/**
 * gen_pool_chunk_overrun - do bytes go beyond the allocation they begin in?
 * @chunk: the chunk that has the first of them
 * @addr: the first one
 * @size: how many there are, not 0
 *
 * Takes time by @size, not by the length of the allocation.
 *
 * Context: Any, NMI included, under rcu_read_lock().
 * Return: true if so; false also if nothing is allocated at @addr.
 */
bool gen_pool_chunk_overrun(const struct gen_pool_chunk *chunk,
			    unsigned long addr, size_t size)
{
	const struct gen_pool *pool = chunk->pool;
	unsigned long unit = addr_to_unit(pool, chunk, addr);

	if (unit >= chunk->map.nr_units ||
	    alloc_map_state(&chunk->map, unit) == ALLOC_MAP_FREE)
		return false;

	return size - 1 > chunk->end_addr - addr ||
	       !alloc_map_same(&chunk->map, unit,
			       addr_to_unit(pool, chunk, addr + size - 1));
}

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
	struct gen_pool_chunk *chunk;

	rcu_read_lock();
	for_each_chunk(chunk, pool)
		func(pool, chunk, data);
	rcu_read_unlock();
}
EXPORT_SYMBOL(gen_pool_for_each_chunk);

/* A function to call for each allocation. */
struct alloc_walk {
	genpool_alloc_fn_t func;
	void *data;
};

static void walk_allocs(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			void *data)
{
	const struct alloc_map *map = &chunk->map;
	const struct alloc_walk *walk = data;
	unsigned long unit, nr;

	/* Each unit once, although @func and others may free and allocate. */
	for (unit = alloc_map_next(map, 0); unit < map->nr_units;
	     unit = alloc_map_next(map, unit + max(nr, 1))) {
		nr = alloc_map_extent(map, unit);
		if (nr && !gen_pool_unit_is_lost(chunk, unit))
			walk->func(pool, unit_to_addr(pool, chunk, unit),
				   units_to_size(pool, nr), walk->data);
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
	struct alloc_walk walk = { func, data };

	gen_pool_for_each_chunk(pool, walk_allocs, &walk);
}
EXPORT_SYMBOL_GPL(gen_pool_for_each_alloc);
