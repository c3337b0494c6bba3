// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Hints on parts of a large map
 *
 * ::
 *
 *	map	|<---------------------- hint ----------------------->|
 *	groups	|<---- hint ----->|<---- hint ----->|<---- hint ----->|
 *	blocks	|hint|hint|..|hint|hint|hint|..|hint|hint|hint|..|hint|
 *		 each of 256 units: an upper bound on the lengths of the free
 *		 runs that begin in the block
 *
 * Hints change as lib/alloc_map_find.c explains.  A hint on a group is at least
 * as high as those of its blocks.  A full barrier lies between raising one
 * level and raising the next: a CPU that finds a hint raised cannot know how
 * far the CPU that raised it has come [hint-levels, hint-group].
 *
 * Of two frees that join a run across the edge of a block, the later raises the
 * hint of the block before [hint-edge]; so does a CPU that gives back the unit
 * behind the edge, if a free found it taken [hint-base].
 */

/**
 * DOC: Sets of lengths
 *
 * The best fit is the shortest run that is long enough, wherever it is.  A
 * search for it uses one more byte for each block, from the first such search
 * on: the set of lengths of the free runs that begin in the block::
 *
 *	bit	0	1	2	3	4	5	6
 *	length	1	2-3	4-7	8-15	16-31	32-127	128 or more
 *
 * A search looks at blocks with a run that may be long enough, and shorter than
 * the best so far; these soon become few.
 *
 * Unlike a hint, a set can also become wrong by an allocation: the rest of the
 * run is shorter, and may begin in another block.  So a CPU that has allocated
 * or freed units makes the sets concerned unknown.  The next search measures
 * these blocks by the rules for hints, with a mark, which any change meanwhile
 * spoils, and full barriers on both sides [lengths, lengths-words].  A CPU that
 * finds no sets in use has nothing to do [lengths-begin].
 *
 * A set depends on the units of its block, the one before, and 127 behind, all
 * of them in the next block.  So a change concerns the blocks of the changed
 * units and of the unit behind them, and the block before if a free run reaches
 * across its edge [lengths-edge].  A block in the middle of a change that is
 * measured meanwhile may keep a length too many, until a search looks there.
 *
 * A search may miss runs that others are changing, or take them for longer or
 * shorter than they are; the best fit is not defined then.  Whether there is
 * any fit, it asks the hints first, which do not hide free units.
 */

#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "alloc_map.h"

#define UNITS_PER_BLOCK		ALLOC_MAP_UNITS_PER_BLOCK
#define BLOCKS_PER_GROUP	(ALLOC_MAP_UNITS_PER_GROUP / UNITS_PER_BLOCK)

static_assert(HINT_MOST <= UNITS_PER_BLOCK && HINT_MOST < HINT_VAIN);

static unsigned long nr_blocks(const struct alloc_map *map)
{
	return DIV_ROUND_UP(map->nr_units, UNITS_PER_BLOCK);
}

static unsigned long nr_groups(const struct alloc_map *map)
{
	return DIV_ROUND_UP(nr_blocks(map), BLOCKS_PER_GROUP);
}

static unsigned long block_end(const struct alloc_map *map, unsigned long block)
{
	return min((block + 1) * UNITS_PER_BLOCK, map->nr_units);
}

static unsigned long hint_words(unsigned long nr)
{
	return DIV_ROUND_UP(nr, HINTS_PER_WORD);
}

/* The word of hint @i in an array, and the shift in that word. */
static unsigned long *hint_word(unsigned long *hints, unsigned long i)
{
	return &hints[i / HINTS_PER_WORD];
}

static unsigned int hint_shift(unsigned long i)
{
	return i % HINTS_PER_WORD * HINT_BITS;
}

static void raise_hint(unsigned long *hints, unsigned long i)
{
	unsigned long *word = hint_word(hints, i);

	if (hint_at(READ_ONCE(*word), hint_shift(i)) != HINT_UNKNOWN)
		alloc_map_hint_raise(word, hint_shift(i));
}

