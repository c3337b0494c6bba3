// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of chunks and pools that come and go while they are looked at,
 * and of pools that are variables.
 *
 * What a reader meets depends on when a descriptor is used anew, and for what.
 * In the tests of walks that is not left to chance: gen_pool_new_chunk() and
 * gen_pool_free_chunk() are replaced by a shelf of descriptors, of which the
 * last one that was put back is taken first, at once and in any context.  The
 * walks are made to change the pool themselves, from what they call.
 *
 * Names: home is the pool that is looked at, away another one; a place is where
 * a chunk can be, numbered in each pool.
 */

#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>

#include <linux/alloc_map.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/kthread.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmstat.h>

#define ORDER		4
#define UNIT		BIT(ORDER)
#define W		((unsigned long)ALLOC_MAP_UNITS_PER_WORD)
/* Ends inside a word. */
#define NR_UNITS	(W + 5)
#define SIZE		(NR_UNITS * UNIT)
#define STEP		0x10000UL
#define HOME(place)	(0x10000000UL + (place) * STEP)
#define AWAY(place)	(0x20000000UL + (place) * STEP)

/* Each chunk is owned by where it is. */
static void *owner_of(unsigned long addr)
{
	return (void *)addr;
}

static int add_at(struct gen_pool *pool, unsigned long addr)
{
	return gen_pool_add_owner(pool, addr, addr, SIZE, NUMA_NO_NODE,
				  owner_of(addr));
}

/* ---- reports ---- */

/**
 * struct lives - What a test looks at.
 * @nr_reports: Reports so far, of all pools.
 */
struct lives {
	unsigned int nr_reports;
};

/* In place of gen_pool_report(). */
static void note_report(struct gen_pool *pool,
			const struct gen_pool_refusal *refusal)
{
	struct lives *l = kunit_get_current_test()->priv;

	l->nr_reports++;
}

static int genalloc_lives_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct lives), GFP_KERNEL);
	if (!test->priv)
		return -ENOMEM;

	kunit_activate_static_stub(test, gen_pool_report, note_report);
	return 0;
}

static void expect_reports(struct kunit *test, unsigned int nr)
{
	struct lives *l = test->priv;

	KUNIT_EXPECT_EQ(test, l->nr_reports, nr);
}

/* ---- pools ---- */

static void destroy_pool(void *data)
{
	struct gen_pool *pool = data;

	gen_pool_free_all(pool);
	gen_pool_destroy(pool);
}

static struct gen_pool *create_pool(struct kunit *test)
{
	struct gen_pool *pool = gen_pool_create(ORDER, NUMA_NO_NODE);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, destroy_pool, pool));
	return pool;
}

static void expect_chunk(struct kunit *test, struct gen_pool *pool,
			 unsigned long addr, bool there)
{
	phys_addr_t phys = there ? addr : (phys_addr_t)-1;

	KUNIT_EXPECT_EQ(test, gen_pool_has_addr(pool, addr, SIZE), there);
	KUNIT_EXPECT_EQ(test, gen_pool_has_addr(pool, addr + SIZE - 1, 1), there);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, addr), phys);
}

static void expect_idle(struct kunit *test, struct gen_pool *pool, size_t size)
{
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), size);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), size);
}

/* ---- remove ---- */

static void genalloc_lives_remove_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test);
	unsigned int place;

	for (place = 0; place < 3; place++)
		KUNIT_ASSERT_EQ(test, 0, add_at(pool, HOME(place)));

	/* In the middle, the newest, the oldest. */
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(1)), 0);
	expect_chunk(test, pool, HOME(0), true);
	expect_chunk(test, pool, HOME(1), false);
	expect_chunk(test, pool, HOME(2), true);
	expect_idle(test, pool, 2 * SIZE);

	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(2)), 0);
	expect_chunk(test, pool, HOME(2), false);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, SIZE), HOME(0));
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, UNIT), 0);
	gen_pool_free(pool, HOME(0), SIZE);

	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(0)), 0);
	expect_chunk(test, pool, HOME(0), false);
	expect_idle(test, pool, 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, UNIT), 0);
	expect_reports(test, 0);
}

static void genalloc_lives_remove_unknown_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test);

	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(0)), -ENOENT);
	KUNIT_ASSERT_EQ(test, 0, add_at(pool, HOME(0)));
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(0) - 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(0) + 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(0) + UNIT), -ENOENT);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(0) + SIZE - 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(0) + SIZE), -ENOENT);
	expect_chunk(test, pool, HOME(0), true);
	expect_idle(test, pool, SIZE);

	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(0)), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(0)), -ENOENT);
	expect_reports(test, 0);
}

/* One unit is in use, each in turn: nothing may change. */
static void expect_busy(struct kunit *test, struct gen_pool *pool,
			unsigned long unit, size_t size)
{
	struct genpool_data_fixed fixed = { .offset = unit * UNIT };
	unsigned long addr = HOME(0) + fixed.offset;

	KUNIT_ASSERT_EQ(test, addr,
			gen_pool_alloc_algo(pool, UNIT, gen_pool_fixed_alloc,
					    &fixed));
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(0)), -EBUSY);
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), size);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), size - UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(pool, addr), UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_free_owner(pool, addr, UNIT, NULL), 0);
}

/**
 * struct size_case - A chunk.
 * @desc: Description.
 * @size: Its size in bytes.
 */
struct size_case {
	const char *desc;
	size_t size;
};

