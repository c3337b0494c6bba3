/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RCU as it is in a kernel without preemption: readers cost nothing.  Nothing
 * is freed here while others read.  The latched trees are those of the kernel.
 */

#ifndef _GENALLOC_BENCH_RCU_H
#define _GENALLOC_BENCH_RCU_H

#include <dup.h>

struct rcu_head {
	void *unused[2];
};

#define rcu_read_lock()			barrier()
#define rcu_read_unlock()		barrier()
#define call_rcu(rcu, func)		(func)(rcu)
#define rcu_barrier()			barrier()
#define synchronize_rcu()		barrier()
#define rcu_dereference(p)		READ_ONCE(p)
#define rcu_dereference_raw(p)		READ_ONCE(p)
#define rcu_assign_pointer(p, val) \
	smp_store_release(&(p), (val)) /* for rcu_dereference() */
/* For writers, which hold the lock. */
#define rcu_dereference_protected(p, c)	(p)
#define RCU_INIT_POINTER(p, val)	WRITE_ONCE(p, val)
#define RCU_INITIALIZER(val)		(val)

typedef struct {
	unsigned int sequence;
} seqcount_latch_t;

#define seqcount_latch_init(seq)	WRITE_ONCE((seq)->sequence, 0)

static inline unsigned int read_seqcount_latch(const seqcount_latch_t *seq)
{
	return READ_ONCE(seq->sequence);
}

static inline bool read_seqcount_latch_retry(const seqcount_latch_t *seq,
					     unsigned int start)
{
	smp_rmb(); /* pairs with write_seqcount_latch() */
	return READ_ONCE(seq->sequence) != start;
}

static inline void write_seqcount_latch(seqcount_latch_t *seq)
{
	smp_wmb(); /* pairs with read_seqcount_latch_retry() */
	WRITE_ONCE(seq->sequence, seq->sequence + 1);
	smp_wmb(); /* likewise */
}

/* Under the names that the bases use. */
#define raw_read_seqcount_latch(seq)	read_seqcount_latch(seq)
#define raw_read_seqcount_latch_retry(seq, start) \
	read_seqcount_latch_retry(seq, start)
#define raw_write_seqcount_latch(seq)	write_seqcount_latch(seq)
#define write_seqcount_latch_begin(seq)	write_seqcount_latch(seq)
#define write_seqcount_latch_end(seq)	do { } while (0)

#include <linux/rbtree_latch.h>

#endif /* _GENALLOC_BENCH_RCU_H */
