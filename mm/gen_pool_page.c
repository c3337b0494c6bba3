// SPDX-License-Identifier: GPL-2.0-only
/**
 * DOC: Page tags
 *
 * gen_pool_add_pages() gives a pool memory that has struct pages, and tags each
 * of them, so that any code that meets the page can tell what it is, and can
 * look up the pool and the allocation that an address is in::
 *
 *	struct page			    struct gen_pool_chunk
 *	  flags				      pool
 *	  mapping    NULL		      start_addr
 *	  page_type  genpool, 5 --> table --> phys_addr
 *	  _refcount  1 or more	      5	      map
 *
 * A tag is one number: the type in the upper 8 bits of page_type, and in the
 * lower 24, which belong to the owner of the type, the place of the chunk in a
 * table.  Nothing else in the page is used.
 *
 * Memory that came to the pool in any other way is never tagged: its addresses
 * may be numbers, or those of a device.
 *
 * The pages remain the provider's, which keeps a reference to each of them
 * while it is in the pool, and can use them as it likes once gen_pool_remove()
 * or gen_pool_destroy() has returned.  A page belongs to one chunk, as a whole.
 *
 * Readers of tags take no lock.  The order of things::
 *
 *	tag:	table[5] = chunk
 *		page_type = genpool, 5; release		     (tag:A)
 *		open the chunk
 *	look:	rcu_read_lock(); page_type, acquire	     (look:A)
 *		table[5]				     (look:B)
 *		does this chunk have the page?		     (look:C)
 *	untag:	the chunk is closed, or its pool has no users
 *		page_type = none
 *		table[5] = none				     (untag:A)
 *		from now on page and place may be used for something else
 *		a grace period				     (untag:B)
 *		the chunk and its pool may be freed
 *
 * If look:A reads from tag:A
 *	look:B reads the chunk, or what has become of its place since [tag-look].
 * If look:B reads the chunk
 *	it and its pool stay until rcu_read_unlock(), by untag:B [untag-look].
 * If look:B reads another chunk
 *	the place was used again, at once, as an object of a
 *	SLAB_TYPESAFE_BY_RCU cache would be, and the page has left.  look:C
 *	tells, since no two chunks have a page at a time.  If it was given to
 *	that chunk since, the answer is right; if it will be refused, since two
 *	were made of it at once, the answer names the wrong pool, which stays
 *	all the same.
 *
 * So nothing waits for readers but the memory of the chunk and the pool.  A
 * reader never follows a pointer that it has found in a page: the next user of
 * the page may have put it there.  The names in brackets are litmus tests, see
 * lib/alloc_map.c.
 */

#include <kunit/static_stub.h>
#include <kunit/visibility.h>
#include <linux/align.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/gen_pool_page.h>
#include <linux/io.h>
#include <linux/limits.h>
#include <linux/memory_hotplug.h>
#include <linux/memremap.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sprintf.h>
#include <linux/xarray.h>

#include "../lib/genalloc.h"

/* page_type of a page that has no type and is not mapped. */
#define NO_TYPE		UINT_MAX
#define TAG		((unsigned int)PGTY_genpool << 24)
#define PLACE_MASK	0xffffffU

static DEFINE_XARRAY_ALLOC(tagged_chunks);

static bool is_tag(unsigned int type)
{
	return (type & ~PLACE_MASK) == TAG;
}

static unsigned long chunk_pfn(const struct gen_pool_chunk *chunk)
{
	return PHYS_PFN(chunk->phys_addr);
}

static unsigned long chunk_nr_pages(const struct gen_pool_chunk *chunk)
{
	return (chunk->end_addr - chunk->start_addr + 1) >> PAGE_SHIFT;
}

/* Page number @i of @chunk. */
static struct page *chunk_page(const struct gen_pool_chunk *chunk,
			       unsigned long i)
{
	return pfn_to_page(chunk_pfn(chunk) + i);
}

