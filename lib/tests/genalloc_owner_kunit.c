// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the records of owners.
 */

#include <kunit/static_stub.h>
#include <kunit/test.h>

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/kconfig.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/sprintf.h>
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/types.h>

#include "genalloc_test.h"

#define ORDER		4
#define UNIT		BIT(ORDER)
#define START		0x100000UL
#define UNITS		100UL

/* What a test works with. */
struct owner {
	struct reports reports;
	struct gen_pool *pool;	/* its pool, of one chunk */
	struct gen_pool_chunk *chunk;
	struct gen_pool_call call; /* the last that was looked up */
	bool before;		/* owners were recorded before the test, too */
	struct timer_list timer; /* allocates */
	struct completion done;
};

static void stop_owners(void *data)
{
	struct owner *o = data;

	gen_pool_watch_owners(o->before);
}

static void note_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		       void *data)
{
	struct owner *o = data;

	o->chunk = chunk;
}

static struct owner *start_owners(struct kunit *test)
{
	struct owner *o = test->priv;

	o->before = gen_pool_watch_owners(true);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, stop_owners, o));
	o->pool = create_pool(test, ORDER);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(o->pool, START, UNITS * UNIT,
					      NUMA_NO_NODE));
	gen_pool_for_each_chunk(o->pool, note_chunk, o);
	return o;
}

static bool owner_of(struct owner *o, unsigned long unit)
{
	return gen_pool_owner_of(o->chunk, unit, &o->call);
}

static unsigned long freed(struct owner *o, unsigned long unit)
{
	return gen_pool_owner_freed(o->chunk, unit, &o->call);
}

/* The last call was made by this task. */
static void expect_self(struct kunit *test, unsigned int nr)
{
	struct owner *o = test->priv;

	KUNIT_EXPECT_EQ(test, o->call.pid, current->pid);
	KUNIT_EXPECT_STREQ(test, o->call.comm, current->comm);
	KUNIT_EXPECT_EQ(test, o->call.nr, nr);
}

/*
 * The stack begins with the function, which has a dot before its name in the
 * first ABI of powerpc; UML has no stack.
 */
static void expect_stack(struct kunit *test, const char *function)
{
	struct owner *o = test->priv;
	char name[100];
	unsigned long *stack, entry;
	unsigned int nr = stack_depot_fetch(o->call.stack, &stack);

	if (!stack_trace_save(&entry, 1, 0))
		return;
	KUNIT_ASSERT_GT(test, nr, 0);
	if (!IS_ENABLED(CONFIG_KALLSYMS))
		return;
	snprintf(name, sizeof(name), "%ps", (void *)stack[0]);
	KUNIT_EXPECT_TRUE_MSG(test, strstr(name, function),
			      "%s in place of %s", name, function);
}

static noinline void owner_alloc_test(struct kunit *test)
{
	struct owner *o = start_owners(test);

	KUNIT_EXPECT_FALSE(test, owner_of(o, 0));
	gen_pool_alloc(o->pool, 3 * UNIT);
	KUNIT_ASSERT_TRUE(test, owner_of(o, 0));
	expect_self(test, 3);
	expect_stack(test, __func__);
	gen_pool_dma_alloc(o->pool, UNIT, NULL);
	KUNIT_ASSERT_TRUE(test, owner_of(o, 3));
	expect_self(test, 1);
	expect_stack(test, __func__);
	KUNIT_EXPECT_FALSE(test, owner_of(o, 4));

	KUNIT_EXPECT_EQ(test, 0, gen_pool_reserve(o->pool, START + 9 * UNIT,
						  2 * UNIT));
	KUNIT_ASSERT_TRUE(test, owner_of(o, 9));
	expect_self(test, 2);
	expect_stack(test, __func__);
}

