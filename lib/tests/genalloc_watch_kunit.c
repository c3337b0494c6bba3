// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of gen_pool_stats() and, where there are tracepoints, of those
 * of genalloc: probes note what they are told.
 */

#include <kunit/test.h>

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/kallsyms.h>
#include <linux/kconfig.h>
#include <linux/limits.h>
#include <linux/numa.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include <trace/events/genpool.h>

#include "genalloc_test.h"

#define ORDER		4
#define UNIT		BIT(ORDER)
#define FIRST		0x100000UL
#define SECOND		0x200000UL

/* What the last event told. */
struct event {
	unsigned int nr;	/* events so far */
	unsigned long addr;
	size_t size;
	unsigned long units;
	unsigned long caller;
	int err;
};

/* What a test works with. */
struct watch {
	struct reports reports;
	bool peaks;		/* were kept before the test, too */
	struct gen_pool *pool;	/* whose events count */
	struct event alloc, free, split, fail, refuse, add, remove;
};

/* ---- numbers ---- */

static void add_units(struct kunit *test, struct gen_pool *pool,
		      unsigned long start, unsigned long nr)
{
	/* With an end that is no unit, and must not count. */
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(pool, start, nr * UNIT + 3,
					      NUMA_NO_NODE));
}

static struct genpool_stats stats_of(struct gen_pool *pool)
{
	struct genpool_stats stats;

	memset(&stats, 0xa5, sizeof(stats));
	gen_pool_stats(pool, &stats);
	return stats;
}

static void watch_empty_test(struct kunit *test)
{
	struct genpool_stats stats = stats_of(create_pool(test, ORDER));

	KUNIT_EXPECT_EQ(test, stats.size, 0);
	KUNIT_EXPECT_EQ(test, stats.avail, 0);
	KUNIT_EXPECT_EQ(test, stats.allocated, 0);
	KUNIT_EXPECT_EQ(test, stats.largest_free, 0);
	KUNIT_EXPECT_EQ(test, stats.nr_chunks, 0);
	KUNIT_EXPECT_EQ(test, stats.nr_allocs, 0);
	KUNIT_EXPECT_EQ(test, stats.nr_failed, 0);
	KUNIT_EXPECT_EQ(test, stats.max_failed, 0);
	KUNIT_EXPECT_EQ(test, stats.nr_refused, 0);
	KUNIT_EXPECT_EQ(test, stats.peak, 0);
}

/* The longest free run is in the newer chunk, then in the older. */
static void watch_used_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, ORDER);
	struct genpool_stats stats;
	unsigned long addr;

	add_units(test, pool, FIRST, 100);
	addr = gen_pool_alloc(pool, 3 * UNIT);
	gen_pool_alloc(pool, 10 * UNIT);
	gen_pool_free(pool, addr, 0);
	add_units(test, pool, SECOND, 90);
	KUNIT_EXPECT_EQ(test, stats_of(pool).largest_free, 90 * UNIT);
	gen_pool_alloc(pool, 3 * UNIT + 1);

	stats = stats_of(pool);
	KUNIT_EXPECT_EQ(test, stats.size, 190 * UNIT);
	KUNIT_EXPECT_EQ(test, stats.avail, 176 * UNIT);
	KUNIT_EXPECT_EQ(test, stats.allocated, 14 * UNIT);
	KUNIT_EXPECT_EQ(test, stats.largest_free, 87 * UNIT);
	KUNIT_EXPECT_EQ(test, stats.nr_chunks, 2);
	KUNIT_EXPECT_EQ(test, stats.nr_allocs, 2);
}

static void watch_failed_test(struct kunit *test)
{
	struct genpool_data_fixed fixed = { .offset = 98 * UNIT };
	struct gen_pool *pool = create_pool(test, ORDER);
	struct genpool_stats stats;
	void *owner;

	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 1), 0);
	add_units(test, pool, FIRST, 100);
	gen_pool_alloc(pool, 1);
	/* Nothing was asked for, so nothing was missed. */
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 0), 0);
	stats = stats_of(pool);
	KUNIT_EXPECT_EQ(test, stats.nr_failed, 1);
	KUNIT_EXPECT_EQ(test, stats.max_failed, 1);

	KUNIT_EXPECT_EQ(test, gen_pool_alloc_owner(pool, 100 * UNIT - 1, &owner), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_algo(pool, 3 * UNIT,
						  gen_pool_fixed_alloc, &fixed), 0);
	stats = stats_of(pool);
	KUNIT_EXPECT_EQ(test, stats.nr_failed, 3);
	KUNIT_EXPECT_EQ(test, stats.max_failed, 100 * UNIT - 1);

	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, SIZE_MAX), 0);
	KUNIT_EXPECT_EQ(test, stats_of(pool).max_failed, SIZE_MAX);
}

