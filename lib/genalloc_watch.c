// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: tracepoints and peaks
 *
 * While nobody watches, all that allocations and frees have of this file is a
 * branch that is a nop.  Then they take the long way through here: an
 * allocation by the walk over all chunks, which finds what the short way finds.
 */

#include <kunit/visibility.h>
#include <linux/alloc_map.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/jump_label.h>
#include <linux/kstrtox.h>
#include <linux/moduleparam.h>

#include "alloc_map.h"
#include "genalloc.h"

#define CREATE_TRACE_POINTS
#include <trace/events/genpool.h>

EXPORT_TRACEPOINT_SYMBOL_GPL(genpool_alloc);
EXPORT_TRACEPOINT_SYMBOL_GPL(genpool_free);
EXPORT_TRACEPOINT_SYMBOL_GPL(genpool_split);
EXPORT_TRACEPOINT_SYMBOL_GPL(genpool_fail);
EXPORT_TRACEPOINT_SYMBOL_GPL(genpool_refuse);
EXPORT_TRACEPOINT_SYMBOL_GPL(genpool_chunk_add);
EXPORT_TRACEPOINT_SYMBOL_GPL(genpool_chunk_remove);

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "genalloc."

/* How many want to know of allocations and frees. */
DEFINE_STATIC_KEY_FALSE(gen_pool_watched);

int gen_pool_watch_reg(void)
{
	static_branch_inc(&gen_pool_watched);
	return 0;
}

void gen_pool_watch_unreg(void)
{
	static_branch_dec(&gen_pool_watched);
}

/**
 * gen_pool_watch_switch - switch on or off what watches allocations and frees
 * @watcher: its state: whether it is on
 * @on: whether it is to be on
 *
 * Context: Process context, or early boot; one CPU at a time for a @watcher.
 * Return: whether it was on.
 */
bool gen_pool_watch_switch(bool *watcher, bool on)
{
	bool old = *watcher;

	if (on && !old)
		static_branch_inc(&gen_pool_watched);
	WRITE_ONCE(*watcher, on);
	if (!on && old)
		static_branch_dec(&gen_pool_watched);
	return old;
}

/* ---- peaks ---- */

static bool peaks;

/* Keep, or no longer keep, the peaks of all pools.  Returns what it was. */
VISIBLE_IF_KUNIT bool gen_pool_watch_peaks(bool on)
{
	return gen_pool_watch_switch(&peaks, on);
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_watch_peaks);

static int set_peaks(const char *val, const struct kernel_param *kp)
{
	bool on;
	int err = kstrtobool(val ?: "1", &on);

	if (!err)
		gen_pool_watch_peaks(on);
	return err;
}

static const struct kernel_param_ops peaks_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = set_peaks,
	.get = param_get_bool,
};
module_param_cb(peak, &peaks_ops, &peaks, 0644);

static void add_size(struct gen_pool *pool, unsigned long addr, size_t size,
		     void *data)
{
	*(size_t *)data += size;
}

/*
 * Visits all allocations: a counter beside the maps would have to be right from
 * the moment on when it is switched on.  This is no snapshot.  Of what other CPUs
 * allocate meanwhile, some is missed; what they free and allocate again further
 * on is counted at both places, so the peak may never have been reached.
 */
static void raise_peak(struct gen_pool *pool)
{
	size_t old = READ_ONCE(pool->peak), used = 0;

	gen_pool_for_each_alloc(pool, add_size, &used);
	while (used > old && !try_cmpxchg_relaxed(&pool->peak, &old, used))
		;
}

/* ---- what happens ---- */

void gen_pool_watch_allocated(struct gen_pool *pool, unsigned long addr,
			      size_t size, unsigned long caller)
{
	unsigned long nr = size_to_units(pool, size);

	if (IS_ENABLED(CONFIG_GENALLOC_GUARD))
		gen_pool_guard_alloc(pool, addr, size);
	trace_genpool_alloc(pool, addr, size, nr, caller);
	if (READ_ONCE(peaks))
		raise_peak(pool);
	if (IS_ENABLED(CONFIG_GENALLOC_OWNER))
		gen_pool_owner_alloc(pool, addr, nr, caller);
}

unsigned long gen_pool_watch_alloc(struct gen_pool *pool, size_t size,
				   genpool_algo_t algo, void *data,
				   void **owner, unsigned long caller)
{
	unsigned long addr = gen_pool_alloc_anywhere(pool, size, algo, data,
						     owner);

	if (addr)
		gen_pool_watch_allocated(pool, addr, size, caller);
	else if (size && !no_cmpxchg())
		trace_genpool_fail(pool, size, size_to_units(pool, size), caller);
	return addr;
}

/*
 * Told in advance, so that no allocation of the same memory comes first.  Only
 * if another CPU is freeing it, too, can this free still be refused.
 */
long gen_pool_watch_free(struct gen_pool_chunk *chunk, unsigned long unit,
			 unsigned long nr, unsigned long caller)
{
	unsigned long extent = alloc_map_extent(&chunk->map, unit);

	if (gen_pool_unit_is_lost(chunk, unit))
		return -ENOENT;
	if (extent && (!nr || nr == extent)) {
		trace_genpool_free(chunk->pool,
				   unit_to_addr(chunk->pool, chunk, unit),
				   units_to_size(chunk->pool, extent), extent,
				   caller);
		if (IS_ENABLED(CONFIG_GENALLOC_OWNER))
			gen_pool_owner_free(chunk, unit, extent, caller);
	}
	if (IS_ENABLED(CONFIG_GENALLOC_GUARD) &&
	    (chunk->is_memory || gen_pool_has_failed(chunk)))
		return gen_pool_guard_free(chunk, unit, nr);
	return alloc_map_release(&chunk->map, unit, nr);
}

int gen_pool_watch_split(struct gen_pool_chunk *chunk, unsigned long unit,
			 unsigned long piece)
{
	unsigned long nr = alloc_map_extent(&chunk->map, unit);
	int err = alloc_map_split(&chunk->map, unit, piece);

	if (!err && IS_ENABLED(CONFIG_GENALLOC_OWNER))
		gen_pool_owner_split(chunk, unit, nr, piece);
	return err;
}

void gen_pool_watch_pieces(struct gen_pool *pool, unsigned long addr,
			   size_t size, unsigned long caller)
{
	trace_genpool_split(pool, addr, size, size_to_units(pool, size), caller);
}

void gen_pool_watch_chunk(struct gen_pool_chunk *chunk, bool added)
{
	if (added)
		trace_genpool_chunk_add(chunk->pool, chunk);
	else
		trace_genpool_chunk_remove(chunk->pool, chunk);
}

void gen_pool_watch_refusal(struct gen_pool *pool,
			    const struct gen_pool_refusal *refusal)
{
	trace_genpool_refuse(pool, refusal->what, refusal->addr, refusal->size,
			     refusal->err);
}
