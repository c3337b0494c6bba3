// SPDX-License-Identifier: GPL-2.0-only
/*
 * alloc_map: a lockless map of allocations
 *
 * A map records, for a row of units, which are taken and where each
 * allocation begins and ends.  It knows neither addresses nor pools: see
 * lib/genalloc.c for a user.
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
 * The two bits of a unit are neighbours in one unsigned long, so that a unit
 * never changes in two steps; a word holds 32 units, 16 where long has 32
 * bits.  The idea of two interleaved bits is Igor Stoppa's (2018, "genalloc:
 * track beginning of allocations").
 *
 * Names: a unit is an index into the row; "at" is a unit's place inside its
 * word; ranges are half open, [start, end); nr, n and extents count units; a
 * mask has both bits of each of its units, a set of units only the lower one.
 *
 * Invariant B: a body is always preceded, without a gap, by bodies of the same
 * allocation and then by its head (or busy head).
 *
 * Hence the extent of an allocation runs from its head to the next unit that
 * is no body, and nothing that other CPUs do behind it can lengthen it.  Every
 * single store below keeps B, in whatever order CPUs, interrupts and NMIs
 * come:
 *
 *  - What fits into one word appears and disappears by one cmpxchg.
 *
 *  - What spans words is put together in ascending order behind a busy head,
 *    which turns into a head when all is there; it is taken apart behind a
 *    busy head too, in *descending* order, the word of the head last.
 *
 *  - Whoever turns a head busy owns the allocation until he turns it back or
 *    clears it: of two concurrent frees one wins and the other finds nothing
 *    to free.  This holds for frees that should never have been made, too: a
 *    late second free that meets the allocation of the next owner half built
 *    finds a busy head and is refused.
 *
 * Why descending.  Let A cover the end of word i and the beginning of word
 * i + 1.  If its free cleared word i first, another CPU could claim the end of
 * word i, exactly up to the edge, and free it again before word i + 1 is
 * cleared: the extent of that allocation would run on into A's old bodies, and
 * units that A's free is about to clear would be handed out twice.
 *
 * Progress: no CPU waits for another.  A claim that meets a taken unit gives
 * back what it has, also in descending order, and reports; since all claims go
 * upwards, of several that hinder each other the one that is furthest up is
 * not hindered by the others.  A cmpxchg fails only because another succeeded.
 *
 * Memory ordering.  The labels are those in the code, the names in brackets
 * litmus tests in Documentation/litmus-tests/genalloc/.
 *
 *  If claim:A reads from clear:A
 *	the new owner sees what the old one did to the memory, and the old one
 *	nothing of what the new one does [reuse].  Units may come from several
 *	owners: claim:A acquires on each word [reuse-words].
 *	The words that were cleared before, which are those behind, are seen
 *	cleared when the new owner measures [edge, edge-store], or whoever he
 *	gives the allocation to [edge-passed].
 *	The old owner has not seen bodies of the new one when he measured
 *	[measure]: claims go upwards.
 *  If take:A or extent:A reads from publish:A
 *	the bodies behind the head are seen [publish-take, publish-store,
 *	publish-extent], a tail that was trimmed is not [trim-take], nor is the
 *	next piece of a split taken for a part of this one [split-take].  Owners
 *	could do without; this is for those who look at, or free, what is not
 *	theirs.
 *  If measure() in short:A sees clear:A
 *	the head is seen busy or free: a second free during the first is not
 *	told of a wrong size [free-short].
 *
 * It makes no difference what happens to the word in between.  To a word with
 * several owners that can only be a cmpxchg(), which hands on what clear:A
 * released [reuse-neighbour], also to a take:A [edge-take].  Who stores to a
 * word has claimed it whole, and the store releases; that is why also a claim
 * that is rolled back clears with release [reuse-rollback].
 *
 * So a busy head is a lock: take:A acquires it; publish:A, or clear:A of the
 * head's word, releases it; one of two frees gets it [free-free].  The loads of
 * measure() need no order among each other, and nothing relies on a cmpxchg()
 * that failed.
 *
 * A map may live on architectures that build cmpxchg() from a lock: the only
 * plain stores, in clear_units() and claim_words(), go to words that belong
 * whole to the storing CPU, on which every cmpxchg() of others fails its
 * comparison until then [store-whole-word, store-busy-word].
 */

#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/string.h>

#define UNITS_PER_WORD	ALLOC_MAP_UNITS_PER_WORD

/* The lower and the upper bit of every unit of a word. */
#define LOW_BITS	(~0UL / 3)
#define HIGH_BITS	(LOW_BITS << 1)

/* ---- inside one word ---- */

static unsigned long unit_mask(unsigned int at)
{
	return 3UL << 2 * at;
}

static unsigned long unit_bits(unsigned int at, enum alloc_map_state state)
{
	return (unsigned long)state << 2 * at;
}

/* Both bits of @nr units from @at, 1 <= @nr <= UNITS_PER_WORD - @at. */
static unsigned long span_mask(unsigned int at, unsigned int nr)
{
	return ~0UL >> (BITS_PER_LONG - 2 * nr) << 2 * at;
}

/* The set of free units of @word. */
static unsigned long free_units(unsigned long word)
{
	return ~(word | word >> 1) & LOW_BITS;
}

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

/* Where the units of @word behind @at are no bodies: a bit or two of each. */
static unsigned long others_behind(unsigned long word, unsigned int at)
{
	return (word ^ HIGH_BITS) & ~3UL << 2 * at;
}

/*
 * The bits from unit @at up to the lowest of @others, which are behind it: those
 * of an allocation, and the lower one of a free unit, which is 0 already.
 */
static unsigned long mask_up_to(unsigned int at, unsigned long others)
{
	return (others - 1) & ~others & ~0UL << 2 * at;
}

/* The lowest unit of a set that is not empty. */
static unsigned int first_unit(unsigned long set)
{
	return __ffs(set) / 2;
}

/* How many units from the bottom of the word are in @set. */
static unsigned int units_at_bottom(unsigned long set)
{
	unsigned long missing = ~set & LOW_BITS;

	return missing ? first_unit(missing) : UNITS_PER_WORD;
}

