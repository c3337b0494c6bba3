// SPDX-License-Identifier: GPL-2.0-only
/*
 * Torture test of pools of special memory and their maps
 *
 * Tasks, softirqs and hard interrupts on all CPUs allocate from one small pool
 * with all algorithms, and fill, check, split, hand over and free the memory.
 * Each unit has an owner in a table beside the pool, exchanged atomically when
 * the unit is allocated and when it is freed: a thread that finds a wrong owner
 * complains.  The memory itself is written with plain stores, which only the
 * map orders; that is for KCSAN.  When all have stopped, a model of what they
 * still hold must agree with the maps, and each search must find the place that
 * the model says, so that no hint hides room.  When all is freed the pool must
 * be whole.  tools/testing/genalloc/stress.c runs all this in a process.
 *
 * Some of the calls are misuse.  The warning of the first one would make each
 * run look like a failure, so the pool begins as one that has warned; at the
 * end it must have refused exactly the calls that were wrong.
 *
 * A mover removes chunks, uses their memory in another pool for a moment, and
 * brings them back.  Since it is refused while anything is allocated there, the
 * others hold few allocations for that time.  A walk over the chunks lingers on
 * one that is being removed, so that the chunk, or all of its row, is gone when
 * the walk goes on; still it must not miss a chunk that stayed, see one twice,
 * or see one of the other pool, which knows other things of the memory.
 *
 * A churner does the same with a chunk that has no room for a unit, as fast as
 * it can: rows are new all the time, and nearly every walk meets that chunk.
 * In the other pool it is a chunk with room at made-up addresses.
 *
 * A lender gives pages to a pool and takes them back, and uses them for
 * something else for a moment: a reader that still follows a tag falls over
 * that.
 *
 * Racers have a map of their own, for calls that a pool in use does not allow:
 * two contexts free the same allocation, or one frees while the other splits, or
 * both claim the same units.  Each racer has units that no other touches, but
 * they share words with those of its neighbours.
 *
 * A torture test without collisions has tested nothing: with more than one CPU
 * it fails if no claim lost against another, no claim was rolled back, or no
 * free lost against another.
 */

#include <linux/align.h>
#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/container_of.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/gen_pool_page.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/poison.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/processor.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/torture.h>
#include <linux/types.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "../lib/alloc_map.h"
#include "alloc_map_model.h"

/* As MODULE_IMPORT_NS() of all versions of the kernel: functions of the map. */
MODULE_INFO(import_ns, "EXPORTED_FOR_KUNIT_TESTING");
MODULE_DESCRIPTION("Torture test of the special memory allocator");
MODULE_LICENSE("GPL");

torture_param(int, nworkers, -1, "Workers on the pool, -1 for one per CPU");
torture_param(int, nracers, -1, "Racers on the map, -1 for one per two CPUs");
torture_param(bool, move, true, "Remove chunks and add them again");
torture_param(bool, churn, true, "Move a chunk without room all the time");
torture_param(bool, lend, true, "Give pages to a pool and take them back");
torture_param(int, nchunks, 3, "Chunks of the pool");
torture_param(int, chunk_units, 97, "Units of the largest chunk");
torture_param(int, order, 4, "log2 of the size of a unit in bytes, 3 to 12");
torture_param(int, shutdown_secs, 0, "Shutdown time (s), <= zero to disable");
torture_param(int, stat_interval, 60, "Seconds between stats printk()s, <= zero to disable");
torture_param(int, stutter, 5, "Number of jiffies to run/halt test, 0=disable");
torture_param(int, verbose, 0, "Enable verbose debugging printk()s");

static char *torture_type = "genalloc";

#define U		ALLOC_MAP_UNITS_PER_WORD
/* Chunks begin that far from a multiple of a unit (from 16 bytes up). */
#define SKEW		8
#define MAX_UNITS	(2 * U)
#define MAX_HELD	4
#define NR_SLOTS	4
#define MAX_COMPLAINTS	20

/* ---- counters and complaints ---- */

enum count {
	TASKS, SOFTIRQS, HARDIRQS,
	ALLOCS, FULL, CONFLICTS, SPLITS, HAND_OVERS, MISUSES,
	REMOVALS, REMOVALS_REFUSED, LINGERED, CHURNS,
	LOANS, PAGES_FOUND,
	RACES, FIRST_FREED, SECOND_FREED, REFUSED, BUSY, ROLLBACKS,
	NR_COUNTS
};

/* In which context calls were made, then what became of them. */
static const char * const count_names[] = {
	[TASKS]		= "tasks",
	[SOFTIRQS]	= "softirqs",
	[HARDIRQS]	= "hardirqs",
	[ALLOCS]	= "allocations",
	[FULL]		= "no-room",
	[CONFLICTS]	= "conflicts",
	[SPLITS]	= "splits",
	[HAND_OVERS]	= "hand-overs",
	[MISUSES]	= "misuses",
	[REMOVALS]	= "removals",
	[REMOVALS_REFUSED] = "removals-refused",
	[LINGERED]	= "lingered",
	[CHURNS]	= "churns",
	[LOANS]		= "loans",
	[PAGES_FOUND]	= "pages-found",
	[RACES]		= "races",
	[FIRST_FREED]	= "double-frees-1st",
	[SECOND_FREED]	= "double-frees-2nd",
	[REFUSED]	= "refused",
	[BUSY]		= "refused-busy",
	[ROLLBACKS]	= "rollbacks",
};

static_assert(ARRAY_SIZE(count_names) == NR_COUNTS);

static atomic_t nr_complaints;

#define complain(fmt, ...) do {						\
	if (atomic_inc_return(&nr_complaints) <= MAX_COMPLAINTS)	\
		pr_alert("%s" TORTURE_FLAG "!!! " fmt "\n",		\
			 torture_type, ##__VA_ARGS__);			\
} while (0)

/* ---- actors ---- */

struct held {
	unsigned long addr;
	size_t size;
};

/* What acts in one context; never two at a time. */
struct actor {
	int id;			/* what it writes to the owner table */
	struct torture_random_state rnd;	/* its random numbers */
	struct held held[MAX_HELD];	/* what it has allocated */
	unsigned int nr_held;	/* how many these are */
	/* what has happened; read by others */
	unsigned long counts[NR_COUNTS];
};

static void count(struct actor *a, enum count what)
{
	WRITE_ONCE(a->counts[what], a->counts[what] + 1);
}

static unsigned long below(struct actor *a, unsigned long bound)
{
	return torture_random(&a->rnd) % bound;
}

/* As many small ones as large ones. */
static unsigned long random_units(struct actor *a)
{
	return 1 + below(a, 1UL << below(a, ilog2(MAX_UNITS) + 1));
}

/* Call with preemption disabled: no CPU that is online goes away. */
static int random_cpu(struct actor *a)
{
	return cpumask_nth(below(a, num_online_cpus()), cpu_online_mask);
}

/* ---- between contexts ---- */

