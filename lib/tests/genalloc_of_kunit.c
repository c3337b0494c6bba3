// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the special memory allocator on real memory.
 *
 * The device tree of the running machine describes on-chip RAM ("mmio-sram",
 * driven by drivers/misc/sram.c) and its consumers, which refer to it by a
 * phandle. The tests get the pool as a consumer would and work with the RAM
 * itself.
 *
 * The pool is in use: a video codec or the suspend code may hold blocks, and
 * may want more. So the tests take a small part of the free memory, write only
 * to what they have taken, and give all of it back. Without such a pool, or
 * with too little left in it, they are skipped.
 */

#include <kunit/test.h>

#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/device.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>

#include "alloc_map_test.h"

/* Of which the tests use less than a half, alignment included. */
#define LEAST_AVAIL	SZ_16K
/* What the sram driver hands out at least. */
#define SRAM_UNIT	32

/* A block to allocate. */
struct wanted_block {
	size_t size;		/* bytes, a multiple of four */
	int align;		/* alignment of its address */
};

static const struct wanted_block wanted[] = {
	{ .size = 4, .align = 4 },
	{ .size = 32, .align = 32 },
	{ .size = 36, .align = 4 },
	{ .size = 64, .align = 64 },
	{ .size = 100, .align = 256 },
	{ .size = 512, .align = 4 },
	{ .size = 992, .align = 1024 },
	{ .size = 1024, .align = 4 },
	{ .size = 28, .align = 512 },
	{ .size = 2048, .align = 128 },
};

struct sram_block {
	unsigned long addr;
	size_t size;
	u32 seed;
};

/* State of a test. */
struct sram_test {
	struct device_node *consumer;	/* A node that refers to on-chip RAM */
	const char *propname;	/* the property that does */
	int index;		/* the index into that property */
	struct device_node *sram;	/* the node it refers to */
	struct resource res;	/* the RAM, as physical addresses */
	struct gen_pool *pool;	/* the pool of the RAM */
	size_t avail;		/* available before the test */
	/* the blocks, as in &wanted. Their address is 0 if not allocated */
	struct sram_block block[ARRAY_SIZE(wanted)];
};

KUNIT_DEFINE_ACTION_WRAPPER(put_node, of_node_put, struct device_node *);

/* Returns the on-chip RAM that @np refers to, or NULL. */
static struct device_node *find_sram(const struct device_node *np,
				     const char *propname, int *index)
{
	struct device_node *sram;

	for (*index = 0;; ++*index) {
		sram = of_parse_phandle(np, propname, *index);
		if (!sram)
			return NULL;
		if (of_device_is_compatible(sram, "mmio-sram") &&
		    of_device_is_available(sram))
			return sram;
		of_node_put(sram);
	}
}

static bool find_consumer(struct sram_test *st, const char *propname)
{
	struct device_node *np;

	for_each_node_with_property(np, propname) {
		st->sram = find_sram(np, propname, &st->index);
		if (!st->sram)
			continue;
		st->consumer = np;
		st->propname = propname;
		return true;
	}
	return false;
}

static bool has_driver(struct device_node *np)
{
	struct platform_device *pdev = of_find_device_by_node(np);
	bool bound;

	if (!pdev)
		return false;
	bound = pdev->dev.driver;
	put_device(&pdev->dev);
	return bound;
}

static void find_pool(struct kunit *test, struct sram_test *st)
{
	if (!find_consumer(st, "iram") && !find_consumer(st, "sram"))
		kunit_skip(test, "nothing refers to an mmio-sram node");
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_node, st->sram));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_node,
						  st->consumer));
	if (!has_driver(st->sram))
		kunit_skip(test, "%pOF has no driver", st->sram);
	KUNIT_ASSERT_EQ(test, 0, of_address_to_resource(st->sram, 0, &st->res));
	st->pool = of_gen_pool_get(st->consumer, st->propname, st->index);
	KUNIT_ASSERT_NOT_NULL_MSG(test, st->pool, "%pOF: no pool by %s[%d]",
				  st->consumer, st->propname, st->index);
}

static int genalloc_of_init(struct kunit *test)
{
	struct sram_test *st = kunit_kzalloc(test, sizeof(*st), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, st);
	find_pool(test, st);
	st->avail = gen_pool_avail(st->pool);
	if (st->avail < LEAST_AVAIL)
		kunit_skip(test, "%pOF has only %zu bytes left", st->sram,
			   st->avail);
	test->priv = st;
	return 0;
}

static void free_block(struct kunit *test, struct sram_block *block)
{
	struct sram_test *st = test->priv;

	if (block->addr)
		KUNIT_EXPECT_EQ(test, 0,
				gen_pool_free_owner(st->pool, block->addr,
						    block->size, NULL));
	block->addr = 0;
}

/*
 * Whatever has happened, all that was taken is given back.  What is available
 * does not tell: drivers allocate and free meanwhile.
 */
static void genalloc_of_exit(struct kunit *test)
{
	struct sram_test *st = test->priv;
	unsigned int i;

	if (!st)
		return;
	for (i = 0; i < ARRAY_SIZE(wanted); i++)
		free_block(test, &st->block[i]);
}

static bool in_sram(const struct sram_test *st, phys_addr_t phys)
{
	return phys >= st->res.start && phys <= st->res.end;
}

/* Read and written in words of 32 bits: some on-chip RAM knows no others. */
static void __iomem *block_word(const struct sram_block *block, size_t offset)
{
	return (void __iomem *)(block->addr + offset);
}

/* Differs between the words of a block and between blocks. */
static u32 block_pattern(const struct sram_block *block, size_t offset)
{
	return block->seed * 0x9e3779b1U + offset * 0x01000193U;
}

