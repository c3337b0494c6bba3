/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a map and a pool should do, in the plainest way there is: for each unit
 * the number of the allocation that has it.  Shares nothing with the code
 * under test but the names of its constants.
 */

#ifndef _GENALLOC_TEST_MODEL_H
#define _GENALLOC_TEST_MODEL_H

#include <linux/alloc_map.h>
#include <linux/genalloc.h>

/* ---- rows of units ---- */

#define MAX_UNITS	2048UL

/**
 * struct row - the units of a map
 * @nr: how many
 * @last: the last number given to an allocation
 * @retired: taken out of service as one allocation that stays busy
 * @owner: for each unit the number of its allocation, 0 if it is free
 */
struct row {
	unsigned long nr;
	u32 last;
	bool retired;
	u32 owner[MAX_UNITS];
};

enum alloc_map_state row_state(const struct row *row, unsigned long unit);
bool row_matches(const struct row *row, const struct alloc_map *map);

bool row_is_free(const struct row *row, unsigned long start, unsigned long nr);
unsigned long row_find(const struct row *row, unsigned long start,
		       unsigned long nr, unsigned long align_mask,
		       unsigned long align_offset);
unsigned long row_free_end(const struct row *row, unsigned long unit);
unsigned long row_best(const struct row *row, unsigned long nr);
unsigned long row_head(const struct row *row, unsigned long unit);
unsigned long row_extent(const struct row *row, unsigned long head);
unsigned long row_next(const struct row *row, unsigned long unit);
unsigned long row_nr_free(const struct row *row);
unsigned long row_nr_allocs(const struct row *row);

bool row_claim(struct row *row, unsigned long start, unsigned long nr);
bool row_claim_all(struct row *row);
int row_release(struct row *row, unsigned long head, unsigned long nr,
		unsigned long *extent);
int row_split(struct row *row, unsigned long head, unsigned long piece);
int row_trim(struct row *row, unsigned long head, unsigned long keep);

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
 */
struct mchunk {
	unsigned long start;
	unsigned long last;
	phys_addr_t phys;
	void *owner;
	const struct alloc_map *map;
	struct row row;
};

/**
 * struct mpool - a pool
 * @order: log2 of a unit
 * @nr_chunks: number of chunks
 * @chunks: the chunks, the oldest first
 * @refused: misuses
 * @warnings: reports of misuses, and other warnings
 */
struct mpool {
	int order;
	unsigned int nr_chunks;
	struct mchunk *chunks[MAX_CHUNKS];
	unsigned long refused;
	unsigned long warnings;
};

enum algo { FIRST, ALIGN, ORDER_ALIGN, BEST, FIXED, OUT_OF_RANGE, NR_ALGOS };

/* A misuse; the first in a pool is reported. */
void mpool_refuse(struct mpool *pool);

unsigned long to_units(const struct mpool *pool, size_t size);
struct mchunk *find_mchunk(const struct mpool *pool, unsigned long addr);
bool mpool_overlaps(const struct mpool *pool, unsigned long start,
		    unsigned long last);

/* Where @algo with @data must allocate @size bytes; the units are taken. */
unsigned long mpool_alloc(struct mpool *pool, size_t size, enum algo algo,
			  const void *data, struct mchunk **chunk);
int mpool_free(struct mpool *pool, unsigned long addr, size_t size);
int mpool_split(struct mpool *pool, unsigned long addr, size_t size);
size_t mpool_alloc_size(const struct mpool *pool, unsigned long addr);
size_t mpool_avail(const struct mpool *pool);
size_t mpool_size(const struct mpool *pool);
unsigned long mpool_nr_allocs(const struct mpool *pool);

#endif /* _GENALLOC_TEST_MODEL_H */