static void watch_refused_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, ORDER);
	struct reports *r = test->priv;

	add_units(test, pool, FIRST, 100);
	gen_pool_free(pool, FIRST, 0);
	gen_pool_free(pool, SECOND, 0);
	r->expected = 1;
	KUNIT_EXPECT_EQ(test, stats_of(pool).nr_refused, 2);
	KUNIT_EXPECT_EQ(test, stats_of(pool).nr_failed, 0);
}

static void restore_peaks(void *data)
{
	struct watch *w = data;

	gen_pool_watch_peaks(w->peaks);
}

static void set_peaks(struct kunit *test, bool on)
{
	struct watch *w = test->priv;

	w->peaks = gen_pool_watch_peaks(on);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, restore_peaks, w));
}

static void watch_peak_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, ORDER);
	unsigned long addr;

	set_peaks(test, false);
	add_units(test, pool, FIRST, 100);
	add_units(test, pool, SECOND, 100);
	gen_pool_alloc(pool, 100 * UNIT);
	KUNIT_EXPECT_EQ(test, stats_of(pool).peak, 0);

	/* Allocations from before count, too. */
	gen_pool_watch_peaks(true);
	addr = gen_pool_alloc(pool, 20 * UNIT);
	KUNIT_EXPECT_EQ(test, stats_of(pool).peak, 120 * UNIT);
	gen_pool_free(pool, addr, 0);
	addr = gen_pool_alloc(pool, 19 * UNIT);
	KUNIT_EXPECT_EQ(test, stats_of(pool).peak, 120 * UNIT);
	gen_pool_alloc(pool, 2 * UNIT);
	KUNIT_EXPECT_EQ(test, stats_of(pool).peak, 121 * UNIT);

	gen_pool_watch_peaks(false);
	gen_pool_alloc(pool, 2 * UNIT);
	KUNIT_EXPECT_EQ(test, stats_of(pool).peak, 121 * UNIT);
}

/* Calls that take the long way do the same. */
static void watch_same_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, ORDER);
	struct reports *r = test->priv;
	void *owner;

	set_peaks(test, true);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_owner(pool, FIRST, -1, 100 * UNIT,
						    NUMA_NO_NODE, test));
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_owner(pool, 3 * UNIT, &owner), FIRST);
	KUNIT_EXPECT_PTR_EQ(test, owner, test);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 1), FIRST + 3 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_owner(pool, 100 * UNIT, &owner), 0);
	KUNIT_EXPECT_NULL(test, owner);

	KUNIT_EXPECT_EQ(test, gen_pool_free_owner(pool, FIRST, UNIT, NULL),
			-EMSGSIZE);
	KUNIT_EXPECT_EQ(test, gen_pool_free_owner(pool, FIRST + UNIT, 0, NULL),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, gen_pool_free_owner(pool, FIRST, 3 * UNIT, &owner), 0);
	KUNIT_EXPECT_PTR_EQ(test, owner, test);
	KUNIT_EXPECT_EQ(test, gen_pool_free_owner(pool, FIRST, 0, NULL), -ENOENT);
	r->expected = 1;
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), 99 * UNIT);
}

/* ---- tracepoints ---- */

#ifdef CONFIG_TRACEPOINTS
static void note_units(struct watch *t, struct event *e,
		       const struct gen_pool *pool, unsigned long addr,
		       size_t size, unsigned long units, unsigned long caller)
{
	if (pool != t->pool)
		return;
	e->nr++;
	e->addr = addr;
	e->size = size;
	e->units = units;
	e->caller = caller;
}

static void note_alloc(void *data, const struct gen_pool *pool,
		       unsigned long addr, size_t size, unsigned long units,
		       unsigned long caller)
{
	struct watch *t = data;

	note_units(t, &t->alloc, pool, addr, size, units, caller);
}

static void note_free(void *data, const struct gen_pool *pool,
		      unsigned long addr, size_t size, unsigned long units,
		      unsigned long caller)
{
	struct watch *t = data;

	note_units(t, &t->free, pool, addr, size, units, caller);
}

static void note_split(void *data, const struct gen_pool *pool,
		       unsigned long addr, size_t size, unsigned long units,
		       unsigned long caller)
{
	struct watch *t = data;

	note_units(t, &t->split, pool, addr, size, units, caller);
}

