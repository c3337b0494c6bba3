// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: owners of allocations
 *
 * With genalloc.owner=on, each chunk has a record for each of its units, beside
 * the map: the last allocation and the last free of memory that begins there,
 * with stack, task and time.  Records are written by calls that succeed, the
 * allocation after its units were claimed, the free before they are given back.
 * So the CPU that writes owns the memory, unless the free is wrong; if two
 * write to a record, one of them gives up.
 *
 * Nothing waits, and no call fails for want of a record: in NMI, and when memory
 * is short, the stack may be missing; chunks older than slab have no records.
 */

#include <kunit/static_stub.h>
#include <kunit/visibility.h>
#include <linux/alloc_map.h>
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/string_helpers.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "alloc_map.h"
#include "genalloc.h"

/*
 * @seq is odd while a CPU writes to the record, and 0 in one never written.
 *
 * If read:A reads from note:B
 *	the reader sees all of the call that was noted.
 * If the reader sees any of the next call, which follows note:A
 *	it sees behind read:B that @seq has changed, and gives up [record].
 */
struct record {
	unsigned int seq;
	struct gen_pool_call call;
};

struct gen_pool_history {
	struct record allocated;
	struct record freed;
};

/* ---- switch ---- */

static bool owners;

static int __init setup_owners(char *str)
{
	bool on;

	if (kstrtobool(str, &on))
		return 0;

	if (on)
		stack_depot_request_early_init();
	gen_pool_watch_switch(&owners, on);
	return 1;
}
__setup("genalloc.owner=", setup_owners);

#if IS_ENABLED(CONFIG_KUNIT)
bool gen_pool_watch_owners(bool on)
{
	return gen_pool_watch_switch(&owners, on && !stack_depot_init());
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_watch_owners);
#endif

/* ---- records ---- */

/* Before any CPU can find the chunk.  It does without if there is no memory. */
void gen_pool_owner_prepare(struct gen_pool_chunk *chunk)
{
	/* A chunk may be huge: do without before the OOM killer is called. */
	gfp_t gfp = chunk->origin == GEN_POOL_STATIC ? GFP_NOWAIT :
		    GFP_KERNEL | __GFP_RETRY_MAYFAIL;

	if (!READ_ONCE(owners))
		return;
	if (slab_is_available())
		chunk->history = kvcalloc(chunk->map.nr_units,
					  sizeof(*chunk->history),
					  gfp | __GFP_NOWARN);
	if (!chunk->history)
		pr_info("genalloc: pool %s of %pS: no records of owners for %lu units\n",
			chunk->pool->name ?: "(no name)", chunk->pool->creator,
			chunk->map.nr_units);
}

void gen_pool_owner_forget(struct gen_pool_chunk *chunk)
{
	kvfree(chunk->history);
	chunk->history = NULL;
}

/* Two CPUs only if a free is wrong.  The second, which may be an NMI, gives up. */
static void write_record(struct record *record, const struct gen_pool_call *call)
{
	unsigned int seq = READ_ONCE(record->seq);

	if (seq % 2 || !try_cmpxchg(&record->seq, &seq, seq + 1)) /* note:A */
		return;

	data_race(record->call = *call); /* from note:A to note:B */
	smp_store_release(&record->seq, seq + 2); /* note:B */
}

static bool read_record(const struct record *record, struct gen_pool_call *call)
{
	unsigned int seq = smp_load_acquire(&record->seq); /* read:A */

	*call = data_race(record->call); /* from read:A to read:B */
	smp_rmb(); /* read:B */
	return seq && !(seq % 2) && READ_ONCE(record->seq) == seq;
}

/*
 * A page for the depot comes from under a lock that is not raw, which lockdep
 * would not let a caller with a raw one take, although it can if @may_alloc: as
 * debug_objects_fill_pool().
 */
static depot_stack_handle_t save_stack(unsigned long *stack, unsigned int nr,
				       bool may_alloc)
{
	static DEFINE_WAIT_OVERRIDE_MAP(save_stack_map, LD_WAIT_CONFIG);
	depot_stack_handle_t handle;

	if (!may_alloc)
		return stack_depot_save_flags(stack, nr, GFP_NOWAIT, 0);

	lock_map_acquire_try(&save_stack_map);
	handle = stack_depot_save_flags(stack, nr, GFP_NOWAIT,
					STACK_DEPOT_FLAG_CAN_ALLOC);
	lock_map_release(&save_stack_map);
	return handle;
}

