/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * genalloc: shared by lib/genalloc*.c and mm/gen_pool_page.c
 *
 *	devices, debugfs, page tags	genalloc_device.c genalloc_debugfs.c
 *	  |				genalloc_stats.c mm/gen_pool_page.c
 *	pools				genalloc.c genalloc_algo.c
 *	  |
 *	wrong frees			genalloc_lenient.c
 *	  |
 *	reports				genalloc_report.c
 *	  |
 *	chunks				genalloc_chunk.c
 *	  |
 *	memory for them			genalloc_memory.c
 *
 * A file calls those below it.  All tell genalloc_watch.c what happens, which
 * tells genalloc_owner.c and genalloc_guard.c, and an allocation that is watched
 * goes through it.
 */

#ifndef _LIB_GENALLOC_H_
#define _LIB_GENALLOC_H_

#include <linux/genalloc.h>
#include <linux/jump_label.h>
#include <linux/kconfig.h>
#include <linux/list.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/stackdepot.h>
#include <linux/types.h>

struct page;

/*
 * In an NMI an emulated cmpxchg() could wait for a lock that its CPU holds; so
 * could the counter of refusals.
 */
static inline bool no_cmpxchg(void)
{
	return !IS_ENABLED(CONFIG_ARCH_HAVE_NMI_SAFE_CMPXCHG) && in_nmi();
}

bool gen_pool_warn_context(void);

static inline bool bad_context(void)
{
	return no_cmpxchg() && gen_pool_warn_context();
}

/* ---- bytes and units ---- */

static inline size_t unit_size(const struct gen_pool *pool)
{
	return 1UL << pool->min_alloc_order;
}

static inline size_t units_to_size(const struct gen_pool *pool,
				   unsigned long nr)
{
	return nr << pool->min_alloc_order;
}

/* Units that @size bytes need. */
static inline unsigned long size_to_units(const struct gen_pool *pool,
					  size_t size)
{
	return size ? ((size - 1) >> pool->min_alloc_order) + 1 : 0;
}

static inline unsigned long unit_to_addr(const struct gen_pool *pool,
					 const struct gen_pool_chunk *chunk,
					 unsigned long unit)
{
	return chunk->start_addr + units_to_size(pool, unit);
}

static inline unsigned long addr_to_unit(const struct gen_pool *pool,
					 const struct gen_pool_chunk *chunk,
					 unsigned long addr)
{
	return (addr - chunk->start_addr) >> pool->min_alloc_order;
}

/* ---- pools: genalloc.c ---- */

struct gen_pool *gen_pool_create_named(int min_alloc_order, int nid,
				       const char *name, void *creator);
unsigned long gen_pool_alloc_anywhere(struct gen_pool *pool, size_t size,
				      genpool_algo_t algo, void *data,
				      void **owner);

/* ---- chunks: genalloc_chunk.c ---- */

/**
 * struct gen_pool_provider - the provider of the memory of a chunk
 * @leave: the chunk has left the pool, or the pool is being destroyed and has
 *	no users: the memory may be used for something else on return.  Readers
 *	may still find the chunk until a grace period has passed.  Must not sleep
 * @keep: the pool is being destroyed with allocations in the chunk: the memory
 *	must never be used for something else.  Must not sleep
 */
struct gen_pool_provider {
	void (*leave)(struct gen_pool_chunk *chunk);
	void (*keep)(struct gen_pool_chunk *chunk);
};

/* How far a reader of all chunks has come. */
struct gen_pool_walk {
	struct gen_pool_row *row;
	unsigned int slot;
};

static inline struct gen_pool_walk gen_pool_walk(struct gen_pool *pool)
{
	struct gen_pool_row *row = rcu_dereference(pool->rows);

	return (struct gen_pool_walk){ row, READ_ONCE(row->unused) };
}

/* The next chunk; NULL at the end, after which the walk is over. */
static inline struct gen_pool_chunk *next_chunk(struct gen_pool_walk *walk)
{
	struct gen_pool_chunk *chunk;

	do {
		while (walk->slot < GEN_POOL_ROW_CHUNKS) {
			chunk = rcu_dereference(walk->row->chunks[walk->slot++]);
			if (chunk)
				return chunk;
		}
		walk->row = rcu_dereference(walk->row->next);
		walk->slot = 0;
	} while (walk->row);

	return NULL;
}

