// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools with tagged pages, for a test that lets everything that looks at the
 * memory map look at them (../peekers.c).
 *
 * There are two pools, one whose pages come from the page allocator and one
 * whose pages are reserved, as those of boot memory are. Half of each is
 * allocated and filled with a pattern. From the rest a thread allocates and
 * frees all the time, and looks whether anybody writes to what it has got.
 *
 * /sys/kernel/debug/gen_pool_peekers/
 *	pools	a line for each pool: first page frame, number of pages, the
 *		address of the first, and whether they are reserved
 *	verify	the faults of the pages, nothing if all is well
 *	do	a command is written to it; what can be is listed in commands[]
 *	copy	read: copies from a block of COPY_SIZE bytes
 *	map	mmap: the first page of the first pool
 */

#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/gen_pool_page.h>
#include <linux/genalloc.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/pfn.h>
#include <linux/platform_device.h>
#include <linux/prandom.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define POOL_ORDER	6
#define UNIT_ORDER	6
#define UNIT		BIT(UNIT_ORDER)
#define COPY_SIZE	256
#define WORKER_BLOCKS	32
#define WORKER_UNITS	100

struct block {
	u8 *addr;
	size_t size;
	u8 pattern;
};

/* A pool and the expected state of its pages. */
struct tagged {
	const char *name;	/* its name */
	struct gen_pool *pool;	/* the pool */
	struct page *page;	/* the first page */
	/* how many pages it has; the block of memory has one more */
	unsigned long nr;
	bool reserved;		/* they are reserved */
	unsigned int tag;	/* page_type when they were tagged */
	struct block still;	/* allocated all the time */
	/* the thread that allocates and frees */
	struct task_struct *worker;
	unsigned long nr_rounds;	/* how often it has */
	unsigned long nr_bad;	/* how often it found its memory changed */
};

static struct tagged pools[] = {
	{ .name = "peekers-buddy" },
	{ .name = "peekers-reserved", .reserved = true },
};

static unsigned long lowest_pfn;
module_param(lowest_pfn, ulong, 0444);
MODULE_PARM_DESC(lowest_pfn, "the first pool lies above, the second below");

static struct dentry *dir;
static u8 *copy_from;
static enum { REMAP, INSERT, INSERT_PAGES } map_by;

/* ---- memory with a pattern ---- */

static bool get_block(struct gen_pool *pool, struct block *block, size_t size,
		      u8 pattern)
{
	block->addr = (u8 *)gen_pool_alloc(pool, size);
	if (!block->addr)
		return false;
	block->size = size;
	block->pattern = pattern;
	memset(block->addr, pattern, size);
	return true;
}

static bool block_intact(const struct block *block)
{
	return !memchr_inv(block->addr, block->pattern, block->size);
}

static void put_block(struct gen_pool *pool, struct block *block)
{
	gen_pool_free(pool, (unsigned long)block->addr, block->size);
	block->addr = NULL;
}

static void work(struct tagged *t, struct block *block, struct rnd_state *rnd)
{
	u32 r = prandom_u32_state(rnd);

	if (block->addr) {
		if (!block_intact(block))
			t->nr_bad++;
		put_block(t->pool, block);
	} else {
		get_block(t->pool, block, (1 + r % WORKER_UNITS) * UNIT, r >> 8);
	}
	WRITE_ONCE(t->nr_rounds, t->nr_rounds + 1);
}

static int worker(void *data)
{
	struct block blocks[WORKER_BLOCKS] = {};
	struct tagged *t = data;
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 1);
	while (!kthread_should_stop()) {
		for (i = 0; i < 100; i++)
			work(t, &blocks[prandom_u32_state(&rnd) % WORKER_BLOCKS],
			     &rnd);
		schedule_timeout_interruptible(1);
	}
	for (i = 0; i < WORKER_BLOCKS; i++)
		if (blocks[i].addr)
			put_block(t->pool, &blocks[i]);
	return 0;
}

/* ---- pools ---- */

static void free_page_of(struct tagged *t, unsigned long i)
{
	if (t->reserved)
		free_reserved_page(t->page + i);
	else
		__free_page(t->page + i);
}

static void free_pages_of(struct tagged *t)
{
	unsigned long i;

	for (i = 0; i < t->nr; i++)
		free_page_of(t, i);
}

static bool is_wanted(const struct tagged *t, const struct page *page)
{
	return (page_to_pfn(page) >= lowest_pfn) == !t->reserved;
}

/*
 * A block of pages where it is wanted, if there is one; others are held on to
 * meanwhile.
 */
static struct page *alloc_block(const struct tagged *t)
{
	struct page *page, *other;
	LIST_HEAD(others);