static noinline void owner_free_test(struct kunit *test)
{
	struct owner *o = start_owners(test);
	unsigned long a, b;

	gen_pool_alloc(o->pool, 2 * UNIT);
	a = gen_pool_alloc(o->pool, 3 * UNIT);
	b = gen_pool_alloc(o->pool, UNIT);
	KUNIT_EXPECT_EQ(test, freed(o, 3), UNITS);
	gen_pool_free(o->pool, a, 0);
	KUNIT_EXPECT_EQ(test, freed(o, 2), 2);
	expect_self(test, 3);
	expect_stack(test, __func__);
	KUNIT_EXPECT_EQ(test, freed(o, 4), 2);
	KUNIT_EXPECT_EQ(test, freed(o, 1), UNITS);
	KUNIT_EXPECT_EQ(test, freed(o, 5), UNITS);
	KUNIT_EXPECT_FALSE(test, owner_of(o, 2));

	/* The last of several. */
	a = gen_pool_alloc(o->pool, UNIT);
	KUNIT_EXPECT_TRUE(test, owner_of(o, 2));
	gen_pool_free(o->pool, a, 0);
	gen_pool_free(o->pool, b, 0);
	KUNIT_EXPECT_EQ(test, freed(o, 2), 2);
	expect_self(test, 1);
	KUNIT_EXPECT_EQ(test, freed(o, 3), UNITS);
	KUNIT_EXPECT_EQ(test, freed(o, 5), 5);
}

/* A wrong free leaves no trace, and its report may tell of all that is known. */
static void owner_refused_test(struct kunit *test)
{
	struct owner *o = start_owners(test);
	unsigned long addr = gen_pool_alloc(o->pool, 3 * UNIT);

	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			gen_pool_free_owner(o->pool, addr, UNIT, NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			gen_pool_free_owner(o->pool, addr + UNIT, 0, NULL));
	KUNIT_EXPECT_EQ(test, freed(o, 0), UNITS);
	KUNIT_EXPECT_TRUE(test, owner_of(o, 0));
	o->reports.expected = 1;
}

static void owner_split_test(struct kunit *test)
{
	struct owner *o = start_owners(test);
	unsigned long addr;

	/* The owner of a piece is no earlier one of the same memory. */
	for (addr = START; addr < START + 3 * UNIT; addr += UNIT)
		KUNIT_ASSERT_EQ(test, gen_pool_alloc(o->pool, UNIT), addr);
	gen_pool_free_all(o->pool);
	addr = gen_pool_alloc(o->pool, 5 * UNIT);

	gen_pool_alloc(o->pool, 2 * UNIT);
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(o->pool, addr, 2 * UNIT));
	KUNIT_EXPECT_TRUE(test, owner_of(o, 0));
	KUNIT_EXPECT_TRUE(test, owner_of(o, 2));
	KUNIT_EXPECT_TRUE(test, owner_of(o, 4));
	expect_self(test, 5);
	KUNIT_EXPECT_FALSE(test, owner_of(o, 1));
	KUNIT_EXPECT_FALSE(test, owner_of(o, 6));
}

/* A piece that is larger than the allocation by far: one piece. */
static void owner_split_huge_test(struct kunit *test)
{
	struct owner *o = start_owners(test);
	struct gen_pool *pool = create_pool(test, 0);

	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(pool, START, UNITS, NUMA_NO_NODE));
	gen_pool_for_each_chunk(pool, note_chunk, o);
	KUNIT_ASSERT_EQ(test, gen_pool_alloc(pool, 3), START);
	KUNIT_ASSERT_EQ(test, gen_pool_alloc(pool, 5), START + 3);
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(pool, START + 3, SIZE_MAX - 1));
	/* 3 + (SIZE_MAX - 1) is 1. */
	KUNIT_EXPECT_FALSE(test, owner_of(o, 1));
	KUNIT_EXPECT_TRUE(test, owner_of(o, 3));
	expect_self(test, 5);
}

/* A depot that is full, or an NMI that found its lock taken. */
static depot_stack_handle_t no_stack(unsigned long caller)
{
	return 0;
}

