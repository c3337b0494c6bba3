// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each allocation of memory that a call makes fails once: the call must say
 * so, change nothing, leak nothing, and work the next time.
 *
 * Before slab is up, memory is allocated in pages, which count one by one.
 */

#include <stdio.h>

#include <linux/device.h>
#include <linux/err.h>
#include <linux/genalloc.h>

#define ORDER	5
#define BASE	0x10000UL
#define SIZE	0x1000UL
/* The map of so much takes several pages. */
#define LARGE	0x1000000UL

/**
 * struct scenario - a call that allocates memory
 * @name: the call in words
 * @prepare: makes what the call needs
 * @call: calls it.  Returns 0 or the errno that it has for "no memory"
 * @whole: nothing of a call that failed is left
 * @finish: undoes @prepare and @call
 */
struct scenario {
	const char *name;
	bool (*prepare)(void);
	int (*call)(void);
	bool (*whole)(void);
	void (*finish)(void);
};

static struct gen_pool *pool;
static struct device dev;

static bool prepare_nothing(void)
{
	pool = NULL;
	return true;
}

static int call_create(void)
{
	pool = gen_pool_create(ORDER, NUMA_NO_NODE);
	return pool ? 0 : -ENOMEM;
}

static bool whole_create(void)
{
	return true;
}

static void finish_pool(void)
{
	if (pool)
		gen_pool_destroy(pool);
}

static bool prepare_pool(void)
{
	return call_create() == 0;
}

static int call_add(void)
{
	return gen_pool_add(pool, BASE, SIZE, NUMA_NO_NODE);
}

static bool whole_add(void)
{
	return gen_pool_size(pool) == 0 && gen_pool_avail(pool) == 0 &&
	       !gen_pool_has_addr(pool, BASE, 1) && !gen_pool_alloc(pool, 1);
}

/* One more to a pool that is in use. */
static bool prepare_used_pool(void)
{
	return prepare_pool() && call_add() == 0 &&
	       gen_pool_alloc(pool, SIZE) == BASE;
}

static int call_add_second(void)
{
	return gen_pool_add_owner(pool, BASE + SIZE, -1, SIZE, NUMA_NO_NODE,
				  &dev);
}

static bool whole_add_second(void)
{
	return gen_pool_size(pool) == SIZE && gen_pool_avail(pool) == 0 &&
	       !gen_pool_has_addr(pool, BASE + SIZE, 1) &&
	       gen_pool_alloc_size(pool, BASE) == SIZE;
}

static void finish_used_pool(void)
{
	gen_pool_free(pool, BASE, SIZE);
	finish_pool();
}

/* Another chunk needs another row. */
static bool prepare_full_row(void)
{
	unsigned long i;
	bool ok = prepare_pool();

	for (i = 1; ok && i <= GEN_POOL_ROW_CHUNKS; i++)
		ok = !gen_pool_add(pool, BASE + i * SIZE, SIZE, NUMA_NO_NODE);
	return ok;
}

static bool whole_row(void)
{
	return gen_pool_size(pool) == GEN_POOL_ROW_CHUNKS * SIZE &&
	       gen_pool_avail(pool) == gen_pool_size(pool) &&
	       !gen_pool_has_addr(pool, BASE, 1);
}

/* The same before slab is up, which it is again when that is over. */
static int before_slab(int (*call)(void))
{
	int err;

	shim_slab_is_up = false;
	err = call();
	shim_slab_is_up = true;
	return err;
}

static int call_create_early(void)
{
	return before_slab(call_create);
}

static bool prepare_early_pool(void)
{
	return call_create_early() == 0;
}

static int call_add_early(void)
{
	return before_slab(call_add);
}

static int call_add_second_early(void)
{
	return before_slab(call_add_second);
}

/* A chunk of each kind, and its memory is allocated. */
static bool prepare_used_early_pool(void)
{
	return prepare_early_pool() && call_add_early() == 0 &&
	       gen_pool_alloc(pool, SIZE) == BASE;
}

/* From the beginning to the end. */
static int live(void)
{
	int err = call_create();

	if (err)
		return err;
	err = call_add() ?: gen_pool_add(pool, BASE + 2 * SIZE, LARGE, NUMA_NO_NODE) ?:
	      call_add_second();
	if (!err && gen_pool_alloc(pool, SIZE) != BASE + SIZE)
		err = -EINVAL;
	gen_pool_free_all(pool);
	if (!err)
		err = gen_pool_remove(pool, BASE);
	gen_pool_destroy(pool);
	pool = NULL;
	return err;
}

