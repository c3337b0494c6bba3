// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lives of chunks: a reader of a pool against who removes chunks and uses their
 * descriptors anew at once, in every interleaving of up to five parts.
 *
 *	lives
 *
 * Reader and writer are coroutines on the real lib/genalloc.c, which stop at
 * single accesses to shared memory: access_point() is called before each.  For
 * each pair of what a reader and a writer can do,
 *
 *	reader | writer | reader | writer to its end | reader to its end
 *
 * is run with every length of the first three parts, and the same beginning
 * with the writer.  Objects are used anew in the order that is worst, the last
 * one first; maps are kept until the reader is through, as RCU does.
 *
 * Accesses happen in the order of the program.  What weaker machines make of
 * that is for the litmus tests.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unistd.h>

#include <linux/alloc_map.h>
#include <linux/genalloc.h>

#define ORDER		4
#define UNIT		BIT(ORDER)
#define NR_UNITS	(ALLOC_MAP_UNITS_PER_WORD + 1)
#define SIZE		(NR_UNITS * UNIT)
#define STEP		0x10000UL
#define NR_PLACES	4U
/* The places that no writer touches: the oldest chunk, and one in between. */
#define STAYS		0U
#define STAYS_TOO	2U
#define HOME(place)	(0x1000000UL + (place) * STEP)
#define AWAY(place)	(0x2000000UL + (place) * STEP)
#define PHYS(addr)	((addr) ^ 0x7000000UL)
/* What owner and physical address have in addition if they are not home. */
#define NOT_HOME	1UL
/* More accesses than any run takes that comes to an end. */
#define ENDLESS		20000

static struct gen_pool *home, *away;

/* ---- coroutines ---- */

enum side { READER, WRITER, NR_SIDES };

/**
 * struct side_state - one of the two
 * @context: where it stopped
 * @stack: its stack
 * @left: accesses until it stops, negative for none
 * @done: it has come to its end
 */
struct side_state {
	ucontext_t context;
	char stack[256 * 1024] __aligned(64);
	long left;
	bool done;
};

static struct side_state sides[NR_SIDES];
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
	struct side_state *side = running;

	if (!side)
		return;
	if (nr_accesses++ > ENDLESS)
		fail("it goes on for ever");
	if (!side->left--)
		swapcontext(&side->context, &scheduler);
}

bool access_won(bool won)
{
	return won;
}

/* Returns false if it came to its end before it had made @nr accesses. */
static bool run(enum side which, long nr)
{
	struct side_state *side = &sides[which];

	if (side->done)
		return nr < 0;
	side->left = nr;
	running = side;
	swapcontext(&scheduler, &side->context);
	running = NULL;
	return !side->done || nr < 0;
}

/* ---- what readers do, and what they must find ---- */

/**
 * struct found - what a reader has found
 * @seen: how often each place of @home
 * @strange: a chunk that is not in @home, or is of two lives
 * @addr: an address, 0 if it has none
 * @owner: an owner
 * @err: what a call returned
 * @size: a size
 * @there: a place that stays was found
 */
struct found {
	unsigned int seen[2 * NR_PLACES];
	bool strange;
	unsigned long addr;
	void *owner;
	int err;
	size_t size;
	bool there;
};

static struct found found;

static void see(struct gen_pool *pool, struct gen_pool_chunk *chunk, void *data)
{
	unsigned long place = (chunk->start_addr - HOME(0)) / STEP;

	if (place < ARRAY_SIZE(found.seen) && chunk->pool == home &&
	    chunk->owner == (void *)chunk->start_addr &&
	    chunk->phys_addr == PHYS(chunk->start_addr) &&
	    chunk->end_addr == chunk->start_addr + SIZE - 1)
		found.seen[place]++;
	else
		found.strange = true;
}

static void read_chunks(void)
{
	gen_pool_for_each_chunk(home, see, NULL);
}

static void check_chunks(void)
{
	unsigned int place;

	for (place = 0; place < ARRAY_SIZE(found.seen); place++)
		if (found.seen[place] > 1)
			fail("chunk %u came twice", place);
	if (!found.seen[STAYS] || !found.seen[STAYS_TOO])
		fail("a chunk that stays was missed");
	if (found.strange)
		fail("a chunk came that is not in the pool");
}

/* Those that stay have room: one is always found. */
static void read_alloc(void)
{
	found.addr = gen_pool_alloc_owner(home, SIZE, &found.owner);
}