/* How many units up to the top of the word are in @set. */
static unsigned int units_at_top(unsigned long set)
{
	unsigned long missing = ~set & LOW_BITS;

	return missing ? UNITS_PER_WORD - 1 - __fls(missing) / 2 : UNITS_PER_WORD;
}

/*
 * The units of @set from which on @nr units of the word are in @set: each
 * round doubles the length that is known, at most up to @nr.
 */
static unsigned long runs_of(unsigned long set, unsigned int nr)
{
	unsigned int len, step;

	for (len = 1; len < nr; len += step) {
		step = min(len, nr - len);
		set &= set >> 2 * step;
	}
	return set;
}

/* ---- one word of a map ---- */

static unsigned long word_index(unsigned long unit)
{
	return unit / UNITS_PER_WORD;
}

static unsigned int unit_at(unsigned long unit)
{
	return unit % UNITS_PER_WORD;
}

static unsigned long word_base(unsigned long index)
{
	return index * UNITS_PER_WORD;
}

/* One word more than full words: see &struct alloc_map. */
static unsigned long nr_words(unsigned long nr_units)
{
	return word_index(nr_units) + 1;
}

/* The part of [start, end) that lies in word @index, which it does touch. */
static unsigned long mask_in_word(unsigned long start, unsigned long end,
				  unsigned long index)
{
	unsigned long base = word_base(index);
	unsigned long from = max(start, base);
	unsigned long to = min(end, base + UNITS_PER_WORD);

	return span_mask(unit_at(from), to - from);
}

enum order { ACQUIRE, RELEASE };

/*
 * The one transition of a word: the units of @mask go from @from to @to, in
 * one step, if they are all as @from says; the others do not matter.  Where
 * there are no others, cmpxchg() looks by itself.
 */
static __always_inline bool replace(unsigned long *word, unsigned long mask,
				    unsigned long from, unsigned long to,
				    enum order order)
{
	unsigned long old = mask == ~0UL ? from : READ_ONCE(*word);

	do {
		if ((old & mask) != from)
			return false;
	} while (order == ACQUIRE ?
		 !try_cmpxchg_acquire(word, &old, old ^ from ^ to) :
		 !try_cmpxchg_release(word, &old, old ^ from ^ to));

	return true;
}

/* Clear units that the caller owns; the neighbours may change meanwhile. */
static void clear_mask(unsigned long *word, unsigned long mask)
{
	unsigned long old = READ_ONCE(*word);

	while (!try_cmpxchg_release(word, &old, old & ~mask)) /* clear:A */
		;
}

/* What a unit that should be a head is instead. */
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

static enum alloc_map_state state_at(unsigned long word, unsigned int at)
{
	return (word >> 2 * at) & 3;
}

/* ---- room ---- */

/* No unit of any map. */
#define NOWHERE	ULONG_MAX

/* The first aligned unit from @unit on; NOWHERE if there is none. */
static unsigned long align_up(unsigned long unit, unsigned long mask,
			      unsigned long offset)
{
	unsigned long aligned = ((unit + offset + mask) & ~mask) - offset;

	return aligned < unit ? NOWHERE : aligned;
}

/* The set of aligned units in the word that begins with unit @base. */
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

/* The last of the words [@i, @last] that have, in a row, no free unit. */
static unsigned long last_full(const struct alloc_map *map, unsigned long i,
			       unsigned long last)
{
	while (i < last && !free_units(READ_ONCE(map->words[i + 1])))
		i++;
	return i;
}

/*
 * The lowest fit that starts at @start or above, if it starts below @end, which
 * is at most @map->nr_units - @nr + 1; if there is none, the lowest start that
 * was not looked at, which is @end or above.
 *
 * Looks at one word after the other: at the run of free units that reaches
 * into it from below, at those inside, and at the one that leaves it upwards.
 */
static unsigned long find_fit(const struct alloc_map *map, unsigned long start,
			      unsigned long end, unsigned long nr,
			      unsigned long align_mask,
			      unsigned long align_offset)
{
	unsigned long i = word_index(start);
	unsigned long mask = LOW_BITS << 2 * unit_at(start);
	unsigned long from, set, runs;

	/* Lowest start in the free run that reaches the word at hand, if any. */
	from = align_up(start, align_mask, align_offset);

	for (; from < end; i++, mask = LOW_BITS) {
		set = free_units(READ_ONCE(map->words[i])) & mask;
		if (!set) {
			i = last_full(map, i, word_index(end - 1));
			from = align_up(word_base(i + 1), align_mask,
					align_offset);
			continue;
		}
		if (word_base(i) + units_at_bottom(set) >= from + nr)
			return from;
		if (set == LOW_BITS)
			continue;

		runs = nr <= UNITS_PER_WORD ? runs_of(set, nr) : 0;
		if (runs && align_mask)
			runs &= aligned_units(word_base(i), align_mask,
					      align_offset);
		if (runs)
			return word_base(i) + first_unit(runs);
		from = align_up(word_base(i + 1) - units_at_top(set),
				align_mask, align_offset);
	}
	return from;
}

/* Whether all of [start, end), which is in the map, is free. */
static bool is_free(const struct alloc_map *map, unsigned long start,
		    unsigned long end)
{
	unsigned long i;

	for (i = word_index(start); i <= word_index(end - 1); i++) {
		if (READ_ONCE(map->words[i]) & mask_in_word(start, end, i))
			return false;
	}
	return true;
}

