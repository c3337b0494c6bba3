// SPDX-License-Identifier: GPL-2.0-only
/* All chunks, with a call for each that may sleep. */

#include "outside.h"

/* May sleep. */
static bool foo_register(unsigned long first, unsigned long last)
{
	return !rcu_read_lock_held() && last > first;
}

#ifdef OLD
/* Nothing keeps a chunk; there was no call that removes one. */
static unsigned int foo_register_all(struct gen_pool *pool)
{
	struct gen_pool_chunk *chunk;
	unsigned int nr = 0;

	list_for_each_entry(chunk, &pool->chunks, next_chunk)
		nr += foo_register(chunk->start_addr, chunk->end_addr);
	return nr;
}
#else
struct foo_ranges {
	unsigned int nr;
	unsigned int max;
	struct foo_range {
		unsigned long first;
		unsigned long last;
	} *range;
};

static void foo_count(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      void *data)
{
	++*(unsigned int *)data;
}

static void foo_copy(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		     void *data)
{
	struct foo_ranges *ranges = data;

	if (ranges->nr < ranges->max)
		ranges->range[ranges->nr++] = (struct foo_range) {
			chunk->start_addr, chunk->end_addr };
}

static unsigned int foo_register_all(struct gen_pool *pool)
{
	struct foo_ranges ranges = {};
	unsigned int i, nr = 0;

	gen_pool_for_each_chunk(pool, foo_count, &ranges.max);
	ranges.range = kcalloc(ranges.max, sizeof(*ranges.range), GFP_KERNEL);
	if (!ranges.range)
		return 0;
	gen_pool_for_each_chunk(pool, foo_copy, &ranges);
	for (i = 0; i < ranges.nr; i++)
		nr += foo_register(ranges.range[i].first, ranges.range[i].last);
	kfree(ranges.range);
	return nr;
}
#endif

static void sleep_test(struct kunit *test)
{
	struct gen_pool *pool = start(test);

	KUNIT_EXPECT_EQ(test, foo_register_all(pool), 2);
	free_and_end(test, pool);
}

PATTERN(sleep_test);
