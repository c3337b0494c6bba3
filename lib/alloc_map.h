/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * alloc_map: shared by lib/alloc_map*.c
 *
 * Names: a unit is an index into the row; "at" is a unit's place inside its
 * word; ranges are half open, [start, end); nr, n and extents count units; a
 * mask has both bits of each of its units, a set of units only the lower one.
 *
 * The names in brackets are proofs for all values, in
 * tools/testing/genalloc/prove/.
 */

#ifndef _LIB_ALLOC_MAP_H_
#define _LIB_ALLOC_MAP_H_

#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#define UNITS_PER_WORD	ALLOC_MAP_UNITS_PER_WORD

/* The lower and the upper bit of every unit of a word. */
#define LOW_BITS	(~0UL / 3)
#define HIGH_BITS	(LOW_BITS << 1)

/* No unit of any map. */
#define NOWHERE		ULONG_MAX

/**
 * enum alloc_map_state - what the two bits of a unit say
 * @ALLOC_MAP_FREE: not allocated
 * @ALLOC_MAP_BUSY: first unit of an allocation that one CPU is putting
 *	together or taking apart, or unit of a map that is out of service
 * @ALLOC_MAP_BODY: any later unit of an allocation
 * @ALLOC_MAP_HEAD: first unit of an allocation
 */
enum alloc_map_state {
	ALLOC_MAP_FREE	= 0,
	ALLOC_MAP_BUSY	= 1,
	ALLOC_MAP_BODY	= 2,
	ALLOC_MAP_HEAD	= 3,
};

/* ---- inside one word ---- */

static inline unsigned long unit_mask(unsigned int at)
{
	return 3UL << 2 * at;
}

static inline unsigned long unit_bits(unsigned int at,
				      enum alloc_map_state state)
{
	return (unsigned long)state << 2 * at;
}

/* Both bits of @nr units at the bottom of a word, 1 <= @nr <= UNITS_PER_WORD. */
static inline unsigned long low_mask(unsigned int nr)
{
	return ~(~1UL << (2 * nr - 1));
}

/* Both bits of all units from @at on. */
static inline unsigned long high_mask(unsigned int at)
{
	return ~0UL << 2 * at;
}

/* An allocation that has all units of @mask, which begins at the bottom. */
static inline unsigned long alloc_bits(unsigned long mask)
{
	return (mask & HIGH_BITS) | 1;
}

static inline enum alloc_map_state state_at(unsigned long word, unsigned int at)
{
	return (word >> 2 * at) & 3;
}

/* The set of free units of @word. */
static inline unsigned long free_units(unsigned long word)
{
	return ~(word | word >> 1) & LOW_BITS;
}

/*
 * Skip words before @end that have no free unit.  The upper bits tell, except
 * for busy heads: these are in flight, and their words are not skipped
 * [prove/skip_full].
 */
static inline const unsigned long *skip_full(const unsigned long *word,
					     const unsigned long *end)
{
	const unsigned long *last = end - 1;

	while (word < last &&
	       (READ_ONCE(word[0]) & READ_ONCE(word[1]) & HIGH_BITS) == HIGH_BITS)
		word += 2;
	return word;
}

/* Skip words before @end that are free [prove/skip_free]. */
static inline const unsigned long *skip_free(const unsigned long *word,
					     const unsigned long *end)
{
	const unsigned long *stop = end - 3;

	while (word < stop &&
	       !(READ_ONCE(word[0]) | READ_ONCE(word[1]) |
		 READ_ONCE(word[2]) | READ_ONCE(word[3])))
		word += 4;
	return word;
}

/* Both bits of each free unit of @word. */
static inline unsigned long free_mask(unsigned long word)
{
	return ~(3 * ((word | word >> 1) & LOW_BITS));
}

/* @mask without its lowest run of units [prove/next_runs]. */
static inline unsigned long next_runs(unsigned long mask)
{
	return mask & (mask + (mask & -mask));
}

/* The lowest unit of a set that is not empty. */
static inline unsigned int first_unit(unsigned long set)
{
	return __ffs(set) / 2;
}

/* How many units from the bottom of the word are in @set. */
static inline unsigned int units_at_bottom(unsigned long set)
{
	unsigned long missing = ~set & LOW_BITS;

	return missing ? first_unit(missing) : UNITS_PER_WORD;
}

/* How many units up to the top of the word are in @set. */
static inline unsigned int units_at_top(unsigned long set)
{
	unsigned long missing = ~set & LOW_BITS;

	return missing ? UNITS_PER_WORD - 1 - __fls(missing) / 2 : UNITS_PER_WORD;
}

/*
 * The units of @set at which @nr units of @set in a row begin.  Each round
 * doubles the known length, up to @nr [prove/runs_of].
 */