/* A CPU that finds a flag set, below, sees all that came before it was set. */
static void set_flag(bool *flag, bool value)
{
	smp_store_release(flag, value); /* flag:A */
}

static bool flag_is(bool *flag, bool value)
{
	return smp_load_acquire(flag) == value; /* flag:A */
}

/* Wait, and let others use this CPU meanwhile. */
static void wait_for(bool *flag, bool value)
{
	while (!flag_is(flag, value)) {
		cpu_relax();
		cond_resched();
	}
}

/* ---- the pool ---- */

/* A chunk and its shadow. */
struct chunk {
	unsigned long start;	/* its first address */
	unsigned long nr;	/* its units */
	struct alloc_map *map;	/* its map, and what should be in it, at rest */
	struct map_model model;
	/* for each unit which actor has it, 0 if none */
	atomic_t *owners;
	atomic_t moves;		/* odd while it may be out of the pool */
	unsigned long removals;	/* how often it has been removed */
};

/* The chunk without room, and what becomes of it in the other pool. */
#define STUB		0x1000UL
#define STUB_PHYS	0x2000
#define UNKNOWN_ADDR		0x3000UL
#define NOWHERE_PHYS	0x4000

/* How often it is looked whether something has gone meanwhile. */
#define LINGER		500
#define NR_PAGES	4

static struct gen_pool *pool;
static struct page *pages;
static void *memory;
static struct chunk *chunks;
static atomic_t *owners;
static u8 *states;
static size_t pool_size;

/* On the way from one actor to another. */
#define HANDED_OVER	1
static atomic_long_t slots[NR_SLOTS];

/* The mover wants a chunk to be idle. */
static bool ebb;

static size_t unit_size(void)
{
	return 1UL << order;
}

static size_t chunk_size(const struct chunk *c)
{
	return c->nr << order;
}

static size_t whole_units(size_t size)
{
	return round_up(size, unit_size());
}

static struct chunk *chunk_of(unsigned long addr)
{
	struct chunk *c;

	for (c = chunks; c < chunks + nchunks; c++)
		if (addr - c->start < chunk_size(c))
			return c;
	return NULL;
}

/* As it is told to the pool. */
static phys_addr_t chunk_phys(const struct chunk *c)
{
	return c->start - (unsigned long)memory;
}

/* Relaxed: an order that the map fails to keep must not come from here. */
static bool set_owner(unsigned long addr, size_t size, int from, int to)
{
	struct chunk *c = chunk_of(addr);
	unsigned long unit, end;
	int owner;

	if (!c || !IS_ALIGNED(addr - c->start, unit_size())) {
		complain("%d got %#lx, which is no unit", to, addr);
		return false;
	}
	unit = (addr - c->start) >> order;
	end = unit + (whole_units(size) >> order);
	if (end > c->nr) {
		complain("%zu bytes at %#lx do not fit the chunk", size, addr);
		return false;
	}
	for (; unit < end; unit++) {
		owner = atomic_cmpxchg_relaxed(&c->owners[unit], from, to);
		if (owner != from)
			complain("unit %lu of chunk %ld goes from %d to %d, but %d has it",
				 unit, (long)(c - chunks), from, to, owner);
	}
	return true;
}

static unsigned long *first_word(const struct held *h)
{
	return (unsigned long *)h->addr;
}

/*
 * The first word of the memory holds the size that was asked for, each other
 * its address and its owner.
 */
static void fill(const struct held *h, int id)
{
	unsigned long *word = first_word(h);
	unsigned long *end = word + h->size / sizeof(*word);

	*word = h->size;
	while (++word < end)
		*word = (unsigned long)word ^ id;
}

static void check_fill(const struct held *h, int id)
{
	unsigned long *word = first_word(h);
	unsigned long *end = word + h->size / sizeof(*word);
	size_t recorded = gen_pool_alloc_size(pool, h->addr);

	if (recorded != whole_units(h->size))
		complain("%#lx of %d has %zu bytes, not %zu", h->addr, id,
			 recorded, whole_units(h->size));
	if (!gen_pool_has_addr(pool, h->addr, h->size))
		complain("%#lx of %d is not in the pool", h->addr, id);
	if (*word != h->size)
		complain("%#lx of %d has %lu bytes, not %zu", h->addr, id, *word,
			 h->size);
	while (++word < end) {
		if (*word != ((unsigned long)word ^ id)) {
			complain("%#lx of %d has been overwritten: %#lx",
				 (unsigned long)word, id, *word);
			break;
		}
	}
}

/* ---- allocate ---- */

/* Data for probe_algo(). */
struct probe {
	struct actor *actor;	/* what allocates */
	genpool_algo_t algo;	/* the algorithm that chooses */
	void *data;		/* for @algo */
	/* start of the chunk in which @algo has found room, or 0 */
	unsigned long chunk;
};

/* It is asked again for a chunk that had room: another was faster to claim it. */
static unsigned long probe_algo(struct alloc_map *map, unsigned long size,
				unsigned long start, unsigned int nr,
				void *data, struct gen_pool *pool,
				unsigned long start_addr)
{
	struct probe *p = data;
	unsigned long unit;

	if (p->chunk == start_addr)
		count(p->actor, CONFLICTS);
	unit = p->algo(map, size, start, nr, p->data, pool, start_addr);
	p->chunk = unit < size ? start_addr : 0;
	return unit;
}

static unsigned long alloc_owner(size_t size, genpool_algo_t algo, void *data)
{
	unsigned long addr;
	void *owner;

	addr = gen_pool_alloc_algo_owner(pool, size, algo, data, &owner);
	if (owner != (addr ? chunk_of(addr) : NULL))
		complain("%#lx has the wrong owner", addr);
	return addr;
}

static unsigned long alloc_by(struct actor *a, size_t size,
			      genpool_algo_t algo, void *data)
{
	struct probe probe = { .actor = a, .algo = algo, .data = data };

	return alloc_owner(size, probe_algo, &probe);
}

/* The pool knows these two, and asks no algorithm. */
static unsigned long alloc_known(struct actor *a, size_t size)
{
	return alloc_owner(size, below(a, 4) ? gen_pool_first_fit :
			   gen_pool_best_fit_all, NULL);
}

static unsigned long alloc_fit(struct actor *a, size_t size)
{
	static const genpool_algo_t algos[] = {
		gen_pool_first_fit, gen_pool_best_fit, gen_pool_last_fit,
	};

	return alloc_by(a, size, algos[below(a, ARRAY_SIZE(algos))], NULL);
}

static unsigned long alloc_align(struct actor *a, size_t size)
{
	struct genpool_data_align data = { .align = unit_size() << below(a, 4) };
	unsigned long addr;

	addr = alloc_by(a, size, gen_pool_first_fit_align, &data);
	/* Up to the part of a unit that the chunk begins with. */
	if (addr && !IS_ALIGNED(addr & ~(unit_size() - 1), data.align))
		complain("%#lx is not aligned to %d", addr, data.align);
	return addr;
}

