// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of searches, in any state: the place found will do, and @place, which
 * is any unit, would not be better.  Arguments are small, so that numbers are
 * short: alloc_map_find() refuses others, see search.c.
 */

#include "map.h"

/* The lowest place below @end that fits, or none. */
static bool is_lowest(ulong unit, ulong start, ulong end, ulong nr, ulong mask,
		      ulong offset)
{
	return (unit == NOWHERE ||
		(unit < end && fits(unit, start, nr, mask, offset))) &&
	       (unit <= place || place >= end ||
		!fits(place, start, nr, mask, offset));
}

LONG_PROOF(find_in, u8 start, u8 end, u8 nr)
{
	any_map();
	assume(nr && nr <= map->nr_units && end <= map->nr_units - nr + 1);
	CALL(ulong, unit, alloc_map_find_in(map, start, end, nr, 0, 0));
	check(is_lowest(unit, start, end, nr, 0, 0));
}

/* A wider alignment has one aligned unit, as one of 128 units. */
HARD_PROOF(find_in_aligned, u8 start, u8 end, u8 nr, u8 order, u8 offset)
{
	ulong mask;

	any_map();
	assume(nr && nr <= map->nr_units && end <= map->nr_units - nr + 1);
	assume(order < 8);
	mask = (1UL << order) - 1;
	CALL(ulong, unit, alloc_map_find_in(map, start, end, nr, mask, offset));
	check(is_lowest(unit, start, end, nr, mask, offset));
}

PROOF(is_free, ulong start, ulong nr)
{
	any_map();
	CALL(bool, is, alloc_map_is_free(map, start, nr));
	check(is == was_free(start, nr));
}

PROOF(last_taken, ulong start, ulong end)
{
	ulong last = NOWHERE;
	u8 i;

	any_map();
	assume(start < end && end <= MOST);
	for (i = 0; i < MOST; i++)
		last = i >= start && i < end && WAS(i) != FREE ? i : last;
	CALL(ulong, ret, last_taken(map, start, end));
	check(ret == last);
}

PROOF(next_free, ulong unit)
{
	u8 i, next, end = MOST;

	any_map();
	assume(unit <= map->nr_units);
	next = map->nr_units;
	for (i = MOST; i--;) {
		next = i >= unit && WAS(i) == FREE ? i : next;
		end = i >= unit && WAS(i) != FREE ? i : end;
	}
	check(next_free(map, unit) == next);
	check(alloc_map_free_end(map, unit) == end);
}

PROOF(prev_free_end, ulong unit)
{
	u8 i, end = 0;

	any_map();
	assume(unit <= map->nr_units);
	for (i = 0; i < MOST; i++)
		end = i < unit && WAS(i) == FREE ? i + 1 : end;
	check(prev_free_end(map, unit) == end);
}

PROOF(run, ulong unit, ulong enough, ulong len)
{
	any_map();
	assume(unit <= map->nr_units && enough && is_run(unit, len));
	CALL(ulong, ret, alloc_map_run(map, unit, enough));
	check(ret == len || (ret < len && ret >= enough));
}

/* There is such a run, and none from @place on is longer, if that matters. */
LONG_PROOF(room, ulong from, ulong to, ulong enough, ulong len)
{
	bool there = false;
	u8 i, run = 0;

	any_map();
	assume(from < to && to <= nr_words(map->nr_units) && enough && is_run(place, len));
	CALL(ulong, ret, alloc_map_room(map, from, to, enough));
	check(place < word_base(from) || place >= word_base(to) || len <= ret || ret >= enough);
	for (i = 0; i < MOST; i++) {
		run = WAS(i) == FREE && i >= word_base(from) ? run + 1 : 0;
		there |= run == ret && i + 1 - ret < word_base(to);
	}
	check(!ret || there);
}
