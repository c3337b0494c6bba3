/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CUSTOMISED: what does its work here in another way than in the kernel, so
 * that a test can see it, count it or make it fail.  shim.c has the code.
 */

#ifndef _GENALLOC_TEST_CUSTOM_H
#define _GENALLOC_TEST_CUSTOM_H

#include <sched.h>

#include <dup.h>
#include <stubs.h>

/* ---- log and warnings ---- */

/* Nothing is printed while this is set; warnings are counted nevertheless. */
extern bool shim_quiet;
/* WARN() and its kin so far, every hit of those that print only once, too. */
extern unsigned long shim_nr_warnings;

#ifndef pr_fmt
#define pr_fmt(fmt)	fmt
#endif

void shim_print(const char *fmt, ...);
void shim_warn(const char *file, int line, const char *fmt, ...);
void shim_die(const char *fmt, ...) __printf(1, 2) __noreturn;

/* As snprintf(), but returns what it has written. */
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

#define printk(fmt, ...)	shim_print(fmt, ##__VA_ARGS__)
#define pr_err(fmt, ...)	shim_print(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...)	shim_print(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...)	shim_print(pr_fmt(fmt), ##__VA_ARGS__)
#define panic(fmt, ...)		shim_die(fmt, ##__VA_ARGS__)

#define WARN(cond, fmt, ...) ({						\
	bool warn_ = (cond);						\
									\
	if (warn_)							\
		shim_warn(__FILE__, __LINE__, fmt, ##__VA_ARGS__);	\
	warn_;								\
})

#define WARN_ON(cond)		WARN(cond, "%s\n", #cond)

#define WARN_ONCE(cond, fmt, ...) ({					\
	static bool warned_;						\
	bool warn_ = (cond);						\
									\
	if (warn_ && !__atomic_exchange_n(&warned_, true, __ATOMIC_RELAXED)) \
		shim_warn(__FILE__, __LINE__, fmt, ##__VA_ARGS__);	\
	else if (warn_)							\
		__atomic_add_fetch(&shim_nr_warnings, 1, __ATOMIC_RELAXED); \
	warn_;								\
})

#define WARN_ON_ONCE(cond)	WARN_ONCE(cond, "%s\n", #cond)
#define BUG()			shim_die("BUG at %s:%d", __FILE__, __LINE__)
#define BUG_ON(cond)		do { if (cond) BUG(); } while (0)

/* ---- memory ---- */

/* Live allocations. */
extern long shim_nr_live;
/*
 * Requests above this many bytes fail: those that kvmalloc() refuses, in 32
 * bits those that the vmalloc area has no room for.
 */
extern size_t shim_max_alloc;

/* The request with this number from now fails, 1 the next; 0: none. */
extern struct shim_current {
	unsigned int fail_nth;
} shim_current;

void *shim_alloc(size_t size, bool zero);
void kfree(const void *ptr);
/* Dies if memory is asked for where the caller must not sleep. */
void shim_might_alloc(gfp_t gfp);
char *kstrdup(const char *s, gfp_t gfp);

#define kmalloc(size, gfp)		shim_alloc(size, (gfp) & __GFP_ZERO)
#define kzalloc(size, gfp)		shim_alloc(size, true)
#define kcalloc(n, size, gfp)		shim_alloc(size_mul(n, size), true)
#define kmalloc_array(n, size, gfp)	shim_alloc(size_mul(n, size), false)
#define kvzalloc(size, gfp)		shim_alloc(size, true)
#define kvzalloc_node(size, gfp, nid) \
	(shim_might_alloc(gfp), shim_alloc(size, true))
#define vzalloc(size)			shim_alloc(size, true)
#define vmalloc(size)			shim_alloc(size, false)
#define kvcalloc(n, size, gfp)		kcalloc(n, size, gfp)
#define kvfree(ptr)			kfree(ptr)
#define vfree(ptr)			kfree(ptr)
/* There is no .rodata to look for: every string is copied. */
#define kstrdup_const(s, gfp)		kstrdup(s, gfp)
#define kfree_const(s)			kfree(s)

/* What the kernel counts in pages, one by one. */
#define NR_SLAB_RECLAIMABLE_B		0
#define NR_SLAB_UNRECLAIMABLE_B		1
#define global_node_page_state_pages(item) ((item) ? shim_nr_live : 0L)

/* Before that, and for memory allocated then: pages of memblock. */
extern bool shim_slab_is_up;

#define slab_is_available()		shim_slab_is_up

struct page;

#define MEMBLOCK_LOW_LIMIT		0
#define MEMBLOCK_ALLOC_ACCESSIBLE	0