static const struct size_case size_cases[] = {
	{ "less than a unit", UNIT - 1 },
	{ "a unit", UNIT },
	{ "a word less one", (W - 1) * UNIT },
	{ "a word", W * UNIT },
	{ "a word and a unit", (W + 1) * UNIT },
	{ "three words and a part", (3 * W + 5) * UNIT + 1 },
};

KUNIT_ARRAY_PARAM_DESC(size, size_cases, desc);

static void genalloc_lives_remove_busy_test(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	struct gen_pool *pool = create_pool(test);
	unsigned long unit;

	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add(pool, HOME(0), c->size, NUMA_NO_NODE));
	for (unit = 0; unit < c->size / UNIT; unit++)
		expect_busy(test, pool, unit, c->size / UNIT * UNIT);

	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(0)), 0);
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, HOME(0), 1));
	expect_idle(test, pool, 0);
	expect_reports(test, 0);
}

static void genalloc_lives_add_again_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test);
	unsigned int round;
	void *owner;

	for (round = 1; round <= 100; round++) {
		void *mine = (void *)(unsigned long)round;

		KUNIT_ASSERT_EQ(test, 0,
				gen_pool_add_owner(pool, HOME(0), -1, round * UNIT,
						   NUMA_NO_NODE, mine));
		expect_idle(test, pool, round * UNIT);
		KUNIT_EXPECT_EQ(test, HOME(0),
				gen_pool_alloc_owner(pool, round * UNIT, &owner));
		KUNIT_EXPECT_PTR_EQ(test, owner, mine);
		gen_pool_free(pool, HOME(0), 0);
		KUNIT_ASSERT_EQ(test, gen_pool_remove(pool, HOME(0)), 0);
	}
	expect_reports(test, 0);
}

static void genalloc_lives_late_free_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test);
	void *owner = pool;

	KUNIT_ASSERT_EQ(test, 0, add_at(pool, HOME(0)));
	KUNIT_ASSERT_EQ(test, HOME(0), gen_pool_alloc(pool, UNIT));
	gen_pool_free(pool, HOME(0), UNIT);
	KUNIT_ASSERT_EQ(test, gen_pool_remove(pool, HOME(0)), 0);
	KUNIT_EXPECT_EQ(test, -ENXIO,
			gen_pool_free_owner(pool, HOME(0), UNIT, &owner));
	KUNIT_EXPECT_NULL(test, owner);

	KUNIT_ASSERT_EQ(test, 0, add_at(pool, HOME(0)));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			gen_pool_free_owner(pool, HOME(0), UNIT, &owner));
	KUNIT_EXPECT_PTR_EQ(test, owner, owner_of(HOME(0)));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&pool->nr_refused), 2);
	expect_reports(test, 1);
}

/* What a reader may try that came too late. */
struct late {
	struct gen_pool *pool;
	int removed;
	unsigned long found;
	bool claimed;
	int released;
	int split;
	unsigned long nr_free;
};

static void use_removed_chunk(struct gen_pool *pool,
			      struct gen_pool_chunk *chunk, void *data)
{
	struct alloc_map *map = chunk->map;
	struct late *late = data;
	unsigned long extent;

	late->removed = gen_pool_remove(pool, chunk->start_addr);
	late->found = alloc_map_find(map, 0, 1, 0, 0);
	late->claimed = alloc_map_claim(map, 0, 1) ||
			alloc_map_claim(map, map->nr_units - 1, 1);
	late->released = alloc_map_release(map, 0, 0, &extent);
	late->split = alloc_map_split(map, 0, 1);
	late->nr_free = alloc_map_nr_free(map);
}

static void genalloc_lives_late_use_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test);
	struct late late = {};

	KUNIT_ASSERT_EQ(test, 0, add_at(pool, HOME(0)));
	gen_pool_for_each_chunk(pool, use_removed_chunk, &late);
	KUNIT_EXPECT_EQ(test, late.removed, 0);
	KUNIT_EXPECT_EQ(test, late.found, NR_UNITS);
	KUNIT_EXPECT_FALSE(test, late.claimed);
	KUNIT_EXPECT_EQ(test, late.released, -EBUSY);
	KUNIT_EXPECT_EQ(test, late.split, -EBUSY);
	KUNIT_EXPECT_EQ(test, late.nr_free, 0);
	expect_idle(test, pool, 0);
}

/* Nothing of what a pool was may be left in the next one. */
static void genalloc_lives_create_again_test(struct kunit *test)
{
	struct gen_pool *pool;
	unsigned int round;

	for (round = 0; round < 100; round++) {
		pool = gen_pool_create(ORDER + round % 2, NUMA_NO_NODE);
		KUNIT_ASSERT_NOT_NULL(test, pool);
		KUNIT_EXPECT_TRUE(test, pool->algo == gen_pool_first_fit);
		KUNIT_EXPECT_NULL(test, pool->data);
		KUNIT_EXPECT_NULL(test, pool->name);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&pool->nr_refused), 0);
		KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, HOME(0), 1));
		expect_idle(test, pool, 0);

		gen_pool_set_algo(pool, gen_pool_best_fit, test);
		KUNIT_EXPECT_EQ(test, 0, add_at(pool, HOME(0)));
		gen_pool_free(pool, HOME(0), 0);
		gen_pool_destroy(pool);
	}
	expect_reports(test, round);
}

/* ---- the shelf ---- */

#define MAX_DESCRIPTORS	16
#define MAX_MAPS	32
#define MAP_WORDS	DIV_ROUND_UP(offsetof(struct gen_pool_map, map) + \
				     ALLOC_MAP_BYTES(NR_UNITS), sizeof(u64))

