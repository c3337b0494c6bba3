// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of mistakes that drivers have made with pools of special memory.
 * Each does to a pool what one driver did, with the sizes and addresses of that
 * driver, and looks at the report that its developer would have got.
 * genalloc_track_kunit.c tests refusals in general.
 */

#include <kunit/test.h>

#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/numa.h>
#include <linux/sizes.h>

#include "genalloc_test.h"

/* The reasons that a report gives. */
#define ELSEWHERE	"it is not in this pool"
#define NOTHING		"nothing is allocated there"
#define INSIDE		"it is not the beginning of an allocation"
#define OTHER_SIZE	"it has another size"

/* Memory that a pool has, and the size of a unit. */
struct memory {
	unsigned long start;
	size_t size;
	size_t unit;
};

/* Pools as these drivers have them, and what they add to an offset or index. */
#define BIAS		SZ_32K
#define MURAM		{ BIAS, SZ_16K, 1 }
#define ERP		0x100
#define ERP_TABLES	{ ERP, 16, 1 }
#define FMAN		{ SZ_1M, SZ_128K, 64 }
#define SRAM		SZ_16M

/* What a driver did. */
struct misuse {
	const char *desc;	/* which one */
	struct memory pool;	/* its pool */
	size_t allocs[2];	/* what it has allocated, from the start on */
	unsigned long addr;	/* what it freed */
	size_t freed;		/* with which size */
	const char *why;	/* the reason that is reported, NULL if none */
	unsigned int hit;	/* the allocation at @addr, from 1; 0 if none */
	bool again;		/* @addr was freed before, rightly */
};

static const struct misuse misuses[] = {
	/* Bugs that were a BUG() in genalloc. */

	/* The bias was taken off the offset before the block was freed. */
	{ "soc/fsl/qe, 2019: an error path of cpm_muram_alloc_common()",
	  MURAM, { 128 }, 0, 128, ELSEWHERE },
	/* On CPM1, parameter RAM is at a fixed place behind muram. */
	{ "spi-fsl-cpm, 5.4-rc: a failed probe",
	  MURAM, { 64 }, BIAS + SZ_16K + 0x180, 0, ELSEWHERE },
	/* The index of the table became 0, which is that of the first region. */
	{ "mlxsw, 6.7-rc: a table could not grow",
	  ERP_TABLES, { 4, 12 }, ERP, 12, OTHER_SIZE, 1 },
	/* The first free cannot be told from a right one, that of the owner can. */
	{ "mlxsw, 6.7-rc: with tables of one size",
	  ERP_TABLES, { 8, 8 }, ERP, 8, NOTHING, .again = true },
	{ "icssg_prueth, 2025: by the completion and when the channel goes down",
	  { SZ_64K, SZ_4K, 128 }, { 128, 128 }, SZ_64K, 128, NOTHING, .again = true },
	/* Offsets in the registers are from the kernel before. */
	{ "fman, out of tree: after kexec", FMAN, { }, SZ_1M + SZ_8K, SZ_4K, NOTHING },
	{ "fman, out of tree: after kexec, inside another block",
	  FMAN, { SZ_64K }, SZ_1M + SZ_8K, SZ_4K, INSIDE, 1 },

	/* Bugs that had not been noticed. */

	/* The rest was lost, unit by unit. */
	{ "pm33xx: 16 bytes of 560",
	  { SRAM, SZ_4K, 32 }, { 560 }, SRAM, 16, OTHER_SIZE, 1 },
	{ "s390 airq: a vector, with the size of an array for it",
	  { SRAM, SZ_4K, 8 }, { 256, 64 }, SRAM, 64 * 256, OTHER_SIZE, 1 },
	{ "mvneta_bm: by the physical address",
	  { SRAM, SZ_64K, 32 }, { SZ_16K }, SZ_256M, SZ_16K, ELSEWHERE },
	{ "imx-jpeg, spi-stm32: NULL", { SRAM, SZ_4K, 32 }, { }, 0, 0, ELSEWHERE },
	{ "imx-sdma: NULL with a size", { SRAM, SZ_4K, 32 }, { }, 0, 48, ELSEWHERE },
	{ "fman: an offset that is -ENOMEM",
	  FMAN, { }, SZ_1M - ENOMEM, SZ_4K, ELSEWHERE },
	/* Right, as it turns out. */
	{ "fman, mtk_eth_soc: a size that was never stored",
	  FMAN, { SZ_64K }, SZ_1M, 0, NULL, 1 },
	{ "p2pdma, qman before they split: the first piece",
	  { SRAM, SZ_64K, SZ_4K }, { SZ_16K }, SRAM, SZ_4K, OTHER_SIZE, 1 },
	{ "p2pdma, qman before they split: the next piece",
	  { SRAM, SZ_64K, SZ_4K }, { SZ_16K }, SRAM + SZ_4K, SZ_4K, INSIDE, 1 },
};

KUNIT_ARRAY_PARAM_DESC(misuse, misuses, desc);

static int genalloc_misuse_init(struct kunit *test)
{
	return init_reports(test, sizeof(struct reports));
}

static void expect_reason(struct kunit *test, struct gen_pool *pool,
			  const struct misuse *m, unsigned long start, size_t size)
{
	struct reports *r = test->priv;

	expect_refused(test, pool, 1);
	expect_reports(test, 1);
	expect_report(test, pool, "free", m->addr, m->freed);
	KUNIT_EXPECT_STREQ(test, r->last.why, m->why);
	expect_recorded(test, start, size);
}

static void genalloc_misuse_test(struct kunit *test)
{
	const struct misuse *m = test->param_value;
	struct gen_pool *pool = create_pool(test, ilog2(m->pool.unit));
	unsigned long addr[3] = {};
	size_t size[3] = {};
	unsigned int i;

	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(pool, m->pool.start, m->pool.size,
					      NUMA_NO_NODE));
	for (i = 1; i <= 2; i++) {
		addr[i] = gen_pool_alloc(pool, m->allocs[i - 1]);
		size[i] = round_up(m->allocs[i - 1], m->pool.unit);
	}
	if (m->again)
		gen_pool_free(pool, m->addr, m->freed);
	gen_pool_free(pool, m->addr, m->freed);
	if (m->why)
		expect_reason(test, pool, m, addr[m->hit], size[m->hit]);

	/* Allocations that were not freed are there, and can be freed. */
	for (i = 1 + (m->again || !m->why); i <= 2 && size[i]; i++) {
		KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(pool, addr[i]), size[i]);
		gen_pool_free(pool, addr[i], m->allocs[i - 1]);
	}
	expect_idle(test, pool, m->pool.size);
	expect_refused(test, pool, !!m->why);
}

static struct kunit_case genalloc_misuse_cases[] = {
	KUNIT_CASE_PARAM(genalloc_misuse_test, misuse_gen_params),
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_misuse, "what drivers did wrong with genalloc",
		     .init = genalloc_misuse_init);
