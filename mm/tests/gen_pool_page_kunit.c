// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the pages that belong to pools of special memory: which are
 * taken, what they look like while the pool has them and afterwards, and the
 * allocation that an address in them leads to.
 *
 * A bed is a row of pages that follow each other in physical memory; each
 * test gets one that is new. When it ends, all of its pages must be as they
 * came: one reference and no type.
 */

#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/gen_pool_page.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmdebug.h>
#include <linux/mmzone.h>
#include <linux/numa.h>
#include <linux/page-flags.h>
#include <linux/panic.h>
#include <linux/poison.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/vmalloc.h>

#include "../lib/genalloc.h"
#include "genalloc_test.h"

#define BED_ORDER	3
#define BED_PAGES	BIT(BED_ORDER)
#define BED_SIZE	(BED_PAGES * PAGE_SIZE)
/* Each page has several units. */
#define UNIT_ORDER	(PAGE_SHIFT - 3)
#define UNIT		BIT(UNIT_ORDER)

/* What a test works with. */
struct bed {
	struct reports reports;	/* reports of misuse */
	struct page *page;	/* the first of BED_PAGES pages */
	unsigned long addr;	/* their address */
	unsigned int nr_lost;	/* reports of lost pages so far */
	/* the page that the last of them was about */
	const struct page *lost;
};

/* In place of gen_pool_page_lost(). */
static void note_lost(const struct gen_pool_chunk *chunk,
		      const struct page *page)
{
	struct bed *bed = kunit_get_current_test()->priv;

	bed->nr_lost++;
	bed->lost = page;
}

static void expect_untagged(struct kunit *test, const struct page *page)
{
	KUNIT_EXPECT_EQ(test, page->page_type, UINT_MAX);
	KUNIT_EXPECT_NULL(test, page->mapping);
}

static void expect_all_untagged(struct kunit *test)
{
	struct bed *bed = test->priv;
	unsigned int i;

	for (i = 0; i < BED_PAGES; i++) {
		expect_untagged(test, bed->page + i);
		KUNIT_EXPECT_EQ(test, page_count(bed->page + i), 1);
	}
}

static int gen_pool_page_init(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, BED_ORDER);
	int err = init_reports(test, sizeof(struct bed));
	struct bed *bed = test->priv;

	if (err || !page)
		return -ENOMEM;
	split_page(page, BED_ORDER);
	bed->page = page;
	bed->addr = (unsigned long)page_address(page);
	kunit_activate_static_stub(test, gen_pool_page_lost, note_lost);
	return 0;
}

/* What a failed test has left behind must not be used for something else. */
static void free_if_sound(struct page *page)
{
	if (page->page_type == UINT_MAX)
		__free_page(page);
}

static void gen_pool_page_exit(struct kunit *test)
{
	struct bed *bed = test->priv;
	unsigned int i;

	if (!bed || !bed->page)
		return;
	expect_all_untagged(test);
	for (i = 0; i < BED_PAGES; i++)
		free_if_sound(bed->page + i);
}

/* ---- pools ---- */

static struct gen_pool *new_pool(struct kunit *test, int order)
{
	struct gen_pool *pool = gen_pool_create(order, NUMA_NO_NODE);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	return pool;
}

/* A pool with all pages of the bed. */
static struct gen_pool *bed_pool(struct kunit *test, int order)
{
	struct gen_pool *pool = new_pool(test, order);
	struct bed *bed = test->priv;

	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(pool, bed->page, BED_PAGES));
	return pool;
}

static bool lookup(unsigned long addr, struct gen_pool_allocation *found)
{
	bool ours;

	rcu_read_lock();
	ours = gen_pool_lookup((void *)addr, found);
	rcu_read_unlock();
	return ours;
}

static struct gen_pool *pool_of(const struct page *page)
{
	struct gen_pool_allocation found = {};

	lookup((unsigned long)page_address(page), &found);
	return found.pool;
}

/* ---- tag and untag ---- */

static void expect_tagged(struct kunit *test, const struct page *page,
			  const struct gen_pool *pool)
{
	KUNIT_EXPECT_TRUE(test, PageGenpool(page));
	KUNIT_EXPECT_NULL(test, page->mapping);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_PTR_EQ(test, pool_of(page), pool);
}

static void gen_pool_page_tag_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_pages(pool, bed->page + 1, BED_PAGES - 2));
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), BED_SIZE - 2 * PAGE_SIZE);
	for (i = 1; i < BED_PAGES - 1; i++)
		expect_tagged(test, bed->page + i, pool);
	expect_untagged(test, bed->page);
	expect_untagged(test, bed->page + BED_PAGES - 1);
	KUNIT_EXPECT_NULL(test, pool_of(bed->page));

	gen_pool_destroy(pool);
	expect_all_untagged(test);
	KUNIT_EXPECT_NULL(test, pool_of(bed->page + 1));
}

static void gen_pool_page_several_chunks_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct gen_pool *other = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;

	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(pool, bed->page, 2));
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(other, bed->page + 2, 2));
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(pool, bed->page + 4, 2));
	expect_tagged(test, bed->page + 1, pool);
	expect_tagged(test, bed->page + 2, other);
	expect_tagged(test, bed->page + 4, pool);

	gen_pool_destroy(pool);
	expect_untagged(test, bed->page + 1);
	expect_untagged(test, bed->page + 4);
	expect_tagged(test, bed->page + 2, other);
	gen_pool_destroy(other);
}

/* Nothing but gen_pool_add_pages() tags, be it that there are pages. */
static void gen_pool_page_add_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;

	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_virt(pool, bed->addr,
					  page_to_phys(bed->page), BED_SIZE,
					  NUMA_NO_NODE));
	expect_all_untagged(test);
	gen_pool_destroy(pool);
}

