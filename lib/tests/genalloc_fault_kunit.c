// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of pools of special memory when there is no other memory.
 *
 * Each allocation that a call makes fails once, by failslab: the call must
 * return an error, change nothing, and work the next time, or else do without.
 * Leaks are for kmemleak to find.
 *
 * By default, failslab spares allocations that may sleep, and the tests are
 * skipped.  To run them:
 *
 *	echo N > /sys/kernel/debug/failslab/ignore-gfp-wait
 */

#include <kunit/device.h>
#include <kunit/test.h>

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/gen_pool_page.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/kconfig.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "genalloc_test.h"

#define ORDER	5
#define START	0x10000UL
#define SIZE	SZ_4K
/* The map of so much takes several pages. */
#define LARGE	SZ_16M
#define NR_PAGES	2

/* More than any of the calls needs, with all debugging switched on. */
#define MAX_ALLOCS	1000

/* What a test works on. */
struct fault {
	struct gen_pool *pool;	/* a pool */
	unsigned long next;	/* where its next chunk begins */
	struct device *dev;	/* a device */
	struct page *page;	/* the first of NR_PAGES pages */
	/* a name that is no constant: a copy of that would need no memory */
	char name[8];
};

/* A call that allocates memory. */
struct scenario {
	const char *desc;	/* the call */
	unsigned int allocs;	/* how many allocations it cannot do without */
	unsigned int chunks;	/* how many the pool has already, all in use */
	void (*prepare)(struct kunit *test);	/* makes what the call needs */
	/* calls it; 0, or the errno that it has for "no memory" */
	int (*call)(struct fault *f);
	/* nothing of a call that failed is left */
	bool (*whole)(struct fault *f);
	void (*finish)(struct kunit *test);	/* undoes @prepare and @call */
};

static void prepare_nothing(struct kunit *test)
{
	struct fault *f = test->priv;

	f->pool = NULL;
}

static int call_create(struct fault *f)
{
	f->pool = gen_pool_create(ORDER, NUMA_NO_NODE);
	return f->pool ? 0 : -ENOMEM;
}

static bool whole_create(struct fault *f)
{
	return !f->pool;
}

static void finish_pool(struct kunit *test)
{
	struct fault *f = test->priv;

	if (!f->pool)
		return;
	gen_pool_free_all(f->pool);
	gen_pool_destroy(f->pool);
}

static int call_add(struct fault *f)
{
	return gen_pool_add_owner(f->pool, f->next, -1, SIZE, NUMA_NO_NODE, f);
}

static bool whole_add(struct fault *f)
{
	size_t size = f->next - START;

	return gen_pool_size(f->pool) == size && !gen_pool_avail(f->pool) &&
	       !gen_pool_has_addr(f->pool, f->next, 1) &&
	       gen_pool_alloc_size(f->pool, START) == (size ? SIZE : 0) &&
	       !gen_pool_alloc(f->pool, 1);
}

/* A pool whose chunks are all in use, if it has some. */
static void make_pool(struct kunit *test, int (*create)(struct fault *f),
		      int (*add)(struct fault *f))
{
	const struct scenario *s = test->param_value;
	struct fault *f = test->priv;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, create(f), 0);
	f->next = START;
	for (i = 0; i < s->chunks; i++) {
		KUNIT_ASSERT_EQ(test, add(f), 0);
		KUNIT_ASSERT_EQ(test, gen_pool_alloc(f->pool, SIZE), f->next);
		f->next += SIZE;
	}
}

static void prepare_pool(struct kunit *test)
{
	make_pool(test, call_create, call_add);
}

static int use_pool(struct gen_pool *pool)
{
	int err = gen_pool_add(pool, START, SIZE, NUMA_NO_NODE) ?:
		  gen_pool_add(pool, START + SIZE, LARGE, NUMA_NO_NODE) ?:
		  gen_pool_add(pool, START + SIZE + LARGE, SIZE, NUMA_NO_NODE);

	if (!err && gen_pool_alloc(pool, SIZE) != START + SIZE + LARGE)
		err = -EINVAL;
	gen_pool_free_all(pool);
	return err ?: gen_pool_remove(pool, START);
}

