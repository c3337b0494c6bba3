/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CUSTOMISED: kernel threads are threads, timers are signals to the first
 * thread, which they interrupt as an interrupt would.  tasks.c has the code.
 */

#ifndef _GENALLOC_TEST_TASKS_H
#define _GENALLOC_TEST_TASKS_H

#include <sched.h>
#include <custom.h>

/* ---- CPUs ---- */

struct cpumask;

#define cpu_online_mask			((const struct cpumask *)NULL)
#define nr_cpu_ids			num_online_cpus()
#define cpumask_first(mask)		((void)(mask), 0u)
#define cpumask_next(cpu, mask)		((void)(mask), (cpu) + 1u)
#define migrate_disable()		barrier()
#define migrate_enable()		barrier()

unsigned int num_online_cpus(void);

/* ---- threads ---- */

struct task_struct;

/* Enough of it: one for all threads. */
#define current				(&shim_current)

#undef cond_resched
#define cond_resched()			sched_yield()
#define schedule()			shim_sleep_ms(1)
#define schedule_timeout_uninterruptible(ticks) shim_sleep_ms(ticks)
#define schedule_timeout_interruptible(ticks) shim_sleep_ms(ticks)

void shim_sleep_ms(unsigned long ms);

struct task_struct *shim_kthread_run(int (*fn)(void *data), void *data);
bool kthread_should_stop(void);
int kthread_stop(struct task_struct *task);

#define kthread_run_on_cpu(fn, data, cpu, fmt) \
	((void)(cpu), shim_kthread_run(fn, data))

/* ---- completions ---- */

struct completion {
	unsigned int done;
};

void init_completion(struct completion *c);
void complete(struct completion *c);
void complete_all(struct completion *c);
void wait_for_completion(struct completion *c);

/* ---- timers and interrupts ---- */

#define HZ				1000
#define jiffies				shim_jiffies()
#define TIMER_PINNED			0
#define time_before(a, b)		((long)((a) - (b)) < 0)

/**
 * struct timer_list - a timer
 * @function: what it calls, in a signal handler
 * @expires: when
 * @pending: it has not gone off yet
 * @next: in the list of all timers that were ever set up and not shut down
 */
struct timer_list {
	void (*function)(struct timer_list *timer);
	unsigned long expires;
	bool pending;
	struct timer_list *next;
};

unsigned long shim_jiffies(void);
void shim_timer_setup(struct timer_list *timer,
		      void (*function)(struct timer_list *timer));
int mod_timer(struct timer_list *timer, unsigned long expires);
int timer_delete_sync(struct timer_list *timer);

#define timer_setup(timer, function, flags) shim_timer_setup(timer, function)
#define timer_shutdown_sync(timer)	timer_delete_sync(timer)

unsigned long shim_irq_save(void);
void shim_irq_restore(unsigned long flags);

#define local_irq_save(flags)		((flags) = shim_irq_save())
#define local_irq_restore(flags)	shim_irq_restore(flags)

#endif /* _GENALLOC_TEST_TASKS_H */
