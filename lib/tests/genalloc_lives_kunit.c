// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of chunks and pools that come and go under readers, and of pools
 * that are variables.
 *
 * The functions that a walk calls change the pool, so that the tests know what
 * the walk meets.
 *
 * Names: a place is where a chunk can be, numbered in each pool; a row lists
 * ROW chunks.
 */

#include <kunit/test.h>

#include <linux/alloc_map.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/rcupdate.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/vmstat.h>

#include "../lib/alloc_map.h"
#include "../lib/genalloc.h"
#include "genalloc_test.h"

#define ORDER		4
#define UNIT		BIT(ORDER)
#define W		((unsigned long)ALLOC_MAP_UNITS_PER_WORD)
/* Ends inside a word. */
#define NR_UNITS	(W + 5)
#define SIZE		(NR_UNITS * UNIT)
#define STEP		0x10000UL
#define AT(place)	(0x10000000UL + (place) * STEP)
#define ROW		GEN_POOL_ROW_CHUNKS

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

static void expect_chunk(struct kunit *test, struct gen_pool *pool,
			 unsigned long addr, bool there)
{
	phys_addr_t phys = there ? addr : (phys_addr_t)-1;

	KUNIT_EXPECT_EQ(test, gen_pool_has_addr(pool, addr, SIZE), there);
	KUNIT_EXPECT_EQ(test, gen_pool_has_addr(pool, addr + SIZE - 1, 1), there);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, addr), phys);
}

static int genalloc_lives_init(struct kunit *test)
{
	return init_reports(test, sizeof(struct reports));
}

/* ---- rows ---- */

#define MAX_PLACES	(4 * ROW + 3)

/* The chunks that a pool should have. */
struct order {
	unsigned long places[MAX_PLACES];	/* where, the newest last */
	unsigned int nr;	/* how many they are */
	unsigned int wrong;	/* what a walk has seen otherwise */
	unsigned int left;	/* how many of them a walk has not seen yet */
};

static void expect_next(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			void *data)
{
	struct order *o = data;

	if (!o->left || chunk->start_addr != AT(o->places[--o->left]) ||
	    chunk->owner != owner_of(chunk->start_addr))
		o->wrong++;
}

/* Far from the order of the addresses. */
static unsigned long place_of(unsigned int n)
{
	return n * 389 % 4096;
}

/* The newest chunk comes first: in walks, and where there is room in all. */
static void expect_order(struct kunit *test, struct gen_pool *pool,
			 struct order *o)
{
	unsigned int i;

	o->left = o->nr;
	gen_pool_for_each_chunk(pool, expect_next, o);
	KUNIT_ASSERT_EQ(test, o->wrong + o->left, 0);
	expect_idle(test, pool, o->nr * SIZE);
	for (i = o->nr; i-- > 0;) {
		expect_chunk(test, pool, AT(o->places[i]), true);
		KUNIT_ASSERT_EQ(test, gen_pool_alloc(pool, SIZE),
				AT(o->places[i]));
	}
	KUNIT_ASSERT_EQ(test, gen_pool_alloc(pool, UNIT), 0);
	for (i = 0; i < o->nr; i += 2)
		gen_pool_free(pool, AT(o->places[i]), SIZE);
	/* Chunks known to be full are skipped, those with room again not. */
	for (i = o->nr; i-- > 0;)
		if (i % 2 == 0)
			KUNIT_ASSERT_EQ(test, gen_pool_alloc(pool, SIZE),
					AT(o->places[i]));
	gen_pool_free_all(pool);
}

static void order_add(struct kunit *test, struct gen_pool *pool,
		      struct order *o, unsigned long place)
{
	KUNIT_ASSERT_EQ(test, 0, add_at(pool, AT(place)));
	KUNIT_ASSERT_EQ(test, -EEXIST, add_at(pool, AT(place)));
	o->places[o->nr++] = place;
}

static void order_remove(struct kunit *test, struct gen_pool *pool,
			 struct order *o, unsigned int i)
{
	unsigned long place = o->places[i];

	KUNIT_ASSERT_EQ(test, 0, gen_pool_remove(pool, AT(place)));
	KUNIT_ASSERT_EQ(test, -ENOENT, gen_pool_remove(pool, AT(place)));
	expect_chunk(test, pool, AT(place), false);
	memmove(&o->places[i], &o->places[i + 1],
		(--o->nr - i) * sizeof(o->places[0]));
}

/* Rows that become empty at their ends and in the middle, and all of them. */
static void genalloc_lives_rows_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, ORDER);
	struct order *o = kunit_kzalloc(test, sizeof(*o), GFP_KERNEL);
	unsigned long first, place;

	KUNIT_ASSERT_NOT_NULL(test, o);
	for (first = 0; first + ROW <= MAX_PLACES; first++) {
		while (o->nr < MAX_PLACES)
			order_add(test, pool, o, place_of(100 * first + o->nr));
		expect_order(test, pool, o);
		for (place = 0; place < ROW; place++)
			order_remove(test, pool, o, first);
		expect_order(test, pool, o);
		while (o->nr)
			order_remove(test, pool, o, o->nr / 2);
		expect_order(test, pool, o);
	}
}

