// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of what pools of special memory know about their allocations,
 * and of all that is refused because of it. genalloc_kunit.c tests what callers
 * have always relied on.
 *
 * Around every call that must change nothing, the maps, the list of allocations
 * and the available memory are compared.
 *
 * Names: a block is an allocation; the tail is the end of a chunk that is too
 * small for a unit.
 */

#include <kunit/device.h>
#include <kunit/test.h>

#include <linux/align.h>
#include <linux/alloc_map.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/numa.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include "../lib/alloc_map.h"
#include "genalloc_test.h"

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

/* What a test looks at. */
struct track {
	struct reports reports;	/* of all pools */
	struct kunit *test;	/* the running test */
	struct gen_pool *pool;	/* its pool */
};

struct block {
	unsigned long addr;
	size_t size;
};

/* All that a refused call must leave alone. */
struct snapshot {
	size_t avail;		/* gen_pool_avail() */
	size_t size;		/* gen_pool_size() */
	unsigned int nr_blocks;	/* number of blocks */
	/* the first MAX_BLOCKS of them */
	struct block blocks[MAX_BLOCKS];
	unsigned int nr_words;	/* number of words in all maps */
	unsigned long words[MAX_WORDS];	/* the first MAX_WORDS of them */
};

static int genalloc_track_init(struct kunit *test)
{
	int err = init_reports(test, sizeof(struct track));
	struct track *t = test->priv;

	if (!err)
		t->test = test;
	return err;
}

/* ---- pools ---- */

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

/* The chunk at START, and that at START2. */
static struct track *track_create_chunk(struct kunit *test)
{
	struct track *t = track_create(test);

	add_chunk(t, START, FIRST_SIZE, OWNER);
	return t;
}

static struct track *track_create_chunks(struct kunit *test)
{
	struct track *t = track_create_chunk(test);

	add_chunk(t, START2, SECOND_SIZE, OWNER2);
	return t;
}

static unsigned long fixed_in_first(struct alloc_map *map, unsigned long size,
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
	struct track *t = track_create_chunk(test);

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
	unsigned long nr_units = chunk->map.nr_units;
	struct snapshot *s = data;
	unsigned long i;

	for (i = 0; i <= nr_units / ALLOC_MAP_UNITS_PER_WORD; i++) {
		if (s->nr_words < MAX_WORDS)
			s->words[s->nr_words] = chunk->map.words[i];
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

/* So many reports of all pools, and refusals of this one, so far. */
static void expect_refusals(struct track *t, unsigned int reports,
			    long refusals)
{
	expect_reports(t->test, reports);
	expect_refused(t->test, t->pool, refusals);
}

/* ---- frees ---- */

/* An algorithm. */
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
	return 1 + below(rnd, 1 + below(rnd, 40 * UNIT));
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
	if (addr - START >= FIRST_SIZE + SECOND_SIZE)
		return NULL;
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
			i = below(&rnd, nr);
			free_block(t, &blocks[i], i % 2);
			blocks[i] = blocks[--nr];
		}
		KUNIT_ASSERT_EQ(test, gen_pool_avail(t->pool),
				gen_pool_size(t->pool));
	}
	expect_refusals(t, 0, 0);
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
	expect_refusals(t, 0, 0);
	gen_pool_free(t->pool, AT(10), 4 * UNIT);
	expect_refusals(t, 1, 1);
	gen_pool_free(t->pool, AT(10), 5 * UNIT + 1);
	expect_refusals(t, 1, 2);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(t->pool, AT(10)), 5 * UNIT);
}

/* A free that must be refused, in track_create_layout(). */
struct misuse_case {
	const char *desc;	/* description */
	int err;		/* what it returns */
	unsigned long addr;	/* its address */
	size_t size;		/* its size */
	struct block block;	/* the block that @addr is in, if any */
};

#define ONE	{ AT(3), UNIT }
#define FIVE	{ AT(10), 5 * UNIT }
#define FORTY	{ AT(30), 40 * UNIT }
#define LAST	{ AT(99), UNIT }
#define THREE	{ AT2(0), 3 * UNIT }

