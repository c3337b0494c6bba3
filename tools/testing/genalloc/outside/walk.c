// SPDX-License-Identifier: GPL-2.0-only
/* All chunks. */

#include "outside.h"

#ifdef OLD
static size_t foo_sizes(struct gen_pool *pool)
{
	struct gen_pool_chunk *chunk;
	size_t sum = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(chunk, &pool->chunks, next_chunk)
		sum += chunk->end_addr - chunk->start_addr + 1;
	rcu_read_unlock();
	return sum;
}
#else
static void foo_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      void *data)
{
	*(size_t *)data += chunk->end_addr - chunk->start_addr + 1;
}

static size_t foo_sizes(struct gen_pool *pool)
{
	size_t sum = 0;

	gen_pool_for_each_chunk(pool, foo_chunk, &sum);
	return sum;
}
#endif

static void walk_test(struct kunit *test)
{
	struct gen_pool *pool = start(test);

	KUNIT_EXPECT_EQ(test, foo_sizes(pool), (A_UNITS + B_UNITS) * UNIT);
	free_and_end(test, pool);
}

PATTERN(walk_test);
