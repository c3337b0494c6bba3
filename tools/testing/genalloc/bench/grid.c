// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grid that is measured.
 */

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sprintf.h>

#include "grid.h"

#define MAX_POINTS	1024
#define K		1024UL

static struct point points[MAX_POINTS];
static unsigned int nr_points;

static const unsigned long sizes[] = { 1 * K, 64 * K, 1024 * K, 16384 * K };
static const unsigned int fills[] = { 0, 50, 90, 99 };
static const unsigned int requests[] = { 1, 8, 64, 1024 };

static void add(struct point point)
{
	point.chunks = point.chunks ?: 1;
	point.threads = point.threads ?: 1;
	if (nr_points < MAX_POINTS)
		points[nr_points++] = point;
}

/* Is there something to free, and is something too long for the free units? */
static bool possible(unsigned long units, unsigned int fill, unsigned int nr)
{
	unsigned long slots = units / nr;
	unsigned long live = slots * fill / 100;

	return slots > 1 && (!fill || (live && live < slots));
}

static void add_fixed(unsigned long units, unsigned int fill, unsigned int nr,
		      enum algo algo)
{
	struct point point = {
		.units = units, .fill = fill, .live = nr, .request = nr,
		.algo = algo, .op = fill ? CHURN : PAIR,
	};

	if (!possible(units, fill, nr))
		return;
	add(point);
	if (!fill && algo == FIRST_FIT) {
		point.op = PAIR_NO_SIZE;
		add(point);
		point.op = ALLOC;
		add(point);
		point.op = FREE;
		add(point);
	}
}

static void add_sizes_and_fills(bool all)
{
	unsigned int i, f, r, algo;

	for (i = 0; i < ARRAY_SIZE(sizes) - !all; i++)
		for (f = 0; f < ARRAY_SIZE(fills); f++)
			for (algo = 0; algo <= BEST_FIT; algo++) {
				if (!all && algo && fills[f] != 90)
					continue;
				for (r = 0; r < ARRAY_SIZE(requests); r++)
					add_fixed(sizes[i], fills[f],
						  requests[r], algo);
				if (fills[f])
					add((struct point){
						.units = sizes[i],
						.fill = fills[f],
						.algo = algo, .op = CHURN });
			}
}

/* How the cost grows with the pool when there is little left. */
static void add_growth(void)
{
	struct point point = { .fill = 99, .live = 1, .request = 1, .op = PAIR };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		point.units = sizes[i];
		add(point);
	}
}

/* Allocations that there is no room for, in the pools that fill up slowly. */
static void add_failures(bool all)
{
	static const struct point failing[] = {
		{ .fill = 100, .live = 1, .request = 1 },
		{ .fill = 50, .live = 1, .request = 64 },
		{ .fill = 99, .live = 1, .request = 8 },
		{ .fill = 90, .live = MIXED, .request = 1024 },
		{ .fill = 99, .live = MIXED, .request = 1024 },
	};
	struct point point;
	unsigned int i, j;

	for (i = all ? 0 : 2; i < 3; i++)
		for (j = 0; j < ARRAY_SIZE(failing); j++) {
			point = failing[j];
			point.units = sizes[i];
			point.op = FAIL;
			add(point);
		}
}

static void add_chunks(bool all)
{
	static const unsigned int chunks[] = { 1, 16, 256 };
	static const enum op questions[] = { AVAIL, HAS_ADDR, TO_PHYS };
	struct point point = { .units = 64 * K, .live = 1, .request = 1 };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(chunks); i++) {
		point.chunks = chunks[i];
		point.fill = 0;
		point.op = PAIR;
		if (i)
			add(point);
		point.fill = 90;
		point.op = CHURN;
		if (i)
			add(point);
		for (j = 0; j < ARRAY_SIZE(questions); j++) {
			point.op = questions[j];
			add(point);
		}
	}

	point.chunks = 1;
	point.op = AVAIL;
	for (i = 0; i < ARRAY_SIZE(sizes) - !all; i++) {
		point.units = sizes[i];
		add(point);
	}
}

static void add_threads(void)
{
	struct point point = { .units = 64 * K, .request = 1, .op = RING };

	for (point.threads = 1; point.threads <= 2; point.threads++) {
		point.algo = FIRST_FIT;
		add(point);
		point.algo = PERCPU_FIT;
		add(point);
	}
}

const struct point *grid(bool all, unsigned int *nr)
{
	nr_points = 0;
	add_sizes_and_fills(all);
	if (!all)
		add_fixed(sizes[3], 99, 1, FIRST_FIT);
	add_growth();
	add_failures(all);
	add_chunks(all);
	add_threads();
	*nr = nr_points;
	return points;
}

static const char *algo_name(const struct point *point)
{
	static const char * const names[NR_ALGOS] = {
		[FIRST_FIT]	= "first-fit",
		[ORDER_ALIGN]	= "order-align",
		[ALIGN_256]	= "align-256",
		[BEST_FIT]	= "best-fit",
		[PERCPU_FIT]	= "percpu-fit",
	};

	return names[point->algo];
}

static const char *op_name(const struct point *point)
{
	static const char * const names[NR_OPS] = {
		[PAIR]		= "pair",
		[PAIR_NO_SIZE]	= "pair-no-size",
		[PAIR_IN_OLDEST] = "pair-in-oldest",
		[CHURN]		= "churn",
		[ALLOC]		= "alloc",
		[FREE]		= "free",
		[FAIL]		= "fail",
		[AVAIL]		= "avail",
		[HAS_ADDR]	= "has-addr",
		[TO_PHYS]	= "virt-to-phys",
		[RING]		= "ring",
		[FAIL_ANEW]	= "fail-anew",
	};
	static char name[64];
	size_t len = scnprintf(name, sizeof(name), "%s", names[point->op]);

	if ((point->op == FAIL || point->op == FAIL_ANEW) && point->fill < 100)
		len += scnprintf(name + len, sizeof(name) - len, "-in-%u",
				 point->live);
	if (point->run)
		len += scnprintf(name + len, sizeof(name) - len, "-runs-of-%u%s",
				 point->run, point->tail ? "-room-at-end" : "");
	if (point->chunks > 1)
		scnprintf(name + len, sizeof(name) - len, "-%u-chunks",
			  point->chunks);
	return name;
}

const char *describe(const struct point *point)
{
	static char text[128];
	char request[16] = "mixed";

	if (point->request)
		scnprintf(request, sizeof(request), "%u", point->request);
	scnprintf(text, sizeof(text), "%lu,%u,%s,%s,%u,%s", point->units,
		  point->fill, request, algo_name(point), point->threads,
		  op_name(point));
	return text;
}

bool to_be_aged(const struct point *point)
{
	return point->fill && (point->op == CHURN || point->op == PAIR);
}

u64 floor_ns(unsigned long nr)
{
	static unsigned long word;
	unsigned long old, i;
	u64 begin = ktime_get_ns();

	for (i = 0; i < nr; i++) {
		old = 0;
		try_cmpxchg_acquire(&word, &old, 1);
		old = 1;
		try_cmpxchg_release(&word, &old, 0);
	}
	return ktime_get_ns() - begin;
}