static bool chunk_has_page(const struct gen_pool_chunk *chunk,
			   const struct page *page)
{
	return page_to_pfn(page) - chunk_pfn(chunk) < chunk_nr_pages(chunk);
}

/* ---- which pages can be tagged ---- */

/*
 * Memory offlining takes all of ZONE_MOVABLE for movable, and would retry for
 * ever, except for pages that are reserved, as boot memory is, or belong to
 * CMA.  Both end up in ZONE_MOVABLE if "movablecore" makes it.  In Linux 6.12 a
 * block of CMA is not known as such while it is isolated for cma_alloc().
 */
static bool taken_for_movable(const struct page *page)
{
	return is_zone_movable_page(page) && !PageReserved(page) &&
	       !is_migrate_cma_page(page);
}

/* Why no pool can have the page, or NULL. */
static const char *bad_place(const struct page *page)
{
	if (is_zone_device_page(page))
		return "is in ZONE_DEVICE";
	if (taken_for_movable(page))
		return "is in ZONE_MOVABLE";
	return NULL;
}

/* What tells that the page is not the caller's to give, or NULL. */
static const char *other_owner(const struct page *page)
{
	if (PageHWPoison(page))
		return "is poisoned";
	if (folio_test_slab(page_folio(page)))
		return "belongs to slab";
	if (PageCompound(page))
		return "is part of a compound page";
	if (PageLRU(page) || page->mapping)
		return "is on an LRU list or has a mapping";
	if (PagePrivate(page))
		return "has PG_private";
	if (page_pool_page_is_pp((struct page *)page))
		return "belongs to a network page pool";
	if (!page_count(page))
		return "has no reference";
	return NULL;
}

static int refuse(const struct page *page, const char *why, int err)
{
	if (!why)
		return 0;

	pr_debug("genalloc: the page with pfn %#lx %s\n", page_to_pfn(page), why);
	return err;
}

/* page_type is in use, perhaps as the tag of another pool. */
static int refuse_type(const struct page *page, unsigned int type)
{
	if (type == NO_TYPE)
		return 0;
	if (is_tag(type))
		return refuse(page, "is in a pool", -EEXIST);
	return refuse(page, "has another type or is mapped", -EBUSY);
}

/**
 * gen_pool_refuse_page - why a page cannot be tagged
 * @page: the page
 *
 * Called by KUnit tests for pages that are hard to come by, and replaced by them.
 *
 * Context: Any.
 * Return: 0 if it can; an errno of gen_pool_add_pages_owner().
 */
VISIBLE_IF_KUNIT int gen_pool_refuse_page(const struct page *page)
{
	KUNIT_STATIC_STUB_REDIRECT(gen_pool_refuse_page, page);

	return refuse(page, bad_place(page), -EINVAL) ?:
	       refuse(page, other_owner(page), -EBUSY) ?:
	       refuse_type(page, READ_ONCE(page->page_type));
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_refuse_page);

/*
 * Offline memory may have a struct page, but its contents mean nothing and may
 * be poison.  Device pages are never online: bad_place() recognises them.
 */
static bool have_page(unsigned long pfn)
{
	const struct page *page = pfn_to_online_page(pfn);

	if (page || !pfn_valid(pfn))
		return page;

	page = pfn_to_page(pfn);
	return is_zone_device_page(page) && !PagePoisoned(page);
}

static bool have_pages(unsigned long pfn, unsigned long nr)
{
	while (nr--) {
		if (!have_page(pfn++))
			return false;
	}
	return true;
}

/* Before anything is changed: is every page fit to be tagged? */
static int check_pages(const struct page *page, unsigned long nr)
{
	unsigned long pfn = page_to_pfn(page);
	int err = 0;

	if (!have_pages(pfn, nr))
		return -EINVAL;
	while (nr-- && !err)
		err = gen_pool_refuse_page(pfn_to_page(pfn++));

	return err;
}

/* ---- tag and untag ---- */

/*
 * The page was fit when checked.  If it is now being tagged for another pool,
 * or mapped by mistake, only one of the two succeeds.
 */
