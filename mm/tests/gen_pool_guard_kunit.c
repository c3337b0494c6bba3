// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of pools of ordinary memory: that KASAN reports every access to
 * bytes that are not allocated and no other, and that memory is cleared.
 *
 * Each test has a bed of several pages, in the linear mapping or of vmalloc(),
 * and gives it to a pool. Reports are seen as mm/kasan/kasan_test_c.c sees them,
 * on their way to the console, which does not show them.  The tests that wait for
 * them need CONFIG_KASAN_GENERIC and CONFIG_KASAN_KUNIT_TEST, or are skipped.
 */

#include <kunit/resource.h>
#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/compiler.h>
#include <linux/console.h>
#include <linux/errno.h>
#include <linux/gen_pool_page.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/jump_label.h>
#include <linux/kasan.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/vmalloc.h>
#include <trace/events/printk.h>

#include "../lib/genalloc.h"
#include "genalloc_test.h"

#if IS_ENABLED(CONFIG_GENALLOC_KASAN) && IS_ENABLED(CONFIG_KASAN_KUNIT_TEST)
#include "../kasan/kasan.h"
#endif

#define BED_ORDER	2
#define BED_PAGES	BIT(BED_ORDER)
#define BED_SIZE	(BED_PAGES * PAGE_SIZE)
#define UNIT_ORDER	8
#define UNIT		BIT(UNIT_ORDER)

struct guard {
	struct reports reports;	/* reports of misuse */
	struct gen_pool *pool;
	struct page *page;	/* the bed, if it is not vmalloc() memory */
	u8 *bed;
	bool owners;		/* as it was before */
	bool clearing;
};

/* ---- reports of KASAN ---- */

static struct {
	unsigned int nr;	/* reports so far */
	bool after_free;	/* what the last one says */
	bool out_of_bounds;
	bool pool;
	bool inside;
	bool behind;
	bool allocated;
	bool freed;
} seen;

/* Until the reports have been printed, or not. */
static void flush_console(void)
{
	console_lock();
	console_unlock();
}

/* Read and write a byte: how many reports? */
static noinline unsigned int touch(u8 *byte)
{
	int level = console_loglevel;
	u8 value;

	memset(&seen, 0, sizeof(seen));
	console_loglevel = 0;
	value = READ_ONCE(*byte);
	flush_console();
	WRITE_ONCE(*byte, value + 1);
	flush_console();
	console_loglevel = level;
	return seen.nr;
}

static void expect_fine(struct kunit *test, u8 *from, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (touch(from + i))
			break;
	KUNIT_EXPECT_EQ(test, i, size);
}

static void expect_after_free(struct kunit *test, u8 *byte)
{
	KUNIT_EXPECT_EQ(test, touch(byte), 2);
	KUNIT_EXPECT_TRUE(test, seen.after_free);
	KUNIT_EXPECT_TRUE(test, seen.pool);
}

/* The byte is in the last unit of an allocation, or the next one is not free. */
static void expect_out_of_bounds(struct kunit *test, u8 *byte)
{
	KUNIT_EXPECT_EQ(test, touch(byte), 2);
	KUNIT_EXPECT_TRUE(test, seen.out_of_bounds);
	KUNIT_EXPECT_TRUE(test, seen.pool);
	KUNIT_EXPECT_TRUE(test, seen.inside);
}

#if IS_ENABLED(CONFIG_GENALLOC_KASAN) && IS_ENABLED(CONFIG_KASAN_KUNIT_TEST)
static bool multi_shot;

static void probe_console(void *ignore, const char *buf, size_t len)
{
	seen.nr += !!strnstr(buf, "BUG: KASAN: ", len);
	seen.after_free |= !!strnstr(buf, "genpool-use-after-free", len);
	seen.out_of_bounds |= !!strnstr(buf, "out-of-bounds", len);
	seen.pool |= !!strnstr(buf, "belongs to pool (no name) of guard_", len);
	seen.inside |= !!strnstr(buf, "bytes inside of", len);
	seen.behind |= !!strnstr(buf, "bytes in free memory behind", len);
	seen.allocated |= !!strnstr(buf, "genalloc: allocated ", len);
	seen.freed |= !!strnstr(buf, "genalloc: freed ", len);
}

