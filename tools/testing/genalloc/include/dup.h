/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DUPLICATED: what means here what it means in the kernel.  Written for this
 * harness, so a difference from the kernel's is a fault here.
 */

#ifndef _GENALLOC_TEST_DUP_H
#define _GENALLOC_TEST_DUP_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <access.h>

/* ---- types and limits ---- */

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef unsigned long phys_addr_t;
typedef unsigned long dma_addr_t;

#define BITS_PER_BYTE		8
#define BITS_PER_LONG		__LONG_WIDTH__
#define U64_MAX			UINT64_MAX

#define SMP_CACHE_BYTES		64
#define PAGE_SHIFT		12
#define PAGE_SIZE		BIT(PAGE_SHIFT)

#define SZ_4K			0x1000
#define SZ_8K			0x2000
#define SZ_16K			0x4000
#define SZ_32K			0x8000
#define SZ_64K			0x10000
#define SZ_128K			0x20000
#define SZ_1M			0x100000
#define SZ_16M			0x1000000
#define SZ_256M			0x10000000
#define SZ_1G			0x40000000

/* ---- compiler ---- */

#undef __always_inline /* of the C library */
#define __always_inline		inline __attribute__((__always_inline__))
#define __printf(fmt, first)	__attribute__((__format__(printf, fmt, first)))
#define __noreturn		__attribute__((__noreturn__))
#define __aligned(bytes)	__attribute__((__aligned__(bytes)))
#define noinline		__attribute__((__noinline__))
#define _RET_IP_		((unsigned long)__builtin_return_address(0))
#define fallthrough		__attribute__((__fallthrough__))
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define static_assert(cond, ...)	_Static_assert(cond, "" #cond)

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* IS_ENABLED(CONFIG_X) is 1 if CONFIG_X is defined as 1, else 0. */
#define CONFIG_GIVEN_1		0,
#define CONFIG_SECOND(a, b, ...) b
#define CONFIG_PICK(...)	CONFIG_SECOND(__VA_ARGS__)
#define CONFIG_IS_1(value)	CONFIG_IS_1_(value)
#define CONFIG_IS_1_(value)	CONFIG_PICK(CONFIG_GIVEN_##value 1, 0, 0)
#define IS_ENABLED(option)	CONFIG_IS_1(option)

/* ---- arithmetic ---- */

#define min(a, b) ({ typeof(a) a_ = (a); typeof(b) b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b) ({ typeof(a) a_ = (a); typeof(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define clamp(val, lo, hi)	min(max(val, lo), hi)
#define swap(a, b) do { typeof(a) a_ = (a); (a) = (b); (b) = a_; } while (0)

#define BIT(nr)			(1UL << (nr))
#define GENMASK(hi, lo) \
	(~0UL << (lo) & ~0UL >> (BITS_PER_LONG - 1 - (hi)))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define round_up(x, to)		((((x) - 1) | ((typeof(x))(to) - 1)) + 1)
#define round_down(x, to)	((x) & ~((typeof(x))(to) - 1))
#define ALIGN(x, to)		round_up(x, to)
#define PTR_ALIGN(ptr, to)	((typeof(ptr))ALIGN((unsigned long)(ptr), (to)))
#define PAGE_ALIGN(x)		ALIGN(x, PAGE_SIZE)
#define IS_ALIGNED(x, to)	(((x) & ((typeof(x))(to) - 1)) == 0)

static inline unsigned long __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}

static inline unsigned long __fls(unsigned long word)
{
	return BITS_PER_LONG - 1 - __builtin_clzl(word);
}

static inline unsigned int fls_long(unsigned long word)
{
	return word ? __fls(word) + 1 : 0;
}

static inline unsigned int hweight_long(unsigned long word)
{
	return __builtin_popcountl(word);
}

static inline bool is_power_of_2(unsigned long n)
{
	return n && !(n & (n - 1));
}

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return 1UL << fls_long(n - 1);
}

static inline u32 hash_32(u32 val, unsigned int bits)
{
	return val * 0x61c88647u >> (32 - bits);
}

/* @val as a part of 2^32, of @limit. */
static inline u32 reciprocal_scale(u32 val, u32 limit)
{
	return (u64)val * limit >> 32;
}

#define ilog2(n)		((int)(BITS_PER_LONG - 1 - __builtin_clzl(n)))