static void fill_block(const struct sram_block *block)
{
	size_t offset;

	for (offset = 0; offset < block->size; offset += sizeof(u32))
		iowrite32(block_pattern(block, offset),
			  block_word(block, offset));
}

static void check_block(struct kunit *test, const struct sram_block *block)
{
	size_t offset;

	for (offset = 0; offset < block->size; offset += sizeof(u32))
		KUNIT_ASSERT_EQ_MSG(test, ioread32(block_word(block, offset)),
				    block_pattern(block, offset),
				    "byte %zu of %zu at %#lx", offset,
				    block->size, block->addr);
}

static void check_all(struct kunit *test)
{
	struct sram_test *st = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		if (st->block[i].addr)
			check_block(test, &st->block[i]);
	}
}

/* Allocate block number @i and fill it with a pattern of @seed. */
static void take_block(struct kunit *test, unsigned int i, u32 seed)
{
	struct genpool_data_align data = { .align = wanted[i].align };
	struct sram_test *st = test->priv;
	struct sram_block *block = &st->block[i];

	block->seed = seed;
	block->size = wanted[i].size;
	block->addr = gen_pool_alloc_algo(st->pool, block->size,
					  gen_pool_first_fit_align, &data);
	KUNIT_ASSERT_NE_MSG(test, block->addr, 0, "no room for %zu bytes",
			    block->size);
	KUNIT_ASSERT_TRUE(test, gen_pool_has_addr(st->pool, block->addr,
						  block->size));
	KUNIT_ASSERT_TRUE(test, IS_ALIGNED(block->addr, wanted[i].align));
	fill_block(block);
}

static void take_all(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++)
		take_block(test, i, i + 1);
}

static void genalloc_of_get_test(struct kunit *test)
{
	struct sram_test *st = test->priv;

	kunit_info(test, "%pOF, %s[%d] of %pOF: %zu of %zu bytes available\n",
		   st->sram, st->propname, st->index, st->consumer, st->avail,
		   gen_pool_size(st->pool));
	KUNIT_EXPECT_PTR_EQ(test, st->pool,
			    of_gen_pool_get(st->consumer, st->propname,
					    st->index));
}

static void genalloc_of_get_absent_test(struct kunit *test)
{
	struct sram_test *st = test->priv;

	KUNIT_EXPECT_NULL(test, of_gen_pool_get(st->consumer, st->propname,
						1000));
	KUNIT_EXPECT_NULL(test, of_gen_pool_get(st->consumer, "no-such-ram",
						st->index));
	KUNIT_EXPECT_NULL(test, of_gen_pool_get(st->sram, st->propname, 0));
}

/* What the chunks of a pool add up to. */
struct chunk_sum {
	const struct sram_test *st;	/* state of the test */
	size_t bytes;		/* their bytes */
	/* number of chunks that are not within the RAM */
	unsigned int outside;
};

static void add_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      void *data)
{
	size_t size = chunk->end_addr - chunk->start_addr + 1;
	struct chunk_sum *sum = data;

	sum->bytes += size;
	if (!in_sram(sum->st, chunk->phys_addr) ||
	    !in_sram(sum->st, chunk->phys_addr + size - 1))
		sum->outside++;
}

/* Subnodes reserve parts of the RAM: only without them is all of it known. */
static void genalloc_of_size_test(struct kunit *test)
{
	struct sram_test *st = test->priv;
	struct chunk_sum sum = { .st = st };
	size_t size = gen_pool_size(st->pool);

	gen_pool_for_each_chunk(st->pool, add_chunk, &sum);
	KUNIT_EXPECT_EQ(test, sum.outside, 0);
	KUNIT_EXPECT_LE(test, sum.bytes, resource_size(&st->res));
	KUNIT_EXPECT_LE(test, size, sum.bytes);
	KUNIT_EXPECT_LE(test, st->avail, size);
	if (!of_get_available_child_count(st->sram))
		KUNIT_EXPECT_LT(test, resource_size(&st->res) - size,
				SRAM_UNIT);
}

/* The first and the last byte of each block are where the RAM is. */
static void genalloc_of_phys_test(struct kunit *test)
{
	struct sram_test *st = test->priv;
	unsigned int i;

	take_all(test);
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		unsigned long addr = st->block[i].addr;
		size_t last = st->block[i].size - 1;
		phys_addr_t phys = gen_pool_virt_to_phys(st->pool, addr);

		KUNIT_EXPECT_TRUE(test, in_sram(st, phys));
		KUNIT_EXPECT_TRUE(test, in_sram(st, phys + last));
		KUNIT_EXPECT_EQ(test, phys + last,
				gen_pool_virt_to_phys(st->pool, addr + last));
	}
}

/* Blocks keep their content while others come and go around them. */
static void genalloc_of_reuse_test(struct kunit *test)
{
	struct sram_test *st = test->priv;
	unsigned int i, round;

	take_all(test);
	check_all(test);
	for (round = 0; round < 8; round++) {
		for (i = round % 2; i < ARRAY_SIZE(wanted); i += 2)
			free_block(test, &st->block[i]);
		check_all(test);
		for (i = round % 2; i < ARRAY_SIZE(wanted); i += 2)
			take_block(test, i, 1000 * (round + 1) + i);
		check_all(test);
	}
}

static struct kunit_case genalloc_of_cases[] = {
	KUNIT_CASE(genalloc_of_get_test),
	KUNIT_CASE(genalloc_of_get_absent_test),
	KUNIT_CASE(genalloc_of_size_test),
	KUNIT_CASE(genalloc_of_phys_test),
	KUNIT_CASE(genalloc_of_reuse_test),
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_of, "the special memory allocator on on-chip RAM",
		     .init = genalloc_of_init, .exit = genalloc_of_exit);
