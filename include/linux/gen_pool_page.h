/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that belong to a pool of special memory (linux/genalloc.h), and their
 * tags.  mm/gen_pool_page.c explains the protocol.
 * Documentation/mm/gen_pool_page.rst tells what tags are for, and how code that
 * looks at pages of others treats a tagged one.
 */

#ifndef _LINUX_GEN_POOL_PAGE_H_
#define _LINUX_GEN_POOL_PAGE_H_

#include <linux/errno.h>
#include <linux/types.h>

struct gen_pool;
struct page;

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

#ifdef CONFIG_GENALLOC_FAILURE
int gen_pool_memory_failure(const struct page *page);
void gen_pool_unpoison(const struct page *page);
#else
static inline int gen_pool_memory_failure(const struct page *page)
{
	return -ENOENT;
}

static inline void gen_pool_unpoison(const struct page *page)
{
}
#endif

#endif /* _LINUX_GEN_POOL_PAGE_H_ */
