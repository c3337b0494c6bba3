/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * genalloc: what lib/genalloc.c tells lib/genalloc_debugfs.c
 */

#ifndef _LIB_GENALLOC_DEBUGFS_H_
#define _LIB_GENALLOC_DEBUGFS_H_

struct gen_pool;

#ifdef CONFIG_GENALLOC_DEBUGFS
void gen_pool_debugfs_add(struct gen_pool *pool);
void gen_pool_debugfs_del(struct gen_pool *pool);
#else
static inline void gen_pool_debugfs_add(struct gen_pool *pool) { }
static inline void gen_pool_debugfs_del(struct gen_pool *pool) { }
#endif

#endif /* _LIB_GENALLOC_DEBUGFS_H_ */
