// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cost: how many accesses a search makes in a map of a million units.  What a
 * machine does besides makes times differ; these are the same each time, and
 * each has a bound.
 *
 * Each search is made three times: the first measures blocks, the second groups
 * of them and the map, the third knows.  None looks at a word more than a few
 * times, however long the request is and wherever the runs lie.  After one that
 * found nothing the second makes a tenth of the accesses at most.
 */

#include <stdio.h>
#include <stdlib.h>

#include <linux/alloc_map.h>
#include <linux/slab.h>

#include "../lib/alloc_map.h"

#define UNITS	BIT(20)
#define WORDS	(UNITS / ALLOC_MAP_UNITS_PER_WORD)
#define BLOCK	ALLOC_MAP_UNITS_PER_BLOCK
/* Words with the hints of all blocks. */
#define HINTS	ALLOC_MAP_HINT_WORDS(UNITS, BLOCK)

static struct alloc_map *map;
static unsigned long accesses;

/* Before that access another CPU comes. */
static unsigned long overtaken_at;

static void overtake(void);

void access_point(void)
{
	if (++accesses == overtaken_at)
		overtake();
}

bool access_won(bool won)
{
	return won;
}

/* ---- allocations ---- */

static void make_map(unsigned long nr_units)
{
	kfree(map);
	map = kzalloc(alloc_map_bytes(nr_units), GFP_KERNEL);
	alloc_map_init(map, nr_units);
}

static void empty(void)
{
	make_map(UNITS);
}

/* From @start to @end allocations of @taken units, each before @nr free ones. */
static void fill(unsigned long start, unsigned long end, unsigned long taken,
		 unsigned long nr)
{
	unsigned long unit;

	empty();
	for (unit = start; taken && unit < end; unit += taken + nr)
		alloc_map_claim(map, unit, taken);
}

/* In each block runs of 2, 4, 8, 16, 32 and @longest units. */
static void fill_mixed(unsigned long longest)
{
	unsigned long block, unit, len;

	empty();
	for (block = 0; block < UNITS; block += BLOCK) {
		for (unit = block, len = 2; len <= 32; len *= 2, unit++) {
			unit += len;
			alloc_map_claim(map, unit, 1);
		}
		unit += longest;
		alloc_map_claim(map, unit, block + BLOCK - unit);
	}
}

/* Allocations of 1 to 64 units, of which 30 % are left. */
static void fill_scattered(void)
{
	struct rnd_state rnd;
	unsigned long unit, nr;

	prandom_seed_state(&rnd, 1);
	empty();
	for (unit = 0; unit < UNITS; unit += nr) {
		nr = min(1 + prandom_u32_state(&rnd) % 64, UNITS - unit);
		if (prandom_u32_state(&rnd) % 10 < 3)
			alloc_map_claim(map, unit, nr);
	}
}

/* ---- searches ---- */

/* In place of a start. */
#define MIXED		(UNITS + 1)
#define SCATTERED	(UNITS + 2)
/* In place of an alignment. */
#define BEST		ULONG_MAX
/* In place of a unit. */
#define IN_VAIN		UNITS

/**
 * struct search - a search that is made three times
 * @what: what the map looks like
 * @fill: the same for fill() and its kin
 * @also: if not 0, one more unit that is taken afterwards: the best fit is the
 *	one before it then, and where it was when it is freed
 * @nr: units that are needed
 * @align_mask: their alignment less one, or BEST
 * @unit: where they are
 * @first: how many accesses the first two searches make at most
 * @third: and the third one
 */