static bool see_reports(void)
{
	multi_shot = kasan_save_enable_multi_shot();
	kasan_kunit_test_suite_start();
	return !register_trace_console(probe_console, NULL);
}

static void end_reports(void)
{
	unregister_trace_console(probe_console, NULL);
	tracepoint_synchronize_unregister();
	kasan_kunit_test_suite_end();
	kasan_restore_multi_shot(multi_shot);
}
#else
static bool see_reports(void)
{
	return false;
}

static void end_reports(void)
{
}
#endif

static bool seeing;

static int guard_suite_init(struct kunit_suite *suite)
{
	seeing = see_reports();
	return 0;
}

static void guard_suite_exit(struct kunit_suite *suite)
{
	if (seeing)
		end_reports();
}

/* ---- beds ---- */

struct kind {
	const char *name;
	bool vmalloc;
};

static const struct kind kinds[] = {
	{ "pages" },
	{ "vmalloc", .vmalloc = true },
};

static void kind_name(const struct kind *kind, char *name)
{
	strscpy(name, kind->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kind, kinds, kind_name);

/* After the pools are gone. */
static void free_bed(void *data)
{
	struct guard *g = data;
	unsigned int i;

	if (!g->page)
		vfree(g->bed);
	for (i = 0; g->page && i < BED_PAGES; i++)
		__free_page(g->page + i);
}

static int guard_init(struct kunit *test)
{
	int err = init_reports(test, sizeof(struct guard));
	struct guard *g = test->priv;
	const struct kind *kind = test->param_value;

	if (err)
		return err;
	g->owners = IS_ENABLED(CONFIG_GENALLOC_OWNER) && gen_pool_watch_owners(false);
	g->clearing = gen_pool_watch_clearing(true);
	if (kind && kind->vmalloc) {
		g->bed = vmalloc(BED_SIZE);
	} else {
		g->page = alloc_pages(GFP_KERNEL, BED_ORDER);
		if (g->page) {
			split_page(g->page, BED_ORDER);
			g->bed = page_address(g->page);
		}
	}
	return g->bed ? kunit_add_action_or_reset(test, free_bed, g) : -ENOMEM;
}

static void guard_exit(struct kunit *test)
{
	struct guard *g = test->priv;

	if (!g)
		return;
	if (IS_ENABLED(CONFIG_GENALLOC_OWNER))
		gen_pool_watch_owners(g->owners);
	gen_pool_watch_clearing(g->clearing);
	check_reports(test);
}

static void give_bed(struct kunit *test)
{
	struct guard *g = test->priv;

	if (g->page) {
		KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(g->pool, g->page, BED_PAGES));
		return;
	}
	gen_pool_set_memory(g->pool);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(g->pool, (unsigned long)g->bed,
					      BED_SIZE, NUMA_NO_NODE));
}

/* With KASAN, whose reports can be seen, if @watched. */
static struct guard *guard_start(struct kunit *test, bool watched)
{
	struct guard *g = test->priv;

	if (watched && (!seeing || (!g->page && !IS_ENABLED(CONFIG_KASAN_VMALLOC))))
		kunit_skip(test, "KASAN does not watch this memory, or cannot be seen");

	g->pool = create_pool(test, UNIT_ORDER);
	give_bed(test);
	return g;
}

static u8 *get(struct kunit *test, struct guard *g, size_t size)
{
	u8 *ptr = (u8 *)gen_pool_alloc(g->pool, size);

	KUNIT_ASSERT_NOT_NULL(test, ptr);
	return ptr;
}