static unsigned long *lengths_of(const struct alloc_map *map)
{
	return map->parts->words + hint_words(nr_blocks(map)) +
	       hint_words(nr_groups(map));
}

/* A map of alloc_map_bytes(): the parts are behind its words. */
void alloc_map_parts_init(struct alloc_map *map)
{
	struct alloc_map_parts *parts = (void *)&map->words[nr_words(map->nr_units)];

	map->parts = parts;
	parts->blocks = parts->words;
	if (nr_groups(map) > ALLOC_MAP_FEW)
		parts->groups = parts->blocks + hint_words(nr_blocks(map));
	memset(parts->words, HINT_UNKNOWN, sizeof(long) *
	       (2 * hint_words(nr_blocks(map)) + hint_words(nr_groups(map))));
}

/* ---- raise ---- */

/*
 * Raise hints [@first, @last], and then execute a full barrier: a CPU that
 * finds them raised cannot know whether the CPU that raised them has come to
 * the level above.
 */
static void raise_hints(unsigned long *hints, unsigned long first,
			unsigned long last)
{
	do {
		raise_hint(hints, first);
	} while (first++ < last);
	smp_mb(); /* group:A */
}

/* Runs of this length and more are one class. */
#define LONG_RUN	(UNITS_PER_BLOCK / 2)

static unsigned int length_class(unsigned long len)
{
	/* The length is 0 if the run has just been taken. */
	return len < LONG_RUN ? min_t(unsigned int, __fls(len | 1), 5) : 6;
}

/* [@start, @end) was allocated or freed, and a full barrier followed. */
static void forget_lengths(const struct alloc_map *map, unsigned long start,
			   unsigned long end)
{
	unsigned long *lengths = READ_ONCE(map->parts->lengths);
	unsigned long block = start / UNITS_PER_BLOCK;

	if (block && alloc_map_is_free(map, block * UNITS_PER_BLOCK - 1,
				       start % UNITS_PER_BLOCK + 1))
		raise_hint(lengths, block - 1);
	raise_hint(lengths, block);
	if (end / UNITS_PER_BLOCK != block && end < map->nr_units)
		raise_hint(lengths, end / UNITS_PER_BLOCK);
}

/*
 * Units [@start, @start + @nr) were freed, a full barrier followed.  Returns @nr.
 *
 * A run that starts in the block before has become longer, too, if it reaches
 * this one.  Earlier blocks do not matter: for a run from there, a whole free
 * block lies in between, and the hint is unknown.
 */
long alloc_map_parts_raise(struct alloc_map *map, unsigned long start, long nr)
{
	unsigned long first = start / UNITS_PER_BLOCK;
	unsigned long last = (start + nr - 1) / UNITS_PER_BLOCK;
	struct alloc_map_parts *parts = map->parts;

	if (READ_ONCE(parts->lengths))
		forget_lengths(map, start, start + nr);
	if (first && unit_is_free(map, first * UNITS_PER_BLOCK))
		first--;
	raise_hints(parts->blocks, first, last);
	if (parts->groups)
		raise_hints(parts->groups, first / BLOCKS_PER_GROUP,
			    last / BLOCKS_PER_GROUP);
	return alloc_map_raise(map, nr);
}

/* ---- search ---- */

/* The first of hints [@i, @end) that is @least or more; @end if none is. */
static unsigned long next_hint(const unsigned long *hints, unsigned long i,
			       unsigned long end, unsigned int least)
{
	const unsigned long *word = &hints[i / HINTS_PER_WORD];
	const unsigned long *last = &hints[(end - 1) / HINTS_PER_WORD];
	unsigned long found;

	if (i >= end)
		return end;

	found = hints_from(READ_ONCE(*word), least) & ~0UL << hint_shift(i);
	while (!found) {
		/* Full blocks often come in a row. */
		do {
			if (++word > last)
				return end;
		} while (!READ_ONCE(*word));
		found = hints_from(READ_ONCE(*word), least);
	}
	i = (word - hints) * HINTS_PER_WORD + first_hint(found);
	return min(i, end);
}

