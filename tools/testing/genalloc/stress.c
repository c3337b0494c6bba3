// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stress: threads allocate from one pool, fill what they get, look at it and
 * free it, and see to it that no unit is ever in two allocations.
 *
 *	stress [seconds [seed]]
 *
 * Each unit has an owner in a table beside the pool, exchanged atomically when
 * the unit is allocated and when it is freed: a thread that finds another owner
 * than it must reports at once.  The memory itself is written with plain stores,
 * which nothing but the map orders; that is for ThreadSanitizer.
 *
 * Time is cut into rounds.  A round has a pool of its own; at its end the
 * threads stop with allocations in their hands, every word of the maps is
 * compared with the table, each search must find the place that the table says,
 * all is freed, and the pool must be whole.  A block of a map is a word here.
 *
 * Interrupts are played at single accesses: access_point() is called before
 * each of them and now and then allocates and frees in the middle of whatever
 * its thread does, or lets another thread run.
 *
 * Meanwhile two of the chunks come and go: they are removed whenever they are
 * idle, their memory is overwritten, and they are added again.
 *
 * Beside the pool, pairs of threads do forbidden things to one map: both free
 * the same allocation, or one frees what the other splits.
 *
 * A stress test in which nothing collides has tested nothing.  Claims that
 * find units gone, claims that are rolled back, frees that lose against another
 * and chunks that are removed, or are in use, are counted, and it fails if there
 * were none.
 */

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <linux/alloc_map.h>
#include <linux/genalloc.h>

#include "../lib/alloc_map.h"

#define U		ALLOC_MAP_UNITS_PER_WORD
#define ORDER		4
#define UNIT		BIT(ORDER)
/* Chunks begin that far from a multiple of a unit. */
#define SKEW		8
#define NR_CHUNKS	5
/* The first chunk that comes and goes. */
#define GUESTS		3
#define MAX_CHUNK	(4 * U)
#define PHYS		0x1000000UL

#define NR_WORKERS	4
#define NR_PAIRS	2
#define MAX_HELD	12
#define NR_SLOTS	8
#define ROUND_MS	50

/* ---- counters ---- */

/**
 * struct counts - what has happened
 * @allocs: allocations
 * @full: allocations that found no room
 * @conflicts: claims that found units taken
 * @rollbacks: those of them that had other units already
 * @retries: cmpxchg that lost
 * @misuses: frees and splits that had to be refused, and were
 * @lost: frees and splits that lost against another
 * @busy: those of them that met the other at work
 * @interrupts: times that a thread was interrupted
 * @pairs: what pairs did at the same time
 * @removed: chunks that were removed
 * @in_use: chunks that were not, because something was allocated in them
 */
struct counts {
	unsigned long allocs;
	unsigned long full;
	unsigned long conflicts;
	unsigned long rollbacks;
	unsigned long retries;
	unsigned long misuses;
	unsigned long lost;
	unsigned long busy;
	unsigned long interrupts;
	unsigned long pairs;
	unsigned long removed;
	unsigned long in_use;
};

