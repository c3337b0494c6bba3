// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of debugfs: the picture of a pool, the list of pools, and their
 * directories.
 */

#include <kunit/test.h>

#include <linux/bits.h>
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/numa.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include "genalloc_test.h"

#define ORDER		4
#define UNIT		BIT(ORDER)
#define START		0x100000UL
#define TEXT_SIZE	4096

/* What a test works with. */
struct picture {
	struct reports reports;
	struct gen_pool *pool;
	char *text;		/* the picture, line by line */
};

static int genalloc_debugfs_init(struct kunit *test)
{
	return init_reports(test, sizeof(struct picture));
}

static struct picture *start(struct kunit *test, unsigned long units)
{
	struct picture *p = test->priv;

	p->pool = create_pool(test, ORDER);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(p->pool, START, units * UNIT,
					      NUMA_NO_NODE));
	return p;
}

static void draw(struct kunit *test)
{
	struct picture *p = test->priv;
	struct seq_file m = { .size = TEXT_SIZE };

	m.buf = kunit_kzalloc(test, TEXT_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	gen_pool_show_map(&m, p->pool);
	KUNIT_ASSERT_FALSE(test, seq_has_overflowed(&m));
	p->text = m.buf;
}

/* The next line begins with this address, and ends with that. */
static void expect_line(struct kunit *test, unsigned long addr, const char *end)
{
	struct picture *p = test->priv;
	char *line = strsep(&p->text, "\n");
	size_t len = strlen(line ?: "");
	char begin[24];

	KUNIT_ASSERT_NOT_NULL(test, line);
	snprintf(begin, sizeof(begin), "0x%0*lx", (int)(2 * sizeof(long)), addr);
	KUNIT_EXPECT_TRUE_MSG(test, strstarts(line, begin), "%s", line);
	KUNIT_ASSERT_GE(test, len, strlen(end));
	KUNIT_EXPECT_STREQ(test, line + len - strlen(end), end);
}

static void expect_end(struct kunit *test)
{
	struct picture *p = test->priv;

	KUNIT_EXPECT_STREQ(test, p->text, "");
}

/* 70 units, in two lines. */
static void debugfs_units_test(struct kunit *test)
{
	struct picture *p = start(test, 70);
	unsigned long addr = gen_pool_alloc(p->pool, UNIT);

	gen_pool_alloc(p->pool, 3 * UNIT);
	gen_pool_alloc(p->pool, UNIT);
	gen_pool_free(p->pool, addr, 0);
	draw(test);
	expect_line(test, START, ", 16 bytes a cell: . free [ begin = further");
	expect_line(test, START,
		    "  .[==[...........................................................");
	expect_line(test, START + 64 * UNIT, "  ......");
	expect_end(test);
}

/* 1,500 units, two in a cell, of which the last has but one line in part. */
static void debugfs_cells_test(struct kunit *test)
{
	struct picture *p = start(test, 1500);
	unsigned int line;

	gen_pool_alloc(p->pool, 131 * UNIT);
	draw(test);
	expect_line(test, START, ", 32 bytes a cell: . free + partly # full");
	expect_line(test, START,
		    "  ################################################################");
	expect_line(test, START + 128 * UNIT,
		    "  #+..............................................................");
	for (line = 2; line < 11; line++)
		expect_line(test, START + line * 128 * UNIT,
			    "  ................................................................");
	expect_line(test, START + 11 * 128 * UNIT,
		    "  ..............................................");
	expect_end(test);
}

/* The newest first; one has no unit, and no line. */
static void debugfs_chunks_test(struct kunit *test)
{
	struct picture *p = start(test, 2);

	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(p->pool, 2 * START, UNIT - 1,
					      NUMA_NO_NODE));
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(p->pool, 3 * START, 3 * UNIT,
					      NUMA_NO_NODE));
	gen_pool_alloc(p->pool, 2 * UNIT);
	draw(test);
	expect_line(test, 3 * START, "further");
	expect_line(test, 3 * START, "  [=.");
	expect_line(test, 2 * START, "further");
	expect_line(test, START, "further");
	expect_line(test, START, "  ..");
	expect_end(test);
}