static void genalloc_lives_random_rows_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, ORDER);
	struct order *o = kunit_kzalloc(test, sizeof(*o), GFP_KERNEL);
	struct rnd_state rnd;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, o);
	prandom_seed_state(&rnd, 1);
	for (i = 0; i < 1000; i++) {
		if (o->nr < MAX_PLACES && below(&rnd, 600) < 300 + i % 400 - 100)
			order_add(test, pool, o, place_of(i));
		else if (o->nr)
			order_remove(test, pool, o, below(&rnd, o->nr));
		expect_order(test, pool, o);
	}
}

/* ---- remove ---- */

static void genalloc_lives_remove_unknown_test(struct kunit *test)
{
	static const long beside[] = { -1, 1, UNIT, SIZE - 1, SIZE };
	struct gen_pool *pool = create_pool(test, ORDER);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, AT(0)), -ENOENT);
	KUNIT_ASSERT_EQ(test, 0, add_at(pool, AT(0)));
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, 0), -ENOENT);
	for (i = 0; i < ARRAY_SIZE(beside); i++)
		KUNIT_EXPECT_EQ(test, -ENOENT,
				gen_pool_remove(pool, AT(0) + beside[i]));
	expect_chunk(test, pool, AT(0), true);
	expect_idle(test, pool, SIZE);
}

/* One unit is in use, each in turn: nothing may change. */
static void expect_busy(struct kunit *test, struct gen_pool *pool,
			unsigned long unit, size_t size)
{
	struct genpool_data_fixed fixed = { .offset = unit * UNIT };
	unsigned long addr = AT(0) + fixed.offset;

	KUNIT_ASSERT_EQ(test, addr,
			gen_pool_alloc_algo(pool, UNIT, gen_pool_fixed_alloc,
					    &fixed));
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, AT(0)), -EBUSY);
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), size);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), size - UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_free_owner(pool, addr, UNIT, NULL), 0);
}

static void genalloc_lives_remove_busy_test(struct kunit *test)
{
	static const size_t sizes[] = {
		UNIT - 1, UNIT, (W - 1) * UNIT, W * UNIT, (W + 1) * UNIT,
		(3 * W + 5) * UNIT + 1,
	};
	struct gen_pool *pool = create_pool(test, ORDER);
	unsigned long unit;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		KUNIT_ASSERT_EQ(test, 0, gen_pool_add(pool, AT(0), sizes[i],
						      NUMA_NO_NODE));
		for (unit = 0; unit < sizes[i] / UNIT; unit++)
			expect_busy(test, pool, unit, round_down(sizes[i], UNIT));
		KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, AT(0)), 0);
		KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, AT(0), 1));
		expect_idle(test, pool, 0);
	}
}

static void genalloc_lives_late_free_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, ORDER);
	void *owner = pool;

	KUNIT_ASSERT_EQ(test, 0, add_at(pool, AT(0)));
	KUNIT_ASSERT_EQ(test, AT(0), gen_pool_alloc(pool, UNIT));
	gen_pool_free(pool, AT(0), UNIT);
	KUNIT_ASSERT_EQ(test, gen_pool_remove(pool, AT(0)), 0);
	KUNIT_EXPECT_EQ(test, -ENXIO,
			gen_pool_free_owner(pool, AT(0), UNIT, &owner));
	KUNIT_EXPECT_NULL(test, owner);

	KUNIT_ASSERT_EQ(test, 0, add_at(pool, AT(0)));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			gen_pool_free_owner(pool, AT(0), UNIT, &owner));
	KUNIT_EXPECT_PTR_EQ(test, owner, owner_of(AT(0)));
	expect_refused(test, pool, 2);
	((struct reports *)test->priv)->expected = 1;
}

/* What a reader may try that came too late. */
struct late {
	int removed;
	unsigned long found;
	bool claimed;
	long released;
	int split;
};

static void use_removed_chunk(struct gen_pool *pool,
			      struct gen_pool_chunk *chunk, void *data)
{
	struct alloc_map *map = &chunk->map;
	struct late *late = data;

	late->removed = gen_pool_remove(pool, chunk->start_addr);
	late->found = alloc_map_find(map, 0, 1, 0, 0);
	late->claimed = alloc_map_claim(map, 0, 1) ||
			alloc_map_claim(map, map->nr_units - 1, 1) ||
			alloc_map_alloc(map, 1) < map->nr_units;
	late->released = alloc_map_release(map, 0, 0);
	late->split = alloc_map_split(map, 0, 1);
}