static const struct misuse_case misuse_cases[] = {
	/* Not in the pool */
	{ "outside: NULL", -ENXIO, 0, 0 },
	{ "outside: NULL with a size", -ENXIO, 0, UNIT },
	{ "outside: one byte before", -ENXIO, START - 1, UNIT },
	{ "outside: one unit before", -ENXIO, START - UNIT, 0 },
	{ "outside: one byte behind", -ENXIO, START2 + SECOND_SIZE, 0 },
	{ "outside: last address", -ENXIO, ULONG_MAX, SIZE_MAX },
	/* In the tail, which is never allocated */
	{ "tail: first byte", -ERANGE, AT(100), 0 },
	{ "tail: first byte, a unit", -ERANGE, AT(100), UNIT },
	{ "tail: first byte, its bytes", -ERANGE, AT(100), TAIL },
	{ "tail: last byte", -ERANGE, START2 - 1, 0 },
	{ "tail: of the second chunk", -ERANGE, AT2(33), 0 },
	/* Between the first bytes of units */
	{ "unaligned: second byte", -EINVAL, AT(3) + 1, 0, ONE },
	{ "unaligned: multiple of a unit",
	  -EINVAL, AT(10) - 5 + UNIT, 0, FIVE },
	{ "unaligned: last byte of a block", -EINVAL, AT(15) - 1, 1, FIVE },
	{ "unaligned: far inside", -EINVAL, AT(65) + 4, 0, FORTY },
	{ "unaligned: with the size", -EINVAL, AT(30) + 1, 40 * UNIT, FORTY },
	{ "unaligned: in a free unit", -EINVAL, AT(20) + 2, 0 },
	/* A later unit of a block */
	{ "body: second unit", -EINVAL, AT(11), 0, FIVE },
	{ "body: last unit", -EINVAL, AT(14), UNIT, FIVE },
	{ "body: up to the end", -EINVAL, AT(12), 3 * UNIT, FIVE },
	{ "body: next word", -EINVAL, AT(32), 0, FORTY },
	{ "body: last word", -EINVAL, AT(69), UNIT, FORTY },
	{ "body: second chunk", -EINVAL, AT2(2), 0, THREE },
	/* The first unit of a block, another size */
	{ "size: one unit less", -EMSGSIZE, AT(10), 4 * UNIT, FIVE },
	{ "size: one byte", -EMSGSIZE, AT(10), 1, FIVE },
	{ "size: one byte more", -EMSGSIZE, AT(10), 5 * UNIT + 1, FIVE },
	{ "size: twice a unit", -EMSGSIZE, AT(3), 2 * UNIT, ONE },
	{ "size: everything", -EMSGSIZE, AT(3), SIZE_MAX, ONE },
	{ "size: less, in several words", -EMSGSIZE, AT(30), 39 * UNIT, FORTY },
	{ "size: up to the end of a word", -EMSGSIZE, AT(30), 2 * UNIT, FORTY },
	{ "size: more, in several words",
	  -EMSGSIZE, AT(30), 40 * UNIT + 1, FORTY },
	{ "size: everything, in several words",
	  -EMSGSIZE, AT(30), SIZE_MAX, FORTY },
	{ "size: over the end of the chunk",
	  -EMSGSIZE, AT(99), UNIT + TAIL, LAST },
	{ "size: half of all addresses more",
	  -EMSGSIZE, AT(3), SIZE_MAX / 2 + 1 + UNIT, ONE },
	/* Units that are free */
	{ "free: first unit", -ENOENT, AT(0), 0 },
	{ "free: first unit, a size", -ENOENT, AT(0), UNIT },
	{ "free: before a block", -ENOENT, AT(9), UNIT },
	{ "free: before a block, with it", -ENOENT, AT(9), 6 * UNIT },
	{ "free: behind a block", -ENOENT, AT(15), 0 },
	{ "free: behind several words", -ENOENT, AT(70), UNIT },
	{ "free: everything", -ENOENT, AT(0), SIZE_MAX },
	{ "free: second chunk", -ENOENT, AT2(3), 0 },
	{ "free: last unit", -ENOENT, AT2(32), 0 },
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
	expect_refusals(t, 1, 1);
	expect_report(test, t->pool, "free", c->addr, c->size);
	expect_recorded(test, c->block.addr, c->block.size);
	KUNIT_EXPECT_PTR_EQ(test, owner, expected_owner(c->addr));
	expect_unchanged(t, before);

	/* Again, without asking for the owner. */
	gen_pool_free(t->pool, c->addr, c->size);
	expect_refusals(t, 1, 2);
	expect_unchanged(t, before);

	/* The block that was taken for another can still be freed. */
	if (c->block.size) {
		gen_pool_free(t->pool, c->block.addr, c->block.size);
		expect_refusals(t, 1, 2);
		KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(t->pool, c->block.addr), 0);
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
		expect_refusals(t, 1, 2 * i + 1);
		gen_pool_free(t->pool, blocks[i].addr, blocks[i].size);
		expect_refusals(t, 1, 2 * i + 2);
		expect_unchanged(t, before);
	}
	expect_report(test, t->pool, "free", blocks[0].addr, 0);
	expect_recorded(test, 0, 0);
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
	expect_report(test, t->pool, "free", AT(30), 0);
	expect_recorded(test, AT(28), 4 * UNIT);
	gen_pool_free(t->pool, AT(30), 40 * UNIT);
	expect_refusals(t, 1, 2);
	expect_unchanged(t, before);
}