/*
 * ---- hints ----
 *
 * One byte for each block of units: no free run that starts in the block is
 * longer.  One byte for each group of blocks: none of their hints is higher.  A
 * search leaves out what is too low for it, as many at a time as are in a word.
 *
 * A hint that is too high costs time; if it was too low, an allocation would
 * fail though there is room.  So whoever has freed units raises the hints as
 * far as they go, not to a length, since others may free the neighbours
 * meanwhile.  Whoever has searched a block in vain, and finds its hint too
 * high, marks the hint, measures the block, and only then puts the length down;
 * not if the mark was spoilt by a free in the meantime.  As long as a hint is
 * marked it hides nothing and nobody else measures: the mark that is found in
 * the end is one's own, and one that stays for long costs nothing but time.
 *
 *		begin_measuring()	    end_measuring()
 *	length ------------------> measured ----------------> length
 *	   |				|
 *	   | raise_hint()		| raise_hint()
 *	   v				v
 *	enough <--------------------- spoilt
 *		   end_measuring()
 *
 * Enough is a length, too, the highest.
 *
 * A search that begins when a free has returned finds what was freed, so an
 * allocation that fails needs no second pass without hints.  What a free has
 * cleared that has not returned yet may still be hidden: nobody can tell that
 * from a free that is a little later.
 *
 * Memory ordering: there is a full barrier behind the mark, begin:A, and one
 * behind clear:A, room:A.  So of the two that look at what the other has
 * written there, at least one finds it: either the measurement sees the units
 * free or the free sees the mark, or a length [hint, hint-word], of whichever
 * search [hint-two-searches].  Hence a search that begins after a free is not
 * led past it [hint-search].  Of two frees that join a run across the edge of a
 * block the later one raises the hint of the block before [hint-edge]; so does
 * who gives back the unit behind the edge that a free found taken [hint-base].
 * The same holds for a group and the hints of its blocks [hint-levels]; group:A
 * is for him who finds one raised already [hint-group].  The other changes of
 * hints need no order: what is put down depends on what was read.
 */

#define UNITS_PER_BLOCK		ALLOC_MAP_UNITS_PER_BLOCK
#define BLOCKS_PER_GROUP	(ALLOC_MAP_UNITS_PER_GROUP / UNITS_PER_BLOCK)
#define HINTS_PER_WORD		(BITS_PER_LONG / 8)

/* What is less is the length.  The highest bit is left free for arithmetic. */
enum hint {
	/* That or more.  Not more than a block: raise_hints() relies on that. */
	HINT_ENOUGH = UNITS_PER_BLOCK < 125 ? UNITS_PER_BLOCK : 125,
	HINT_SPOILT = 126,
	HINT_MEASURED = 127,
};

static_assert(HINT_ENOUGH < HINT_SPOILT && HINT_ENOUGH <= UNITS_PER_BLOCK);

#define HINT_MASK		0xffUL
/* The lowest and the highest bit of every hint of a word. */
#define HINT_LOW_BITS		(~0UL / HINT_MASK)
#define HINT_HIGH_BITS		(HINT_LOW_BITS << 7)

static unsigned int hint_at(unsigned long word, unsigned int at)
{
	return word >> 8 * at & HINT_MASK;
}

static unsigned long with_hint(unsigned long word, unsigned int at,
			       unsigned long hint)
{
	return (word & ~(HINT_MASK << 8 * at)) | hint << 8 * at;
}

/* The highest bit of each hint of @word that is @least or more. */
static unsigned long hints_from(unsigned long word, unsigned int least)
{
	return ((word | HINT_HIGH_BITS) - least * HINT_LOW_BITS) & HINT_HIGH_BITS;
}

/* The first of hints [@i, @end) that is @what as @match says; @end if none is. */
static __always_inline unsigned long
next_match(const unsigned long *hints, unsigned long i, unsigned long end,
	   unsigned long (*match)(unsigned long word, unsigned int what),
	   unsigned int what)
{
	unsigned long base = round_down(i, HINTS_PER_WORD);
	unsigned long mask = ~0UL << 8 * (i - base);
	unsigned long found;

	for (; base < end; base += HINTS_PER_WORD, mask = ~0UL) {
		found = match(READ_ONCE(hints[base / HINTS_PER_WORD]), what) & mask;
		if (found)
			return min(base + __ffs(found) / 8, end);
	}
	return end;
}

/* The first of hints [@i, @end) that is @least or more; @end if none is. */
static unsigned long next_hint(const unsigned long *hints, unsigned long i,
			       unsigned long end, unsigned int least)
{
	return next_match(hints, i, end, hints_from, least);
}

static unsigned long nr_blocks(const struct alloc_map *map)
{
	return DIV_ROUND_UP(map->nr_units, UNITS_PER_BLOCK);
}

static unsigned long *lengths_of(struct alloc_map *map)
{
	unsigned long nr = map->nr_units;

	return &map->words[nr_words(nr) +
			   ALLOC_MAP_HINT_WORDS(nr, ALLOC_MAP_UNITS_PER_BLOCK) +
			   ALLOC_MAP_HINT_WORDS(nr, ALLOC_MAP_UNITS_PER_GROUP)];
}

static void init_hints(struct alloc_map *map)
{
	static const unsigned long units[ALLOC_MAP_LEVELS] = {
		[ALLOC_MAP_BLOCKS] = ALLOC_MAP_UNITS_PER_BLOCK,
		[ALLOC_MAP_GROUPS] = ALLOC_MAP_UNITS_PER_GROUP,
	};
	unsigned long *hints = &map->words[nr_words(map->nr_units)];
	enum alloc_map_level level;
	unsigned long nr;

	for (level = 0; level < ALLOC_MAP_LEVELS; level++) {
		nr = ALLOC_MAP_HINT_WORDS(map->nr_units, units[level]);
		if (map->nr_units > ALLOC_MAP_FEW * units[level])
			map->hints[level] = hints;
		memset(hints, HINT_ENOUGH, nr * sizeof(*hints));
		hints += nr;
	}
	nr = ALLOC_MAP_HINT_WORDS(map->nr_units, UNITS_PER_BLOCK);
	memset(lengths_of(map), HINT_ENOUGH, nr * sizeof(*hints));
}

/* Mark a hint, unless another CPU has done so. */
static bool begin_measuring(unsigned long *word, unsigned int at)
{
	unsigned long old = READ_ONCE(*word);
	unsigned int hint;

	do {
		hint = hint_at(old, at);
		if (hint == HINT_MEASURED || hint == HINT_SPOILT)
			return false;
	} while (!try_cmpxchg(word, &old,
			      with_hint(old, at, HINT_MEASURED))); /* begin:A */

	return true;
}

static void end_measuring(unsigned long *word, unsigned int at,
			  unsigned int length)
{
	unsigned long old = READ_ONCE(*word);
	unsigned int hint;

	do {
		hint = hint_at(old, at) == HINT_MEASURED ? length : HINT_ENOUGH;
	} while (!try_cmpxchg_relaxed(word, &old, with_hint(old, at, hint)));
}

