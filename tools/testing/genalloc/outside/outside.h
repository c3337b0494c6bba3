/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code from outside the tree, as it is found in drivers (OLD, for the kernel's
 * own genalloc), and as it is written now.  Both have to pass the same test.
 */

#ifndef _GENALLOC_OUTSIDE_H
#define _GENALLOC_OUTSIDE_H

#include <kunit/test.h>

#include <linux/bits.h>
#include <linux/genalloc.h>
#include <linux/numa.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#ifdef OLD
#include <linux/bitmap.h>
#endif

#define ORDER		4
#define UNIT		BIT(ORDER)

#define A		0x100000UL
#define A_UNITS		100
#define B		0x200000UL
#define B_UNITS		40

/* A has 20 units allocated at its beginning, B has 10 at its end. */
static inline struct gen_pool *start(struct kunit *test)
{
	struct gen_pool *pool = gen_pool_create(ORDER, NUMA_NO_NODE);
	unsigned long addr;

	KUNIT_ASSERT_NOT_NULL(test, pool);
	gen_pool_add(pool, A, A_UNITS * UNIT, NUMA_NO_NODE);
	gen_pool_add(pool, B, B_UNITS * UNIT, NUMA_NO_NODE);
	addr = gen_pool_alloc(pool, 30 * UNIT);
	KUNIT_ASSERT_EQ(test, gen_pool_alloc(pool, 20 * UNIT), A);
	KUNIT_ASSERT_EQ(test, gen_pool_alloc(pool, 10 * UNIT), B + 30 * UNIT);
	gen_pool_free(pool, addr, 30 * UNIT);
	return pool;
}

/* If the pool is not empty by then, there is a BUG() or a warning. */
static inline void end(struct kunit *test, struct gen_pool *pool)
{
	unsigned long warnings = shim_nr_warnings;

	gen_pool_destroy(pool);
	KUNIT_EXPECT_EQ(test, shim_nr_warnings, warnings);
}

static inline void free_and_end(struct kunit *test, struct gen_pool *pool)
{
	gen_pool_free(pool, A, 20 * UNIT);
	gen_pool_free(pool, B + 30 * UNIT, 10 * UNIT);
	end(test, pool);
}

#define PATTERN(test)							\
	static struct kunit_case test##_cases[] = { KUNIT_CASE(test), {} }; \
	static struct kunit_suite test##_suite = {			\
		.name = #test, .test_cases = test##_cases,		\
	};								\
	kunit_test_suite(test##_suite)

#endif /* _GENALLOC_OUTSIDE_H */
