// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each allocation of memory fails once: the kernel's suite in a process, and
 * the same calls before slab is up, when memory is allocated in pages, which
 * count one by one.
 */

#include "genalloc_fault_kunit.c"

static int before_slab(int (*call)(struct fault *f), struct fault *f)
{
	int err;

	shim_slab_is_up = false;
	err = call(f);
	shim_slab_is_up = true;
	gen_pool_memory_barrier();
	return err;
}

static int create_early(struct fault *f)
{
	return before_slab(call_create, f);
}

static int add_early(struct fault *f)
{
	return before_slab(call_add, f);
}

static int live_early(struct fault *f)
{
	return before_slab(call_live, f);
}

static void prepare_early_pool(struct kunit *test)
{
	make_pool(test, create_early, add_early);
}

static const struct scenario early_scenarios[] = {
	{ "create before slab", 1, 0, prepare_nothing, create_early,
	  whole_create, finish_pool },
	{ "add before slab", 1, 0, prepare_early_pool, add_early, whole_add,
	  finish_pool },
	{ "add to a pool from before slab", 1, 0, prepare_early_pool, call_add,
	  whole_add, finish_pool },
	{ "add before slab, to a pool in use", 1, 1, prepare_early_pool,
	  add_early, whole_add, finish_pool },
	{ "add before slab, the first of a row", 2, GEN_POOL_ROW_CHUNKS,
	  prepare_pool, add_early, whole_add, finish_pool },
	{ "a pool's whole life before slab", 4, 0, prepare_nothing, live_early,
	  whole_create, finish_pool },
};

KUNIT_ARRAY_PARAM_DESC(early, early_scenarios, desc);

static void no_warning(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, shim_nr_warnings, 0);
}

static struct kunit_case genalloc_fault_early_cases[] = {
	KUNIT_CASE_PARAM(genalloc_fault_test, early_gen_params),
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_fault_early, "pools without memory before slab",
		     .init = genalloc_fault_init, .exit = no_warning);
