// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: self-test at boot
 *
 * Runs at an early initcall, before nearly all drivers get at their pools, so
 * that a map that does not work on this machine does not show up as memory
 * corruption in a driver.  The KUnit suites test much more, but later.
 *
 * No call here is reported as misuse; refusals are tested at the map, which
 * returns an error instead.
 *
 * With genalloc_selftest=early, a pool is made even before slab is up, used
 * across the boot and destroyed at its end.
 */

#define pr_fmt(fmt) "genalloc: self-test " fmt

#include <linux/alloc_map.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/kasan.h>
#include <linux/kmemleak.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "alloc_map.h"
#include "genalloc.h"

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

	return CHECK(alloc_map_find(map, start, nr, 0, 0) == start) &&
	       CHECK(alloc_map_claim(map, start, nr)) &&
	       CHECK(!alloc_map_claim(map, start, 1)) &&
	       CHECK(!alloc_map_claim(map, last, 1)) &&
	       CHECK(!alloc_map_retire(map)) &&
	       CHECK(alloc_map_nr_free(map) == NR_UNITS - nr) &&
	       CHECK(alloc_map_extent(map, start) == nr) &&
	       CHECK(alloc_map_head(map, last) == start) &&
	       CHECK(alloc_map_release(map, start, nr + 1) == -EMSGSIZE) &&
	       CHECK(nr == 1 || alloc_map_release(map, last, 0) == -EINVAL) &&
	       CHECK(alloc_map_nr_free(map) == NR_UNITS - nr) &&
	       CHECK(alloc_map_release(map, start, nr & 1 ? nr : 0) == nr) &&
	       CHECK(alloc_map_release(map, start, 0) == -ENOENT) &&
	       CHECK(alloc_map_nr_free(map) == NR_UNITS);
}

/* The same between two neighbours, which must come out unharmed. */
static bool __init test_neighbours(struct alloc_map *map, unsigned long start,
				   unsigned long nr)
{
	unsigned long end = start + nr;

	return CHECK(alloc_map_claim(map, 0, start)) &&
	       CHECK(alloc_map_claim(map, end, NR_UNITS - end)) &&
	       CHECK(!alloc_map_claim(map, start, nr + 1)) &&
	       CHECK(alloc_map_find(map, 0, nr + 1, 0, 0) == NR_UNITS) &&
	       CHECK(alloc_map_alloc(map, nr) == start) &&
	       CHECK(alloc_map_alloc(map, 1) == NR_UNITS) &&
	       CHECK(alloc_map_nr_free(map) == 0) &&
	       CHECK(alloc_map_release(map, start, nr) == nr) &&
	       CHECK(alloc_map_longest(map) == nr) &&
	       CHECK(alloc_map_release(map, 0, start) == start) &&
	       CHECK(alloc_map_release(map, end, 0) == NR_UNITS - end) &&
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

	return CHECK(alloc_map_retire(map)) &&
	       CHECK(alloc_map_alloc(map, 1) == NR_UNITS);
}

/* Addresses of nothing: units of 16 bytes from an odd place on. */
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

/* ---- before slab ---- */

/* Chunks side by side, one more than fit into a row. */
#define NR_CHUNKS	(GEN_POOL_ROW_CHUNKS + 1)
#define CHUNK_SIZE	PAGE_SIZE
/* The pool takes a page, and so does each chunk, and the second row. */
#define POOL_PAGES	(1 + NR_CHUNKS + 1)

/* A pool that is older than slab. */
static struct early {
	bool asked;		/* the command line asks for it */
	bool ok;		/* nothing has failed yet */
	bool watched;		/* KASAN watches its memory */
	struct gen_pool *pool;	/* the pool */
	void *memory;		/* its memory */
	/* the page of another one, which was destroyed before slab was up */
	struct page *ended;
} early __initdata;

static void *__init chunk_at(unsigned int nr)
{
	return early.memory + nr * CHUNK_SIZE;
}

/*
 * Whether KASAN reports an access to the byte, or none, as it should. So early,
 * the shadow itself has none on some architectures.
 */
static bool __init __no_sanitize_address guard_is(const void *byte, bool on)
{
#ifdef CONFIG_GENALLOC_KASAN
	if (early.watched)
		return !!*(u8 *)kasan_mem_to_shadow(byte) == on;
#endif
	return true;
}

static bool __init add_early(struct gen_pool *pool, unsigned int nr)
{
	return CHECK(gen_pool_add_virt(pool, (unsigned long)chunk_at(nr),
				       virt_to_phys(chunk_at(nr)), CHUNK_SIZE,
				       NUMA_NO_NODE) == 0);
}

/* All but a unit; no allocation goes over the edge between the chunks. */
static bool __init alloc_early(unsigned int nr)
{
	unsigned long addr = gen_pool_alloc(early.pool, CHUNK_SIZE - UNIT);

	if (!CHECK((void *)addr == chunk_at(nr)) ||
	    !CHECK(gen_pool_alloc(early.pool, 2 * UNIT) == 0) ||
	    !CHECK(gen_pool_virt_to_phys(early.pool, addr) ==
		   virt_to_phys(chunk_at(nr))))
		return false;

	memset(chunk_at(nr), 0x50 + nr, CHUNK_SIZE - UNIT);
	return CHECK(guard_is((void *)addr + CHUNK_SIZE - UNIT - 1, false)) &&
	       CHECK(guard_is((void *)addr + CHUNK_SIZE - UNIT, true));
}

