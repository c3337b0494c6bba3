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
 * chunk, whose map (lib/alloc_map.c) knows its first unit and its length.
 *
 * Allocating and freeing take no lock: all that they change is the map, by
 * cmpxchg.  Where the architecture has an NMI-safe cmpxchg(), they work in NMI.
 * Chunks may come and go meanwhile (lib/genalloc_chunk.c).
 *
 * Names: addr and size are in bytes, unit and nr in units of the chunk.
 *
 * The interface goes back to Jes Sorensen (2005); the lockless operation to
 * Huang Ying (2011); tracking of allocations to Igor Stoppa (2018).
 */

#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/instruction_pointer.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "alloc_map.h"
#include "genalloc.h"

/* ---- pools ---- */

/**
 * gen_pool_create_named - create a pool
 * @min_alloc_order: as gen_pool_create()
 * @nid: as gen_pool_create()
 * @name: its name, or NULL
 * @creator: the function that wants it
 *
 * Context: Process context, may sleep.
 * Return: as gen_pool_create().
 */
struct gen_pool *gen_pool_create_named(int min_alloc_order, int nid,
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
	seqcount_latch_init(&pool->tree.seq);
	RCU_INIT_POINTER(pool->rows, &pool->row);
	pool->row.unused = GEN_POOL_ROW_CHUNKS;
	pool->min_alloc_order = min_alloc_order;
	pool->algo = gen_pool_first_fit;
	pool->name = name;
	pool->creator = creator;
	gen_pool_list_add(pool);

	return pool;

out_free_name:
	kfree_const(name);
	return NULL;
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
	return gen_pool_create_named(min_alloc_order, nid, NULL,
				     __builtin_return_address(0));
}
EXPORT_SYMBOL(gen_pool_create);

/* Before the variable goes with its module, or slots of its row are used again. */
static void gen_pool_reset(struct gen_pool *pool, bool leak)
{
	synchronize_rcu();
	if (leak)
		return;

	pool->row.unused = GEN_POOL_ROW_CHUNKS;
	pool->row.hints = 0;
	pool->of_memory = false;
}

/**
 * gen_pool_destroy - destroy a pool
 * @pool: the pool
 *
 * The memory that was given to the pool is no longer managed by it.  Of a pool
 * that is a variable (DEFINE_GEN_POOL()) an empty pool remains.  If there
 * are allocations, this is reported, with a list of the first of them, and the
 * pool stays as it is: a leak does less harm than memory with two owners.
 * A pool that belongs to a device (devm_gen_pool_create()) goes with it: the
 * call is refused, and reported.
 *
 * Pages that came from gen_pool_add_pages() are untagged, even if there are
 * allocations.
 *
 * Context: Process context, once the per-CPU areas are set up; may sleep if the
 * pool is a variable.  The caller alone uses the pool.
 */
void gen_pool_destroy(struct gen_pool *pool)
{
	bool is_static = pool->origin == GEN_POOL_STATIC;
	bool leak;

	if (pool->of_device) {
		gen_pool_refuse(pool, NULL, "destruction", 0, 0, -EPERM);
		return;
	}
	leak = gen_pool_refuse_leak(pool);
	if (!leak || is_static)
		gen_pool_list_del(pool);
	gen_pool_close_chunks(pool, leak);
	if (is_static)
		gen_pool_reset(pool, leak);
	else if (!leak)
		gen_pool_free_pool(pool);
}
EXPORT_SYMBOL(gen_pool_destroy);

/**
 * gen_pool_set_algo - choose where a pool allocates
 * @pool: the pool
 * @algo: the algorithm, or NULL for gen_pool_first_fit()
 * @data: for @algo; must live as long as it is set
 *
 * Context: Any, while no other CPU allocates from the pool: algorithm and data
 * do not change in one step.
 */
void gen_pool_set_algo(struct gen_pool *pool, genpool_algo_t algo, void *data)
{
	pool->algo = algo ?: gen_pool_first_fit;
	pool->data = data;
}
EXPORT_SYMBOL(gen_pool_set_algo);

/* ---- allocate ---- */

static bool try_claim(struct alloc_map *map, unsigned long unit,
		      unsigned int nr, bool *fits)
{
	*fits = unit < map->nr_units && nr <= map->nr_units - unit;

	return *fits && alloc_map_claim_units(map, unit, nr);
}

/* An algorithm that was blind so often does not look at the map. */
#define MAX_BLIND	8