static void genalloc_lives_late_use_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, ORDER);
	struct late late = {};

	KUNIT_ASSERT_EQ(test, 0, add_at(pool, AT(0)));
	gen_pool_for_each_chunk(pool, use_removed_chunk, &late);
	KUNIT_EXPECT_EQ(test, late.removed, 0);
	KUNIT_EXPECT_EQ(test, late.found, NR_UNITS);
	KUNIT_EXPECT_FALSE(test, late.claimed);
	KUNIT_EXPECT_EQ(test, late.released, -EBUSY);
	KUNIT_EXPECT_EQ(test, late.split, -EBUSY);
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
		expect_refused(test, pool, 0);
		KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, AT(0), 1));
		expect_idle(test, pool, 0);

		gen_pool_set_algo(pool, gen_pool_best_fit, test);
		KUNIT_EXPECT_EQ(test, 0, add_at(pool, AT(0)));
		gen_pool_free(pool, AT(0), 0);
		gen_pool_destroy(pool);
	}
	((struct reports *)test->priv)->expected = round;
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
	expect_idle(test, &static_pool, 0);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(&static_pool, UNIT), 0);
}

static void genalloc_lives_static_test(struct kunit *test)
{
	struct gen_pool *pool = &static_pool;
	void *owner;

	use_static_pool(test);
	KUNIT_ASSERT_EQ(test, add_static(AT(0), SIZE, storage, sizeof(storage)), 0);
	expect_idle(test, pool, SIZE);
	expect_chunk(test, pool, AT(0), true);
	KUNIT_EXPECT_NOT_NULL(test, pool->creator);
	KUNIT_EXPECT_EQ(test, AT(0), gen_pool_alloc_owner(pool, SIZE, &owner));
	KUNIT_EXPECT_PTR_EQ(test, owner, owner_of(AT(0)));
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, UNIT), 0);
	gen_pool_free(pool, AT(0), SIZE);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, AT(0)), 0);
	expect_idle(test, pool, 0);
}

