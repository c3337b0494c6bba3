/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pools of special memory: on-chip RAM, device memory, memory for DMA, or
 * plain numbers.  Documentation/core-api/genalloc.rst tells how to use them.
 */

#ifndef _LINUX_GENALLOC_H_
#define _LINUX_GENALLOC_H_

#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/rbtree_latch.h>
#include <linux/rcupdate.h>
#include <linux/spinlock_types.h>
#include <linux/string.h>
#include <linux/types.h>

struct device;
struct device_node;
struct gen_pool;
struct gen_pool_chunk;

/**
 * typedef genpool_algo_t - choose the place of an allocation
 * @map: the map of the chunk; the functions of linux/alloc_map.h are the only
 *	way to look at it
 * @size: how many units the chunk has
 * @start: lowest unit to look at.  After a collision with another CPU the
 *	algorithm is called again, with the unit that it chose; then with 0, if
 *	it finds none from there
 * @nr: how many free units are needed in a row
 * @data: passed by the caller along with the algorithm
 * @pool: the pool to allocate from
 * @start_addr: address of the chunk's first unit
 *
 * Context: that of the allocation, under rcu_read_lock().
 * Return: the first of @nr units, all of them free when looked at, or @size if
 * there is no place.
 */
typedef unsigned long (*genpool_algo_t)(struct alloc_map *map,
			unsigned long size,
			unsigned long start,
			unsigned int nr,
			void *data, struct gen_pool *pool,
			unsigned long start_addr);

/**
 * typedef genpool_chunk_fn_t - callback of gen_pool_for_each_chunk()
 * @pool: the pool
 * @chunk: one of its chunks, which stays at least until the call returns
 * @data: passed by the caller along with the function
 */
typedef void (*genpool_chunk_fn_t)(struct gen_pool *pool,
			struct gen_pool_chunk *chunk, void *data);

/**
 * typedef genpool_alloc_fn_t - callback of gen_pool_for_each_alloc()
 * @pool: the pool
 * @addr: an allocation in it
 * @size: its length in bytes
 * @data: passed by the caller along with the function
 */
typedef void (*genpool_alloc_fn_t)(struct gen_pool *pool, unsigned long addr,
			size_t size, void *data);

/*
 * private: where the memory of a descriptor came from, and must go back to.  0
 * means that the memory was never made one.
 */
enum gen_pool_origin {
	GEN_POOL_NEVER	= 0,
	GEN_POOL_SLAB,
	GEN_POOL_BOOT,			/* memblock, before slab was up */
	GEN_POOL_STATIC,		/* a variable: nowhere */
};

/*
 * private: a few chunks and, a byte each, the hints of their maps.  Slots are
 * used from the last to the first, once: the newest chunk comes first.
 */
#define GEN_POOL_ROW_CHUNKS	sizeof(long)

struct gen_pool_row {
	struct gen_pool_row __rcu *next; /* with older chunks */
	unsigned long hints;
	struct gen_pool_chunk __rcu *chunks[GEN_POOL_ROW_CHUNKS];
	unsigned int unused;		/* slots that are left, the first ones */
	unsigned int nr_chunks;
	enum gen_pool_origin origin;
	struct rcu_head rcu;
};

/**
 * struct gen_pool - a pool
 * @min_alloc_order: log2 of the size of a unit in bytes
 * @algo: chooses where to allocate, unless the call names another
 * @data: for @algo
 * @name: tells pools of one device apart, or NULL
 */
struct gen_pool {
	genpool_algo_t algo;
	void *data;
	int min_alloc_order;

	/* private: */
	enum gen_pool_origin origin;
	bool of_device;			/* and goes with it */
	bool of_memory;			/* as gen_pool_set_memory() says */
	struct gen_pool_row __rcu *rows; /* newest first */
	struct gen_pool_row row;	/* the first one */
	struct latch_tree_root tree;	/* the chunks, by address */
	spinlock_t lock;		/* held to change rows and tree */
	atomic_long_t nr_refused;	/* misuses so far */
	atomic_long_t nr_failed;	/* allocations that found no room */
	size_t max_failed;		/* size of the largest of them */
	size_t peak;			/* most bytes that were allocated */
	void *creator;			/* function to name in reports */
	/* public: */
	const char *name;
	/* private: */
	struct list_head pools;		/* all pools */
#ifdef CONFIG_GENALLOC_DEBUGFS
	struct gen_pool_dir *dir;	/* in debugfs, if it has one */
#endif
	struct rcu_head rcu;
};