static void note_fail(void *data, const struct gen_pool *pool, size_t size,
		      unsigned long units, unsigned long caller)
{
	struct watch *t = data;

	note_units(t, &t->fail, pool, 0, size, units, caller);
}

static void note_refuse(void *data, const struct gen_pool *pool,
			const char *what, unsigned long addr, size_t size,
			int err)
{
	struct watch *t = data;

	note_units(t, &t->refuse, pool, addr, size, 0, 0);
	t->refuse.err = err;
}

static void note_chunk_add(void *data, const struct gen_pool *pool,
			   const struct gen_pool_chunk *chunk)
{
	struct watch *t = data;

	note_units(t, &t->add, pool, chunk->start_addr,
		   chunk->end_addr - chunk->start_addr + 1,
		   chunk->map.nr_units, 0);
}

static void note_chunk_remove(void *data, const struct gen_pool *pool,
			      const struct gen_pool_chunk *chunk)
{
	struct watch *t = data;

	note_units(t, &t->remove, pool, chunk->start_addr,
		   chunk->end_addr - chunk->start_addr + 1,
		   chunk->map.nr_units, 0);
}

/* A probe goes with the test, whether the next one can be registered or not. */
#define DEFINE_PROBE(event)						\
static void stop_##event(void *data)					\
{									\
	unregister_trace_genpool_##event(note_##event, data);		\
}									\
									\
static void start_##event(struct kunit *test)				\
{									\
	KUNIT_ASSERT_EQ(test, 0, register_trace_genpool_##event(note_##event, test->priv)); \
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, stop_##event, test->priv)); \
}

DEFINE_PROBE(alloc)
DEFINE_PROBE(free)
DEFINE_PROBE(split)
DEFINE_PROBE(fail)
DEFINE_PROBE(refuse)
DEFINE_PROBE(chunk_add)
DEFINE_PROBE(chunk_remove)

static void wait_for_probes(void *unused)
{
	tracepoint_synchronize_unregister();
}

static struct watch *start_tracing(struct kunit *test)
{
	struct watch *t = test->priv;

	t->pool = create_pool(test, ORDER);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action(test, wait_for_probes, NULL));
	start_alloc(test);
	start_free(test);
	start_split(test);
	start_fail(test);
	start_refuse(test);
	start_chunk_add(test);
	start_chunk_remove(test);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(t->pool, FIRST, 100 * UNIT + 1,
					      NUMA_NO_NODE));
	return t;
}

static void expect_event(struct kunit *test, const struct event *e,
			 unsigned int nr, unsigned long addr, size_t size,
			 unsigned long units)
{
	KUNIT_EXPECT_EQ(test, e->nr, nr);
	KUNIT_EXPECT_EQ(test, e->addr, addr);
	KUNIT_EXPECT_EQ(test, e->size, size);
	KUNIT_EXPECT_EQ(test, e->units, units);
}

static void expect_caller(struct kunit *test, const struct event *e,
			  const char *function)
{
	char caller[KSYM_SYMBOL_LEN];

	if (!IS_ENABLED(CONFIG_KALLSYMS))
		return;
	snprintf(caller, sizeof(caller), "%ps", (void *)e->caller);
	KUNIT_EXPECT_TRUE_MSG(test, strstarts(caller, function),
			      "%s in place of %s", caller, function);
}

static noinline void watch_trace_alloc_test(struct kunit *test)
{
	struct watch *t = start_tracing(test);
	unsigned long addr = gen_pool_alloc(t->pool, 2 * UNIT + 1);

	expect_event(test, &t->alloc, 1, FIRST, 2 * UNIT + 1, 3);
	expect_caller(test, &t->alloc, __func__);
	gen_pool_dma_alloc(t->pool, UNIT, NULL);
	expect_event(test, &t->alloc, 2, FIRST + 3 * UNIT, UNIT, 1);
	expect_caller(test, &t->alloc, __func__);

	KUNIT_EXPECT_EQ(test, 0, gen_pool_reserve(t->pool, FIRST + 9 * UNIT,
						  2 * UNIT));
	expect_event(test, &t->alloc, 3, FIRST + 9 * UNIT, 2 * UNIT, 2);
	expect_caller(test, &t->alloc, __func__);

	gen_pool_free(t->pool, addr, 2 * UNIT + 1);
	expect_event(test, &t->free, 1, FIRST, 3 * UNIT, 3);
	expect_caller(test, &t->free, __func__);
	expect_event(test, &t->fail, 0, 0, 0, 0);
	expect_event(test, &t->refuse, 0, 0, 0, 0);
}

