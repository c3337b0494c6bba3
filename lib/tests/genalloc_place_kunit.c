// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of places that callers choose: a given one, the last, one below
 * a limit, the best of all chunks; and of how much is free in one piece.
 *
 * Chunks are drawn: '.' is a unit that is free, 'X' one that is not.
 */

#include <kunit/test.h>

#include <linux/alloc_map.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/numa.h>
#include <linux/prandom.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include "genalloc_test.h"

#define ORDER		4
#define UNIT		BIT(ORDER)

/* Where chunks begin; C is added last.  Each ends with less than a unit. */
#define A		0x100000UL
#define B		0x200000UL
#define C		0x300000UL
#define PHYS(addr)	((addr) + 0x7000000)
#define AT(chunk, unit)	((chunk) + (unit) * UNIT)

static int genalloc_place_init(struct kunit *test)
{
	return init_reports(test, sizeof(struct reports));
}

static void add_units(struct kunit *test, struct gen_pool *pool,
		      unsigned long start, unsigned long nr)
{
	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_owner(pool, start, PHYS(start),
					   nr * UNIT + UNIT - 1, NUMA_NO_NODE,
					   (void *)start));
}

static void add_drawn(struct kunit *test, struct gen_pool *pool,
		      unsigned long start, const char *units)
{
	unsigned int i;

	add_units(test, pool, start, strlen(units));
	for (i = 0; units[i]; i++)
		if (units[i] == 'X')
			KUNIT_ASSERT_EQ(test, 0,
					gen_pool_reserve(pool, AT(start, i), UNIT));
}

static struct gen_pool *drawn_pool(struct kunit *test,
				   const char *const chunks[3])
{
	struct gen_pool *pool = create_pool(test, ORDER);
	unsigned int i;

	for (i = 0; i < 3 && chunks[i]; i++)
		add_drawn(test, pool, A + i * (B - A), chunks[i]);
	return pool;
}

/* ---- a given place ---- */

static const struct reservation {
	const char *desc;
	unsigned long addr;	/* in "....XX......" or "......." */
	size_t size;
	int ret;
} reservations[] = {
	{ "in the older chunk", AT(A, 6), 3 * UNIT, 0 },
	{ "in the newer chunk", AT(B, 3), 3 * UNIT, 0 },
	{ "part of a unit", AT(A, 0), 1, 0 },
	{ "up to an allocation", AT(A, 0), 4 * UNIT, 0 },
	{ "up to the end", AT(A, 6), 6 * UNIT, 0 },
	{ "a whole chunk", AT(B, 0), 7 * UNIT, 0 },
	{ "allocated", AT(A, 5), UNIT, -EBUSY },
	{ "its beginning is allocated", AT(A, 5), 2 * UNIT, -EBUSY },
	{ "its end is allocated", AT(A, 0), 4 * UNIT + 1, -EBUSY },
	{ "inside a unit", AT(A, 0) + 1, UNIT, -EINVAL },
	{ "no size", AT(A, 0), 0, -EINVAL },
	{ "behind a chunk", AT(A, 13), UNIT, -ENXIO },
	{ "an offset", AT(0, 6), UNIT, -ENXIO },
	{ "past the end", AT(B, 6), UNIT + 1, -ERANGE },
	{ "the largest size", AT(B, 0), SIZE_MAX, -ERANGE },
	{ "the unusable end", AT(B, 7), 1, -ERANGE },
	{ "inside the unusable end", AT(B, 7) + 1, 1, -ERANGE },
};

KUNIT_ARRAY_PARAM_DESC(reservation, reservations, desc);

static void place_reserve_test(struct kunit *test)
{
	static const char *const chunks[3] = { "....XX......", "......." };
	const struct reservation *r = test->param_value;
	struct gen_pool *pool = drawn_pool(test, chunks);
	size_t avail = gen_pool_avail(pool), size = round_up(r->size, UNIT);

	KUNIT_EXPECT_EQ(test, gen_pool_reserve(pool, r->addr, r->size), r->ret);
	if (!r->ret) {
		KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(pool, r->addr), size);
		KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), avail - size);
		KUNIT_EXPECT_EQ(test, gen_pool_reserve(pool, r->addr, r->size),
				-EBUSY);
		gen_pool_free(pool, r->addr, r->size);
	}
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), avail);
	expect_refused(test, pool, 0);
}

