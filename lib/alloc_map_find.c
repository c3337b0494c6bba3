// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Search and hints
 *
 * A search reads words from the bottom up, 32 units at a time.  In each it
 * considers the free run that reaches into the word from below, the runs inside
 * and the run that leaves it upwards.  For long requests and wide alignments it
 * reads each candidate place from its top down: a taken unit rules out all
 * places that contain it, so most words are never read.
 *
 * A hint is a byte that bounds the lengths of the free runs in a part of a map,
 * so that a search can skip that part, a word of hints at a time.  One covers
 * the whole map; a pool keeps those of its chunks in a row.  Large maps also
 * have one for each block of units and each group of blocks
 * (lib/alloc_map_parts.c).
 *
 * A hint that is too high costs time; one that is too low would make an
 * allocation fail although there is room.  So a CPU that has freed units raises
 * the hints to "unknown" and not to a length, since the neighbours may be freed
 * meanwhile.  A search that fails where a hint promised room marks the hint,
 * measures, and then stores the length, unless a free has spoilt the mark.  A
 * marked hint hides nothing, and no other CPU measures: a mark found in the end
 * is the CPU's own, and one that stays long only costs time
 * [prove/hint_states]::
 *
 *		alloc_map_hint_begin()	    alloc_map_hint_end()
 *	length ------------------> measured ----------------> length
 *	   |				|
 *	   | alloc_map_hint_raise()	| alloc_map_hint_raise()
 *	   v				v
 *	unknown <-------------------- spoilt
 *		  alloc_map_hint_end()
 *
 * For requests that are longer than a hint can tell, or aligned, the map also
 * remembers one that did not fit: no other fits that is as long and as aligned,
 * or more so.  It is in force as long as the hint is known, so a free ends it by
 * raising the hint.  Such a search marks the hint before it looks at the map,
 * and only the CPU whose mark it is changes what is remembered.
 *
 * A search that begins after a free has returned finds the freed units, so a
 * failing allocation needs no second pass without hints.  Units of a free that
 * has not returned may still be hidden, as if that free came a little later.
 *
 * Memory ordering: full barriers follow the mark, begin:A, and clear:A, room:A.
 * So at least one of the two CPUs sees what the other has written: either the
 * measurement sees the units free, or the free sees the mark or a length [hint,
 * hint-word], whichever search stored it [hint-two-searches].  Hence a search
 * that begins after a free is not led past the freed units [hint-search].
 *
 * If vain:A reads from end:A, the request that is read then is the one that was
 * in force, or a later one [vain, vain-two-searches].  A later one may still be
 * searched for, or have been overtaken by a free.  But its CPU has marked the
 * hint since, so it has seen what was free when the hint was found known
 * [vain-later].
 *
 * Other changes of hints need no order: the length depends on the loads.
 */

#include <kunit/visibility.h>
#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/export.h>
#include <linux/math.h>
#include <linux/minmax.h>

#include "alloc_map.h"

static unsigned long with_hint(unsigned long word, unsigned int shift,
			       unsigned long hint)
{
	return (word & ~(HINT_MASK << shift)) | hint << shift;
}

/* Mark a hint, unless another CPU has done so.  Returns what it was. */
unsigned int alloc_map_hint_mark(unsigned long *word, unsigned int shift)
{
	unsigned long old = READ_ONCE(*word);

	do {
		if (hint_at(old, shift) >= HINT_MEASURED)
			break;
	} while (!try_cmpxchg(word, &old,
			      with_hint(old, shift, HINT_MEASURED))); /* begin:A */

	return hint_at(old, shift);
}

/* Store the length that was measured.  Returns false if the mark was spoilt. */
bool alloc_map_hint_end(unsigned long *word, unsigned int shift,
			unsigned int hint)
{
	unsigned long old = READ_ONCE(*word);
	bool mine;

	do {
		mine = hint_at(old, shift) == HINT_MEASURED;
	} while (!try_cmpxchg_release(word, &old, /* end:A */
				      with_hint(old, shift,
						mine ? hint : HINT_UNKNOWN)));
	return mine;
}

void alloc_map_hint_raise(unsigned long *word, unsigned int shift)
{
	unsigned long old = READ_ONCE(*word);
	unsigned int hint;

	do {
		hint = hint_at(old, shift);
		if (hint == HINT_UNKNOWN || hint == HINT_SPOILT)
			return;
		hint = hint == HINT_MEASURED ? HINT_SPOILT : HINT_UNKNOWN;
	} while (!try_cmpxchg_relaxed(word, &old, with_hint(old, shift, hint)));
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_hint_raise);