/*
 * The last report has these words in this order, and an address of the pool only
 * if the kernel prints all of them (no_hash_pointers).
 */
static void expect_words(struct kunit *test, const char *const words[4])
{
	struct reports *r = test->priv;
	char text[256], raw[20], hashed[20];
	const char *at = text;
	unsigned int i;

	gen_pool_describe_refusal(&r->last, text, sizeof(text));
	for (i = 0; i < 4 && at; i++)
		at = strstr(at, words[i]);
	KUNIT_ASSERT_NOT_NULL_MSG(test, at, "%s", text);

	scnprintf(raw, sizeof(raw), "%lx", r->last.addr);
	scnprintf(hashed, sizeof(hashed), "%p", (void *)r->last.addr);
	if (!strstr(hashed, raw))
		KUNIT_EXPECT_FALSE_MSG(test, strstr(text, raw), "%s", text);
}

static void genalloc_track_report_words_test(struct kunit *test)
{
	static const char *const words[][4] = {
		{ "free of 32 bytes at ", ", 0x3e0 in chunk ",
		  " refused: it is not the beginning of an allocation",
		  " (recorded are 1280 bytes at 0x3c0)" },
		{ "free of 0 bytes at ", " refused: it is not in this pool",
		  "", "" },
		{ "destruction of 1600 bytes at ", ", 0", " in chunk ",
		  " refused: memory is still allocated" },
	};
	struct track *t = track_create_layout(test);

	gen_pool_free(t->pool, AT(31), UNIT);
	expect_words(test, words[0]);
	atomic_long_set(&t->pool->nr_refused, 0);
	gen_pool_free(t->pool, START - 1, 0);
	expect_words(test, words[1]);
	gen_pool_destroy(t->pool);
	expect_words(test, words[2]);
}

/* A pool is reported once, whatever is done to it; another pool once more. */
static void genalloc_track_report_once_test(struct kunit *test)
{
	struct track *t = track_create_layout(test);
	struct gen_pool *first = t->pool;

	gen_pool_free(t->pool, AT(11), 0);
	gen_pool_free(t->pool, 0, 1);
	gen_pool_split(t->pool, AT(0), UNIT);
	expect_refusals(t, 1, 3);
	expect_report(test, t->pool, "free", AT(11), 0);

	t->pool = create_pool(test, ORDER);
	add_chunk(t, START, FIRST_SIZE, OWNER);
	gen_pool_free(t->pool, AT(12), UNIT);
	expect_refusals(t, 2, 1);
	expect_report(test, t->pool, "free", AT(12), UNIT);
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
	expect_refusals(t, 0, 0);
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
	expect_blocks(t, NULL, 0);
	gen_pool_free_all(t->pool);
	expect_refusals(t, 0, 0);
	gen_pool_free(t->pool, START, 0);
	expect_refusals(t, 1, 1);
	expect_report(test, t->pool, "free", START, 0);
	expect_recorded(test, 0, 0);
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
	expect_refusals(t, 0, 0);
	gen_pool_free(t->pool, half, SIZE_MAX);
	expect_refusals(t, 1, 1);
	expect_recorded(test, half, half);
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
	expect_refusals(t, 0, 0);
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
	expect_refusals(t, 0, 0);
}

/* ---- split ---- */

