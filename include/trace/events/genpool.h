/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM genpool

#if !defined(_TRACE_GENPOOL_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_GENPOOL_H

#include <linux/errno.h>
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
		__field(unsigned long, addr)
		__field(size_t, size)
		__field(unsigned long, units)
		__field(unsigned long, caller)
		__string(name, pool->name ?: "")
	),

	TP_fast_assign(
		__entry->pool = pool;
		__entry->creator = pool->creator;
		__entry->addr = addr;
		__entry->size = size;
		__entry->units = units;
		__entry->caller = caller;
		__assign_str(name);
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

/*
 * All @size bytes of an allocation are about to be free.  If another CPU is
 * freeing them, too, one of the two is refused afterwards: genpool_refuse.
 */
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
		__field(size_t, size)
		__field(unsigned long, units)
		__field(unsigned long, caller)
		__string(name, pool->name ?: "")
	),

	TP_fast_assign(
		__entry->pool = pool;
		__entry->creator = pool->creator;
		__entry->size = size;
		__entry->units = units;
		__entry->caller = caller;
		__assign_str(name);
	),

	TP_printk("pool=%p creator=%ps name=%s size=%zu units=%lu caller=%pS",
		  __entry->pool, __entry->creator, __get_str(name),
		  __entry->size, __entry->units, (void *)__entry->caller),

	gen_pool_watch_reg, gen_pool_watch_unreg
);

/* ENOTEMPTY: gen_pool_destroy(), which returns none. */
#define genpool_show_errno(err)						\
	__print_symbolic(err,						\
			 { -EPERM, "EPERM" }, { -ENOENT, "ENOENT" },	\
			 { -ENXIO, "ENXIO" }, { -EBUSY, "EBUSY" },	\
			 { -EINVAL, "EINVAL" }, { -EDOM, "EDOM" },	\
			 { -ERANGE, "ERANGE" }, { -ENOTEMPTY, "ENOTEMPTY" }, \
			 { -EMSGSIZE, "EMSGSIZE" },			\
			 { -EADDRINUSE, "EADDRINUSE" })

/* A call that cannot be right: an allocation, free, split or destruction. */
TRACE_EVENT(genpool_refuse,

	TP_PROTO(const struct gen_pool *pool, const char *what,
		 unsigned long addr, size_t size, int err),

	TP_ARGS(pool, what, addr, size, err),

	TP_STRUCT__entry(
		__field(const void *, pool)
		__field(void *, creator)
		__field(unsigned long, addr)
		__field(size_t, size)
		__field(int, err)
		__string(name, pool->name ?: "")
		__string(what, what)
	),

	TP_fast_assign(
		__entry->pool = pool;
		__entry->creator = pool->creator;
		__entry->addr = addr;
		__entry->size = size;
		__entry->err = err;
		__assign_str(name);
		__assign_str(what);
	),

	TP_printk("pool=%p creator=%ps name=%s what=%s addr=%#lx size=%zu err=%s",
		  __entry->pool, __entry->creator, __get_str(name),
		  __get_str(what), __entry->addr, __entry->size,
		  genpool_show_errno(__entry->err))
);

DECLARE_EVENT_CLASS(genpool_chunk,

	TP_PROTO(const struct gen_pool *pool,
		 const struct gen_pool_chunk *chunk),

	TP_ARGS(pool, chunk),

	TP_STRUCT__entry(
		__field(const void *, pool)
		__field(void *, creator)
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(u64, phys)
		__field(unsigned long, units)
		__string(name, pool->name ?: "")
	),

	TP_fast_assign(
		__entry->pool = pool;
		__entry->creator = pool->creator;
		__entry->start = chunk->start_addr;
		__entry->end = chunk->end_addr;
		__entry->phys = chunk->phys_addr == (phys_addr_t)-1 ? -1ULL :
				chunk->phys_addr;
		__entry->units = chunk->map.nr_units;
		__assign_str(name);
	),

	TP_printk("pool=%p creator=%ps name=%s start=%#lx end=%#lx phys=%#llx units=%lu",
		  __entry->pool, __entry->creator, __get_str(name),
		  __entry->start, __entry->end, __entry->phys, __entry->units)
);

/* The pool has memory from start to end, both included; phys may be -1. */
DEFINE_EVENT(genpool_chunk, genpool_chunk_add,
	TP_PROTO(const struct gen_pool *pool,
		 const struct gen_pool_chunk *chunk),
	TP_ARGS(pool, chunk)
);

/* The pool no longer has that memory. */
DEFINE_EVENT(genpool_chunk, genpool_chunk_remove,
	TP_PROTO(const struct gen_pool *pool,
		 const struct gen_pool_chunk *chunk),
	TP_ARGS(pool, chunk)
);

#endif /* _TRACE_GENPOOL_H */

#include <trace/define_trace.h>
