// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the bounds of pools: which memory they take, and what they say
 * about its ends and its physical addresses.
 */

#include <kunit/test.h>

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/types.h>

#define ORDER	4
#define UNIT	BIT(ORDER)
/* No memory is behind these addresses. */
#define START	0x10000UL
#define PHYS	((phys_addr_t)0x4000)
#define NO_PHYS	((phys_addr_t)-1)

static void bounds_destroy(void *pool)
{
	gen_pool_destroy(pool);
}

static struct gen_pool *bounds_create(struct kunit *test)
{
	struct gen_pool *pool = gen_pool_create(ORDER, NUMA_NO_NODE);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, bounds_destroy, pool));
	return pool;
}

static int bounds_add(struct gen_pool *pool, unsigned long addr, size_t size)
{
	return gen_pool_add(pool, addr, size, NUMA_NO_NODE);
}

/* All ranges around and in a chunk of a few bytes. */
static void genalloc_bounds_overlap_test(struct kunit *test)
{
	const unsigned long first = 10, end = 20;
	unsigned long addr, size;
	struct gen_pool *pool;

	for (addr = 1; addr < end + 5; addr++) {
		for (size = 1; size < end; size++) {
			bool apart = addr + size <= first || addr >= end;

			pool = gen_pool_create(0, NUMA_NO_NODE);
			KUNIT_ASSERT_NOT_NULL(test, pool);
			KUNIT_EXPECT_EQ(test, 0,
					bounds_add(pool, first, end - first));
			KUNIT_EXPECT_EQ(test, bounds_add(pool, addr, size),
					apart ? 0 : -EEXIST);
			KUNIT_EXPECT_EQ(test, gen_pool_avail(pool),
					end - first + (apart ? size : 0));
			gen_pool_destroy(pool);
		}
	}
}

static void genalloc_bounds_range_test(struct kunit *test)
{
	struct gen_pool *pool = bounds_create(test);

	KUNIT_EXPECT_EQ(test, bounds_add(pool, START, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, bounds_add(pool, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, bounds_add(pool, ULONG_MAX, 2), -EINVAL);
	KUNIT_EXPECT_EQ(test, bounds_add(pool, 2, SIZE_MAX), -EINVAL);
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), 0);
	KUNIT_EXPECT_EQ(test, bounds_add(pool, -2 * UNIT, 2 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), 2 * UNIT);
}

static void genalloc_bounds_phys_test(struct kunit *test)
{
	struct gen_pool *pool = bounds_create(test);

	KUNIT_ASSERT_EQ(test, bounds_add(pool, START, UNIT), 0);
	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_virt(pool, START + UNIT, PHYS, UNIT,
					  NUMA_NO_NODE));
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, START), NO_PHYS);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, START + 3), NO_PHYS);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, START + UNIT), PHYS);
	KUNIT_EXPECT_EQ(test, PHYS + UNIT - 1,
			gen_pool_virt_to_phys(pool, START + 2 * UNIT - 1));
	KUNIT_EXPECT_EQ(test, NO_PHYS,
			gen_pool_virt_to_phys(pool, START + 2 * UNIT));
}

/* Less than a unit at the end of a chunk is not counted. */
static void genalloc_bounds_tail_test(struct kunit *test)
{
	struct gen_pool *pool = bounds_create(test);
	size_t tail, size = 0;

	for (tail = 0; tail < UNIT; tail++) {
		KUNIT_ASSERT_EQ(test, 0,
				bounds_add(pool, START + 8 * tail * UNIT,
					   3 * UNIT + tail));
		size += 3 * UNIT;
		KUNIT_ASSERT_EQ(test, gen_pool_size(pool), size);
		KUNIT_ASSERT_EQ(test, gen_pool_avail(pool), size);
	}
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 3 * UNIT + 1), 0);
	KUNIT_ASSERT_EQ(test, bounds_add(pool, START - UNIT, UNIT - 1), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), size);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), size);
}

static struct kunit_case genalloc_bounds_test_cases[] = {
	KUNIT_CASE(genalloc_bounds_overlap_test),
	KUNIT_CASE(genalloc_bounds_range_test),
	KUNIT_CASE(genalloc_bounds_phys_test),
	KUNIT_CASE(genalloc_bounds_tail_test),
	{}
};

static struct kunit_suite genalloc_bounds_test_suite = {
	.name = "genalloc_bounds",
	.test_cases = genalloc_bounds_test_cases,
};

kunit_test_suite(genalloc_bounds_test_suite);

MODULE_DESCRIPTION("KUnit tests of the bounds of special memory pools");
MODULE_LICENSE("GPL");
