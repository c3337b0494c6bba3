// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lives of chunks: a reader of a pool against a writer that adds and removes
 * chunks, and with them rows, in every interleaving of up to five parts.
 *
 *	lives
 *
 * Reader and writer are coroutines on the real lib/genalloc*.c, which stop at
 * single accesses to shared memory: access_point() is called before each.  For
 * each pair of what a reader and a writer can do,
 *
 *	reader | writer | reader | writer to its end | reader to its end
 *
 * is run with every length of the first three parts, and the same beginning
 * with the writer.  Grace periods are as short as RCU allows: what nobody may
 * look at any more is freed, so that AddressSanitizer sees a look too late.
 *
 * Accesses happen in the order of the program.  What weaker machines make of
 * that is for the litmus tests.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <linux/alloc_map.h>
#include <linux/genalloc.h>

#define ORDER		4
#define UNIT		BIT(ORDER)
#define NR_UNITS	(ALLOC_MAP_UNITS_PER_WORD + 1)
#define SIZE		(NR_UNITS * UNIT)
#define STEP		0x10000UL
#define ADDR(place)	(0x1000000UL + (place) * STEP)
#define PHYS(addr)	((addr) ^ 0x7000000UL)
/* The first row is full, the second one has two chunks. */
#define NR_PLACES	(GEN_POOL_ROW_CHUNKS + 2)
#define NEWEST		(NR_PLACES - 1)
#define NEWER		(NR_PLACES - 2)
#define OLD		1UL
/* No writer touches these; in the first one a unit is allocated. */
#define STAYS		0UL
#define STAYS_TOO	2UL
/* More accesses than any run takes that comes to an end. */
#define ENDLESS		20000

static struct gen_pool *pool;
static long nr_chunks;

/* ---- coroutines ---- */

enum side { READER, WRITER, NR_SIDES };

/**
 * struct side_state - one of the two
 * @context: where it stopped
 * @stack: its stack
 * @left: accesses until it stops, negative for none
 * @blocked: it waits for a lock
 * @done: it has come to its end
 * @nesting: rcu_read_lock() calls that are open
 */
static struct side_state {
	ucontext_t context;
	char stack[64 * 1024] __aligned(64);
	long left;
	bool blocked, done;
	unsigned int nesting;
} sides[NR_SIDES];

static ucontext_t scheduler;
static struct side_state *running;
static unsigned long nr_accesses;
static char where[160];

static void __printf(1, 2) __noreturn fail(const char *fmt, ...)
{
	va_list args;

	printf("lives: FAILED: %s: ", where);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	_exit(1);
}

void access_point(void)
{
	if (!running)
		return;
	if (nr_accesses++ > ENDLESS)
		fail("it goes on for ever");
	if (!running->left--)
		swapcontext(&running->context, &scheduler);
}

bool access_won(bool won)
{
	return won;
}

/* Returns false if it came to its end, or to a lock, before @nr accesses. */
static bool run(enum side which, long nr)
{
	struct side_state *side = &sides[which];

	if (side->done)
		return false;
	side->left = nr;
	side->blocked = false;
	running = side;
	swapcontext(&scheduler, &side->context);
	running = NULL;
	return !side->done && !side->blocked;
}

/* ---- in place of what shim.c has for threads ---- */

void __wrap_spin_lock(spinlock_t *lock)
{
	while (lock->locked) {
		running->blocked = true;
		swapcontext(&running->context, &scheduler);
	}
	lock->locked = 1;
}

static struct {
	struct rcu_head *rcu;
	void (*func)(struct rcu_head *rcu);
	bool waits[NR_SIDES];
} callbacks[16];

static void run_callbacks(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(callbacks); i++) {
		if (!callbacks[i].rcu || callbacks[i].waits[READER] ||
		    callbacks[i].waits[WRITER])
			continue;
		callbacks[i].func(callbacks[i].rcu);
		callbacks[i].rcu = NULL;
	}
}

void __wrap_call_rcu(struct rcu_head *rcu, void (*func)(struct rcu_head *rcu))
{
	unsigned int i, side;

	for (i = 0; callbacks[i].rcu; i++)
		;
	callbacks[i].rcu = rcu;
	callbacks[i].func = func;
	for (side = 0; side < NR_SIDES; side++)
		callbacks[i].waits[side] = sides[side].nesting;
	run_callbacks();
}

void __wrap_rcu_read_lock(void)
{
	if (running)
		running->nesting++;
}

/* Before and after a run there is nobody else. */
bool __wrap_rcu_read_lock_held(void)
{
	return !running || running->nesting;
}

void __wrap_rcu_read_unlock(void)
{
	unsigned int i;

	if (!running || --running->nesting)
		return;
	for (i = 0; i < ARRAY_SIZE(callbacks); i++)
		callbacks[i].waits[running - sides] = false;
	run_callbacks();
	access_point();
}

/* ---- what both do ---- */

static void must_add(unsigned long addr)
{
	int err = gen_pool_add_owner(pool, addr, PHYS(addr), SIZE, NUMA_NO_NODE,
				     (void *)addr);

	if (err)
		fail("%#lx cannot be added: %d", addr, err);
	nr_chunks++;
}

