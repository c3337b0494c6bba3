// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: States and transitions
 *
 * A map records, for a row of units, which are taken and where each allocation
 * begins and ends.  It knows neither addresses nor pools.  The search is in
 * lib/alloc_map_find.c::
 *
 *	unit	 0    1    2    3    4    5    6    7    8    9  ...
 *		+----+----+----+----+----+----+----+----+----+----
 *	bits	| 11 | 10 | 10 | 00 | 11 | 11 | 10 | 00 | 01 | 10 ...
 *		+----+----+----+----+----+----+----+----+----+----
 *		|<-- three -->|free|one |<-- two->|free|<- in transit
 *
 *	00  free
 *	11  head	first unit of an allocation
 *	10  body	any later unit of it
 *	01  busy	head of an allocation that one CPU is putting together
 *			or taking apart
 *
 * The two bits of a unit are neighbours in one unsigned long, so a unit never
 * changes in two steps.  A word holds 32 units, or 16 where long has 32 bits.
 * The idea of two interleaved bits is Igor Stoppa's (2018, "genalloc: track
 * beginning of allocations").
 *
 * Invariant B: a body is always preceded, without a gap, by bodies of the same
 * allocation and then by its head, which may be busy.
 *
 * Hence the extent of an allocation runs from its head to the next unit that is
 * not a body, and nothing that happens behind it can lengthen it.  Every single
 * store keeps B, in whatever order CPUs, interrupts and NMIs come:
 *
 * - An allocation that fits into one word appears and disappears by one
 *   cmpxchg().
 *
 * - An allocation that spans words is put together in ascending order behind a
 *   busy head, which turns into a head when the allocation is complete.  It is
 *   taken apart behind a busy head too, in *descending* order, the word of the
 *   head last.
 *
 * - The CPU that turns a head busy owns the allocation until it turns the head
 *   back or clears it: of two concurrent frees one wins, and the other finds
 *   nothing to free.  This holds for a free that is a bug, too: a late second
 *   free that meets the next owner's allocation half built finds a busy head
 *   and is refused.
 *
 * Why descending: let A cover the end of word i and the beginning of word
 * i + 1.  If its free cleared word i first, another CPU could claim the end of
 * word i, exactly up to the edge, and free it again before word i + 1 is
 * cleared.  The extent of that allocation would run on into A's old bodies, and
 * units that A's free is about to clear would be handed out twice.
 *
 * Progress: no CPU waits for another.  A claim that meets a taken unit gives
 * back its words, also in descending order, and fails.  Since all claims go
 * upwards, the highest of several that collide is not hindered by the others.
 * A cmpxchg() fails only because another succeeded.  alloc_map_release() calls
 * itself only after another CPU has split or freed the same allocation under
 * it, which is a mistake: each such mistake takes a level of the stack.
 *
 * The price: until it has given its words back, such a claim looks like one
 * that will succeed, and so does an attempt to retire the map.  Of 4,096 units
 * let only number 2,999 be taken, just after a claim of the lowest 3,000 found
 * it free.  Until this claim gives up, and the CPU may be interrupted or
 * preempted meanwhile, a search for 1,200 units fails, for which there is room
 * before and after.  Claims within a word cannot cause this.
 */

