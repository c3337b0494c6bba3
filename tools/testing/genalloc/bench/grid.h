/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _GENALLOC_BENCH_GRID_H
#define _GENALLOC_BENCH_GRID_H

#include "load.h"

/* The points of the grid; all of them, or those that two minutes allow. */
const struct point *grid(bool all, unsigned int *nr);

/* The columns of ratios.csv that say which point it is. */
const char *describe(const struct point *point);

/* Whether frees at random are part of it, so that it matters for how long. */
bool to_be_aged(const struct point *point);

/* Nanoseconds for so many times the floor: two cmpxchg on one word. */
u64 floor_ns(unsigned long nr);

#endif /* _GENALLOC_BENCH_GRID_H */