static unsigned long alloc_order(struct actor *a, size_t size)
{
	size_t align = roundup_pow_of_two(whole_units(size));
	unsigned long addr;

	addr = alloc_by(a, size, gen_pool_first_fit_order_align, NULL);
	if (addr && !IS_ALIGNED(addr - chunk_of(addr)->start, align))
		complain("%#lx is not aligned to %zu", addr, align);
	return addr;
}

static unsigned long alloc_fixed(struct actor *a, size_t size)
{
	struct genpool_data_fixed data = {
		.offset = below(a, chunk_units) << order,
	};
	unsigned long addr;

	addr = alloc_by(a, size, gen_pool_fixed_alloc, &data);
	if (addr && addr - chunk_of(addr)->start != data.offset)
		complain("%#lx is not at %#lx", addr, data.offset);
	return addr;
}

static unsigned long alloc_reserve(struct actor *a, size_t size)
{
	unsigned long addr = chunks[below(a, nchunks)].start +
			     (below(a, chunk_units) << order);

	return gen_pool_reserve(pool, addr, size) ? 0 : addr;
}

static unsigned long alloc_dma(struct actor *a, size_t size)
{
	dma_addr_t dma;
	void *mem = gen_pool_dma_zalloc(pool, size, &dma);

	if (!mem)
		return 0;
	if (dma != (unsigned long)(mem - memory))
		complain("%p has the wrong physical address %pad", mem, &dma);
	if (memchr_inv(mem, 0, size))
		complain("%p is not zeroed", mem);
	return (unsigned long)mem;
}

static unsigned long (*const alloc_ways[])(struct actor *a, size_t size) = {
	alloc_known, alloc_known, alloc_fit, alloc_fit, alloc_align,
	alloc_order, alloc_fixed, alloc_reserve, alloc_dma,
};

/* There is always room for a word. */
static void do_alloc(struct actor *a)
{
	size_t less = below(a, unit_size() - sizeof(u64) + 1);
	struct held h = { .size = (random_units(a) << order) - less };

	h.addr = alloc_ways[below(a, ARRAY_SIZE(alloc_ways))](a, h.size);
	if (!h.addr) {
		count(a, FULL);
		return;
	}
	count(a, ALLOCS);
	if (!set_owner(h.addr, h.size, 0, a->id))
		return;
	fill(&h, a->id);
	a->held[a->nr_held++] = h;
}

/* ---- free ---- */

static struct held take_held(struct actor *a)
{
	unsigned int i = below(a, a->nr_held);
	struct held h = a->held[i];

	a->held[i] = a->held[--a->nr_held];
	return h;
}

static void free_held(struct actor *a, const struct held *h, int id)
{
	size_t size = below(a, 2) ? h->size : 0;
	void *owner;
	int err;

	check_fill(h, id);
	set_owner(h->addr, h->size, id, 0);
	err = gen_pool_free_owner(pool, h->addr, size, &owner);
	if (err)
		complain("a free of %#lx was refused: %d", h->addr, err);
	if (owner != chunk_of(h->addr))
		complain("%#lx had the wrong owner", h->addr);
}

static void do_free(struct actor *a)
{
	struct held h = take_held(a);

	free_held(a, &h, a->id);
}

/* Put @addr, or 0, where others find it; free what lay there. */
static void exchange(struct actor *a, unsigned int slot, unsigned long addr)
{
	struct held h = { .addr = atomic_long_xchg(&slots[slot], addr) };

	if (!h.addr)
		return;
	h.size = *first_word(&h);
	free_held(a, &h, HANDED_OVER);
	count(a, HAND_OVERS);
}

static void do_hand_over(struct actor *a)
{
	struct held h = take_held(a);

	check_fill(&h, a->id);
	set_owner(h.addr, h.size, a->id, HANDED_OVER);
	fill(&h, HANDED_OVER);
	exchange(a, below(a, NR_SLOTS), h.addr);
}

static void do_take_over(struct actor *a)
{
	exchange(a, below(a, NR_SLOTS), 0);
}

/* The last pieces are freed at once, the others are kept as far as possible. */
static void do_split(struct actor *a)
{
	struct held h = take_held(a), piece;
	size_t size = whole_units(1 + below(a, h.size));
	size_t at = (whole_units(h.size) - 1) / size * size;

	check_fill(&h, a->id);
	if (gen_pool_split(pool, h.addr, size)) {
		complain("a split of %#lx was refused", h.addr);
		return;
	}
	count(a, SPLITS);
	for (;; at -= size) {
		piece.addr = h.addr + at;
		piece.size = min(size, h.size - at);
		fill(&piece, a->id);
		if (at < MAX_HELD * size && a->nr_held < MAX_HELD)
			a->held[a->nr_held++] = piece;
		else
			free_held(a, &piece, a->id);
		if (!at)
			break;
	}
}

static void wrong_free(unsigned long addr, size_t size, int expected)
{
	int err = gen_pool_free_owner(pool, addr, size, NULL);

	if (err != expected)
		complain("a wrong free of %zu bytes at %#lx gave %d, not %d",
			 size, addr, err, expected);
}

/* Each of these is refused once and changes nothing. */
static void do_misuse(struct actor *a)
{
	struct held h = a->held[below(a, a->nr_held)];

	switch (below(a, 5)) {
	case 0:
		wrong_free(h.addr, h.size + unit_size(), -EMSGSIZE);
		break;
	case 1:
		wrong_free(h.addr + 1, 0, -EINVAL);
		break;
	case 2:
		wrong_free(1, h.size, -ENXIO);
		break;
	case 3:
		if (gen_pool_split(pool, h.addr, 0) != -EDOM)
			complain("a split into nothing was not refused");
		break;
	default:
		if (h.size <= unit_size())
			return;
		wrong_free(h.addr + unit_size(), 0, -EINVAL);
	}
	count(a, MISUSES);
	check_fill(&h, a->id);
}

/* ---- look ---- */

static void look_at(struct gen_pool *p, unsigned long addr, size_t size,
		    void *data)
{
	struct chunk *c = chunk_of(addr);

	if (!c || !IS_ALIGNED(size, unit_size()) ||
	    addr + size > c->start + chunk_size(c))
		complain("%zu bytes at %#lx cannot be", size, addr);
}

static void look_at_all(struct actor *a)
{
	gen_pool_for_each_alloc(pool, look_at, NULL);
	/* Chunks come and go between two calls: neither bounds the other. */
	if (gen_pool_avail(pool) > pool_size || gen_pool_size(pool) > pool_size)
		complain("more is available than there is");
}

