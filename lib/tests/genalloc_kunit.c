// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the special memory allocator, lib/genalloc.c.
 *
 * They state what callers of the gen_pool functions rely on and know nothing
 * of how a pool keeps its books: they look only at addresses, sizes and owners.
 * A pool never touches the memory it manages, so all chunks except those of the
 * DMA tests lie at made-up addresses.
 *
 * Words used here:
 *
 *   unit   what a pool allocates in, 1 << order bytes
 *   block  one allocation, a whole number of units
 *   hole   free units between two blocks
 *   single block of one unit. Singles, taken until nothing is left, show
 *          exactly which units were free
 */

#include <kunit/device.h>
#include <kunit/test.h>

#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/of.h>
#include <linux/prandom.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/timer.h>

#define ORDER		5
#define UNIT		BIT(ORDER)
/* Aligned far beyond anything that is asked for. */
#define BASE		0x10000000UL
#define PHYS		((phys_addr_t)0x80000000UL)
#define MAX_LIVE	512

struct block {
	unsigned long addr;
	size_t size;
};

/**
 * struct test_pool - A pool with a record of all that is allocated from it.
 * @test: The running test.
 * @pool: The pool.
 * @order: Its order.
 * @used: Bytes allocated, counted in whole units.
 * @nr: Number of blocks in @live.
 * @live: The blocks that are allocated now. Invariant: each lies in the pool,
 *	and no two overlap.
 */
struct test_pool {
	struct kunit *test;
	struct gen_pool *pool;
	int order;
	size_t used;
	unsigned int nr;
	struct block live[MAX_LIVE];
};

/* Bytes that a block of @size bytes takes from the pool. */
static size_t tp_rounded(const struct test_pool *tp, size_t size)
{
	return round_up(size, 1UL << tp->order);
}

/* Ends are inclusive, so that a block may end at the last address there is. */
static unsigned long block_last(const struct test_pool *tp,
				const struct block *block)
{
	return block->addr + tp_rounded(tp, block->size) - 1;
}

static bool tp_overlaps(const struct test_pool *tp, const struct block *block)
{
	unsigned int i;

	for (i = 0; i < tp->nr; i++) {
		if (tp->live[i].addr <= block_last(tp, block) &&
		    block->addr <= block_last(tp, &tp->live[i]))
			return true;
	}
	return false;
}

static void tp_check_avail(const struct test_pool *tp)
{
	KUNIT_ASSERT_EQ_MSG(tp->test, gen_pool_avail(tp->pool) + tp->used,
			    gen_pool_size(tp->pool),
			    "available and used bytes are not the whole");
}

/*
 * All allocations pass through here. A block that must not be is not recorded,
 * so that cleaning up never frees anything twice.
 */
static unsigned long tp_record(struct test_pool *tp, unsigned long addr,
			       size_t size)
{
	struct block block = { .addr = addr, .size = size };

	if (addr) {
		KUNIT_ASSERT_LT(tp->test, tp->nr, MAX_LIVE);
		KUNIT_ASSERT_TRUE_MSG(tp->test,
				      gen_pool_has_addr(tp->pool, addr,
							tp_rounded(tp, size)),
				      "%zu bytes at %#lx leave the pool",
				      size, addr);
		KUNIT_ASSERT_FALSE_MSG(tp->test, tp_overlaps(tp, &block),
				       "%zu bytes at %#lx overlap a live block",
				       size, addr);
		tp->live[tp->nr++] = block;
		tp->used += tp_rounded(tp, size);
	}
	tp_check_avail(tp);
	return addr;
}

/* Forget the block at @addr. Returns its size. */
static size_t tp_forget(struct test_pool *tp, unsigned long addr)
{
	unsigned int i;
	size_t size;

	for (i = 0; i < tp->nr; i++) {
		if (tp->live[i].addr == addr)
			break;
	}
	if (i == tp->nr)
		return 0;
	size = tp->live[i].size;
	tp->live[i] = tp->live[--tp->nr];
	tp->used -= tp_rounded(tp, size);
	return size;
}

static void tp_free_all(struct test_pool *tp)
{
	while (tp->nr) {
		unsigned long addr = tp->live[tp->nr - 1].addr;

		gen_pool_free(tp->pool, addr, tp_forget(tp, addr));
	}
}

/* Leaks what a failed test has left in use: destroying that would not do. */
static void tp_destroy(void *data)
{
	struct test_pool *tp = data;
	size_t avail, size;

	tp_free_all(tp);
	avail = gen_pool_avail(tp->pool);
	size = gen_pool_size(tp->pool);
	KUNIT_EXPECT_EQ_MSG(tp->test, avail, size,
			    "all is freed, but not all is available");
	if (avail == size)
		gen_pool_destroy(tp->pool);
}

/* A pool without memory. It goes away, with all its blocks, after the test. */
static struct test_pool *tp_create(struct kunit *test, int order)
{
	struct test_pool *tp;
	int ret;

	tp = kunit_kzalloc(test, sizeof(*tp), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, tp);
	tp->test = test;
	tp->order = order;
	tp->pool = gen_pool_create(order, NUMA_NO_NODE);
	KUNIT_ASSERT_NOT_NULL(test, tp->pool);
	ret = kunit_add_action_or_reset(test, tp_destroy, tp);
	KUNIT_ASSERT_EQ(test, ret, 0);
	return tp;
}

static void tp_add(struct test_pool *tp, unsigned long start, size_t size)
{
	KUNIT_ASSERT_EQ(tp->test, 0,
			gen_pool_add(tp->pool, start, size, NUMA_NO_NODE));
}

/* A pool of one chunk of @units units at BASE. */
static struct test_pool *tp_create_units(struct kunit *test, size_t units)
{
	struct test_pool *tp = tp_create(test, ORDER);

	tp_add(tp, BASE, units * UNIT);
	return tp;
}

static unsigned long tp_alloc(struct test_pool *tp, size_t size)
{
	return tp_record(tp, gen_pool_alloc(tp->pool, size), size);
}

static unsigned long tp_alloc_algo(struct test_pool *tp, size_t size,
				   genpool_algo_t algo, void *data)
{
	return tp_record(tp, gen_pool_alloc_algo(tp->pool, size, algo, data),
			 size);
}

static unsigned long tp_alloc_owner(struct test_pool *tp, size_t size,
				    void **owner)
{
	return tp_record(tp, gen_pool_alloc_owner(tp->pool, size, owner), size);
}

static void tp_free(struct test_pool *tp, unsigned long addr)
{
	size_t size = tp_forget(tp, addr);

	KUNIT_ASSERT_NE_MSG(tp->test, size, 0, "no block at %#lx", addr);
	gen_pool_free(tp->pool, addr, size);
	tp_check_avail(tp);
}

static void *tp_free_owner(struct test_pool *tp, unsigned long addr)
{
	size_t size = tp_forget(tp, addr);
	void *owner = tp;

	KUNIT_ASSERT_NE_MSG(tp->test, size, 0, "no block at %#lx", addr);
	gen_pool_free_owner(tp->pool, addr, size, &owner);
	tp_check_avail(tp);
	return owner;
}

/* The free units are the @nr units from @addr on, and no others. Takes them. */
static void tp_expect_singles(struct test_pool *tp, unsigned long addr,
			      unsigned int nr)
{
	size_t unit = 1UL << tp->order;
	unsigned int i;

	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_EQ_MSG(tp->test, tp_alloc(tp, unit),
				    addr + i * unit,
				    "single %u of %u", i, nr);
	KUNIT_ASSERT_EQ(tp->test, tp_alloc(tp, unit), 0);
}

/*
 * Pools and chunks
 */

