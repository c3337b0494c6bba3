// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions instead of time: the same load on both implementations, to be
 * run under valgrind --tool=callgrind, which counts them by function.  The
 * figures are the same in every run.  They include the loop around the calls.
 */

#include <linux/kernel.h>
#include <linux/sprintf.h>

#include <stdlib.h>
#include <time.h>
#include <valgrind/callgrind.h>

#include "grid.h"

extern const struct impl ours, mainline;

#define K	1024UL
#define M	(K * K)

/**
 * struct row - a row of the table
 * @point: the load
 * @aim: the most instructions that an operation of ours should execute
 * @nr: operations to count, after as many that warm up; 0: 512
 */
static const struct row {
	struct point point;
	unsigned int aim;
	unsigned long nr;
} rows[] = {
	{ { 1 * K, .request = 1 }, 200 },
	{ { 1 * K, .request = 8 }, 200 },
	{ { 1 * K, .request = 64 }, 350 },
	{ { 64 * K, .request = 1 }, 293 },
	{ { 64 * K, .request = 8 }, 293 },
	{ { 64 * K, .request = 64 }, 420 },
	{ { 1 * K, .request = 1, .algo = BEST_FIT }, 521 },
	{ { 1 * K, .request = 1, .op = HAS_ADDR }, 30 },
	{ { 1 * K, .request = 1, .op = TO_PHYS }, 30 },
	{ { 1 * K, .request = 1, .op = AVAIL }, 150 },
	{ { 1 * K, 1, 100, 1, 1, .op = FAIL }, 120 },
	{ { 64 * K, 1, 100, 1, 1, .op = FAIL }, 120 },
	{ { 4 * K, 16, 100, 1, 1, .op = PAIR_IN_OLDEST }, 350 },
	{ { 64 * K, 256, 100, 1, 1, .op = PAIR_IN_OLDEST }, 1200 },
	{ { 64 * K, 256, 90, 1, 1, .op = CHURN }, 900, 2048 },
	{ { 64 * K, 1, 90, 1, 1, .op = CHURN }, 900, 7168 },
	{ { 64 * K, 1, 90, 8, 8, .op = CHURN }, 900, 7168 },
	/*
	 * Searches that hints help little; the aim is to be no slower, and ten
	 * times as fast where nothing was freed since one in vain.
	 */
	{ { M, 1, 100, 56, 201, 200, .op = FAIL }, 360511, 16 },
	{ { M, 1, 100, 57, 200, 199, 256 }, 360724, 16 },
	{ { M, 1, 100, 1, 4001, 4000, .op = FAIL_ANEW }, 145823, 16 },
	{ { M, 1, 100, 1, 4001, 4000, .op = FAIL }, 14582, 16 },
	{ { M, 1, 30, MIXED, 1000, .op = FAIL_ANEW }, 917692, 16 },
	{ { M, 1, 30, MIXED, 1000, .op = FAIL }, 91769, 16 },
	{ { M, 1, 100, 1, 1, 255, .algo = ALIGN_256, .op = FAIL_ANEW }, 233577, 16 },
	{ { M, 1, 100, 1, 1, 255, .algo = ALIGN_256, .op = FAIL }, 23358, 16 },
	{ { M, 1, 100, 1, 1, M / 2, .algo = BEST_FIT }, 131590, 16 },
	{ { M, 1, 100, 1, 130, 129, 300, .algo = BEST_FIT }, 583088, 16 },
};

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

/* The load reads the clock before and after each batch of operations. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	CALLGRIND_TOGGLE_COLLECT;
	*now = (struct timespec){};
	return 0;
}

static void count(const char *name, const struct impl *impl, struct row row)
{
	struct load *load;
	char text[128];

	row.point.chunks = row.point.chunks ?: 1;
	row.point.threads = 1;
	row.nr = row.nr ?: 512;
	load = impl->start(&row.point);
	if (!load)
		abort();
	impl->run(load, 0, row.nr);
	CALLGRIND_START_INSTRUMENTATION;
	impl->run(load, 0, row.nr);
	scnprintf(text, sizeof(text), "%s %lu %u %s", name, row.nr, row.aim,
		  describe(&row.point));
	CALLGRIND_DUMP_STATS_AT(text);
	CALLGRIND_STOP_INSTRUMENTATION;
	impl->stop(load);
}

int main(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		count("ours", &ours, rows[i]);
		count("mainline", &mainline, rows[i]);
	}
	return 0;
}
