// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the special memory allocator, lib/genalloc.c.
 *
 * They state what callers of the gen_pool functions rely on and know nothing
 * of how a pool keeps its books: only addresses, sizes and owners are looked
 * at. A pool never touches the memory it manages, so all chunks but those of
 * the DMA tests lie at made-up addresses.
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
	struct gen_pool *pool = gen_pool_create(ORDER, NUMA_NO_NODE);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), 0);
	gen_pool_destroy(pool);
}

static void genalloc_create_without_memory_test(struct kunit *test)
{
	struct test_pool *tp = tp_create(test, ORDER);

	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 1), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc_algo(tp, 1, gen_pool_best_fit, NULL), 0);
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(tp->pool, BASE, 1));
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(tp->pool, BASE),
			(phys_addr_t)-1);
}

static void genalloc_add_test(struct kunit *test)
{
	struct test_pool *tp = tp_create(test, ORDER);

	tp_add(tp, BASE, 4 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_size(tp->pool), 4 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 4 * UNIT);
	tp_expect_singles(tp, BASE, 4);
}

static void genalloc_add_virt_test(struct kunit *test)
{
	struct test_pool *tp = tp_create(test, ORDER);

	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_virt(tp->pool, BASE, PHYS, 4 * UNIT,
					  NUMA_NO_NODE));
	KUNIT_EXPECT_EQ(test, gen_pool_size(tp->pool), 4 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(tp->pool, BASE), PHYS);
	tp_expect_singles(tp, BASE, 4);
}

/* A pool that is full takes more memory and goes on. */
static void genalloc_add_later_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 4);

	tp_expect_singles(tp, BASE, 4);
	tp_add(tp, BASE + 64 * UNIT, 3 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_size(tp->pool), 7 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 3 * UNIT);
	tp_expect_singles(tp, BASE + 64 * UNIT, 3);
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

/* A free goes to the chunk that the block came from. */
static void genalloc_free_into_chunks_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 3);
	unsigned long newer = BASE + 8 * UNIT;

	tp_add(tp, newer, 2 * UNIT);
	tp_alloc(tp, 2 * UNIT);
	tp_alloc(tp, 3 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 0);
	tp_free(tp, BASE);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 3 * UNIT), BASE);
	tp_free(tp, newer);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 3 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 2 * UNIT), newer);
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

/**
 * struct start_case - Where a chunk may lie.
 * @desc: Description.
 * @start: Its first address.
 */
struct start_case {
	const char *desc;
	unsigned long start;
};

#define START_UNITS	67UL

static const struct start_case start_cases[] = {
	{ .desc = "aligned", .start = BASE },
	{ .desc = "one past a unit", .start = BASE + 1 },
	{ .desc = "inside a unit", .start = BASE + 20 },
	{ .desc = "last byte of a unit", .start = BASE + UNIT - 1 },
	{ .desc = "lowest address but 0", .start = 1 },
	{ .desc = "first unit but 0", .start = UNIT },
	{ .desc = "up to the sign bit",
	  .start = (1UL << (BITS_PER_LONG - 1)) - START_UNITS * UNIT },
	{ .desc = "across the sign bit",
	  .start = (1UL << (BITS_PER_LONG - 1)) - 3 * UNIT },
	{ .desc = "one short of the last address",
	  .start = ULONG_MAX - START_UNITS * UNIT },
	{ .desc = "up to the last address",
	  .start = ULONG_MAX - START_UNITS * UNIT + 1 },
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

static void genalloc_alloc_free_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 8);
	unsigned long a, b;

	a = tp_alloc(tp, 3 * UNIT);
	KUNIT_EXPECT_EQ(test, a, BASE);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 5 * UNIT);
	b = tp_alloc(tp, 2 * UNIT);
	KUNIT_EXPECT_EQ(test, b, BASE + 3 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 3 * UNIT);

	tp_free(tp, a);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 6 * UNIT);
	tp_free(tp, b);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 8 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_size(tp->pool), 8 * UNIT);
}

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

/**
 * struct rounding_case - How many units an allocation takes.
 * @size: Bytes asked for.
 * @units: Units taken.
 */
struct rounding_case {
	size_t size;
	unsigned int units;
};

static const struct rounding_case rounding_cases[] = {
	{ .size = 1, .units = 1 },
	{ .size = UNIT - 1, .units = 1 },
	{ .size = UNIT, .units = 1 },
	{ .size = UNIT + 1, .units = 2 },
	{ .size = 2 * UNIT - 1, .units = 2 },
	{ .size = 2 * UNIT, .units = 2 },
	{ .size = 2 * UNIT + 1, .units = 3 },
	{ .size = 63 * UNIT + 1, .units = 64 },
	{ .size = 64 * UNIT, .units = 64 },
	{ .size = 64 * UNIT + 1, .units = 65 },
};

static void rounding_case_to_desc(const struct rounding_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes", c->size);
}

KUNIT_ARRAY_PARAM(rounding, rounding_cases, rounding_case_to_desc);

static void genalloc_rounding_test(struct kunit *test)
{
	const struct rounding_case *c = test->param_value;
	struct test_pool *tp = tp_create_units(test, 67);
	unsigned long next = BASE + c->units * UNIT;

	KUNIT_EXPECT_EQ(test, tp_alloc(tp, c->size), BASE);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), (67 - c->units) * UNIT);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, UNIT), next);
	tp_free(tp, BASE);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 66 * UNIT);
}

/* Any size that rounds to the same units will do for a free. */
static void genalloc_rounding_free_test(struct kunit *test)
{
	const struct rounding_case *c = test->param_value;
	struct test_pool *tp = tp_create_units(test, 67);
	size_t least = (c->units - 1) * UNIT + 1;

	KUNIT_ASSERT_EQ(test, tp_alloc(tp, c->size), BASE);
	tp_forget(tp, BASE);
	gen_pool_free(tp->pool, BASE, least);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 67 * UNIT);

	KUNIT_ASSERT_EQ(test, tp_alloc(tp, c->size), BASE);
	tp_forget(tp, BASE);
	gen_pool_free(tp->pool, BASE, c->units * UNIT);
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