static void genalloc_track_split_uneven_test(struct kunit *test)
{
	static const struct block pieces[] = {
		{ AT(0), 3 * UNIT }, { AT(3), 3 * UNIT }, { AT(6), 3 * UNIT },
		{ AT(9), UNIT },
	};
	struct track *t = track_create_chunk(test);

	KUNIT_ASSERT_EQ(test, gen_pool_alloc(t->pool, 10 * UNIT), AT(0));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(t->pool, AT(0), 3 * UNIT));
	expect_blocks(t, pieces, ARRAY_SIZE(pieces));
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), 90 * UNIT);

	gen_pool_free(t->pool, AT(6), 3 * UNIT);
	gen_pool_free(t->pool, AT(0), 0);
	gen_pool_free(t->pool, AT(9), 1);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), 97 * UNIT);
	expect_refusals(t, 0, 0);

	/* The whole is no more. */
	gen_pool_free(t->pool, AT(3), 10 * UNIT);
	expect_refusals(t, 1, 1);
	expect_recorded(test, AT(3), 3 * UNIT);
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
	expect_refusals(t, 0, 0);
}

static const struct misuse_case split_cases[] = {
	{ "outside", -ENXIO, START - 1, UNIT },
	{ "NULL", -ENXIO, 0, UNIT },
	{ "free", -ENOENT, AT(0), UNIT },
	{ "behind a block", -ENOENT, AT(15), UNIT },
	{ "tail", -ERANGE, AT(100), UNIT },
	{ "body", -EINVAL, AT(11), UNIT, FIVE },
	{ "body in the next word", -EINVAL, AT(33), UNIT, FORTY },
	{ "unaligned", -EINVAL, AT(10) + 1, UNIT, FIVE },
	{ "no size", -EDOM, AT(10), 0, FIVE },
	{ "no size, free", -EDOM, AT(0), 0 },
};

KUNIT_ARRAY_PARAM_DESC(split, split_cases, desc);

static void genalloc_track_split_misuse_test(struct kunit *test)
{
	const struct misuse_case *c = test->param_value;
	struct track *t = track_create_layout(test);
	struct snapshot *before = take_snapshot(t);

	KUNIT_EXPECT_EQ(test, gen_pool_split(t->pool, c->addr, c->size), c->err);
	expect_refusals(t, 1, 1);
	expect_report(test, t->pool, "split", c->addr, c->size);
	expect_recorded(test, c->block.addr, c->block.size);
	expect_unchanged(t, before);

	KUNIT_EXPECT_EQ(test, gen_pool_split(t->pool, c->addr, c->size), c->err);
	expect_refusals(t, 1, 2);
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
	expect_refusals(t, 0, 0);
}

/* Splits what it is shown. */
static void split_block(struct gen_pool *pool, unsigned long addr, size_t size,
			void *data)
{
	gen_pool_split(pool, addr, UNIT);
	*(size_t *)data += size;
}

/* A walk that is overtaken sees no unit twice. */
static void genalloc_track_walk_split_test(struct kunit *test)
{
	struct track *t = track_create_layout(test);
	size_t size = 0;

	gen_pool_for_each_alloc(t->pool, split_block, &size);
	KUNIT_EXPECT_EQ(test, size, gen_pool_size(t->pool) - gen_pool_avail(t->pool));
	expect_refusals(t, 0, 0);
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
	expect_refusals(t, 0, 0);
	alloc_at(t, 0, FIRST_UNITS);
}

/* ---- chunks ---- */

/* Memory that a pool with [START, START2) does not take. */
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

static void genalloc_track_add_refused_test(struct kunit *test)
{
	const struct add_case *c = test->param_value;
	struct track *t = track_create_chunk(test);
	struct snapshot *before;
	unsigned int i;

	alloc_at(t, 40, 20);
	before = take_snapshot(t);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, c->err,
				gen_pool_add_owner(t->pool, c->start, PHYS,
						   c->size, NUMA_NO_NODE,
						   OWNER2));
	expect_unchanged(t, before);
	expect_refusals(t, 0, 0);
}

/* So many units that there is no memory for their map. */
static void genalloc_track_add_no_memory_test(struct kunit *test)
{
	struct track *t = test->priv;

	t->pool = create_pool(test, 0);
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			gen_pool_add(t->pool, 1, SIZE_MAX, NUMA_NO_NODE));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(t->pool, 1, 1));
	add_chunk(t, START, UNIT, OWNER);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, UNIT), START);
	expect_refusals(t, 0, 0);
}