/**
 * struct shelf - Descriptors that are used anew at once, maps that are not.
 * @chunks: The descriptors.
 * @unused: Those that are not in use, the last one is next.
 * @nr_unused: How many these are.
 * @maps: The maps.
 * @nr_maps: How many of them were ever in use.
 */
struct shelf {
	struct gen_pool_chunk chunks[MAX_DESCRIPTORS];
	struct gen_pool_chunk *unused[MAX_DESCRIPTORS];
	unsigned int nr_unused;
	u64 maps[MAX_MAPS][MAP_WORDS];
	unsigned int nr_maps;
};

/* There is one at a time, and its address is not known where it is used. */
static struct shelf *shelf;

static struct gen_pool_chunk *take_chunk(unsigned long nr_units, int nid,
					 struct alloc_map **map)
{
	struct gen_pool_map *m;

	if (nr_units != NR_UNITS || !shelf->nr_unused ||
	    shelf->nr_maps == MAX_MAPS)
		return NULL;

	m = (struct gen_pool_map *)shelf->maps[shelf->nr_maps++];
	memset(m, 0, sizeof(shelf->maps[0]));
	*map = &m->map;
	alloc_map_init(*map, nr_units);
	return shelf->unused[--shelf->nr_unused];
}

static void put_chunk(struct gen_pool_chunk *chunk, struct alloc_map *map)
{
	shelf->unused[shelf->nr_unused++] = chunk;
}

/* For a walk; nobody looks at what was there before. */
static void fill_shelf(void)
{
	unsigned int i;

	memset(shelf, 0, sizeof(*shelf));
	for (i = 0; i < MAX_DESCRIPTORS; i++)
		shelf->unused[shelf->nr_unused++] = &shelf->chunks[i];
}

static void create_shelf(struct kunit *test)
{
	shelf = kunit_kzalloc(test, sizeof(*shelf), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, shelf);
	fill_shelf();
	kunit_activate_static_stub(test, gen_pool_new_chunk, take_chunk);
	kunit_activate_static_stub(test, gen_pool_free_chunk, put_chunk);
}

/* ---- walks ---- */

#define NR_CHUNKS	4
#define ALL_CHUNKS	(BIT(NR_CHUNKS) - 1)

/* What becomes of the descriptors of chunks that are removed. */
enum fate {
	UNUSED,
	IN_AWAY,	/* become chunks of another pool */
	IN_HOME,	/* of the same pool, elsewhere */
	AS_BEFORE,	/* of the same pool, at the same addresses */
	NR_FATES,
};

/**
 * struct walk - A walk during which chunks are removed.
 * @home: The pool that is walked.
 * @away: Another pool.
 * @when: At which step they are removed.
 * @which: Set of places in @home where they are.
 * @upwards: The order in which they are removed and their descriptors used.
 * @fate: What becomes of these.
 * @step: Steps so far.
 * @seen: How often each place came; those from NR_CHUNKS on are for IN_HOME.
 * @strange: How often something came that is not in @home.
 * @errors: Calls that failed.
 */
struct walk {
	struct gen_pool *home;
	struct gen_pool *away;
	unsigned int when;
	unsigned long which;
	bool upwards;
	enum fate fate;
	unsigned int step;
	unsigned int seen[2 * NR_CHUNKS];
	unsigned int strange;
	unsigned int errors;
};

static unsigned int nth_place(const struct walk *w, unsigned int n)
{
	return w->upwards ? n : NR_CHUNKS - 1 - n;
}

static void remove_chunk(struct walk *w, unsigned int place)
{
	gen_pool_free(w->home, HOME(place), 0);
	w->errors += gen_pool_remove(w->home, HOME(place)) != 0;
}

static int use_descriptor(struct walk *w, unsigned int place)
{
	switch (w->fate) {
	case IN_AWAY:
		return add_at(w->away, AWAY(place));
	case IN_HOME:
		return add_at(w->home, HOME(NR_CHUNKS + place));
	case AS_BEFORE:
		return add_at(w->home, HOME(place));
	default:
		return 0;
	}
}

static void change_pools(struct walk *w)
{
	unsigned int n;

	for (n = 0; n < NR_CHUNKS; n++)
		if (w->which & BIT(nth_place(w, n)))
			remove_chunk(w, nth_place(w, n));
	for (n = 0; n < NR_CHUNKS; n++)
		if (w->which & BIT(nth_place(w, n)))
			w->errors += use_descriptor(w, nth_place(w, n)) != 0;
}

static void take_step(struct walk *w, unsigned long addr)
{
	unsigned long place = (addr - HOME(0)) / STEP;

	if (place < ARRAY_SIZE(w->seen) && addr == HOME(place))
		w->seen[place]++;
	else
		w->strange++;
	if (w->step++ == w->when)
		change_pools(w);
}

static void see_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      void *data)
{
	struct walk *w = data;

	w->strange += chunk->owner != owner_of(chunk->start_addr);
	take_step(w, chunk->start_addr);
}

static void see_alloc(struct gen_pool *pool, unsigned long addr, size_t size,
		      void *data)
{
	take_step(data, addr);
}

static unsigned long see_map(unsigned long *map, unsigned long size,
			     unsigned long start, unsigned int nr, void *data,
			     struct gen_pool *pool, unsigned long start_addr)
{
	take_step(data, start_addr);
	return size;
}

static void walk_chunks(struct walk *w)
{
	gen_pool_for_each_chunk(w->home, see_chunk, w);
}

static void walk_allocs(struct walk *w)
{
	gen_pool_for_each_alloc(w->home, see_alloc, w);
}

