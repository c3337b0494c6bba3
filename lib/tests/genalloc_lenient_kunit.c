// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of frees that do not fit allocations, and of what becomes of them
 * with genalloc.lenient.
 *
 * Pools are drawn: a capital letter is the beginning of an allocation, '-' the
 * rest of it, '.' is free.
 */

#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/minmax.h>
#include <linux/numa.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "../lib/alloc_map.h"
#include "genalloc_test.h"

#define ORDER		4
#define UNIT		BIT(ORDER)
#define START		0x100000UL
#define MAX_UNITS	400UL

/* What a test works with. */
struct lenient {
	struct reports reports;
	struct gen_pool *pool;
	bool before;		/* frees were carried out before the test, too */
};

static int genalloc_lenient_init(struct kunit *test)
{
	int err = init_reports(test, sizeof(struct lenient));
	struct lenient *l = test->priv;

	if (!err)
		l->before = gen_pool_be_lenient(false);
	return err;
}

static void genalloc_lenient_exit(struct kunit *test)
{
	struct lenient *l = test->priv;

	if (l)
		gen_pool_be_lenient(l->before);
}

static struct lenient *create(struct kunit *test, unsigned long units)
{
	struct lenient *l = test->priv;

	l->pool = create_pool(test, ORDER);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(l->pool, START, units * UNIT,
					      NUMA_NO_NODE));
	return l;
}

/* ---- one free ---- */

/* A picture, the units of it that a free names, and the picture after it. */
struct free_case {
	const char *desc;
	const char *before;
	const char *after;	/* NULL: refused all the same */
	unsigned int unit;
	unsigned int nr;
	int err;		/* the reason, in the eyes of the pool */
};

static const struct free_case free_cases[] = {
	{ "the beginning", "A---", ".B--", 0, 1, -EMSGSIZE },
	{ "the end", "A---", "A--.", 3, 1, -EINVAL },
	{ "the middle", "A---", "A..B", 1, 2, -EINVAL },
	{ "the middle, between others", "A-B--C-", "A-B.DC-", 3, 1, -EINVAL },
	{ "two allocations", "A-B-", "....", 0, 4, -EMSGSIZE },
	{ "an allocation and a part of the next", "AB--C", "..D-C", 0, 2, -EMSGSIZE },
	{ "parts of two", "A--B--", "A-..C-", 2, 2, -EINVAL },
	{ "parts of two and all between", "A-BC--DE-", "A......E-", 1, 6, -EINVAL },
	{ "a free unit behind", "A-.", NULL, 0, 3, -EMSGSIZE },
	{ "a free unit in between", "A.B", NULL, 0, 3, -EMSGSIZE },
	{ "a free unit before", ".A-", NULL, 0, 2, -ENOENT },
	{ "from inside to a free unit", "A-.B", NULL, 1, 2, -EINVAL },
	{ "inside, without a size", "A--", NULL, 1, 0, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(free, free_cases, desc);

/* Where a picture is in the pool. */
struct frame {
	unsigned long base;	/* its first unit */
	unsigned long scale;	/* units for each character */
};

static unsigned long addr_of(const struct frame *f, unsigned long at)
{
	return START + (f->base + at * f->scale) * UNIT;
}

/* How much the allocation that begins at @at has; 0 if none does. */
static size_t drawn_size(const struct frame *f, const char *at)
{
	if (*at < 'A')
		return 0;
	return (1 + strspn(at + 1, "-")) * f->scale * UNIT;
}

static void draw(struct kunit *test, struct gen_pool *pool,
		 const struct frame *f, const char *picture)
{
	struct genpool_data_fixed fixed;
	unsigned long i;
	size_t size;

	for (i = 0; picture[i]; i++) {
		size = drawn_size(f, picture + i);
		fixed.offset = addr_of(f, i) - START;
		if (size)
			KUNIT_ASSERT_EQ(test, addr_of(f, i),
					gen_pool_alloc_algo(pool, size,
							    gen_pool_fixed_alloc,
							    &fixed));
	}
}

static void expect_drawn(struct kunit *test, struct gen_pool *pool,
			 const struct frame *f, const char *picture)
{
	size_t size = gen_pool_size(pool);
	unsigned long i;

	for (i = 0; picture[i]; i++) {
		KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(pool, addr_of(f, i)),
				drawn_size(f, picture + i));
		size -= drawn_size(f, picture + i);
	}
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), size);
}