/*
 * Ask @algo again: the units that it chose, from @taken on, were taken.
 *
 * After a collision the search goes on where it was.  If it then finds nothing,
 * it begins anew: the algorithm need not have chosen the lowest place.
 *
 * As a rule each round is due to another CPU that succeeded in allocating.  A
 * round was blind if @taken was taken before the call, nothing was freed during
 * the call (a free would have spoilt the mark of the hint), and @taken was
 * chosen all the same.  A single one may be due to a free that has cleared
 * units but not yet spoilt the mark, hence the limit of several.  Choices in
 * circles return to that of the last power-of-two round (R. P. Brent, 1980).
 */
static noinline unsigned long retry_algo(struct gen_pool *pool,
					 struct gen_pool_chunk *chunk,
					 unsigned int nr, genpool_algo_t algo,
					 void *data, unsigned long taken)
{
	struct alloc_map *map = &chunk->map;
	unsigned long start = taken, unit, round;
	unsigned int blind = 0;
	bool watched, fits;

	for (round = 1; blind < MAX_BLIND; round++) {
		watched = alloc_map_hint_begin(map->hint, map->hint_shift);
		if (alloc_map_is_free(map, taken, nr))
			taken = map->nr_units;
		unit = algo(map, map->nr_units, start, nr, data, pool,
			    chunk->start_addr);
		if (watched)
			watched = alloc_map_hint_end(map->hint, map->hint_shift,
						     HINT_UNKNOWN);
		if (try_claim(map, unit, nr, &fits))
			return unit;
		if (!fits && !start)
			return map->nr_units;
		blind += fits && watched && unit == taken;
		start = fits ? unit : 0;
		if (is_power_of_2(round))
			taken = start;
	}
	gen_pool_refuse(pool, chunk, "allocation",
			unit_to_addr(pool, chunk, unit),
			units_to_size(pool, nr), -EADDRINUSE);
	return map->nr_units;
}

/* The first unit of a new allocation; the number of units if none has room. */
static unsigned long alloc_by_algo(struct gen_pool *pool,
				   struct gen_pool_chunk *chunk,
				   unsigned long nr, genpool_algo_t algo,
				   void *data)
{
	struct alloc_map *map = &chunk->map;
	unsigned long unit;
	bool fits;

	if (nr > map->nr_units || nr > UINT_MAX)
		return map->nr_units;

	unit = algo(map, map->nr_units, 0, nr, data, pool, chunk->start_addr);
	if (try_claim(map, unit, nr, &fits))
		return unit;

	return fits ? retry_algo(pool, chunk, nr, algo, data, unit) :
		      map->nr_units;
}

static unsigned long alloc_in_chunk(struct gen_pool *pool,
				    struct gen_pool_chunk *chunk,
				    unsigned long nr, genpool_algo_t algo,
				    void *data)
{
	if (algo == gen_pool_first_fit)
		return alloc_map_alloc(&chunk->map, nr);

	return alloc_by_algo(pool, chunk, nr, algo, data);
}

/* The address of an allocation, which keeps the chunk in the pool. */
static unsigned long allocated(struct gen_pool *pool,
			       struct gen_pool_chunk *chunk, unsigned long unit,
			       void **owner)
{
	if (owner)
		*owner = chunk->owner;
	return unit_to_addr(pool, chunk, unit);
}

/* Count an allocation that failed.  Returns 0, its address. */
static unsigned long no_room(struct gen_pool *pool, size_t size)
{
	size_t old = READ_ONCE(pool->max_failed);

	atomic_long_inc(&pool->nr_failed);
	while (size > old &&
	       !try_cmpxchg_relaxed(&pool->max_failed, &old, size))
		;
	return 0;
}

/* Allocate the best fit of all chunks, see gen_pool_best_fit_all(). */
static noinline unsigned long alloc_best(struct gen_pool *pool, size_t size,
					 void **owner)
{
	unsigned long nr = size_to_units(pool, size), unit;
	struct gen_pool_chunk *chunk;

	rcu_read_lock();
	do {
		chunk = gen_pool_best_place(pool, nr, &unit);
	} while (chunk && !alloc_map_claim_units(&chunk->map, unit, nr));
	rcu_read_unlock();

	return chunk ? allocated(pool, chunk, unit, owner) :
		       no_room(pool, size);
}