	for (;;) {
		page = alloc_pages(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN,
				   POOL_ORDER);
		if (!page || is_wanted(t, page))
			break;
		list_add(&page->lru, &others);
	}
	while ((other = list_first_entry_or_null(&others, struct page, lru))) {
		list_del(&other->lru);
		if (page)
			__free_pages(other, POOL_ORDER);
		else
			page = other;
	}
	return page;
}

static int get_pages_of(struct tagged *t)
{
	unsigned long i;

	t->page = alloc_block(t);
	if (!t->page)
		return -ENOMEM;
	split_page(t->page, POOL_ORDER);
	/* The last one stays outside, as a neighbour. */
	t->nr = BIT(POOL_ORDER) - 1;
	for (i = 0; t->reserved && i < t->nr; i++)
		mark_page_reserved(t->page + i);
	return 0;
}

static int start(struct tagged *t)
{
	int err = get_pages_of(t);

	if (err)
		return err;
	t->pool = gen_pool_create(UNIT_ORDER, NUMA_NO_NODE);
	if (!t->pool)
		return -ENOMEM;
	t->pool->name = kstrdup_const(t->name, GFP_KERNEL);
	err = gen_pool_add_pages(t->pool, t->page, t->nr);
	if (err)
		return err;
	t->tag = t->page->page_type;
	if (!get_block(t->pool, &t->still, t->nr * PAGE_SIZE / 2, 0xa5))
		return -ENOMEM;
	t->worker = kthread_run(worker, t, "%s", t->name);
	return PTR_ERR_OR_ZERO(t->worker);
}

static void stop_worker(struct tagged *t)
{
	if (!IS_ERR_OR_NULL(t->worker))
		kthread_stop(t->worker);
	t->worker = NULL;
}

/* Everything goes; says in the log if a page does not come back as it was. */
static void stop(struct tagged *t)
{
	unsigned long i;

	if (!t->pool)
		return;
	stop_worker(t);
	gen_pool_free_all(t->pool);
	gen_pool_destroy(t->pool);
	t->pool = NULL;
	for (i = 0; i < t->nr; i++)
		if (t->page[i].page_type != UINT_MAX)
			pr_err("gen_pool_peekers: FAIL page %lu still tagged\n", i);
	free_pages_of(t);
}

/* ---- verify ---- */

/* A reader may have a reference for a moment. */
static bool refcount_is(const struct page *page, int count)
{
	unsigned int i;

	for (i = 0; i < 100 && page_count(page) != count; i++)
		msleep(20);
	return page_count(page) == count;
}

static const char *page_fault(const struct tagged *t, const struct page *page)
{
	struct gen_pool_allocation found = {};

	rcu_read_lock();
	gen_pool_lookup(page_address(page), &found);
	rcu_read_unlock();

	if (!PageGenpool(page))
		return "type";
	if (page->page_type != t->tag)
		return "place";
	if (page->mapping)
		return "mapping";
	if (found.pool != t->pool)
		return "pool";
	if (PageReserved(page) != t->reserved)
		return "PG_reserved";
	if (!refcount_is(page, 1))
		return "refcount";
	return NULL;
}

/* The machine may be slow: not at once. */
static bool still_works(const struct tagged *t)
{
	unsigned long before = READ_ONCE(t->nr_rounds);
	unsigned int i;

	for (i = 0; i < 1000 && READ_ONCE(t->nr_rounds) == before; i++)
		msleep(20);
	return READ_ONCE(t->nr_rounds) != before;
}

static void verify_pool(struct seq_file *s, struct tagged *t)
{
	const char *fault;
	unsigned long i;

	for (i = 0; i < t->nr; i++) {
		fault = page_fault(t, t->page + i);
		if (fault)
			seq_printf(s, "%s page %lu: %s; ", t->name, i, fault);
	}
	if (!block_intact(&t->still))
		seq_printf(s, "%s: contents; ", t->name);
	if (t->nr_bad)
		seq_printf(s, "%s: %lu times wrong contents; ", t->name,
			   t->nr_bad);
	if (!still_works(t))
		seq_printf(s, "%s: no allocations; ", t->name);
}

static int verify_show(struct seq_file *s, void *unused)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pools); i++)
		verify_pool(s, &pools[i]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(verify);

static int pools_show(struct seq_file *s, void *unused)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pools); i++)
		seq_printf(s, "%lu %lu %lu %d\n", page_to_pfn(pools[i].page),
			   pools[i].nr,
			   (unsigned long)page_address(pools[i].page),
			   pools[i].reserved);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(pools);

/* ---- commands: 0 or an errno ---- */

static int do_dump(void)
{
	dump_page(pools[0].page, "peekers");
	return 0;
}

