// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the threads do.  W is the first unit behind the edge between the first
 * two words; most allocations here lie across it.
 *
 * A free that should never be made may hit the next owner's allocation.  Hence
 * in the "late" scenarios even a rightful free may be refused: with -ENOENT or
 * the like when the late one was faster, with -EBUSY also while a late one with
 * a size has taken the head and finds that the length is another by now.  In
 * that case the allocation stays as it is, in the map and in the ghost.
 */

#include "explore.h"

#define MAP_OF_2	(2 * W - 1)	/* units; the last word is not quite full */
#define MAP_OF_3	(3 * W - 1)
#define MAP_WITH_HINTS	(4 * W - 1)	/* on blocks of a word each */
#define MAP_WITH_GROUPS	(8 * W - 1)	/* and on groups of two blocks */

/* A second CLAIM is a second try: it does nothing if the first has succeeded. */
#define TWICE(...)	{ __VA_ARGS__ }, { __VA_ARGS__ }

/* What a free may come back with if another was faster. */
#define TOO_LATE	(NOENT | BUSY)

/* The same, if other units may have been claimed meanwhile. */
#define GONE		(TOO_LATE | INVAL)

const struct scenario scenarios[] = {
	/* ---- claim against claim ---- */
	{ "claim-up", "two claims over an edge, the second reaches further",
	  .units = MAP_OF_2, .size = SMALL, .least = 1, .most = 1, .threads = {
		{ { CLAIM, W - 2, 4 } },
		{ { CLAIM, W - 1, 4 } },
	} },
	{ "claim-above", "a claim over an edge against one behind it",
	  .units = MAP_OF_2, .size = SMALL, .least = 1, .most = 1, .threads = {
		{ { CLAIM, W - 2, 4 } },
		{ { CLAIM, W + 1, 3 } },
	} },
	{ "claim-beside", "claims that share words but no unit all succeed",
	  .units = MAP_OF_2, .size = SMALL, .least = 4, .most = 4, .threads = {
		{ { CLAIM, W - 4, 2 } },
		{ { CLAIM, W - 2, 4 } },
		{ { CLAIM, W + 2, 3 } },
		{ { CLAIM, W - 5, 1 } },
	} },
	{ "claim-chain", "three claims, each overlaps its neighbours",
	  .units = MAP_OF_2, .size = SMALL, .least = 1, .most = 2, .threads = {
		{ TWICE(CLAIM, W - 4, 3) },
		{ TWICE(CLAIM, W - 2, 4) },
		{ TWICE(CLAIM, W + 1, 3) },
	} },
	{ "claim-edge", "three claims over one edge, two tries each",
	  .units = MAP_OF_2, .size = SMALL, .least = 1, .most = 1, .threads = {
		{ TWICE(CLAIM, W - 3, 4) },
		{ TWICE(CLAIM, W - 2, 4) },
		{ TWICE(CLAIM, W - 1, 4) },
	} },
	{ "claim-two-edges", "claims over two edges, a whole word in between",
	  .units = MAP_OF_3, .least = 1, .most = 2, .threads = {
		{ TWICE(CLAIM, W - 1, W + 2) },
		{ TWICE(CLAIM, 2 * W - 1, 2) },
		{ TWICE(CLAIM, W - 2, 3) },
	} },
	{ "claim-free-edge", "three claims over one edge that are freed again",
	  .units = MAP_OF_2, .threads = {
		{ TWICE(CLAIM, W - 3, 4), { FREE_CLAIMED } },
		{ TWICE(CLAIM, W - 2, 4), { FREE_CLAIMED } },
		{ TWICE(CLAIM, W - 1, 4), { FREE_CLAIMED } },
	} },
	{ "claim-free-4", "four claims around an edge that are freed again",
	  .units = MAP_OF_2, .threads = {
		{ { CLAIM, W - 4, 3 }, { FREE_CLAIMED } },
		{ { CLAIM, W - 2, 4 }, { FREE_CLAIMED } },
		{ { CLAIM, W, 1 }, { FREE_CLAIMED } },
		{ { CLAIM, W + 1, 2 }, { FREE_CLAIMED } },
	} },

	/* ---- rightful frees against claims and frees around them ---- */
	{ "free-2018", "the freed end of a word is claimed up to the edge and freed",
	  .units = MAP_OF_2, .size = SMALL, .most = 1,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { FREE_OWN, W - 2, 4 } },
		{ TWICE(CLAIM, W - 2, 2), { FREE_CLAIMED } },
		{ TWICE(CLAIM, W, 2) },
	} },
	{ "free-2018-two-edges", "the same with a whole word between the edges",
	  .units = MAP_OF_3, .most = 1,
	  .placed = { { W - 2, W + 4 } }, .threads = {
		{ { FREE_OWN, W - 2, W + 4 } },
		{ TWICE(CLAIM, W - 2, 2), { FREE_CLAIMED } },
		{ TWICE(CLAIM, 2 * W - 1, 2) },
	} },
	{ "free-3", "an allocation over an edge and both its neighbours are freed",
	  .units = MAP_OF_2, .size = SMALL,
	  .placed = { { W - 4, 2 }, { W - 2, 4 }, { W + 2, 3 } }, .threads = {
		{ { FREE_SIZED, W - 4, 2 } },
		{ { FREE_SIZED, W - 2, 4 } },
		{ { FREE_SIZED, W + 2, 3 } },
	} },
	{ "free-3-edges", "three neighbours, each over an edge or up to one, are freed",
	  .units = MAP_OF_3,
	  .placed = { { W - 2, 4 }, { W + 2, W - 2 }, { 2 * W, 3 } }, .threads = {
		{ { FREE_OWN, W - 2, 4 } },
		{ { FREE_OWN, W + 2, W - 2 } },
		{ { FREE_OWN, 2 * W, 3 } },
	} },
	{ "free-claim-both-sides", "the units of a free are claimed from below and above",
	  .units = MAP_OF_2, .size = SMALL, .most = 2,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { FREE_OWN, W - 2, 4 } },
		{ TWICE(CLAIM, W - 4, 4), { FREE_CLAIMED } },
		{ TWICE(CLAIM, W, 4), { FREE_CLAIMED } },
	} },
	{ "free-claim-again", "the units of a free are claimed whole, and by parts",
	  .units = MAP_OF_2,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { FREE_OWN, W - 2, 4 }, { CLAIM, W - 1, 3 }, { FREE_CLAIMED } },
		{ TWICE(CLAIM, W - 2, 4), { FREE_CLAIMED } },
		{ TWICE(CLAIM, W - 3, 3), { FREE_CLAIMED } },
	} },
	{ "free-claim-4", "four threads around an allocation that is freed",
	  .units = MAP_OF_2, .size = LARGE, .most = 3,
	  .placed = { { W - 2, 4 }, { W + 2, 2 } }, .threads = {
		{ { FREE_OWN, W - 2, 4 }, { CLAIM, W - 3, 2 }, { FREE_CLAIMED } },
		{ TWICE(CLAIM, W - 2, 2), { FREE_CLAIMED } },
		{ TWICE(CLAIM, W - 1, 4), { FREE_CLAIMED } },
		{ { FREE_OWN, W + 2, 2 }, { CLAIM, W, 1 }, { FREE_CLAIMED } },
	} },

	/* ---- roll back ---- */
	{ "roll-back-free", "a claim is rolled back while what is in its way is freed",
	  .units = MAP_OF_2, .size = SMALL, .most = 1,
	  .placed = { { W + 1, 2 } }, .threads = {
		{ TWICE(CLAIM, W - 2, 4) },
		{ { FREE_OWN, W + 1, 2 } },
		{ TWICE(CLAIM, W - 2, 2), { FREE_CLAIMED } },
	} },
	{ "roll-back-two-edges", "the same over two edges",
	  .units = MAP_OF_3, .most = 2,
	  .placed = { { 2 * W, 2 } }, .threads = {
		{ { CLAIM, W - 2, W + 3 } },
		{ { FREE_OWN, 2 * W, 2 } },
		{ TWICE(CLAIM, W - 2, 2), { FREE_CLAIMED } },
		{ { CLAIM, 2 * W - 1, 2 } },
	} },
	{ "roll-back-4", "claims over two edges, rolled back against each other",
	  .units = MAP_OF_3, .size = LONG, .most = 1,
	  .placed = { { 2 * W, 2 } }, .threads = {
		{ TWICE(CLAIM, W - 2, W + 3), { FREE_CLAIMED } },
		{ { FREE_OWN, 2 * W, 2 }, { CLAIM, W + 3, W - 2 }, { FREE_CLAIMED } },
		{ { CLAIM, W - 3, 3 }, { CLAIM, W - 1, 2 }, { FREE_CLAIMED } },
	} },

	/* ---- frees without a right to it ---- */
	{ "double-free-word", "two frees of an allocation within a word",
	  .units = MAP_OF_2, .size = SMALL,
	  .placed = { { W - 6, 3 } }, .threads = {
		{ { FREE, W - 6, 0, WIN | TOO_LATE } },
		{ { FREE, W - 6, 3, WIN | TOO_LATE } },
	} },
	{ "double-free-to-edge", "two frees of an allocation that ends at an edge",
	  .units = MAP_OF_2, .most = 1,
	  .placed = { { W - 2, 2 } }, .threads = {
		{ { FREE, W - 2, 0, WIN | TOO_LATE } },
		{ { FREE, W - 2, 0, WIN | TOO_LATE } },
		{ { CLAIM, W, 1 }, { FREE_CLAIMED }, { CLAIM, W - 1, 2 } },
	} },
	{ "double-free-edge", "three frees of an allocation over an edge",
	  .units = MAP_OF_2,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { FREE, W - 2, 0, WIN | TOO_LATE } },
		{ { FREE, W - 2, 4, WIN | TOO_LATE } },
		{ { FREE, W - 2, 0, WIN | TOO_LATE } },
	} },
	{ "double-free-two-edges", "two frees over two edges, and one of the neighbour",
	  .units = MAP_OF_3,
	  .placed = { { W - 2, W + 3 }, { 2 * W + 1, 2 } }, .threads = {
		{ { FREE, W - 2, 0, WIN | TOO_LATE } },
		{ { FREE, W - 2, W + 3, WIN | TOO_LATE } },
		{ { FREE_OWN, 2 * W + 1, 2 } },
	} },
	{ "wrong-size", "a free of the wrong size never hinders the right one",
	  .units = MAP_OF_2, .size = SMALL,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { FREE_SIZED, W - 2, 4 } },
		{ { FREE, W - 2, 3, TOO_LATE | MSGSIZE } },
		{ { FREE, W - 2, 2, TOO_LATE | MSGSIZE } },
	} },
	{ "wrong-place", "frees of a body never do anything",
	  .units = MAP_OF_2, .size = SMALL,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { FREE_OWN, W - 2, 4 } },
		{ { FREE, W - 1, 0, NOENT | INVAL } },
		{ { FREE, W, 0, NOENT | INVAL } },
	} },
	{ "late-free-shorter", "a late second free meets a shorter allocation",
	  .units = MAP_OF_2, .least = 1, .most = 1,
	  .placed = { { W - 2, 4 }, { W + 2, 2 } }, .threads = {
		{ { FREE, W - 2, 0, WIN | TOO_LATE } },
		{ { FREE, W - 2, 0, WIN | TOO_LATE } },
		{ TWICE(CLAIM, W - 2, 3), { FREE_CLAIMED, 0, 0, WIN | TOO_LATE } },
	} },
	{ "late-free-longer", "a late second free meets a longer allocation",
	  .units = MAP_OF_2, .most = 1,
	  .placed = { { W - 2, 3 } }, .threads = {
		{ { FREE, W - 2, 0, WIN | TOO_LATE } },
		{ { FREE, W - 2, 0, WIN | TOO_LATE } },
		{ TWICE(CLAIM, W - 2, 5), { FREE_CLAIMED, 0, 0, WIN | TOO_LATE } },
		{ { CLAIM, W + 1, 2 } },
	} },
	{ "late-free-sized", "late second frees with a size meet other allocations",
	  .units = MAP_OF_2, .most = 1,
	  .placed = { { W - 2, 3 } }, .threads = {
		{ { FREE, W - 2, 3, WIN | TOO_LATE | MSGSIZE } },
		{ { FREE, W - 2, 3, WIN | TOO_LATE | MSGSIZE }, { CLAIM, W - 2, 2 },
		  { FREE_CLAIMED, 0, 0, WIN | TOO_LATE } },
		{ TWICE(CLAIM, W - 2, 5), { FREE_CLAIMED, 0, 0, WIN | TOO_LATE } },
	} },
	{ "late-free-word", "a late second free meets other allocations within a word",
	  .units = MAP_OF_2, .size = SMALL, .least = 1, .most = 2,
	  .placed = { { 4, 3 }, { 7, 2 } }, .threads = {
		{ { FREE, 4, 0, WIN | GONE }, { CLAIM, 4, 2 },
		  { FREE_CLAIMED, 0, 0, WIN | GONE } },
		{ { FREE, 4, 0, WIN | GONE } },
		{ { CLAIM, 3, 2 }, { FREE_CLAIMED } },
	} },
	{ "late-free-moved", "a late second free finds a body of another allocation",
	  .units = MAP_OF_2, .most = 1,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { FREE, W - 2, 0, WIN | GONE } },
		{ { FREE, W - 2, 0, WIN | GONE } },
		{ TWICE(CLAIM, W - 3, 5), { FREE_CLAIMED } },
	} },
	{ "late-free-two-edges", "a late second free, and claims of all lengths there",
	  .units = MAP_OF_3, .size = LARGE, .most = 2,
	  .placed = { { W - 2, W + 4 } }, .threads = {
		{ { FREE, W - 2, 0, WIN | GONE }, { CLAIM, W - 2, 2 },
		  { FREE_CLAIMED, 0, 0, WIN | GONE } },
		{ { FREE, W - 2, 0, WIN | GONE }, { CLAIM, 2 * W - 1, 2 } },
		{ { CLAIM, W - 2, W + 3 }, { CLAIM, W - 2, 3 },
		  { FREE_CLAIMED, 0, 0, WIN | GONE } },
	} },
	{ "late-free-3", "late frees by all that ever had the units",
	  .units = MAP_OF_2, .least = 1, .most = 2,
	  .placed = { { W - 2, 3 }, { W + 2, 2 } }, .threads = {
		{ { FREE, W - 2, 0, WIN | GONE },
		  { FREE, W - 2, 3, WIN | GONE | MSGSIZE } },
		{ TWICE(CLAIM, W - 2, 4), { FREE_CLAIMED, 0, 0, WIN | GONE },
		  { FREE, W - 2, 4, WIN | GONE | MSGSIZE } },
		{ TWICE(CLAIM, W - 2, 2), { FREE_CLAIMED, 0, 0, WIN | GONE } },
	} },

	/* ---- frees in two steps ---- */
	{ "take-double", "two frees in two steps, and one in one",
	  .units = MAP_OF_2, .most = 1,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { TAKE, W - 2, 0, WIN | GONE } },
		{ { TAKE, W - 2, 4, WIN | GONE } },
		{ { FREE, W - 2, 4, WIN | GONE }, { CLAIM, W - 3, 2 } },
	} },
	{ "take-wrong-size", "one of the wrong size never hinders the right one",
	  .units = MAP_OF_2, .size = SMALL,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { FREE_SIZED, W - 2, 4 } },
		{ { TAKE, W - 2, 3, TOO_LATE | MSGSIZE } },
		{ { TAKE, W - 2, 2, TOO_LATE | MSGSIZE } },
	} },
	{ "take-late", "late second ones with a size meet other allocations",
	  .units = MAP_OF_2, .most = 1,
	  .placed = { { W - 2, 3 } }, .threads = {
		{ { TAKE, W - 2, 3, WIN | TOO_LATE | MSGSIZE } },
		{ { TAKE, W - 2, 3, WIN | TOO_LATE | MSGSIZE } },
		{ TWICE(CLAIM, W - 2, 5), { FREE_CLAIMED, 0, 0, WIN | TOO_LATE } },
	} },

	/* ---- split ---- */
	{ "split-early-free", "pieces are freed as soon as they appear, and claimed",
	  .units = MAP_OF_2, .most = 3,
	  .placed = { { W - 3, 6 } }, .threads = {
		{ { SPLIT, W - 3, 2, WIN }, { FREE_OWN, W - 3, 2 } },
		{ { FREE, W - 1, 0, WIN | INVAL } },
		{ { FREE, W + 1, 0, WIN | INVAL }, { CLAIM, W + 1, 3 }, { FREE_CLAIMED } },
	} },
	{ "split-wrong-free", "an allocation is freed while it is split",
	  .units = MAP_OF_2, .most = 3,
	  .placed = { { W - 3, 6 } }, .threads = {
		{ { SPLIT, W - 3, 2, WIN | TOO_LATE } },
		{ { FREE, W - 3, 0, WIN | BUSY } },
		{ { FREE, W - 1, 0, WIN | NOENT | INVAL } },
	} },
	{ "split-wrong-size", "frees of other sizes while an allocation is split",
	  .units = MAP_OF_2, .size = SMALL, .most = 4,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { SPLIT, W - 2, 1, WIN | TOO_LATE } },
		{ { FREE, W - 2, 4, WIN | BUSY | MSGSIZE } },
		{ { FREE, W - 1, 3, MSGSIZE | NOENT | INVAL } },
	} },
	{ "split-late", "a late split meets other allocations",
	  .units = MAP_OF_2, .most = 3,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { SPLIT, W - 2, 2, WIN | TOO_LATE } },
		{ { FREE, W - 2, 0, WIN | TOO_LATE } },
		{ TWICE(CLAIM, W - 2, 6) },
		{ { CLAIM, W - 2, 2 } },
	} },
	{ "split-free-claim", "pieces over two edges are freed and claimed",
	  .units = MAP_OF_3, .size = LONG, .most = 4,
	  .placed = { { W - 2, W + 4 } }, .threads = {
		{ { SPLIT, W - 2, W / 2, WIN | TOO_LATE },
		  { FREE, W - 2, W / 2, WIN | GONE | MSGSIZE } },
		{ { FREE, W / 2 * 3 - 2, 0, WIN | NOENT | INVAL },
		  { CLAIM, W / 2 * 3 + 1, W / 2 }, { FREE_CLAIMED } },
		{ { FREE, 2 * W - 2, 0, WIN | NOENT | INVAL } },
	} },

	/* ---- cut ---- */
	{ "cut-free", "a part is cut off and freed while the whole is freed",
	  .units = MAP_OF_2, .most = 1,
	  .placed = { { W - 3, 6 } }, .threads = {
		{ { CUT, W - 3, 2, WIN | TOO_LATE }, { FREE, W - 1, 4, WIN | NOENT | INVAL } },
		{ { FREE, W - 3, 0, WIN | BUSY } },
	} },
	{ "cut-twice", "two cut the same allocation, and free their parts",
	  .units = MAP_OF_2, .size = SMALL, .least = 1, .most = 3,
	  .placed = { { W - 3, 6 } }, .threads = {
		{ { CUT, W - 3, 2, WIN | BUSY },
		  { FREE, W - 3, 2, WIN | BUSY | MSGSIZE } },
		{ { CUT, W - 3, 4, WIN | TOO_LATE | MSGSIZE },
		  { FREE, W + 1, 2, WIN | INVAL } },
	} },
	{ "cut-late", "a late cut meets other allocations",
	  .units = MAP_OF_2, .most = 2,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { CUT, W - 2, 2, WIN | TOO_LATE | MSGSIZE } },
		{ { FREE, W - 2, 0, WIN | BUSY } },
		{ TWICE(CLAIM, W - 2, 6) },
		{ { CLAIM, W - 2, 2 } },
	} },
	{ "cut-free-claim", "parts over two edges are cut off, freed and claimed",
	  .units = MAP_OF_3, .size = LONG, .most = 1,
	  .placed = { { W - 2, W + 4 } }, .threads = {
		{ { CUT, W - 2, W / 2, WIN }, { FREE, W - 2, W / 2, WIN } },
		{ { FREE, W / 2 * 3 - 2, 0, WIN | INVAL },
		  { CLAIM, 2 * W - 1, 2 }, { FREE_CLAIMED } },
		{ { CLAIM, W + 3, 2 }, { FREE_CLAIMED } },
	} },

	/* ---- out of service ---- */
	{ "retire", "a map is retired while others come and go over an edge",
	  .units = W + 4, .size = LONG, .most = 1,
	  .placed = { { W - 1, 2 } }, .threads = {
		{ { RETIRE } },
		{ { FREE_OWN, W - 1, 2 }, { CLAIM, W - 2, 3 }, { FREE_CLAIMED } },
		{ { CLAIM, W + 1, 2 }, { FREE_CLAIMED } },
	} },
	{ "retire-3", "the same in a map of three words, at the second try",
	  .units = 2 * W + 4, .size = LONG, .most = 1,
	  .placed = { { 2 * W - 1, 2 } }, .threads = {
		{ TWICE(RETIRE) },
		{ { FREE_OWN, 2 * W - 1, 2 } },
		{ { CLAIM, W - 1, 2 }, { FREE_CLAIMED } },
	} },
	{ "retire-two", "of two that retire a map one succeeds",
	  .units = 3 * W, .size = SMALL, .least = 1, .most = 1, .threads = {
		{ { RETIRE } },
		{ { RETIRE } },
	} },
	{ "retire-middle", "two retire a map in the middle of which units come and go",
	  .units = 3 * W, .most = 1, .threads = {
		{ { RETIRE } },
		{ { RETIRE } },
		{ { CLAIM, W + 3, 2 }, { FREE_CLAIMED } },
	} },
	{ "retire-4", "a map is retired while one frees, one claims and one finds room",
	  .units = W + 2, .size = LARGE, .most = 2,
	  .placed = { { W - 1, 2 } }, .threads = {
		{ { RETIRE } },
		{ { FREE_OWN, W - 1, 2 } },
		{ { CLAIM, 2, 2 } },
		{ { ALLOC, 0, W - 1 } },
	} },
	{ "retire-edge", "a map is retired while one comes and goes and one finds room",
	  .units = W + 2, .size = LARGE, .most = 2,
	  .placed = { { W - 1, 2 } }, .threads = {
		{ { RETIRE } },
		{ { FREE_OWN, W - 1, 2 }, { CLAIM, W - 2, 3 }, { FREE_CLAIMED } },
		{ { ALLOC, 0, W - 1 } },
	} },
	{ "retire-alloc", "a map is retired while others find room at its bottom",
	  .units = W + 2, .size = LONG, .most = 2, .threads = {
		{ { RETIRE } },
		{ { ALLOC, 0, W - 1 }, { FREE_CLAIMED } },
		{ { ALLOC, 0, 2 } },
	} },
	{ "retire-search", "a search in vain while a map cannot be retired",
	  .units = 2 * W + 2, .fresh = true, .least = 1, .most = 2, .threads = {
		{ { RETIRE } },
		{ { CLAIM, 0, W - 2 } },
		{ { ALLOC, 0, 3 } },
	} },
	{ "retire-parts", "the same in a map with hints on blocks",
	  .units = MAP_WITH_HINTS, .size = LONG, .fresh = true, .least = 1, .most = 2,
	  .threads = {
		{ { RETIRE } },
		{ { CLAIM, 0, W - 2 } },
		{ { ALLOC, 0, 3 } },
	} },
	{ "retire-late", "frees, and second frees, while a map is retired",
	  .units = W + 4, .most = 1,
	  .placed = { { W - 1, 2 } }, .threads = {
		{ { FREE, W - 1, 0, WIN | GONE }, { RETIRE } },
		{ { FREE, W - 1, 2, WIN | GONE | MSGSIZE } },
		{ { FREE, W, 0, GONE } },
	} },

	/* ---- find and claim ---- */
	{ "alloc-first", "three find room in the first word",
	  .units = W + 2, .least = 2, .most = 2, .threads = {
		{ { ALLOC, 0, 1, WIN }, { FREE_CLAIMED } },
		{ { ALLOC, 0, 2, WIN } },
		{ { ALLOC, 0, 3, WIN } },
	} },
	{ "alloc-3", "three find room for two units each, there is room for two",
	  .units = W + 2, .size = SMALL, .least = 3, .most = 3,
	  .placed = { { 0, W - 2 } }, .threads = {
		{ { ALLOC, 0, 2 } },
		{ { ALLOC, 0, 2 } },
		{ { ALLOC, 0, 2 } },
	} },
	{ "alloc-free-3", "three find room over an edge and free it",
	  .units = W + 4, .size = LARGE, .least = 1, .most = 2,
	  .placed = { { 0, W - 2 } }, .threads = {
		{ { ALLOC, 0, 1 }, { FREE_CLAIMED } },
		{ { ALLOC, 0, 3 }, { FREE_CLAIMED } },
		{ { ALLOC, 0, 2 } },
	} },
	{ "alloc-last", "two find room in the last units, with the end at an edge",
	  .units = 2 * W, .size = SMALL, .least = 2, .most = 2,
	  .placed = { { 0, 2 * W - 3 } }, .threads = {
		{ { ALLOC, 0, 2 } },
		{ { ALLOC, 0, 3 } },
	} },
	{ "alloc-edge", "a run over an edge grows on both sides while it is looked at",
	  .units = W + 2, .least = 1, .most = 2,
	  .placed = { { 0, W - 3 }, { W - 3, 1 }, { W + 1, 1 } }, .threads = {
		{ { FREE_OWN, W - 3, 1 } },
		{ { FREE_OWN, W + 1, 1 } },
		{ { ALLOC, 0, 4 } },
	} },
	{ "alloc-edge-cut", "a run over an edge is cut, and still long enough",
	  .units = W + 3, .least = 2, .most = 3,
	  .placed = { { 0, W - 3 } }, .threads = {
		{ { CLAIM, W - 3, 1 } },
		{ { ALLOC, 0, 4, WIN } },
	} },
	{ "alloc-edge-claim", "both sides of the edge of a run come and go",
	  .units = W + 3, .size = LONG, .least = 1, .most = 2,
	  .placed = { { 0, W - 2 } }, .threads = {
		{ { CLAIM, W - 2, 1 }, { FREE_CLAIMED } },
		{ { CLAIM, W + 1, 1 }, { FREE_CLAIMED } },
		{ { ALLOC, 0, 3 } },
	} },
	{ "alloc-edge-free", "what lies over an edge is freed, and found by two",
	  .units = W + 2, .least = 1, .most = 3,
	  .placed = { { 0, W - 2 }, { W - 2, 4 } }, .threads = {
		{ { FREE_OWN, W - 2, 4 } },
		{ { ALLOC, 0, 3 } },
		{ { ALLOC, 0, 1 } },
	} },
	{ "alloc-word", "a word's units are found over the edge of two",
	  .units = MAP_OF_2, .least = 2, .most = 3,
	  .placed = { { 0, 1 } }, .threads = {
		{ { CLAIM, 1, 1 } },
		{ { ALLOC, 0, W, WIN } },
		{ { FREE_OWN, 0, 1 }, { CLAIM, 2 * W - 2, 1 } },
	} },
	{ "alloc-long", "more than a word is found while runs are cut",
	  .units = MAP_OF_3, .least = 1, .most = 2, .threads = {
		{ { CLAIM, 0, 1 }, { FREE_CLAIMED } },
		{ { CLAIM, 2 * W + 1, 2 } },
		{ { ALLOC, 0, W + 2, WIN } },
	} },

	/*
	 * ---- hints ----
	 *
	 * A thread searches for more than there ever is, and lowers hints by
	 * that, while others free.  In the end, and for a thread that has freed
	 * units already before, everything must be found.
	 */
	{ "hint-map", "two frees in a map that is searched in vain",
	  .units = W + 2, .least = 1, .most = 2,
	  .placed = { { 0, W }, { W, 1 }, { W + 1, 1 } }, .threads = {
		{ { FREE_OWN, W, 1 } },
		{ { FREE_OWN, W + 1, 1 }, { ALLOC, 0, 1, WIN } },
		{ { ALLOC, 0, 3 } },
	} },
	{ "hint-map-two", "two frees in a map that two search in vain",
	  .units = W + 2, .size = LONG, .least = 2, .most = 2,
	  .placed = { { 0, W }, { W, 1 }, { W + 1, 1 } }, .threads = {
		{ { FREE_OWN, W, 1 }, { FREE_OWN, W + 1, 1 }, { ALLOC, 0, 2, WIN } },
		{ { FIND, 0, 3 } },
		{ { BEST, 0, 3 } },
	} },
	{ "hint-map-edge", "a free over an edge in a map that is searched in vain",
	  .units = W + 2, .fresh = true, .least = 2, .most = 2,
	  .placed = { { 0, W - 2 }, { W - 2, 4 } }, .threads = {
		{ { FREE_OWN, W - 2, 4 }, { ALLOC, 0, 4, WIN } },
		{ { ALLOC, 0, 5 } },
	} },
	{ "hint-map-rollback", "a claim that is rolled back in a map that is searched",
	  .units = W + 2, .fresh = true, .least = 1, .most = 2,
	  .placed = { { 0, W - 2 }, { W, 1 } }, .threads = {
		{ { CLAIM, W - 2, 4 } },
		{ { ALLOC, 0, 3 } },
		{ { FREE_OWN, W, 1 } },
	} },
	{ "hint-block", "two frees in a block that is searched in vain",
	  .units = MAP_WITH_HINTS, .size = LONG, .least = 2, .most = 2,
	  .placed = { { 0, W }, { W, 1 }, { W + 1, 1 }, { W + 2, REST } }, .threads = {
		{ { FREE_OWN, W, 1 } },
		{ { FREE_OWN, W + 1, 1 } },
		{ { ALLOC, 0, 3 } },
	} },
	{ "hint-own", "what a thread has freed it finds, whatever others search",
	  .units = MAP_WITH_HINTS, .fresh = true, .least = 3, .most = 3,
	  .placed = { { 0, W }, { W, 1 }, { W + 1, REST } }, .threads = {
		{ { FREE_OWN, W, 1 }, { ALLOC, 0, 1, WIN } },
		{ { ALLOC, 0, 2 } },
	} },
	{ "hint-two-searches", "a free in a block that two search in vain",
	  .units = MAP_WITH_HINTS, .size = LONG, .least = 2, .most = 2,
	  .placed = { { 0, W }, { W, 1 }, { W + 1, REST } }, .threads = {
		{ { FREE_OWN, W, 1 } },
		{ { ALLOC, 0, 2 } },
		{ { FIND, 0, 2 } },
	} },
	{ "hint-edge", "two frees on both sides of the edge of a block",
	  .units = MAP_WITH_HINTS, .least = 2, .most = 2,
	  .placed = { { 0, W - 1 }, { W - 1, 1 }, { W, 1 }, { W + 1, REST } },
	  .threads = {
		{ { FREE_OWN, W - 1, 1 } },
		{ { FREE_OWN, W, 1 } },
		{ { ALLOC, 0, 3 } },
	} },
	{ "hint-over-edge", "a free over the edge of a block",
	  .units = MAP_WITH_HINTS, .fresh = true, .least = 3, .most = 3,
	  .placed = { { 0, W - 2 }, { W - 2, 4 }, { W + 2, REST } }, .threads = {
		{ { FREE_OWN, W - 2, 4 }, { ALLOC, 0, 4, WIN } },
		{ { ALLOC, 0, 5 } },
	} },
	{ "hint-base", "the unit behind the edge of a block comes and goes",
	  .units = MAP_WITH_HINTS, .size = LONG, .least = 2, .most = 2,
	  .placed = { { 0, W - 1 }, { W + 1, 1 }, { W + 2, REST } }, .threads = {
		{ { FREE_OWN, W + 1, 1 } },
		{ { CLAIM, W, 1 }, { FREE_CLAIMED }, { ALLOC, 0, 4 } },
	} },
	{ "hint-rollback", "a claim that is rolled back in blocks that are searched",
	  .units = MAP_WITH_HINTS, .least = 2, .most = 3,
	  .placed = { { 0, W - 2 }, { W, 1 }, { W + 2, REST } }, .threads = {
		{ { CLAIM, W - 2, 4 } },
		{ { ALLOC, 0, 3 } },
		{ { FREE_OWN, W, 1 } },
	} },
	{ "hint-group", "a free in a group that is searched in vain",
	  .units = MAP_WITH_GROUPS, .fresh = true, .least = 3, .most = 3,
	  .placed = { { 0, 5 * W }, { 5 * W, 1 }, { 5 * W + 1, REST } }, .threads = {
		{ { FREE_OWN, 5 * W, 1 }, { ALLOC, 0, 1, WIN } },
		{ { ALLOC, 0, 2 } },
	} },
	{ "hint-group-again", "two frees in a group that is searched twice for both",
	  .units = MAP_WITH_GROUPS, .least = 2, .most = 3,
	  .placed = { { 0, 5 * W }, { 5 * W, 1 }, { 5 * W + 1, 1 }, { 5 * W + 2, REST } },
	  .threads = {
		{ { FREE_OWN, 5 * W, 1 }, { FREE_OWN, 5 * W + 1, 1 } },
		{ TWICE(ALLOC, 0, 2) },
	} },
	{ "hint-group-twice", "two frees in blocks of a group that is searched in vain",
	  .units = MAP_WITH_GROUPS, .size = LONG, .fresh = true, .least = 3, .most = 3,
	  .placed = { { 0, 4 * W }, { 4 * W, W - 1 }, { 5 * W - 1, 1 }, { 5 * W, 1 },
		      { 5 * W + 1, REST } },
	  .threads = {
		{ { FREE_OWN, 5 * W - 1, 1 } },
		{ { FREE_OWN, 5 * W, 1 } },
		{ { ALLOC, 0, 3 } },
	} },

	/*
	 * ---- searches in vain ----
	 *
	 * The same for requests about which hints say nothing: aligned ones, and
	 * those of more than a block.
	 */
	{ "vain-align", "two frees in a map that is searched for an aligned run",
	  .units = W + 4, .fresh = true, .least = 1, .most = 2,
	  .placed = { { 0, W }, { W, 1 }, { W + 3, 1 } }, .threads = {
		{ { FREE_OWN, W, 1 } },
		{ { FREE_OWN, W + 3, 1 } },
		{ TWICE(ALIGN, 0, 4) },
	} },
	{ "vain-own", "what a thread has freed it finds, whatever others search",
	  .units = W + 6, .fresh = true, .least = 3, .most = 4,
	  .placed = { { 0, W }, { W, 1 }, { W + 3, 1 }, { W + 4, 1 } }, .threads = {
		{ { FREE_OWN, W, 1 }, { FREE_OWN, W + 4, 1 }, { ALIGN, 0, 2, WIN } },
		{ { ALIGN, 0, 2 } },
	} },
	{ "vain-two", "a free in a map that two search for aligned runs",
	  .units = W + 4, .size = LONG, .least = 2, .most = 4,
	  .placed = { { 0, W }, { W, 1 }, { W + 3, 1 } }, .threads = {
		{ { FREE_OWN, W, 1 } },
		{ { ALIGN, 0, 2 } },
		{ { ALIGN, 0, 4 } },
	} },
	{ "vain-before", "a free between a search for an aligned run and a longer one",
	  .units = W + 4, .fresh = true, .least = 2, .most = 3,
	  .placed = { { 0, W }, { W, 1 }, { W + 3, 1 } }, .threads = {
		{ { FREE_OWN, W, 1 } },
		{ { ALIGN, 0, 2 }, { FREE_CLAIMED }, { ALLOC, 0, 4 } },
	} },
	{ "vain-under-mark", "a search for an aligned run while another frees and searches",
	  .units = W + 4, .fresh = true, .least = 2, .most = 3,
	  .placed = { { 0, W }, { W, 1 }, { W + 3, 1 } }, .threads = {
		{ { ALLOC, 0, 5 }, { FREE_OWN, W, 1 }, { ALLOC, 0, 5 } },
		{ { ALIGN, 0, 2 } },
	} },
	{ "vain-long", "a free in a map that two search for more than a block",
	  .units = MAP_OF_3, .size = LONG, .fresh = true, .least = 1, .most = 3,
	  .placed = { { 0, 1 }, { W + 2, 1 }, { 2 * W + 4, REST } }, .threads = {
		{ { FREE_OWN, W + 2, 1 } },
		{ { ALLOC, 0, W + 2 } },
		{ { ALLOC, 0, W + 3 } },
	} },
	{ "vain-parts", "the same in a map with hints on blocks",
	  .units = MAP_WITH_HINTS, .fresh = true, .least = 2, .most = 3,
	  .placed = { { 0, 1 }, { W + 2, 1 }, { 2 * W + 4, REST } }, .threads = {
		{ { FREE_OWN, W + 2, 1 } },
		{ { FIND, 0, W + 2 } },
	} },

	/*
	 * ---- lengths ----
	 *
	 * In the end the best fit is the best, whichever thread has cut or
	 * joined runs while others measured them; and none fails for which there
	 * is room.
	 */
	{ "best-first", "the first search for the best fit, while runs change",
	  .units = MAP_WITH_HINTS, .least = 2, .most = 4,
	  .placed = { { 0, W - 3 }, { W - 3, 2 }, { W - 1, REST } }, .threads = {
		{ { FREE_OWN, W - 3, 2 } },
		{ { CLAIM, W - 3, 1 } },
		{ { BEST, 0, 1 } },
	} },
	{ "best-alloc", "an allocation cuts a run, and what is left is the best",
	  .units = MAP_WITH_HINTS, .least = 6, .most = 6,
	  .placed = { { 0, W - 5 }, { W - 2, 4 }, { W + 10, W - 6 }, { 2 * W + 9, REST } },
	  .threads = {
		{ { ALLOC, 0, 6, WIN } },
		{ { BEST, 0, 5, WIN } },
	} },
	{ "best-cut", "a run is cut, and what is left is the best",
	  .units = MAP_WITH_HINTS, .least = 4, .most = 4,
	  .placed = { { 0, W - 4 }, { W - 2, 10 }, { W + 13, REST } }, .threads = {
		{ { CLAIM, W + 8, 4 } },
		{ { BEST, 0, 3 } },
	} },
	{ "best-join", "a run becomes the best while it is measured",
	  .units = MAP_WITH_HINTS, .least = 5, .most = 5,
	  .placed = { { 0, W - 9 }, { W - 1, 9 }, { W + 9, 1 }, { W + 10, 1 }, { W + 11, REST } },
	  .threads = {
		{ { FREE_OWN, W + 9, 1 }, { FREE_OWN, W + 10, 1 } },
		{ { BEST, 0, 2 }, { BEST, 0, 3 } },
	} },
	{ "best-edge", "a run over the edge of a block becomes the best",
	  .units = MAP_WITH_HINTS, .least = 5, .most = 5,
	  .placed = { { 0, W - 2 }, { W, 2 }, { W + 2, 6 }, { W + 14, W - 6 },
		      { 2 * W + 13, REST } },
	  .threads = {
		{ { FREE_OWN, W, 2 } },
		{ { BEST, 0, 5, WIN } },
	} },
	{ "best-behind-edge", "what is left of a run begins in another block",
	  .units = MAP_WITH_HINTS, .least = 4, .most = 4,
	  .placed = { { 0, W - 3 }, { W + 3, REST } }, .threads = {
		{ { ALLOC, 0, 3, WIN } },
		{ { BEST, 0, 2, WIN } },
	} },
	{ "best-behind-edge-2", "the same with another run to choose from",
	  .units = MAP_WITH_HINTS, .least = 5, .most = 5,
	  .placed = { { 0, W - 3 }, { W + 3, W - 2 }, { 2 * W + 6, REST } },
	  .threads = {
		{ { ALLOC, 0, 3, WIN } },
		{ { BEST, 0, 2, WIN } },
	} },

	/* ---- looking ---- */
	{ "look", "an allocation stays while its neighbours come and go",
	  .units = MAP_OF_2, .least = 1, .most = 1,
	  .placed = { { W - 2, 4 }, { W - 4, 2 }, { W + 2, 2 } }, .threads = {
		{ { LOOK, W - 2, 4 } },
		{ { FREE_OWN, W - 4, 2 }, { CLAIM, W - 3, 1 }, { FREE_CLAIMED } },
		{ { FREE_OWN, W + 2, 2 }, { CLAIM, W + 2, 3 }, { FREE_CLAIMED } },
	} },
	{ "watch", "an allocation that appears is all there, or not at all",
	  .units = MAP_OF_3, .least = 1, .most = 1, .threads = {
		{ { CLAIM, W - 2, W + 4 } },
		{ TWICE(WATCH, W - 2, W + 4) },
		{ { CLAIM, 2 * W + 1, 2 } },
	} },
	{ "peek", "a look at what comes and goes",
	  .units = MAP_OF_2, .size = LONG,
	  .placed = { { W - 2, 4 } }, .threads = {
		{ { PEEK, W - 2 }, { PEEK, W + 1 } },
		{ { FREE_OWN, W - 2, 4 }, { CLAIM, W - 2, 6 }, { FREE_CLAIMED } },
		{ { CLAIM, W + 1, 4 }, { FREE_CLAIMED } },
	} },
};

const unsigned int nr_scenarios = ARRAY_SIZE(scenarios);