/* The chunk may be gone, but it is nowhere else. */
static void look_up(struct actor *a)
{
	struct chunk *c = &chunks[below(a, nchunks)];
	size_t offset = below(a, c->nr) << order;
	phys_addr_t phys = gen_pool_virt_to_phys(pool, c->start + offset);

	if (phys != (phys_addr_t)-1 && phys != chunk_phys(c) + offset)
		complain("%#lx is at %pa", c->start + offset, &phys);
	if (gen_pool_alloc_size(pool, c->start + offset) > chunk_size(c) - offset)
		complain("an allocation goes on behind its chunk");
	if (gen_pool_has_addr(pool, c->start, chunk_size(c) + 1))
		complain("a chunk is longer than it was");
}

static void look_up_stub(struct actor *a)
{
	phys_addr_t phys = gen_pool_virt_to_phys(pool, STUB);

	if (phys != (phys_addr_t)-1 && phys != STUB_PHYS)
		complain("the chunk without room is at %pa", &phys);
}

/* Data for walk_chunk(). */
struct walk {
	struct actor *actor;	/* what walks */
	const struct chunk *watched;	/* a chunk */
	unsigned int seen;	/* how often it was there */
};

/* Returns true if @c has been removed meanwhile, and perhaps more than that. */
static bool linger(const struct chunk *c)
{
	unsigned long removals = READ_ONCE(c->removals);
	unsigned int i;

	for (i = 0; i < LINGER && atomic_read(&c->moves) % 2; i++)
		cpu_relax();
	return READ_ONCE(c->removals) != removals;
}

/* That one goes at any time. */
static void linger_on_stub(struct actor *a)
{
	unsigned int i = below(a, LINGER);

	while (i--)
		cpu_relax();
}

static void walk_chunk(struct gen_pool *p, struct gen_pool_chunk *chunk,
		       void *data)
{
	struct chunk *c = chunk_of(chunk->start_addr);
	struct walk *w = data;

	if (chunk->start_addr == STUB && chunk->phys_addr == STUB_PHYS) {
		linger_on_stub(w->actor);
		return;
	}
	if (!c || chunk->owner != c || chunk->phys_addr != chunk_phys(c) ||
	    chunk->end_addr - chunk->start_addr != chunk_size(c) - 1) {
		complain("the chunk at %#lx cannot be", chunk->start_addr);
		return;
	}
	w->seen += c == w->watched;
	if (linger(c))
		count(w->actor, LINGERED);
}

static void walk(struct actor *a)
{
	struct walk w = { .actor = a, .watched = &chunks[below(a, nchunks)] };
	/* With the full barriers of move_chunk(): as if of a seqcount. */
	int moves = atomic_read_acquire(&w.watched->moves);

	gen_pool_for_each_chunk(pool, walk_chunk, &w);
	smp_rmb(); /* see above */
	if (w.seen > 1)
		complain("a chunk has been seen twice");
	if (!w.seen && moves % 2 == 0 &&
	    atomic_read(&w.watched->moves) == moves)
		complain("a chunk that stayed has been missed");
}

/* The memory of a pool stays as long as a reader may have found it. */
static void linger_on_pool(const struct gen_pool *p)
{
	unsigned int i;

	for (i = 0; i < LINGER && READ_ONCE(p->min_alloc_order) == order; i++)
		cpu_relax();
	if (i < LINGER)
		complain("a pool has gone while its pages were looked up");
}

/* The pages change owners, but a result fits together. */
static void look_up_page(struct actor *a)
{
	void *addr = page_address(pages) + below(a, NR_PAGES * PAGE_SIZE);
	struct gen_pool_allocation found;

	rcu_read_lock();
	if (gen_pool_lookup(addr, &found)) {
		count(a, PAGES_FOUND);
		if (found.pool->min_alloc_order != order ||
		    found.start + found.offset != (unsigned long)addr ||
		    (found.size && found.offset >= found.size))
			complain("%zu bytes at %#lx cannot be at %p",
				 found.size, found.start, addr);
		linger_on_pool(found.pool);
	}
	rcu_read_unlock();
}

static void (*const looks[])(struct actor *a) = {
	look_at_all, look_up, look_up_stub, look_up_page, walk, walk,
};

static void do_look(struct actor *a)
{
	looks[below(a, ARRAY_SIZE(looks))](a);
}

/* Little is allocated, but enough to meet the mover. */
static void act_at_ebb(struct actor *a)
{
	if (a->nr_held)
		do_free(a);
	else if (!below(a, 8))
		do_look(a);
	else if (below(a, 8))
		do_take_over(a);
	else
		do_alloc(a);
}

static void act(struct actor *a)
{
	unsigned long dice = below(a, 64);

	if (READ_ONCE(ebb))
		act_at_ebb(a);
	else if (a->nr_held < MAX_HELD && (!a->nr_held || dice < 28))
		do_alloc(a);
	else if (dice < 48)
		do_free(a);
	else if (dice < 53)
		do_misuse(a);
	else if (dice < 58)
		do_hand_over(a);
	else if (dice < 61)
		do_split(a);
	else
		do_look(a);
}

/* ---- workers ---- */

/* A task that acts, and lets interrupts act elsewhere. */
struct worker {
	struct task_struct *kthread;	/* the task */
	struct actor task;	/* what acts in the task */
	struct actor softirq;	/* what acts in @bh */
	struct actor hardirq;	/* what acts in @csd */
	struct work_struct bh;	/* to act in a softirq */
	/* to act in a hard interrupt, from another CPU */
	call_single_data_t csd;
	bool pending;		/* @csd is sent, or at work */
};

static struct worker *workers;

static void act_in_softirq(struct work_struct *bh)
{
	struct worker *w = container_of(bh, struct worker, bh);

	count(&w->softirq, SOFTIRQS);
	act(&w->softirq);
}

static void act_in_hardirq(void *data)
{
	struct worker *w = data;

	count(&w->hardirq, HARDIRQS);
	act(&w->hardirq);
	set_flag(&w->pending, false);
}

/* On this CPU the function would be called at once: it might as well wait. */
static void send_hardirq(struct worker *w, int cpu)
{
	if (cpu == smp_processor_id() || !flag_is(&w->pending, false))
		return;

	set_flag(&w->pending, true);
	if (smp_call_function_single_async(cpu, &w->csd))
		set_flag(&w->pending, false);
}

static void interrupt_others(struct worker *w)
{
	preempt_disable();
	send_hardirq(w, random_cpu(&w->task));
	queue_work_on(random_cpu(&w->task), system_bh_wq, &w->bh);
	preempt_enable();
}

static int genalloc_torture_worker(void *arg)
{
	struct worker *w = arg;

	VERBOSE_TOROUT_STRING("worker started");
	do {
		count(&w->task, TASKS);
		act(&w->task);
		if (!below(&w->task, 4))
			interrupt_others(w);
		cond_resched();
		stutter_wait("genalloc_torture_worker");
	} while (!torture_must_stop());

	wait_for(&w->pending, false);
	cancel_work_sync(&w->bh);
	torture_kthread_stopping("genalloc_torture_worker");
	return 0;
}

