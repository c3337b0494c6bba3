// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the map of allocations, lib/alloc_map.c.
 *
 * The tests know the two bits of a unit. Beside each map they keep a model of
 * it, a byte for each unit, to which every operation is done in the simplest
 * way there is. After each step map and model are compared unit by unit, with
 * a decoder that is not the one under test.
 *
 * What one CPU can see of the order of stores is looked at by a timer that
 * interrupts long operations; what several can do to each other, by threads.
 *
 * Names: W is the number of units in a word; a single is an allocation of one
 * unit; to plant is to write the bits of a unit by hand.
 */

#include <kunit/test.h>

#include <linux/alloc_map.h>
#include <linux/array_size.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/container_of.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/preempt.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/timer.h>

#define W	((unsigned long)ALLOC_MAP_UNITS_PER_WORD)
/* Two words and a half: ends inside a word, and has one that is full. */
#define UNITS	(2 * W + W / 2)
#define BODIES	(~0UL / 3 << 1)

#define FREE	ALLOC_MAP_FREE
#define BUSY	ALLOC_MAP_BUSY
#define BODY	ALLOC_MAP_BODY
#define HEAD	ALLOC_MAP_HEAD

/**
 * struct test_map - A map and what should be in it.
 * @test: The running test.
 * @map: The map. A word of zeroes lies behind its last one: whoever passes the
 *	units behind the end finds room there, or leaves a trace.
 * @nr: Its units.
 * @model: The state that each of them should have.
 * @saved: Words of @map at the time of tm_save().
 */
struct test_map {
	struct kunit *test;
	struct alloc_map *map;
	unsigned long nr;
	u8 *model;
	unsigned long *saved;
};

/* Words of a map, those with the units behind the end included. */
static unsigned long words_of(unsigned long nr_units)
{
	return nr_units / W + 1;
}

/* The word behind a map, whatever the map has besides. */
static unsigned long *behind(struct alloc_map *map, unsigned long nr_units)
{
	return (void *)map + alloc_map_bytes(nr_units);
}

