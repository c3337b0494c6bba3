// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the map of allocations, lib/alloc_map*.c.
 *
 * Each map has a model beside it that undergoes the same operations; after each
 * step the two are compared.  The memory of a map has its exact size, so that a
 * sanitizer sees accesses past its end.
 *
 * A timer that interrupts long operations looks at the order of stores on one
 * CPU; threads test the operations of several CPUs against each other.
 *
 * Names: W is the number of units in a word; to plant is to write the bits of a
 * unit by hand.
 */

#include <kunit/test.h>

#include <linux/alloc_map.h>
#include <linux/array_size.h>
#include <linux/atomic.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/processor.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/timer.h>

#include "../lib/alloc_map.h"
#include "alloc_map_model.h"
#include "alloc_map_test.h"

#define W	((unsigned long)ALLOC_MAP_UNITS_PER_WORD)
/* Two words and a half: ends inside a word, and has one that is full. */
#define UNITS	(2 * W + W / 2)

#define FREE	ALLOC_MAP_FREE
#define BUSY	ALLOC_MAP_BUSY
#define BODY	ALLOC_MAP_BODY
#define HEAD	ALLOC_MAP_HEAD

/* A map and what should be in it. */
struct test_map {
	struct kunit *test;	/* the running test */
	struct alloc_map *map;	/* the map */
	unsigned long base;	/* the unit of @map where the model begins */
	/* what should be there; in front of it and behind it all is taken */
	struct map_model model;
	unsigned long *saved;	/* words of @map at the time of tm_save() */
};

static size_t words_size(unsigned long nr_units)
{
	return nr_words(nr_units) * sizeof(long);
}

KUNIT_DEFINE_ACTION_WRAPPER(free_buffer, kvfree, const void *);

static void *zeroed_buffer(struct kunit *test, size_t size)
{
	void *buffer = kvzalloc(size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buffer);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, free_buffer, buffer));
	return buffer;
}

static struct alloc_map *new_map(struct kunit *test, unsigned long nr)
{
	struct alloc_map *map = zeroed_buffer(test, alloc_map_bytes(nr));

	alloc_map_init(map, nr);
	return map;
}

/* Make all units free again. */
static void tm_reset(struct test_map *tm)
{
	memset(tm->map, 0, alloc_map_bytes(tm->model.nr));
	memset(tm->model.state, FREE, tm->model.nr);
	alloc_map_init(tm->map, tm->model.nr);
}

/* Units [@base, @base + @nr) of a map of @units. */
static struct test_map *tm_create_window(struct kunit *test,
					 unsigned long units,
					 unsigned long base, unsigned long nr)
{
	struct test_map *tm = kunit_kzalloc(test, sizeof(*tm), GFP_KERNEL);
	unsigned long rest = units - base - nr;

	KUNIT_ASSERT_NOT_NULL(test, tm);
	tm->test = test;
	tm->base = base;
	tm->model.nr = nr;
	tm->model.state = zeroed_buffer(test, nr + 1);
	tm->saved = zeroed_buffer(test, words_size(units));
	tm->map = new_map(test, units);
	KUNIT_ASSERT_EQ(test, alloc_map_claim(tm->map, 0, base), base > 0);
	KUNIT_ASSERT_EQ(test, alloc_map_claim(tm->map, base + nr, rest), rest > 0);
	return tm;
}

static struct test_map *tm_create(struct kunit *test, unsigned long nr)
{
	return tm_create_window(test, nr, 0, nr);
}

/* What the map calls a unit, or none, of the model. */
static unsigned long tm_unit(const struct test_map *tm, unsigned long unit)
{
	return unit == tm->model.nr ? tm->map->nr_units : tm->base + unit;
}

#define TM_SAME(tm, a, b, got, want) do {				\
	const struct test_map *tm_ = (tm);				\
									\
	KUNIT_ASSERT_EQ_MSG(tm_->test, (long)(got), (long)(want),	\
			    "asked for %ld, %ld of %lu units", (long)(a), \
			    (long)(b), tm_->map->nr_units);		\
} while (0)

static void tm_check(const struct test_map *tm)
{
	unsigned long unit = model_difference(&tm->model, tm->map, tm->base);

	KUNIT_ASSERT_EQ_MSG(tm->test, unit, ULONG_MAX, "unit %lu of %lu is %u",
			    unit, tm->model.nr,
			    decoded_state(tm->map, tm->base + unit));
}

static void tm_save(struct test_map *tm)
{
	memcpy(tm->saved, tm->map->words, words_size(tm->map->nr_units));
}

/* Every word is what it was at the time of tm_save(). */
static void tm_expect_saved(const struct test_map *tm)
{
	KUNIT_ASSERT_MEMEQ(tm->test, tm->map->words, tm->saved,
			   words_size(tm->map->nr_units));
}

static void tm_plant(struct test_map *tm, unsigned long unit,
		     enum alloc_map_state state)
{
	unsigned long *word = &tm->map->words[unit / W];

	*word = (*word & ~unit_mask(unit % W)) | unit_bits(unit % W, state);
	tm->model.state[unit] = state;
	alloc_map_raise(tm->map, 0);
}

static void tm_plant_alloc(struct test_map *tm, unsigned long head,
			   unsigned long nr)
{
	unsigned long unit;

	for (unit = head; unit < head + nr; unit++)
		tm_plant(tm, unit, unit == head ? HEAD : BODY);
}

/* ---- operations on map and model ---- */

static bool tm_claim(struct test_map *tm, unsigned long start, unsigned long nr)
{
	bool done = model_claim(&tm->model, start, nr);

	TM_SAME(tm, start, nr,
		alloc_map_claim(tm->map, tm->base + start, nr), done);
	tm_check(tm);
	return done;
}

