// SPDX-License-Identifier: GPL-2.0-only
/*
 * main short|all [PATTERN]: the same load on both implementations in turn, at
 * each point of the grid; or at those that the PATTERN of a shell matches, as
 * "65536,90,*,first-fit,*".
 *
 * Runs alternate, so that what the machine does beside hits both; the median of
 * several runs is what counts.  Prints a line of CSV for each point.
 */

#include <linux/kernel.h>
#include <linux/ktime.h>

#include <fnmatch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grid.h"

extern const struct impl ours, mainline;

#define NR_RUNS		9
#define MS		1000000ULL

/* How long a run of mainline takes, and how long a pool is aged before. */
static u64 run_ns = 2 * MS, age_ns = 100 * MS;
static unsigned long max_age = 100000;

/* ---- threads ---- */

struct task {
	pthread_t thread;
	const struct impl *impl;
	struct load *load;
	unsigned int number;
	unsigned long nr;
	unsigned int *missing;
	u64 ns, begin, end;
};

static u64 wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 * MS + now.tv_nsec;
}

static void *run_task(void *data)
{
	struct task *task = data;

	/* A thread that slept could wake up when the others are through. */
	__atomic_sub_fetch(task->missing, 1, __ATOMIC_RELAXED);
	while (__atomic_load_n(task->missing, __ATOMIC_RELAXED))
		cpu_relax();

	task->begin = wall_ns();
	task->ns = task->impl->run(task->load, task->number, task->nr);
	task->end = wall_ns();
	return NULL;
}

/* On the nth of the CPUs that this process may use, if there are so many. */
static void start_task(struct task *task, unsigned int n)
{
	cpu_set_t may, set;
	pthread_attr_t attr;
	unsigned int cpu;

	sched_getaffinity(0, sizeof(may), &may);
	n %= CPU_COUNT(&may);
	for (cpu = 0; n || !CPU_ISSET(cpu, &may); cpu++)
		n -= !!CPU_ISSET(cpu, &may);
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);

	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	if (pthread_create(&task->thread, &attr, run_task, task))
		abort();
	pthread_attr_destroy(&attr);
}

/* Nanoseconds for @nr operations, which the threads share. */
static u64 try_threads(const struct impl *impl, struct load *load,
		       unsigned int threads, unsigned long nr, bool *disturbed)
{
	u64 first = U64_MAX, ns = 0;
	struct task tasks[threads];
	unsigned int i, missing = threads;

	for (i = 0; i < threads; i++) {
		tasks[i] = (struct task){ .impl = impl, .load = load,
			.number = i, .nr = nr / threads, .missing = &missing };
		start_task(&tasks[i], i);
	}
	for (i = 0; i < threads; i++) {
		pthread_join(tasks[i].thread, NULL);
		first = min(first, tasks[i].begin);
		ns = max(ns, tasks[i].ns);
	}
	for (i = 0, *disturbed = false; i < threads; i++)
		*disturbed |= tasks[i].end - first > tasks[i].ns + ns / 8;
	return ns;
}

/*
 * Threads are in each other's way only while all of them run: on a busy machine,
 * try until none has come late or lost its CPU.
 */
static u64 run_threads(const struct impl *impl, struct load *load,
		       unsigned int threads, unsigned long nr)
{
	unsigned int tries = 20;
	bool disturbed;
	u64 ns;

	do {
		ns = try_threads(impl, load, threads, nr, &disturbed);
	} while (disturbed && --tries);
	return ns;
}

static u64 run_impl(const struct impl *impl, struct load *load,
		    const struct point *point, unsigned long nr)
{
	if (point->op == RING)
		return run_threads(impl, load, point->threads, nr);
	return impl->run(load, 0, nr);
}

/* ---- one point ---- */

struct result {
	double ours, mainline, floor;
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, NR_RUNS, sizeof(*values), compare);
	return values[NR_RUNS / 2];
}

static u64 run_or_age(const struct impl *impl, struct load *load,
		      const struct point *point, unsigned long nr, bool age)
{
	return age ? impl->age(load, nr) : run_impl(impl, load, point, nr);
}

/*
 * In steps, as many operations of both as take mainline @ns, at most @limit:
 * both are in the same state then.  It is not waited for ours if they take very
 * much longer.  Returns how many.
 */
static unsigned long warm_up(const struct point *point, struct load *our_load,
			     struct load *their_load, bool age, u64 ns,
			     unsigned long limit)
{
	unsigned long nr = 0, step = 16;
	u64 o = 0, m = 0;

	while (nr < limit && m < ns && o < 100 * ns) {
		step = min(step, limit - nr);
		o += run_or_age(&ours, our_load, point, step, age);
		m += run_or_age(&mainline, their_load, point, step, age);
		nr += step;
		step = nr;
	}
	return nr;
}

static void measure(const struct point *point, struct load *our_load,
		    struct load *their_load, struct result *result)
{
	double o[NR_RUNS], m[NR_RUNS], f[NR_RUNS];
	unsigned long nr;
	int i;

	if (to_be_aged(point))
		warm_up(point, our_load, their_load, true, age_ns, max_age);
	nr = warm_up(point, our_load, their_load, false, run_ns, 1000000);

	for (i = 0; i < NR_RUNS; i++) {
		o[i] = (double)run_impl(&ours, our_load, point, nr) / nr;
		m[i] = (double)run_impl(&mainline, their_load, point, nr) / nr;
		f[i] = floor_ns(100000) / 100000.0;
	}
	*result = (struct result){ median(o), median(m), median(f) };
}

static void print_point(const struct point *point, const struct result *result)
{
	printf("user,%s,%.1f,%.1f,%.1f,%.2f\n", describe(point), result->ours,
	       result->mainline, result->floor, result->mainline / result->ours);
	fflush(stdout);
}

/* Returns false if the two did not allocate at the same places. */
static bool run_point(const struct point *point)
{
	struct load *our_load = ours.start(point);
	struct load *their_load = mainline.start(point);
	bool same = !our_load == !their_load;
	struct result result;

	if (our_load && their_load) {
		measure(point, our_load, their_load, &result);
		print_point(point, &result);
		same = ours.trace(our_load) == mainline.trace(their_load);
	}
	if (our_load)
		ours.stop(our_load);
	if (their_load)
		mainline.stop(their_load);
	return same;
}

static void show_progress(unsigned int done, unsigned int nr,
			  const struct point *point)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K%u of %u: %s", done, nr,
			describe(point));
}

int main(int argc, char **argv)
{
	bool all = argc > 1 && !strcmp(argv[1], "all");
	const char *pattern = argc > 2 ? argv[2] : "*";
	const struct point *points;
	unsigned int nr, i, bad = 0;

	if (all) {
		run_ns = 10 * MS;
		age_ns = 3000 * MS;
		max_age = 1000000;
	}
	points = grid(all, &nr);
	printf("where,units,fill,request,algo,threads,op,ours_ns,mainline_ns,floor_ns,ratio\n");
	for (i = 0; i < nr; i++) {
		if (fnmatch(pattern, describe(&points[i]), 0))
			continue;
		show_progress(i, nr, &points[i]);
		if (run_point(&points[i]))
			continue;
		bad++;
		fprintf(stderr, "\nother addresses: %s\n",
			describe(&points[i]));
	}
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	return bad != 0;
}
