// SPDX-License-Identifier: GPL-2.0-only
/* Functions of a word or a few, against the units or bytes one by one; @i is any. */

#include "prove.h"

#include "alloc_map.c"
#include "alloc_map_find.c"
#include "alloc_map_parts.c"

#define W		UNITS_PER_WORD
#define HAS(set, i)	(UNIT(set, i) == 1)

PROOF(ctz_clz, ulong word)
{
	assume(word);
#undef __builtin_ctzl
#undef __builtin_clzl
	check(halved_ctz(word) == __builtin_ctzl(word));
	check(halved_clz(word) == __builtin_clzl(word));
}

/* ---- masks ---- */

PROOF(unit_bits, ulong word, uint at, uint state, uint i)
{
	assume(at < W && state < 4 && i < W);
	CALL(ulong, new, (word & ~unit_mask(at)) | unit_bits(at, state));
	check(UNIT(new, i) == (i == at ? state : UNIT(word, i)));
	check(state_at(new, at) == state);
}

PROOF(masks, uint nr, uint at, uint i)
{
	assume(nr && nr <= W && at < W && i < W);
	check(UNIT(low_mask(nr), i) == (i < nr ? 3 : 0));
	check(UNIT(high_mask(at), i) == (i < at ? 0 : 3));
	check(UNIT(alloc_bits(low_mask(nr)), i) ==
	      (!i ? ALLOC_MAP_HEAD : i < nr ? ALLOC_MAP_BODY : ALLOC_MAP_FREE));
}

PROOF(mask_in_word, ulong start, ulong end, ulong index, uint i)
{
	ulong unit = index * W + i;

	assume(i < W && start < end && end <= LONG_MAX &&
	       start / W <= index && index <= (end - 1) / W);
	check(UNIT(mask_in_word(start, end, index), i) ==
	      (unit >= start && unit < end ? 3 : 0));
}

PROOF(words_of_units, ulong unit, ulong other)
{
	check(word_base(word_index(unit)) + unit_at(unit) == unit);
	check(unit_at(unit) < W);
	check(other > unit || word_index(other) < nr_words(unit));
	check(word_base(nr_words(unit) - 1) <= unit);
}

PROOF(in_map, ulong nr_units, ulong start, ulong nr)
{
	struct alloc_map map = { .nr_units = nr_units };
	ulong last = start + (nr - 1);

	check(in_map(&map, start, nr) == (nr && start <= last && last < nr_units));
}

/* ---- sets of units ---- */

PROOF(sets, ulong word, uint i)
{
	uint state;

	assume(i < W);
	state = UNIT(word, i);
	check(UNIT(free_units(word), i) == (state == ALLOC_MAP_FREE));
	check(UNIT(head_units(word), i) == (state == ALLOC_MAP_HEAD));
	check(UNIT(body_units(word), i) == (state == ALLOC_MAP_BODY));
	check(UNIT(free_mask(word), i) == (state == ALLOC_MAP_FREE ? 3 : 0));
}

PROOF(others_behind, ulong word, uint at, uint i)
{
	assume(at < W && i < W);
	check(!UNIT(others_behind(word, at), i) ==
	      (i <= at || UNIT(word, i) == ALLOC_MAP_BODY));
}

PROOF(bits_below, ulong word, uint nr)
{
	ulong others = others_behind(word, 0);
	ulong left = word & ~bits_below(others);
	uint i;

	assume(nr && nr < W && UNIT(word, nr) != ALLOC_MAP_BODY);
	for (i = 1; i < W; i++)
		assume(i >= nr || UNIT(word, i) == ALLOC_MAP_BODY);
	for (i = 0; i < W; i++)
		check(UNIT(left, i) == (i < nr ? ALLOC_MAP_FREE : UNIT(word, i)));
	check(first_unit(others) == nr);
}

PROOF(runs_of, ulong set, uint nr, uint at)
{
	bool all;
	uint i;

	set &= LOW_BITS;
	assume(nr && nr <= W && at < W);
	all = at + nr <= W;
	for (i = 0; i < W; i++)
		all &= i < at || i >= at + nr || HAS(set, i);
	check(UNIT(runs_of(set, nr), at) == all);
}

PROOF(next_runs, ulong word)
{
	ulong mask = free_mask(word), rest = next_runs(mask);
	bool before = true, inside = false;
	uint i;

	for (i = 0; i < W; i++) {
		inside = UNIT(mask, i) && (before || inside);
		before &= !UNIT(mask, i);
		check(UNIT(rest, i) == (inside ? 0 : UNIT(mask, i)));
	}
}

PROOF(ends_of_set, ulong set)
{
	uint i, bottom = 0, top = 0, first = 0;

	set &= LOW_BITS;
	for (i = 0; i < W; i++) {
		bottom += bottom == i && HAS(set, i);
		first += first == i && !HAS(set, i);
		top = HAS(set, i) ? top + 1 : 0;
	}
	check(units_at_bottom(set) == bottom && units_at_top(set) == top);
	check(!set || first_unit(set) == first);
}

LONG_PROOF(longest_in_word, ulong set, uint least)
{
	bool there = false;
	u8 i, run = 0;

	set &= LOW_BITS;
	CALL(uint, longest, longest_in_word(set, least));
	for (i = 0; i < W; i++) {
		run = HAS(set, i) ? run + 1 : 0;
		check(run <= longest);
		there |= run == longest;
	}
	check(longest == least || (longest > least && there));
}

