/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pools of special memory: on-chip RAM, device memory, memory for DMA, or
 * plain numbers.  Documentation/core-api/genalloc.rst tells how to use them.
 */

#ifndef _LINUX_GENALLOC_H_
#define _LINUX_GENALLOC_H_

#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/list_nulls.h>
#include <linux/rbtree_latch.h>
#include <linux/refcount.h>
#include <linux/spinlock_types.h>
#include <linux/types.h>

struct device;
struct device_node;
struct gen_pool;
struct gen_pool_chunk;
struct page;

/**
 * typedef genpool_algo_t - choose the place of an allocation
 * @map: the map of the chunk; alloc_map_of() turns it into what the functions
 *	of linux/alloc_map.h take, the only way to look at it
 * @size: how many units the chunk has
 * @start: lowest unit to look at; after a collision with another CPU the
 *	algorithm is called again from the unit it chose, as long as it says
 *	that units are free
 * @nr: how many free units are needed in a row
 * @data: what the caller gave with the algorithm
 * @pool: the pool that is allocated from
 * @start_addr: address of the chunk's first unit
 *
 * Context: whatever context the allocation comes from, under rcu_read_lock().
 * Return: the first of @nr units, all of them free when looked at, or @size if
 * there is no place.
 */
typedef unsigned long (*genpool_algo_t)(unsigned long *map,
			unsigned long size,
			unsigned long start,
			unsigned int nr,
			void *data, struct gen_pool *pool,
			unsigned long start_addr);

/**
 * typedef genpool_chunk_fn_t - what gen_pool_for_each_chunk() calls
 * @pool: the pool
 * @chunk: one of its chunks: a copy, which is gone after the call
 * @data: what the caller gave with the function
 */
typedef void (*genpool_chunk_fn_t)(struct gen_pool *pool,
			struct gen_pool_chunk *chunk, void *data);

/**
 * typedef genpool_alloc_fn_t - what gen_pool_for_each_alloc() calls
 * @pool: the pool
 * @addr: an allocation in it
 * @size: its length in bytes
 * @data: what the caller gave with the function
 */
typedef void (*genpool_alloc_fn_t)(struct gen_pool *pool, unsigned long addr,
			size_t size, void *data);

/*
 * Where the memory of a descriptor or a map came from, and must go back to. 0
 * is what memory has that was never made one.
 */
enum gen_pool_origin {
	GEN_POOL_NEVER	= 0,
	GEN_POOL_SLAB,
	GEN_POOL_BOOT,			/* memblock, before slab was up */
	GEN_POOL_STATIC,		/* a variable: nowhere */
};

/**
 * struct gen_pool - a pool
 * @lock: held to change @chunks
 * @chunks: the chunks, newest first, read under RCU
 * @min_alloc_order: log2 of the size of a unit in bytes
 * @algo: where to allocate, unless the call says otherwise
 * @data: for @algo
 * @name: tells pools of one device apart, or NULL
 */
struct gen_pool {
	spinlock_t lock;		/* held to change chunks */
	int min_alloc_order;
	struct hlist_nulls_head chunks;

	genpool_algo_t algo;
	void *data;

	const char *name;

	/* private: */
	struct latch_tree_root tree;	/* the chunks, by address */
	u64 nr_added;			/* chunks so far */
	refcount_t users;		/* 0: no pool */
	enum gen_pool_origin origin;
	void *creator;			/* who called gen_pool_create() */
	atomic_long_t nr_refused;	/* misuses so far */
	struct rcu_head rcu;		/* frees boot memory */
#ifdef CONFIG_GENALLOC_DEBUGFS
	struct list_head pools;		/* all pools */
#endif
};

/**
 * struct gen_pool_chunk - a contiguous piece of memory in a pool
 * @phys_addr: physical address of its first byte, -1 if it was not told
 * @owner: what the provider gave to gen_pool_add_owner()
 * @start_addr: address of its first byte, which is where units count from
 * @end_addr: address of its last byte
 */
struct gen_pool_chunk {
	phys_addr_t phys_addr;
	void *owner;
	unsigned long start_addr;
	unsigned long end_addr;

	/* private: */
	struct alloc_map *map;		/* which units are allocated; NULL: no chunk */
	struct gen_pool *pool;
	u64 serial;			/* how many were added to the pool before */
	struct hlist_nulls_node next_chunk; /* in gen_pool.chunks */
	/* What a search for room reads is above, in slab in one line of 64 bytes. */
	struct page *pages;		/* the first one if they are tagged */
	enum gen_pool_origin origin;
	struct rcu_head rcu;		/* frees boot memory */
};

/*
 * private: a map, what it takes to find it by an address, and to free it.  All of
 * it stays until readers are through.  What all CPUs read is 128 bytes, 64 where
 * long has 32 bits, so that as a rule it shares no cache line with the words of
 * the map, which change.
 */
struct gen_pool_map {
	struct latch_tree_node node;	/* in gen_pool.tree */
	unsigned long start_addr;	/* as in the chunk */
	unsigned long end_addr;
	struct gen_pool_chunk *chunk;	/* whose map it is */
	struct rcu_head rcu;
	enum gen_pool_origin origin;
	struct alloc_map map;
};

