// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ghost: what is allocated in the eyes of those who allocate.  It changes
 * where a call returns, and only a rightful free gives up before it calls.
 *
 * After every step:
 *  - Invariant B holds over all words;
 *  - the units behind the end are untouched;
 *  - every allocation of the ghost is in the map from head to end, unless a
 *    free by somebody without a right to it, a split or a trim is in progress
 *    that names its head.
 * After every schedule the map is what the ghost says, to the bit.
 *
 * A late second free may free what was allocated at the same place meanwhile.
 * No allocator without handles can tell; the ghost goes along (FREE).  It must
 * have freed exactly one allocation then, and nobody else's.
 *
 * The arithmetic is not that of lib/alloc_map.c, on purpose.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bits.h>

#include "explore.h"

#define LOW	(~0UL / 3)

struct shared shared;
const char *failure;
bool harm_only;

void wrong(const char *what)
{
	if (!failure)
		failure = what;
}

static void expect(bool right, const char *what)
{
	if (!right)
		wrong(what);
}

/* ---- the ghost ---- */

static struct live *live_at(unsigned long start)
{
	struct live *live;

	for (live = shared.live; live < shared.live + MAX_LIVE; live++)
		if (live->nr && live->start == start)
			return live;
	return NULL;
}

static void live_add(unsigned long start, unsigned long nr)
{
	struct live *live;

	expect(!live_at(start), "allocated twice");
	for (live = shared.live; live < shared.live + MAX_LIVE; live++) {
		if (live->nr)
			continue;
		*live = (struct live) { .start = start, .nr = nr };
		return;
	}
	wrong("MAX_LIVE is too small");
}

static unsigned long min_of(unsigned long a, unsigned long b)
{
	return a < b ? a : b;
}

/* Is [start, start + nr) one of the pieces that @split makes of @live? */
static bool is_piece(const struct live *live, const struct call *split,
		     unsigned long start, unsigned long nr)
{
	unsigned long end = live->start + live->nr;

	return start >= live->start && start < end &&
	       (start - live->start) % split->nr == 0 &&
	       nr == min_of(split->nr, end - start);
}

/* Freed before the split has returned. */
static bool piece_gone(unsigned long start, unsigned long nr)
{
	const struct thread *thread;
	struct live *live;
	unsigned int bit;

	for (thread = threads; thread < threads + nr_threads; thread++) {
		if (thread->call.kind != SPLIT)
			continue;
		live = live_at(thread->call.start);
		if (!live || !is_piece(live, &thread->call, start, nr))
			continue;
		bit = BIT((start - live->start) / thread->call.nr);
		expect(!(live->gone & bit), "piece freed twice");
		live->gone |= bit;
		return true;
	}
	return false;
}

/* Somebody was told that he freed [start, start + nr). */
static void live_freed(unsigned long start, unsigned long nr)
{
	struct live *live = live_at(start);

	if (live && live->nr == nr && !live->gone)
		live->nr = 0;
	else
		expect(piece_gone(start, nr), "freed what was not there");
}

static void live_split(unsigned long start, unsigned long piece)
{
	struct live *live = live_at(start);
	unsigned long from, end;
	unsigned int gone;

	if (!live) {
		wrong("split what was not there");
		return;
	}
	gone = live->gone;
	end = start + live->nr;
	live->nr = 0;
	for (from = start; from < end; from += piece, gone >>= 1)
		if (!(gone & 1))
			live_add(from, min_of(piece, end - from));
}

static void live_trimmed(unsigned long start, unsigned long keep)
{
	struct live *live = live_at(start);

	if (!live || live->nr < keep)
		wrong("trimmed what was not there");
	else
		live->nr = keep;
}

/* ---- calls ---- */

static enum result result_of(int err)
{
	switch (err) {
	case 0:
		return WIN;
	case -ENOENT:
		return NOENT;
	case -EINVAL:
		return INVAL;
	case -EBUSY:
		return BUSY;
	case -EMSGSIZE:
		return MSGSIZE;
	default:
		return 0;
	}
}