static void tm_alloc(struct test_map *tm, unsigned long nr)
{
	unsigned long unit = model_find(&tm->model, 0, nr, 0, 0);

	model_claim(&tm->model, unit, nr);
	TM_SAME(tm, unit, nr, alloc_map_alloc(tm->map, nr), tm_unit(tm, unit));
	tm_check(tm);
}

static long tm_release(struct test_map *tm, unsigned long head, unsigned long nr)
{
	long extent = model_release(&tm->model, head, nr);

	TM_SAME(tm, head, nr,
		alloc_map_release(tm->map, tm->base + head, nr), extent);
	tm_check(tm);
	return extent;
}

static int tm_split(struct test_map *tm, unsigned long head,
		    unsigned long piece)
{
	int err = model_split(&tm->model, head, piece);

	TM_SAME(tm, head, piece,
		alloc_map_split(tm->map, tm->base + head, piece), err);
	tm_check(tm);
	return err;
}

static bool tm_retire(struct test_map *tm)
{
	bool done = model_retire(&tm->model);

	TM_SAME(tm, 0, 0, alloc_map_retire(tm->map), done);
	tm_check(tm);
	return done;
}

static void tm_expect_find(const struct test_map *tm, unsigned long start,
			   unsigned long nr, unsigned long align_mask,
			   unsigned long align_offset)
{
	unsigned long got, want;

	got = alloc_map_find(tm->map, tm->base + start, nr, align_mask,
			     align_offset - tm->base);
	want = model_find(&tm->model, start, nr, align_mask, align_offset);
	KUNIT_ASSERT_EQ_MSG(tm->test, got, tm_unit(tm, want),
			    "%lu units from %lu of %lu, align mask %#lx, offset %#lx",
			    nr, start, tm->model.nr, align_mask, align_offset);
}

static void tm_expect_best(const struct test_map *tm, unsigned long start,
			   unsigned long nr)
{
	TM_SAME(tm, start, nr,
		alloc_map_find_best(tm->map, tm->base + start, nr),
		tm_unit(tm, model_find_best(&tm->model, start, nr)));
}

/* Up to, and over, the next unit that is not free. */
static void tm_check_is_free(const struct test_map *tm, unsigned long unit)
{
	unsigned long nr = model_free_end(&tm->model, unit) - unit;

	TM_SAME(tm, unit, 0, alloc_map_is_free(tm->map, unit, 0), false);
	TM_SAME(tm, unit, nr, alloc_map_is_free(tm->map, unit, nr), nr > 0);
	TM_SAME(tm, unit, nr + 1, alloc_map_is_free(tm->map, unit, nr + 1), false);
	TM_SAME(tm, unit, -unit, alloc_map_is_free(tm->map, unit, -unit), false);
}

/* Up to, and over, the next unit that is no body. */
static void tm_check_same(const struct test_map *tm, unsigned long unit)
{
	unsigned long end = model_bodies_end(&tm->model, unit + 1);
	const struct alloc_map *map = tm->map;

	unit += tm->base;
	end += tm->base;
	TM_SAME(tm, unit, unit, alloc_map_same(map, unit, unit), true);
	TM_SAME(tm, unit, end - 1, alloc_map_same(map, unit, end - 1), true);
	TM_SAME(tm, unit, end, alloc_map_same(map, unit, end), false);
	TM_SAME(tm, unit, -1, alloc_map_same(map, unit, ULONG_MAX), false);
}

static void tm_check_unit(const struct test_map *tm, unsigned long unit)
{
	const struct map_model *m = &tm->model;

	TM_SAME(tm, unit, 0, alloc_map_next(tm->map, unit), model_next(m, unit));
	TM_SAME(tm, unit, 0, alloc_map_free_end(tm->map, unit),
		model_free_end(m, unit));
	TM_SAME(tm, unit, 0, alloc_map_extent(tm->map, unit),
		model_extent(m, unit));
	tm_check_is_free(tm, unit);
	if (unit == m->nr)
		return;
	TM_SAME(tm, unit, 0, alloc_map_state(tm->map, unit), m->state[unit]);
	TM_SAME(tm, unit, 0, alloc_map_head(tm->map, unit), model_head(m, unit));
	tm_check_same(tm, unit);
}

/* All questions, about all units; behind the end they look like heads. */
static void tm_check_all(const struct test_map *tm)
{
	const struct map_model *m = &tm->model;
	unsigned long unit;

	for (unit = 0; unit <= m->nr; unit++)
		tm_check_unit(tm, unit);
	TM_SAME(tm, 0, 0, alloc_map_extent(tm->map, m->nr | (W - 1)), 0);
	TM_SAME(tm, 0, 0, alloc_map_nr_free(tm->map), model_nr_free(m));
	TM_SAME(tm, 0, 0, alloc_map_longest(tm->map), model_longest(m));
}

/* 1 to @max; lengths of every magnitude are about as likely. */
static unsigned long random_length(struct rnd_state *rnd, unsigned long max)
{
	return 1 + below(rnd, 1 + below(rnd, 1 + below(rnd, max)));
}

/* A map full of allocations and holes of up to @max units. */
static void tm_plant_random(struct test_map *tm, struct rnd_state *rnd,
			    unsigned long max)
{
	unsigned long unit, nr;

	tm_reset(tm);
	for (unit = 0; unit < tm->model.nr; unit += nr) {
		nr = min(random_length(rnd, max), tm->model.nr - unit);
		if (below(rnd, 2))
			tm_plant_alloc(tm, unit, nr);
	}
	tm_check(tm);
}

/* ---- sizes of maps ---- */

static const unsigned long size_cases[] = {
	0, 1, 2, W - 1, W, W + 1, 2 * W - 1, 2 * W, 2 * W + 1, UNITS,
	3 * W, 7 * W + 3,
};

static void size_case_to_desc(const unsigned long *nr, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%lu units", *nr);
}

KUNIT_ARRAY_PARAM(size, size_cases, size_case_to_desc);

static struct test_map *tm_create_param(struct kunit *test)
{
	return tm_create(test, *(const unsigned long *)test->param_value);
}

