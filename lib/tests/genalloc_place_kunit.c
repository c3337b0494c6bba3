// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of places that callers choose, and of how much is free in one
 * piece.
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
#include <linux/minmax.h>
#include <linux/numa.h>
#include <linux/prandom.h>
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

/* ---- the largest of many ---- */

#define UNITS	(5 * ALLOC_MAP_UNITS_PER_WORD + 3)

static unsigned int longest(const bool *taken)
{
	unsigned int unit, run = 0, most = 0;

	for (unit = 0; unit < UNITS; unit++) {
		run = taken[unit] ? 0 : run + 1;
		most = max(most, run);
	}
	return most;
}

static void place_random_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, ORDER);
	bool taken[UNITS] = {};
	unsigned int i, unit;
	struct rnd_state rnd;

	KUNIT_EXPECT_EQ(test, gen_pool_largest_free(pool), 0);
	add_units(test, pool, A, UNITS);
	prandom_seed_state(&rnd, 1);

	for (i = 0; i < 300; i++) {
		KUNIT_ASSERT_EQ(test, gen_pool_largest_free(pool),
				longest(taken) * UNIT);
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
	KUNIT_CASE(place_random_test),
	KUNIT_CASE(place_largest_test),
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_place, "places in a pool that callers choose",
		     .init = genalloc_place_init, .exit = check_reports);
