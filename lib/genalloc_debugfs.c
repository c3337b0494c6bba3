// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: /sys/kernel/debug/genalloc
 *
 * The file pools has one line for each pool.  Each pool has a directory, named
 * after its creator and, if it has one, its name; of several that would have the
 * same name, the later ones get a number.  A work item makes and removes these
 * directories, a moment after the list of pools has changed.
 *
 * Pools are listed from gen_pool_create() to gen_pool_destroy(), variables from
 * their first chunk on.  A pool that could not be destroyed stays, unless it is
 * a variable.  Readers are under rcu_read_lock(), for which a pool stays that is
 * destroyed meanwhile; for a variable gen_pool_destroy() waits.
 */

#include <kunit/visibility.h>
#include <linux/alloc_map.h>
#include <linux/container_of.h>
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "alloc_map.h"
#include "genalloc.h"

/* Characters that an address takes. */
#define ADDR_WIDTH	((int)(2 + 2 * sizeof(long)))

/*
 * The directory of a pool.  Its files know the pool by it alone: an address may
 * be that of the next pool.
 */
struct gen_pool_dir {
	struct gen_pool __rcu *pool;	/* NULL once it is no longer listed */
	struct dentry *dentry;
	struct list_head old;		/* in old_dirs */
};

/* ---- the file pools ---- */

static void show_pool(struct seq_file *m, struct gen_pool *pool)
{
	struct genpool_stats stats;

	gen_pool_stats(pool, &stats);
	seq_printf(m, "%10zu %10zu %8lu %8lu %8lu %8lu %10zu %8lu %10zu  %ps %s\n",
		   stats.size, stats.allocated, stats.nr_allocs,
		   1UL << pool->min_alloc_order, stats.nr_chunks,
		   stats.nr_refused, stats.largest_free, stats.nr_failed,
		   stats.peak, pool->creator, pool->name ?: "");
}

/* Position 0, the head of the list, is the head line. */
static void *pools_start(struct seq_file *m, loff_t *pos)
	__acquires(RCU)
{
	rcu_read_lock();
	return seq_list_start_head_rcu(&gen_pool_list, *pos);
}

static void *pools_next(struct seq_file *m, void *v, loff_t *pos)
{
	return seq_list_next_rcu(v, &gen_pool_list, pos);
}

static void pools_stop(struct seq_file *m, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

static int pools_show(struct seq_file *m, void *v)
{
	if (v == &gen_pool_list)
		seq_puts(m, "      size  allocated   allocs     unit   chunks  refused   free-run   failed       peak  provider name\n");
	else
		show_pool(m, list_entry(v, struct gen_pool, pools));
	return 0;
}

static const struct seq_operations pools_sops = {
	.start = pools_start,
	.stop = pools_stop,
	.next = pools_next,
	.show = pools_show,
};
DEFINE_SEQ_ATTRIBUTE(pools);

/* ---- the file stats of a pool ---- */

static void show_stats(struct seq_file *m, struct gen_pool *pool)
{
	struct genpool_stats stats;

	gen_pool_stats(pool, &stats);
	seq_printf(m, "pool            %p\n", pool);
	seq_printf(m, "provider        %ps\n", pool->creator);
	seq_printf(m, "name            %s\n", pool->name ?: "");
	seq_printf(m, "unit            %lu\n", 1UL << pool->min_alloc_order);
	seq_printf(m, "size            %zu\n", stats.size);
	seq_printf(m, "allocated       %zu\n", stats.allocated);
	seq_printf(m, "peak            %zu\n", stats.peak);
	seq_printf(m, "largest_free    %zu\n", stats.largest_free);
	seq_printf(m, "allocs          %lu\n", stats.nr_allocs);
	seq_printf(m, "chunks          %lu\n", stats.nr_chunks);
	seq_printf(m, "failed          %lu\n", stats.nr_failed);
	seq_printf(m, "largest_failed  %zu\n", stats.max_failed);
	seq_printf(m, "refused         %lu\n", stats.nr_refused);
	if (stats.lost)
		seq_printf(m, "lost            %zu\n", stats.lost);
}

static int show_if_there(struct seq_file *m,
			 void (*show)(struct seq_file *m, struct gen_pool *pool))
{
	const struct gen_pool_dir *dir = m->private;
	struct gen_pool *pool;

	rcu_read_lock();
	pool = rcu_dereference(dir->pool);
	if (pool)
		show(m, pool);
	rcu_read_unlock();
	return 0;
}

static int stats_show(struct seq_file *m, void *v)
{
	return show_if_there(m, show_stats);
}
DEFINE_SHOW_ATTRIBUTE(stats);

/* ---- the file map of a pool ---- */

#define CELLS_PER_LINE	64
#define MAX_LINES	16

/* Units [@unit, @end). */
static char cell(const struct alloc_map *map, unsigned long unit,
		 unsigned long end)
{
	if (end - unit == 1)
		return ".?=["[alloc_map_state(map, unit)];
	if (alloc_map_is_free(map, unit, end - unit))
		return '.';
	return alloc_map_find_in(map, unit, end, 1, 0, 0) != NOWHERE ? '+' : '#';
}

static void show_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		       void *data)
{
	const struct alloc_map *map = &chunk->map;
	unsigned long nr = map->nr_units, step, unit;
	struct seq_file *m = data;

	step = roundup_pow_of_two(max(DIV_ROUND_UP(nr, CELLS_PER_LINE * MAX_LINES), 1));
	seq_printf(m, "%#0*lx-%#0*lx, %zu bytes a cell: %s\n", ADDR_WIDTH,
		   chunk->start_addr, ADDR_WIDTH, chunk->end_addr,
		   units_to_size(pool, step),
		   step > 1 ? ". free + partly # full" :
			      ". free [ begin = further");
	for (unit = 0; unit < nr; unit += step) {
		if (!(unit / step % CELLS_PER_LINE))
			seq_printf(m, "%s%#0*lx  ", unit ? "\n" : "", ADDR_WIDTH,
				   unit_to_addr(pool, chunk, unit));
		seq_putc(m, cell(map, unit, min(unit + step, nr)));
	}
	if (nr)
		seq_putc(m, '\n');
}