static void walk_maps(struct walk *w)
{
	w->errors += gen_pool_alloc_algo(w->home, UNIT, see_map, w) != 0;
}

/**
 * struct way_case - A way to walk a pool.
 * @desc: Description.
 * @walk: The walk.
 */
struct way_case {
	const char *desc;
	void (*walk)(struct walk *w);
};

static const struct way_case way_cases[] = {
	{ "chunks", walk_chunks },
	{ "allocations", walk_allocs },
	{ "an algorithm", walk_maps },
};

KUNIT_ARRAY_PARAM_DESC(way, way_cases, desc);

static void prepare_walk(struct kunit *test, struct walk *w)
{
	unsigned int place;

	fill_shelf();
	w->home = gen_pool_create(ORDER, NUMA_NO_NODE);
	w->away = gen_pool_create(ORDER, NUMA_NO_NODE);
	KUNIT_ASSERT_TRUE(test, w->home && w->away);
	for (place = 0; place < NR_CHUNKS; place++) {
		KUNIT_ASSERT_EQ(test, 0, add_at(w->home, HOME(place)));
		KUNIT_ASSERT_EQ(test, HOME(place), gen_pool_alloc(w->home, UNIT));
	}
}

static void finish_walk(struct walk *w)
{
	destroy_pool(w->home);
	destroy_pool(w->away);
}

/* Those that stay come once; the others were there or not, but not twice. */
static void expect_walk(struct kunit *test, const struct walk *w)
{
	unsigned int place;

	for (place = 0; place < ARRAY_SIZE(w->seen); place++) {
		bool stays = place < NR_CHUNKS && !(w->which & BIT(place));

		KUNIT_EXPECT_TRUE_MSG(test,
				      w->seen[place] == 1 || (!w->seen[place] && !stays),
				      "chunk %u came %u times; %#lx removed at step %u, fate %u, %s",
				      place, w->seen[place], w->which, w->when,
				      w->fate, w->upwards ? "up" : "down");
	}
	KUNIT_EXPECT_EQ(test, w->strange, 0);
	KUNIT_EXPECT_EQ(test, w->errors, 0);
}

/* A walk is over when it is: what changes behind its last step is not seen. */
static void genalloc_lives_walk_test(struct kunit *test)
{
	const struct way_case *way = test->param_value;
	unsigned int i, nr = NR_CHUNKS * BIT(NR_CHUNKS) * NR_FATES * 2;

	create_shelf(test);
	for (i = 0; i < nr; i++) {
		struct walk w = {
			.when = i % NR_CHUNKS,
			.which = i / NR_CHUNKS & ALL_CHUNKS,
			.fate = i / NR_CHUNKS / BIT(NR_CHUNKS) % NR_FATES,
			.upwards = i >= nr / 2,
		};

		prepare_walk(test, &w);
		way->walk(&w);
		finish_walk(&w);
		expect_walk(test, &w);
	}
	expect_reports(test, 0);
}

/* An allocation goes on to the next chunk when the one it looked at has gone. */
static unsigned long remove_and_fit(unsigned long *map, unsigned long size,
				    unsigned long start, unsigned int nr,
				    void *data, struct gen_pool *pool,
				    unsigned long start_addr)
{
	unsigned long unit = gen_pool_first_fit(map, size, start, nr, NULL, pool,
						start_addr);

	if (start_addr == HOME(NR_CHUNKS - 1))
		take_step(data, start_addr);
	return unit;
}

static void genalloc_lives_alloc_removed_test(struct kunit *test)
{
	struct walk w = { .which = BIT(NR_CHUNKS - 1), .fate = IN_AWAY };
	void *owner;

	create_shelf(test);
	prepare_walk(test, &w);
	KUNIT_EXPECT_EQ(test, HOME(NR_CHUNKS - 2) + UNIT,
			gen_pool_alloc_algo_owner(w.home, UNIT, remove_and_fit,
						  &w, &owner));
	KUNIT_EXPECT_PTR_EQ(test, owner, owner_of(HOME(NR_CHUNKS - 2)));
	KUNIT_EXPECT_EQ(test, w.errors, 0);
	expect_idle(test, w.away, SIZE);
	finish_walk(&w);
	expect_reports(test, 0);
}

/* ---- pools that are variables ---- */

static DEFINE_GEN_POOL(static_pool, ORDER);
static DEFINE_GEN_POOL_STORAGE(storage, NR_UNITS);
static DEFINE_GEN_POOL_STORAGE(storage2, NR_UNITS);

static int add_static(unsigned long addr, size_t size, void *room,
		      size_t room_size)
{
	return gen_pool_add_static(&static_pool, addr, addr, size,
				   owner_of(addr), room, room_size);
}

/* Whatever a test has left; then the storage can be used by the next one. */
static void reset_static_pool(void *unused)
{
	destroy_pool(&static_pool);
	rcu_barrier();
}

static void use_static_pool(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, reset_static_pool, NULL));
}

static void genalloc_lives_static_test(struct kunit *test)
{
	void *owner;

	use_static_pool(test);
	expect_idle(test, &static_pool, 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(&static_pool, UNIT), 0);

	KUNIT_ASSERT_EQ(test, add_static(HOME(0), SIZE, storage, sizeof(storage)), 0);
	expect_idle(test, &static_pool, SIZE);
	expect_chunk(test, &static_pool, HOME(0), true);
	KUNIT_EXPECT_EQ(test, HOME(0),
			gen_pool_alloc_owner(&static_pool, SIZE, &owner));
	KUNIT_EXPECT_PTR_EQ(test, owner, owner_of(HOME(0)));
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(&static_pool, UNIT), 0);
	gen_pool_free(&static_pool, HOME(0), SIZE);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(&static_pool, HOME(0)), 0);
	expect_idle(test, &static_pool, 0);
	expect_reports(test, 0);
}