static void gen_pool_page_owner_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;
	unsigned long addr;
	void *owner;

	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_pages_owner(pool, bed->page, BED_PAGES,
						 bed->addr, bed));
	addr = gen_pool_alloc_owner(pool, UNIT, &owner);
	KUNIT_EXPECT_EQ(test, addr, bed->addr);
	KUNIT_EXPECT_PTR_EQ(test, owner, (void *)bed);
	KUNIT_EXPECT_EQ(test, gen_pool_virt_to_phys(pool, addr + 1),
			page_to_phys(bed->page) + 1);
	gen_pool_free(pool, addr, UNIT);
	gen_pool_destroy(pool);
}

/*
 * A pool that is destroyed with something allocated stays, but its pages are
 * untagged, and freeing them does not free memory that is in use.
 */
static void gen_pool_page_leak_test(struct kunit *test)
{
	struct gen_pool *pool = bed_pool(test, UNIT_ORDER);
	unsigned long addr = gen_pool_alloc(pool, UNIT);
	struct bed *bed = test->priv;
	unsigned int i;

	gen_pool_destroy(pool);
	expect_reports(test, 1);
	for (i = 0; i < BED_PAGES; i++) {
		expect_untagged(test, bed->page + i);
		KUNIT_EXPECT_EQ(test, page_count(bed->page + i), 2);
	}

	/* For the test only: there is a way back. */
	gen_pool_free(pool, addr, UNIT);
	gen_pool_destroy(pool);
	for (i = 0; i < BED_PAGES; i++)
		put_page(bed->page + i);
}

/* Taken away while others use the pool, and given back at once. */
static void gen_pool_page_remove_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;
	unsigned long addr, second = bed->addr + 4 * PAGE_SIZE;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(pool, bed->page, 4));
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(pool, bed->page + 4, 4));
	addr = gen_pool_alloc(pool, UNIT);
	KUNIT_EXPECT_EQ(test, addr, second);

	KUNIT_EXPECT_EQ(test, -EBUSY, gen_pool_remove(pool, second));
	expect_tagged(test, bed->page + 4, pool);
	KUNIT_EXPECT_EQ(test, 0, gen_pool_remove(pool, bed->addr));
	for (i = 0; i < 4; i++) {
		expect_untagged(test, bed->page + i);
		expect_tagged(test, bed->page + 4 + i, pool);
	}
	KUNIT_EXPECT_EQ(test, 0, gen_pool_add_pages(pool, bed->page, 4));
	expect_tagged(test, bed->page, pool);

	gen_pool_free(pool, addr, UNIT);
	gen_pool_destroy(pool);
}

/* The provider of the pages has freed one, and another pool has got it. */
static void gen_pool_page_lost_test(struct kunit *test)
{
	struct gen_pool *pool = bed_pool(test, UNIT_ORDER);
	struct gen_pool *other = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;

	bed->page[3].page_type = UINT_MAX;
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(other, bed->page + 3, 1));

	gen_pool_destroy(pool);
	KUNIT_EXPECT_EQ(test, bed->nr_lost, 1);
	KUNIT_EXPECT_PTR_EQ(test, bed->lost, bed->page + 3);
	expect_tagged(test, bed->page + 3, other);
	gen_pool_destroy(other);
}

/* ... or it is free. */
static void gen_pool_page_lost_untyped_test(struct kunit *test)
{
	struct gen_pool *pool = bed_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;

	bed->page[3].page_type = UINT_MAX;
	gen_pool_destroy(pool);
	KUNIT_EXPECT_EQ(test, bed->nr_lost, 1);
}

/* ---- refusals ---- */

enum keeper {
	TYPE, MAPCOUNT, LRU, MAPPING, PRIVATE, NO_REFERENCE, POISON, PAGE_POOL,
};

/* Something that a page can have which keeps it out. */
static void give(struct page *page, enum keeper what, bool on)
{
	switch (what) {
	case TYPE:
		page->page_type = on ? (unsigned int)PGTY_offline << 24 : UINT_MAX;
		break;
	case MAPCOUNT:
		atomic_set(&page->_mapcount, on ? 0 : -1);
		break;
	case LRU:
		on ? SetPageLRU(page) : ClearPageLRU(page);
		break;
	case MAPPING:
		page->mapping = on ? (void *)page : NULL;
		break;
	case PRIVATE:
		on ? SetPagePrivate(page) : ClearPagePrivate(page);
		break;
	case NO_REFERENCE:
		set_page_count(page, !on);
		break;
	case POISON:
#ifdef CONFIG_MEMORY_FAILURE
		on ? SetPageHWPoison(page) : ClearPageHWPoison(page);
#endif
		break;
	case PAGE_POOL:
		page->pp_magic = on ? PP_SIGNATURE : 0;
		break;
	}
}

static const struct refusal {
	const char *name;
	enum keeper what;
} refusals[] = {
	{ "another type", TYPE },
	{ "mapped", MAPCOUNT },
	{ "on an LRU list", LRU },
	{ "a mapping", MAPPING },
	{ "PG_private", PRIVATE },
	{ "no reference", NO_REFERENCE },
#ifdef CONFIG_MEMORY_FAILURE
	{ "poisoned", POISON },
#endif
#ifdef CONFIG_PAGE_POOL
	{ "of a network page pool", PAGE_POOL },
#endif
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusals, name);

/* One page of the bed keeps out all of it. */
static void gen_pool_page_refused_test(struct kunit *test)
{
	const struct refusal *refusal = test->param_value;
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;
	unsigned int i;

	for (i = 0; i < BED_PAGES; i++) {
		give(bed->page + i, refusal->what, true);
		KUNIT_EXPECT_EQ(test, -EBUSY,
				gen_pool_refuse_page(bed->page + i));
		KUNIT_EXPECT_EQ(test, -EBUSY,
				gen_pool_add_pages(pool, bed->page, BED_PAGES));
		give(bed->page + i, refusal->what, false);
		expect_all_untagged(test);
	}
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), 0);

	KUNIT_EXPECT_EQ(test, 0,
			gen_pool_add_pages(pool, bed->page, BED_PAGES));
	gen_pool_destroy(pool);
}