static int tag_page(struct page *page, const struct gen_pool_chunk *chunk)
{
	return refuse_type(page, cmpxchg_release(&page->page_type, NO_TYPE,
						 chunk->tag)); /* tag:A */
}

/**
 * gen_pool_page_lost - report a page that was freed while a pool had it
 * @chunk: the chunk of the pool
 * @page: the page, which is no longer tagged as a part of @chunk
 *
 * Replaced by KUnit tests.
 *
 * Context: Any.
 */
VISIBLE_IF_KUNIT void gen_pool_page_lost(const struct gen_pool_chunk *chunk,
					 const struct page *page)
{
	KUNIT_STATIC_STUB_REDIRECT(gen_pool_page_lost, chunk, page);

	WARN_ONCE(1, "genalloc: pool %s: the page with pfn %#lx was freed or used for something else while it was in the pool\n",
		  chunk->pool->name ?: "(no name)", page_to_pfn(page));
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_page_lost);

static bool is_tagged(const struct page *page,
		      const struct gen_pool_chunk *chunk)
{
	return READ_ONCE(page->page_type) == chunk->tag;
}

/* A page that is no longer tagged for @chunk belongs to another owner. */
static void untag_page(struct page *page, const struct gen_pool_chunk *chunk)
{
	if (is_tagged(page, chunk))
		WRITE_ONCE(page->page_type, NO_TYPE);
	else
		gen_pool_page_lost(chunk, page);
}

/* The first @nr pages.  Readers may still find the chunk. */
static void untag_pages(const struct gen_pool_chunk *chunk, unsigned long nr)
{
	while (nr--)
		untag_page(chunk_page(chunk, nr), chunk);
	xa_erase(&tagged_chunks, chunk->tag & PLACE_MASK); /* untag:A */
}

static int tag_pages(struct gen_pool_chunk *chunk)
{
	unsigned long i, nr = chunk_nr_pages(chunk);
	u32 place;
	int err;

	err = xa_alloc(&tagged_chunks, &place, chunk, XA_LIMIT(0, PLACE_MASK),
		       GFP_KERNEL);
	if (err)
		return -ENOMEM;

	chunk->tag = TAG | place;
	for (i = 0; i < nr && !err; i++)
		err = tag_page(chunk_page(chunk, i), chunk);
	if (err)
		untag_pages(chunk, i - 1);
	return err;
}

static void pages_leave(struct gen_pool_chunk *chunk)
{
	untag_pages(chunk, chunk_nr_pages(chunk));
}

/*
 * Each page gets a reference that is never dropped, so that the page is not
 * freed when the provider drops its own.  (cma_release() and
 * free_reserved_page() free it all the same.)
 */
static void pages_keep(struct gen_pool_chunk *chunk)
{
	unsigned long i, nr = chunk_nr_pages(chunk);

	for (i = 0; i < nr; i++)
		if (is_tagged(chunk_page(chunk, i), chunk))
			get_page(chunk_page(chunk, i));
}

static const struct gen_pool_provider pages_provider = {
	.leave	= pages_leave,
	.keep	= pages_keep,
};

/* ---- give pages to a pool ---- */

/* Pages are tagged first, so that every allocation can be looked up. */
static int open_pages(struct gen_pool_chunk *chunk)
{
	int err = tag_pages(chunk);

	if (!err) {
		chunk->provider = &pages_provider;
		err = gen_pool_open_chunk(chunk);
		if (err)
			pages_leave(chunk);
	}
	if (err)
		gen_pool_free_chunk(chunk);
	return err;
}

/* 0 if the last page, if there is any, is highmem: then others may be, too. */
static unsigned long linear_address(const struct page *page, unsigned long nr)
{
	unsigned long last = page_to_pfn(page) + nr - 1;

	if (pfn_valid(last) && PageHighMem(pfn_to_page(last)))
		return 0;

	return (unsigned long)page_address(page);
}