static enum alloc_map_state state_of(const struct alloc_map *map,
				     unsigned long unit)
{
	return READ_ONCE(map->words[unit / W]) >> (unit % W * 2) & 3;
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

/* Make all units free again. */
static void tm_reset(struct test_map *tm)
{
	memset(tm->map, 0, alloc_map_bytes(tm->nr) + sizeof(long));
	memset(tm->model, FREE, tm->nr);
	alloc_map_init(tm->map, tm->nr);
}

static struct test_map *tm_create(struct kunit *test, unsigned long nr)
{
	struct test_map *tm = kunit_kzalloc(test, sizeof(*tm), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tm);
	tm->test = test;
	tm->nr = nr;
	tm->map = zeroed_buffer(test, alloc_map_bytes(nr) + sizeof(long));
	tm->saved = zeroed_buffer(test, words_of(nr) * sizeof(long));
	tm->model = zeroed_buffer(test, nr + 1);
	tm_reset(tm);
	return tm;
}

/* ---- the validator ---- */

/* Invariant B: the first body without a head, the number of units if none. */
static unsigned long first_orphan(const struct alloc_map *map)
{
	enum alloc_map_state before = FREE;
	unsigned long unit;

	for (unit = 0; unit < map->nr_units; unit++) {
		if (state_of(map, unit) == BODY && before == FREE)
			break;
		before = state_of(map, unit);
	}
	return unit;
}

/* The first unit that is not what the model, or being behind the end, says. */
static unsigned long first_difference(const struct test_map *tm)
{
	unsigned long unit;

	for (unit = 0; unit < tm->nr; unit++)
		if (state_of(tm->map, unit) != tm->model[unit])
			return unit;
	for (; unit < words_of(tm->nr) * W; unit++)
		if (state_of(tm->map, unit) != HEAD)
			return unit;
	return ULONG_MAX;
}

static void tm_check(const struct test_map *tm)
{
	unsigned long unit = first_difference(tm);

	KUNIT_ASSERT_EQ(tm->test, tm->map->nr_units, tm->nr);
	KUNIT_ASSERT_EQ_MSG(tm->test, unit, ULONG_MAX,
			    "unit %lu of %lu is %d", unit, tm->nr,
			    state_of(tm->map, unit));
	KUNIT_ASSERT_EQ_MSG(tm->test, first_orphan(tm->map), tm->nr,
			    "a body has no head");
	KUNIT_ASSERT_EQ_MSG(tm->test, *behind(tm->map, tm->nr), 0,
			    "written behind the map");
}

static void tm_save(struct test_map *tm)
{
	memcpy(tm->saved, tm->map->words, words_of(tm->nr) * sizeof(long));
}

/* Every word is what it was at the time of tm_save(). */
static void tm_expect_saved(const struct test_map *tm)
{
	KUNIT_ASSERT_MEMEQ(tm->test, tm->map->words, tm->saved,
			   words_of(tm->nr) * sizeof(long));
	KUNIT_ASSERT_EQ(tm->test, *behind(tm->map, tm->nr), 0);
}

/* ---- the model ---- */

static void tm_plant(struct test_map *tm, unsigned long unit,
		     enum alloc_map_state state)
{
	unsigned long *word = &tm->map->words[unit / W];
	unsigned int shift = unit % W * 2;

	*word = (*word & ~(3UL << shift)) | (unsigned long)state << shift;
	tm->model[unit] = state;
}

static void tm_plant_alloc(struct test_map *tm, unsigned long head,
			   unsigned long nr)
{
	unsigned long unit;

	for (unit = head; unit < head + nr; unit++)
		tm_plant(tm, unit, unit == head ? HEAD : BODY);
}

static void model_set(struct test_map *tm, unsigned long start,
		      unsigned long nr, enum alloc_map_state state)
{
	memset(tm->model + start, state, nr);
}

static void model_claim(struct test_map *tm, unsigned long start,
			unsigned long nr)
{
	model_set(tm, start, nr, BODY);
	tm->model[start] = HEAD;
}

static bool model_is_free(const struct test_map *tm, unsigned long start,
			  unsigned long nr)
{
	if (!nr || start >= tm->nr || nr > tm->nr - start)
		return false;
	return !memchr_inv(tm->model + start, FREE, nr);
}

static unsigned long model_extent(const struct test_map *tm, unsigned long head)
{
	unsigned long end = head + 1;

	while (end < tm->nr && tm->model[end] == BODY)
		end++;
	return end - head;
}

static unsigned long model_head(const struct test_map *tm, unsigned long unit)
{
	if (tm->model[unit] == FREE)
		return tm->nr;
	while (tm->model[unit] == BODY)
		unit--;
	return unit;
}

/* The first unit >= @unit with, or without, that state. */
static unsigned long model_next(const struct test_map *tm, unsigned long unit,
				enum alloc_map_state state, bool with)
{
	while (unit < tm->nr && (tm->model[unit] == state) != with)
		unit++;
	return unit;
}

static unsigned long model_count(const struct test_map *tm,
				 enum alloc_map_state state)
{
	unsigned long unit, nr = 0;

	for (unit = 0; unit < tm->nr; unit++)
		nr += tm->model[unit] == state;
	return nr;
}

static unsigned long model_find(const struct test_map *tm, unsigned long start,
				unsigned long nr, unsigned long align_mask,
				unsigned long align_offset)
{
	unsigned long unit;

	for (unit = start; unit < tm->nr; unit++)
		if (!((unit + align_offset) & align_mask) &&
		    model_is_free(tm, unit, nr))
			return unit;
	return tm->nr;
}

/* The shortest run from @start on that has @nr units, the lowest of several. */
static unsigned long model_find_best(const struct test_map *tm,
				     unsigned long start, unsigned long nr)
{
	unsigned long unit, end, best = tm->nr, len = ULONG_MAX;

	for (unit = start; unit < tm->nr; unit = end + 1) {
		for (end = unit; end < tm->nr && tm->model[end] == FREE; end++)
			;
		if (nr && end - unit >= nr && end - unit < len) {
			best = unit;
			len = end - unit;
		}
	}
	return best;
}

/* What a free, a split and a trim have to say to @head. */
static int model_refusal(const struct test_map *tm, unsigned long head)
{
	static const int refusals[] = {
		[FREE] = -ENOENT, [BUSY] = -EBUSY, [BODY] = -EINVAL,
	};

	if (head >= tm->nr)
		return -ERANGE;
	return tm->model[head] == HEAD ? 0 : refusals[tm->model[head]];
}

/* ---- operations on map and model ---- */

static bool tm_claim(struct test_map *tm, unsigned long start, unsigned long nr)
{
	bool can = model_is_free(tm, start, nr);

	KUNIT_ASSERT_EQ_MSG(tm->test, alloc_map_claim(tm->map, start, nr), can,
			    "%lu units at %lu of %lu", nr, start, tm->nr);
	if (can)
		model_claim(tm, start, nr);
	tm_check(tm);
	return can;
}

static int tm_release(struct test_map *tm, unsigned long head, unsigned long nr)
{
	int err = model_refusal(tm, head);
	unsigned long recorded = err ? 0 : model_extent(tm, head);
	unsigned long extent = 0;

	if (!err && nr && nr != recorded)
		err = -EMSGSIZE;
	KUNIT_ASSERT_EQ_MSG(tm->test, err,
			    alloc_map_release(tm->map, head, nr, &extent),
			    "%lu units at %lu of %lu", nr, head, tm->nr);
	KUNIT_ASSERT_EQ(tm->test, extent, recorded);
	if (!err)
		model_set(tm, head, recorded, FREE);
	tm_check(tm);
	return err;
}

static int tm_split(struct test_map *tm, unsigned long head,
		    unsigned long piece)
{
	int err = model_refusal(tm, head);
	unsigned long nr, i;

	if (!piece && err != -ERANGE)
		err = -EINVAL;
	KUNIT_ASSERT_EQ_MSG(tm->test, err,
			    alloc_map_split(tm->map, head, piece),
			    "pieces of %lu at %lu of %lu", piece, head, tm->nr);
	if (!err) {
		nr = model_extent(tm, head);
		for (i = 0; i < nr; i++)
			tm->model[head + i] = i % piece ? BODY : HEAD;
	}
	tm_check(tm);
	return err;
}

static int tm_trim(struct test_map *tm, unsigned long head, unsigned long keep)
{
	int err = model_refusal(tm, head);
	unsigned long nr = err ? 0 : model_extent(tm, head);

	if (!keep && err != -ERANGE)
		err = -EINVAL;
	else if (!err && keep > nr)
		err = -EMSGSIZE;
	KUNIT_ASSERT_EQ_MSG(tm->test, err, alloc_map_trim(tm->map, head, keep),
			    "to %lu at %lu of %lu", keep, head, tm->nr);
	if (!err)
		model_set(tm, head + keep, nr - keep, FREE);
	tm_check(tm);
	return err;
}

static void tm_expect_find(const struct test_map *tm, unsigned long start,
			   unsigned long nr, unsigned long align_mask,
			   unsigned long align_offset)
{
	KUNIT_ASSERT_EQ_MSG(tm->test,
			    alloc_map_find(tm->map, start, nr, align_mask,
					   align_offset),
			    model_find(tm, start, nr, align_mask, align_offset),
			    "%lu units from %lu of %lu, align mask %#lx, offset %#lx",
			    nr, start, tm->nr, align_mask, align_offset);
}

/* All that can be asked about one unit. */
static void tm_check_unit(const struct test_map *tm, unsigned long unit)
{
	const struct alloc_map *map = tm->map;
	bool head = tm->model[unit] == HEAD;

	KUNIT_ASSERT_EQ(tm->test, alloc_map_state(map, unit), tm->model[unit]);
	KUNIT_ASSERT_EQ_MSG(tm->test, alloc_map_head(map, unit),
			    model_head(tm, unit), "unit %lu", unit);
	KUNIT_ASSERT_EQ_MSG(tm->test, alloc_map_extent(map, unit),
			    head ? model_extent(tm, unit) : 0,
			    "unit %lu", unit);
}

/* From @unit up to, and over, the next unit that is not free. */
static void tm_check_is_free(const struct test_map *tm, unsigned long unit)
{
	unsigned long nr = model_next(tm, unit, FREE, false) - unit;

	KUNIT_ASSERT_FALSE(tm->test, alloc_map_is_free(tm->map, unit, 0));
	KUNIT_ASSERT_EQ_MSG(tm->test, alloc_map_is_free(tm->map, unit, nr), nr > 0,
			    "%lu from %lu", nr, unit);
	KUNIT_ASSERT_FALSE_MSG(tm->test, alloc_map_is_free(tm->map, unit, nr + 1),
			       "%lu from %lu", nr + 1, unit);
	KUNIT_ASSERT_FALSE(tm->test,
			   alloc_map_is_free(tm->map, unit, ULONG_MAX - unit + 1));
}

/* All questions, about all units. */
static void tm_check_queries(const struct test_map *tm)
{
	unsigned long unit;

	for (unit = 0; unit < tm->nr; unit++)
		tm_check_unit(tm, unit);
	for (unit = 0; unit <= tm->nr; unit++) {
		KUNIT_ASSERT_EQ_MSG(tm->test, alloc_map_next(tm->map, unit),
				    model_next(tm, unit, HEAD, true),
				    "from %lu", unit);
		KUNIT_ASSERT_EQ_MSG(tm->test, alloc_map_free_end(tm->map, unit),
				    model_next(tm, unit, FREE, false),
				    "from %lu", unit);
		tm_check_is_free(tm, unit);
	}
	KUNIT_ASSERT_EQ(tm->test, alloc_map_nr_free(tm->map),
			model_count(tm, FREE));
	KUNIT_ASSERT_EQ(tm->test, alloc_map_nr_allocs(tm->map),
			model_count(tm, HEAD));
}

/* ---- random numbers, the same in every run ---- */

static unsigned long below(struct rnd_state *rnd, unsigned long limit)
{
	return prandom_u32_state(rnd) % limit;
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
	unsigned long unit = 0, nr;

	tm_reset(tm);
	while (unit < tm->nr) {
		nr = min(random_length(rnd, max), tm->nr - unit);
		if (below(rnd, 2))
			tm_plant_alloc(tm, unit, nr);
		unit += nr;
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

static void alloc_map_init_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	size_t least = sizeof(struct alloc_map) + words_of(tm->nr) * sizeof(long);

	KUNIT_EXPECT_GE(test, alloc_map_bytes(tm->nr), least);
	KUNIT_EXPECT_LE(test, alloc_map_bytes(tm->nr),
			least + least / 32 + 4 * sizeof(long));
	KUNIT_EXPECT_EQ(test, alloc_map_nr_free(tm->map), tm->nr);
	KUNIT_EXPECT_EQ(test, alloc_map_nr_allocs(tm->map), 0);
	KUNIT_EXPECT_EQ(test, alloc_map_next(tm->map, 0), tm->nr);
	KUNIT_EXPECT_EQ(test, alloc_map_free_end(tm->map, 0), tm->nr);
	tm_check(tm);
	tm_check_queries(tm);
}

/* No size wraps around to a small one. */
static void alloc_map_bytes_large_test(struct kunit *test)
{
	KUNIT_EXPECT_GE(test, alloc_map_bytes(ULONG_MAX),
			ULONG_MAX / W * sizeof(long));
	KUNIT_EXPECT_GE(test, alloc_map_bytes(ULONG_MAX),
			alloc_map_bytes(ULONG_MAX - W));
	KUNIT_EXPECT_GT(test, alloc_map_bytes(ULONG_MAX / 2 + W),
			alloc_map_bytes(ULONG_MAX / 2));
}

/* The whole map as one allocation, and as singles. */
static void alloc_map_fill_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	unsigned long unit;

	KUNIT_EXPECT_FALSE(test, tm_claim(tm, 0, tm->nr + 1));
	KUNIT_EXPECT_EQ(test, tm_claim(tm, 0, tm->nr), tm->nr > 0);
	tm_check_queries(tm);
	KUNIT_EXPECT_EQ(test, tm_release(tm, 0, 0), tm->nr ? 0 : -ERANGE);

	for (unit = 0; unit < tm->nr; unit++) {
		tm_expect_find(tm, 0, 1, 0, 0);
		KUNIT_ASSERT_TRUE(test, tm_claim(tm, unit, 1));
	}
	tm_expect_find(tm, 0, 1, 0, 0);
	KUNIT_EXPECT_FALSE(test, tm_claim(tm, tm->nr, 1));
	tm_check_queries(tm);

	for (unit = 0; unit < tm->nr; unit++)
		KUNIT_ASSERT_EQ(test, tm_release(tm, unit, unit % 2), 0);
	tm_check_queries(tm);
}

/* Memory of just the size of the map: with KASAN, no access behind it. */
static void alloc_map_exact_memory_test(struct kunit *test)
{
	unsigned long nr = *(const unsigned long *)test->param_value;
	struct alloc_map *map = kunit_kzalloc(test, alloc_map_bytes(nr),
					      GFP_KERNEL);
	unsigned long extent;

	KUNIT_ASSERT_NOT_NULL(test, map);
	alloc_map_init(map, nr);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, 0, nr + 1, 0, 0), nr);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, nr, 1, 0, 0), nr);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, 0, 1, ULONG_MAX, 1), nr);
	KUNIT_EXPECT_EQ(test, alloc_map_free_end(map, nr), nr);
	KUNIT_EXPECT_EQ(test, alloc_map_next(map, nr), nr);
	KUNIT_EXPECT_EQ(test, alloc_map_nr_free(map), nr);
	KUNIT_EXPECT_EQ(test, alloc_map_claim(map, 0, nr), nr > 0);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, 0, 1, 0, 0), nr);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, 0, 1, ULONG_MAX, 0), nr);
	KUNIT_EXPECT_EQ(test, alloc_map_nr_allocs(map), nr > 0);
	KUNIT_EXPECT_EQ(test, alloc_map_extent(map, 0), nr);
	KUNIT_EXPECT_EQ(test, alloc_map_extent(map, nr), 0);
	if (!nr)
		return;
	KUNIT_EXPECT_EQ(test, alloc_map_head(map, nr - 1), 0);
	KUNIT_EXPECT_EQ(test, alloc_map_split(map, 0, 1), 0);
	KUNIT_EXPECT_EQ(test, alloc_map_release(map, nr - 1, 0, &extent), 0);
	KUNIT_EXPECT_EQ(test, extent, 1);
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

static void tm_expect_find_best(const struct test_map *tm, unsigned long start,
				unsigned long nr)
{
	KUNIT_ASSERT_EQ_MSG(tm->test, alloc_map_find_best(tm->map, start, nr),
			    model_find_best(tm, start, nr),
			    "%lu units from %lu of %lu", nr, start, tm->nr);
}

static void expect_small_finds(const struct test_map *tm, unsigned long mask)
{
	unsigned long start, nr, offset;

	for (start = 0; start <= tm->nr + 1; start++)
		for (nr = 0; nr <= tm->nr + 1; nr++)
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
	tm_expect_find_best(tm, start, nr);
}

