/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the KUnit suites of genalloc share: reports that end up in the test and
 * not in the log, and pools that go with the test.
 */

#ifndef _GENALLOC_TEST_H
#define _GENALLOC_TEST_H

#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>

#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/numa.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "alloc_map_test.h"
#include "../lib/genalloc.h"

/* What test->priv begins with. */
struct reports {
	unsigned int nr;	/* reports so far, of all pools */
	/* how many there should be at the end, see check_reports() */
	unsigned int expected;
	/* the pool that the last one was about */
	const struct gen_pool *pool;
	struct gen_pool_refusal last;	/* the last one */
};

/* In place of gen_pool_report(). */
static inline void note_report(struct gen_pool *pool,
			       const struct gen_pool_refusal *refusal)
{
	struct reports *r = kunit_get_current_test()->priv;

	r->nr++;
	r->pool = pool;
	r->last = *refusal;
}

/* For the init function of a suite: test->priv becomes @size bytes. */
static inline int init_reports(struct kunit *test, size_t size)
{
	test->priv = kunit_kzalloc(test, size, GFP_KERNEL);
	if (!test->priv)
		return -ENOMEM;

	kunit_activate_static_stub(test, gen_pool_report, note_report);
	return 0;
}

static inline void expect_reports(struct kunit *test, unsigned int nr)
{
	struct reports *r = test->priv;

	KUNIT_EXPECT_EQ(test, r->nr, nr);
}

/* For the exit function of a suite. */
static inline void check_reports(struct kunit *test)
{
	struct reports *r = test->priv;

	if (r)
		expect_reports(test, r->expected);
}

/* The last report was that of this call, and gave a reason. */
static inline void expect_report(struct kunit *test, const struct gen_pool *pool,
				 const char *what, unsigned long addr,
				 size_t size)
{
	struct reports *r = test->priv;

	KUNIT_EXPECT_PTR_EQ(test, r->pool, pool);
	KUNIT_ASSERT_NOT_NULL(test, r->last.what);
	KUNIT_EXPECT_STREQ(test, r->last.what, what);
	KUNIT_EXPECT_EQ(test, r->last.addr, addr);
	KUNIT_EXPECT_EQ(test, r->last.size, size);
	KUNIT_EXPECT_NE(test, strlen(r->last.why), 0);
}

/* It named the allocation at the address, or said that there is none. */
static inline void expect_recorded(struct kunit *test, unsigned long start,
				   size_t size)
{
	struct reports *r = test->priv;

	KUNIT_EXPECT_EQ(test, r->last.recorded, size);
	if (size)
		KUNIT_EXPECT_EQ(test, r->last.start, start);
}

static inline void expect_refused(struct kunit *test, struct gen_pool *pool,
				  long nr)
{
	KUNIT_EXPECT_EQ(test, atomic_long_read(&pool->nr_refused), nr);
}

/* Nothing is allocated. */
static inline void expect_idle(struct kunit *test, struct gen_pool *pool,
			       size_t size)
{
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), size);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), size);
}

/* Whatever a test leaves behind can be freed; then nothing is reported. */
static inline void destroy_pool(void *data)
{
	struct kunit *test = kunit_get_current_test();
	struct reports *r = test->priv;
	struct gen_pool *pool = data;
	unsigned int before = r->nr;

	gen_pool_free_all(pool);
	expect_idle(test, pool, gen_pool_size(pool));
	gen_pool_destroy(pool);
	expect_reports(test, before);
}

static inline struct gen_pool *create_pool(struct kunit *test, int order)
{
	struct gen_pool *pool = gen_pool_create(order, NUMA_NO_NODE);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, destroy_pool, pool));
	return pool;
}

#endif /* _GENALLOC_TEST_H */
