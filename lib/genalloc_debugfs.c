// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: /sys/kernel/debug/genalloc/pools, one line for each pool
 *
 * Pools are listed from gen_pool_create() to gen_pool_destroy(), variables from
 * their first chunk on.  A pool that could not be destroyed stays, unless it is
 * a variable.  The list is changed and read under a lock.  A reader counts as a
 * user of the pool that it shows, so the descriptor stays if the pool is
 * destroyed meanwhile.  Variables have no such count: their owner keeps them
 * for a grace period.
 */

#include <linux/debugfs.h>
#include <linux/genalloc.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include "genalloc.h"

static void count_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			void *data)
{
	unsigned long *nr = data;

	(*nr)++;
}

struct allocs {
	unsigned long nr;
	size_t size;
};

static void count_alloc(struct gen_pool *pool, unsigned long addr, size_t size,
			void *data)
{
	struct allocs *allocs = data;

	allocs->nr++;
	allocs->size += size;
}

static void show_pool(struct seq_file *m, struct gen_pool *pool)
{
	unsigned long nr_chunks = 0;
	struct allocs allocs = { };

	gen_pool_for_each_chunk(pool, count_chunk, &nr_chunks);
	gen_pool_for_each_alloc(pool, count_alloc, &allocs);

	seq_printf(m, "%10zu %10zu %8lu %8lu %8lu %8ld  %ps %s\n",
		   gen_pool_size(pool), allocs.size, allocs.nr,
		   1UL << pool->min_alloc_order, nr_chunks,
		   atomic_long_read(&pool->nr_refused), pool->creator,
		   pool->name ?: "");
}

/* The pool at @pos, and a use of it; position 0 is the head line. */
static void *pools_start(struct seq_file *m, loff_t *pos)
	__acquires(RCU)
{
	struct gen_pool *pool = NULL;
	struct list_head *entry;
	unsigned long flags;

	rcu_read_lock();
	if (!*pos)
		return SEQ_START_TOKEN;

	spin_lock_irqsave(&gen_pool_list_lock, flags);
	entry = seq_list_start(&gen_pool_list, *pos - 1);
	if (entry) {
		pool = list_entry(entry, struct gen_pool, pools);
		refcount_inc(&pool->users);
	}
	spin_unlock_irqrestore(&gen_pool_list_lock, flags);

	return pool;
}

static void pools_stop(struct seq_file *m, void *v)
	__releases(RCU)
{
	if (v && v != SEQ_START_TOKEN)
		gen_pool_put(v);
	rcu_read_unlock();
}

static void *pools_next(struct seq_file *m, void *v, loff_t *pos)
{
	pools_stop(m, v);
	++*pos;
	return pools_start(m, pos);
}

static int pools_show(struct seq_file *m, void *v)
{
	if (v == SEQ_START_TOKEN)
		seq_puts(m, "      size  allocated   allocs     unit   chunks  refused  provider name\n");
	else
		show_pool(m, v);
	return 0;
}

static const struct seq_operations pools_sops = {
	.start = pools_start,
	.stop = pools_stop,
	.next = pools_next,
	.show = pools_show,
};
DEFINE_SEQ_ATTRIBUTE(pools);

static int __init genalloc_debugfs_init(void)
{
	struct dentry *dir = debugfs_create_dir("genalloc", NULL);

	debugfs_create_file("pools", 0444, dir, NULL, &pools_fops);
	return 0;
}
late_initcall(genalloc_debugfs_init);
