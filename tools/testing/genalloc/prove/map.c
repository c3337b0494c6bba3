// SPDX-License-Identifier: GPL-2.0-only
/* Every change of a map, and every look at it, from any state. */

#include "map.h"

LONG_PROOF(claim, ulong start, ulong nr)
{
	any_map();
	CALL(bool, done, alloc_map_claim(map, start, nr));
	check(done == was_free(start, nr));
	check(became(start, done ? nr : 0, HEAD, BODY));
}

LONG_PROOF(release, ulong head, ulong nr)
{
	int err;

	any_map();
	err = refusal(head, 1);
	CALL(long, ret, alloc_map_release(map, head, nr));
	if (err)
		check(ret == err);
	else if (ret > 0)
		check(was_extent(head, ret) && (!nr || nr == ret));
	else
		check(ret == -EMSGSIZE && nr && !was_extent(head, nr));
	check(became(head, ret > 0 ? ret : 0, FREE, FREE));
}

LONG_PROOF(take_clear, ulong head, ulong nr)
{
	int err;

	any_map();
	err = refusal(head, 1);
	CALL(long, ret, alloc_map_take(map, head, nr));
	if (ret < 0) {
		check(err ? ret == err :
		      ret == -EMSGSIZE && nr && !was_extent(head, nr));
		check(became(0, 0, FREE, FREE));
		return;
	}
	check(!err && was_extent(head, ret) && (!nr || nr == ret));
	check(became(head, 1, BUSY, BUSY));
	alloc_map_clear(map, head, ret);
	check(became(head, ret, FREE, FREE));
}

/* Up to four pieces; the loop does not know how many there are. */
HARD_PROOF(split, ulong head, ulong piece, ulong nr)
{
	u8 i, at = 0, from = head, end = head + nr;
	bool all = true;
	int err;

	any_map();
	err = refusal(head, piece);
	assume(err || (was_extent(head, nr) && (piece >= nr || 4 * piece >= nr)));
	CALL(int, ret, alloc_map_split(map, head, piece));
	check(ret == err);
	for (i = 0; i < MOST; i++) {
		at = i <= from || at + 1 == piece ? 0 : at + 1;
		all &= NOW(i) == (ret || i < from || i >= end || at ?
				  WAS(i) : HEAD);
	}
	check(all && hints_hold());
}

LONG_PROOF(retire)
{
	bool all = true;
	u8 i;

	any_map();
	CALL(bool, done, alloc_map_retire(map));
	check(!map->nr_units || done == was_free(0, map->nr_units));
	for (i = 0; i < MOST; i++)
		all &= NOW(i) == (!done || i >= map->nr_units ? WAS(i) :
				  i % UNITS_PER_WORD ? BODY : BUSY);
	check(all && hints_hold());
}

/* ---- look ---- */

PROOF(head, ulong unit)
{
	u8 i, head = 0;

	any_map();
	assume(unit < map->nr_units);
	for (i = 0; i < MOST; i++)
		head = i <= unit && WAS(i) != BODY ? i : head;
	CALL(ulong, ret, alloc_map_head(map, unit));
	check(ret == (WAS(unit) == FREE ? map->nr_units : head));
	check(alloc_map_state(map, unit) == WAS(unit));
	check(unit_is_free(map, unit) == (WAS(unit) == FREE));
}

PROOF(extent, ulong head)
{
	any_map();
	CALL(ulong, ret, alloc_map_extent(map, head));
	check(refusal(head, 1) ? !ret : was_extent(head, ret));
}

PROOF(same, ulong first, ulong last)
{
	bool all;
	u8 i;

	any_map();
	assume(first < map->nr_units && first <= last);
	all = last < map->nr_units;
	for (i = 0; i < MOST; i++)
		all &= i <= first || i > last || WAS(i) == BODY;
	CALL(bool, ret, alloc_map_same(map, first, last));
	check(ret == all);
}

PROOF(next, ulong unit)
{
	u8 i, next = 0;

	any_map();
	assume(unit <= map->nr_units);
	for (i = MOST; i--;)
		next = i >= unit && WAS(i) == HEAD ? i : next;
	CALL(ulong, ret, alloc_map_next(map, unit));
	check(ret == min_t(ulong, next, map->nr_units));
}

/* All of an empty map, and one less for each unit, but for busy heads. */
LONG_PROOF(nr_free, ulong unit, uint state)
{
	ulong nr;

	any_map();
	nr = alloc_map_nr_free(map);
	check(nr == map->nr_units || !was_free(0, map->nr_units));
	assume(unit < map->nr_units && WAS(unit) == FREE && state < 4);
	words[word_index(unit)] |= unit_bits(unit_at(unit), state);
	CALL(ulong, ret, alloc_map_nr_free(map));
	check(ret == nr - state / 2);
}

/* ---- several calls, from an empty map on ---- */

static void empty_map(void)
{
	any_map();
	assume(was_free(0, map->nr_units) && map->nr_units < 2 * UNITS_PER_WORD);
	hint = HINT_UNKNOWN * HINT_LOW_BITS;
	hints[0] = hint;
	hints[1] = hint;
}

DEEP_PROOF(claim_free, ulong start, ulong nr, ulong behind, ulong more)
{
	bool fits;

	empty_map();
	assume(behind <= MOST && more && more <= MOST);
	assume(alloc_map_claim(map, start, nr));
	fits = (behind >= start + nr || behind + more <= start) &&
	       behind + more <= map->nr_units;
	check(alloc_map_claim(map, behind, more) == fits);
	check(alloc_map_release(map, start, 0) == nr);
	check(became(behind, fits ? more : 0, HEAD, BODY));
}

DEEP_PROOF(split_free, ulong start, ulong nr, ulong piece, u8 i)
{
	empty_map();
	assume(piece <= MOST && i < 4 && i * piece < nr && 4 * piece >= nr);
	assume(alloc_map_claim(map, start, nr));
	check(!alloc_map_split(map, start, piece));
	check(alloc_map_release(map, start + i * piece, 0) ==
	      min(piece, nr - i * piece));
}