/* Every layout of six units across the edge of two words. */
static void check_find_edge(struct kunit *test, enum alloc_map_state others)
{
	static const unsigned long lengths[] = {
		1, 2, 3, 4, 6, 7, W - 3, W, W + 3, 2 * W,
	};
	struct test_map *tm = tm_create(test, 2 * W + 3);
	unsigned long layout, i, start;

	for (i = 0; i < tm->nr; i++)
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
			if (j % 60 == 0)
				tm_plant_random(tm, &rnd, 1 + below(&rnd, 4 * W));
			tm_expect_find(tm, below(&rnd, tm->nr + 2),
				       random_length(&rnd, 3 * W),
				       (1UL << below(&rnd, 10)) - 1,
				       below(&rnd, 6 * W) - 3 * W);
			tm_expect_find_best(tm, below(&rnd, tm->nr + 2),
					    random_length(&rnd, 2 * W));
		}
		cond_resched();
	}
}

/* Questions that have no answer, however much is free. */
static void alloc_map_find_nothing_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	struct alloc_map *map = tm->map;
	unsigned long none = tm->nr;

	KUNIT_EXPECT_EQ(test, alloc_map_find(map, 0, 0, 0, 0), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, 0, none + 1, 0, 0), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, 1, none, 0, 0), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, 0, ULONG_MAX, 0, 0), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, 1, ULONG_MAX, 0, 0), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, ULONG_MAX, 1, 0, 0), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, ULONG_MAX, ULONG_MAX,
					     ULONG_MAX, ULONG_MAX), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, none, 1, 0, 0), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, none + 1, 1, 0, 0), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, 0, 1, ULONG_MAX, 1), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find(map, 1, 1, ULONG_MAX, 0), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find_best(map, 0, 0), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find_best(map, 0, none + 1), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find_best(map, ULONG_MAX, 1), none);
	KUNIT_EXPECT_EQ(test, alloc_map_find_best(map, 1, ULONG_MAX), none);
}

/*
 * One unit in the whole address space is aligned, and it is taken, or free
 * below the start: looking on from behind it must not come around to it.
 */
static void alloc_map_find_one_aligned_test(struct kunit *test)
{
	struct test_map *tm = tm_create(test, 3 * W);
	unsigned long unit;

	for (unit = 0; unit < tm->nr; unit++) {
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

/* ---- claim ---- */

enum surroundings { EMPTY, SINGLES, BLOCKS };

static const enum surroundings surroundings_cases[] = {
	EMPTY, SINGLES, BLOCKS,
};

static void surroundings_to_desc(const enum surroundings *around, char *desc)
{
	static const char * const names[] = {
		[EMPTY] = "free units around",
		[SINGLES] = "singles around",
		[BLOCKS] = "one block before, one behind",
	};

	strscpy(desc, names[*around], KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(surroundings, surroundings_cases, surroundings_to_desc);

/* [@start, @start + @nr) is free, all else as @around says. */
static void tm_surround(struct test_map *tm, unsigned long start,
			unsigned long nr, enum surroundings around)
{
	unsigned long end = start + nr;
	unsigned long unit;

	tm_reset(tm);
	if (around == BLOCKS) {
		tm_plant_alloc(tm, 0, start);
		tm_plant_alloc(tm, end, tm->nr - end);
	}
	for (unit = 0; around == SINGLES && unit < tm->nr; unit++)
		if (unit < start || unit >= end)
			tm_plant(tm, unit, HEAD);
}

static void alloc_map_claim_test(struct kunit *test)
{
	enum surroundings around = *(const enum surroundings *)test->param_value;
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long start, nr;

	for (start = 0; start < UNITS; start++) {
		for (nr = 1; nr <= UNITS - start; nr++) {
			tm_surround(tm, start, nr, around);
			KUNIT_ASSERT_TRUE(test, tm_claim(tm, start, nr));
			KUNIT_ASSERT_FALSE(test, tm_claim(tm, start, nr));
		}
		cond_resched();
	}
}

/* A claim that meets a taken unit, at every place, leaves nothing behind. */
static void check_collisions(struct test_map *tm, unsigned long start,
			     unsigned long nr, enum alloc_map_state taken)
{
	unsigned long unit;

	for (unit = start; unit < start + nr; unit++) {
		tm_plant(tm, unit, taken);
		tm_save(tm);
		KUNIT_ASSERT_FALSE_MSG(tm->test,
				       alloc_map_claim(tm->map, start, nr),
				       "%lu units at %lu, %lu is taken",
				       nr, start, unit);
		tm_expect_saved(tm);
		tm_plant(tm, unit, FREE);
	}
}

static void alloc_map_claim_collision_test(struct kunit *test)
{
	enum surroundings around = *(const enum surroundings *)test->param_value;
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long start, nr;

	for (start = 0; start < UNITS; start++) {
		for (nr = 1; nr <= UNITS - start; nr++) {
			tm_surround(tm, start, nr, around);
			check_collisions(tm, start, nr, HEAD);
			check_collisions(tm, start, nr, BUSY);
			tm_check(tm);
		}
		cond_resched();
	}
}

/* The end of an allocation that reaches into the claim from below. */
static void alloc_map_claim_collision_body_test(struct kunit *test)
{
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long nr;

	for (nr = 1; nr < UNITS; nr++) {
		tm_reset(tm);
		tm_plant_alloc(tm, 0, nr);
		tm_save(tm);
		KUNIT_ASSERT_FALSE(test, tm_claim(tm, nr - 1, UNITS - nr + 1));
		KUNIT_ASSERT_FALSE(test, tm_claim(tm, nr - 1, 1));
		tm_expect_saved(tm);
		KUNIT_ASSERT_TRUE(test, tm_claim(tm, nr, UNITS - nr));
	}
}

static void alloc_map_claim_not_in_map_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	unsigned long nr = tm->nr, unit;

	tm_save(tm);
	/* Not even if the sum of both is in the map again. */
	for (unit = 0; unit < nr; unit++)
		KUNIT_EXPECT_FALSE(test, alloc_map_claim(tm->map, nr - 1,
							 unit - nr + 1));
	KUNIT_EXPECT_FALSE(test, alloc_map_claim(tm->map, 0, 0));
	KUNIT_EXPECT_FALSE(test, alloc_map_claim(tm->map, nr, 0));
	KUNIT_EXPECT_FALSE(test, alloc_map_claim(tm->map, nr, 1));
	KUNIT_EXPECT_FALSE(test, alloc_map_claim(tm->map, nr + 1, 1));
	KUNIT_EXPECT_FALSE(test, alloc_map_claim(tm->map, nr + W, 1));
	KUNIT_EXPECT_FALSE(test, alloc_map_claim(tm->map, ULONG_MAX, 1));
	KUNIT_EXPECT_FALSE(test, alloc_map_claim(tm->map, 0, nr + 1));
	KUNIT_EXPECT_FALSE(test, alloc_map_claim(tm->map, 1, nr));
	KUNIT_EXPECT_FALSE(test, alloc_map_claim(tm->map, 0, ULONG_MAX));
	KUNIT_EXPECT_FALSE(test, alloc_map_claim(tm->map, 1, ULONG_MAX));
	KUNIT_EXPECT_FALSE(test, alloc_map_claim(tm->map, ULONG_MAX, ULONG_MAX));
	tm_expect_saved(tm);
}

static void alloc_map_claim_all_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	unsigned long unit, extent;

	KUNIT_ASSERT_TRUE(test, alloc_map_claim_all(tm->map));
	if (tm->nr) {
		model_claim(tm, 0, tm->nr);
		tm->model[0] = BUSY;
	}
	tm_check(tm);

	/* Nothing is to be had or freed any more, and it cannot be done twice. */
	for (unit = 0; unit < tm->nr; unit++) {
		KUNIT_ASSERT_FALSE(test, tm_claim(tm, unit, 1));
		KUNIT_ASSERT_EQ(test, alloc_map_release(tm->map, unit, 0, &extent),
				unit ? -EINVAL : -EBUSY);
	}
	tm_expect_find(tm, 0, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, alloc_map_claim_all(tm->map), !tm->nr);
	tm_check(tm);
}

static void alloc_map_claim_all_not_empty_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	unsigned long unit;

	for (unit = 0; unit < tm->nr; unit++) {
		tm_plant(tm, unit, unit % 2 ? HEAD : BUSY);
		tm_save(tm);
		KUNIT_ASSERT_FALSE(test, alloc_map_claim_all(tm->map));
		tm_expect_saved(tm);
		tm_plant(tm, unit, FREE);
	}
	KUNIT_EXPECT_TRUE(test, alloc_map_claim_all(tm->map));
}

/* ---- extent, head ---- */

static void alloc_map_extent_test(struct kunit *test)
{
	enum surroundings around = *(const enum surroundings *)test->param_value;
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long start, nr, unit;

	for (start = 0; start < UNITS; start++) {
		for (nr = 1; nr <= UNITS - start; nr++) {
			tm_surround(tm, start, nr, around);
			tm_plant_alloc(tm, start, nr);
			KUNIT_ASSERT_EQ(test, alloc_map_extent(tm->map, start), nr);
			for (unit = start; unit < start + nr; unit++)
				KUNIT_ASSERT_EQ(test, start,
						alloc_map_head(tm->map, unit));
			if (nr % W == 1)
				tm_check_queries(tm);
		}
		cond_resched();
	}
}

static void alloc_map_extent_nothing_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	unsigned long unit;

	for (unit = 0; unit < tm->nr; unit++) {
		KUNIT_EXPECT_EQ(test, alloc_map_extent(tm->map, unit), 0);
		KUNIT_EXPECT_EQ(test, alloc_map_head(tm->map, unit), tm->nr);
	}
	/* The units behind the end look like heads. */
	KUNIT_EXPECT_EQ(test, alloc_map_extent(tm->map, tm->nr), 0);
	KUNIT_EXPECT_EQ(test, alloc_map_extent(tm->map, tm->nr | (W - 1)), 0);
	KUNIT_EXPECT_EQ(test, alloc_map_next(tm->map, tm->nr), tm->nr);
}

