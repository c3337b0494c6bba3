/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that belong to a pool of special memory (linux/genalloc.h), and their
 * tags.  mm/gen_pool_page.c explains the protocol.
 * Documentation/mm/gen_pool_page.rst tells what tags are for, and how code that
 * looks at pages of others treats a tagged one.
 */

#ifndef _LINUX_GEN_POOL_PAGE_H_
#define _LINUX_GEN_POOL_PAGE_H_

#include <linux/build_bug.h>
#include <linux/mm_types.h>
#include <linux/stddef.h>
#include <linux/types.h>

struct gen_pool;
struct gen_pool_chunk;

/**
 * struct gen_pool_page - a page that belongs to a pool
 * @__page_flags: the page's; a tag uses no page flag
 * @__page_lru: not used.  Bit 0 of the first word would make a tail page of it
 * @__page_mapping: stays NULL: much code looks at its lowest bits
 * @__page_index: not used
 * @chunk: the chunk that the page is a part of
 * @type: PGTY_genpool in the upper 8 bits, nothing in the lower 24
 * @__page_refcount: at least the provider's reference; never relied on to be
 *	exactly 1, since others may take one for a moment
 *
 * Overlays &struct page, for every page of a chunk.  It ends before memcg_data,
 * which a tag does not use.
 */
struct gen_pool_page {
	unsigned long __page_flags;
	unsigned long __page_lru[2];
	unsigned long __page_mapping;
	unsigned long __page_index;
	struct gen_pool_chunk *chunk;
	unsigned int type;
	atomic_t __page_refcount;
};

#define GEN_POOL_PAGE_MATCH(pg, gp)					\
	static_assert(offsetof(struct page, pg) ==			\
		      offsetof(struct gen_pool_page, gp))

GEN_POOL_PAGE_MATCH(flags, __page_flags);
GEN_POOL_PAGE_MATCH(lru, __page_lru);
GEN_POOL_PAGE_MATCH(mapping, __page_mapping);
GEN_POOL_PAGE_MATCH(share, __page_index);
GEN_POOL_PAGE_MATCH(private, chunk);
GEN_POOL_PAGE_MATCH(page_type, type);
GEN_POOL_PAGE_MATCH(_refcount, __page_refcount);
#undef GEN_POOL_PAGE_MATCH
#ifdef CONFIG_MEMCG
static_assert(sizeof(struct gen_pool_page) <=
	      offsetof(struct page, memcg_data));
#endif
static_assert(sizeof(struct gen_pool_page) <= sizeof(struct page));

/**
 * struct gen_pool_allocation - the allocation that an address is in
 * @pool: the pool
 * @start: where the allocation begins, as the pool returned it
 * @size: its length in bytes, rounded up to units; 0 if nothing is allocated
 *	there
 * @offset: how far into the allocation the address is
 */
struct gen_pool_allocation {
	struct gen_pool *pool;
	unsigned long start;
	size_t size;
	size_t offset;
};

int gen_pool_add_pages(struct gen_pool *pool, struct page *page,
		       unsigned long nr);
int gen_pool_add_pages_owner(struct gen_pool *pool, struct page *page,
			     unsigned long nr, unsigned long virt, void *owner);

struct gen_pool *gen_pool_of_page(const struct page *page);
bool gen_pool_lookup_page(const struct page *page, size_t offset,
			  struct gen_pool_allocation *found);

#ifdef CONFIG_GENALLOC_PAGES
bool gen_pool_lookup(const void *ptr, struct gen_pool_allocation *found);
bool gen_pool_overrun(const void *ptr, size_t size,
		      struct gen_pool_allocation *found);
void gen_pool_describe(const struct gen_pool_allocation *found, char *buf,
		       size_t size);
void gen_pool_dump_page(const struct page *page);
bool gen_pool_describe_obj(const void *ptr, char *buf, size_t size);
#else
static inline bool gen_pool_lookup(const void *ptr,
				   struct gen_pool_allocation *found)
{
	return false;
}

static inline bool gen_pool_overrun(const void *ptr, size_t size,
				    struct gen_pool_allocation *found)
{
	return false;
}

static inline void gen_pool_describe(const struct gen_pool_allocation *found,
				     char *buf, size_t size)
{
}

static inline void gen_pool_dump_page(const struct page *page)
{
}

static inline bool gen_pool_describe_obj(const void *ptr, char *buf,
					 size_t size)
{
	return false;
}
#endif

#endif /* _LINUX_GEN_POOL_PAGE_H_ */
