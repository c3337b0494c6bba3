// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: units whose memory has failed
 *
 * When hardware says that a page is bad, the units in it are taken out of
 * service: free ones at once, allocated ones when they are freed.  A unit out of
 * service looks allocated to the map, as an allocation of one unit that nobody
 * has, so no search needs to know.  Two bits for each unit are beside the map
 * once a page of the chunk was bad:
 *
 *	bad	the unit must not be allocated again
 *	lost	it is out of service
 *
 *	fail:	bad = 1				free:	take the allocation
 *		claim it: lost = 1			bad?
 *		a grace period				clear it in the map; or keep
 *		claim it: lost = 1			the unit, lost = 1
 *
 * Frees run under rcu_read_lock().  One that began before the grace period and
 * has missed the bit has cleared the unit before the second attempt to claim it;
 * one that begins later sees the bit.
 *
 * Failures come one by one: memory_failure() holds a mutex.
 */

#include <linux/alloc_map.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/jump_label.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "alloc_map.h"
#include "genalloc.h"

static unsigned long *lost_units(const struct gen_pool_chunk *chunk)
{
	return chunk->bad + BITS_TO_LONGS(chunk->map.nr_units);
}

bool gen_pool_unit_is_lost(const struct gen_pool_chunk *chunk,
			   unsigned long unit)
{
	return READ_ONCE(chunk->bad) && unit < chunk->map.nr_units &&
	       test_bit(unit, lost_units(chunk));
}

unsigned long gen_pool_nr_lost(const struct gen_pool_chunk *chunk)
{
	if (!READ_ONCE(chunk->bad))
		return 0;
	return bitmap_weight(lost_units(chunk), chunk->map.nr_units);
}

void gen_pool_failure_forget(struct gen_pool_chunk *chunk)
{
	kfree(chunk->bad);
	chunk->bad = NULL;
}

/* ---- out of service ---- */

/* The units from @start to @end have the same fate. */
static unsigned long same_fate(const struct gen_pool_chunk *chunk,
			       unsigned long head, unsigned long end, bool bad)
{
	unsigned long start = end - 1;

	while (!bad && start > head && !test_bit(start - 1, chunk->bad))
		start--;
	return start;
}

/*
 * Give back what is good of an allocation that was taken, from the top down as
 * every free does.
 */
void gen_pool_give_good(struct gen_pool_chunk *chunk, unsigned long head,
			unsigned long nr)
{
	unsigned long end = head + nr, start;

	for (; end > head; end = start) {
		bool bad = test_bit(end - 1, chunk->bad);

		start = same_fate(chunk, head, end, bad);
		if (bad) {
			set_bit(start, lost_units(chunk));
			alloc_map_keep(&chunk->map, start);
		} else {
			gen_pool_guard_give(chunk, start, end - start);
		}
	}
}

/* @unit is bad.  Is it lost now? */
static bool lose(struct gen_pool_chunk *chunk, unsigned long unit)
{
	unsigned long *lost = lost_units(chunk);

	if (!test_bit(unit, lost) && alloc_map_claim(&chunk->map, unit, 1))
		set_bit(unit, lost);
	return test_bit(unit, lost);
}

static bool have_bits(struct gen_pool_chunk *chunk)
{
	size_t longs = 2 * BITS_TO_LONGS(chunk->map.nr_units);
	unsigned long *bits;

	if (chunk->bad)
		return true;
	/* Under rcu_read_lock(). */
	bits = kcalloc(longs, sizeof(*bits), GFP_NOWAIT | __GFP_NOWARN);
	if (!bits)
		return false;

	smp_store_release(&chunk->bad, bits);
	pr_err("genalloc: pool %s of %pS: memory has failed, and goes out of service\n",
	       chunk->pool->name ?: "(no name)", chunk->pool->creator);
	return true;
}

/**
 * gen_pool_fail_units - take units out of service
 * @chunk: the chunk
 * @unit: the first of them
 * @nr: how many
 *
 * To be called a second time a grace period later, see above.
 *
 * Context: Process context, under rcu_read_lock(), one call at a time.
 * Return: how many are still allocated, or %-ENOMEM.
 */
long gen_pool_fail_units(struct gen_pool_chunk *chunk, unsigned long unit,
			 unsigned long nr)
{
	long allocated = 0;

	if (!have_bits(chunk))
		return -ENOMEM;

	for (; nr--; unit++) {
		set_bit(unit, chunk->bad);
		allocated += !lose(chunk, unit);
	}
	return allocated;
}

/**
 * gen_pool_mend_unit - a unit is good again
 * @chunk: the chunk
 * @unit: the unit
 *
 * To be followed by gen_pool_return_unit() a grace period later: a free that has
 * seen it as bad may be about to take it out of service.
 *
 * Context: as gen_pool_fail_units().
 */
void gen_pool_mend_unit(struct gen_pool_chunk *chunk, unsigned long unit)
{
	if (chunk->bad)
		clear_bit(unit, chunk->bad);
}

void gen_pool_return_unit(struct gen_pool_chunk *chunk, unsigned long unit)
{
	if (!chunk->bad || test_bit(unit, chunk->bad) ||
	    !test_and_clear_bit(unit, lost_units(chunk)))
		return;
	if (alloc_map_take(&chunk->map, unit, 1) == 1)
		gen_pool_guard_give(chunk, unit, 1);
}

/* All frees have to come along here from the first failure on. */
void gen_pool_watch_failures(void)
{
	static bool watching;

	if (!watching)
		static_branch_inc(&gen_pool_watched);
	watching = true;
}