static void init_worker(struct worker *w, int id)
{
	w->task.id = id++;
	w->softirq.id = id++;
	w->hardirq.id = id++;
	INIT_WORK(&w->bh, act_in_softirq);
	INIT_CSD(&w->csd, act_in_hardirq, w);
}

/* ---- the mover ---- */

static struct task_struct *mover_task;
static struct actor mover;

static int add_chunk(struct chunk *c)
{
	return gen_pool_add_owner(pool, c->start, chunk_phys(c), chunk_size(c),
				  NUMA_NO_NODE, c);
}

static bool remove_chunk(struct chunk *c)
{
	int err = gen_pool_remove(pool, c->start);
	int i;

	if (err && err != -EBUSY)
		complain("a chunk cannot be removed: %d", err);
	count(&mover, err ? REMOVALS_REFUSED : REMOVALS);
	if (!err)
		WRITE_ONCE(c->removals, c->removals + 1);
	for (i = 0; i < c->nr && !err; i++)
		if (atomic_read(&c->owners[i]))
			complain("%d has unit %d of a chunk that is removed",
				 atomic_read(&c->owners[i]), i);
	return !err;
}

#define ELSEWHERE	SZ_1G

/* Others may still hold what they found before the chunk was removed. */
static void use_elsewhere(struct chunk *c)
{
	struct gen_pool *other = gen_pool_create(order, NUMA_NO_NODE);
	unsigned long addr;

	if (!other)
		return;
	if (!gen_pool_add_virt(other, c->start, chunk_phys(c) + ELSEWHERE,
			       chunk_size(c), NUMA_NO_NODE)) {
		addr = gen_pool_alloc(other, chunk_size(c));
		if (addr != c->start)
			complain("an empty pool has no room");
		memset((void *)addr, 0, chunk_size(c));
		gen_pool_free(other, addr, 0);
	}
	gen_pool_destroy(other);
}

static void move_away_and_back(struct chunk *c)
{
	while (!remove_chunk(c)) {
		schedule_timeout_uninterruptible(1);
		if (torture_must_stop())
			return;
	}
	if (below(&mover, 2))
		use_elsewhere(c);
	WRITE_ONCE(ebb, below(&mover, 2));
	if (add_chunk(c))
		complain("a chunk cannot be added again");
}

static void move_chunk(struct chunk *c)
{
	WRITE_ONCE(ebb, true);
	atomic_inc_return(&c->moves);
	move_away_and_back(c);
	atomic_inc_return(&c->moves);
}

static int genalloc_torture_mover(void *arg)
{
	VERBOSE_TOROUT_STRING("mover started");
	do {
		move_chunk(&chunks[below(&mover, nchunks)]);
		WRITE_ONCE(ebb, false);
		schedule_timeout_uninterruptible(1 + below(&mover, HZ / 10));
		stutter_wait("genalloc_torture_mover");
	} while (!torture_must_stop());
	torture_kthread_stopping("genalloc_torture_mover");
	return 0;
}

/* ---- the churner ---- */

static struct task_struct *churner_task;
static struct actor churner;

static void churn_once(struct gen_pool *other)
{
	if (!gen_pool_add_virt(pool, STUB, STUB_PHYS, 1, NUMA_NO_NODE) &&
	    gen_pool_remove(pool, STUB))
		complain("a chunk without room is not idle");
	if (!gen_pool_add_virt(other, UNKNOWN_ADDR, NOWHERE_PHYS, unit_size(),
			       NUMA_NO_NODE) &&
	    gen_pool_remove(other, UNKNOWN_ADDR))
		complain("there is an allocation in a pool that nothing else knows");
	count(&churner, CHURNS);
}

static void churn_for_a_while(void)
{
	struct gen_pool *other = gen_pool_create(order, NUMA_NO_NODE);
	int i;

	if (!other)
		return;
	for (i = 0; i < 1000; i++) {
		churn_once(other);
		cond_resched();
	}
	gen_pool_destroy(other);
	/* Chunks are freed after a grace period: no more than this many. */
	rcu_barrier();
}

static int genalloc_torture_churner(void *arg)
{
	VERBOSE_TOROUT_STRING("churner started");
	do {
		churn_for_a_while();
		stutter_wait("genalloc_torture_churner");
	} while (!torture_must_stop());
	torture_kthread_stopping("genalloc_torture_churner");
	return 0;
}

/* ---- the lender ---- */

static struct task_struct *lender_task;
static struct actor lender;

/* What the caller has a right to is found exactly. */
static void check_found(struct gen_pool *p, unsigned long addr, size_t size)
{
	struct gen_pool_allocation found = {};

	rcu_read_lock();
	gen_pool_lookup((void *)addr + below(&lender, size), &found);
	rcu_read_unlock();
	if (found.pool != p || found.start != addr || found.size != size)
		complain("%zu bytes at %#lx are found as %zu at %#lx", size,
			 addr, found.size, found.start);
}

static void use_loan(struct gen_pool *p)
{
	size_t size = (1 + below(&lender, NR_PAGES)) * PAGE_SIZE;
	unsigned long addr = gen_pool_alloc(p, size);

	if (!addr) {
		complain("an empty pool has no pages");
		return;
	}
	check_found(p, addr, size);
	schedule_timeout_uninterruptible(below(&lender, 3));
	gen_pool_free(p, addr, 0);
	if (below(&lender, 2) &&
	    gen_pool_remove(p, (unsigned long)page_address(pages)))
		complain("pages cannot be removed");
}

/* A reader that still takes it for a chunk falls. */
static void set_private(unsigned long value)
{
	int i;

	for (i = 0; i < NR_PAGES; i++)
		set_page_private(pages + i, value);
}

static void lend_pages(void)
{
	struct gen_pool *p = gen_pool_create(order, NUMA_NO_NODE);
	int err;

	if (!p)
		return;
	err = gen_pool_add_pages(p, pages, NR_PAGES);
	if (err)
		complain("pages cannot be added: %d", err);
	else
		use_loan(p);
	gen_pool_destroy(p);
	count(&lender, LOANS);

	set_private((unsigned long)LIST_POISON1);
	schedule_timeout_uninterruptible(below(&lender, 2));
	set_private(0);
}

static int genalloc_torture_lender(void *arg)
{
	VERBOSE_TOROUT_STRING("lender started");
	do {
		lend_pages();
		stutter_wait("genalloc_torture_lender");
	} while (!torture_must_stop());
	torture_kthread_stopping("genalloc_torture_lender");
	return 0;
}

/* ---- racers ---- */

#define RACE_UNITS	(2 * U + 7)

enum race {
	FREE_FREE,	/* both free: one wins */
	FREE_WRONG,	/* the second gives a wrong length: the first wins */
	FREE_SPLIT,
	CLAIM_CLAIM,	/* both claim units that they want to have in common */
	NR_RACES
};

struct span {
	unsigned long start;
	unsigned long nr;
};