/* From the beginning to the end. */
static int call_live(struct fault *f)
{
	int err = call_create(f);

	if (err)
		return err;
	err = use_pool(f->pool);
	gen_pool_destroy(f->pool);
	f->pool = NULL;
	return err;
}

#ifdef CONFIG_GENALLOC_PAGES
static void prepare_pages(struct kunit *test)
{
	struct fault *f = test->priv;

	prepare_pool(test);
	f->page = alloc_pages(GFP_KERNEL, get_order(NR_PAGES * PAGE_SIZE));
	KUNIT_ASSERT_NOT_NULL(test, f->page);
	split_page(f->page, get_order(NR_PAGES * PAGE_SIZE));
}

static int call_add_pages(struct fault *f)
{
	return gen_pool_add_pages(f->pool, f->page, NR_PAGES);
}

static bool is_tagged(const struct page *page)
{
	return page->page_type != UINT_MAX;
}

static bool whole_add_pages(struct fault *f)
{
	return !gen_pool_size(f->pool) && !gen_pool_alloc(f->pool, 1) &&
	       !is_tagged(f->page) && !is_tagged(f->page + NR_PAGES - 1);
}

static void finish_pages(struct kunit *test)
{
	struct fault *f = test->priv;
	unsigned int i;

	finish_pool(test);
	for (i = 0; i < NR_PAGES; i++)
		__free_page(f->page + i);
}

#endif

static void prepare_device(struct kunit *test)
{
	struct fault *f = test->priv;

	f->dev = kunit_device_register(test, "genalloc-fault");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f->dev);
}

static int call_devm(struct fault *f)
{
	return PTR_ERR_OR_ZERO(devm_gen_pool_create(f->dev, ORDER,
						    NUMA_NO_NODE, NULL));
}

static int call_devm_name(struct fault *f)
{
	return PTR_ERR_OR_ZERO(devm_gen_pool_create(f->dev, ORDER,
						    NUMA_NO_NODE, f->name));
}

static bool whole_devm(struct fault *f)
{
	return !gen_pool_get(f->dev, NULL) && !gen_pool_get(f->dev, f->name);
}

static void finish_device(struct kunit *test)
{
	struct fault *f = test->priv;

	kunit_device_unregister(test, f->dev);
}

static const struct scenario scenarios[] = {
	{ "create", 1, 0, prepare_nothing, call_create, whole_create,
	  finish_pool },
	{ "add", 1, 0, prepare_pool, call_add, whole_add, finish_pool },
	{ "add to a pool in use", 1, 1, prepare_pool, call_add, whole_add,
	  finish_pool },
	{ "add the first of a row", 2, GEN_POOL_ROW_CHUNKS, prepare_pool,
	  call_add, whole_add, finish_pool },
	/* With the large map: in a kernel, how vmalloc() keeps it, one at least. */
	{ "a pool's whole life", IS_ENABLED(CONFIG_FAILSLAB) ? 2 : 4, 0,
	  prepare_nothing, call_live, whole_create, finish_pool },
#ifdef CONFIG_GENALLOC_PAGES
	{ "add pages", 1, 0, prepare_pages, call_add_pages, whole_add_pages,
	  finish_pages },
#endif
	{ "devm create", 2, 0, prepare_device, call_devm, whole_devm,
	  finish_device },
	{ "devm create with a name", 3, 0, prepare_device, call_devm_name,
	  whole_devm, finish_device },
};

KUNIT_ARRAY_PARAM_DESC(scenario, scenarios, desc);

