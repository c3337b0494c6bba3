/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's own genalloc, bitmap and rbtree need beyond the shims.
 */

#ifndef _GENALLOC_BENCH_BASE_H
#define _GENALLOC_BENCH_BASE_H

#include <shim.h>

/* ---- bits ---- */

#define BIT_MASK(nr)		(1UL << (nr) % BITS_PER_LONG)
#define BIT_WORD(nr)		((nr) / BITS_PER_LONG)
#define BITS_TO_LONGS(nr)	DIV_ROUND_UP(nr, BITS_PER_LONG)
#define small_const_nbits(nbits) \
	(__builtin_constant_p(nbits) && (nbits) <= BITS_PER_LONG && (nbits) > 0)

static inline unsigned long ffz(unsigned long word)
{
	return __ffs(~word);
}

static inline bool test_bit(unsigned long nr, const unsigned long *map)
{
	return READ_ONCE(map[BIT_WORD(nr)]) & BIT_MASK(nr);
}

static inline void __set_bit(unsigned long nr, unsigned long *map)
{
	map[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static inline void __clear_bit(unsigned long nr, unsigned long *map)
{
	map[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

#define __assign_bit(nr, map, value) \
	((value) ? __set_bit(nr, map) : __clear_bit(nr, map))

#define __ALIGN_MASK(x, mask)	(((x) + (mask)) & ~(mask))

unsigned long fns(unsigned long word, unsigned int n);

/* ---- what costs time ---- */

/* As in the kernel: there each atomic access is a full barrier. */
#ifdef __x86_64__
#undef cpu_relax
#define cpu_relax()		__builtin_ia32_pause()
#undef smp_mb__after_atomic
#define smp_mb__after_atomic()	barrier() /* for the compiler */
#endif

/* ---- the rest ---- */

#define __pure			__attribute__((__pure__))
#define DEFINE_FREE(name, type, free)

#define kmalloc_node(size, gfp, nid)	shim_alloc(size, false)
#define vzalloc_node(size, nid)		shim_alloc(size, true)
#define atomic_long_sub(i, v)		atomic_long_add(-(i), v)

#define list_for_each_safe(pos, n, head)				\
	for (pos = (head)->next, n = pos->next; pos != (head);		\
	     pos = n, n = pos->next)

#endif /* _GENALLOC_BENCH_BASE_H */