static void expect_result(const struct call *call, int err)
{
	expect(result_of(err) & call->may, "result not foreseen");
}

static bool claim(unsigned long start, unsigned long nr)
{
	if (!alloc_map_claim(the_map(), start, nr))
		return false;
	live_add(start, nr);
	return true;
}

/* As in lib/genalloc.c: find room, and look again if it has gone. */
static struct range alloc(unsigned long nr, bool best)
{
	unsigned long units = the_map()->nr_units;
	unsigned long start;

	do {
		start = best ? alloc_map_find_best(the_map(), 0, nr) :
			       alloc_map_find(the_map(), 0, nr, 0, 0);
		if (start >= units || nr > units - start)
			return (struct range) {};
	} while (!claim(start, nr));

	return (struct range) { start, nr };
}

static void claim_all(void)
{
	if (!alloc_map_claim_all(the_map()))
		return;
	live_add(0, the_map()->nr_units);
	if (live_at(0))
		live_at(0)->retired = true;
}

/* Others may use the units before this returns. */
static void free_own(unsigned long start, unsigned long nr, unsigned long size)
{
	struct live *live = live_at(start);
	unsigned long extent;

	expect(live && live->nr == nr, "what is to be freed was not there");
	if (live)
		live->nr = 0;
	expect(!alloc_map_release(the_map(), start, size, &extent),
	       "rightful free refused");
	expect(extent == nr, "wrong extent freed");
}

static void free_any(const struct call *call)
{
	unsigned long extent;
	int err = alloc_map_release(the_map(), call->start, call->size, &extent);

	expect_result(call, err);
	if (err)
		return;
	expect(!call->size || call->size == extent, "freed another size");
	live_freed(call->start, extent);
}

static void split(const struct call *call)
{
	int err = alloc_map_split(the_map(), call->start, call->nr);
	struct live *live = live_at(call->start);

	expect_result(call, err);
	if (!err)
		live_split(call->start, call->nr);
	else
		expect(!live || !live->gone, "left in between");
}

static void trim(const struct call *call)
{
	int err = alloc_map_trim(the_map(), call->start, call->nr);

	expect_result(call, err);
	if (!err)
		live_trimmed(call->start, call->nr);
}

static void look(unsigned long start, unsigned long nr)
{
	expect(alloc_map_extent(the_map(), start) == nr, "wrong extent");
	expect(alloc_map_head(the_map(), start) == start, "wrong head");
	expect(alloc_map_head(the_map(), start + nr - 1) == start,
	       "wrong head of the last unit");
}

static void watch(unsigned long start, unsigned long nr)
{
	unsigned long extent = alloc_map_extent(the_map(), start);

	expect(!extent || extent == nr, "extent of half an allocation");
}

static void peek(unsigned long unit)
{
	unsigned long nr = alloc_map_extent(the_map(), unit);
	unsigned long head = alloc_map_head(the_map(), unit);

	expect(unit + nr <= the_map()->nr_units, "extent past the end");
	expect(head <= unit || head == the_map()->nr_units, "head behind unit");
}

/* @claimed: what this thread's last claim got, until it is freed. */
static void run_call(const struct call *call, struct range *claimed)
{
	struct range range = { call->start, call->nr };

	switch (call->kind) {
	case CLAIM:
		if (!claimed->nr && claim(range.start, range.nr))
			*claimed = range;
		break;
	case ALLOC:
	case BEST:
		*claimed = alloc(range.nr, call->kind == BEST);
		expect(claimed->nr || call->may != WIN, "no room found");
		break;
	case CLAIM_ALL:
		claim_all();
		break;
	case FREE_OWN:
		free_own(range.start, range.nr, call->size);
		break;
	case FREE:
		free_any(call);
		break;
	case SPLIT:
		split(call);
		break;
	case TRIM:
		trim(call);
		break;
	case LOOK:
		look(range.start, range.nr);
		break;
	case WATCH:
		watch(range.start, range.nr);
		break;
	case PEEK:
		peek(range.start);
		break;
	case FREE_CLAIMED:
	case NOTHING:
		break;
	}
}