/* In place of gen_pool_refuse_page(). */
static int refuse_none(const struct page *page)
{
	return 0;
}

/* A page that was fit when checked is so no longer when its turn comes. */
static void gen_pool_page_refused_late_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;

	kunit_activate_static_stub(test, gen_pool_refuse_page, refuse_none);

	give(bed->page + 5, MAPCOUNT, true);
	KUNIT_EXPECT_EQ(test, -EBUSY,
			gen_pool_add_pages(pool, bed->page, BED_PAGES));
	give(bed->page + 5, MAPCOUNT, false);
	expect_all_untagged(test);

	give(bed->page + 5, TYPE, true);
	KUNIT_EXPECT_EQ(test, -EBUSY,
			gen_pool_add_pages(pool, bed->page, BED_PAGES));
	give(bed->page + 5, TYPE, false);
	expect_all_untagged(test);

	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), 0);
	gen_pool_destroy(pool);
}

static void gen_pool_page_refused_range_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;
	struct page *page = bed->page;

	KUNIT_EXPECT_EQ(test, -EINVAL, gen_pool_add_pages(pool, page, 0));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			gen_pool_add_pages(pool, page,
					   (ULONG_MAX >> PAGE_SHIFT) + 1));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			gen_pool_add_pages_owner(pool, page, 2,
						 -PAGE_SIZE, NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			gen_pool_add_pages_owner(pool, page, 2, 0, NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			gen_pool_add_pages_owner(pool, page, 2,
						 bed->addr + UNIT, NULL));
	expect_all_untagged(test);
	gen_pool_destroy(pool);
}

/* A range that goes on to where there is no memory. */
static void gen_pool_page_refused_hole_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;
	unsigned long first = page_to_pfn(bed->page), pfn = first;

	while (pfn_valid(pfn))
		pfn++;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			gen_pool_add_pages(pool, bed->page, pfn - first + 1));
	gen_pool_destroy(pool);
}

static void gen_pool_page_refused_twice_test(struct kunit *test)
{
	struct gen_pool *pool = bed_pool(test, UNIT_ORDER);
	struct gen_pool *other = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;

	KUNIT_EXPECT_EQ(test, -EEXIST,
			gen_pool_add_pages(other, bed->page + 2, 1));
	KUNIT_EXPECT_EQ(test, -EEXIST,
			gen_pool_add_pages(pool, bed->page + 2, 1));
	expect_tagged(test, bed->page + 2, pool);
	gen_pool_destroy(other);
	gen_pool_destroy(pool);
}

/* The pool has the addresses, but not the pages. */
static void gen_pool_page_refused_address_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;

	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add(pool, bed->addr + BED_SIZE - UNIT, UNIT,
				     NUMA_NO_NODE));
	KUNIT_EXPECT_EQ(test, -EEXIST,
			gen_pool_add_pages(pool, bed->page, BED_PAGES));
	expect_all_untagged(test);
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), UNIT);
	gen_pool_destroy(pool);
}

static void gen_pool_page_refused_compound_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 1);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, -EBUSY, gen_pool_add_pages(pool, page, 2));
	KUNIT_EXPECT_EQ(test, -EBUSY, gen_pool_add_pages(pool, page, 1));
	KUNIT_EXPECT_EQ(test, -EBUSY, gen_pool_add_pages(pool, page + 1, 1));
	__free_pages(page, 1);
	gen_pool_destroy(pool);
}

static void gen_pool_page_refused_slab_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	void *ptr = kmalloc(64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ptr);
	KUNIT_EXPECT_EQ(test, -EBUSY,
			gen_pool_add_pages(pool, virt_to_page(ptr), 1));
	kfree(ptr);
	gen_pool_destroy(pool);
}

static void gen_pool_page_refused_device_test(struct kunit *test)
{
	struct bed *bed __maybe_unused = test->priv;
	struct page page __maybe_unused;

	if (!IS_ENABLED(CONFIG_ZONE_DEVICE))
		kunit_skip(test, "needs CONFIG_ZONE_DEVICE");

#ifdef CONFIG_ZONE_DEVICE
	page = *bed->page;
	KUNIT_EXPECT_EQ(test, 0, gen_pool_refuse_page(&page));
	set_page_zone(&page, ZONE_DEVICE);
	KUNIT_EXPECT_EQ(test, -EINVAL, gen_pool_refuse_page(&page));
#endif
}

/*
 * Where what cannot be moved is in the way, unless it is known to stay. Only a
 * real page can be asked whether it is of CMA.
 */
static void gen_pool_page_refused_movable_test(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct page page = *bed->page;

	set_page_zone(&page, ZONE_MOVABLE);
	if (!IS_ENABLED(CONFIG_CMA))
		KUNIT_EXPECT_EQ(test, -EINVAL,
				gen_pool_refuse_page(&page));
	SetPageReserved(&page);
	KUNIT_EXPECT_EQ(test, 0, gen_pool_refuse_page(&page));
}

/* ---- look up ---- */

/* Whatever byte of [first, last] one asks for, the same allocation is found. */
static void expect_found(struct kunit *test, struct gen_pool *pool,
			 unsigned long first, unsigned long last,
			 unsigned long start, size_t size)
{
	struct gen_pool_allocation found = {};
	unsigned long addr;

	for (addr = first; addr <= last; addr++) {
		if (lookup(addr, &found) && found.pool == pool &&
		    found.start == (size ? start : addr) &&
		    found.size == size && found.offset == addr - found.start)
			continue;
		KUNIT_FAIL(test, "at %#lx: pool %p, %zu bytes at %#lx, offset %zu",
			   addr - first, found.pool, found.size,
			   found.start - first, found.offset);
		break;
	}
}

