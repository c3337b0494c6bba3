// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of what pools of special memory know about their allocations,
 * and of all that is refused because of it. What callers have always relied
 * on is tested by genalloc_kunit.c.
 *
 * gen_pool_report() is replaced for the time of a test, so that reports end up
 * in the test and not in the log. After every call that must change nothing,
 * the maps, the list of allocations and what is available are compared with
 * what they were before.
 *
 * Names: a block is an allocation; the tail is the end of a chunk that is too
 * small for a unit.
 */

#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>

#include <linux/align.h>
#include <linux/alloc_map.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/prandom.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#define ORDER		5
#define UNIT		BIT(ORDER)
#define PHYS		((phys_addr_t)0x80000000UL)

/*
 * Two chunks side by side. The first begins in the middle of a unit, and both
 * have a tail.
 */
#define START		0x10000005UL
#define TAIL		7
#define AT(unit)	(START + (unit) * UNIT)
#define FIRST_UNITS	100UL
#define FIRST_SIZE	(FIRST_UNITS * UNIT + TAIL)
#define START2		(START + FIRST_SIZE)
#define AT2(unit)	(START2 + (unit) * UNIT)
#define SECOND_UNITS	33UL
#define SECOND_SIZE	(SECOND_UNITS * UNIT + TAIL)

/* The owners of the two chunks. */
#define OWNER		((void *)0x11)
#define OWNER2		((void *)0x22)

#define MAX_BLOCKS	64
#define MAX_WORDS	64

/**
 * struct track - What a test looks at.
 * @test: The running test.
 * @pool: Its pool.
 * @nr_reports: Reports so far, of all pools.
 * @reported: The pool that the last report was about.
 * @report: The last report.
 */
struct track {
	struct kunit *test;
	struct gen_pool *pool;
	unsigned int nr_reports;
	const struct gen_pool *reported;
	struct gen_pool_refusal report;
};

struct block {
	unsigned long addr;
	size_t size;
};

/**
 * struct snapshot - All that a refused call must leave alone.
 * @avail: gen_pool_avail().
 * @size: gen_pool_size().
 * @nr_blocks: Number of blocks.
 * @blocks: The first MAX_BLOCKS of them.
 * @nr_words: Number of words in all maps.
 * @words: The first MAX_WORDS of them.
 */
struct snapshot {
	size_t avail;
	size_t size;
	unsigned int nr_blocks;
	struct block blocks[MAX_BLOCKS];
	unsigned int nr_words;
	unsigned long words[MAX_WORDS];
};

/* In place of gen_pool_report(). */
static void note_report(struct gen_pool *pool,
			const struct gen_pool_refusal *refusal)
{
	struct kunit *test = kunit_get_current_test();
	struct track *t = test->priv;

	t->nr_reports++;
	t->reported = pool;
	t->report = *refusal;
}

static int genalloc_track_test_init(struct kunit *test)
{
	struct track *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->test = test;
	test->priv = t;
	kunit_activate_static_stub(test, gen_pool_report, note_report);
	return 0;
}

/* ---- pools ---- */

/* Whatever a test leaves behind can be freed; then nothing is reported. */
static void destroy_pool(void *data)
{
	struct kunit *test = kunit_get_current_test();
	struct track *t = test->priv;
	struct gen_pool *pool = data;
	unsigned int before;

	before = t->nr_reports;
	gen_pool_free_all(pool);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), gen_pool_size(pool));
	gen_pool_destroy(pool);
	KUNIT_EXPECT_EQ(test, t->nr_reports, before);
}

static struct gen_pool *create_pool(struct kunit *test, int order)
{
	struct gen_pool *pool = gen_pool_create(order, NUMA_NO_NODE);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, destroy_pool, pool));
	return pool;
}

static void add_chunk(struct track *t, unsigned long start, size_t size,
		      void *owner)
{
	KUNIT_ASSERT_EQ(t->test, 0,
			gen_pool_add_owner(t->pool, start, -1, size,
					   NUMA_NO_NODE, owner));
}

static struct track *track_create(struct kunit *test)
{
	struct track *t = test->priv;

	t->pool = create_pool(test, ORDER);
	return t;
}

/* The two chunks at START and START2. */
static struct track *track_create_chunks(struct kunit *test)
{
	struct track *t = track_create(test);

	add_chunk(t, START, FIRST_SIZE, OWNER);
	add_chunk(t, START2, SECOND_SIZE, OWNER2);
	return t;
}

static unsigned long fixed_in_first(unsigned long *map, unsigned long size,
				    unsigned long start, unsigned int nr,
				    void *data, struct gen_pool *pool,
				    unsigned long start_addr)
{
	if (start_addr != START)
		return size;
	return gen_pool_fixed_alloc(map, size, start, nr, data, pool,
				    start_addr);
}

/* Allocate @nr units at unit @unit of the first chunk. */
static void alloc_at(struct track *t, unsigned long unit, unsigned long nr)
{
	struct genpool_data_fixed fixed = { .offset = unit * UNIT };

	KUNIT_ASSERT_EQ(t->test, AT(unit),
			gen_pool_alloc_algo(t->pool, nr * UNIT, fixed_in_first,
					    &fixed));
}

/*
 * Blocks of 1, 5, 40 and 1 units in the first chunk, the third over several
 * words, the last at the end; and of 3 in the second chunk.
 */
static struct track *track_create_layout(struct kunit *test)
{
	struct track *t = track_create(test);

	add_chunk(t, START, FIRST_SIZE, OWNER);
	alloc_at(t, 3, 1);
	alloc_at(t, 10, 5);
	alloc_at(t, 30, 40);
	alloc_at(t, 99, 1);
	add_chunk(t, START2, SECOND_SIZE, OWNER2);
	KUNIT_ASSERT_EQ(test, gen_pool_alloc(t->pool, 3 * UNIT), AT2(0));
	return t;
}

/* ---- what there is in a pool ---- */

static void add_block(struct gen_pool *pool, unsigned long addr, size_t size,
		      void *data)
{
	struct snapshot *s = data;

	if (s->nr_blocks < MAX_BLOCKS)
		s->blocks[s->nr_blocks] = (struct block){ addr, size };
	s->nr_blocks++;
}

static void add_words(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      void *data)
{
	unsigned long nr_units = chunk->map->nr_units;
	struct snapshot *s = data;
	unsigned long i;

	for (i = 0; i <= nr_units / ALLOC_MAP_UNITS_PER_WORD; i++) {
		if (s->nr_words < MAX_WORDS)
			s->words[s->nr_words] = chunk->map->words[i];
		s->nr_words++;
	}
}