/**
 * DOC: Memory ordering
 *
 * The labels are those in the code.  The names in brackets are litmus tests in
 * Documentation/litmus-tests/genalloc/ or tools/testing/genalloc/litmus/; these
 * contain the order that is needed, and the code has more in places.
 *
 * If claim:A reads from clear:A
 *	the new owner sees all that the old one did to the memory, and the old
 *	owner sees nothing of what the new one does [reuse].  Units may come
 *	from several owners, so claim:A acquires on each word [reuse-words].
 *
 *	The words behind, which were cleared before, are seen cleared when the
 *	new owner measures [edge, edge-store], or a CPU to which it passes the
 *	allocation [edge-passed].
 *
 *	The old owner saw no bodies of the new one when it measured [measure]:
 *	claims go upwards, and a retired map has no body at the beginning of a
 *	word.
 * If take:A or extent:A reads from publish:A
 *	the bodies behind the head are seen [publish-take, publish-store,
 *	publish-extent], and the next piece of a split is not taken for a part
 *	of this one [split-take].
 *	Owners could do without this order; it serves a CPU that looks at, or
 *	frees, units of others.
 * If the count before short:A sees clear:A
 *	the head is seen busy or free, and a second free during the first is
 *	not reported to have a wrong size [free-short].
 *
 * Changes of the word in between make no difference.  A word with several
 * owners only changes by cmpxchg(), which hands on what clear:A released
 * [reuse-neighbour], also to a take:A [edge-take].  A CPU that stores to a word
 * has claimed all of it, and the store releases; for the same reason a claim
 * that is rolled back clears with release [reuse-rollback].
 *
 * A busy head is thus a lock: take:A acquires it; publish:A, or clear:A of the
 * word of the head, releases it; one of two frees gets it [free-free].  The
 * loads that measure an allocation need no order among each other, and nothing
 * relies on a cmpxchg() that failed.
 *
 * Some architectures build cmpxchg() from a lock.  The only plain stores, in
 * clear_word() and publish_head(), go to words that belong whole to the storing
 * CPU, on which every cmpxchg() of others fails its comparison until then
 * [store-whole-word, store-busy-word].
 */

#include <kunit/visibility.h>
#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/math.h>

#include "alloc_map.h"

/* ---- one word ---- */

/* The set of heads of @word. */
static unsigned long head_units(unsigned long word)
{
	return word & (word >> 1) & LOW_BITS;
}

/* The set of bodies of @word. */
static unsigned long body_units(unsigned long word)
{
	return (word >> 1) & ~word & LOW_BITS;
}

/* One or both bits of each unit of @word behind @at that is not a body. */
static unsigned long others_behind(unsigned long word, unsigned int at)
{
	return (word ^ HIGH_BITS) & ~3UL << 2 * at;
}

/*
 * The bits below the lowest of @others: all of an allocation at the bottom of
 * the word, and the lower one of a free unit behind it, which is 0 already
 * [prove/bits_below].
 */
static unsigned long bits_below(unsigned long others)
{
	return (others - 1) & ~others;
}

/*
 * The one transition of a word: in one step, the units of @mask change from
 * @from to @to, if all of them equal @from.  Other units may have any state; if
 * there are none, cmpxchg() makes the comparison.
 */
static bool replace(unsigned long *word, unsigned long mask, unsigned long from,
		    unsigned long to)
{
	unsigned long old = mask == ~0UL ? from : READ_ONCE(*word);

	do {
		if ((old & mask) != from)
			return false;
	} while (!try_cmpxchg(word, &old, old ^ from ^ to));

	return true;
}

/*
 * Clear units that the caller owns.  Neighbours in the word may change
 * meanwhile; if it has none, a store will do.
 */
static void clear_word(unsigned long *word, unsigned long mask)
{
	unsigned long old;

	if (mask == ~0UL) {
		smp_store_release(word, 0); /* clear:A */
		return;
	}
	old = READ_ONCE(*word);
	while (!try_cmpxchg_release(word, &old, old & ~mask)) /* clear:A */
		;
}

/* The error if a unit that should be a head has another state. */
static int state_error(enum alloc_map_state state)
{
	switch (state) {
	case ALLOC_MAP_HEAD:
		return 0;
	case ALLOC_MAP_BUSY:
		return -EBUSY;
	case ALLOC_MAP_BODY:
		return -EINVAL;
	default:
		return -ENOENT;
	}
}

/* Or does another free, half done, make the allocation look short? */
static long wrong_size(const struct alloc_map *map, unsigned long head)
{
	smp_rmb(); /* short:A */
	return state_error(alloc_map_state(map, head)) ?: -EMSGSIZE;
}