static void genalloc_lives_static_refused_test(struct kunit *test)
{
	size_t least = offsetof(struct gen_pool_chunk, map) +
		       alloc_map_bytes(NR_UNITS);

	use_static_pool(test);
	KUNIT_EXPECT_EQ(test, add_static(AT(0), 0, storage, sizeof(storage)), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_static(-UNIT, SIZE, storage, sizeof(storage)), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_static(AT(0), SIZE, storage, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, add_static(AT(0), SIZE, storage, least - 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, add_static(AT(0), SIZE_MAX / 2, storage, least), -ENOSPC);
	KUNIT_EXPECT_LE(test, least, sizeof(storage));
	KUNIT_EXPECT_EQ(test, add_static(AT(0), SIZE, storage, least), 0);
	KUNIT_EXPECT_EQ(test, add_static(AT(0), SIZE, storage2, sizeof(storage2)),
			-EEXIST);
	KUNIT_EXPECT_EQ(test, add_static(AT(1), SIZE, storage, sizeof(storage)),
			-EBUSY);
	/* The call that was refused left its storage unused. */
	KUNIT_EXPECT_EQ(test, add_static(AT(1), SIZE, storage2, sizeof(storage2)),
			0);
	expect_idle(test, &static_pool, 2 * SIZE);
}

/* Readers may still have the map, until a grace period is over. */
static void genalloc_lives_static_again_test(struct kunit *test)
{
	int round, removed, at_once;

	use_static_pool(test);
	/* More often than there are chunks in a row. */
	for (round = 0; round < 2 * ROW + 1; round++) {
		KUNIT_ASSERT_EQ(test, 0, add_static(AT(round), SIZE, storage,
						    sizeof(storage)));
		expect_chunk(test, &static_pool, AT(round), true);
		expect_idle(test, &static_pool, SIZE);
		KUNIT_ASSERT_EQ(test, AT(round), gen_pool_alloc(&static_pool, SIZE));
		gen_pool_free(&static_pool, AT(round), 0);

		rcu_read_lock();
		removed = gen_pool_remove(&static_pool, AT(round));
		at_once = gen_pool_add_static(&static_pool, AT(0), -1, UNIT, NULL,
					      storage, sizeof(storage));
		rcu_read_unlock();
		KUNIT_EXPECT_EQ(test, removed, 0);
		KUNIT_EXPECT_EQ(test, at_once, -EBUSY);
		expect_chunk(test, &static_pool, AT(round), false);
		rcu_barrier();
	}
}

static void genalloc_lives_static_destroy_test(struct kunit *test)
{
	unsigned int i;

	use_static_pool(test);
	KUNIT_ASSERT_EQ(test, add_static(AT(0), SIZE, storage, sizeof(storage)), 0);
	for (i = 1; i <= ROW; i++)
		KUNIT_ASSERT_EQ(test, 0, add_at(&static_pool, AT(i)));

	KUNIT_ASSERT_EQ(test, AT(ROW), gen_pool_alloc(&static_pool, UNIT));
	gen_pool_destroy(&static_pool);
	KUNIT_EXPECT_EQ(test, gen_pool_size(&static_pool), (ROW + 1) * SIZE);

	gen_pool_free(&static_pool, AT(ROW), UNIT);
	gen_pool_destroy(&static_pool);
	expect_idle(test, &static_pool, 0);

	/* An empty pool, as it was in the beginning. */
	KUNIT_EXPECT_EQ(test, 0, add_at(&static_pool, AT(1)));
	KUNIT_EXPECT_EQ(test, AT(1), gen_pool_alloc(&static_pool, UNIT));
	((struct reports *)test->priv)->expected = 1;
}

/* Each of its lives begins with all slots of its own row: nothing is allocated. */
static void genalloc_lives_static_lives_test(struct kunit *test)
{
	unsigned int round;

	use_static_pool(test);
	for (round = 0; round <= ROW; round++) {
		KUNIT_ASSERT_EQ(test, 0, add_static(AT(0), SIZE, storage,
						    sizeof(storage)));
		KUNIT_EXPECT_EQ(test, static_pool.row.unused, ROW - 1);
		gen_pool_destroy(&static_pool);
		rcu_barrier();
	}
}

/* What the removal of a chunk without units leaves ends with the pool's life. */
static void genalloc_lives_static_empty_test(struct kunit *test)
{
	unsigned int round;

	use_static_pool(test);
	for (round = 0; round < 3; round++) {
		KUNIT_ASSERT_EQ(test, 0, add_static(AT(0), UNIT - 1, storage,
						    sizeof(storage)));
		KUNIT_EXPECT_EQ(test, 0, gen_pool_remove(&static_pool, AT(0)));
		gen_pool_destroy(&static_pool);
		rcu_barrier();
	}
}

/* Readers may have the pool, whether it has chunks or cannot be destroyed. */
static void genalloc_lives_static_readers_test(struct kunit *test)
{
	struct rcu_gp_oldstate state; /* also of expedited ones, as in a boot */

	use_static_pool(test);
	get_state_synchronize_rcu_full(&state);
	gen_pool_destroy(&static_pool);
	KUNIT_EXPECT_TRUE(test, poll_state_synchronize_rcu_full(&state));

	KUNIT_ASSERT_EQ(test, add_static(AT(0), SIZE, storage, sizeof(storage)), 0);
	KUNIT_ASSERT_EQ(test, AT(0), gen_pool_alloc(&static_pool, UNIT));
	get_state_synchronize_rcu_full(&state);
	gen_pool_destroy(&static_pool);
	KUNIT_EXPECT_TRUE(test, poll_state_synchronize_rcu_full(&state));
	gen_pool_free(&static_pool, AT(0), UNIT);
	((struct reports *)test->priv)->expected = 1;
}

/* ---- chunks that touch ---- */

#define EDGE		(AT(0) + SIZE)
#define EDGE2		(AT(0) + 2 * SIZE)

/*
 * Three chunks side by side: allocated, a variable, allocated.  On a machine
 * with nodes, the bookkeeping of the first and the last lies in different ones.
 */
static void add_neighbours(struct kunit *test, struct gen_pool *pool)
{
	int nid, first = NUMA_NO_NODE, last = NUMA_NO_NODE;

	for_each_online_node(nid) {
		if (first == NUMA_NO_NODE)
			first = nid;
		last = nid;
	}
	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_owner(pool, AT(0), 0x1000, SIZE, first,
					   owner_of(AT(0))));
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
	add_neighbours(test, pool);
	expect_idle(test, pool, 3 * SIZE);

	/* Nothing reaches over an edge. */
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, SIZE + 1), 0);
	KUNIT_EXPECT_TRUE(test, gen_pool_has_addr(pool, EDGE - 1, 1));
	KUNIT_EXPECT_TRUE(test, gen_pool_has_addr(pool, EDGE, SIZE));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, EDGE - 1, 2));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, EDGE, SIZE + 1));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, EDGE2 - UNIT, 2 * UNIT));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, AT(0), 3 * SIZE));

	/* Each has its own physical addresses. */
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, EDGE - 1), 0x1000 + SIZE - 1);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, EDGE), 0x40000);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, EDGE2 - 1), 0x40000 + SIZE - 1);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, EDGE2), 0x800000);

	/* Allocations up to the edge, from both sides, are told apart. */
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, SIZE), EDGE);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, SIZE), EDGE2);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc(pool, SIZE), AT(0));
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), 0);
	expect_owner(test, pool, AT(0), SIZE, AT(0));
	expect_owner(test, pool, EDGE2, SIZE, EDGE2);

	/* Each goes by itself, and back to where it came from. */
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, AT(0)), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, EDGE2), 0);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, EDGE), -EBUSY);
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, EDGE - 1, 1));
	KUNIT_EXPECT_FALSE(test, gen_pool_has_addr(pool, EDGE2, 1));
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), SIZE);
	expect_owner(test, pool, EDGE, SIZE, EDGE);
	KUNIT_EXPECT_EQ(test, gen_pool_remove(pool, EDGE), 0);
}

