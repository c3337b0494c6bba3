// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of gen_pool_percpu_fit(), the algorithm that begins at another
 * place on each CPU.
 *
 * The tests replace gen_pool_this_cpu(), so that they can be on any CPU, even
 * on a machine that has only one.
 *
 * Names: a line is the units that one cache line of the map records.
 */

#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>

#include <linux/alloc_map.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/numa.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "genalloc_test.h"

#define ORDER		4
#define UNIT		BIT(ORDER)
#define START		0x100000UL
#define LINE		ALLOC_MAP_UNITS_PER_LINE

#define LINES		256
#define CPUS		64

/* What a test works with. */
struct percpu {
	struct reports reports;	/* of which there are to be none */
	struct gen_pool *pool;	/* its pool */
	unsigned int cpu;	/* the CPU that it is on */
};

/* In place of gen_pool_this_cpu(). */
static unsigned int cpu_of_test(void)
{
	struct percpu *p = kunit_get_current_test()->priv;

	return p->cpu;
}

static int genalloc_percpu_init(struct kunit *test)
{
	kunit_activate_static_stub(test, gen_pool_this_cpu, cpu_of_test);
	return init_reports(test, sizeof(struct percpu));
}

static void add_chunk(struct kunit *test, struct gen_pool *pool,
		      unsigned long first, unsigned long units)
{
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(pool, START + first * UNIT,
					      units * UNIT, NUMA_NO_NODE));
}

static struct percpu *start(struct kunit *test, unsigned long units)
{
	struct percpu *p = test->priv;

	p->pool = create_pool(test, ORDER);
	gen_pool_set_algo(p->pool, gen_pool_percpu_fit, NULL);
	add_chunk(test, p->pool, 0, units);
	return p;
}

/* A unit that no pool has, as START is none of them. */
#define NO_UNIT		(-START / UNIT)

static unsigned long alloc_on(struct percpu *p, unsigned int cpu,
			      unsigned long nr)
{
	p->cpu = cpu;
	return (gen_pool_alloc(p->pool, nr * UNIT) - START) / UNIT;
}

static void free_unit(struct percpu *p, unsigned long unit)
{
	gen_pool_free(p->pool, START + unit * UNIT, 0);
}

/* Where the CPU begins. */
static unsigned long place_of(struct percpu *p, unsigned int cpu)
{
	unsigned long unit = alloc_on(p, cpu, 1);

	free_unit(p, unit);
	return unit;
}

/* No CPU writes to the line of another. */
static void percpu_lines_test(struct kunit *test)
{
	struct percpu *p = start(test, LINES * LINE);
	bool taken[LINES] = {};
	unsigned long unit;
	unsigned int cpu;

	for (cpu = 0; cpu < CPUS; cpu++) {
		unit = alloc_on(p, cpu, 1);
		KUNIT_ASSERT_LT(test, unit, LINES * LINE);
		KUNIT_EXPECT_FALSE_MSG(test, taken[unit / LINE],
				       "CPU %u is at unit %lu", cpu, unit);
		taken[unit / LINE] = true;
	}
}

/* Of few CPUs each has a good part of the pool before it meets another. */
static void percpu_spread_test(struct kunit *test)
{
	struct percpu *p = start(test, LINES * LINE);
	unsigned long units[8], apart = ULONG_MAX;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(units); i++) {
		units[i] = alloc_on(p, i, 1);
		for (j = 0; j < i; j++)
			apart = min(apart, max(units[i], units[j]) -
					   min(units[i], units[j]));
	}
	KUNIT_EXPECT_GE(test, apart, LINES * LINE / (3 * ARRAY_SIZE(units)));
}

/* Each is behind the last, and freed units are used anew. */
static void percpu_upward_test(struct kunit *test)
{
	struct percpu *p = start(test, LINES * LINE);
	unsigned long first = place_of(p, 3);
	unsigned long i;

	for (i = 0; i < 3 * LINE; i++)
		KUNIT_ASSERT_EQ(test, alloc_on(p, 3, 1), first + i);
	free_unit(p, first + 5);
	KUNIT_EXPECT_EQ(test, alloc_on(p, 3, 1), first + 5);
}

/* Lengths and places that are powers of two keep to their own multiples. */
static void percpu_aligned_test(struct kunit *test)
{
	struct percpu *p = start(test, LINES * LINE);
	unsigned int cpu;

	for (cpu = 0; cpu < CPUS; cpu++) {
		KUNIT_EXPECT_EQ(test, alloc_on(p, cpu, 8) % 8, 0);
		KUNIT_EXPECT_EQ(test, alloc_on(p, cpu, 8) % 8, 0);
	}
}

/*
 * One CPU gets all of a pool, and so do more CPUs than there are lines.  When
 * the pool is full, any CPU gets a unit that is freed.
 */
static void check_all(struct kunit *test, unsigned int nr_cpus)
{
	struct percpu *p = start(test, 10 * LINE + 3);
	unsigned long unit;

	for (unit = 0; unit < 10 * LINE + 3; unit++)
		KUNIT_ASSERT_NE(test, alloc_on(p, unit % nr_cpus, 1), NO_UNIT);
	KUNIT_EXPECT_EQ(test, alloc_on(p, 0, 1), NO_UNIT);

	for (unit = 0; unit < 10 * LINE + 3; unit++) {
		free_unit(p, unit);
		KUNIT_ASSERT_EQ(test, alloc_on(p, unit % CPUS, 1), unit);
	}
}