/* FREE_CLAIMED in terms of what was claimed: rightful if it may not fail. */
static struct call free_claimed(const struct call *call, struct range *claimed)
{
	struct range range = *claimed;

	*claimed = (struct range) {};
	return (struct call) {
		.kind = !range.nr ? NOTHING : call->may ? FREE : FREE_OWN,
		.start = range.start, .nr = range.nr, .may = call->may,
	};
}

void run_calls(struct thread *thread, const struct call *calls)
{
	struct range claimed = {};
	unsigned int i;

	for (i = 0; i < MAX_CALLS && calls[i].kind; i++) {
		thread->call = calls[i];
		if (calls[i].kind == FREE_CLAIMED)
			thread->call = free_claimed(&calls[i], &claimed);
		run_call(&thread->call, &claimed);
		thread->call.kind = NOTHING;
	}
}

static bool has_call(const struct scenario *scenario, enum call_kind kind)
{
	unsigned int t, i;

	for (t = 0; t < MAX_THREADS; t++)
		for (i = 0; i < MAX_CALLS; i++)
			if (scenario->threads[t][i].kind == kind)
				return true;
	return false;
}

void set_up(const struct scenario *scenario)
{
	const struct range *placed = scenario->placed;
	unsigned int i;

	memset(&shared, 0, sizeof(shared));
	if (alloc_map_bytes(scenario->units) > sizeof(shared.map)) {
		fprintf(stderr, "explore: MAX_WORDS is too small\n");
		exit(2);
	}
	alloc_map_init(the_map(), scenario->units);
	for (i = 0; i < MAX_PLACED && placed[i].nr; i++)
		expect(claim(placed[i].start, placed[i].nr), "cannot set up");
	/* Hints of blocks, then of groups, become as low as they can be. */
	alloc_map_find(the_map(), 0, W, 0, 0);
	alloc_map_find(the_map(), 0, 1, 0, 0);
	alloc_map_find(the_map(), 0, 1, 0, 0);
	if (has_call(scenario, BEST))
		alloc_map_find_best(the_map(), 0, W);
}

/* ---- checks ---- */

static unsigned long body_bits(unsigned long word)
{
	return word >> 1 & ~word & LOW;
}

static unsigned long taken_bits(unsigned long word)
{
	return (word | word >> 1) & LOW;
}

/* A body right behind a free unit has lost its head. */
static void check_invariant_b(void)
{
	const unsigned long *words = the_map()->words;
	unsigned long below = 0;
	unsigned int i;

	for (i = 0; i < nr_words(); i++) {
		below |= taken_bits(words[i]) << 2;
		expect(!(body_bits(words[i]) & ~below), "body without a head");
		below = taken_bits(words[i]) >> (BITS_PER_LONG - 2);
	}
}

static void check_behind_end(void)
{
	unsigned long units = the_map()->nr_units;
	unsigned long behind = ~0UL << 2 * (units % W);

	expect((the_map()->words[units / W] & behind) == behind,
	       "units behind the end changed");
}

/* The two bits of units [from, to) of a word. */
static unsigned long both_bits(unsigned long from, unsigned long to)
{
	unsigned long below_from = BIT(2 * from) - 1;
	unsigned long below_to = to < W ? BIT(2 * to) - 1 : ~0UL;

	return below_to & ~below_from;
}

/* What the units of @live in word @i look like; which they are goes to @mask. */
static unsigned long bits_of(const struct live *live, unsigned int i,
			     unsigned long *mask)
{
	unsigned long base = i * W;
	unsigned long end = live->start + live->nr;
	unsigned long head = 0;

	*mask = 0;
	if (end <= base || live->start >= base + W)
		return 0;
	if (live->start >= base)
		head = BIT(2 * (live->start - base));

	*mask = both_bits(head ? live->start - base : 0, min_of(end - base, W));
	return (*mask & ~LOW & ~(live->retired ? head << 1 : 0)) | head;
}

