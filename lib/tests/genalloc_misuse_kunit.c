// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of what drivers have done wrong with pools of special memory.
 * Each test does to a pool what one driver did, with the sizes and addresses
 * of that driver, and looks at the report that its developer would have got.
 * What is refused in general is tested by genalloc_track_kunit.c.
 *
 * gen_pool_report() is replaced for the time of a test, so that reports end up
 * in the test and not in the log.
 */

#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/sizes.h>

/* The reasons that a report gives. */
#define ELSEWHERE	"it is not in this pool"
#define NOTHING		"nothing is allocated there"
#define INSIDE		"it is not the beginning of an allocation"
#define OTHER_SIZE	"it has another size"

/**
 * struct misuse - What a test looks at.
 * @nr_reports: Reports so far.
 * @reported: The pool that the last report was about.
 * @report: The last report.
 */
struct misuse {
	unsigned int nr_reports;
	const struct gen_pool *reported;
	struct gen_pool_refusal report;
};

/* In place of gen_pool_report(). */
static void note_report(struct gen_pool *pool,
			const struct gen_pool_refusal *refusal)
{
	struct kunit *test = kunit_get_current_test();
	struct misuse *m = test->priv;

	m->nr_reports++;
	m->reported = pool;
	m->report = *refusal;
}

static int genalloc_misuse_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct misuse), GFP_KERNEL);
	if (!test->priv)
		return -ENOMEM;

	kunit_activate_static_stub(test, gen_pool_report, note_report);
	return 0;
}

static void destroy_pool(void *data)
{
	gen_pool_free_all(data);
	gen_pool_destroy(data);
}

/* A pool of @size bytes at @start in units of @unit bytes. */
static struct gen_pool *create_pool(struct kunit *test, unsigned long start,
				    size_t size, size_t unit)
{
	struct gen_pool *pool = gen_pool_create(ilog2(unit), NUMA_NO_NODE);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, destroy_pool, pool));
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(pool, start, size, NUMA_NO_NODE));
	return pool;
}

static unsigned long alloc(struct kunit *test, struct gen_pool *pool,
			   size_t size)
{
	unsigned long addr = gen_pool_alloc(pool, size);

	KUNIT_ASSERT_NE(test, addr, 0);
	return addr;
}

static void expect_nothing_refused(struct kunit *test, struct gen_pool *pool)
{
	struct misuse *m = test->priv;

	KUNIT_EXPECT_EQ(test, m->nr_reports, 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&pool->nr_refused), 0);
}

/* The first refusal of the pool was that of this free. */
static void expect_report(struct kunit *test, struct gen_pool *pool,
			  unsigned long addr, size_t size, const char *why)
{
	struct misuse *m = test->priv;

	KUNIT_ASSERT_EQ(test, m->nr_reports, 1);
	KUNIT_EXPECT_PTR_EQ(test, m->reported, pool);
	KUNIT_EXPECT_STREQ(test, m->report.what, "free");
	KUNIT_EXPECT_EQ(test, m->report.addr, addr);
	KUNIT_EXPECT_EQ(test, m->report.size, size);
	KUNIT_EXPECT_STREQ(test, m->report.why, why);
}

/* The report names the allocation at the address, or says that there is none. */
static void expect_recorded(struct kunit *test, unsigned long start,
			    size_t size)
{
	struct misuse *m = test->priv;

	KUNIT_EXPECT_EQ(test, m->report.recorded, size);
	if (size)
		KUNIT_EXPECT_EQ(test, m->report.start, start);
}

static void expect_refused(struct kunit *test, struct gen_pool *pool, long nr)
{
	KUNIT_EXPECT_EQ(test, atomic_long_read(&pool->nr_refused), nr);
}

/* Whoever has the allocation still has it, and can free it. */
static void expect_whole(struct kunit *test, struct gen_pool *pool,
			 unsigned long addr, size_t size)
{
	long before = atomic_long_read(&pool->nr_refused);

	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(pool, addr), size);
	gen_pool_free(pool, addr, size);
	expect_refused(test, pool, before);
}

/* ---- bugs that were a BUG() in genalloc ---- */

/* What qe_common adds to offsets in muram, because 0 is one of them. */
#define MURAM_BIAS	SZ_32K

/*
 * soc/fsl/qe, 2019: an error path of cpm_muram_alloc_common() had taken the
 * bias off the offset before it freed the block.
 */
static void misuse_qe_muram_test(struct kunit *test)
{
	struct gen_pool *muram = create_pool(test, MURAM_BIAS, SZ_16K, 1);
	unsigned long addr = alloc(test, muram, 128);
	unsigned long start = addr - MURAM_BIAS;

	gen_pool_free(muram, start, 128);
	expect_report(test, muram, start, 128, ELSEWHERE);
	expect_recorded(test, 0, 0);
	expect_whole(test, muram, addr, 128);
}