/* alloc_map_raise() of a known hint.  Returns @nr: callers end with a jump here. */
long alloc_map_raise_known(struct alloc_map *map, long nr)
{
	alloc_map_hint_raise(map->hint, map->hint_shift);
	return nr;
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_raise_known);

/* ---- lengths of runs ---- */

/* Length of the longest run in @set, or @least if that is more. */
static unsigned int longest_in_word(unsigned long set, unsigned int least)
{
	unsigned long starts;

	if (least >= UNITS_PER_WORD)
		return least;

	for (starts = runs_of(set, least + 1);
	     starts && ++least < UNITS_PER_WORD;
	     starts &= set >> 2 * least)
		;
	return least;
}

/* Length of the free run at @unit; not exact once it is @enough. */
unsigned long alloc_map_run(const struct alloc_map *map, unsigned long unit,
			    unsigned long enough)
{
	unsigned long i = word_index(unit), end = word_index(map->nr_units);
	unsigned long taken = READ_ONCE(map->words[i]) >> 2 * unit_at(unit);
	const unsigned long *word, *last;

	if (taken)
		return first_unit(taken);

	/* The units behind the end stop a search at the last word. */
	last = &map->words[min(i + enough / UNITS_PER_WORD + 1, end)];
	word = &map->words[i + 1];
	while (!(taken = READ_ONCE(*word)) && word < last)
		word = skip_free(word + 1, last);

	return word_base(word - map->words) - unit +
	       (taken ? first_unit(taken) : UNITS_PER_WORD);
}

/*
 * Length of the longest run that starts in words [@i, @end); not exact once it
 * is @enough.
 */
unsigned long alloc_map_room(const struct alloc_map *map, unsigned long i,
			     unsigned long end, unsigned long enough)
{
	const unsigned long *word = &map->words[i], *stop = &map->words[end];
	unsigned long longest = 0, run = 0, set;

	for (; word < stop && longest < enough; word++) {
		if (!run)
			word = skip_full(word, stop);
		if (word == stop)
			break;
		set = free_units(READ_ONCE(*word));
		if (set == LOW_BITS) {
			run += UNITS_PER_WORD;
			continue;
		}
		if (run)
			longest = max(longest, run + units_at_bottom(set));
		if (set)
			longest = longest_in_word(set, longest);
		run = set ? units_at_top(set) : 0;
	}
	/* The last word of the map has taken units at its top. */
	if (run)
		run += alloc_map_run(map, word_base(word - map->words), enough);

	return max(longest, run);
}

/**
 * alloc_map_longest - the longest run of free units
 * @map: the map
 *
 * Context: Any, NMI included.  Looks at the whole map.
 * Return: how many units it has.
 */
unsigned long alloc_map_longest(const struct alloc_map *map)
{
	return alloc_map_room(map, 0, nr_words(map->nr_units), ULONG_MAX);
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_longest);

/* ---- searches in vain ---- */

/* Says nothing about any request: no alignment is of so high an order. */
#define NO_REQUEST	ULONG_MAX

/* The length above, the order of the alignment below. */
static unsigned long request(unsigned long nr, unsigned long align_mask,
			     unsigned long align_offset)
{
	if (align_offset & align_mask || nr >= NO_REQUEST >> HINT_BITS)
		return NO_REQUEST;
	return nr << HINT_BITS | fls_long(align_mask);
}

/* Whether such a request does not fit, as far as the map remembers. */
bool alloc_map_in_vain(const struct alloc_map *map, unsigned long nr,
		       unsigned long align_mask, unsigned long align_offset)
{
	unsigned int hint = hint_at(smp_load_acquire(map->hint), /* vain:A */
				    map->hint_shift);
	unsigned long vain;

	if (hint > HINT_VAIN)
		return false;
	if (hint < hint_for(nr))
		return true;

	/* With an offset other units are aligned. */
	if (align_offset & align_mask)
		align_mask = 0;
	vain = READ_ONCE(map->vain);
	return nr >= vain >> HINT_BITS &&
	       fls_long(align_mask) >= (vain & HINT_MASK);
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_in_vain);