static struct snapshot *take_snapshot(struct track *t)
{
	struct snapshot *s = kunit_kzalloc(t->test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(t->test, s);
	s->avail = gen_pool_avail(t->pool);
	s->size = gen_pool_size(t->pool);
	gen_pool_for_each_alloc(t->pool, add_block, s);
	gen_pool_for_each_chunk(t->pool, add_words, s);
	KUNIT_ASSERT_LE(t->test, s->nr_blocks, MAX_BLOCKS);
	KUNIT_ASSERT_LE(t->test, s->nr_words, MAX_WORDS);
	return s;
}

static void expect_unchanged(struct track *t, struct snapshot *before)
{
	struct snapshot *now = take_snapshot(t);

	KUNIT_EXPECT_EQ(t->test, now->avail, before->avail);
	KUNIT_EXPECT_EQ(t->test, now->size, before->size);
	KUNIT_EXPECT_EQ(t->test, now->nr_blocks, before->nr_blocks);
	KUNIT_EXPECT_MEMEQ(t->test, now->blocks, before->blocks,
			   sizeof(now->blocks));
	KUNIT_EXPECT_MEMEQ(t->test, now->words, before->words,
			   sizeof(now->words));
	kunit_kfree(t->test, now);
}

static void expect_blocks(struct track *t, const struct block *blocks,
			  unsigned int nr)
{
	struct snapshot *s = take_snapshot(t);
	unsigned int i;

	KUNIT_ASSERT_EQ(t->test, s->nr_blocks, nr);
	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_EQ(t->test, s->blocks[i].addr, blocks[i].addr);
		KUNIT_EXPECT_EQ(t->test, s->blocks[i].size, blocks[i].size);
	}
}

static void expect_refused(struct track *t, unsigned int reports,
			   long refusals)
{
	KUNIT_EXPECT_EQ(t->test, t->nr_reports, reports);
	KUNIT_EXPECT_EQ(t->test, atomic_long_read(&t->pool->nr_refused),
			refusals);
}

static void expect_report(struct track *t, const char *what,
			  unsigned long addr, size_t size)
{
	KUNIT_EXPECT_PTR_EQ(t->test, t->reported, t->pool);
	KUNIT_ASSERT_NOT_NULL(t->test, t->report.what);
	KUNIT_EXPECT_STREQ(t->test, t->report.what, what);
	KUNIT_EXPECT_EQ(t->test, t->report.addr, addr);
	KUNIT_EXPECT_EQ(t->test, t->report.size, size);
	KUNIT_ASSERT_NOT_NULL(t->test, t->report.why);
	KUNIT_EXPECT_NE(t->test, strlen(t->report.why), 0);
}

static void expect_recorded(struct track *t, unsigned long start, size_t size)
{
	KUNIT_EXPECT_EQ(t->test, t->report.recorded, size);
	if (size)
		KUNIT_EXPECT_EQ(t->test, t->report.start, start);
}

/* ---- frees ---- */

/**
 * struct algo_case - An algorithm.
 * @desc: Description.
 * @algo: The algorithm.
 * @data: Its data.
 */
struct algo_case {
	const char *desc;
	genpool_algo_t algo;
	void *data;
};

static struct genpool_data_align align_64 = { .align = 64 };

static const struct algo_case algo_cases[] = {
	{ .desc = "first fit", .algo = gen_pool_first_fit },
	{ .desc = "aligned", .algo = gen_pool_first_fit_align,
	  .data = &align_64 },
	{ .desc = "order aligned", .algo = gen_pool_first_fit_order_align },
	{ .desc = "best fit", .algo = gen_pool_best_fit },
};

KUNIT_ARRAY_PARAM_DESC(algo, algo_cases, desc);

static size_t random_size(struct rnd_state *rnd)
{
	return 1 + prandom_u32_state(rnd) % (1 + prandom_u32_state(rnd) % (40 * UNIT));
}

/* Fill the pool with blocks of random sizes. Returns how many. */
static unsigned int fill(struct track *t, struct block *blocks,
			 struct rnd_state *rnd)
{
	unsigned int i, failed = 0;

	for (i = 0; i < MAX_BLOCKS && failed < 20; i++) {
		blocks[i].size = random_size(rnd);
		blocks[i].addr = gen_pool_alloc(t->pool, blocks[i].size);
		if (!blocks[i].addr) {
			failed++;
			i--;
		}
	}
	return i;
}

static void *expected_owner(unsigned long addr)
{
	return addr < START2 ? OWNER : OWNER2;
}

/* Free a block, with its size or without. */
static void free_block(struct track *t, const struct block *b, bool with_size)
{
	size_t avail = gen_pool_avail(t->pool);
	size_t rounded = ALIGN(b->size, UNIT);
	void *owner = t;

	KUNIT_ASSERT_EQ(t->test, gen_pool_alloc_size(t->pool, b->addr), rounded);
	KUNIT_ASSERT_EQ(t->test, 0,
			gen_pool_free_owner(t->pool, b->addr,
					    with_size ? b->size : 0, &owner));
	KUNIT_ASSERT_EQ(t->test, gen_pool_avail(t->pool), avail + rounded);
	KUNIT_ASSERT_EQ(t->test, gen_pool_alloc_size(t->pool, b->addr), 0);
	KUNIT_ASSERT_PTR_EQ(t->test, owner, expected_owner(b->addr));
}

static void genalloc_track_free_test(struct kunit *test)
{
	const struct algo_case *c = test->param_value;
	struct track *t = track_create_chunks(test);
	struct rnd_state rnd;
	unsigned int round, nr, i;
	struct block *blocks;

	blocks = kunit_kcalloc(test, MAX_BLOCKS, sizeof(*blocks), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, blocks);
	gen_pool_set_algo(t->pool, c->algo, c->data);
	prandom_seed_state(&rnd, 50);
	for (round = 0; round < 50; round++) {
		nr = fill(t, blocks, &rnd);
		KUNIT_ASSERT_GT(test, nr, 2);
		while (nr) {
			i = prandom_u32_state(&rnd) % nr;
			free_block(t, &blocks[i], i % 2);
			blocks[i] = blocks[--nr];
		}
		KUNIT_ASSERT_EQ(test, gen_pool_avail(t->pool),
				gen_pool_size(t->pool));
	}
	expect_refused(t, 0, 0);
}

/* Every length at every place of a word, freed without a size. */
static void genalloc_track_free_extents_test(struct kunit *test)
{
	struct track *t = track_create(test);
	unsigned long unit, nr;

	add_chunk(t, START, FIRST_SIZE, OWNER);
	for (unit = 0; unit < 34; unit++) {
		for (nr = 1; nr <= FIRST_UNITS - unit; nr++) {
			alloc_at(t, unit, nr);
			KUNIT_ASSERT_EQ(test, nr * UNIT,
					gen_pool_alloc_size(t->pool, AT(unit)));
			gen_pool_free(t->pool, AT(unit), 0);
			KUNIT_ASSERT_EQ(test, FIRST_UNITS * UNIT,
					gen_pool_avail(t->pool));
		}
	}
	expect_refused(t, 0, 0);
}

/* A size is compared in units. */
static void genalloc_track_free_rounding_test(struct kunit *test)
{
	struct track *t = track_create_layout(test);
	size_t size;

	for (size = 4 * UNIT + 1; size <= 5 * UNIT; size++) {
		gen_pool_free(t->pool, AT(10), size);
		KUNIT_ASSERT_EQ(test, gen_pool_alloc_size(t->pool, AT(10)), 0);
		alloc_at(t, 10, 5);
	}
	expect_refused(t, 0, 0);
	gen_pool_free(t->pool, AT(10), 4 * UNIT);
	expect_refused(t, 1, 1);
	gen_pool_free(t->pool, AT(10), 5 * UNIT + 1);
	expect_refused(t, 1, 2);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(t->pool, AT(10)), 5 * UNIT);
}