static void raise_hint(unsigned long *hints, unsigned long i)
{
	unsigned long *word = &hints[i / HINTS_PER_WORD];
	unsigned int at = i % HINTS_PER_WORD;
	unsigned long old = READ_ONCE(*word);
	unsigned int hint;

	do {
		hint = hint_at(old, at);
		if (hint == HINT_ENOUGH || hint == HINT_SPOILT)
			return;
		hint = hint == HINT_MEASURED ? HINT_SPOILT : HINT_ENOUGH;
	} while (!try_cmpxchg_relaxed(word, &old, with_hint(old, at, hint)));
}

/*
 * [@start, @end) was allocated or freed; the caller has put a full barrier
 * behind that.  "Lengths" below explains which blocks that matters to.
 */
static void forget_lengths(const struct alloc_map *map, unsigned long start,
			   unsigned long end)
{
	unsigned long *lengths = READ_ONCE(map->lengths);
	unsigned long block = start / UNITS_PER_BLOCK;

	if (block && is_free(map, block * UNITS_PER_BLOCK - 1, start))
		raise_hint(lengths, block - 1);
	raise_hint(lengths, block);
	if (end / UNITS_PER_BLOCK != block && end < map->nr_units)
		raise_hint(lengths, end / UNITS_PER_BLOCK);
}

/*
 * [@start, @end) was freed; the caller has put a full barrier behind that.
 *
 * A run that starts in the block before may have become longer, too, but only
 * if it reaches this one.  It need not be looked for in earlier blocks: they
 * have enough, since a whole block in between is free.
 */
static void raise_hints(struct alloc_map *map, unsigned long start,
			unsigned long end)
{
	unsigned long first = start / UNITS_PER_BLOCK;
	unsigned long last = (end - 1) / UNITS_PER_BLOCK;
	unsigned long i;

	if (READ_ONCE(map->lengths))
		forget_lengths(map, start, end);
	if (first && alloc_map_state(map, first * UNITS_PER_BLOCK) ==
	    ALLOC_MAP_FREE)
		first--;
	for (i = first; i <= last; i++)
		raise_hint(map->hints[ALLOC_MAP_BLOCKS], i);

	if (!map->hints[ALLOC_MAP_GROUPS])
		return;
	/* Who raised a hint of a block may not have come to that of the group. */
	smp_mb(); /* group:A */
	for (i = first / BLOCKS_PER_GROUP; i <= last / BLOCKS_PER_GROUP; i++)
		raise_hint(map->hints[ALLOC_MAP_GROUPS], i);
}

/* Length of the longest run in @set; @least if none is longer than that. */
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

/*
 * Length of the free run at the bottom of word @i; not exact once it is
 * HINT_ENOUGH.
 */
static unsigned int run_from_word(const struct alloc_map *map, unsigned long i)
{
	unsigned int n, nr = 0;

	do {
		n = units_at_bottom(free_units(READ_ONCE(map->words[i++])));
		nr += n;
	} while (n == UNITS_PER_WORD && nr < HINT_ENOUGH);

	return nr;
}

/* Length of the longest run that starts in @block, at most HINT_ENOUGH. */
static unsigned int room_in_block(const struct alloc_map *map,
				  unsigned long block)
{
	unsigned long i = word_index(block * UNITS_PER_BLOCK);
	unsigned long end = min(i + word_index(UNITS_PER_BLOCK),
				nr_words(map->nr_units));
	unsigned int longest = 0, run = 0;
	unsigned long set = 0;

	/* What begins the block is full more often than not. */
	while (!set && i < end)
		set = free_units(READ_ONCE(map->words[i++]));

	for (;;) {
		longest = max(longest, run + units_at_bottom(set));
		longest = longest_in_word(set, longest);
		run = set == LOW_BITS ? run + UNITS_PER_WORD : units_at_top(set);
		if (i == end || longest >= HINT_ENOUGH)
			break;
		set = free_units(READ_ONCE(map->words[i++]));
	}
	/* The last word of the map has taken units at its top. */
	if (run)
		longest = max(longest, run + run_from_word(map, i));

	return min(longest, HINT_ENOUGH);
}

/* The same of a group, as far as a search for @nr units wants to know. */
static unsigned int room_in_group(const struct alloc_map *map,
				  unsigned long group, unsigned int nr)
{
	unsigned long start = group * BLOCKS_PER_GROUP;
	unsigned long end = min(start + BLOCKS_PER_GROUP, nr_blocks(map));

	return next_hint(map->hints[ALLOC_MAP_BLOCKS], start, end, nr) < end ?
		HINT_ENOUGH : nr - 1;
}

static unsigned int room_in(const struct alloc_map *map,
			    enum alloc_map_level level, unsigned long i,
			    unsigned int nr)
{
	return level == ALLOC_MAP_BLOCKS ? room_in_block(map, i) :
					   room_in_group(map, i, nr);
}

/*
 * A search for @nr units was in vain there.  Unless that makes it @sure that
 * the hint is too high, look first: one that is right is left alone.
 *
 * Hints are what is remembered of a map, no part of it: hence the const.
 */
static void lower_hint(const struct alloc_map *map, enum alloc_map_level level,
		       unsigned long i, unsigned int nr, bool sure)
{
	unsigned long *word = &map->hints[level][i / HINTS_PER_WORD];
	unsigned int at = i % HINTS_PER_WORD;

	if (!sure &&
	    room_in(map, level, i, nr) >= hint_at(READ_ONCE(*word), at))
		return;
	if (begin_measuring(word, at))
		end_measuring(word, at, room_in(map, level, i, nr));
}

