// SPDX-License-Identifier: GPL-2.0-only
/* Whole searches, in any state, by the proofs of their parts. */

#include "any.h"

static bool is_lowest(ulong unit, ulong start, ulong nr, ulong mask, ulong offset)
{
	return (unit == map->nr_units || fits(unit, start, nr, mask, offset)) &&
	       (unit <= place || !fits(place, start, nr, mask, offset));
}

LONG_PROOF(find, u8 start, u8 nr)
{
	any_map();
	CALL(ulong, unit, alloc_map_find(map, start, nr, 0, 0));
	check(is_lowest(unit, start, nr, 0, 0));
	check(became(0, 0, FREE, FREE));
}

HARD_PROOF(find_aligned, u8 start, u8 nr, u8 order, u8 offset)
{
	ulong mask;

	any_map();
	assume(order < 8);
	mask = (1UL << order) - 1;
	CALL(ulong, unit, alloc_map_find(map, start, nr, mask, offset));
	check(is_lowest(unit, start, nr, mask, offset));
	check(became(0, 0, FREE, FREE));
}

PROOF(find_refused, ulong start, ulong nr, ulong mask, ulong offset)
{
	any_map();
	assume(!in_map(map, start, nr));
	check(alloc_map_find(map, start, nr, mask, offset) == map->nr_units);
}

DEEP_PROOF(alloc, u8 nr)
{
	any_map();
	assume(nr);
	CALL(ulong, unit, alloc_map_alloc(map, nr));
	check(is_lowest(unit, 0, nr, 0, 0));
	check(became(unit, unit < map->nr_units ? nr : 0, HEAD, BODY));
}

/* The shortest run that will do, and the first of these. */
DEEP_PROOF(find_best, u8 start, u8 nr, u8 len, u8 other)
{
	any_map();
	assume(few_runs());
	CALL(ulong, unit, alloc_map_find_best(map, start, nr));
	assume(is_run(unit, len) && is_run(place, other));
	check(unit == map->nr_units || (unit >= start && len >= nr));
	check(!nr || place < start || other < nr ||
	      (place > start && WAS(place - 1) == FREE) ||
	      (unit < map->nr_units && (len < other || (len == other && unit <= place))));
	check(became(0, 0, FREE, FREE));
}

/* The highest place that fits. */
DEEP_PROOF(find_last, u8 nr)
{
	any_map();
	assume(few_runs());
	CALL(ulong, unit, alloc_map_find_last(map, nr));
	check(unit == map->nr_units || was_free(unit, nr));
	check(!was_free(place, nr) || (unit >= place && unit < map->nr_units));
	check(became(0, 0, FREE, FREE));
}