/* Whatever is asked for at, around or behind the ends. */
static void tm_ask_nonsense(struct test_map *tm, unsigned long start,
			    unsigned long nr)
{
	tm_expect_find(tm, start, nr, 0, 0);
	tm_expect_find(tm, start, nr, ULONG_MAX, 1);
	tm_expect_find(tm, start, nr, ULONG_MAX, ULONG_MAX);
	tm_expect_best(tm, start, nr);
	tm_release(tm, start, nr);
	tm_split(tm, start, nr);
	if (tm_claim(tm, start, nr))
		tm_release(tm, start, 0);
}

static void tm_ask_all_nonsense(struct test_map *tm)
{
	unsigned long nr = tm->model.nr, i, j;
	const unsigned long odd[] = { 0, 1, nr - 1, nr, nr + 1, nr + W, ULONG_MAX };

	for (i = 0; i < ARRAY_SIZE(odd); i++) {
		for (j = 0; j < ARRAY_SIZE(odd); j++)
			tm_ask_nonsense(tm, odd[i], odd[j]);
		/* Not even if start and length add up to a unit of the map. */
		for (j = 0; j < nr; j++)
			tm_ask_nonsense(tm, odd[i], j - odd[i]);
	}
}

static void alloc_map_empty_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	unsigned long nr = tm->model.nr;

	KUNIT_EXPECT_LE(test, alloc_map_bytes(nr),
			sizeof(struct alloc_map) + words_size(nr) * 33 / 32);
	tm_check(tm);
	tm_check_all(tm);
	tm_ask_all_nonsense(tm);
	tm_check_all(tm);
}

/* The whole map as one allocation, and as singles. */
static void alloc_map_full_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	unsigned long unit, nr = tm->model.nr;

	tm_claim(tm, 0, nr);
	tm_check_all(tm);
	tm_expect_find(tm, 0, 1, 0, 0);
	tm_expect_find(tm, 0, 1, ULONG_MAX, 0);
	tm_split(tm, 0, W + 1);
	tm_check_all(tm);
	for (unit = 0; unit < nr; unit += W + 1)
		KUNIT_ASSERT_GT(test, tm_release(tm, unit, 0), 0);

	for (unit = 0; unit <= nr; unit++)
		tm_alloc(tm, 1);
	tm_check_all(tm);
	for (unit = 0; unit < nr; unit++)
		KUNIT_ASSERT_EQ(test, tm_release(tm, unit, unit % 2), 1);
	tm_alloc(tm, nr + 1);
	tm_check_all(tm);
}

static void alloc_map_retire_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	unsigned long unit;

	for (unit = 0; unit < tm->model.nr; unit++) {
		tm_plant(tm, unit, unit % 2 ? HEAD : BUSY);
		KUNIT_ASSERT_FALSE(test, tm_retire(tm));
		tm_plant(tm, unit, FREE);
	}
	KUNIT_ASSERT_TRUE(test, tm_retire(tm));

	/* Nothing is to be had or freed any more, and it cannot be done twice. */
	for (unit = 0; unit < tm->model.nr; unit++) {
		KUNIT_ASSERT_FALSE(test, tm_claim(tm, unit, 1));
		KUNIT_ASSERT_LT(test, tm_release(tm, unit, 0), 0);
		KUNIT_ASSERT_LT(test, tm_split(tm, unit, 1), 0);
	}
	tm_alloc(tm, 1);
	KUNIT_EXPECT_FALSE(test, tm_retire(tm));
	KUNIT_EXPECT_EQ(test, *tm->map->hint, tm->model.nr ? 0 : HINT_MEASURED);
	tm_check_all(tm);
}

/* No size wraps around to a small one, and no allocator has the largest. */
static void alloc_map_bytes_test(struct kunit *test)
{
	unsigned long nr, least;
	int i;

	for (i = 0; i < BITS_PER_LONG; i++) {
		nr = ~0UL >> i;
		least = nr / W * sizeof(long);
		KUNIT_EXPECT_GT(test, alloc_map_bytes(nr), least);
		KUNIT_EXPECT_LE(test, alloc_map_bytes(nr - 1), alloc_map_bytes(nr));
		KUNIT_EXPECT_LE(test, alloc_map_bytes(nr - nr / 2),
				alloc_map_bytes(nr));
	}
	for (nr = ULONG_MAX; nr > ULONG_MAX - 3 * W; nr--)
		KUNIT_EXPECT_EQ(test, alloc_map_bytes(nr), LONG_MAX);
}

/* ---- find ---- */

/* Unit @unit + i is taken if bit i of @layout is set. */
static void tm_plant_layout(struct test_map *tm, unsigned long unit,
			    unsigned int nr, unsigned long layout)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		tm_plant(tm, unit + i, layout >> i & 1 ? HEAD : FREE);
}

static void expect_small_finds(const struct test_map *tm, unsigned long mask)
{
	unsigned long start, nr, offset;

	for (start = 0; start <= tm->model.nr + 1; start++)
		for (nr = 0; nr <= tm->model.nr + 1; nr++)
			for (offset = -2; offset != 9; offset++)
				tm_expect_find(tm, start, nr, mask, offset);
}

/* Every layout of a few units, every question. */
static void alloc_map_find_small_test(struct kunit *test)
{
	static const unsigned long masks[] = { 0, 1, 3, 7, 15, ULONG_MAX };
	unsigned long layout, nr;
	struct test_map *tm;
	unsigned int i;

	for (nr = 0; nr <= 6; nr++) {
		tm = tm_create(test, nr);
		for (layout = 0; layout < 1UL << nr; layout++) {
			tm_plant_layout(tm, 0, nr, layout);
			for (i = 0; i < ARRAY_SIZE(masks); i++)
				expect_small_finds(tm, masks[i]);
			cond_resched();
		}
		tm_check(tm);
	}
}

