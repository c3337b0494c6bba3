// SPDX-License-Identifier: GPL-2.0-only
/* Bits that are set for memory that somebody has already. */

#include "outside.h"

#ifdef OLD
static int foo_reserve(struct gen_pool *pool, unsigned long addr, size_t size)
{
	struct gen_pool_chunk *chunk;
	int err = -ENXIO;

	rcu_read_lock();
	list_for_each_entry_rcu(chunk, &pool->chunks, next_chunk) {
		if (addr < chunk->start_addr || addr > chunk->end_addr)
			continue;
		bitmap_set(chunk->bits,
			   (addr - chunk->start_addr) >> pool->min_alloc_order,
			   size >> pool->min_alloc_order);
		atomic_long_sub(size, &chunk->avail);
		err = 0;
	}
	rcu_read_unlock();
	return err;
}
#else
static int foo_reserve(struct gen_pool *pool, unsigned long addr, size_t size)
{
	return gen_pool_reserve(pool, addr, size);
}
#endif

static void reserve_test(struct kunit *test)
{
	struct gen_pool *pool = start(test);

	KUNIT_EXPECT_EQ(test, foo_reserve(pool, A + 50 * UNIT, 10 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, foo_reserve(pool, 0, UNIT), -ENXIO);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), (70 + 30) * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 41 * UNIT), 0);
	gen_pool_free(pool, A + 50 * UNIT, 10 * UNIT);
	free_and_end(test, pool);
}

PATTERN(reserve_test);

/*
 * An offset counts from the beginning of the chunk, in mainline as here: to
 * call it with an address, as drivers/soc/fsl/qe does, gives another place.
 */
static void fixed_test(struct kunit *test)
{
	struct gen_pool *pool = gen_pool_create(0, NUMA_NO_NODE);
	struct genpool_data_fixed fixed = { .offset = 0x8100 };
	unsigned long addr;

	KUNIT_ASSERT_NOT_NULL(test, pool);
	gen_pool_add(pool, 0x8000, 0x9000, NUMA_NO_NODE);
	addr = gen_pool_alloc_algo(pool, 1, gen_pool_fixed_alloc, &fixed);
	KUNIT_EXPECT_EQ(test, addr, 0x8000 + 0x8100);
	gen_pool_free(pool, addr, 1);
	end(test, pool);
}

PATTERN(fixed_test);