/* ---- several words ---- */

/*
 * Units from the beginning of *@word to the first that is not a body in the
 * words behind.  The end of the map stops the loop.
 */
static unsigned long end_behind(const unsigned long *word)
{
	const unsigned long *end = word;
	unsigned long others;

	do {
		others = READ_ONCE(*++end) ^ HIGH_BITS;
	} while (!others);

	return word_base(end - word) + first_unit(others);
}

/*
 * Units from @head to the next unit that is not a body.  Exact for the owner of
 * the allocation; for others it may be outdated on return.
 */
static unsigned long measure(const struct alloc_map *map, unsigned long head)
{
	const unsigned long *word = &map->words[word_index(head)];
	unsigned int at = unit_at(head);
	unsigned long others = others_behind(READ_ONCE(*word), at);

	return (others ? first_unit(others) : end_behind(word)) - at;
}

/*
 * Clear units that the caller owns, from the top down: see "Why descending".
 * Returns @nr.
 */
static long clear_units(struct alloc_map *map, unsigned long start, long nr)
{
	unsigned long *first = &map->words[word_index(start)];
	unsigned long *word = &map->words[word_index(start + nr - 1)];
	unsigned long mask = low_mask(unit_at(start + nr - 1) + 1);

	for (; word > first; word--, mask = ~0UL)
		clear_word(word, mask);
	clear_word(first, mask & high_mask(unit_at(start)));

	smp_mb(); /* room:A */
	return units_freed(map, start, nr);
}

/* Own the allocation at @head, until set_head() or cleared. */
static int take_head(struct alloc_map *map, unsigned long head)
{
	unsigned int at = unit_at(head);

	if (replace(&map->words[word_index(head)], unit_mask(at),
		    unit_bits(at, ALLOC_MAP_HEAD),
		    unit_bits(at, ALLOC_MAP_BUSY))) /* take:A */
		return 0;

	return state_error(alloc_map_state(map, head)) ?: -EBUSY;
}

/* Make a head of a unit that belongs to the caller and is @from. */
static void set_head(struct alloc_map *map, unsigned long unit,
		     enum alloc_map_state from)
{
	unsigned int at = unit_at(unit);

	WARN_ON_ONCE(!replace(&map->words[word_index(unit)], unit_mask(at),
			      unit_bits(at, from),
			      unit_bits(at, ALLOC_MAP_HEAD))); /* publish:A */
}

/* The allocation is complete: let others see it. */
static void publish_head(struct alloc_map *map, unsigned long head)
{
	if (unit_at(head))
		set_head(map, head, ALLOC_MAP_BUSY);
	else	/* The word belongs to the caller whole. */
		smp_store_release(&map->words[word_index(head)],
				  alloc_bits(~0UL)); /* publish:A */
}

/* alloc_map_claim() of units that are in the map and in several words. */
bool alloc_map_claim_words(struct alloc_map *map, unsigned long start,
			   unsigned long nr)
{
	unsigned long *first = &map->words[word_index(start)], *word = first;
	unsigned int at = unit_at(start);
	unsigned long mask = high_mask(at), left = at + nr; /* from *word on */
	unsigned long bits = (mask & HIGH_BITS) ^
			     unit_bits(at, ALLOC_MAP_BODY ^ ALLOC_MAP_BUSY);

	while (replace(word, mask, 0, bits)) { /* claim:A */
		if (left <= UNITS_PER_WORD) {
			publish_head(map, start);
			units_claimed(map, start, start + nr);
			return true;
		}
		word++;
		left -= UNITS_PER_WORD;
		mask = left < UNITS_PER_WORD ? low_mask(left) : ~0UL;
		bits = mask & HIGH_BITS;
	}
	if (word > first)	/* give back what there is */
		clear_units(map, start, word_base(word - first) - at);
	return false;
}

