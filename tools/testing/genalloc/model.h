/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a pool should do, on top of the model of a map that KUnit has, too.
 * Shares nothing with the code under test but the names of its constants.
 */

#ifndef _GENALLOC_TEST_MODEL_H
#define _GENALLOC_TEST_MODEL_H

#include <linux/alloc_map.h>
#include <linux/genalloc.h>

#include "alloc_map_model.h"

#define MAX_UNITS	2048UL

/* ---- pools ---- */

#define MAX_CHUNKS	6

/**
 * struct mchunk - a chunk
 * @start: its first address
 * @last: its last address
 * @phys: physical address of the first
 * @owner: whose it is
 * @map: the map under test
 * @row: its units
 * @state: their states
 */
struct mchunk {
	unsigned long start;
	unsigned long last;
	phys_addr_t phys;
	void *owner;
	const struct alloc_map *map;
	struct map_model row;
	u8 state[MAX_UNITS];
};

/**
 * struct mpool - a pool
 * @order: log2 of a unit
 * @nr_chunks: number of chunks
 * @chunks: the chunks, the oldest first
 * @refused: misuses
 * @warnings: reports of misuses, and other warnings
 * @maybe: warnings that need not come
 * @nr_failed: allocations that found no room
 * @max_failed: size of the largest of them
 * @peak: most bytes that were allocated after an allocation
 */
struct mpool {
	int order;
	unsigned int nr_chunks;
	struct mchunk *chunks[MAX_CHUNKS];
	unsigned long refused;
	unsigned long warnings;
	unsigned long maybe;
	unsigned long nr_failed;
	size_t max_failed;
	size_t peak;
};

enum algo {
	FIRST, ALIGN, ORDER_ALIGN, BEST, FIXED, LAST, BELOW, BEST_ALL, OUT_OF_RANGE,
	NR_ALGOS
};

unsigned long model_find_last(const struct map_model *m, unsigned long nr);

/* A misuse; the first in a pool is reported. */
void mpool_refuse(struct mpool *pool);

unsigned long to_units(const struct mpool *pool, size_t size);
struct mchunk *find_mchunk(const struct mpool *pool, unsigned long addr);
bool mpool_overlaps(const struct mpool *pool, unsigned long start,
		    unsigned long last);

/* Where @algo with @data must allocate @size bytes; the units are taken. */
unsigned long mpool_alloc(struct mpool *pool, size_t size, enum algo algo,
			  const void *data, struct mchunk **chunk);
int mpool_reserve(struct mpool *pool, unsigned long addr, size_t size);
int mpool_free(struct mpool *pool, unsigned long addr, size_t size);
int mpool_split(struct mpool *pool, unsigned long addr, size_t size);
size_t mpool_alloc_size(const struct mpool *pool, unsigned long addr);
size_t mpool_avail(const struct mpool *pool);
size_t mpool_size(const struct mpool *pool);
size_t mpool_largest_free(const struct mpool *pool);
unsigned long mpool_nr_allocs(const struct mpool *pool);

#endif /* _GENALLOC_TEST_MODEL_H */
