// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cost: how many accesses a search makes in a map of a million units.  What a
 * machine does besides makes times differ; these are the same each time, and
 * each has a bound.
 *
 * A search looks at a word a few times at most, however long the request is and
 * wherever runs lie; one that was in vain tells the next, which leaves out
 * whole groups of blocks.  A search for the best fit looks at few blocks.
 */

#include <stdio.h>
#include <stdlib.h>

#include <linux/alloc_map.h>
#include <linux/slab.h>

#define UNITS	BIT(20)
#define WORDS	(UNITS / ALLOC_MAP_UNITS_PER_WORD)
/* Those with what is remembered of all blocks. */
#define HINTS	ALLOC_MAP_HINT_WORDS(UNITS, ALLOC_MAP_UNITS_PER_BLOCK)

static struct alloc_map *map;
static unsigned long accesses;
static bool failed;

void access_point(void)
{
	accesses++;
}

bool access_won(bool won)
{
	return won;
}

static void expect_found(const char *what, unsigned long nr, unsigned long found,
			 unsigned long unit, unsigned long most)
{
	printf("%s: %lu accesses, at most %lu\n", what, accesses, most);
	if (found == unit && accesses <= most)
		return;
	printf("FAILED: %lu units, found at %lu, should be at %lu\n", nr, found,
	       unit);
	failed = true;
}

static void expect_find(const char *what, unsigned long nr, unsigned long mask,
			unsigned long unit, unsigned long most)
{
	unsigned long found;

	accesses = 0;
	found = alloc_map_find(map, 0, nr, mask, 0);
	expect_found(what, nr, found, unit, most);
}

static void expect_find_best(const char *what, unsigned long nr,
			     unsigned long unit, unsigned long most)
{
	unsigned long found;

	accesses = 0;
	found = alloc_map_find_best(map, 0, nr);
	expect_found(what, nr, found, unit, most);
}

/* The first search lowers hints of blocks, the second those of groups. */
static void expect_finds(const char *what, unsigned long nr, unsigned long mask,
			 unsigned long unit, unsigned long first,
			 unsigned long third)
{
	expect_find(what, nr, mask, unit, first);
	expect_find("  again", nr, mask, unit, first);
	expect_find("  and again", nr, mask, unit, third);
}

static void empty(void)
{
	kfree(map);
	map = kzalloc(alloc_map_bytes(UNITS), GFP_KERNEL);
	alloc_map_init(map, UNITS);
}

/* Allocations of @nr units, one every @step units. */
static void fill(unsigned long nr, unsigned long step)
{
	unsigned long unit;

	empty();
	for (unit = 0; unit < UNITS; unit += step)
		alloc_map_claim(map, unit, nr);
}

int main(void)
{
	unsigned long extent;

	empty();
	alloc_map_claim(map, UNITS / 2, 1);
	expect_finds("more than either half", UNITS / 2 + 1, 0, UNITS,
		     WORDS, WORDS);
	expect_finds("the lower half", UNITS / 2 - 1, 0, 0, WORDS, WORDS);

	fill(2, 2);
	expect_finds("full", 1, 0, UNITS, 3 * WORDS, 16);
	alloc_map_release(map, UNITS - 2, 2, &extent);
	expect_finds("room at the end", 2, 0, UNITS - 2, 32, 32);

	fill(1, 2);
	expect_finds("every other unit free", 2, 0, UNITS, 3 * WORDS, 16);

	/* Runs are long enough but lie wrong: no hint can tell. */
	fill(3, 16);
	expect_finds("runs that are not aligned", 8, 15, UNITS, 5 * WORDS,
		     3 * WORDS);

	empty();
	expect_find_best("best fit, empty", 1, 0, 3 * WORDS);
	expect_find_best("  again", 1, 0, HINTS + 32);
	alloc_map_claim(map, 0, 1);
	expect_find_best("  one later", 1, 1, HINTS + 64);

	/* Only the last run, which is cut, is as short as that. */
	fill(1, 3);
	expect_find_best("best of many", 1, 1, 14 * WORDS);
	alloc_map_claim(map, UNITS - 5, 1);
	expect_find_best("  it is the last", 1, UNITS - 6, HINTS + 256);
	alloc_map_release(map, UNITS - 5, 0, &extent);
	expect_find_best("  no longer", 1, 1, HINTS + 256);

	if (!failed)
		printf("no search makes more accesses than it should\n");
	return failed;
}