static void genalloc_lives_static_refused_test(struct kunit *test)
{
	size_t least = offsetof(struct gen_pool_storage, map.map) +
		       alloc_map_bytes(NR_UNITS);

	use_static_pool(test);
	KUNIT_EXPECT_EQ(test, add_static(HOME(0), 0, storage, sizeof(storage)), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_static(-UNIT, SIZE, storage, sizeof(storage)), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_static(HOME(0), SIZE, storage, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, add_static(HOME(0), SIZE, storage, least - 1), -ENOSPC);
	KUNIT_EXPECT_LE(test, least, sizeof(storage));
	KUNIT_EXPECT_EQ(test, add_static(HOME(0), SIZE, storage, least), 0);
	KUNIT_EXPECT_EQ(test, add_static(HOME(0), SIZE, storage2, sizeof(storage2)),
			-EEXIST);
	KUNIT_EXPECT_EQ(test, add_static(HOME(1), SIZE, storage, sizeof(storage)),
			-EBUSY);
	expect_idle(test, &static_pool, SIZE);
	expect_reports(test, 0);
}

/* Readers may still have the map, until a grace period is over. */
static void genalloc_lives_static_again_test(struct kunit *test)
{
	int removed, at_once;

	use_static_pool(test);
	KUNIT_ASSERT_EQ(test, add_static(HOME(0), SIZE, storage, sizeof(storage)), 0);
	KUNIT_ASSERT_EQ(test, HOME(0), gen_pool_alloc(&static_pool, SIZE));
	gen_pool_free(&static_pool, HOME(0), 0);

	rcu_read_lock();
	removed = gen_pool_remove(&static_pool, HOME(0));
	at_once = add_static(HOME(0), UNIT, storage, sizeof(storage));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, removed, 0);
	KUNIT_EXPECT_EQ(test, at_once, -EBUSY);

	rcu_barrier();
	KUNIT_EXPECT_EQ(test, add_static(HOME(1), SIZE, storage, sizeof(storage)), 0);
	expect_idle(test, &static_pool, SIZE);
	expect_chunk(test, &static_pool, HOME(0), false);
	expect_chunk(test, &static_pool, HOME(1), true);
	expect_reports(test, 0);
}

static void genalloc_lives_static_destroy_test(struct kunit *test)
{
	use_static_pool(test);
	KUNIT_ASSERT_EQ(test, add_static(HOME(0), SIZE, storage, sizeof(storage)), 0);
	KUNIT_ASSERT_EQ(test, 0, add_at(&static_pool, HOME(1)));

	KUNIT_ASSERT_EQ(test, HOME(1), gen_pool_alloc(&static_pool, UNIT));
	gen_pool_destroy(&static_pool);
	expect_reports(test, 1);
	KUNIT_EXPECT_EQ(test, gen_pool_size(&static_pool), 2 * SIZE);

	gen_pool_free(&static_pool, HOME(1), UNIT);
	gen_pool_destroy(&static_pool);
	expect_idle(test, &static_pool, 0);

	/* An empty pool, as it was in the beginning. */
	KUNIT_EXPECT_EQ(test, 0, add_at(&static_pool, HOME(1)));
	KUNIT_EXPECT_EQ(test, HOME(1), gen_pool_alloc(&static_pool, UNIT));
	expect_reports(test, 1);
}

/* ---- chunks that touch ---- */

#define EDGE		(HOME(0) + SIZE)
#define EDGE2		(HOME(0) + 2 * SIZE)

/*
 * Three chunks in a row: allocated, a variable, allocated.  On a machine with
 * nodes, the bookkeeping of the first and the last lies in different ones.
 */
static void add_row(struct kunit *test, struct gen_pool *pool)
{
	int nid, first = NUMA_NO_NODE, last = NUMA_NO_NODE;

	for_each_online_node(nid) {
		if (first == NUMA_NO_NODE)
			first = nid;
		last = nid;
	}
	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_owner(pool, HOME(0), 0x1000, SIZE, first,
					   owner_of(HOME(0))));
	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_owner(pool, EDGE2, 0x800000, SIZE, last,
					   owner_of(EDGE2)));
	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_static(pool, EDGE, 0x40000, SIZE,
					    owner_of(EDGE), storage,
					    sizeof(storage)));
}

static void expect_owner(struct kunit *test, struct gen_pool *pool,
			 unsigned long addr, size_t size, unsigned long chunk)
{
	void *owner;

	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(pool, addr), size);
	KUNIT_EXPECT_EQ(test, gen_pool_free_owner(pool, addr, size, &owner), 0);
	KUNIT_EXPECT_PTR_EQ(test, owner, owner_of(chunk));
}