struct gen_pool_provider;
struct gen_pool_history;

/**
 * struct gen_pool_chunk - a contiguous piece of memory in a pool
 * @start_addr: address of its first byte, which is where units count from
 * @end_addr: address of its last byte
 * @phys_addr: physical address of its first byte, -1 if not known
 * @owner: as passed to gen_pool_add_owner()
 */
struct gen_pool_chunk {
	unsigned long start_addr;
	unsigned long end_addr;
	phys_addr_t phys_addr;
	void *owner;

	/* private: */
	struct gen_pool *pool;
	const struct gen_pool_provider *provider;
	struct latch_tree_node node;	/* in gen_pool.tree */
	struct gen_pool_row *row;	/* where it is listed */
#ifdef CONFIG_GENALLOC_OWNER
	struct gen_pool_history *history; /* of each unit, or NULL */
#endif
	struct rcu_head rcu;
	enum gen_pool_origin origin;
	unsigned int tag;		/* page_type of its pages */
	bool is_memory;			/* ordinary, see genalloc_guard.c */
	bool has_shadow;		/* that KASAN looks at */
	unsigned long *bad;		/* units, see genalloc_failure.c */
	struct alloc_map map;		/* which units are allocated */
};

/**
 * struct genpool_data_align - data for gen_pool_first_fit_align()
 * @align: alignment of the address in bytes, a power of two
 */
struct genpool_data_align {
	int align;
};

/**
 * struct genpool_data_fixed - data for gen_pool_fixed_alloc()
 * @offset: where in the chunk to allocate, in bytes; a multiple of a unit
 */
struct genpool_data_fixed {
	unsigned long offset;
};

/**
 * struct genpool_data_below - data for gen_pool_first_fit_below()
 * @last: the highest physical address that will do, for example a DMA mask
 */
struct genpool_data_below {
	phys_addr_t last;
};

/**
 * struct genpool_stats - a pool in numbers
 * @size: bytes in units, as gen_pool_size()
 * @avail: bytes in free units, as gen_pool_avail()
 * @allocated: bytes in allocations; less than the rest of @size while calls
 *	are in flight
 * @largest_free: bytes in the longest row of free units
 * @nr_chunks: number of chunks
 * @nr_allocs: number of allocations
 * @nr_failed: number of allocations that found no room
 * @max_failed: size in bytes of the largest of them
 * @nr_refused: number of refused misuses
 * @lost: bytes that are out of service, since memory has failed
 * @peak: most bytes that were found allocated while genalloc.peak was on, 0 if
 *	nothing was allocated then; too low, or too high, by what other CPUs
 *	allocated and freed at that moment
 */
struct genpool_stats {
	size_t size;
	size_t avail;
	size_t allocated;
	size_t largest_free;
	unsigned long nr_chunks;
	unsigned long nr_allocs;
	unsigned long nr_failed;
	size_t max_failed;
	unsigned long nr_refused;
	size_t lost;
	size_t peak;
};

/**
 * DEFINE_GEN_POOL - a pool that is a variable
 * @pool: name of the variable, and of the pool
 * @order: log2 of the size of a unit in bytes
 *
 * It can be used from the beginning.  gen_pool_destroy() leaves it as an empty
 * pool.  A module that contains it calls gen_pool_destroy(), which waits for
 * readers of the pool, and then rcu_barrier() for its chunks, before it is
 * unloaded; also if no chunk, or an allocation, is left.
 */