/* The hint on @group after a search for @nr units. */
static unsigned int room_in_group(const struct alloc_map *map,
				  unsigned long group, unsigned int nr)
{
	unsigned long start = group * BLOCKS_PER_GROUP;
	unsigned long end = min(start + BLOCKS_PER_GROUP, nr_blocks(map));

	return next_hint(map->parts->blocks, start, end, nr) < end ?
		HINT_UNKNOWN : nr - 1;
}

/* The same for the whole map. */
unsigned long alloc_map_parts_room(const struct alloc_map *map,
				   unsigned long nr)
{
	const struct alloc_map_parts *parts = map->parts;
	const unsigned long *hints = parts->groups ?: parts->blocks;
	unsigned long end = parts->groups ? nr_groups(map) : nr_blocks(map);

	return next_hint(hints, 0, end, nr) < end ? HINT_UNKNOWN : nr - 1;
}

/*
 * A search in @block found no room.  A known hint is left alone unless it is
 * @sure to be too high.
 */
static void lower_block(const struct alloc_map *map, unsigned long block,
			bool sure)
{
	unsigned long *word = hint_word(map->parts->blocks, block);
	unsigned int shift = hint_shift(block);
	unsigned long i = word_index(block * UNITS_PER_BLOCK);
	unsigned long end = min(i + word_index(UNITS_PER_BLOCK),
				nr_words(map->nr_units));

	if (!sure && hint_at(READ_ONCE(*word), shift) != HINT_UNKNOWN)
		return;
	if (alloc_map_hint_begin(word, shift))
		alloc_map_hint_end(word, shift,
				   length_hint(alloc_map_room(map, i, end, HINT_MOST + 1)));
}

static void lower_group(const struct alloc_map *map, unsigned long group,
			unsigned int nr)
{
	unsigned long *word = hint_word(map->parts->groups, group);
	unsigned int shift = hint_shift(group);

	if (alloc_map_hint_begin(word, shift))
		alloc_map_hint_end(word, shift, room_in_group(map, group, nr));
}

/* next_block() where there are hints on groups. */
static unsigned long next_in_groups(const struct alloc_map *map,
				    unsigned long block, unsigned long end,
				    unsigned int nr)
{
	const struct alloc_map_parts *parts = map->parts;
	unsigned long group, first, stop, found;

	for (; block < end; block = stop) {
		group = next_hint(parts->groups, block / BLOCKS_PER_GROUP,
				  nr_groups(map), nr);
		first = group * BLOCKS_PER_GROUP;
		if (first >= end)
			break;
		stop = min(first + BLOCKS_PER_GROUP, end);
		block = max(block, first);
		found = next_hint(parts->blocks, block, stop, nr);
		if (found < stop)
			return found;
		if (block == first && stop == first + BLOCKS_PER_GROUP)
			lower_group(map, group, nr);
	}
	return end;
}

/* The first of blocks [@block, @end) that may have @nr units; @end if none. */
static inline unsigned long next_block(const struct alloc_map *map,
				       unsigned long block, unsigned long end,
				       unsigned int nr)
{
	return map->parts->groups ? next_in_groups(map, block, end, nr) :
				    next_hint(map->parts->blocks, block, end, nr);
}