/* ---- release ---- */

static void alloc_map_release_test(struct kunit *test)
{
	enum surroundings around = *(const enum surroundings *)test->param_value;
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long start, nr;

	for (start = 0; start < UNITS; start++) {
		for (nr = 1; nr <= UNITS - start; nr++) {
			tm_surround(tm, start, nr, around);
			tm_plant_alloc(tm, start, nr);
			KUNIT_ASSERT_EQ(test, tm_release(tm, start, 0), 0);
			tm_plant_alloc(tm, start, nr);
			KUNIT_ASSERT_EQ(test, tm_release(tm, start, nr), 0);
			KUNIT_ASSERT_EQ(test, tm_release(tm, start, nr), -ENOENT);
		}
		cond_resched();
	}
}

/* Expects that map does not free @nr units at @head, and what it says to it. */
static void expect_refused(struct test_map *tm, unsigned long head,
			   unsigned long nr, int err, unsigned long recorded)
{
	unsigned long extent = -1;

	tm_save(tm);
	KUNIT_ASSERT_EQ_MSG(tm->test, err,
			    alloc_map_release(tm->map, head, nr, &extent),
			    "%lu units at %lu", nr, head);
	KUNIT_ASSERT_EQ_MSG(tm->test, extent, recorded,
			    "%lu units at %lu", nr, head);
	tm_expect_saved(tm);
}

static void alloc_map_release_wrong_length_test(struct kunit *test)
{
	enum surroundings around = *(const enum surroundings *)test->param_value;
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long start, nr, wrong;

	for (start = 0; start < UNITS; start++) {
		for (nr = 1; nr <= UNITS - start; nr++) {
			tm_surround(tm, start, nr, around);
			tm_plant_alloc(tm, start, nr);
			for (wrong = 1; wrong <= UNITS + 1; wrong++)
				if (wrong != nr)
					expect_refused(tm, start, wrong,
						       -EMSGSIZE, nr);
			expect_refused(tm, start, ULONG_MAX, -EMSGSIZE, nr);
			/* The head is not left busy. */
			KUNIT_ASSERT_EQ(test, tm_release(tm, start, nr), 0);
		}
		cond_resched();
	}
}

static void alloc_map_release_body_test(struct kunit *test)
{
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long start, nr, unit;

	for (start = 0; start < UNITS; start++) {
		for (nr = 2; nr <= UNITS - start; nr++) {
			tm_surround(tm, start, nr, EMPTY);
			tm_plant_alloc(tm, start, nr);
			for (unit = start + 1; unit < start + nr; unit++) {
				expect_refused(tm, unit, 0, -EINVAL, 0);
				expect_refused(tm, unit, start + nr - unit,
					       -EINVAL, 0);
			}
		}
		cond_resched();
	}
}

static void alloc_map_release_free_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	unsigned long unit;

	for (unit = 0; unit < tm->nr; unit++) {
		expect_refused(tm, unit, 0, -ENOENT, 0);
		expect_refused(tm, unit, 1, -ENOENT, 0);
		expect_refused(tm, unit, ULONG_MAX, -ENOENT, 0);
	}
}

static void alloc_map_release_not_in_map_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);

	expect_refused(tm, tm->nr, 0, -ERANGE, 0);
	expect_refused(tm, tm->nr, 1, -ERANGE, 0);
	expect_refused(tm, tm->nr + 1, 0, -ERANGE, 0);
	expect_refused(tm, tm->nr + W, 0, -ERANGE, 0);
	expect_refused(tm, ULONG_MAX, 0, -ERANGE, 0);
	expect_refused(tm, ULONG_MAX, ULONG_MAX, -ERANGE, 0);
}

static void alloc_map_release_twice_test(struct kunit *test)
{
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long start, nr;

	for (start = 0; start < UNITS; start++) {
		for (nr = 1; nr <= UNITS - start; nr++) {
			KUNIT_ASSERT_TRUE(test, tm_claim(tm, start, nr));
			KUNIT_ASSERT_EQ(test, tm_release(tm, start, 0), 0);
			expect_refused(tm, start, 0, -ENOENT, 0);
			expect_refused(tm, start, nr, -ENOENT, 0);
		}
		cond_resched();
	}
}

/* Another CPU is at work at @head: hands off, whatever is asked. */
static void check_busy(struct test_map *tm, unsigned long head,
		       unsigned long nr)
{
	tm_reset(tm);
	tm_plant_alloc(tm, head, nr);
	tm_plant(tm, head, BUSY);
	tm_check_queries(tm);

	expect_refused(tm, head, 0, -EBUSY, 0);
	expect_refused(tm, head, nr, -EBUSY, 0);
	expect_refused(tm, head, nr + 1, -EBUSY, 0);
	KUNIT_ASSERT_EQ(tm->test, alloc_map_split(tm->map, head, 1), -EBUSY);
	KUNIT_ASSERT_EQ(tm->test, alloc_map_trim(tm->map, head, 1), -EBUSY);
	KUNIT_ASSERT_EQ(tm->test, alloc_map_extent(tm->map, head), 0);
	KUNIT_ASSERT_EQ(tm->test, alloc_map_nr_allocs(tm->map), 0);
	KUNIT_ASSERT_FALSE(tm->test, alloc_map_claim(tm->map, head, 1));
	KUNIT_ASSERT_FALSE(tm->test, alloc_map_claim(tm->map, 0, tm->nr));
	KUNIT_ASSERT_FALSE(tm->test, alloc_map_claim_all(tm->map));
	tm_expect_saved(tm);

	tm_plant(tm, head, HEAD);
	KUNIT_ASSERT_EQ(tm->test, tm_release(tm, head, nr), 0);
}

static void alloc_map_busy_test(struct kunit *test)
{
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long start, nr;

	for (start = 0; start < UNITS; start += 3) {
		for (nr = 1; nr <= UNITS - start; nr++)
			check_busy(tm, start, nr);
		cond_resched();
	}
}

/* ---- ends at the edge of a word ---- */

enum behind { FREE_UNITS, SINGLE, BLOCK, BUSY_BLOCK, END_OF_MAP };

static const enum behind behind_cases[] = {
	FREE_UNITS, SINGLE, BLOCK, BUSY_BLOCK, END_OF_MAP,
};

