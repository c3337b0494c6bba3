/* SPDX-License-Identifier: GPL-2.0-only */
/* Nobody traces a process like this one. */
#define trace_genpool_alloc(...)	do { } while (0)
#define trace_genpool_free(...)		do { } while (0)
#define trace_genpool_split(...)		do { } while (0)
#define trace_genpool_fail(...)		do { } while (0)
#define trace_genpool_refuse(...)	do { } while (0)
#define trace_genpool_chunk_add(...)	do { } while (0)
#define trace_genpool_chunk_remove(...)	do { } while (0)