/* The first of blocks [@block, @end) that may have @nr units; @end if none. */
static unsigned long next_block(const struct alloc_map *map,
				unsigned long block, unsigned long end,
				unsigned int nr)
{
	unsigned long nr_groups = DIV_ROUND_UP(end, BLOCKS_PER_GROUP);
	unsigned long group, first, stop, found;

	if (!map->hints[ALLOC_MAP_GROUPS])
		return next_hint(map->hints[ALLOC_MAP_BLOCKS], block, end, nr);

	for (; block < end; block = stop) {
		group = next_hint(map->hints[ALLOC_MAP_GROUPS],
				  block / BLOCKS_PER_GROUP, nr_groups, nr);
		if (group == nr_groups)
			break;
		first = group * BLOCKS_PER_GROUP;
		stop = min(first + BLOCKS_PER_GROUP, end);
		block = max(block, first);
		found = next_hint(map->hints[ALLOC_MAP_BLOCKS], block, stop, nr);
		if (found < stop)
			return found;
		if (block == first && stop == first + BLOCKS_PER_GROUP)
			lower_hint(map, ALLOC_MAP_GROUPS, group, nr, true);
	}
	return end;
}

/* As find_fit() with @end = @map->nr_units - @nr + 1. */
static unsigned long find_by_hints(const struct alloc_map *map,
				   unsigned long start, unsigned long end,
				   unsigned long nr, unsigned long align_mask,
				   unsigned long align_offset)
{
	unsigned long nr_blocks = DIV_ROUND_UP(end, UNITS_PER_BLOCK);
	unsigned long block = DIV_ROUND_UP(start, UNITS_PER_BLOCK);
	unsigned long stop = min(block * UNITS_PER_BLOCK, end);
	unsigned int enough = min(nr, HINT_ENOUGH);
	/* Else there may be room, but not for this. */
	bool sure = !align_mask && nr <= HINT_ENOUGH;

	/* What is left of a block; the hint would be about all of it. */
	if (start < stop) {
		start = find_fit(map, start, stop, nr, align_mask, align_offset);
		if (start < stop)
			return start;
	}

	/* A run that was too short may have led past several blocks. */
	for (;; block++) {
		block = max(block, start / UNITS_PER_BLOCK);
		block = next_block(map, block, nr_blocks, enough);
		if (block == nr_blocks)
			return end;

		start = block * UNITS_PER_BLOCK;
		stop = min(start + UNITS_PER_BLOCK, end);
		start = find_fit(map, start, stop, nr, align_mask, align_offset);
		if (start < stop)
			return start;
		lower_hint(map, ALLOC_MAP_BLOCKS, block, enough, sure);
	}
}

/*
 * ---- lengths ----
 *
 * The best fit is the shortest run that is long enough, wherever it is.  For
 * those who look for it there is one more byte for each block, in use from the
 * first search of that kind on: the set of lengths of the free runs that begin
 * in the block.
 *
 *	bit	0	1	2	3	4	5	6
 *	length	1	2-3	4-7	8-15	16-31	32-127	128 or more
 *
 * A search looks at the blocks which have a run that may be long enough, and
 * shorter than the best so far: soon these are few.
 *
 * Unlike a hint, a set can become wrong by an allocation, too: what it leaves of
 * a run is shorter, and may begin in another block.  So whoever has allocated or
 * freed units forgets the sets which that may concern.  The next search measures
 * these blocks, by the rules for hints: with a mark, which a change in the
 * meantime spoils, and full barriers on both sides.
 *
 * What a set says depends on the units of the block, the one before, and 127
 * behind, all in the next block.  So besides the blocks in which the changed
 * units and the one behind are, only the block before is concerned, and only if
 * a free run reaches across its edge.
 *
 * A search may take what others are just changing for longer or shorter than it
 * is, or not see it: which fit is the best then, nobody can tell.  The hints,
 * which do not hide what is free, are asked before whether there is any.
 */

#define LONG_RUN		(UNITS_PER_BLOCK / 2)
#define NOT_MEASURED		ULONG_MAX

static unsigned int length_class(unsigned long len)
{
	/* It is 0 if somebody has just taken the run. */
	return len < LONG_RUN ? min_t(unsigned int, __fls(len | 1), 5) : 6;
}

/* The highest bit of each set of @word that has one of @classes, or is not known. */
static unsigned long sets_with(unsigned long word, unsigned int classes)
{
	unsigned long some = (word & classes * HINT_LOW_BITS) + ~HINT_HIGH_BITS;

	return (some & HINT_HIGH_BITS) | hints_from(word, HINT_ENOUGH);
}

/* Length of the free run at @unit; not exact once it is @enough. */
static unsigned long run_length(const struct alloc_map *map, unsigned long unit,
				unsigned long enough)
{
	unsigned long i = word_index(unit);
	unsigned long word = READ_ONCE(map->words[i]) >> 2 * unit_at(unit);
	unsigned long len = UNITS_PER_WORD - unit_at(unit);

	if (word)
		return first_unit(word);
	for (; len < enough; len += UNITS_PER_WORD) {
		word = READ_ONCE(map->words[++i]);
		if (word)
			return len + first_unit(word);
	}
	return len;
}

/**
 * struct fit - a search for the best fit
 * @lengths: as in the map
 * @start: lowest unit to look at
 * @nr: units that are needed
 * @enough: runs are measured up to that
 * @unit: the best so far, the lowest of several; @map->nr_units if none
 * @len: its length.  NOT_MEASURED if none, or if it is a long one which there
 *	is no other to compare with yet
 */
struct fit {
	unsigned long *lengths;
	unsigned long start, nr, enough;
	unsigned long unit, len;
};

static void consider_long(const struct alloc_map *map, struct fit *fit,
			  unsigned long unit)
{
	unsigned long len;

	if (fit->unit == map->nr_units) {
		if (run_length(map, unit, fit->nr) >= fit->nr)
			fit->unit = unit;
		return;
	}
	if (fit->len == NOT_MEASURED)
		fit->len = alloc_map_free_end(map, fit->unit) - fit->unit;
	len = run_length(map, unit, fit->len);
	if (len >= fit->nr && len < fit->len) {
		fit->unit = unit;
		fit->len = len;
	}
}

/* A free run that begins at @unit and was measured to be @len. */
static void consider(const struct alloc_map *map, struct fit *fit,
		     unsigned long unit, unsigned long len)
{
	if (unit < fit->start || len >= fit->len)
		return;
	if (len >= fit->enough) {
		consider_long(map, fit, unit);
	} else if (len >= fit->nr) {
		fit->unit = unit;
		fit->len = len;
	}
}