static int do_dump_obj(void)
{
	pr_info("gen_pool_peekers: object");
	mem_dump_obj(copy_from + 1);
	return 0;
}

static int do_split(void)
{
	return gen_pool_split(pools[0].pool, (unsigned long)copy_from, UNIT);
}

static int do_kfree(void)
{
	kfree(copy_from);
	return 0;
}

/* RAM that is not reserved has no second mapping with other attributes. */
static int do_ioremap(void)
{
	void __iomem *mapped = ioremap(page_to_phys(pools[0].page), PAGE_SIZE);

	if (!mapped)
		return 0;
	iounmap(mapped);
	return -EEXIST;
}

static int do_memremap(void)
{
	void *mapped = memremap(page_to_phys(pools[0].page), PAGE_SIZE,
				MEMREMAP_WB);

	if (mapped != page_address(pools[0].page))
		return -EFAULT;
	memunmap(mapped);
	return 0;
}

static int do_dma(void)
{
	struct platform_device *pdev;
	dma_addr_t dma;
	int err;

	pdev = platform_device_register_simple("gen_pool_peekers", -1, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	dma = dma_map_page(&pdev->dev, pools[0].page, 0, PAGE_SIZE,
			   DMA_TO_DEVICE);
	if (!err)
		err = dma_mapping_error(&pdev->dev, dma);
	if (!err)
		dma_unmap_page(&pdev->dev, dma, PAGE_SIZE, DMA_TO_DEVICE);
	platform_device_unregister(pdev);
	return err;
}

/* The page behind the last one goes to the page allocator, which merges. */
static int do_neighbour(void)
{
	struct page *page = pools[0].page + pools[0].nr;
	unsigned int i;

	if (page_has_type(page))
		return -EEXIST;
	__free_page(page);
	/* Push it out of the per-CPU list. */
	for (i = 0; i < 1000; i++)
		__free_page(alloc_page(GFP_KERNEL | __GFP_NOFAIL));
	return 0;
}

/* A reference as readers take it, and give it back. */
static int do_get(void)
{
	unsigned long i;

	for (i = 0; i < pools[0].nr; i++) {
		if (!get_page_unless_zero(pools[0].page + i))
			return -ENOENT;
		put_page(pools[0].page + i);
	}
	return 0;
}

static int do_sendpage(void)
{
	return sendpage_ok(pools[0].page) ? 0 : -EINVAL;
}

static int do_movable(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);
	int err = -ENODEV;

	if (!page)
		return -ENOMEM;
	if (is_zone_movable_page(page))
		err = gen_pool_add_pages(pools[0].pool, page, 1);
	__free_page(page);
	return err == -EINVAL ? 0 : err ?: -EEXIST;
}

/* The next page that is offline: what its struct page has is of no account. */
static int do_offline(void)
{
	unsigned long pfn = page_to_pfn(pools[0].page);
	unsigned long end = pfn + PHYS_PFN(SZ_4G);
	int err;

	while (pfn < end && (!pfn_valid(pfn) || pfn_to_online_page(pfn)))
		pfn++;
	if (pfn == end)
		return -ENODEV;
	err = gen_pool_add_pages(pools[0].pool, pfn_to_page(pfn), 1);
	return err == -EINVAL ? 0 : err ?: -EEXIST;
}

static size_t good_size(const struct tagged *t)
{
	unsigned long i, nr = 0;

	for (i = 0; i < t->nr; i++)
		nr += !PageHWPoison(t->page + i);
	return nr * PAGE_SIZE;
}

/* Not at once: allocations in a page that has failed are freed some time. */
static int do_good_pages(void)
{
	unsigned int i, tries;

	for (i = 0; i < ARRAY_SIZE(pools); i++) {
		for (tries = 0; gen_pool_size(pools[i].pool) != good_size(&pools[i]);
		     tries++) {
			if (tries == 1000)
				return -ETIME;
			msleep(20);
		}
	}
	return 0;
}

#ifdef CONFIG_MEMORY_FAILURE
static int do_clear_poison(void)
{
	unsigned int i;
	unsigned long n;

	for (i = 0; i < ARRAY_SIZE(pools); i++)
		for (n = 0; n < pools[i].nr; n++)
			ClearPageHWPoison(pools[i].page + n);
	return 0;
}
#endif

static int do_map_remap(void)
{
	map_by = REMAP;
	return 0;
}

static int do_map_insert(void)
{
	map_by = INSERT;
	return 0;
}

static int do_map_insert_pages(void)
{
	map_by = INSERT_PAGES;
	return 0;
}

/*
 * A pool that is destroyed while something is allocated. Freeing the pages
 * afterwards does not free the memory that is in use.
 */