static void put(struct guard *g, u8 *ptr)
{
	gen_pool_free(g->pool, (unsigned long)ptr, 0);
}

/* ---- KASAN ---- */

static void guard_never_allocated_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);

	expect_after_free(test, g->bed);
	expect_after_free(test, g->bed + BED_SIZE / 2 + 3);
	expect_after_free(test, g->bed + BED_SIZE - 1);
	KUNIT_EXPECT_FALSE(test, seen.behind);
}

static void guard_after_free_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);
	u8 *ptr = get(test, g, 3 * UNIT - 10);

	put(g, ptr);
	expect_after_free(test, ptr);
	expect_after_free(test, ptr + UNIT);
	expect_after_free(test, ptr + UNIT + 100);
	expect_after_free(test, ptr + 3 * UNIT - 11);
	expect_after_free(test, ptr + 3 * UNIT - 10);
	expect_after_free(test, ptr + 3 * UNIT - 1);
}

static void guard_overrun_test(struct kunit *test)
{
	static const size_t sizes[] = {
		1, 7, 8, 9, 100, UNIT - 8, UNIT - 1, UNIT + 1, 2 * UNIT + 9,
		PAGE_SIZE - 1, PAGE_SIZE + 1,
	};
	struct guard *g = guard_start(test, true);
	unsigned int i;
	u8 *ptr;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ptr = get(test, g, sizes[i]);
		expect_fine(test, ptr, sizes[i]);
		expect_out_of_bounds(test, ptr + sizes[i]);
		expect_out_of_bounds(test, ptr + round_up(sizes[i], UNIT) - 1);
		put(g, ptr);
	}
}

/* Past the last unit: the next one is free. */
static void guard_next_unit_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);
	u8 *ptr = get(test, g, 2 * UNIT);

	expect_fine(test, ptr, 2 * UNIT);
	expect_after_free(test, ptr + 2 * UNIT);
	KUNIT_EXPECT_TRUE(test, seen.behind);
	KUNIT_EXPECT_FALSE(test, seen.inside);
}

static void guard_reuse_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);
	u8 *ptr = get(test, g, 2 * UNIT + 5), *again;

	put(g, ptr);
	again = get(test, g, UNIT + 20);
	KUNIT_ASSERT_PTR_EQ(test, ptr, again);
	expect_fine(test, ptr, UNIT + 20);
	expect_out_of_bounds(test, ptr + UNIT + 20);
	expect_after_free(test, ptr + 2 * UNIT);
}

static void guard_split_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);
	u8 *ptr = get(test, g, 4 * UNIT - 30);

	KUNIT_ASSERT_EQ(test, 0, gen_pool_split(g->pool, (unsigned long)ptr, UNIT));
	put(g, ptr + UNIT);
	expect_fine(test, ptr, UNIT);
	expect_after_free(test, ptr + UNIT);
	expect_after_free(test, ptr + 2 * UNIT - 1);
	expect_fine(test, ptr + 2 * UNIT, 2 * UNIT - 30);
	expect_out_of_bounds(test, ptr + 4 * UNIT - 30);
	put(g, ptr + 3 * UNIT);
	expect_fine(test, ptr + 2 * UNIT, UNIT);
	expect_after_free(test, ptr + 3 * UNIT);
}

static void guard_reserve_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);
	u8 *ptr = g->bed + 5 * UNIT;

	KUNIT_ASSERT_EQ(test, 0, gen_pool_reserve(g->pool, (unsigned long)ptr,
						  UNIT + 100));
	expect_after_free(test, ptr - 1);
	expect_fine(test, ptr, UNIT + 100);
	expect_out_of_bounds(test, ptr + UNIT + 100);
}