/* ---- algorithms ---- */

static const struct genpool_data_below
	below_all = { .last = (phys_addr_t)-1 },
	below_c = { .last = PHYS(C) - 1 },
	below_3_of_c = { .last = PHYS(AT(C, 3)) - 1 },
	below_3_of_c_less_1 = { .last = PHYS(AT(C, 3)) - 2 },
	below_none = { .last = PHYS(A) - 1 };

#define LAST	"last", gen_pool_last_fit, NULL
#define BEST	"best", gen_pool_best_fit_all, NULL
#define BELOW(data) "below", gen_pool_first_fit_below, &(data)

static const struct fit {
	const char *chunks[3];
	unsigned int nr;
	unsigned long addr;
	const char *name;
	genpool_algo_t algo;
	const void *data;
} fits[] = {
	{ { "......" }, 1, AT(A, 5), LAST },
	{ { "......" }, 6, AT(A, 0), LAST },
	{ { "......" }, 7, 0, LAST },
	{ { "XXXXXX" }, 1, 0, LAST },
	{ { ".....X" }, 2, AT(A, 3), LAST },
	{ { "...X.." }, 3, AT(A, 0), LAST },
	{ { "..X.X." }, 3, 0, LAST },
	{ { ".XX.XX" }, 1, AT(A, 3), LAST },
	{ { "......", "...X" }, 2, AT(B, 1), LAST },
	{ { "......", "...X" }, 4, AT(A, 2), LAST },

	{ { "..", "..", "...." }, 3, AT(C, 0), BELOW(below_all) },
	{ { "..", "..", "...." }, 2, AT(B, 0), BELOW(below_c) },
	{ { "..", "X.", "...." }, 2, AT(A, 0), BELOW(below_c) },
	{ { "..", "..", "...." }, 3, 0, BELOW(below_c) },
	{ { "..", "..", "...." }, 3, AT(C, 0), BELOW(below_3_of_c) },
	{ { "..", "..", "...." }, 3, 0, BELOW(below_3_of_c_less_1) },
	{ { "..", "..", "X..." }, 2, AT(C, 1), BELOW(below_3_of_c) },
	{ { "..", "..", "X..." }, 3, 0, BELOW(below_3_of_c) },
	{ { "..", "..", "...." }, 1, 0, BELOW(below_none) },

	{ { "...", "..", "...." }, 1, AT(B, 0), BEST },
	{ { "...", "..", "...." }, 2, AT(B, 0), BEST },
	{ { "...", "..", "...." }, 3, AT(A, 0), BEST },
	{ { "...", "..", "...." }, 4, AT(C, 0), BEST },
	{ { "...", "..", "...." }, 5, 0, BEST },
	{ { "..X....", "...X...", "...X...." }, 3, AT(C, 0), BEST },
	{ { "..X....", "...X...", "...X...." }, 2, AT(A, 0), BEST },
	{ { "....", "XXXX", "XXXX" }, 1, AT(A, 0), BEST },
	{ { "XXXX", "XXXX", "XXXX" }, 1, 0, BEST },
	{ { NULL }, 1, 0, BEST },
};

static void fit_desc(const struct fit *f, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %u in %s %s %s", f->name,
		 f->nr, f->chunks[0] ?: "-", f->chunks[1] ?: "-",
		 f->chunks[2] ?: "-");
}

KUNIT_ARRAY_PARAM(fit, fits, fit_desc);

static void place_fit_test(struct kunit *test)
{
	const struct fit *f = test->param_value;
	struct gen_pool *pool = drawn_pool(test, f->chunks);
	void *data = (void *)f->data, *owner = test;
	dma_addr_t dma = 0;

	KUNIT_EXPECT_EQ(test, f->addr,
			gen_pool_alloc_algo_owner(pool, f->nr * UNIT, f->algo,
						  data, &owner));
	KUNIT_EXPECT_PTR_EQ(test, owner, (void *)(f->addr & ~(A - 1)));
	if (!f->addr)
		return;

	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(pool, f->addr), f->nr * UNIT);
	gen_pool_free(pool, f->addr, 0);
	gen_pool_set_algo(pool, f->algo, data);
	KUNIT_EXPECT_EQ(test, f->addr, (unsigned long)
			gen_pool_dma_alloc(pool, f->nr * UNIT, &dma));
	KUNIT_EXPECT_EQ(test, dma, PHYS(f->addr));
}