/* Returns the set of words [@i, @end); HINT_ENOUGH if there was no need to. */
static unsigned int fit_in_words(const struct alloc_map *map, struct fit *fit,
				 unsigned long i, unsigned long end)
{
	unsigned long below = free_units(i ? READ_ONCE(map->words[i - 1]) : ~0UL);
	unsigned long set, begins, unit, len, next;
	unsigned int lengths = 0;

	for (below >>= BITS_PER_LONG - 2; i < end; i = next) {
		set = free_units(READ_ONCE(map->words[i]));
		begins = set & ~(set << 2 | below);
		below = set >> (BITS_PER_LONG - 2);
		next = (set ? i : last_full(map, i, end - 1)) + 1;
		for (; begins; begins &= begins - 1) {
			unit = word_base(i) + first_unit(begins);
			len = run_length(map, unit, fit->enough);
			lengths |= BIT(length_class(len));
			consider(map, fit, unit, len);
			if (fit->len == fit->nr)
				return HINT_ENOUGH;
			next = max(next, word_index(unit + len));
		}
	}
	return min(lengths, HINT_ENOUGH);
}

static unsigned long *use_lengths(struct alloc_map *map)
{
	unsigned long *lengths = lengths_of(map);

	if (!READ_ONCE(map->lengths))
		WRITE_ONCE(map->lengths, lengths);
	return lengths;
}

/* Look at a block, and remember its set if it is not known. */
static void fit_in_block(const struct alloc_map *map, struct fit *fit,
			 unsigned long block)
{
	unsigned long *word = &fit->lengths[block / HINTS_PER_WORD];
	unsigned int at = block % HINTS_PER_WORD;
	unsigned long i = word_index(block * UNITS_PER_BLOCK);
	unsigned long end = min(i + word_index(UNITS_PER_BLOCK),
				nr_words(map->nr_units));
	bool known = hint_at(READ_ONCE(*word), at) != HINT_ENOUGH;

	if (known || !begin_measuring(word, at))
		fit_in_words(map, fit, i, end);
	else
		end_measuring(word, at, fit_in_words(map, fit, i, end));
}

/* The first block from @block on that may have a better fit. */
static unsigned long next_fit(const struct alloc_map *map,
			      const struct fit *fit, unsigned long block)
{
	unsigned int shortest = length_class(fit->nr);
	unsigned int longest = length_class(fit->len - 1);

	return next_match(fit->lengths, block, nr_blocks(map), sets_with,
			  BIT(longest + 1) - BIT(shortest));
}

static void fit_in_map(const struct alloc_map *map, struct fit *fit)
{
	unsigned long block = fit->start / UNITS_PER_BLOCK;

	for (; fit->len != fit->nr; block++) {
		block = next_fit(map, fit, block);
		if (block == nr_blocks(map))
			break;
		fit_in_block(map, fit, block);
	}
}

/* ---- allocations ---- */

/*
 * Units from @head to the next unit that is no body.  Exact for whoever owns
 * the allocation; for others it is as good as the moment they looked.
 */
static unsigned long measure(const struct alloc_map *map, unsigned long head)
{
	unsigned long i = word_index(head);
	unsigned long others = others_behind(READ_ONCE(map->words[i]),
					     unit_at(head));

	/* The units behind the end of the map stop the loop. */
	while (!others)
		others = READ_ONCE(map->words[++i]) ^ HIGH_BITS;

	return word_base(i) + first_unit(others) - head;
}

/*
 * Clear units that the caller owns, in descending order: see "Why descending"
 * above.  Words in between belong to the caller whole and need no cmpxchg.
 */
static void clear_units(struct alloc_map *map, unsigned long start,
			unsigned long end)
{
	unsigned long i = word_index(end - 1);
	unsigned long mask;

	do {
		mask = mask_in_word(start, end, i);
		if (mask == ~0UL)
			smp_store_release(&map->words[i], 0); /* clear:A */
		else
			clear_mask(&map->words[i], mask);
	} while (i-- > word_index(start));

	if (map->hints[ALLOC_MAP_BLOCKS]) {
		smp_mb(); /* room:A */
		raise_hints(map, start, end);
	}
}

/* Become the owner of the allocation at @head, until set_head() or cleared. */
static int take_head(struct alloc_map *map, unsigned long head)
{
	unsigned long *word = &map->words[word_index(head)];
	unsigned int at = unit_at(head);

	if (replace(word, unit_mask(at), unit_bits(at, ALLOC_MAP_HEAD),
		    unit_bits(at, ALLOC_MAP_BUSY), ACQUIRE)) /* take:A */
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
			      unit_bits(at, ALLOC_MAP_HEAD),
			      RELEASE)); /* publish:A */
}

/* Claim units for an allocation that stays busy. */
static bool claim_busy(struct alloc_map *map, unsigned long start,
		       unsigned long end)
{
	unsigned long busy = unit_bits(unit_at(start),
				       ALLOC_MAP_BODY ^ ALLOC_MAP_BUSY);
	unsigned long i, mask;

	for (i = word_index(start); i <= word_index(end - 1); i++) {
		mask = mask_in_word(start, end, i);
		if (!replace(&map->words[i], mask, 0, (mask & HIGH_BITS) ^ busy,
			     ACQUIRE)) /* claim:A */
			goto roll_back;
		busy = 0;
	}
	return true;

roll_back:
	if (i > word_index(start))
		clear_units(map, start, word_base(i));
	return false;
}

/* A claim that spans words. */
static bool claim_words(struct alloc_map *map, unsigned long start,
			unsigned long end)
{
	if (!claim_busy(map, start, end))
		return false;

	if (unit_at(start))
		set_head(map, start, ALLOC_MAP_BUSY);
	else	/* The word belongs to the caller whole. */
		smp_store_release(&map->words[word_index(start)],
				  HIGH_BITS | unit_bits(0, ALLOC_MAP_HEAD)); /* publish:A */
	return true;
}