static void expect_finds(const struct test_map *tm, unsigned long start,
			 unsigned long nr)
{
	static const unsigned long masks[] = {
		0, 1, 3, W - 1, 2 * W - 1, 4 * W - 1, ULONG_MAX,
	};
	static const unsigned long offsets[] = {
		0, 3, W, -1, -W, -W - 1,
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(masks); i++)
		for (j = 0; j < ARRAY_SIZE(offsets); j++)
			tm_expect_find(tm, start, nr, masks[i], offsets[j]);
	tm_expect_best(tm, start, nr);
}

/* Every layout of six units across the edge of two words. */
static void check_find_edge(struct kunit *test, enum alloc_map_state others)
{
	static const unsigned long lengths[] = {
		1, 2, 3, 4, 6, 7, W - 3, W, W + 3, 2 * W,
	};
	struct test_map *tm = tm_create(test, 2 * W + 3);
	unsigned long layout, i, start;

	for (i = 0; i < tm->model.nr; i++)
		tm_plant(tm, i, others);
	for (layout = 0; layout < 64; layout++) {
		tm_plant_layout(tm, W - 3, 6, layout);
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			expect_finds(tm, 0, lengths[i]);
			for (start = W - 4; start <= W + 4; start++)
				expect_finds(tm, start, lengths[i]);
			expect_finds(tm, 2 * W, lengths[i]);
		}
		cond_resched();
	}
	tm_check(tm);
}

static void alloc_map_find_edge_test(struct kunit *test)
{
	check_find_edge(test, FREE);
	check_find_edge(test, HEAD);
}

static void alloc_map_find_random_test(struct kunit *test)
{
	struct rnd_state rnd;
	struct test_map *tm;
	unsigned int i, j;

	prandom_seed_state(&rnd, 20);
	for (i = 0; i < 12; i++) {
		tm = tm_create(test, 1 + below(&rnd, 12 * W));
		for (j = 0; j < 600; j++) {
			if (j % 60 == 0) {
				tm_plant_random(tm, &rnd, 1 + below(&rnd, 4 * W));
				tm_check_all(tm);
			}
			tm_expect_find(tm, below(&rnd, tm->model.nr + 2),
				       random_length(&rnd, 3 * W),
				       (1UL << below(&rnd, 10)) - 1,
				       below(&rnd, 6 * W) - 3 * W);
			tm_expect_best(tm, below(&rnd, tm->model.nr + 2),
				       random_length(&rnd, 2 * W));
		}
		cond_resched();
	}
}

/*
 * One unit in the whole address space is aligned, and it is taken, or free
 * below the start: looking on from behind it must not come around to it.
 */
static void alloc_map_find_one_aligned_test(struct kunit *test)
{
	struct test_map *tm = tm_create(test, 3 * W);
	unsigned long unit;

	for (unit = 0; unit < tm->model.nr; unit++) {
		tm_expect_find(tm, 0, 1, ULONG_MAX, -unit);
		tm_expect_find(tm, unit, W, ULONG_MAX, -unit);
		tm_expect_find(tm, unit + 1, 1, ULONG_MAX, -unit);
		tm_plant(tm, unit, HEAD);
		tm_expect_find(tm, 0, 1, ULONG_MAX, -unit);
		tm_expect_find(tm, 0, W, ULONG_MAX, -unit);
		tm_expect_find(tm, unit, 1, ULONG_MAX, -unit);
		tm_plant(tm, unit, FREE);
	}
}

/* ---- every span, between all kinds of neighbours ---- */

enum neighbours { NONE, SINGLES, BLOCKS, BUSY_BLOCKS };

/* Where spans of units are. */
struct span_case {
	const char *desc;	/* description */
	unsigned long units;	/* units of the map */
	enum neighbours around;	/* on both sides of a span */
};

static const struct span_case span_cases[] = {
	{ "free units around", UNITS, NONE },
	{ "singles around", UNITS, SINGLES },
	{ "a block before, one behind", UNITS, BLOCKS },
	{ "blocks that others are at", UNITS, BUSY_BLOCKS },
	{ "full words, free units around", 2 * W, NONE },
	{ "full words, a block before, one behind", 2 * W, BLOCKS },
};

KUNIT_ARRAY_PARAM_DESC(span, span_cases, desc);

static void tm_plant_block(struct test_map *tm, unsigned long start,
			   unsigned long end, enum neighbours around)
{
	unsigned long unit;

	for (unit = start; unit < end && around != NONE; unit++)
		tm_plant(tm, unit, unit > start && around != SINGLES ? BODY :
				   around == BUSY_BLOCKS ? BUSY : HEAD);
}

/* A claim that meets a taken unit, at every place, leaves nothing behind. */
static void check_collisions(struct test_map *tm, unsigned long start,
			     unsigned long nr, enum alloc_map_state taken)
{
	unsigned long unit;

	for (unit = start; unit < start + nr; unit++) {
		tm_plant(tm, unit, taken);
		tm_save(tm);
		TM_SAME(tm, start, nr, alloc_map_claim(tm->map, start, nr), false);
		tm_expect_saved(tm);
		tm_plant(tm, unit, FREE);
	}
}

/* Another CPU is at work at @head: hands off, whatever is asked. */
static void check_busy(struct test_map *tm, unsigned long head, unsigned long nr)
{
	tm_plant(tm, head, BUSY);
	tm_release(tm, head, 0);
	tm_release(tm, head, nr);
	tm_release(tm, head, nr + 1);
	tm_split(tm, head, 1);
	tm_claim(tm, head, 1);
	tm_retire(tm);
	if (nr % W == 1)
		tm_check_all(tm);
	tm_plant(tm, head, HEAD);
}