static bool __init free_early(unsigned int nr)
{
	unsigned long addr = (unsigned long)chunk_at(nr);

	return CHECK(!memchr_inv(chunk_at(nr), 0x50 + nr, CHUNK_SIZE - UNIT)) &&
	       CHECK(gen_pool_alloc_size(early.pool, addr) == CHUNK_SIZE - UNIT) &&
	       CHECK(gen_pool_free_owner(early.pool, addr, 0, NULL) == 0) &&
	       CHECK(guard_is(chunk_at(nr), true));
}

static bool __init make_early(void)
{
	unsigned int nr;

	early.memory = memblock_alloc(NR_CHUNKS * CHUNK_SIZE, PAGE_SIZE);
	early.pool = gen_pool_create(ilog2(UNIT), NUMA_NO_NODE);
	if (!CHECK(early.memory) || !CHECK(early.pool))
		return false;

	gen_pool_set_memory(early.pool);
	early.watched = kasan_genpool_watches(early.memory, UNIT);
	for (nr = 0; nr < NR_CHUNKS; nr++)
		if (!add_early(early.pool, nr) || !alloc_early(nr))
			return false;
	return CHECK(gen_pool_avail(early.pool) == NR_CHUNKS * UNIT);
}

static bool __init end_early(void)
{
	struct gen_pool *pool = gen_pool_create(ilog2(UNIT), NUMA_NO_NODE);

	if (!CHECK(pool) || !add_early(pool, 1) ||
	    !CHECK(gen_pool_alloc(pool, CHUNK_SIZE) == (unsigned long)chunk_at(1)))
		return false;

	early.ended = virt_to_page(pool);
	gen_pool_free_all(pool);
	gen_pool_destroy(pool);
	return true;
}

/* The kernel's parameters are parsed when memblock works and slab does not. */
static int __init early_setup(char *str)
{
	if (strcmp(str, "early"))
		return 0;

	early.asked = true;
	early.ok = CHECK(!slab_is_available()) && make_early() && end_early();
	return 1;
}
__setup("genalloc_selftest=", early_setup);

/* With chunks and rows of slab beside those of memblock, and in their place. */
static bool __init use_early(void)
{
	struct gen_pool *pool = early.pool;
	unsigned int newest = NR_CHUNKS - 1;
	unsigned long addr = (unsigned long)chunk_at(newest);

	return CHECK(gen_pool_remove(pool, addr) == -EBUSY) &&
	       free_early(newest) && CHECK(gen_pool_remove(pool, addr) == 0) &&
	       CHECK(!gen_pool_has_addr(pool, addr, 1)) &&
	       CHECK(guard_is(chunk_at(newest), false)) &&
	       add_early(pool, newest) && alloc_early(newest) &&
	       CHECK(gen_pool_size(pool) == NR_CHUNKS * CHUNK_SIZE);
}

/* The pages that it took, with a reference to each so that they stay. */
static struct page *held[POOL_PAGES] __initdata;
static unsigned int nr_held __initdata;

static void __init hold(void *object)
{
	if (nr_held == POOL_PAGES)
		return;
	held[nr_held] = virt_to_page(object);
	get_page(held[nr_held++]);
}

static void __init hold_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			      void *data)
{
	hold(chunk);
}

static bool __init hold_early(void)
{
	hold(early.pool);
	hold(rcu_access_pointer(early.pool->rows));
	gen_pool_for_each_chunk(early.pool, hold_chunk, NULL);
	return CHECK(nr_held == POOL_PAGES);
}

static void __init free_memory(void *memory, size_t size)
{
	size_t offset;

	kmemleak_free_part_phys(virt_to_phys(memory), size);
	for (offset = 0; offset < size; offset += PAGE_SIZE)
		free_reserved_page(virt_to_page(memory + offset));
}

/* What it took of the system, the system must have again. */
static bool __init give_back_early(void)
{
	unsigned int nr;

	gen_pool_memory_barrier();
	if (!CHECK(!PageReserved(early.ended)) || !hold_early() || !use_early())
		return false;
	for (nr = 0; nr < NR_CHUNKS; nr++)
		if (!free_early(nr))
			return false;

	gen_pool_destroy(early.pool);
	gen_pool_memory_barrier();
	for (nr = 0; nr < POOL_PAGES; nr++) {
		if (!CHECK(!PageReserved(held[nr])) ||
		    !CHECK(page_count(held[nr]) == 1))
			return false;
		put_page(held[nr]);
	}
	if (!CHECK(guard_is(early.memory, false)) ||
	    !CHECK(guard_is(chunk_at(NR_CHUNKS) - 1, false)))
		return false;

	free_memory(early.memory, NR_CHUNKS * CHUNK_SIZE);
	return true;
}

static int __init genalloc_selftest_end(void)
{
	if (!early.ok)
		return early.asked ? -EINVAL : 0;
	if (!give_back_early())
		return -EINVAL;

	pr_info("before slab passed: %zu pages given back%s\n",
		POOL_PAGES + NR_CHUNKS, early.watched ? ", watched by KASAN" : "");
	return 0;
}
late_initcall(genalloc_selftest_end);

static int __init genalloc_selftest(void)
{
	if (!selftest_map() || !selftest_pool())
		return -EINVAL;

	pr_info("passed: %lu checks\n", nr_checks);
	return 0;
}
early_initcall(genalloc_selftest);