/* ---- walks ---- */

#define WALK_CHUNKS	(3 * ROW - 2)

static u64 rooms[ROW][ARRAY_SIZE(storage)];

/* A walk during which chunks are removed. */
struct walk {
	struct gen_pool *pool;	/* the pool that is walked */
	unsigned int when;	/* at which step they are removed */
	unsigned int first;	/* the first of them */
	unsigned int last;	/* the last */
	unsigned int again;	/* how many of them are added again, at once */
	unsigned int step;	/* steps so far */
	unsigned int seen[WALK_CHUNKS];	/* how often each place came */
	/* how often something came that is not there, or a call failed */
	unsigned int wrong;
};

static void change_pool(struct walk *w)
{
	unsigned int i;

	for (i = w->first; i <= w->last; i++) {
		gen_pool_free(w->pool, AT(i), 0);
		w->wrong += gen_pool_remove(w->pool, AT(i)) != 0;
	}
	/* Without memory: a walk may not sleep. */
	for (i = 0; i < w->again; i++)
		w->wrong += gen_pool_add_static(w->pool, AT(w->first + i), -1, SIZE,
						owner_of(AT(w->first + i)),
						rooms[i], sizeof(rooms[i])) != 0;
}

static void take_step(struct walk *w, unsigned long addr)
{
	unsigned long place = (addr - AT(0)) / STEP;

	if (place < WALK_CHUNKS && addr == AT(place))
		w->seen[place]++;
	else
		w->wrong++;
	if (w->step++ == w->when)
		change_pool(w);
}

static void see_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		      void *data)
{
	struct walk *w = data;

	w->wrong += chunk->owner != owner_of(chunk->start_addr);
	take_step(w, chunk->start_addr);
}

static void see_alloc(struct gen_pool *pool, unsigned long addr, size_t size,
		      void *data)
{
	take_step(data, addr);
}

static unsigned long see_map(struct alloc_map *map, unsigned long size,
			     unsigned long start, unsigned int nr, void *data,
			     struct gen_pool *pool, unsigned long start_addr)
{
	take_step(data, start_addr);
	return size;
}

static void walk_pool(struct walk *w, unsigned int way)
{
	if (way == 0)
		gen_pool_for_each_chunk(w->pool, see_chunk, w);
	else if (way == 1)
		gen_pool_for_each_alloc(w->pool, see_alloc, w);
	else
		w->wrong += gen_pool_alloc_algo(w->pool, UNIT, see_map, w) != 0;
}

/* Those that stay come once; the others were there or not, but not twice. */
static void expect_walk(struct kunit *test, const struct walk *w)
{
	unsigned int i;

	for (i = 0; i < WALK_CHUNKS; i++) {
		bool stays = i < w->first || i > w->last;

		KUNIT_EXPECT_TRUE_MSG(test, w->seen[i] == 1 || (!w->seen[i] && !stays),
				      "chunk %u came %u times; %u to %u removed at step %u, %u again",
				      i, w->seen[i], w->first, w->last, w->when,
				      w->again);
	}
	KUNIT_EXPECT_EQ(test, w->wrong, 0);
}

static void check_walk(struct kunit *test, struct walk *w, unsigned int way)
{
	unsigned int i;

	w->pool = gen_pool_create(ORDER, NUMA_NO_NODE);
	KUNIT_ASSERT_NOT_NULL(test, w->pool);
	for (i = 0; i < WALK_CHUNKS; i++) {
		KUNIT_ASSERT_EQ(test, 0, add_at(w->pool, AT(i)));
		KUNIT_ASSERT_EQ(test, AT(i), gen_pool_alloc(w->pool, UNIT));
	}
	walk_pool(w, way);
	expect_walk(test, w);
	destroy_pool(w->pool);
	if (w->again)
		rcu_barrier();
}

static void genalloc_lives_walk_test(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < 1000; i++) {
		struct walk w = { .when = below(&rnd, WALK_CHUNKS) };

		w.first = below(&rnd, WALK_CHUNKS);
		w.last = min(w.first + below(&rnd, 2 * ROW), WALK_CHUNKS - 1);
		/* Two places are left in the newest row, while it is there. */
		if (i % 8 == 0 &&
		    (w.first > 2 * ROW || w.last < WALK_CHUNKS - 1))
			w.again = min(w.last - w.first + 1, 2U);
		check_walk(test, &w, i % 3);
		cond_resched();
	}
}