/* The books through a sequence of calls, over two chunks. */
static void genalloc_avail_size_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 10);
	unsigned long a, b, c;

	a = tp_alloc(tp, 4 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 6 * UNIT);
	tp_add(tp, BASE + 32 * UNIT, 5 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 11 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_size(tp->pool), 15 * UNIT);

	b = tp_alloc(tp, 5 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 6 * UNIT);
	c = tp_alloc(tp, 5 * UNIT + 1);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 0);
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 1), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 0);

	tp_free(tp, a);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 4 * UNIT);
	tp_free(tp, c);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 10 * UNIT);
	tp_free(tp, b);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 15 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_size(tp->pool), 15 * UNIT);
}

/**
 * struct context_log - What calls in some context have returned.
 * @pool: The pool.
 * @timer: Brings about the context, if it is that of a timer.
 * @done: All is called.
 * @first: Address of a single.
 * @second: Address of a block of 40 units.
 * @third: Address of one that is too large.
 * @avail: What was available with all blocks taken.
 */
struct context_log {
	struct gen_pool *pool;
	struct timer_list timer;
	struct completion done;
	unsigned long first;
	unsigned long second;
	unsigned long third;
	size_t avail;
};

static void call_pool(struct context_log *log)
{
	log->first = gen_pool_alloc(log->pool, UNIT);
	log->second = gen_pool_alloc_algo(log->pool, 40 * UNIT,
					  gen_pool_best_fit, NULL);
	log->third = gen_pool_alloc(log->pool, 100 * UNIT);
	log->avail = gen_pool_avail(log->pool);
	if (log->first)
		gen_pool_free(log->pool, log->first, UNIT);
	if (log->second)
		gen_pool_free(log->pool, log->second, 40 * UNIT);
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

/**
 * struct context_case - A context in which a pool must work.
 * @desc: Description.
 * @call: Calls call_pool() there.
 */
struct context_case {
	const char *desc;
	void (*call)(struct context_log *log);
};

static const struct context_case context_cases[] = {
	{ .desc = "task", .call = call_pool },
	{ .desc = "interrupts off", .call = call_with_interrupts_off },
	{ .desc = "timer", .call = call_in_timer },
};

KUNIT_ARRAY_PARAM_DESC(context, context_cases, desc);

static void genalloc_context_test(struct kunit *test)
{
	const struct context_case *c = test->param_value;
	struct test_pool *tp = tp_create_units(test, 100);
	struct context_log *log = kunit_kzalloc(test, sizeof(*log), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, log);
	log->pool = tp->pool;
	log->third = 1;
	c->call(log);
	KUNIT_EXPECT_EQ(test, log->first, BASE);
	KUNIT_EXPECT_EQ(test, log->second, BASE + UNIT);
	KUNIT_EXPECT_EQ(test, log->third, 0);
	KUNIT_EXPECT_EQ(test, log->avail, 59 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 100 * UNIT);
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

/**
 * struct fit_case - Where an algorithm places a block.
 * @desc: Description.
 * @algo: The algorithm.
 * @data: Its data.
 * @skew: The chunk starts that many units past an aligned address.
 * @layout: A character a unit of the chunk: 'x' in use, '.' free.
 * @nr: Units asked for.
 * @expect: The unit at which the block begins, or NO_ROOM.
 */
struct fit_case {
	const char *desc;
	genpool_algo_t algo;
	void *data;
	unsigned int skew;
	const char *layout;
	unsigned int nr;
	int expect;
};

static const struct fit_case fit_cases[] = {
	/* The lowest hole that is large enough */
	{ .desc = "first: empty chunk", .algo = gen_pool_first_fit,
	  .layout = FREE8, .nr = 3, .expect = 0 },
	{ .desc = "first: lowest hole", .algo = gen_pool_first_fit,
	  .layout = "x..x....", .nr = 2, .expect = 1 },
	{ .desc = "first: skips a hole too small", .algo = gen_pool_first_fit,
	  .layout = "x..x....", .nr = 3, .expect = 4 },
	{ .desc = "first: lowest, not smallest", .algo = gen_pool_first_fit,
	  .layout = "....x..x", .nr = 2, .expect = 0 },
	{ .desc = "first: end of chunk", .algo = gen_pool_first_fit,
	  .layout = "xxxxxx..", .nr = 2, .expect = 6 },
	{ .desc = "first: over the end of chunk", .algo = gen_pool_first_fit,
	  .layout = "xxxxxx..", .nr = 3, .expect = NO_ROOM },
	{ .desc = "first: holes too small", .algo = gen_pool_first_fit,
	  .layout = "..x..x..", .nr = 3, .expect = NO_ROOM },
	{ .desc = "first: full", .algo = gen_pool_first_fit,
	  .layout = X8, .nr = 1, .expect = NO_ROOM },
	{ .desc = "first: over unit 32", .algo = gen_pool_first_fit,
	  .layout = X31 "..x", .nr = 2, .expect = 31 },
	{ .desc = "first: over unit 64", .algo = gen_pool_first_fit,
	  .layout = X63 "..x", .nr = 2, .expect = 63 },
	{ .desc = "first: from unit 32", .algo = gen_pool_first_fit,
	  .layout = X31 "x" FREE32 "x", .nr = 32, .expect = 32 },
	{ .desc = "first: from unit 31 to 95", .algo = gen_pool_first_fit,
	  .layout = X31 FREE32 FREE32 "x", .nr = 64, .expect = 31 },
	{ .desc = "first: one less than asked", .algo = gen_pool_first_fit,
	  .layout = X31 FREE32 FREE32 "x", .nr = 65, .expect = NO_ROOM },

	/* The smallest hole that is large enough, the lowest of several */
	{ .desc = "best: empty chunk", .algo = gen_pool_best_fit,
	  .layout = FREE8, .nr = 3, .expect = 0 },
	{ .desc = "best: exact hole is last", .algo = gen_pool_best_fit,
	  .layout = ".....x...x..", .nr = 2, .expect = 10 },
	{ .desc = "best: exact hole is in between", .algo = gen_pool_best_fit,
	  .layout = ".....x..x...", .nr = 2, .expect = 6 },
	{ .desc = "best: exact hole is first", .algo = gen_pool_best_fit,
	  .layout = "..x.....x..", .nr = 2, .expect = 0 },
	{ .desc = "best: smallest is larger than asked",
	  .algo = gen_pool_best_fit,
	  .layout = ".....x...x....", .nr = 2, .expect = 6 },
	{ .desc = "best: lowest of equals", .algo = gen_pool_best_fit,
	  .layout = "....x...x...x...", .nr = 2, .expect = 5 },
	{ .desc = "best: ends with the chunk", .algo = gen_pool_best_fit,
	  .layout = ".....x....x...", .nr = 2, .expect = 11 },
	{ .desc = "best: end of chunk is larger", .algo = gen_pool_best_fit,
	  .layout = "...x....", .nr = 2, .expect = 0 },
	{ .desc = "best: passes holes too small", .algo = gen_pool_best_fit,
	  .layout = "..x.....x..x....x", .nr = 3, .expect = 12 },
	{ .desc = "best: holes too small", .algo = gen_pool_best_fit,
	  .layout = "..x..x..", .nr = 3, .expect = NO_ROOM },
	{ .desc = "best: full", .algo = gen_pool_best_fit,
	  .layout = X8, .nr = 1, .expect = NO_ROOM },
	{ .desc = "best: beyond unit 32", .algo = gen_pool_best_fit,
	  .layout = X31 "...x..", .nr = 2, .expect = 35 },
	{ .desc = "best: beyond unit 64", .algo = gen_pool_best_fit,
	  .layout = FREE32 X31 "...x..x", .nr = 2, .expect = 67 },

	/* Aligned addresses, also where the chunk itself is not aligned */
	{ .desc = "align: to a byte", .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(1), .layout = "x...", .nr = 1, .expect = 1 },
	{ .desc = "align: to less than a unit",
	  .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(UNIT / 2), .layout = "x...", .nr = 1, .expect = 1 },
	{ .desc = "align: to a unit", .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(UNIT), .layout = "x...", .nr = 1, .expect = 1 },
	{ .desc = "align: to two units", .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(2 * UNIT), .layout = "x...", .nr = 1, .expect = 2 },
	{ .desc = "align: more than the size",
	  .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(8 * UNIT), .layout = "x" FREE8 FREE8, .nr = 3,
	  .expect = 8 },
	{ .desc = "align: next place is taken",
	  .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(4 * UNIT), .layout = "x....x.......", .nr = 3,
	  .expect = 8 },
	{ .desc = "align: all places are taken",
	  .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(4 * UNIT), .layout = "x...x...", .nr = 1,
	  .expect = NO_ROOM },
	{ .desc = "align: over the end of chunk",
	  .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(4 * UNIT), .layout = "x.....", .nr = 3,
	  .expect = NO_ROOM },
	{ .desc = "align: more than the chunk",
	  .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(1 << 20), .layout = FREE8, .nr = 1, .expect = 0 },
	{ .desc = "align: more than the chunk, taken",
	  .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(1 << 20), .layout = "x.......", .nr = 1,
	  .expect = NO_ROOM },
	{ .desc = "align: skewed by 1 of 4", .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(4 * UNIT), .skew = 1, .layout = FREE8, .nr = 2,
	  .expect = 3 },
	{ .desc = "align: skewed by 2 of 4", .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(4 * UNIT), .skew = 2, .layout = "..x.....", .nr = 2,
	  .expect = 6 },
	{ .desc = "align: skewed by 3 of 4", .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(4 * UNIT), .skew = 3, .layout = FREE8, .nr = 2,
	  .expect = 1 },
	{ .desc = "align: skewed by 5 of 4", .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(4 * UNIT), .skew = 5, .layout = "....x...", .nr = 1,
	  .expect = 3 },
	{ .desc = "align: skewed, no place", .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(16 * UNIT), .skew = 1, .layout = FREE8, .nr = 1,
	  .expect = NO_ROOM },
	{ .desc = "align: skewed, over unit 32",
	  .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(8 * UNIT), .skew = 1, .layout = X31 FREE32, .nr = 9,
	  .expect = 31 },
	{ .desc = "align: beyond unit 64", .algo = gen_pool_first_fit_align,
	  .data = ALIGN_TO(32 * UNIT), .layout = X63 FREE32 FREE32, .nr = 33,
	  .expect = 64 },

	/* Aligned to the size rounded up, counted from the start of chunk */
	{ .desc = "order: 1 unit", .algo = gen_pool_first_fit_order_align,
	  .layout = "x.......", .nr = 1, .expect = 1 },
	{ .desc = "order: 2 units", .algo = gen_pool_first_fit_order_align,
	  .layout = "x.......", .nr = 2, .expect = 2 },
	{ .desc = "order: 3 units", .algo = gen_pool_first_fit_order_align,
	  .layout = "x.......", .nr = 3, .expect = 4 },
	{ .desc = "order: 4 units", .algo = gen_pool_first_fit_order_align,
	  .layout = "...x....", .nr = 4, .expect = 4 },
	{ .desc = "order: 5 units", .algo = gen_pool_first_fit_order_align,
	  .layout = "x......." FREE8, .nr = 5, .expect = 8 },
	{ .desc = "order: skewed chunk",
	  .algo = gen_pool_first_fit_order_align,
	  .skew = 3, .layout = "x.......", .nr = 4, .expect = 4 },
	{ .desc = "order: next place is taken",
	  .algo = gen_pool_first_fit_order_align,
	  .layout = "x...x.......", .nr = 4, .expect = 8 },
	{ .desc = "order: all places are taken",
	  .algo = gen_pool_first_fit_order_align,
	  .layout = "x......x", .nr = 4, .expect = NO_ROOM },
	{ .desc = "order: over the end of chunk",
	  .algo = gen_pool_first_fit_order_align,
	  .layout = "x......", .nr = 4, .expect = NO_ROOM },
	{ .desc = "order: beyond unit 32",
	  .algo = gen_pool_first_fit_order_align,
	  .layout = X31 FREE32 FREE32, .nr = 17, .expect = 32 },
	{ .desc = "order: from unit 64",
	  .algo = gen_pool_first_fit_order_align,
	  .layout = X63 FREE32 FREE32 FREE8, .nr = 33, .expect = 64 },

	/* This very place or none */
	{ .desc = "fixed: first unit", .algo = gen_pool_fixed_alloc,
	  .data = AT(0), .layout = FREE8, .nr = 1, .expect = 0 },
	{ .desc = "fixed: inside", .algo = gen_pool_fixed_alloc,
	  .data = AT(3), .layout = FREE8, .nr = 2, .expect = 3 },
	{ .desc = "fixed: exact hole", .algo = gen_pool_fixed_alloc,
	  .data = AT(3), .layout = "xxx..xxx", .nr = 2, .expect = 3 },
	{ .desc = "fixed: skewed chunk", .algo = gen_pool_fixed_alloc,
	  .data = AT(3), .skew = 1, .layout = FREE8, .nr = 2, .expect = 3 },
	{ .desc = "fixed: last unit", .algo = gen_pool_fixed_alloc,
	  .data = AT(7), .layout = FREE8, .nr = 1, .expect = 7 },
	{ .desc = "fixed: whole chunk", .algo = gen_pool_fixed_alloc,
	  .data = AT(0), .layout = FREE8, .nr = 8, .expect = 0 },
	{ .desc = "fixed: first unit is taken", .algo = gen_pool_fixed_alloc,
	  .data = AT(3), .layout = "...x....", .nr = 2, .expect = NO_ROOM },
	{ .desc = "fixed: last unit is taken", .algo = gen_pool_fixed_alloc,
	  .data = AT(3), .layout = "....x...", .nr = 2, .expect = NO_ROOM },
	{ .desc = "fixed: over the end of chunk", .algo = gen_pool_fixed_alloc,
	  .data = AT(7), .layout = FREE8, .nr = 2, .expect = NO_ROOM },
	{ .desc = "fixed: at the end of chunk", .algo = gen_pool_fixed_alloc,
	  .data = AT(8), .layout = FREE8, .nr = 1, .expect = NO_ROOM },
	{ .desc = "fixed: beyond the chunk", .algo = gen_pool_fixed_alloc,
	  .data = AT(1000), .layout = FREE8, .nr = 2, .expect = NO_ROOM },
	{ .desc = "fixed: over unit 32", .algo = gen_pool_fixed_alloc,
	  .data = AT(31), .layout = X31 "..x", .nr = 2, .expect = 31 },
	{ .desc = "fixed: over unit 64", .algo = gen_pool_fixed_alloc,
	  .data = AT(63), .layout = FREE32 FREE32 "..", .nr = 2,
	  .expect = 63 },
};

KUNIT_ARRAY_PARAM_DESC(fit, fit_cases, desc);

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

/**
 * struct algo_call - What an algorithm was called with.
 * @map: What it searches.
 * @size: Units of the chunk.
 * @start: Unit to begin at.
 * @nr: Units asked for.
 * @pool: The pool.
 * @start_addr: Start of the chunk.
 */
struct algo_call {
	unsigned long *map;
	unsigned long size;
	unsigned long start;
	unsigned int nr;
	struct gen_pool *pool;
	unsigned long start_addr;
};

/**
 * struct algo_log - Data of an algorithm that keeps a log.
 * @next: The algorithm that does the work, or NULL to find no room.
 * @calls: Number of calls.
 * @call: The first calls.
 */
struct algo_log {
	genpool_algo_t next;
	unsigned int calls;
	struct algo_call call[4];
};

static unsigned long logging_algo(unsigned long *map, unsigned long size,
				  unsigned long start, unsigned int nr,
				  void *data, struct gen_pool *pool,
				  unsigned long start_addr)
{
	struct algo_log *log = data;

	if (log->calls < ARRAY_SIZE(log->call))
		log->call[log->calls] = (struct algo_call){
			.map = map,
			.size = size,
			.start = start,
			.nr = nr,
			.pool = pool,
			.start_addr = start_addr,
		};
	log->calls++;
	if (!log->next)
		return size;
	return log->next(map, size, start, nr, NULL, pool, start_addr);
}

static void expect_algo_call(struct kunit *test, const struct algo_call *call,
			     const struct algo_call *expect)
{
	KUNIT_EXPECT_NOT_NULL(test, call->map);
	KUNIT_EXPECT_EQ(test, call->size, expect->size);
	KUNIT_EXPECT_EQ(test, call->start, expect->start);
	KUNIT_EXPECT_EQ(test, call->nr, expect->nr);
	KUNIT_EXPECT_PTR_EQ(test, call->pool, expect->pool);
	KUNIT_EXPECT_EQ(test, call->start_addr, expect->start_addr);
}

static void genalloc_custom_algo_test(struct kunit *test)
{
	struct algo_log log = { .next = gen_pool_first_fit };
	struct test_pool *tp = tp_create_units(test, 70);
	struct algo_call expect = {
		.size = 70,
		.nr = 4,
		.pool = tp->pool,
		.start_addr = BASE,
	};

	tp_alloc(tp, 5 * UNIT);
	KUNIT_EXPECT_EQ(test, BASE + 5 * UNIT,
			tp_alloc_algo(tp, 3 * UNIT + 1, logging_algo, &log));
	KUNIT_ASSERT_EQ(test, log.calls, 1);
	expect_algo_call(test, &log.call[0], &expect);

	gen_pool_set_algo(tp->pool, logging_algo, &log);
	expect.nr = 1;
	KUNIT_EXPECT_EQ(test, tp_alloc(tp, 1), BASE + 9 * UNIT);
	KUNIT_ASSERT_EQ(test, log.calls, 2);
	expect_algo_call(test, &log.call[1], &expect);
}

/* "No room" moves on to the next chunk, and fails after the last. */
static void genalloc_custom_algo_no_room_test(struct kunit *test)
{
	struct algo_log log = { .next = NULL };
	struct test_pool *tp = tp_create_units(test, 6);
	struct algo_call expect = { .nr = 2, .pool = tp->pool };

	tp_add(tp, BASE + 64 * UNIT, 33 * UNIT);
	KUNIT_EXPECT_EQ(test, 0,
			tp_alloc_algo(tp, 2 * UNIT, logging_algo, &log));
	KUNIT_ASSERT_EQ(test, log.calls, 2);

	expect.start_addr = BASE + 64 * UNIT;
	expect.size = 33;
	expect_algo_call(test, &log.call[0], &expect);
	expect.start_addr = BASE;
	expect.size = 6;
	expect_algo_call(test, &log.call[1], &expect);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), 39 * UNIT);
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
	unsigned long new, old;
	void *owner = NULL;

	new = tp_alloc_owner(tp, 2 * UNIT, &owner);
	KUNIT_EXPECT_EQ(test, new, BASE + 64 * UNIT);
	KUNIT_EXPECT_PTR_EQ(test, owner, (void *)&new_owner);
	old = tp_alloc_owner(tp, 2 * UNIT, &owner);
	KUNIT_EXPECT_EQ(test, old, BASE);
	KUNIT_EXPECT_PTR_EQ(test, owner, (void *)&old_owner);

	KUNIT_EXPECT_PTR_EQ(test, tp_free_owner(tp, new), (void *)&new_owner);
	KUNIT_EXPECT_PTR_EQ(test, tp_free_owner(tp, old), (void *)&old_owner);
}