/* The allocation at @head, in *@word, which was @old, extends into the next. */
static noinline long release_words(struct alloc_map *map, unsigned long head,
				   unsigned long nr, unsigned long *word,
				   unsigned long old)
{
	unsigned int at = unit_at(head);
	unsigned long extent;

	if (nr && nr != end_behind(word) - at)
		return wrong_size(map, head);
	while (!try_cmpxchg(word, &old, old ^ unit_bits(at, ALLOC_MAP_HEAD ^
							ALLOC_MAP_BUSY))) { /* take:A */
		/* Again, unless it was more than a neighbour that changed. */
		if (state_at(old, at) != ALLOC_MAP_HEAD || others_behind(old, at))
			return alloc_map_release(map, head, nr);
	}

	/*
	 * Only now can no other CPU free it and allocate it anew, shorter or
	 * longer: measure again, or a second free in the meantime would make
	 * this one clear the wrong units.
	 */
	extent = end_behind(word) - at;
	if (nr && nr != extent) {
		set_head(map, head, ALLOC_MAP_BUSY);
		return -EMSGSIZE;
	}
	return clear_units(map, head, extent);
}

/* ---- make ---- */

/**
 * alloc_map_bytes - memory that a map needs
 * @nr_units: units that the map is for
 *
 * Context: Any.
 * Return: size of the &struct alloc_map in bytes; LONG_MAX, which no allocator
 * can provide, if @nr_units is more than a map can have.
 */
size_t alloc_map_bytes(unsigned long nr_units)
{
	return nr_units <= LONG_MAX / 2 ? ALLOC_MAP_BYTES(nr_units) : LONG_MAX;
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_bytes);

/**
 * alloc_map_init - make all units of a map free
 * @map: alloc_map_bytes(@nr_units) bytes that read as zero
 * @nr_units: units that the map is for
 *
 * Context: Any, as long as no other CPU knows the map.
 */
void alloc_map_init(struct alloc_map *map, unsigned long nr_units)
{
	map->nr_units = nr_units;
	map->own_hint = HINT_UNKNOWN;
	map->hint = &map->own_hint;
	map->words[word_index(nr_units)] = ~0UL << 2 * unit_at(nr_units);
	if (ALLOC_MAP_PARTS_BYTES(nr_units))
		alloc_map_parts_init(map);
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_init);

/* ---- allocate ---- */

/* alloc_map_claim() of units that are in the map. */
bool alloc_map_claim_units(struct alloc_map *map, unsigned long start,
			   unsigned long nr)
{
	unsigned int at = unit_at(start);

	if (nr > UNITS_PER_WORD - at)
		return alloc_map_claim_words(map, start, nr);
	if (!replace(&map->words[word_index(start)], low_mask(nr) << 2 * at, 0,
		     alloc_bits(low_mask(nr)) << 2 * at)) /* claim:A */
		return false;

	units_claimed(map, start, start + nr);
	return true;
}

/**
 * alloc_map_claim - allocate given units
 * @map: the map
 * @start: first unit
 * @nr: how many units, at least one
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: true if [@start, @start + @nr) was free and is now one allocation;
 * false, with nothing changed, if any of it is taken or not in the map.
 */
bool alloc_map_claim(struct alloc_map *map, unsigned long start,
		     unsigned long nr)
{
	return in_map(map, start, nr) && alloc_map_claim_units(map, start, nr);
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_claim);

/* Make each word a busy allocation of its own: these can be claimed downwards. */
static bool retire_words(struct alloc_map *map)
{
	unsigned long end = map->nr_units, i = nr_words(end - 1);
	unsigned long mask;

	while (i--) {
		mask = mask_in_word(0, end, i);
		if (!replace(&map->words[i], mask, 0, (mask & HIGH_BITS) ^
			     (ALLOC_MAP_BODY ^ ALLOC_MAP_BUSY)))
			goto roll_back;
	}
	return true;

roll_back:
	if (word_base(i + 1) < end)
		clear_units(map, word_base(i + 1), end - word_base(i + 1));
	return false;
}