VISIBLE_IF_KUNIT void gen_pool_show_map(struct seq_file *m, struct gen_pool *pool)
{
	gen_pool_for_each_chunk(pool, show_chunk, m);
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_show_map);

static int map_show(struct seq_file *m, void *v)
{
	return show_if_there(m, gen_pool_show_map);
}
DEFINE_SHOW_ATTRIBUTE(map);

/* ---- the file allocs of a pool ---- */

/* Where a reader is: at an allocation, while it holds rcu_read_lock(). */
struct allocs {
	const struct gen_pool_dir *dir;
	struct gen_pool *pool;
	struct gen_pool_chunk *chunk;
	unsigned long unit;
};

/*
 * The first allocation at @pos or behind it.  Positions count the units of all
 * chunks from 1 on, the newest chunk first.  If a chunk comes between two reads,
 * allocations are listed twice; if one goes, some are not listed.
 */
static struct allocs *find_alloc(struct allocs *a, loff_t *pos)
{
	loff_t base = 1, unit;

	for_each_chunk(a->chunk, a->pool) {
		const struct alloc_map *map = &a->chunk->map;

		unit = max(*pos - base, 0);
		if (unit < map->nr_units) {
			a->unit = alloc_map_next(map, unit);
			*pos = base + a->unit;
			if (a->unit < map->nr_units)
				return a;
		}
		base += map->nr_units;
	}
	return NULL;
}

/* Position 0 is the head line. */
static void *allocs_start(struct seq_file *m, loff_t *pos)
	__acquires(RCU)
{
	struct allocs *a = m->private;

	rcu_read_lock();
	a->pool = rcu_dereference(a->dir->pool);
	if (!a->pool)
		return NULL;
	return *pos ? find_alloc(a, pos) : SEQ_START_TOKEN;
}

static void allocs_stop(struct seq_file *m, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

static void *allocs_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return find_alloc(m->private, pos);
}