#define DEFINE_GEN_POOL(pool, order)					\
	struct gen_pool pool = {					\
		.algo = gen_pool_first_fit,				\
		.min_alloc_order = (order),				\
		.origin = GEN_POOL_STATIC,				\
		.rows = RCU_INITIALIZER(&(pool).row),			\
		.row.unused = GEN_POOL_ROW_CHUNKS,			\
		.tree.seq = SEQCNT_LATCH_ZERO(gen_pool.tree.seq),	\
		.lock = __SPIN_LOCK_UNLOCKED(gen_pool.lock),		\
		.name = #pool,						\
	}

/**
 * DEFINE_GEN_POOL_STORAGE - room for the bookkeeping of gen_pool_add_static()
 * @storage: name of the variable
 * @nr_units: units of the largest chunk that it will be used for
 */
#define DEFINE_GEN_POOL_STORAGE(storage, nr_units)			\
	u64 storage[DIV_ROUND_UP(offsetof(struct gen_pool_chunk, map) +	\
				 ALLOC_MAP_BYTES(nr_units), sizeof(u64))] \
		__aligned(__alignof__(struct gen_pool_chunk))

struct gen_pool *gen_pool_create(int min_alloc_order, int nid);
void gen_pool_destroy(struct gen_pool *pool);
int gen_pool_add_owner(struct gen_pool *pool, unsigned long virt,
		       phys_addr_t phys, size_t size, int nid, void *owner);
int gen_pool_add_static(struct gen_pool *pool, unsigned long virt,
			phys_addr_t phys, size_t size, void *owner,
			void *storage, size_t storage_size);
int gen_pool_remove(struct gen_pool *pool, unsigned long addr);
void gen_pool_set_algo(struct gen_pool *pool, genpool_algo_t algo, void *data);

struct gen_pool *devm_gen_pool_create(struct device *dev, int min_alloc_order,
				      int nid, const char *name);
struct gen_pool *gen_pool_get(struct device *dev, const char *name);

unsigned long gen_pool_alloc_algo_owner(struct gen_pool *pool, size_t size,
					genpool_algo_t algo, void *data,
					void **owner);

int gen_pool_free_owner(struct gen_pool *pool, unsigned long addr, size_t size,
			void **owner);
void gen_pool_free_all(struct gen_pool *pool);
int gen_pool_reserve(struct gen_pool *pool, unsigned long addr, size_t size);
int gen_pool_split(struct gen_pool *pool, unsigned long addr, size_t size);

size_t gen_pool_alloc_size(struct gen_pool *pool, unsigned long addr);
phys_addr_t gen_pool_virt_to_phys(struct gen_pool *pool, unsigned long addr);
bool gen_pool_has_addr(struct gen_pool *pool, unsigned long start, size_t size);
size_t gen_pool_avail(struct gen_pool *pool);
size_t gen_pool_size(struct gen_pool *pool);
size_t gen_pool_largest_free(struct gen_pool *pool);
void gen_pool_stats(struct gen_pool *pool, struct genpool_stats *stats);
void gen_pool_for_each_chunk(struct gen_pool *pool, genpool_chunk_fn_t func,
			     void *data);
void gen_pool_for_each_alloc(struct gen_pool *pool, genpool_alloc_fn_t func,
			     void *data);

unsigned long gen_pool_first_fit(struct alloc_map *map, unsigned long size,
				 unsigned long start, unsigned int nr,
				 void *data, struct gen_pool *pool,
				 unsigned long start_addr);
unsigned long gen_pool_first_fit_align(struct alloc_map *map, unsigned long size,
				       unsigned long start, unsigned int nr,
				       void *data, struct gen_pool *pool,
				       unsigned long start_addr);
unsigned long gen_pool_first_fit_order_align(struct alloc_map *map,
					     unsigned long size,
					     unsigned long start,
					     unsigned int nr, void *data,
					     struct gen_pool *pool,
					     unsigned long start_addr);
unsigned long gen_pool_best_fit(struct alloc_map *map, unsigned long size,
				unsigned long start, unsigned int nr,
				void *data, struct gen_pool *pool,
				unsigned long start_addr);