/* ---- the list of pools ---- */

static DEFINE_GEN_POOL(variable, ORDER);
static DEFINE_GEN_POOL_STORAGE(storage, 2);

/* A variable is listed while it has chunks, and goes even with allocations. */
static void debugfs_variable_test(struct kunit *test)
{
	struct picture *p = test->priv;

	KUNIT_EXPECT_NULL(test, variable.pools.prev);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_static(&variable, START, -1, 2 * UNIT,
						     NULL, storage, sizeof(storage)));
	KUNIT_EXPECT_NOT_NULL(test, variable.pools.prev);
	gen_pool_alloc(&variable, UNIT);
	gen_pool_destroy(&variable);
	KUNIT_EXPECT_NULL(test, variable.pools.prev);
	p->reports.expected = 1;

	gen_pool_free_all(&variable);
	gen_pool_destroy(&variable);
	rcu_barrier();
}

/* ---- directories ---- */

static bool has_dir(const char *name)
{
	struct dentry *root = debugfs_lookup("genalloc", NULL);
	struct dentry *dir = debugfs_lookup(name, root);

	dput(dir);
	dput(root);
	return dir;
}

/* A work item is to make it, or to remove it. */
static void expect_dir(struct kunit *test, const char *name, bool there)
{
	unsigned int tries;

	for (tries = 0; tries < 1000 && has_dir(name) != there; tries++)
		msleep(20);
	KUNIT_EXPECT_EQ_MSG(test, has_dir(name), there, "%s", name);
}

/* The work item has taken the pool: it makes the directory before it removes any. */
static void wait_for_dir(struct kunit *test, const struct gen_pool *pool)
{
	unsigned int tries;

	for (tries = 0; tries < 1000 && !READ_ONCE(pool->dir); tries++)
		msleep(20);
	KUNIT_ASSERT_NOT_NULL(test, READ_ONCE(pool->dir));
}

/* Of pools of one name, the first has no number. */
static void debugfs_dirs_test(struct kunit *test)
{
	struct gen_pool *pools[3];
	char name[100];
	unsigned int i;

	if (!debugfs_initialized())
		kunit_skip(test, "there is no debugfs");
	for (i = 0; i < 3; i++) {
		pools[i] = gen_pool_create(ORDER, NUMA_NO_NODE);
		KUNIT_ASSERT_NOT_NULL(test, pools[i]);
	}
	snprintf(name, sizeof(name), "%ps", pools[0]->creator);
	name[strcspn(name, " ")] = '\0';
	/* Else the second of them may get the name when the first one goes. */
	wait_for_dir(test, pools[2]);
	expect_dir(test, name, true);
	gen_pool_destroy(pools[0]);
	expect_dir(test, name, false);

	/* Its name is free again; the others keep theirs. */
	pools[0] = gen_pool_create(ORDER, NUMA_NO_NODE);
	expect_dir(test, name, true);
	for (i = 0; i < 3; i++)
		gen_pool_destroy(pools[i]);
	expect_dir(test, name, false);
}

/* A pool that could not be destroyed is listed all the same. */
static void debugfs_leak_test(struct kunit *test)
{
	struct picture *p = start(test, 2);

	gen_pool_alloc(p->pool, UNIT);
	gen_pool_destroy(p->pool);
	KUNIT_EXPECT_NOT_NULL(test, p->pool->pools.prev);
	p->reports.expected = 1;
}

static struct kunit_case genalloc_debugfs_cases[] = {
	KUNIT_CASE(debugfs_units_test),
	KUNIT_CASE(debugfs_cells_test),
	KUNIT_CASE(debugfs_chunks_test),
	KUNIT_CASE(debugfs_variable_test),
	KUNIT_CASE(debugfs_leak_test),
	KUNIT_CASE(debugfs_dirs_test),
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_debugfs, "pools in debugfs",
		     .init = genalloc_debugfs_init, .exit = check_reports);