/*
 * spi-fsl-cpm, 5.4-rc: a failed probe freed the parameter RAM, which on CPM1
 * is at a fixed place behind muram. qe_common did not find it in its list and
 * passed 0 as the size.
 */
static void misuse_spi_muram_test(struct kunit *test)
{
	struct gen_pool *muram = create_pool(test, MURAM_BIAS, 0x1c00, 1);
	unsigned long addr = alloc(test, muram, 64);

	gen_pool_free(muram, MURAM_BIAS + 0x1d80, 0);
	expect_report(test, muram, MURAM_BIAS + 0x1d80, 0, ELSEWHERE);
	expect_recorded(test, 0, 0);
	expect_whole(test, muram, addr, 64);
}

/* What mlxsw adds to the index of an eRP table. */
#define ERP_BIAS	0x100

/*
 * mlxsw, 6.7-rc: when a table could not grow, its index became 0. Freeing the
 * table then meant that of the first region.
 */
static void misuse_mlxsw_test(struct kunit *test)
{
	struct gen_pool *tables = create_pool(test, ERP_BIAS, 16, 1);
	unsigned long first = alloc(test, tables, 4);
	unsigned long grown = alloc(test, tables, 12);

	KUNIT_ASSERT_EQ(test, first, ERP_BIAS);
	KUNIT_ASSERT_EQ(test, gen_pool_alloc(tables, 14), 0);
	gen_pool_free(tables, ERP_BIAS, 12);
	expect_report(test, tables, ERP_BIAS, 12, OTHER_SIZE);
	expect_recorded(test, first, 4);
	expect_whole(test, tables, first, 4);
	expect_whole(test, tables, grown, 12);
}

/*
 * The same with tables of one size: the first free cannot be told from a right
 * one. That of the owner is reported.
 */
static void misuse_mlxsw_same_size_test(struct kunit *test)
{
	struct gen_pool *tables = create_pool(test, ERP_BIAS, 16, 1);
	unsigned long first = alloc(test, tables, 8);

	alloc(test, tables, 8);
	gen_pool_free(tables, ERP_BIAS, 8);
	expect_nothing_refused(test, tables);
	gen_pool_free(tables, first, 8);
	expect_report(test, tables, first, 8, NOTHING);
	expect_recorded(test, 0, 0);
}

#define DESC_SIZE	128

/*
 * icssg_prueth, 2025: the same descriptor was freed by the completion of the
 * transfer and by the path that takes the channel down.
 */
static void misuse_icssg_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, SZ_64K, SZ_4K, DESC_SIZE);
	unsigned long desc = alloc(test, pool, DESC_SIZE);
	unsigned long next = alloc(test, pool, DESC_SIZE);

	gen_pool_free(pool, desc, DESC_SIZE);
	expect_nothing_refused(test, pool);
	gen_pool_free(pool, desc, DESC_SIZE);
	expect_report(test, pool, desc, DESC_SIZE, NOTHING);
	expect_recorded(test, 0, 0);
	expect_whole(test, pool, next, DESC_SIZE);
}

#define FMAN_UNIT	64

/*
 * fman, out of tree: after kexec, offsets in the registers are from the kernel
 * before. They may mean nothing, or the middle of a block of this kernel.
 */
static void misuse_kexec_test(struct kunit *test)
{
	struct gen_pool *muram = create_pool(test, SZ_1M, SZ_128K, FMAN_UNIT);
	unsigned long fifo;

	gen_pool_free(muram, SZ_1M + SZ_8K, SZ_4K);
	expect_report(test, muram, SZ_1M + SZ_8K, SZ_4K, NOTHING);
	expect_recorded(test, 0, 0);

	fifo = alloc(test, muram, SZ_64K);
	gen_pool_free(muram, SZ_1M + SZ_8K, SZ_4K);
	expect_refused(test, muram, 2);
	expect_whole(test, muram, fifo, SZ_64K);
}

static void misuse_kexec_inside_test(struct kunit *test)
{
	struct gen_pool *muram = create_pool(test, SZ_1M, SZ_128K, FMAN_UNIT);
	unsigned long fifo = alloc(test, muram, SZ_64K);

	gen_pool_free(muram, fifo + SZ_8K, SZ_4K);
	expect_report(test, muram, fifo + SZ_8K, SZ_4K, INSIDE);
	expect_recorded(test, fifo, SZ_64K);
	expect_whole(test, muram, fifo, SZ_64K);
}

/* ---- bugs that nobody had noticed ---- */

#define SRAM		SZ_16M
#define SRAM_UNIT	32

