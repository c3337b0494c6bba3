/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every access to shared memory is a scheduling point: see access.c.
 *
 * All are sequentially consistent, whatever their names say: what depends on
 * their order is for the litmus tests.
 */
#ifndef _EXPLORE_LINUX_ATOMIC_H
#define _EXPLORE_LINUX_ATOMIC_H

#include <stdbool.h>

unsigned long explore_load(const unsigned long *word);
void explore_store(unsigned long *word, unsigned long new);
unsigned long explore_cmpxchg(unsigned long *word, unsigned long old,
			      unsigned long new);
bool explore_try_cmpxchg(unsigned long *word, unsigned long *old,
			 unsigned long new);

/* What is no word of the map is a pointer to some. */
#define READ_ONCE(x)	((typeof(x))explore_load((unsigned long *)&(x)))
#define WRITE_ONCE(x, val) \
	explore_store((unsigned long *)&(x), (unsigned long)(val))
#define smp_load_acquire(p)		explore_load(p) /* more than that */
#define smp_store_release(p, val)	explore_store(p, val) /* likewise */
#define smp_rmb()			do { } while (0) /* likewise */
#define smp_mb()			do { } while (0) /* likewise */
#define smp_mb__after_atomic()		do { } while (0) /* likewise */

#define cmpxchg(p, old, new)		explore_cmpxchg(p, old, new)
#define cmpxchg_relaxed(p, old, new)	explore_cmpxchg(p, old, new)
#define cmpxchg_acquire(p, old, new)	explore_cmpxchg(p, old, new)
#define cmpxchg_release(p, old, new)	explore_cmpxchg(p, old, new)

#define try_cmpxchg(p, old, new)	explore_try_cmpxchg(p, old, new)
#define try_cmpxchg_relaxed(p, old, new) explore_try_cmpxchg(p, old, new)
#define try_cmpxchg_acquire(p, old, new) explore_try_cmpxchg(p, old, new)
#define try_cmpxchg_release(p, old, new) explore_try_cmpxchg(p, old, new)

#endif /* _EXPLORE_LINUX_ATOMIC_H */
