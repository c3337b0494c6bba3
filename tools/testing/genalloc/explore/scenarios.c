// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the threads do.  W is the first unit behind the edge between the first
 * two words; most allocations here lie across it.
 *
 * A CLAIM that comes again is a second try.
 *
 * Who frees what he never should may hit the next owner's allocation.  Hence
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

/* What a free may come back with that somebody else was faster than. */
#define TOO_LATE	(NOENT | BUSY)

/* The same, if other units may have been claimed meanwhile. */
#define GONE		(TOO_LATE | INVAL)

const struct scenario scenarios[] = {
	/* ---- claim against claim ---- */
	{
		.name = "claim-up",
		.about = "two claims over an edge, the second reaches further",
		.units = MAP_OF_2, .size = SMALL, .least = 1, .most = 1,
		.threads = {
			{ { CLAIM, W - 2, 4 } },
			{ { CLAIM, W - 1, 4 } },
		},
	}, {
		.name = "claim-inside",
		.about = "two claims over an edge, one inside the other",
		.units = MAP_OF_2, .size = SMALL, .least = 1, .most = 1,
		.threads = {
			{ { CLAIM, W - 3, 6 } },
			{ { CLAIM, W - 1, 2 } },
		},
	}, {
		.name = "claim-above",
		.about = "a claim over an edge against one behind it",
		.units = MAP_OF_2, .size = SMALL, .least = 1, .most = 1,
		.threads = {
			{ { CLAIM, W - 2, 4 } },
			{ { CLAIM, W + 1, 3 } },
		},
	}, {
		.name = "claim-beside",
		.about = "claims that share words but no unit all succeed",
		.units = MAP_OF_2, .size = SMALL, .least = 4, .most = 4,
		.threads = {
			{ { CLAIM, W - 4, 2 } },
			{ { CLAIM, W - 2, 4 } },
			{ { CLAIM, W + 2, 3 } },
			{ { CLAIM, W - 5, 1 } },
		},
	}, {
		.name = "claim-chain",
		.about = "three claims, each overlaps its neighbours",
		.units = MAP_OF_2, .size = SMALL, .least = 1, .most = 2,
		.threads = {
			{ { CLAIM, W - 4, 3 }, { CLAIM, W - 4, 3 } },
			{ { CLAIM, W - 2, 4 }, { CLAIM, W - 2, 4 } },
			{ { CLAIM, W + 1, 3 }, { CLAIM, W + 1, 3 } },
		},
	}, {
		.name = "claim-edge",
		.about = "three claims over one edge, two tries each",
		.units = MAP_OF_2, .size = SMALL, .least = 1, .most = 1,
		.threads = {
			{ { CLAIM, W - 3, 4 }, { CLAIM, W - 3, 4 } },
			{ { CLAIM, W - 2, 4 }, { CLAIM, W - 2, 4 } },
			{ { CLAIM, W - 1, 4 }, { CLAIM, W - 1, 4 } },
		},
	}, {
		.name = "claim-two-edges",
		.about = "claims over two edges, a whole word in between",
		.units = MAP_OF_3, .least = 1, .most = 2,
		.threads = {
			{ { CLAIM, W - 1, W + 2 }, { CLAIM, W - 1, W + 2 } },
			{ { CLAIM, 2 * W - 1, 2 }, { CLAIM, 2 * W - 1, 2 } },
			{ { CLAIM, W - 2, 3 }, { CLAIM, W - 2, 3 } },
		},
	}, {
		.name = "claim-free-edge",
		.about = "three claims over one edge that are freed again",
		.units = MAP_OF_2,
		.threads = {
			{ { CLAIM, W - 3, 4 }, { CLAIM, W - 3, 4 }, { FREE_CLAIMED } },
			{ { CLAIM, W - 2, 4 }, { CLAIM, W - 2, 4 }, { FREE_CLAIMED } },
			{ { CLAIM, W - 1, 4 }, { CLAIM, W - 1, 4 }, { FREE_CLAIMED } },
		},
	}, {
		.name = "claim-free-4",
		.about = "four claims around an edge that are freed again",
		.units = MAP_OF_2,
		.threads = {
			{ { CLAIM, W - 4, 3 }, { FREE_CLAIMED } },
			{ { CLAIM, W - 2, 4 }, { FREE_CLAIMED } },
			{ { CLAIM, W, 1 }, { FREE_CLAIMED } },
			{ { CLAIM, W + 1, 2 }, { FREE_CLAIMED } },
		},
	},

	/* ---- rightful frees against claims and frees around them ---- */
	{
		.name = "free-2018",
		.about = "the freed end of a word is claimed up to the edge and freed",
		.units = MAP_OF_2, .size = SMALL, .most = 1,
		.placed = { { W - 2, 4 } },
		.threads = {
			{ { FREE_OWN, W - 2, 4 } },
			{ { CLAIM, W - 2, 2 }, { CLAIM, W - 2, 2 }, { FREE_CLAIMED } },
			{ { CLAIM, W, 2 }, { CLAIM, W, 2 } },
		},
	}, {
		.name = "free-2018-two-edges",
		.about = "the same with a whole word between the edges",
		.units = MAP_OF_3, .most = 1,
		.placed = { { W - 2, W + 4 } },
		.threads = {
			{ { FREE_OWN, W - 2, W + 4 } },
			{ { CLAIM, W - 2, 2 }, { CLAIM, W - 2, 2 }, { FREE_CLAIMED } },
			{ { CLAIM, 2 * W - 1, 2 }, { CLAIM, 2 * W - 1, 2 } },
		},
	}, {
		.name = "free-3",
		.about = "an allocation over an edge and both its neighbours are freed",
		.units = MAP_OF_2, .size = SMALL,
		.placed = { { W - 4, 2 }, { W - 2, 4 }, { W + 2, 3 } },
		.threads = {
			{ { FREE_OWN, W - 4, 2, 2 } },
			{ { FREE_OWN, W - 2, 4, 4 } },
			{ { FREE_OWN, W + 2, 3, 3 } },
		},
	}, {
		.name = "free-3-edges",
		.about = "three neighbours, each over an edge or up to one, are freed",
		.units = MAP_OF_3,
		.placed = { { W - 2, 4 }, { W + 2, W - 2 }, { 2 * W, 3 } },
		.threads = {
			{ { FREE_OWN, W - 2, 4 } },
			{ { FREE_OWN, W + 2, W - 2 } },
			{ { FREE_OWN, 2 * W, 3 } },
		},
	}, {
		.name = "free-claim-both-sides",
		.about = "the units of a free are claimed from below and above",
		.units = MAP_OF_2, .size = SMALL, .most = 2,
		.placed = { { W - 2, 4 } },
		.threads = {
			{ { FREE_OWN, W - 2, 4 } },
			{ { CLAIM, W - 4, 4 }, { CLAIM, W - 4, 4 }, { FREE_CLAIMED } },
			{ { CLAIM, W, 4 }, { CLAIM, W, 4 }, { FREE_CLAIMED } },
		},
	}, {
		.name = "free-claim-again",
		.about = "the units of a free are claimed whole, and by parts",
		.units = MAP_OF_2,
		.placed = { { W - 2, 4 } },
		.threads = {
			{ { FREE_OWN, W - 2, 4 }, { CLAIM, W - 1, 3 }, { FREE_CLAIMED } },
			{ { CLAIM, W - 2, 4 }, { CLAIM, W - 2, 4 }, { FREE_CLAIMED } },
			{ { CLAIM, W - 3, 3 }, { CLAIM, W - 3, 3 }, { FREE_CLAIMED } },
		},
	}, {
		.name = "free-claim-4",
		.about = "four threads around an allocation that is freed",
		.units = MAP_OF_2, .size = LARGE, .most = 3,
		.placed = { { W - 2, 4 }, { W + 2, 2 } },
		.threads = {
			{ { FREE_OWN, W - 2, 4 }, { CLAIM, W - 3, 2 }, { FREE_CLAIMED } },
			{ { CLAIM, W - 2, 2 }, { CLAIM, W - 2, 2 }, { FREE_CLAIMED } },
			{ { CLAIM, W - 1, 4 }, { CLAIM, W - 1, 4 }, { FREE_CLAIMED } },
			{ { FREE_OWN, W + 2, 2 }, { CLAIM, W, 1 }, { FREE_CLAIMED } },
		},
	},

	/* ---- roll back ---- */
	{
		.name = "roll-back-free",
		.about = "a claim is rolled back while what is in its way is freed",
		.units = MAP_OF_2, .size = SMALL, .most = 1,
		.placed = { { W + 1, 2 } },
		.threads = {
			{ { CLAIM, W - 2, 4 }, { CLAIM, W - 2, 4 } },
			{ { FREE_OWN, W + 1, 2 } },
			{ { CLAIM, W - 2, 2 }, { CLAIM, W - 2, 2 }, { FREE_CLAIMED } },
		},
	}, {
		.name = "roll-back-two-edges",
		.about = "the same over two edges",
		.units = MAP_OF_3, .most = 2,
		.placed = { { 2 * W, 2 } },
		.threads = {
			{ { CLAIM, W - 2, W + 3 } },
			{ { FREE_OWN, 2 * W, 2 } },
			{ { CLAIM, W - 2, 2 }, { CLAIM, W - 2, 2 }, { FREE_CLAIMED } },
			{ { CLAIM, 2 * W - 1, 2 } },
		},
	}, {
		.name = "roll-back-4",
		.about = "claims over two edges, rolled back against each other",
		.units = MAP_OF_3, .most = 1,
		.placed = { { 2 * W, 2 } },
		.threads = {
			{ { CLAIM, W - 2, W + 3 }, { CLAIM, W - 2, W + 3 }, { FREE_CLAIMED } },
			{ { FREE_OWN, 2 * W, 2 }, { CLAIM, W + 3, W - 2 }, { FREE_CLAIMED } },
			{ { CLAIM, W - 3, 3 }, { CLAIM, W - 1, 2 }, { FREE_CLAIMED } },
		},
	},

	/* ---- frees without a right to it ---- */
	{
		.name = "double-free-word",
		.about = "two frees of an allocation within a word",
		.units = MAP_OF_2, .size = SMALL,
		.placed = { { W - 6, 3 } },
		.threads = {
			{ { FREE, W - 6, 0, 0, WIN | TOO_LATE } },
			{ { FREE, W - 6, 0, 3, WIN | TOO_LATE } },
		},
	}, {
		.name = "double-free-to-edge",
		.about = "two frees of an allocation that ends at an edge",
		.units = MAP_OF_2, .most = 1,
		.placed = { { W - 2, 2 } },
		.threads = {
			{ { FREE, W - 2, 0, 0, WIN | TOO_LATE } },
			{ { FREE, W - 2, 0, 0, WIN | TOO_LATE } },
			{ { CLAIM, W, 1 }, { FREE_CLAIMED }, { CLAIM, W - 1, 2 } },
		},
	}, {
		.name = "double-free-edge",
		.about = "three frees of an allocation over an edge",
		.units = MAP_OF_2,
		.placed = { { W - 2, 4 } },
		.threads = {
			{ { FREE, W - 2, 0, 0, WIN | TOO_LATE } },
			{ { FREE, W - 2, 0, 4, WIN | TOO_LATE | MSGSIZE } },
			{ { FREE, W - 2, 0, 0, WIN | TOO_LATE } },
		},
	}, {
		.name = "double-free-two-edges",
		.about = "two frees of an allocation over two edges, and of its neighbour",
		.units = MAP_OF_3,
		.placed = { { W - 2, W + 3 }, { 2 * W + 1, 2 } },
		.threads = {
			{ { FREE, W - 2, 0, 0, WIN | TOO_LATE } },
			{ { FREE, W - 2, 0, W + 3, WIN | TOO_LATE | MSGSIZE } },
			{ { FREE_OWN, 2 * W + 1, 2 } },
		},
	}, {
		.name = "wrong-size",
		.about = "a free of the wrong size never hinders the right one",
		.units = MAP_OF_2, .size = SMALL,
		.placed = { { W - 2, 4 } },
		.threads = {
			{ { FREE_OWN, W - 2, 4, 4 } },
			{ { FREE, W - 2, 0, 3, TOO_LATE | MSGSIZE } },
			{ { FREE, W - 2, 0, 2, TOO_LATE | MSGSIZE } },
		},
	}, {
		.name = "wrong-place",
		.about = "frees of a body never do anything",
		.units = MAP_OF_2, .size = SMALL,
		.placed = { { W - 2, 4 } },
		.threads = {
			{ { FREE_OWN, W - 2, 4 } },
			{ { FREE, W - 1, 0, 0, NOENT | INVAL } },
			{ { FREE, W, 0, 0, NOENT | INVAL } },
		},
	}, {
		.name = "late-free-shorter",
		.about = "a late second free meets a shorter allocation",
		.units = MAP_OF_2, .least = 1, .most = 1,
		.placed = { { W - 2, 4 }, { W + 2, 2 } },
		.threads = {
			{ { FREE, W - 2, 0, 0, WIN | TOO_LATE } },
			{ { FREE, W - 2, 0, 0, WIN | TOO_LATE } },
			{ { CLAIM, W - 2, 3 }, { CLAIM, W - 2, 3 },
			  { FREE_CLAIMED, 0, 0, 0, WIN | TOO_LATE } },
		},
	}, {
		.name = "late-free-longer",
		.about = "a late second free meets a longer allocation",
		.units = MAP_OF_2, .most = 1,
		.placed = { { W - 2, 3 } },
		.threads = {
			{ { FREE, W - 2, 0, 0, WIN | TOO_LATE } },
			{ { FREE, W - 2, 0, 0, WIN | TOO_LATE } },
			{ { CLAIM, W - 2, 5 }, { CLAIM, W - 2, 5 },
			  { FREE_CLAIMED, 0, 0, 0, WIN | TOO_LATE } },
			{ { CLAIM, W + 1, 2 } },
		},
	}, {
		.name = "late-free-sized",
		.about = "late second frees with a size meet other allocations",
		.units = MAP_OF_2, .most = 1,
		.placed = { { W - 2, 3 } },
		.threads = {
			{ { FREE, W - 2, 0, 3, WIN | TOO_LATE | MSGSIZE } },
			{ { FREE, W - 2, 0, 3, WIN | TOO_LATE | MSGSIZE },
			  { CLAIM, W - 2, 2 },
			  { FREE_CLAIMED, 0, 0, 0, WIN | TOO_LATE } },
			{ { CLAIM, W - 2, 5 }, { CLAIM, W - 2, 5 },
			  { FREE_CLAIMED, 0, 0, 0, WIN | TOO_LATE } },
		},
	}, {
		.name = "late-free-word",
		.about = "a late second free meets other allocations within a word",
		.units = MAP_OF_2, .size = SMALL, .least = 1, .most = 2,
		.placed = { { 4, 3 }, { 7, 2 } },
		.threads = {
			{ { FREE, 4, 0, 0, WIN | GONE }, { CLAIM, 4, 2 },
			  { FREE_CLAIMED, 0, 0, 0, WIN | GONE } },
			{ { FREE, 4, 0, 0, WIN | GONE } },
			{ { CLAIM, 3, 2 }, { FREE_CLAIMED } },
		},
	}, {
		.name = "late-free-moved",
		.about = "a late second free finds a body of another allocation",
		.units = MAP_OF_2, .most = 1,
		.placed = { { W - 2, 4 } },
		.threads = {
			{ { FREE, W - 2, 0, 0, WIN | GONE } },
			{ { FREE, W - 2, 0, 0, WIN | GONE } },
			{ { CLAIM, W - 3, 5 }, { CLAIM, W - 3, 5 }, { FREE_CLAIMED } },
		},
	}, {
		.name = "late-free-two-edges",
		.about = "a late second free, and claims of all lengths at its place",
		.units = MAP_OF_3, .size = LARGE, .most = 2,
		.placed = { { W - 2, W + 4 } },
		.threads = {
			{ { FREE, W - 2, 0, 0, WIN | GONE }, { CLAIM, W - 2, 2 },
			  { FREE_CLAIMED, 0, 0, 0, WIN | GONE } },
			{ { FREE, W - 2, 0, 0, WIN | GONE }, { CLAIM, 2 * W - 1, 2 } },
			{ { CLAIM, W - 2, W + 3 }, { CLAIM, W - 2, 3 },
			  { FREE_CLAIMED, 0, 0, 0, WIN | GONE } },
		},
	}, {
		.name = "late-free-3",
		.about = "late frees by all who ever had the units",
		.units = MAP_OF_2, .least = 1, .most = 2,
		.placed = { { W - 2, 3 }, { W + 2, 2 } },
		.threads = {
			{ { FREE, W - 2, 0, 0, WIN | GONE },
			  { FREE, W - 2, 0, 3, WIN | GONE | MSGSIZE } },
			{ { CLAIM, W - 2, 4 }, { CLAIM, W - 2, 4 },
			  { FREE_CLAIMED, 0, 0, 0, WIN | GONE },
			  { FREE, W - 2, 0, 4, WIN | GONE | MSGSIZE } },
			{ { CLAIM, W - 2, 2 }, { CLAIM, W - 2, 2 },
			  { FREE_CLAIMED, 0, 0, 0, WIN | GONE } },
		},
	},

	/* ---- split ---- */
	{
		.name = "split-free",
		.about = "pieces are freed by different threads",
		.units = MAP_OF_2, .size = SMALL,
		.placed = { { W - 3, 2 }, { W - 1, 2 }, { W + 1, 2 } },
		.threads = {
			{ { FREE_OWN, W - 3, 2 } },
			{ { FREE_OWN, W - 1, 2, 2 } },
			{ { FREE_OWN, W + 1, 2 } },
		},
	}, {
		.name = "split-early-free",
		.about = "pieces are freed as soon as they appear, and claimed",
		.units = MAP_OF_2, .most = 3,
		.placed = { { W - 3, 6 } },
		.threads = {
			{ { SPLIT, W - 3, 2, 0, WIN }, { FREE_OWN, W - 3, 2 } },
			{ { FREE, W - 1, 0, 0, WIN | INVAL } },
			{ { FREE, W + 1, 0, 0, WIN | INVAL },
			  { CLAIM, W + 1, 3 }, { FREE_CLAIMED } },
		},
	}, {
		.name = "split-wrong-free",
		.about = "an allocation is freed while it is split",
		.units = MAP_OF_2, .most = 3,
		.placed = { { W - 3, 6 } },
		.threads = {
			{ { SPLIT, W - 3, 2, 0, WIN | TOO_LATE } },
			{ { FREE, W - 3, 0, 0, WIN | BUSY } },
			{ { FREE, W - 1, 0, 0, WIN | NOENT | INVAL } },
		},
	}, {
		.name = "split-wrong-size",
		.about = "frees of other sizes while an allocation is split",
		.units = MAP_OF_2, .size = SMALL, .most = 4,
		.placed = { { W - 2, 4 } },
		.threads = {
			{ { SPLIT, W - 2, 1, 0, WIN | TOO_LATE } },
			{ { FREE, W - 2, 0, 4, WIN | BUSY | MSGSIZE } },
			{ { FREE, W - 1, 0, 3, MSGSIZE | NOENT | INVAL } },
		},
	}, {
		.name = "split-late",
		.about = "a late split meets other allocations",
		.units = MAP_OF_2, .most = 3,
		.placed = { { W - 2, 4 } },
		.threads = {
			{ { SPLIT, W - 2, 2, 0, WIN | TOO_LATE } },
			{ { FREE, W - 2, 0, 0, WIN | TOO_LATE } },
			{ { CLAIM, W - 2, 6 }, { CLAIM, W - 2, 6 } },
			{ { CLAIM, W - 2, 2 } },
		},
	}, {
		.name = "split-trim",
		.about = "an allocation is split and trimmed at once",
		.units = MAP_OF_2, .least = 1, .most = 4,
		.placed = { { W - 3, 6 } },
		.threads = {
			{ { SPLIT, W - 3, 2, 0, WIN | BUSY } },
			{ { TRIM, W - 3, 3, 0, WIN | BUSY | MSGSIZE } },
			{ { CLAIM, W, 2 }, { CLAIM, W, 2 } },
		},
	}, {
		.name = "split-free-claim",
		.about = "pieces of an allocation over two edges are freed and claimed",
		.units = MAP_OF_3, .most = 4,
		.placed = { { W - 2, W + 4 } },
		.threads = {
			{ { SPLIT, W - 2, W / 2, 0, WIN | TOO_LATE },
			  { FREE, W - 2, 0, W / 2, WIN | GONE | MSGSIZE } },
			{ { FREE, W / 2 * 3 - 2, 0, 0, WIN | NOENT | INVAL },
			  { CLAIM, W / 2 * 3 + 1, W / 2 }, { FREE_CLAIMED } },
			{ { FREE, 2 * W - 2, 0, 0, WIN | NOENT | INVAL } },
		},
	},

	/* ---- trim ---- */
	{
		.name = "trim-claim",
		.about = "a tail is claimed as soon as it is free",
		.units = MAP_OF_2, .most = 1,
		.placed = { { W - 3, 6 } },
		.threads = {
			{ { TRIM, W - 3, 2, 0, WIN }, { FREE_OWN, W - 3, 2, 2 } },
			{ { CLAIM, W - 1, 3 }, { CLAIM, W - 1, 3 }, { FREE_CLAIMED } },
			{ { CLAIM, W + 1, 3 }, { CLAIM, W + 1, 3 } },
		},
	}, {
		.name = "trim-wrong-free",
		.about = "an allocation is freed while it is trimmed",
		.units = MAP_OF_2, .most = 1,
		.placed = { { W - 3, 6 } },
		.threads = {
			{ { TRIM, W - 3, 1, 0, WIN | TOO_LATE } },
			{ { FREE, W - 3, 0, 0, WIN | BUSY } },
			{ { CLAIM, W - 2, 4 }, { CLAIM, W - 2, 4 }, { FREE_CLAIMED } },
		},
	}, {
		.name = "trim-late",
		.about = "a late trim meets other allocations",
		.units = MAP_OF_2, .most = 2,
		.placed = { { W - 2, 4 } },
		.threads = {
			{ { TRIM, W - 2, 2, 0, WIN | TOO_LATE } },
			{ { FREE, W - 2, 0, 0, WIN | BUSY } },
			{ { CLAIM, W - 2, 6 }, { CLAIM, W - 2, 6 } },
			{ { CLAIM, W, 3 } },
		},
	}, {
		.name = "trim-two-edges",
		.about = "a tail over two edges goes while it is claimed again",
		.units = MAP_OF_3, .size = LARGE, .most = 2,
		.placed = { { W - 3, W + 6 } },
		.threads = {
			{ { TRIM, W - 3, 2, 0, WIN }, { FREE_OWN, W - 3, 2 } },
			{ { CLAIM, W - 1, 3 }, { CLAIM, W - 1, 3 }, { FREE_CLAIMED } },
			{ { CLAIM, 2 * W - 1, 3 }, { CLAIM, 2 * W - 1, 3 } },
			{ { CLAIM, W + 2, 2 } },
		},
	},

	/* ---- out of service ---- */
	{
		.name = "claim-all",
		.about = "a map is claimed whole while others come and go",
		.units = W + 4, .least = 0, .most = 1,
		.placed = { { W - 1, 2 } },
		.threads = {
			{ { CLAIM_ALL }, { CLAIM_ALL } },
			{ { FREE_OWN, W - 1, 2 }, { CLAIM, W - 2, 3 }, { FREE_CLAIMED } },
			{ { CLAIM, W + 1, 2 }, { FREE_CLAIMED } },
		},
	}, {
		.name = "claim-all-3",
		.about = "the same in a map of three words",
		.units = 2 * W + 4, .least = 0, .most = 1,
		.placed = { { 2 * W - 1, 2 } },
		.threads = {
			{ { CLAIM_ALL }, { CLAIM_ALL } },
			{ { FREE_OWN, 2 * W - 1, 2 } },
			{ { CLAIM, W - 1, 2 }, { FREE_CLAIMED } },
		},
	}, {
		.name = "claim-all-4",
		.about = "the same with four threads, one of which finds room",
		.units = W + 2, .size = LARGE, .most = 2,
		.placed = { { W - 1, 2 } },
		.threads = {
			{ { CLAIM_ALL }, { CLAIM_ALL } },
			{ { FREE_OWN, W - 1, 2 }, { CLAIM, W - 2, 3 }, { FREE_CLAIMED } },
			{ { CLAIM, 2, 2 } },
			{ { ALLOC, 0, W - 1 } },
		},
	},

	/* ---- find and claim ---- */
	{
		.name = "alloc-3",
		.about = "three find room for two units each, there is room for two",
		.units = W + 2, .size = SMALL, .least = 3, .most = 3,
		.placed = { { 0, W - 2 } },
		.threads = {
			{ { ALLOC, 0, 2 } },
			{ { ALLOC, 0, 2 } },
			{ { ALLOC, 0, 2 } },
		},
	}, {
		.name = "alloc-free-3",
		.about = "three find room over an edge and free it",
		.units = W + 4, .least = 1, .most = 2,
		.placed = { { 0, W - 2 } },
		.threads = {
			{ { ALLOC, 0, 1 }, { FREE_CLAIMED } },
			{ { ALLOC, 0, 3 }, { FREE_CLAIMED } },
			{ { ALLOC, 0, 2 } },
		},
	}, {
		.name = "alloc-claim-all",
		.about = "two find room in a map that is claimed whole",
		.units = W + 2, .most = 2,
		.threads = {
			{ { ALLOC, 0, W - 1 }, { FREE_CLAIMED }, { ALLOC, 0, 1 } },
			{ { CLAIM_ALL }, { CLAIM_ALL } },
			{ { ALLOC, 0, 2 } },
		},
	},

	/*
	 * ---- hints ----
	 *
	 * Somebody searches for more than there ever is, and lowers hints by
	 * that, while others free.  In the end, and for who has freed himself
	 * already before, everything must be found.
	 */
	{
		.name = "hint-block",
		.about = "two frees in a block that is searched in vain",
		.units = MAP_WITH_HINTS, .least = 2, .most = 2,
		.placed = { { 0, W }, { W, 1 }, { W + 1, 1 }, { W + 2, 3 * W - 3 } },
		.threads = {
			{ { FREE_OWN, W, 1 } },
			{ { FREE_OWN, W + 1, 1 } },
			{ { ALLOC, 0, 3 } },
		},
	}, {
		.name = "hint-own",
		.about = "who has freed units finds them, whoever searches",
		.units = MAP_WITH_HINTS, .least = 3, .most = 3,
		.placed = { { 0, W }, { W, 1 }, { W + 1, 3 * W - 2 } },
		.threads = {
			{ { FREE_OWN, W, 1 }, { ALLOC, 0, 1, 0, WIN } },
			{ { ALLOC, 0, 2 } },
		},
	}, {
		.name = "hint-two-searches",
		.about = "a free in a block that two search in vain",
		.units = MAP_WITH_HINTS, .least = 2, .most = 2,
		.placed = { { 0, W }, { W, 1 }, { W + 1, 3 * W - 2 } },
		.threads = {
			{ { FREE_OWN, W, 1 } },
			{ { ALLOC, 0, 2 } },
			{ { ALLOC, 0, 2 } },
		},
	}, {
		.name = "hint-edge",
		.about = "two frees on both sides of the edge of a block",
		.units = MAP_WITH_HINTS, .least = 2, .most = 2,
		.placed = { { 0, W - 1 }, { W - 1, 1 }, { W, 1 }, { W + 1, 3 * W - 2 } },
		.threads = {
			{ { FREE_OWN, W - 1, 1 } },
			{ { FREE_OWN, W, 1 } },
			{ { ALLOC, 0, 3 } },
		},
	}, {
		.name = "hint-over-edge",
		.about = "a free over the edge of a block",
		.units = MAP_WITH_HINTS, .least = 3, .most = 3,
		.placed = { { 0, W - 2 }, { W - 2, 4 }, { W + 2, 3 * W - 3 } },
		.threads = {
			{ { FREE_OWN, W - 2, 4 }, { ALLOC, 0, 4, 0, WIN } },
			{ { ALLOC, 0, 5 } },
		},
	}, {
		.name = "hint-base",
		.about = "the unit behind the edge of a block comes and goes",
		.units = MAP_WITH_HINTS, .least = 2, .most = 2,
		.placed = { { 0, W - 1 }, { W + 1, 1 }, { W + 2, 3 * W - 3 } },
		.threads = {
			{ { FREE_OWN, W + 1, 1 } },
			{ { CLAIM, W, 1 }, { FREE_CLAIMED }, { ALLOC, 0, 4 } },
		},
	}, {
		.name = "hint-rollback",
		.about = "a claim that is rolled back in blocks that are searched",
		.units = MAP_WITH_HINTS, .least = 2, .most = 3,
		.placed = { { 0, W - 2 }, { W, 1 }, { W + 2, 3 * W - 3 } },
		.threads = {
			{ { CLAIM, W - 2, 4 } },
			{ { ALLOC, 0, 3 } },
			{ { FREE_OWN, W, 1 } },
		},
	}, {
		.name = "hint-trim",
		.about = "a tail is freed in a block that is searched in vain",
		.units = MAP_WITH_HINTS, .least = 4, .most = 4,
		.placed = { { 0, W }, { W, 4 }, { W + 4, 3 * W - 5 } },
		.threads = {
			{ { TRIM, W, 1, 0, WIN }, { ALLOC, 0, 3, 0, WIN } },
			{ { ALLOC, 0, 4 } },
			{ { ALLOC, 0, 4 } },
		},
	}, {
		.name = "hint-group",
		.about = "a free in a group that is searched in vain",
		.units = MAP_WITH_GROUPS, .least = 3, .most = 3,
		.placed = { { 0, 5 * W }, { 5 * W, 1 }, { 5 * W + 1, 3 * W - 2 } },
		.threads = {
			{ { FREE_OWN, 5 * W, 1 }, { ALLOC, 0, 1, 0, WIN } },
			{ { ALLOC, 0, 2 } },
		},
	}, {
		.name = "hint-group-again",
		.about = "two frees in a group that is searched twice for both",
		.units = MAP_WITH_GROUPS, .least = 2, .most = 3,
		.placed = { { 0, 5 * W }, { 5 * W, 1 }, { 5 * W + 1, 1 },
			    { 5 * W + 2, 3 * W - 3 } },
		.threads = {
			{ { FREE_OWN, 5 * W, 1 }, { FREE_OWN, 5 * W + 1, 1 } },
			{ { ALLOC, 0, 2 }, { ALLOC, 0, 2 } },
		},
	}, {
		.name = "hint-group-twice",
		.about = "two frees in blocks of a group that is searched in vain",
		.units = MAP_WITH_GROUPS, .least = 3, .most = 3,
		.placed = { { 0, 4 * W }, { 4 * W, W }, { 5 * W, 1 }, { 5 * W + 1, 3 * W - 2 } },
		.threads = {
			{ { TRIM, 4 * W, W - 1, 0, WIN } },
			{ { FREE_OWN, 5 * W, 1 } },
			{ { ALLOC, 0, 3 } },
		},
	},

	/*
	 * ---- lengths ----
	 *
	 * In the end the best fit is the best, whoever has cut or joined runs
	 * while others measured them; and none fails for which there is room.
	 */
	{
		.name = "best-cut",
		.about = "a run is cut, and what is left is the best",
		.units = MAP_WITH_HINTS, .least = 4, .most = 4,
		.placed = { { 0, W - 4 }, { W - 2, 10 }, { W + 13, 3 * W - 14 } },
		.threads = {
			{ { CLAIM, W + 8, 4 } },
			{ { BEST, 0, 3 } },
		},
	}, {
		.name = "best-join",
		.about = "a run becomes the best while it is measured",
		.units = MAP_WITH_HINTS, .least = 5, .most = 5,
		.placed = { { 0, W - 9 }, { W - 1, 9 }, { W + 9, 1 }, { W + 10, 1 },
			    { W + 11, 3 * W - 12 } },
		.threads = {
			{ { FREE_OWN, W + 9, 1 }, { FREE_OWN, W + 10, 1 } },
			{ { BEST, 0, 2 }, { BEST, 0, 3 } },
		},
	}, {
		.name = "best-edge",
		.about = "a run over the edge of a block becomes the best",
		.units = MAP_WITH_HINTS, .least = 4, .most = 4,
		.placed = { { 0, W - 1 }, { W, 2 }, { W + 2, 6 }, { W + 16, 3 * W - 17 } },
		.threads = {
			{ { FREE_OWN, W, 2 } },
			{ { BEST, 0, 2 } },
		},
	}, {
		.name = "best-behind-edge",
		.about = "what is left of a run begins in another block",
		.units = MAP_WITH_HINTS, .least = 3, .most = 4,
		.placed = { { 0, W - 3 }, { W + 3, 3 * W - 4 } },
		.threads = {
			{ { CLAIM, W - 3, 3 } },
			{ { BEST, 0, 2, 0, WIN } },
		},
	},

	/* ---- looking ---- */
	{
		.name = "look",
		.about = "an allocation stays while its neighbours come and go",
		.units = MAP_OF_2, .least = 1, .most = 1,
		.placed = { { W - 2, 4 }, { W - 4, 2 }, { W + 2, 2 } },
		.threads = {
			{ { LOOK, W - 2, 4 } },
			{ { FREE_OWN, W - 4, 2 }, { CLAIM, W - 3, 1 }, { FREE_CLAIMED } },
			{ { FREE_OWN, W + 2, 2 }, { CLAIM, W + 2, 3 }, { FREE_CLAIMED } },
		},
	}, {
		.name = "watch",
		.about = "an allocation that appears is all there, or not at all",
		.units = MAP_OF_3, .least = 1, .most = 1,
		.threads = {
			{ { CLAIM, W - 2, W + 4 } },
			{ { WATCH, W - 2, W + 4 }, { WATCH, W - 2, W + 4 } },
			{ { CLAIM, 2 * W + 1, 2 } },
		},
	}, {
		.name = "peek",
		.about = "somebody looks at what comes and goes",
		.units = MAP_OF_2,
		.placed = { { W - 2, 4 } },
		.threads = {
			{ { PEEK, W - 2 }, { PEEK, W + 1 } },
			{ { FREE_OWN, W - 2, 4 }, { CLAIM, W - 2, 6 }, { FREE_CLAIMED } },
			{ { CLAIM, W + 1, 4 }, { FREE_CLAIMED } },
		},
	},
};

const unsigned int nr_scenarios = ARRAY_SIZE(scenarios);