static void genalloc_owner_alloc_fails_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_owned(test);
	void *owner = tp;

	KUNIT_EXPECT_EQ(test, tp_alloc_owner(tp, 3 * UNIT, &owner), 0);
	KUNIT_EXPECT_NULL(test, owner);
}

static void genalloc_owner_absent_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 2);
	void *owner = tp;

	KUNIT_EXPECT_EQ(test, tp_alloc_owner(tp, UNIT, &owner), BASE);
	KUNIT_EXPECT_NULL(test, owner);
	KUNIT_EXPECT_NULL(test, tp_free_owner(tp, BASE));
}

static void genalloc_owner_not_asked_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_owned(test);
	unsigned long addr = tp_alloc_owner(tp, UNIT, NULL);

	KUNIT_EXPECT_EQ(test, addr, BASE + 64 * UNIT);
	gen_pool_free_owner(tp->pool, addr, tp_forget(tp, addr), NULL);
	tp_check_avail(tp);
}

static void genalloc_owner_algo_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_owned(test);
	void *owner = NULL;
	unsigned long addr;

	/* Fills the second unit of the newer chunk, then of the older. */
	tp_alloc_algo(tp, UNIT, gen_pool_fixed_alloc, AT(1));
	addr = gen_pool_alloc_algo_owner(tp->pool, UNIT, gen_pool_fixed_alloc,
					 AT(1), &owner);
	KUNIT_EXPECT_EQ(test, tp_record(tp, addr, UNIT), BASE + UNIT);
	KUNIT_EXPECT_PTR_EQ(test, owner, (void *)&old_owner);

	addr = gen_pool_alloc_algo_owner(tp->pool, UNIT, gen_pool_fixed_alloc,
					 AT(1), &owner);
	KUNIT_EXPECT_EQ(test, tp_record(tp, addr, UNIT), 0);
	KUNIT_EXPECT_NULL(test, owner);
}

