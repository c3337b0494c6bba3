// SPDX-License-Identifier: GPL-2.0-only
/* Bitmaps that are cleared so that a pool can be destroyed. */

#include "outside.h"

#ifdef OLD
static void foo_clear(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      void *data)
{
	size_t size = chunk->end_addr - chunk->start_addr + 1;

	bitmap_zero(chunk->bits, size >> pool->min_alloc_order);
	atomic_long_set(&chunk->avail, size);
}

static void foo_free_all(struct gen_pool *pool)
{
	gen_pool_for_each_chunk(pool, foo_clear, NULL);
}
#else
static void foo_free_all(struct gen_pool *pool)
{
	gen_pool_free_all(pool);
}
#endif

static void zero_test(struct kunit *test)
{
	struct gen_pool *pool = start(test);

	foo_free_all(pool);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), gen_pool_size(pool));
	end(test, pool);
}

PATTERN(zero_test);