/* Try all chunks that may have room, from the newest on. */
noinline unsigned long gen_pool_alloc_anywhere(struct gen_pool *pool,
					       size_t size, genpool_algo_t algo,
					       void *data, void **owner)
{
	unsigned long nr = size_to_units(pool, size), set, unit;
	struct gen_pool_chunk *chunk;
	struct gen_pool_row *row;

	if (owner)
		*owner = NULL;
	if (bad_context() || !nr)
		return 0;

	rcu_read_lock();
	row = rcu_dereference(pool->rows);
	do {
		set = hints_from(READ_ONCE(row->hints), hint_for(nr));
		for (; set; set &= set - 1) {
			chunk = rcu_dereference(row->chunks[first_hint(set)]);
			if (!chunk)
				continue;
			unit = alloc_in_chunk(pool, chunk, nr, algo, data);
			if (unit < chunk->map.nr_units)
				goto found;
		}
		row = rcu_dereference(row->next);
	} while (row);
	rcu_read_unlock();
	return algo == gen_pool_best_fit_all ? alloc_best(pool, size, owner) :
					       no_room(pool, size);

found:
	rcu_read_unlock();
	return allocated(pool, chunk, unit, owner);
}

/* The chunk that was added last, if @nr is not 0 and it may have @nr units. */
static struct gen_pool_chunk *newest_chunk(struct gen_pool *pool,
					   unsigned long nr)
{
	struct gen_pool_row *row = rcu_dereference(pool->rows);
	unsigned int slot = READ_ONCE(row->unused) % GEN_POOL_ROW_CHUNKS;

	if (hint_at(READ_ONCE(row->hints), slot * HINT_BITS) <= nr - 1)
		return NULL;
	return rcu_dereference(row->chunks[slot]);
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
 * Return: address of the allocation; 0 if no chunk has room or @size is 0.
 * (Sizes may come from user space, so 0 is no misuse.)
 */
unsigned long gen_pool_alloc_algo_owner(struct gen_pool *pool, size_t size,
					genpool_algo_t algo, void *data,
					void **owner)
{
	struct gen_pool_chunk *chunk;
	unsigned long nr, unit;

	if (gen_pool_is_watched())
		return gen_pool_watch_alloc(pool, size, algo, data, owner,
					    _RET_IP_);

	/* Most pools use the default, and have room in the newest chunk. */
	if (algo != gen_pool_first_fit || no_cmpxchg())
		goto anywhere;

	rcu_read_lock();
	/* A size of 0 gives more units than any chunk has [prove/alloc]. */
	nr = ((size - 1) >> pool->min_alloc_order) + 1;
	chunk = newest_chunk(pool, nr);
	if (!chunk)
		goto unlock;
	unit = alloc_map_alloc(&chunk->map, nr);
	if (unit >= chunk->map.nr_units)
		goto unlock;
	rcu_read_unlock();
	return allocated(pool, chunk, unit, owner);

unlock:
	rcu_read_unlock();
anywhere:
	return gen_pool_alloc_anywhere(pool, size, algo, data, owner);
}
EXPORT_SYMBOL(gen_pool_alloc_algo_owner);

/* ---- free ---- */

/* The unit that begins at @addr, an address of @chunk. */
static int find_unit(const struct gen_pool *pool,
		     const struct gen_pool_chunk *chunk, unsigned long addr,
		     unsigned long *unit)
{
	*unit = addr_to_unit(pool, chunk, addr);
	if (unit_to_addr(pool, chunk, *unit) == addr)
		return 0;

	return *unit < chunk->map.nr_units ? -EINVAL : -ERANGE;
}

/* Inlined for the sake of _RET_IP_. */
static __always_inline long free_in_chunk(struct gen_pool *pool,
					  struct gen_pool_chunk *chunk,
					  unsigned long addr, size_t size)
{
	unsigned long unit, nr;
	int err = find_unit(pool, chunk, addr, &unit);

	if (err)
		return err;

	nr = size_to_units(pool, size);
	if (gen_pool_is_watched())
		return gen_pool_watch_free(chunk, unit, nr, _RET_IP_);
	return alloc_map_release(&chunk->map, unit, nr);
}

/**
 * gen_pool_free_owner - free an allocation, and learn whose memory it is
 * @pool: the pool
 * @addr: what the allocation returned
 * @size: length in bytes that was asked for, or 0.  A length other than 0 must
 *	be that of the allocation, in units, or the free is refused
 * @owner: where to put the owner of the chunk that has @addr, or NULL if no
 *	chunk has it; set also when the free is refused.  May be NULL
 *
 * With genalloc.lenient=1 on the command line, a free of a part of an
 * allocation, or of several, is reported and then carried out; up to the place
 * where another CPU was faster, if it returns an error.
 *
 * Context: Any; NMI too if the architecture has
 * CONFIG_ARCH_HAVE_NMI_SAFE_CMPXCHG, else it is refused there.
 * Return: 0; or, reported and with nothing changed
 * * %-ENXIO: @addr is not in the pool
 * * %-ENOENT: nothing is allocated there
 * * %-EINVAL: @addr is inside an allocation or inside a unit
 * * %-ERANGE: @addr is in the unusable end of a chunk
 * * %-EMSGSIZE: the allocation has another size
 * * %-EBUSY: another CPU is allocating or freeing it
 * * %-EPERM: not in this context
 */
int gen_pool_free_owner(struct gen_pool *pool, unsigned long addr,
			size_t size, void **owner)
{
	struct gen_pool_chunk *chunk;
	long err = -ENXIO;

	rcu_read_lock();
	chunk = find_chunk(pool, addr);
	if (owner)
		*owner = chunk ? chunk->owner : NULL;
	if (bad_context())
		err = -EPERM;
	else if (chunk)
		err = free_in_chunk(pool, chunk, addr, size);
	if (likely(err > 0))
		err = 0;
	else if (err != -EPERM)
		err = gen_pool_refuse_free(pool, chunk, addr, size, err,
					   _RET_IP_);
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
 * Tracepoints name free_alloc() as the caller of each free.
 *
 * Context: as gen_pool_free_owner().  The caller alone uses the pool.
 */
void gen_pool_free_all(struct gen_pool *pool)
{
	gen_pool_for_each_alloc(pool, free_alloc, NULL);
}
EXPORT_SYMBOL_GPL(gen_pool_free_all);

/* Call @func for the chunk that has @addr; if it fails, refuse @what. */
static long in_chunk(struct gen_pool *pool, const char *what,
		     unsigned long addr, size_t size,
		     long (*func)(struct gen_pool *pool,
				  struct gen_pool_chunk *chunk,
				  unsigned long addr, size_t size))
{
	struct gen_pool_chunk *chunk;
	long ret;

	rcu_read_lock();
	chunk = find_chunk(pool, addr);
	ret = chunk ? func(pool, chunk, addr, size) : -ENXIO;
	if (ret < 0 && what)
		gen_pool_refuse(pool, chunk, what, addr, size, ret);
	rcu_read_unlock();

	return ret;
}

static long split_in_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			   unsigned long addr, size_t size)
{
	unsigned long unit, piece = size_to_units(pool, size);
	int err = size ? find_unit(pool, chunk, addr, &unit) : -EDOM;

	if (err)
		return err;
	if (gen_pool_is_watched())
		return gen_pool_watch_split(chunk, unit, piece);
	return alloc_map_split(&chunk->map, unit, piece);
}

/**
 * gen_pool_split - turn an allocation into several
 * @pool: the pool
 * @addr: what the allocation returned
 * @size: length of each new allocation in bytes, rounded up to units, not 0;
 *	the last one may be shorter
 *
 * Afterwards each piece is freed by itself, like the pages of a block after
 * split_page().
 *
 * Context: as gen_pool_free_owner().
 * Return: 0; or, reported and with nothing changed, %-EDOM if @size is 0 or
 * an errno as gen_pool_free_owner().
 */
int gen_pool_split(struct gen_pool *pool, unsigned long addr, size_t size)
{
	int err;

	if (bad_context())
		return -EPERM;

	err = in_chunk(pool, "split", addr, size, split_in_chunk);
	if (!err && gen_pool_is_watched())
		gen_pool_watch_pieces(pool, addr, size, _RET_IP_);
	return err;
}
EXPORT_SYMBOL_GPL(gen_pool_split);

static long reserve_in_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			     unsigned long addr, size_t size)
{
	unsigned long nr = size_to_units(pool, size), unit;
	int err = nr ? find_unit(pool, chunk, addr, &unit) : -EINVAL;

	if (err)
		return err;
	if (unit >= chunk->map.nr_units || nr > chunk->map.nr_units - unit)
		return -ERANGE;
	return alloc_map_claim(&chunk->map, unit, nr) ? 0 : -EBUSY;
}