/*
 * Questions about addresses
 */

static void genalloc_virt_to_phys_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_owned(test);
	unsigned long newer = BASE + 64 * UNIT;

	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(tp->pool, BASE), PHYS);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(tp->pool, BASE + 5),
			PHYS + 5);
	KUNIT_EXPECT_EQ(test,
			gen_pool_virt_to_phys(tp->pool, BASE + 2 * UNIT - 1),
			PHYS + 2 * UNIT - 1);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(tp->pool, newer),
			PHYS + 2 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(tp->pool, newer + UNIT),
			PHYS + 3 * UNIT);
}

static void genalloc_virt_to_phys_outside_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_owned(test);
	const unsigned long outside[] = {
		1, BASE - 1, BASE + 2 * UNIT, BASE + 64 * UNIT - 1,
		BASE + 66 * UNIT, ULONG_MAX,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(outside); i++)
		KUNIT_EXPECT_EQ_MSG(test, (phys_addr_t)-1,
				    gen_pool_virt_to_phys(tp->pool, outside[i]),
				    "address %#lx", outside[i]);
}

/* Physical memory is not known: the start of chunk says so. */
static void genalloc_virt_to_phys_unknown_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_units(test, 2);

	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(tp->pool, BASE),
			(phys_addr_t)-1);
}

