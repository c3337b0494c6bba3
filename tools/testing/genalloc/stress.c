// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stress: the kernel's torture test, in a process.
 *
 *	stress [seconds [seed]]
 *
 * lib/tests/genalloc_torture.c tells what it does.  Here its tasks are threads,
 * and a softirq or hard interrupt comes to whichever thread takes it: at single
 * accesses, since access_point() is called before each of them, and in the
 * middle of whatever that thread does.  There it also lets another thread run.
 *
 * Time is cut into rounds, each with a pool of its own, so that the pool is
 * compared with the table of owners often.  A block of a map is a word.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <tasks.h>

#include "../../../include/linux/gen_pool_page.h"

/* ---- random numbers: a seed for each thread and each actor ---- */

struct torture_random_state {
	struct rnd_state rnd;
	bool seeded;
};

static u64 next_seed;

static u32 torture_random(struct torture_random_state *state)
{
	if (!state->seeded)
		prandom_seed_state(&state->rnd,
				   __atomic_fetch_add(&next_seed, 1, __ATOMIC_RELAXED));
	state->seeded = true;
	return prandom_u32_state(&state->rnd);
}

/* ---- interrupts ---- */

/* Which may come on top of which. */
enum { TASK, SOFTIRQ, HARDIRQ };

/* What has been sent and not taken yet; none of it twice. */
static struct work_struct *sent[64];

static __thread int context;

/* It does not order what the sender did with what another one's taker does. */
static void put(struct work_struct *work)
{
	struct work_struct *none = NULL;
	unsigned int i = 0;

	while (!__atomic_compare_exchange_n(&sent[i], &none, work, false,
					    __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
		i = (i + 1) % ARRAY_SIZE(sent);
		none = NULL;
	}
}

static bool send(struct work_struct *work)
{
	if (__atomic_exchange_n(&work->pending, true, __ATOMIC_ACQUIRE))
		return false;
	put(work);
	return true;
}

/* A reader of RCU, also until @work may be freed. */
static void handle(struct work_struct *work)
{
	int before = context;

	rcu_read_lock();
	context = work->context;
	__atomic_store_n(&work->pending, false, __ATOMIC_RELEASE);
	work->func(work);
	__atomic_store_n(&work->running, false, __ATOMIC_RELEASE);
	context = before;
	rcu_read_unlock();
}

static void take(struct work_struct **slot)
{
	struct work_struct *work = __atomic_load_n(slot, __ATOMIC_RELAXED);

	if (!work || !__atomic_compare_exchange_n(slot, &work, NULL, false,
						  __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	if (work->context > context &&
	    !__atomic_exchange_n(&work->running, true, __ATOMIC_ACQUIRE))
		handle(work);
	else
		put(work);
}

void access_point(void)
{
	static __thread struct torture_random_state state;
	u32 dice = torture_random(&state);

	if (dice % 64 == 0)
		take(&sent[dice / 64 % 16]);
	else if (dice % 64 == 1)
		sched_yield();
}

bool access_won(bool won)
{
	return won;
}

typedef struct {
	struct work_struct work;
	void (*func)(void *data);
	void *data;
} call_single_data_t;

static void call_single(struct work_struct *work)
{
	call_single_data_t *csd = container_of(work, call_single_data_t, work);

	csd->func(csd->data);
}

#define INIT_WORK(w, fn) \
	(*(w) = (struct work_struct){ .func = (fn), .context = SOFTIRQ })
#define INIT_CSD(csd, fn, info) (*(csd) = (call_single_data_t){		\
	.work = { .func = call_single, .context = HARDIRQ },		\
	.func = (fn), .data = (info) })

#define queue_work_on(cpu, queue, work)	((void)(cpu), send(work))
#define smp_call_function_single_async(cpu, csd) \
	((void)(cpu), send(&(csd)->work) ? 0 : -EBUSY)

static void cancel_work_sync(struct work_struct *work)
{
	while (__atomic_load_n(&work->pending, __ATOMIC_ACQUIRE) ||
	       __atomic_load_n(&work->running, __ATOMIC_ACQUIRE))
		access_point();
}

/* ---- CPUs and time ---- */

#define num_online_cpus()		4
#define cpumask_nth(n, mask)		(n)
#define smp_processor_id()		0

/* A thread that waits takes interrupts, and yields, as at all accesses. */
#undef cond_resched
#define cond_resched()			barrier()
/* A second is short. */
#undef HZ
#define HZ				100

/* ---- torture tests ---- */

#define TORTURE_FLAG			"-torture:"
#define torture_param(type, name, init, text) static type name = (init)
#define module_init(fn)			int (*init_module)(void) = (fn)
#define module_exit(fn)			void (*cleanup_module)(void) = (fn)
#define pr_alert(fmt, ...)		printf(fmt, ##__VA_ARGS__)
#define TOROUT_ERRSTRING(s)		pr_alert("%s\n", s)
#define VERBOSE_TOROUT_STRING(s)	do { } while (0)

#define torture_init_begin(type, verbose) true
#define torture_init_end()		do { } while (0)
#define torture_cleanup_begin()		false
#define torture_cleanup_end()		do { } while (0)
#define torture_shutdown_init(secs, fn)	0
#define torture_shutdown_absorb(title)	do { } while (0)
#define torture_stutter_init(on, off)	0
#define stutter_wait(title)		do { } while (0)
#define torture_must_stop()		kthread_should_stop()
#define torture_kthread_stopping(title)	do { } while (0)

#define torture_create_kthread(fn, arg, task) \
	((task) = shim_kthread_run(fn, arg), 0)
#define torture_stop_kthread(fn, task) do {				\
	if (task)							\
		kthread_stop(task);					\
	(task) = NULL;							\
} while (0)