static inline unsigned long runs_of(unsigned long set, unsigned int nr)
{
	unsigned int len, step;

	for (len = 1; len < nr; len += step) {
		step = min(len, nr - len);
		set &= set >> 2 * step;
	}
	return set;
}

/* ---- words of a map ---- */

static inline unsigned long word_index(unsigned long unit)
{
	return unit / UNITS_PER_WORD;
}

static inline unsigned int unit_at(unsigned long unit)
{
	return unit % UNITS_PER_WORD;
}

static inline unsigned long word_base(unsigned long index)
{
	return index * UNITS_PER_WORD;
}

/* One word more than full words: see &struct alloc_map. */
static inline unsigned long nr_words(unsigned long nr_units)
{
	return word_index(nr_units) + 1;
}

/*
 * The part of [start, end) that lies in word @index, which it does touch
 * [prove/mask_in_word].
 */
static inline unsigned long mask_in_word(unsigned long start, unsigned long end,
					 unsigned long index)
{
	unsigned long base = word_base(index);
	unsigned long from = max(start, base);
	unsigned long to = min(end, base + UNITS_PER_WORD);

	return low_mask(to - from) << 2 * unit_at(from);
}

static inline bool unit_is_free(const struct alloc_map *map,
				unsigned long unit)
{
	return !(READ_ONCE(map->words[word_index(unit)]) &
		 unit_mask(unit_at(unit)));
}

/* Whether [start, start + nr) is not empty and in the map [prove/in_map]. */
static inline bool in_map(const struct alloc_map *map, unsigned long start,
			  unsigned long nr)
{
	return start < map->nr_units && nr - 1 < map->nr_units - start;
}

/* ---- hints: lib/alloc_map_find.c ---- */

/*
 * A hint is a byte.  Values up to HINT_MOST are lengths: no free run that the
 * hint covers is longer.  A run that crosses a whole block must exceed
 * HINT_MOST: alloc_map_parts_raise() relies on it.  HINT_VAIN is known, too,
 * but says nothing about lengths; only hints on a map have it.
 */
enum {
	HINT_MOST	= ALLOC_MAP_UNITS_PER_BLOCK < 251 ?
			  ALLOC_MAP_UNITS_PER_BLOCK : 251,
	HINT_VAIN	= 252,
	HINT_UNKNOWN	= 253,
	HINT_MEASURED	= 254,
	HINT_SPOILT	= 255,
};

#define HINT_BITS	8
#define HINTS_PER_WORD	(BITS_PER_LONG / HINT_BITS)
#define HINT_MASK	0xffUL
/* The lowest and the highest bit of every hint of a word. */
#define HINT_LOW_BITS	(~0UL / HINT_MASK)
#define HINT_HIGH_BITS	(HINT_LOW_BITS << (HINT_BITS - 1))

/* The least hint of a place that may have @nr units in a row. */
static inline unsigned int hint_for(unsigned long nr)
{
	return nr <= HINT_MOST ? nr : HINT_VAIN;
}

/* The hint on a place whose longest run has @nr units. */
static inline unsigned int length_hint(unsigned long nr)
{
	return nr <= HINT_MOST ? nr : HINT_UNKNOWN;
}

static inline unsigned int hint_at(unsigned long word, unsigned int shift)
{
	return word >> shift & HINT_MASK;
}

/*
 * The highest bit of each hint of @word that is @least or more
 * [prove/hints_from].
 */
static inline unsigned long hints_from(unsigned long word, unsigned int least)
{
	unsigned long diff = (word | HINT_HIGH_BITS) -
			     (least & ~0x80U) * HINT_LOW_BITS;

	return (least < 0x80 ? word | diff : word & diff) & HINT_HIGH_BITS;
}

/* The first hint that hints_from() found. */
static inline unsigned int first_hint(unsigned long found)
{
	return __ffs(found) / HINT_BITS;
}

unsigned int alloc_map_hint_mark(unsigned long *word, unsigned int shift);
bool alloc_map_hint_end(unsigned long *word, unsigned int shift,
			unsigned int hint);
void alloc_map_hint_raise(unsigned long *word, unsigned int shift);
bool alloc_map_in_vain(const struct alloc_map *map, unsigned long nr,
		       unsigned long align_mask, unsigned long align_offset);

/* Returns false if another CPU has marked the hint. */
static inline bool alloc_map_hint_begin(unsigned long *word, unsigned int shift)
{
	return alloc_map_hint_mark(word, shift) < HINT_MEASURED;
}

/* Let the owner of @map keep its hint.  No other CPU knows the map yet. */
static inline void alloc_map_set_hint(struct alloc_map *map,
				      unsigned long *word, unsigned int shift)
{
	map->hint = word;
	map->hint_shift = shift;
	alloc_map_hint_raise(word, shift);
}

