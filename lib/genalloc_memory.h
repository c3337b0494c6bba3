/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * genalloc: memory for descriptors and maps
 */

#ifndef _LIB_GENALLOC_MEMORY_H_
#define _LIB_GENALLOC_MEMORY_H_

struct alloc_map;
struct gen_pool;
struct gen_pool_chunk;

struct gen_pool *gen_pool_new_pool(int nid);
void gen_pool_free_pool(struct gen_pool *pool);
void gen_pool_put(struct gen_pool *pool);

struct gen_pool_chunk *gen_pool_static_chunk(unsigned long nr_units,
					     void *storage, size_t size,
					     struct alloc_map **map);

void gen_pool_memory_barrier(void);

#endif /* _LIB_GENALLOC_MEMORY_H_ */
