// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: refusals and their reports
 *
 * A call that cannot be right changes nothing and is counted in the pool.  The
 * first one in each pool is reported, with all that the pool knows.
 */

#include <kunit/static_stub.h>
#include <kunit/visibility.h>
#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sprintf.h>

#include "genalloc.h"

/**
 * gen_pool_report - report a refused call
 * @pool: the pool
 * @refusal: the call and the reason
 *
 * Replaced by KUnit tests.
 *
 * Context: Any.
 */
VISIBLE_IF_KUNIT void gen_pool_report(struct gen_pool *pool,
				      const struct gen_pool_refusal *refusal)
{
	char recorded[64] = "";

	KUNIT_STATIC_STUB_REDIRECT(gen_pool_report, pool, refusal);

	if (refusal->recorded)
		scnprintf(recorded, sizeof(recorded), " (recorded are %zu bytes at %#lx)",
			  refusal->recorded, refusal->start);

	WARN(1, "genalloc: pool %s of %pS: %s of %zu bytes at %#lx refused: %s%s\n",
	     pool->name ?: "(no name)", pool->creator, refusal->what,
	     refusal->size, refusal->addr, refusal->why, recorded);
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_report);

static const char *reason(int err)
{
	switch (err) {
	case -ENOENT:
		return "nothing is allocated there";
	case -EBUSY:
		return "another CPU is just allocating or freeing it";
	case -EMSGSIZE:
		return "it has another size";
	case -ERANGE:
		return "it is in the unusable end of a chunk";
	case -ENXIO:
		return "it is not in this pool";
	case -EDOM:
		return "pieces have no size";
	case -EPERM:
		return "it belongs to a device, and goes with it";
	case -EADDRINUSE:
		return "the algorithm chooses what is allocated";
	default:
		return "it is not the beginning of an allocation";
	}
}

/* Returns true. */
bool gen_pool_warn_context(void)
{
	return WARN_ONCE(true, "genalloc: no cmpxchg in NMI on this machine\n");
}

/* One report for each pool: a driver that errs once errs again and again. */
static void refuse(struct gen_pool *pool, const struct gen_pool_refusal *refusal)
{
	if (atomic_long_inc_return(&pool->nr_refused) == 1)
		gen_pool_report(pool, refusal);
}

/**
 * gen_pool_refuse - count, and report, a call with a wrong address or size
 * @pool: the pool
 * @chunk: the chunk that has @addr, or NULL
 * @what: the operation
 * @addr: the address it was called with
 * @size: the size in bytes it was called with
 * @err: the reason
 *
 * Context: Any, under rcu_read_lock() if there is a @chunk.
 * Return: @err.
 */
int gen_pool_refuse(struct gen_pool *pool, const struct gen_pool_chunk *chunk,
		    const char *what, unsigned long addr, size_t size, int err)
{
	struct gen_pool_refusal refusal = {
		.what = what, .addr = addr, .size = size, .why = reason(err),
	};

	if (chunk)
		refusal.recorded = gen_pool_chunk_lookup(chunk, addr,
							 &refusal.start);
	refuse(pool, &refusal);

	return err;
}

/* How many of the allocations that stop gen_pool_destroy() are listed. */
#define MAX_LISTED	16

struct leak {
	unsigned long nr;
	unsigned long first;
	size_t size;
};

static void add_to_leak(struct gen_pool *pool, unsigned long addr, size_t size,
			void *data)
{
	struct leak *leak = data;

	if (!leak->nr)
		leak->first = addr;
	if (leak->nr++ < MAX_LISTED)
		pr_err("genalloc: pool %s of %pS: still allocated: %zu bytes at %#lx\n",
		       pool->name ?: "(no name)", pool->creator, size, addr);
	leak->size += size;
}

bool gen_pool_refuse_leak(struct gen_pool *pool)
{
	struct gen_pool_refusal refusal = {
		.what = "destruction",
		.why = "memory is still allocated, so the pool stays",
	};
	struct leak leak = {};

	gen_pool_for_each_alloc(pool, add_to_leak, &leak);
	if (!leak.nr)
		return false;
	if (leak.nr > MAX_LISTED)
		pr_err("genalloc: and %lu more\n", leak.nr - MAX_LISTED);

	refusal.addr = leak.first;
	refusal.size = leak.size;
	atomic_long_inc(&pool->nr_refused);
	gen_pool_report(pool, &refusal);
	return true;
}