/* Two contexts at the same units. */
struct racer {
	struct task_struct *kthread;	/* the first of them */
	struct actor actor;	/* random numbers and counts */
	unsigned long base;	/* first of its units */
	struct work_struct bh;	/* the second, in a softirq */
	call_single_data_t csd;	/* the second, in a hard interrupt */

	enum race race;		/* what they do */
	/* the allocation, or what the first claims */
	struct span first;
	struct span second;	/* what the second claims */
	unsigned long size;	/* what the first gives as length, or 0 */
	unsigned long arg;	/* what else the second asks for */
	bool arrived;		/* the second is there */
	bool done;		/* the second is done */
	/* what the second got: an error, or how much it freed */
	long ret;
};

static struct racer *racers;
static struct alloc_map *race_map;

static int claim(const struct span *s)
{
	return alloc_map_claim(race_map, s->start, s->nr) ? 0 : -ENOSPC;
}

static long second_act(struct racer *r)
{
	const struct span *s = &r->first;

	switch (r->race) {
	case FREE_FREE:
		return alloc_map_release(race_map, s->start, r->arg);
	case FREE_WRONG:
		return alloc_map_release(race_map, s->start, s->nr + 1);
	case FREE_SPLIT:
		return alloc_map_split(race_map, s->start, r->arg);
	default:
		return claim(&r->second);
	}
}

static void second(struct racer *r)
{
	set_flag(&r->arrived, true);
	r->ret = second_act(r);
	set_flag(&r->done, true);
}

static void second_in_softirq(struct work_struct *bh)
{
	second(container_of(bh, struct racer, bh));
}

static void second_in_hardirq(void *data)
{
	second(data);
}

static void start_second(struct racer *r)
{
	int cpu;

	preempt_disable();
	do {
		cpu = random_cpu(&r->actor);
	} while (cpu == smp_processor_id() && num_online_cpus() > 1);
	if (below(&r->actor, 2))
		queue_work_on(cpu, system_bh_wq, &r->bh);
	else if (smp_call_function_single_async(cpu, &r->csd))
		second(r);
	preempt_enable();
}

static long first_act(struct racer *r)
{
	if (r->race == CLAIM_CLAIM)
		return claim(&r->first);
	return alloc_map_release(race_map, r->first.start, r->size);
}

static struct span random_span(struct racer *r, unsigned long common)
{
	unsigned long start = below(&r->actor, common + 1);
	unsigned long end = common + 1 + below(&r->actor, RACE_UNITS - common);

	return (struct span){ r->base + start, end - start };
}

static void choose_race(struct racer *r)
{
	struct actor *a = &r->actor;
	unsigned long common = below(a, RACE_UNITS);

	r->race = below(a, NR_RACES);
	r->first = random_span(r, common);
	r->second = random_span(r, common);
	r->size = below(a, 2) ? r->first.nr : 0;
	r->arg = 1 + below(a, r->first.nr);
	if (r->race == FREE_FREE)
		r->arg = below(a, 2) ? r->first.nr : 0;
	set_flag(&r->arrived, false);
	set_flag(&r->done, false);
	if (r->race != CLAIM_CLAIM && claim(&r->first))
		complain("units of one racer alone are taken");
}

/* A free or split that lost against another, and why. */
static void count_refused(struct racer *r, long ret)
{
	if (ret >= 0)
		return;
	if (ret != -EBUSY && ret != -ENOENT &&
	    (ret != -EMSGSIZE || r->race == FREE_FREE))
		complain("race %d: refused for a strange reason: %ld", r->race,
			 ret);
	count(&r->actor, REFUSED);
	if (ret == -EBUSY)
		count(&r->actor, BUSY);
}

/* One must have them; the other, if its begin words below, gave those back. */
static void check_claims(struct racer *r, long ret)
{
	const struct span *won = ret ? &r->second : &r->first;
	const struct span *lost = ret ? &r->first : &r->second;

	if (!ret == !r->ret) {
		complain("of two claims %s won", ret ? "none" : "both");
		return;
	}
	if (lost->start / U < won->start / U)
		count(&r->actor, ROLLBACKS);
	if (alloc_map_release(race_map, won->start, won->nr) != won->nr)
		complain("what was claimed cannot be freed");
}

/* Free the rest of the allocation; returns its length. */
static unsigned long free_rest(struct racer *r)
{
	unsigned long end = r->base + RACE_UNITS, unit, nr = 0;
	long freed;

	for (unit = alloc_map_next(race_map, r->base); unit < end;
	     unit = alloc_map_next(race_map, unit + 1)) {
		freed = alloc_map_release(race_map, unit, 0);
		if (freed <= 0)
			complain("what is left cannot be freed");
		nr += freed;
	}
	return nr;
}

static void check_winner(struct racer *r, long ret)
{
	bool lost = ret < 0, won = r->ret >= 0;

	if (r->race == FREE_WRONG && (lost || won))
		complain("a free with a wrong length won: %ld, %ld", ret, r->ret);
	if (r->race != FREE_FREE)
		return;
	if (lost != won)
		complain("of two frees %s won: %ld, %ld",
			 lost ? "none" : "both", ret, r->ret);
	count(&r->actor, lost ? SECOND_FREED : FIRST_FREED);
}

/* Whatever the order, each unit was freed once. */
static void check_frees(struct racer *r, long ret)
{
	unsigned long sum;

	check_winner(r, ret);
	count_refused(r, ret);
	count_refused(r, r->ret);
	sum = max(ret, 0L) + max(r->ret, 0L) + free_rest(r);
	if (sum != r->first.nr)
		complain("race %d: of %lu units %lu were freed", r->race,
			 r->first.nr, sum);
}

static void check_all_free(struct racer *r)
{
	unsigned long unit;

	for (unit = r->base; unit < r->base + RACE_UNITS; unit++)
		if (alloc_map_state(race_map, unit) != ALLOC_MAP_FREE)
			complain("race %d: unit %lu is lost", r->race, unit);
}

static void run_race(struct racer *r)
{
	long ret;

	choose_race(r);
	start_second(r);
	wait_for(&r->arrived, true);
	ret = first_act(r);
	wait_for(&r->done, true);

	if (r->race == CLAIM_CLAIM)
		check_claims(r, ret);
	else
		check_frees(r, ret);
	check_all_free(r);
	count(&r->actor, RACES);
}

static int genalloc_torture_racer(void *arg)
{
	struct racer *r = arg;

	VERBOSE_TOROUT_STRING("racer started");
	do {
		run_race(r);
		cond_resched();
		stutter_wait("genalloc_torture_racer");
	} while (!torture_must_stop());

	cancel_work_sync(&r->bh);
	torture_kthread_stopping("genalloc_torture_racer");
	return 0;
}

static void init_racer(struct racer *r, unsigned long base)
{
	r->base = base;
	INIT_WORK(&r->bh, second_in_softirq);
	INIT_CSD(&r->csd, second_in_hardirq, r);
}

/* ---- statistics ---- */

static struct task_struct *stats_task;

