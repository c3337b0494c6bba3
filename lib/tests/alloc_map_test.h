/* SPDX-License-Identifier: GPL-2.0-only */
/* What the KUnit suites of alloc_map and genalloc share. */

#ifndef _ALLOC_MAP_TEST_H
#define _ALLOC_MAP_TEST_H

#include <kunit/test.h>

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/sched.h>

/*
 * The end of a suite's file; the cases are in @suite_cases.  MODULE_IMPORT_NS()
 * takes a string in one version of the kernel and none in another.
 */
#define ALLOC_MAP_TEST_SUITE(suite, what, functions...)			\
	static struct kunit_suite suite##_suite = {			\
		.name = #suite,						\
		.test_cases = suite##_cases,				\
		functions						\
	};								\
	kunit_test_suite(suite##_suite);				\
	MODULE_INFO(import_ns, "EXPORTED_FOR_KUNIT_TESTING");		\
	MODULE_DESCRIPTION("KUnit tests of " what);			\
	MODULE_LICENSE("GPL")

/* Random numbers, the same in every run. */
static inline unsigned long below(struct rnd_state *rnd, unsigned long limit)
{
	return prandom_u32_state(rnd) % limit;
}

/* ---- threads ---- */

#define MAX_THREADS	8U

/**
 * struct crew - threads on all CPUs
 * @fn: what each does, with an element of an array
 * @go: all are there
 * @done: one is done
 * @stop: they are to end soon
 * @nr: how many they are
 * @hands: the threads
 */
struct crew {
	void (*fn)(struct crew *crew, void *data);
	struct completion go;
	struct completion done;
	bool stop;
	unsigned int nr;
	struct hand {
		struct crew *crew;
		struct task_struct *task;
		void *data;
	} hands[MAX_THREADS];
};

/* At least @least, else nothing collides; on all CPUs if there are not too many. */
static inline unsigned int crew_size(unsigned int least)
{
	return clamp(num_online_cpus(), least, MAX_THREADS);
}

static inline int crew_thread(void *data)
{
	struct hand *h = data;

	wait_for_completion(&h->crew->go);
	if (!READ_ONCE(h->crew->stop))
		h->crew->fn(h->crew, h->data);
	complete(&h->crew->done);
	/* So that none is gone before it is stopped. */
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static inline void crew_stop(void *data)
{
	struct crew *crew = data;

	WRITE_ONCE(crew->stop, true);
	complete_all(&crew->go);
	while (crew->nr)
		kthread_stop(crew->hands[--crew->nr].task);
}

/* @nr threads, with the elements of an array; they end with the test, at last. */
static inline struct crew *crew_start(struct kunit *test, unsigned int nr,
				      void (*fn)(struct crew *crew, void *data),
				      void *array, size_t size)
{
	struct crew *crew = kunit_kzalloc(test, sizeof(*crew), GFP_KERNEL);
	unsigned int cpu = cpumask_first(cpu_online_mask);
	struct hand *h;

	KUNIT_ASSERT_NOT_NULL(test, crew);
	crew->fn = fn;
	init_completion(&crew->go);
	init_completion(&crew->done);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, crew_stop, crew));
	while (crew->nr < nr) {
		h = &crew->hands[crew->nr];
		h->crew = crew;
		h->data = array + crew->nr * size;
		h->task = kthread_run_on_cpu(crew_thread, h, cpu, "crew/%u");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, h->task);
		crew->nr++;
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
	}
	complete_all(&crew->go);
	return crew;
}

/* Until all are done. */
static inline void crew_wait(struct kunit *test, struct crew *crew)
{
	unsigned int i;

	for (i = 0; i < crew->nr; i++)
		wait_for_completion(&crew->done);
	kunit_release_action(test, crew_stop, crew);
}

#endif /* _ALLOC_MAP_TEST_H */