/* With a wrong length or place nothing changes, and no head is left busy. */
static void check_wrong_frees(struct test_map *tm, unsigned long start,
			      unsigned long nr)
{
	unsigned long i;

	tm_save(tm);
	for (i = 1; i <= tm->model.nr + 1; i++) {
		if (i != nr)
			TM_SAME(tm, start, i,
				alloc_map_release(tm->map, start, i), -EMSGSIZE);
		if (i < nr)
			TM_SAME(tm, start + i, 0,
				alloc_map_release(tm->map, start + i, 0), -EINVAL);
	}
	tm_expect_saved(tm);
	tm_release(tm, start, ULONG_MAX);
	tm_release(tm, start + nr - 1, 1 + (nr == 1));
}

static void check_span(struct test_map *tm, unsigned long start,
		       unsigned long nr, enum neighbours around)
{
	struct kunit *test = tm->test;

	tm_reset(tm);
	tm_plant_block(tm, 0, start, around);
	tm_plant_block(tm, start + nr, tm->model.nr, around);
	check_collisions(tm, start, nr, HEAD);
	check_collisions(tm, start, nr, BUSY);

	KUNIT_ASSERT_TRUE(test, tm_claim(tm, start, nr));
	KUNIT_ASSERT_FALSE(test, tm_claim(tm, start, nr));
	KUNIT_ASSERT_EQ(test, alloc_map_extent(tm->map, start), nr);
	KUNIT_ASSERT_EQ(test, alloc_map_head(tm->map, start + nr - 1), start);
	if (nr % W == 1)
		tm_check_all(tm);
	check_wrong_frees(tm, start, nr);
	check_busy(tm, start, nr);
	KUNIT_ASSERT_EQ(test, tm_release(tm, start, 0), nr);
	KUNIT_ASSERT_EQ(test, tm_release(tm, start, 0), -ENOENT);
	KUNIT_ASSERT_EQ(test, tm_release(tm, start, nr), -ENOENT);
}

static void alloc_map_span_test(struct kunit *test)
{
	const struct span_case *c = test->param_value;
	struct test_map *tm = tm_create(test, c->units);
	unsigned long start, nr;

	for (start = 0; start < c->units; start++) {
		for (nr = 1; nr <= c->units - start; nr++)
			check_span(tm, start, nr, c->around);
		cond_resched();
	}
}

/* The pieces are freed from both ends, to the middle. */
static void check_split(struct test_map *tm, unsigned long head,
			unsigned long nr, unsigned long piece)
{
	unsigned long i, at, pieces = DIV_ROUND_UP(nr, piece);

	KUNIT_ASSERT_TRUE(tm->test, tm_claim(tm, head, nr));
	KUNIT_ASSERT_EQ(tm->test, tm_split(tm, head, piece), 0);
	tm_check_all(tm);
	for (i = 0; i < pieces; i++) {
		at = (i % 2 ? i / 2 : pieces - 1 - i / 2) * piece;
		KUNIT_ASSERT_EQ(tm->test, tm_release(tm, head + at, 0),
				min(piece, nr - at));
	}
}

static void alloc_map_split_test(struct kunit *test)
{
	static const unsigned long heads[] = { 0, 7, W - 3, W - 1, W, W + 5 };
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long nr, piece;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(heads); i++) {
		for (nr = 1; nr <= UNITS - heads[i]; nr += 3) {
			for (piece = 1; piece <= nr + 1; piece++)
				check_split(tm, heads[i], nr, piece);
			cond_resched();
		}
		check_split(tm, heads[i], 3, LONG_MAX);
	}
}

/* ---- sequences ---- */

static void trace_step(struct test_map *tm, struct rnd_state *rnd)
{
	unsigned long nr = random_length(rnd, tm->model.nr / 2 + 3);
	unsigned long unit = below(rnd, tm->model.nr + 1);
	unsigned long head = model_next(&tm->model, unit);

	if (head == tm->model.nr)
		head = 0;
	switch (below(rnd, 8)) {
	case 0:
		tm_split(tm, head, nr);
		break;
	case 1:
		tm_release(tm, min(unit, tm->model.nr - 1), nr);
		break;
	case 2:
	case 3:
		tm_release(tm, head, 0);
		break;
	case 4:
		/* One unit too many: the claim is rolled back. */
		tm_claim(tm, unit, tm->model.nr + 1 - unit);
		break;
	case 5:
		tm_alloc(tm, nr);
		break;
	default:
		tm_claim(tm, model_find(&tm->model, unit, nr, 0, 0), nr);
	}
}

static void trace_questions(struct test_map *tm, struct rnd_state *rnd)
{
	unsigned long start = below(rnd, tm->model.nr + 1);
	unsigned long align = 1UL << below(rnd, 10);
	unsigned long nr = random_length(rnd, tm->model.nr);

	tm_expect_find(tm, 0, nr, 0, 0);
	tm_expect_find(tm, start, nr, 0, 0);
	tm_expect_find(tm, 0, nr, align - 1, -tm->base);
	tm_expect_find(tm, start, nr, align - 1, below(rnd, align));
	tm_expect_find(tm, 0, 1, 0, 0);
	tm_expect_find(tm, 0, tm->model.nr, 0, 0);
	tm_expect_best(tm, 0, random_length(rnd, tm->model.nr));
	tm_expect_best(tm, 0, 1 + below(rnd, 20));
	tm_expect_best(tm, start, random_length(rnd, 40));
	tm_expect_best(tm, 0, tm->model.nr);
	TM_SAME(tm, 0, 0, alloc_map_longest(tm->map), model_longest(&tm->model));
}

static void trace(struct test_map *tm, u64 seed, unsigned int steps)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, seed);
	while (steps--) {
		trace_step(tm, &rnd);
		if (steps % 2)
			trace_questions(tm, &rnd);
	}
	cond_resched();
}

static void alloc_map_trace_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	unsigned long head;
	unsigned int i;

	for (i = 0; i < 50 && tm->model.nr; i++) {
		trace(tm, i, 60);
		tm_check_all(tm);
	}
	while ((head = model_next(&tm->model, 0)) < tm->model.nr)
		tm_release(tm, head, 0);
	tm_check_all(tm);
	KUNIT_EXPECT_TRUE(test, tm_retire(tm));
}