static void on_actors(void (*fn)(struct actor *a))
{
	int i;

	for (i = 0; i < nworkers; i++) {
		fn(&workers[i].task);
		fn(&workers[i].softirq);
		fn(&workers[i].hardirq);
	}
}

static void add_counts(unsigned long *sum, const struct actor *a)
{
	unsigned int i;

	for (i = 0; i < NR_COUNTS; i++)
		sum[i] += READ_ONCE(a->counts[i]);
}

static void sum_counts(unsigned long *sum)
{
	int i;

	memset(sum, 0, NR_COUNTS * sizeof(*sum));
	for (i = 0; i < nworkers; i++) {
		add_counts(sum, &workers[i].task);
		add_counts(sum, &workers[i].softirq);
		add_counts(sum, &workers[i].hardirq);
	}
	add_counts(sum, &mover);
	add_counts(sum, &churner);
	add_counts(sum, &lender);
	for (i = 0; i < nracers; i++)
		add_counts(sum, &racers[i].actor);
}

static void print_counts(const char *tag)
{
	unsigned long sum[NR_COUNTS];
	char buf[640];
	int i, len = 0;

	sum_counts(sum);
	for (i = 0; i < NR_COUNTS; i++)
		len += scnprintf(buf + len, sizeof(buf) - len, " %s=%lu",
				 count_names[i], sum[i]);
	pr_alert("%s" TORTURE_FLAG " --- %s:%s complaints=%d\n", torture_type,
		 tag, buf, atomic_read(&nr_complaints));
}

static int genalloc_torture_stats(void *arg)
{
	VERBOSE_TOROUT_STRING("stats started");
	do {
		schedule_timeout_interruptible(stat_interval * HZ);
		print_counts("Statistics");
		torture_shutdown_absorb("genalloc_torture_stats");
	} while (!torture_must_stop());
	torture_kthread_stopping("genalloc_torture_stats");
	return 0;
}

static void print_params(void)
{
	pr_alert("%s" TORTURE_FLAG
		 " --- Start of test: nworkers=%d nracers=%d move=%d churn=%d lend=%d nchunks=%d chunk_units=%d order=%d shutdown_secs=%d stat_interval=%d stutter=%d verbose=%d\n",
		 torture_type, nworkers, nracers, move, churn, lend,
		 nchunks, chunk_units, order, shutdown_secs, stat_interval, stutter, verbose);
}

/* ---- the pool at rest ---- */

static void find_map(struct gen_pool *p, struct gen_pool_chunk *chunk,
		     void *data)
{
	struct chunk *c = chunk_of(chunk->start_addr);

	if (c)
		c->map = &chunk->map;
}

static void put_in_model(const struct held *h)
{
	struct chunk *c = chunk_of(h->addr);

	if (!c || !model_claim(&c->model, (h->addr - c->start) >> order,
			       whole_units(h->size) >> order))
		complain("%zu bytes at %#lx are not one's alone", h->size,
			 h->addr);
}

static void put_held_in_model(struct actor *a)
{
	unsigned int i;

	for (i = 0; i < a->nr_held; i++)
		put_in_model(&a->held[i]);
}

/* All that is allocated is held by the actors, or on its way. */
static void make_models(void)
{
	struct held h;
	int i;

	for (i = 0; i < nchunks; i++) {
		memset(chunks[i].model.state, ALLOC_MAP_FREE, chunks[i].nr);
		chunks[i].map = NULL;
	}
	on_actors(put_held_in_model);
	for (i = 0; i < NR_SLOTS; i++) {
		h.addr = atomic_long_read(&slots[i]);
		if (!h.addr)
			continue;
		h.size = *first_word(&h);
		put_in_model(&h);
	}
}

static void check_units(const struct chunk *c)
{
	unsigned long unit = model_difference(&c->model, c->map, 0);

	if (unit != ULONG_MAX)
		complain("unit %lu of %lu is in state %u", unit, c->nr,
			 decoded_state(c->map, unit));
	for (unit = 0; unit < c->nr; unit++)
		if (!c->model.state[unit] != !atomic_read(&c->owners[unit]))
			complain("unit %lu is of %d", unit,
				 atomic_read(&c->owners[unit]));
}

static void check_place(unsigned long nr, unsigned long wanted,
			unsigned long unit, const char *what)
{
	if (unit != wanted)
		complain("the %s fit of %lu units is at %lu, not at %lu", what,
			 nr, unit, wanted);
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
			check_place(nr, model_find(&c->model, 0, nr, align - 1, 0),
				    alloc_map_find(c->map, 0, nr, align - 1, 0),
				    "aligned");
	for (nr = 1; nr <= c->nr; nr++) {
		check_place(nr, model_find(&c->model, 0, nr, 0, 0),
			    alloc_map_find(c->map, 0, nr, 0, 0), "first");
		check_place(nr, model_find_best(&c->model, 0, nr),
			    alloc_map_find_best(c->map, 0, nr), "best");
	}
	cond_resched();
}

/* Nor does the hint of a chunk in its row. */
static void check_room(unsigned long nr)
{
	unsigned long addr;
	bool there = false;
	int i;

	for (i = 0; i < nchunks; i++)
		there |= model_longest(&chunks[i].model) >= nr;
	addr = gen_pool_alloc(pool, nr << order);
	if (!addr != !there)
		complain("%lu units: room %d, found at %#lx", nr, there, addr);
	if (addr)
		gen_pool_free(pool, addr, nr << order);
}

static void check_at_rest(void)
{
	unsigned long nr;
	int i;

	make_models();
	gen_pool_for_each_chunk(pool, find_map, NULL);
	for (i = 0; i < nchunks; i++) {
		if (!chunks[i].map)
			continue;
		check_units(&chunks[i]);
		check_hints(&chunks[i]);
	}
	for (nr = 1; nr <= chunk_units; nr++)
		check_room(nr);
}

/* ---- the end ---- */

static void drain(struct actor *a)
{
	while (a->nr_held)
		do_free(a);
}

static void drain_all(void)
{
	int i;

	for (i = 0; i < NR_SLOTS; i++)
		exchange(&mover, i, 0);
	on_actors(drain);
}

static void not_free(struct gen_pool *p, unsigned long addr, size_t size,
		     void *data)
{
	complain("%zu bytes at %#lx are lost", size, addr);
}

static void check_whole(void)
{
	unsigned long sum[NR_COUNTS];
	long refused = atomic_long_read(&pool->nr_refused) - 1;

	gen_pool_for_each_alloc(pool, not_free, NULL);
	if (gen_pool_avail(pool) != gen_pool_size(pool))
		complain("%zu of %zu bytes are available at the end",
			 gen_pool_avail(pool), gen_pool_size(pool));
	if (alloc_map_nr_free(race_map) != nracers * RACE_UNITS)
		complain("the map of the racers is not whole");
	sum_counts(sum);
	if (refused != sum[MISUSES])
		complain("%ld calls were refused, not %lu", refused,
			 sum[MISUSES]);
}

