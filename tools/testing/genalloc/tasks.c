// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads, completions and timers for the KUnit suites: see include/tasks.h.
 */

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#ifdef __i386__
#include <asm/ldt.h>
#endif
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <shim.h>
#include <tasks.h>

unsigned int num_online_cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

void shim_sleep_ms(unsigned long ms)
{
	struct timespec left = {
		.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000,
	};

	while (nanosleep(&left, &left))
		;
}

/* ---- threads ---- */

struct task_struct {
	pthread_t thread;
	int (*fn)(void *data);
	void *data;
	int ret;
	bool stop;
};

static __thread struct task_struct *current_task;

static void *task_main(void *arg)
{
	struct task_struct *task = arg;

	current_task = task;
	task->ret = task->fn(task->data);
	return NULL;
}

struct task_struct *shim_kthread_run(int (*fn)(void *data), void *data)
{
	struct task_struct *task = calloc(1, sizeof(*task));
	unsigned long flags;
	int err;

	if (!task)
		shim_die("no memory for the test itself");
	task->fn = fn;
	task->data = data;

	/* Interrupts are for the first thread. */
	flags = shim_irq_save();
	err = pthread_create(&task->thread, NULL, task_main, task);
	shim_irq_restore(flags);
	if (err)
		shim_die("no thread: %s", strerror(err));
	return task;
}

bool kthread_should_stop(void)
{
	return __atomic_load_n(&current_task->stop, __ATOMIC_ACQUIRE);
}

int kthread_stop(struct task_struct *task)
{
	int ret;

	__atomic_store_n(&task->stop, true, __ATOMIC_RELEASE);
	pthread_join(task->thread, NULL);
	ret = task->ret;
	free(task);
	return ret;
}

/* ---- completions: polled, since complete() must work in a signal handler ---- */

#define DONE_FOR_ALL	(UINT_MAX / 2)

void init_completion(struct completion *c)
{
	c->done = 0;
}

void complete(struct completion *c)
{
	__atomic_add_fetch(&c->done, 1, __ATOMIC_RELEASE);
}

void complete_all(struct completion *c)
{
	__atomic_store_n(&c->done, DONE_FOR_ALL, __ATOMIC_RELEASE);
}

static bool try_wait(struct completion *c)
{
	unsigned int done = __atomic_load_n(&c->done, __ATOMIC_ACQUIRE);

	while (done)
		if (__atomic_compare_exchange_n(&c->done, &done, done - 1,
						false, __ATOMIC_ACQUIRE,
						__ATOMIC_ACQUIRE))
			return true;
	return false;
}

void wait_for_completion(struct completion *c)
{
	while (!try_wait(c))
		shim_sleep_ms(1);
}

/* ---- timers and interrupts ---- */

static struct timer_list *timers;

unsigned long shim_jiffies(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000UL + now.tv_nsec / 1000000;
}

unsigned long shim_irq_save(void)
{
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &set, &old);
	return sigismember(&old, SIGALRM);
}

void shim_irq_restore(unsigned long flags)
{
	sigset_t set;

	if (flags)
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/*
 * In qemu-i386 all threads share one table of segments: on the way back from a
 * signal, the first thread would get the thread-local memory of the one that
 * was created last.
 */
static void keep_thread_pointer(void)
{
#ifdef __i386__
	struct user_desc segment = {
		.base_addr = (unsigned long)__builtin_thread_pointer(),
		.limit = 0xfffff, .seg_32bit = 1, .limit_in_pages = 1,
	};
	unsigned int gs;

	asm("mov %%gs, %0" : "=r" (gs));
	segment.entry_number = gs >> 3;
	syscall(SYS_set_thread_area, &segment);
#endif
}

static void tick(int sig)
{
	struct timer_list *timer, *next;
	int err = errno;

	keep_thread_pointer();
	for (timer = timers; timer; timer = next) {
		next = timer->next;
		if (!timer->pending || time_before(jiffies, timer->expires))
			continue;
		timer->pending = false;
		timer->function(timer);
	}
	errno = err;
}

static void set_ticks(long usec)
{
	struct itimerval every = {
		.it_interval.tv_usec = usec, .it_value.tv_usec = usec,
	};

	if (usec)
		signal(SIGALRM, tick);
	setitimer(ITIMER_REAL, &every, NULL);
}

/* Takes @timer out of the list.  Interrupts are off. */
static bool drop_timer(struct timer_list *timer)
{
	struct timer_list **link;

	for (link = &timers; *link; link = &(*link)->next) {
		if (*link == timer) {
			*link = timer->next;
			return true;
		}
	}
	return false;
}

void shim_timer_setup(struct timer_list *timer,
		      void (*function)(struct timer_list *timer))
{
	unsigned long flags = shim_irq_save();

	drop_timer(timer);
	timer->function = function;
	timer->pending = false;
	timer->next = timers;
	timers = timer;
	set_ticks(1000);
	shim_irq_restore(flags);
}

int mod_timer(struct timer_list *timer, unsigned long expires)
{
	unsigned long flags = shim_irq_save();
	int was_pending = timer->pending;

	timer->expires = expires;
	timer->pending = true;
	shim_irq_restore(flags);
	return was_pending;
}

int timer_delete_sync(struct timer_list *timer)
{
	unsigned long flags = shim_irq_save();
	int was_pending = timer->pending;

	timer->pending = false;
	drop_timer(timer);
	if (!timers)
		set_ticks(0);
	shim_irq_restore(flags);
	return was_pending;
}