/*
 * All is taken but for a window somewhere, in which allocations come and go.
 * Whatever a map has stored about searches that found no room, freed units must
 * be found.
 */
static void alloc_map_window_test(struct kunit *test)
{
	static const unsigned long units[] = { 2000, 5000, 300000 };
	const unsigned long window = 900;
	struct rnd_state rnd;
	struct test_map *tm;
	unsigned int i;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < 60; i++) {
		tm = tm_create_window(test, units[i % 3] + i,
				      below(&rnd, units[i % 3] - window), window);
		trace(tm, i, 400);
	}
}

/* ---- hints ---- */

/* Of a word of hints all those that are high enough are found. */
static void alloc_map_hints_from_test(struct kunit *test)
{
	unsigned long word, found;
	unsigned int least, i, shift;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 1);
	for (least = 0; least <= HINT_UNKNOWN; least++) {
		for (i = 0; i < 300; i++) {
			word = (unsigned long)prandom_u32_state(&rnd) << 16 << 16 >> 16 >> 16;
			word = word << (BITS_PER_LONG / 2) ^ prandom_u32_state(&rnd);
			/* At the edge, too. */
			word = (word & ~HINT_MASK) | (least + i % 3 - 1) % 256;
			found = hints_from(word, least);
			for (shift = 0; shift < BITS_PER_LONG; shift += HINT_BITS)
				KUNIT_ASSERT_EQ_MSG(test, found >> shift & HINT_MASK,
						    hint_at(word, shift) >= least ? 0x80 : 0,
						    "%#lx from %u", word, least);
		}
	}
}

static unsigned int hint_of(const struct alloc_map *map)
{
	return hint_at(*map->hint, map->hint_shift);
}

/* All ways of a search that cannot succeed. */
static unsigned long search(struct alloc_map *map, unsigned long nr,
			    unsigned int way)
{
	switch (way % 3) {
	case 0:
		return alloc_map_find(map, 0, nr, 0, 0);
	case 1:
		return alloc_map_find_best(map, 0, nr);
	default:
		return alloc_map_alloc(map, nr);
	}
}

/*
 * All is taken but for one run: a search in vain learns how long it is, if that
 * is a length a hint can have; a free makes that unknown.
 */
static void check_hint(struct kunit *test, struct alloc_map *map,
		       unsigned long start, unsigned long nr)
{
	unsigned long units = map->nr_units, end = start + nr;
	unsigned int way, known = nr < HINT_MOST ? nr : HINT_VAIN;

	memset(map, 0, alloc_map_bytes(units));
	alloc_map_init(map, units);
	KUNIT_ASSERT_EQ(test, hint_of(map), HINT_UNKNOWN);
	KUNIT_ASSERT_EQ(test, alloc_map_claim(map, 0, start), start > 0);
	KUNIT_ASSERT_TRUE(test, alloc_map_claim(map, end, units - end));
	for (way = 0; way < 5; way++) {
		KUNIT_ASSERT_EQ(test, search(map, nr + 1, way), units);
		KUNIT_ASSERT_EQ_MSG(test, hint_of(map), known,
				    "%lu units from %lu of %lu, way %u", nr,
				    start, units, way);
		if (!nr)
			continue;
		KUNIT_ASSERT_EQ(test, search(map, nr, way % 2), start);
		KUNIT_ASSERT_EQ(test, search(map, 1, way % 2), start);
	}
	KUNIT_ASSERT_EQ(test, alloc_map_release(map, end, 0), units - end);
	KUNIT_ASSERT_EQ(test, hint_of(map), HINT_UNKNOWN);
	KUNIT_ASSERT_EQ(test, search(map, nr + 1, nr % 2), start);
}

static void alloc_map_hint_test(struct kunit *test)
{
	unsigned long edge = 3 * 256, start, nr;
	struct alloc_map *small = new_map(test, 700);
	struct alloc_map *large = new_map(test, 4 * edge);

	for (nr = 0; nr < HINT_MOST + 8; nr++) {
		check_hint(test, small, nr % 3 * W, nr);
		check_hint(test, small, 300 - nr, nr);
		check_hint(test, large, nr % 3 * W, nr);
	}
	/* Around a multiple of 256 units. */
	for (start = edge - 258; start <= edge + 2; start++)
		for (nr = 126; nr < HINT_MOST + 8; nr += nr == 129 ? 119 : 1)
			check_hint(test, large, start, nr);
}

/* ---- what the map remembers beside lengths ---- */

/* With an offset of 1, what ends at an aligned unit is aligned. */
static void expect_vain(struct kunit *test, struct alloc_map *map,
			unsigned long nr, unsigned long align_mask)
{
	unsigned long moved = align_mask ?: map->nr_units;

	KUNIT_ASSERT_EQ(test, alloc_map_find(map, 0, nr, align_mask, 0),
			map->nr_units);
	KUNIT_ASSERT_EQ(test, alloc_map_find(map, 0, nr, align_mask, 1), moved);
	KUNIT_ASSERT_TRUE(test, alloc_map_in_vain(map, nr, align_mask, 0));
	KUNIT_ASSERT_TRUE(test, alloc_map_in_vain(map, nr + 1, align_mask, 0));
	KUNIT_ASSERT_TRUE(test, alloc_map_in_vain(map, nr, 2 * align_mask + 1, 0));
	KUNIT_ASSERT_FALSE(test, alloc_map_in_vain(map, nr - 1, align_mask, 0));
}