/**
 * struct range_case - Ranges around [4, 12) and [12, 20), two chunks.
 * @desc: Description.
 * @from: First byte of the range, from BASE on.
 * @to: First byte behind it.
 * @inside: Whether it lies in the pool.
 */
struct range_case {
	const char *desc;
	unsigned long from;
	unsigned long to;
	bool inside;
};

static const struct range_case range_cases[] = {
	{ .desc = "whole chunk",
	  .from = 4 * UNIT, .to = 12 * UNIT, .inside = true },
	{ .desc = "whole newer chunk",
	  .from = 12 * UNIT, .to = 20 * UNIT, .inside = true },
	{ .desc = "interior",
	  .from = 5 * UNIT, .to = 9 * UNIT, .inside = true },
	{ .desc = "first byte",
	  .from = 4 * UNIT, .to = 4 * UNIT + 1, .inside = true },
	{ .desc = "last byte",
	  .from = 20 * UNIT - 1, .to = 20 * UNIT, .inside = true },
	{ .desc = "up to the edge",
	  .from = 19 * UNIT, .to = 20 * UNIT, .inside = true },
	{ .desc = "byte below", .from = 4 * UNIT - 1, .to = 4 * UNIT },
	{ .desc = "byte above", .from = 20 * UNIT, .to = 20 * UNIT + 1 },
	{ .desc = "over the start", .from = 3 * UNIT, .to = 5 * UNIT },
	{ .desc = "byte over the start",
	  .from = 4 * UNIT - 1, .to = 4 * UNIT + 1 },
	{ .desc = "over the end", .from = 19 * UNIT, .to = 21 * UNIT },
	{ .desc = "byte over the end",
	  .from = 20 * UNIT - 1, .to = 20 * UNIT + 1 },
	{ .desc = "across both chunks", .from = 11 * UNIT, .to = 13 * UNIT },
	{ .desc = "both chunks", .from = 4 * UNIT, .to = 20 * UNIT },
	{ .desc = "more than the pool", .from = 3 * UNIT, .to = 21 * UNIT },
	{ .desc = "below", .from = 0, .to = 4 * UNIT },
	{ .desc = "above", .from = 20 * UNIT, .to = 24 * UNIT },
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

	/* What is allocated makes no difference. */
	tp_alloc(tp, 8 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_has_addr(tp->pool, start, size),
			c->inside);
}

