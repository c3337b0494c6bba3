// SPDX-License-Identifier: GPL-2.0-only
/*
 * An algorithm of a driver's own, for a pool that several CPUs allocate from all
 * the time: each CPU begins at a place of its own, so that they do not wait for
 * each other's cache lines, and goes on to the end of the chunk and then from its
 * beginning.
 *
 * LLFree does so with page frames (Wrenger et al., USENIX ATC 2023).
 */

#include <linux/alloc_map.h>
#include <linux/cache.h>
#include <linux/genalloc.h>
#include <linux/hash.h>
#include <linux/math.h>
#include <linux/smp.h>

#include "load.h"

/* Units this far apart are never recorded in one cache line. */
#define UNITS_PER_LINE							\
	(SMP_CACHE_BYTES / sizeof(long) * ALLOC_MAP_UNITS_PER_WORD)

/*
 * A cache line of the map that no other CPU begins at, if there are enough.
 * Multiples of the golden ratio, modulo 1, are spread evenly however many there
 * are (Knuth, The Art of Computer Programming, 6.4).  A task that migrates now
 * only begins at a busier place.
 */
static unsigned long place_of_this_cpu(unsigned long size)
{
	return reciprocal_scale(hash_32(raw_smp_processor_id(), 32),
				size / UNITS_PER_LINE) * UNITS_PER_LINE;
}

unsigned long percpu_fit_ours(struct alloc_map *map, unsigned long size,
			      unsigned long start, unsigned int nr, void *data,
			      struct gen_pool *pool, unsigned long start_addr)
{
	unsigned long unit;

	if (!start)
		start = place_of_this_cpu(size);

	unit = alloc_map_find(map, start, nr, 0, 0);
	return unit < size || !start ? unit : alloc_map_find(map, 0, nr, 0, 0);
}