static bool is_body(unsigned long unit)
{
	unsigned long word = the_map()->words[unit / W];

	return (word >> 2 * (unit % W) & 3) == ALLOC_MAP_BODY;
}

static bool in_map(const struct live *live)
{
	unsigned long end = live->start + live->nr;
	unsigned long bits, mask;
	unsigned int i;

	for (i = live->start / W; i * W < end; i++) {
		bits = bits_of(live, i, &mask);
		if ((the_map()->words[i] & mask) != bits)
			return false;
	}
	return !is_body(end);
}

/* Is somebody at it who may change it? */
static bool at_work_on(const struct live *live)
{
	const struct thread *thread;

	for (thread = threads; thread < threads + nr_threads; thread++)
		if ((thread->call.kind == FREE || thread->call.kind == SPLIT ||
		     thread->call.kind == TRIM) &&
		    thread->call.start == live->start)
			return true;
	return false;
}

static void check_live(void)
{
	const struct live *live;

	for (live = shared.live; live < shared.live + MAX_LIVE; live++)
		if (live->nr && !at_work_on(live))
			expect(in_map(live), "a live allocation changed");
}

void check_step(void)
{
	if (!harm_only)
		check_invariant_b();
	check_behind_end();
	check_live();
}

/* Word @i as the ghost says it should be. */
static unsigned long ghost_word(unsigned int i)
{
	unsigned long units = the_map()->nr_units;
	unsigned long word = i == units / W ? ~0UL << 2 * (units % W) : 0;
	const struct live *live;
	unsigned long mask;

	for (live = shared.live; live < shared.live + MAX_LIVE; live++)
		word |= live->nr ? bits_of(live, i, &mask) : 0;
	return word;
}

/* The lowest @nr units in a row that are free in the eyes of the ghost. */
static unsigned long ghost_find(unsigned long nr)
{
	unsigned long unit, run = 0;

	for (unit = 0; unit < the_map()->nr_units; unit++) {
		run = ghost_word(unit / W) >> 2 * (unit % W) & 3 ? 0 : run + 1;
		if (run == nr)
			return unit + 1 - nr;
	}
	return unit;
}

/* The shortest of them, the lowest of several. */
static unsigned long ghost_find_best(unsigned long nr)
{
	unsigned long units = the_map()->nr_units, best = units, len = ~0UL;
	unsigned long unit, run = 0;

	for (unit = 0; unit <= units; unit++) {
		if (!(ghost_word(unit / W) >> 2 * (unit % W) & 3)) {
			run++;
			continue;
		}
		if (run >= nr && run < len) {
			best = unit - run;
			len = run;
		}
		run = 0;
	}
	return best;
}

/* Hints do not hide what is free. */
static void check_find(void)
{
	unsigned long nr;

	if (!the_map()->hints[ALLOC_MAP_BLOCKS])
		return;
	for (nr = 4; nr; nr--)
		expect(alloc_map_find(the_map(), 0, nr, 0, 0) == ghost_find(nr),
		       "a search does not find the first room");
	for (nr = 4; nr && the_map()->lengths; nr--)
		expect(alloc_map_find_best(the_map(), 0, nr) ==
		       ghost_find_best(nr),
		       "a search does not find the best fit");
}

void check_end(const struct scenario *scenario)
{
	unsigned int i, nr = 0;

	for (i = 0; i < nr_words(); i++)
		expect(the_map()->words[i] == ghost_word(i),
		       the_map()->words[i] & ~ghost_word(i) ?
		       "units lost" : "units given away");
	for (i = 0; i < MAX_LIVE; i++)
		nr += shared.live[i].nr != 0;
	expect(nr >= scenario->least, "too few allocations are left");
	expect(nr <= scenario->most, "too many allocations are left");
	if (!failure)
		check_find();
}