/* private: room for a chunk that is not allocated */
struct gen_pool_storage {
	struct gen_pool_chunk chunk;
	struct gen_pool_map map;
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
 * struct gen_pool_refusal - what was asked of a pool and is not done
 * @what: the operation
 * @addr: the address it was called with
 * @size: the size in bytes it was called with
 * @why: what is wrong
 * @start: where the allocation that @addr lies in begins
 * @recorded: size in bytes of that allocation, 0 if there is none
 */
struct gen_pool_refusal {
	const char *what;
	unsigned long addr;
	size_t size;
	const char *why;
	unsigned long start;
	size_t recorded;
};

/**
 * DEFINE_GEN_POOL - a pool that is a variable
 * @pool: name of the variable, and of the pool
 * @order: log2 of the size of a unit in bytes
 *
 * It can be used from the beginning.  gen_pool_destroy() leaves it as an empty
 * pool.
 */
#define DEFINE_GEN_POOL(pool, order)					\
	struct gen_pool pool = {					\
		.lock = __SPIN_LOCK_UNLOCKED(gen_pool.lock),		\
		.chunks.first = (void *)NULLS_MARKER(0),		\
		.min_alloc_order = (order),				\
		.algo = gen_pool_first_fit,				\
		.name = #pool,						\
		.tree.seq = SEQCNT_LATCH_ZERO(gen_pool.tree.seq),	\
		.users = REFCOUNT_INIT(1),				\
		.origin = GEN_POOL_STATIC,				\
	}

/**
 * DEFINE_GEN_POOL_STORAGE - room for what gen_pool_add_static() has to keep
 * @storage: name of the variable
 * @nr_units: units of the largest chunk that it will be used for
 */
#define DEFINE_GEN_POOL_STORAGE(storage, nr_units)			\
	u64 storage[DIV_ROUND_UP(offsetof(struct gen_pool_storage, map.map) + \
				 ALLOC_MAP_BYTES(nr_units), sizeof(u64))] \
		__aligned(__alignof__(struct gen_pool_storage))

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
void *gen_pool_dma_alloc(struct gen_pool *pool, size_t size, dma_addr_t *dma);
void *gen_pool_dma_alloc_algo(struct gen_pool *pool, size_t size,
			      dma_addr_t *dma, genpool_algo_t algo, void *data);
void *gen_pool_dma_alloc_align(struct gen_pool *pool, size_t size,
			       dma_addr_t *dma, int align);
void *gen_pool_dma_zalloc(struct gen_pool *pool, size_t size, dma_addr_t *dma);
void *gen_pool_dma_zalloc_algo(struct gen_pool *pool, size_t size,
			       dma_addr_t *dma, genpool_algo_t algo,
			       void *data);
void *gen_pool_dma_zalloc_align(struct gen_pool *pool, size_t size,
				dma_addr_t *dma, int align);

int gen_pool_free_owner(struct gen_pool *pool, unsigned long addr, size_t size,
			void **owner);
void gen_pool_free_all(struct gen_pool *pool);
int gen_pool_split(struct gen_pool *pool, unsigned long addr, size_t size);

size_t gen_pool_alloc_size(struct gen_pool *pool, unsigned long addr);
phys_addr_t gen_pool_virt_to_phys(struct gen_pool *pool, unsigned long addr);
bool gen_pool_has_addr(struct gen_pool *pool, unsigned long start, size_t size);
size_t gen_pool_avail(struct gen_pool *pool);
size_t gen_pool_size(struct gen_pool *pool);
void gen_pool_for_each_chunk(struct gen_pool *pool, genpool_chunk_fn_t func,
			     void *data);
void gen_pool_for_each_alloc(struct gen_pool *pool, genpool_alloc_fn_t func,
			     void *data);

unsigned long gen_pool_first_fit(unsigned long *map, unsigned long size,
				 unsigned long start, unsigned int nr,
				 void *data, struct gen_pool *pool,
				 unsigned long start_addr);
unsigned long gen_pool_first_fit_align(unsigned long *map, unsigned long size,
				       unsigned long start, unsigned int nr,
				       void *data, struct gen_pool *pool,
				       unsigned long start_addr);
unsigned long gen_pool_first_fit_order_align(unsigned long *map,
					     unsigned long size,
					     unsigned long start,
					     unsigned int nr, void *data,
					     struct gen_pool *pool,
					     unsigned long start_addr);
unsigned long gen_pool_best_fit(unsigned long *map, unsigned long size,
				unsigned long start, unsigned int nr,
				void *data, struct gen_pool *pool,
				unsigned long start_addr);
unsigned long gen_pool_percpu_fit(unsigned long *map, unsigned long size,
				  unsigned long start, unsigned int nr,
				  void *data, struct gen_pool *pool,
				  unsigned long start_addr);
unsigned long gen_pool_fixed_alloc(unsigned long *map, unsigned long size,
				   unsigned long start, unsigned int nr,
				   void *data, struct gen_pool *pool,
				   unsigned long start_addr);

/* For lib/genalloc*.c, and tests that put themselves in their place. */
struct gen_pool_chunk *gen_pool_new_chunk(unsigned long nr_units, int nid,
					  struct alloc_map **map);
void gen_pool_free_chunk(struct gen_pool_chunk *chunk, struct alloc_map *map);
#if IS_ENABLED(CONFIG_KUNIT)
void gen_pool_report(struct gen_pool *pool,
		     const struct gen_pool_refusal *refusal);
unsigned int gen_pool_this_cpu(void);
#endif

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
 * gen_pool_free - free what was allocated from a pool
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
