// SPDX-License-Identifier: GPL-2.0-only
/* Algorithms: the last fit in a bitmap, and one for both kernels. */

#include "outside.h"

#include <linux/math.h>
#include <linux/sizes.h>

#ifdef OLD
typedef unsigned long foo_map_t;
#define alloc_map_find(map, start, nr, mask, offset) \
	bitmap_find_next_zero_area_off(map, size, start, nr, mask, offset)

static unsigned long foo_last_fit(unsigned long *map, unsigned long size,
				  unsigned long start, unsigned int nr,
				  void *data, struct gen_pool *pool,
				  unsigned long start_addr)
{
	unsigned long unit, last = size;

	for (unit = 0; unit < size; unit++) {
		unit = bitmap_find_next_zero_area(map, size, unit, nr, 0);
		if (unit < size)
			last = unit;
	}
	return last;
}
#else
typedef struct alloc_map foo_map_t;
#define foo_last_fit gen_pool_last_fit
#endif

static unsigned long foo_fit(foo_map_t *map, unsigned long size,
			     unsigned long start, unsigned int nr,
			     void *data, struct gen_pool *pool,
			     unsigned long start_addr)
{
	unsigned int order = pool->min_alloc_order;
	unsigned long unit, addr, edge;

	while ((unit = alloc_map_find(map, start, nr, 0, 0)) < size) {
		addr = start_addr + (unit << order);
		edge = round_up(addr + 1, SZ_64K);
		if (edge - addr >= (size_t)nr << order)
			return unit;
		start = DIV_ROUND_UP(edge - start_addr, 1UL << order);
	}
	return size;
}

static void last_test(struct kunit *test)
{
	struct gen_pool *pool = start(test);
	unsigned int i;

	gen_pool_set_algo(pool, foo_last_fit, NULL);
	for (i = 1; i <= 3; i++)
		KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 10 * UNIT),
				B + (30 - i * 10) * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, UNIT), A + 99 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 80 * UNIT), 0);
	gen_pool_free(pool, A + 99 * UNIT, UNIT);
	for (i = 1; i <= 3; i++)
		gen_pool_free(pool, B + (30 - i * 10) * UNIT, 10 * UNIT);
	free_and_end(test, pool);
}

PATTERN(last_test);

/* The chunk has 64 units, and begins inside a unit below an edge. */
static void edge_test(struct kunit *test)
{
	struct gen_pool *pool = gen_pool_create(ORDER, NUMA_NO_NODE);
	unsigned long at = SZ_64K - 24 * UNIT - 8;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, pool);
	gen_pool_add(pool, at, 64 * UNIT, NUMA_NO_NODE);
	gen_pool_set_algo(pool, foo_fit, NULL);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 20 * UNIT), at);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 20 * UNIT), at + 25 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 4 * UNIT), at + 20 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 20 * UNIT), 0);
	for (i = 0; i <= 25; i += i ? 5 : 20)
		gen_pool_free(pool, at + i * UNIT, i == 20 ? 4 * UNIT : 20 * UNIT);
	end(test, pool);
}

PATTERN(edge_test);
