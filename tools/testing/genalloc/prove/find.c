// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every search, in any state: what it finds will do, and @place, which is any
 * unit, would not be better.
 */

#include "map.h"

static bool fits(ulong unit, ulong start, ulong nr, ulong mask, ulong offset)
{
	return unit >= start && !((unit + offset) & mask) && was_free(unit, nr);
}

/* The lowest place that fits, or none. */
static bool is_lowest(ulong unit, ulong start, ulong nr, ulong mask, ulong offset)
{
	return (unit == map->nr_units || fits(unit, start, nr, mask, offset)) &&
	       (unit <= place || !fits(place, start, nr, mask, offset));
}

LONG_PROOF(find_plain, ulong start, ulong nr)
{
	any_map();
	CALL(ulong, unit, alloc_map_find(map, start, nr, 0, 0));
	check(is_lowest(unit, start, nr, 0, 0));
	check(became(0, 0, FREE, FREE));
}

LONG_PROOF(find_aligned, ulong start, ulong nr, uint order, ulong offset)
{
	ulong mask;

	any_map();
	assume(order < BITS_PER_LONG);
	mask = (1UL << order) - 1;
	CALL(ulong, unit, alloc_map_find(map, start, nr, mask, offset));
	check(is_lowest(unit, start, nr, mask, offset));
	check(became(0, 0, FREE, FREE));
}

LONG_PROOF(alloc, ulong nr)
{
	any_map();
	assume(nr);
	CALL(ulong, unit, alloc_map_alloc(map, nr));
	check(is_lowest(unit, 0, nr, 0, 0));
	check(became(unit, unit < map->nr_units ? nr : 0, HEAD, BODY));
}

/* The shortest run that will do, and the first of these. */
LONG_PROOF(find_best, ulong start, ulong nr, ulong len, ulong other)
{
	any_map();
	CALL(ulong, unit, alloc_map_find_best(map, start, nr));
	assume(is_run(unit, len) && is_run(place, other));
	check(unit == map->nr_units || (unit >= start && len >= nr));
	check(!nr || place < start || other < nr ||
	      (place > start && WAS(place - 1) == FREE) ||
	      (unit < map->nr_units && (len < other || (len == other && unit <= place))));
	check(became(0, 0, FREE, FREE));
}

/* The highest place that fits. */
LONG_PROOF(find_last, ulong nr)
{
	any_map();
	CALL(ulong, unit, alloc_map_find_last(map, nr));
	check(unit == map->nr_units || was_free(unit, nr));
	check(!was_free(place, nr) || (unit >= place && unit < map->nr_units));
	check(became(0, 0, FREE, FREE));
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
