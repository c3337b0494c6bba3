// SPDX-License-Identifier: GPL-2.0-only
/* The parts of searches of large maps, in any state. */

#include "any.h"

/* Skipped blocks have no room, and no hint becomes too low. */
LONG_PROOF(next_block, u8 block, u8 end, u8 nr)
{
	any_map();
	assume(nr && nr <= HINT_MOST && block <= end && end && end <= nr_blocks(map));
	CALL(ulong, next, next_block(map, block, end, nr));
	check(next >= block && next <= end);
	check(place < block * UNITS_PER_BLOCK || place >= next * UNITS_PER_BLOCK ||
	      !was_free(place, nr));
	check(became(0, 0, FREE, FREE));
}

LONG_PROOF(lower_block, u8 block, bool sure)
{
	any_map();
	assume(block < nr_blocks(map));
	lower_block(map, block, sure);
	check(became(0, 0, FREE, FREE));
}

/* ---- the best fit ---- */

/* Whether a run of exactly @nr units begins with @place. */
static bool begins(ulong nr)
{
	return nr && is_run(place, nr) && (!place || NOW(place - 1) != FREE);
}

/* No run that would do and be shorter begins in skipped blocks. */
LONG_PROOF(next_fit, u8 block, u8 nr, ulong least, u8 len)
{
	struct fit fit = { .nr = nr, .len = least };

	any_map();
	assume(parts.lengths && nr && nr < least && block <= nr_blocks(map));
	assume(begins(len));
	CALL(ulong, next, next_fit(map, &fit, block));
	check(next >= block && next <= nr_blocks(map));
	check(place < block * UNITS_PER_BLOCK || place >= next * UNITS_PER_BLOCK ||
	      len < nr || len >= least);
}

/* The shortest run that will do and begins in a block, and the first of these. */
HARD_PROOF(fit_in, u8 block, u8 nr, u8 len, u8 least)
{
	struct fit fit = { .nr = nr, .len = NOT_MEASURED };
	ulong start = block * UNITS_PER_BLOCK;

	any_map();
	assume(few_runs() && nr && block < nr_blocks(map));
	assume(begins(len) && place / UNITS_PER_BLOCK == block);
	fit.unit = map->nr_units;
	CALL(uint, lengths, fit_in(map, &fit, start, block_end(map, block),
				   start && WAS(start - 1) == FREE));
	assume(is_run(fit.unit, least));
	check(fit.unit == map->nr_units ||
	      (least >= nr && (!fit.unit || WAS(fit.unit - 1) != FREE)));
	check(len < nr || (fit.unit < map->nr_units &&
			   (least < len || (least == len && fit.unit <= place))));
	check(fit.len == nr || lengths >> length_class(len) & 1);
}