static void check_alloc(void)
{
	if (!found.addr)
		fail("no room was found");
	if (found.owner != (void *)found.addr ||
	    gen_pool_alloc_size(home, found.addr) != SIZE)
		fail("an allocation is not in the pool");
	gen_pool_free(home, found.addr, SIZE);
}

/* Who has allocated can free, at once. */
static void read_alloc_free(void)
{
	read_alloc();
	if (found.addr)
		found.err = gen_pool_free_owner(home, found.addr, SIZE, NULL);
}

static void check_alloc_free(void)
{
	if (!found.addr)
		fail("no room was found");
	if (found.err)
		fail("what was allocated cannot be freed: %d", found.err);
}

static void read_free(void)
{
	found.err = gen_pool_free_owner(home, HOME(STAYS), UNIT, &found.owner);
}

static void check_free(void)
{
	if (found.err || found.owner != (void *)HOME(STAYS))
		fail("a free was refused: %d", found.err);
}

/* Nothing is allocated there; it must be refused whatever happens. */
static void read_late_free(void)
{
	found.err = gen_pool_free_owner(home, HOME(1), UNIT, &found.owner);
}

static void check_late_free(void)
{
	if (found.err != -ENOENT && found.err != -EBUSY && found.err != -ENXIO)
		fail("a late free returned %d", found.err);
	if (found.owner && found.owner != (void *)HOME(1))
		fail("a late free has a strange owner");
}

static void read_has_addr(void)
{
	found.there = gen_pool_has_addr(home, HOME(STAYS_TOO), SIZE);
}

static void check_has_addr(void)
{
	if (!found.there)
		fail("an address that stays was missed");
}

static void read_strange_addr(void)
{
	found.strange = gen_pool_has_addr(home, AWAY(0), 1);
}

static void check_strange_addr(void)
{
	if (found.strange)
		fail("an address of another pool was found");
}

static void read_phys(void)
{
	found.addr = gen_pool_virt_to_phys(home, HOME(1));
}

static void check_phys(void)
{
	if (found.addr != PHYS(HOME(1)) && found.addr != -1UL)
		fail("a physical address is %#lx", found.addr);
}

static bool can_be_size(size_t size)
{
	return size >= 2 * SIZE && size <= (NR_PLACES + 1) * SIZE;
}

static void read_size(void)
{
	found.size = gen_pool_size(home);
}

static void check_size(void)
{
	if (!can_be_size(found.size) || found.size % SIZE)
		fail("the pool has %zu bytes", found.size);
}

/* A unit is in use. */
static void read_avail(void)
{
	found.size = gen_pool_avail(home) + UNIT;
}

/* A chunk that is removed is claimed word by word. */
static void check_avail(void)
{
	if (!can_be_size(found.size))
		fail("%zu bytes are free", found.size);
}

struct reader {
	const char *name;
	void (*read)(void);
	void (*check)(void);
};

static const struct reader readers[] = {
	{ "walk", read_chunks, check_chunks },
	{ "alloc", read_alloc, check_alloc },
	{ "alloc and free", read_alloc_free, check_alloc_free },
	{ "free", read_free, check_free },
	{ "late free", read_late_free, check_late_free },
	{ "has address", read_has_addr, check_has_addr },
	{ "has strange address", read_strange_addr, check_strange_addr },
	{ "physical address", read_phys, check_phys },
	{ "size", read_size, check_size },
	{ "avail", read_avail, check_avail },
};

/* ---- what writers do ---- */

static int add(struct gen_pool *pool, unsigned long addr)
{
	unsigned long mark = pool == home ? 0 : NOT_HOME;

	return gen_pool_add_owner(pool, addr, PHYS(addr) + mark, SIZE,
				  NUMA_NO_NODE, (void *)(addr + mark));
}

static void must_add(struct gen_pool *pool, unsigned long addr)
{
	int err = add(pool, addr);

	if (err)
		fail("%#lx cannot be added: %d", addr, err);
}

/* Only what the reader allocates can be in the way. */
static bool try_remove(struct gen_pool *pool, unsigned long addr)
{
	int err = gen_pool_remove(pool, addr);

	if (err && err != -EBUSY)
		fail("%#lx stays in its pool: %d", addr, err);
	return !err;
}

static void remove_only(void)
{
	try_remove(home, HOME(1));
}

static void remove_newest(void)
{
	if (try_remove(home, HOME(NR_PLACES - 1)))
		must_add(away, AWAY(0));
}