static void check_collisions(const unsigned long *sum)
{
	if (num_online_cpus() == 1)
		return;

	if (nworkers && !sum[CONFLICTS])
		complain("no two claims have met");
	if (nworkers && move && !sum[REMOVALS])
		complain("no chunk was ever idle");
	if (nworkers && move && !sum[LINGERED])
		complain("no walk was at a chunk that was removed");
	if (nworkers && lend && !sum[PAGES_FOUND])
		complain("no page was ever found");
	if (nracers && !(sum[ROLLBACKS] && sum[REFUSED]))
		complain("no race was lost");
}

static void free_pages_lent(void)
{
	int i;

	for (i = 0; pages && i < NR_PAGES; i++)
		__free_page(pages + i);
}

static void free_all(void)
{
	if (pool)
		gen_pool_destroy(pool);
	kfree(race_map);
	kfree(racers);
	kfree(workers);
	kvfree(states);
	kvfree(owners);
	kfree(chunks);
	free_pages_lent();
	vfree(memory);
}

static void stop_all(void)
{
	int i;

	for (i = 0; i < nworkers; i++)
		torture_stop_kthread(genalloc_torture_worker,
				     workers[i].kthread);
	for (i = 0; i < nracers; i++)
		torture_stop_kthread(genalloc_torture_racer,
				     racers[i].kthread);
	torture_stop_kthread(genalloc_torture_mover, mover_task);
	torture_stop_kthread(genalloc_torture_churner, churner_task);
	torture_stop_kthread(genalloc_torture_lender, lender_task);
	torture_stop_kthread(genalloc_torture_stats, stats_task);
	/* The last interrupts may not have returned yet. */
	synchronize_rcu();
}

static void finish(void)
{
	stop_all();
	check_at_rest();
	drain_all();
	check_at_rest();
	check_whole();
}

static void genalloc_torture_cleanup(void)
{
	unsigned long sum[NR_COUNTS];

	if (torture_cleanup_begin())
		return;

	if (!race_map)
		goto end;

	finish();
	sum_counts(sum);
	check_collisions(sum);
	print_counts(atomic_read(&nr_complaints) ? "End of test: FAILURE" :
						   "End of test: SUCCESS");
end:
	free_all();
	torture_cleanup_end();
}

/* ---- the beginning ---- */

static int check_params(void)
{
	if (nworkers < 0)
		nworkers = num_online_cpus();
	if (nracers < 0)
		nracers = DIV_ROUND_UP(num_online_cpus(), 2);
	if (nchunks > 0 && chunk_units > 0 && order >= 3 && order <= PAGE_SHIFT)
		return 0;

	TOROUT_ERRSTRING("nchunks, chunk_units or order makes no sense");
	return -EINVAL;
}

static int add_chunks(void)
{
	size_t stride = PAGE_ALIGN(chunk_units * unit_size() + SKEW);
	int i, err = 0;

	pool_size = 0;
	memory = vmalloc(nchunks * stride);
	if (!memory)
		return -ENOMEM;

	for (i = 0; i < nchunks && !err; i++) {
		chunks[i].start = (unsigned long)memory + i * stride + SKEW;
		chunks[i].nr = chunk_units - chunk_units / 4 * (i % 4);
		chunks[i].owners = owners + i * chunk_units;
		chunks[i].model.nr = chunks[i].nr;
		chunks[i].model.state = states + i * chunk_units;
		pool_size += chunk_size(&chunks[i]);
		err = add_chunk(&chunks[i]);
	}
	return err;
}

static int create_pages(void)
{
	unsigned int page_order = get_order(NR_PAGES * PAGE_SIZE);

	pages = alloc_pages(GFP_KERNEL, page_order);
	if (!pages)
		return -ENOMEM;
	split_page(pages, page_order);
	return 0;
}

static int create_pool(void)
{
	chunks = kcalloc(nchunks, sizeof(*chunks), GFP_KERNEL);
	owners = kvcalloc(nchunks, chunk_units * sizeof(*owners), GFP_KERNEL);
	states = kvcalloc(nchunks, chunk_units, GFP_KERNEL);
	pool = gen_pool_create(order, NUMA_NO_NODE);
	if (!chunks || !owners || !states || !pool)
		return -ENOMEM;

	/* It has warned: refusals are wanted, and counted. */
	atomic_long_set(&pool->nr_refused, 1);
	gen_pool_set_memory(pool);
	return add_chunks();
}

static int create_contexts(void)
{
	struct alloc_map *map;
	int i;

	workers = kcalloc(nworkers, sizeof(*workers), GFP_KERNEL);
	racers = kcalloc(nracers, sizeof(*racers), GFP_KERNEL);
	map = kzalloc(alloc_map_bytes(nracers * RACE_UNITS), GFP_KERNEL);
	if (!workers || !racers || !map) {
		kfree(map);
		return -ENOMEM;
	}
	for (i = 0; i < nworkers; i++)
		init_worker(&workers[i], HANDED_OVER + 1 + 3 * i);
	for (i = 0; i < nracers; i++)
		init_racer(&racers[i], i * RACE_UNITS);
	alloc_map_init(map, nracers * RACE_UNITS);
	race_map = map;
	return 0;
}

static int start_all(void)
{
	int i, err = 0;

	if (shutdown_secs > 0)
		err = torture_shutdown_init(shutdown_secs,
					    genalloc_torture_cleanup);
	if (!err && stutter > 0)
		err = torture_stutter_init(stutter, stutter);
	for (i = 0; i < nworkers && !err; i++)
		err = torture_create_kthread(genalloc_torture_worker,
					     &workers[i], workers[i].kthread);
	for (i = 0; i < nracers && !err; i++)
		err = torture_create_kthread(genalloc_torture_racer,
					     &racers[i], racers[i].kthread);
	if (!err && move)
		err = torture_create_kthread(genalloc_torture_mover, NULL,
					     mover_task);
	if (!err && churn)
		err = torture_create_kthread(genalloc_torture_churner, NULL,
					     churner_task);
	if (!err && lend)
		err = torture_create_kthread(genalloc_torture_lender, NULL,
					     lender_task);
	if (!err && stat_interval > 0)
		err = torture_create_kthread(genalloc_torture_stats, NULL,
					     stats_task);
	return err;
}

static int begin(void)
{
	int err = create_pool();

	if (!err && lend)
		err = create_pages();
	if (!err)
		err = create_contexts();
	if (!err)
		err = start_all();
	return err;
}

static int __init genalloc_torture_init(void)
{
	int err;

	if (!torture_init_begin(torture_type, verbose))
		return -EBUSY;

	err = check_params();
	print_params();
	if (!err)
		err = begin();
	torture_init_end();
	if (err)
		genalloc_torture_cleanup();
	return err;
}

module_init(genalloc_torture_init);
module_exit(genalloc_torture_cleanup);