static void genalloc_lives_edge_test(struct kunit *test)
{
	struct gen_pool *pool = &static_pool;

	use_static_pool(test);
	add_row(test, pool);
	expect_idle(test, pool, 3 * SIZE);

	/* Nothing reaches over an edge. */
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, SIZE + 1), 0);
	KUNIT_EXPECT_TRUE(test, gen_pool_has_addr(pool, EDGE - 1, 1));
	KUNIT_EXPECT_TRUE(test, gen_pool_has_addr(pool, EDGE, SIZE));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, EDGE - 1, 2));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, EDGE, SIZE + 1));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, EDGE2 - UNIT, 2 * UNIT));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, HOME(0), 3 * SIZE));

	/* Each has its own physical addresses. */
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, EDGE - 1), 0x1000 + SIZE - 1);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, EDGE), 0x40000);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, EDGE2 - 1), 0x40000 + SIZE - 1);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, EDGE2), 0x800000);

	/* Allocations up to the edge, from both sides, are told apart. */
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, SIZE), EDGE);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, SIZE), EDGE2);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, SIZE), HOME(0));
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), 0);
	expect_owner(test, pool, EDGE, SIZE, EDGE);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), SIZE);
	expect_owner(test, pool, HOME(0), SIZE, HOME(0));
	expect_owner(test, pool, EDGE2, SIZE, EDGE2);
	expect_idle(test, pool, 3 * SIZE);
	expect_reports(test, 0);
}

/* Each goes by itself, and back to where it came from. */
static void genalloc_lives_edge_remove_test(struct kunit *test)
{
	struct gen_pool *pool = &static_pool;

	use_static_pool(test);
	add_row(test, pool);
	KUNIT_ASSERT_EQ(test, gen_pool_alloc(pool, SIZE), EDGE);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, HOME(0)), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, EDGE2), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, EDGE), -EBUSY);
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, EDGE - 1, 1));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, EDGE2, 1));
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), SIZE);
	expect_owner(test, pool, EDGE, SIZE, EDGE);

	/* A chunk that overlaps its neighbour by a byte. */
	KUNIT_EXPECT_EQ(test, gen_pool_add(pool, HOME(0), SIZE + 1, NUMA_NO_NODE),
			-EEXIST);
	KUNIT_EXPECT_EQ(test, gen_pool_add(pool, EDGE2 - 1, SIZE, NUMA_NO_NODE),
			-EEXIST);
	KUNIT_EXPECT_EQ(test, gen_pool_add(pool, HOME(0), SIZE, NUMA_NO_NODE), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, EDGE), 0);
	expect_idle(test, pool, SIZE);
	expect_reports(test, 0);
}

/* ---- threads ---- */

#define MAX_THREADS	8U
#define NR_ROUNDS	20000U
#define NR_PLACES	3U
/* The chunk that stays; the others come and go. */
#define STAYS		0U

/**
 * struct crowd - What the threads share.
 * @pools: Home and away.
 * @owner: For each pool, place and unit who has it, 0 if nobody.
 * @go: They may begin.
 * @done: How many users are done.
 * @failed: One of them has found something wrong.
 */
struct crowd {
	struct gen_pool *pools[2];
	u8 owner[2][NR_PLACES][NR_UNITS];
	struct completion go;
	atomic_t done;
	bool failed;
};

/**
 * struct member - A thread.
 * @c: What it shares.
 * @task: The thread.
 * @finished: It has done its rounds.
 * @rnd: Its random numbers.
 * @id: Its number, from 1.
 * @nr: How often it did what it is there for: allocate, remove, destroy.
 * @nr_busy: How many removals found allocations.
 * @error: What went wrong, or NULL.
 */
struct member {
	struct crowd *c;
	struct task_struct *task;
	struct completion finished;
	struct rnd_state rnd;
	u8 id;
	unsigned long nr;
	unsigned long nr_busy;
	const char *error;
};

static unsigned long place_addr(unsigned int pool, unsigned int place)
{
	return pool ? AWAY(place) : HOME(place);
}

static u32 below(struct member *m, u32 bound)
{
	return prandom_u32_state(&m->rnd) % bound;
}

static void must(struct member *m, bool ok, const char *what)
{
	if (ok)
		return;
	if (!m->error)
		m->error = what;
	WRITE_ONCE(m->c->failed, true);
}

static void stamp(struct member *m, u8 *owner, unsigned long nr, u8 from, u8 to)
{
	unsigned long unit;

	for (unit = 0; unit < nr; unit++) {
		must(m, READ_ONCE(owner[unit]) == from, "a unit is in two allocations");
		WRITE_ONCE(owner[unit], to);
	}
}

static void use_memory(struct member *m, unsigned int pool, unsigned long addr,
		       unsigned long nr)
{
	unsigned long place = (addr - place_addr(pool, 0)) / STEP;
	unsigned long offset = addr - place_addr(pool, place);
	u8 *owner = m->c->owner[pool][place] + offset / UNIT;

	stamp(m, owner, nr, 0, m->id);
	if (!below(m, 64))
		schedule_timeout_uninterruptible(1);
	stamp(m, owner, nr, m->id, 0);
}

static bool is_in_place(unsigned int pool, unsigned long addr, size_t size,
			void *owner)
{
	unsigned long place = (addr - place_addr(pool, 0)) / STEP;
	unsigned long chunk = place_addr(pool, place);

	return place < NR_PLACES && owner == owner_of(chunk) &&
	       addr - chunk <= SIZE - size;
}

/* What is allocated stays, and is where it says. */
static void alloc_and_free(struct member *m, unsigned int pool)
{
	struct gen_pool *p = m->c->pools[pool];
	unsigned long nr = 1 + below(m, NR_UNITS);
	unsigned long addr;
	void *owner;

	addr = gen_pool_alloc_owner(p, nr * UNIT, &owner);
	if (!addr)
		return;
	m->nr++;
	if (!is_in_place(pool, addr, nr * UNIT, owner)) {
		must(m, false, "an allocation is not in the pool");
		return;
	}
	use_memory(m, pool, addr, nr);
	must(m, gen_pool_virt_to_phys(p, addr) == addr, "wrong physical address");
	must(m, gen_pool_alloc_size(p, addr) == nr * UNIT, "wrong size");
	must(m, gen_pool_free_owner(p, addr, below(m, 2) * nr * UNIT, &owner) == 0,
	     "a free is refused");
	must(m, is_in_place(pool, addr, nr * UNIT, owner), "wrong owner");
}

