// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load on a pool, by nothing but the calls that every genalloc has.  The same
 * point makes the same calls in the same order each time, so implementations
 * that promise the same places must return the same addresses.
 */

#include <linux/genalloc.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/numa.h>
#include <linux/prefetch.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "load.h"

#define UNIT_ORDER	4
#define POOL_ADDR	0x100000UL
/* Operations between two looks at the clock. */
#define BATCH		512
#define RING_SIZE	64
#define MAX_THREADS	8
#define CACHE_LINE	64

/* What mainline does not have, and what must be done there instead. */
#define percpu_fit_mainline	gen_pool_first_fit
#define says_size_ours		false
#define says_size_mainline	true
#define of_impl(what)		of_impl_expand(what, IMPL)
#define of_impl_expand(what, impl) of_impl_paste(what, impl)
#define of_impl_paste(what, impl) what##_##impl

/**
 * struct live - an allocation
 * @unit: where, in units from the beginning of the pool
 * @nr: its length in units; 0: there was no room for it
 */
struct live {
	u32 unit;
	u32 nr;
};

/**
 * struct step - one operation of a batch
 * @victim: the allocation that goes
 * @length: of the one that comes instead
 * @addr: address of an allocation, or to ask about
 */
struct step {
	struct live *victim;
	unsigned int length;
	unsigned long addr;
};

/**
 * struct load - the load on a pool
 * @point: what it is
 * @pool: the pool
 * @rnd: state of the random numbers
 * @live: allocations that live, @nr_live of them
 * @nr_live: their number
 * @trace: sum over all allocations
 * @batch: operations, chosen beforehand
 * @ring: those of each thread, for RING, in cache lines of its own
 */
struct load {
	struct point point;
	struct gen_pool *pool;
	struct rnd_state rnd;
	struct live *live;
	unsigned long nr_live;
	u64 trace;
	struct step batch[BATCH];
	struct {
		char before[CACHE_LINE];
		struct live live[RING_SIZE];
	} ring[MAX_THREADS];
	char after[CACHE_LINE];
};

static u32 random_below(struct load *load, u32 limit)
{
	return (u64)prandom_u32_state(&load->rnd) * limit >> 32;
}

static unsigned int random_length(struct load *load, unsigned int wanted)
{
	unsigned int octave;

	if (wanted != MIXED)
		return wanted;
	octave = 1 << random_below(load, 6);
	return octave + random_below(load, octave + 1);
}

static unsigned long to_addr(u32 unit)
{
	return POOL_ADDR + ((unsigned long)unit << UNIT_ORDER);
}

static size_t to_size(u32 nr)
{
	return (size_t)nr << UNIT_ORDER;
}

/* ---- a pool as the point wants it ---- */

static int add_chunks(struct load *load)
{
	unsigned long units = load->point.units / load->point.chunks;
	unsigned int i;
	int err = 0;

	for (i = 0; i < load->point.chunks && !err; i++)
		err = gen_pool_add_virt(load->pool, to_addr(i * units),
					to_addr(i * units), to_size(units),
					NUMA_NO_NODE);
	return err;
}

static bool allocate_at(struct load *load, u32 unit, u32 nr)
{
	unsigned long units = load->point.units / load->point.chunks;
	struct genpool_data_fixed fixed = { .offset = to_size(unit % units) };
	unsigned long addr;

	/* The chunk that was added last comes first. */
	addr = gen_pool_alloc_algo(load->pool, to_size(nr),
				   gen_pool_fixed_alloc, &fixed);
	if (!addr)
		return false;
	load->live[load->nr_live].unit = (addr - POOL_ADDR) >> UNIT_ORDER;
	load->live[load->nr_live++].nr = nr;
	return true;
}

/* One allocation behind the other.  Returns how many units they have. */
static unsigned long fill_up(struct load *load)
{
	unsigned long units = load->point.units / load->point.chunks;
	unsigned long unit, sum = 0;
	unsigned int nr, i;

	units -= load->point.tail;
	for (unit = 0; unit < units; unit += nr + load->point.run) {
		nr = min_t(unsigned long, random_length(load, load->point.live),
			   units - unit);
		if (load->point.live != MIXED && nr < load->point.live)
			break;
		for (i = 0; i < load->point.chunks; i++)
			if (allocate_at(load, unit, nr))
				sum += nr;
	}
	return sum;
}

static void free_live(struct load *load, const struct live *live)
{
	gen_pool_free(load->pool, to_addr(live->unit), to_size(live->nr));
}