static void behind_to_desc(const enum behind *behind, char *desc)
{
	static const char * const names[] = {
		[FREE_UNITS] = "then free units",
		[SINGLE] = "then a single",
		[BLOCK] = "then an allocation of more than a word",
		[BUSY_BLOCK] = "then one in transit",
		[END_OF_MAP] = "then the end",
	};

	strscpy(desc, names[*behind], KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(behind, behind_cases, behind_to_desc);

static void tm_plant_behind(struct test_map *tm, unsigned long edge,
			    enum behind behind)
{
	if (behind == SINGLE)
		tm_plant(tm, edge, HEAD);
	if (behind == BLOCK || behind == BUSY_BLOCK)
		tm_plant_alloc(tm, edge, W + 2);
	if (behind == BUSY_BLOCK)
		tm_plant(tm, edge, BUSY);
}

/* An allocation from each unit up to @edge. */
static void check_edge(struct kunit *test, unsigned long edge,
		       enum behind behind)
{
	struct test_map *tm = tm_create(test, behind == END_OF_MAP ?
					edge : edge + 2 * W);
	unsigned long start, nr, piece;

	tm_plant_behind(tm, edge, behind);
	for (start = 0; start < edge; start++) {
		nr = edge - start;
		KUNIT_ASSERT_TRUE(test, tm_claim(tm, start, nr));
		tm_check_queries(tm);
		KUNIT_ASSERT_EQ(test, tm_release(tm, start, nr + 1), -EMSGSIZE);
		KUNIT_ASSERT_EQ(test, tm_release(tm, start, nr), 0);

		KUNIT_ASSERT_TRUE(test, tm_claim(tm, start, nr));
		KUNIT_ASSERT_EQ(test, tm_split(tm, start, 2), 0);
		for (piece = start; piece < edge; piece += 2)
			KUNIT_ASSERT_EQ(test, tm_release(tm, piece, 0), 0);
	}
	tm_check_queries(tm);
}

static void alloc_map_word_edge_test(struct kunit *test)
{
	enum behind behind = *(const enum behind *)test->param_value;

	check_edge(test, W, behind);
	check_edge(test, 2 * W, behind);
	check_edge(test, 3 * W, behind);
}

/* ---- split ---- */

/**
 * struct split_case - How an allocation is taken to pieces.
 * @desc: Description.
 * @head: Its first unit.
 * @nr: Its length.
 * @piece: Length of the pieces; there are at most MAX_PIECES.
 */
struct split_case {
	const char *desc;
	unsigned long head;
	unsigned long nr;
	unsigned long piece;
};

#define MAX_PIECES	5

static const struct split_case split_cases[] = {
	{ .desc = "a single", .head = 7, .nr = 1, .piece = 1 },
	{ .desc = "one piece of a word", .head = W, .nr = W, .piece = W },
	{ .desc = "one piece, larger", .head = 3, .nr = 4, .piece = 9 },
	{ .desc = "singles in a word", .head = 0, .nr = 5, .piece = 1 },
	{ .desc = "singles over an edge", .head = W - 2, .nr = 5, .piece = 1 },
	{ .desc = "pairs", .head = W - 4, .nr = 8, .piece = 2 },
	{ .desc = "pairs and a rest", .head = W - 3, .nr = 7, .piece = 2 },
	{ .desc = "half words", .head = W / 2, .nr = 2 * W, .piece = W / 2 },
	{ .desc = "words", .head = 0, .nr = 2 * W, .piece = W },
	{ .desc = "words, not at their edges", .head = 5, .nr = 2 * W, .piece = W },
	{ .desc = "a rest of one", .head = 1, .nr = W + 2, .piece = W / 2 },
	{ .desc = "one less than a word", .head = 0, .nr = 2 * W, .piece = W - 1 },
	{ .desc = "up to the end", .head = UNITS - 9, .nr = 9, .piece = 2 },
};

KUNIT_ARRAY_PARAM_DESC(split, split_cases, desc);

/* Order number @order of the @nr! there are. */
static void permute(unsigned int *items, unsigned int nr, unsigned int order)
{
	unsigned int i, j;

	for (i = 0; i < nr; i++)
		items[i] = i;
	for (i = nr; i > 1; i--) {
		j = order % i;
		order /= i;
		swap(items[i - 1], items[j]);
	}
}

static void check_split(struct test_map *tm, const struct split_case *c,
			unsigned int pieces, unsigned int order)
{
	unsigned int i, index[MAX_PIECES];
	unsigned long head, nr;

	permute(index, pieces, order);
	KUNIT_ASSERT_TRUE(tm->test, tm_claim(tm, c->head, c->nr));
	KUNIT_ASSERT_EQ(tm->test, tm_split(tm, c->head, c->piece), 0);
	KUNIT_ASSERT_EQ(tm->test, alloc_map_nr_allocs(tm->map), pieces);
	tm_check_queries(tm);

	for (i = 0; i < pieces; i++) {
		head = c->head + index[i] * c->piece;
		nr = min(c->piece, c->head + c->nr - head);
		KUNIT_ASSERT_EQ(tm->test, tm_release(tm, head, nr), 0);
	}
	KUNIT_ASSERT_EQ(tm->test, alloc_map_nr_free(tm->map), tm->nr);
}

/* The pieces are freed in every order. */
static void alloc_map_split_test(struct kunit *test)
{
	const struct split_case *c = test->param_value;
	unsigned int pieces = DIV_ROUND_UP(c->nr, c->piece);
	struct test_map *tm = tm_create(test, UNITS);
	unsigned int i, orders = 1;

	KUNIT_ASSERT_LE(test, pieces, MAX_PIECES);
	for (i = 2; i <= pieces; i++)
		orders *= i;
	for (i = 0; i < orders; i++)
		check_split(tm, c, pieces, i);
}

/* Pieces of every length, with neighbours on both sides. */
static void alloc_map_split_lengths_test(struct kunit *test)
{
	unsigned long head = W - 3, nr = W + 5, piece, unit;
	struct test_map *tm = tm_create(test, UNITS);

	for (piece = 1; piece <= nr + 1; piece++) {
		tm_surround(tm, head, nr, BLOCKS);
		tm_plant_alloc(tm, head, nr);
		KUNIT_ASSERT_EQ(test, tm_split(tm, head, piece), 0);
		KUNIT_ASSERT_EQ(test, alloc_map_nr_allocs(tm->map),
				DIV_ROUND_UP(nr, piece) + 2);
		tm_check_queries(tm);
		for (unit = head; unit < head + nr; unit += piece)
			KUNIT_ASSERT_EQ(test, tm_release(tm, unit, 0), 0);
	}
	tm_plant_alloc(tm, head, nr);
	KUNIT_EXPECT_EQ(test, tm_split(tm, head, ULONG_MAX), 0);
	KUNIT_EXPECT_EQ(test, alloc_map_extent(tm->map, head), nr);
}

/* ---- trim ---- */

static void alloc_map_trim_test(struct kunit *test)
{
	static const unsigned long heads[] = { 0, W - 3, W - 1, W };
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long nr, keep;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(heads); i++) {
		for (nr = 1; nr <= UNITS - heads[i]; nr += 3) {
			for (keep = 1; keep <= nr; keep++) {
				tm_surround(tm, heads[i], nr, SINGLES);
				tm_plant_alloc(tm, heads[i], nr);
				KUNIT_ASSERT_EQ(test, 0,
						tm_trim(tm, heads[i], keep));
				KUNIT_ASSERT_EQ(test, keep,
						alloc_map_extent(tm->map, heads[i]));
			}
			cond_resched();
		}
	}
}

static void alloc_map_trim_too_long_test(struct kunit *test)
{
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long start, nr;

	for (start = 0; start < UNITS; start += 5) {
		for (nr = 1; nr <= UNITS - start; nr++) {
			tm_surround(tm, start, nr, BLOCKS);
			tm_plant_alloc(tm, start, nr);
			KUNIT_ASSERT_EQ(test, -EMSGSIZE,
					tm_trim(tm, start, nr + 1));
			KUNIT_ASSERT_EQ(test, -EMSGSIZE,
					tm_trim(tm, start, ULONG_MAX));
			KUNIT_ASSERT_EQ(test, nr,
					alloc_map_extent(tm->map, start));
		}
	}
}

/* Splits and trims where no allocation begins. */
static void alloc_map_split_trim_refused_test(struct kunit *test)
{
	struct test_map *tm = tm_create(test, UNITS);
	unsigned long head = W - 3, nr = W + 5, unit;

	tm_plant_alloc(tm, head, nr);
	tm_save(tm);
	for (unit = 0; unit < UNITS; unit++) {
		if (unit == head)
			continue;
		tm_split(tm, unit, 1);
		tm_trim(tm, unit, 1);
	}
	KUNIT_EXPECT_EQ(test, tm_split(tm, head - 1, 2), -ENOENT);
	KUNIT_EXPECT_EQ(test, tm_split(tm, head + 1, 2), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_split(tm, head, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_split(tm, UNITS, 1), -ERANGE);
	KUNIT_EXPECT_EQ(test, tm_split(tm, ULONG_MAX, 1), -ERANGE);
	KUNIT_EXPECT_EQ(test, tm_trim(tm, head - 1, 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, tm_trim(tm, head + 1, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_trim(tm, head, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, tm_trim(tm, UNITS, 1), -ERANGE);
	KUNIT_EXPECT_EQ(test, tm_trim(tm, ULONG_MAX, 1), -ERANGE);
	tm_expect_saved(tm);
}

/* ---- walk ---- */

static void alloc_map_next_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	unsigned long unit, next, seen;
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 30);
	for (i = 0; i < 20; i++) {
		tm_plant_random(tm, &rnd, W + 3);
		next = 0;
		seen = 0;
		for (unit = alloc_map_next(tm->map, 0); unit < tm->nr;
		     unit = alloc_map_next(tm->map, unit + 1)) {
			KUNIT_ASSERT_EQ(test, unit,
					model_next(tm, next, HEAD, true));
			next = unit + 1;
			seen++;
		}
		KUNIT_EXPECT_EQ(test, seen, model_count(tm, HEAD));
		KUNIT_EXPECT_EQ(test, unit, tm->nr);
		tm_check_queries(tm);
	}
}

/* The allocation at the cursor may be freed, and those around it. */
static void alloc_map_next_free_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	unsigned long unit, seen, nr_allocs;
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 31);
	for (i = 0; i < 20; i++) {
		tm_plant_random(tm, &rnd, W + 3);
		nr_allocs = model_count(tm, HEAD);
		seen = 0;
		for (unit = alloc_map_next(tm->map, 0); unit < tm->nr;
		     unit = alloc_map_next(tm->map, unit + 1)) {
			seen++;
			if (i % 2 || seen % 2)
				KUNIT_ASSERT_EQ(test, 0, tm_release(tm, unit, 0));
		}
		KUNIT_EXPECT_EQ(test, seen, nr_allocs);
		KUNIT_EXPECT_EQ(test, alloc_map_nr_allocs(tm->map),
				i % 2 ? 0 : nr_allocs / 2);
	}
}

/* ---- sequences ---- */

static void trace_step(struct test_map *tm, struct rnd_state *rnd)
{
	unsigned long nr = random_length(rnd, 2 * W + 3);
	unsigned long unit = below(rnd, tm->nr + 1);
	unsigned long head = alloc_map_next(tm->map, unit);

	switch (below(rnd, 8)) {
	case 0:
		tm_split(tm, head, nr);
		break;
	case 1:
		tm_trim(tm, head, nr);
		break;
	case 2:
		tm_release(tm, unit, nr);
		break;
	case 3:
	case 4:
		tm_release(tm, head, 0);
		break;
	default:
		tm_expect_find(tm, unit, nr, 0, 0);
		tm_claim(tm, alloc_map_find(tm->map, unit, nr, 0, 0), nr);
	}
}

static void alloc_map_trace_test(struct kunit *test)
{
	struct test_map *tm = tm_create_param(test);
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 40);
	for (i = 0; i < 3000; i++) {
		trace_step(tm, &rnd);
		if (i % 64 == 0)
			tm_check_queries(tm);
	}
	while (alloc_map_next(tm->map, 0) < tm->nr)
		tm_release(tm, alloc_map_next(tm->map, 0), 0);
	KUNIT_EXPECT_EQ(test, alloc_map_nr_free(tm->map), tm->nr);
}

/* ---- searches in maps of many words ---- */

/*
 * All is taken but for a window somewhere, in which allocations come and go.
 * Whatever a map remembers of searches that were in vain, what is free again
 * has to be found.
 */

#define WINDOW	900UL

struct window {
	struct kunit *test;
	struct alloc_map *map;
	unsigned long start;
	struct rnd_state rnd;
};

static unsigned long window_find(const struct window *w, unsigned long start,
				 unsigned long nr, unsigned long align_mask,
				 unsigned long align_offset)
{
	unsigned long unit, run = 0, found = w->map->nr_units;

	for (unit = w->start + WINDOW; unit-- > max(w->start, start); ) {
		run = state_of(w->map, unit) == FREE ? run + 1 : 0;
		if (run >= nr && !((unit + align_offset) & align_mask))
			found = unit;
	}
	return found;
}

