// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: /sys/kernel/debug/genalloc/pools, one line a pool
 *
 * Pools are listed from gen_pool_create() to gen_pool_destroy(); a pool that
 * could not be destroyed stays.  The list is changed under a lock and read
 * under RCU, and gen_pool_destroy() frees a pool after a grace period.
 */

#include <linux/debugfs.h>
#include <linux/genalloc.h>
#include <linux/init.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include "genalloc_debugfs.h"

static LIST_HEAD(pools);
static DEFINE_SPINLOCK(pools_lock);

void gen_pool_debugfs_add(struct gen_pool *pool)
{
	unsigned long flags;

	spin_lock_irqsave(&pools_lock, flags);
	list_add_tail_rcu(&pool->pools, &pools);
	spin_unlock_irqrestore(&pools_lock, flags);
}

void gen_pool_debugfs_del(struct gen_pool *pool)
{
	unsigned long flags;

	spin_lock_irqsave(&pools_lock, flags);
	list_del_rcu(&pool->pools);
	spin_unlock_irqrestore(&pools_lock, flags);
}

static void count_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			void *data)
{
	unsigned long *nr = data;

	(*nr)++;
}

static void count_alloc(struct gen_pool *pool, unsigned long addr, size_t size,
			void *data)
{
	unsigned long *nr = data;

	(*nr)++;
}

static void show_pool(struct seq_file *m, struct gen_pool *pool)
{
	unsigned long nr_chunks = 0, nr_allocs = 0;
	size_t size = gen_pool_size(pool);

	gen_pool_for_each_chunk(pool, count_chunk, &nr_chunks);
	gen_pool_for_each_alloc(pool, count_alloc, &nr_allocs);

	seq_printf(m, "%10zu %10zu %8lu %8lu %8lu %8ld  %ps %s\n", size,
		   size - gen_pool_avail(pool), nr_allocs,
		   1UL << pool->min_alloc_order, nr_chunks,
		   atomic_long_read(&pool->nr_refused), pool->creator,
		   pool->name ?: "");
}

static int pools_show(struct seq_file *m, void *v)
{
	struct gen_pool *pool;

	seq_puts(m, "      size  allocated   allocs     unit   chunks  refused  provider name\n");
	rcu_read_lock();
	list_for_each_entry_rcu(pool, &pools, pools)
		show_pool(m, pool);
	rcu_read_unlock();

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(pools);

static int __init genalloc_debugfs_init(void)
{
	struct dentry *dir = debugfs_create_dir("genalloc", NULL);

	debugfs_create_file("pools", 0444, dir, NULL, &pools_fops);
	return 0;
}
late_initcall(genalloc_debugfs_init);
