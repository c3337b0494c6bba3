// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ghost: the allocations in the eyes of the callers.  It changes where a
 * call returns; only a rightful free gives its allocation up before the call.
 *
 * After every step:
 *  - Invariant B holds over all words;
 *  - the units behind the end are untouched;
 *  - every allocation of the ghost is in the map from head to end, unless a
 *    free without a right to it, or a split, is in progress that names its head.
 * After every schedule the map is what the ghost says, to the bit.
 *
 * A late second free may free an allocation made at the same place meanwhile.
 * No allocator without handles can tell; the ghost goes along (FREE).  It must
 * have freed exactly one allocation then, and no part of another.
 *
 * The arithmetic is not that of lib/alloc_map*.c, on purpose.
 */

#include <stdio.h>
#include <stdlib.h>

#include "explore.h"

#define LOW	(~0UL / 3)

enum { MARKED = 254 };	/* and 255: hints that say that a CPU measures */

struct shared shared;
const char *failure;
bool hints_change;
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

static unsigned long nr_units(void)
{
	return the_map()->nr_units;
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

static bool is_split(const struct call *call)
{
	return call->kind == SPLIT || call->kind == CUT;
}

/* The length of the piece of @live that begins at @start. */
static unsigned long piece_at(const struct live *live, const struct call *split,
			      unsigned long start)
{
	unsigned long rest = live->start + live->nr - start;

	return split->kind == CUT && start > live->start ? rest :
	       min_t(unsigned long, split->nr, rest);
}

/* Is [start, start + nr) one of the pieces that @split makes of @live? */
static bool is_piece(const struct live *live, const struct call *split,
		     unsigned long start, unsigned long nr)
{
	unsigned long from = live->start, end = from + live->nr;

	while (from < start && from < end)
		from += piece_at(live, split, from);
	return from == start && from < end && nr == piece_at(live, split, from);
}

/* Freed before the split has returned. */
static bool piece_gone(unsigned long start, unsigned long nr)
{
	const struct thread *thread;
	struct live *live;
	unsigned int bit;

	for (thread = threads; thread < threads + nr_threads; thread++) {
		if (!is_split(&thread->call))
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

/* A call has returned that says it freed [start, start + nr). */
static void live_freed(unsigned long start, unsigned long nr)
{
	struct live *live = live_at(start);

	if (live && live->nr == nr && !live->gone)
		live->nr = 0;
	else
		expect(piece_gone(start, nr), "freed what was not there");
}

static void live_split(const struct call *call)
{
	struct live *live = live_at(call->start), whole;
	unsigned long from, nr;
	unsigned int gone;

	if (!live) {
		wrong("split what was not there");
		return;
	}
	whole = *live;
	gone = live->gone;
	live->nr = 0;
	for (from = whole.start; from < whole.start + whole.nr; from += nr) {
		nr = piece_at(&whole, call, from);
		if (!(gone & 1))
			live_add(from, nr);
		gone >>= 1;
	}
}

/* ---- calls ---- */

static void expect_result(const struct call *call, int err)
{
	expect(RESULT(-err) & call->may, "result not foreseen");
}

/* As pools do: leave out the map if its hint says so. */
static bool hint_hides(unsigned long nr)
{
	return nr > (READ_ONCE(*the_map()->hint) >> the_map()->hint_shift & 0xff);
}

static unsigned long find(enum call_kind kind, unsigned long nr)
{
	return kind == BEST ? alloc_map_find_best(the_map(), 0, nr) :
	       alloc_map_find(the_map(), 0, nr, kind == ALIGN ? nr - 1 : 0, 0);
}

/* The number of units if there is no room. */
static unsigned long alloc(const struct call *call)
{
	unsigned long unit = call->start, nr = call->nr;

	if (call->kind == CLAIM)
		return alloc_map_claim(the_map(), unit, nr) ? unit : nr_units();
	if (hint_hides(nr))
		return nr_units();
	if (call->kind == ALLOC)
		return alloc_map_alloc(the_map(), nr);

	/* Look again if the room has gone. */
	do {
		unit = find(call->kind, nr);
	} while (unit < nr_units() && !alloc_map_claim(the_map(), unit, nr));

	return unit;
}

static struct range live_alloc(const struct call *call)
{
	unsigned long unit = alloc(call);

	if (unit >= nr_units()) {
		expect(call->may != WIN, "no room found");
		return (struct range) {};
	}
	live_add(unit, call->nr);
	return (struct range) { unit, call->nr };
}

static void retire(void)
{
	if (!alloc_map_retire(the_map()))
		return;
	live_add(0, nr_units());
	if (live_at(0))
		live_at(0)->retired = true;
}

/* Others may use the units before this returns. */
static void free_own(unsigned long start, unsigned long nr, bool sized)
{
	struct live *live = live_at(start);
	long freed;

	expect(live && live->nr == nr, "what is to be freed was not there");
	if (live)
		live->nr = 0;
	freed = alloc_map_release(the_map(), start, sized ? nr : 0);
	expect(freed > 0, "rightful free refused");
	expect(freed == (long)nr, "wrong extent freed");
}

static long release(const struct call *call)
{
	long nr;

	if (call->kind == FREE)
		return alloc_map_release(the_map(), call->start, call->nr);

	nr = alloc_map_take(the_map(), call->start, call->nr);
	if (nr > 0)
		alloc_map_clear(the_map(), call->start, nr);
	return nr;
}

static void free_any(const struct call *call)
{
	long freed = release(call);

	expect_result(call, min(freed, 0L));
	if (freed < 0)
		return;
	expect(!call->nr || call->nr == freed, "freed another size");
	live_freed(call->start, freed);
}

static void split(const struct call *call)
{
	int err = call->kind == CUT ?
		  alloc_map_cut(the_map(), call->start, call->nr) :
		  alloc_map_split(the_map(), call->start, call->nr);
	struct live *live = live_at(call->start);

	expect_result(call, err);
	if (!err)
		live_split(call);
	else
		expect(!live || !live->gone, "left in between");
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

	expect(unit + nr <= nr_units(), "extent past the end");
	expect(head <= unit || head == nr_units(), "head behind unit");
}

/* @claimed: what this thread's last claim got, until it is freed. */
static void run_call(const struct call *call, struct range *claimed)
{
	switch (call->kind) {
	case CLAIM:
		if (claimed->nr)
			break;
		fallthrough;
	case ALLOC:
	case FIND:
	case ALIGN:
	case BEST:
		*claimed = live_alloc(call);
		break;
	case RETIRE:
		retire();
		break;
	case FREE_OWN:
	case FREE_SIZED:
		free_own(call->start, call->nr, call->kind == FREE_SIZED);
		break;
	case FREE:
	case TAKE:
		free_any(call);
		break;
	case SPLIT:
	case CUT:
		split(call);
		break;
	case LOOK:
		look(call->start, call->nr);
		break;
	case WATCH:
		watch(call->start, call->nr);
		break;
	case PEEK:
		peek(call->start);
		break;
	case FREE_CLAIMED:
	case NOTHING:
		break;
	}
}

/* FREE_CLAIMED in terms of the claim: rightful if it may not fail. */
static struct call free_claimed(const struct call *call, struct range *claimed)
{
	struct range range = *claimed;

	*claimed = (struct range) {};
	if (!range.nr)
		return (struct call) {};
	if (call->may)
		return (struct call) { FREE, range.start, 0, call->may };
	return (struct call) { FREE_OWN, range.start, range.nr };
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

/* Hints become as low, and sets of lengths as exact, as they can be. */
static void lower_hints(bool best)
{
	unsigned long nr;

	for (nr = 2 * W; nr; nr--) {
		alloc_map_find(the_map(), 0, nr, 0, 0);
		alloc_map_find(the_map(), 0, nr, 0, 0);
		if (best)
			alloc_map_find_best(the_map(), 0, nr);
	}
}

void set_up(const struct scenario *scenario)
{
	const struct range *placed = scenario->placed;
	bool best = has_call(scenario, BEST);
	unsigned int i, start, nr;
	unsigned long unknown;

	memset(&shared, 0, sizeof(shared));
	if (alloc_map_bytes(scenario->units) > sizeof(shared.map)) {
		fprintf(stderr, "explore: MAX_WORDS is too small\n");
		exit(2);
	}
	alloc_map_init(the_map(), scenario->units);
	for (i = 0; i < MAX_PLACED && placed[i].nr; i++) {
		start = placed[i].start;
		nr = min(placed[i].nr, scenario->units - start);
		expect(alloc_map_claim(the_map(), start, nr), "cannot set up");
		live_add(start, nr);
	}
	hints_change = best || has_call(scenario, ALLOC) ||
		       has_call(scenario, FIND) || has_call(scenario, ALIGN) ||
		       has_call(scenario, RETIRE);
	unknown = the_map()->own_hint;
	if (hints_change)
		lower_hints(best);
	if (scenario->fresh)
		the_map()->own_hint = unknown;
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

	for (i = 0; i < unit_words(); i++) {
		below |= taken_bits(words[i]) << 2;
		expect(!(body_bits(words[i]) & ~below), "body without a head");
		below = taken_bits(words[i]) >> (BITS_PER_LONG - 2);
	}
}

static void check_behind_end(void)
{
	unsigned long behind = ~0UL << 2 * (nr_units() % W);

	expect((the_map()->words[nr_units() / W] & behind) == behind,
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

	*mask = both_bits(head ? live->start - base : 0, min(end - base, 0UL + W));
	if (live->retired)
		return *mask & (~LOW ^ 3);
	return (*mask & ~LOW) | head;
}

static enum alloc_map_state state_of(unsigned long unit)
{
	return the_map()->words[unit / W] >> 2 * (unit % W) & 3;
}

static bool is_in_map(const struct live *live)
{
	unsigned long end = live->start + live->nr;
	unsigned long bits, mask;
	unsigned int i;

	for (i = live->start / W; i * W < end; i++) {
		bits = bits_of(live, i, &mask);
		if ((the_map()->words[i] & mask) != bits)
			return false;
	}
	return state_of(end) != ALLOC_MAP_BODY;
}

/* Is a call in progress that may change it? */
static bool at_work_on(const struct live *live)
{
	const struct thread *thread;

	for (thread = threads; thread < threads + nr_threads; thread++)
		if ((thread->call.kind == FREE || thread->call.kind == TAKE ||
		     is_split(&thread->call)) &&
		    thread->call.start == live->start)
			return true;
	return false;
}

static void check_live(void)
{
	const struct live *live;

	for (live = shared.live; live < shared.live + MAX_LIVE; live++)
		if (live->nr && !at_work_on(live))
			expect(is_in_map(live), "a live allocation changed");
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
	unsigned long word = i == nr_units() / W ? ~0UL << 2 * (nr_units() % W) : 0;
	const struct live *live;
	unsigned long mask;

	for (live = shared.live; live < shared.live + MAX_LIVE; live++)
		word |= live->nr ? bits_of(live, i, &mask) : 0;
	return word;
}

/* Where the first run of @nr units or more begins, or the shortest. */
static unsigned long ghost_find(enum call_kind kind, unsigned long nr)
{
	unsigned long found = nr_units(), least = ~0UL, run = 0, unit;

	for (unit = 0; unit <= nr_units(); unit++) {
		if (state_of(unit) == ALLOC_MAP_FREE) {
			run++;
			continue;
		}
		if (run >= nr && run < least) {
			found = unit - run;
			least = kind == BEST ? run : 0;
		}
		run = 0;
	}
	return found;
}

static unsigned long ghost_align(unsigned long nr)
{
	unsigned long unit, len;

	for (unit = 0; unit + nr <= nr_units(); unit += nr) {
		for (len = 0; len < nr; len++)
			if (state_of(unit + len) != ALLOC_MAP_FREE)
				break;
		if (len == nr)
			return unit;
	}
	return nr_units();
}

/* Nor does what the map remembers of a search in vain. */
static void check_align(unsigned long nr)
{
	struct shared saved = shared;

	expect(find(ALIGN, nr) == ghost_align(nr),
	       "a search does not find the first aligned room");
	shared = saved;
}

/* In a map that is as the ghost says: hints do not hide free units. */
static void check_find(unsigned long nr)
{
	unsigned long first = ghost_find(FIND, nr);
	struct shared saved = shared;

	expect(first == nr_units() || !hint_hides(nr), "a hint hides room");
	expect(find(FIND, nr) == first,
	       "a search does not find the first room");
	expect(!the_map()->parts || !the_map()->parts->lengths ||
	       find(BEST, nr) == ghost_find(BEST, nr),
	       "a search does not find the best fit");
	expect(alloc_map_alloc(the_map(), nr) == first,
	       "an allocation does not get the first room");
	shared = saved;
}

/* A mark that is left would keep a hint from ever saying something again. */
static void check_marks(void)
{
	const struct alloc_map_parts *parts = the_map()->parts;
	const unsigned char *hint = (void *)end_of_words();

	expect(the_map()->own_hint < MARKED, "a mark is left");
	while (parts && hint-- > (unsigned char *)parts->words)
		expect(*hint < MARKED, "a mark is left");
}

void check_end(const struct scenario *scenario)
{
	unsigned int i, nr = 0;

	for (i = 0; i < unit_words(); i++)
		expect(the_map()->words[i] == ghost_word(i),
		       the_map()->words[i] & ~ghost_word(i) ?
		       "units lost" : "units given away");
	for (i = 0; i < MAX_LIVE; i++)
		nr += shared.live[i].nr != 0;
	expect(nr >= scenario->least, "too few allocations are left");
	expect(nr <= scenario->most, "too many allocations are left");
	check_marks();
	for (nr = 4; nr && hints_change && !failure; nr--)
		check_find(nr);
	for (nr = W + 1; nr <= W + 4 && hints_change && !failure; nr++)
		check_find(nr);
	for (nr = 4; nr && hints_change && !failure; nr /= 2)
		check_align(nr);
}
