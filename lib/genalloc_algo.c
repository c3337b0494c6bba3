// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: where to allocate
 *
 * An algorithm chooses units in the map of one chunk; the pool claims them, and
 * asks again if another CPU was faster.
 */

#include <linux/align.h>
#include <linux/alloc_map.h>
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>

#include "alloc_map.h"
#include "genalloc.h"

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
unsigned long gen_pool_first_fit(struct alloc_map *map, unsigned long size,
				 unsigned long start, unsigned int nr,
				 void *data, struct gen_pool *pool,
				 unsigned long start_addr)
{
	return alloc_map_find(map, start, nr, 0, 0);
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
 * If the chunk does not begin at a multiple of a unit, addresses are off by
 * that remainder.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: as &genpool_algo_t.
 */
unsigned long gen_pool_first_fit_align(struct alloc_map *map, unsigned long size,
				       unsigned long start, unsigned int nr,
				       void *data, struct gen_pool *pool,
				       unsigned long start_addr)
{
	struct genpool_data_align *alignment = data;
	unsigned long align = roundup_pow_of_two(max(alignment->align, 1));

	return alloc_map_find(map, start, nr,
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
unsigned long gen_pool_first_fit_order_align(struct alloc_map *map,
					     unsigned long size,
					     unsigned long start,
					     unsigned int nr, void *data,
					     struct gen_pool *pool,
					     unsigned long start_addr)
{
	return alloc_map_find(map, start, nr,
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
 * The lowest of several.  If others allocate or free meanwhile, it may be some
 * other place that is large enough.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: as &genpool_algo_t.
 */
unsigned long gen_pool_best_fit(struct alloc_map *map, unsigned long size,
				unsigned long start, unsigned int nr,
				void *data, struct gen_pool *pool,
				unsigned long start_addr)
{
	return alloc_map_find_best(map, start, nr);
}
EXPORT_SYMBOL(gen_pool_best_fit);

/**
 * gen_pool_best_place - the smallest place in any chunk that is large enough
 * @pool: the pool
 * @nr: how many free units are needed in a row
 * @place: where to put the first of them
 *
 * Context: as gen_pool_best_fit(), under rcu_read_lock().
 * Return: the chunk, the newest of several; NULL if none has room.
 */
struct gen_pool_chunk *gen_pool_best_place(struct gen_pool *pool,
					   unsigned long nr,
					   unsigned long *place)
{
	unsigned long least = ULONG_MAX, unit, len;
	struct gen_pool_chunk *chunk, *best = NULL;

	for_each_chunk(chunk, pool) {
		if (!may_have_room(&chunk->map, nr))
			continue;
		unit = alloc_map_find_best(&chunk->map, 0, nr);
		if (unit >= chunk->map.nr_units)
			continue;
		len = alloc_map_free_end(&chunk->map, unit) - unit;
		if (len < least) {
			best = chunk;
			*place = unit;
			least = len;
		}
	}
	return best;
}

/**
 * gen_pool_best_fit_all - the smallest place in any chunk
 * @map: not used
 * @size: as in &genpool_algo_t
 * @start: not used
 * @nr: not used
 * @data: not used
 * @pool: not used
 * @start_addr: not used
 *
 * gen_pool_best_fit() takes the first chunk that has room.  With this algorithm
 * the pool compares all chunks and takes the smallest place that is large
 * enough, the one in the newest chunk of several.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: @size: it leaves the choice to the pool, and is of no use to an
 * algorithm that calls it.
 */
unsigned long gen_pool_best_fit_all(struct alloc_map *map, unsigned long size,
				    unsigned long start, unsigned int nr,
				    void *data, struct gen_pool *pool,
				    unsigned long start_addr)
{
	return size;
}
EXPORT_SYMBOL_GPL(gen_pool_best_fit_all);

/**
 * gen_pool_last_fit - the highest place that is large enough
 * @map: as in &genpool_algo_t
 * @size: not used
 * @start: not used
 * @nr: as in &genpool_algo_t
 * @data: not used
 * @pool: not used
 * @start_addr: not used
 *
 * Keeps long-lived allocations apart from those by first fit, so that the free
 * units between the two remain in one piece.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: as &genpool_algo_t.
 */
unsigned long gen_pool_last_fit(struct alloc_map *map, unsigned long size,
				unsigned long start, unsigned int nr,
				void *data, struct gen_pool *pool,
				unsigned long start_addr)
{
	return alloc_map_find_last(map, nr);
}
EXPORT_SYMBOL_GPL(gen_pool_last_fit);

/**
 * gen_pool_first_fit_below - the lowest place, if it is below a limit
 * @map: as in &genpool_algo_t
 * @size: as in &genpool_algo_t
 * @start: as in &genpool_algo_t
 * @nr: as in &genpool_algo_t
 * @data: a &struct genpool_data_below
 * @pool: the pool
 * @start_addr: as in &genpool_algo_t
 *
 * A chunk that was added without a physical address has no such place.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: as &genpool_algo_t.
 */
unsigned long gen_pool_first_fit_below(struct alloc_map *map,
				       unsigned long size, unsigned long start,
				       unsigned int nr, void *data,
				       struct gen_pool *pool,
				       unsigned long start_addr)
{
	const struct genpool_data_below *below = data;
	phys_addr_t phys = container_of(map, struct gen_pool_chunk, map)->phys_addr;
	unsigned long unit = alloc_map_find(map, start, nr, 0, 0);

	if (unit >= size || phys == (phys_addr_t)-1 || phys > below->last)
		return size;
	return units_to_size(pool, unit + nr) - 1 <= below->last - phys ?
	       unit : size;
}
EXPORT_SYMBOL_GPL(gen_pool_first_fit_below);

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
unsigned long gen_pool_fixed_alloc(struct alloc_map *map, unsigned long size,
				   unsigned long start, unsigned int nr,
				   void *data, struct gen_pool *pool,
				   unsigned long start_addr)
{
	struct genpool_data_fixed *fixed = data;
	unsigned long unit = fixed->offset >> pool->min_alloc_order;

	if (WARN_ON_ONCE(!IS_ALIGNED(fixed->offset, unit_size(pool))))
		return size;
	return alloc_map_is_free(map, unit, nr) ? unit : size;
}
EXPORT_SYMBOL(gen_pool_fixed_alloc);