/**
 * gen_pool_add_pages_owner - give pages with an owner to a pool
 * @pool: the pool
 * @page: the first page
 * @nr: number of pages, which follow each other in physical memory
 * @virt: address of the first byte, as allocations will return it
 * @owner: as gen_pool_add_owner()
 *
 * The caller holds a reference to each page and keeps it until the memory is
 * removed or the pool destroyed; a block from alloc_pages() needs split_page()
 * for that.  Until then the caller leaves ->mapping and page_type alone, and
 * maps the pages into user space by remap_pfn_range() only.  Pages of CMA must
 * come from cma_alloc(): an allocation of movable memory may be borrowed from
 * CMA, and must not stay.
 *
 * If @virt is the address in the linear mapping, the pages are ordinary memory,
 * see gen_pool_set_memory().
 *
 * Context: Process context, may sleep, after radix_tree_init().  Others may
 * allocate meanwhile.
 * Return:
 * * 0: the pages are in the pool
 * * %-EINVAL: @nr is 0; the range goes past the end of the address space, has
 *   no &struct page or is offline; @virt is 0, or not the address of a whole
 *   page; a page is in ZONE_DEVICE, or in ZONE_MOVABLE and neither reserved nor
 *   of CMA
 * * %-EBUSY: a page has another owner: it has another type, is mapped into user
 *   space, belongs to slab or to a network page pool, is part of a compound
 *   page, is on an LRU list, has a mapping or PG_private, is poisoned, or has no
 *   reference
 * * %-EEXIST: a page, or an address, is in a pool already
 * * %-ENOMEM: no memory for the bookkeeping, or 2^24 chunks of pages
 *
 * An error changes nothing.  A pr_debug() tells which it is of a page.
 */
int gen_pool_add_pages_owner(struct gen_pool *pool, struct page *page,
			     unsigned long nr, unsigned long virt, void *owner)
{
	struct gen_pool_chunk *chunk;
	int err;

	if (nr > ULONG_MAX >> PAGE_SHIFT || !virt || !PAGE_ALIGNED(virt))
		return -EINVAL;

	err = check_pages(page, nr);
	if (err)
		return err;

	chunk = gen_pool_make_chunk(pool, virt, page_to_phys(page),
				    nr << PAGE_SHIFT, page_to_nid(page), owner);
	if (IS_ERR(chunk))
		return PTR_ERR(chunk);

	chunk->is_memory |= virt == linear_address(page, nr);
	return open_pages(chunk);
}
EXPORT_SYMBOL_GPL(gen_pool_add_pages_owner);

/**
 * gen_pool_add_pages - give pages to a pool
 * @pool: the pool
 * @page: the first page
 * @nr: number of pages, which follow each other in physical memory
 *
 * Allocations have addresses in the linear mapping.
 *
 * Context: as gen_pool_add_pages_owner().
 * Return: as gen_pool_add_pages_owner(); %-EINVAL for highmem, kmap()ed or not.
 */
int gen_pool_add_pages(struct gen_pool *pool, struct page *page,
		       unsigned long nr)
{
	return gen_pool_add_pages_owner(pool, page, nr,
					linear_address(page, nr), NULL);
}
EXPORT_SYMBOL_GPL(gen_pool_add_pages);

/* ---- look ---- */

/**
 * gen_pool_chunk_of_tag - the chunk that the tag of a page leads to
 * @page: the page
 * @tag: the tag that it had when it was looked at
 *
 * Called by KUnit tests.
 *
 * Context: Any, NMI included, under rcu_read_lock().
 * Return: the chunk, which stays until rcu_read_unlock(); NULL if it no longer
 * has the page.
 */
VISIBLE_IF_KUNIT const struct gen_pool_chunk *
gen_pool_chunk_of_tag(const struct page *page, unsigned int tag)
{
	const struct gen_pool_chunk *chunk;

	chunk = xa_load(&tagged_chunks, tag & PLACE_MASK); /* look:B */
	return chunk && chunk_has_page(chunk, page) ? chunk : NULL; /* look:C */
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_chunk_of_tag);