static void guard_algos_test(struct kunit *test)
{
	static const genpool_algo_t algos[] = {
		gen_pool_first_fit, gen_pool_best_fit, gen_pool_last_fit,
		gen_pool_best_fit_all, gen_pool_first_fit_order_align,
	};
	struct guard *g = guard_start(test, true);
	unsigned int i;
	u8 *ptr;

	for (i = 0; i < ARRAY_SIZE(algos); i++) {
		ptr = gen_pool_dma_zalloc_algo(g->pool, UNIT + 1, NULL, algos[i], NULL);
		KUNIT_ASSERT_NOT_NULL(test, ptr);
		expect_fine(test, ptr, UNIT + 1);
		expect_out_of_bounds(test, ptr + UNIT + 1);
	}
	gen_pool_free_all(g->pool);
	expect_after_free(test, ptr);
}

/* A free that is refused changes nothing. */
static void guard_refused_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);
	u8 *ptr = get(test, g, 2 * UNIT - 1);

	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			gen_pool_free_owner(g->pool, (unsigned long)ptr, UNIT, NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			gen_pool_free_owner(g->pool, (unsigned long)ptr + UNIT, 0, NULL));
	expect_fine(test, ptr, 2 * UNIT - 1);
	expect_out_of_bounds(test, ptr + 2 * UNIT - 1);
	put(g, ptr);
	put(g, ptr);
	expect_after_free(test, ptr);
	g->reports.expected = 1;
}

/* The next user of the memory may do with it what it likes. */
static void guard_remove_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);
	u8 *ptr = get(test, g, UNIT + 1);

	KUNIT_EXPECT_EQ(test, -EBUSY, gen_pool_remove(g->pool, (unsigned long)g->bed));
	expect_after_free(test, g->bed + BED_SIZE - 1);
	put(g, ptr);
	KUNIT_EXPECT_EQ(test, 0, gen_pool_remove(g->pool, (unsigned long)g->bed));
	expect_fine(test, g->bed, BED_SIZE);
	give_bed(test);
	expect_after_free(test, g->bed + BED_SIZE - 1);
}

static void guard_destroy_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);
	struct gen_pool *pool = gen_pool_create(UNIT_ORDER, NUMA_NO_NODE);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_remove(g->pool, (unsigned long)g->bed));
	swap(g->pool, pool);
	give_bed(test);
	swap(g->pool, pool);
	expect_after_free(test, g->bed + 1);
	gen_pool_destroy(pool);
	expect_fine(test, g->bed, BED_SIZE);
}

/* Nor is the memory watched of a pool that stays. */
static void guard_leak_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);
	u8 *ptr = get(test, g, UNIT + 1);
	unsigned int i;

	gen_pool_destroy(g->pool);
	expect_fine(test, g->bed, BED_SIZE);
	put(g, ptr);
	expect_fine(test, ptr, 2 * UNIT);
	g->reports.expected = 1;
	/* The pages were to stay, too. */
	for (i = 0; g->page && i < BED_PAGES; i++)
		put_page(g->page + i);
}

/* Part of the memory is in the pool, and in use. */
static void guard_twice_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);
	u8 *ptr = get(test, g, UNIT + 1);

	gen_pool_set_memory(g->pool);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			gen_pool_add(g->pool, (unsigned long)g->bed, PAGE_SIZE,
				     NUMA_NO_NODE));
	expect_fine(test, ptr, UNIT + 1);
}

/* A pool that has not said so, and units that are no whole granules. */
static void guard_other_memory_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);
	unsigned long addr = (unsigned long)g->bed;

	KUNIT_ASSERT_EQ(test, 0, gen_pool_remove(g->pool, addr));
	g->pool = create_pool(test, UNIT_ORDER);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(g->pool, addr, BED_SIZE, NUMA_NO_NODE));
	expect_fine(test, g->bed, BED_SIZE);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_remove(g->pool, addr));

	gen_pool_set_memory(g->pool);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(g->pool, addr + 4, PAGE_SIZE, NUMA_NO_NODE));
	put(g, get(test, g, UNIT));
	expect_fine(test, g->bed, BED_SIZE);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_remove(g->pool, addr + 4));

	g->pool = create_pool(test, 2);
	gen_pool_set_memory(g->pool);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(g->pool, addr, PAGE_SIZE, NUMA_NO_NODE));
	put(g, get(test, g, 10));
	expect_fine(test, g->bed, BED_SIZE);
}

