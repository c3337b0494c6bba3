// SPDX-License-Identifier: GPL-2.0-only
/* How much is free, from the counters of the chunks. */

#include "outside.h"

#ifdef OLD
static size_t foo_avail(struct gen_pool *pool)
{
	struct gen_pool_chunk *chunk;
	size_t sum = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(chunk, &pool->chunks, next_chunk)
		sum += atomic_long_read(&chunk->avail);
	rcu_read_unlock();
	return sum;
}
#else
static size_t foo_avail(struct gen_pool *pool)
{
	return gen_pool_avail(pool);
}
#endif

static void avail_test(struct kunit *test)
{
	struct gen_pool *pool = start(test);

	KUNIT_EXPECT_EQ(test, foo_avail(pool), (80 + 30) * UNIT);
	free_and_end(test, pool);
}

PATTERN(avail_test);