static void add_counts(struct counts *sum, const struct counts *counts)
{
	const unsigned long *from = (const unsigned long *)counts;
	unsigned long *to = (unsigned long *)sum;
	unsigned int i;

	for (i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

/* ---- threads ---- */

struct held {
	unsigned long addr;
	size_t size;
};

/**
 * struct worker - a thread, or what interrupts it
 * @thread: the thread
 * @id: what it writes to the owner table
 * @rnd: its random numbers
 * @held: what it has allocated
 * @nr_held: how many these are
 * @won: cmpxchg that it won
 * @counts: what it did
 * @irq: what interrupts it; NULL if this is what interrupts another
 * @in_irq: it is interrupted
 */
struct worker {
	pthread_t thread;
	u32 id;
	struct rnd_state rnd;
	struct held held[MAX_HELD];
	unsigned int nr_held;
	unsigned long won;
	struct counts counts;
	struct worker *irq;
	bool in_irq;
};

static __thread struct worker *current_worker;
static bool stopping;

static void __printf(1, 2) __noreturn fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\nstress: FAILED\n");
	fflush(stdout);
	_exit(1);
}

static u32 below(struct worker *w, u32 bound)
{
	return prandom_u32_state(&w->rnd) % bound;
}

/* As many small ones as large ones. */
static unsigned long random_units(struct worker *w)
{
	return 1 + below(w, 1 << below(w, U == 32 ? 7 : 6));
}

/* ---- hooks ---- */

static void interrupt(struct worker *w);

void access_point(void)
{
	struct worker *w = current_worker;
	u32 dice;

	if (!w || w->in_irq)
		return;

	dice = prandom_u32_state(&w->rnd);
	if (w->irq && dice % 256 == 0)
		interrupt(w);
	else if (dice % 64 == 1)
		sched_yield();
}

bool access_won(bool won)
{
	if (!current_worker)
		return won;
	if (won)
		current_worker->won++;
	else
		current_worker->counts.retries++;
	return won;
}

/* The linker puts this in place of alloc_map_claim_units(): see the Makefile. */
bool __real_alloc_map_claim_units(struct alloc_map *map, unsigned long start,
				  unsigned long nr);
bool __wrap_alloc_map_claim_units(struct alloc_map *map, unsigned long start,
				  unsigned long nr);

bool __wrap_alloc_map_claim_units(struct alloc_map *map, unsigned long start,
				  unsigned long nr)
{
	struct worker *w = current_worker;
	unsigned long won = w ? w->won : 0;
	bool claimed = __real_alloc_map_claim_units(map, start, nr);

	if (w && !claimed) {
		w->counts.conflicts++;
		/* It had something, so it has given it back. */
		w->counts.rollbacks += w->won != won;
	}
	return claimed;
}

/* ---- the pool ---- */

/**
 * struct chunk - a chunk and its shadow
 * @mem: its memory
 * @start: its first address
 * @nr: its units
 * @map: its map, once no chunk comes or goes any more
 * @owner: for each unit the thread that has it, or 0
 */
struct chunk {
	u8 mem[MAX_CHUNK * UNIT + SKEW] __aligned(64);
	unsigned long start;
	unsigned long nr;
	struct alloc_map *map;
	u32 owner[MAX_CHUNK];
};

static struct gen_pool *pool;
static struct chunk chunks[NR_CHUNKS];
static const unsigned long chunk_units[NR_CHUNKS] = {
	2 * U + 5, U - 1, 4 * U, U + 3, 3,
};

static struct chunk *chunk_of(unsigned long addr)
{
	struct chunk *c;

	for (c = chunks; c < chunks + NR_CHUNKS; c++)
		if (addr - c->start < c->nr * UNIT)
			return c;
	fail("%#lx is in no chunk", addr);
}

static void set_owner(unsigned long addr, size_t size, u32 from, u32 to)
{
	struct chunk *c = chunk_of(addr);
	unsigned long unit = (addr - c->start) / UNIT;
	unsigned long end = unit + DIV_ROUND_UP(size, UNIT);
	u32 owner;

	if ((addr - c->start) % UNIT || end > c->nr)
		fail("%zu bytes at %#lx do not fit the chunk", size, addr);
	for (; unit < end; unit++) {
		owner = __atomic_exchange_n(&c->owner[unit], to,
					    __ATOMIC_RELAXED);
		if (owner != from)
			fail("unit %lu is in two allocations: owner %u, not %u, when %u comes",
			     unit, owner, from, to);
	}
}

static size_t whole_units(size_t size)
{
	return round_up(size, UNIT);
}

/* Each word of the memory holds its address and its owner. */
static void fill(const struct held *h, u32 id)
{
	unsigned long *word = (unsigned long *)h->addr;
	unsigned long *end = word + whole_units(h->size) / sizeof(*word);

	for (; word < end; word++)
		*word = (unsigned long)word ^ id;
}

static void check_fill(const struct held *h, u32 id)
{
	unsigned long *word = (unsigned long *)h->addr;
	unsigned long *end = word + whole_units(h->size) / sizeof(*word);

	for (; word < end; word++)
		if (*word != ((unsigned long)word ^ id))
			fail("%p of %u has been overwritten: %#lx", word, id,
			     *word);
	if (gen_pool_alloc_size(pool, h->addr) != whole_units(h->size))
		fail("%#lx has %zu bytes, not %zu", h->addr,
		     gen_pool_alloc_size(pool, h->addr), whole_units(h->size));
}

/* ---- allocate ---- */

static void check_zero(unsigned long addr, size_t size)
{
	if (memchr_inv((void *)addr, 0, size))
		fail("%#lx is not zeroed", addr);
}

static unsigned long alloc_plain(struct worker *w, size_t size)
{
	return gen_pool_alloc(pool, size);
}

static unsigned long alloc_best(struct worker *w, size_t size)
{
	return gen_pool_alloc_algo(pool, size, below(w, 2) ? gen_pool_best_fit :
				   gen_pool_best_fit_all, NULL);
}

static unsigned long alloc_last(struct worker *w, size_t size)
{
	return gen_pool_alloc_algo(pool, size, gen_pool_last_fit, NULL);
}

static unsigned long alloc_align(struct worker *w, size_t size)
{
	struct genpool_data_align data = { .align = UNIT << below(w, 5) };
	unsigned long addr;

	addr = gen_pool_alloc_algo(pool, size, gen_pool_first_fit_align, &data);
	if (addr && !IS_ALIGNED(addr - SKEW, data.align))
		fail("%#lx is not aligned to %d", addr, data.align);
	return addr;
}

static unsigned long alloc_order(struct worker *w, size_t size)
{
	unsigned long to = roundup_pow_of_two(DIV_ROUND_UP(size, UNIT));
	unsigned long addr;

	addr = gen_pool_alloc_algo(pool, size, gen_pool_first_fit_order_align,
				   NULL);
	if (addr && (addr - chunk_of(addr)->start) % (to * UNIT))
		fail("%#lx is not aligned to %lu units", addr, to);
	return addr;
}

static unsigned long alloc_fixed(struct worker *w, size_t size)
{
	struct genpool_data_fixed data = { .offset = below(w, 4 * U) * UNIT };
	unsigned long addr;

	addr = gen_pool_alloc_algo(pool, size, gen_pool_fixed_alloc, &data);
	if (addr && addr - chunk_of(addr)->start != data.offset)
		fail("%#lx is not at %#lx", addr, data.offset);
	return addr;
}

static unsigned long alloc_reserve(struct worker *w, size_t size)
{
	unsigned long addr = chunks[below(w, NR_CHUNKS)].start +
			     below(w, 4 * U) * UNIT;

	return gen_pool_reserve(pool, addr, size) ? 0 : addr;
}

static unsigned long alloc_owner(struct worker *w, size_t size)
{
	unsigned long addr;
	void *owner;

	addr = gen_pool_alloc_owner(pool, size, &owner);
	if (owner != (addr ? chunk_of(addr) : NULL))
		fail("%#lx has the wrong owner", addr);
	return addr;
}

static unsigned long alloc_dma(struct worker *w, size_t size)
{
	dma_addr_t dma = 0;
	unsigned long addr = (unsigned long)gen_pool_dma_zalloc(pool, size, &dma);

	if (!addr)
		return 0;
	if (dma != PHYS + addr)
		fail("%#lx has the wrong physical address %#lx", addr, dma);
	check_zero(addr, size);
	return addr;
}

static unsigned long (*const alloc_ways[])(struct worker *w, size_t size) = {
	alloc_plain, alloc_plain, alloc_best, alloc_last, alloc_align,
	alloc_order, alloc_fixed, alloc_reserve, alloc_owner, alloc_dma,
};

static void do_alloc(struct worker *w)
{
	struct held h = { .size = random_units(w) * UNIT - below(w, UNIT) };

	h.addr = alloc_ways[below(w, ARRAY_SIZE(alloc_ways))](w, h.size);
	if (!h.addr) {
		w->counts.full++;
		return;
	}
	w->counts.allocs++;
	set_owner(h.addr, h.size, 0, w->id);
	fill(&h, w->id);
	w->held[w->nr_held++] = h;
}

/* ---- free ---- */

static struct held take_held(struct worker *w, unsigned int i)
{
	struct held h = w->held[i];

	w->held[i] = w->held[--w->nr_held];
	return h;
}

static void free_held(struct worker *w, const struct held *h)
{
	struct chunk *c = chunk_of(h->addr);
	void *owner;

	check_fill(h, w->id);
	set_owner(h->addr, h->size, w->id, 0);
	switch (below(w, 3)) {
	case 0:
		gen_pool_free(pool, h->addr, h->size);
		break;
	case 1:
		gen_pool_free(pool, h->addr, 0);
		break;
	default:
		gen_pool_free_owner(pool, h->addr, h->size, &owner);
		if (owner != c)
			fail("%#lx has the wrong owner", h->addr);
	}
}

static void do_free(struct worker *w)
{
	struct held h = take_held(w, below(w, w->nr_held));

	free_held(w, &h);
}

/* Things that must be refused and change nothing. */
static void do_misuse(struct worker *w)
{
	struct held h = w->held[below(w, w->nr_held)];

	switch (below(w, 5)) {
	case 0:
		gen_pool_free(pool, h.addr, h.size + UNIT);
		break;
	case 1:
		gen_pool_free(pool, h.addr + 1, 0);
		break;
	case 2:
		gen_pool_free(pool, 1, h.size);
		break;
	case 3:
		if (gen_pool_split(pool, h.addr, 0) != -EDOM)
			fail("a split into nothing was not refused");
		break;
	default:
		/* Inside, or what a double free comes to: always one more. */
		if (h.size <= UNIT)
			return;
		gen_pool_free(pool, h.addr + UNIT, 0);
	}
	w->counts.misuses++;
	check_fill(&h, w->id);
}

/* ---- split, hand over ---- */

/* Allocations on their way to another thread, which frees them. */
static struct held *slots[NR_SLOTS];

static void do_hand_over(struct worker *w)
{
	struct held *give, *got, h;

	give = malloc(sizeof(*give));
	*give = take_held(w, below(w, w->nr_held));
	check_fill(give, w->id);
	set_owner(give->addr, give->size, w->id, NR_WORKERS + 1);

	got = __atomic_exchange_n(&slots[below(w, NR_SLOTS)], give,
				  __ATOMIC_ACQ_REL);
	if (!got)
		return;
	h = *got;
	free(got);
	set_owner(h.addr, h.size, NR_WORKERS + 1, w->id);
	fill(&h, w->id);
	free_held(w, &h);
}

/* Into pieces, which are freed from the last one down or kept. */
static void do_split(struct worker *w)
{
	struct held h = take_held(w, below(w, w->nr_held));
	size_t piece = whole_units(1 + below(w, h.size));
	size_t at = (whole_units(h.size) - 1) / piece * piece;
	struct held part;

	if (gen_pool_split(pool, h.addr, piece))
		fail("a split of %#lx was refused", h.addr);
	for (;; at -= piece) {
		part.addr = h.addr + at;
		part.size = min(piece, h.size - at);
		if (below(w, 2) && w->nr_held < MAX_HELD)
			w->held[w->nr_held++] = part;
		else
			free_held(w, &part);
		if (!at)
			break;
	}
}

/* ---- look around ---- */

static void look_at(struct gen_pool *p, unsigned long addr, size_t size,
		    void *data)
{
	struct chunk *c = chunk_of(addr);

	if (!size || size % UNIT || addr + size > c->start + c->nr * UNIT)
		fail("%zu bytes at %#lx cannot be", size, addr);
}

static void do_look(struct worker *w)
{
	size_t all = 0;
	unsigned int i;

	for (i = 0; i < NR_CHUNKS; i++)
		all += chunk_units[i] * UNIT;

	gen_pool_for_each_alloc(pool, look_at, NULL);
	/* Chunks come and go between two calls: neither is a bound of the other. */
	if (gen_pool_avail(pool) > all || gen_pool_size(pool) > all)
		fail("more available than there is");
}

/* ---- a worker ---- */

static void act(struct worker *w)
{
	u32 dice = below(w, 64);

	if (w->nr_held < MAX_HELD && (!w->nr_held || dice < 28))
		do_alloc(w);
	else if (dice < 48)
		do_free(w);
	else if (dice < 52)
		do_misuse(w);
	else if (dice < 56)
		do_hand_over(w);
	else if (dice < 63)
		do_split(w);
	else
		do_look(w);
}

static void interrupt(struct worker *w)
{
	unsigned long won = w->won;

	w->in_irq = true;
	w->counts.interrupts++;
	act(w->irq);
	w->in_irq = false;
	w->won = won;
}

static void *work(void *data)
{
	current_worker = data;
	while (!__atomic_load_n(&stopping, __ATOMIC_RELAXED))
		act(current_worker);
	current_worker = NULL;
	return NULL;
}

/* ---- chunks that come and go ---- */

static void add_chunk(struct chunk *c)
{
	if (gen_pool_add_owner(pool, c->start, PHYS + c->start, c->nr * UNIT,
			       NUMA_NO_NODE, c))
		fail("a chunk cannot be added");
}

static void move_chunk(struct worker *w, struct chunk *c)
{
	int err = gen_pool_remove(pool, c->start);

	if (err == -EBUSY) {
		w->counts.in_use++;
		return;
	}
	if (err)
		fail("a chunk cannot be removed: %d", err);
	if (memchr_inv(c->owner, 0, sizeof(c->owner)))
		fail("a chunk was removed that is in use");
	w->counts.removed++;
	/* It is the mover's: a plain store races with no owner before. */
	memset(c->mem, 0x5a, sizeof(c->mem));
	add_chunk(c);
}

/* Interrupts come in the middle of it, too: they see the pool half changed. */
static void *move(void *data)
{
	struct worker *w = data;
	unsigned long nr;

	current_worker = w;
	for (nr = 1; !__atomic_load_n(&stopping, __ATOMIC_RELAXED); nr++) {
		move_chunk(w, &chunks[GUESTS + below(w, NR_CHUNKS - GUESTS)]);
		if (nr % 64 == 0)
			rcu_barrier();
	}
	current_worker = NULL;
	return NULL;
}

/* ---- pairs ---- */

/* A pair has units of its own, but they share words with those of the other. */
#define PAIR_UNITS	(2 * U + 7)

enum task { FREE_FREE, FREE_WRONG, FREE_SPLIT, NR_TASKS };

/**
 * struct pair - two threads at one allocation
 * @workers: the threads
 * @base: first of their units
 * @round: number of the allocation, negative at the end
 * @done: number of the last allocation that the second is done with
 * @task: what they do to it
 * @head: its first unit
 * @nr: its length
 * @arg: what the second asks for
 * @ret: what the second got: an errno, or how much it freed
 */
struct pair {
	struct worker workers[2];
	unsigned long base;
	long round;
	long done;
	enum task task;
	unsigned long head;
	unsigned long nr;
	unsigned long arg;
	long ret;
};

static struct pair pairs[NR_PAIRS];
static struct alloc_map *pair_map;

/* Run beside the other: on few CPUs it must be let in, but not too soon. */
static void wait_for(long *ptr, long value)
{
	unsigned int spins;

	for (spins = 0; __atomic_load_n(ptr, __ATOMIC_ACQUIRE) != value; spins++)
		if (spins > 100)
			sched_yield();
}

static long second_does(struct pair *p)
{
	long ret;

	switch (p->task) {
	case FREE_SPLIT:
		return alloc_map_split(pair_map, p->head, p->arg);
	case FREE_WRONG:
		ret = alloc_map_release(pair_map, p->head, p->nr + 1);
		if (ret > 0)
			fail("a free with a wrong length went through");
		return ret;
	default:
		return alloc_map_release(pair_map, p->head, 0);
	}
}

static void *pair_second(void *data)
{
	struct pair *p = data;
	long round;

	current_worker = &p->workers[1];
	for (round = 1;; round++) {
		while (__atomic_load_n(&p->round, __ATOMIC_ACQUIRE) == round - 1)
			sched_yield();
		if (__atomic_load_n(&p->round, __ATOMIC_ACQUIRE) < 0)
			break;
		p->ret = second_does(p);
		__atomic_store_n(&p->done, round, __ATOMIC_RELEASE);
	}
	current_worker = NULL;
	return NULL;
}

static void count_lost(struct worker *w, long ret)
{
	if (ret >= 0)
		return;
	if (ret != -EBUSY && ret != -ENOENT && ret != -EMSGSIZE)
		fail("refused for a strange reason: %ld", ret);
	w->counts.lost++;
	w->counts.busy += ret == -EBUSY;
}

/* Free the rest of the allocation. */
static long free_rest(struct pair *p)
{
	unsigned long end = p->base + PAIR_UNITS, unit;
	long ret, nr = 0;

	for (unit = alloc_map_next(pair_map, p->base); unit < end;
	     unit = alloc_map_next(pair_map, unit)) {
		ret = alloc_map_release(pair_map, unit, 0);
		if (ret <= 0)
			fail("what is left cannot be freed: %ld", ret);
		nr += ret;
	}
	return nr;
}

/* Whatever the order, each unit was freed once. */
static void check_pair(struct pair *p, long ret)
{
	bool won = ret > 0, other_won = p->ret > 0;
	unsigned long unit;
	long freed;

	if (p->task == FREE_FREE && won == other_won)
		fail("of two frees %s won: %ld, %ld", won ? "both" : "none",
		     ret, p->ret);
	if (p->task == FREE_WRONG && ret < 0)
		fail("a right free was refused because of a wrong one: %ld", ret);

	freed = max(ret, 0L) + max(p->ret, 0L) + free_rest(p);
	if (freed != p->nr)
		fail("task %d: of %lu units %ld were freed", p->task, p->nr,
		     freed);
	for (unit = p->base; unit < p->base + PAIR_UNITS; unit++)
		if (alloc_map_state(pair_map, unit) != ALLOC_MAP_FREE)
			fail("task %d: unit %lu is lost", p->task, unit);
}

static void pair_round(struct pair *p, struct worker *w, long round)
{
	unsigned long offset;
	long ret;

	p->task = below(w, NR_TASKS);
	offset = below(w, PAIR_UNITS);
	p->head = p->base + offset;
	p->nr = 1 + below(w, PAIR_UNITS - offset);
	p->arg = 1 + below(w, p->nr);
	if (!alloc_map_claim(pair_map, p->head, p->nr))
		fail("units that nobody else takes are taken");

	__atomic_store_n(&p->round, round, __ATOMIC_RELEASE);
	ret = alloc_map_release(pair_map, p->head, 0);
	wait_for(&p->done, round);

	count_lost(w, ret);
	count_lost(w, p->ret);
	check_pair(p, ret);
	w->counts.pairs++;
}

static void *pair_first(void *data)
{
	struct pair *p = data;
	long round;

	current_worker = &p->workers[0];
	for (round = 1; !__atomic_load_n(&stopping, __ATOMIC_RELAXED); round++)
		pair_round(p, current_worker, round);
	__atomic_store_n(&p->round, -1, __ATOMIC_RELEASE);
	current_worker = NULL;
	return NULL;
}

/* ---- rounds ---- */

static struct worker workers[NR_WORKERS], irqs[NR_WORKERS];
static struct worker mover, mover_irq;

static void find_map(struct gen_pool *p, struct gen_pool_chunk *chunk,
		     void *data)
{
	chunk_of(chunk->start_addr)->map = &chunk->map;
}

static void create_pool(void)
{
	struct chunk *c;
	unsigned int i;

	pool = gen_pool_create(ORDER, NUMA_NO_NODE);
	for (i = 0; i < NR_CHUNKS; i++) {
		c = &chunks[i];
		c->start = (unsigned long)c->mem + SKEW;
		c->nr = chunk_units[i];
		add_chunk(c);
	}
	pair_map = kzalloc(alloc_map_bytes(NR_PAIRS * PAIR_UNITS), GFP_KERNEL);
	alloc_map_init(pair_map, NR_PAIRS * PAIR_UNITS);
}

/* Unit by unit: bodies follow their own, and the owners are those of the table. */
static void check_chunk(const struct chunk *c)
{
	enum alloc_map_state state;
	unsigned long unit;
	u32 before = 0;

	for (unit = 0; unit < c->nr; unit++) {
		state = c->map->words[unit / U] >> unit % U * 2 & 3;
		if (!state != !c->owner[unit] || state == ALLOC_MAP_BUSY)
			fail("unit %lu of %u is in state %d", unit,
			     c->owner[unit], state);
		if (state == ALLOC_MAP_BODY && c->owner[unit] != before)
			fail("unit %lu has no head", unit);
		before = c->owner[unit];
	}
	for (; unit % U; unit++)
		if ((c->map->words[unit / U] >> unit % U * 2 & 3) != 3)
			fail("the end of the map has been written");
}

/* The lowest aligned run of @nr units that nobody has. */
static unsigned long aligned_room(const struct chunk *c, unsigned long nr,
				  unsigned long align)
{
	unsigned long unit, len;

	for (unit = 0; unit < c->nr; unit += align) {
		for (len = 0; unit + len < c->nr && !c->owner[unit + len]; len++)
			;
		if (len >= nr)
			return unit;
	}
	return c->nr;
}

/* The lowest run of @nr units and more that nobody has, or of the shortest. */
static unsigned long room(const struct chunk *c, unsigned long nr, bool best)
{
	unsigned long unit, run = 0, found = c->nr, len = ULONG_MAX;

	for (unit = 0; unit <= c->nr; unit++) {
		if (unit < c->nr && !c->owner[unit]) {
			run++;
			continue;
		}
		if (run >= nr && (found == c->nr || (best && run < len))) {
			found = unit - run;
			len = run;
		}
		run = 0;
	}
	return found;
}

static void check_place(unsigned long nr, unsigned long want,
			unsigned long unit, const char *what)
{
	if (unit != want)
		fail("the %s fit of %lu units is at %lu, not at %lu", what, nr,
		     want, unit);
}

/*
 * Whatever met at a hint, it hides nothing that is free, nor does a request that
 * did not fit.  The largest first, lest this one be found before it is replaced.
 */
static void check_hints(const struct chunk *c)
{
	unsigned long align, nr;

	for (nr = c->nr; nr; nr--)
		for (align = U; align; align /= 2)
			check_place(nr, aligned_room(c, nr, align),
				    alloc_map_find(c->map, 0, nr, align - 1, 0),
				    "aligned");
	for (nr = 1; nr <= c->nr; nr++) {
		check_place(nr, room(c, nr, false),
			    alloc_map_find(c->map, 0, nr, 0, 0), "first");
		check_place(nr, room(c, nr, true),
			    alloc_map_find_best(c->map, 0, nr), "best");
	}
}

/* Nor does the hint of a chunk in its row. */
static void check_pool(unsigned long nr)
{
	bool there = false;
	unsigned long addr;
	unsigned int i;

	for (i = 0; i < NR_CHUNKS; i++)
		there |= room(&chunks[i], nr, false) < chunks[i].nr;
	addr = gen_pool_alloc(pool, nr * UNIT);
	if (!addr != !there)
		fail("%lu units: room %d, found at %#lx", nr, there, addr);
	if (addr)
		gen_pool_free(pool, addr, nr * UNIT);
}

static void check_chunks(void)
{
	unsigned long nr;
	unsigned int i;

	for (i = 0; i < NR_CHUNKS; i++) {
		check_chunk(&chunks[i]);
		check_hints(&chunks[i]);
	}
	for (nr = 1; nr <= MAX_CHUNK; nr++)
		check_pool(nr);
}

static void drain(struct worker *w)
{
	while (w->nr_held)
		do_free(w);
}

static void drain_slots(void)
{
	struct held *got;
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++) {
		got = slots[i];
		if (!got)
			continue;
		slots[i] = NULL;
		set_owner(got->addr, got->size, NR_WORKERS + 1, 0);
		gen_pool_free(pool, got->addr, got->size);
		free(got);
	}
}