static void genalloc_create_test(struct kunit *test)
{
	struct test_pool *tp = tp_create(test, ORDER);

	KUNIT_EXPECT_EQ(test, gen_pool_size(tp->pool), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 1), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc_algo(tp, 1, gen_pool_best_fit, NULL), 0);
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(tp->pool, BASE, 1));
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(tp->pool, BASE),
			(phys_addr_t)-1);
}

/* A pool that is full takes more memory and goes on. */
static void genalloc_add_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 4);
	unsigned long more = BASE + 64 * UNIT;

	KUNIT_EXPECT_EQ(test, gen_pool_size(tp->pool), 4 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(tp->pool, BASE),
			(phys_addr_t)-1);
	tp_expect_singles(tp, BASE, 4);
	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_virt(tp->pool, more, PHYS, 3 * UNIT,
					  NUMA_NO_NODE));
	KUNIT_EXPECT_EQ(test, gen_pool_size(tp->pool), 7 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 3 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(tp->pool, more), PHYS);
	tp_expect_singles(tp, more, 3);
}

static void genalloc_newest_chunk_first_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 2);
	unsigned long newer = BASE + 64 * UNIT, newest = BASE + 16 * UNIT;

	tp_add(tp, newer, 4 * UNIT);
	tp_add(tp, newest, 2 * UNIT);

	KUNIT_EXPECT_EQ(test, tp_alloc(tp, UNIT), newest);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 2 * UNIT), newer);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, UNIT), newest + UNIT);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, UNIT), newer + 2 * UNIT);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 2 * UNIT), BASE);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 2 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, UNIT), newer + 3 * UNIT);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, UNIT), 0);
}

/* A block lies in one chunk, also where chunks are neighbours. */
static void genalloc_adjacent_chunks_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 4);

	tp_add(tp, BASE + 4 * UNIT, 4 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 8 * UNIT);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 5 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 4 * UNIT), BASE + 4 * UNIT);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 4 * UNIT), BASE);
}

static const int order_cases[] = {
	0, 1, 2, 3, 5, 8, 11, 12, 13, 16, 20, 26,
#if BITS_PER_LONG == 64
	31, 32, 33, 40,
#endif
};

static void order_case_to_desc(const int *order, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %d", *order);
}

KUNIT_ARRAY_PARAM(order, order_cases, order_case_to_desc);

static void genalloc_order_test(struct kunit *test)
{
	int order = *(const int *)test->param_value;
	size_t unit = 1UL << order;
	struct test_pool *tp = tp_create(test, order);

	tp_add(tp, BASE, 7 * unit);
	KUNIT_EXPECT_EQ(test, gen_pool_size(tp->pool), 7 * unit);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 1), BASE);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, unit), BASE + unit);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, unit + 1), BASE + 2 * unit);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 3 * unit);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 3 * unit + 1), 0);
	tp_expect_singles(tp, BASE + 4 * unit, 3);
	tp_free_all(tp);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 7 * unit), BASE);
}

/* Where a chunk may lie. */
struct start_case {
	const char *desc;
	unsigned long start;
};

#define START_UNITS	67UL

static const struct start_case start_cases[] = {
	{ "aligned", BASE },
	{ "one past a unit", BASE + 1 },
	{ "inside a unit", BASE + 20 },
	{ "last byte of a unit", BASE + UNIT - 1 },
	{ "lowest address but 0", 1 },
	{ "first unit but 0", UNIT },
	{ "up to the sign bit",
	  (1UL << (BITS_PER_LONG - 1)) - START_UNITS * UNIT },
	{ "across the sign bit", (1UL << (BITS_PER_LONG - 1)) - 3 * UNIT },
	{ "one short of the last address", ULONG_MAX - START_UNITS * UNIT },
	{ "up to the last address", ULONG_MAX - START_UNITS * UNIT + 1 },
};

KUNIT_ARRAY_PARAM_DESC(start, start_cases, desc);

/* Units count from the start of the chunk, wherever that is. */
static void genalloc_start_test(struct kunit *test)
{
	const struct start_case *c = test->param_value;
	size_t size = START_UNITS * UNIT;
	struct test_pool *tp = tp_create(test, ORDER);

	tp_add(tp, c->start, size);
	tp_expect_singles(tp, c->start, START_UNITS);
	tp_free_all(tp);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, size), c->start);
	KUNIT_EXPECT_TRUE(test, gen_pool_has_addr(tp->pool, c->start, size));
	KUNIT_EXPECT_TRUE(test, gen_pool_has_addr(tp->pool,
						  c->start + size - 1, 1));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(tp->pool, c->start - 1, 1));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(tp->pool,
						   c->start + size, 1));
}

/*
 * Allocating and freeing
 */

static void genalloc_alloc_too_large_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 8);

	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 8 * UNIT + 1), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 9 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, SIZE_MAX / 2 + 1), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, SIZE_MAX - UNIT + 1), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, SIZE_MAX - UNIT + 2), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, SIZE_MAX), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 8 * UNIT);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 8 * UNIT), BASE);
}

static void genalloc_exhaustion_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 100);

	tp_expect_singles(tp, BASE, 100);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_size(tp->pool), 100 * UNIT);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 1), 0);

	tp_free(tp, BASE + 70 * UNIT);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 2 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 1), BASE + 70 * UNIT);

	tp_free_all(tp);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 100 * UNIT);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 100 * UNIT), BASE);
}

/* Half of the pool is free, but no two units of it are neighbours. */
static void genalloc_fragmentation_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 130);
	unsigned int i;

	tp_expect_singles(tp, BASE, 130);
	for (i = 0; i < 130; i += 2)
		tp_free(tp, BASE + i * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 65 * UNIT);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, UNIT + 1), 0);

	/* One more makes a hole of three. */
	tp_free(tp, BASE + 97 * UNIT);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 4 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 3 * UNIT), BASE + 96 * UNIT);
}

/* How many units an allocation takes. */
struct rounding_case {
	size_t size;
	unsigned int units;
};

static const struct rounding_case rounding_cases[] = {
	{ 1, 1 }, { UNIT - 1, 1 }, { UNIT, 1 }, { UNIT + 1, 2 },
	{ 2 * UNIT - 1, 2 }, { 2 * UNIT, 2 }, { 2 * UNIT + 1, 3 },
	{ 63 * UNIT + 1, 64 }, { 64 * UNIT, 64 }, { 64 * UNIT + 1, 65 },
};

static void rounding_case_to_desc(const struct rounding_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes", c->size);
}

KUNIT_ARRAY_PARAM(rounding, rounding_cases, rounding_case_to_desc);

/* Any size that rounds to the same units will do for a free. */
static void genalloc_rounding_test(struct kunit *test)
{
	const struct rounding_case *c = test->param_value;
	const size_t frees[] = {
		c->size, (c->units - 1) * UNIT + 1, c->units * UNIT,
	};
	struct test_pool *tp = tp_create_units(test, 67);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(frees); i++) {
		KUNIT_EXPECT_EQ(test, tp_alloc(tp, c->size), BASE);
		KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), (67 - c->units) * UNIT);
		KUNIT_EXPECT_EQ(test, tp_alloc(tp, UNIT), BASE + c->units * UNIT);
		tp_forget(tp, BASE);
		gen_pool_free(tp->pool, BASE, frees[i]);
		KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 66 * UNIT);
		tp_free_all(tp);
	}
	tp_expect_singles(tp, BASE, 67);
}

/* Around the edges of words that hold 16, 32 or 64 units. */
static const unsigned int edge_cases[] = {
	1, 2, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65,
	95, 96, 97, 127, 128, 129,
};

static void edge_case_to_desc(const unsigned int *units, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u units", *units);
}

KUNIT_ARRAY_PARAM(edge, edge_cases, edge_case_to_desc);

#define EDGE_UNITS	301