static const struct search {
	const char *what;
	unsigned long fill[4], also;
	unsigned long nr, align_mask, unit, first, third;
} searches[] = {
	{ "one in the middle", { UNITS / 2, UNITS, 1, UNITS }, 0,
	  UNITS / 2 + 1, 0, IN_VAIN, 16, 16 },
	{ "one in the middle", { UNITS / 2, UNITS, 1, UNITS }, 0,
	  UNITS / 2 - 1, 0, 0, WORDS, WORDS },
	{ "full", { 0, UNITS, 2, 0 }, 0,
	  1, 0, IN_VAIN, 4 * WORDS, 32 },
	{ "room at the end", { 0, UNITS - 2, 2, 0 }, 0,
	  2, 0, UNITS - 2, 4 * WORDS, 64 },
	{ "every other one", { 0, UNITS, 1, 1 }, 0,
	  2, 0, IN_VAIN, 4 * WORDS, 32 },
	{ "runs of 200", { 0, UNITS, 56, 200 }, 0,
	  201, 0, IN_VAIN, 4 * WORDS, 32 },
	{ "runs of 199, room at the end", { 0, UNITS - BLOCK, 57, 199 }, 0,
	  200, 0, UNITS - BLOCK - 199, 4 * WORDS, 64 },
	/* No hint can tell, since runs are longer than that, or lie wrong. */
	{ "runs of 4,000", { 0, UNITS, 1, 4000 }, 0,
	  4001, 0, IN_VAIN, WORDS / 64, 4 },
	{ "30 % taken", { SCATTERED }, 0,
	  1000, 0, IN_VAIN, WORDS / 8, 4 },
	{ "what is aligned is taken", { 0, UNITS, 1, BLOCK - 1 }, 0,
	  1, BLOCK - 1, IN_VAIN, WORDS / 4, 4 },
	{ "runs that are not aligned", { 0, UNITS, 3, 13 }, 0,
	  8, 15, IN_VAIN, 5 * WORDS, 4 },

	{ "empty", {}, 0,
	  1, BEST, 0, 3 * WORDS, HINTS + 32 },
	{ "one at the bottom", { 0, UNITS, 1, UNITS }, 0,
	  1, BEST, 1, 3 * WORDS, HINTS + 64 },
	{ "one in the middle", { UNITS / 2, UNITS, 1, UNITS }, 0,
	  1, BEST, UNITS / 2 + 1, 4 * WORDS, WORDS + 2 * HINTS },
	{ "runs of 2", { 0, UNITS, 1, 2 }, UNITS - 5,
	  1, BEST, 1, 14 * WORDS, HINTS + 256 },
	{ "every other one", { 0, UNITS, 1, 1 }, 0,
	  2, BEST, IN_VAIN, 4 * WORDS, 32 },
	{ "runs of 129, room at the end", { 0, UNITS - 300, 1, 129 }, 0,
	  130, BEST, UNITS - 385, 4 * WORDS, 64 },
	{ "runs of 2 to 32 and of 127", { MIXED, 127 }, 0,
	  1, BEST, 0, 4 * WORDS, HINTS + 64 },
	{ "runs of 2 to 32 and of 128", { MIXED, 128 }, 0,
	  1, BEST, 0, 4 * WORDS, HINTS + 64 },
};

static void prepare(const struct search *s)
{
	if (s->fill[0] == MIXED)
		fill_mixed(s->fill[1]);
	else if (s->fill[0] == SCATTERED)
		fill_scattered();
	else
		fill(s->fill[0], s->fill[1], s->fill[2], s->fill[3]);
}

static bool try(const struct search *s, unsigned long want, unsigned long most)
{
	unsigned long unit;

	accesses = 0;
	unit = s->align_mask == BEST ? alloc_map_find_best(map, 0, s->nr) :
	       alloc_map_find(map, 0, s->nr, s->align_mask, 0);
	printf("  %lu accesses, at most %lu\n", accesses, most);
	if (unit == want && accesses <= most)
		return true;
	printf("FAILED: found at %lu, should be at %lu\n", unit, want);
	return false;
}

/* A hint that is no longer true is raised. */
static bool try_changed(const struct search *s)
{
	bool ok;

	alloc_map_claim(map, s->also, 1);
	ok = try(s, s->also - 1, s->third);
	alloc_map_release(map, s->also, 1);
	return try(s, s->unit, s->third) & ok;
}

/* Whether two units belong together takes no look at the other million. */
static bool try_same(void)
{
	bool same;

	fill(0, UNITS, UNITS, 0);
	accesses = 0;
	same = alloc_map_same(map, UNITS / 2, UNITS / 2 + BLOCK);
	printf("units of one allocation, %lu apart\n  %lu accesses, at most %lu\n",
	       BLOCK, accesses, BLOCK / ALLOC_MAP_UNITS_PER_WORD + 1);
	return same && accesses <= BLOCK / ALLOC_MAP_UNITS_PER_WORD + 1;
}

/* ---- two CPUs ---- */

#define HALF	(4 * ALLOC_MAP_UNITS_PER_WORD)

/* The other CPU frees one half of the map, and is the first to claim the other. */
static bool overtook;

static void overtake(void)
{
	overtaken_at = 0;
	alloc_map_release(map, 0, 0);
	overtook = alloc_map_claim(map, HALF, HALF);
}

static unsigned long alloc_overtaken(unsigned long at)
{
	make_map(2 * HALF);
	alloc_map_claim(map, 0, HALF);
	accesses = 0;
	overtook = false;
	overtaken_at = at;
	return alloc_map_alloc(map, HALF);
}

/* An allocation whose place has gone at the last moment finds what is below. */
static bool try_overtaken(void)
{
	unsigned long at = 0, unit, last = ULONG_MAX;

	while (unit = alloc_overtaken(++at), overtook)
		last = unit;
	printf("room below, when the place that was found has gone\n  found at %lu\n",
	       last);
	return !last;
}

int main(void)
{
	const struct search *s;
	unsigned long second;
	bool ok = try_same() & try_overtaken();

	for (s = searches; s < searches + ARRAY_SIZE(searches); s++) {
		printf("%s, %s fit of %lu\n", s->what,
		       s->align_mask == BEST ? "best" : "first", s->nr);
		prepare(s);
		ok &= try(s, s->unit, s->first);
		second = s->unit == IN_VAIN ? 4 + accesses / 10 : s->first;
		ok &= try(s, s->unit, second);
		ok &= try(s, s->unit, s->third);
		if (s->also)
			ok &= try_changed(s);
	}
	if (ok)
		printf("no search makes more accesses than it should\n");
	return !ok;
}