/* All units that are 0 modulo @every are taken: @every - 1 are free behind each. */
static void check_vain(struct kunit *test, unsigned long units,
		       unsigned long every, unsigned long align_mask)
{
	unsigned long unit, nr = align_mask ? 1 : every;
	struct alloc_map *map = new_map(test, units);
	unsigned long before = align_mask ? 0 : every - 1;

	for (unit = 0; unit < units; unit += every)
		KUNIT_ASSERT_TRUE(test, alloc_map_claim(map, unit, 1));
	for (unit = 0; unit + every < units; unit += every) {
		expect_vain(test, map, nr, align_mask);
		/* Neither another length nor a claim makes it forgotten. */
		if (every <= HINT_MOST)
			KUNIT_ASSERT_EQ(test, alloc_map_alloc(map, every), units);
		KUNIT_ASSERT_TRUE(test, alloc_map_claim(map, unit + 1, every - 1));
		KUNIT_ASSERT_TRUE(test, alloc_map_in_vain(map, nr, align_mask, 0));

		KUNIT_ASSERT_EQ(test, alloc_map_release(map, unit, 0), 1);
		KUNIT_ASSERT_FALSE(test, alloc_map_in_vain(map, nr, align_mask, 0));
		KUNIT_ASSERT_EQ(test, alloc_map_release(map, unit + 1, 0), every - 1);
		KUNIT_ASSERT_EQ(test, alloc_map_find(map, 0, nr, align_mask, 0),
				unit ? unit - before : 0);
		KUNIT_ASSERT_TRUE(test, alloc_map_claim(map, unit, 1));
	}
}

static void alloc_map_vain_test(struct kunit *test)
{
	check_vain(test, 2000, HINT_MOST + 2, 0);
	check_vain(test, 40000, HINT_MOST + 2, 0);
	check_vain(test, 40000, 4000, 0);
	check_vain(test, 2000, 64, 63);
	check_vain(test, 40000, 64, 63);
	check_vain(test, 40000, 1024, 1023);
}

/* What a search has learnt, another free does not make wrong. */
static void alloc_map_hint_other_test(struct kunit *test)
{
	struct alloc_map *map = new_map(test, 700);
	unsigned long unit;

	for (unit = 0; unit < 700; unit++)
		KUNIT_ASSERT_TRUE(test, alloc_map_claim(map, unit, 1));
	for (unit = 0; unit < 700; unit++) {
		KUNIT_ASSERT_EQ(test, alloc_map_alloc(map, 1), 700);
		KUNIT_ASSERT_EQ(test, hint_of(map), 0);
		KUNIT_ASSERT_EQ(test, alloc_map_release(map, unit, 0), 1);
		KUNIT_ASSERT_EQ(test, alloc_map_alloc(map, 2), 700);
		KUNIT_ASSERT_EQ(test, hint_of(map), 1);
		KUNIT_ASSERT_EQ(test, alloc_map_alloc(map, 1), unit);
	}
}

/* ---- seen from an interrupt ---- */

/*
 * An operation on many words takes a while.  A timer interrupts it again and
 * again and looks at the map, on the same CPU, so that it sees the stores in
 * program order.  The units that are taken must be the first ones, without a
 * gap, behind a busy head: that is Invariant B, and the order of clearing.  A
 * map that is taken out of service is claimed from the top down instead.
 */

#define WATCH_UNITS	0x200000UL
#define WATCH_SAMPLES	64
/* So many looks into an operation are enough; so many operations, too. */
#define WATCH_LOOKS	8
#define WATCH_ROUNDS	4000

enum watched { CLAIM, ROLL_BACK, RELEASE, RETIRE };

static const struct watch_case {
	const char *desc;
	enum watched what;
} watch_cases[] = {
	{ "claim", CLAIM }, { "claim that is rolled back", ROLL_BACK },
	{ "release", RELEASE }, { "retire", RETIRE },
};

KUNIT_ARRAY_PARAM_DESC(watch, watch_cases, desc);

/* What the interrupt looks at, and what it saw. */
struct watch {
	struct timer_list timer;	/* the interrupt */
	struct alloc_map *map;	/* the map */
	enum watched what;	/* the operation */
	bool running;		/* it is going on */
	unsigned int looks;	/* how often it was seen half done */
	/* how often a unit was taken behind one that was free */
	unsigned int gaps;
	/* how often it was half done and the first unit not busy */
	unsigned int not_busy;
};

/* Samples are counted from the end that is claimed first. */
static bool is_taken(const struct watch *w, unsigned long sample)
{
	unsigned long unit = (WATCH_UNITS - 1) / WATCH_SAMPLES * sample;

	if (w->what == RETIRE)
		unit = WATCH_UNITS - 1 - unit;
	return decoded_state(w->map, unit) != FREE;
}

static void watch_look(struct watch *w)
{
	bool taken, before = true, gap = false;
	unsigned long i, nr_taken = 0;

	for (i = 0; i < WATCH_SAMPLES; i++) {
		taken = is_taken(w, i);
		gap |= taken && !before;
		nr_taken += taken;
		before = taken;
	}
	if (!nr_taken || nr_taken == WATCH_SAMPLES)
		return;
	WRITE_ONCE(w->looks, w->looks + 1);
	w->gaps += gap;
	w->not_busy += w->what != RETIRE && decoded_state(w->map, 0) != BUSY;
}

static void watch_timer(struct timer_list *timer)
{
	struct watch *w = container_of(timer, struct watch, timer);

	if (READ_ONCE(w->running))
		watch_look(w);
	mod_timer(timer, jiffies + 1);
}

static void watch_stop(void *data)
{
	struct watch *w = data;

	timer_shutdown_sync(&w->timer);
}

static void watch_prepare(struct alloc_map *map, enum watched what)
{
	unsigned long i;

	memset(map, 0, alloc_map_bytes(WATCH_UNITS));
	alloc_map_init(map, WATCH_UNITS);
	if (what == ROLL_BACK)
		alloc_map_claim(map, WATCH_UNITS - 1, 1);
	if (what != RELEASE)
		return;
	for (i = 0; i < WATCH_UNITS / W; i++)
		map->words[i] = HIGH_BITS | (i ? 0 : 1);
}