unsigned long gen_pool_best_fit_all(struct alloc_map *map, unsigned long size,
				    unsigned long start, unsigned int nr,
				    void *data, struct gen_pool *pool,
				    unsigned long start_addr);
unsigned long gen_pool_last_fit(struct alloc_map *map, unsigned long size,
				unsigned long start, unsigned int nr,
				void *data, struct gen_pool *pool,
				unsigned long start_addr);
unsigned long gen_pool_first_fit_below(struct alloc_map *map,
				       unsigned long size, unsigned long start,
				       unsigned int nr, void *data,
				       struct gen_pool *pool,
				       unsigned long start_addr);
unsigned long gen_pool_fixed_alloc(struct alloc_map *map, unsigned long size,
				   unsigned long start, unsigned int nr,
				   void *data, struct gen_pool *pool,
				   unsigned long start_addr);

/**
 * gen_pool_set_memory - say that a pool is for ordinary memory
 * @pool: the pool
 *
 * CPUs read and write the memory that is added from now on at its address in
 * the pool: linear mapping, vmalloc() or variables, but not ioremap().  Nobody
 * may touch it while it is free, nor in an allocation more than the bytes asked
 * for.  With CONFIG_GENALLOC_GUARD KASAN reports that, and memory is cleared as
 * init_on_alloc and init_on_free want it.
 *
 * KASAN leaves a pool alone whose units are smaller than 8 bytes, or begin at
 * other addresses than multiples of 8.
 *
 * Context: Any.
 */
static inline void gen_pool_set_memory(struct gen_pool *pool)
{
	pool->of_memory = true;
}

/**
 * gen_pool_add_virt - give memory with a known physical address to a pool
 * @pool: the pool
 * @addr: address of the first byte, as allocations will return it
 * @phys: physical address of the first byte
 * @size: length in bytes
 * @nid: node to allocate the bookkeeping on, or %NUMA_NO_NODE
 *
 * Context: Process context, may sleep.
 * Return: as gen_pool_add_owner().
 */
static inline int gen_pool_add_virt(struct gen_pool *pool, unsigned long addr,
				    phys_addr_t phys, size_t size, int nid)
{
	return gen_pool_add_owner(pool, addr, phys, size, nid, NULL);
}

/**
 * gen_pool_add - give memory to a pool
 * @pool: the pool
 * @addr: address of the first byte, as allocations will return it
 * @size: length in bytes
 * @nid: node to allocate the bookkeeping on, or %NUMA_NO_NODE
 *
 * Context: Process context, may sleep.
 * Return: as gen_pool_add_owner().
 */
static inline int gen_pool_add(struct gen_pool *pool, unsigned long addr,
			       size_t size, int nid)
{
	return gen_pool_add_virt(pool, addr, -1, size, nid);
}

/**
 * gen_pool_alloc_owner - allocate, and learn whose memory it is
 * @pool: the pool
 * @size: length in bytes
 * @owner: where to put the owner of the chunk, NULL if nothing is allocated
 *
 * Context: as gen_pool_alloc_algo_owner().
 * Return: as gen_pool_alloc_algo_owner().
 */
static inline unsigned long gen_pool_alloc_owner(struct gen_pool *pool,
						 size_t size, void **owner)
{
	return gen_pool_alloc_algo_owner(pool, size, pool->algo, pool->data,
					 owner);
}

/**
 * gen_pool_alloc_algo - allocate at a place that an algorithm chooses
 * @pool: the pool
 * @size: length in bytes
 * @algo: the algorithm
 * @data: for @algo
 *
 * Context: as gen_pool_alloc_algo_owner().
 * Return: as gen_pool_alloc_algo_owner().
 */
static inline unsigned long gen_pool_alloc_algo(struct gen_pool *pool,
						size_t size,
						genpool_algo_t algo, void *data)
{
	return gen_pool_alloc_algo_owner(pool, size, algo, data, NULL);
}

/**
 * gen_pool_alloc - allocate from a pool
 * @pool: the pool
 * @size: length in bytes, rounded up to units
 *
 * Context: as gen_pool_alloc_algo_owner().
 * Return: as gen_pool_alloc_algo_owner().
 */
