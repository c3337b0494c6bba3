/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A map of up to WORDS words, in any state that keeps Invariant B, with any
 * hints that are not too low.  The words before the call are kept.  Loops go
 * through all units: the checker knows each index.  Units of the map fit into a
 * u8, which makes comparisons short.
 */
#ifndef PROVE_MAP_H
#define PROVE_MAP_H

#include "prove.h"

#include "alloc_map.c"
#include "alloc_map_find.c"
#include "alloc_map_parts.c"

#define MOST		(WORDS * UNITS_PER_WORD)
#define ROW(row, i)	UNIT((row)[(i) / UNITS_PER_WORD], (i) % UNITS_PER_WORD)
#define WAS(i)		ROW(was, i)
#define NOW(i)		ROW(words, i)
#define FREE		ALLOC_MAP_FREE
#define BUSY		ALLOC_MAP_BUSY
#define BODY		ALLOC_MAP_BODY
#define HEAD		ALLOC_MAP_HEAD

/* Before the words are other members of a map: pointers may go there. */
#define BEFORE		(offsetof(struct alloc_map, words) / sizeof(long))

static ulong row[BEFORE + WORDS], was[WORDS], hint;
static ulong *const words = row + BEFORE;
/* Of blocks, of groups, and sets of lengths. */
static ulong hints[3];
static struct alloc_map_parts parts = { .words = hints, .blocks = hints };
static struct alloc_map the_map = { .words = row + BEFORE, .hint = &hint };
static struct alloc_map *const map = &the_map;

/* Any unit: the hints on it must be right before a call and behind it. */
static u8 place;

/* Whether exactly @nr units are free from @unit on. */
static bool is_run(ulong unit, ulong nr)
{
	bool is = unit < MOST && nr < MOST - unit;
	u8 i, from = unit, end = unit + nr;

	for (i = 0; i < MOST; i++)
		is &= i < from || i > end || (NOW(i) == FREE) == (i < end);
	return is;
}

/* A set may have a length too many, but has that of a run that begins here. */
static bool set_holds(ulong nr)
{
	u8 set = hint_at(hints[2], hint_shift(place / UNITS_PER_BLOCK));

	return !nr || !parts.lengths || set >= HINT_UNKNOWN ||
	       (place && NOW(place - 1) == FREE) || set >> length_class(nr) & 1;
}

/* What does not fit does not begin here, aligned, if the hint is a known one. */
static bool vain_holds(ulong len)
{
	uint order = map->vain & HINT_MASK;
	ulong mask = order < BITS_PER_LONG ? (1UL << order) - 1 : ULONG_MAX;

	return hint_at(hint, map->hint_shift) > HINT_VAIN || place & mask ||
	       !len || len < map->vain >> HINT_BITS;
}

static bool hints_hold(void)
{
	u8 nr = nondet_ulong(), block = place / UNITS_PER_BLOCK;
	uint least = hint_for(nr);

	assume(is_run(place, nr));
	if (hint_at(hint, map->hint_shift) < least || !vain_holds(nr))
		return false;
	return !map->parts ||
	       (hint_at(hints[0], hint_shift(block)) >= least && set_holds(nr) &&
		(!parts.groups ||
		 hint_at(hints[1], hint_shift(block / BLOCKS_PER_GROUP)) >= least));
}

static bool keeps_b(void)
{
	bool keeps = true;
	u8 i, last = FREE;

	for (i = 0; i < MOST; last = NOW(i), i++)
		keeps &= NOW(i) != BODY || last != FREE;
	return keeps;
}

/* Blocks of a word, groups of two; sets from the first search for the best on. */
static void any_parts(void)
{
	map->parts = &parts;
	parts.groups = nr_groups(map) > ALLOC_MAP_FEW ? hints + 1 : NULL;
	parts.lengths = nondet_ulong() ? hints + 2 : NULL;
	hints[0] = nondet_ulong();
	hints[1] = nondet_ulong();
	hints[2] = parts.lengths ? nondet_ulong() : HINT_UNKNOWN * HINT_LOW_BITS;
}

static void any_map(void)
{
	u8 i, nr = nondet_ulong();

	map->nr_units = nr;
	map->hint_shift = HINT_BITS * (nondet_ulong() % HINTS_PER_WORD);
	map->vain = nondet_ulong();
	hint = nondet_ulong();
	for (i = 0; i < WORDS; i++) {
		words[i] = nondet_ulong();
		was[i] = words[i];
	}
	for (i = 0; i < MOST; i++)
		assume(i < nr || NOW(i) == HEAD);
	if (LARGE)
		any_parts();
	place = nondet_ulong();
	assume(nr < MOST && place < MOST && nr >= LARGE * (UNITS_PER_WORD + 1));
	assume(keeps_b() && hints_hold());
	show(map->nr_units);
	show(words[0]);
	show(words[1]);
	if (WORDS > 2)
		show(words[2]);
}

/* For calls that go from run to run. */
static bool few_runs(void)
{
	u8 i, nr = 0, last = HEAD;

	for (i = 0; i < MOST; last = WAS(i), i++)
		nr += WAS(i) == FREE && last != FREE;
	return nr <= 4;
}

/* Whether [start, start + nr), not empty, was in the map and free. */
static bool was_free(ulong start, ulong nr)
{
	bool all = nr && start < map->nr_units && nr <= map->nr_units - start;
	u8 i, from = start, end = start + nr;

	for (i = 0; i < MOST; i++)
		all &= i < from || i >= end || WAS(i) == FREE;
	return all;
}

static bool fits(ulong unit, ulong start, ulong nr, ulong mask, ulong offset)
{
	return unit >= start && !((unit + offset) & mask) && was_free(unit, nr);
}

/* Whether there were @nr - 1 bodies behind @head, and then something else. */
static bool was_extent(ulong head, ulong nr)
{
	bool all = nr && nr <= map->nr_units - head;
	u8 i, from = head, end = head + nr;

	for (i = 1; i < MOST; i++)
		all &= i <= from || i > end || (WAS(i) == BODY) == (i < end);
	return all;
}

/* Whether [start, start + nr) became @first, @later..., and nothing else. */
static bool became(ulong start, ulong nr, uint first, uint later)
{
	u8 i, from = start, end = start + nr;
	bool all = true;

	for (i = 0; i < MOST; i++)
		all &= NOW(i) == (i < from || i >= end ? WAS(i) :
				  i == from ? first : later);
	return all && hints_hold();
}

/* What calls answer about @head alone; @arg is one that must not be 0. */
static int refusal(ulong head, ulong arg)
{
	static const int errors[] = { -ENOENT, -EBUSY, -EINVAL, 0 };

	if (head >= map->nr_units)
		return -ERANGE;
	return arg ? errors[WAS(head)] : -EINVAL;
}

#endif /* PROVE_MAP_H */