static void gen_pool_page_lookup_test(struct kunit *test)
{
	struct gen_pool *pool = bed_pool(test, UNIT_ORDER);
	/* In units: within a page, over its edge, over several pages. */
	static const unsigned int sizes[] = { 1, 5, 7, 1, 17, 2 };
	unsigned long addr[ARRAY_SIZE(sizes)], end;
	struct bed *bed = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		addr[i] = gen_pool_alloc(pool, sizes[i] * UNIT);
		KUNIT_ASSERT_NE(test, addr[i], 0);
	}
	end = addr[i - 1] + sizes[i - 1] * UNIT;
	gen_pool_free(pool, addr[3], 0);

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		expect_found(test, pool, addr[i],
			     addr[i] + sizes[i] * UNIT - 1,
			     addr[i], i == 3 ? 0 : sizes[i] * UNIT);
	expect_found(test, pool, end, bed->addr + BED_SIZE - 1, 0, 0);

	gen_pool_free_all(pool);
	gen_pool_destroy(pool);
}

/* A unit has several pages, and the last one is too small for a unit. */
static void gen_pool_page_lookup_large_unit_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, PAGE_SHIFT + 1);
	struct bed *bed = test->priv;
	unsigned long addr;

	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(pool, bed->page, 5));
	addr = gen_pool_alloc(pool, 4 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, addr, bed->addr);
	expect_found(test, pool, addr, addr + 4 * PAGE_SIZE - 1, addr,
		     4 * PAGE_SIZE);
	expect_found(test, pool, addr + 4 * PAGE_SIZE, addr + 5 * PAGE_SIZE - 1,
		     0, 0);
	gen_pool_free(pool, addr, 0);
	gen_pool_destroy(pool);
}

static void gen_pool_page_lookup_foreign_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct gen_pool_allocation found;
	struct bed *bed = test->priv;

	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(pool, bed->page + 1, 1));
	KUNIT_EXPECT_FALSE(test, lookup(bed->addr + PAGE_SIZE - 1, &found));
	KUNIT_EXPECT_TRUE(test, lookup(bed->addr + PAGE_SIZE, &found));
	KUNIT_EXPECT_FALSE(test, lookup(bed->addr + 2 * PAGE_SIZE, &found));
	KUNIT_EXPECT_FALSE(test, lookup(0, &found));
	KUNIT_EXPECT_FALSE(test, lookup(1, &found));

	/* The place of a chunk, but of another type. */
	bed->page->page_type = bed->page[1].page_type & 0xffffff;
	bed->page->page_type |= (unsigned int)PGTY_offline << 24;
	KUNIT_EXPECT_FALSE(test, lookup(bed->addr, &found));
	bed->page->page_type = UINT_MAX;
	gen_pool_destroy(pool);
}

/* The pool knows the pages by another address than that of the linear map. */
static void gen_pool_page_lookup_alias_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct page *pages[BED_PAGES];
	struct gen_pool_allocation found;
	struct bed *bed = test->priv;
	unsigned long alias, addr;
	unsigned int i;

	for (i = 0; i < BED_PAGES; i++)
		pages[i] = bed->page + i;
	alias = (unsigned long)vmap(pages, BED_PAGES, VM_MAP, PAGE_KERNEL);
	KUNIT_ASSERT_NE(test, alias, 0);
	KUNIT_ASSERT_EQ(test, 0,
			gen_pool_add_pages_owner(pool, bed->page, BED_PAGES,
						 alias, NULL));
	addr = gen_pool_alloc(pool, 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, addr, alias);

	KUNIT_EXPECT_TRUE(test, lookup(bed->addr + PAGE_SIZE + 3, &found));
	KUNIT_EXPECT_EQ(test, found.start, alias);
	KUNIT_EXPECT_EQ(test, found.size, 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, found.offset, PAGE_SIZE + 3);

	gen_pool_free(pool, addr, 0);
	gen_pool_destroy(pool);
	vunmap((void *)alias);
}

/* ---- copies ---- */

static bool overrun(unsigned long addr, size_t size)
{
	struct gen_pool_allocation found;
	bool bad;

	rcu_read_lock();
	bad = gen_pool_overrun((void *)addr, size, &found);
	rcu_read_unlock();
	return bad;
}

/* Of any number of bytes, those that go beyond what a look-up finds are told. */
static void expect_overruns(struct kunit *test, unsigned long addr)
{
	struct gen_pool_allocation found;
	size_t size, most;

	KUNIT_ASSERT_TRUE(test, lookup(addr, &found));
	most = found.size ? found.size - found.offset : 2 * BED_SIZE;
	for (size = 1; size <= BED_SIZE + 1; size += UNIT / 2 - 1)
		KUNIT_ASSERT_EQ_MSG(test, overrun(addr, size), size > most,
				    "%zu bytes at %#lx", size, addr);
	KUNIT_EXPECT_FALSE(test, overrun(addr, most));
	KUNIT_EXPECT_EQ(test, overrun(addr, most + 1), !!found.size);
	KUNIT_EXPECT_EQ(test, overrun(addr, SIZE_MAX), !!found.size);
}

/* Allocations side by side, one that was split, and free units. */
static void gen_pool_page_overrun_test(struct kunit *test)
{
	struct gen_pool *pool = bed_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;
	unsigned long addr;

	gen_pool_alloc(pool, UNIT);
	gen_pool_alloc(pool, 18 * UNIT);
	addr = gen_pool_alloc(pool, 12 * UNIT);
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(pool, addr, 3 * UNIT));
	gen_pool_free(pool, gen_pool_alloc(pool, UNIT), 0);

	KUNIT_EXPECT_FALSE(test, overrun(addr + UNIT, 2 * UNIT));
	KUNIT_EXPECT_TRUE(test, overrun(addr + UNIT, 2 * UNIT + 1));
	for (addr = bed->addr; addr < bed->addr + BED_SIZE; addr += UNIT / 2 - 1)
		expect_overruns(test, addr);

	gen_pool_free_all(pool);
	gen_pool_destroy(pool);
	KUNIT_EXPECT_FALSE(test, overrun(bed->addr, BED_SIZE));
	KUNIT_EXPECT_FALSE(test, overrun(1, 1));
}