static int allocs_show(struct seq_file *m, void *v)
{
	const struct allocs *a = v;
	unsigned long nr;

	if (v == SEQ_START_TOKEN) {
		seq_printf(m, "%-*s %10s %11s %7s task, and stack\n", ADDR_WIDTH,
			   "address", "bytes", "age, s", "pid");
		return 0;
	}
	nr = alloc_map_extent(&a->chunk->map, a->unit);
	if (!nr)
		return SEQ_SKIP;

	seq_printf(m, "%#0*lx %10zu", ADDR_WIDTH,
		   unit_to_addr(a->pool, a->chunk, a->unit),
		   units_to_size(a->pool, nr));
	if (IS_ENABLED(CONFIG_GENALLOC_OWNER))
		gen_pool_owner_show(m, a->chunk, a->unit);
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations allocs_sops = {
	.start = allocs_start,
	.stop = allocs_stop,
	.next = allocs_next,
	.show = allocs_show,
};

static int allocs_open(struct inode *inode, struct file *file)
{
	struct allocs *a = __seq_open_private(file, &allocs_sops, sizeof(*a));

	if (!a)
		return -ENOMEM;
	a->dir = inode->i_private;
	return 0;
}

static const struct file_operations allocs_fops = {
	.owner = THIS_MODULE,
	.open = allocs_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release_private,
};

/* ---- directories ---- */

#define NAME_SIZE	100

/*
 * Under gen_pool_list_lock: the first pool that has no directory yet, or the end
 * of the list.  Those after it have none either.
 */
static struct list_head *next_new = &gen_pool_list;
static LIST_HEAD(old_dirs);
static struct dentry *root;

/* Its creator, less the module that has it, and its name. */
static void name_pool(const struct gen_pool *pool, char *name)
{
	size_t len = 0;

	if (pool->creator)
		snprintf(name, NAME_SIZE, "%ps", pool->creator);
	if (pool->creator)
		len = strcspn(name, " ");
	snprintf(name + len, NAME_SIZE - len, "%s%s",
		 len && pool->name ? "-" : "", pool->name ?: "");
	strreplace(name, '/', '!');
}

static bool name_is_used(const char *name)
{
	struct dentry *entry = debugfs_lookup(name, root);

	dput(entry);
	return entry;
}

/* No number comes twice: thousands of pools may have the same name. */
static struct dentry *make_dentry(const char *name)
{
	static unsigned int nr = 1;
	char numbered[NAME_SIZE + 12];

	strscpy(numbered, name);
	while (name_is_used(numbered))
		snprintf(numbered, sizeof(numbered), "%s.%u", name, ++nr);
	return debugfs_create_dir(numbered, root);
}

/* @dir becomes that of the next pool without one. */
static struct gen_pool *take_new(struct gen_pool_dir *dir)
{
	struct gen_pool *pool = NULL;
	unsigned long flags;

	spin_lock_irqsave(&gen_pool_list_lock, flags);
	if (next_new != &gen_pool_list) {
		pool = list_entry(next_new, struct gen_pool, pools);
		next_new = next_new->next;
		pool->dir = dir;
		RCU_INIT_POINTER(dir->pool, pool);
	}
	spin_unlock_irqrestore(&gen_pool_list_lock, flags);
	return pool;
}

/* The pool may be gone on return, and the directory be an old one. */
static bool name_new(struct gen_pool_dir *dir, char *name)
{
	struct gen_pool *pool;

	rcu_read_lock();
	pool = take_new(dir);
	if (pool)
		name_pool(pool, name);
	rcu_read_unlock();
	return pool;
}

static bool make_dir(void)
{
	struct gen_pool_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	char name[NAME_SIZE];

	if (!dir || !name_new(dir, name)) {
		kfree(dir);
		return false;
	}
	dir->dentry = make_dentry(name);
	debugfs_create_file("stats", 0444, dir->dentry, dir, &stats_fops);
	debugfs_create_file("allocs", 0400, dir->dentry, dir, &allocs_fops);
	debugfs_create_file("map", 0400, dir->dentry, dir, &map_fops);
	return true;
}

static void remove_old_dirs(void)
{
	struct gen_pool_dir *dir, *next;
	unsigned long flags;
	LIST_HEAD(dirs);

	spin_lock_irqsave(&gen_pool_list_lock, flags);
	list_splice_init(&old_dirs, &dirs);
	spin_unlock_irqrestore(&gen_pool_list_lock, flags);

	list_for_each_entry_safe(dir, next, &dirs, old) {
		debugfs_remove(dir->dentry); /* waits for readers of its files */
		kfree(dir);
	}
}

/* Old ones first, whose names may come again. */
static void update_dirs(struct work_struct *work)
{
	remove_old_dirs();
	while (make_dir())
		;
}

static DECLARE_WORK(dirs_work, update_dirs);

/* Under gen_pool_list_lock, when the pool has become the last of the list. */
void gen_pool_debugfs_add(struct gen_pool *pool)
{
	if (next_new == &gen_pool_list)
		next_new = &pool->pools;
	if (root)
		schedule_work(&dirs_work);
}

/* Under gen_pool_list_lock, before the pool leaves the list. */
void gen_pool_debugfs_del(struct gen_pool *pool)
{
	struct gen_pool_dir *dir = pool->dir;

	if (next_new == &pool->pools)
		next_new = pool->pools.next;
	if (!dir)
		return;

	pool->dir = NULL;
	RCU_INIT_POINTER(dir->pool, NULL);
	list_add(&dir->old, &old_dirs);
	schedule_work(&dirs_work);
}

static int __init genalloc_debugfs_init(void)
{
	root = debugfs_create_dir("genalloc", NULL);
	debugfs_create_file("pools", 0444, root, NULL, &pools_fops);
	schedule_work(&dirs_work);
	return 0;
}
late_initcall(genalloc_debugfs_init);