/**
 * struct chunk_log - The chunks that gen_pool_for_each_chunk() has shown.
 * @pool: The pool they were said to be of.
 * @nr: Number of chunks.
 * @chunk: The public part of the first ones.
 */
struct chunk_log {
	struct gen_pool *pool;
	unsigned int nr;
	struct {
		unsigned long start;
		unsigned long end;
		phys_addr_t phys;
		void *owner;
	} chunk[2];
};

/* Called in an RCU read-side critical section: expectations may sleep. */
static void log_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      void *data)
{
	struct chunk_log *log = data;

	if (log->nr < ARRAY_SIZE(log->chunk)) {
		log->pool = pool;
		log->chunk[log->nr].start = chunk->start_addr;
		log->chunk[log->nr].end = chunk->end_addr;
		log->chunk[log->nr].phys = chunk->phys_addr;
		log->chunk[log->nr].owner = chunk->owner;
	}
	log->nr++;
}

static void genalloc_walk_chunks_test(struct kunit *test)
{
	struct test_pool *tp = tp_create_owned(test);
	unsigned long newer = BASE + 64 * UNIT;
	struct chunk_log log = {};

	gen_pool_for_each_chunk(tp->pool, log_chunk, &log);
	KUNIT_ASSERT_EQ(test, log.nr, 2);
	KUNIT_EXPECT_PTR_EQ(test, log.pool, tp->pool);

	KUNIT_EXPECT_EQ(test, log.chunk[0].start, newer);
	KUNIT_EXPECT_EQ(test, log.chunk[0].end, newer + 2 * UNIT - 1);
	KUNIT_EXPECT_EQ(test, log.chunk[0].phys, PHYS + 2 * UNIT);
	KUNIT_EXPECT_PTR_EQ(test, log.chunk[0].owner, (void *)&new_owner);

	KUNIT_EXPECT_EQ(test, log.chunk[1].start, BASE);
	KUNIT_EXPECT_EQ(test, log.chunk[1].end, BASE + 2 * UNIT - 1);
	KUNIT_EXPECT_EQ(test, log.chunk[1].phys, PHYS);
	KUNIT_EXPECT_PTR_EQ(test, log.chunk[1].owner, (void *)&old_owner);
}

static void genalloc_walk_no_chunks_test(struct kunit *test)
{
	struct test_pool *tp = tp_create(test, ORDER);
	struct chunk_log log = {};

	gen_pool_for_each_chunk(tp->pool, log_chunk, &log);
	KUNIT_EXPECT_EQ(test, log.nr, 0);
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

static void *tp_record_dma(struct test_pool *tp, void *vaddr, size_t size)
{
	return (void *)tp_record(tp, (unsigned long)vaddr, size);
}

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

static void genalloc_dma_alloc_test(struct kunit *test)
{
	struct test_pool *tp;
	dma_addr_t dma = 0;
	void *vaddr;
	u8 *mem;

	tp = tp_create_dma(test, &mem);
	vaddr = gen_pool_dma_alloc(tp->pool, UNIT + 1, &dma);
	KUNIT_EXPECT_PTR_EQ(test, tp_record_dma(tp, vaddr, UNIT + 1),
			    (void *)mem);
	KUNIT_EXPECT_EQ(test, dma, PHYS);
	vaddr = gen_pool_dma_alloc(tp->pool, UNIT, &dma);
	KUNIT_EXPECT_PTR_EQ(test, tp_record_dma(tp, vaddr, UNIT),
			    (void *)(mem + 2 * UNIT));
	KUNIT_EXPECT_EQ(test, dma, PHYS + 2 * UNIT);
	expect_zeroed(test, mem, 0, 0);
}

static void genalloc_dma_alloc_too_large_test(struct kunit *test)
{
	struct test_pool *tp;
	dma_addr_t dma;
	u8 *mem;

	tp = tp_create_dma(test, &mem);
	KUNIT_EXPECT_NULL(test,
			  gen_pool_dma_alloc(tp->pool, DMA_SIZE + 1, &dma));
	KUNIT_EXPECT_NULL(test,
			  gen_pool_dma_zalloc(tp->pool, DMA_SIZE + 1, &dma));
	KUNIT_EXPECT_EQ(test, gen_pool_avail(tp->pool), DMA_SIZE);
	expect_zeroed(test, mem, 0, 0);
}

static void genalloc_dma_not_asked_test(struct kunit *test)
{
	struct test_pool *tp;
	void *vaddr;
	u8 *mem;

	tp = tp_create_dma(test, &mem);
	vaddr = gen_pool_dma_alloc(tp->pool, UNIT, NULL);
	KUNIT_EXPECT_PTR_EQ(test, tp_record_dma(tp, vaddr, UNIT), (void *)mem);
	vaddr = gen_pool_dma_zalloc(tp->pool, UNIT, NULL);
	KUNIT_EXPECT_PTR_EQ(test, tp_record_dma(tp, vaddr, UNIT),
			    (void *)(mem + UNIT));
}

static void genalloc_dma_alloc_algo_test(struct kunit *test)
{
	struct test_pool *tp;
	dma_addr_t dma = 0;
	void *vaddr;
	u8 *mem;

	tp = tp_create_dma(test, &mem);
	vaddr = gen_pool_dma_alloc_algo(tp->pool, UNIT, &dma,
					gen_pool_fixed_alloc, AT(5));
	KUNIT_EXPECT_PTR_EQ(test, tp_record_dma(tp, vaddr, UNIT),
			    (void *)(mem + 5 * UNIT));
	KUNIT_EXPECT_EQ(test, dma, PHYS + 5 * UNIT);
	KUNIT_EXPECT_NULL(test,
			  gen_pool_dma_alloc_algo(tp->pool, UNIT, &dma,
						  gen_pool_fixed_alloc, AT(5)));
}

static void genalloc_dma_alloc_align_test(struct kunit *test)
{
	struct test_pool *tp;
	dma_addr_t dma = 0;
	void *vaddr;
	u8 *mem;

	tp = tp_create_dma(test, &mem);
	tp_alloc(tp, UNIT);
	vaddr = gen_pool_dma_alloc_align(tp->pool, UNIT, &dma, 4 * UNIT);
	KUNIT_EXPECT_PTR_EQ(test, tp_record_dma(tp, vaddr, UNIT),
			    (void *)(mem + 4 * UNIT));
	KUNIT_EXPECT_EQ(test, dma, PHYS + 4 * UNIT);
	KUNIT_EXPECT_NULL(test,
			  gen_pool_dma_alloc_align(tp->pool, UNIT, &dma,
						   4 * UNIT));
}

static void genalloc_dma_zalloc_test(struct kunit *test)
{
	size_t size = 2 * UNIT + 3;
	struct test_pool *tp;
	dma_addr_t dma = 0;
	void *vaddr;
	u8 *mem;

	tp = tp_create_dma(test, &mem);
	tp_alloc(tp, UNIT);
	vaddr = gen_pool_dma_zalloc(tp->pool, size, &dma);
	KUNIT_EXPECT_PTR_EQ(test, tp_record_dma(tp, vaddr, size),
			    (void *)(mem + UNIT));
	KUNIT_EXPECT_EQ(test, dma, PHYS + UNIT);
	expect_zeroed(test, mem, UNIT, size);
}

static void genalloc_dma_zalloc_algo_test(struct kunit *test)
{
	struct test_pool *tp;
	dma_addr_t dma = 0;
	void *vaddr;
	u8 *mem;

	tp = tp_create_dma(test, &mem);
	vaddr = gen_pool_dma_zalloc_algo(tp->pool, UNIT, &dma,
					 gen_pool_fixed_alloc, AT(5));
	KUNIT_EXPECT_PTR_EQ(test, tp_record_dma(tp, vaddr, UNIT),
			    (void *)(mem + 5 * UNIT));
	KUNIT_EXPECT_EQ(test, dma, PHYS + 5 * UNIT);
	expect_zeroed(test, mem, 5 * UNIT, UNIT);
}

static void genalloc_dma_zalloc_align_test(struct kunit *test)
{
	struct test_pool *tp;
	dma_addr_t dma = 0;
	void *vaddr;
	u8 *mem;

	tp = tp_create_dma(test, &mem);
	tp_alloc(tp, UNIT);
	vaddr = gen_pool_dma_zalloc_align(tp->pool, 3 * UNIT, &dma, 4 * UNIT);
	KUNIT_EXPECT_PTR_EQ(test, tp_record_dma(tp, vaddr, 3 * UNIT),
			    (void *)(mem + 4 * UNIT));
	KUNIT_EXPECT_EQ(test, dma, PHYS + 4 * UNIT);
	expect_zeroed(test, mem, 4 * UNIT, 3 * UNIT);
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

static void genalloc_get_test(struct kunit *test)
{
	struct device *dev = make_device(test, "genalloc");
	struct gen_pool *a = make_devm_pool(test, dev, "a");
	struct gen_pool *b = make_devm_pool(test, dev, "b");
	struct gen_pool *unnamed = make_devm_pool(test, dev, NULL);

	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(dev, "a"), a);
	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(dev, "b"), b);
	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(dev, NULL), unnamed);
}