/**
 * gen_pool_reserve - allocate a given place
 * @pool: the pool
 * @addr: where; the beginning of a unit of any chunk
 * @size: length in bytes, rounded up to units
 *
 * gen_pool_fixed_alloc() takes an offset into the chunk that is tried;
 * gen_pool_reserve() takes an address and finds the chunk.  Free the place like
 * any allocation.
 *
 * Context: as gen_pool_alloc_algo_owner().
 * Return: 0; or, with nothing changed
 * * %-EBUSY: some of it is allocated
 * * %-ENXIO: @addr is not in the pool
 * * %-EINVAL: @addr is inside a unit, or @size is 0
 * * %-ERANGE: it goes past the last unit of the chunk
 * * %-EPERM: not in this context
 */
int gen_pool_reserve(struct gen_pool *pool, unsigned long addr, size_t size)
{
	int err;

	if (bad_context())
		return -EPERM;

	err = in_chunk(pool, NULL, addr, size, reserve_in_chunk);
	if (!err && gen_pool_is_watched())
		gen_pool_watch_allocated(pool, addr, size, _RET_IP_);
	return err;
}
EXPORT_SYMBOL_GPL(gen_pool_reserve);

/* ---- look ---- */

static long extent_in_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			    unsigned long addr, size_t size)
{
	unsigned long unit;

	return find_unit(pool, chunk, addr, &unit) ?:
	       (long)alloc_map_extent(&chunk->map, unit);
}

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
	long nr = in_chunk(pool, NULL, addr, 0, extent_in_chunk);

	return nr > 0 ? units_to_size(pool, nr) : 0;
}
EXPORT_SYMBOL_GPL(gen_pool_alloc_size);