static int call_live_early(void)
{
	return before_slab(live);
}

static bool prepare_device(void)
{
	shim_device_init(&dev, "test");
	return true;
}

static int call_devm(void)
{
	return PTR_ERR_OR_ZERO(devm_gen_pool_create(&dev, ORDER, NUMA_NO_NODE,
						    NULL));
}

static int call_devm_name(void)
{
	return PTR_ERR_OR_ZERO(devm_gen_pool_create(&dev, ORDER, NUMA_NO_NODE,
						    "ram"));
}

static bool whole_devm(void)
{
	return list_empty(&dev.resources) && !gen_pool_get(&dev, NULL) &&
	       !gen_pool_get(&dev, "ram");
}

static void finish_device(void)
{
	shim_device_remove(&dev);
}

static const struct scenario scenarios[] = {
	{ "gen_pool_create()", prepare_nothing, call_create, whole_create,
	  finish_pool },
	{ "gen_pool_add()", prepare_pool, call_add, whole_add, finish_pool },
	{ "gen_pool_add_owner() to a pool in use", prepare_used_pool,
	  call_add_second, whole_add_second, finish_used_pool },
	{ "gen_pool_add() behind a full row", prepare_full_row, call_add,
	  whole_row, finish_pool },
	{ "a pool's whole life", prepare_nothing, live, whole_create,
	  finish_pool },
	{ "gen_pool_create() before slab", prepare_nothing, call_create_early,
	  whole_create, finish_pool },
	{ "gen_pool_add() before slab", prepare_early_pool, call_add_early,
	  whole_add, finish_pool },
	{ "gen_pool_add() to a pool from before slab", prepare_early_pool,
	  call_add, whole_add, finish_pool },
	{ "gen_pool_add_owner() before slab, to a pool in use",
	  prepare_used_early_pool, call_add_second_early, whole_add_second,
	  finish_used_pool },
	{ "gen_pool_add() before slab, behind a full row", prepare_full_row,
	  call_add_early, whole_row, finish_pool },
	{ "a pool's whole life before slab", prepare_nothing, call_live_early,
	  whole_create, finish_pool },
	{ "devm_gen_pool_create() without a name", prepare_device, call_devm,
	  whole_devm, finish_device },
	{ "devm_gen_pool_create()", prepare_device, call_devm_name, whole_devm,
	  finish_device },
};

static bool check(bool ok, const struct scenario *s, unsigned long nth,
		  const char *what)
{
	if (!ok)
		printf("%s, allocation %lu fails: %s\n", s->name, nth, what);
	return ok;
}

static unsigned long count_allocs(const struct scenario *s)
{
	unsigned long nr;

	if (!s->prepare())
		shim_die("%s: cannot prepare it", s->name);
	nr = shim_nr_asked;
	if (s->call())
		shim_die("%s: fails by itself", s->name);
	nr = shim_nr_asked - nr;
	s->finish();
	return nr;
}

static bool fail_nth(const struct scenario *s, unsigned long nth)
{
	unsigned long warnings = shim_nr_warnings;
	long nr_live;
	bool ok = true;
	int err;

	if (!s->prepare())
		shim_die("%s: cannot prepare it", s->name);
	rcu_barrier();
	nr_live = shim_nr_live;

	shim_fail_alloc(nth);
	err = s->call();
	shim_fail_alloc(0);
	rcu_barrier();

	ok &= check(err == -ENOMEM, s, nth, "it does not return -ENOMEM");
	ok &= check(shim_nr_live == nr_live, s, nth, "memory is leaked");
	ok &= check(s->whole(), s, nth, "something is left of it");
	ok &= check(s->call() == 0, s, nth, "it does not work the next time");
	ok &= check(shim_nr_warnings == warnings, s, nth, "it warns");
	s->finish();
	rcu_barrier();
	ok &= check(shim_nr_live == 0, s, nth, "not all is given back");
	return ok;
}

int main(void)
{
	unsigned int passed = 0, failed = 0, i;
	unsigned long nth, nr;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++) {
		nr = count_allocs(&scenarios[i]);
		printf("%s allocates %lu times\n", scenarios[i].name, nr);
		if (!nr)
			failed++;
		for (nth = 1; nth <= nr; nth++) {
			if (fail_nth(&scenarios[i], nth))
				passed++;
			else
				failed++;
		}
	}
	if (!shim_all_gone())
		failed++;
	printf("%u passed, %u failed\n", passed, failed);
	return !!failed;
}
