/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A map of allocations: which units are taken, and where each allocation
 * begins and ends.  lib/alloc_map.c draws the model and argues the protocol.
 */

#ifndef _LINUX_ALLOC_MAP_H_
#define _LINUX_ALLOC_MAP_H_

#include <linux/bits.h>
#include <linux/kconfig.h>
#include <linux/math.h>
#include <linux/types.h>

#define ALLOC_MAP_UNITS_PER_WORD	(BITS_PER_LONG / 2)

struct alloc_map_parts;

/**
 * struct alloc_map - a map of @nr_units units
 * @nr_units: units that can be allocated, [0, @nr_units)
 * @hint: the word with the hint on the whole map, which may be the owner's;
 *	see lib/alloc_map.h
 * @hint_shift: where in *@hint
 * @parts: hints on parts of a large map, NULL in a small one
 * @own_hint: the hint, unless the owner of the map has a place for it
 * @vain: a request that does not fit, as long as the hint is a known one
 * @words: two bits a unit, the lower unit in the lower bits.  There is always
 *	at least one unit more than @nr_units, marked as a head for ever, so
 *	that no extent and no free run goes past the end.
 */
struct alloc_map {
	unsigned long nr_units;
	unsigned long *hint;
	unsigned int hint_shift;
	struct alloc_map_parts *parts;
	unsigned long own_hint;
	unsigned long vain;
	unsigned long words[];
};

/* private: hints on parts of a map, in units; maps of a few parts have none. */
#define ALLOC_MAP_UNITS_PER_BLOCK	256UL
#define ALLOC_MAP_UNITS_PER_GROUP	(64 * ALLOC_MAP_UNITS_PER_BLOCK)
#define ALLOC_MAP_FEW			8

#define ALLOC_MAP_HINT_WORDS(nr_units, units)				\
	DIV_ROUND_UP(nr_units, (units) * sizeof(long))

/**
 * struct alloc_map_parts - hints on parts of a large map, behind its words
 * @blocks: a byte for each block: an upper bound on its free runs
 * @groups: a byte for each group of blocks, likewise; NULL if there are few
 * @lengths: a byte for each block: the set of lengths of its free runs; NULL
 *	until the first search for the best fit
 * @words: room for all of them
 */
struct alloc_map_parts {
	unsigned long *blocks;
	unsigned long *groups;
	unsigned long *lengths;
	unsigned long words[];
};

#define ALLOC_MAP_PARTS_BYTES(nr_units)					\
	(IS_ENABLED(CONFIG_GENALLOC_LARGE) &&				\
	 (nr_units) > ALLOC_MAP_FEW * ALLOC_MAP_UNITS_PER_BLOCK ?	\
	 sizeof(struct alloc_map_parts) + sizeof(long) *		\
	 (2 * ALLOC_MAP_HINT_WORDS(nr_units, ALLOC_MAP_UNITS_PER_BLOCK) + \
	  ALLOC_MAP_HINT_WORDS(nr_units, ALLOC_MAP_UNITS_PER_GROUP)) : 0)

/**
 * ALLOC_MAP_BYTES - alloc_map_bytes() as a constant, for maps that are variables
 * @nr_units: units that the map is for
 */
#define ALLOC_MAP_BYTES(nr_units)					\
	(sizeof(struct alloc_map) + ALLOC_MAP_PARTS_BYTES(nr_units) +	\
	 ((nr_units) / ALLOC_MAP_UNITS_PER_WORD + 1) * sizeof(long))

/* For algorithms. */
unsigned long alloc_map_find(struct alloc_map *map, unsigned long start,
			     unsigned long nr, unsigned long align_mask,
			     unsigned long align_offset);
unsigned long alloc_map_find_best(struct alloc_map *map, unsigned long start,
				  unsigned long nr);
unsigned long alloc_map_find_last(struct alloc_map *map, unsigned long nr);
unsigned long alloc_map_free_end(const struct alloc_map *map,
				 unsigned long unit);
bool alloc_map_is_free(const struct alloc_map *map, unsigned long start,
		       unsigned long nr);

#endif /* _LINUX_ALLOC_MAP_H_ */