/**
 * alloc_map_retire - take a map out of service
 * @map: the map
 *
 * Afterwards every claim fails, even by a CPU that found room in the map
 * before, and so does every free: all units are busy or bodies, for ever.
 *
 * Units are claimed from the top down, since searches reach the top last: an
 * allocation made meanwhile finds room below and stops the attempt.  Only one
 * of the two succeeds [retire].
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: true if nothing was allocated; false, with nothing changed, else.
 */
bool alloc_map_retire(struct alloc_map *map)
{
	unsigned long nr = map->nr_units;

	/* There is no unit to claim: the mark is the claim, and stays. */
	if (!nr)
		return alloc_map_hint_begin(map->hint, map->hint_shift);
	if (!alloc_map_is_free(map, 0, nr) || !retire_words(map))
		return false;

	if (alloc_map_hint_begin(map->hint, map->hint_shift))
		alloc_map_hint_end(map->hint, map->hint_shift, 0);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_retire);

/* ---- free ---- */

/**
 * alloc_map_release - free an allocation
 * @map: the map
 * @head: its first unit
 * @nr: its length in units, or 0 if the caller leaves that to the map
 *
 * The map must stay until this returns, since hints are raised after the units
 * have become free; likewise for a claim that fails.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: the number of units freed, or with nothing changed
 * * %-ERANGE: there is no such unit in the map
 * * %-ENOENT: @head is free
 * * %-EINVAL: @head is inside an allocation
 * * %-EBUSY: another CPU is allocating, freeing or changing it
 * * %-EMSGSIZE: the allocation at @head is not @nr units long
 */
long alloc_map_release(struct alloc_map *map, unsigned long head,
		       unsigned long nr)
{
	unsigned int extent, at = unit_at(head);
	unsigned long *word, old, rest, others;

	if (head >= map->nr_units)
		return -ERANGE;

	word = &map->words[word_index(head)];
	old = READ_ONCE(*word);
	do {
		rest = old >> 2 * at;
		if ((rest & 3) != ALLOC_MAP_HEAD)
			return state_error(rest & 3);

		/* Its end, too, must be in the word that is compared. */
		others = others_behind(rest, 0);
		if (!(others << 2 * at))
			return release_words(map, head, nr, word, old);
		extent = first_unit(others);
		if (unlikely(nr != extent) && nr)
			return -EMSGSIZE;
	} while (!try_cmpxchg(word, &old, /* clear:A, room:A */
			      old & ~(bits_below(others) << 2 * at)));

	return units_freed(map, head, extent);
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_release);

/**
 * alloc_map_take - begin to free an allocation
 * @map: the map
 * @head: its first unit
 * @nr: its length in units, or 0 if the caller leaves that to the map
 *
 * If it succeeds, the units belong to the caller until alloc_map_clear().
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: as alloc_map_release().
 */
long alloc_map_take(struct alloc_map *map, unsigned long head, unsigned long nr)
{
	unsigned long extent = nr ? alloc_map_extent(map, head) : 0;
	int err;

	/* Not even for a moment does a wrong size hinder a right free. */
	if (extent && nr != extent)
		return wrong_size(map, head);

	err = head < map->nr_units ? take_head(map, head) : -ERANGE;
	if (err)
		return err;

	extent = measure(map, head);
	if (!nr || nr == extent)
		return extent;

	set_head(map, head, ALLOC_MAP_BUSY);
	return -EMSGSIZE;
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_take);

/**
 * alloc_map_clear - free what alloc_map_take() has taken
 * @map: the map
 * @head: as alloc_map_take()
 * @nr: what alloc_map_take() has returned
 *
 * Context: as alloc_map_take().
 */
void alloc_map_clear(struct alloc_map *map, unsigned long head,
		     unsigned long nr)
{
	clear_units(map, head, nr);
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_clear);