/* Sizes that do not fit become SIZE_MAX, which no allocator grants. */
static inline size_t size_mul(size_t a, size_t b)
{
	size_t product;

	return __builtin_mul_overflow(a, b, &product) ? SIZE_MAX : product;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define cpu_to_be32(x)		__builtin_bswap32(x)
#else
#define cpu_to_be32(x)		((u32)(x))
#endif

/* ---- errors in pointers ---- */

#define MAX_ERRNO		4095

static inline bool IS_ERR(const void *ptr)
{
	return (unsigned long)ptr >= (unsigned long)-MAX_ERRNO;
}

static inline bool IS_ERR_OR_NULL(const void *ptr)
{
	return !ptr || IS_ERR(ptr);
}

static inline void *ERR_PTR(long err)
{
	return (void *)err;
}

static inline long PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline long PTR_ERR_OR_ZERO(const void *ptr)
{
	return IS_ERR(ptr) ? PTR_ERR(ptr) : 0;
}

/* ---- strings ---- */

/* The first byte that is not @c. */
static inline void *memchr_inv(const void *start, int c, size_t size)
{
	const u8 *p = start, *end = p + size;

	while (p < end && *p == (u8)c)
		p++;
	return p < end ? (void *)p : NULL;
}

static inline ssize_t strscpy(char *to, const char *from, size_t size)
{
	size_t len = 0;

	while (len < size && from[len])
		len++;
	if (!size)
		return -7; /* -E2BIG */
	if (len == size)
		len--;
	memcpy(to, from, len);
	to[len] = '\0';
	return from[len] ? -7 : (ssize_t)len;
}

/* ---- lists ---- */

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool list_empty(const struct list_head *head)
{
	return READ_ONCE(head->next) == head;
}

static inline void list_insert(struct list_head *new, struct list_head *prev,
			       struct list_head *next)
{
	new->next = next;
	new->prev = prev;
	/* Now readers can reach it, and see all stores to it so far. */
	smp_store_release(&prev->next, new);
	next->prev = new;
}

static inline void list_add(struct list_head *new, struct list_head *head)
{
	list_insert(new, head, head->next);
}

static inline void list_add_tail(struct list_head *new, struct list_head *head)
{
	list_insert(new, head->prev, head);
}

/* Leaves the way onward intact for readers that stand on @entry. */
static inline void list_del_rcu(struct list_head *entry)
{
	/* In the kernel, the lock taken since then orders the additions. */
	smp_store_release(&entry->prev->next, entry->next);
	entry->next->prev = entry->prev;
	entry->prev = NULL;
}

static inline void list_del(struct list_head *entry)
{
	list_del_rcu(entry);
	entry->next = NULL;
}

#define list_add_rcu(new, head)		list_add(new, head)
#define list_add_tail_rcu(new, head)	list_add_tail(new, head)

#define list_entry(ptr, type, member)	container_of(ptr, type, member)

#define list_walk(pos, head, member, next_of)				\
	for (pos = list_entry(next_of(head), typeof(*pos), member);	\
	     &pos->member != (head);					\
	     pos = list_entry(next_of(&pos->member), typeof(*pos), member))

#define list_next_plain(entry)		((entry)->next)
#define list_next_rcu(entry)		rcu_dereference((entry)->next)

#define list_for_each_entry(pos, head, member) \
	list_walk(pos, head, member, list_next_plain)
#define list_for_each_entry_rcu(pos, head, member, ...) \
	list_walk(pos, head, member, list_next_rcu)
#define list_for_each_entry_safe(pos, n, head, member)			\
	for (pos = list_entry((head)->next, typeof(*pos), member),	\
	     n = list_entry(pos->member.next, typeof(*pos), member);	\
	     &pos->member != (head);					\
	     pos = n, n = list_entry(n->member.next, typeof(*n), member))

/* ---- lists that many add to ---- */

struct llist_node {
	struct llist_node *next;
};

struct llist_head {
	struct llist_node *first;
};

#define LLIST_HEAD(name)		struct llist_head name = { NULL }

static inline bool llist_add(struct llist_node *new, struct llist_head *head)
{
	new->next = READ_ONCE(head->first);
	while (!try_cmpxchg(&head->first, &new->next, new))
		;
	return !new->next;
}

static inline struct llist_node *llist_del_all(struct llist_head *head)
{
	struct llist_node *first = READ_ONCE(head->first);

	while (!try_cmpxchg(&head->first, &first, NULL))
		;
	return first;
}

#define llist_for_each_entry_safe(pos, n, node, member)			\
	for (struct llist_node *node_ = (node), *next_;			\
	     node_ && (next_ = node_->next,				\
		       pos = container_of(node_, typeof(*pos), member), 1); \
	     node_ = next_, (void)(n))

#endif /* _GENALLOC_TEST_DUP_H */