/* What the reader allocates is in the way, or it removes the chunk itself. */
static bool try_remove(unsigned long addr)
{
	int err = gen_pool_remove(pool, addr);

	if (err && err != -EBUSY && err != -ENOENT)
		fail("%#lx cannot be removed: %d", addr, err);
	nr_chunks -= !err;
	return !err;
}

/* ---- what readers do, and what they must find ---- */

static unsigned int seen[NR_PLACES];

static void see(struct gen_pool *p, struct gen_pool_chunk *chunk, void *data)
{
	unsigned long place = (chunk->start_addr - ADDR(0)) / STEP;

	if (place >= ARRAY_SIZE(seen) || chunk->pool != pool ||
	    chunk->owner != (void *)chunk->start_addr ||
	    chunk->end_addr != chunk->start_addr + SIZE - 1)
		fail("a chunk came that is not in the pool");
	if (seen[place]++)
		fail("chunk %lu came twice", place);
}

static void read_chunks(void)
{
	gen_pool_for_each_chunk(pool, see, NULL);
	if (!seen[STAYS] || !seen[STAYS_TOO])
		fail("a chunk that stays was missed");
}

/* Those that stay have room: one is always found. */
static void alloc_and_free(size_t size, genpool_algo_t algo)
{
	unsigned long addr;
	void *owner;
	int err;

	addr = gen_pool_alloc_algo_owner(pool, size, algo, NULL, &owner);
	if (!addr)
		fail("no room was found");
	if (owner != (void *)(addr & ~(STEP - 1)))
		fail("an allocation has a strange owner");
	err = gen_pool_free_owner(pool, addr, size, NULL);
	if (err)
		fail("what was allocated cannot be freed: %d", err);
}

static void read_alloc_unit(void)
{
	alloc_and_free(UNIT, gen_pool_first_fit);
}

static void read_alloc_chunk(void)
{
	alloc_and_free(SIZE, gen_pool_first_fit);
}

static void read_alloc_best(void)
{
	alloc_and_free(UNIT, gen_pool_best_fit);
}

static void read_alloc_best_all(void)
{
	alloc_and_free(UNIT, gen_pool_best_fit_all);
}

static void read_free(void)
{
	void *owner;
	int err = gen_pool_free_owner(pool, ADDR(STAYS), UNIT, &owner);

	if (err || owner != (void *)ADDR(STAYS))
		fail("a free was refused: %d", err);
}

/* Nothing is allocated there; it must be refused whatever happens. */
static void read_late_free(void)
{
	void *owner;
	int err = gen_pool_free_owner(pool, ADDR(OLD), UNIT, &owner);

	if (err != -ENOENT && err != -EBUSY && err != -ENXIO)
		fail("a late free returned %d", err);
	if (owner && owner != (void *)ADDR(OLD))
		fail("a late free has a strange owner");
}

static void read_addresses(void)
{
	unsigned long phys = gen_pool_virt_to_phys(pool, ADDR(OLD));

	if (phys != PHYS(ADDR(OLD)) && phys != -1UL)
		fail("a physical address is %#lx", phys);
	if (!gen_pool_has_addr(pool, ADDR(STAYS_TOO), SIZE))
		fail("an address that stays was missed");
}

/* A unit is in use. */
static void read_avail(void)
{
	size_t size = gen_pool_avail(pool) + UNIT;

	if (size < 2 * SIZE || size > NR_PLACES * SIZE)
		fail("%zu bytes are free", size);
}

/* This is wrong, and must be found out. */
static void keep(struct gen_pool *p, struct gen_pool_chunk *chunk, void *data)
{
	if (chunk->start_addr == ADDR(OLD))
		*(struct gen_pool_chunk **)data = chunk;
}

static void read_unlocked(void)
{
	struct gen_pool_chunk *chunk = NULL;

	gen_pool_for_each_chunk(pool, keep, &chunk);
	if (chunk && chunk->pool != pool)
		fail("a chunk has lost its pool");
}

/* ---- what writers do ---- */

static void remove_old(void)
{
	try_remove(ADDR(OLD));
}

static void remove_newest(void)
{
	try_remove(ADDR(NEWEST));
}

static void remove_row(void)
{
	try_remove(ADDR(NEWEST));
	try_remove(ADDR(NEWER));
}

static void replace_old(void)
{
	if (try_remove(ADDR(OLD)))
		must_add(ADDR(OLD));
}

static void replace_newest(void)
{
	if (try_remove(ADDR(NEWEST)))
		must_add(ADDR(NEWEST));
}

static void replace_row(void)
{
	bool newest = try_remove(ADDR(NEWEST));

	if (try_remove(ADDR(NEWER)))
		must_add(ADDR(NEWER));
	if (newest)
		must_add(ADDR(NEWEST));
}

struct action {
	const char *name;
	void (*act)(void);
};