/* ---- say ---- */

static void gen_pool_page_describe_test(struct kunit *test)
{
	struct gen_pool *pool = bed_pool(test, UNIT_ORDER);
	unsigned long addr = gen_pool_alloc(pool, 2 * UNIT);
	struct gen_pool_allocation found;
	char words[128], expected[128];

	KUNIT_ASSERT_TRUE(test, lookup(addr + 1, &found));
	gen_pool_describe(&found, words, sizeof(words));
	scnprintf(expected, sizeof(expected), "%lu bytes of pool (no name) of %pS",
		  2 * UNIT, pool->creator);
	KUNIT_EXPECT_STREQ(test, words, expected);

	gen_pool_free(pool, addr, 0);
	KUNIT_EXPECT_TRUE(test, gen_pool_describe_obj((void *)addr, words,
						      sizeof(words)));
	scnprintf(expected, sizeof(expected), "free memory of pool (no name) of %pS",
		  pool->creator);
	KUNIT_EXPECT_STREQ(test, words, expected);
	gen_pool_destroy(pool);
	KUNIT_EXPECT_FALSE(test, gen_pool_describe_obj((void *)addr, words,
						       sizeof(words)));
}

/* Whatever tag a page has: a dump of it gets through, and a look-up is right. */
static void gen_pool_page_forged_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;
	unsigned int place;

	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(pool, bed->page + 1, 1));
	for (place = 0; place <= 0xffffff; place = place << 4 | 0xf) {
		bed->page->page_type = (unsigned int)PGTY_genpool << 24 | place;
		dump_page(bed->page, "test");
		KUNIT_EXPECT_NULL(test, pool_of(bed->page));
	}
	bed->page->page_type = bed->page[1].page_type;
	KUNIT_EXPECT_NULL(test, pool_of(bed->page));
	bed->page->page_type = UINT_MAX;
	gen_pool_destroy(pool);
}

/* ---- back to the page allocator ---- */

static void by_destroy(struct kunit *test, struct gen_pool *pool,
		       struct page *page)
{
	gen_pool_destroy(pool);
}

static void by_remove(struct kunit *test, struct gen_pool *pool,
		      struct page *page)
{
	KUNIT_EXPECT_EQ(test, 0,
			gen_pool_remove(pool, (unsigned long)page_address(page)));
}

/* The provider drops its reference, and the memory is still in use. */
static void by_leak(struct kunit *test, struct gen_pool *pool,
		    struct page *page)
{
	unsigned long addr = gen_pool_alloc(pool, UNIT);

	gen_pool_destroy(pool);
	__free_page(page);
	expect_untagged(test, page);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);

	/* For the test only: there is a way back. */
	gen_pool_free(pool, addr, UNIT);
	gen_pool_destroy(pool);
}

/**
 * struct ending - a way of a page from a pool to the page allocator
 * @name: which
 * @take: takes the page from the pool
 * @reserved: the page is reserved, as those of memblock
 * @stays: the pool remains, empty
 */
struct ending {
	const char *name;
	void (*take)(struct kunit *test, struct gen_pool *pool,
		     struct page *page);
	bool reserved;
	bool stays;
};

static const struct ending endings[] = {
	{ "pool destroyed", by_destroy },
	{ "pool destroyed, page reserved", by_destroy, .reserved = true },
	{ "chunk removed", by_remove, .stays = true },
	{ "chunk removed, page reserved", by_remove, .reserved = true,
	  .stays = true },
	{ "pool destroyed with an allocation", by_leak },
};

KUNIT_ARRAY_PARAM_DESC(ending, endings, name);

/* Without a tag, and nothing that the page allocator complains about. */
static void gen_pool_page_free_test(struct kunit *test)
{
	const struct ending *ending = test->param_value;
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct page *page = alloc_page(GFP_KERNEL);
	bool bad = test_taint(TAINT_BAD_PAGE);

	KUNIT_ASSERT_NOT_NULL(test, page);
	if (ending->reserved)
		mark_page_reserved(page);
	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(pool, page, 1));
	ending->take(test, pool, page);
	expect_untagged(test, page);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);

	if (ending->reserved)
		free_reserved_page(page);
	else
		__free_page(page);
	KUNIT_EXPECT_FALSE(test, PageGenpool(page));
	KUNIT_EXPECT_NULL(test, pool_of(page));
	KUNIT_EXPECT_EQ(test, test_taint(TAINT_BAD_PAGE), bad);
	if (ending->stays)
		gen_pool_destroy(pool);
}

/* ---- at the same time ---- */

/*
 * A reader that is late: it has seen a tag, and asks for the chunk when the page
 * has left.  The place of the chunk was given to another at once.
 */
static void gen_pool_page_late_test(struct kunit *test)
{
	struct gen_pool *pool = new_pool(test, UNIT_ORDER);
	struct bed *bed = test->priv;
	const struct gen_pool_chunk *chunk;
	unsigned int tag;

	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(pool, bed->page, 2));
	tag = bed->page->page_type;

	rcu_read_lock();
	chunk = gen_pool_chunk_of_tag(bed->page, tag);
	KUNIT_EXPECT_NOT_NULL(test, chunk);
	KUNIT_EXPECT_EQ(test, 0, gen_pool_remove(pool, bed->addr));
	KUNIT_EXPECT_NULL(test, gen_pool_chunk_of_tag(bed->page, tag));
	/* What was found before stays as it was. */
	if (chunk)
		KUNIT_EXPECT_EQ(test, chunk->start_addr, bed->addr);
	rcu_read_unlock();

	KUNIT_EXPECT_EQ(test, 0, gen_pool_add_pages(pool, bed->page + 4, 2));
	KUNIT_EXPECT_EQ(test, bed->page[4].page_type, tag);
	rcu_read_lock();
	KUNIT_EXPECT_NULL(test, gen_pool_chunk_of_tag(bed->page, tag));
	KUNIT_EXPECT_NOT_NULL(test, gen_pool_chunk_of_tag(bed->page + 5, tag));
	rcu_read_unlock();
	gen_pool_destroy(pool);
}

