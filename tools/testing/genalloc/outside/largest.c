// SPDX-License-Identifier: GPL-2.0-only
/* The longest run of zeros in the bitmaps. */

#include "outside.h"

#ifdef OLD
static size_t foo_largest(struct gen_pool *pool)
{
	unsigned long unit, next, bits, most = 0;
	struct gen_pool_chunk *chunk;

	rcu_read_lock();
	list_for_each_entry_rcu(chunk, &pool->chunks, next_chunk) {
		bits = (chunk->end_addr - chunk->start_addr + 1) >>
		       pool->min_alloc_order;
		for (unit = 0; unit < bits; unit = next) {
			unit = find_next_zero_bit(chunk->bits, bits, unit);
			next = find_next_bit(chunk->bits, bits, unit);
			most = max(most, next - unit);
		}
	}
	rcu_read_unlock();
	return most << pool->min_alloc_order;
}
#else
static size_t foo_largest(struct gen_pool *pool)
{
	return gen_pool_largest_free(pool);
}
#endif

static void largest_test(struct kunit *test)
{
	struct gen_pool *pool = start(test);

	KUNIT_EXPECT_EQ(test, foo_largest(pool), 80 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 80 * UNIT), A + 20 * UNIT);
	KUNIT_EXPECT_EQ(test, foo_largest(pool), 30 * UNIT);
	gen_pool_free(pool, A + 20 * UNIT, 80 * UNIT);
	free_and_end(test, pool);
}

PATTERN(largest_test);