/* As alloc_map_find_in() with @end = @map->nr_units - @nr + 1. */
unsigned long alloc_map_parts_find(const struct alloc_map *map,
				   unsigned long start, unsigned long end,
				   unsigned long nr, unsigned long align_mask,
				   unsigned long align_offset)
{
	unsigned long nr_blocks = DIV_ROUND_UP(end, UNITS_PER_BLOCK);
	unsigned long block = DIV_ROUND_UP(start, UNITS_PER_BLOCK);
	unsigned long stop = min(block * UNITS_PER_BLOCK, end);
	unsigned long unit;

	/* Such a search reads few words; hints would cost more than they save. */
	if (nr > HINT_MOST || align_mask >= UNITS_PER_BLOCK - 1)
		return alloc_map_find_in(map, start, end, nr, align_mask,
					 align_offset);

	/* The rest of a block; the hint covers all of it. */
	unit = start < stop ? alloc_map_find_in(map, start, stop, nr,
						align_mask, align_offset) : NOWHERE;
	for (; unit == NOWHERE; block++) {
		block = next_block(map, block, nr_blocks, nr);
		if (block == nr_blocks)
			break;

		start = block * UNITS_PER_BLOCK;
		unit = alloc_map_find_in(map, start,
					 min(start + UNITS_PER_BLOCK, end), nr,
					 align_mask, align_offset);
		if (unit == NOWHERE)
			lower_block(map, block, !align_mask);
	}
	return unit;
}

/* alloc_map_alloc() in a large map; NOWHERE if there is no room. */
unsigned long alloc_map_parts_alloc(struct alloc_map *map, unsigned int nr)
{
	unsigned long end = nr_blocks(map), block = 0, unit;

	while ((block = next_block(map, block, end, nr)) < end) {
		unit = alloc_map_alloc_in(map, block * UNITS_PER_BLOCK,
					  block_end(map, block), nr);
		if (unit != NOWHERE)
			return unit;
		lower_block(map, block++, true);
	}
	return NOWHERE;
}

/* ---- lengths ---- */

/* [@start, @end) was allocated. */
void alloc_map_parts_forget(const struct alloc_map *map, unsigned long start,
			    unsigned long end)
{
	forget_lengths(map, start, end);
}

/* The highest bit of each set of @word that is unknown or has any of @classes. */
static unsigned long sets_with(unsigned long word, unsigned int classes)
{
	/*
	 * Sets have seven bits; a byte with the eighth is no set
	 * [prove/sets_with].
	 */
	return (((word & classes * HINT_LOW_BITS) + ~HINT_HIGH_BITS) | word) &
	       HINT_HIGH_BITS;
}

#define NOT_MEASURED	ULONG_MAX

/**
 * struct fit - a search for the best fit
 * @nr: units that are needed
 * @unit: the best so far, the lowest of several; @map->nr_units if none
 * @len: its length.  NOT_MEASURED if none, or if it is a long one and there is
 *	no other to compare with yet
 */
struct fit {
	unsigned long nr, unit, len;
};

/* A run of LONG_RUN units or more: its length matters only beside another. */
static void consider_long(const struct alloc_map *map, struct fit *fit,
			  unsigned long unit)
{
	unsigned long len;

	if (fit->unit < map->nr_units && fit->len == NOT_MEASURED)
		fit->len = alloc_map_free_end(map, fit->unit) - fit->unit;
	/* If it has been taken meanwhile, any other is better. */
	if (fit->unit == map->nr_units || fit->len < fit->nr) {
		fit->len = NOT_MEASURED;
		if (alloc_map_run(map, unit, fit->nr) >= fit->nr)
			fit->unit = unit;
		return;
	}
	len = alloc_map_run(map, unit, fit->len);
	if (len >= fit->nr && len < fit->len) {
		fit->unit = unit;
		fit->len = len;
	}
}

/* A free run that begins at @unit and was measured to be @len. */
static void consider(const struct alloc_map *map, struct fit *fit,
		     unsigned long unit, unsigned long len)
{
	if (len >= fit->len)
		return;
	if (len >= LONG_RUN) {
		consider_long(map, fit, unit);
	} else if (len >= fit->nr) {
		fit->unit = unit;
		fit->len = len;
	}
}

/*
 * Look for a better fit among the runs that begin in [@start, @end); a run at
 * @start does not begin there if it comes from @below.  Returns the set of their
 * lengths, incomplete once the fit is exact.
 */