static void free_at_random(struct load *load, unsigned long filled)
{
	unsigned long wanted = (u64)load->point.units * load->point.fill / 100;
	struct live *victim;

	while (filled > wanted && load->nr_live) {
		victim = &load->live[random_below(load, load->nr_live)];
		free_live(load, victim);
		filled -= victim->nr;
		*victim = load->live[--load->nr_live];
	}
}

/* Only the chunk that was added first, which a walk reaches last, has room. */
static void empty_oldest(struct load *load)
{
	unsigned long units = load->point.units / load->point.chunks;
	unsigned long i;

	for (i = load->nr_live; i--;) {
		if (load->live[i].unit >= units)
			continue;
		free_live(load, &load->live[i]);
		load->live[i] = load->live[--load->nr_live];
	}
}

static const genpool_algo_t algos[NR_ALGOS] = {
	[FIRST_FIT]	= gen_pool_first_fit,
	[ORDER_ALIGN]	= gen_pool_first_fit_order_align,
	[ALIGN_256]	= gen_pool_first_fit_align,
	[BEST_FIT]	= gen_pool_best_fit,
	[PERCPU_FIT]	= of_impl(percpu_fit),
};

static struct genpool_data_align align_256 = { .align = 256 << UNIT_ORDER };

static int prepare(struct load *load)
{
	unsigned int shortest = load->point.live ?: 1;

	load->live = vzalloc((load->point.units / shortest + 1) *
			     sizeof(*load->live));
	load->pool = gen_pool_create(UNIT_ORDER, NUMA_NO_NODE);
	if (!load->live || !load->pool || add_chunks(load))
		return -1;
	if (load->point.fill)
		free_at_random(load, fill_up(load));
	if (load->point.op == PAIR_IN_OLDEST)
		empty_oldest(load);
	gen_pool_set_algo(load->pool, algos[load->point.algo],
			  load->point.algo == ALIGN_256 ? &align_256 : NULL);
	return load->point.fill && !load->nr_live ? -1 : 0;
}

static void stop(struct load *load)
{
	unsigned int i, j;

	while (load->nr_live--)
		if (load->live[load->nr_live].nr)
			free_live(load, &load->live[load->nr_live]);
	for (i = 0; i < MAX_THREADS; i++)
		for (j = 0; j < RING_SIZE; j++)
			if (load->ring[i].live[j].nr)
				free_live(load, &load->ring[i].live[j]);
	if (load->pool)
		gen_pool_destroy(load->pool);
	vfree(load->live);
	kfree(load);
}

static struct load *start(const struct point *point)
{
	struct load *load = kzalloc(sizeof(*load), GFP_KERNEL);

	if (!load)
		return NULL;
	load->point = *point;
	prandom_seed_state(&load->rnd, point->units + point->fill);
	if (!prepare(load))
		return load;
	load->nr_live = load->pool ? load->nr_live : 0;
	stop(load);
	return NULL;
}

static u64 trace(const struct load *load)
{
	return load->trace;
}

/* ---- operations: a batch each, which returns nanoseconds ---- */

static void add_to_trace(struct load *load, unsigned long addr)
{
	load->trace = (load->trace ^ addr) * 0x9e3779b97f4a7c15;
}

static u64 run_pairs(struct load *load, unsigned int nr, bool say_size)
{
	size_t size = to_size(load->point.request);
	unsigned long addr = 0;
	u64 begin = ktime_get_ns();
	unsigned int i;

	for (i = 0; i < nr; i++) {
		addr = gen_pool_alloc(load->pool, size);
		if (!addr)
			break;
		gen_pool_free(load->pool, addr, say_size ? size : 0);
	}
	begin = ktime_get_ns() - begin;
	load->trace += addr * i;
	return begin;
}

static void replace(struct load *load, struct live *live, u32 nr)
{
	unsigned long addr;

	if (live->nr)
		free_live(load, live);
	addr = gen_pool_alloc(load->pool, to_size(nr));
	live->unit = (addr - POOL_ADDR) >> UNIT_ORDER;
	live->nr = addr ? nr : 0;
}