/* Mark the hint on a map; what was in force before the last free is no more. */
static unsigned int mark_map(struct alloc_map *map)
{
	unsigned int hint = alloc_map_hint_mark(map->hint, map->hint_shift);

	if (hint == HINT_UNKNOWN)
		WRITE_ONCE(map->vain, NO_REQUEST);
	return hint;
}

/* The hint on a map, which is marked, after a search for @nr units. */
static unsigned int measure_map(const struct alloc_map *map, unsigned long nr)
{
	return length_hint(has_parts(map) ? alloc_map_parts_room(map, nr) :
			   alloc_map_room(map, 0, nr_words(map->nr_units),
					  HINT_MOST + 1));
}

/*
 * A search of the whole map for @nr units, at most HINT_MOST, found no room:
 * measure the longest run and store it.
 */
static void search_failed(struct alloc_map *map, unsigned long nr)
{
	if (hint_at(READ_ONCE(*map->hint), map->hint_shift) >= nr &&
	    mark_map(map) < HINT_MEASURED)
		alloc_map_hint_end(map->hint, map->hint_shift,
				   measure_map(map, nr));
}

/* ---- find ---- */

/* The first aligned unit from @unit on; NOWHERE if there is none. */
static unsigned long align_up(unsigned long unit, unsigned long mask,
			      unsigned long offset)
{
	unsigned long aligned = ((unit + offset + mask) & ~mask) - offset;

	return aligned < unit ? NOWHERE : aligned;
}

/*
 * The set of aligned units in the word that begins with unit @base
 * [prove/aligned_units].
 */
static unsigned long aligned_units(unsigned long base, unsigned long mask,
				   unsigned long offset)
{
	unsigned long at = align_up(base, mask, offset) - base;
	unsigned long set, step;

	if (at >= UNITS_PER_WORD)
		return 0;

	set = unit_bits(at, 1);
	for (step = mask; step < UNITS_PER_WORD - 1; step += step + 1)
		set |= set << 2 * (step + 1);
	return set;
}

/*
 * The lowest fit that starts at @start or above, if it starts below @end;
 * NOWHERE if there is none.  Looks at every word.
 */
static unsigned long find_upwards(const struct alloc_map *map,
				  unsigned long start, unsigned long end,
				  unsigned long nr, unsigned long align_mask,
				  unsigned long align_offset)
{
	unsigned long i = word_index(start);
	unsigned long mask = LOW_BITS << 2 * unit_at(start);
	unsigned long from, set, runs;

	/* Lowest start in the free run that reaches the word at hand, if any. */
	from = align_up(start, align_mask, align_offset);

	for (; from < end; i++, mask = LOW_BITS) {
		set = free_units(READ_ONCE(map->words[i])) & mask;
		if (word_base(i) + units_at_bottom(set) >= from + nr)
			return from;
		if (set == LOW_BITS)
			continue;

		runs = nr <= UNITS_PER_WORD ? runs_of(set, nr) : 0;
		if (runs && align_mask)
			runs &= aligned_units(word_base(i), align_mask,
					      align_offset);
		if (runs) {
			from = word_base(i) + first_unit(runs);
			return from < end ? from : NOWHERE;
		}
		from = align_up(word_base(i + 1) - units_at_top(set),
				align_mask, align_offset);
	}
	return NOWHERE;
}

/* The highest taken unit of [@start, @end); NOWHERE if there is none. */
static inline unsigned long last_taken(const struct alloc_map *map,
				       unsigned long start, unsigned long end)
{
	const unsigned long *first = &map->words[word_index(start)];
	const unsigned long *word = &map->words[word_index(end - 1)];
	unsigned long set = READ_ONCE(*word) & low_mask(unit_at(end - 1) + 1);

	while (!set && word > first)
		set = READ_ONCE(*--word);
	if (word == first)
		set &= high_mask(unit_at(start));

	return set ? word_base(word - map->words) + __fls(set) / 2 : NOWHERE;
}

/**
 * alloc_map_is_free - look whether given units are free
 * @map: the map
 * @start: first unit
 * @nr: how many units, at least one
 *
 * Context: Any, NMI included.
 * Return: true if each of [@start, @start + @nr) was free when looked at.
 */
bool alloc_map_is_free(const struct alloc_map *map, unsigned long start,
		       unsigned long nr)
{
	return in_map(map, start, nr) &&
	       last_taken(map, start, start + nr) == NOWHERE;
}
EXPORT_SYMBOL_GPL(alloc_map_is_free);

