// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grid in a kernel, with the genalloc that this kernel has.  As a module it
 * measures while it is loaded, built in late in the boot; as an operation is
 * measured by the clock on the wall, nothing else should run meanwhile.
 * tools/kernel/bench.sh boots kernels with and without the series in turn.
 */

#define pr_fmt(fmt) "genalloc-bench: " fmt

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/time64.h>

#include "grid.h"

extern const struct impl IMPL;

static bool all;
module_param(all, bool, 0);
MODULE_PARM_DESC(all, "measure all of the grid, which takes long");

static bool poweroff;
module_param(poweroff, bool, 0);
MODULE_PARM_DESC(poweroff, "switch the machine off afterwards");

#define NR_RUNS		9

/* How long a run takes, and how long a pool is aged before. */
static u64 run_ns = NSEC_PER_MSEC / 2, age_ns = 20 * NSEC_PER_MSEC;

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

/* The median in tenths of a nanosecond, of @nr operations each. */
static u64 median(u64 *ns, unsigned long nr)
{
	sort(ns, NR_RUNS, sizeof(*ns), compare, NULL);
	return div64_u64(10 * ns[NR_RUNS / 2], nr);
}

/* As many operations as are done in @ns, more of them in each step. */
static unsigned long operate(u64 (*op)(struct load *load, unsigned long nr),
			     struct load *load, u64 ns)
{
	unsigned long nr = 0, step = 16;
	u64 used = 0;

	while (used < ns) {
		used += op(load, step);
		nr += step;
		step = nr;
	}
	return nr;
}

static u64 run_first(struct load *load, unsigned long nr)
{
	return IMPL.run(load, 0, nr);
}

static void measure(unsigned int i, const struct point *point,
		    struct load *load)
{
	u64 op[NR_RUNS], floor[NR_RUNS];
	unsigned long nr;
	unsigned int run;
	u64 o, f;

	if (to_be_aged(point))
		operate(IMPL.age, load, age_ns);
	nr = operate(run_first, load, run_ns);
	for (run = 0; run < NR_RUNS; run++) {
		op[run] = run_first(load, nr);
		floor[run] = floor_ns(10000);
	}
	o = median(op, nr);
	f = median(floor, 10000);
	pr_info("%u,%s,%llu.%llu,%llu.%llu\n", i, describe(point),
		o / 10, o % 10, f / 10, f % 10);
}

/* One CPU at a time; what needs more memory than time is for all of the grid. */
static bool is_wanted(const struct point *point)
{
	return point->threads == 1 &&
	       (all || (point->algo == FIRST_FIT && point->units <= 1 << 20));
}

static int __init genalloc_bench_init(void)
{
	const struct point *points;
	struct load *load;
	unsigned int nr, i;

	if (all) {
		run_ns *= 10;
		age_ns *= 10;
	}
	points = grid(all, &nr);
	for (i = 0; i < nr; i++) {
		if (!is_wanted(&points[i]))
			continue;
		load = IMPL.start(&points[i]);
		if (!load) {
			pr_warn("%s: cannot be made\n", describe(&points[i]));
			continue;
		}
		measure(i, &points[i], load);
		IMPL.stop(load);
		cond_resched();
	}
	pr_info("end\n");
	if (poweroff)
		kernel_power_off();
	return 0;
}
late_initcall(genalloc_bench_init);

MODULE_DESCRIPTION("Speed of genalloc over pool sizes, fills and requests");
MODULE_LICENSE("GPL");