static void try_free(struct kunit *test, const struct free_case *c,
		     const struct frame *f)
{
	struct lenient *l = create(test, MAX_UNITS);
	unsigned long addr = addr_of(f, c->unit);
	size_t size = c->nr * f->scale * UNIT;
	struct reports *r = test->priv;
	unsigned int reports = r->nr;

	draw(test, l->pool, f, c->before);
	gen_pool_be_lenient(false);
	KUNIT_EXPECT_EQ(test, c->err,
			gen_pool_free_owner(l->pool, addr, size, NULL));
	expect_drawn(test, l->pool, f, c->before);

	gen_pool_be_lenient(true);
	KUNIT_EXPECT_EQ(test, c->after ? 0 : c->err,
			gen_pool_free_owner(l->pool, addr, size, NULL));
	expect_drawn(test, l->pool, f, c->after ?: c->before);

	expect_reports(test, reports + 1);
	expect_report(test, l->pool, "free", addr, size);
	expect_refused(test, l->pool, 2);
}

/* In one word, across the edges of words, and with words in between. */
static void genalloc_lenient_free_test(struct kunit *test)
{
	static const unsigned long bases[] = { 0, 11, 14, 15, 29, 30, 31, 32 };
	static const unsigned long scales[] = { 1, 5, 16, 32, 37 };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(bases); i++)
		for (j = 0; j < ARRAY_SIZE(scales); j++)
			try_free(test, test->param_value,
				 &(struct frame){ bases[i], scales[j] });
}

/* The unit that an address is in was meant. */
static void genalloc_lenient_inside_unit_test(struct kunit *test)
{
	struct lenient *l = create(test, MAX_UNITS);
	struct frame f = { 0, 1 };

	draw(test, l->pool, &f, "A--");
	gen_pool_be_lenient(true);
	KUNIT_EXPECT_EQ(test, 0, gen_pool_free_owner(l->pool, addr_of(&f, 1) + 1,
						     UNIT, NULL));
	expect_drawn(test, l->pool, &f, "A.B");
}

/* No chunk has all of the range, so no unit of it is freed. */
static void genalloc_lenient_past_chunk_test(struct kunit *test)
{
	struct lenient *l = create(test, 3);
	struct frame f = { 0, 1 };
	void *owner;

	draw(test, l->pool, &f, "AB-");
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_owner(l->pool, START + 3 * UNIT, -1,
						    3 * UNIT, NUMA_NO_NODE, l));
	KUNIT_ASSERT_EQ(test, gen_pool_alloc(l->pool, 2 * UNIT), addr_of(&f, 3));
	KUNIT_ASSERT_EQ(test, gen_pool_alloc(l->pool, UNIT), addr_of(&f, 5));
	gen_pool_be_lenient(true);
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			gen_pool_free_owner(l->pool, addr_of(&f, 0), 4 * UNIT, NULL));
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			gen_pool_free_owner(l->pool, addr_of(&f, 3), SIZE_MAX, &owner));
	KUNIT_EXPECT_PTR_EQ(test, owner, l);
	KUNIT_EXPECT_EQ(test, -ENXIO,
			gen_pool_free_owner(l->pool, START - UNIT, 2 * UNIT, NULL));
	expect_drawn(test, l->pool, &f, "AB-C-D");
	expect_refused(test, l->pool, 3);
}

/* The head of unit 0 becomes busy, or what it was. */
static void toggle_busy(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			void *data)
{
	chunk->map.words[0] ^= ALLOC_MAP_HEAD ^ ALLOC_MAP_BUSY;
}

/* An interrupt in the middle of a cut cannot wait for it. */
static void genalloc_lenient_busy_test(struct kunit *test)
{
	struct lenient *l = create(test, MAX_UNITS);
	struct frame f = { 0, 1 };

	draw(test, l->pool, &f, "A---");
	gen_pool_be_lenient(true);
	gen_pool_for_each_chunk(l->pool, toggle_busy, NULL);
	KUNIT_EXPECT_EQ(test, -EBUSY, gen_pool_free_owner(l->pool, addr_of(&f, 1),
							  2 * UNIT, NULL));
	gen_pool_for_each_chunk(l->pool, toggle_busy, NULL);
	expect_drawn(test, l->pool, &f, "A---");
	KUNIT_EXPECT_EQ(test, 0, gen_pool_free_owner(l->pool, addr_of(&f, 1),
						     2 * UNIT, NULL));
	expect_drawn(test, l->pool, &f, "A..B");
}

/* ---- several CPUs ---- */

#define ROUNDS		300U
#define RACE_UNITS	100UL

/* A thread, and what all of them share. */
struct racer {
	struct gen_pool *pool;
	unsigned int id;	/* its number */
	bool again;		/* it allocates what was freed */
	unsigned int freed;	/* frees that succeeded */
	const char *error;	/* what went wrong, or NULL */
};

/* How many have come to a meeting so far. */
static atomic_t arrived;

