/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM genpool

#if !defined(_TRACE_GENPOOL_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_GENPOOL_H

#include <linux/genalloc.h>
#include <linux/tracepoint.h>
#include <linux/types.h>

int gen_pool_watch_reg(void);
void gen_pool_watch_unreg(void);

DECLARE_EVENT_CLASS(genpool_units,

	TP_PROTO(const struct gen_pool *pool, unsigned long addr, size_t size,
		 unsigned long units, unsigned long caller),

	TP_ARGS(pool, addr, size, units, caller),

	TP_STRUCT__entry(
		__field(const void *, pool)
		__field(void *, creator)
		__string(name, pool->name ?: "")
		__field(unsigned long, addr)
		__field(size_t, size)
		__field(unsigned long, units)
		__field(unsigned long, caller)
	),

	TP_fast_assign(
		__entry->pool = pool;
		__entry->creator = pool->creator;
		__assign_str(name);
		__entry->addr = addr;
		__entry->size = size;
		__entry->units = units;
		__entry->caller = caller;
	),

	TP_printk("pool=%p creator=%ps name=%s addr=%#lx size=%zu units=%lu caller=%pS",
		  __entry->pool, __entry->creator, __get_str(name),
		  __entry->addr, __entry->size, __entry->units,
		  (void *)__entry->caller)
);

/* @size bytes were asked for, and allocated. */
DEFINE_EVENT_FN(genpool_units, genpool_alloc,
	TP_PROTO(const struct gen_pool *pool, unsigned long addr, size_t size,
		 unsigned long units, unsigned long caller),
	TP_ARGS(pool, addr, size, units, caller),
	gen_pool_watch_reg, gen_pool_watch_unreg
);

/* All @size bytes of an allocation are about to be free. */
DEFINE_EVENT_FN(genpool_units, genpool_free,
	TP_PROTO(const struct gen_pool *pool, unsigned long addr, size_t size,
		 unsigned long units, unsigned long caller),
	TP_ARGS(pool, addr, size, units, caller),
	gen_pool_watch_reg, gen_pool_watch_unreg
);

/* An allocation has become several, of @size bytes but for the last one. */
DEFINE_EVENT_FN(genpool_units, genpool_split,
	TP_PROTO(const struct gen_pool *pool, unsigned long addr, size_t size,
		 unsigned long units, unsigned long caller),
	TP_ARGS(pool, addr, size, units, caller),
	gen_pool_watch_reg, gen_pool_watch_unreg
);

/* No room. */
TRACE_EVENT_FN(genpool_fail,

	TP_PROTO(const struct gen_pool *pool, size_t size,
		 unsigned long units, unsigned long caller),

	TP_ARGS(pool, size, units, caller),

	TP_STRUCT__entry(
		__field(const void *, pool)
		__field(void *, creator)
		__string(name, pool->name ?: "")
		__field(size_t, size)
		__field(unsigned long, units)
		__field(unsigned long, caller)
	),

	TP_fast_assign(
		__entry->pool = pool;
		__entry->creator = pool->creator;
		__assign_str(name);
		__entry->size = size;
		__entry->units = units;
		__entry->caller = caller;
	),

	TP_printk("pool=%p creator=%ps name=%s size=%zu units=%lu caller=%pS",
		  __entry->pool, __entry->creator, __get_str(name),
		  __entry->size, __entry->units, (void *)__entry->caller),

	gen_pool_watch_reg, gen_pool_watch_unreg
);

/* A call that cannot be right. */
TRACE_EVENT(genpool_refuse,

	TP_PROTO(const struct gen_pool *pool, const char *what,
		 unsigned long addr, size_t size, const char *why),

	TP_ARGS(pool, what, addr, size, why),

	TP_STRUCT__entry(
		__field(const void *, pool)
		__field(void *, creator)
		__string(name, pool->name ?: "")
		__string(what, what)
		__field(unsigned long, addr)
		__field(size_t, size)
		__string(why, why)
	),

	TP_fast_assign(
		__entry->pool = pool;
		__entry->creator = pool->creator;
		__assign_str(name);
		__assign_str(what);
		__entry->addr = addr;
		__entry->size = size;
		__assign_str(why);
	),

	TP_printk("pool=%p creator=%ps name=%s addr=%#lx size=%zu %s refused: %s",
		  __entry->pool, __entry->creator, __get_str(name),
		  __entry->addr, __entry->size, __get_str(what),
		  __get_str(why))
);

DECLARE_EVENT_CLASS(genpool_chunk,

	TP_PROTO(const struct gen_pool *pool,
		 const struct gen_pool_chunk *chunk),

	TP_ARGS(pool, chunk),

	TP_STRUCT__entry(
		__field(const void *, pool)
		__field(void *, creator)
		__string(name, pool->name ?: "")
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(u64, phys)
		__field(unsigned long, units)
	),

	TP_fast_assign(
		__entry->pool = pool;
		__entry->creator = pool->creator;
		__assign_str(name);
		__entry->start = chunk->start_addr;
		__entry->end = chunk->end_addr;
		__entry->phys = chunk->phys_addr;
		__entry->units = chunk->map.nr_units;
	),

	TP_printk("pool=%p creator=%ps name=%s start=%#lx end=%#lx phys=%#llx units=%lu",
		  __entry->pool, __entry->creator, __get_str(name),
		  __entry->start, __entry->end, __entry->phys, __entry->units)
);

/* The pool has memory from @start to @end, both included. */
DEFINE_EVENT(genpool_chunk, genpool_chunk_add,
	TP_PROTO(const struct gen_pool *pool,
		 const struct gen_pool_chunk *chunk),
	TP_ARGS(pool, chunk)
);

/* The pool has no longer that memory. */
DEFINE_EVENT(genpool_chunk, genpool_chunk_remove,
	TP_PROTO(const struct gen_pool *pool,
		 const struct gen_pool_chunk *chunk),
	TP_ARGS(pool, chunk)
);

#endif /* _TRACE_GENPOOL_H */

#include <trace/define_trace.h>
