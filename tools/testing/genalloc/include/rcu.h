/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CUSTOMISED: RCU, and the trees that are read under it.  A test that does
 * without them puts an rcu.h of its own in front of this one (-I).
 */

#ifndef _GENALLOC_TEST_RCU_H
#define _GENALLOC_TEST_RCU_H

#include <dup.h>

/* ---- RCU ---- */

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *rcu);
};

void rcu_read_lock(void);
void rcu_read_unlock(void);
bool rcu_read_lock_held(void);
void call_rcu(struct rcu_head *rcu, void (*func)(struct rcu_head *rcu));
void synchronize_rcu(void);
/* The number of grace periods so far; whether there was one since. */
struct rcu_gp_oldstate {
	unsigned long nr;
};

void get_state_synchronize_rcu_full(struct rcu_gp_oldstate *state);
bool poll_state_synchronize_rcu_full(struct rcu_gp_oldstate *state);
/* Callbacks run in here and nowhere else. */
void rcu_barrier(void);

static inline void check_reader(void)
{
	if (!rcu_read_lock_held())
		shim_die("rcu_dereference() without rcu_read_lock()");
}

/* The kernel relies on dependencies, which C cannot express. */
#define rcu_dereference_raw(p)		smp_load_acquire(&(p))
#define rcu_dereference(p)		(check_reader(), rcu_dereference_raw(p))
#define rcu_assign_pointer(p, val) \
	smp_store_release(&(p), (val)) /* for rcu_dereference() */
/* For writers, which hold the lock. */
#define lockdep_is_held(lock)		__atomic_load_n(&(lock)->locked, __ATOMIC_RELAXED)
#define rcu_dereference_protected(p, c) ({				\
	if (!(c))							\
		shim_die("rcu_dereference_protected() without %s", #c);	\
	(p);								\
})
#define RCU_INIT_POINTER(p, val)	WRITE_ONCE(p, val)
#define RCU_INITIALIZER(val)		(val)

/* ---- latched trees: sorted lists, and a count of what left them ---- */

typedef struct {
	unsigned int count;
} seqcount_latch_t;

#define SEQCNT_LATCH_ZERO(name)		{ 0 }
#define seqcount_latch_init(seq)	WRITE_ONCE((seq)->count, 0)

struct latch_tree_node {
	struct latch_tree_node *next;
};

struct latch_tree_root {
	seqcount_latch_t seq;
	struct latch_tree_node *first;
};

struct latch_tree_ops {
	bool (*less)(struct latch_tree_node *a, struct latch_tree_node *b);
	int (*comp)(void *key, struct latch_tree_node *node);
};

void latch_tree_insert(struct latch_tree_node *node,
		       struct latch_tree_root *root,
		       const struct latch_tree_ops *ops);
void latch_tree_erase(struct latch_tree_node *node,
		      struct latch_tree_root *root,
		      const struct latch_tree_ops *ops);
struct latch_tree_node *latch_tree_find(void *key, struct latch_tree_root *root,
					const struct latch_tree_ops *ops);

#endif /* _GENALLOC_TEST_RCU_H */