static void window_expect_find(struct window *w, unsigned long start,
			       unsigned long nr, unsigned long align_mask,
			       unsigned long align_offset)
{
	KUNIT_ASSERT_EQ_MSG(w->test,
			    alloc_map_find(w->map, start, nr, align_mask,
					   align_offset),
			    window_find(w, start, nr, align_mask, align_offset),
			    "%lu units from %lu, mask %lu, offset %lu, window at %lu",
			    nr, start, align_mask, align_offset, w->start);
}

static void window_expect_finds(struct window *w)
{
	unsigned long nr = random_length(&w->rnd, WINDOW);
	unsigned long start = below(&w->rnd, w->start + WINDOW);
	unsigned long align = 1UL << below(&w->rnd, 10);

	window_expect_find(w, 0, nr, 0, 0);
	window_expect_find(w, start, nr, 0, 0);
	window_expect_find(w, 0, nr, align - 1, 0);
	window_expect_find(w, start, nr, align - 1, below(&w->rnd, align));
	window_expect_find(w, 0, 1, 0, 0);
	window_expect_find(w, 0, WINDOW, 0, 0);
}

static unsigned long window_find_best(const struct window *w,
				      unsigned long start, unsigned long nr)
{
	unsigned long end = w->start + WINDOW, best = w->map->nr_units;
	unsigned long unit = max(w->start, start), next, len = ULONG_MAX;

	for (; unit < end; unit = next + 1) {
		for (next = unit; state_of(w->map, next) == FREE; next++)
			;
		if (next - unit >= nr && next - unit < len) {
			best = unit;
			len = next - unit;
		}
	}
	return best;
}

static void window_expect_find_best(struct window *w, unsigned long start,
				    unsigned long nr)
{
	KUNIT_ASSERT_EQ_MSG(w->test, alloc_map_find_best(w->map, start, nr),
			    window_find_best(w, start, nr),
			    "%lu units from %lu, window at %lu", nr, start,
			    w->start);
}

static void window_expect_best_finds(struct window *w)
{
	unsigned long start = below(&w->rnd, w->start + WINDOW);

	window_expect_find_best(w, 0, random_length(&w->rnd, WINDOW));
	window_expect_find_best(w, 0, 1 + below(&w->rnd, 20));
	window_expect_find_best(w, start, random_length(&w->rnd, 40));
	window_expect_find_best(w, 0, WINDOW);
}

static void window_step(struct window *w)
{
	unsigned long unit = w->start + below(&w->rnd, WINDOW);
	unsigned long nr = random_length(&w->rnd, WINDOW / 2);
	unsigned long head = alloc_map_next(w->map, unit);
	unsigned long extent;

	if (!below(&w->rnd, 8))
		/* One unit too many: what was claimed is given back. */
		KUNIT_ASSERT_FALSE(w->test,
				   alloc_map_claim(w->map, unit, w->start +
						   WINDOW + 1 - unit));
	else if (head >= w->start + WINDOW || below(&w->rnd, 2))
		alloc_map_claim(w->map, unit,
				min(nr, w->start + WINDOW - unit));
	else if (below(&w->rnd, 4))
		alloc_map_release(w->map, head, 0, &extent);
	else
		alloc_map_trim(w->map, head, 1 + nr / 8);
}

static void window_check(struct kunit *test, unsigned long nr_units, u64 seed,
			 void (*expect)(struct window *w))
{
	struct window *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	unsigned long i, end;

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->test = test;
	w->map = zeroed_buffer(test, alloc_map_bytes(nr_units));
	alloc_map_init(w->map, nr_units);
	prandom_seed_state(&w->rnd, seed);
	w->start = below(&w->rnd, nr_units - WINDOW);
	end = w->start + WINDOW;

	if (w->start)
		KUNIT_ASSERT_TRUE(test, alloc_map_claim(w->map, 0, w->start));
	KUNIT_ASSERT_TRUE(test, alloc_map_claim(w->map, end, nr_units - end));
	for (i = 0; i < 400; i++) {
		window_step(w);
		expect(w);
	}
}

static void alloc_map_find_in_window_test(struct kunit *test)
{
	u64 seed;

	for (seed = 0; seed < 10; seed++) {
		window_check(test, 5000 + seed, seed, window_expect_finds);
		window_check(test, 300000 + seed, seed, window_expect_finds);
	}
}

static void alloc_map_find_best_in_window_test(struct kunit *test)
{
	u64 seed;

	for (seed = 0; seed < 20; seed++) {
		window_check(test, 5000 + seed, seed, window_expect_best_finds);
		window_check(test, 300000 + seed, seed, window_expect_best_finds);
	}
}

#define RUN_UNITS	3000UL
/* The edge of what a map may remember something about as a whole. */
#define RUN_EDGE	768UL

/* All is taken but for one run; searches for one unit more lower hints. */
static void expect_run(struct kunit *test, struct alloc_map *map,
		       unsigned long start, unsigned long nr)
{
	unsigned long end = start + nr;
	unsigned int i;

	memset(map, 0, alloc_map_bytes(RUN_UNITS));
	alloc_map_init(map, RUN_UNITS);
	KUNIT_ASSERT_TRUE(test, alloc_map_claim(map, 0, start));
	KUNIT_ASSERT_TRUE(test, alloc_map_claim(map, end, RUN_UNITS - end));
	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, alloc_map_find(map, 0, nr + 1, 0, 0),
				RUN_UNITS);
		KUNIT_ASSERT_EQ(test, alloc_map_find(map, 0, nr, 0, 0), start);
		KUNIT_ASSERT_EQ(test, alloc_map_find(map, 0, 1, 0, 0), start);
	}
}

/* Runs that are about as long as a hint can tell, around that edge. */
static void alloc_map_find_run_test(struct kunit *test)
{
	struct alloc_map *map = zeroed_buffer(test, alloc_map_bytes(RUN_UNITS));
	unsigned long start, nr;

	for (start = RUN_EDGE - 130; start <= RUN_EDGE + 2; start++)
		for (nr = 122; nr <= 129; nr++)
			expect_run(test, map, start, nr);
}

#define LARGE	((1UL << 20) + 5)