static void genalloc_get_absent_test(struct kunit *test)
{
	struct device *named = make_device(test, "genalloc-named");
	struct device *unnamed = make_device(test, "genalloc-unnamed");
	struct device *none = make_device(test, "genalloc-none");

	make_devm_pool(test, named, "ram");
	make_devm_pool(test, unnamed, NULL);

	KUNIT_EXPECT_NULL(test, gen_pool_get(named, "ra"));
	KUNIT_EXPECT_NULL(test, gen_pool_get(named, "ram0"));
	KUNIT_EXPECT_NULL(test, gen_pool_get(named, ""));
	KUNIT_EXPECT_NULL(test, gen_pool_get(named, NULL));
	KUNIT_EXPECT_NULL(test, gen_pool_get(unnamed, "ram"));
	KUNIT_EXPECT_NULL(test, gen_pool_get(none, "ram"));
	KUNIT_EXPECT_NULL(test, gen_pool_get(none, NULL));
}

static void genalloc_devm_duplicate_test(struct kunit *test)
{
	struct device *dev = make_device(test, "genalloc");
	struct gen_pool *named = make_devm_pool(test, dev, "ram");
	struct gen_pool *unnamed = make_devm_pool(test, dev, NULL);
	struct gen_pool *again;

	again = devm_gen_pool_create(dev, ORDER, NUMA_NO_NODE, "ram");
	KUNIT_EXPECT_EQ(test, PTR_ERR(again), -EINVAL);
	again = devm_gen_pool_create(dev, ORDER, NUMA_NO_NODE, NULL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(again), -EINVAL);

	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(dev, "ram"), named);
	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(dev, NULL), unnamed);
}

/* Two devices may use one name. */
static void genalloc_devm_two_devices_test(struct kunit *test)
{
	struct device *dev1 = make_device(test, "genalloc1");
	struct device *dev2 = make_device(test, "genalloc2");
	struct gen_pool *pool1 = make_devm_pool(test, dev1, "ram");
	struct gen_pool *pool2 = make_devm_pool(test, dev2, "ram");

	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(dev1, "ram"), pool1);
	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(dev2, "ram"), pool2);
}

/* The pool keeps a name of its own. */
static void genalloc_devm_name_test(struct kunit *test)
{
	struct device *dev = make_device(test, "genalloc");
	char name[] = "ram";
	struct gen_pool *pool = make_devm_pool(test, dev, name);

	strscpy(name, "rom", sizeof(name));
	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(dev, "ram"), pool);
	KUNIT_EXPECT_NULL(test, gen_pool_get(dev, name));
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

/**
 * struct trace_case - A run of random allocations and frees.
 * @desc: Description.
 * @seed: Seed of the random numbers.
 * @algo: How blocks are placed.
 * @max_order: Blocks have up to 1 << @max_order units.
 * @skew: The chunks start that many units past an aligned address.
 * @units: Units of the newer and of the older chunk.
 */
struct trace_case {
	const char *desc;
	u32 seed;
	enum trace_algo algo;
	unsigned int max_order;
	unsigned int skew;
	unsigned int units[2];
};