/* A block of @nr units behind @before others takes its own units, no others. */
static void check_block_at(struct kunit *test, unsigned int before,
			   unsigned int nr)
{
	struct test_pool *tp = tp_create_units(test, EDGE_UNITS);
	unsigned long addr = BASE + before * UNIT;

	if (before)
		tp_alloc(tp, before * UNIT);
	KUNIT_ASSERT_EQ(test, tp_alloc(tp, nr * UNIT), addr);
	tp_expect_singles(tp, addr + nr * UNIT, EDGE_UNITS - before - nr);

	/* Both neighbours are in use now: the free must leave them alone. */
	tp_free(tp, addr);
	KUNIT_ASSERT_EQ(test, tp_alloc(tp, (nr + 1) * UNIT), 0);
	KUNIT_ASSERT_EQ(test, tp_alloc(tp, nr * UNIT), addr);
	tp_free(tp, addr);
	tp_expect_singles(tp, addr, nr);
	kunit_release_action(test, tp_destroy, tp);
}

static void genalloc_word_edges_test(struct kunit *test)
{
	unsigned int nr = *(const unsigned int *)test->param_value;
	unsigned int i;

	check_block_at(test, 0, nr);
	for (i = 0; i < ARRAY_SIZE(edge_cases); i++)
		check_block_at(test, edge_cases[i], nr);
}

/* @tail bytes, less than a unit, at the end of the chunk are of no use. */
static void check_chunk_of(struct kunit *test, unsigned int nr, size_t tail)
{
	struct test_pool *tp = tp_create(test, ORDER);
	unsigned long last = BASE + (nr - 1) * UNIT;

	tp_add(tp, BASE, nr * UNIT + tail);
	tp_expect_singles(tp, BASE, nr);
	tp_free_all(tp);

	KUNIT_ASSERT_EQ(test, tp_alloc(tp, nr * UNIT + 1), 0);
	KUNIT_ASSERT_EQ(test, tp_alloc(tp, nr * UNIT), BASE);
	KUNIT_ASSERT_EQ(test, tp_alloc(tp, 1), 0);
	tp_free(tp, BASE);

	if (nr > 1)
		tp_alloc(tp, (nr - 1) * UNIT);
	KUNIT_ASSERT_EQ(test, tp_alloc(tp, UNIT + 1), 0);
	KUNIT_ASSERT_EQ(test, tp_alloc(tp, UNIT), last);
	KUNIT_ASSERT_EQ(test, tp_alloc(tp, 1), 0);
	kunit_release_action(test, tp_destroy, tp);
}

static void genalloc_chunk_end_test(struct kunit *test)
{
	unsigned int nr = *(const unsigned int *)test->param_value;

	check_chunk_of(test, nr, 0);
	check_chunk_of(test, nr, 1);
	check_chunk_of(test, nr, UNIT - 1);
}

static void genalloc_large_chunk_test(struct kunit *test)
{
	unsigned long units = 1UL << 20;
	struct test_pool *tp = tp_create_units(test, units);
	unsigned long tail = BASE + (units - 33) * UNIT;

	KUNIT_EXPECT_EQ(test, tp_alloc(tp, (units - 33) * UNIT), BASE);
	tp_expect_singles(tp, tail, 33);
	tp_free(tp, BASE);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, (units - 32) * UNIT), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, (units - 33) * UNIT), BASE);
	tp_free_all(tp);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, (units + 1) * UNIT), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, units * UNIT), BASE);
}

/* What calls in some context have returned. */
struct context_log {
	struct gen_pool *pool;
	struct timer_list timer;
	struct completion done;
	unsigned long addr[3];
	size_t avail;
};

static void call_pool(struct context_log *log)
{
	log->addr[0] = gen_pool_alloc(log->pool, UNIT);
	log->addr[1] = gen_pool_alloc_algo(log->pool, 40 * UNIT,
					   gen_pool_best_fit, NULL);
	log->addr[2] = gen_pool_alloc(log->pool, 100 * UNIT);
	log->avail = gen_pool_avail(log->pool);
	if (log->addr[0])
		gen_pool_free(log->pool, log->addr[0], UNIT);
	if (log->addr[1])
		gen_pool_free(log->pool, log->addr[1], 40 * UNIT);
}

static void call_with_interrupts_off(struct context_log *log)
{
	unsigned long flags;

	local_irq_save(flags);
	call_pool(log);
	local_irq_restore(flags);
}

static void timer_fired(struct timer_list *timer)
{
	struct context_log *log = container_of(timer, struct context_log,
					       timer);

	call_pool(log);
	complete(&log->done);
}

static void call_in_timer(struct context_log *log)
{
	init_completion(&log->done);
	timer_setup(&log->timer, timer_fired, 0);
	mod_timer(&log->timer, jiffies);
	wait_for_completion(&log->done);
	timer_delete_sync(&log->timer);
}

static void genalloc_context_test(struct kunit *test)
{
	void (*const calls[])(struct context_log *log) = {
		call_pool, call_with_interrupts_off, call_in_timer,
	};
	struct context_log *log = kunit_kzalloc(test, sizeof(*log), GFP_KERNEL);
	struct test_pool *tp = tp_create_units(test, 100);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, log);
	log->pool = tp->pool;
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		calls[i](log);
		KUNIT_EXPECT_EQ(test, log->addr[0], BASE);
		KUNIT_EXPECT_EQ(test, log->addr[1], BASE + UNIT);
		KUNIT_EXPECT_EQ(test, log->addr[2], 0);
		KUNIT_EXPECT_EQ(test, log->avail, 59 * UNIT);
		KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 100 * UNIT);
	}
}

/*
 * Allocation algorithms
 */

#define NO_ROOM		-1
#define ALIGN_TO(bytes)	(&(struct genpool_data_align){ .align = (bytes) })
#define AT_BYTE(at)	(&(struct genpool_data_fixed){ .offset = (at) })
#define AT(unit)	AT_BYTE((unit) * UNIT)

#define X8 "xxxxxxxx"
#define X31 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define FREE8 "........"
#define FREE32 "................................"

/* Where an algorithm places a block. */
struct fit_case {
	/* a character a unit of the chunk: 'x' in use, '.' free */
	const char *layout;
	unsigned int nr;	/* units asked for */
	int expect;	/* the unit at which the block begins, or NO_ROOM */
	const char *name;	/* the algorithm */
	genpool_algo_t algo;	/* likewise */
	void *data;		/* its data */
	/* the chunk starts that many units past an aligned address */
	unsigned int skew;
};

#define FIRST(layout, nr, expect) \
	{ layout, nr, expect, "first", gen_pool_first_fit }
#define BEST(layout, nr, expect) \
	{ layout, nr, expect, "best", gen_pool_best_fit }
#define ALIGNED(layout, nr, expect, to, skew) \
	{ layout, nr, expect, "aligned to " #to " from " #skew, \
	  gen_pool_first_fit_align, ALIGN_TO(to), skew }
#define IN_ORDER(layout, nr, expect, skew) \
	{ layout, nr, expect, "aligned to its size, from " #skew, \
	  gen_pool_first_fit_order_align, NULL, skew }
#define FIXED(layout, nr, expect, at, skew) \
	{ layout, nr, expect, "at " #at " from " #skew, \
	  gen_pool_fixed_alloc, AT(at), skew }

