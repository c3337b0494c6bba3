// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: refusals and their reports
 *
 * A call that cannot be right changes nothing and is counted in the pool.  The
 * first one in each pool is reported, with all that the pool knows.
 *
 * Users without a right to kernel addresses may read logs.  So an address
 * is told by its offset in the chunk, and hashed (%p), which is enough to find
 * it again in another line.  With no_hash_pointers, %p is the address.
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

/* Room for the words of place(). */
#define PLACE_SIZE	64

static const char *place(const struct gen_pool_chunk *chunk, unsigned long addr,
			 char *buf)
{
	if (chunk)
		scnprintf(buf, PLACE_SIZE, "%p, %#lx in chunk %p", (void *)addr,
			  addr - chunk->start_addr, (void *)chunk->start_addr);
	else
		scnprintf(buf, PLACE_SIZE, "%p", (void *)addr);
	return buf;
}

/**
 * gen_pool_describe_refusal - describe a refused call in words
 * @refusal: the call and the reason
 * @buf: where to put the string
 * @size: size of @buf in bytes
 *
 * Called by KUnit tests.
 *
 * Context: Any, while the chunk stays.
 */
VISIBLE_IF_KUNIT void
gen_pool_describe_refusal(const struct gen_pool_refusal *refusal, char *buf,
			  size_t size)
{
	const struct gen_pool_chunk *chunk = refusal->chunk;
	char at[PLACE_SIZE];
	int len;

	len = scnprintf(buf, size, "%s of %zu bytes at %s refused: %s",
			refusal->what, refusal->size,
			place(chunk, refusal->addr, at), refusal->why);
	if (refusal->recorded)
		scnprintf(buf + len, size - len, " (recorded are %zu bytes at %#lx)",
			  refusal->recorded, refusal->start - chunk->start_addr);
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_describe_refusal);

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
	char words[256];

	KUNIT_STATIC_STUB_REDIRECT(gen_pool_report, pool, refusal);

	gen_pool_describe_refusal(refusal, words, sizeof(words));
	WARN(1, "genalloc: pool %s of %pS: %s\n", pool->name ?: "(no name)",
	     pool->creator, words);
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
	gen_pool_watch_refusal(pool, refusal);
	if (atomic_long_inc_return(&pool->nr_refused) != 1)
		return;

	/* First, as the report may be a panic. */
	if (refusal->chunk)
		gen_pool_owner_print(refusal->chunk, refusal->addr);
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
		.what = what, .chunk = chunk, .addr = addr, .size = size,
		.err = err, .why = reason(err),
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
	const struct gen_pool_chunk *chunk = find_chunk(pool, addr);
	struct leak *leak = data;
	char at[PLACE_SIZE];

	if (!leak->nr)
		leak->first = addr;
	leak->size += size;
	if (leak->nr++ >= MAX_LISTED)
		return;

	pr_err("genalloc: pool %s of %pS: still allocated: %zu bytes at %s\n",
	       pool->name ?: "(no name)", pool->creator, size,
	       place(chunk, addr, at));
	gen_pool_owner_print_alloc(chunk, addr);
}

bool gen_pool_refuse_leak(struct gen_pool *pool)
{
	struct gen_pool_refusal refusal = {
		.what = "destruction", .err = -ENOTEMPTY,
		.why = "memory is still allocated, so the pool stays",
	};
	struct leak leak = {};

	gen_pool_for_each_alloc(pool, add_to_leak, &leak);
	if (!leak.nr)
		return false;
	if (leak.nr > MAX_LISTED)
		pr_err("genalloc: and %lu more\n", leak.nr - MAX_LISTED);

	rcu_read_lock();
	refusal.chunk = find_chunk(pool, leak.first);
	refusal.addr = leak.first;
	refusal.size = leak.size;
	gen_pool_watch_refusal(pool, &refusal);
	atomic_long_inc(&pool->nr_refused);
	gen_pool_report(pool, &refusal);
	rcu_read_unlock();
	return true;
}