static const struct action readers[] = {
	{ "walk", read_chunks },
	{ "allocate a unit", read_alloc_unit },
	{ "allocate a chunk", read_alloc_chunk },
	{ "allocate the best", read_alloc_best },
	{ "free", read_free },
	{ "late free", read_late_free },
	{ "addresses", read_addresses },
	{ "avail", read_avail },
	{ "remove", remove_old },
},
/* Makes many accesses: for the first writer only. */
long_reader = { "allocate the best of all", read_alloc_best_all },
wrong_reader = { "keep a chunk", read_unlocked };

static const struct action writers[] = {
	{ "remove", remove_old },
	{ "remove the newest", remove_newest },
	{ "remove a row", remove_row },
	{ "replace", replace_old },
	{ "replace the newest", replace_newest },
	{ "replace a row", replace_row },
};

/* ---- runs ---- */

static const struct action *actions[NR_SIDES];

static void side_main(int which)
{
	actions[which]->act();
	sides[which].done = true;
	swapcontext(&sides[which].context, &scheduler);
}

static void start(enum side which)
{
	struct side_state *side = &sides[which];

	getcontext(&side->context);
	side->context.uc_stack.ss_sp = side->stack;
	side->context.uc_stack.ss_size = sizeof(side->stack);
	side->context.uc_link = NULL;
	side->done = false;
	makecontext(&side->context, (void (*)(void))side_main, 1, which);
}

static void begin(void)
{
	unsigned long place;

	nr_chunks = 0;
	nr_accesses = 0;
	memset(seen, 0, sizeof(seen));
	pool = gen_pool_create(ORDER, NUMA_NO_NODE);
	for (place = 0; place < NR_PLACES; place++) {
		must_add(ADDR(place));
		if (place == STAYS && gen_pool_alloc(pool, UNIT) != ADDR(STAYS))
			fail("there is no room at first");
	}
	start(READER);
	start(WRITER);
}

/* All that is in the pool can be found and allocated. */
static void end(void)
{
	long nr = 0;

	gen_pool_free_all(pool);
	while (gen_pool_alloc(pool, SIZE))
		nr++;
	if (nr != nr_chunks || gen_pool_size(pool) != nr * SIZE)
		fail("%ld chunks of %ld have room, the pool has %zu bytes", nr,
		     nr_chunks, gen_pool_size(pool));
	gen_pool_free_all(pool);
	gen_pool_destroy(pool);
	if (shim_nr_live)
		fail("%ld allocations are leaked", shim_nr_live);
}

/* Returns how many parts were as long as they should be. */
static unsigned int run_parts(enum side first, const long parts[3])
{
	enum side second = !first;
	unsigned int nr = 0;

	snprintf(where, sizeof(where),
		 "\"%s\" against \"%s\", %s first, parts of %ld, %ld and %ld accesses",
		 actions[READER]->name, actions[WRITER]->name,
		 first ? "writer" : "reader", parts[0], parts[1], parts[2]);
	begin();
	if (run(first, parts[0]) && ++nr && run(second, parts[1]) && ++nr &&
	    run(first, parts[2]))
		nr++;
	do {
		run(second, -1);
		run(first, -1);
	} while (!sides[READER].done || !sides[WRITER].done);
	end();
	return nr;
}

/* Every length of each part, until one is longer than what it is a part of. */
static unsigned long run_all_parts(enum side first)
{
	unsigned long nr_runs = 0;
	long parts[3] = {};
	unsigned int whole;

	for (;;) {
		nr_runs++;
		whole = run_parts(first, parts);
		if (!whole)
			return nr_runs;
		if (whole == 3) {
			parts[2]++;
		} else {
			parts[whole - 1]++;
			parts[whole] = 0;
			parts[2] = 0;
		}
	}
}

static unsigned long run_writers(const struct action *reader, unsigned int nr)
{
	unsigned long nr_runs = 0;
	unsigned int w;

	actions[READER] = reader;
	for (w = 0; w < nr; w++) {
		actions[WRITER] = &writers[w];
		nr_runs += run_all_parts(READER) + run_all_parts(WRITER);
	}
	return nr_runs;
}

#define ASAN_EXIT	99

/* Keep no more freed memory than one run needs. */
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1:malloc_context_size=1:exitcode=99";
}

/* In a process of its own: it does not survive. */
static bool wrong_is_found(void)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(0);
		run_writers(&wrong_reader, ARRAY_SIZE(writers));
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid &&
	       WIFEXITED(status) && WEXITSTATUS(status) == ASAN_EXIT;
}

int main(void)
{
	unsigned long nr_runs = 0;
	unsigned int r;

	shim_quiet = true;
	if (!wrong_is_found())
		fail("a reader that is wrong goes unnoticed");
	for (r = 0; r < ARRAY_SIZE(readers); r++) {
		nr_runs += run_writers(&readers[r], ARRAY_SIZE(writers));
		printf("%s: %lu interleavings so far\n", readers[r].name, nr_runs);
		fflush(stdout);
	}
	nr_runs += run_writers(&long_reader, 1);
	printf("%lu interleavings: no fault\n", nr_runs);
	return 0;
}