static const struct fit_case fit_cases[] = {
	/* The lowest hole that is large enough */
	FIRST(FREE8, 3, 0),
	FIRST("x..x....", 2, 1),
	FIRST("x..x....", 3, 4),
	FIRST("....x..x", 2, 0),
	FIRST("xxxxxx..", 2, 6),
	FIRST("xxxxxx..", 3, NO_ROOM),
	FIRST("..x..x..", 3, NO_ROOM),
	FIRST(X8, 1, NO_ROOM),
	FIRST(X31 "..x", 2, 31),
	FIRST(X63 "..x", 2, 63),
	FIRST(X31 "x" FREE32 "x", 32, 32),
	FIRST(X31 FREE32 FREE32 "x", 64, 31),
	FIRST(X31 FREE32 FREE32 "x", 65, NO_ROOM),
	/* The smallest hole that is large enough, the lowest of several */
	BEST(FREE8, 3, 0),
	BEST(".....x...x..", 2, 10),
	BEST(".....x..x...", 2, 6),
	BEST("..x.....x..", 2, 0),
	BEST(".....x...x....", 2, 6),
	BEST("....x...x...x...", 2, 5),
	BEST(".....x....x...", 2, 11),
	BEST("...x....", 2, 0),
	BEST("..x.....x..x....x", 3, 12),
	BEST("..x..x..", 3, NO_ROOM),
	BEST(X8, 1, NO_ROOM),
	BEST(X31 "...x..", 2, 35),
	BEST(FREE32 X31 "...x..x", 2, 67),
	/* Aligned addresses, also where the chunk itself is not aligned */
	ALIGNED("x...", 1, 1, 1, 0),
	ALIGNED("x...", 1, 1, UNIT / 2, 0),
	ALIGNED("x...", 1, 1, UNIT, 0),
	ALIGNED("x...", 1, 2, 2 * UNIT, 0),
	ALIGNED("x" FREE8 FREE8, 3, 8, 8 * UNIT, 0),
	ALIGNED("x....x.......", 3, 8, 4 * UNIT, 0),
	ALIGNED("x...x...", 1, NO_ROOM, 4 * UNIT, 0),
	ALIGNED("x.....", 3, NO_ROOM, 4 * UNIT, 0),
	ALIGNED(FREE8, 1, 0, 1 << 20, 0),
	ALIGNED("x.......", 1, NO_ROOM, 1 << 20, 0),
	ALIGNED(FREE8, 2, 3, 4 * UNIT, 1),
	ALIGNED("..x.....", 2, 6, 4 * UNIT, 2),
	ALIGNED(FREE8, 2, 1, 4 * UNIT, 3),
	ALIGNED("....x...", 1, 3, 4 * UNIT, 5),
	ALIGNED(FREE8, 1, NO_ROOM, 16 * UNIT, 1),
	ALIGNED(X31 FREE32, 9, 31, 8 * UNIT, 1),
	ALIGNED(X63 FREE32 FREE32, 33, 64, 32 * UNIT, 0),
	/* Aligned to the size rounded up, counted from the start of chunk */
	IN_ORDER("x.......", 1, 1, 0),
	IN_ORDER("x.......", 2, 2, 0),
	IN_ORDER("x.......", 3, 4, 0),
	IN_ORDER("...x....", 4, 4, 0),
	IN_ORDER("x......." FREE8, 5, 8, 0),
	IN_ORDER("x.......", 4, 4, 3),
	IN_ORDER("x...x.......", 4, 8, 0),
	IN_ORDER("x......x", 4, NO_ROOM, 0),
	IN_ORDER("x......", 4, NO_ROOM, 0),
	IN_ORDER(X31 FREE32 FREE32, 17, 32, 0),
	IN_ORDER(X63 FREE32 FREE32 FREE8, 33, 64, 0),
	/* This very place or none */
	FIXED(FREE8, 1, 0, 0, 0),
	FIXED(FREE8, 2, 3, 3, 0),
	FIXED("xxx..xxx", 2, 3, 3, 0),
	FIXED(FREE8, 2, 3, 3, 1),
	FIXED(FREE8, 1, 7, 7, 0),
	FIXED(FREE8, 8, 0, 0, 0),
	FIXED("...x....", 2, NO_ROOM, 3, 0),
	FIXED("....x...", 2, NO_ROOM, 3, 0),
	FIXED(FREE8, 2, NO_ROOM, 7, 0),
	FIXED(FREE8, 1, NO_ROOM, 8, 0),
	FIXED(FREE8, 2, NO_ROOM, 1000, 0),
	FIXED(X31 "..x", 2, 31, 31, 0),
	FIXED(FREE32 FREE32 "..", 2, 63, 63, 0),
};

static void fit_case_to_desc(const struct fit_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s: %u in %s", c->name, c->nr,
		 c->layout);
}

KUNIT_ARRAY_PARAM(fit, fit_cases, fit_case_to_desc);

/* A chunk at @start whose units are in use as @layout says. */
static struct test_pool *tp_create_layout(struct kunit *test,
					  unsigned long start,
					  const char *layout)
{
	unsigned int i, units = strlen(layout);
	struct test_pool *tp = tp_create(test, ORDER);

	tp_add(tp, start, units * UNIT);
	tp_expect_singles(tp, start, units);
	for (i = 0; i < units; i++) {
		if (layout[i] == '.')
			tp_free(tp, start + i * UNIT);
	}
	return tp;
}

static void genalloc_fit_test(struct kunit *test)
{
	const struct fit_case *c = test->param_value;
	unsigned long start = BASE + c->skew * UNIT, expect = 0, addr;
	struct test_pool *tp = tp_create_layout(test, start, c->layout);

	if (c->expect != NO_ROOM)
		expect = start + c->expect * UNIT;
	addr = tp_alloc_algo(tp, c->nr * UNIT, c->algo, c->data);
	KUNIT_EXPECT_EQ(test, addr, expect);
}

/* A fixed offset counts from the start of each chunk, the newest first. */
static void genalloc_fixed_chunks_test(struct kunit *test)
{
	unsigned long newer = BASE + 128 * UNIT;
	struct test_pool *tp = tp_create_layout(test, BASE, "....x..x");

	tp_add(tp, newer, 4 * UNIT);
	KUNIT_EXPECT_EQ(test, newer + UNIT,
			tp_alloc_algo(tp, UNIT, gen_pool_fixed_alloc, AT(1)));
	KUNIT_EXPECT_EQ(test, BASE + UNIT,
			tp_alloc_algo(tp, UNIT, gen_pool_fixed_alloc, AT(1)));
	KUNIT_EXPECT_EQ(test, 0,
			tp_alloc_algo(tp, UNIT, gen_pool_fixed_alloc, AT(1)));
	KUNIT_EXPECT_EQ(test, BASE + 5 * UNIT,
			tp_alloc_algo(tp, 2 * UNIT, gen_pool_fixed_alloc,
				      AT(5)));
}

/* The newest chunk with room is taken: a better place in an older is not. */
static void genalloc_fit_chunks_test(struct kunit *test)
{
	unsigned long newer = BASE + 128 * UNIT;
	struct test_pool *tp = tp_create_layout(test, BASE, "x..x....");

	tp_add(tp, newer, 6 * UNIT);
	KUNIT_EXPECT_EQ(test, newer,
			tp_alloc_algo(tp, 2 * UNIT, gen_pool_best_fit, NULL));
	KUNIT_EXPECT_EQ(test, newer + 2 * UNIT,
			tp_alloc_algo(tp, 2 * UNIT,
				      gen_pool_first_fit_order_align, NULL));
	KUNIT_EXPECT_EQ(test, newer + 4 * UNIT,
			tp_alloc_algo(tp, 2 * UNIT, gen_pool_first_fit_align,
				      ALIGN_TO(2 * UNIT)));
	KUNIT_EXPECT_EQ(test, BASE + 4 * UNIT,
			tp_alloc_algo(tp, 2 * UNIT, gen_pool_first_fit_align,
				      ALIGN_TO(2 * UNIT)));
	KUNIT_EXPECT_EQ(test, BASE + UNIT,
			tp_alloc_algo(tp, 2 * UNIT, gen_pool_best_fit, NULL));
}

static void genalloc_set_algo_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_layout(test, BASE, "....x..x......");

	gen_pool_set_algo(tp->pool, gen_pool_best_fit, NULL);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 2 * UNIT), BASE + 5 * UNIT);

	gen_pool_set_algo(tp->pool, gen_pool_first_fit_align,
			  ALIGN_TO(8 * UNIT));
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, UNIT), BASE);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, UNIT), BASE + 8 * UNIT);

	gen_pool_set_algo(tp->pool, NULL, NULL);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 2 * UNIT), BASE + UNIT);
}