static void percpu_all_test(struct kunit *test)
{
	check_all(test, 1);
	check_all(test, 10 * LINE + 3);
}

/* What does not fit behind the CPU's place is put in front of it. */
static void percpu_large_test(struct kunit *test)
{
	struct percpu *p = start(test, 16 * LINE);
	unsigned int cpu;

	for (cpu = 0; cpu < CPUS; cpu++) {
		KUNIT_EXPECT_EQ(test, alloc_on(p, cpu, 16 * LINE), 0);
		KUNIT_EXPECT_EQ(test, alloc_on(p, cpu, 1), NO_UNIT);
		free_unit(p, 0);
	}
	KUNIT_EXPECT_EQ(test, alloc_on(p, 0, 16 * LINE + 1), NO_UNIT);
}

/* Does the same as first fit, until there is a second line. */
static void percpu_small_test(struct kunit *test)
{
	struct percpu *p = start(test, 2 * LINE - 1);
	struct gen_pool *other = create_pool(test, ORDER);
	unsigned long live[64] = {};
	struct rnd_state rnd;
	unsigned int i, n;

	add_chunk(test, other, 0, 2 * LINE - 1);
	prandom_seed_state(&rnd, 1);

	for (i = 0; i < 2000; i++) {
		n = below(&rnd, ARRAY_SIZE(live));
		if (live[n]) {
			gen_pool_free(p->pool, live[n], 0);
			gen_pool_free(other, live[n], 0);
		}
		p->cpu = i;
		live[n] = gen_pool_alloc(p->pool, (1 + i % 20) * UNIT);
		KUNIT_ASSERT_EQ(test, live[n],
				gen_pool_alloc(other, (1 + i % 20) * UNIT));
	}
}

/* The places are those of the chunk, whatever the size of the others. */
static void percpu_chunks_test(struct kunit *test)
{
	struct percpu *p = start(test, LINES * LINE);
	unsigned long first = place_of(p, 0);
	unsigned long second, unit, left;

	KUNIT_EXPECT_LT(test, first, LINES * LINE);
	add_chunk(test, p->pool, LINES * LINE, 8 * LINE);
	second = alloc_on(p, 0, 1);
	unit = alloc_on(p, 1, 1);
	KUNIT_EXPECT_GE(test, second, LINES * LINE);
	KUNIT_EXPECT_GE(test, unit, LINES * LINE);
	KUNIT_EXPECT_NE(test, unit / LINE, second / LINE);

	KUNIT_EXPECT_NE(test, alloc_on(p, 0, 8 * LINE), NO_UNIT);
	for (left = gen_pool_avail(p->pool) / UNIT; left; left--)
		KUNIT_ASSERT_NE(test, alloc_on(p, 0, 1), NO_UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(p->pool), 0);
}

/* The algorithm after a collision, when it is told where to go on. */
static unsigned long fit_from(struct alloc_map *map, unsigned long size,
			      unsigned long start, unsigned int nr, void *data,
			      struct gen_pool *pool, unsigned long start_addr)
{
	return gen_pool_percpu_fit(map, size, *(unsigned long *)data, nr, NULL,
				   pool, start_addr);
}

static void percpu_collision_test(struct kunit *test)
{
	struct percpu *p = start(test, 16 * LINE);
	unsigned long from = 5 * LINE + 9;

	KUNIT_EXPECT_EQ(test, START + from * UNIT,
			gen_pool_alloc_algo(p->pool, UNIT, fit_from, &from));
	KUNIT_EXPECT_EQ(test, START + (from + 1) * UNIT,
			gen_pool_alloc_algo(p->pool, UNIT, fit_from, &from));

	/* Nothing is left there. */
	from = 16 * LINE - 1;
	KUNIT_EXPECT_EQ(test, START,
			gen_pool_alloc_algo(p->pool, 2 * UNIT, fit_from, &from));
}

/* What a test does on another CPU. */
struct visit {
	struct gen_pool *pool;	/* where it allocates, in an interrupt */
	unsigned long addr;	/* what it has got */
};

static void alloc_there(void *data)
{
	struct visit *visit = data;

	visit->addr = gen_pool_alloc(visit->pool, UNIT);
}

/* The CPU that is asked for is the one that allocates. */
static void percpu_real_test(struct kunit *test)
{
	struct percpu *p = start(test, LINES * LINE);
	struct visit visit = { .pool = p->pool };
	unsigned long place;
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		kunit_activate_static_stub(test, gen_pool_this_cpu, cpu_of_test);
		place = place_of(p, cpu);
		kunit_deactivate_static_stub(test, gen_pool_this_cpu);

		if (smp_call_function_single(cpu, alloc_there, &visit, true))
			continue;
		KUNIT_EXPECT_EQ(test, visit.addr, START + place * UNIT);
	}
	kunit_activate_static_stub(test, gen_pool_this_cpu, cpu_of_test);
}

static struct kunit_case genalloc_percpu_cases[] = {
	KUNIT_CASE(percpu_lines_test),
	KUNIT_CASE(percpu_spread_test),
	KUNIT_CASE(percpu_upward_test),
	KUNIT_CASE(percpu_aligned_test),
	KUNIT_CASE(percpu_all_test),
	KUNIT_CASE(percpu_large_test),
	KUNIT_CASE(percpu_small_test),
	KUNIT_CASE(percpu_chunks_test),
	KUNIT_CASE(percpu_collision_test),
	KUNIT_CASE(percpu_real_test),
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_percpu, "the genalloc algorithm that goes by CPUs",
		     .init = genalloc_percpu_init, .exit = check_reports);