/**
 * alloc_map_keep - make an allocation of what alloc_map_take() has taken
 * @map: the map
 * @unit: a unit that was taken, and everything above it has been cleared or kept
 *
 * Context: as alloc_map_take().
 */
void alloc_map_keep(struct alloc_map *map, unsigned long unit)
{
	set_head(map, unit, alloc_map_state(map, unit));
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_keep);

/**
 * alloc_map_split - turn an allocation into several
 * @map: the map
 * @head: first unit of the allocation
 * @piece: length of each new allocation in units; the last may be shorter
 *
 * Heads are set from the top down, so that a CPU that frees a new allocation at
 * once finds its end marked.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: 0, or with nothing changed %-ERANGE, %-ENOENT, %-EINVAL (also for a
 * @piece of 0) or %-EBUSY, as alloc_map_release().
 */
int alloc_map_split(struct alloc_map *map, unsigned long head,
		    unsigned long piece)
{
	unsigned long unit, nr;
	int err;

	if (head >= map->nr_units)
		return -ERANGE;
	if (!piece)
		return -EINVAL;

	err = take_head(map, head);
	if (err)
		return err;

	nr = measure(map, head);
	for (unit = head + (nr - 1) / piece * piece; unit > head; unit -= piece)
		set_head(map, unit, ALLOC_MAP_BODY);
	set_head(map, head, ALLOC_MAP_BUSY);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_split);

/**
 * alloc_map_cut - turn an allocation into two
 * @map: the map
 * @head: its first unit, below @map->nr_units
 * @nr: length of the first of them in units, not 0
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: 0, or with nothing changed %-ENOENT, %-EINVAL or %-EBUSY, as
 * alloc_map_release(), or %-EMSGSIZE if the allocation is no longer than @nr.
 */
int alloc_map_cut(struct alloc_map *map, unsigned long head, unsigned long nr)
{
	int err = take_head(map, head);

	if (err)
		return err;
	if (nr < measure(map, head))
		set_head(map, head + nr, ALLOC_MAP_BODY);
	else
		err = -EMSGSIZE;
	set_head(map, head, ALLOC_MAP_BUSY);
	return err;
}

/* ---- look ---- */

/**
 * alloc_map_state - look at one unit
 * @map: the map
 * @unit: a unit, below @map->nr_units
 *
 * Context: Any, NMI included.
 * Return: the state of @unit.
 */
enum alloc_map_state alloc_map_state(const struct alloc_map *map,
				     unsigned long unit)
{
	return state_at(READ_ONCE(map->words[word_index(unit)]), unit_at(unit));
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_state);

/**
 * alloc_map_head - the allocation that a unit belongs to
 * @map: the map
 * @unit: a unit, below @map->nr_units
 *
 * Context: Any, NMI included.  Exact while the caller owns the allocation.
 * Return: the first unit of the allocation that @unit is in; @map->nr_units if
 * @unit is free.
 */
unsigned long alloc_map_head(const struct alloc_map *map, unsigned long unit)
{
	unsigned long i = word_index(unit);
	unsigned long set = LOW_BITS >> 2 * (UNITS_PER_WORD - 1 - unit_at(unit));
	unsigned long others;

	if (alloc_map_state(map, unit) == ALLOC_MAP_FREE)
		return map->nr_units;

	/* Invariant B: below a body, the first unit that is no body is its head. */
	for (;; i--, set = LOW_BITS) {
		others = ~body_units(READ_ONCE(map->words[i])) & set;
		if (others)
			return word_base(i) + __fls(others) / 2;
		if (!i)
			return map->nr_units;
	}
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_head);

/**
 * alloc_map_extent - length of an allocation
 * @map: the map
 * @head: first unit of the allocation
 *
 * Context: Any, NMI included.  Exact while the caller owns the allocation;
 * otherwise the allocation may change meanwhile.
 * Return: number of units; 0 if no allocation begins at @head.
 */
