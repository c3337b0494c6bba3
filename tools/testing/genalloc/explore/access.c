// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that stop before each access to shared memory.
 *
 * A thread is a coroutine with a stack of its own: it is entered once with
 * makecontext(), and then left and entered again with setjmp() and longjmp(),
 * which unlike swapcontext() do no system call.  A stack never moves; hence a
 * thread is taken back to where it was by copying back the part of the stack
 * that was in use, see search.c.
 */

#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#include "explore.h"

enum { STACK_SIZE = 64 * 1024 };

static _Alignas(64) char stacks[MAX_THREADS][STACK_SIZE];
static jmp_buf searcher;
static struct thread *current;	/* NULL: the search, or setting up */
static const struct scenario *running;

struct thread threads[MAX_THREADS];
unsigned int nr_threads;

/* Whatever the caller has on its stack lies above this frame. */
static noinline char *stack_pointer(void)
{
	return __builtin_frame_address(0);
}

size_t stack_in_use(unsigned int t)
{
	return stacks[t] + STACK_SIZE - threads[t].bottom;
}

static noinline void resume(struct thread *thread)
{
	current = thread;
	if (!_setjmp(searcher))
		_longjmp(thread->at, 1);
	current = NULL;
}

/* Stop before @access until the search says that it is this thread's turn. */
static noinline void stop_before(struct access access)
{
	struct thread *thread = current;

	thread->next = access;
	thread->bottom = stack_pointer();
	if (!_setjmp(thread->at))
		_longjmp(searcher, 1);
}

static void thread_main(void)
{
	run_calls(current, running->threads[current - threads]);
	current->done = true;
	current->bottom = stacks[current - threads] + STACK_SIZE;
	_longjmp(searcher, 1);
}

static noinline void start(unsigned int t)
{
	ucontext_t context, unused;

	threads[t] = (struct thread) {};
	getcontext(&context);
	context.uc_stack.ss_sp = stacks[t];
	context.uc_stack.ss_size = STACK_SIZE;
	makecontext(&context, thread_main, 0);
	current = &threads[t];
	if (!_setjmp(searcher))
		swapcontext(&unused, &context);
	current = NULL;
}

/* What threads do up to their first access cannot be seen by the others. */
void start_threads(const struct scenario *scenario)
{
	unsigned int t;

	running = scenario;
	for (t = 0; t < MAX_THREADS && scenario->threads[t][0].kind; t++)
		start(t);
	nr_threads = t;
}

void step(unsigned int t)
{
	resume(&threads[t]);
}

/* Whether the access, if it happened now, would change memory. */
bool changes(const struct access *access)
{
	switch (access->kind) {
	case STORE:
		return *access->word != access->new;
	case CMPXCHG:
		return *access->word == access->old &&
		       access->old != access->new;
	default:
		return false;
	}
}

/* ---- what the code under test calls ---- */

/* A scheduling point.  False if the access had better not happen. */
static bool turn(struct access access)
{
	if (access.word < first_word() || access.word >= end_of_words()) {
		wrong("access outside the map");
		return false;
	}
	if (current && (hints_change || access.word != first_word()))
		stop_before(access);
	return true;
}

unsigned long explore_load(const void *word)
{
	struct access access = { LOAD, (unsigned long *)word };

	return turn(access) ? *access.word : ~0UL;
}

void explore_store(void *word, unsigned long new)
{
	struct access access = { STORE, word, .new = new };

	if (turn(access))
		*access.word = new;
}

bool explore_try_cmpxchg(void *word, void *old, unsigned long new)
{
	unsigned long *expected = old;
	struct access access = { CMPXCHG, word, *expected, new };

	if (!turn(access))
		return true;
	if (*access.word == *expected) {
		*access.word = new;
		return true;
	}
	*expected = *access.word;
	return false;
}
