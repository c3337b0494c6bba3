/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _GENALLOC_BENCH_GRID_H
#define _GENALLOC_BENCH_GRID_H

#include "load.h"

/* The points of the grid; all of them, or those that two minutes allow. */
const struct point *grid(bool all, unsigned int *nr);

const char *algo_name(const struct point *point);
/* What is measured, in a word for a table. */
const char *op_name(const struct point *point);

#endif /* _GENALLOC_BENCH_GRID_H */