/* find_upwards() for long runs and wide alignments. */
static unsigned long find_downwards(const struct alloc_map *map,
				    unsigned long start, unsigned long end,
				    unsigned long nr, unsigned long align_mask,
				    unsigned long align_offset)
{
	unsigned long from = align_up(start, align_mask, align_offset);
	unsigned long taken;

	while (from < end) {
		taken = last_taken(map, from, from + nr);
		if (taken == NOWHERE)
			return from;
		from = align_up(taken + 1, align_mask, align_offset);
	}
	return NOWHERE;
}

/*
 * The lowest fit that starts at @start or above, if it starts below @end, which
 * is at most @map->nr_units - @nr + 1; NOWHERE if there is none.
 */
unsigned long alloc_map_find_in(const struct alloc_map *map,
				unsigned long start, unsigned long end,
				unsigned long nr, unsigned long align_mask,
				unsigned long align_offset)
{
	if (nr >= 2 * UNITS_PER_WORD || align_mask >= UNITS_PER_WORD)
		return find_downwards(map, start, end, nr, align_mask,
				      align_offset);

	return find_upwards(map, start, end, nr, align_mask, align_offset);
}

static inline unsigned long find_from(const struct alloc_map *map,
				      unsigned long start, unsigned long end,
				      unsigned long nr, unsigned long align_mask,
				      unsigned long align_offset)
{
	return has_parts(map) ?
	       alloc_map_parts_find(map, start, end, nr, align_mask, align_offset) :
	       alloc_map_find_in(map, start, end, nr, align_mask, align_offset);
}

/* So many units are searched without a mark first: most searches need no more. */
#define UNMARKED	(ALLOC_MAP_FEW * ALLOC_MAP_UNITS_PER_BLOCK)

/*
 * Where the hint cannot tell, since the request is long or aligned: the lowest
 * fit.  The map remembers if there is none.
 */
static noinline unsigned long find_marked(struct alloc_map *map,
					  unsigned long nr,
					  unsigned long align_mask,
					  unsigned long align_offset)
{
	unsigned long few = min_t(unsigned long, map->nr_units, UNMARKED);
	unsigned long unit = NOWHERE;
	unsigned int hint;

	if (alloc_map_in_vain(map, nr, align_mask, align_offset))
		return NOWHERE;
	if (nr <= few)
		unit = find_from(map, 0, few - nr + 1, nr, align_mask,
				 align_offset);
	if (unit != NOWHERE)
		return unit;

	hint = mark_map(map);
	unit = find_from(map, 0, map->nr_units - nr + 1, nr, align_mask,
			 align_offset);
	if (hint >= HINT_MEASURED)
		return unit;

	if (unit == NOWHERE) {
		WRITE_ONCE(map->vain, request(nr, align_mask, align_offset));
		if (hint > HINT_MOST && nr <= HINT_MOST)
			hint = measure_map(map, nr);
		if (hint > HINT_VAIN)
			hint = HINT_VAIN;
	}
	alloc_map_hint_end(map->hint, map->hint_shift, hint);
	return unit;
}

/**
 * alloc_map_find - find free units
 * @map: the map
 * @start: lowest unit to look at
 * @nr: how many free units are needed in a row, at least one
 * @align_mask: alignment of the first unit in units, a power of two, less one
 * @align_offset: units to add to an index before it is aligned
 *
 * Searches in vain from unit 0 are remembered until something is freed, unless
 * @align_offset moves what is aligned.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.  Another
 * CPU may claim the units before the caller does.
 * Return: the lowest unit u >= @start with u + @align_offset aligned and
 * [u, u + @nr) free; @map->nr_units if there is none.
 */
unsigned long alloc_map_find(struct alloc_map *map, unsigned long start,
			     unsigned long nr, unsigned long align_mask,
			     unsigned long align_offset)
{
	unsigned long end = map->nr_units - nr + 1;
	unsigned long unit;

	if (!in_map(map, start, nr))
		return map->nr_units;

	if (!start && (nr > HINT_MOST || align_mask)) {
		unit = find_marked(map, nr, align_mask, align_offset);
	} else {
		unit = find_from(map, start, end, nr, align_mask, align_offset);
		if (unit == NOWHERE && !start)
			search_failed(map, nr);
	}
	return min(unit, map->nr_units);
}
EXPORT_SYMBOL_GPL(alloc_map_find);

/* ---- find the last fit ---- */