/* An allocation goes on to the next chunk when the one it looked at has gone. */
static unsigned long remove_and_fit(struct alloc_map *map, unsigned long size,
				    unsigned long start, unsigned int nr,
				    void *data, struct gen_pool *pool,
				    unsigned long start_addr)
{
	unsigned long unit = gen_pool_first_fit(map, size, start, nr, NULL, pool,
						start_addr);
	int *removed = data;

	if (start_addr == AT(1))
		*removed = gen_pool_remove(pool, start_addr);
	return unit;
}

static void genalloc_lives_alloc_removed_test(struct kunit *test)
{
	struct gen_pool *pool = create_pool(test, ORDER);
	int removed = -1;
	void *owner;

	KUNIT_ASSERT_EQ(test, 0, add_at(pool, AT(0)));
	KUNIT_ASSERT_EQ(test, 0, add_at(pool, AT(1)));
	KUNIT_EXPECT_EQ(test, AT(0),
			gen_pool_alloc_algo_owner(pool, UNIT, remove_and_fit,
						  &removed, &owner));
	KUNIT_EXPECT_PTR_EQ(test, owner, owner_of(AT(0)));
	KUNIT_EXPECT_NE(test, removed, -1);
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), SIZE);
}

/* ---- threads ---- */

#define NR_ROUNDS	15000U
#define NR_PLACES	(ROW + 2)
/* The chunk that stays; the others come and go. */
#define STAYS		0U

/* What the threads share. */
struct crowd {
	/* two pools, between which chunks are moved */
	struct gen_pool *pools[2];
	/* for each pool, place and unit which thread has it, 0 if none */
	u8 owner[2][NR_PLACES][NR_UNITS];
	atomic_t done;		/* how many users are done */
	atomic_t misuses;	/* how many wrong calls were made */
};

/* A thread. */
struct member {
	struct crowd *c;	/* what it shares */
	u8 id;	/* its number, from 1; the first one only moves chunks */
	struct rnd_state rnd;	/* its random numbers */
	unsigned long nr_allocs;	/* how often it allocated */
	unsigned long nr_moves;	/* how often it removed a chunk */
	unsigned long nr_busy;	/* how many removals found allocations */
	const char *error;	/* what went wrong, or NULL */
};

static unsigned long place_addr(unsigned int pool, unsigned long place)
{
	return AT(place + pool * NR_PLACES);
}

static void must(struct member *m, bool ok, const char *what)
{
	if (!ok && !m->error)
		m->error = what;
}

static void stamp(struct member *m, unsigned int pool, unsigned long addr,
		  unsigned long nr, u8 from, u8 to)
{
	unsigned long place = (addr - place_addr(pool, 0)) / STEP;
	u8 *owner = m->c->owner[pool][place] + (addr - place_addr(pool, place)) / UNIT;
	unsigned long unit;

	for (unit = 0; unit < nr; unit++) {
		must(m, READ_ONCE(owner[unit]) == from, "a unit is in two allocations");
		WRITE_ONCE(owner[unit], to);
	}
}

static bool is_in_place(unsigned int pool, unsigned long addr, size_t size,
			void *owner)
{
	unsigned long place = (addr - place_addr(pool, 0)) / STEP;
	unsigned long chunk = place_addr(pool, place);

	return place < NR_PLACES && owner == owner_of(chunk) &&
	       addr - chunk <= SIZE - size;
}

/* It is as long as it says, wherever one asks. */
static void misuse(struct member *m, struct gen_pool *p, unsigned long addr,
		   unsigned long nr)
{
	must(m, gen_pool_free_owner(p, addr, (nr + 1) * UNIT, NULL) == -EMSGSIZE,
	     "a free of one more is not refused");
	must(m, gen_pool_free_owner(p, addr + nr * UNIT - 1, 0, NULL) == -EINVAL,
	     "a free inside is not refused");
	atomic_add(2, &m->c->misuses);
}

static void use(struct member *m, unsigned int pool, unsigned long addr,
		unsigned long nr)
{
	struct gen_pool *p = m->c->pools[pool];
	unsigned long first = 1 + below(&m->rnd, nr);
	void *owner;

	stamp(m, pool, addr, nr, 0, m->id);
	if (!below(&m->rnd, 64))
		schedule_timeout_uninterruptible(1);
	must(m, gen_pool_virt_to_phys(p, addr) == addr, "wrong physical address");
	must(m, gen_pool_alloc_size(p, addr) == nr * UNIT, "wrong size");
	if (!below(&m->rnd, 4))
		misuse(m, p, addr, nr);
	if (2 * first > nr) {
		must(m, !gen_pool_split(p, addr, first * UNIT), "a split is refused");
		stamp(m, pool, addr + first * UNIT, nr - first, m->id, 0);
		if (nr > first)
			gen_pool_free(p, addr + first * UNIT, (nr - first) * UNIT);
		nr = first;
	}
	stamp(m, pool, addr, nr, m->id, 0);
	must(m, !gen_pool_free_owner(p, addr, below(&m->rnd, 2) * nr * UNIT, &owner),
	     "a free is refused");
	must(m, is_in_place(pool, addr, nr * UNIT, owner), "wrong owner");
}