/* Whether the call has come to its @nth allocation at all. */
static bool fail_nth(struct kunit *test, unsigned int nth,
		     unsigned int *nr_failed)
{
	const struct scenario *s = test->param_value;
	struct fault *f = test->priv;
	unsigned int left;
	int err;

	s->prepare(test);

	WRITE_ONCE(current->fail_nth, nth);
	err = s->call(f);
	left = READ_ONCE(current->fail_nth);
	WRITE_ONCE(current->fail_nth, 0);

	if (err) {
		KUNIT_EXPECT_EQ_MSG(test, left, 0, "failed by itself");
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		KUNIT_EXPECT_TRUE_MSG(test, s->whole(f),
				      "left something, allocation %u", nth);
		KUNIT_ASSERT_EQ_MSG(test, s->call(f), 0,
				    "did not recover, allocation %u", nth);
		(*nr_failed)++;
	}
	s->finish(test);
	return !left;
}

static void genalloc_fault_test(struct kunit *test)
{
	const struct scenario *s = test->param_value;
	unsigned int nth, nr_failed = 0;

	/* The very first use also makes caches: what comes next is the rule. */
	s->prepare(test);
	KUNIT_ASSERT_EQ(test, s->call(test->priv), 0);
	s->finish(test);

	for (nth = 1; fail_nth(test, nth, &nr_failed); nth++)
		KUNIT_ASSERT_LT(test, nth, MAX_ALLOCS);
	KUNIT_EXPECT_GE(test, nr_failed, s->allocs);
}

static DEFINE_GEN_POOL(variable, ORDER);
static DEFINE_GEN_POOL_STORAGE(storage, SIZE >> ORDER);

/* All that can be done with a variable; returns the fault. */
static const char *use_variable(void)
{
	if (gen_pool_add_static(&variable, START, -1, SIZE, NULL, storage,
				sizeof(storage)))
		return "add";
	if (gen_pool_alloc(&variable, SIZE) != START)
		return "alloc";
	if (gen_pool_split(&variable, START, SIZE / 2))
		return "split";
	if (gen_pool_free_owner(&variable, START, 0, NULL) ||
	    gen_pool_free_owner(&variable, START + SIZE / 2, 0, NULL))
		return "free";
	if (gen_pool_remove(&variable, START))
		return "remove";
	gen_pool_destroy(&variable);
	return NULL;
}

/* With the first allocation to fail, there must be none. */
static void genalloc_fault_none_test(struct kunit *test)
{
	/* Their records are allocated. */
	bool owners = IS_ENABLED(CONFIG_GENALLOC_OWNER) &&
		      gen_pool_watch_owners(false);
	const char *wrong;
	unsigned int left;

	WRITE_ONCE(current->fail_nth, 1);
	wrong = use_variable();
	left = READ_ONCE(current->fail_nth);
	WRITE_ONCE(current->fail_nth, 0);

	if (owners)
		gen_pool_watch_owners(true);
	KUNIT_EXPECT_NULL_MSG(test, wrong, "cannot %s", wrong);
	KUNIT_EXPECT_EQ_MSG(test, left, 1, "something was allocated");
}

static bool sleeping_allocs_fail(void)
{
	void *p;

	WRITE_ONCE(current->fail_nth, 1);
	p = kmalloc(1, GFP_KERNEL);
	WRITE_ONCE(current->fail_nth, 0);
	kfree(p);
	return !p;
}

static int genalloc_fault_init(struct kunit *test)
{
	struct fault *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	strscpy(f->name, "ram", sizeof(f->name));
	test->priv = f;
	if (!sleeping_allocs_fail())
		kunit_skip(test, "failslab spares allocations that may sleep");
	return 0;
}

/* The storage goes with the module, and is freed after a grace period. */
static void genalloc_fault_suite_exit(struct kunit_suite *suite)
{
	rcu_barrier();
}

static struct kunit_case genalloc_fault_cases[] = {
	KUNIT_CASE_PARAM(genalloc_fault_test, scenario_gen_params),
	KUNIT_CASE(genalloc_fault_none_test),
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_fault, "special memory pools without memory",
		     .init = genalloc_fault_init,
		     .suite_exit = genalloc_fault_suite_exit);