/* Where the highest run of free units below @unit ends; 0 if there is none. */
static unsigned long prev_free_end(const struct alloc_map *map,
				   unsigned long unit)
{
	unsigned long i = word_index(unit);
	unsigned long set = free_units(READ_ONCE(map->words[i])) &
			    ~high_mask(unit_at(unit));

	while (!set && i)
		set = free_units(READ_ONCE(map->words[--i]));

	return set ? word_base(i) + __fls(set) / 2 + 1 : 0;
}

/**
 * alloc_map_find_last - find the highest free units
 * @map: the map
 * @nr: how many free units are needed in a row, at least one
 *
 * Looks at every word from the top down, also in a large map.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.  The units
 * may be gone when the caller comes to claim them.
 * Return: the highest unit u with [u, u + @nr) free, if no other CPU frees
 * meanwhile; else some such unit.  @map->nr_units if there is none.
 */
unsigned long alloc_map_find_last(struct alloc_map *map, unsigned long nr)
{
	unsigned long end = map->nr_units, taken;

	if (alloc_map_in_vain(map, nr, 0, 0))
		return end;
	while (nr && (end = prev_free_end(map, end)) >= nr) {
		taken = last_taken(map, end - nr, end);
		if (taken == NOWHERE)
			return end - nr;
		end = taken;
	}
	/* Which remembers that there is none. */
	return alloc_map_find(map, 0, nr, 0, 0);
}
EXPORT_SYMBOL_GPL(alloc_map_find_last);

/* ---- find the best fit ---- */

/* The lowest free unit >= @unit; @map->nr_units if there is none. */
static unsigned long next_free(const struct alloc_map *map, unsigned long unit)
{
	unsigned long i = word_index(unit), nr = nr_words(map->nr_units);
	unsigned long free = free_mask(READ_ONCE(map->words[i])) &
			     high_mask(unit_at(unit));

	while (!free && ++i < nr)
		free = free_mask(READ_ONCE(map->words[i]));

	return free ? word_base(i) + first_unit(free) : map->nr_units;
}

/**
 * alloc_map_free_end - end of a run of free units
 * @map: the map
 * @unit: where to start, at most @map->nr_units
 *
 * Context: Any, NMI included.
 * Return: the lowest unit >= @unit that is not free, @map->nr_units if all are.
 */
unsigned long alloc_map_free_end(const struct alloc_map *map, unsigned long unit)
{
	return unit + alloc_map_run(map, unit, ULONG_MAX);
}
EXPORT_SYMBOL_GPL(alloc_map_free_end);

/**
 * alloc_map_find_best - find the shortest run of free units that is long enough
 * @map: the map
 * @start: lowest unit to look at
 * @nr: how many free units are needed in a row, at least one
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.  Another
 * CPU may claim the units before the caller does.
 * Return: its first unit, the lowest of several; some unit u with [u, u + @nr)
 * free if other CPUs change the map meanwhile; @map->nr_units if there is none.
 */
unsigned long alloc_map_find_best(struct alloc_map *map, unsigned long start,
				  unsigned long nr)
{
	unsigned long none = map->nr_units, best = none, least = ULONG_MAX;
	unsigned long unit, end;

	if (!in_map(map, start, nr))
		return none;
	if (has_parts(map))
		return alloc_map_parts_find_best(map, start, nr);
	if (nr > HINT_MOST && alloc_map_in_vain(map, nr, 0, 0))
		return none;

	for (end = start; end + nr <= none && least > nr;) {
		unit = next_free(map, end);
		end = alloc_map_free_end(map, unit);
		if (end - unit >= nr && end - unit < least) {
			best = unit;
			least = end - unit;
		}
	}
	if (best == none && !start)	/* remember that there is none */
		return alloc_map_find(map, 0, nr, 0, 0);
	return best;
}
EXPORT_SYMBOL_GPL(alloc_map_find_best);

/* ---- find and claim in one ---- */

/*
 * Allocate the lowest @nr units, at most a word, in *@word.  Returns the bit of
 * the first, or -1 if there is no room; the word that was searched is in *@old.
 */
static int alloc_in_word(unsigned long *word, unsigned long *old,
			 unsigned int nr)
{
	unsigned long free, mask = low_mask(nr);

	*old = READ_ONCE(*word);
	do {
		free = free_mask(*old);
		while (free && mask & ~(free >> __ffs(free)))
			free = next_runs(free);
		if (!free)
			return -1;
	} while (!try_cmpxchg_acquire(word, old, *old | /* claim:A */
				      alloc_bits(mask) << __ffs(free)));

	return __ffs(free);
}