/**
 * gen_pool_virt_to_phys - physical address of memory in a pool
 * @pool: the pool
 * @addr: any address in its chunks
 *
 * Context: Any, NMI included.
 * Return: physical address; -1 if @addr has none or is not in the pool.
 */
phys_addr_t gen_pool_virt_to_phys(struct gen_pool *pool, unsigned long addr)
{
	struct gen_pool_chunk *chunk;
	phys_addr_t phys = -1;

	rcu_read_lock();
	chunk = find_chunk(pool, addr);
	if (chunk && chunk->phys_addr != (phys_addr_t)-1)
		phys = chunk->phys_addr + (addr - chunk->start_addr);
	rcu_read_unlock();

	return phys;
}
EXPORT_SYMBOL(gen_pool_virt_to_phys);

static bool chunk_has_range(const struct gen_pool_chunk *chunk,
			    unsigned long start, size_t size)
{
	return size <= chunk->end_addr - start + 1;
}

static noinline bool search_range(struct gen_pool *pool, unsigned long start,
				  size_t size)
{
	const struct gen_pool_chunk *chunk = gen_pool_search_chunk(pool, start);

	return chunk && chunk_has_range(chunk, start, size);
}

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
	const struct gen_pool_chunk *chunk;
	bool found;

	rcu_read_lock();
	chunk = first_chunk(pool, start);
	found = chunk ? chunk_has_range(chunk, start, size) :
		search_range(pool, start, size);
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
	struct gen_pool_chunk *chunk;
	unsigned long nr = 0;

	rcu_read_lock();
	for_each_chunk(chunk, pool)
		nr += alloc_map_nr_free(&chunk->map);
	rcu_read_unlock();

	return units_to_size(pool, nr);
}
EXPORT_SYMBOL_GPL(gen_pool_avail);

static void add_units(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      void *data)
{
	*(unsigned long *)data += chunk->map.nr_units - gen_pool_nr_lost(chunk);
}

/**
 * gen_pool_size - how much memory a pool manages
 * @pool: the pool
 *
 * Context: Any, NMI included.
 * Return: bytes in units: what gen_pool_avail() says when nothing is allocated.
 */
size_t gen_pool_size(struct gen_pool *pool)
{
	unsigned long nr = 0;

	gen_pool_for_each_chunk(pool, add_units, &nr);
	return units_to_size(pool, nr);
}
EXPORT_SYMBOL_GPL(gen_pool_size);

static void longer_run(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		       void *data)
{
	unsigned long *nr = data;

	if (may_have_room(&chunk->map, *nr + 1))
		*nr = max(*nr, alloc_map_longest(&chunk->map));
}

/**
 * gen_pool_largest_free - how much of a pool is free in one piece
 * @pool: the pool
 *
 * Looks at all maps.
 *
 * Context: Any, NMI included.
 * Return: bytes in the longest row of free units.
 */
size_t gen_pool_largest_free(struct gen_pool *pool)
{
	unsigned long nr = 0;

	gen_pool_for_each_chunk(pool, longer_run, &nr);
	return units_to_size(pool, nr);
}
EXPORT_SYMBOL_GPL(gen_pool_largest_free);