static int release_words(struct alloc_map *map, unsigned long head,
			 unsigned long nr, unsigned long *extent)
{
	int err;

	*extent = measure(map, head);
	if (nr && nr != *extent) {
		/* Or does another free, half done, make it look short? */
		smp_rmb(); /* short:A */
		return state_error(alloc_map_state(map, head)) ?: -EMSGSIZE;
	}

	err = take_head(map, head);
	if (err)
		return err;

	/*
	 * Only now nobody can free it and allocate it anew, shorter or longer:
	 * measure again, or a second free in the meantime would make this one
	 * clear the wrong units.
	 */
	*extent = measure(map, head);
	if (nr && nr != *extent) {
		set_head(map, head, ALLOC_MAP_BUSY);
		return -EMSGSIZE;
	}
	clear_units(map, head, head + *extent);
	return 0;
}

/* ---- API ---- */

/**
 * alloc_map_bytes - memory that a map needs
 * @nr_units: units that the map is for
 *
 * Context: Any.
 * Return: size of the &struct alloc_map in bytes.
 */
size_t alloc_map_bytes(unsigned long nr_units)
{
	return ALLOC_MAP_BYTES(nr_units);
}
EXPORT_SYMBOL_GPL(alloc_map_bytes);

/**
 * alloc_map_init - make all units of a map free
 * @map: alloc_map_bytes(@nr_units) bytes that read as zero
 * @nr_units: units that the map is for
 *
 * Context: Any, as long as nobody else knows the map.
 */
void alloc_map_init(struct alloc_map *map, unsigned long nr_units)
{
	map->nr_units = nr_units;
	map->words[word_index(nr_units)] = ~0UL << 2 * unit_at(nr_units);
	init_hints(map);
}
EXPORT_SYMBOL_GPL(alloc_map_init);

/* Whether [@start, @start + @nr) is not empty and in the map. */
static bool in_map(const struct alloc_map *map, unsigned long start,
		   unsigned long nr)
{
	return nr && start < map->nr_units && nr <= map->nr_units - start;
}

/**
 * alloc_map_find - find free units
 * @map: the map
 * @start: lowest unit to look at
 * @nr: how many free units are needed in a row, at least one
 * @align_mask: alignment of the first unit in units, a power of two, less one
 * @align_offset: units to add to an index before it is aligned
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.  What is
 * found may be gone when the caller comes to claim it.
 * Return: the lowest unit u >= @start with u + @align_offset aligned and
 * [u, u + @nr) free; @map->nr_units if there is none.
 */
unsigned long alloc_map_find(const struct alloc_map *map, unsigned long start,
			     unsigned long nr, unsigned long align_mask,
			     unsigned long align_offset)
{
	unsigned long end = map->nr_units - nr + 1;

	if (!in_map(map, start, nr))
		return map->nr_units;

	if (map->hints[ALLOC_MAP_BLOCKS])
		start = find_by_hints(map, start, end, nr, align_mask,
				      align_offset);
	else
		start = find_fit(map, start, end, nr, align_mask, align_offset);
	return start < end ? start : map->nr_units;
}
EXPORT_SYMBOL_GPL(alloc_map_find);

/**
 * alloc_map_find_best - find the shortest run of free units that is long enough
 * @map: the map
 * @start: lowest unit to look at
 * @nr: how many free units are needed in a row, at least one
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.  What is
 * found may be gone when the caller comes to claim it.
 * Return: where it begins, the lowest of several, if nobody allocates or frees
 * meanwhile; else some unit u with [u, u + @nr) free.  @map->nr_units if there
 * is none.
 */
unsigned long alloc_map_find_best(struct alloc_map *map, unsigned long start,
				  unsigned long nr)
{
	struct fit fit = {
		.start = start, .nr = nr, .enough = ULONG_MAX,
		.unit = map->nr_units, .len = NOT_MEASURED,
	};

	unsigned long first = alloc_map_find(map, start, nr, 0, 0);

	/* Hints know best that there is none; sets would have to look. */
	if (first == map->nr_units)
		return first;

	if (map->hints[ALLOC_MAP_BLOCKS]) {
		fit.lengths = use_lengths(map);
		fit.enough = LONG_RUN;
	}
	if (start && alloc_map_state(map, start) == ALLOC_MAP_FREE)
		consider(map, &fit, start, run_length(map, start, fit.enough));

	if (fit.lengths)
		fit_in_map(map, &fit);
	else
		fit_in_words(map, &fit, word_index(start), nr_words(map->nr_units));
	return fit.unit < map->nr_units ? fit.unit : first;
}
EXPORT_SYMBOL_GPL(alloc_map_find_best);

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
	unsigned long i = word_index(unit);
	unsigned long taken = LOW_BITS << 2 * unit_at(unit);

	/* The units behind the end stop the loop. */
	for (taken &= ~free_units(READ_ONCE(map->words[i])); !taken;
	     taken = ~free_units(READ_ONCE(map->words[i])) & LOW_BITS)
		i++;

	return word_base(i) + first_unit(taken);
}
EXPORT_SYMBOL_GPL(alloc_map_free_end);

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
	return in_map(map, start, nr) && is_free(map, start, start + nr);
}
EXPORT_SYMBOL_GPL(alloc_map_is_free);

static bool claim(struct alloc_map *map, unsigned long start, unsigned long nr)
{
	unsigned int at = unit_at(start);
	unsigned long mask;

	if (nr > UNITS_PER_WORD - at)
		return claim_words(map, start, start + nr);

	mask = span_mask(at, nr);
	return replace(&map->words[word_index(start)], mask, 0,
		       (mask & HIGH_BITS) | unit_bits(at, ALLOC_MAP_HEAD),
		       ACQUIRE); /* claim:A */
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
	if (!in_map(map, start, nr) || !claim(map, start, nr))
		return false;

	/* Before the look: who begins to use them now has to see the claim. */
	if (map->hints[ALLOC_MAP_BLOCKS]) {
		smp_mb__after_atomic(); /* as room:A */
		if (READ_ONCE(map->lengths))
			forget_lengths(map, start, start + nr);
	}
	return true;
}
EXPORT_SYMBOL_GPL(alloc_map_claim);

