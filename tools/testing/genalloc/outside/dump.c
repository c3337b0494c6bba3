// SPDX-License-Identifier: GPL-2.0-only
/* A dump of the bitmap, for a person to read. */

#include "outside.h"

/**
 * struct dump - a chunk in text
 * @start: its first address
 * @units: '.' for each free unit, 'X' for each other
 */
struct dump {
	unsigned long start;
	char units[A_UNITS + 1];
};

#ifdef OLD
static void foo_dump_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			   void *data)
{
	struct dump *dump = data;
	unsigned int i;

	if (chunk->start_addr != dump->start)
		return;
	for (i = 0; i < A_UNITS; i++)
		dump->units[i] = test_bit(i, chunk->bits) ? 'X' : '.';
}

static void foo_dump(struct gen_pool *pool, struct dump *dump)
{
	gen_pool_for_each_chunk(pool, foo_dump_chunk, dump);
}
#else
static void foo_dump_alloc(struct gen_pool *pool, unsigned long addr,
			   size_t size, void *data)
{
	struct dump *dump = data;
	unsigned long unit = (addr - dump->start) >> pool->min_alloc_order;

	if (unit < A_UNITS)
		memset(dump->units + unit, 'X', size >> pool->min_alloc_order);
}

static void foo_dump(struct gen_pool *pool, struct dump *dump)
{
	memset(dump->units, '.', A_UNITS);
	gen_pool_for_each_alloc(pool, foo_dump_alloc, dump);
}
#endif

static void dump_test(struct kunit *test)
{
	struct gen_pool *pool = start(test);
	struct dump dump = { .start = A };

	foo_dump(pool, &dump);
	KUNIT_EXPECT_EQ(test, strspn(dump.units, "X"), 20);
	KUNIT_EXPECT_EQ(test, strspn(dump.units + 20, "."), 80);
	free_and_end(test, pool);
}

PATTERN(dump_test);