static inline unsigned long gen_pool_alloc(struct gen_pool *pool, size_t size)
{
	return gen_pool_alloc_algo(pool, size, pool->algo, pool->data);
}

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
static __always_inline void *gen_pool_dma_alloc_algo(struct gen_pool *pool,
						     size_t size,
						     dma_addr_t *dma,
						     genpool_algo_t algo,
						     void *data)
{
	unsigned long vaddr;

	if (!pool)
		return NULL;

	vaddr = gen_pool_alloc_algo(pool, size, algo, data);
	if (vaddr && dma)
		*dma = gen_pool_virt_to_phys(pool, vaddr);

	return (void *)vaddr;
}

/**
 * gen_pool_dma_alloc - allocate memory for DMA
 * @pool: the pool, or NULL
 * @size: length in bytes
 * @dma: where to put the address that the device uses, or NULL
 *
 * Context: as gen_pool_alloc_algo_owner().
 * Return: the memory; NULL if there is no room or no pool.
 */
static __always_inline void *gen_pool_dma_alloc(struct gen_pool *pool,
						size_t size, dma_addr_t *dma)
{
	if (!pool)
		return NULL;

	return gen_pool_dma_alloc_algo(pool, size, dma, pool->algo, pool->data);
}

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
static __always_inline void *gen_pool_dma_alloc_align(struct gen_pool *pool,
						      size_t size,
						      dma_addr_t *dma,
						      int align)
{
	struct genpool_data_align data = { .align = align };

	return gen_pool_dma_alloc_algo(pool, size, dma,
				       gen_pool_first_fit_align, &data);
}

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
static __always_inline void *gen_pool_dma_zalloc_algo(struct gen_pool *pool,
						      size_t size,
						      dma_addr_t *dma,
						      genpool_algo_t algo,
						      void *data)
{
	void *vaddr = gen_pool_dma_alloc_algo(pool, size, dma, algo, data);

	if (vaddr)
		memset(vaddr, 0, size);

	return vaddr;
}

/**
 * gen_pool_dma_zalloc - allocate zeroed memory for DMA
 * @pool: the pool, or NULL
 * @size: length in bytes
 * @dma: where to put the address that the device uses, or NULL
 *
 * Context: as gen_pool_alloc_algo_owner().
 * Return: the memory; NULL if there is no room or no pool.
 */
static __always_inline void *gen_pool_dma_zalloc(struct gen_pool *pool,
						 size_t size, dma_addr_t *dma)
{
	if (!pool)
		return NULL;

	return gen_pool_dma_zalloc_algo(pool, size, dma, pool->algo, pool->data);
}

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
static __always_inline void *gen_pool_dma_zalloc_align(struct gen_pool *pool,
						       size_t size,
						       dma_addr_t *dma,
						       int align)
{
	struct genpool_data_align data = { .align = align };

	return gen_pool_dma_zalloc_algo(pool, size, dma,
					gen_pool_first_fit_align, &data);
}

/**
 * gen_pool_free - free an allocation
 * @pool: the pool
 * @addr: what the allocation returned
 * @size: length in bytes that was asked for, or 0: the pool knows it
 *
 * Context: as gen_pool_free_owner().
 */
static inline void gen_pool_free(struct gen_pool *pool, unsigned long addr,
				 size_t size)
{
	gen_pool_free_owner(pool, addr, size, NULL);
}

#ifdef CONFIG_GENALLOC_KASAN
void gen_pool_dump_addr(const void *ptr);
#else
static inline void gen_pool_dump_addr(const void *ptr)
{
}
#endif

#ifdef CONFIG_OF
struct gen_pool *of_gen_pool_get(struct device_node *np, const char *propname,
				 int index);
#else
static inline struct gen_pool *of_gen_pool_get(struct device_node *np,
					       const char *propname, int index)
{
	return NULL;
}
#endif

#endif /* _LINUX_GENALLOC_H_ */