/* ---- destruction ---- */

static void genalloc_track_destroy_used_test(struct kunit *test)
{
	struct track *t = track_create_layout(test);
	struct snapshot *before = take_snapshot(t);

	gen_pool_destroy(t->pool);
	expect_refusals(t, 1, 1);
	expect_report(test, t->pool, "destruction", AT2(0), 50 * UNIT);
	expect_unchanged(t, before);

	/* It still works, and knows its allocations. */
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, UNIT), AT2(3));
	gen_pool_free(t->pool, AT2(3), UNIT);
	gen_pool_free(t->pool, AT(30), 0);
	gen_pool_destroy(t->pool);
	expect_report(test, t->pool, "destruction", AT2(0), 10 * UNIT);
	expect_refusals(t, 2, 2);
}

/* More blocks than are listed one by one. */
static void genalloc_track_destroy_many_test(struct kunit *test)
{
	struct track *t = track_create_chunks(test);
	unsigned int i;

	for (i = 0; i < 40; i++)
		KUNIT_ASSERT_NE(test, gen_pool_alloc(t->pool, 2 * UNIT), 0);
	/* A leak is not kept secret because of an earlier misuse. */
	gen_pool_free(t->pool, AT2(1), 0);
	gen_pool_destroy(t->pool);
	expect_refusals(t, 2, 2);
	expect_report(test, t->pool, "destruction", AT2(0), 80 * UNIT);
}

/* A pool that belongs to a device goes with it, and not before. */
static void genalloc_track_destroy_devm_test(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "genalloc");
	struct track *t = test->priv;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	t->pool = devm_gen_pool_create(dev, ORDER, NUMA_NO_NODE, "ram");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->pool);
	add_chunk(t, START, FIRST_SIZE, OWNER);

	gen_pool_destroy(t->pool);
	expect_refusals(t, 1, 1);
	expect_report(test, t->pool, "destruction", 0, 0);
	KUNIT_EXPECT_STREQ(test, t->reports.last.why,
			   "it belongs to a device, and goes with it");
	KUNIT_EXPECT_PTR_EQ(test, gen_pool_get(dev, "ram"), t->pool);
	expect_idle(test, t->pool, FIRST_UNITS * UNIT);
	alloc_at(t, 2, 1);
	gen_pool_destroy(t->pool);
	expect_refusals(t, 1, 2);
	gen_pool_free(t->pool, AT(2), 0);

	kunit_device_unregister(test, dev);
	expect_reports(test, 1);
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
	expect_refusals(t, 0, 0);
}

/* As documentation says: every fourth unit, counted from address 0. */
static unsigned long every_fourth(struct alloc_map *map, unsigned long size,
				  unsigned long start, unsigned int nr,
				  void *data, struct gen_pool *pool,
				  unsigned long start_addr)
{
	return alloc_map_find(map, start, nr, 3,
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
static unsigned long too_late(struct alloc_map *map, unsigned long size,
			      unsigned long start, unsigned int nr,
			      void *data, struct gen_pool *pool,
			      unsigned long start_addr)
{
	unsigned long unit = gen_pool_best_fit(map, size, start, nr, NULL, pool,
					       start_addr);
	bool *late = data;

	if (unit < size && !*late)
		*late = alloc_map_claim(map, unit, nr);
	return unit;
}

/* After a collision the search does not stop at the end of the chunk. */
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
static unsigned long answer(struct alloc_map *map, unsigned long size,
			    unsigned long start, unsigned int nr,
			    void *data, struct gen_pool *pool,
			    unsigned long start_addr)
{
	return *(unsigned long *)data;
}

/* Units past the end are no room, and no reason to look again. */
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
	expect_refusals(t, 0, 0);
}

/* What other CPUs do while an algorithm looks for room. */
struct others {
	unsigned int calls;	/* how often it was called */
	unsigned int times;	/* how often they are faster yet */
	bool again;		/* they take units that they have just freed */
	/* how often it was not called again from what it had chosen */
	unsigned int restarts;
	unsigned long chosen;	/* what it chose last, 0 at first */
};

static unsigned long find_and_lose(struct alloc_map *map, unsigned long size,
				   unsigned long start, unsigned int nr,
				   void *data, struct gen_pool *pool,
				   unsigned long start_addr)
{
	struct others *o = data;
	unsigned long unit;

	if (o->again && o->calls)
		alloc_map_release(map, o->chosen, 1);
	unit = alloc_map_find(map, start, nr, 0, 0);
	o->calls++;
	o->restarts += start != o->chosen;
	o->chosen = unit;
	if (o->times && o->times--)
		alloc_map_claim(map, unit, 1);
	return unit;
}

/* However often others are faster: the search goes on where it was. */
static void genalloc_track_collision_test(struct kunit *test)
{
	struct others o = { .times = 3000 };
	struct track *t = track_create(test);

	add_chunk(t, START, 5000 * UNIT, OWNER);
	KUNIT_EXPECT_EQ(test, AT(3000),
			gen_pool_alloc_algo(t->pool, 40 * UNIT, find_and_lose, &o));
	KUNIT_EXPECT_EQ(test, o.calls, 3001);
	KUNIT_EXPECT_EQ(test, o.restarts, 0);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), 1960 * UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(t->pool, AT(2999)), UNIT);
	expect_refusals(t, 0, 0);
}