/* A million units in three allocations. */
static void alloc_map_large_test(struct kunit *test)
{
	struct test_map *tm = tm_create(test, LARGE);
	unsigned long a = LARGE / 2, b = LARGE - a - 1;

	KUNIT_ASSERT_TRUE(test, tm_claim(tm, 0, a));
	KUNIT_EXPECT_EQ(test, alloc_map_find(tm->map, 0, b + 1, 0, 0), a);
	KUNIT_EXPECT_EQ(test, alloc_map_find(tm->map, 0, b + 2, 0, 0), LARGE);
	KUNIT_ASSERT_TRUE(test, tm_claim(tm, LARGE - 1, 1));
	KUNIT_EXPECT_FALSE(test, tm_claim(tm, a, b + 1));
	KUNIT_ASSERT_TRUE(test, tm_claim(tm, a, b));
	KUNIT_EXPECT_EQ(test, alloc_map_nr_free(tm->map), 0);
	KUNIT_EXPECT_EQ(test, alloc_map_nr_allocs(tm->map), 3);
	KUNIT_EXPECT_EQ(test, alloc_map_head(tm->map, LARGE - 2), a);

	KUNIT_EXPECT_EQ(test, tm_release(tm, a, b - 1), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, tm_release(tm, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, alloc_map_find(tm->map, 0, a, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_release(tm, a, b), 0);
	KUNIT_EXPECT_EQ(test, alloc_map_find(tm->map, 0, LARGE - 1, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_release(tm, LARGE - 1, 1), 0);
	KUNIT_EXPECT_EQ(test, alloc_map_nr_free(tm->map), LARGE);
	KUNIT_EXPECT_TRUE(test, alloc_map_claim_all(tm->map));
}

/* ---- seen from an interrupt ---- */

/*
 * An allocation over many words takes a while to put together and to take
 * apart. A timer interrupts that again and again and looks at the map, on the
 * same CPU, so that it sees the stores in program order. Whatever the
 * operation, the units that are taken must be the first ones, without a gap,
 * behind a busy head: that is Invariant B, and the order of clearing.
 */

#define WATCH_UNITS	0x200000UL
#define WATCH_SAMPLES	64
/* So many looks into an operation are enough; so many operations, too. */
#define WATCH_LOOKS	8
#define WATCH_ROUNDS	4000

/**
 * struct watch - What the interrupt looks at, and what it saw.
 * @timer: The interrupt.
 * @map: The map.
 * @end: The operation changes units in [0, @end).
 * @running: It is going on.
 * @looks: How often it was seen half done.
 * @gaps: How often a unit was taken behind one that was free.
 * @not_busy: How often it was half done and the first unit not busy.
 */
struct watch {
	struct timer_list timer;
	const struct alloc_map *map;
	unsigned long end;
	bool running;
	unsigned int looks;
	unsigned int gaps;
	unsigned int not_busy;
};

static void watch_look(struct watch *w)
{
	bool taken, before = true, gap = false;
	unsigned long i, nr_taken = 0;

	for (i = 0; i < WATCH_SAMPLES; i++) {
		taken = state_of(w->map, w->end / WATCH_SAMPLES * i) != FREE;
		gap |= taken && !before;
		nr_taken += taken;
		before = taken;
	}
	/* What is trimmed keeps its first unit, and its head is a head again. */
	if (nr_taken <= 1 || nr_taken == WATCH_SAMPLES)
		return;
	WRITE_ONCE(w->looks, w->looks + 1);
	w->gaps += gap;
	w->not_busy += state_of(w->map, 0) != BUSY;
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

static void watch_plant(struct test_map *tm)
{
	unsigned long i;

	for (i = 0; i < tm->nr / W; i++)
		tm->map->words[i] = BODIES;
	tm_plant(tm, 0, HEAD);
}

static void prepare_claim(struct test_map *tm)
{
	tm_reset(tm);
}

static int watched_claim(struct test_map *tm)
{
	return alloc_map_claim(tm->map, 0, tm->nr) ? 0 : -ENOSPC;
}

static void prepare_roll_back(struct test_map *tm)
{
	tm_reset(tm);
	tm_plant(tm, tm->nr - 1, HEAD);
}

static int watched_roll_back(struct test_map *tm)
{
	return alloc_map_claim(tm->map, 0, tm->nr) ? -EEXIST : 0;
}

static int watched_release(struct test_map *tm)
{
	unsigned long extent;

	return alloc_map_release(tm->map, 0, tm->nr, &extent);
}

static int watched_trim(struct test_map *tm)
{
	return alloc_map_trim(tm->map, 0, 1);
}

/**
 * struct watch_case - An operation that takes long.
 * @desc: Description.
 * @prepare: Makes the map ready for it.
 * @run: Does it. Returns 0 if it went as it should.
 */
struct watch_case {
	const char *desc;
	void (*prepare)(struct test_map *tm);
	int (*run)(struct test_map *tm);
};

static const struct watch_case watch_cases[] = {
	{ .desc = "claim", .prepare = prepare_claim, .run = watched_claim },
	{ .desc = "claim that is rolled back", .prepare = prepare_roll_back,
	  .run = watched_roll_back },
	{ .desc = "release", .prepare = watch_plant, .run = watched_release },
	{ .desc = "trim", .prepare = watch_plant, .run = watched_trim },
};

KUNIT_ARRAY_PARAM_DESC(watch, watch_cases, desc);

static struct watch *watch_start(struct kunit *test, struct test_map *tm)
{
	struct watch *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->map = tm->map;
	w->end = tm->nr - 1;
	timer_setup(&w->timer, watch_timer, TIMER_PINNED);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, watch_stop, w));
	return w;
}

/* On one CPU from beginning to end. Returns how many rounds it took. */
static unsigned int watch_run(struct watch *w, struct test_map *tm,
			      const struct watch_case *c, int *err)
{
	unsigned int round;

	migrate_disable();
	mod_timer(&w->timer, jiffies + 1);
	for (round = 0; round < WATCH_ROUNDS && !*err; round++) {
		if (READ_ONCE(w->looks) >= WATCH_LOOKS)
			break;
		c->prepare(tm);
		WRITE_ONCE(w->running, true);
		barrier();
		*err = c->run(tm);
		barrier();
		WRITE_ONCE(w->running, false);
		cond_resched();
	}
	migrate_enable();
	return round;
}

static void alloc_map_watch_test(struct kunit *test)
{
	struct test_map *tm = tm_create(test, WATCH_UNITS);
	struct watch *w = watch_start(test, tm);
	unsigned int rounds;
	int err = 0;

	rounds = watch_run(w, tm, test->param_value, &err);
	kunit_release_action(test, watch_stop, w);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ_MSG(test, w->gaps, 0,
			    "taken units were no longer the first ones");
	KUNIT_EXPECT_EQ_MSG(test, w->not_busy, 0,
			    "half an allocation had no busy head");
	kunit_info(test, "seen half done %u times in %u operations", w->looks,
		   rounds);
}

/* ---- threads ---- */

/*
 * Threads on all CPUs allocate and free in one small map, and write their
 * number to the units that they own. A unit that already has a number when it
 * is allocated, or another one when it is freed, is in two allocations. The
 * plain stores to the numbers are ordered by the map alone.
 */

#define STRESS_UNITS	(3 * W + 5)
#define STRESS_ROUNDS	30000
#define MAX_THREADS	8U
#define MAX_HELD	6

struct block {
	unsigned long head;
	unsigned long nr;
};

/**
 * struct stress - What the threads share.
 * @map: The map.
 * @owner: For each unit the number of the thread that owns it, 0 if none.
 * @go: All threads are there.
 * @failed: One of them found an error: stop.
 */
struct stress {
	struct alloc_map *map;
	u8 *owner;
	struct completion go;
	bool failed;
};

/**
 * struct worker - A thread.
 * @s: What it shares.
 * @task: The thread.
 * @done: It has done its rounds.
 * @rnd: Its random numbers.
 * @id: Its number, from 1.
 * @nr_held: Number of blocks in @held.
 * @held: What it has allocated.
 * @claims: How often it allocated.
 * @collisions: How often another was faster between find and claim.
 * @error: What went wrong, or NULL.
 * @at: The unit where it did.
 */
struct worker {
	struct stress *s;
	struct task_struct *task;
	struct completion done;
	struct rnd_state rnd;
	u8 id;
	unsigned int nr_held;
	struct block held[MAX_HELD];
	unsigned long claims;
	unsigned long collisions;
	const char *error;
	unsigned long at;
};

static void worker_fail(struct worker *w, const char *error, unsigned long at)
{
	if (!w->error) {
		w->error = error;
		w->at = at;
	}
	WRITE_ONCE(w->s->failed, true);
}

/* Change the owner of units that this thread owns. */
static void worker_stamp(struct worker *w, unsigned long start,
			 unsigned long nr, u8 from, u8 to)
{
	unsigned long unit;

	for (unit = start; unit < start + nr; unit++) {
		if (READ_ONCE(w->s->owner[unit]) != from)
			worker_fail(w, "unit is in two allocations", unit);
		WRITE_ONCE(w->s->owner[unit], to);
	}
}

static void worker_claim(struct worker *w, unsigned int round)
{
	unsigned long start = below(&w->rnd, STRESS_UNITS);
	unsigned long nr = random_length(&w->rnd, W + 4);

	start = alloc_map_find(w->s->map, start, nr, 0, 0);
	if (start == STRESS_UNITS)
		return;
	/* With a single CPU, too, another thread may take it now and then. */
	if (round % 1024 == w->id)
		schedule_timeout_uninterruptible(1);
	if (!alloc_map_claim(w->s->map, start, nr)) {
		w->collisions++;
		return;
	}
	worker_stamp(w, start, nr, 0, w->id);
	w->held[w->nr_held++] = (struct block){ .head = start, .nr = nr };
	w->claims++;
}

/* What the map says about an allocation that nobody else may touch. */
static void worker_check(struct worker *w, const struct block *b)
{
	const struct alloc_map *map = w->s->map;
	unsigned long extent;

	if (alloc_map_extent(map, b->head) != b->nr)
		worker_fail(w, "extent is wrong", b->head);
	if (alloc_map_head(map, b->head + b->nr - 1) != b->head)
		worker_fail(w, "head is wrong", b->head);
	if (alloc_map_release(w->s->map, b->head, b->nr + 1, &extent) !=
	    -EMSGSIZE || extent != b->nr)
		worker_fail(w, "free of one more was not refused", b->head);
	if (b->nr > 1 && alloc_map_release(w->s->map, b->head + b->nr - 1, 0,
					   &extent) != -EINVAL)
		worker_fail(w, "free of a body was not refused", b->head);
}

static void worker_release(struct worker *w, unsigned int i)
{
	struct block b = w->held[i];
	unsigned long nr = below(&w->rnd, 2) ? b.nr : 0;
	unsigned long extent;

	w->held[i] = w->held[--w->nr_held];
	worker_stamp(w, b.head, b.nr, w->id, 0);
	if (alloc_map_release(w->s->map, b.head, nr, &extent) ||
	    extent != b.nr)
		worker_fail(w, "free was refused", b.head);
}

static void worker_trim(struct worker *w, struct block *b)
{
	unsigned long keep = (b->nr + 1) / 2;

	worker_stamp(w, b->head + keep, b->nr - keep, w->id, 0);
	if (alloc_map_trim(w->s->map, b->head, keep))
		worker_fail(w, "trim was refused", b->head);
	b->nr = keep;
}

static void worker_split(struct worker *w, struct block *b)
{
	unsigned long first = (b->nr + 1) / 2;

	if (alloc_map_split(w->s->map, b->head, first))
		worker_fail(w, "split was refused", b->head);
	if (b->nr > first)
		w->held[w->nr_held++] = (struct block){
			.head = b->head + first, .nr = b->nr - first,
		};
	b->nr = first;
}

static void worker_round(struct worker *w, unsigned int round)
{
	unsigned int i = below(&w->rnd, MAX_HELD);

	if (i >= w->nr_held) {
		worker_claim(w, round);
		return;
	}
	worker_check(w, &w->held[i]);
	switch (below(&w->rnd, 8)) {
	case 0:
		worker_trim(w, &w->held[i]);
		break;
	case 1:
		if (w->nr_held < MAX_HELD)
			worker_split(w, &w->held[i]);
		break;
	default:
		worker_release(w, i);
	}
}

static void wait_for_stop(void)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static int stress_thread(void *data)
{
	struct worker *w = data;
	unsigned int round;

	wait_for_completion(&w->s->go);
	for (round = 0; round < STRESS_ROUNDS; round++) {
		if (READ_ONCE(w->s->failed))
			break;
		worker_round(w, round);
		cond_resched();
	}
	while (w->nr_held && !READ_ONCE(w->s->failed))
		worker_release(w, 0);
	complete(&w->done);
	wait_for_stop();
	return 0;
}

static void stop_worker(void *data)
{
	struct worker *w = data;

	/* After a failed assertion it may still be at work, or waiting. */
	WRITE_ONCE(w->s->failed, true);
	complete_all(&w->s->go);
	kthread_stop(w->task);
}

static struct worker *start_worker(struct kunit *test, struct stress *s,
				   int (*fn)(void *), u8 id, unsigned int cpu)
{
	struct worker *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->s = s;
	w->id = id;
	init_completion(&w->done);
	prandom_seed_state(&w->rnd, id);
	w->task = kthread_run_on_cpu(fn, w, cpu, "alloc_map/%u");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, w->task);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, stop_worker, w));
	return w;
}