static void move_away(void)
{
	if (try_remove(home, HOME(1)))
		must_add(away, AWAY(0));
}

/* Addresses mean nothing: two pools can have the same. */
static void move_same(void)
{
	if (try_remove(home, HOME(1)))
		must_add(away, HOME(1));
}

static void move_both(void)
{
	bool second = try_remove(home, HOME(3));

	if (try_remove(home, HOME(1)))
		must_add(away, AWAY(1));
	if (second)
		must_add(away, AWAY(0));
}

static void add_again(void)
{
	if (try_remove(home, HOME(1)))
		must_add(home, HOME(1));
}

static void add_elsewhere(void)
{
	if (try_remove(home, HOME(3)))
		must_add(home, HOME(NR_PLACES));
}

static void exchange(void)
{
	bool first = try_remove(home, HOME(1)), second = try_remove(home, HOME(3));

	if (first)
		must_add(home, HOME(1));
	if (second)
		must_add(home, HOME(3));
}

static void there_and_back(void)
{
	if (!try_remove(home, HOME(3)))
		return;
	must_add(away, AWAY(0));
	if (try_remove(away, AWAY(0)))
		must_add(home, HOME(3));
}

static void add_only(void)
{
	must_add(home, HOME(NR_PLACES));
}

struct writer {
	const char *name;
	void (*write)(void);
};

static const struct writer writers[] = {
	{ "remove", remove_only },
	{ "remove the newest", remove_newest },
	{ "move away", move_away },
	{ "move away, same address", move_same },
	{ "move two", move_both },
	{ "add again", add_again },
	{ "add elsewhere", add_elsewhere },
	{ "exchange", exchange },
	{ "there and back", there_and_back },
	{ "add", add_only },
};

/* ---- runs ---- */

static const struct reader *reader;
static const struct writer *writer;

static void reader_main(void)
{
	reader->read();
	sides[READER].done = true;
	swapcontext(&sides[READER].context, &scheduler);
}

static void writer_main(void)
{
	writer->write();
	sides[WRITER].done = true;
	swapcontext(&sides[WRITER].context, &scheduler);
}

static void start(enum side which, void (*fn)(void))
{
	struct side_state *side = &sides[which];

	getcontext(&side->context);
	side->context.uc_stack.ss_sp = side->stack;
	side->context.uc_stack.ss_size = sizeof(side->stack);
	side->context.uc_link = NULL;
	side->done = false;
	makecontext(&side->context, fn, 0);
}

/* A unit is in use in the chunk that stays, for who frees it. */
static void begin(void)
{
	unsigned int place;

	home = gen_pool_create(ORDER, NUMA_NO_NODE);
	away = gen_pool_create(ORDER, NUMA_NO_NODE);
	for (place = 0; place < NR_PLACES; place++) {
		must_add(home, HOME(place));
		if (place == STAYS)
			gen_pool_alloc(home, UNIT);
	}
	memset(&found, 0, sizeof(found));
	nr_accesses = 0;
	start(READER, reader_main);
	start(WRITER, writer_main);
}

static void end(void)
{
	reader->check();
	if (gen_pool_alloc_size(home, HOME(STAYS)))
		gen_pool_free(home, HOME(STAYS), UNIT);
	if (gen_pool_avail(home) != gen_pool_size(home) ||
	    gen_pool_avail(away) != gen_pool_size(away))
		fail("something is still allocated");
	gen_pool_destroy(home);
	gen_pool_destroy(away);
	rcu_barrier();
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
		 reader->name, writer->name, first ? "writer" : "reader",
		 parts[0], parts[1], parts[2]);
	begin();
	if (run(first, parts[0]) && ++nr && run(second, parts[1]) && ++nr &&
	    run(first, parts[2]))
		nr++;
	run(second, -1);
	run(first, -1);
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

int main(void)
{
	unsigned long nr_runs = 0;
	unsigned int r, w;

	shim_quiet = true;
	for (r = 0; r < ARRAY_SIZE(readers); r++) {
		for (w = 0; w < ARRAY_SIZE(writers); w++) {
			reader = &readers[r];
			writer = &writers[w];
			nr_runs += run_all_parts(READER);
			nr_runs += run_all_parts(WRITER);
		}
		printf("%s: %lu interleavings so far\n", reader->name, nr_runs);
		fflush(stdout);
	}
	if (!shim_all_gone())
		fail("not all gone");
	printf("%lu interleavings: no fault\n", nr_runs);
	return 0;
}