static unsigned int fit_in(const struct alloc_map *map, struct fit *fit,
			   unsigned long start, unsigned long end, bool below)
{
	unsigned long mask = LOW_BITS << 2 * unit_at(start);
	unsigned long i = word_index(start), carry = below;
	unsigned long set, begins, unit, len, next;
	unsigned int lengths = 0;

	for (; word_base(i) < end && fit->len > fit->nr; i = next) {
		set = free_units(READ_ONCE(map->words[i])) & mask;
		begins = set & ~(set << 2 | carry);
		carry = set >> (BITS_PER_LONG - 2);
		mask = LOW_BITS;
		next = i + 1;
		for (; begins; begins &= begins - 1) {
			unit = word_base(i) + first_unit(begins);
			len = alloc_map_run(map, unit, LONG_RUN);
			lengths |= BIT(length_class(len));
			consider(map, fit, unit, len);
			/* Words in between begin no run. */
			next = max(next, word_index(unit + len));
		}
	}
	return lengths;
}

/* Look at a block; store its set if unknown, forget it if it has changed. */
static void fit_in_block(const struct alloc_map *map, struct fit *fit,
			 unsigned long block)
{
	unsigned long *word = hint_word(READ_ONCE(map->parts->lengths), block);
	unsigned int shift = hint_shift(block);
	unsigned int known = hint_at(READ_ONCE(*word), shift), found;
	bool marked = known == HINT_UNKNOWN && alloc_map_hint_begin(word, shift);
	unsigned long start = block * UNITS_PER_BLOCK;
	bool below = start && unit_is_free(map, start - 1);

	found = fit_in(map, fit, start, block_end(map, block), below);
	if (fit->len == fit->nr)	/* there may be more */
		found = marked ? HINT_UNKNOWN : known;
	if (marked)
		alloc_map_hint_end(word, shift, found);
	else if (found != known && known < HINT_UNKNOWN)
		alloc_map_hint_raise(word, shift);
}

/* The first block from @block on that may have a better fit. */
static unsigned long next_fit(const struct alloc_map *map,
			      const struct fit *fit,
			      unsigned long block)
{
	const struct alloc_map_parts *parts = map->parts;
	const unsigned long *lengths = READ_ONCE(parts->lengths);
	unsigned int classes = BIT(length_class(fit->len - 1) + 1) -
			       BIT(length_class(fit->nr));
	unsigned long i = block / HINTS_PER_WORD, end = nr_blocks(map);
	unsigned long mask = ~0UL << hint_shift(block), found;

	for (; i * HINTS_PER_WORD < end; i++, mask = ~0UL) {
		found = sets_with(READ_ONCE(lengths[i]), classes) & mask;
		if (found)
			found &= hints_from(READ_ONCE(parts->blocks[i]),
					    hint_for(fit->nr));
		if (found)
			return min(i * HINTS_PER_WORD + first_hint(found),
				   end);
	}
	return end;
}

unsigned long alloc_map_parts_find_best(struct alloc_map *map,
					unsigned long start, unsigned long nr)
{
	struct fit fit = { nr, map->nr_units, NOT_MEASURED };
	unsigned long first = alloc_map_find(map, start, nr, 0, 0);
	unsigned long block = first / UNITS_PER_BLOCK;

	/* The hints tell at less cost that there is none. */
	if (first == map->nr_units)
		return first;

	if (!READ_ONCE(map->parts->lengths))
		WRITE_ONCE(map->parts->lengths, lengths_of(map));
	if (start && start >= block * UNITS_PER_BLOCK) {
		fit_in(map, &fit, start, block_end(map, block), false);
		block++;
	}
	for (; fit.len > nr; block++) {
		block = next_fit(map, &fit, block);
		if (block == nr_blocks(map))
			break;
		fit_in_block(map, &fit, block);
	}
	return fit.unit < map->nr_units ? fit.unit : first;
}
