// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's services for lib/genalloc.c in a process: see include/custom.h.
 */

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <shim.h>

/* ---- log and warnings ---- */

bool shim_quiet;
unsigned long shim_nr_warnings;

/* The C library knows %p, but not the symbol names of %pS and %ps. */
static void drop_symbol_letters(char *to, size_t size, const char *fmt)
{
	char *end = to + size - 1;

	while (*fmt && to < end) {
		*to++ = *fmt++;
		if (fmt[-1] == 'p' && (*fmt == 'S' || *fmt == 's'))
			fmt++;
	}
	*to = '\0';
}

static void print(const char *fmt, va_list args)
{
	char plain[512];

	drop_symbol_letters(plain, sizeof(plain), fmt);
	vprintf(plain, args);
}

void shim_print(const char *fmt, ...)
{
	va_list args;

	if (shim_quiet)
		return;
	va_start(args, fmt);
	print(fmt, args);
	va_end(args);
}

void shim_warn(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	__atomic_add_fetch(&shim_nr_warnings, 1, __ATOMIC_RELAXED);
	if (shim_quiet)
		return;
	printf("WARNING: %s:%d: ", file, line);
	va_start(args, fmt);
	print(fmt, args);
	va_end(args);
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return size ? min(len, (int)size - 1) : 0;
}

void shim_die(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

/* ---- CPUs ---- */

__thread int shim_cpu = -1;

/* ---- memory ---- */

long shim_nr_live;
struct shim_current shim_current;
size_t shim_max_alloc = sizeof(long) == 8 ? INT_MAX : 128 << 20;

/* As in the kernel, the counter stops at 0. */
static bool fails(size_t size)
{
	bool chosen = shim_current.fail_nth && !--shim_current.fail_nth;

	return chosen || size > shim_max_alloc;
}

/* Like kmalloc(): objects of a cache line or more begin at one. */
static void *aligned_memory(size_t size)
{
	void *ptr;

	if (size < SMP_CACHE_BYTES)
		return malloc(size ?: 1);
	return posix_memalign(&ptr, SMP_CACHE_BYTES, size) ? NULL : ptr;
}

void *shim_alloc(size_t size, bool zero)
{
	void *ptr;

	if (fails(size))
		return NULL;

	ptr = aligned_memory(size);
	if (!ptr)
		shim_die("no memory for the test itself");

	/* What nobody has written yet shall not look like anything. */
	memset(ptr, zero ? 0 : 0xa5, size);
	__atomic_add_fetch(&shim_nr_live, 1, __ATOMIC_RELAXED);
	return ptr;
}

void kfree(const void *ptr)
{
	if (!ptr)
		return;
	__atomic_sub_fetch(&shim_nr_live, 1, __ATOMIC_RELAXED);
	free((void *)ptr);
}

char *kstrdup(const char *s, gfp_t gfp)
{
	size_t size = s ? strlen(s) + 1 : 0;
	char *copy = s ? shim_alloc(size, false) : NULL;

	return copy ? memcpy(copy, s, size) : NULL;
}

/* ---- boot memory: pages that count one by one ---- */

bool shim_slab_is_up = true;

void *memblock_alloc_try_nid(size_t size, size_t align, unsigned long min,
			     unsigned long max, int nid)
{
	void *memory;

	if (shim_slab_is_up || size % PAGE_SIZE || align != PAGE_SIZE)
		shim_die("wrong use of %s()", __func__);
	if (fails(size))
		return NULL;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		shim_die("no memory for the test itself");
	__atomic_add_fetch(&shim_nr_live, size / PAGE_SIZE, __ATOMIC_RELAXED);
	return memory;
}

void adjust_managed_page_count(struct page *page, long count)
{
	__atomic_sub_fetch(&shim_nr_live, count, __ATOMIC_RELAXED);
}

void put_page(struct page *page)
{
	if (!shim_slab_is_up)
		shim_die("%s() too early", __func__);
	if ((unsigned long)page % PAGE_SIZE || munmap(page, PAGE_SIZE))
		shim_die("this is no page of memblock");
}

/* ---- spinlocks ---- */

void spin_lock_init(spinlock_t *lock)
{
	lock->locked = 0;
}

void spin_lock(spinlock_t *lock)
{
	while (__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE))
		sched_yield();
}

void spin_unlock(spinlock_t *lock)
{
	__atomic_store_n(&lock->locked, 0, __ATOMIC_RELEASE);
}

/* ---- RCU ---- */