#define MAX_STACK	16

/* The stack from @caller on; 0 if it cannot be had. */
VISIBLE_IF_KUNIT depot_stack_handle_t gen_pool_save_stack(unsigned long caller)
{
	bool may_alloc = !in_nmi() &&
			 (!IS_ENABLED(CONFIG_PREEMPT_RT) || preemptible());
	unsigned long stack[MAX_STACK];
	unsigned int nr, skip = 0;

	KUNIT_STATIC_STUB_REDIRECT(gen_pool_save_stack, caller);

	nr = stack_trace_save(stack, MAX_STACK, 0);
	while (skip < nr && stack[skip] != caller)
		skip++;
	if (skip == nr)
		skip = 0;
	return save_stack(stack + skip, nr - skip, may_alloc);
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_save_stack);

static void note_call(struct record *record, unsigned int frees,
		      unsigned long nr, unsigned long caller)
{
	struct gen_pool_call call = {
		.stack = gen_pool_save_stack(caller),
		.pid = in_task() ? current->pid : 0,
		.nr = min(nr, UINT_MAX),
		.frees = frees,
		.time = ktime_get_mono_fast_ns(),
	};

	strscpy(call.comm, in_task() ? current->comm : "(interrupt)");
	write_record(record, &call);
}

void gen_pool_owner_alloc(struct gen_pool *pool, unsigned long addr,
			  unsigned long nr, unsigned long caller)
{
	struct gen_pool_history *history;
	struct gen_pool_chunk *chunk;

	rcu_read_lock();
	chunk = find_chunk(pool, addr);
	if (chunk && chunk->history) {
		history = &chunk->history[addr_to_unit(pool, chunk, addr)];
		note_call(&history->allocated, READ_ONCE(history->freed.seq), nr,
			  caller);
	}
	rcu_read_unlock();
}

void gen_pool_owner_free(struct gen_pool_chunk *chunk, unsigned long unit,
			 unsigned long nr, unsigned long caller)
{
	if (chunk->history)
		note_call(&chunk->history[unit].freed, 0, nr, caller);
}

/* The pieces of @nr units have the owner of the whole. */
void gen_pool_owner_split(struct gen_pool_chunk *chunk, unsigned long unit,
			  unsigned long nr, unsigned long piece)
{
	struct gen_pool_history *history = chunk->history;
	struct gen_pool_call call;
	unsigned long at;

	if (!history || !read_record(&history[unit].allocated, &call))
		return;
	/* Not by units of the chunk: a piece may be larger than any chunk. */
	for (at = piece; at < nr; at += piece) {
		call.frees = READ_ONCE(history[unit + at].freed.seq);
		write_record(&history[unit + at].allocated, &call);
	}
}

/* ---- look ---- */

/**
 * gen_pool_owner_of - look up the call that has allocated memory
 * @chunk: the chunk
 * @unit: where the allocation begins
 * @call: where to put the call
 *
 * Context: Any, NMI included, under rcu_read_lock().
 * Return: whether that is known.
 */
bool gen_pool_owner_of(const struct gen_pool_chunk *chunk, unsigned long unit,
		       struct gen_pool_call *call)
{
	const struct gen_pool_history *history = chunk->history;

	/* Of an allocation that has no record yet, that of its predecessor. */
	return history && read_record(&history[unit].allocated, call) &&
	       call->frees == READ_ONCE(history[unit].freed.seq);
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_owner_of);

/* From further on in a larger allocation, its free is not found. */
#define MAX_RECORDS	65536

/**
 * gen_pool_owner_freed - look up the call that freed memory last
 * @chunk: the chunk
 * @unit: a unit
 * @call: where to put the call
 *
 * Looks at the last %MAX_RECORDS records up to that of @unit.
 *
 * Context: Any, NMI included, under rcu_read_lock().
 * Return: where the allocation began that @unit belonged to; the number of
 * units if that is not known.
 */