/* For readers, under RCU: all chunks of @pool, the newest first. */
#define for_each_chunk(chunk, pool)					\
	for (struct gen_pool_walk __walk = gen_pool_walk(pool);		\
	     ((chunk) = next_chunk(&__walk));)

static inline bool chunk_has_addr(const struct gen_pool_chunk *chunk,
				  unsigned long addr)
{
	return addr >= chunk->start_addr && addr <= chunk->end_addr;
}

struct gen_pool_chunk *gen_pool_search_chunk(struct gen_pool *pool,
					     unsigned long addr);

/* The chunk that was added first, if it has the address: most pools have one. */
static inline struct gen_pool_chunk *first_chunk(struct gen_pool *pool,
						 unsigned long addr)
{
	struct gen_pool_chunk *chunk;

	chunk = rcu_dereference(pool->row.chunks[GEN_POOL_ROW_CHUNKS - 1]);
	return chunk && chunk_has_addr(chunk, addr) ? chunk : NULL;
}

/* The chunk that has the address. */
static inline struct gen_pool_chunk *find_chunk(struct gen_pool *pool,
						unsigned long addr)
{
	return first_chunk(pool, addr) ?: gen_pool_search_chunk(pool, addr);
}

struct gen_pool_chunk *gen_pool_make_chunk(struct gen_pool *pool,
					   unsigned long virt, phys_addr_t phys,
					   size_t size, int nid, void *owner);
int gen_pool_open_chunk(struct gen_pool_chunk *chunk);
void gen_pool_close_chunks(struct gen_pool *pool, bool leak);
size_t gen_pool_chunk_lookup(const struct gen_pool_chunk *chunk,
			     unsigned long addr, unsigned long *start);
bool gen_pool_chunk_overrun(const struct gen_pool_chunk *chunk,
			    unsigned long addr, size_t size);

/* ---- placement: genalloc_algo.c ---- */

struct gen_pool_chunk *gen_pool_best_place(struct gen_pool *pool,
					   unsigned long nr,
					   unsigned long *place);

/* ---- reports: genalloc_report.c ---- */

/**
 * struct gen_pool_refusal - a call that a pool has refused
 * @what: the operation
 * @chunk: the chunk that has @addr, or NULL
 * @addr: the address it was called with
 * @size: the size in bytes it was called with
 * @err: the errno
 * @why: the reason, in words
 * @start: where the allocation that @addr lies in begins
 * @recorded: size in bytes of that allocation, 0 if there is none
 */
struct gen_pool_refusal {
	const char *what;
	const struct gen_pool_chunk *chunk;
	unsigned long addr;
	size_t size;
	int err;
	const char *why;
	unsigned long start;
	size_t recorded;
};

int gen_pool_refuse(struct gen_pool *pool, const struct gen_pool_chunk *chunk,
		    const char *what, unsigned long addr, size_t size, int err);
bool gen_pool_refuse_leak(struct gen_pool *pool);

/* ---- wrong frees: genalloc_lenient.c ---- */

int gen_pool_refuse_free(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			 unsigned long addr, size_t size, int err,
			 unsigned long caller);

/* ---- watching: genalloc_watch.c ---- */

bool gen_pool_watch_switch(bool *watcher, bool on);
void gen_pool_watch_allocated(struct gen_pool *pool, unsigned long addr,
			      size_t size, unsigned long caller);
unsigned long gen_pool_watch_alloc(struct gen_pool *pool, size_t size,
				   genpool_algo_t algo, void *data,
				   void **owner, unsigned long caller);
long gen_pool_watch_free(struct gen_pool_chunk *chunk, unsigned long unit,
			 unsigned long nr, unsigned long caller);
void gen_pool_watch_pieces(struct gen_pool *pool, unsigned long addr,
			   size_t size, unsigned long caller);
