// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of gen_pool_percpu_fit(), the algorithm that begins at another
 * place on each CPU.
 *
 * gen_pool_this_cpu() is replaced for the time of a test, so that a test is on
 * whatever CPU it likes, also on a machine that has only one.
 *
 * Names: a line is what a cache line of the map records.
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
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/prandom.h>
#include <linux/smp.h>
#include <linux/string.h>

#define ORDER		4
#define UNIT		BIT(ORDER)
#define START		0x100000UL
#define LINE		ALLOC_MAP_UNITS_PER_LINE

#define LINES		256
#define CPUS		64

/**
 * struct percpu - What a test works with.
 * @pool: Its pool.
 * @cpu: The CPU that it is on.
 */
struct percpu {
	struct gen_pool *pool;
	unsigned int cpu;
};

/* In place of gen_pool_this_cpu(). */
static unsigned int cpu_of_test(void)
{
	struct percpu *p = kunit_get_current_test()->priv;

	return p->cpu;
}

static int genalloc_percpu_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct percpu), GFP_KERNEL);
	if (!test->priv)
		return -ENOMEM;

	kunit_activate_static_stub(test, gen_pool_this_cpu, cpu_of_test);
	return 0;
}

static void destroy_pool(void *pool)
{
	gen_pool_free_all(pool);
	gen_pool_destroy(pool);
}

static void add_chunk(struct kunit *test, struct gen_pool *pool,
		      unsigned long first, unsigned long units)
{
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(pool, START + first * UNIT,
					      units * UNIT, NUMA_NO_NODE));
}

static struct gen_pool *create_pool(struct kunit *test)
{
	struct gen_pool *pool = gen_pool_create(ORDER, NUMA_NO_NODE);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, destroy_pool, pool));
	gen_pool_set_algo(pool, gen_pool_percpu_fit, NULL);
	return pool;
}

static struct percpu *start(struct kunit *test, unsigned long units)
{
	struct percpu *p = test->priv;

	p->pool = create_pool(test);
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

/* The next is behind the last, and what was freed is used anew. */
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

/* One CPU has all of a pool; when it is full, any CPU has what is freed. */
static void percpu_all_test(struct kunit *test)
{
	struct percpu *p = start(test, 10 * LINE + 3);
	unsigned long unit;

	for (unit = 0; unit < 10 * LINE + 3; unit++)
		KUNIT_ASSERT_NE(test, alloc_on(p, 0, 1), NO_UNIT);
	KUNIT_EXPECT_EQ(test, alloc_on(p, 0, 1), NO_UNIT);

	for (unit = 0; unit < 10 * LINE + 3; unit++) {
		free_unit(p, unit);
		KUNIT_ASSERT_EQ(test, alloc_on(p, unit % CPUS, 1), unit);
	}
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

/* With CPUs that are more than the lines, too, each finds room. */
static void percpu_many_cpus_test(struct kunit *test)
{
	struct percpu *p = start(test, 4 * LINE);
	unsigned int cpu;

	for (cpu = 0; cpu < 4 * LINE; cpu++)
		KUNIT_ASSERT_NE(test, alloc_on(p, cpu, 1), NO_UNIT);
	KUNIT_EXPECT_EQ(test, alloc_on(p, cpu, 1), NO_UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(p->pool), 0);
}

/* Does the same as first fit, until there is a second line. */
static void percpu_small_test(struct kunit *test)
{
	struct percpu *p = start(test, 2 * LINE - 1);
	struct gen_pool *other = create_pool(test);
	unsigned long live[64] = {};
	struct rnd_state rnd;
	unsigned int i, n;

	add_chunk(test, other, 0, 2 * LINE - 1);
	gen_pool_set_algo(other, gen_pool_first_fit, NULL);
	prandom_seed_state(&rnd, 1);

	for (i = 0; i < 2000; i++) {
		n = prandom_u32_state(&rnd) % ARRAY_SIZE(live);
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
static unsigned long fit_from(unsigned long *map, unsigned long size,
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

/**
 * struct visit - What a test does on another CPU.
 * @pool: Where it allocates, in an interrupt.
 * @addr: What it has got.
 */
struct visit {
	struct gen_pool *pool;
	unsigned long addr;
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

static struct kunit_case genalloc_percpu_test_cases[] = {
	KUNIT_CASE(percpu_lines_test),
	KUNIT_CASE(percpu_spread_test),
	KUNIT_CASE(percpu_upward_test),
	KUNIT_CASE(percpu_aligned_test),
	KUNIT_CASE(percpu_all_test),
	KUNIT_CASE(percpu_large_test),
	KUNIT_CASE(percpu_many_cpus_test),
	KUNIT_CASE(percpu_small_test),
	KUNIT_CASE(percpu_chunks_test),
	KUNIT_CASE(percpu_collision_test),
	KUNIT_CASE(percpu_real_test),
	{}
};

static struct kunit_suite genalloc_percpu_test_suite = {
	.name = "genalloc_percpu",
	.init = genalloc_percpu_test_init,
	.test_cases = genalloc_percpu_test_cases,
};

kunit_test_suite(genalloc_percpu_test_suite);

MODULE_DESCRIPTION("KUnit tests of the genalloc algorithm that goes by CPUs");
MODULE_LICENSE("GPL");