static noinline void watch_trace_split_test(struct kunit *test)
{
	struct watch *t = start_tracing(test);
	unsigned long addr = gen_pool_alloc(t->pool, 5 * UNIT);

	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(t->pool, addr, UNIT + 1));
	expect_event(test, &t->split, 1, FIRST, UNIT + 1, 2);
	expect_caller(test, &t->split, __func__);
	gen_pool_free(t->pool, addr + 4 * UNIT, 0);
	expect_event(test, &t->free, 1, FIRST + 4 * UNIT, UNIT, 1);
	expect_event(test, &t->alloc, 1, FIRST, 5 * UNIT, 5);
}

static noinline void watch_trace_lenient_test(struct kunit *test)
{
	struct watch *t = start_tracing(test);
	unsigned long addr = gen_pool_alloc(t->pool, 5 * UNIT);
	bool before = gen_pool_be_lenient(true);

	gen_pool_free(t->pool, addr + UNIT, 2 * UNIT);
	gen_pool_be_lenient(before);
	expect_event(test, &t->refuse, 1, FIRST + UNIT, 2 * UNIT, 0);
	expect_event(test, &t->free, 1, FIRST + UNIT, 2 * UNIT, 2);
	expect_caller(test, &t->free, __func__);
	t->reports.expected = 1;
}

static noinline void watch_trace_fail_test(struct kunit *test)
{
	struct watch *t = start_tracing(test);

	gen_pool_alloc(t->pool, 100 * UNIT + 1);
	expect_event(test, &t->fail, 1, 0, 100 * UNIT + 1, 101);
	expect_caller(test, &t->fail, __func__);
	gen_pool_alloc(t->pool, 0);
	expect_event(test, &t->fail, 1, 0, 100 * UNIT + 1, 101);
	expect_event(test, &t->alloc, 0, 0, 0, 0);
}

/* A refused free is no free. */
static void watch_trace_refuse_test(struct kunit *test)
{
	struct watch *t = start_tracing(test);
	unsigned long addr = gen_pool_alloc(t->pool, 2 * UNIT);

	gen_pool_free(t->pool, addr, UNIT);
	expect_event(test, &t->refuse, 1, FIRST, UNIT, 0);
	KUNIT_EXPECT_EQ(test, t->refuse.err, -EMSGSIZE);
	gen_pool_free(t->pool, addr + UNIT, 0);
	expect_event(test, &t->refuse, 2, FIRST + UNIT, 0, 0);
	gen_pool_split(t->pool, addr, 0);
	expect_event(test, &t->refuse, 3, FIRST, 0, 0);
	expect_event(test, &t->split, 0, 0, 0, 0);
	expect_event(test, &t->free, 0, 0, 0, 0);
	t->reports.expected = 1;
}

static void watch_trace_chunk_test(struct kunit *test)
{
	struct watch *t = start_tracing(test);

	expect_event(test, &t->add, 1, FIRST, 100 * UNIT + 1, 100);
	KUNIT_EXPECT_EQ(test, 0, gen_pool_remove(t->pool, FIRST));
	expect_event(test, &t->remove, 1, FIRST, 100 * UNIT + 1, 100);
	expect_event(test, &t->alloc, 0, 0, 0, 0);
	expect_event(test, &t->free, 0, 0, 0, 0);
}

#endif /* CONFIG_TRACEPOINTS */

static int genalloc_watch_init(struct kunit *test)
{
	return init_reports(test, sizeof(struct watch));
}

static struct kunit_case genalloc_watch_cases[] = {
	KUNIT_CASE(watch_empty_test),
	KUNIT_CASE(watch_used_test),
	KUNIT_CASE(watch_failed_test),
	KUNIT_CASE(watch_refused_test),
	KUNIT_CASE(watch_peak_test),
	KUNIT_CASE(watch_same_test),
#ifdef CONFIG_TRACEPOINTS
	KUNIT_CASE(watch_trace_alloc_test),
	KUNIT_CASE(watch_trace_split_test),
	KUNIT_CASE(watch_trace_lenient_test),
	KUNIT_CASE(watch_trace_fail_test),
	KUNIT_CASE(watch_trace_refuse_test),
	KUNIT_CASE(watch_trace_chunk_test),
#endif
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_watch, "what is to be seen of pools",
		     .init = genalloc_watch_init, .exit = check_reports);