/* Nor if they free the very same unit, and take it, each time. */
static void genalloc_track_collision_again_test(struct kunit *test)
{
	struct others o = { .times = 3000, .again = true };
	struct track *t = track_create_chunk(test);

	alloc_at(t, 0, 20);
	KUNIT_EXPECT_EQ(test, AT(20),
			gen_pool_alloc_algo(t->pool, 40 * UNIT, find_and_lose, &o));
	KUNIT_EXPECT_EQ(test, o.calls, 3001);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), 40 * UNIT);
	expect_refusals(t, 0, 0);
}

/* Until nothing is left for the one that is too late. */
static void genalloc_track_collision_no_room_test(struct kunit *test)
{
	struct others o = { .times = UINT_MAX };
	struct track *t = track_create(test);
	void *owner = t;

	add_chunk(t, START, 60 * UNIT, OWNER);
	KUNIT_EXPECT_EQ(test, 0,
			gen_pool_alloc_algo_owner(t->pool, 40 * UNIT,
						  find_and_lose, &o, &owner));
	KUNIT_EXPECT_NULL(test, owner);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(t->pool), (60 - 21) * UNIT);
	expect_refusals(t, 0, 0);
}

/* An algorithm that does not look at the map. */
struct blind_case {
	const char *desc;	/* description */
	/* the units that it chooses, over and over again */
	unsigned long choices[5];
	unsigned int nr;	/* how many these are */
};

static const struct blind_case blind_cases[] = {
	{ "always the same", { 30 }, 1 },
	{ "the last", { 99 }, 1 },
	{ "two in turn", { 99, 3 }, 2 },
	{ "a circle of three", { 3, 10, 30 }, 3 },
	{ "a circle of five", { 12, 40, 69, 10, 3 }, 5 },
	{ "no room now and then", { 30, 100 }, 2 },
	{ "no room rarely", { 30, 31, 10, 10, 100 }, 5 },
};

KUNIT_ARRAY_PARAM_DESC(blind, blind_cases, desc);

/* How often the algorithm was called, and what it is. */
struct blind {
	const struct blind_case *c;
	unsigned int calls;
};

static unsigned long choose_blindly(struct alloc_map *map, unsigned long size,
				    unsigned long start, unsigned int nr,
				    void *data, struct gen_pool *pool,
				    unsigned long start_addr)
{
	struct blind *blind = data;

	return blind->c->choices[blind->calls++ % blind->c->nr];
}

/* It is not asked for ever, and the developer learns of it. */
static void genalloc_track_blind_algo_test(struct kunit *test)
{
	struct blind blind = { .c = test->param_value };
	struct track *t = track_create_chunk(test);
	struct reports *r = test->priv;
	struct snapshot *before;
	void *owner = t;

	alloc_at(t, 3, 1);
	alloc_at(t, 10, 5);
	alloc_at(t, 30, 40);
	alloc_at(t, 99, 1);
	before = take_snapshot(t);
	KUNIT_EXPECT_EQ(test, 0,
			gen_pool_alloc_algo_owner(t->pool, UNIT, choose_blindly,
						  &blind, &owner));
	KUNIT_EXPECT_NULL(test, owner);
	KUNIT_EXPECT_LT(test, blind.calls, 100);
	expect_refusals(t, 1, 1);
	expect_report(test, t->pool, "allocation", r->last.addr, UNIT);
	KUNIT_EXPECT_STREQ(test, r->last.why,
			   "the algorithm chooses what is allocated");
	KUNIT_EXPECT_NE(test, r->last.recorded, 0);
	expect_unchanged(t, before);

	/* Others are not refused for it. */
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, UNIT), AT(0));
	expect_refusals(t, 1, 1);
}