/**
 * struct view - What a walk has seen.
 * @pool: The pool, 0 or 1.
 * @places: The places.
 * @wrong: Something that cannot be.
 */
struct view {
	unsigned int pool;
	unsigned long places;
	bool wrong;
};

static void view_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		       void *data)
{
	struct view *v = data;
	unsigned long place = (chunk->start_addr - place_addr(v->pool, 0)) / STEP;

	if (!is_in_place(v->pool, chunk->start_addr, SIZE, chunk->owner) ||
	    chunk->end_addr - chunk->start_addr != SIZE - 1)
		v->wrong = true;
	else
		v->places |= BIT(place);
}

static void look_around(struct member *m, unsigned int pool)
{
	struct gen_pool *p = m->c->pools[pool];
	struct view v = { .pool = pool };
	size_t size = gen_pool_size(p);

	gen_pool_for_each_chunk(p, view_chunk, &v);
	must(m, !v.wrong, "a chunk is not of this pool, or of two lives");
	must(m, v.places & BIT(STAYS), "the chunk that stays is missed");
	must(m, size >= SIZE && size % SIZE == 0, "wrong size of the pool");
	must(m, gen_pool_has_addr(p, place_addr(pool, STAYS), SIZE),
	     "the chunk that stays is not found");
	must(m, !gen_pool_has_addr(p, place_addr(!pool, below(m, NR_PLACES)), 1),
	     "a chunk of the other pool is found");
}

static int user_thread(void *data)
{
	struct member *m = data;
	unsigned int round;

	wait_for_completion(&m->c->go);
	for (round = 0; round < NR_ROUNDS && !READ_ONCE(m->c->failed); round++) {
		alloc_and_free(m, below(m, 2));
		look_around(m, below(m, 2));
		cond_resched();
	}
	atomic_inc(&m->c->done);
	complete(&m->finished);
	return 0;
}

/* The descriptor that one pool gives up is what the other gets. */
static void move_chunk(struct member *m, unsigned int pool, unsigned int place)
{
	int err = gen_pool_remove(m->c->pools[pool], place_addr(pool, place));

	if (err == -EBUSY) {
		m->nr_busy++;
		return;
	}
	must(m, err == 0 || err == -ENOENT, "a removal is refused");
	m->nr += !err;
	err = add_at(m->c->pools[!pool], place_addr(!pool, place));
	must(m, err == 0 || err == -EEXIST, "an addition is refused");
}

/* A pool of its own, which is soon gone. */
static void use_own_pool(struct member *m)
{
	struct gen_pool *p = gen_pool_create(ORDER, NUMA_NO_NODE);

	if (!p || add_at(p, HOME(STAYS)) || add_at(p, HOME(STAYS + 1))) {
		must(m, false, "no memory");
		return;
	}
	must(m, gen_pool_size(p) == 2 * SIZE, "wrong size of a new pool");
	must(m, gen_pool_alloc(p, SIZE) == HOME(STAYS + 1), "wrong place in a new pool");
	gen_pool_free(p, HOME(STAYS + 1), 0);
	gen_pool_destroy(p);
}

/* As long as there are users. */
static int mover_thread(void *data)
{
	struct member *m = data;

	wait_for_completion(&m->c->go);
	while (!atomic_read(&m->c->done) && !READ_ONCE(m->c->failed)) {
		move_chunk(m, below(m, 2), 1 + below(m, NR_PLACES - 1));
		if (!below(m, 16))
			use_own_pool(m);
		/* With a single CPU, too, and callbacks must not pile up. */
		if (!below(m, 256))
			schedule_timeout_uninterruptible(1);
		cond_resched();
	}
	complete(&m->finished);
	return 0;
}

static void stop_member(void *data)
{
	struct member *m = data;

	complete_all(&m->c->go);
	kthread_stop(m->task);
}

/* Threads wait for this, so that none is gone before it is stopped. */
static int member_thread(void *data)
{
	struct member *m = data;
	int ret = m->id == 1 ? mover_thread(m) : user_thread(m);

	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return ret;
}

static struct member *start_member(struct kunit *test, struct crowd *c, u8 id,
				   unsigned int cpu)
{
	struct member *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->c = c;
	m->id = id;
	init_completion(&m->finished);
	prandom_seed_state(&m->rnd, id);
	m->task = kthread_run_on_cpu(member_thread, m, cpu, "genalloc/%u");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m->task);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, stop_member, m));
	return m;
}

static struct crowd *create_crowd(struct kunit *test)
{
	struct crowd *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, c);
	init_completion(&c->go);
	for (i = 0; i < ARRAY_SIZE(c->pools); i++) {
		c->pools[i] = create_pool(test);
		KUNIT_ASSERT_EQ(test, 0,
				add_at(c->pools[i], place_addr(i, STAYS)));
	}
	return c;
}

static void expect_crowd_gone(struct kunit *test, struct crowd *c)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(c->pools); i++) {
		expect_idle(test, c->pools[i], gen_pool_size(c->pools[i]));
		KUNIT_EXPECT_EQ(test, 0, atomic_long_read(&c->pools[i]->nr_refused));
	}
	KUNIT_EXPECT_NULL(test, memchr_inv(c->owner, 0, sizeof(c->owner)));
}

