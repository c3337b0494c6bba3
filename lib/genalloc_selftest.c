// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: self-test at boot
 *
 * Runs at an early initcall, before nearly all drivers get at their pools, so
 * that a map that does not work on this machine shows as what it is and not as
 * a driver's memory corruption.  The KUnit suites look at much more, but later.
 *
 * Nothing is done that would be reported as misuse; refusals are tested at the
 * map, which returns an error instead.
 */

#define pr_fmt(fmt) "genalloc: self-test " fmt

#include <linux/alloc_map.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/init.h>
#include <linux/log2.h>
#include <linux/numa.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/slab.h>

/* Two words, and a third in part. */
#define NR_UNITS	(2 * ALLOC_MAP_UNITS_PER_WORD + 5)

static unsigned long nr_checks __initdata;

static bool __init check(bool ok, int line, const char *what)
{
	nr_checks++;
	if (ok)
		return true;

	pr_err("failed: line %d: %s\n", line, what);
	if (IS_ENABLED(CONFIG_GENALLOC_SELFTEST_PANIC))
		panic("genalloc: self-test failed");
	return false;
}

#define CHECK(cond)	check((cond), __LINE__, #cond)

/* An allocation with free units on both sides. */
static bool __init test_one(struct alloc_map *map, unsigned long start,
			    unsigned long nr)
{
	unsigned long last = start + nr - 1;
	unsigned long extent;

	return CHECK(alloc_map_find(map, start, nr, 0, 0) == start) &&
	       CHECK(alloc_map_claim(map, start, nr)) &&
	       CHECK(!alloc_map_claim(map, start, 1)) &&
	       CHECK(!alloc_map_claim(map, last, 1)) &&
	       CHECK(alloc_map_nr_free(map) == NR_UNITS - nr) &&
	       CHECK(alloc_map_extent(map, start) == nr) &&
	       CHECK(alloc_map_head(map, last) == start) &&
	       CHECK(alloc_map_release(map, start, nr + 1, &extent) == -EMSGSIZE) &&
	       CHECK(nr == 1 || alloc_map_release(map, last, 0, &extent) == -EINVAL) &&
	       CHECK(alloc_map_nr_free(map) == NR_UNITS - nr) &&
	       CHECK(alloc_map_release(map, start, nr & 1 ? nr : 0, &extent) == 0) &&
	       CHECK(extent == nr) &&
	       CHECK(alloc_map_release(map, start, 0, &extent) == -ENOENT) &&
	       CHECK(alloc_map_nr_free(map) == NR_UNITS);
}

/* The same between two neighbours, which must come out unharmed. */
static bool __init test_neighbours(struct alloc_map *map, unsigned long start,
				   unsigned long nr)
{
	unsigned long end = start + nr;
	unsigned long extent;

	return CHECK(alloc_map_claim(map, 0, start)) &&
	       CHECK(alloc_map_claim(map, end, NR_UNITS - end)) &&
	       CHECK(!alloc_map_claim(map, start, nr + 1)) &&
	       CHECK(alloc_map_find(map, 0, nr, 0, 0) == start) &&
	       CHECK(alloc_map_find(map, 0, nr + 1, 0, 0) == NR_UNITS) &&
	       CHECK(alloc_map_claim(map, start, nr)) &&
	       CHECK(alloc_map_nr_free(map) == 0) &&
	       CHECK(alloc_map_release(map, start, nr, &extent) == 0) &&
	       CHECK(alloc_map_nr_free(map) == nr) &&
	       CHECK(alloc_map_release(map, 0, start, &extent) == 0) &&
	       CHECK(alloc_map_release(map, end, NR_UNITS - end, &extent) == 0) &&
	       CHECK(alloc_map_nr_free(map) == NR_UNITS);
}

static bool __init test_map(struct alloc_map *map)
{
	unsigned long start, nr;

	for (start = 0; start < NR_UNITS; start++)
		for (nr = 1; nr <= NR_UNITS - start; nr++)
			if (!test_one(map, start, nr))
				return false;

	for (start = 1; start < NR_UNITS - 1; start++)
		for (nr = 1; nr < NR_UNITS - start; nr++)
			if (!test_neighbours(map, start, nr))
				return false;

	return true;
}

/* Addresses that nobody looks at: units of 16 bytes from an odd place on. */
#define BASE	0x10008UL
#define UNIT	16UL

static bool __init test_pool(struct gen_pool *pool)
{
	unsigned long one = BASE, forty = BASE + UNIT;

	if (!CHECK(gen_pool_add_virt(pool, BASE, 0x1000, 100 * UNIT + 3,
				     NUMA_NO_NODE) == 0) ||
	    !CHECK(gen_pool_size(pool) == 100 * UNIT) ||
	    !CHECK(gen_pool_alloc(pool, 1) == one) ||
	    !CHECK(gen_pool_alloc(pool, 40 * UNIT) == forty) ||
	    !CHECK(gen_pool_alloc(pool, 60 * UNIT) == 0) ||
	    !CHECK(gen_pool_virt_to_phys(pool, forty) == 0x1000 + UNIT) ||
	    !CHECK(gen_pool_alloc_size(pool, forty) == 40 * UNIT) ||
	    !CHECK(gen_pool_avail(pool) == 59 * UNIT) ||
	    !CHECK(gen_pool_split(pool, forty, 39 * UNIT) == 0))
		return false;

	gen_pool_free(pool, one, 0);
	gen_pool_free(pool, forty, 39 * UNIT);
	if (!CHECK(gen_pool_avail(pool) == 99 * UNIT))
		return false;

	gen_pool_free_all(pool);
	return CHECK(gen_pool_avail(pool) == 100 * UNIT);
}

static bool __init selftest_map(void)
{
	struct alloc_map *map = kzalloc(alloc_map_bytes(NR_UNITS), GFP_KERNEL);
	bool ok;

	if (!map)
		return check(false, __LINE__, "no memory");

	alloc_map_init(map, NR_UNITS);
	ok = test_map(map);
	kfree(map);
	return ok;
}

static bool __init selftest_pool(void)
{
	struct gen_pool *pool = gen_pool_create(ilog2(UNIT), NUMA_NO_NODE);
	bool ok;

	if (!pool)
		return check(false, __LINE__, "no memory");

	ok = test_pool(pool);
	/* What a failed test has left would make this one more report. */
	if (ok)
		gen_pool_destroy(pool);
	return ok;
}

static int __init genalloc_selftest(void)
{
	if (!selftest_map() || !selftest_pool())
		return -EINVAL;

	pr_info("passed: %lu checks\n", nr_checks);
	return 0;
}
early_initcall(genalloc_selftest);