/**
 * struct misuse_case - A free that must be refused, in track_create_layout().
 * @desc: Description.
 * @addr: Its address.
 * @size: Its size.
 * @err: What it returns.
 * @owner: What it says the owner is.
 * @start: Where the block that @addr is in begins.
 * @recorded: Size of that block, 0 if there is none.
 */
struct misuse_case {
	const char *desc;
	unsigned long addr;
	size_t size;
	int err;
	void *owner;
	unsigned long start;
	size_t recorded;
};

static const struct misuse_case misuse_cases[] = {
	/* Not in the pool */
	{ .desc = "outside: NULL", .err = -ENXIO, .addr = 0 },
	{ .desc = "outside: NULL with a size", .err = -ENXIO, .addr = 0,
	  .size = UNIT },
	{ .desc = "outside: one byte before", .err = -ENXIO, .addr = START - 1,
	  .size = UNIT },
	{ .desc = "outside: one unit before", .err = -ENXIO,
	  .addr = START - UNIT },
	{ .desc = "outside: one byte behind", .err = -ENXIO,
	  .addr = START2 + SECOND_SIZE },
	{ .desc = "outside: last address", .err = -ENXIO, .addr = ULONG_MAX,
	  .size = SIZE_MAX },

	/* In the tail, which is never allocated */
	{ .desc = "tail: first byte", .err = -ERANGE, .addr = AT(100),
	  .owner = OWNER },
	{ .desc = "tail: first byte, a unit", .err = -ERANGE, .addr = AT(100),
	  .size = UNIT, .owner = OWNER },
	{ .desc = "tail: first byte, its bytes", .err = -ERANGE,
	  .addr = AT(100), .size = TAIL, .owner = OWNER },
	{ .desc = "tail: last byte", .err = -ERANGE, .addr = START2 - 1,
	  .owner = OWNER },
	{ .desc = "tail: of the second chunk", .err = -ERANGE, .addr = AT2(33),
	  .owner = OWNER2 },

	/* Between the first bytes of units */
	{ .desc = "unaligned: second byte", .err = -EINVAL, .addr = AT(3) + 1,
	  .owner = OWNER, .start = AT(3), .recorded = UNIT },
	{ .desc = "unaligned: multiple of a unit", .err = -EINVAL,
	  .addr = AT(10) - 5 + UNIT, .owner = OWNER, .start = AT(10),
	  .recorded = 5 * UNIT },
	{ .desc = "unaligned: last byte of a block", .err = -EINVAL,
	  .addr = AT(15) - 1, .size = 1, .owner = OWNER, .start = AT(10),
	  .recorded = 5 * UNIT },
	{ .desc = "unaligned: far inside", .err = -EINVAL, .addr = AT(65) + 4,
	  .owner = OWNER, .start = AT(30), .recorded = 40 * UNIT },
	{ .desc = "unaligned: with the size", .err = -EINVAL,
	  .addr = AT(30) + 1, .size = 40 * UNIT, .owner = OWNER,
	  .start = AT(30), .recorded = 40 * UNIT },
	{ .desc = "unaligned: in a free unit", .err = -EINVAL,
	  .addr = AT(20) + 2, .owner = OWNER },

	/* A later unit of a block */
	{ .desc = "body: second unit", .err = -EINVAL, .addr = AT(11),
	  .owner = OWNER, .start = AT(10), .recorded = 5 * UNIT },
	{ .desc = "body: last unit", .err = -EINVAL, .addr = AT(14),
	  .size = UNIT, .owner = OWNER, .start = AT(10), .recorded = 5 * UNIT },
	{ .desc = "body: up to the end", .err = -EINVAL, .addr = AT(12),
	  .size = 3 * UNIT, .owner = OWNER, .start = AT(10),
	  .recorded = 5 * UNIT },
	{ .desc = "body: next word", .err = -EINVAL, .addr = AT(32),
	  .owner = OWNER, .start = AT(30), .recorded = 40 * UNIT },
	{ .desc = "body: last word", .err = -EINVAL, .addr = AT(69),
	  .size = UNIT, .owner = OWNER, .start = AT(30),
	  .recorded = 40 * UNIT },
	{ .desc = "body: second chunk", .err = -EINVAL, .addr = AT2(2),
	  .owner = OWNER2, .start = AT2(0), .recorded = 3 * UNIT },

	/* The first unit of a block, another size */
	{ .desc = "size: one unit less", .err = -EMSGSIZE, .addr = AT(10),
	  .size = 4 * UNIT, .owner = OWNER, .start = AT(10),
	  .recorded = 5 * UNIT },
	{ .desc = "size: one byte", .err = -EMSGSIZE, .addr = AT(10), .size = 1,
	  .owner = OWNER, .start = AT(10), .recorded = 5 * UNIT },
	{ .desc = "size: one byte more", .err = -EMSGSIZE, .addr = AT(10),
	  .size = 5 * UNIT + 1, .owner = OWNER, .start = AT(10),
	  .recorded = 5 * UNIT },
	{ .desc = "size: twice a unit", .err = -EMSGSIZE, .addr = AT(3),
	  .size = 2 * UNIT, .owner = OWNER, .start = AT(3), .recorded = UNIT },
	{ .desc = "size: everything", .err = -EMSGSIZE, .addr = AT(3),
	  .size = SIZE_MAX, .owner = OWNER, .start = AT(3), .recorded = UNIT },
	{ .desc = "size: less, in several words", .err = -EMSGSIZE,
	  .addr = AT(30), .size = 39 * UNIT, .owner = OWNER, .start = AT(30),
	  .recorded = 40 * UNIT },
	{ .desc = "size: up to the end of a word", .err = -EMSGSIZE,
	  .addr = AT(30), .size = 2 * UNIT, .owner = OWNER, .start = AT(30),
	  .recorded = 40 * UNIT },
	{ .desc = "size: more, in several words", .err = -EMSGSIZE,
	  .addr = AT(30), .size = 40 * UNIT + 1, .owner = OWNER,
	  .start = AT(30), .recorded = 40 * UNIT },
	{ .desc = "size: everything, in several words", .err = -EMSGSIZE,
	  .addr = AT(30), .size = SIZE_MAX, .owner = OWNER, .start = AT(30),
	  .recorded = 40 * UNIT },
	{ .desc = "size: over the end of the chunk", .err = -EMSGSIZE,
	  .addr = AT(99), .size = UNIT + TAIL, .owner = OWNER, .start = AT(99),
	  .recorded = UNIT },
	{ .desc = "size: half of all addresses more", .err = -EMSGSIZE,
	  .addr = AT(3), .size = SIZE_MAX / 2 + 1 + UNIT, .owner = OWNER,
	  .start = AT(3), .recorded = UNIT },

	/* Units that are free */
	{ .desc = "free: first unit", .err = -ENOENT, .addr = AT(0),
	  .owner = OWNER },
	{ .desc = "free: first unit, a size", .err = -ENOENT, .addr = AT(0),
	  .size = UNIT, .owner = OWNER },
	{ .desc = "free: before a block", .err = -ENOENT, .addr = AT(9),
	  .size = UNIT, .owner = OWNER },
	{ .desc = "free: before a block, with it", .err = -ENOENT,
	  .addr = AT(9), .size = 6 * UNIT, .owner = OWNER },
	{ .desc = "free: behind a block", .err = -ENOENT, .addr = AT(15),
	  .owner = OWNER },
	{ .desc = "free: behind several words", .err = -ENOENT, .addr = AT(70),
	  .size = UNIT, .owner = OWNER },
	{ .desc = "free: everything", .err = -ENOENT, .addr = AT(0),
	  .size = SIZE_MAX, .owner = OWNER },
	{ .desc = "free: second chunk", .err = -ENOENT, .addr = AT2(3),
	  .owner = OWNER2 },
	{ .desc = "free: last unit", .err = -ENOENT, .addr = AT2(32),
	  .owner = OWNER2 },
};