/* What one call or another pool uses changes nothing. */
static void genalloc_set_algo_elsewhere_test(struct kunit *test)
{
	static const char layout[] = "....x..x...";
	struct test_pool *tp = tp_create_layout(test, BASE, layout);
	struct test_pool *other = tp_create_layout(test, BASE, layout);

	gen_pool_set_algo(other->pool, gen_pool_best_fit, NULL);
	KUNIT_EXPECT_EQ(test, BASE + 9 * UNIT,
			tp_alloc_algo(tp, UNIT, gen_pool_fixed_alloc, AT(9)));
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 2 * UNIT), BASE);
	KUNIT_EXPECT_EQ(test, tp_alloc(other, 2 * UNIT), BASE + 5 * UNIT);
	KUNIT_EXPECT_EQ(test, BASE,
			tp_alloc_algo(other, 2 * UNIT, gen_pool_first_fit,
				      NULL));
}

/* What an algorithm searches: a bitmap, where pools do not track allocations. */
#ifdef _LINUX_ALLOC_MAP_H_
#define SEARCHED	struct alloc_map
#else
#define SEARCHED	unsigned long
#endif

/* What an algorithm was called with. */
struct algo_log {
	/* the algorithm that does the work, or NULL to find no room */
	genpool_algo_t next;
	unsigned int calls;	/* number of calls */
	SEARCHED *map;		/* what it searches */
	unsigned long size;	/* units of the chunk */
	unsigned long start;	/* unit to begin at */
	unsigned int nr;	/* units asked for */
	struct gen_pool *pool;	/* the pool */
	unsigned long start_addr[2];	/* starts of the chunks */
};

static unsigned long logging_algo(SEARCHED *map, unsigned long size,
				  unsigned long start, unsigned int nr,
				  void *data, struct gen_pool *pool,
				  unsigned long start_addr)
{
	struct algo_log *log = data;

	log->map = map;
	log->size = size;
	log->start = start;
	log->nr = nr;
	log->pool = pool;
	log->start_addr[log->calls++ % 2] = start_addr;
	if (!log->next)
		return size;
	return log->next(map, size, start, nr, NULL, pool, start_addr);
}

static void expect_logged(struct kunit *test, const struct algo_log *log,
			  struct gen_pool *pool, unsigned long size,
			  unsigned int nr)
{
	KUNIT_EXPECT_NOT_NULL(test, log->map);
	KUNIT_EXPECT_EQ(test, log->size, size);
	KUNIT_EXPECT_EQ(test, log->start, 0);
	KUNIT_EXPECT_EQ(test, log->nr, nr);
	KUNIT_EXPECT_PTR_EQ(test, log->pool, pool);
}

/* "No room" moves on to the next chunk, and fails after the last. */
static void genalloc_custom_algo_test(struct kunit *test)
{
	struct algo_log log = { .next = gen_pool_first_fit };
	struct test_pool *tp = tp_create_units(test, 70);
	unsigned long newer = BASE + 128 * UNIT;

	tp_alloc(tp, 5 * UNIT);
	KUNIT_EXPECT_EQ(test, BASE + 5 * UNIT,
			tp_alloc_algo(tp, 3 * UNIT + 1, logging_algo, &log));
	KUNIT_EXPECT_EQ(test, log.calls, 1);
	KUNIT_EXPECT_EQ(test, log.start_addr[0], BASE);
	expect_logged(test, &log, tp->pool, 70, 4);

	gen_pool_set_algo(tp->pool, logging_algo, &log);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 1), BASE + 9 * UNIT);
	KUNIT_EXPECT_EQ(test, log.calls, 2);
	expect_logged(test, &log, tp->pool, 70, 1);

	tp_add(tp, newer, 33 * UNIT);
	log.next = NULL;
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 2 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, log.calls, 4);
	KUNIT_EXPECT_EQ(test, log.start_addr[0], newer);
	KUNIT_EXPECT_EQ(test, log.start_addr[1], BASE);
	expect_logged(test, &log, tp->pool, 70, 2);
}

/*
 * Owners
 */

static int old_owner, new_owner;

/* Two chunks of two units: the older at BASE, the newer 64 units above. */
static struct test_pool *tp_create_owned(struct kunit *test)
{
	struct test_pool *tp = tp_create(test, ORDER);
	int ret;

	ret = gen_pool_add_owner(tp->pool, BASE, PHYS, 2 * UNIT, NUMA_NO_NODE,
				 &old_owner);
	KUNIT_ASSERT_EQ(test, ret, 0);
	ret = gen_pool_add_owner(tp->pool, BASE + 64 * UNIT, PHYS + 2 * UNIT,
				 2 * UNIT, NUMA_NO_NODE, &new_owner);
	KUNIT_ASSERT_EQ(test, ret, 0);
	return tp;
}

static void genalloc_owner_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_owned(test);
	unsigned long new = BASE + 64 * UNIT;
	void *owner = NULL;

	KUNIT_EXPECT_EQ(test, tp_alloc_owner(tp, 2 * UNIT, &owner), new);
	KUNIT_EXPECT_PTR_EQ(test, owner, (void *)&new_owner);
	KUNIT_EXPECT_EQ(test, tp_alloc_owner(tp, 2 * UNIT, &owner), BASE);
	KUNIT_EXPECT_PTR_EQ(test, owner, (void *)&old_owner);
	KUNIT_EXPECT_EQ(test, tp_alloc_owner(tp, UNIT, &owner), 0);
	KUNIT_EXPECT_NULL(test, owner);

	KUNIT_EXPECT_PTR_EQ(test, tp_free_owner(tp, new), (void *)&new_owner);
	KUNIT_EXPECT_PTR_EQ(test, tp_free_owner(tp, BASE), (void *)&old_owner);

	/* Not asked for. */
	KUNIT_EXPECT_EQ(test, tp_alloc_owner(tp, UNIT, NULL), new);
	gen_pool_free_owner(tp->pool, new, tp_forget(tp, new), NULL);
	tp_check_avail(tp);
}

static void genalloc_owner_absent_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 2);
	void *owner = tp;

	KUNIT_EXPECT_EQ(test, tp_alloc_owner(tp, UNIT, &owner), BASE);
	KUNIT_EXPECT_NULL(test, owner);
	KUNIT_EXPECT_NULL(test, tp_free_owner(tp, BASE));
}

static void genalloc_owner_algo_test(struct kunit *test)
{
	void *const owners[] = { &new_owner, &old_owner, NULL };
	struct test_pool *tp = tp_create_owned(test);
	unsigned long addr;
	unsigned int i;
	void *owner;

	/* The second unit of the newer chunk, then of the older. */
	for (i = 0; i < ARRAY_SIZE(owners); i++) {
		owner = tp;
		addr = gen_pool_alloc_algo_owner(tp->pool, UNIT, gen_pool_fixed_alloc,
						 AT(1), &owner);
		KUNIT_EXPECT_PTR_EQ(test, owner, owners[i]);
		tp_record(tp, addr, UNIT);
	}
}

/*
 * Questions about addresses
 */

static void genalloc_virt_to_phys_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_owned(test);
	unsigned long addr, last = BASE + 66 * UNIT;
	phys_addr_t phys;

	for (addr = BASE - 2; addr < last + 2; addr++) {
		phys = -1;
		if (addr - BASE < 2 * UNIT)
			phys = PHYS + addr - BASE;
		else if (last - addr - 1 < 2 * UNIT)
			phys = PHYS + 4 * UNIT - (last - addr);
		KUNIT_ASSERT_EQ_MSG(test, gen_pool_virt_to_phys(tp->pool, addr),
				    phys, "address %#lx", addr);
	}
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(tp->pool, 1), (phys_addr_t)-1);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(tp->pool, ULONG_MAX),
			(phys_addr_t)-1);
}

