/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accesses to memory that several threads share.
 *
 * Every marked access of the code under test ends here and nowhere else, as a
 * builtin that the compiler and ThreadSanitizer know to be atomic and that has
 * the ordering of the kernel's function.  Two hooks let a test see them:
 * access_point() comes before each, access_won() after each cmpxchg.  Another
 * tool that wants to run between the accesses puts an access.h of its own in
 * front of this one (-I).
 */

#ifndef _GENALLOC_TEST_ACCESS_H
#define _GENALLOC_TEST_ACCESS_H

#include <stdbool.h>

#ifdef ACCESS_HOOKS
void access_point(void);
bool access_won(bool won);
#else
static inline void access_point(void) { }
static inline bool access_won(bool won) { return won; }
#endif

#define access_load(ptr, order) ({					\
	access_point();							\
	__atomic_load_n((ptr), (order));				\
})

#define access_store(ptr, val, order) do {				\
	access_point();							\
	__atomic_store_n((ptr), (val), (order));			\
} while (0)

#define access_cmpxchg(ptr, oldp, new, order) ({			\
	access_point();							\
	access_won(__atomic_compare_exchange_n((ptr), (oldp), (new),	\
					       false, (order),		\
					       __ATOMIC_RELAXED));	\
})

#define READ_ONCE(x)		access_load(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, val)	access_store(&(x), (val), __ATOMIC_RELAXED)
/* The orderings of the kernel's functions. */
#define smp_load_acquire(ptr)	access_load((ptr), __ATOMIC_ACQUIRE)
#define smp_store_release(ptr, val) /* as its name says */ \
	access_store((ptr), (val), __ATOMIC_RELEASE)

#define try_cmpxchg(ptr, oldp, new) \
	access_cmpxchg(ptr, oldp, new, __ATOMIC_SEQ_CST)
#define try_cmpxchg_acquire(ptr, oldp, new) \
	access_cmpxchg(ptr, oldp, new, __ATOMIC_ACQUIRE)
#define try_cmpxchg_release(ptr, oldp, new) \
	access_cmpxchg(ptr, oldp, new, __ATOMIC_RELEASE)
#define try_cmpxchg_relaxed(ptr, oldp, new) \
	access_cmpxchg(ptr, oldp, new, __ATOMIC_RELAXED)

#define cmpxchg(ptr, old, new) ({					\
	typeof(*(ptr)) old_ = (old);					\
	access_cmpxchg(ptr, &old_, new, __ATOMIC_SEQ_CST);		\
	old_;								\
})

#define smp_mb() __atomic_thread_fence(__ATOMIC_SEQ_CST) /* for all accesses */
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE) /* for loads */
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE) /* for stores */
#define smp_mb__after_atomic() smp_mb() /* likewise */
#define barrier()		asm volatile("" : : : "memory")
#define cpu_relax()		barrier()

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	long counter;
} atomic_long_t;

#define ATOMIC_INIT(i)		{ (i) }

/* One set of functions for each of the two types. */
#define ACCESS_ATOMIC(name, type)					\
static inline type name##_read(const name##_t *v)			\
{									\
	return access_load(&v->counter, __ATOMIC_RELAXED);		\
}									\
static inline type name##_read_acquire(const name##_t *v)		\
{									\
	return access_load(&v->counter, __ATOMIC_ACQUIRE);		\
}									\
static inline void name##_set(name##_t *v, type i)			\
{									\
	access_store(&v->counter, i, __ATOMIC_RELAXED);			\
}									\
static inline type name##_add_return(type i, name##_t *v)		\
{									\
	access_point();							\
	return __atomic_add_fetch(&v->counter, i, __ATOMIC_SEQ_CST);	\
}									\
static inline void name##_add(type i, name##_t *v)			\
{									\
	access_point();							\
	__atomic_add_fetch(&v->counter, i, __ATOMIC_RELAXED);		\
}									\
static inline type name##_inc_return(name##_t *v)			\
{									\
	return name##_add_return(1, v);					\
}									\
static inline type name##_inc_return_release(name##_t *v)		\
{									\
	return name##_add_return(1, v);					\
}									\
static inline void name##_inc(name##_t *v)				\
{									\
	name##_add(1, v);						\
}									\
static inline void name##_dec(name##_t *v)				\
{									\
	name##_add(-1, v);						\
}									\
static inline type name##_xchg(name##_t *v, type new)			\
{									\
	access_point();							\
	return __atomic_exchange_n(&v->counter, new, __ATOMIC_SEQ_CST);	\
}									\
static inline type name##_cmpxchg(name##_t *v, type old, type new)	\
{									\
	access_cmpxchg(&v->counter, &old, new, __ATOMIC_SEQ_CST);	\
	return old;							\
}									\
static inline type name##_cmpxchg_relaxed(name##_t *v, type old, type new) \
{									\
	access_cmpxchg(&v->counter, &old, new, __ATOMIC_RELAXED);	\
	return old;							\
}

ACCESS_ATOMIC(atomic, int)
ACCESS_ATOMIC(atomic_long, long)

#endif /* _GENALLOC_TEST_ACCESS_H */