KUNIT_ARRAY_PARAM_DESC(misuse, misuse_cases, desc);

static void genalloc_track_misuse_test(struct kunit *test)
{
	const struct misuse_case *c = test->param_value;
	struct track *t = track_create_layout(test);
	struct snapshot *before = take_snapshot(t);
	void *owner = t;

	KUNIT_EXPECT_EQ(test, c->err,
			gen_pool_free_owner(t->pool, c->addr, c->size, &owner));
	expect_refused(t, 1, 1);
	expect_report(t, "free", c->addr, c->size);
	expect_recorded(t, c->start, c->recorded);
	KUNIT_EXPECT_PTR_EQ(test, owner, c->owner);
	expect_unchanged(t, before);

	/* Again, and nobody wants to know the owner. */
	gen_pool_free(t->pool, c->addr, c->size);
	expect_refused(t, 1, 2);
	expect_unchanged(t, before);

	/* The block that was taken for another can still be freed. */
	if (c->recorded) {
		gen_pool_free(t->pool, c->start, c->recorded);
		expect_refused(t, 1, 2);
		KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(t->pool, c->start), 0);
	}
}

static void genalloc_track_double_free_test(struct kunit *test)
{
	static const struct block blocks[] = {
		{ AT(3), UNIT }, { AT(10), 5 * UNIT }, { AT(30), 40 * UNIT },
		{ AT(99), UNIT }, { AT2(0), 3 * UNIT },
	};
	struct track *t = track_create_layout(test);
	struct snapshot *before;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(blocks); i++) {
		gen_pool_free(t->pool, blocks[i].addr, 0);
		before = take_snapshot(t);
		gen_pool_free(t->pool, blocks[i].addr, 0);
		expect_refused(t, 1, 2 * i + 1);
		gen_pool_free(t->pool, blocks[i].addr, blocks[i].size);
		expect_refused(t, 1, 2 * i + 2);
		expect_unchanged(t, before);
	}
	expect_report(t, "free", blocks[0].addr, 0);
	expect_recorded(t, 0, 0);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), gen_pool_size(t->pool));
}

/* The units of a freed block now belong to others. */
static void genalloc_track_late_free_test(struct kunit *test)
{
	struct track *t = track_create_layout(test);
	struct snapshot *before;

	gen_pool_free(t->pool, AT(30), 0);
	alloc_at(t, 28, 4);
	alloc_at(t, 32, 2);
	before = take_snapshot(t);
	gen_pool_free(t->pool, AT(30), 0);
	expect_report(t, "free", AT(30), 0);
	expect_recorded(t, AT(28), 4 * UNIT);
	gen_pool_free(t->pool, AT(30), 40 * UNIT);
	expect_refused(t, 1, 2);
	expect_unchanged(t, before);
}

/* A pool is reported once, whatever is done to it; another pool once more. */
static void genalloc_track_report_once_test(struct kunit *test)
{
	struct track *t = track_create_layout(test);
	struct gen_pool *first = t->pool;

	gen_pool_free(t->pool, AT(11), 0);
	gen_pool_free(t->pool, 0, 1);
	gen_pool_split(t->pool, AT(0), UNIT);
	expect_refused(t, 1, 3);
	expect_report(t, "free", AT(11), 0);

	t->pool = create_pool(test, ORDER);
	add_chunk(t, START, FIRST_SIZE, OWNER);
	gen_pool_free(t->pool, AT(12), UNIT);
	expect_refused(t, 2, 1);
	expect_report(t, "free", AT(12), UNIT);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&first->nr_refused), 3);
}

/* ---- sizes ---- */

static void genalloc_track_alloc_size_test(struct kunit *test)
{
	struct track *t = track_create_layout(test);
	unsigned long addr;
	size_t size;

	for (addr = START - 1; addr <= START2 + SECOND_SIZE; addr++) {
		switch (addr) {
		case AT(3):
		case AT(99):
			size = UNIT;
			break;
		case AT(10):
			size = 5 * UNIT;
			break;
		case AT(30):
			size = 40 * UNIT;
			break;
		case AT2(0):
			size = 3 * UNIT;
			break;
		default:
			size = 0;
		}
		KUNIT_ASSERT_EQ_MSG(test, gen_pool_alloc_size(t->pool, addr),
				    size, "at %#lx", addr);
	}
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(t->pool, 0), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(t->pool, ULONG_MAX), 0);
	expect_refused(t, 0, 0);
}

/* The tail counts neither as there nor as available. */
static void genalloc_track_tail_test(struct kunit *test)
{
	struct track *t = track_create(test);
	size_t tail;

	for (tail = 0; tail < UNIT; tail++) {
		add_chunk(t, START + 8 * tail * UNIT, 3 * UNIT + tail, OWNER);
		KUNIT_ASSERT_EQ(test, gen_pool_size(t->pool),
				3 * UNIT * (tail + 1));
		KUNIT_ASSERT_EQ(test, gen_pool_avail(t->pool),
				3 * UNIT * (tail + 1));
	}
	for (tail = 0; tail < UNIT; tail++)
		KUNIT_ASSERT_NE(test, gen_pool_alloc(t->pool, 3 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, 1), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), 0);
}

/* A chunk that is nothing but tail. */
static void genalloc_track_only_tail_test(struct kunit *test)
{
	struct track *t = track_create(test);

	add_chunk(t, START, UNIT - 1, OWNER);
	KUNIT_EXPECT_EQ(test, gen_pool_size(t->pool), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, 1), 0);
	KUNIT_EXPECT_TRUE(test, gen_pool_has_addr(t->pool, START, UNIT - 1));
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(t->pool, START), 0);
	expect_refused(t, 0, 0);
	gen_pool_free(t->pool, START, 0);
	expect_refused(t, 1, 1);
	expect_report(t, "free", START, 0);
	expect_recorded(t, 0, 0);
}

/* The largest order: one unit is half of all addresses. */
static void genalloc_track_large_order_test(struct kunit *test)
{
	struct track *t = test->priv;
	unsigned long half = 1UL << (BITS_PER_LONG - 1);

	t->pool = create_pool(test, BITS_PER_LONG - 1);
	add_chunk(t, 1, half - 1, NULL);
	KUNIT_EXPECT_EQ(test, gen_pool_size(t->pool), 0);
	add_chunk(t, half, half, OWNER);
	KUNIT_EXPECT_EQ(test, gen_pool_size(t->pool), half);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, SIZE_MAX), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, 1), half);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, 1), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(t->pool, half), half);
	expect_refused(t, 0, 0);
	gen_pool_free(t->pool, half, SIZE_MAX);
	expect_refused(t, 1, 1);
	expect_recorded(t, half, half);
	gen_pool_free(t->pool, half, 1);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), half);
}

