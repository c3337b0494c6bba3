// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much memory a map and a chunk take, for all numbers of units; and how a map
 * lies in it, for some.
 */

#include "prove.h"

#include "alloc_map.c"
#include "alloc_map_parts.c"
#include "genalloc_memory.c"

#define MOST_UNITS	(LONG_MAX / 2)
#define MOST_SMALL	(ALLOC_MAP_FEW * ALLOC_MAP_UNITS_PER_BLOCK)

/* Nothing is that large. */
PROOF(bytes_too_many, ulong nr)
{
	assume(nr > MOST_UNITS);
	check(alloc_map_bytes(nr) >= LONG_MAX && chunk_bytes(nr) >= LONG_MAX);
}

/* All words, and no overflow. */
PROOF(bytes_suffice, ulong nr)
{
	size_t bytes = alloc_map_bytes(nr);

	assume(nr <= MOST_UNITS);
	check(bytes / sizeof(ulong) > nr / UNITS_PER_WORD);
	check(bytes < LONG_MAX - sizeof(struct gen_pool_chunk));
	check(chunk_bytes(nr) - bytes == offsetof(struct gen_pool_chunk, map));
}

/* The checker looks after all stores itself. */
static struct alloc_map *new_map(ulong nr)
{
	struct alloc_map *map = __CPROVER_allocate(alloc_map_bytes(nr), true);

	alloc_map_init(map, nr);
	return map;
}

PROOF(init_in_bytes, ulong nr)
{
	struct alloc_map *map;

	assume(nr <= 2 * MOST_SMALL);
	map = new_map(nr);
	check(map->nr_units == nr && *map->hint == HINT_UNKNOWN);
	check(!nr || alloc_map_state(map, nr - 1) == ALLOC_MAP_FREE);
	check(alloc_map_state(map, nr) == ALLOC_MAP_HEAD && !map->parts == (nr <= MOST_SMALL));
}

/* The size counts the words that there are, and each unit has its hints. */
PROOF(hints_in_bytes, ulong nr)
{
	struct alloc_map map = { .nr_units = nr };

	assume(nr && nr <= MOST_UNITS);
	check(nr_words(nr) == nr / ALLOC_MAP_UNITS_PER_WORD + 1);
	check(hint_words(nr_blocks(&map)) ==
	      ALLOC_MAP_HINT_WORDS(nr, ALLOC_MAP_UNITS_PER_BLOCK));
	check(hint_words(nr_groups(&map)) ==
	      ALLOC_MAP_HINT_WORDS(nr, ALLOC_MAP_UNITS_PER_GROUP));
	check((nr - 1) / ALLOC_MAP_UNITS_PER_BLOCK < nr_blocks(&map));
	check((nr - 1) / ALLOC_MAP_UNITS_PER_GROUP < nr_groups(&map));
}

/* The hints lie behind the words and behind each other, up to the end. */
static void check_parts(ulong nr)
{
	struct alloc_map *map = new_map(nr);
	struct alloc_map_parts *parts = map->parts;
	ulong *sets = lengths_of(map);

	check((void *)parts == &map->words[nr_words(nr)] && parts->blocks == parts->words);
	check(hint_word(parts->blocks, nr_blocks(map) - 1) < (parts->groups ?: sets));
	check(!parts->groups || hint_word(parts->groups, nr_groups(map) - 1) < sets);
	check((void *)(sets + hint_words(nr_blocks(map))) <=
	      (void *)map + alloc_map_bytes(nr));
}

/*
 * Not for all numbers, as a size that the checker has to carry through memory
 * takes it more than ten minutes: with and without groups, and around where there
 * is a word more.
 */
PROOF(parts_in_bytes)
{
	check_parts(MOST_SMALL + 1);
	check_parts(ALLOC_MAP_FEW * ALLOC_MAP_UNITS_PER_GROUP);
	check_parts(ALLOC_MAP_FEW * ALLOC_MAP_UNITS_PER_GROUP + 1);
	check_parts(64 * ALLOC_MAP_UNITS_PER_GROUP);
	check_parts(64 * ALLOC_MAP_UNITS_PER_GROUP + 1);
}