int gen_pool_watch_split(struct gen_pool_chunk *chunk, unsigned long unit,
			 unsigned long piece);

#ifdef CONFIG_GENALLOC_WATCH
DECLARE_STATIC_KEY_FALSE(gen_pool_watched);

/* Whether calls go the long way, through these: under KASAN, all. */
static __always_inline bool gen_pool_is_watched(void)
{
	return IS_ENABLED(CONFIG_GENALLOC_KASAN) ||
	       static_branch_unlikely(&gen_pool_watched);
}

void gen_pool_watch_chunk(struct gen_pool_chunk *chunk, bool added);
void gen_pool_watch_refusal(struct gen_pool *pool,
			    const struct gen_pool_refusal *refusal);
#else
static __always_inline bool gen_pool_is_watched(void)
{
	return false;
}

static inline void gen_pool_watch_chunk(struct gen_pool_chunk *chunk,
					bool added)
{
}

static inline void gen_pool_watch_refusal(struct gen_pool *pool,
					  const struct gen_pool_refusal *refusal)
{
}
#endif

/* ---- owners: genalloc_owner.c ---- */

struct seq_file;

/**
 * struct gen_pool_call - an allocation or a free
 * @stack: the stack from the caller on, 0 if it could not be had
 * @pid: the task, 0 for an interrupt
 * @nr: units; UINT_MAX stands for more, too
 * @frees: of an allocation: tells the last free of that unit before it
 * @time: when, in nanoseconds of CLOCK_MONOTONIC
 * @comm: name of the task, or "(interrupt)"
 */
struct gen_pool_call {
	depot_stack_handle_t stack;
	pid_t pid;
	unsigned int nr;
	unsigned int frees;
	u64 time;
	char comm[TASK_COMM_LEN];
};

void gen_pool_owner_alloc(struct gen_pool *pool, unsigned long addr,
			  unsigned long nr, unsigned long caller);
void gen_pool_owner_free(struct gen_pool_chunk *chunk, unsigned long unit,
			 unsigned long nr, unsigned long caller);
void gen_pool_owner_split(struct gen_pool_chunk *chunk, unsigned long unit,
			  unsigned long nr, unsigned long piece);
bool gen_pool_owner_of(const struct gen_pool_chunk *chunk, unsigned long unit,
		       struct gen_pool_call *call);
unsigned long gen_pool_owner_freed(const struct gen_pool_chunk *chunk,
				   unsigned long unit,
				   struct gen_pool_call *call);
void gen_pool_owner_show(struct seq_file *m, const struct gen_pool_chunk *chunk,
			 unsigned long unit);

#ifdef CONFIG_GENALLOC_OWNER
void gen_pool_owner_prepare(struct gen_pool_chunk *chunk);
void gen_pool_owner_forget(struct gen_pool_chunk *chunk);
void gen_pool_owner_print(const struct gen_pool_chunk *chunk,
			  unsigned long addr);
void gen_pool_owner_print_alloc(const struct gen_pool_chunk *chunk,
				unsigned long addr);
#else
static inline void gen_pool_owner_prepare(struct gen_pool_chunk *chunk)
{
}

static inline void gen_pool_owner_forget(struct gen_pool_chunk *chunk)
{
}

static inline void gen_pool_owner_print(const struct gen_pool_chunk *chunk,
					unsigned long addr)
{
}

static inline void
gen_pool_owner_print_alloc(const struct gen_pool_chunk *chunk,
			   unsigned long addr)
{
}
#endif

/* ---- ordinary memory: genalloc_guard.c ---- */

void gen_pool_guard_alloc(struct gen_pool *pool, unsigned long addr,
			  size_t size);
void gen_pool_guard_give(struct gen_pool_chunk *chunk, unsigned long unit,
			 unsigned long nr);
long gen_pool_guard_free(struct gen_pool_chunk *chunk, unsigned long unit,
			 unsigned long nr);

#ifdef CONFIG_GENALLOC_GUARD
void gen_pool_guard_open(struct gen_pool_chunk *chunk);
void gen_pool_guard_close(struct gen_pool_chunk *chunk);
#else
static inline void gen_pool_guard_open(struct gen_pool_chunk *chunk)
{
}

