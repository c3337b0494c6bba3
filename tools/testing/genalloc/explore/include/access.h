/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In place of ../include/access.h: every access to shared memory is a
 * scheduling point, see access.c.
 *
 * All are sequentially consistent, whatever their names say: what depends on
 * their order is for the litmus tests.
 */
#ifndef EXPLORE_ACCESS_H
#define EXPLORE_ACCESS_H

#include <stdbool.h>

unsigned long explore_load(const void *word);
void explore_store(void *word, unsigned long new);
bool explore_try_cmpxchg(void *word, void *old, unsigned long new);

#define READ_ONCE(x)			((typeof(x))explore_load(&(x)))
#define WRITE_ONCE(x, val)		explore_store(&(x), (unsigned long)(val))
#define smp_load_acquire(p)		READ_ONCE(*(p)) /* more than that */
#define smp_store_release(p, val)	WRITE_ONCE(*(p), val) /* likewise */
#define try_cmpxchg(p, old, new) \
	explore_try_cmpxchg(p, old, (unsigned long)(new))
#define try_cmpxchg_relaxed(p, old, new) try_cmpxchg(p, old, new)
#define try_cmpxchg_acquire(p, old, new) try_cmpxchg(p, old, new)
#define try_cmpxchg_release(p, old, new) try_cmpxchg(p, old, new)
#define smp_rmb()			do { } while (0) /* likewise */
#define smp_mb()			do { } while (0) /* likewise */
#define smp_mb__after_atomic()		do { } while (0) /* likewise */

/* Named by ../include/dup.h, not by the map. */
typedef struct {
	int counter;
} atomic_t;

#define atomic_set(v, i)		((v)->counter = (i))
#define atomic_inc(v)			((v)->counter++)
#define atomic_add_return(i, v)		((v)->counter += (i))

#endif /* EXPLORE_ACCESS_H */