/* pm33xx: 16 bytes freed of 560. The rest was lost, unit by unit. */
static void misuse_pm33xx_test(struct kunit *test)
{
	struct gen_pool *sram = create_pool(test, SRAM, SZ_4K, SRAM_UNIT);
	unsigned long regs = alloc(test, sram, 560);

	gen_pool_free(sram, regs, 16);
	expect_report(test, sram, regs, 16, OTHER_SIZE);
	expect_recorded(test, regs, 576);
	expect_whole(test, sram, regs, 576);
}

/* s390 airq: a vector of 256 bytes, freed with the size of an array for it. */
static void misuse_airq_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, SRAM, SZ_4K, 8);
	unsigned long vector = alloc(test, pool, 256);
	unsigned long next = alloc(test, pool, 64);

	gen_pool_free(pool, vector, 64 * 256);
	expect_report(test, pool, vector, 64 * 256, OTHER_SIZE);
	expect_recorded(test, vector, 256);
	expect_whole(test, pool, next, 64);
	expect_whole(test, pool, vector, 256);
}

/* mvneta_bm: freed by the physical address. */
static void misuse_mvneta_test(struct kunit *test)
{
	struct gen_pool *sram = create_pool(test, SRAM, SZ_64K, SRAM_UNIT);
	unsigned long phys = SZ_256M;
	unsigned long bppi = alloc(test, sram, SZ_16K);

	gen_pool_free(sram, phys, SZ_16K);
	expect_report(test, sram, phys, SZ_16K, ELSEWHERE);
	expect_whole(test, sram, bppi, SZ_16K);
}

/* imx-sdma, imx-jpeg, spi-stm32: NULL, with a size or without. */
static void misuse_null_test(struct kunit *test)
{
	struct gen_pool *sram = create_pool(test, SRAM, SZ_4K, SRAM_UNIT);

	gen_pool_free(sram, 0, 0);
	expect_report(test, sram, 0, 0, ELSEWHERE);
	gen_pool_free(sram, 0, 48);
	expect_refused(test, sram, 2);
}

/* fman: an offset that is -ENOMEM. */
static void misuse_errno_test(struct kunit *test)
{
	struct gen_pool *muram = create_pool(test, SZ_1M, SZ_128K, FMAN_UNIT);
	unsigned long addr = SZ_1M + (unsigned long)-ENOMEM;

	gen_pool_free(muram, addr, SZ_4K);
	expect_report(test, muram, addr, SZ_4K, ELSEWHERE);
}

/* fman, mtk_eth_soc: a size that was never stored. Right, as it turns out. */
static void misuse_no_size_test(struct kunit *test)
{
	struct gen_pool *muram = create_pool(test, SZ_1M, SZ_128K, FMAN_UNIT);

	gen_pool_free(muram, alloc(test, muram, SZ_64K), 0);
	expect_nothing_refused(test, muram);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(muram), gen_pool_size(muram));
}

/* p2pdma, qman before they split: a block that comes back piece by piece. */
static void misuse_pieces_test(struct kunit *test)
{
	struct gen_pool *bar = create_pool(test, SRAM, SZ_64K, SZ_4K);
	unsigned long block = alloc(test, bar, 4 * SZ_4K);
	unsigned int i;

	for (i = 0; i < 4; i++)
		gen_pool_free(bar, block + i * SZ_4K, SZ_4K);
	expect_report(test, bar, block, SZ_4K, OTHER_SIZE);
	expect_recorded(test, block, 4 * SZ_4K);
	expect_refused(test, bar, 4);
	expect_whole(test, bar, block, 4 * SZ_4K);
}

static struct kunit_case genalloc_misuse_test_cases[] = {
	KUNIT_CASE(misuse_qe_muram_test),
	KUNIT_CASE(misuse_spi_muram_test),
	KUNIT_CASE(misuse_mlxsw_test),
	KUNIT_CASE(misuse_mlxsw_same_size_test),
	KUNIT_CASE(misuse_icssg_test),
	KUNIT_CASE(misuse_kexec_test),
	KUNIT_CASE(misuse_kexec_inside_test),
	KUNIT_CASE(misuse_pm33xx_test),
	KUNIT_CASE(misuse_airq_test),
	KUNIT_CASE(misuse_mvneta_test),
	KUNIT_CASE(misuse_null_test),
	KUNIT_CASE(misuse_errno_test),
	KUNIT_CASE(misuse_no_size_test),
	KUNIT_CASE(misuse_pieces_test),
	{}
};

static struct kunit_suite genalloc_misuse_test_suite = {
	.name = "genalloc_misuse",
	.init = genalloc_misuse_test_init,
	.test_cases = genalloc_misuse_test_cases,
};

kunit_test_suite(genalloc_misuse_test_suite);

MODULE_DESCRIPTION("KUnit tests of what drivers did wrong with genalloc");
MODULE_LICENSE("GPL");