/* Ranges from BASE on, in or around [4, 12) and [12, 20), two chunks. */
struct range_case {
	const char *desc;
	unsigned long from;
	unsigned long to;
	bool inside;
};

static const struct range_case range_cases[] = {
	{ "whole chunk", 4 * UNIT, 12 * UNIT, true },
	{ "whole newer chunk", 12 * UNIT, 20 * UNIT, true },
	{ "interior", 5 * UNIT, 9 * UNIT, true },
	{ "first byte", 4 * UNIT, 4 * UNIT + 1, true },
	{ "last byte", 20 * UNIT - 1, 20 * UNIT, true },
	{ "up to the edge", 19 * UNIT, 20 * UNIT, true },
	{ "byte below", 4 * UNIT - 1, 4 * UNIT },
	{ "byte above", 20 * UNIT, 20 * UNIT + 1 },
	{ "over the start", 3 * UNIT, 5 * UNIT },
	{ "byte over the start", 4 * UNIT - 1, 4 * UNIT + 1 },
	{ "over the end", 19 * UNIT, 21 * UNIT },
	{ "byte over the end", 20 * UNIT - 1, 20 * UNIT + 1 },
	{ "across both chunks", 11 * UNIT, 13 * UNIT },
	{ "both chunks", 4 * UNIT, 20 * UNIT },
	{ "more than the pool", 3 * UNIT, 21 * UNIT },
	{ "below", 0, 4 * UNIT },
	{ "above", 20 * UNIT, 24 * UNIT },
};

KUNIT_ARRAY_PARAM_DESC(range, range_cases, desc);

static void genalloc_has_addr_test(struct kunit *test)
{
	const struct range_case *c = test->param_value;
	struct test_pool *tp = tp_create(test, ORDER);
	unsigned long start = BASE + c->from;
	size_t size = c->to - c->from;

	tp_add(tp, BASE + 4 * UNIT, 8 * UNIT);
	tp_add(tp, BASE + 12 * UNIT, 8 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_has_addr(tp->pool, start, size),
			c->inside);

	/* Allocations make no difference. */
	tp_alloc(tp, 8 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_has_addr(tp->pool, start, size),
			c->inside);
}

/* What gen_pool_for_each_chunk() should show next. */
struct chunk_log {
	unsigned int nr;
	unsigned int wrong;
};

/* Called in an RCU read-side critical section: expectations may sleep. */
static void check_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			void *data)
{
	struct chunk_log *log = data;
	bool new = log->nr++ == 0;
	unsigned long start = new ? BASE + 64 * UNIT : BASE;

	if (chunk->start_addr != start ||
	    chunk->end_addr != start + 2 * UNIT - 1 ||
	    chunk->phys_addr != (new ? PHYS + 2 * UNIT : PHYS) ||
	    chunk->owner != (new ? &new_owner : &old_owner))
		log->wrong++;
}

static void genalloc_walk_chunks_test(struct kunit *test)
{
	struct test_pool *none = tp_create(test, ORDER);
	struct test_pool *tp = tp_create_owned(test);
	struct chunk_log log = {};

	gen_pool_for_each_chunk(none->pool, check_chunk, &log);
	KUNIT_EXPECT_EQ(test, log.nr, 0);
	gen_pool_for_each_chunk(tp->pool, check_chunk, &log);
	KUNIT_EXPECT_EQ(test, log.nr, 2);
	KUNIT_EXPECT_EQ(test, log.wrong, 0);
}

/*
 * DMA: the one place where the allocator writes to the memory
 */

#define DMA_UNITS	8
#define DMA_SIZE	(DMA_UNITS * UNIT)
#define DMA_POISON	0xa5

/* A pool of real memory, filled with DMA_POISON and aligned to its size. */
static struct test_pool *tp_create_dma(struct kunit *test, u8 **mem)
{
	u8 *buf = kunit_kmalloc(test, 2 * DMA_SIZE, GFP_KERNEL);
	struct test_pool *tp;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	*mem = PTR_ALIGN(buf, DMA_SIZE);
	memset(*mem, DMA_POISON, DMA_SIZE);
	tp = tp_create(test, ORDER);
	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_virt(tp->pool, (unsigned long)*mem, PHYS,
					  DMA_SIZE, NUMA_NO_NODE));
	return tp;
}

/* An allocation behind a block of one unit. */
struct dma_case {
	const char *desc;	/* description */
	/* allocates @size bytes */
	void *(*alloc)(struct gen_pool *pool, size_t size, dma_addr_t *dma);
	size_t size;		/* how many */
	unsigned int unit;	/* where it is */
	bool zeroed;		/* the memory is zeroed */
};

static void *dma_alloc_at_5(struct gen_pool *pool, size_t size, dma_addr_t *dma)
{
	return gen_pool_dma_alloc_algo(pool, size, dma, gen_pool_fixed_alloc,
				       AT(5));
}

static void *dma_zalloc_at_5(struct gen_pool *pool, size_t size, dma_addr_t *dma)
{
	return gen_pool_dma_zalloc_algo(pool, size, dma, gen_pool_fixed_alloc,
					AT(5));
}

static void *dma_alloc_aligned(struct gen_pool *pool, size_t size,
			       dma_addr_t *dma)
{
	return gen_pool_dma_alloc_align(pool, size, dma, 4 * UNIT);
}

static void *dma_zalloc_aligned(struct gen_pool *pool, size_t size,
				dma_addr_t *dma)
{
	return gen_pool_dma_zalloc_align(pool, size, dma, 4 * UNIT);
}

static const struct dma_case dma_cases[] = {
	{ "anywhere", gen_pool_dma_alloc, 4 * UNIT + 1, 1 },
	{ "at a place", dma_alloc_at_5, UNIT, 5 },
	{ "aligned", dma_alloc_aligned, 2 * UNIT, 4 },
	{ "zeroed", gen_pool_dma_zalloc, 4 * UNIT + 3, 1, true },
	{ "zeroed, at a place", dma_zalloc_at_5, UNIT, 5, true },
	{ "zeroed, aligned", dma_zalloc_aligned, 3 * UNIT, 4, true },
};

KUNIT_ARRAY_PARAM_DESC(dma, dma_cases, desc);

/* Only the @nr bytes from @from on are zero. What rounding added may be. */
static void expect_zeroed(struct kunit *test, const u8 *mem, size_t from,
			  size_t nr)
{
	size_t end = round_up(from + nr, UNIT);

	KUNIT_EXPECT_NULL(test, memchr_inv(mem + from, 0, nr));
	KUNIT_EXPECT_NULL(test, memchr_inv(mem, DMA_POISON, from));
	KUNIT_EXPECT_NULL(test,
			  memchr_inv(mem + end, DMA_POISON, DMA_SIZE - end));
}

static void genalloc_dma_test(struct kunit *test)
{
	const struct dma_case *c = test->param_value;
	struct test_pool *tp;
	dma_addr_t dma = 0;
	void *vaddr;
	u8 *mem;

	tp = tp_create_dma(test, &mem);
	tp_alloc(tp, UNIT);
	vaddr = c->alloc(tp->pool, c->size, &dma);
	tp_record(tp, (unsigned long)vaddr, c->size);
	KUNIT_EXPECT_PTR_EQ(test, vaddr, (void *)(mem + c->unit * UNIT));
	KUNIT_EXPECT_EQ(test, dma, PHYS + c->unit * UNIT);
	expect_zeroed(test, mem, c->unit * UNIT, c->zeroed ? c->size : 0);

	/* There is no second place for it, nor for more than there is. */
	KUNIT_EXPECT_NULL(test, c->alloc(tp->pool, c->size, &dma));
	KUNIT_EXPECT_NULL(test, c->alloc(tp->pool, DMA_SIZE + 1, &dma));
	expect_zeroed(test, mem, c->unit * UNIT, c->zeroed ? c->size : 0);

	/* The other address is not asked for. */
	tp_free(tp, (unsigned long)vaddr);
	vaddr = c->alloc(tp->pool, c->size, NULL);
	tp_record(tp, (unsigned long)vaddr, c->size);
	KUNIT_EXPECT_PTR_EQ(test, vaddr, (void *)(mem + c->unit * UNIT));
}

