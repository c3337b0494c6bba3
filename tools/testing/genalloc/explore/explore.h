/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the explorer: search.c explains what it does.
 *
 *	access.c	threads as coroutines that stop before each access
 *	search.c	every interleaving of them
 *	ghost.c		what the map should say, kept beside it, and the checks
 *	scenarios.c	what the threads do
 *	states.c	whether two searches see the same
 *	main.c		options and output
 */
#ifndef EXPLORE_H
#define EXPLORE_H

#include <setjmp.h>

#include "../lib/alloc_map.h"

/* Units a word, and so the first unit behind a word's edge. */
#define W		ALLOC_MAP_UNITS_PER_WORD

enum {
	MAX_THREADS	= 4,
	MAX_WORDS	= 20,	/* of units, hints, and what leads to them */
	MAX_LIVE	= 8,
	MAX_PLACED	= 5,
	MAX_CALLS	= 6,
	MAX_DEPTH	= 256,
};

/* ---- scenarios ---- */

enum call_kind {
	NOTHING,
	CLAIM,		/* [start, start + nr), unless the last claim is kept */
	ALLOC,		/* @nr units; there must be room if it may only win */
	FIND,		/* the same in two steps, as algorithms do */
	ALIGN,		/* the same at a multiple of @nr, a power of two */
	BEST,		/* the same at the best fit */
	RETIRE,
	FREE_CLAIMED,	/* what this thread's last claim got, if anything */
	FREE_OWN,	/* [start, start + nr), to which no other has a right */
	FREE_SIZED,	/* the same, and the map compares @nr */
	FREE,		/* at start, with or without a right to it; @nr may be 0 */
	TAKE,		/* the same in two steps, as where memory is guarded */
	SPLIT,		/* at start, into pieces of @nr */
	CUT,		/* at start, into @nr and the rest */
	LOOK,		/* [start, start + nr) stays: see all of it */
	WATCH,		/* as LOOK, but it may not be there yet */
	PEEK,		/* see whatever is at start */
};

/* What a call may come back with: a bit for each error of the map. */
#define RESULT(err)	(1U << (err) % 29)
#define WIN		RESULT(0)
#define NOENT		RESULT(ENOENT)
#define INVAL		RESULT(EINVAL)
#define BUSY		RESULT(EBUSY)
#define MSGSIZE		RESULT(EMSGSIZE)

/**
 * struct call - what a thread does
 * @kind: which call
 * @start: first unit
 * @nr: units
 * @may: set of results, for FREE, TAKE, SPLIT, CUT and what finds room
 */
struct call {
	enum call_kind kind;
	unsigned short start, nr;
	unsigned int may;
};

/* As @nr of a placement: all up to the end of the map. */
#define REST		USHRT_MAX

struct range {
	unsigned short start, nr;
};

/**
 * struct scenario - some allocations, and what threads do to them
 * @name: for the command line
 * @about: what it is after
 * @units: size of the map
 * @size: SMALL if it may run without reduction, LONG if it takes more than a
 *	tenth of a second, LARGE if it takes more than one
 * @fresh: the hint on the map is unknown; else all are as low as they can be
 * @least: at least so many allocations are left
 * @most: at most so many allocations are left
 * @placed: allocations to begin with
 * @threads: what each thread does
 */
struct scenario {
	const char *name;
	const char *about;
	unsigned short units;
	enum { SHORT, SMALL, LONG, LARGE } size;
	bool fresh;
	unsigned char least, most;
	struct range placed[MAX_PLACED];
	struct call threads[MAX_THREADS][MAX_CALLS];
};

extern const struct scenario scenarios[];
extern const unsigned int nr_scenarios;

/* ---- threads ---- */

enum access_kind { LOAD, STORE, CMPXCHG };

struct access {
	enum access_kind kind;
	unsigned long *word;
	unsigned long old, new;
};

/**
 * struct thread - a thread that stopped before its next access
 * @at: where it stopped
 * @bottom: lowest byte of its stack that is in use
 * @next: the access
 * @call: the call that it is in
 * @done: there is no next access
 */
struct thread {
	jmp_buf at;
	char *bottom;
	struct access next;
	struct call call;
	bool done;
};

extern struct thread threads[MAX_THREADS];
extern unsigned int nr_threads;

void start_threads(const struct scenario *scenario);
void step(unsigned int t);
bool changes(const struct access *access);
size_t stack_in_use(unsigned int t);

/* ---- map and ghost ---- */

/**
 * struct live - an allocation as its owner knows it
 * @start: first unit
 * @nr: units, 0 if there is no such allocation
 * @gone: pieces freed before the split that makes them has returned
 * @retired: it is the whole map, out of service: each word stays busy
 */
struct live {
	unsigned short start, nr;
	unsigned int gone;
	bool retired;
};

/* All that threads share. */
struct shared {
	unsigned long map[sizeof(struct alloc_map) / sizeof(long) + MAX_WORDS];
	struct live live[MAX_LIVE];
};

extern struct shared shared;

static inline struct alloc_map *the_map(void)
{
	return (struct alloc_map *)shared.map;
}

/* What may change: the hint on the map, its words, the hints on parts. */
static inline unsigned long *first_word(void)
{
	return &the_map()->own_hint;
}

static inline unsigned long *end_of_words(void)
{
	return shared.map + alloc_map_bytes(the_map()->nr_units) / sizeof(long);
}

/* Those with units. */
static inline unsigned int unit_words(void)
{
	return the_map()->nr_units / W + 1;
}

void set_up(const struct scenario *scenario);
void run_calls(struct thread *thread, const struct call *calls);
void check_step(void);
void check_end(const struct scenario *scenario);

/* Remember the first thing that is wrong, until the search asks. */
void wrong(const char *what);
extern const char *failure;

/* Or the hint on the map stays unknown, and to look at it is no step. */
extern bool hints_change;

/* Do not look at Invariant B, only at what comes of breaking it. */
extern bool harm_only;

/* ---- search ---- */

/**
 * struct search - a search and what came out of it
 * @scenario: what to search
 * @plain: every interleaving one by one, no reduction
 * @first: stop at the first violation
 * @on_state: called in every state, if not NULL
 * @schedules: complete schedules
 * @steps: steps of all schedules, without those that they share
 * @cut: schedules that ended with all threads asleep
 * @violations: steps and ends of schedules at which something was wrong
 * @deepest: most steps in a schedule
 * @failure: the first violation
 * @failed_depth: after how many steps
 * @failed: which threads made them
 */
struct search {
	const struct scenario *scenario;
	bool plain, first;
	void (*on_state)(void);

	unsigned long schedules, steps, cut, violations;
	unsigned int deepest;

	const char *failure;
	unsigned int failed_depth;
	unsigned char failed[MAX_DEPTH];
};

void search(struct search *search);

/* ---- states ---- */

/**
 * struct states - a set of states
 * @nr: how many
 * @sum: sum of their hashes
 */
struct states {
	unsigned long nr;
	u64 sum;
};

void note_state(void);
struct states take_states(void);

#endif /* EXPLORE_H */