static unsigned long misuses_of_round(void)
{
	unsigned long nr = mover_irq.counts.misuses;
	unsigned int i;

	for (i = 0; i < NR_WORKERS; i++)
		nr += workers[i].counts.misuses + irqs[i].counts.misuses;
	return nr;
}

static void finish_pool(void)
{
	unsigned int i;

	gen_pool_for_each_chunk(pool, find_map, NULL);
	check_chunks();
	for (i = 0; i < NR_WORKERS; i++) {
		drain(&workers[i]);
		drain(&irqs[i]);
	}
	drain(&mover_irq);
	drain_slots();
	check_chunks();

	if (gen_pool_avail(pool) != gen_pool_size(pool))
		fail("%zu of %zu bytes are available when all is freed",
		     gen_pool_avail(pool), gen_pool_size(pool));
	if (atomic_long_read(&pool->nr_refused) != misuses_of_round())
		fail("%ld calls were refused, not %lu",
		     atomic_long_read(&pool->nr_refused), misuses_of_round());
	if (alloc_map_nr_free(pair_map) != NR_PAIRS * PAIR_UNITS)
		fail("the map of the pairs is not whole");

	gen_pool_destroy(pool);
	kfree(pair_map);
	rcu_barrier();
	if (shim_nr_live)
		fail("%ld allocations are leaked", shim_nr_live);
}