/* ---- pages: there are none to lend ---- */

struct page {
	char none;
};

#define LIST_POISON1			NULL
#define alloc_pages(gfp, order)		((void)(order), NULL)
#define split_page(page, order)		((void)(page))
#define __free_page(page)		((void)(page))
#define page_address(page)		((void *)(page))
#define set_page_private(page, value)	((void)(page), (void)(value))
#define get_order(size)			0
#define gen_pool_add_pages(pool, page, nr) (-ENODEV)

#include "genalloc_torture.c"

/* ---- rounds ---- */

#define ROUND_MS	50

static void __noreturn fail(const char *what, int status)
{
	printf("%s\nstress: FAILED\n", what);
	fflush(stdout);
	_exit(status);
}

static void add_round(unsigned long *total)
{
	unsigned long sum[NR_COUNTS];
	unsigned int i;

	sum_counts(sum);
	for (i = 0; i < NR_COUNTS; i++)
		total[i] += sum[i];
	memset(mover.counts, 0, sizeof(mover.counts));
	memset(churner.counts, 0, sizeof(churner.counts));
}

/* Maps end at every place in a word, and are often full. */
static void run_round(unsigned long round, unsigned long *total)
{
	chunk_units = 3 + round * 7 % (4 * U);
	if (begin())
		fail("nothing to begin with", 1);
	usleep(ROUND_MS * 1000);
	finish();
	add_round(total);
	free_all();
	if (!shim_all_gone() || atomic_read(&nr_complaints))
		fail("not as it should be", 1);
}

static void set_params(void)
{
	nworkers = 4;
	nracers = 2;
	lend = false;
	nchunks = 4;
	stat_interval = 0;
	stutter = 0;
}

int main(int argc, char **argv)
{
	long seconds = argc > 1 ? atol(argv[1]) : 60;
	u64 seed = argc > 2 ? strtoull(argv[2], NULL, 0) : time(NULL);
	time_t end = time(NULL) + seconds;
	unsigned long total[NR_COUNTS] = {};
	unsigned long round = 0;
	unsigned int i;

	printf("seed %llu\n", (unsigned long long)seed);
	next_seed = seed << 32;
	set_params();
	do {
		run_round(round++, total);
	} while (time(NULL) < end);

	for (i = 0; i < NR_COUNTS; i++)
		printf("%s: %lu\n", count_names[i], total[i]);
	check_collisions(total);
	if (atomic_read(&nr_complaints) || !total[BUSY] || !total[REMOVALS_REFUSED])
		fail("no race seen", 2);
	printf("%lu allocations, %lu conflicts, %lu rollbacks, ",
	       total[ALLOCS], total[CONFLICTS], total[ROLLBACKS]);
	printf("%lu frees refused, %lu chunks removed: no fault\n",
	       total[MISUSES] + total[REFUSED], total[REMOVALS]);
	return 0;
}