/* These take no pool for an empty one. The others need to look into it. */
static void genalloc_dma_no_pool_test(struct kunit *test)
{
	dma_addr_t dma;

	KUNIT_EXPECT_NULL(test,
			  gen_pool_dma_alloc_algo(NULL, UNIT, &dma,
						  gen_pool_first_fit, NULL));
	KUNIT_EXPECT_NULL(test,
			  gen_pool_dma_zalloc_algo(NULL, UNIT, &dma,
						   gen_pool_first_fit, NULL));
	KUNIT_EXPECT_NULL(test,
			  gen_pool_dma_alloc_align(NULL, UNIT, &dma, UNIT));
	KUNIT_EXPECT_NULL(test,
			  gen_pool_dma_zalloc_align(NULL, UNIT, &dma, UNIT));
}

/*
 * Pools of devices
 */

static struct device *make_device(struct kunit *test, const char *name)
{
	struct device *dev = kunit_device_register(test, name);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	return dev;
}

static struct gen_pool *make_devm_pool(struct kunit *test, struct device *dev,
				       const char *name)
{
	struct gen_pool *pool;

	pool = devm_gen_pool_create(dev, ORDER, NUMA_NO_NODE, name);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pool);
	return pool;
}

static void genalloc_devm_test(struct kunit *test)
{
	struct device *dev = make_device(test, "genalloc");
	struct gen_pool *pool = make_devm_pool(test, dev, "ram");
	unsigned long addr;

	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add(pool, BASE, 4 * UNIT, NUMA_NO_NODE));
	addr = gen_pool_alloc(pool, 4 * UNIT);
	KUNIT_EXPECT_EQ(test, addr, BASE);
	if (addr)
		gen_pool_free(pool, addr, 4 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), 4 * UNIT);

	/* The device takes its pools along. */
	kunit_device_unregister(test, dev);
}

/* Each by its name, which is its own; two devices may use one name. */
static void genalloc_get_test(struct kunit *test)
{
	struct device *dev = make_device(test, "genalloc");
	struct device *other = make_device(test, "genalloc-other");
	struct device *none = make_device(test, "genalloc-none");
	char name[] = "ram";
	struct gen_pool *a = make_devm_pool(test, dev, name);
	struct gen_pool *b = make_devm_pool(test, dev, "b");
	struct gen_pool *unnamed, *again;

	KUNIT_EXPECT_NULL(test, gen_pool_get(dev, NULL));
	unnamed = make_devm_pool(test, dev, NULL);
	again = make_devm_pool(test, other, "ram");
	strscpy(name, "rom", sizeof(name));

	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(dev, "ram"), a);
	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(dev, "b"), b);
	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(dev, NULL), unnamed);
	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(other, "ram"), again);
	KUNIT_EXPECT_NULL(test, gen_pool_get(dev, name));
	KUNIT_EXPECT_NULL(test, gen_pool_get(dev, "ra"));
	KUNIT_EXPECT_NULL(test, gen_pool_get(dev, "ram0"));
	KUNIT_EXPECT_NULL(test, gen_pool_get(dev, ""));
	KUNIT_EXPECT_NULL(test, gen_pool_get(other, NULL));
	KUNIT_EXPECT_NULL(test, gen_pool_get(none, "ram"));
	KUNIT_EXPECT_NULL(test, gen_pool_get(none, NULL));

	again = devm_gen_pool_create(dev, ORDER, NUMA_NO_NODE, "ram");
	KUNIT_EXPECT_EQ(test, PTR_ERR(again), -EINVAL);
	again = devm_gen_pool_create(dev, ORDER, NUMA_NO_NODE, NULL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(again), -EINVAL);
}

static void genalloc_of_get_absent_test(struct kunit *test)
{
	__be32 phandle = cpu_to_be32(0x7ffffff0);
	struct property prop = {
		.name = "sram",
		.length = sizeof(phandle),
		.value = &phandle,
	};
	struct device_node *np = kunit_kzalloc(test, sizeof(*np), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, np);
	KUNIT_EXPECT_NULL(test, of_gen_pool_get(NULL, "sram", 0));
	KUNIT_EXPECT_NULL(test, of_gen_pool_get(np, "sram", 0));

	/* Points to a node that is not there. */
	np->properties = &prop;
	KUNIT_EXPECT_NULL(test, of_gen_pool_get(np, "sram", 0));
	KUNIT_EXPECT_NULL(test, of_gen_pool_get(np, "sram", 1));
	KUNIT_EXPECT_NULL(test, of_gen_pool_get(np, "iram", 0));
}

/*
 * A long mixed run against the plainest model of a pool there can be
 */

#define TRACE_STEPS	1500
#define TRACE_PHASE	100
#define TRACE_ALIGN	(4 * UNIT)

enum trace_algo { FIRST_FIT, FIRST_FIT_ALIGN, FIRST_FIT_ORDER, BEST_FIT };

/* A run of random allocations and frees. */
struct trace_case {
	const char *desc;	/* description */
	u32 seed;		/* seed of the random numbers */
	enum trace_algo algo;	/* how blocks are placed */
	unsigned int max_order;	/* blocks have up to 1 << @max_order units */
	/* the chunks start that many units past an aligned address */
	unsigned int skew;
	unsigned int units[2];	/* units of the newer and of the older chunk */
};

static const struct trace_case trace_cases[] = {
	{ "first fit, singles and pairs", 1, FIRST_FIT, 1, 0, { 61, 64 } },
	{ "first fit, small blocks", 2, FIRST_FIT, 4, 0, { 130, 33 } },
	{ "first fit, large blocks", 3, FIRST_FIT, 7, 0, { 257, 191 } },
	{ "first fit, all sizes", 4, FIRST_FIT, 6, 0, { 31, 255 } },
	{ "aligned, small blocks", 5, FIRST_FIT_ALIGN, 3, 0, { 128, 67 } },
	{ "aligned, skewed chunks", 6, FIRST_FIT_ALIGN, 5, 3, { 129, 250 } },
	{ "order aligned, small blocks", 7, FIRST_FIT_ORDER, 3, 0, { 96, 97 } },
	{ "order aligned, large blocks", 8, FIRST_FIT_ORDER, 6, 1, { 200, 256 } },
	{ "best fit, small blocks", 9, BEST_FIT, 3, 0, { 127, 66 } },
	{ "best fit, large blocks", 10, BEST_FIT, 6, 0, { 256, 193 } },
};

KUNIT_ARRAY_PARAM_DESC(trace, trace_cases, desc);

/* Model of one chunk. */
struct shadow {
	unsigned long start;	/* its first address */
	unsigned int units;	/* its units */
	/* for each unit the number of the block it belongs to, 0 if free */
	u16 owner[288];
};

/* State of a run. */
struct trace {
	const struct trace_case *c;	/* what to run */
	struct test_pool *tp;	/* the pool */
	struct rnd_state rnd;	/* state of the random numbers */
	unsigned int step;	/* steps done */
	struct shadow chunk[2];	/* the newer and the older chunk */
};

/* Number of free units from @at on. */
static unsigned int shadow_room(const struct shadow *s, unsigned int at)
{
	unsigned int end = at;

	while (end < s->units && !s->owner[end])
		end++;
	return end - at;
}