/*
 * The same across the edge below *@word.  If a claim fails, another CPU has
 * taken a part of the run, and the rest may still be long enough.
 */
static unsigned long alloc_at_edge(struct alloc_map *map,
				   const unsigned long *word, unsigned int nr)
{
	unsigned long edge = word_base(word - map->words);
	unsigned int below;

	do {
		below = units_at_top(free_units(READ_ONCE(word[-1])));
		if (!below ||
		    below + units_at_bottom(free_units(READ_ONCE(*word))) < nr)
			return NOWHERE;
	} while (!alloc_map_claim_units(map, edge - below, nr));

	return edge - below;
}

/* The same from *@word up to *@last, and across their edges. */
static noinline unsigned long alloc_in_words(struct alloc_map *map,
					     unsigned long *word,
					     unsigned long *last,
					     unsigned int nr)
{
	unsigned long old, unit;
	bool below = false;	/* the last unit of the word before is free */
	int bit;

	do {
		unit = below ? alloc_at_edge(map, word, nr) : NOWHERE;
		if (unit != NOWHERE)
			return unit;
		bit = alloc_in_word(word, &old, nr);
		if (bit >= 0)
			return word_base(word - map->words) + bit / 2;
		below = !(old >> (BITS_PER_LONG - 2));
		word++;
		if (!below)
			word = (unsigned long *)skip_full(word, last + 1);
	} while (word <= last + below);

	return NOWHERE;
}

/*
 * The same in the words from that of @start up to @end, and across their edges;
 * NOWHERE if there is no room, as in most blocks.
 */
unsigned long alloc_map_alloc_in(struct alloc_map *map, unsigned long start,
				 unsigned long end, unsigned int nr)
{
	unsigned long *last = &map->words[word_index(end - 1)];
	unsigned long *word = (unsigned long *)
			      skip_full(&map->words[word_index(start)], last + 1);

	return word > last ? NOWHERE : alloc_in_words(map, word, last, nr);
}

/* Allocate where a search finds room; anew, if another CPU was faster. */
static noinline unsigned long alloc_searched(struct alloc_map *map,
					     unsigned long nr)
{
	unsigned long unit;

	do {
		unit = alloc_map_find(map, 0, nr, 0, 0);
	} while (unit < map->nr_units && !alloc_map_claim_words(map, unit, nr));
	return unit;
}

/* More units than a word has; the beginning of the map needs no search. */
static noinline unsigned long alloc_long(struct alloc_map *map,
					 unsigned long nr)
{
	if (nr <= HINT_MOST && in_map(map, 0, nr) &&
	    last_taken(map, 0, nr) == NOWHERE && alloc_map_claim_words(map, 0, nr))
		return 0;
	return alloc_searched(map, nr);
}

static noinline unsigned long alloc_anywhere(struct alloc_map *map,
					     unsigned int nr)
{
	unsigned long unit;

	if (nr > map->nr_units)
		return map->nr_units;

	/* No run goes past the end: the units behind it are taken. */
	unit = has_parts(map) ? alloc_map_parts_alloc(map, nr) :
	       alloc_map_alloc_in(map, 0, map->nr_units, nr);
	if (unit == NOWHERE) {
		search_failed(map, nr);
		return map->nr_units;
	}
	units_claimed(map, unit, unit + nr);
	return unit;
}

/**
 * alloc_map_alloc - allocate the lowest units that are free
 * @map: the map
 * @nr: how many units, at least one
 *
 * alloc_map_find() and alloc_map_claim() in one, until they succeed.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: the first unit; @map->nr_units if there is no room.
 */
unsigned long alloc_map_alloc(struct alloc_map *map, unsigned long nr)
{
	unsigned long *word = map->words, old, free, mask;
	unsigned int bit;

	if (nr > UNITS_PER_WORD)
		return alloc_long(map, nr);

	/* Most maps have room in their first word, at its first free unit. */
	old = READ_ONCE(*word);
	free = free_mask(old);
	if (!free)
		return alloc_anywhere(map, nr);
	bit = __ffs(free);
	mask = low_mask(nr);
	if (mask & ~(free >> bit) ||
	    !try_cmpxchg_acquire(word, &old, old | alloc_bits(mask) << bit)) /* claim:A */
		return alloc_anywhere(map, nr);

	units_claimed(map, bit / 2, bit / 2 + nr);
	return bit / 2;
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_alloc);