static void init_worker(struct worker *w, u32 id, u64 seed)
{
	memset(w, 0, sizeof(*w));
	w->id = id;
	prandom_seed_state(&w->rnd, seed * 64 + id);
}

static void init_round(u64 seed)
{
	unsigned int i;

	for (i = 0; i < NR_WORKERS; i++) {
		init_worker(&workers[i], 1 + i, seed);
		init_worker(&irqs[i], NR_WORKERS + 2 + i, seed);
		workers[i].irq = &irqs[i];
	}
	init_worker(&mover, 16, seed);
	init_worker(&mover_irq, 17, seed);
	mover.irq = &mover_irq;
	for (i = 0; i < NR_PAIRS; i++) {
		memset(&pairs[i], 0, sizeof(pairs[i]));
		init_worker(&pairs[i].workers[0], 32 + 2 * i, seed);
		init_worker(&pairs[i].workers[1], 33 + 2 * i, seed);
		pairs[i].base = i * PAIR_UNITS;
	}
}

static void start(struct worker *w, void *(*fn)(void *data), void *data)
{
	if (pthread_create(&w->thread, NULL, fn, data))
		fail("no thread");
}

static void start_all(void)
{
	unsigned int i;

	for (i = 0; i < NR_WORKERS; i++)
		start(&workers[i], work, &workers[i]);
	start(&mover, move, &mover);
	for (i = 0; i < NR_PAIRS; i++) {
		start(&pairs[i].workers[0], pair_first, &pairs[i]);
		start(&pairs[i].workers[1], pair_second, &pairs[i]);
	}
}

