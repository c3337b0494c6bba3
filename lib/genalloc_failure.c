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
 *		a grace period				bad?
 *		claim it: lost = 1			clear it in the map; or
 *							lost = 1, and keep the unit
 *
 * Allocations and frees run under rcu_read_lock(), in NMI too.
 *
 * - A free that began before the grace period, the short way perhaps, and has
 *   missed the bit has cleared the unit before it is claimed.  One that begins
 *   later sees the bit.
 *
 * - An allocation that is complete at the claim will be freed later.  One that
 *   is in transit may be given up without a look at the bits: then there is
 *   another grace period and another claim.
 *
 * - A free that nobody may make is refused once the unit is lost.  When a page
 *   is good again, bad = 0 comes a grace period before the unit is taken from
 *   the map: no free is left that would keep it.  Lost until then, it cannot be
 *   freed, allocated and taken from the new owner.
 *
 * - A chunk whose memory is out of service is not removed.  If its pool is
 *   destroyed, a reader may still find it, and only changes a map and bits that
 *   are freed together after a grace period.
 *
 * Failures come one by one: memory_failure() holds a mutex.
 */

#include <linux/alloc_map.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/kasan.h>
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
	/* About right while units come and go. */
	return data_race(bitmap_weight(lost_units(chunk), chunk->map.nr_units));
}

void gen_pool_failure_forget(struct gen_pool_chunk *chunk)
{
	kfree(chunk->bad);
	chunk->bad = NULL;
}

/* ---- out of service ---- */

/* Where the row of good units, or the one bad unit, that ends at @end begins. */
static unsigned long row_start(const struct gen_pool_chunk *chunk,
			       unsigned long head, unsigned long end, bool bad)
{
	unsigned long start = end - 1;

	while (!bad && start > head && !test_bit(start - 1, chunk->bad))
		start--;
	return start;
}

/* Nobody touches the bad memory, not even to clear it. */
static void keep(struct gen_pool_chunk *chunk, unsigned long unit)
{
	if (chunk->has_shadow)
		kasan_genpool_free((void *)unit_to_addr(chunk->pool, chunk, unit),
				   unit_size(chunk->pool));
	set_bit(unit, lost_units(chunk));
	alloc_map_keep(&chunk->map, unit);
}

/* Give back what is good of an allocation that was taken, as ever from the top. */
void gen_pool_give_good(struct gen_pool_chunk *chunk, unsigned long head,
			unsigned long nr)
{
	unsigned long end = head + nr, start;

	for (; end > head; end = start) {
		bool bad = test_bit(end - 1, chunk->bad);

		start = row_start(chunk, head, end, bad);
		if (bad)
			keep(chunk, start);
		else
			gen_pool_guard_give(chunk, start, end - start);
	}
}

/* 0 once @unit is lost, 1 if it is allocated, -EAGAIN at first and in transit. */
static int lose(struct gen_pool_chunk *chunk, unsigned long unit)
{
	unsigned long addr = unit_to_addr(chunk->pool, chunk, unit), start;

	if (!test_and_set_bit(unit, chunk->bad))
		return -EAGAIN;
	if (test_bit(unit, lost_units(chunk)))
		return 0;
	if (!alloc_map_claim(&chunk->map, unit, 1))
		return gen_pool_chunk_lookup(chunk, addr, &start) ? 1 : -EAGAIN;
	set_bit(unit, lost_units(chunk));
	return 0;
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

	smp_store_release(&chunk->bad, bits); /* to gen_pool_has_failed() */
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
 * To be called again a grace period later if it is %-EAGAIN, as at first.
 *
 * Context: Process context, under rcu_read_lock(), one call at a time.
 * Return: 0 if all are out of service, 1 if one is allocated, %-EAGAIN, %-ENOMEM.
 */
int gen_pool_fail_units(struct gen_pool_chunk *chunk, unsigned long unit,
			unsigned long nr)
{
	bool allocated = false, again = false;

	if (!have_bits(chunk))
		return -ENOMEM;

	for (; nr--; unit++) {
		int ret = lose(chunk, unit);

		allocated |= ret > 0;
		again |= ret < 0;
	}
	return again ? -EAGAIN : allocated;
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
	if (!gen_pool_unit_is_lost(chunk, unit) || test_bit(unit, chunk->bad) ||
	    alloc_map_take(&chunk->map, unit, 1) != 1)
		return;
	clear_bit(unit, lost_units(chunk));
	/* KASAN knows it as free; a destroyed pool has no right to its bytes. */
	alloc_map_clear(&chunk->map, unit, 1);
}

/* All frees have to come along here from the first failure on. */
void gen_pool_watch_failures(void)
{
	static bool watching;

	gen_pool_watch_switch(&watching, true);
}