static const struct trace_case trace_cases[] = {
	{ .desc = "first fit, singles and pairs", .seed = 1,
	  .algo = FIRST_FIT, .max_order = 1, .units = { 61, 64 } },
	{ .desc = "first fit, small blocks", .seed = 2,
	  .algo = FIRST_FIT, .max_order = 4, .units = { 130, 33 } },
	{ .desc = "first fit, large blocks", .seed = 3,
	  .algo = FIRST_FIT, .max_order = 7, .units = { 257, 191 } },
	{ .desc = "first fit, all sizes", .seed = 4,
	  .algo = FIRST_FIT, .max_order = 6, .units = { 31, 255 } },
	{ .desc = "aligned, small blocks", .seed = 5,
	  .algo = FIRST_FIT_ALIGN, .max_order = 3, .units = { 128, 67 } },
	{ .desc = "aligned, skewed chunks", .seed = 6,
	  .algo = FIRST_FIT_ALIGN, .max_order = 5, .skew = 3,
	  .units = { 129, 250 } },
	{ .desc = "order aligned, small blocks", .seed = 7,
	  .algo = FIRST_FIT_ORDER, .max_order = 3, .units = { 96, 97 } },
	{ .desc = "order aligned, large blocks", .seed = 8,
	  .algo = FIRST_FIT_ORDER, .max_order = 6, .skew = 1,
	  .units = { 200, 256 } },
	{ .desc = "best fit, small blocks", .seed = 9,
	  .algo = BEST_FIT, .max_order = 3, .units = { 127, 66 } },
	{ .desc = "best fit, large blocks", .seed = 10,
	  .algo = BEST_FIT, .max_order = 6, .units = { 256, 193 } },
};

KUNIT_ARRAY_PARAM_DESC(trace, trace_cases, desc);

/**
 * struct shadow - Model of one chunk.
 * @start: Its first address.
 * @units: Its units.
 * @owner: For each unit the number of the block it belongs to, 0 if free.
 */
struct shadow {
	unsigned long start;
	unsigned int units;
	u16 owner[288];
};

/**
 * struct trace - State of a run.
 * @c: What to run.
 * @tp: The pool.
 * @rnd: State of the random numbers.
 * @step: Steps done.
 * @chunk: The newer and the older chunk.
 */
struct trace {
	const struct trace_case *c;
	struct test_pool *tp;
	struct rnd_state rnd;
	unsigned int step;
	struct shadow chunk[2];
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
	KUNIT_CASE(genalloc_create_without_memory_test),
	KUNIT_CASE(genalloc_add_test),
	KUNIT_CASE(genalloc_add_virt_test),
	KUNIT_CASE(genalloc_add_later_test),
	KUNIT_CASE(genalloc_newest_chunk_first_test),
	KUNIT_CASE(genalloc_adjacent_chunks_test),
	KUNIT_CASE(genalloc_free_into_chunks_test),
	KUNIT_CASE_PARAM(genalloc_order_test, order_gen_params),
	KUNIT_CASE_PARAM(genalloc_start_test, start_gen_params),
	KUNIT_CASE(genalloc_alloc_free_test),
	KUNIT_CASE(genalloc_alloc_too_large_test),
	KUNIT_CASE(genalloc_exhaustion_test),
	KUNIT_CASE(genalloc_fragmentation_test),
	KUNIT_CASE_PARAM(genalloc_rounding_test, rounding_gen_params),
	KUNIT_CASE_PARAM(genalloc_rounding_free_test, rounding_gen_params),
	KUNIT_CASE_PARAM(genalloc_word_edges_test, edge_gen_params),
	KUNIT_CASE_PARAM(genalloc_chunk_end_test, edge_gen_params),
	KUNIT_CASE(genalloc_large_chunk_test),
	KUNIT_CASE(genalloc_avail_size_test),
	KUNIT_CASE_PARAM(genalloc_context_test, context_gen_params),
	KUNIT_CASE_PARAM(genalloc_fit_test, fit_gen_params),
	KUNIT_CASE(genalloc_fit_chunks_test),
	KUNIT_CASE(genalloc_fixed_chunks_test),
	KUNIT_CASE(genalloc_set_algo_test),
	KUNIT_CASE(genalloc_set_algo_elsewhere_test),
	KUNIT_CASE(genalloc_custom_algo_test),
	KUNIT_CASE(genalloc_custom_algo_no_room_test),
	KUNIT_CASE(genalloc_owner_test),
	KUNIT_CASE(genalloc_owner_alloc_fails_test),
	KUNIT_CASE(genalloc_owner_absent_test),
	KUNIT_CASE(genalloc_owner_not_asked_test),
	KUNIT_CASE(genalloc_owner_algo_test),
	KUNIT_CASE(genalloc_virt_to_phys_test),
	KUNIT_CASE(genalloc_virt_to_phys_outside_test),
	KUNIT_CASE(genalloc_virt_to_phys_unknown_test),
	KUNIT_CASE_PARAM(genalloc_has_addr_test, range_gen_params),
	KUNIT_CASE(genalloc_walk_chunks_test),
	KUNIT_CASE(genalloc_walk_no_chunks_test),
	KUNIT_CASE(genalloc_dma_alloc_test),
	KUNIT_CASE(genalloc_dma_alloc_too_large_test),
	KUNIT_CASE(genalloc_dma_not_asked_test),
	KUNIT_CASE(genalloc_dma_alloc_algo_test),
	KUNIT_CASE(genalloc_dma_alloc_align_test),
	KUNIT_CASE(genalloc_dma_zalloc_test),
	KUNIT_CASE(genalloc_dma_zalloc_algo_test),
	KUNIT_CASE(genalloc_dma_zalloc_align_test),
	KUNIT_CASE(genalloc_dma_no_pool_test),
	KUNIT_CASE(genalloc_devm_test),
	KUNIT_CASE(genalloc_get_test),
	KUNIT_CASE(genalloc_get_absent_test),
	KUNIT_CASE(genalloc_devm_duplicate_test),
	KUNIT_CASE(genalloc_devm_two_devices_test),
	KUNIT_CASE(genalloc_devm_name_test),
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