unsigned long alloc_map_extent(const struct alloc_map *map, unsigned long head)
{
	const unsigned long *word;

	if (head >= map->nr_units)
		return 0;

	word = &map->words[word_index(head)];
	if (state_at(smp_load_acquire(word), unit_at(head)) != ALLOC_MAP_HEAD) /* extent:A */
		return 0;

	return measure(map, head);
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_extent);

/**
 * alloc_map_same - are two units in the same allocation?
 * @map: the map
 * @first: a unit, below @map->nr_units
 * @last: the same unit or a later one, which need not be in the map
 *
 * Looks at the units from @first to @last only, however long the allocation is.
 *
 * Context: Any, NMI included.  Exact while the caller owns the allocation.
 * Return: true if no unit behind @first, up to @last, is free, begins an
 * allocation or lies outside the map.
 */
bool alloc_map_same(const struct alloc_map *map, unsigned long first,
		    unsigned long last)
{
	unsigned long i = word_index(first);
	unsigned long others = others_behind(READ_ONCE(map->words[i]),
					     unit_at(first));

	/* The heads behind the end stop the loop. */
	while (!others && i < word_index(last))
		others = READ_ONCE(map->words[++i]) ^ HIGH_BITS;

	return !others || word_base(i) + first_unit(others) > last;
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_same);

/**
 * alloc_map_next - the next allocation
 * @map: the map
 * @unit: where to start, at most @map->nr_units
 *
 * Context: Any, NMI included.
 * Return: the lowest head >= @unit; @map->nr_units if there is none.
 */
unsigned long alloc_map_next(const struct alloc_map *map, unsigned long unit)
{
	unsigned long i = word_index(unit);
	unsigned long heads = LOW_BITS << 2 * unit_at(unit);

	/* The heads behind the end stop the loop, the first at @map->nr_units. */
	for (heads &= head_units(READ_ONCE(map->words[i])); !heads;
	     heads = head_units(READ_ONCE(map->words[i])))
		i++;

	return word_base(i) + first_unit(heads);
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_next);

/* The upper bits of the units of two words in one word. */
static unsigned long two_words(unsigned long a, unsigned long b)
{
	return (a & HIGH_BITS) | (b & HIGH_BITS) >> 1;
}

static bool any_of_eight(const unsigned long *word)
{
	return READ_ONCE(word[0]) | READ_ONCE(word[1]) | READ_ONCE(word[2]) |
	       READ_ONCE(word[3]) | READ_ONCE(word[4]) | READ_ONCE(word[5]) |
	       READ_ONCE(word[6]) | READ_ONCE(word[7]);
}

static noinline unsigned int taken_in_eight(const unsigned long *word)
{
	unsigned int i, taken = 0;

	for (i = 0; i < 8; i += 2)
		taken += hweight_long(two_words(READ_ONCE(word[i]),
						READ_ONCE(word[i + 1])));
	return taken;
}

/**
 * alloc_map_nr_free - count the free units
 * @map: the map
 *
 * Only the upper bit of each unit counts, so a busy head, whose allocation is
 * in flight, counts as free.
 *
 * Context: Any, NMI included.  Looks at the whole map.
 * Return: number of units that are free.
 */
unsigned long alloc_map_nr_free(const struct alloc_map *map)
{
	unsigned long nr = DIV_ROUND_UP(map->nr_units, UNITS_PER_WORD), taken = 0;
	const unsigned long *word = map->words, *end = word + nr;

	for (; end - word >= 8; word += 8)
		if (any_of_eight(word))
			taken += taken_in_eight(word);
	for (; word < end; word++)
		taken += hweight_long(READ_ONCE(*word) & HIGH_BITS);

	/* The units behind the end are taken. */
	return nr * UNITS_PER_WORD - taken;
}
EXPORT_SYMBOL_IF_KUNIT(alloc_map_nr_free);