void *memblock_alloc_try_nid(size_t size, size_t align, unsigned long min,
			     unsigned long max, int nid);
void adjust_managed_page_count(struct page *page, long count);
void put_page(struct page *page);

#define clear_page_tag_ref(page)	((void)(page))
#define ClearPageReserved(page)		((void)(page))

#define virt_to_page(memory)		((struct page *)(memory))
#define virt_to_phys(memory)		((unsigned long)(memory))
#define kmemleak_free_part_phys(phys, size) ((void)(phys), (void)(size))

/* ---- static keys ---- */

struct static_key_false {
	int users;
};

#define DECLARE_STATIC_KEY_FALSE(name)	extern struct static_key_false name
#define DEFINE_STATIC_KEY_FALSE(name)	struct static_key_false name
#define static_branch_inc(key) \
	__atomic_add_fetch(&(key)->users, 1, __ATOMIC_RELAXED)
#define static_branch_dec(key) \
	__atomic_sub_fetch(&(key)->users, 1, __ATOMIC_RELAXED)

/* One that is off for ever, so that its cost can be counted, or a real one. */
#ifdef NOP_KEYS
static __always_inline bool static_branch_unlikely(struct static_key_false *key)
{
	asm goto("nop" : : : : on);
	return false;
on:
	return true;
}
#else
static inline bool static_branch_unlikely(struct static_key_false *key)
{
	return __atomic_load_n(&key->users, __ATOMIC_RELAXED);
}
#endif

/* ---- locks ---- */

typedef struct {
	int locked;
} spinlock_t;

#define __SPIN_LOCK_UNLOCKED(name)	{ 0 }
#define DEFINE_SPINLOCK(name)	spinlock_t name

void spin_lock_init(spinlock_t *lock);
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);

#define spin_lock_irqsave(lock, flags)	((flags) = 0, spin_lock(lock))
#define spin_unlock_irqrestore(lock, flags) ((void)(flags), spin_unlock(lock))

/* ---- work: done at once ---- */

struct work_struct {
	void (*func)(struct work_struct *work);
	/* for stress.c, where it waits for a thread to take it */
	int context;
	bool pending;
	bool running;
};

#define DECLARE_WORK(name, fn)		struct work_struct name = { (fn) }
/* At once, but not before slab is up. */
#define schedule_work(work)		(shim_slab_is_up ? (work)->func(work) : (void)0)
#define flush_work(work)		((work)->func(work))

/* Initcalls run before main(). */
#define core_initcall(fn)						\
static __attribute__((constructor)) void call_##fn(void)		\
{									\
	fn();								\
}									\
extern int no_export

#include <rcu.h>

/* ---- context ---- */

/* Tests set it to play an NMI. */
extern __thread bool shim_in_nmi;

#define in_nmi()			shim_in_nmi

/* ---- CPUs ---- */

/* Tests set it to play a CPU; if it is negative, the real one counts. */
extern __thread int shim_cpu;

static inline unsigned int raw_smp_processor_id(void)
{
	return shim_cpu < 0 ? sched_getcpu() : shim_cpu;
}

/* ---- devices and their resources ---- */

struct device {
	const char *init_name;
	struct list_head resources;
	spinlock_t lock;		/* protects resources */
};

typedef void (*dr_release_t)(struct device *dev, void *res);
typedef int (*dr_match_t)(struct device *dev, void *res, void *match_data);

void shim_device_init(struct device *dev, const char *name);
/* Releases the resources, the last one first. */
void shim_device_remove(struct device *dev);

void *devres_alloc(dr_release_t release, size_t size, gfp_t gfp);
void devres_free(void *res);
void devres_add(struct device *dev, void *res);
void *devres_find(struct device *dev, dr_release_t release, dr_match_t match,
		  void *match_data);

/* ---- device tree: CONFIG_OF is off, only the types are there ---- */

struct property {
	const char *name;
	int length;
	void *value;
	struct property *next;
};

struct device_node {
	const char *name;
	const char *full_name;
	struct property *properties;
};

/* ---- random numbers ---- */

struct rnd_state {
	u64 s;
};

void prandom_seed_state(struct rnd_state *state, u64 seed);
u32 prandom_u32_state(struct rnd_state *state);

/* ---- the end of a test program ---- */

/*
 * After the last grace period: no memory is leaked, no RCU reader is left.
 * Prints a fault and returns false, else returns true.
 */
bool shim_all_gone(void);

#endif /* _GENALLOC_TEST_CUSTOM_H */