/* Memory without a physical address is below nothing. */
static void place_below_unknown_test(struct kunit *test)
{
	struct genpool_data_below below = below_all;
	struct gen_pool *pool = create_pool(test, 0);

	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(pool, A, 1, NUMA_NO_NODE));
	KUNIT_EXPECT_EQ(test, 0,
			gen_pool_alloc_algo(pool, 1, gen_pool_first_fit_below,
					    &below));
}

/* Chunks of all lengths, in several rows: each is taken by what fills it. */
static void place_best_all_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, ORDER);
	unsigned int nr = 3 * GEN_POOL_ROW_CHUNKS, i;

	for (i = 0; i < nr; i++)
		add_units(test, pool, AT(A, i * 2 * nr), 1 + i * 5 % nr);
	gen_pool_set_algo(pool, gen_pool_best_fit_all, NULL);
	for (i = 1; i <= nr; i++)
		KUNIT_EXPECT_NE(test, gen_pool_alloc(pool, i * UNIT), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), 0);
}

/* ---- the last and the largest of many ---- */

#define UNITS	(5 * ALLOC_MAP_UNITS_PER_WORD + 3)

/* Where @nr units are free in a row, from @end down; @end if nowhere. */
static unsigned int last_of(const bool *taken, unsigned int end, unsigned int nr)
{
	unsigned int start, run = 0;

	for (start = end; start-- > 0;) {
		run = taken[start] ? 0 : run + 1;
		if (run == nr)
			return start;
	}
	return end;
}

static void expect_last(struct kunit *test, struct gen_pool *pool,
			const bool *taken, unsigned int nr)
{
	unsigned int unit = last_of(taken, UNITS, nr);
	unsigned long addr = gen_pool_alloc(pool, nr * UNIT);

	KUNIT_ASSERT_EQ(test, addr, unit < UNITS ? AT(A, unit) : 0);
	if (addr)
		gen_pool_free(pool, addr, 0);
}

static void place_random_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, ORDER);
	bool taken[UNITS] = {};
	unsigned int i, nr, unit;
	struct rnd_state rnd;

	KUNIT_EXPECT_EQ(test, gen_pool_largest_free(pool), 0);
	add_units(test, pool, A, UNITS);
	gen_pool_set_algo(pool, gen_pool_last_fit, NULL);
	prandom_seed_state(&rnd, 1);

	for (i = 0; i < 300; i++) {
		for (nr = 1; last_of(taken, UNITS, nr) < UNITS; nr++)
			expect_last(test, pool, taken, nr);
		expect_last(test, pool, taken, nr);
		KUNIT_ASSERT_EQ(test, gen_pool_largest_free(pool),
				(nr - 1) * UNIT);
		unit = below(&rnd, UNITS);
		KUNIT_ASSERT_EQ(test, gen_pool_reserve(pool, AT(A, unit), UNIT),
				taken[unit] ? -EBUSY : 0);
		taken[unit] = true;
	}
}

/* It is that of any chunk, and what is freed is found at once. */
static void place_largest_test(struct kunit *test)
{
	static const char *const chunks[3] = { "X..X...", "XX", "..XXXX" };
	struct gen_pool *pool = drawn_pool(test, chunks);

	KUNIT_EXPECT_EQ(test, gen_pool_largest_free(pool), 3 * UNIT);
	/* Now it is known of each chunk. */
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, 4 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_largest_free(pool), 3 * UNIT);
	gen_pool_free(pool, AT(A, 3), UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_largest_free(pool), 6 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_reserve(pool, AT(A, 1), 6 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_largest_free(pool), 2 * UNIT);
}

static struct kunit_case genalloc_place_cases[] = {
	KUNIT_CASE_PARAM(place_reserve_test, reservation_gen_params),
	KUNIT_CASE_PARAM(place_fit_test, fit_gen_params),
	KUNIT_CASE(place_below_unknown_test),
	KUNIT_CASE(place_best_all_test),
	KUNIT_CASE(place_random_test),
	KUNIT_CASE(place_largest_test),
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_place, "places in a pool that callers choose",
		     .init = genalloc_place_init, .exit = check_reports);