/*
 * Each thread counts up when it begins to read and when it ends, so the count
 * is odd while it reads.  A grace period looks at every thread once and waits
 * for the odd counts to change.
 *
 * Both sides use read-modify-writes of the count, of which one comes first: if
 * it is the reader's, the grace period waits for it; if it is the grace
 * period's, the reader sees all that was done before that.
 *
 * @nesting: rcu_read_lock() calls that are open
 * @phase: the count
 */
struct reader {
	struct reader *next;
	unsigned long nesting;
	unsigned long phase;
};

static pthread_mutex_t readers_lock = PTHREAD_MUTEX_INITIALIZER;
static struct reader *readers;
static __thread struct reader *self;
static pthread_key_t reader_key;
static pthread_once_t reader_once = PTHREAD_ONCE_INIT;

static void forget_reader(void *data)
{
	struct reader *reader = data, **link;

	if (reader->nesting)
		shim_die("a thread ends inside rcu_read_lock()");

	pthread_mutex_lock(&readers_lock);
	for (link = &readers; *link != reader; link = &(*link)->next)
		;
	*link = reader->next;
	pthread_mutex_unlock(&readers_lock);
	free(reader);
}

static void make_reader_key(void)
{
	pthread_key_create(&reader_key, forget_reader);
}

static struct reader *this_reader(void)
{
	if (self)
		return self;

	self = calloc(1, sizeof(*self));
	if (!self)
		shim_die("no memory for the test itself");
	pthread_once(&reader_once, make_reader_key);
	pthread_setspecific(reader_key, self);

	pthread_mutex_lock(&readers_lock);
	self->next = readers;
	readers = self;
	pthread_mutex_unlock(&readers_lock);
	return self;
}

void rcu_read_lock(void)
{
	struct reader *reader = this_reader();

	if (!reader->nesting++)
		__atomic_add_fetch(&reader->phase, 1, __ATOMIC_ACQ_REL);
}

void rcu_read_unlock(void)
{
	struct reader *reader = this_reader();

	if (!reader->nesting)
		shim_die("%s() without rcu_read_lock()", __func__);
	if (!--reader->nesting)
		__atomic_add_fetch(&reader->phase, 1, __ATOMIC_ACQ_REL);
}

bool rcu_read_lock_held(void)
{
	return this_reader()->nesting;
}

void shim_might_alloc(gfp_t gfp)
{
	if (gfp & GFP_KERNEL && rcu_read_lock_held())
		shim_die("GFP_KERNEL inside rcu_read_lock()");
}

static unsigned long nr_grace_periods;

void get_state_synchronize_rcu_full(struct rcu_gp_oldstate *state)
{
	state->nr = __atomic_load_n(&nr_grace_periods, __ATOMIC_RELAXED);
}

bool poll_state_synchronize_rcu_full(struct rcu_gp_oldstate *state)
{
	return __atomic_load_n(&nr_grace_periods, __ATOMIC_RELAXED) != state->nr;
}

void synchronize_rcu(void)
{
	struct reader *reader;
	unsigned long phase;

	if (rcu_read_lock_held())
		shim_die("%s() inside rcu_read_lock()", __func__);

	pthread_mutex_lock(&readers_lock);
	for (reader = readers; reader; reader = reader->next) {
		phase = __atomic_fetch_add(&reader->phase, 0, __ATOMIC_ACQ_REL);
		while (phase % 2 && __atomic_load_n(&reader->phase,
						    __ATOMIC_ACQUIRE) == phase)
			sched_yield();
	}
	__atomic_add_fetch(&nr_grace_periods, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&readers_lock);
}

static pthread_mutex_t callbacks_lock = PTHREAD_MUTEX_INITIALIZER;
static struct rcu_head *callbacks;

void call_rcu(struct rcu_head *rcu, void (*func)(struct rcu_head *rcu))
{
	rcu->func = func;
	pthread_mutex_lock(&callbacks_lock);
	rcu->next = callbacks;
	callbacks = rcu;
	pthread_mutex_unlock(&callbacks_lock);
}

static struct rcu_head *take_callbacks(void)
{
	struct rcu_head *list;

	pthread_mutex_lock(&callbacks_lock);
	list = callbacks;
	callbacks = NULL;
	pthread_mutex_unlock(&callbacks_lock);
	return list;
}

void rcu_barrier(void)
{
	struct rcu_head *rcu, *next;

	/* A callback may have called call_rcu(). */
	while ((rcu = take_callbacks())) {
		synchronize_rcu();
		for (; rcu; rcu = next) {
			next = rcu->next;
			rcu->func(rcu);
		}
	}
}

/* ---- latched trees ---- */

