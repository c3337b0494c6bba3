// SPDX-License-Identifier: GPL-2.0-only
/* A chunk that is taken from the list. */

#include "outside.h"

#ifdef OLD
static int foo_remove(struct gen_pool *pool, unsigned long addr)
{
	struct gen_pool_chunk *chunk, *found = NULL;

	spin_lock(&pool->lock);
	list_for_each_entry(chunk, &pool->chunks, next_chunk)
		if (chunk->start_addr == addr)
			found = chunk;
	if (found)
		list_del_rcu(&found->next_chunk);
	spin_unlock(&pool->lock);
	if (!found)
		return -ENOENT;
	synchronize_rcu();
	vfree(found);
	return 0;
}
#else
static int foo_remove(struct gen_pool *pool, unsigned long addr)
{
	return gen_pool_remove(pool, addr);
}
#endif

static void unlink_test(struct kunit *test)
{
	struct gen_pool *pool = start(test);

	gen_pool_free(pool, B + 30 * UNIT, 10 * UNIT);
	KUNIT_EXPECT_EQ(test, foo_remove(pool, B), 0);
	KUNIT_EXPECT_EQ(test, foo_remove(pool, B), -ENOENT);
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), A_UNITS * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, UNIT), A + 20 * UNIT);
	gen_pool_free(pool, A + 20 * UNIT, UNIT);
	gen_pool_free(pool, A, 20 * UNIT);
	end(test, pool);
}

PATTERN(unlink_test);
