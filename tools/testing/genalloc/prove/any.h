/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What goes from word to word, or from hint to hint, takes the place of calls in
 * some programs ("replaced" in the Makefile): any_NAME() returns anything that the
 * proof of NAME(), in brackets, allows, and asks for what that proof assumes.  What
 * would be better is ruled out for @place only, as no check knows another unit.
 */
#ifndef PROVE_ANY_H
#define PROVE_ANY_H

#include "map.h"

/* [prove/find_in] */
ulong any_alloc_map_find_in(const struct alloc_map *m, ulong start, ulong end,
			    ulong nr, ulong mask, ulong offset)
{
	ulong unit = nondet_ulong();

	check(nr && nr <= map->nr_units && end <= map->nr_units - nr + 1);
	assume(unit == NOWHERE || (unit < end && fits(unit, start, nr, mask, offset)));
	assume(unit <= place || place >= end || !fits(place, start, nr, mask, offset));
	return unit;
}

/* [prove/room] */
ulong any_alloc_map_room(const struct alloc_map *m, ulong from, ulong to, ulong enough)
{
	ulong ret = nondet_ulong();
	u8 len = nondet_ulong();

	check(from < to && to <= nr_words(map->nr_units) && enough);
	assume(is_run(place, len));
	assume(place < word_base(from) || place >= word_base(to) || len <= ret || ret >= enough);
	return ret;
}

/* [prove/next_free] */
ulong any_next_free(const struct alloc_map *m, ulong unit)
{
	u8 i, next = nondet_ulong();

	check(unit <= map->nr_units);
	assume(next >= unit && next <= map->nr_units);
	assume(next == map->nr_units || WAS(next) == FREE);
	for (i = 0; i < MOST; i++)
		assume(i < unit || i >= next || WAS(i) != FREE);
	return next;
}

/* [prove/run] */
ulong any_alloc_map_run(const struct alloc_map *m, ulong unit, ulong enough)
{
	u8 len = nondet_ulong(), ret = nondet_ulong();

	check(unit <= map->nr_units && enough);
	assume(is_run(unit, len) && (ret == len || (ret < len && ret >= enough)));
	return ret;
}

/* [prove/last_taken] */
ulong any_last_taken(const struct alloc_map *m, ulong start, ulong end)
{
	u8 i, last = nondet_ulong();
	bool none = nondet_ulong();

	check(start < end && end <= MOST);
	assume(none || (last >= start && last < end && WAS(last) != FREE));
	for (i = 0; i < MOST; i++)
		assume(i < start || i >= end || (!none && i <= last) || WAS(i) == FREE);
	return none ? NOWHERE : last;
}

/* [prove/prev_free_end] */
ulong any_prev_free_end(const struct alloc_map *m, ulong unit)
{
	u8 i, end = nondet_ulong();

	check(unit <= map->nr_units);
	assume(end <= unit && (!end || WAS(end - 1) == FREE));
	for (i = 0; i < MOST; i++)
		assume(i < end || i >= unit || WAS(i) != FREE);
	return end;
}

/* [prove/alloc_in_word] */
int any_alloc_in_word(ulong *word, ulong *old, uint nr)
{
	ulong base = word_base(word - words), unit = nondet_ulong();
	bool found = nondet_ulong();
	uint bit = 2 * (unit % UNITS_PER_WORD);

	check(nr && nr <= UNITS_PER_WORD);
	assume(!found || (unit >= base && unit + nr <= base + UNITS_PER_WORD &&
			  was_free(unit, nr)));
	assume((found && unit <= place) || place < base ||
	       place + nr > base + UNITS_PER_WORD || !was_free(place, nr));
	*old = *word;
	if (!found)
		return -1;
	*word |= alloc_bits(low_mask(nr)) << bit;
	return bit;
}

/* [prove/claim] */
static bool any_claim(ulong start, ulong nr)
{
	bool done = was_free(start, nr);
	u8 i, from = start, end = start + nr;

	for (i = 0; i < MOST; i++)
		if (done && i >= from && i < end)
			words[i / UNITS_PER_WORD] |= unit_bits(i % UNITS_PER_WORD,
							       i == from ? HEAD : BODY);
	return done;
}

bool any_alloc_map_claim_units(struct alloc_map *m, ulong start, ulong nr)
{
	return any_claim(start, nr);
}

bool any_alloc_map_claim_words(struct alloc_map *m, ulong start, ulong nr)
{
	return any_claim(start, nr);
}

/* [prove/next_block] */
ulong any_next_block(const struct alloc_map *m, ulong block, ulong end, uint nr)
{
	u8 next = nondet_ulong();

	check(nr && nr <= HINT_MOST && block <= end && end && end <= nr_blocks(map));
	assume(next >= block && next <= end);
	assume(place < block * UNITS_PER_BLOCK || place >= next * UNITS_PER_BLOCK ||
	       !was_free(place, nr));
	return next;
}

/* [prove/lower_block] */
void any_lower_block(const struct alloc_map *m, ulong block, bool sure)
{
	check(block < nr_blocks(map));
}

#endif /* PROVE_ANY_H */
