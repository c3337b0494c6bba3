/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In place of include/linux/gen_pool_page.h: a process has no struct pages, so
 * no chunk has any.
 */

#ifndef _GENALLOC_TEST_GEN_POOL_PAGE_H
#define _GENALLOC_TEST_GEN_POOL_PAGE_H

#include <shim.h>

struct gen_pool;
struct gen_pool_chunk;
struct page;

int gen_pool_add_chunk(struct gen_pool *pool, unsigned long virt,
		       phys_addr_t phys, size_t size, int nid, void *owner,
		       struct page *pages);
bool gen_pool_copy_chunk(struct gen_pool_chunk *copy,
			 const struct gen_pool_chunk *chunk);
size_t gen_pool_chunk_lookup(const struct gen_pool_chunk *chunk,
			     unsigned long addr, unsigned long *start);

#define gen_pool_tag_chunk(chunk)		0
#define gen_pool_untag_chunk(chunk)		((void)(chunk))
#define gen_pool_keep_pages(pool)		((void)(pool))
#define gen_pool_untag_all(pool)		((void)(pool))

#endif /* _GENALLOC_TEST_GEN_POOL_PAGE_H */