/* ---- allocations that cannot be ---- */

static void genalloc_track_alloc_nothing_test(struct kunit *test)
{
	struct track *t = track_create_layout(test);
	struct snapshot *before = take_snapshot(t);
	dma_addr_t dma = 5;
	void *owner = t;

	KUNIT_EXPECT_EQ(test, gen_pool_alloc_owner(t->pool, 0, &owner), 0);
	KUNIT_EXPECT_NULL(test, owner);
	KUNIT_EXPECT_NULL(test, gen_pool_dma_alloc(t->pool, 0, &dma));
	KUNIT_EXPECT_NULL(test, gen_pool_dma_zalloc(t->pool, 0, &dma));
	KUNIT_EXPECT_EQ(test, dma, 5);
	expect_refused(t, 0, 0);
	expect_unchanged(t, before);
}

static const size_t huge_cases[] = {
	SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - UNIT + 1, SIZE_MAX - UNIT,
	SIZE_MAX / 2, SIZE_MAX / 2 + 1, SIZE_MAX / 2 + 1 + UNIT,
#if BITS_PER_LONG == 64
	/* As many units as an unsigned int holds, and a few that wrap. */
	UINT_MAX * UNIT, (UINT_MAX + 1UL) * UNIT, (UINT_MAX + 2UL) * UNIT,
	(UINT_MAX + 4UL) * UNIT - 1, (4UL * UINT_MAX + 5UL) * UNIT,
#endif
};

static void huge_case_to_desc(const size_t *size, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes", *size);
}

KUNIT_ARRAY_PARAM(huge, huge_cases, huge_case_to_desc);

static void genalloc_track_alloc_huge_test(struct kunit *test)
{
	size_t size = *(const size_t *)test->param_value;
	struct track *t = track_create_layout(test);
	struct snapshot *before = take_snapshot(t);
	void *owner = t;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(algo_cases); i++) {
		KUNIT_EXPECT_EQ(test, 0,
				gen_pool_alloc_algo_owner(t->pool, size,
							  algo_cases[i].algo,
							  algo_cases[i].data,
							  &owner));
		KUNIT_EXPECT_NULL(test, owner);
	}
	expect_unchanged(t, before);
	expect_refused(t, 0, 0);
}

/* ---- split ---- */

static void genalloc_track_split_uneven_test(struct kunit *test)
{
	static const struct block pieces[] = {
		{ AT(0), 3 * UNIT }, { AT(3), 3 * UNIT }, { AT(6), 3 * UNIT },
		{ AT(9), UNIT },
	};
	struct track *t = track_create(test);

	add_chunk(t, START, FIRST_SIZE, OWNER);
	KUNIT_ASSERT_EQ(test, gen_pool_alloc(t->pool, 10 * UNIT), AT(0));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(t->pool, AT(0), 3 * UNIT));
	expect_blocks(t, pieces, ARRAY_SIZE(pieces));
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), 90 * UNIT);

	gen_pool_free(t->pool, AT(6), 3 * UNIT);
	gen_pool_free(t->pool, AT(0), 0);
	gen_pool_free(t->pool, AT(9), 1);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), 97 * UNIT);
	expect_refused(t, 0, 0);

	/* The whole is no more. */
	gen_pool_free(t->pool, AT(3), 10 * UNIT);
	expect_refused(t, 1, 1);
	expect_recorded(t, AT(3), 3 * UNIT);
}

/* Unit by unit, as many words as there are, freed in an odd order. */
static void genalloc_track_split_units_test(struct kunit *test)
{
	struct track *t = track_create(test);
	unsigned int i;

	add_chunk(t, START, FIRST_SIZE, OWNER);
	KUNIT_ASSERT_EQ(test, AT(0),
			gen_pool_alloc(t->pool, FIRST_UNITS * UNIT));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(t->pool, AT(0), 1));
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), 0);
	for (i = 0; i < FIRST_UNITS; i++)
		KUNIT_ASSERT_EQ(test, UNIT, gen_pool_alloc_size(t->pool, AT(i)));
	for (i = 0; i < FIRST_UNITS; i++) {
		gen_pool_free(t->pool, AT(i * 37 % FIRST_UNITS), i % 2 * UNIT);
		KUNIT_ASSERT_EQ(test, (i + 1) * UNIT, gen_pool_avail(t->pool));
	}
	expect_refused(t, 0, 0);
}

/* Nothing to split off: the block stays as it is. */
static void genalloc_track_split_larger_test(struct kunit *test)
{
	struct track *t = track_create_layout(test);
	struct snapshot *before = take_snapshot(t);

	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(t->pool, AT(10), 5 * UNIT));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(t->pool, AT(10), 4 * UNIT + 1));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(t->pool, AT(10), 6 * UNIT));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(t->pool, AT(10), SIZE_MAX));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(t->pool, AT(30), SIZE_MAX));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(t->pool, AT(3), 1));
	expect_unchanged(t, before);
	expect_refused(t, 0, 0);
}

/**
 * struct split_case - A split that must be refused, in track_create_layout().
 * @desc: Description.
 * @addr: Its address.
 * @size: Its size.
 * @err: What it returns.
 * @start: Where the block that @addr is in begins.
 * @recorded: Size of that block, 0 if there is none or it does not matter.
 */
struct split_case {
	const char *desc;
	unsigned long addr;
	size_t size;
	int err;
	unsigned long start;
	size_t recorded;
};

static const struct split_case split_cases[] = {
	{ .desc = "outside", .addr = START - 1, .size = UNIT, .err = -ENXIO },
	{ .desc = "NULL", .addr = 0, .size = UNIT, .err = -ENXIO },
	{ .desc = "free", .addr = AT(0), .size = UNIT, .err = -ENOENT },
	{ .desc = "behind a block", .addr = AT(15), .size = UNIT,
	  .err = -ENOENT },
	{ .desc = "tail", .addr = AT(100), .size = UNIT, .err = -ERANGE },
	{ .desc = "body", .addr = AT(11), .size = UNIT, .err = -EINVAL,
	  .start = AT(10), .recorded = 5 * UNIT },
	{ .desc = "body in the next word", .addr = AT(33), .size = UNIT,
	  .err = -EINVAL, .start = AT(30), .recorded = 40 * UNIT },
	{ .desc = "unaligned", .addr = AT(10) + 1, .size = UNIT,
	  .err = -EINVAL, .start = AT(10), .recorded = 5 * UNIT },
	{ .desc = "no size", .addr = AT(10), .size = 0, .err = -EDOM },
	{ .desc = "no size, free", .addr = AT(0), .size = 0, .err = -EDOM },
};

KUNIT_ARRAY_PARAM_DESC(split, split_cases, desc);