/* Whether the algorithm may begin a block of @nr units at @at. */
static bool trace_may_begin(const struct trace *t, const struct shadow *s,
			    unsigned int at, unsigned int nr)
{
	switch (t->c->algo) {
	case FIRST_FIT_ALIGN:
		return IS_ALIGNED(s->start + at * UNIT, TRACE_ALIGN);
	case FIRST_FIT_ORDER:
		return IS_ALIGNED(at, roundup_pow_of_two(nr));
	case BEST_FIT:
		return !at || s->owner[at - 1];
	default:
		return true;
	}
}

/* The unit at which a block of @nr units must begin, or NO_ROOM. */
static int trace_place(const struct trace *t, const struct shadow *s,
		       unsigned int nr)
{
	unsigned int at, room, best_room = UINT_MAX;
	int best = NO_ROOM;

	for (at = 0; at < s->units; at++) {
		room = shadow_room(s, at);
		if (room < nr || room >= best_room ||
		    !trace_may_begin(t, s, at, nr))
			continue;
		if (t->c->algo != BEST_FIT)
			return at;
		best = at;
		best_room = room;
	}
	return best;
}

static void shadow_set(struct shadow *s, unsigned int at, unsigned int nr,
		       u16 owner)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		s->owner[at + i] = owner;
}

/* Enter a block into the model. Returns the address it must have. */
static unsigned long trace_model_alloc(struct trace *t, unsigned int nr)
{
	unsigned int i;
	int at;

	for (i = 0; i < ARRAY_SIZE(t->chunk); i++) {
		at = trace_place(t, &t->chunk[i], nr);
		if (at == NO_ROOM)
			continue;
		shadow_set(&t->chunk[i], at, nr, t->step + 1);
		return t->chunk[i].start + at * UNIT;
	}
	return 0;
}

static void trace_model_free(struct trace *t, const struct block *block)
{
	struct shadow *s = &t->chunk[0];

	if (block->addr < s->start ||
	    block->addr >= s->start + s->units * UNIT)
		s = &t->chunk[1];
	shadow_set(s, (block->addr - s->start) / UNIT,
		   DIV_ROUND_UP(block->size, UNIT), 0);
}

static unsigned long trace_pool_alloc(struct trace *t, size_t size)
{
	struct genpool_data_align align = { .align = TRACE_ALIGN };

	switch (t->c->algo) {
	case FIRST_FIT_ALIGN:
		return tp_alloc_algo(t->tp, size, gen_pool_first_fit_align,
				     &align);
	case FIRST_FIT_ORDER:
		return tp_alloc_algo(t->tp, size,
				     gen_pool_first_fit_order_align, NULL);
	case BEST_FIT:
		return tp_alloc_algo(t->tp, size, gen_pool_best_fit, NULL);
	default:
		return tp_alloc(t->tp, size);
	}
}

static u32 trace_below(struct trace *t, u32 bound)
{
	return prandom_u32_state(&t->rnd) % bound;
}

static void trace_alloc(struct trace *t)
{
	unsigned int order = trace_below(t, t->c->max_order + 1);
	unsigned int nr = 1 + trace_below(t, 1U << order);
	size_t size = nr * UNIT - trace_below(t, UNIT);
	unsigned long expect = trace_model_alloc(t, nr);

	KUNIT_ASSERT_EQ_MSG(t->tp->test, trace_pool_alloc(t, size), expect,
			    "seed %u, step %u: %u units", t->c->seed, t->step,
			    nr);
}

static void trace_free(struct trace *t)
{
	struct block block = t->tp->live[trace_below(t, t->tp->nr)];

	trace_model_free(t, &block);
	tp_free(t->tp, block.addr);
}

/* Phases that mostly allocate take turns with phases that mostly free. */
static void trace_step(struct trace *t)
{
	bool filling = t->step / TRACE_PHASE % 2 == 0;
	bool usual = trace_below(t, 4);

	if (filling == usual || !t->tp->nr)
		trace_alloc(t);
	else
		trace_free(t);
}

static struct trace *trace_start(struct kunit *test)
{
	struct trace *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->c = test->param_value;
	prandom_seed_state(&t->rnd, t->c->seed);
	t->tp = tp_create(test, ORDER);
	t->chunk[0].start = BASE + t->c->skew * UNIT;
	t->chunk[0].units = t->c->units[0];
	t->chunk[1].start = BASE + (1024 + t->c->skew) * UNIT;
	t->chunk[1].units = t->c->units[1];
	tp_add(t->tp, t->chunk[1].start, t->c->units[1] * UNIT);
	tp_add(t->tp, t->chunk[0].start, t->c->units[0] * UNIT);
	return t;
}

static void genalloc_trace_test(struct kunit *test)
{
	struct trace *t = trace_start(test);
	struct shadow *chunk = t->chunk;

	for (t->step = 0; t->step < TRACE_STEPS; t->step++)
		trace_step(t);
	while (t->tp->nr)
		trace_free(t);

	/* No unit is lost. */
	KUNIT_EXPECT_EQ(test, tp_alloc(t->tp, chunk[0].units * UNIT),
			chunk[0].start);
	KUNIT_EXPECT_EQ(test, tp_alloc(t->tp, chunk[1].units * UNIT),
			chunk[1].start);
}

static struct kunit_case genalloc_test_cases[] = {
	KUNIT_CASE(genalloc_create_test),
	KUNIT_CASE(genalloc_add_test),
	KUNIT_CASE(genalloc_newest_chunk_first_test),
	KUNIT_CASE(genalloc_adjacent_chunks_test),
	KUNIT_CASE_PARAM(genalloc_order_test, order_gen_params),
	KUNIT_CASE_PARAM(genalloc_start_test, start_gen_params),
	KUNIT_CASE(genalloc_alloc_too_large_test),
	KUNIT_CASE(genalloc_exhaustion_test),
	KUNIT_CASE(genalloc_fragmentation_test),
	KUNIT_CASE_PARAM(genalloc_rounding_test, rounding_gen_params),
	KUNIT_CASE_PARAM(genalloc_word_edges_test, edge_gen_params),
	KUNIT_CASE_PARAM(genalloc_chunk_end_test, edge_gen_params),
	KUNIT_CASE(genalloc_large_chunk_test),
	KUNIT_CASE(genalloc_context_test),
	KUNIT_CASE_PARAM(genalloc_fit_test, fit_gen_params),
	KUNIT_CASE(genalloc_fit_chunks_test),
	KUNIT_CASE(genalloc_fixed_chunks_test),
	KUNIT_CASE(genalloc_set_algo_test),
	KUNIT_CASE(genalloc_set_algo_elsewhere_test),
	KUNIT_CASE(genalloc_custom_algo_test),
	KUNIT_CASE(genalloc_owner_test),
	KUNIT_CASE(genalloc_owner_absent_test),
	KUNIT_CASE(genalloc_owner_algo_test),
	KUNIT_CASE(genalloc_virt_to_phys_test),
	KUNIT_CASE_PARAM(genalloc_has_addr_test, range_gen_params),
	KUNIT_CASE(genalloc_walk_chunks_test),
	KUNIT_CASE_PARAM(genalloc_dma_test, dma_gen_params),
	KUNIT_CASE(genalloc_dma_no_pool_test),
	KUNIT_CASE(genalloc_devm_test),
	KUNIT_CASE(genalloc_get_test),
	KUNIT_CASE(genalloc_of_get_absent_test),
	KUNIT_CASE_PARAM(genalloc_trace_test, trace_gen_params),
	{}
};

static struct kunit_suite genalloc_test_suite = {
	.name = "genalloc",
	.test_cases = genalloc_test_cases,
};

kunit_test_suite(genalloc_test_suite);

MODULE_DESCRIPTION("KUnit tests of the special memory allocator");
MODULE_LICENSE("GPL");