#define RACE_ROUNDS	200

/*
 * A thread that looks at a page, while others give and take it.  The page is
 * always in a pool with units of UNIT_ORDER, and the one behind it in another.
 */
struct reader {
	struct page *page;	/* the page */
	unsigned int nr_wrong;	/* how often it has seen what cannot be */
	unsigned int nr_found;	/* how often it has found a pool */
	unsigned int nr_none;	/* how often it has found none */
	unsigned int nr_late;	/* how often it would have been misled */
};

/*
 * The pool is looked at as long as it is safe: if it were gone, KASAN would
 * tell, and the order of a unit would not be right.
 */
static void read_rightly(struct reader *r)
{
	struct gen_pool_allocation found;
	bool ours;

	rcu_read_lock();
	ours = gen_pool_lookup(page_address(r->page) + 1, &found);
	if (ours && (found.pool->min_alloc_order != UNIT_ORDER ||
		     (found.size && found.size != UNIT)))
		r->nr_wrong++;
	rcu_read_unlock();
	WRITE_ONCE(r->nr_found, r->nr_found + ours);
	WRITE_ONCE(r->nr_none, r->nr_none + !ours);
}

/*
 * What not to do: take the chunk at the place that a tag names, without asking
 * whether it has the page.  (It is found by the page that it does have.)
 */
static void read_wrongly(struct reader *r)
{
	unsigned int tag = READ_ONCE(r->page->page_type);
	const struct gen_pool_chunk *chunk;

	cond_resched();
	if (tag >> 24 != PGTY_genpool)
		return;
	rcu_read_lock();
	chunk = gen_pool_chunk_of_tag(r->page + 1, tag);
	if (chunk && chunk->pool->min_alloc_order != UNIT_ORDER)
		WRITE_ONCE(r->nr_late, r->nr_late + 1);
	rcu_read_unlock();
}

static void read_page(struct crew *crew, void *data)
{
	while (!READ_ONCE(crew->stop)) {
		read_rightly(data);
		read_wrongly(data);
		cond_resched();
	}
}

/* The pages come and go, and are used for something else in between, at once. */
static void come_and_go(struct kunit *test, struct page *page, int order)
{
	struct gen_pool *pool = new_pool(test, order);
	unsigned long addr;

	KUNIT_ASSERT_EQ(test, 0, gen_pool_add_pages(pool, page, 1));
	addr = gen_pool_alloc(pool, BIT(order));
	cond_resched();
	gen_pool_free(pool, addr, 0);
	gen_pool_destroy(pool);

	page->page_type = (unsigned int)PGTY_offline << 24;
	set_page_private(page, 0x10);
	cond_resched();
	page->page_type = UINT_MAX;
	set_page_private(page, 0);
}

static void gen_pool_page_lookup_race_test(struct kunit *test)
{
	struct reader *r = kunit_kcalloc(test, MAX_THREADS, sizeof(*r), GFP_KERNEL);
	unsigned int i, nr = crew_size(2), wrong = 0;
	struct bed *bed = test->priv;
	struct crew *crew;

	KUNIT_ASSERT_NOT_NULL(test, r);
	for (i = 0; i < nr; i++)
		r[i].page = bed->page;
	crew = crew_start(test, nr, read_page, r, sizeof(*r));
	for (i = 0; i < RACE_ROUNDS || !READ_ONCE(r[0].nr_found) ||
	     !READ_ONCE(r[0].nr_none) || !READ_ONCE(r[0].nr_late); i++) {
		come_and_go(test, bed->page, UNIT_ORDER);
		come_and_go(test, bed->page + 1, UNIT_ORDER + 1);
	}
	kunit_release_action(test, crew_stop, crew);

	for (i = 0; i < nr; i++)
		wrong += r[i].nr_wrong;
	KUNIT_EXPECT_EQ(test, wrong, 0);
	kunit_info(test, "the first has found %u, %u not, and would have been misled %u times",
		   r[0].nr_found, r[0].nr_none, r[0].nr_late);
}

/* One of two that give the same pages to pools of their own. */
struct rival {
	struct page *page;
	struct gen_pool *pool;
	int err;
};

static void rival_adds(struct crew *crew, void *data)
{
	struct rival *r = data;

	r->err = gen_pool_add_pages(r->pool, r->page, BED_PAGES);
}

static void rivals_round(struct kunit *test, struct rival *r)
{
	struct bed *bed = test->priv;
	unsigned int i, winner;

	for (i = 0; i < 2; i++) {
		r[i].page = bed->page;
		r[i].pool = new_pool(test, UNIT_ORDER);
	}
	crew_wait(test, crew_start(test, 2, rival_adds, r, sizeof(*r)));

	winner = !!r[0].err;
	KUNIT_EXPECT_EQ(test, r[winner].err, 0);
	KUNIT_EXPECT_EQ(test, r[!winner].err, -EEXIST);
	for (i = 0; i < BED_PAGES; i++)
		expect_tagged(test, bed->page + i, r[winner].pool);
	gen_pool_destroy(r[0].pool);
	gen_pool_destroy(r[1].pool);
}

static void gen_pool_page_rivals_test(struct kunit *test)
{
	struct rival *r = kunit_kcalloc(test, 2, sizeof(*r), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, r);
	for (i = 0; i < RACE_ROUNDS; i++)
		rivals_round(test, r);
}