/* No word with a unit that is free, or busy, is skipped. */
PROOF(skip_full, uint nr, uint at, uint i)
{
	ulong words[5];

	assume(nr <= 5 && at < nr && i < W && !(UNIT(words[at], i) & 2));
	check(skip_full(words, words + nr) <= words + at);
}

/* All words that are skipped are free. */
PROOF(skip_free, uint nr, uint at)
{
	ulong row[3 + 8], *words = row + 3;
	const ulong *stop;

	assume(nr <= 8);
	stop = skip_free(words, words + nr);
	check(stop >= words && stop <= words + nr);
	assume(at < nr && words + at < stop);
	check(!words[at]);
}

/* A bit for each unit of both that is not free, but for busy heads. */
PROOF(two_words, ulong a, ulong b, uint i)
{
	assume(i < W);
	check(UNIT(two_words(a, b), i) == ((UNIT(a, i) & 2) | UNIT(b, i) / 2));
}

/* Other units beyond all maps are of no interest. */
PROOF(align_up, ulong unit, ulong mask, ulong offset, ulong other)
{
	assume(!(mask & (mask + 1)) && unit <= LONG_MAX && other <= LONG_MAX);
	CALL(ulong, up, align_up(unit, mask, offset));
	check(up >= unit && (up == NOWHERE || !((up + offset) & mask)));
	check(other < unit || (other + offset) & mask || up <= other);
}

PROOF(aligned_units, ulong index, uint order, ulong offset, uint i)
{
	ulong mask, base = index * W;

	assume(order < BITS_PER_LONG && i < W && index < LONG_MAX / W);
	mask = (1UL << order) - 1;
	check(UNIT(aligned_units(base, mask, offset), i) ==
	      !((base + i + offset) & mask));
}

/* ---- hints ---- */

PROOF(hints_from, ulong word, uint least, uint i)
{
	assume(least <= 0xff && i < HINTS_PER_WORD);
	CALL(ulong, found, hints_from(word, least));
	check(BYTE(found, i) == (BYTE(word, i) >= least ? 0x80 : 0));
	check(!BYTE(found, i) || first_hint(found) <= i);
	check(!found || BYTE(found, first_hint(found)));
	check(hint_at(word, hint_shift(i)) == BYTE(word, i));
}

/* The diagram of lib/alloc_map_find.c. */
PROOF(hint_states, ulong word, uint at, u8 hint, uint i)
{
	ulong begun = word, ended = word, raised = word;
	u8 old;

	assume(at < HINTS_PER_WORD && i < HINTS_PER_WORD);
	old = BYTE(word, at);
	check(alloc_map_hint_begin(&begun, 8 * at) == (old < HINT_MEASURED));
	check(alloc_map_hint_end(&ended, 8 * at, hint) == (old == HINT_MEASURED));
	alloc_map_hint_raise(&raised, 8 * at);
	check(BYTE(begun, i) == (i == at ? max_t(u8, old, HINT_MEASURED) : BYTE(word, i)));
	check(BYTE(ended, i) == (i != at ? BYTE(word, i) :
				 old == HINT_MEASURED ? hint : HINT_UNKNOWN));
	check(BYTE(raised, i) == (i != at ? BYTE(word, i) :
				  old < HINT_MEASURED ? HINT_UNKNOWN : HINT_SPOILT));
}

/* A place with @room units in a row is not passed over, and if known, rightly. */
PROOF(hint_for, ulong room, ulong nr)
{
	check(hint_for(room) <= HINT_UNKNOWN);
	check(nr > room || hint_for(room) >= hint_for(nr));
	check(nr <= room || nr > HINT_MOST || hint_for(room) < hint_for(nr));
}

PROOF(next_hint, uint start, uint end, u8 least, uint i)
{
	ulong hints[3];
	u8 *hint = (u8 *)hints;

	assume(end && end <= sizeof(hints) && start <= end && least && i < end);
	CALL(ulong, found, next_hint(hints, start, end, least));
	check(found == end || (found >= start && found < end && hint[found] >= least));
	check(i < start || hint[i] < least || found <= i);
}

PROOF(length_class, ulong len)
{
	static const uint least[] = { 0, 2, 4, 8, 16, 32, 128, UINT_MAX };

	CALL(uint, class, length_class(len));
	check(class <= 6 && len >= least[class] && (class == 6 || len < least[class + 1]));
}

PROOF(sets_with, ulong word, u8 classes, uint i)
{
	assume(classes < 0x80 && i < HINTS_PER_WORD);
	check(BYTE(sets_with(word, classes), i) ==
	      (BYTE(word, i) & (classes | 0x80) ? 0x80 : 0));
}

/* ---- allocate in a word ---- */

PROOF(alloc_in_word, ulong word, uint nr)
{
	ulong now = word, old, runs;

	assume(nr && nr <= W);
	runs = runs_of(free_units(word), nr);
	CALL(int, bit, alloc_in_word(&now, &old, nr));
	check(old == word && bit == (runs ? (int)__ffs(runs) : -1));
	check(now == (runs ? word | alloc_bits(low_mask(nr)) << bit : word));
}