static inline void gen_pool_guard_close(struct gen_pool_chunk *chunk)
{
}
#endif

/* ---- memory that has failed: genalloc_failure.c ---- */

void gen_pool_give_good(struct gen_pool_chunk *chunk, unsigned long head,
			unsigned long nr);
int gen_pool_fail_units(struct gen_pool_chunk *chunk, unsigned long unit,
			unsigned long nr);
void gen_pool_mend_unit(struct gen_pool_chunk *chunk, unsigned long unit);
void gen_pool_return_unit(struct gen_pool_chunk *chunk, unsigned long unit);
void gen_pool_watch_failures(void);

#ifdef CONFIG_GENALLOC_FAILURE
static inline bool gen_pool_has_failed(const struct gen_pool_chunk *chunk)
{
	return smp_load_acquire(&chunk->bad); /* from have_bits() */
}

bool gen_pool_unit_is_lost(const struct gen_pool_chunk *chunk,
			   unsigned long unit);
unsigned long gen_pool_nr_lost(const struct gen_pool_chunk *chunk);
void gen_pool_failure_forget(struct gen_pool_chunk *chunk);
#else
static inline bool gen_pool_has_failed(const struct gen_pool_chunk *chunk)
{
	return false;
}

static inline bool gen_pool_unit_is_lost(const struct gen_pool_chunk *chunk,
					 unsigned long unit)
{
	return false;
}

static inline unsigned long gen_pool_nr_lost(const struct gen_pool_chunk *chunk)
{
	return 0;
}

static inline void gen_pool_failure_forget(struct gen_pool_chunk *chunk)
{
}
#endif

/* ---- memory: genalloc_memory.c ---- */

extern struct list_head gen_pool_list;
extern spinlock_t gen_pool_list_lock;

void gen_pool_list_add(struct gen_pool *pool);
void gen_pool_list_del(struct gen_pool *pool);

struct gen_pool *gen_pool_new_pool(int nid);
void gen_pool_free_pool(struct gen_pool *pool);

struct gen_pool_chunk *gen_pool_new_chunk(unsigned long nr_units, int nid);
struct gen_pool_chunk *gen_pool_static_chunk(unsigned long nr_units,
					     void *storage, size_t size);
void gen_pool_drop_chunk(struct gen_pool_chunk *chunk);
void gen_pool_free_chunk(struct gen_pool_chunk *chunk);

struct gen_pool_row *gen_pool_new_row(void);
void gen_pool_free_row(struct gen_pool_row *row);

void gen_pool_memory_barrier(void);

/* ---- directories: genalloc_debugfs.c ---- */

#ifdef CONFIG_GENALLOC_DEBUGFS
void gen_pool_debugfs_add(struct gen_pool *pool);
void gen_pool_debugfs_del(struct gen_pool *pool);
#else
static inline void gen_pool_debugfs_add(struct gen_pool *pool)
{
}

static inline void gen_pool_debugfs_del(struct gen_pool *pool)
{
}
#endif

/* ---- called, replaced or switched by tests ---- */

#if IS_ENABLED(CONFIG_KUNIT)
bool gen_pool_be_lenient(bool on);
bool gen_pool_watch_peaks(bool on);
bool gen_pool_watch_owners(bool on);
bool gen_pool_watch_clearing(bool on);
void gen_pool_show_map(struct seq_file *m, struct gen_pool *pool);
depot_stack_handle_t gen_pool_save_stack(unsigned long caller);
void gen_pool_describe_refusal(const struct gen_pool_refusal *refusal,
			       char *buf, size_t size);
void gen_pool_report(struct gen_pool *pool,
		     const struct gen_pool_refusal *refusal);
int gen_pool_refuse_page(const struct page *page);
const struct gen_pool_chunk *gen_pool_chunk_of_tag(const struct page *page,
						   unsigned int tag);
void gen_pool_page_lost(const struct gen_pool_chunk *chunk,
			const struct page *page);
#endif

#endif /* _LIB_GENALLOC_H_ */
