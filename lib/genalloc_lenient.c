// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: wrong frees, carried out all the same
 *
 * Pools that did not know their allocations let a free have any range of them:
 * a part of one, or several.  Now it is refused, and the memory is lost.  With
 * genalloc.lenient it is counted and reported as before, and then carried out,
 * so that a system can be used until all its drivers are mended.
 *
 * The range is cut out of the allocations that it begins and ends in.  Then
 * each allocation between the cuts is freed as any other, by the length that it
 * was seen to have.  So the map decides: of several frees of a unit one wins,
 * and the others find it free, or in an allocation of another length, and stop.
 * No unit outside the range is freed.  Units that are free already are not for
 * any free: if there is one, nothing changes.
 *
 * There is no lock.  A cut makes a head busy for a moment, and CPUs that free
 * other parts of that allocation look again; not for ever, since it may be
 * their own cut, which an interrupt or NMI has stopped.  Then the free stays
 * refused.
 */

#include <kunit/visibility.h>
#include <linux/alloc_map.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/processor.h>

#include "alloc_map.h"
#include "genalloc.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "genalloc."

/* How often to look at a busy head: for longer than a cut takes. */
#define MAX_LOOKS	1000

static bool lenient;
module_param(lenient, bool, 0644);

#if IS_ENABLED(CONFIG_KUNIT)
/* Returns what it was. */
bool gen_pool_be_lenient(bool on)
{
	bool old = lenient;

	WRITE_ONCE(lenient, on);
	return old;
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_be_lenient);
#endif

static bool all_taken(const struct alloc_map *map, unsigned long unit,
		      unsigned long nr)
{
	unsigned long end = unit + nr;

	if (!in_map(map, unit, nr))
		return false;
	while (unit < end && !unit_is_free(map, unit))
		unit++;
	return unit == end;
}

/* If an allocation goes on across the beginning of @unit, let it be two. */
static int cut(struct alloc_map *map, unsigned long unit)
{
	unsigned long head;
	int err = 0;

	preempt_disable();
	head = alloc_map_head(map, unit);
	if (head < unit)
		err = alloc_map_cut(map, head, unit - head);
	preempt_enable();
	return err;
}

/* Free what of [unit, end) is in one allocation.  Returns its length. */
static long free_piece(struct gen_pool_chunk *chunk, unsigned long unit,
		       unsigned long end, unsigned long caller)
{
	struct alloc_map *map = &chunk->map;
	unsigned long nr;

	/* A part of the allocation may have been cut off or freed meanwhile. */
	if (cut(map, unit) || cut(map, end))
		return -EBUSY;

	/* A length in any case: the allocation may be another by now. */
	nr = alloc_map_extent(map, unit);
	if (!nr || nr > end - unit)
		nr = end - unit;
	if (gen_pool_is_watched())
		return gen_pool_watch_free(chunk, unit, nr, caller);
	return alloc_map_release(map, unit, nr);
}

static int free_range(struct gen_pool_chunk *chunk, unsigned long unit,
		      unsigned long end, unsigned long caller)
{
	unsigned int looks = MAX_LOOKS;
	long freed;

	while (unit < end) {
		freed = free_piece(chunk, unit, end, caller);
		if (freed > 0)
			unit += freed;
		else if (freed == -EBUSY && --looks)
			cpu_relax();
		else
			return freed;
	}
	return 0;
}

/**
 * gen_pool_refuse_free - refuse a free, or carry out what it was meant for
 * @pool: the pool
 * @chunk: the chunk that has @addr, or NULL
 * @addr: the address it was called with
 * @size: the size in bytes it was called with
 * @err: the reason
 * @caller: what to name in tracepoints
 *
 * Context: as gen_pool_free_owner(), under rcu_read_lock().
 * Return: 0 if all of the range was freed; else an errno: @err, with nothing
 * changed, or that of the first unit that another CPU was faster with.
 */
int gen_pool_refuse_free(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			 unsigned long addr, size_t size, int err,
			 unsigned long caller)
{
	unsigned long unit, nr = size_to_units(pool, size);

	gen_pool_refuse(pool, chunk, "free", addr, size, err);
	if (!READ_ONCE(lenient) || !chunk)
		return err;

	unit = addr_to_unit(pool, chunk, addr);
	return all_taken(&chunk->map, unit, nr) ?
	       free_range(chunk, unit, unit + nr, caller) : err;
}
