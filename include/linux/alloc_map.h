/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A map of allocations: which units are taken, and where each allocation
 * begins and ends.  lib/alloc_map.c draws the model and argues the protocol.
 */

#ifndef _LINUX_ALLOC_MAP_H_
#define _LINUX_ALLOC_MAP_H_

#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/math.h>
#include <linux/stddef.h>
#include <linux/types.h>

/**
 * enum alloc_map_state - what the two bits of a unit say
 * @ALLOC_MAP_FREE: nobody has it
 * @ALLOC_MAP_BUSY: first unit of an allocation that one CPU is putting
 *	together or taking apart, or of a map that is out of service;
 *	everybody else keeps off
 * @ALLOC_MAP_BODY: any later unit of an allocation
 * @ALLOC_MAP_HEAD: first unit of an allocation
 */
enum alloc_map_state {
	ALLOC_MAP_FREE	= 0,
	ALLOC_MAP_BUSY	= 1,
	ALLOC_MAP_BODY	= 2,
	ALLOC_MAP_HEAD	= 3,
};

#define ALLOC_MAP_UNITS_PER_WORD	(BITS_PER_LONG / 2)

/* What units so far apart are recorded in is never in one cache line. */
#define ALLOC_MAP_UNITS_PER_LINE					\
	(SMP_CACHE_BYTES / sizeof(long) * ALLOC_MAP_UNITS_PER_WORD)

/*
 * Private to lib/alloc_map.c, but for the size of maps that are variables.
 *
 * Units that a hint is about, of a block and of a group of blocks.
 */
#define ALLOC_MAP_UNITS_PER_BLOCK	256UL
#define ALLOC_MAP_UNITS_PER_GROUP	(64 * ALLOC_MAP_UNITS_PER_BLOCK)
/* A map with so few blocks or groups does not use hints on them. */
#define ALLOC_MAP_FEW			8

#define ALLOC_MAP_HINT_WORDS(nr_units, units)				\
	DIV_ROUND_UP(nr_units, (units) * sizeof(long))

/* Hints of a map: on every block of units, and on every group of blocks. */
enum alloc_map_level { ALLOC_MAP_BLOCKS, ALLOC_MAP_GROUPS, ALLOC_MAP_LEVELS };

/**
 * struct alloc_map - a map of @nr_units units
 * @nr_units: units that can be allocated, [0, @nr_units)
 * @hints: a byte for each block and for each group of blocks that says how long
 *	its free runs are at most; behind @words.  NULL if the map is so small
 *	that looking at it is as fast.  Searches change them, too.
 * @lengths: a byte for each block that says how long its free runs are, behind
 *	@hints.  NULL as long as nobody has asked for the best fit, and in
 *	small maps.
 * @words: two bits a unit, the lower unit in the lower bits.  There is always
 *	at least one unit more than @nr_units, marked as a head for ever, so
 *	that no extent and no free run goes past the end.
 */
struct alloc_map {
	unsigned long nr_units;
	unsigned long *hints[ALLOC_MAP_LEVELS];
	unsigned long *lengths;
	unsigned long words[];
};

/**
 * ALLOC_MAP_BYTES - alloc_map_bytes() as a constant, for maps that are variables
 * @nr_units: units that the map is for
 */
#define ALLOC_MAP_BYTES(nr_units)					\
	(sizeof(struct alloc_map) +					\
	 ((nr_units) / ALLOC_MAP_UNITS_PER_WORD + 1 +			\
	  2 * ALLOC_MAP_HINT_WORDS(nr_units, ALLOC_MAP_UNITS_PER_BLOCK) + \
	  ALLOC_MAP_HINT_WORDS(nr_units, ALLOC_MAP_UNITS_PER_GROUP)) *	\
	 sizeof(long))

size_t alloc_map_bytes(unsigned long nr_units);
void alloc_map_init(struct alloc_map *map, unsigned long nr_units);

unsigned long alloc_map_find(const struct alloc_map *map, unsigned long start,
			     unsigned long nr, unsigned long align_mask,
			     unsigned long align_offset);
unsigned long alloc_map_find_best(struct alloc_map *map, unsigned long start,
				  unsigned long nr);
unsigned long alloc_map_free_end(const struct alloc_map *map,
				 unsigned long unit);
bool alloc_map_is_free(const struct alloc_map *map, unsigned long start,
		       unsigned long nr);
bool alloc_map_claim(struct alloc_map *map, unsigned long start,
		     unsigned long nr);
bool alloc_map_claim_all(struct alloc_map *map);

enum alloc_map_state alloc_map_state(const struct alloc_map *map,
				     unsigned long unit);
unsigned long alloc_map_head(const struct alloc_map *map, unsigned long unit);
unsigned long alloc_map_extent(const struct alloc_map *map, unsigned long head);
int alloc_map_release(struct alloc_map *map, unsigned long head,
		      unsigned long nr, unsigned long *extent);
int alloc_map_split(struct alloc_map *map, unsigned long head,
		    unsigned long piece);
int alloc_map_trim(struct alloc_map *map, unsigned long head,
		   unsigned long keep);

unsigned long alloc_map_next(const struct alloc_map *map, unsigned long unit);
unsigned long alloc_map_nr_free(const struct alloc_map *map);
unsigned long alloc_map_nr_allocs(const struct alloc_map *map);

/**
 * alloc_map_of - the map that an allocation algorithm was handed the words of
 * @words: the @map argument of a &genpool_algo_t
 *
 * Context: Any.
 * Return: the map.
 */
static inline struct alloc_map *alloc_map_of(unsigned long *words)
{
	return (void *)words - offsetof(struct alloc_map, words);
}

#endif /* _LINUX_ALLOC_MAP_H_ */