/* Returns whether it went as it should. */
static bool watch_operate(struct alloc_map *map, enum watched what)
{
	switch (what) {
	case CLAIM:
		return alloc_map_claim(map, 0, WATCH_UNITS);
	case ROLL_BACK:
		return !alloc_map_claim(map, 0, WATCH_UNITS);
	case RELEASE:
		return alloc_map_release(map, 0, WATCH_UNITS) == WATCH_UNITS;
	default:
		return alloc_map_retire(map);
	}
}

/* On one CPU from beginning to end. */
static bool watch_run(struct watch *w)
{
	unsigned int round;
	bool ok = true;

	migrate_disable();
	mod_timer(&w->timer, jiffies + 1);
	for (round = 0; round < WATCH_ROUNDS && ok; round++) {
		if (READ_ONCE(w->looks) >= WATCH_LOOKS)
			break;
		watch_prepare(w->map, w->what);
		WRITE_ONCE(w->running, true);
		barrier();
		ok = watch_operate(w->map, w->what);
		barrier();
		WRITE_ONCE(w->running, false);
		cond_resched();
	}
	migrate_enable();
	return ok;
}

static void alloc_map_watch_test(struct kunit *test)
{
	const struct watch_case *c = test->param_value;
	struct watch *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->what = c->what;
	w->map = new_map(test, WATCH_UNITS);
	timer_setup(&w->timer, watch_timer, TIMER_PINNED);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, watch_stop, w));

	KUNIT_ASSERT_TRUE(test, watch_run(w));
	kunit_release_action(test, watch_stop, w);
	KUNIT_EXPECT_EQ_MSG(test, w->gaps, 0,
			    "taken units were no longer the first ones");
	KUNIT_EXPECT_EQ_MSG(test, w->not_busy, 0,
			    "half an allocation had no busy head");
	if (!w->looks)
		kunit_skip(test, "no interrupt came in the middle");
	kunit_info(test, "seen half done %u times", w->looks);
}

/* ---- several free the same ---- */

#define RACE_ROUNDS	500U

/* A thread that frees what the others free, too. */
struct racer {
	struct alloc_map *map;	/* the map of all */
	unsigned int id;	/* its number */
	unsigned int won;	/* how many of its frees succeeded */
	unsigned int busy;	/* how many met another */
	const char *error;	/* what went wrong, or NULL */
};

/* How many have come to a meeting so far. */
static atomic_t arrived;

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

/* With a length, or without: half an allocation is none of another length. */
static void race_free(struct racer *r, unsigned long head, unsigned long nr)
{
	long freed = alloc_map_release(r->map, head, r->id % 2 ? nr : 0);

	if (freed > 0)
		r->won++;
	else if (freed == -EBUSY)
		r->busy++;
	else if (freed != -ENOENT)
		r->error = "a free was refused for another reason";
	if (freed > 0 && freed != nr)
		r->error = "a part was freed";
}

static void race(struct crew *crew, void *data)
{
	struct racer *r = data;
	unsigned long head, nr;
	unsigned int round;

	for (round = 0; round < RACE_ROUNDS; round++) {
		head = round % W;
		nr = 1 + round % (2 * W);
		if (!r->id && !alloc_map_claim(r->map, head, nr))
			r->error = "what was freed is not free";
		meet(crew, 2 * round + 1);
		race_free(r, head, nr);
		meet(crew, 2 * round + 2);
	}
}

static void alloc_map_free_race_test(struct kunit *test)
{
	struct alloc_map *map = new_map(test, 3 * W + 5);
	unsigned int i, nr = crew_size(2), won = 0, busy = 0;
	struct racer racers[MAX_THREADS] = {};

	/* Frees that do not meet each other prove nothing. */
	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");

	for (i = 0; i < nr; i++) {
		racers[i].map = map;
		racers[i].id = i;
	}
	atomic_set(&arrived, 0);
	crew_wait(test, crew_start(test, nr, race, racers, sizeof(*racers)));
	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_NULL_MSG(test, racers[i].error, "%s", racers[i].error);
		won += racers[i].won;
		busy += racers[i].busy;
	}
	KUNIT_EXPECT_EQ(test, won, RACE_ROUNDS);
	KUNIT_EXPECT_TRUE(test, alloc_map_is_free(map, 0, map->nr_units));
	kunit_info(test, "%u threads, %u frees met another", nr, busy);
}

static struct kunit_case alloc_map_cases[] = {
	KUNIT_CASE_PARAM(alloc_map_empty_test, size_gen_params),
	KUNIT_CASE_PARAM(alloc_map_full_test, size_gen_params),
	KUNIT_CASE_PARAM(alloc_map_retire_test, size_gen_params),
	KUNIT_CASE(alloc_map_bytes_test),
	KUNIT_CASE(alloc_map_find_small_test),
	KUNIT_CASE(alloc_map_find_edge_test),
	KUNIT_CASE(alloc_map_find_random_test),
	KUNIT_CASE(alloc_map_find_one_aligned_test),
	KUNIT_CASE_PARAM(alloc_map_span_test, span_gen_params),
	KUNIT_CASE(alloc_map_split_test),
	KUNIT_CASE_PARAM(alloc_map_trace_test, size_gen_params),
	KUNIT_CASE(alloc_map_window_test),
	KUNIT_CASE(alloc_map_hints_from_test),
	KUNIT_CASE(alloc_map_hint_test),
	KUNIT_CASE(alloc_map_vain_test),
	KUNIT_CASE(alloc_map_hint_other_test),
	KUNIT_CASE_PARAM_ATTR(alloc_map_watch_test, watch_gen_params,
			      {.speed = KUNIT_SPEED_SLOW}),
	KUNIT_CASE_SLOW(alloc_map_free_race_test),
	{}
};

ALLOC_MAP_TEST_SUITE(alloc_map, "the map of allocations");