/* ---- pages that fail ---- */

#define FAILED		3

/* No allocation has a byte of the page that has failed. */
static void expect_avoided(struct kunit *test, unsigned long addr, size_t size)
{
	struct bed *bed = test->priv;
	unsigned long bad = bed->addr + FAILED * PAGE_SIZE;

	KUNIT_EXPECT_TRUE(test, addr + size <= bad || addr >= bad + PAGE_SIZE);
}

/* All there is can be allocated in pieces of @size, and comes back. */
static void expect_left(struct kunit *test, struct gen_pool *pool, size_t size,
			size_t left)
{
	unsigned long addr;
	size_t got = 0;

	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), left);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), left);
	while ((addr = gen_pool_alloc(pool, size))) {
		expect_avoided(test, addr, size);
		got += size;
	}
	KUNIT_EXPECT_EQ(test, got, left);
	gen_pool_free_all(pool);
	KUNIT_EXPECT_EQ(test, gen_pool_avail(pool), left);
}

static void expect_whole(struct kunit *test, struct gen_pool *pool)
{
	unsigned long addr = gen_pool_alloc(pool, BED_SIZE);
	struct bed *bed = test->priv;

	KUNIT_EXPECT_EQ(test, addr, bed->addr);
	gen_pool_free(pool, addr, 0);
	expect_idle(test, pool, BED_SIZE);
}

static void gen_pool_page_fail_free_test(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct gen_pool *pool = bed_pool(test, UNIT_ORDER);
	unsigned long bad = bed->addr + FAILED * PAGE_SIZE;

	KUNIT_EXPECT_EQ(test, 0, gen_pool_memory_failure(bed->page + FAILED));
	expect_left(test, pool, UNIT, BED_SIZE - PAGE_SIZE);
	expect_left(test, pool, PAGE_SIZE, BED_SIZE - PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, -ENOENT, gen_pool_free_owner(pool, bad, 0, NULL));
	KUNIT_EXPECT_EQ(test, -EBUSY, gen_pool_remove(pool, bed->addr));
	expect_left(test, pool, UNIT, BED_SIZE - PAGE_SIZE);

	gen_pool_unpoison(bed->page + FAILED);
	expect_whole(test, pool);
	KUNIT_EXPECT_EQ(test, 0, gen_pool_remove(pool, bed->addr));
	KUNIT_EXPECT_EQ(test, -ENOENT, gen_pool_memory_failure(bed->page + FAILED));
	gen_pool_destroy(pool);
	expect_reports(test, 1);
}

static void gen_pool_page_fail_allocated_test(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct gen_pool *pool = bed_pool(test, UNIT_ORDER);
	unsigned long addr = gen_pool_alloc(pool, (FAILED + 2) * PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, 1, gen_pool_memory_failure(bed->page + FAILED));
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), BED_SIZE);
	KUNIT_EXPECT_EQ(test, gen_pool_alloc_size(pool, addr), (FAILED + 2) * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, 0, gen_pool_free_owner(pool, addr, 0, NULL));
	expect_left(test, pool, UNIT, BED_SIZE - PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, 0, gen_pool_memory_failure(bed->page + FAILED));
	expect_left(test, pool, PAGE_SIZE, BED_SIZE - PAGE_SIZE);

	gen_pool_unpoison(bed->page + FAILED);
	expect_whole(test, pool);
	gen_pool_destroy(pool);
	expect_reports(test, 0);
}

/* The first unit of an allocation, its last one, and one that is all of it. */
static void gen_pool_page_fail_pieces_test(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct gen_pool *pool = bed_pool(test, UNIT_ORDER);
	unsigned long bad = bed->addr + FAILED * PAGE_SIZE;

	KUNIT_EXPECT_EQ(test, 0, gen_pool_reserve(pool, bad - UNIT, 2 * UNIT));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_reserve(pool, bad + UNIT, UNIT));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_reserve(pool, bad + PAGE_SIZE - UNIT, 2 * UNIT));
	KUNIT_EXPECT_EQ(test, 1, gen_pool_memory_failure(bed->page + FAILED));
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), BED_SIZE - PAGE_SIZE + 3 * UNIT);
	gen_pool_free(pool, bad - UNIT, 2 * UNIT);
	gen_pool_free(pool, bad + UNIT, UNIT);
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), BED_SIZE - PAGE_SIZE + UNIT);
	/* It is mended while one is still allocated. */
	gen_pool_unpoison(bed->page + FAILED);
	KUNIT_EXPECT_EQ(test, gen_pool_size(pool), BED_SIZE);
	gen_pool_free(pool, bad + PAGE_SIZE - UNIT, 2 * UNIT);
	expect_whole(test, pool);

	/* And it is destroyed while it has failed. */
	KUNIT_EXPECT_EQ(test, 0, gen_pool_memory_failure(bed->page + FAILED));
	gen_pool_destroy(pool);
	expect_reports(test, 0);
	KUNIT_EXPECT_EQ(test, -ENOENT, gen_pool_memory_failure(bed->page + FAILED));
}

/* Pieces that begin and end inside of the page. */
static void gen_pool_page_fail_split_test(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct gen_pool *pool = bed_pool(test, UNIT_ORDER);
	unsigned long addr = gen_pool_alloc(pool, BED_SIZE);

	KUNIT_EXPECT_EQ(test, 1, gen_pool_memory_failure(bed->page + FAILED));
	KUNIT_EXPECT_EQ(test, 0, gen_pool_split(pool, addr, 3 * UNIT));
	gen_pool_free_all(pool);
	expect_left(test, pool, UNIT, BED_SIZE - PAGE_SIZE);
	gen_pool_destroy(pool);
	expect_reports(test, 0);
}

static int fail(struct page *page)
{
	SetPageHWPoison(page);
	return gen_pool_memory_failure(page);
}

