// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: /sys/kernel/debug/genalloc/pools, one line a pool
 *
 * Pools are listed from gen_pool_create() to gen_pool_destroy(), variables from
 * the first chunk on; a pool that could not be destroyed stays, if it is not a
 * variable.  The list is changed and read under a lock, and who shows a pool is a
 * user of it: it may be destroyed meanwhile, but remains one.  A variable has
 * nobody who counts; that it remains for a grace period is up to its owner.
 */

#include <linux/debugfs.h>
#include <linux/genalloc.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include "genalloc_debugfs.h"
#include "genalloc_memory.h"

static LIST_HEAD(pools);
static DEFINE_SPINLOCK(pools_lock);

void gen_pool_debugfs_add(struct gen_pool *pool)
{
	unsigned long flags;

	spin_lock_irqsave(&pools_lock, flags);
	if (!pool->pools.next)
		list_add_tail(&pool->pools, &pools);
	spin_unlock_irqrestore(&pools_lock, flags);
}

void gen_pool_debugfs_del(struct gen_pool *pool)
{
	unsigned long flags;

	spin_lock_irqsave(&pools_lock, flags);
	if (pool->pools.next)
		list_del(&pool->pools);
	pool->pools.next = NULL;
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

	spin_lock_irqsave(&pools_lock, flags);
	entry = seq_list_start(&pools, *pos - 1);
	if (entry) {
		pool = list_entry(entry, struct gen_pool, pools);
		refcount_inc(&pool->users);
	}
	spin_unlock_irqrestore(&pools_lock, flags);

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