static void genalloc_track_split_misuse_test(struct kunit *test)
{
	const struct split_case *c = test->param_value;
	struct track *t = track_create_layout(test);
	struct snapshot *before = take_snapshot(t);

	KUNIT_EXPECT_EQ(test, gen_pool_split(t->pool, c->addr, c->size), c->err);
	expect_refused(t, 1, 1);
	expect_report(t, "split", c->addr, c->size);
	if (c->size)
		expect_recorded(t, c->start, c->recorded);
	expect_unchanged(t, before);

	KUNIT_EXPECT_EQ(test, gen_pool_split(t->pool, c->addr, c->size), c->err);
	expect_refused(t, 1, 2);
	expect_unchanged(t, before);
}

/* ---- all allocations ---- */

static void genalloc_track_walk_test(struct kunit *test)
{
	/* Newest chunk first, ascending inside. */
	static const struct block blocks[] = {
		{ AT2(0), 3 * UNIT }, { AT(3), UNIT }, { AT(10), 5 * UNIT },
		{ AT(30), 40 * UNIT }, { AT(99), UNIT },
	};
	struct track *t = track_create_layout(test);

	expect_blocks(t, blocks, ARRAY_SIZE(blocks));
}

static void genalloc_track_walk_none_test(struct kunit *test)
{
	struct track *t = track_create(test);

	expect_blocks(t, NULL, 0);
	add_chunk(t, START, FIRST_SIZE, OWNER);
	add_chunk(t, START2, UNIT - 1, OWNER2);
	expect_blocks(t, NULL, 0);
}

/* Frees every other one. */
static void free_some(struct gen_pool *pool, unsigned long addr, size_t size,
		      void *data)
{
	unsigned int *calls = data;

	if (++*calls % 2)
		gen_pool_free(pool, addr, size);
}

static void genalloc_track_walk_free_test(struct kunit *test)
{
	static const struct block left[] = {
		{ AT(3), UNIT }, { AT(30), 40 * UNIT },
	};
	struct track *t = track_create_layout(test);
	unsigned int calls = 0;

	gen_pool_for_each_alloc(t->pool, free_some, &calls);
	KUNIT_EXPECT_EQ(test, calls, 5);
	expect_blocks(t, left, ARRAY_SIZE(left));
	expect_refused(t, 0, 0);
}

static void genalloc_track_free_all_test(struct kunit *test)
{
	struct track *t = track_create_layout(test);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, 0, gen_pool_split(t->pool, AT(30), 3 * UNIT));
	for (i = 0; i < 2; i++) {
		gen_pool_free_all(t->pool);
		KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool),
				(FIRST_UNITS + SECOND_UNITS) * UNIT);
		expect_blocks(t, NULL, 0);
	}
	expect_refused(t, 0, 0);
	alloc_at(t, 0, FIRST_UNITS);
}

static void genalloc_track_free_all_none_test(struct kunit *test)
{
	struct track *t = track_create(test);

	gen_pool_free_all(t->pool);
	add_chunk(t, START, UNIT - 1, OWNER);
	gen_pool_free_all(t->pool);
	expect_refused(t, 0, 0);
}

/* ---- chunks ---- */

/**
 * struct add_case - Memory that a pool with [START, START2) does not take.
 * @desc: Description.
 * @start: Its first address.
 * @size: Its size.
 * @err: What is returned.
 */
struct add_case {
	const char *desc;
	unsigned long start;
	size_t size;
	int err;
};

static const struct add_case add_cases[] = {
	{ "empty", AT(500), 0, -EINVAL },
	{ "empty at 0", 0, 0, -EINVAL },
	{ "over the end by a byte", ULONG_MAX, 2, -EINVAL },
	{ "over the end by a unit", -8 * UNIT, 9 * UNIT, -EINVAL },
	{ "over the end to all", 2, SIZE_MAX, -EINVAL },
	{ "the same", START, FIRST_SIZE, -EEXIST },
	{ "first byte", START, 1, -EEXIST },
	{ "last byte", START2 - 1, 1, -EEXIST },
	{ "the tail", AT(100), TAIL, -EEXIST },
	{ "inside", AT(20), 5 * UNIT, -EEXIST },
	{ "ends at the first byte", START - UNIT, UNIT + 1, -EEXIST },
	{ "ends inside", START - UNIT, 9 * UNIT, -EEXIST },
	{ "ends at the last byte", START - UNIT, UNIT + FIRST_SIZE, -EEXIST },
	{ "begins at the first byte", START, FIRST_SIZE + UNIT, -EEXIST },
	{ "begins inside", AT(50), FIRST_SIZE, -EEXIST },
	{ "begins at the last byte", START2 - 1, 9 * UNIT, -EEXIST },
	{ "covers it", START - 1, FIRST_SIZE + 2, -EEXIST },
};

KUNIT_ARRAY_PARAM_DESC(add, add_cases, desc);

static void count_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			void *data)
{
	unsigned int *nr = data;

	++*nr;
}

static unsigned int nr_chunks(const struct track *t)
{
	unsigned int nr = 0;

	gen_pool_for_each_chunk(t->pool, count_chunk, &nr);
	return nr;
}

static void genalloc_track_add_refused_test(struct kunit *test)
{
	const struct add_case *c = test->param_value;
	struct track *t = track_create(test);
	struct snapshot *before;
	unsigned int i;

	add_chunk(t, START, FIRST_SIZE, OWNER);
	alloc_at(t, 40, 20);
	before = take_snapshot(t);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, c->err,
				gen_pool_add_owner(t->pool, c->start, PHYS,
						   c->size, NUMA_NO_NODE,
						   OWNER2));
	KUNIT_EXPECT_EQ(test, nr_chunks(t), 1);
	expect_unchanged(t, before);
	expect_refused(t, 0, 0);
}

/* So many units that there is no memory for their map. */
static void genalloc_track_add_no_memory_test(struct kunit *test)
{
	struct track *t = test->priv;

	t->pool = create_pool(test, 0);
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			gen_pool_add(t->pool, 1, SIZE_MAX, NUMA_NO_NODE));
	KUNIT_EXPECT_EQ(test, nr_chunks(t), 0);
	add_chunk(t, START, UNIT, OWNER);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, UNIT), START);
	expect_refused(t, 0, 0);
}

/* Neighbours are welcome, as far as the ends of the address space. */
static void genalloc_track_add_beside_test(struct kunit *test)
{
	struct track *t = track_create(test);

	add_chunk(t, START, FIRST_SIZE, OWNER);
	add_chunk(t, START2, 1, OWNER2);
	add_chunk(t, START - 1, 1, OWNER2);
	add_chunk(t, START2 + 1, 4 * UNIT, OWNER2);
	add_chunk(t, START - 1 - 4 * UNIT, 4 * UNIT, OWNER2);
	add_chunk(t, -2 * UNIT, 2 * UNIT, OWNER2);
	add_chunk(t, 0, UNIT - 1, OWNER2);
	KUNIT_EXPECT_EQ(test, nr_chunks(t), 7);
	KUNIT_EXPECT_EQ(test, gen_pool_size(t->pool),
			(FIRST_UNITS + 10) * UNIT);
}

#define MANY		211U
#define FAR(i)		(START + (i) * 64 * UNIT)