static void owner_no_stack_test(struct kunit *test)
{
	struct owner *o = start_owners(test);
	unsigned long addr;

	kunit_activate_static_stub(test, gen_pool_save_stack, no_stack);
	addr = gen_pool_alloc(o->pool, UNIT);
	KUNIT_ASSERT_TRUE(test, owner_of(o, 0));
	KUNIT_EXPECT_EQ(test, o->call.stack, 0);
	expect_self(test, 1);
	gen_pool_free(o->pool, addr, 0);
	KUNIT_EXPECT_EQ(test, freed(o, 0), 0);
	/* The report has nothing but the tasks. */
	gen_pool_free(o->pool, addr, 0);
	o->reports.expected = 1;
}

static void alloc_in_timer(struct timer_list *timer)
{
	struct owner *o = container_of(timer, struct owner, timer);

	gen_pool_alloc(o->pool, UNIT);
	complete(&o->done);
}

static void owner_interrupt_test(struct kunit *test)
{
	struct owner *o = start_owners(test);

	init_completion(&o->done);
	timer_setup(&o->timer, alloc_in_timer, 0);
	mod_timer(&o->timer, jiffies + 1);
	wait_for_completion(&o->done);
	timer_delete_sync(&o->timer);
	KUNIT_ASSERT_TRUE(test, owner_of(o, 0));
	KUNIT_EXPECT_EQ(test, o->call.pid, 0);
	KUNIT_EXPECT_STREQ(test, o->call.comm, "(interrupt)");
}

static int alloc_in_task(void *data)
{
	struct owner *o = data;

	gen_pool_alloc(o->pool, UNIT);
	complete(&o->done);
	return 0;
}

/* The name that a task has given itself makes no line, nor the end of one. */
static void owner_show_test(struct kunit *test)
{
	struct owner *o = start_owners(test);
	struct seq_file m = { .size = PAGE_SIZE };
	struct task_struct *task;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	init_completion(&o->done);
	task = kthread_create(alloc_in_task, o, "a\n0x1\033");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&o->done);
	kthread_stop_put(task);

	gen_pool_owner_show(&m, o->chunk, 0);
	KUNIT_ASSERT_FALSE(test, seq_has_overflowed(&m));
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(m.buf, " a\\n0x1\\e"), "%s", m.buf);
}

/* Memory that was added before has no records, and works. */
static void owner_unknown_test(struct kunit *test)
{
	struct owner *o = start_owners(test);
	unsigned long addr;

	gen_pool_watch_owners(false);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_remove(o->pool, START));
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add(o->pool, START, UNITS * UNIT,
					      NUMA_NO_NODE));
	gen_pool_for_each_chunk(o->pool, note_chunk, o);
	gen_pool_watch_owners(true);

	addr = gen_pool_alloc(o->pool, 2 * UNIT);
	KUNIT_EXPECT_FALSE(test, owner_of(o, 0));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(o->pool, addr, UNIT));
	gen_pool_free(o->pool, addr, 0);
	KUNIT_EXPECT_EQ(test, freed(o, 0), UNITS);
	gen_pool_free(o->pool, addr, 0);
	o->reports.expected = 1;
}

static int genalloc_owner_init(struct kunit *test)
{
	return init_reports(test, sizeof(struct owner));
}

static struct kunit_case genalloc_owner_cases[] = {
	KUNIT_CASE(owner_alloc_test),
	KUNIT_CASE(owner_free_test),
	KUNIT_CASE(owner_refused_test),
	KUNIT_CASE(owner_split_test),
	KUNIT_CASE(owner_split_huge_test),
	KUNIT_CASE(owner_no_stack_test),
	KUNIT_CASE(owner_interrupt_test),
	KUNIT_CASE(owner_show_test),
	KUNIT_CASE(owner_unknown_test),
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_owner, "owners of allocations",
		     .init = genalloc_owner_init, .exit = check_reports);