unsigned long gen_pool_owner_freed(const struct gen_pool_chunk *chunk,
				   unsigned long unit,
				   struct gen_pool_call *call)
{
	unsigned long head, last = chunk->map.nr_units;
	unsigned long nr = min(unit + 1, MAX_RECORDS);
	struct gen_pool_call freed;

	for (head = unit; chunk->history && unit - head < nr; head--) {
		if (!read_record(&chunk->history[head].freed, &freed) ||
		    freed.nr <= unit - head)
			continue;
		if (last == chunk->map.nr_units || freed.time > call->time) {
			last = head;
			*call = freed;
		}
	}
	return last;
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_owner_freed);

/* The clocks of two CPUs may differ a little. */
static u64 age_ms(const struct gen_pool_call *call, u64 now)
{
	return div_u64(max(now, call->time) - call->time, NSEC_PER_MSEC);
}

static void print_call(const char *what, const struct gen_pool_call *call, u64 now)
{
	pr_err("genalloc: %s %llu ms ago by %s, pid %d:\n", what,
	       age_ms(call, now), call->comm, call->pid);
	if (call->stack)
		stack_depot_print(call->stack);
}

/**
 * gen_pool_owner_print - print owner and last free of memory to the log
 * @chunk: the chunk
 * @addr: an address of it
 *
 * Tells of the allocation that @addr is in, or was in before it was freed, and
 * of the last free.
 *
 * Context: Any, NMI included, under rcu_read_lock().
 */
void gen_pool_owner_print(const struct gen_pool_chunk *chunk, unsigned long addr)
{
	unsigned long unit = addr_to_unit(chunk->pool, chunk, addr);
	unsigned long head, freed_head, none = chunk->map.nr_units;
	struct gen_pool_call allocated, freed;
	u64 now = ktime_get_mono_fast_ns(); /* a console may be slow */

	if (!chunk->history || unit >= none)
		return;

	head = alloc_map_head(&chunk->map, unit);
	freed_head = gen_pool_owner_freed(chunk, unit, &freed);
	if (head < none ? gen_pool_owner_of(chunk, head, &allocated) :
	    freed_head < none && read_record(&chunk->history[freed_head].allocated,
					     &allocated))
		print_call("allocated", &allocated, now);
	if (freed_head < none)
		print_call("freed", &freed, now);
}

/**
 * gen_pool_owner_print_alloc - print the owner of an allocation to the log
 * @chunk: the chunk
 * @addr: where the allocation begins
 *
 * Context: as gen_pool_owner_print().
 */
void gen_pool_owner_print_alloc(const struct gen_pool_chunk *chunk,
				unsigned long addr)
{
	struct gen_pool_call call;

	if (gen_pool_owner_of(chunk, addr_to_unit(chunk->pool, chunk, addr), &call))
		print_call("allocated", &call, ktime_get_mono_fast_ns());
}

/**
 * gen_pool_owner_show - show the owner of an allocation
 * @m: where to write the end of a line and, in lines of its own, the stack
 * @chunk: the chunk
 * @unit: where the allocation begins
 *
 * Context: Under rcu_read_lock().
 */
void gen_pool_owner_show(struct seq_file *m, const struct gen_pool_chunk *chunk,
			 unsigned long unit)
{
	struct gen_pool_call call;
	unsigned long *stack;
	unsigned int i, nr;
	u32 ms;
	u64 s;

	if (!gen_pool_owner_of(chunk, unit, &call))
		return;

	s = div_u64_rem(age_ms(&call, ktime_get_mono_fast_ns()), MSEC_PER_SEC, &ms);
	seq_printf(m, " %7llu.%03u %7d ", s, ms, call.pid);
	/* A task may call itself anything. */
	seq_escape_str(m, call.comm, ESCAPE_ANY_NP, NULL);
	nr = stack_depot_fetch(call.stack, &stack);
	for (i = 0; i < nr; i++)
		seq_printf(m, "\n\t%pS", (void *)stack[i]);
}
EXPORT_SYMBOL_IF_KUNIT(gen_pool_owner_show);
