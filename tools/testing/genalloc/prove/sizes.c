// SPDX-License-Identifier: GPL-2.0-only
/* How much memory a map and a chunk take, for all numbers of units. */

#include "prove.h"

#include "alloc_map.c"
#include "alloc_map_parts.c"
#include "genalloc_memory.c"

#define MOST_UNITS	(LONG_MAX / 2)
#define IS_LARGE(nr)	((nr) > ALLOC_MAP_FEW * ALLOC_MAP_UNITS_PER_BLOCK)

/* Nothing is that large. */
PROOF(bytes_too_many, ulong nr)
{
	assume(nr > MOST_UNITS);
	check(alloc_map_bytes(nr) >= LONG_MAX && chunk_bytes(nr) >= LONG_MAX);
}

/* As much or more for one unit more: DEFINE_GEN_POOL_STORAGE() serves fewer. */
LONG_PROOF(bytes_grow, ulong nr)
{
	assume(nr < MOST_UNITS);
	check(alloc_map_bytes(nr) <= alloc_map_bytes(nr + 1));
	check(chunk_bytes(nr) - alloc_map_bytes(nr) == offsetof(struct gen_pool_chunk, map));
}

/* As large as it may be for the checker, which looks after all stores itself. */
static struct alloc_map *new_map(ulong nr)
{
	size_t bytes = alloc_map_bytes(nr);
	struct alloc_map *map;

	assume(nr <= MOST_UNITS && bytes <= __CPROVER_max_malloc_size);
	map = __CPROVER_allocate(bytes, true);
	alloc_map_init(map, nr);
	return map;
}

LONG_PROOF(init_in_bytes, ulong nr)
{
	struct alloc_map *map = new_map(nr);

	check(map->nr_units == nr && *map->hint == HINT_UNKNOWN);
	check(!nr || alloc_map_state(map, nr - 1) == ALLOC_MAP_FREE);
	check(alloc_map_state(map, nr) == ALLOC_MAP_HEAD && !map->parts == !IS_LARGE(nr));
}

/* The hints lie behind the words and behind each other, up to the end. */
LONG_PROOF(parts_in_bytes, ulong nr)
{
	struct alloc_map *map = new_map(nr);
	struct alloc_map_parts *parts = map->parts;
	ulong *sets;

	assume(IS_LARGE(nr));
	sets = lengths_of(map);
	check((void *)parts == &map->words[nr_words(nr)] && parts->blocks == parts->words);
	check(hint_word(parts->blocks, nr_blocks(map) - 1) < (parts->groups ?: sets));
	check(!parts->groups || hint_word(parts->groups, nr_groups(map) - 1) < sets);
	check((void *)(sets + hint_words(nr_blocks(map))) <=
	      (void *)map + alloc_map_bytes(nr));
}