static void init_stress(struct kunit *test, struct stress *s)
{
	s->map = zeroed_buffer(test, alloc_map_bytes(STRESS_UNITS));
	s->owner = zeroed_buffer(test, STRESS_UNITS);
	alloc_map_init(s->map, STRESS_UNITS);
	init_completion(&s->go);
}

/* At least two, else nothing collides; on all CPUs if there are not too many. */
static unsigned int nr_of_threads(void)
{
	return clamp(num_online_cpus(), 2U, MAX_THREADS);
}

static void start_workers(struct kunit *test, struct stress *s,
			  int (*fn)(void *), struct worker **workers,
			  unsigned int nr)
{
	unsigned int i, cpu = cpumask_first(cpu_online_mask);

	for (i = 0; i < nr; i++) {
		workers[i] = start_worker(test, s, fn, i + 1, cpu);
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
	}
	complete_all(&s->go);
}

static void wait_for_workers(struct kunit *test, struct worker **workers,
			     unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		wait_for_completion(&workers[i]->done);
	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_NULL_MSG(test, workers[i]->error,
				      "thread %u, unit %lu: %s", i + 1,
				      workers[i]->at, workers[i]->error);
}

static void expect_all_free(struct kunit *test, const struct stress *s)
{
	KUNIT_EXPECT_EQ(test, alloc_map_nr_free(s->map), s->map->nr_units);
	KUNIT_EXPECT_EQ(test, alloc_map_nr_allocs(s->map), 0);
	KUNIT_EXPECT_EQ(test, first_orphan(s->map), s->map->nr_units);
	KUNIT_EXPECT_EQ(test, alloc_map_free_end(s->map, 0), s->map->nr_units);
	KUNIT_EXPECT_NULL(test, memchr_inv(s->owner, 0, s->map->nr_units));
}

static void alloc_map_threads_test(struct kunit *test)
{
	struct stress *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	unsigned long claims = 0, collisions = 0;
	struct worker *workers[MAX_THREADS];
	unsigned int i, nr = nr_of_threads();

	KUNIT_ASSERT_NOT_NULL(test, s);
	init_stress(test, s);
	start_workers(test, s, stress_thread, workers, nr);
	wait_for_workers(test, workers, nr);
	for (i = 0; i < nr; i++) {
		claims += workers[i]->claims;
		collisions += workers[i]->collisions;
	}
	KUNIT_EXPECT_GT(test, claims, 0);
	expect_all_free(test, s);
	kunit_info(test, "%u threads, %lu allocations, %lu collisions", nr,
		   claims, collisions);
}

/* ---- several free the same ---- */

#define RACE_ROUNDS	500U

/**
 * struct race - All threads free one allocation, again and again.
 * @s: What the threads share.
 * @nr_threads: How many they are.
 * @round: The round that may be run, from 1.
 * @left: How many are done with this round.
 * @winners: How many frees of this round were not refused.
 * @busy: How many frees of all rounds were refused with -EBUSY.
 * @block: What is freed.
 */
struct race {
	struct stress s;
	unsigned int nr_threads;
	unsigned int round;
	atomic_t left;
	atomic_t winners;
	atomic_t busy;
	struct block block;
};

static void race_claim(struct worker *w, struct race *r, unsigned int round)
{
	r->block.head = round % W;
	r->block.nr = 1 + round % (2 * W);
	if (!alloc_map_claim(r->s.map, r->block.head, r->block.nr))
		worker_fail(w, "units are not free again", r->block.head);
	atomic_set(&r->winners, 0);
	atomic_set(&r->left, 0);
	/* Pairs with the acquire in race_wait(). */
	smp_store_release(&r->round, round);
}

/* Returns false if there will be no such round. */
static bool race_wait(struct race *r, unsigned int round)
{
	/* Pairs with the release in race_claim(). */
	while (smp_load_acquire(&r->round) != round) {
		if (READ_ONCE(r->s.failed))
			return false;
		cpu_relax();
		cond_resched();
	}
	return true;
}

/* With a length, or without: half an allocation is none of another length. */
static void race_free(struct worker *w, struct race *r)
{
	unsigned long nr = w->id % 2 ? r->block.nr : 0;
	unsigned long extent;
	int err = alloc_map_release(r->s.map, r->block.head, nr, &extent);

	if (!err)
		atomic_inc(&r->winners);
	else if (err == -EBUSY)
		atomic_inc(&r->busy);
	else if (err != -ENOENT)
		worker_fail(w, "free was refused for another reason",
			    r->block.head);
	atomic_inc_return_release(&r->left);
}

static void race_judge(struct worker *w, struct race *r)
{
	while (atomic_read_acquire(&r->left) < r->nr_threads) {
		if (READ_ONCE(r->s.failed))
			return;
		cpu_relax();
		cond_resched();
	}
	if (atomic_read(&r->winners) != 1)
		worker_fail(w, "not exactly one free succeeded",
			    r->block.head);
}

static int race_thread(void *data)
{
	struct worker *w = data;
	struct race *r = container_of(w->s, struct race, s);
	unsigned int round;

	wait_for_completion(&w->s->go);
	for (round = 1; round <= RACE_ROUNDS; round++) {
		if (w->id == 1)
			race_claim(w, r, round);
		if (!race_wait(r, round))
			break;
		race_free(w, r);
		if (w->id == 1)
			race_judge(w, r);
	}
	complete(&w->done);
	wait_for_stop();
	return 0;
}

static void alloc_map_free_race_test(struct kunit *test)
{
	struct worker *workers[MAX_THREADS];
	struct race *r;

	/* Frees that do not meet each other prove nothing. */
	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");

	r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r);
	init_stress(test, &r->s);
	r->nr_threads = nr_of_threads();
	start_workers(test, &r->s, race_thread, workers, r->nr_threads);
	wait_for_workers(test, workers, r->nr_threads);
	expect_all_free(test, &r->s);
	kunit_info(test, "%u threads, %u rounds, %d frees met another",
		   r->nr_threads, RACE_ROUNDS, atomic_read(&r->busy));
}

static struct kunit_case alloc_map_test_cases[] = {
	KUNIT_CASE_PARAM(alloc_map_init_test, size_gen_params),
	KUNIT_CASE(alloc_map_bytes_large_test),
	KUNIT_CASE_PARAM(alloc_map_fill_test, size_gen_params),
	KUNIT_CASE_PARAM(alloc_map_exact_memory_test, size_gen_params),
	KUNIT_CASE(alloc_map_find_small_test),
	KUNIT_CASE(alloc_map_find_edge_test),
	KUNIT_CASE(alloc_map_find_random_test),
	KUNIT_CASE_PARAM(alloc_map_find_nothing_test, size_gen_params),
	KUNIT_CASE(alloc_map_find_one_aligned_test),
	KUNIT_CASE_PARAM(alloc_map_claim_test, surroundings_gen_params),
	KUNIT_CASE_PARAM(alloc_map_claim_collision_test,
			 surroundings_gen_params),
	KUNIT_CASE(alloc_map_claim_collision_body_test),
	KUNIT_CASE_PARAM(alloc_map_claim_not_in_map_test, size_gen_params),
	KUNIT_CASE_PARAM(alloc_map_claim_all_test, size_gen_params),
	KUNIT_CASE_PARAM(alloc_map_claim_all_not_empty_test, size_gen_params),
	KUNIT_CASE_PARAM(alloc_map_extent_test, surroundings_gen_params),
	KUNIT_CASE_PARAM(alloc_map_extent_nothing_test, size_gen_params),
	KUNIT_CASE_PARAM(alloc_map_release_test, surroundings_gen_params),
	KUNIT_CASE_PARAM(alloc_map_release_wrong_length_test,
			 surroundings_gen_params),
	KUNIT_CASE(alloc_map_release_body_test),
	KUNIT_CASE_PARAM(alloc_map_release_free_test, size_gen_params),
	KUNIT_CASE_PARAM(alloc_map_release_not_in_map_test, size_gen_params),
	KUNIT_CASE(alloc_map_release_twice_test),
	KUNIT_CASE(alloc_map_busy_test),
	KUNIT_CASE_PARAM(alloc_map_word_edge_test, behind_gen_params),
	KUNIT_CASE_PARAM(alloc_map_split_test, split_gen_params),
	KUNIT_CASE(alloc_map_split_lengths_test),
	KUNIT_CASE(alloc_map_trim_test),
	KUNIT_CASE(alloc_map_trim_too_long_test),
	KUNIT_CASE(alloc_map_split_trim_refused_test),
	KUNIT_CASE_PARAM(alloc_map_next_test, size_gen_params),
	KUNIT_CASE_PARAM(alloc_map_next_free_test, size_gen_params),
	KUNIT_CASE_PARAM(alloc_map_trace_test, size_gen_params),
	KUNIT_CASE(alloc_map_find_in_window_test),
	KUNIT_CASE(alloc_map_find_best_in_window_test),
	KUNIT_CASE(alloc_map_find_run_test),
	KUNIT_CASE(alloc_map_large_test),
	KUNIT_CASE_PARAM_ATTR(alloc_map_watch_test, watch_gen_params,
			      {.speed = KUNIT_SPEED_SLOW}),
	KUNIT_CASE_SLOW(alloc_map_threads_test),
	KUNIT_CASE_SLOW(alloc_map_free_race_test),
	{}
};

static struct kunit_suite alloc_map_test_suite = {
	.name = "alloc_map",
	.test_cases = alloc_map_test_cases,
};

kunit_test_suite(alloc_map_test_suite);

MODULE_DESCRIPTION("KUnit tests of the map of allocations");
MODULE_LICENSE("GPL");