/* Whatever the order in which chunks came, the one of an address is found. */
static void genalloc_track_many_chunks_test(struct kunit *test)
{
	struct track *t = track_create(test);
	unsigned int i, at;
	void *owner;

	for (i = 0; i < MANY; i++) {
		at = i * 80 % MANY;
		add_chunk(t, FAR(at), (1 + at % 60) * UNIT, (void *)(at + 1UL));
	}
	for (i = 0; i < MANY; i++) {
		size_t size = (1 + i % 60) * UNIT;

		KUNIT_ASSERT_TRUE(test, gen_pool_has_addr(t->pool, FAR(i), size));
		KUNIT_ASSERT_FALSE(test, gen_pool_has_addr(t->pool, FAR(i) - 1, 1));
		KUNIT_ASSERT_FALSE(test, gen_pool_has_addr(t->pool, FAR(i) + size, 1));
		KUNIT_ASSERT_EQ(test, -EEXIST,
				gen_pool_add(t->pool, FAR(i) - 1, 2,
					     NUMA_NO_NODE));
		/* Nothing is allocated, but the owner is told. */
		gen_pool_free_owner(t->pool, FAR(i) + size - 1, 0, &owner);
		KUNIT_ASSERT_PTR_EQ(test, owner, (void *)(i + 1UL));
	}
	KUNIT_EXPECT_EQ(test, nr_chunks(t), MANY);
	expect_refused(t, 1, MANY);
}

static void genalloc_track_virt_to_phys_unknown_test(struct kunit *test)
{
	struct track *t = track_create(test);
	dma_addr_t dma;
	void *virt;

	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_virt(t->pool, START2, PHYS, SECOND_SIZE,
					  NUMA_NO_NODE));
	add_chunk(t, START, FIRST_SIZE, OWNER);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(t->pool, AT(0)),
			(phys_addr_t)-1);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(t->pool, AT(7) + 3),
			(phys_addr_t)-1);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(t->pool, START2 - 1),
			(phys_addr_t)-1);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(t->pool, START2), PHYS);
	KUNIT_EXPECT_EQ(test, PHYS + SECOND_SIZE - 1,
			gen_pool_virt_to_phys(t->pool, START2 + SECOND_SIZE - 1));

	virt = gen_pool_dma_alloc(t->pool, UNIT, &dma);
	KUNIT_EXPECT_PTR_EQ(test, virt, (void *)AT(0));
	KUNIT_EXPECT_EQ(test, dma, (dma_addr_t)(phys_addr_t)-1);
}

/* ---- destruction ---- */

static void genalloc_track_destroy_used_test(struct kunit *test)
{
	struct track *t = track_create_layout(test);
	struct snapshot *before = take_snapshot(t);

	gen_pool_destroy(t->pool);
	expect_refused(t, 1, 1);
	expect_report(t, "destruction", AT2(0), 50 * UNIT);
	expect_unchanged(t, before);

	/* It goes on to work, and to know what is allocated. */
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, UNIT), AT2(3));
	gen_pool_free(t->pool, AT2(3), UNIT);
	gen_pool_free(t->pool, AT(30), 0);
	gen_pool_destroy(t->pool);
	expect_report(t, "destruction", AT2(0), 10 * UNIT);
	expect_refused(t, 2, 2);
}

/* A leak is not kept secret because of an earlier misuse. */
static void genalloc_track_destroy_misused_test(struct kunit *test)
{
	struct track *t = track_create_layout(test);

	gen_pool_free(t->pool, AT(0), 0);
	gen_pool_destroy(t->pool);
	expect_refused(t, 2, 2);
	expect_report(t, "destruction", AT2(0), 50 * UNIT);
}

/* More blocks than are listed one by one. */
static void genalloc_track_destroy_many_test(struct kunit *test)
{
	struct track *t = track_create_chunks(test);
	unsigned int i;

	for (i = 0; i < 40; i++)
		KUNIT_ASSERT_NE(test, gen_pool_alloc(t->pool, 2 * UNIT), 0);
	gen_pool_destroy(t->pool);
	expect_refused(t, 1, 1);
	expect_report(t, "destruction", AT2(0), 80 * UNIT);
}

/* ---- algorithms ---- */

static const int align_cases[] = {
	INT_MIN, -(int)UNIT, -1, 0, 1, 2, 3, 5, 7, UNIT - 1, UNIT, UNIT + 1,
	2 * UNIT, 3 * UNIT, 100, 8 * UNIT, 4096, 1 << 20, 1 << 30, INT_MAX,
};

static void align_case_to_desc(const int *align, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "to %d", *align);
}

KUNIT_ARRAY_PARAM(align, align_cases, align_case_to_desc);

/* Whatever is asked for: it comes to an end, and powers of two are honoured. */
static void genalloc_track_align_test(struct kunit *test)
{
	int align = *(const int *)test->param_value;
	struct genpool_data_align data = { .align = align };
	struct track *t = track_create(test);
	unsigned long addr;
	unsigned int nr = 0;

	add_chunk(t, 1UL << 30, 256 * UNIT, OWNER);
	while ((addr = gen_pool_alloc_algo(t->pool, UNIT + 1,
					   gen_pool_first_fit_align, &data))) {
		if (align > 0 && is_power_of_2(align))
			KUNIT_ASSERT_TRUE(test, IS_ALIGNED(addr, align));
		KUNIT_ASSERT_LT(test, nr, 128);
		KUNIT_ASSERT_EQ(test, gen_pool_avail(t->pool),
				(254 - 2 * nr) * UNIT);
		nr++;
	}
	if (align <= 2 * (int)UNIT)
		KUNIT_EXPECT_EQ(test, nr, 128);
	else if (align <= 1 << 30)
		KUNIT_EXPECT_GE(test, nr, 1);
	expect_refused(t, 0, 0);
}

/* As documentation says: every fourth unit, counted from address 0. */
static unsigned long every_fourth(unsigned long *map, unsigned long size,
				  unsigned long start, unsigned int nr,
				  void *data, struct gen_pool *pool,
				  unsigned long start_addr)
{
	return alloc_map_find(alloc_map_of(map), start, nr, 3,
			      start_addr / UNIT);
}

static void genalloc_track_custom_algo_test(struct kunit *test)
{
	struct track *t = track_create(test);
	unsigned int i;

	add_chunk(t, START + UNIT, 16 * UNIT, OWNER);
	gen_pool_set_algo(t->pool, every_fourth, NULL);
	for (i = 1; i < 4; i++)
		KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, UNIT), AT(4 * i));
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, 2 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, UNIT), AT(16));
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, UNIT), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), 12 * UNIT);
	gen_pool_free(t->pool, AT(8), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, 4 * UNIT), AT(8));
}

/* Best fit, but the first time another CPU is faster. */
static unsigned long too_late(unsigned long *map, unsigned long size,
			      unsigned long start, unsigned int nr,
			      void *data, struct gen_pool *pool,
			      unsigned long start_addr)
{
	unsigned long unit = gen_pool_best_fit(map, size, start, nr, NULL, pool,
					       start_addr);
	bool *late = data;

	if (unit < size && !*late)
		*late = alloc_map_claim(alloc_map_of(map), unit, nr);
	return unit;
}