/* The report names the call that has allocated, and the one that has freed. */
static void guard_owner_test(struct kunit *test)
{
	struct guard *g = test->priv;
	u8 *ptr;

	if (!IS_ENABLED(CONFIG_GENALLOC_OWNER))
		kunit_skip(test, "no CONFIG_GENALLOC_OWNER");
	gen_pool_watch_owners(true);
	guard_start(test, true);

	ptr = get(test, g, UNIT + 1);
	expect_out_of_bounds(test, ptr + UNIT + 1);
	KUNIT_EXPECT_TRUE(test, seen.allocated);
	KUNIT_EXPECT_FALSE(test, seen.freed);
	put(g, ptr);
	expect_after_free(test, ptr + UNIT);
	KUNIT_EXPECT_TRUE(test, seen.allocated);
	KUNIT_EXPECT_TRUE(test, seen.freed);
}

/* Units whose memory has failed, allocated or not. */
static void guard_failed_test(struct kunit *test)
{
	struct guard *g = guard_start(test, true);
	u8 *ptr = get(test, g, UNIT);

	if (!IS_ENABLED(CONFIG_GENALLOC_FAILURE) || !g->page)
		kunit_skip(test, "this memory never fails");
	KUNIT_EXPECT_EQ(test, 1, gen_pool_memory_failure(g->page));
	expect_fine(test, ptr, UNIT);
	expect_after_free(test, ptr + UNIT);
	put(g, ptr);
	expect_after_free(test, ptr);
	gen_pool_unpoison(g->page);
	expect_after_free(test, ptr);
	expect_fine(test, get(test, g, UNIT), UNIT);
}

/* ---- clearing ---- */

/* Whether all bytes are @value, whatever KASAN thinks of it. */
static bool all_are(const u8 *from, size_t size, u8 value)
{
	bool all;

	kasan_disable_current();
	all = !memchr_inv(from, value, size);
	kasan_enable_current();
	return all;
}

/* Returns what it was. */
static bool set_key(struct static_key *key, bool on)
{
	bool old = static_key_enabled(key);

	if (on)
		static_key_enable(key);
	else
		static_key_disable(key);
	return old;
}

static bool set_init_on_alloc(bool on)
{
	return set_key(&init_on_alloc.key, on);
}

static bool set_init_on_free(bool on)
{
	return set_key(&init_on_free.key, on);
}

static void dirty_bed(struct guard *g)
{
	put(g, memset((u8 *)gen_pool_alloc(g->pool, BED_SIZE), 0xaa, BED_SIZE));
}

static void guard_clear_alloc_test(struct kunit *test)
{
	bool on_alloc = set_init_on_alloc(false), on_free = set_init_on_free(false);
	struct guard *g = guard_start(test, false);
	u8 *ptr;

	dirty_bed(g);
	KUNIT_EXPECT_TRUE(test, all_are(g->bed, BED_SIZE, 0xaa));
	set_init_on_alloc(true);
	ptr = get(test, g, UNIT + 1);
	KUNIT_EXPECT_TRUE(test, all_are(ptr, 2 * UNIT, 0));
	KUNIT_EXPECT_TRUE(test, all_are(ptr + 2 * UNIT, UNIT, 0xaa));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_reserve(g->pool, (unsigned long)ptr + 3 * UNIT, 1));
	KUNIT_EXPECT_TRUE(test, all_are(ptr + 2 * UNIT, UNIT, 0xaa));
	KUNIT_EXPECT_TRUE(test, all_are(ptr + 3 * UNIT, UNIT, 0));
	set_init_on_alloc(on_alloc);
	set_init_on_free(on_free);
}