static void join(struct worker *w, struct counts *sum)
{
	pthread_join(w->thread, NULL);
	add_counts(sum, &w->counts);
}

static void join_all(struct counts *sum)
{
	unsigned int i;

	for (i = 0; i < NR_WORKERS; i++) {
		join(&workers[i], sum);
		add_counts(sum, &irqs[i].counts);
	}
	join(&mover, sum);
	add_counts(sum, &mover_irq.counts);
	for (i = 0; i < NR_PAIRS; i++) {
		join(&pairs[i].workers[0], sum);
		join(&pairs[i].workers[1], sum);
	}
}

static void run_round(u64 seed, struct counts *sum)
{
	create_pool();
	init_round(seed);
	__atomic_store_n(&stopping, false, __ATOMIC_RELAXED);
	start_all();
	usleep(ROUND_MS * 1000);
	__atomic_store_n(&stopping, true, __ATOMIC_RELAXED);
	join_all(sum);
	finish_pool();
}

static void print_counts(const struct counts *c)
{
	printf("%lu allocations, %lu found no room\n", c->allocs, c->full);
	printf("%lu claims in conflict, %lu of them rolled back\n",
	       c->conflicts, c->rollbacks);
	printf("%lu cmpxchg lost, %lu interrupts\n", c->retries, c->interrupts);
	printf("%lu misuses refused\n", c->misuses);
	printf("%lu chunks removed, %lu in use\n", c->removed, c->in_use);
	printf("%lu pairs, %lu calls lost against the other, %lu at work\n",
	       c->pairs, c->lost, c->busy);
}

int main(int argc, char **argv)
{
	long seconds = argc > 1 ? atol(argv[1]) : 60;
	u64 seed = argc > 2 ? strtoull(argv[2], NULL, 0) : time(NULL);
	time_t end = time(NULL) + seconds;
	struct counts sum = {};
	unsigned long rounds;

	printf("seed %llu\n", (unsigned long long)seed);
	shim_quiet = true;
	for (rounds = 0; time(NULL) < end || !rounds; rounds++)
		run_round(seed + rounds, &sum);

	print_counts(&sum);
	if (!sum.conflicts || !sum.rollbacks || !sum.lost || !sum.busy ||
	    !sum.removed || !sum.in_use)
		fail("no race seen");
	if (!shim_all_gone())
		fail("not all gone");
	printf("%lu allocations, %lu conflicts, %lu rollbacks, ",
	       sum.allocs, sum.conflicts, sum.rollbacks);
	printf("%lu frees refused, %lu chunks removed: no fault\n",
	       sum.misuses + sum.lost, sum.removed);
	return 0;
}