/* Whether @nr units in a row may be free, as far as the map remembers. */
static inline bool may_have_room(const struct alloc_map *map, unsigned long nr)
{
	return nr > HINT_MOST ? !alloc_map_in_vain(map, nr, 0, 0) :
	       hint_at(READ_ONCE(*map->hint), map->hint_shift) >= nr;
}

/* ---- between the files ---- */

/* alloc_map.c */
size_t alloc_map_bytes(unsigned long nr_units);
void alloc_map_init(struct alloc_map *map, unsigned long nr_units);

bool alloc_map_claim(struct alloc_map *map, unsigned long start,
		     unsigned long nr);
long alloc_map_release(struct alloc_map *map, unsigned long head,
		       unsigned long nr);
long alloc_map_take(struct alloc_map *map, unsigned long head,
		    unsigned long nr);
void alloc_map_clear(struct alloc_map *map, unsigned long head,
		     unsigned long nr);
void alloc_map_keep(struct alloc_map *map, unsigned long unit);
int alloc_map_split(struct alloc_map *map, unsigned long head,
		    unsigned long piece);
int alloc_map_cut(struct alloc_map *map, unsigned long head, unsigned long nr);
bool alloc_map_retire(struct alloc_map *map);

enum alloc_map_state alloc_map_state(const struct alloc_map *map,
				     unsigned long unit);
unsigned long alloc_map_head(const struct alloc_map *map, unsigned long unit);
unsigned long alloc_map_extent(const struct alloc_map *map, unsigned long head);
bool alloc_map_same(const struct alloc_map *map, unsigned long first,
		    unsigned long last);
unsigned long alloc_map_next(const struct alloc_map *map, unsigned long unit);
unsigned long alloc_map_nr_free(const struct alloc_map *map);

bool alloc_map_claim_units(struct alloc_map *map, unsigned long start,
			   unsigned long nr);
bool alloc_map_claim_words(struct alloc_map *map, unsigned long start,
			   unsigned long nr);

/* alloc_map_find.c */
unsigned long alloc_map_alloc(struct alloc_map *map, unsigned long nr);
unsigned long alloc_map_longest(const struct alloc_map *map);
long alloc_map_raise_known(struct alloc_map *map, long nr);
unsigned long alloc_map_alloc_in(struct alloc_map *map, unsigned long start,
				 unsigned long end, unsigned int nr);
unsigned long alloc_map_find_in(const struct alloc_map *map,
				unsigned long start, unsigned long end,
				unsigned long nr, unsigned long align_mask,
				unsigned long align_offset);
unsigned long alloc_map_run(const struct alloc_map *map, unsigned long unit,
			    unsigned long enough);
unsigned long alloc_map_room(const struct alloc_map *map, unsigned long i,
			     unsigned long end, unsigned long enough);

/* alloc_map_parts.c */
void alloc_map_parts_init(struct alloc_map *map);
unsigned long alloc_map_parts_alloc(struct alloc_map *map, unsigned int nr);
unsigned long alloc_map_parts_find(const struct alloc_map *map,
				   unsigned long start, unsigned long end,
				   unsigned long nr, unsigned long align_mask,
				   unsigned long align_offset);
unsigned long alloc_map_parts_find_best(struct alloc_map *map,
					unsigned long start, unsigned long nr);
unsigned long alloc_map_parts_room(const struct alloc_map *map,
				   unsigned long nr);
long alloc_map_parts_raise(struct alloc_map *map, unsigned long start, long nr);
void alloc_map_parts_forget(const struct alloc_map *map, unsigned long start,
			    unsigned long end);

/* A constant without CONFIG_GENALLOC_LARGE, which drops the code behind it. */
static inline bool has_parts(const struct alloc_map *map)
{
	return IS_ENABLED(CONFIG_GENALLOC_LARGE) && map->parts;
}

/* Raise the hint on the whole map.  Returns @nr. */
static inline long alloc_map_raise(struct alloc_map *map, long nr)
{
	return likely(hint_at(READ_ONCE(*map->hint), map->hint_shift) == HINT_UNKNOWN) ?
	       nr : alloc_map_raise_known(map, nr);
}

/* [start, start + nr) was freed, and a full barrier followed, room:A. */
static inline long units_freed(struct alloc_map *map, unsigned long start,
			       long nr)
{
	return has_parts(map) ? alloc_map_parts_raise(map, start, nr) :
				alloc_map_raise(map, nr);
}

/* [start, end) was allocated. */
static inline void units_claimed(struct alloc_map *map, unsigned long start,
				 unsigned long end)
{
	if (!has_parts(map))
		return;

	/* A search that puts the sets to use after the load sees the claim. */
	smp_mb__after_atomic(); /* as room:A */
	if (READ_ONCE(map->parts->lengths))
		alloc_map_parts_forget(map, start, end);
}

#endif /* _LIB_ALLOC_MAP_H_ */