static void guard_clear_free_test(struct kunit *test)
{
	bool on_alloc = set_init_on_alloc(false), on_free = set_init_on_free(false);
	struct guard *g = guard_start(test, false);
	u8 *ptr;

	dirty_bed(g);
	set_init_on_free(true);
	ptr = get(test, g, UNIT + 1);
	KUNIT_EXPECT_TRUE(test, all_are(ptr, 2 * UNIT, 0xaa));
	put(g, ptr);
	KUNIT_EXPECT_TRUE(test, all_are(ptr, 2 * UNIT, 0));
	KUNIT_EXPECT_TRUE(test, all_are(ptr + 2 * UNIT, UNIT, 0xaa));
	put(g, ptr);
	g->reports.expected = 1;
	set_init_on_alloc(on_alloc);
	set_init_on_free(on_free);
}

/* Other memory is never touched. */
static void guard_clear_other_test(struct kunit *test)
{
	bool on_alloc = set_init_on_alloc(true), on_free = set_init_on_free(true);
	struct guard *g = test->priv;

	memset(g->bed, 0xaa, BED_SIZE);
	g->pool = create_pool(test, UNIT_ORDER);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(g->pool, (unsigned long)g->bed,
					      BED_SIZE, NUMA_NO_NODE));
	put(g, get(test, g, 3 * UNIT));
	KUNIT_EXPECT_TRUE(test, all_are(g->bed, BED_SIZE, 0xaa));
	set_init_on_alloc(on_alloc);
	set_init_on_free(on_free);
}

/* The first memory that is to be cleared switches that on, and other does not. */
static void guard_clear_switch_test(struct kunit *test)
{
	bool on_alloc = set_init_on_alloc(false), on_free = set_init_on_free(false);
	struct guard *g = test->priv;

	gen_pool_watch_clearing(false);
	memset(g->bed, 0xaa, BED_SIZE);
	guard_start(test, false);
	KUNIT_EXPECT_TRUE(test, all_are(g->bed, BED_SIZE, 0xaa));
	KUNIT_EXPECT_FALSE(test, gen_pool_watch_clearing(false));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_remove(g->pool, (unsigned long)g->bed));

	set_init_on_free(true);
	give_bed(test);
	/* For what is allocated before the switch is on. */
	KUNIT_EXPECT_TRUE(test, all_are(g->bed, BED_SIZE, 0));
	KUNIT_EXPECT_TRUE(test, gen_pool_watch_clearing(false));
	set_init_on_alloc(on_alloc);
	set_init_on_free(on_free);
}

#define GUARD_CASE(name)	KUNIT_CASE_PARAM(name, kind_gen_params)

static struct kunit_case gen_pool_guard_cases[] = {
	GUARD_CASE(guard_never_allocated_test),
	GUARD_CASE(guard_after_free_test),
	GUARD_CASE(guard_overrun_test),
	GUARD_CASE(guard_next_unit_test),
	GUARD_CASE(guard_reuse_test),
	GUARD_CASE(guard_split_test),
	GUARD_CASE(guard_reserve_test),
	GUARD_CASE(guard_algos_test),
	GUARD_CASE(guard_refused_test),
	GUARD_CASE(guard_remove_test),
	GUARD_CASE(guard_destroy_test),
	GUARD_CASE(guard_leak_test),
	GUARD_CASE(guard_twice_test),
	GUARD_CASE(guard_other_memory_test),
	GUARD_CASE(guard_owner_test),
	GUARD_CASE(guard_failed_test),
	GUARD_CASE(guard_clear_alloc_test),
	GUARD_CASE(guard_clear_free_test),
	GUARD_CASE(guard_clear_other_test),
	GUARD_CASE(guard_clear_switch_test),
	{}
};

ALLOC_MAP_TEST_SUITE(gen_pool_guard, "bytes of ordinary memory",
		     .init = guard_init, .exit = guard_exit,
		     .suite_init = guard_suite_init,
		     .suite_exit = guard_suite_exit);