/* The threads that have each unit, from 1. */
static atomic_t users[RACE_UNITS];

/* All go on when the last one has come. */
static void meet(struct crew *crew, unsigned int meeting)
{
	int all = meeting * crew->nr;

	/* Pairs with the acquire of the others. */
	atomic_inc_return_release(&arrived);
	while (atomic_read_acquire(&arrived) < all && !READ_ONCE(crew->stop)) {
		cpu_relax();
		cond_resched();
	}
}

/* Units that the caller has got, or gives back, are nobody else's. */
static void use(struct racer *r, unsigned long unit, unsigned long nr,
		int change)
{
	int now = max(change, 0);

	for (; nr--; unit++)
		if (atomic_add_return(change, &users[unit]) != now)
			r->error = "a unit has two users";
}

/* Refused too if it meets a cut which does not get on: try again. */
static int free_unit(struct racer *r, unsigned long unit)
{
	unsigned int tries = 10000;
	int err;

	for (;;) {
		err = gen_pool_free_owner(r->pool, START + unit * UNIT, UNIT, NULL);
		if (err != -EBUSY || !--tries)
			return err;
		cond_resched();
	}
}

static void alloc_unit(struct racer *r)
{
	unsigned long addr = gen_pool_alloc(r->pool, UNIT);

	if (addr)
		use(r, (addr - START) / UNIT, 1, 1);
	else
		r->error = "what was freed is not free";
}

/* Each unit belongs to one of the threads: it may use it until it frees it. */
static void free_share(struct crew *crew, struct racer *r)
{
	unsigned long unit;

	for (unit = r->id; unit < RACE_UNITS; unit += crew->nr) {
		use(r, unit, 1, -1);
		if (free_unit(r, unit))
			r->error = "a free was refused";
		alloc_unit(r);
	}
}

/* All threads free all units, each from another one on. */
static void free_all(struct crew *crew, struct racer *r)
{
	unsigned long i, first = r->id * RACE_UNITS / crew->nr;

	for (i = 0; i < RACE_UNITS; i++)
		r->freed += !free_unit(r, (first + i) % RACE_UNITS);
}

/* The first thread fills the pool, and frees what there is in the end. */
static void race(struct crew *crew, void *data)
{
	struct racer *r = data;
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		if (!r->id && gen_pool_alloc(r->pool, RACE_UNITS * UNIT) != START)
			r->error = "the pool is not empty";
		if (!r->id && r->again)
			use(r, 0, RACE_UNITS, 1);
		meet(crew, 3 * round + 1);
		if (r->again)
			free_share(crew, r);
		else
			free_all(crew, r);
		meet(crew, 3 * round + 2);
		if (!r->id && r->again)
			use(r, 0, RACE_UNITS, -1);
		if (!r->id)
			gen_pool_free_all(r->pool);
		meet(crew, 3 * round + 3);
	}
}

/* Returns how many frees succeeded. */
static unsigned int run_race(struct kunit *test, bool again)
{
	struct lenient *l = create(test, RACE_UNITS);
	unsigned int i, nr = crew_size(2), freed = 0;
	struct racer racers[MAX_THREADS] = {};

	/* What does not meet proves nothing. */
	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");

	/* The one refusal that is reported is not that of a thread. */
	gen_pool_free(l->pool, START, UNIT);
	gen_pool_be_lenient(true);
	for (i = 0; i < nr; i++)
		racers[i] = (struct racer){ l->pool, i, again };
	atomic_set(&arrived, 0);
	crew_wait(test, crew_start(test, nr, race, racers, sizeof(*racers)));
	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_NULL_MSG(test, racers[i].error, "%s", racers[i].error);
		freed += racers[i].freed;
	}
	return freed;
}

/* CPUs that free parts of one allocation are in nobody's way. */
static void genalloc_lenient_parts_race_test(struct kunit *test)
{
	run_race(test, true);
}

/* No unit is freed twice. */
static void genalloc_lenient_twice_race_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run_race(test, false), ROUNDS * RACE_UNITS);
}

static struct kunit_case genalloc_lenient_cases[] = {
	KUNIT_CASE_PARAM(genalloc_lenient_free_test, free_gen_params),
	KUNIT_CASE(genalloc_lenient_inside_unit_test),
	KUNIT_CASE(genalloc_lenient_past_chunk_test),
	KUNIT_CASE(genalloc_lenient_busy_test),
	KUNIT_CASE_SLOW(genalloc_lenient_parts_race_test),
	KUNIT_CASE_SLOW(genalloc_lenient_twice_race_test),
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_lenient, "wrong frees that are carried out",
		     .init = genalloc_lenient_init,
		     .exit = genalloc_lenient_exit);