/* Victims and lengths are chosen beforehand. */
static u64 run_churn(struct load *load, unsigned int nr)
{
	struct step *batch = load->batch;
	unsigned int i;
	u64 begin;

	for (i = 0; i < nr; i++) {
		batch[i].victim = &load->live[random_below(load, load->nr_live)];
		batch[i].length = random_length(load, load->point.request);
		prefetch(batch[i].victim);
	}

	begin = ktime_get_ns();
	for (i = 0; i < nr; i++)
		replace(load, batch[i].victim, batch[i].length);
	begin = ktime_get_ns() - begin;

	for (i = 0; i < nr; i++)
		add_to_trace(load, batch[i].victim->nr ?
				   batch[i].victim->unit : ~0);
	return begin;
}

static u64 run_rows(struct load *load, unsigned int nr, bool time_frees)
{
	size_t size = to_size(load->point.request);
	struct step *batch = load->batch;
	unsigned int i, n;
	u64 begin, middle;

	begin = ktime_get_ns();
	for (n = 0; n < nr; n++) {
		batch[n].addr = gen_pool_alloc(load->pool, size);
		if (!batch[n].addr)
			break;
	}
	middle = ktime_get_ns();
	for (i = 0; i < n; i++)
		gen_pool_free(load->pool, batch[i].addr, size);
	begin = time_frees ? ktime_get_ns() - middle : middle - begin;

	for (i = 0; i < n; i++)
		add_to_trace(load, batch[i].addr);
	/* As if it had been all, if there was not room for all. */
	return n ? begin * nr / n : 0;
}

static u64 run_failures(struct load *load, unsigned int nr)
{
	size_t size = to_size(load->point.request);
	u64 begin = ktime_get_ns();
	unsigned long sum = 0;
	unsigned int i;

	for (i = 0; i < nr; i++)
		sum |= gen_pool_alloc(load->pool, size);
	begin = ktime_get_ns() - begin;
	load->trace += sum;
	return begin;
}

/* What a search has learnt is no longer true then, as far as it knows. */
static u64 run_failures_anew(struct load *load, unsigned int nr)
{
	u64 ns = 0;

	for (; nr; nr--) {
		replace(load, load->live, load->live->nr);
		ns += run_failures(load, 1);
	}
	return ns;
}

static u64 run_questions(struct load *load, unsigned int nr)
{
	struct step *batch = load->batch;
	unsigned long sum = 0;
	unsigned int i;
	u64 begin;

	for (i = 0; i < nr; i++)
		batch[i].addr = to_addr(random_below(load, load->point.units));

	begin = ktime_get_ns();
	for (i = 0; i < nr; i++) {
		if (load->point.op == AVAIL)
			sum += gen_pool_avail(load->pool);
		else if (load->point.op == HAS_ADDR)
			sum += gen_pool_has_addr(load->pool, batch[i].addr, 1);
		else
			sum += gen_pool_virt_to_phys(load->pool,
						     batch[i].addr);
	}
	begin = ktime_get_ns() - begin;
	load->trace += sum;
	return begin;
}

static u64 run_ring(struct load *load, struct live *ring, unsigned int nr)
{
	u64 begin = ktime_get_ns();
	unsigned int i;

	for (i = 0; i < nr; i++)
		replace(load, &ring[i % RING_SIZE], load->point.request);
	return ktime_get_ns() - begin;
}

static u64 run_batch(struct load *load, unsigned int thread, unsigned int nr)
{
	switch (load->point.op) {
	case PAIR:
	case PAIR_IN_OLDEST:
		return run_pairs(load, nr, true);
	case PAIR_NO_SIZE:
		return run_pairs(load, nr, of_impl(says_size));
	case CHURN:
		return run_churn(load, nr);
	case ALLOC:
		return run_rows(load, nr, false);
	case FREE:
		return run_rows(load, nr, true);
	case FAIL:
		return run_failures(load, nr);
	case RING:
		return run_ring(load, load->ring[thread].live, nr);
	default:
		return run_questions(load, nr);
	}
}

static u64 run(struct load *load, unsigned int thread, unsigned long nr)
{
	u64 ns = 0;

	if (load->point.op == FAIL_ANEW)
		return run_failures_anew(load, nr);
	for (; nr > BATCH; nr -= BATCH)
		ns += run_batch(load, thread, BATCH);
	return ns + run_batch(load, thread, nr);
}

static u64 age(struct load *load, unsigned long nr)
{
	u64 ns = 0;

	for (; nr > BATCH; nr -= BATCH)
		ns += run_churn(load, BATCH);
	return ns + run_churn(load, nr);
}

const struct impl IMPL = {
	.start	= start,
	.age	= age,
	.run	= run,
	.trace	= trace,
	.stop	= stop,
};