static unsigned long count_and_fit(struct alloc_map *map, unsigned long size,
				   unsigned long start, unsigned int nr,
				   void *data, struct gen_pool *pool,
				   unsigned long start_addr)
{
	++*(unsigned int *)data;
	return gen_pool_first_fit(map, size, start, nr, NULL, pool, start_addr);
}

/* A chunk that is known to have no room is not looked at. */
static void genalloc_track_known_full_test(struct kunit *test)
{
	struct track *t = track_create_chunk(test);
	unsigned int nr, calls = 0;

	gen_pool_set_algo(t->pool, count_and_fit, &calls);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, FIRST_UNITS * UNIT), AT(0));
	for (nr = 1; nr < 50; nr++)
		KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, nr * UNIT), 0);
	KUNIT_EXPECT_EQ(test, calls, 2);

	KUNIT_ASSERT_EQ(test, 0, gen_pool_split(t->pool, AT(0), 7 * UNIT));
	gen_pool_free(t->pool, AT(7), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, 8 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, 8 * UNIT), 0);
	KUNIT_EXPECT_EQ(test, calls, 3);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(t->pool, 7 * UNIT), AT(7));
	KUNIT_EXPECT_EQ(test, calls, 4);
}

static struct kunit_case genalloc_track_cases[] = {
	KUNIT_CASE_PARAM(genalloc_track_free_test, algo_gen_params),
	KUNIT_CASE(genalloc_track_free_rounding_test),
	KUNIT_CASE_PARAM(genalloc_track_misuse_test, misuse_gen_params),
	KUNIT_CASE(genalloc_track_double_free_test),
	KUNIT_CASE(genalloc_track_late_free_test),
	KUNIT_CASE(genalloc_track_report_words_test),
	KUNIT_CASE(genalloc_track_report_once_test),
	KUNIT_CASE(genalloc_track_alloc_size_test),
	KUNIT_CASE(genalloc_track_only_tail_test),
	KUNIT_CASE(genalloc_track_large_order_test),
	KUNIT_CASE(genalloc_track_alloc_nothing_test),
	KUNIT_CASE_PARAM(genalloc_track_alloc_huge_test, huge_gen_params),
	KUNIT_CASE(genalloc_track_split_uneven_test),
	KUNIT_CASE(genalloc_track_split_larger_test),
	KUNIT_CASE_PARAM(genalloc_track_split_misuse_test, split_gen_params),
	KUNIT_CASE(genalloc_track_walk_test),
	KUNIT_CASE(genalloc_track_walk_free_test),
	KUNIT_CASE(genalloc_track_walk_split_test),
	KUNIT_CASE(genalloc_track_free_all_test),
	KUNIT_CASE_PARAM(genalloc_track_add_refused_test, add_gen_params),
	KUNIT_CASE(genalloc_track_add_no_memory_test),
	KUNIT_CASE(genalloc_track_destroy_used_test),
	KUNIT_CASE(genalloc_track_destroy_many_test),
	KUNIT_CASE(genalloc_track_destroy_devm_test),
	KUNIT_CASE_PARAM(genalloc_track_align_test, align_gen_params),
	KUNIT_CASE(genalloc_track_custom_algo_test),
	KUNIT_CASE(genalloc_track_algo_collision_test),
	KUNIT_CASE(genalloc_track_algo_past_end_test),
	KUNIT_CASE(genalloc_track_collision_test),
	KUNIT_CASE(genalloc_track_collision_again_test),
	KUNIT_CASE(genalloc_track_collision_no_room_test),
	KUNIT_CASE_PARAM(genalloc_track_blind_algo_test, blind_gen_params),
	KUNIT_CASE(genalloc_track_known_full_test),
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_track, "what pools know about their allocations",
		     .init = genalloc_track_init);