/* After a collision the search is not content with what is left above. */
static void genalloc_track_algo_collision_test(struct kunit *test)
{
	struct track *t = track_create(test);
	bool late = false;

	add_chunk(t, START, 40 * UNIT, OWNER);
	alloc_at(t, 20, 10);
	KUNIT_EXPECT_EQ(test, AT(0),
			gen_pool_alloc_algo(t->pool, 8 * UNIT, too_late, &late));
	KUNIT_EXPECT_TRUE(test, late);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(t->pool, AT(30)), 8 * UNIT);
}

/* Answers what it was told to. */
static unsigned long answer(unsigned long *map, unsigned long size,
			    unsigned long start, unsigned int nr,
			    void *data, struct gen_pool *pool,
			    unsigned long start_addr)
{
	return *(unsigned long *)data;
}

/* What is past the end is no room, and no reason to look again. */
static void genalloc_track_algo_past_end_test(struct kunit *test)
{
	static const struct block answers[] = {
		{ 8, 1 }, { 9, 1 }, { 64, 1 }, { ULONG_MAX, 1 },
		{ ULONG_MAX, 2 }, { ULONG_MAX - 1, 8 }, { 7, 2 }, { 1, 8 },
		{ 0, 9 }, { 4, 5 }, { 0, SIZE_MAX / UNIT },
	};
	struct track *t = track_create(test);
	struct snapshot *before;
	unsigned long unit;
	unsigned int i;

	add_chunk(t, START, 8 * UNIT + TAIL, OWNER);
	before = take_snapshot(t);
	gen_pool_set_algo(t->pool, answer, &unit);
	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		unit = answers[i].addr;
		KUNIT_EXPECT_EQ(test, 0, gen_pool_alloc(t->pool,
							answers[i].size * UNIT));
		expect_unchanged(t, before);
	}
	unit = 6;
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, 2 * UNIT), AT(6));
	expect_refused(t, 0, 0);
}

/**
 * struct thief - An algorithm that another CPU is always faster than.
 * @calls: How often it was called.
 * @steals: How often the other CPU still takes what was found.
 * @chosen: What it chose last, 0 at first.
 * @restarts: How often it was not called again from what it had chosen.
 */
struct thief {
	unsigned int calls;
	unsigned int steals;
	unsigned long chosen;
	unsigned int restarts;
};

static unsigned long find_and_lose(unsigned long *map, unsigned long size,
				   unsigned long start, unsigned int nr,
				   void *data, struct gen_pool *pool,
				   unsigned long start_addr)
{
	struct alloc_map *m = alloc_map_of(map);
	struct thief *thief = data;
	unsigned long unit = alloc_map_find(m, start, nr, 0, 0);

	thief->calls++;
	thief->restarts += start != thief->chosen;
	thief->chosen = unit;
	if (thief->steals) {
		thief->steals--;
		alloc_map_claim(m, unit, 1);
	}
	return unit;
}

static void genalloc_track_collision_test(struct kunit *test)
{
	struct thief thief = { .steals = 5 };
	struct track *t = track_create(test);

	add_chunk(t, START, 60 * UNIT, OWNER);
	KUNIT_EXPECT_EQ(test, AT(5),
			gen_pool_alloc_algo(t->pool, 40 * UNIT, find_and_lose,
					    &thief));
	KUNIT_EXPECT_EQ(test, thief.calls, 6);
	KUNIT_EXPECT_EQ(test, thief.restarts, 0);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), 15 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(t->pool, AT(5)), 40 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(t->pool, AT(4)), UNIT);
}

/* Until nothing is left for the one who is too late. */
static void genalloc_track_collision_no_room_test(struct kunit *test)
{
	struct thief thief = { .steals = UINT_MAX };
	struct track *t = track_create(test);
	void *owner = t;

	add_chunk(t, START, 60 * UNIT, OWNER);
	KUNIT_EXPECT_EQ(test, 0,
			gen_pool_alloc_algo_owner(t->pool, 40 * UNIT,
						  find_and_lose, &thief,
						  &owner));
	KUNIT_EXPECT_NULL(test, owner);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), (60 - 21) * UNIT);
	expect_refused(t, 0, 0);
}

static struct kunit_case genalloc_track_test_cases[] = {
	KUNIT_CASE_PARAM(genalloc_track_free_test, algo_gen_params),
	KUNIT_CASE(genalloc_track_free_extents_test),
	KUNIT_CASE(genalloc_track_free_rounding_test),
	KUNIT_CASE_PARAM(genalloc_track_misuse_test, misuse_gen_params),
	KUNIT_CASE(genalloc_track_double_free_test),
	KUNIT_CASE(genalloc_track_late_free_test),
	KUNIT_CASE(genalloc_track_report_once_test),
	KUNIT_CASE(genalloc_track_alloc_size_test),
	KUNIT_CASE(genalloc_track_tail_test),
	KUNIT_CASE(genalloc_track_only_tail_test),
	KUNIT_CASE(genalloc_track_large_order_test),
	KUNIT_CASE(genalloc_track_alloc_nothing_test),
	KUNIT_CASE_PARAM(genalloc_track_alloc_huge_test, huge_gen_params),
	KUNIT_CASE(genalloc_track_split_uneven_test),
	KUNIT_CASE(genalloc_track_split_units_test),
	KUNIT_CASE(genalloc_track_split_larger_test),
	KUNIT_CASE_PARAM(genalloc_track_split_misuse_test, split_gen_params),
	KUNIT_CASE(genalloc_track_walk_test),
	KUNIT_CASE(genalloc_track_walk_none_test),
	KUNIT_CASE(genalloc_track_walk_free_test),
	KUNIT_CASE(genalloc_track_free_all_test),
	KUNIT_CASE(genalloc_track_free_all_none_test),
	KUNIT_CASE_PARAM(genalloc_track_add_refused_test, add_gen_params),
	KUNIT_CASE(genalloc_track_add_no_memory_test),
	KUNIT_CASE(genalloc_track_add_beside_test),
	KUNIT_CASE(genalloc_track_many_chunks_test),
	KUNIT_CASE(genalloc_track_virt_to_phys_unknown_test),
	KUNIT_CASE(genalloc_track_destroy_used_test),
	KUNIT_CASE(genalloc_track_destroy_misused_test),
	KUNIT_CASE(genalloc_track_destroy_many_test),
	KUNIT_CASE_PARAM(genalloc_track_align_test, align_gen_params),
	KUNIT_CASE(genalloc_track_custom_algo_test),
	KUNIT_CASE(genalloc_track_algo_collision_test),
	KUNIT_CASE(genalloc_track_algo_past_end_test),
	KUNIT_CASE(genalloc_track_collision_test),
	KUNIT_CASE(genalloc_track_collision_no_room_test),
	{}
};

static struct kunit_suite genalloc_track_test_suite = {
	.name = "genalloc_track",
	.init = genalloc_track_test_init,
	.test_cases = genalloc_track_test_cases,
};

kunit_test_suite(genalloc_track_test_suite);

MODULE_DESCRIPTION("KUnit tests of what pools know about their allocations");
MODULE_LICENSE("GPL");