/* An allocation stays, and is where it claims to be. */
static void alloc_and_free(struct member *m, unsigned int pool)
{
	static const genpool_algo_t algos[] = {
		gen_pool_first_fit, gen_pool_best_fit,
		gen_pool_first_fit_order_align,
	};
	unsigned long nr = 1 + below(&m->rnd, NR_UNITS), addr;
	void *owner;

	addr = gen_pool_alloc_algo_owner(m->c->pools[pool], nr * UNIT,
					 algos[below(&m->rnd, 3)], NULL, &owner);
	if (!addr)
		return;
	m->nr_allocs++;
	must(m, is_in_place(pool, addr, nr * UNIT, owner),
	     "an allocation is not in the pool");
	if (!m->error)
		use(m, pool, addr, nr);
}

/* The places that a walk has seen. */
struct view {
	unsigned int pool;
	unsigned long places;
	bool wrong;
};

static void view_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		       void *data)
{
	unsigned long addr = chunk->start_addr, place;
	struct view *v = data;

	place = (addr - place_addr(v->pool, 0)) / STEP;
	if (!is_in_place(v->pool, addr, SIZE, chunk->owner) ||
	    chunk->end_addr - addr != SIZE - 1)
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
	must(m, !v.wrong, "a chunk is not of this pool");
	must(m, v.places & BIT(STAYS), "the chunk that stays is missed");
	must(m, size >= SIZE && size % SIZE == 0, "wrong size of the pool");
	must(m, gen_pool_has_addr(p, place_addr(pool, STAYS), SIZE),
	     "the chunk that stays is not found");
	must(m, !gen_pool_has_addr(p, place_addr(!pool, below(&m->rnd, NR_PLACES)), 1),
	     "a chunk of the other pool is found");
}

/* What one pool gives up the other gets. */
static void move_chunk(struct member *m, unsigned int pool)
{
	unsigned int place = 1 + below(&m->rnd, NR_PLACES - 1);
	int err = gen_pool_remove(m->c->pools[pool], place_addr(pool, place));

	if (err == -EBUSY) {
		m->nr_busy++;
		return;
	}
	must(m, err == 0 || err == -ENOENT, "a removal is refused");
	m->nr_moves += !err;
	err = add_at(m->c->pools[!pool], place_addr(!pool, place));
	must(m, err == 0 || err == -EEXIST, "an addition is refused");
}

static void user(struct member *m)
{
	unsigned int round;

	for (round = 0; round < NR_ROUNDS && !m->error; round++) {
		alloc_and_free(m, below(&m->rnd, 2));
		look_around(m, below(&m->rnd, 2));
		if (!below(&m->rnd, 16))
			move_chunk(m, below(&m->rnd, 2));
		cond_resched();
	}
	atomic_inc(&m->c->done);
}

/* As long as there are users. */
static void mover(struct member *m)
{
	while (!atomic_read(&m->c->done) && !m->error) {
		move_chunk(m, below(&m->rnd, 2));
		/* With a single CPU, too, and callbacks must not pile up. */
		if (!below(&m->rnd, 256))
			schedule_timeout_uninterruptible(1);
		cond_resched();
	}
}

static void act(struct crew *crew, void *data)
{
	struct member *m = data;

	if (m->id == 1)
		mover(m);
	else
		user(m);
}

static struct crowd *create_crowd(struct kunit *test, struct member *members)
{
	struct crowd *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, c);
	for (i = 0; i < ARRAY_SIZE(c->pools); i++) {
		c->pools[i] = create_pool(test, ORDER);
		KUNIT_ASSERT_EQ(test, 0,
				add_at(c->pools[i], place_addr(i, STAYS)));
		/* As if it had been reported already. */
		atomic_long_set(&c->pools[i]->nr_refused, 1);
	}
	for (i = 0; i < MAX_THREADS; i++) {
		members[i].c = c;
		members[i].id = i + 1;
		prandom_seed_state(&members[i].rnd, i);
	}
	return c;
}