void latch_tree_insert(struct latch_tree_node *node,
		       struct latch_tree_root *root,
		       const struct latch_tree_ops *ops)
{
	struct latch_tree_node **link = &root->first;

	while (*link && !ops->less(node, *link))
		link = &(*link)->next;
	WRITE_ONCE(node->next, *link);
	rcu_assign_pointer(*link, node);
}

/* Leaves the way onward intact for readers that stand on @node. */
void latch_tree_erase(struct latch_tree_node *node,
		      struct latch_tree_root *root,
		      const struct latch_tree_ops *ops)
{
	struct latch_tree_node **link = &root->first;

	while (*link != node)
		link = &(*link)->next;
	/* As rb_erase() between the barriers of the latch. */
	smp_store_release(link, node->next);
	smp_store_release(&root->seq.count, root->seq.count + 1); /* of seq:A */
}

static struct latch_tree_node *find_node(void *key,
					 struct latch_tree_root *root,
					 const struct latch_tree_ops *ops)
{
	struct latch_tree_node *node;
	int order;

	for (node = rcu_dereference_raw(root->first); node;
	     node = rcu_dereference_raw(node->next)) {
		order = ops->comp(key, node);
		if (order <= 0)
			return order ? NULL : node;
	}
	return NULL;
}

/* A node that has left the tree may lead into another one. */
struct latch_tree_node *latch_tree_find(void *key, struct latch_tree_root *root,
					const struct latch_tree_ops *ops)
{
	struct latch_tree_node *node;
	unsigned int seq;

	do {
		seq = smp_load_acquire(&root->seq.count); /* seq:A */
		node = find_node(key, root, ops);
		smp_rmb(); /* of seq:A */
	} while (READ_ONCE(root->seq.count) != seq);

	return node;
}

/* ---- context ---- */

__thread bool shim_in_nmi;

/* ---- devices and their resources ---- */

struct devres {
	struct list_head node;
	dr_release_t release;
	unsigned long long data[];
};

void shim_device_init(struct device *dev, const char *name)
{
	dev->init_name = name;
	INIT_LIST_HEAD(&dev->resources);
	spin_lock_init(&dev->lock);
}

void shim_device_remove(struct device *dev)
{
	struct devres *dr;

	while (!list_empty(&dev->resources)) {
		dr = list_entry(dev->resources.prev, struct devres, node);
		list_del(&dr->node);
		dr->release(dev, dr->data);
		kfree(dr);
	}
}

void *devres_alloc(dr_release_t release, size_t size, gfp_t gfp)
{
	struct devres *dr = shim_alloc(sizeof(*dr) + size, true);

	if (!dr)
		return NULL;
	INIT_LIST_HEAD(&dr->node);
	dr->release = release;
	return dr->data;
}

static struct devres *to_devres(void *res)
{
	return container_of(res, struct devres, data);
}

void devres_free(void *res)
{
	if (!res)
		return;
	WARN_ON(!list_empty(&to_devres(res)->node));
	kfree(to_devres(res));
}

void devres_add(struct device *dev, void *res)
{
	spin_lock(&dev->lock);
	list_add_tail(&to_devres(res)->node, &dev->resources);
	spin_unlock(&dev->lock);
}

void *devres_find(struct device *dev, dr_release_t release, dr_match_t match,
		  void *match_data)
{
	struct devres *dr;
	void *found = NULL;

	spin_lock(&dev->lock);
	list_for_each_entry(dr, &dev->resources, node)
		if (dr->release == release &&
		    (!match || match(dev, dr->data, match_data)))
			found = dr->data;
	spin_unlock(&dev->lock);
	return found;
}

/* ---- random numbers ---- */

/* One step of xorshift64, which must not stand at zero. */
static u64 next_random(u64 s)
{
	s ^= s << 13;
	s ^= s >> 7;
	s ^= s << 17;
	return s;
}

void prandom_seed_state(struct rnd_state *state, u64 seed)
{
	int i;

	state->s = seed * 0x9e3779b97f4a7c15 + 1;
	for (i = 0; i < 8; i++)
		state->s = next_random(state->s ?: 1);
}

u32 prandom_u32_state(struct rnd_state *state)
{
	state->s = next_random(state->s ?: 1);
	return state->s >> 32;
}

/* ---- the end of a test program ---- */

bool shim_all_gone(void)
{
	if (rcu_read_lock_held()) {
		printf("rcu_read_lock() is still held\n");
		return false;
	}
	rcu_barrier();
	if (shim_nr_live)
		printf("%ld allocations are leaked\n", shim_nr_live);
	return !shim_nr_live;
}
