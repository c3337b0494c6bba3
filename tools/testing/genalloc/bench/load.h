/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A point of the grid, and the load on a pool that is measured there.
 * load.c is built once for each of the implementations that are compared.
 */

#ifndef _GENALLOC_BENCH_LOAD_H
#define _GENALLOC_BENCH_LOAD_H

#include <linux/types.h>

enum algo { FIRST_FIT, ORDER_ALIGN, ALIGN_256, BEST_FIT, PERCPU_FIT, NR_ALGOS };

enum op {
	PAIR,		/* allocate, and free it at once */
	PAIR_NO_SIZE,	/* the same, without saying the size */
	PAIR_IN_OLDEST,	/* a pair; all chunks are full but the oldest */
	CHURN,		/* free one of those that live, and allocate anew */
	ALLOC,		/* allocate, one after the other */
	FREE,		/* free these allocations */
	FAIL,		/* allocate more than there is room for */
	AVAIL,		/* gen_pool_avail() */
	HAS_ADDR,	/* gen_pool_has_addr() */
	TO_PHYS,	/* gen_pool_virt_to_phys() */
	RING,		/* each thread: free the oldest of 64, allocate anew */
	FAIL_ANEW,	/* FAIL after one was freed, and allocated anew */
	NR_OPS
};

/* Lengths from 1 to 64, each twice as long half as often. */
#define MIXED	0

/**
 * struct point - a point of the grid
 * @units: in the whole pool
 * @chunks: that the pool has, of the same size
 * @fill: per cent of the units that are allocated: all, but for frees at random
 * @live: length of these allocations in units, or MIXED
 * @run: units that are free behind each of them
 * @tail: units at the end that are free
 * @request: length of those that are measured, or MIXED
 * @algo: where they are placed
 * @op: the operation to measure
 * @threads: at the same time
 */
struct point {
	unsigned long units;
	unsigned int chunks;
	unsigned int fill;
	unsigned int live;
	unsigned int request;
	unsigned int run;
	unsigned int tail;
	enum algo algo;
	enum op op;
	unsigned int threads;
};

struct load;
struct alloc_map;
struct gen_pool;

unsigned long percpu_fit_ours(struct alloc_map *map, unsigned long size,
			      unsigned long start, unsigned int nr, void *data,
			      struct gen_pool *pool, unsigned long start_addr);

/**
 * struct impl - an implementation under load
 * @start: make a pool as the point wants it; NULL if it cannot be made so
 * @age: free at random and allocate anew, so many times; takes nanoseconds
 * @run: so many operations, by the thread of that number; takes nanoseconds
 * @trace: a sum over all that was allocated so far, and where
 * @stop: free all
 */
struct impl {
	struct load *(*start)(const struct point *point);
	u64 (*age)(struct load *load, unsigned long nr);
	u64 (*run)(struct load *load, unsigned int thread, unsigned long nr);
	u64 (*trace)(const struct load *load);
	void (*stop)(struct load *load);
};

#endif /* _GENALLOC_BENCH_LOAD_H */