/**
 * alloc_map_claim_all - take a map out of service
 * @map: the map
 *
 * Afterwards every claim fails by itself, also that of a CPU which found room
 * in the map before, and so does every free: the units become one allocation
 * that stays busy for ever.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: true if nothing was allocated; false, with nothing changed, else.
 */
bool alloc_map_claim_all(struct alloc_map *map)
{
	unsigned long nr = map->nr_units;

	return !nr || (is_free(map, 0, nr) && claim_busy(map, 0, nr));
}
EXPORT_SYMBOL_GPL(alloc_map_claim_all);

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
EXPORT_SYMBOL_GPL(alloc_map_state);

/**
 * alloc_map_head - the allocation that a unit belongs to
 * @map: the map
 * @unit: a unit, below @map->nr_units
 *
 * Context: Any, NMI included.  Exact as long as the caller has a right to the
 * allocation.
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

	/* Invariant B: what is no body below a body is its head. */
	for (;; i--, set = LOW_BITS) {
		others = ~body_units(READ_ONCE(map->words[i])) & set;
		if (others)
			return word_base(i) + __fls(others) / 2;
		if (!i)
			return map->nr_units;
	}
}
EXPORT_SYMBOL_GPL(alloc_map_head);

/**
 * alloc_map_extent - length of an allocation
 * @map: the map
 * @head: first unit of the allocation
 *
 * Context: Any, NMI included.  Exact as long as the caller has a right to the
 * allocation; otherwise it may be freed, and other units allocated, meanwhile.
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
EXPORT_SYMBOL_GPL(alloc_map_extent);

/**
 * alloc_map_release - free an allocation
 * @map: the map
 * @head: its first unit
 * @nr: its length in units, or 0 if the caller leaves that to the map
 * @extent: where to put the recorded length: the units freed, or with
 *	%-EMSGSIZE those that @nr did not match
 *
 * The map has to stay until this returns: it raises hints when the units are
 * free already.  This goes for alloc_map_trim() and a claim that fails, too.
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: 0, or with nothing changed
 * * %-ERANGE: there is no such unit in the map
 * * %-ENOENT: @head is free
 * * %-EINVAL: @head is inside an allocation
 * * %-EBUSY: another CPU is just allocating, freeing or changing it
 * * %-EMSGSIZE: what begins at @head is not @nr units long
 */
int alloc_map_release(struct alloc_map *map, unsigned long head,
		      unsigned long nr, unsigned long *extent)
{
	unsigned int at = unit_at(head);
	unsigned long *word, old, others;

	*extent = 0;
	if (head >= map->nr_units)
		return -ERANGE;

	word = &map->words[word_index(head)];
	old = READ_ONCE(*word);
	do {
		if (state_at(old, at) != ALLOC_MAP_HEAD)
			return state_error(state_at(old, at));

		/* Its end, too, must be in the word that is compared. */
		others = others_behind(old, at);
		if (!others)
			return release_words(map, head, nr, extent);
		*extent = first_unit(others) - at;
		if (nr && nr != *extent)
			return -EMSGSIZE;
	} while (!try_cmpxchg_release(word, &old,
				      old & ~mask_up_to(at, others))); /* clear:A */

	if (map->hints[ALLOC_MAP_BLOCKS]) {
		smp_mb__after_atomic(); /* room:A */
		raise_hints(map, head, head + *extent);
	}
	return 0;
}
EXPORT_SYMBOL_GPL(alloc_map_release);

/**
 * alloc_map_split - turn an allocation into several
 * @map: the map
 * @head: first unit of the allocation
 * @piece: length of each new allocation in units; the last may be shorter
 *
 * From the top down: whoever frees a new allocation at once finds its end
 * marked already.
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
EXPORT_SYMBOL_GPL(alloc_map_split);

/**
 * alloc_map_trim - free the tail of an allocation
 * @map: the map
 * @head: first unit of the allocation
 * @keep: length that is left, in units; at least one
 *
 * Context: Any; NMI too if the architecture's cmpxchg() is NMI-safe.
 * Return: 0, or with nothing changed %-EMSGSIZE if there are fewer than @keep
 * units, %-ERANGE, %-ENOENT, %-EINVAL (also for a @keep of 0) or %-EBUSY, as
 * alloc_map_release().
 */
int alloc_map_trim(struct alloc_map *map, unsigned long head,
		   unsigned long keep)
{
	unsigned long nr;
	int err;

	if (head >= map->nr_units)
		return -ERANGE;
	if (!keep)
		return -EINVAL;

	err = take_head(map, head);
	if (err)
		return err;

	nr = measure(map, head);
	if (keep < nr)
		clear_units(map, head + keep, head + nr);
	set_head(map, head, ALLOC_MAP_BUSY);
	return keep > nr ? -EMSGSIZE : 0;
}
EXPORT_SYMBOL_GPL(alloc_map_trim);

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

	/* The heads behind the end stop the loop. */
	for (heads &= head_units(READ_ONCE(map->words[i])); !heads;
	     heads = head_units(READ_ONCE(map->words[i])))
		i++;

	return min(word_base(i) + first_unit(heads), map->nr_units);
}
EXPORT_SYMBOL_GPL(alloc_map_next);

/**
 * alloc_map_nr_free - count the free units
 * @map: the map
 *
 * Context: Any, NMI included.  Looks at the whole map.
 * Return: number of units that are free.
 */
unsigned long alloc_map_nr_free(const struct alloc_map *map)
{
	unsigned long i, nr = 0;

	for (i = 0; i < nr_words(map->nr_units); i++)
		nr += hweight_long(free_units(READ_ONCE(map->words[i])));
	return nr;
}
EXPORT_SYMBOL_GPL(alloc_map_nr_free);

/**
 * alloc_map_nr_allocs - count the allocations
 * @map: the map
 *
 * Context: Any, NMI included.  Looks at the whole map.
 * Return: number of allocations.
 */
unsigned long alloc_map_nr_allocs(const struct alloc_map *map)
{
	unsigned long head, nr = 0;

	for (head = alloc_map_next(map, 0); head < map->nr_units;
	     head = alloc_map_next(map, head + 1))
		nr++;
	return nr;
}
EXPORT_SYMBOL_GPL(alloc_map_nr_allocs);