static int do_leak(void)
{
	struct gen_pool *pool = gen_pool_create(UNIT_ORDER, NUMA_NO_NODE);
	struct page *page = alloc_page(GFP_KERNEL);
	struct block block;
	int err = 0;

	if (!pool || !page)
		return -ENOMEM;
	if (gen_pool_add_pages(pool, page, 1) ||
	    !get_block(pool, &block, UNIT, 0x77))
		return -EINVAL;

	gen_pool_destroy(pool);
	if (page->page_type != UINT_MAX)
		err = -EEXIST;
	put_page(page);
	if (!refcount_is(page, 1) || !block_intact(&block))
		err = -EFAULT;

	/* No user could any more; but this is a test. */
	put_block(pool, &block);
	gen_pool_destroy(pool);
	put_page(page);
	return err;
}

static int do_stop(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pools); i++)
		stop(&pools[i]);
	return 0;
}

static const struct {
	const char *name;
	int (*func)(void);
} commands[] = {
	{ "dump", do_dump },
	{ "dump_obj", do_dump_obj },
	{ "split", do_split },
	{ "kfree", do_kfree },
	{ "ioremap", do_ioremap },
	{ "memremap", do_memremap },
	{ "dma", do_dma },
	{ "neighbour", do_neighbour },
	{ "get", do_get },
	{ "sendpage", do_sendpage },
	{ "movable", do_movable },
	{ "offline", do_offline },
	{ "good_pages", do_good_pages },
#ifdef CONFIG_MEMORY_FAILURE
	{ "clear_poison", do_clear_poison },
#endif
	{ "map_remap", do_map_remap },
	{ "map_insert", do_map_insert },
	{ "map_insert_pages", do_map_insert_pages },
	{ "leak", do_leak },
	{ "stop", do_stop },
};

static ssize_t do_write(struct file *file, const char __user *buf, size_t count,
			loff_t *ppos)
{
	char name[32] = "";
	unsigned int i;
	int err;

	if (count >= sizeof(name) || copy_from_user(name, buf, count))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(name, commands[i].name))
			continue;
		err = commands[i].func();
		return err ?: count;
	}
	return -ENOSYS;
}

static const struct file_operations do_fops = {
	.owner = THIS_MODULE,
	.write = do_write,
};

/* ---- user space ---- */

static ssize_t copy_read(struct file *file, char __user *buf, size_t count,
			 loff_t *ppos)
{
	return copy_to_user(buf, copy_from, count) ? -EFAULT : count;
}

static const struct file_operations copy_fops = {
	.owner = THIS_MODULE,
	.read = copy_read,
};

static int map_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct page *page = pools[0].page;
	unsigned long nr = 1;

	if (map_by == INSERT)
		return vm_insert_page(vma, vma->vm_start, page);
	if (map_by == INSERT_PAGES)
		return vm_insert_pages(vma, vma->vm_start, &page, &nr);
	return remap_pfn_range(vma, vma->vm_start, page_to_pfn(page),
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static const struct file_operations map_fops = {
	.owner = THIS_MODULE,
	.mmap = map_mmap,
};

/* ---- the module ---- */

static void make_files(void)
{
	dir = debugfs_create_dir("gen_pool_peekers", NULL);
	debugfs_create_file("pools", 0400, dir, NULL, &pools_fops);
	debugfs_create_file("verify", 0400, dir, NULL, &verify_fops);
	debugfs_create_file("do", 0200, dir, NULL, &do_fops);
	/* Without a proxy, which has no mmap, and counts readers that die. */
	debugfs_create_file_unsafe("copy", 0400, dir, NULL, &copy_fops);
	debugfs_create_file_unsafe("map", 0600, dir, NULL, &map_fops);
}

static int start_all(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(pools) && !err; i++)
		err = start(&pools[i]);
	if (err)
		return err;

	copy_from = (u8 *)gen_pool_alloc(pools[0].pool, COPY_SIZE);
	return copy_from ? 0 : -ENOMEM;
}

static int __init gen_pool_peekers_init(void)
{
	int err = start_all();

	if (err)
		do_stop();
	else
		make_files();
	return err;
}

static void __exit gen_pool_peekers_exit(void)
{
	debugfs_remove_recursive(dir);
	do_stop();
}

module_init(gen_pool_peekers_init);
module_exit(gen_pool_peekers_exit);

/* As MODULE_IMPORT_NS() of all versions of the kernel. */
MODULE_INFO(import_ns, "EXPORTED_FOR_KUNIT_TESTING");
MODULE_DESCRIPTION("Pools for a test of everything that looks at their pages");
MODULE_LICENSE("GPL");
