/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In place of ../include/access.h: plain accesses by a single CPU.  The other
 * CPUs are for the explorer and the litmus tests.
 */
#ifndef PROVE_ACCESS_H
#define PROVE_ACCESS_H

#include <stdbool.h>

#define READ_ONCE(x)			(x)
#define WRITE_ONCE(x, val)		((void)((x) = (val)))
#define smp_load_acquire(p)		(*(p)) /* more than that */
#define smp_store_release(p, val)	((void)(*(p) = (val))) /* likewise */

#define try_cmpxchg(p, oldp, new) ({					\
	typeof(p) p_ = (p);						\
	typeof(*p_) now_ = *p_, *oldp_ = (oldp);			\
	bool won_ = now_ == *oldp_;					\
									\
	if (won_)							\
		*p_ = (new);						\
	else								\
		*oldp_ = now_;						\
	won_;								\
})
#define try_cmpxchg_relaxed(p, oldp, new) try_cmpxchg(p, oldp, new)
#define try_cmpxchg_acquire(p, oldp, new) try_cmpxchg(p, oldp, new)
#define try_cmpxchg_release(p, oldp, new) try_cmpxchg(p, oldp, new)
#define smp_rmb()			((void)0) /* likewise */
#define smp_mb()			((void)0) /* likewise */
#define smp_mb__after_atomic()		((void)0) /* likewise */
#define barrier()			((void)0)

/* Named by other headers and by pools, not used in a proof. */
typedef struct {
	int counter;
} atomic_t;

typedef struct {
	long counter;
} atomic_long_t;

#define atomic_set(v, i)		((v)->counter = (i))
#define atomic_inc(v)			((v)->counter++)
#define atomic_add_return(i, v)		((v)->counter += (i))
#define atomic_long_inc(v)		((v)->counter++)
#define atomic_long_inc_return(v)	(++(v)->counter)
#define atomic_long_read(v)		((v)->counter)

/*
 * The builtins are hard work for the solver.  These go by halves, as those in
 * lib/ of the kernel do; the proof of "ctz_clz" compares them.
 */
static inline unsigned int halved_ctz(unsigned long word)
{
	unsigned int half, bit = 0;

	for (half = 4 * sizeof(word); half; half /= 2) {
		if (!(word << (8 * sizeof(word) - half))) {
			word >>= half;
			bit += half;
		}
	}
	return bit;
}

static inline unsigned int halved_clz(unsigned long word)
{
	unsigned int half, bit = 0;

	for (half = 4 * sizeof(word); half; half /= 2) {
		if (!(word >> (8 * sizeof(word) - half))) {
			word <<= half;
			bit += half;
		}
	}
	return bit;
}

#define __builtin_ctzl(word)		halved_ctz(word)
#define __builtin_clzl(word)		halved_clz(word)

#endif /* PROVE_ACCESS_H */