static void mend(struct page *page)
{
	ClearPageHWPoison(page);
	gen_pool_unpoison(page);
}

/* Both pages of a unit. */
static void gen_pool_page_fail_large_unit_test(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct gen_pool *pool = bed_pool(test, PAGE_SHIFT + 1);

	KUNIT_EXPECT_EQ(test, 0, fail(bed->page + FAILED));
	expect_left(test, pool, 2 * PAGE_SIZE, BED_SIZE - 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, 0, fail(bed->page + FAILED - 1));
	expect_left(test, pool, 2 * PAGE_SIZE, BED_SIZE - 2 * PAGE_SIZE);
	mend(bed->page + FAILED);
	if (IS_ENABLED(CONFIG_MEMORY_FAILURE))
		expect_left(test, pool, 2 * PAGE_SIZE, BED_SIZE - 2 * PAGE_SIZE);
	mend(bed->page + FAILED - 1);
	expect_whole(test, pool);
	gen_pool_destroy(pool);
	expect_reports(test, 0);
}

/* Allocates and frees until it is told to stop. */
struct busy {
	struct gen_pool *pool;
	unsigned long nr;
};

static void be_busy(struct crew *crew, void *data)
{
	struct busy *busy = data;
	unsigned long addr[4] = {};
	unsigned int i;

	while (!READ_ONCE(crew->stop)) {
		i = busy->nr++ % ARRAY_SIZE(addr);
		if (addr[i])
			gen_pool_free(busy->pool, addr[i], 0);
		addr[i] = gen_pool_alloc(busy->pool, (1 + busy->nr % 13) * UNIT);
		cond_resched();
	}
	for (i = 0; i < ARRAY_SIZE(addr); i++)
		if (addr[i])
			gen_pool_free(busy->pool, addr[i], 0);
}

static void gen_pool_page_fail_race_test(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct gen_pool *pool = bed_pool(test, UNIT_ORDER);
	struct busy busy[MAX_THREADS] = {};
	struct crew *crew;
	unsigned int i;

	for (i = 0; i < MAX_THREADS; i++)
		busy[i].pool = pool;
	crew = crew_start(test, crew_size(2), be_busy, busy, sizeof(*busy));
	for (i = 0; i < 100; i++) {
		KUNIT_EXPECT_GE(test, gen_pool_memory_failure(bed->page + i % BED_PAGES), 0);
		schedule_timeout_uninterruptible(1);
		if (i % 3)
			gen_pool_unpoison(bed->page + i % BED_PAGES);
	}
	for (i = 0; i < BED_PAGES; i++)
		if (i != FAILED)
			gen_pool_unpoison(bed->page + i);
	KUNIT_EXPECT_GE(test, gen_pool_memory_failure(bed->page + FAILED), 0);
	kunit_release_action(test, crew_stop, crew);
	KUNIT_EXPECT_GT(test, busy[0].nr, 0);
	expect_left(test, pool, UNIT, BED_SIZE - PAGE_SIZE);
	gen_pool_unpoison(bed->page + FAILED);
	expect_whole(test, pool);
	gen_pool_destroy(pool);
	expect_reports(test, 0);
}

static struct kunit_case gen_pool_page_cases[] = {
	KUNIT_CASE(gen_pool_page_tag_test),
	KUNIT_CASE(gen_pool_page_several_chunks_test),
	KUNIT_CASE(gen_pool_page_add_test),
	KUNIT_CASE(gen_pool_page_owner_test),
	KUNIT_CASE(gen_pool_page_remove_test),
	KUNIT_CASE(gen_pool_page_leak_test),
	KUNIT_CASE(gen_pool_page_lost_test),
	KUNIT_CASE(gen_pool_page_lost_untyped_test),
	KUNIT_CASE_PARAM(gen_pool_page_refused_test, refusal_gen_params),
	KUNIT_CASE(gen_pool_page_refused_late_test),
	KUNIT_CASE(gen_pool_page_refused_range_test),
	KUNIT_CASE(gen_pool_page_refused_hole_test),
	KUNIT_CASE(gen_pool_page_refused_twice_test),
	KUNIT_CASE(gen_pool_page_refused_address_test),
	KUNIT_CASE(gen_pool_page_refused_compound_test),
	KUNIT_CASE(gen_pool_page_refused_slab_test),
	KUNIT_CASE(gen_pool_page_refused_device_test),
	KUNIT_CASE(gen_pool_page_refused_movable_test),
	KUNIT_CASE(gen_pool_page_lookup_test),
	KUNIT_CASE(gen_pool_page_lookup_large_unit_test),
	KUNIT_CASE(gen_pool_page_lookup_foreign_test),
	KUNIT_CASE(gen_pool_page_lookup_alias_test),
	KUNIT_CASE(gen_pool_page_overrun_test),
	KUNIT_CASE(gen_pool_page_describe_test),
	KUNIT_CASE(gen_pool_page_forged_test),
	KUNIT_CASE_PARAM(gen_pool_page_free_test, ending_gen_params),
	KUNIT_CASE(gen_pool_page_late_test),
	KUNIT_CASE_SLOW(gen_pool_page_lookup_race_test),
	KUNIT_CASE_SLOW(gen_pool_page_rivals_test),
	KUNIT_CASE(gen_pool_page_fail_free_test),
	KUNIT_CASE(gen_pool_page_fail_allocated_test),
	KUNIT_CASE(gen_pool_page_fail_pieces_test),
	KUNIT_CASE(gen_pool_page_fail_split_test),
	KUNIT_CASE(gen_pool_page_fail_large_unit_test),
	KUNIT_CASE_SLOW(gen_pool_page_fail_race_test),
	{}
};

ALLOC_MAP_TEST_SUITE(gen_pool_page, "the pages of special memory pools",
		     .init = gen_pool_page_init, .exit = gen_pool_page_exit);