static const struct gen_pool_chunk *chunk_of_page(const struct page *page)
{
	unsigned int type = smp_load_acquire(&page->page_type); /* look:A */

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "no rcu_read_lock()");

	return is_tag(type) ? gen_pool_chunk_of_tag(page, type) : NULL;
}

/* The chunk that has the byte at @ptr, and its address as the pool knows it. */
static const struct gen_pool_chunk *chunk_of_ptr(const void *ptr,
						 unsigned long *addr)
{
	const struct gen_pool_chunk *chunk;
	const struct page *page;

	if (!virt_addr_valid(ptr))
		return NULL;

	page = virt_to_page(ptr);
	chunk = chunk_of_page(page);
	if (chunk)
		*addr = chunk->start_addr + offset_in_page(ptr) +
			((page_to_pfn(page) - chunk_pfn(chunk)) << PAGE_SHIFT);
	return chunk;
}

/**
 * gen_pool_lookup - look up the allocation that an address is in
 * @ptr: any address; only one in the linear mapping is found, even if the pool
 *	has another one for the same memory
 * @found: where to put the pool, and the allocation if there is one
 *
 * Context: Any, NMI included, under rcu_read_lock(); the pool stays until
 * rcu_read_unlock().  Beginning and end of the allocation are exact while the
 * caller owns it.
 * Return: true if the memory at @ptr belongs to a pool that was given it by
 * gen_pool_add_pages().
 */
bool gen_pool_lookup(const void *ptr, struct gen_pool_allocation *found)
{
	unsigned long addr;
	const struct gen_pool_chunk *chunk = chunk_of_ptr(ptr, &addr);

	if (!chunk)
		return false;

	found->pool = chunk->pool;
	found->start = addr;
	found->size = gen_pool_chunk_lookup(chunk, addr, &found->start);
	found->offset = addr - found->start;

	return true;
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_lookup);

/**
 * gen_pool_overrun - do bytes go beyond the allocation that they begin in?
 * @ptr: the first one, as gen_pool_lookup()
 * @size: how many there are, not 0
 * @found: where to put the allocation, if so
 *
 * Takes time by @size, as long as they do not.  A piece that gen_pool_split()
 * has made is an allocation of its own: the next one may belong to anybody.
 *
 * Context: as gen_pool_lookup().
 * Return: true if so.  False also if no allocation is found where they begin,
 * which may be due to a split that is just going on.
 */
bool gen_pool_overrun(const void *ptr, size_t size,
		      struct gen_pool_allocation *found)
{
	unsigned long addr;
	const struct gen_pool_chunk *chunk = chunk_of_ptr(ptr, &addr);

	return chunk && gen_pool_chunk_overrun(chunk, addr, size) &&
	       gen_pool_lookup(ptr, found) && found->size;
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_overrun);

/* ---- say ---- */

/**
 * gen_pool_describe - describe the result of gen_pool_lookup() in words
 * @found: the result
 * @buf: where to put the string
 * @size: size of @buf in bytes
 *
 * The string contains no address: it may end up where kernel addresses must not
 * be disclosed.
 *
 * Context: Any, NMI included, under the same rcu_read_lock() as the look-up.
 */
void gen_pool_describe(const struct gen_pool_allocation *found, char *buf,
		       size_t size)
{
	const struct gen_pool *pool = found->pool;
	const char *name = pool->name ?: "(no name)";

	if (found->size)
		scnprintf(buf, size, "%zu bytes of pool %s of %pS", found->size,
			  name, pool->creator);
	else
		scnprintf(buf, size, "free memory of pool %s of %pS", name,
			  pool->creator);
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_describe);

/**
 * gen_pool_dump_page - print which pool a page belongs to, if any
 * @page: any page, even a corrupted one: a tag is looked up, not followed
 *
 * Context: Any.
 */
void gen_pool_dump_page(const struct page *page)
{
	const struct gen_pool_chunk *chunk;

	rcu_read_lock();
	chunk = chunk_of_page(page);
	if (chunk)
		pr_warn("genalloc: page of pool %s of %pS\n",
			chunk->pool->name ?: "(no name)", chunk->pool->creator);
	rcu_read_unlock();
}