static void genalloc_lives_threads_test(struct kunit *test)
{
	struct member *m = kunit_kcalloc(test, MAX_THREADS, sizeof(*m), GFP_KERNEL);
	unsigned int i, nr = crew_size(3);
	unsigned long allocs = 0, moves = 0, busy = 0;
	long refused = -2;
	struct crowd *c;

	KUNIT_ASSERT_NOT_NULL(test, m);
	c = create_crowd(test, m);
	crew_wait(test, crew_start(test, nr, act, m, sizeof(*m)));
	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_NULL_MSG(test, m[i].error, "thread %u: %s", i + 1,
				      m[i].error);
		allocs += m[i].nr_allocs;
		moves += m[i].nr_moves;
		busy += m[i].nr_busy;
	}
	for (i = 0; i < ARRAY_SIZE(c->pools); i++) {
		expect_idle(test, c->pools[i], gen_pool_size(c->pools[i]));
		refused += atomic_long_read(&c->pools[i]->nr_refused);
	}
	KUNIT_EXPECT_EQ(test, refused, atomic_read(&c->misuses));
	KUNIT_EXPECT_NULL(test, memchr_inv(c->owner, 0, sizeof(c->owner)));
	KUNIT_EXPECT_GT(test, allocs, 0);
	KUNIT_EXPECT_GT(test, moves, 0);
	kunit_info(test, "%u threads, %lu allocations, %lu removals, %lu of chunks in use",
		   nr, allocs, moves, busy);
}

/* ---- memory ---- */

#define MEMORY_ROUNDS	5000U
#define MEMORY_TRIES	5U
#define MEMORY_CHUNKS	(2 * ROW)

static unsigned long nr_slab_pages(void)
{
	return global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B) +
	       global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B);
}

/* A pool with chunks, some of which leave, and a whole row. */
static void come_and_go(struct kunit *test)
{
	struct gen_pool *pool = gen_pool_create(ORDER, NUMA_NO_NODE);
	unsigned int place;

	KUNIT_ASSERT_NOT_NULL(test, pool);
	for (place = 0; place < MEMORY_CHUNKS; place++) {
		KUNIT_ASSERT_EQ(test, 0, add_at(pool, AT(place)));
		KUNIT_ASSERT_EQ(test, -EEXIST, add_at(pool, AT(place)));
	}
	for (place = ROW / 2; place < MEMORY_CHUNKS; place++)
		KUNIT_ASSERT_EQ(test, 0, gen_pool_remove(pool, AT(place)));
	gen_pool_destroy(pool);
}

/* Callbacks must not pile up, or they would be counted. */
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
 * tested: less than half of what it would be if the smallest piece, a row, were
 * leaked each time.  A leak exceeds it in every try.
 */
static void genalloc_lives_memory_test(struct kunit *test)
{
	long bound = MEMORY_ROUNDS * sizeof(struct gen_pool_row) / PAGE_SIZE / 2;
	unsigned int tries = 0;
	long before, lost;

	/* Freed memory stays in the quarantine, which grows meanwhile. */
	if (IS_ENABLED(CONFIG_KASAN))
		kunit_skip(test, "cannot count memory with KASAN");
	/* A new slab of anybody is more than the bound. */
	if (PAGE_SIZE > SZ_16K)
		kunit_skip(test, "pages are too large to count memory in");

	come_and_go_often(test, MEMORY_ROUNDS / 10);
	do {
		before = nr_slab_pages();
		come_and_go_often(test, MEMORY_ROUNDS);
		lost = (long)nr_slab_pages() - before;
		kunit_info(test, "%ld pages of slab more after %u rounds, a leak would be %ld",
			   lost, MEMORY_ROUNDS, 2 * bound);
	} while (lost >= bound && ++tries < MEMORY_TRIES);
	KUNIT_EXPECT_LT(test, lost, bound);
}

static struct kunit_case genalloc_lives_cases[] = {
	KUNIT_CASE(genalloc_lives_rows_test),
	KUNIT_CASE(genalloc_lives_random_rows_test),
	KUNIT_CASE(genalloc_lives_remove_unknown_test),
	KUNIT_CASE(genalloc_lives_remove_busy_test),
	KUNIT_CASE(genalloc_lives_late_free_test),
	KUNIT_CASE(genalloc_lives_late_use_test),
	KUNIT_CASE(genalloc_lives_create_again_test),
	KUNIT_CASE(genalloc_lives_static_test),
	KUNIT_CASE(genalloc_lives_static_refused_test),
	KUNIT_CASE(genalloc_lives_static_again_test),
	KUNIT_CASE(genalloc_lives_static_destroy_test),
	KUNIT_CASE(genalloc_lives_static_lives_test),
	KUNIT_CASE(genalloc_lives_static_empty_test),
	KUNIT_CASE(genalloc_lives_static_readers_test),
	KUNIT_CASE(genalloc_lives_edge_test),
	KUNIT_CASE(genalloc_lives_walk_test),
	KUNIT_CASE(genalloc_lives_alloc_removed_test),
	KUNIT_CASE_SLOW(genalloc_lives_threads_test),
	KUNIT_CASE_SLOW(genalloc_lives_memory_test),
	{}
};

ALLOC_MAP_TEST_SUITE(genalloc_lives, "pools whose chunks come and go",
		     .init = genalloc_lives_init, .exit = check_reports);
