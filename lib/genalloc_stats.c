// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: pools in numbers
 *
 * Most is counted in the maps when somebody asks for it.  Failed and refused
 * calls are counted as they happen.
 */

#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/minmax.h>

#include "alloc_map.h"
#include "genalloc.h"

static void add_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      void *data)
{
	const struct alloc_map *map = &chunk->map;
	struct genpool_stats *stats = data;

	stats->nr_chunks++;
	stats->size += units_to_size(pool, map->nr_units - gen_pool_nr_lost(chunk));
	stats->lost += units_to_size(pool, gen_pool_nr_lost(chunk));
	stats->avail += units_to_size(pool, alloc_map_nr_free(map));
	stats->largest_free = max(stats->largest_free,
				  units_to_size(pool, alloc_map_longest(map)));
}

static void add_alloc(struct gen_pool *pool, unsigned long addr, size_t size,
		      void *data)
{
	struct genpool_stats *stats = data;

	stats->nr_allocs++;
	stats->allocated += size;
}

/**
 * gen_pool_stats - learn how much of a pool is used, and how well it does
 * @pool: the pool
 * @stats: where to put the numbers
 *
 * Looks at all maps.
 *
 * Context: Any, NMI included.
 */
void gen_pool_stats(struct gen_pool *pool, struct genpool_stats *stats)
{
	*stats = (struct genpool_stats){
		.nr_failed = atomic_long_read(&pool->nr_failed),
		.max_failed = READ_ONCE(pool->max_failed),
		.nr_refused = atomic_long_read(&pool->nr_refused),
		.peak = READ_ONCE(pool->peak),
	};
	gen_pool_for_each_chunk(pool, add_chunk, stats);
	gen_pool_for_each_alloc(pool, add_alloc, stats);
}
EXPORT_SYMBOL_GPL(gen_pool_stats);