static void genalloc_lives_threads_test(struct kunit *test)
{
	unsigned int nr = clamp(num_online_cpus(), 3U, MAX_THREADS);
	unsigned int i, cpu = cpumask_first(cpu_online_mask);
	struct crowd *c = create_crowd(test);
	struct member *members[MAX_THREADS];
	unsigned long allocs = 0;

	for (i = 0; i < nr; i++) {
		members[i] = start_member(test, c, i + 1, cpu);
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
	}
	complete_all(&c->go);
	for (i = 0; i < nr; i++)
		wait_for_completion(&members[i]->finished);
	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_NULL_MSG(test, members[i]->error, "thread %u: %s",
				      i + 1, members[i]->error);
		allocs += i ? members[i]->nr : 0;
	}
	KUNIT_EXPECT_GT(test, allocs, 0);
	KUNIT_EXPECT_GT(test, members[0]->nr, 0);
	KUNIT_EXPECT_GT(test, members[0]->nr_busy, 0);
	expect_crowd_gone(test, c);
	kunit_info(test, "%u threads, %lu allocations, %lu removals, %lu of chunks in use",
		   nr, allocs, members[0]->nr, members[0]->nr_busy);
}

/* ---- memory ---- */

#define MEMORY_ROUNDS	10000U
#define MEMORY_CHUNKS	8U

static unsigned long nr_slab_pages(void)
{
	return global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B) +
	       global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B);
}

static void come_and_go(struct kunit *test)
{
	struct gen_pool *pool = gen_pool_create(ORDER, NUMA_NO_NODE);
	unsigned int place;

	KUNIT_ASSERT_NOT_NULL(test, pool);
	for (place = 0; place < MEMORY_CHUNKS; place++) {
		KUNIT_ASSERT_EQ(test, 0, add_at(pool, HOME(place)));
		KUNIT_ASSERT_EQ(test, -EEXIST, add_at(pool, HOME(place)));
		KUNIT_ASSERT_EQ(test, HOME(place), gen_pool_alloc(pool, UNIT));
		gen_pool_free(pool, HOME(place), 0);
	}
	for (place = 0; place < MEMORY_CHUNKS / 2; place++)
		KUNIT_ASSERT_EQ(test, 0, gen_pool_remove(pool, HOME(place)));
	gen_pool_destroy(pool);
}

/* Callbacks must not pile up, or it is them that are counted. */
static void come_and_go_often(struct kunit *test, unsigned int nr)
{
	for (; nr; nr--) {
		come_and_go(test);
		if (nr % 128 == 0)
			rcu_barrier();
	}
	rcu_barrier();
}

/*
 * The system allocates meanwhile, and counts in steps, so only a bound can be
 * tested: less than half of what it would be if the smallest piece were leaked
 * for every second chunk.
 */
static void genalloc_lives_memory_test(struct kunit *test)
{
	size_t piece = min(sizeof(struct gen_pool_chunk),
			   offsetof(struct gen_pool_map, map) +
			   ALLOC_MAP_BYTES(NR_UNITS));
	unsigned long nr = MEMORY_ROUNDS * MEMORY_CHUNKS / 2;
	long bound = nr * piece / PAGE_SIZE / 2;
	long before, lost;

	/* What is freed there stays in quarantine, which grows meanwhile. */
	if (IS_ENABLED(CONFIG_KASAN))
		kunit_skip(test, "cannot count memory with KASAN");

	come_and_go_often(test, MEMORY_ROUNDS / 10);
	before = nr_slab_pages();
	come_and_go_often(test, MEMORY_ROUNDS);
	lost = (long)nr_slab_pages() - before;
	KUNIT_EXPECT_LT(test, lost, bound);
	kunit_info(test, "%ld pages of slab more after %u rounds, a leak would be %ld",
		   lost, MEMORY_ROUNDS, 2 * bound);
}

static struct kunit_case genalloc_lives_test_cases[] = {
	KUNIT_CASE(genalloc_lives_remove_test),
	KUNIT_CASE(genalloc_lives_remove_unknown_test),
	KUNIT_CASE_PARAM(genalloc_lives_remove_busy_test, size_gen_params),
	KUNIT_CASE(genalloc_lives_add_again_test),
	KUNIT_CASE(genalloc_lives_late_free_test),
	KUNIT_CASE(genalloc_lives_late_use_test),
	KUNIT_CASE(genalloc_lives_create_again_test),
	KUNIT_CASE_PARAM(genalloc_lives_walk_test, way_gen_params),
	KUNIT_CASE(genalloc_lives_alloc_removed_test),
	KUNIT_CASE(genalloc_lives_static_test),
	KUNIT_CASE(genalloc_lives_static_refused_test),
	KUNIT_CASE(genalloc_lives_static_again_test),
	KUNIT_CASE(genalloc_lives_static_destroy_test),
	KUNIT_CASE(genalloc_lives_edge_test),
	KUNIT_CASE(genalloc_lives_edge_remove_test),
	KUNIT_CASE_SLOW(genalloc_lives_threads_test),
	KUNIT_CASE_SLOW(genalloc_lives_memory_test),
	{}
};

static struct kunit_suite genalloc_lives_test_suite = {
	.name = "genalloc_lives",
	.init = genalloc_lives_test_init,
	.test_cases = genalloc_lives_test_cases,
};

kunit_test_suite(genalloc_lives_test_suite);

MODULE_DESCRIPTION("KUnit tests of pools whose chunks come and go");
MODULE_LICENSE("GPL");
