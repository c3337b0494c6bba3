// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every interleaving of a few threads that run the real lib/alloc_map*.c.
 *
 * A thread stops before each access to shared memory; a step is that access
 * and all that the thread does until it would make the next one.  A schedule
 * is the sequence of threads that step, a node of the search tree a schedule
 * that may go on.  The search goes depth first; what a step changed (the
 * shared memory, the thread's registers and stack) is copied away before and
 * copied back behind it, so that no schedule is ever run again from its
 * beginning.
 *
 * Memory is sequentially consistent here.  Orders are for the litmus tests that
 * lib/alloc_map.c names.
 *
 * Reduction
 *
 * Two steps of different threads are independent in a state if they access
 * different words, or if neither changes memory there (loads, cmpxchgs that
 * fail).  Done one after the other in either order they then see the same and
 * leave the same: schedules that differ only in the order of independent
 * neighbours are equivalent, and one of each class (a Mazurkiewicz trace) is
 * enough.  Sleep sets choose it (Godefroid, "Using partial orders to improve
 * automatic verification methods", CAV 1990, and "Partial-Order Methods for
 * the Verification of Concurrent Systems", LNCS 1032, 1996, chapter 5):
 *
 *  - When all schedules that go on with thread t have been seen, t is put to
 *    sleep for the siblings that follow.
 *  - It sleeps until a step that depends on its own has been made: before
 *    that, running t would only repeat schedules seen with t first.
 *
 * Why nothing is missed.  Claim: at a node with sleeping threads Z, for each
 * sequence w of steps that is possible there and equivalent to none that
 * begins with a thread of Z, a sequence equivalent to w is explored.  By
 * induction on the length of w: of the children, in the order in which they
 * are tried, take the first, t, that an equivalent of w begins with (there is
 * one: the first step of w does not sleep), say t w'.  Let z sleep below t.
 * Then z was in Z or was tried before t, and is independent of t here.  If an
 * equivalent of w' began with z, then one of w would begin with t z, and so
 * one with z t, against the assumption or the choice of t.  So the claim holds
 * for w' in the child.  At the root Z is empty.
 *
 * That independence is looked up in the state at hand, and not once for all
 * accesses, is sound too (Godefroid and Pirottin, "Refining dependencies
 * improves partial-order verification methods", CAV 1993): while t sleeps
 * no other changes its word, so its step does at the end of its sleep what it
 * would have done at the beginning.
 *
 * The claim is about sequences of any length, not only about complete ones:
 * every reachable state of the map is the end of some sequence, hence visited.
 * This is why there are sleep sets here and nothing more.  Persistent sets and
 * DPOR (Flanagan and Godefroid, POPL 2005) skip states, namely those between
 * independent stores to two words, but "at every single store" is just what
 * Invariant B is about.  The price: a schedule may come to a node at which all
 * threads sleep; it is counted as cut, not as a schedule.
 *
 * The ghost (ghost.c) changes in a step, too.  Those changes do not spoil
 * independence: they add and remove members of a set, and the same allocation
 * is added and removed by steps that change the word of its head, which are
 * dependent already.  Which calls are in progress, and so which allocations
 * are not looked at for the moment, may differ between equivalent schedules;
 * at their ends nothing is in progress and all is looked at.
 *
 * "make run" makes sure of it: with and without reduction the small scenarios
 * must come to the same states (states.c).
 *
 * All schedules end: a cmpxchg fails only because another thread's succeeded,
 * and nothing waits.  A schedule that reaches MAX_DEPTH is a violation.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

enum { STACK_KEPT = 4096 };

/* What one step of one thread can change. */
static struct snapshot {
	struct shared shared;
	struct thread thread;
	char stack[STACK_KEPT];
} snapshots[MAX_DEPTH];

static unsigned char schedule[MAX_DEPTH];

static void save(struct snapshot *snapshot, unsigned int t)
{
	size_t size = stack_in_use(t);

	if (size > STACK_KEPT) {
		fprintf(stderr, "explore: STACK_KEPT is too small\n");
		exit(2);
	}
	snapshot->shared = shared;
	snapshot->thread = threads[t];
	memcpy(snapshot->stack, threads[t].bottom, size);
}

static void restore(const struct snapshot *snapshot, unsigned int t)
{
	shared = snapshot->shared;
	threads[t] = snapshot->thread;
	memcpy(threads[t].bottom, snapshot->stack, stack_in_use(t));
}

static bool independent(const struct access *a, const struct access *b)
{
	return a->word != b->word || (!changes(a) && !changes(b));
}

/* Those of the threads @asleep that a step of @t does not wake. */
static unsigned int still_asleep(unsigned int asleep, unsigned int t)
{
	unsigned int u;

	for (u = 0; u < nr_threads; u++)
		if (asleep & BIT(u) &&
		    !independent(&threads[u].next, &threads[t].next))
			asleep &= ~BIT(u);
	return asleep;
}

static unsigned int not_done(void)
{
	unsigned int t, set = 0;

	for (t = 0; t < nr_threads; t++)
		if (!threads[t].done)
			set |= BIT(t);
	return set;
}

/* Was anything wrong in the step that led to @depth? */
static bool failed(struct search *search, unsigned int depth)
{
	if (!failure)
		return false;

	if (!search->violations++) {
		search->failure = failure;
		search->failed_depth = depth;
		memcpy(search->failed, schedule, depth);
	}
	failure = NULL;
	return true;
}

static void end_of_schedule(struct search *search, unsigned int depth)
{
	search->schedules++;
	if (depth > search->deepest)
		search->deepest = depth;
	check_end(search->scenario);
	failed(search, depth);
}

static void explore(struct search *search, unsigned int depth,
		    unsigned int asleep);

static void explore_thread(struct search *search, unsigned int depth,
			   unsigned int t, unsigned int asleep)
{
	struct snapshot *snapshot = &snapshots[depth];

	asleep = search->plain ? 0 : still_asleep(asleep, t);
	save(snapshot, t);
	schedule[depth] = t;
	search->steps++;

	step(t);
	check_step();
	if (!failed(search, depth + 1))
		explore(search, depth + 1, asleep);

	restore(snapshot, t);
}

/* The thread that stepped last comes first: few switches, easier to read. */
static void explore_all(struct search *search, unsigned int depth,
			unsigned int awake, unsigned int asleep)
{
	unsigned int i, t, last = depth ? schedule[depth - 1] : 0;

	for (i = 0; i < nr_threads; i++) {
		if (search->first && search->violations)
			return;
		t = (last + i) % nr_threads;
		if (!(awake & BIT(t)))
			continue;
		explore_thread(search, depth, t, asleep);
		asleep |= BIT(t);
	}
}

static void explore(struct search *search, unsigned int depth,
		    unsigned int asleep)
{
	unsigned int left = not_done();

	if (search->on_state)
		search->on_state();

	if (!left) {
		end_of_schedule(search, depth);
	} else if (!(left & ~asleep)) {
		search->cut++;
	} else if (depth == MAX_DEPTH) {
		wrong("no end in sight");
		failed(search, depth);
	} else {
		explore_all(search, depth, left & ~asleep, asleep);
	}
}

/**
 * search - explore a scenario
 * @search: the scenario, options, and where to put the results
 *
 * Leaves the scenario as it was set up.
 */
void search(struct search *search)
{
	set_up(search->scenario);
	start_threads(search->scenario);
	explore(search, 0, 0);
}