/**
 * gen_pool_describe_obj - describe the allocation at an address in words
 * @ptr: any address
 * @buf: where to put the string
 * @size: size of @buf in bytes
 *
 * Context: Any, NMI included.
 * Return: true if @ptr is in the pages of a pool; otherwise @buf is unchanged.
 */
bool gen_pool_describe_obj(const void *ptr, char *buf, size_t size)
{
	struct gen_pool_allocation found;
	bool ours;

	rcu_read_lock();
	ours = gen_pool_lookup(ptr, &found);
	if (ours)
		gen_pool_describe(&found, buf, size);
	rcu_read_unlock();

	return ours;
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_describe_obj);

/* ---- memory failure ---- */

#ifdef CONFIG_GENALLOC_FAILURE
/* The units that a byte of @page is in: the first one, and how many. */
static unsigned long page_units(const struct gen_pool_chunk *chunk,
				const struct page *page, unsigned long *nr)
{
	unsigned long order = chunk->pool->min_alloc_order, unit, end;
	size_t at = (page_to_pfn(page) - chunk_pfn(chunk)) << PAGE_SHIFT;

	unit = at >> order;
	end = min(((at + PAGE_SIZE - 1) >> order) + 1, chunk->map.nr_units);
	*nr = unit < end ? end - unit : 0;
	return unit;
}

/* A page of the unit is bad. */
static bool is_bad(const struct gen_pool_chunk *chunk, unsigned long unit)
{
	unsigned long order = chunk->pool->min_alloc_order;
	unsigned long i = (unit << order) >> PAGE_SHIFT;
	unsigned long last = (((unit + 1) << order) - 1) >> PAGE_SHIFT;

	for (; i <= last; i++)
		if (PageHWPoison(chunk_page(chunk, i)))
			return true;
	return false;
}

static int fail_page(const struct page *page)
{
	struct gen_pool_chunk *chunk;
	unsigned long unit, nr;
	int err = -ENOENT;

	rcu_read_lock();
	chunk = (struct gen_pool_chunk *)chunk_of_page(page);
	if (chunk) {
		unit = page_units(chunk, page, &nr);
		err = gen_pool_fail_units(chunk, unit, nr);
	}
	rcu_read_unlock();

	return err;
}

/**
 * gen_pool_memory_failure - take a page that has PG_hwpoison out of service
 * @page: any page
 *
 * Context: Process context, may sleep; for memory_failure() only, which holds a
 * mutex.
 * Return: 0 if no user of a pool has any byte of it; 1 if it is out of service
 * as soon as its users have freed it; %-ENOENT if no pool has the page, or not
 * any more; %-ENOMEM.
 */
int gen_pool_memory_failure(const struct page *page)
{
	int err;

	if (!is_tag(READ_ONCE(page->page_type)))
		return -ENOENT;

	gen_pool_watch_failures();
	while ((err = fail_page(page)) == -EAGAIN)
		synchronize_rcu();

	return err;
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_memory_failure);

static void mend_units(const struct page *page,
		       void (*func)(struct gen_pool_chunk *chunk,
				    unsigned long unit))
{
	struct gen_pool_chunk *chunk;
	unsigned long unit, nr;

	rcu_read_lock();
	chunk = (struct gen_pool_chunk *)chunk_of_page(page);
	if (chunk)
		for (unit = page_units(chunk, page, &nr); nr--; unit++)
			if (!is_bad(chunk, unit))
				func(chunk, unit);
	rcu_read_unlock();
}

/**
 * gen_pool_unpoison - take a page back into service
 * @page: a page of a pool, which no longer has PG_hwpoison
 *
 * Context: as gen_pool_memory_failure().
 */
void gen_pool_unpoison(const struct page *page)
{
	mend_units(page, gen_pool_mend_unit);
	synchronize_rcu();
	mend_units(page, gen_pool_return_unit);
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_unpoison);
#endif
