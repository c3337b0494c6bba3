// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzing: bytes become calls of the map's or the pool's functions, sensible
 * and not, and each result is compared with the model's, as are afterwards
 * every word of every map and the counter of misuses.
 *
 * An input runs to its end or to the first difference.  libFuzzer finds the
 * inputs (LLVMFuzzerTestOneInput()), or fuzz_main.c does.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "genalloc.h"
#include "model.h"

unsigned long fuzz_calls;
unsigned long fuzz_differences;
bool fuzz_verbose;

static jmp_buf stop;

/* ---- calls and differences ---- */

/* Each call is announced. */
static void __printf(1, 2) call(const char *fmt, ...)
{
	va_list args;

	fuzz_calls++;
	if (!fuzz_verbose)
		return;
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
}

static void differ(const char *what, unsigned long got, unsigned long want)
{
	fuzz_differences++;
	printf("DIFFERENCE: %s is %ld (%#lx), should be %ld (%#lx)\n", what,
	       (long)got, got, (long)want, want);
	longjmp(stop, 1);
}

static inline void same(const char *what, unsigned long got, unsigned long want)
{
	if (got != want)
		differ(what, got, want);
}

/* ---- bytes to numbers ---- */

struct input {
	const u8 *next;
	const u8 *end;
};

static u8 byte(struct input *in)
{
	return in->next < in->end ? *in->next++ : 0;
}

/* Mostly up to @usual, often just about that, rarely nonsense. */
static unsigned long number(struct input *in, unsigned long usual)
{
	u8 b = byte(in);

	usual = min(usual, 0xfffeUL);
	if (b < 200)
		return (usual > 255 ? b << 8 | byte(in) : b) % (usual + 1);
	if (b < 230)
		return usual + b - 215;
	if (b < 243)
		return 1UL << byte(in) % BITS_PER_LONG;
	return -(unsigned long)byte(in);
}

/* ---- maps ---- */

struct map_run {
	struct input in;
	struct alloc_map *map;
	struct map_model row;
	u8 state[MAX_UNITS];
};

/* An allocation, or nearly one. */
static unsigned long some_head(struct map_run *r)
{
	unsigned long unit = number(&r->in, r->row.nr);
	u8 shift = byte(&r->in);

	if (unit < r->row.nr)
		unit = model_next(&r->row, unit);
	return shift < 240 ? unit : unit + shift - 247;
}

static unsigned long some_unit(struct map_run *r, unsigned long bound)
{
	unsigned long unit = number(&r->in, bound);

	return unit < bound ? unit : bound - 1;
}

/* 2^n - 1, up to all the units that there could be. */
static unsigned long some_mask(struct map_run *r)
{
	u8 b = byte(&r->in);

	return b < 250 ? (1UL << b % 8) - 1 :
			 ~0UL >> (b - 250) * (BITS_PER_LONG / 8);
}

/* A map remembers searches in vain, and hides nothing that would fit. */
static void map_find_first(struct map_run *r, unsigned long nr,
			   unsigned long mask, unsigned long offset)
{
	unsigned long unit = model_find(&r->row, 0, nr, mask, offset);

	if (unit < r->row.nr)
		same("whether it is in vain",
		     alloc_map_in_vain(r->map, nr, mask, offset), false);
	call("alloc_map_find(0, %lu, %#lx, %#lx)", nr, mask, offset);
	same("unit found", alloc_map_find(r->map, 0, nr, mask, offset), unit);
}

static void map_find(struct map_run *r)
{
	unsigned long start = number(&r->in, r->row.nr);
	unsigned long nr = number(&r->in, r->row.nr / 4);
	unsigned long mask = some_mask(r);
	unsigned long offset = number(&r->in, mask);

	call("alloc_map_find(%lu, %lu, %#lx, %#lx)", start, nr, mask, offset);
	same("unit found", alloc_map_find(r->map, start, nr, mask, offset),
	     model_find(&r->row, start, nr, mask, offset));
	map_find_first(r, nr, mask, offset);
	map_find_first(r, nr, mask, 0);
}

static void map_free_end(struct map_run *r)
{
	unsigned long unit = some_unit(r, r->row.nr + 1);

	call("alloc_map_free_end(%lu)", unit);
	same("end", alloc_map_free_end(r->map, unit),
	     model_free_end(&r->row, unit));
}

static void map_is_free(struct map_run *r)
{
	unsigned long start = some_unit(r, r->row.nr);
	unsigned long nr = number(&r->in, r->row.nr);

	call("alloc_map_is_free(%lu, %lu)", start, nr);
	same("free", alloc_map_is_free(r->map, start, nr),
	     model_is_free(&r->row, start, nr));
}

static void claim(struct map_run *r, unsigned long start, unsigned long nr)
{
	call("alloc_map_claim(%lu, %lu)", start, nr);
	same("claim", alloc_map_claim(r->map, start, nr),
	     model_claim(&r->row, start, nr));
}

static void map_claim(struct map_run *r)
{
	unsigned long start = number(&r->in, r->row.nr);

	claim(r, start, number(&r->in, r->row.nr / 2));
}

static void map_find_and_claim(struct map_run *r)
{
	unsigned long nr = number(&r->in, r->row.nr / 4);

	claim(r, model_find(&r->row, 0, nr, 0, 0), nr);
}

static void map_alloc(struct map_run *r)
{
	unsigned long nr = number(&r->in, r->row.nr / 4) ?: 1;
	unsigned long unit = model_find(&r->row, 0, nr, 0, 0);

	call("alloc_map_alloc(%lu)", nr);
	same("unit allocated", alloc_map_alloc(r->map, nr), unit);
	model_claim(&r->row, unit, nr);
}

static void map_best(struct map_run *r)
{
	unsigned long nr = number(&r->in, r->row.nr / 4);

	call("alloc_map_find_best(0, %lu)", nr);
	same("best fit", alloc_map_find_best(r->map, 0, nr),
	     model_find_best(&r->row, 0, nr));
}

static void map_last(struct map_run *r)
{
	unsigned long nr = number(&r->in, r->row.nr / 4);

	call("alloc_map_find_last(%lu)", nr);
	same("last fit", alloc_map_find_last(r->map, nr),
	     model_find_last(&r->row, nr));
}

static void map_retire(struct map_run *r)
{
	/* Nothing can happen in the map afterwards: not too often. */
	if (byte(&r->in) < 192)
		return;
	call("alloc_map_retire()");
	same("retire", alloc_map_retire(r->map),
	     model_retire(&r->row));
}

static void map_state(struct map_run *r)
{
	unsigned long unit = some_unit(r, r->row.nr);

	if (!r->row.nr)
		return;
	call("alloc_map_state, head(%lu)", unit);
	same("state", alloc_map_state(r->map, unit), r->row.state[unit]);
	same("head", alloc_map_head(r->map, unit), model_head(&r->row, unit));
}

static void map_extent(struct map_run *r)
{
	unsigned long head = some_head(r);

	call("alloc_map_extent(%lu)", head);
	same("extent", alloc_map_extent(r->map, head),
	     model_extent(&r->row, head));
}

static void map_release(struct map_run *r)
{
	unsigned long head = some_head(r);
	unsigned long nr = number(&r->in, 2);

	if (nr == 1)
		nr = model_extent(&r->row, head);
	else if (nr == 2)
		nr = number(&r->in, r->row.nr);
	call("alloc_map_release(%lu, %lu)", head, nr);
	same("release", alloc_map_release(r->map, head, nr),
	     model_release(&r->row, head, nr));
}

static void map_split(struct map_run *r)
{
	unsigned long head = some_head(r);
	unsigned long piece = number(&r->in, 40);

	call("alloc_map_split(%lu, %lu)", head, piece);
	same("split", alloc_map_split(r->map, head, piece),
	     model_split(&r->row, head, piece));
}

static void map_next(struct map_run *r)
{
	unsigned long unit = some_unit(r, r->row.nr + 1);

	call("alloc_map_next(%lu)", unit);
	same("next", alloc_map_next(r->map, unit), model_next(&r->row, unit));
}

static void map_count(struct map_run *r)
{
	call("alloc_map_nr_free, longest()");
	same("free units", alloc_map_nr_free(r->map), model_nr_free(&r->row));
	same("longest run", alloc_map_longest(r->map), model_longest(&r->row));
}

static void (*const map_calls[])(struct map_run *r) = {
	map_find, map_find, map_alloc, map_alloc, map_best, map_last,
	map_free_end, map_is_free, map_claim, map_find_and_claim, map_find_and_claim,
	map_find_and_claim, map_retire, map_state,
	map_extent, map_release, map_release, map_release, map_split, map_split,
	map_next, map_count,
};

static void run_map(struct map_run *r)
{
	while (r->in.next < r->in.end) {
		map_calls[byte(&r->in) % ARRAY_SIZE(map_calls)](r);
		same("whether map and model agree",
		     model_difference(&r->row, r->map, 0), ULONG_MAX);
	}
}

static void fuzz_map(struct input in)
{
	static struct map_run r;
	u8 size = byte(&in);

	memset(&r, 0, sizeof(r));
	r.row.nr = size < 240 ? size : (size - 239) * 64;
	r.row.state = r.state;
	r.in = in;
	r.map = kzalloc(alloc_map_bytes(r.row.nr), GFP_KERNEL);
	call("alloc_map_init(%lu)", r.row.nr);
	alloc_map_init(r.map, r.row.nr);
	run_map(&r);
	kfree(r.map);
}

/* ---- pools ---- */

/*
 * Real memory for a chunk, since zalloc writes to it.  Always at one place, or
 * an input would not mean the same calls each time.
 */
#define REAL_ADDR	0x10000000UL
#define REAL_SIZE	1024
#define POISON		0xa5

static u8 *real;

static void map_real(void)
{
	real = mmap((void *)REAL_ADDR, REAL_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (real != (void *)REAL_ADDR)
		shim_die("no memory at %#lx", REAL_ADDR);
	memset(real, POISON, REAL_SIZE);
}

struct pool_run {
	struct input in;
	struct gen_pool *pool;
	struct mpool model;
	enum algo algo;
	union {
		struct genpool_data_align align;
		struct genpool_data_fixed fixed;
		struct genpool_data_below below;
	} data, set_data;
	unsigned long warnings;
	bool peaks;
};

static struct mchunk mchunks[MAX_CHUNKS];

static unsigned long algo_out_of_range(struct alloc_map *map, unsigned long size,
				       unsigned long start, unsigned int nr,
				       void *data, struct gen_pool *pool,
				       unsigned long start_addr)
{
	return start_addr % 2 ? size - nr + 1 : ULONG_MAX;
}

static const genpool_algo_t algos[NR_ALGOS] = {
	[FIRST]		= gen_pool_first_fit,
	[ALIGN]		= gen_pool_first_fit_align,
	[ORDER_ALIGN]	= gen_pool_first_fit_order_align,
	[BEST]		= gen_pool_best_fit,
	[FIXED]		= gen_pool_fixed_alloc,
	[LAST]		= gen_pool_last_fit,
	[BELOW]		= gen_pool_first_fit_below,
	[BEST_ALL]	= gen_pool_best_fit_all,
	[OUT_OF_RANGE]	= algo_out_of_range,
};

static unsigned long unit_bytes(struct pool_run *r)
{
	return 1UL << r->model.order;
}

static struct mchunk *some_chunk(struct pool_run *r)
{
	if (!r->model.nr_chunks)
		return NULL;
	return r->model.chunks[byte(&r->in) % r->model.nr_chunks];
}

/* An allocation, something near it, or anything. */
static unsigned long some_addr(struct pool_run *r)
{
	struct mchunk *chunk = some_chunk(r);
	unsigned long unit;
	u8 kind = byte(&r->in);

	if (!chunk || kind >= 250)
		return number(&r->in, 2);

	unit = number(&r->in, chunk->row.nr);
	if (unit < chunk->row.nr && kind < 220)
		unit = model_next(&chunk->row, unit);
	if (kind < 200)
		return chunk->start + unit * unit_bytes(r);
	if (kind < 240)
		return chunk->start + unit * unit_bytes(r) + byte(&r->in) - 4;
	return chunk->last + byte(&r->in) - 4;
}

static size_t some_size(struct pool_run *r)
{
	unsigned long units = number(&r->in, byte(&r->in) % 16 ? 40 : 1000);
	u8 less = byte(&r->in);

	return units * unit_bytes(r) - (less < 128 ? 0 : less % unit_bytes(r));
}

static enum algo some_algo(struct pool_run *r)
{
	enum algo algo = byte(&r->in) % NR_ALGOS;

	if (algo == ALIGN)
		r->data.align.align = number(&r->in, 10) << r->model.order;
	if (algo == FIXED)
		r->data.fixed.offset = number(&r->in, 60) << r->model.order;
	if (algo == FIXED && byte(&r->in) > 230)
		r->data.fixed.offset++;
	if (algo == BELOW)
		r->data.below.last = 0x9000 - 1 +
				     (number(&r->in, 60) << r->model.order);
	return algo;
}

/* Everything that can be seen from outside, and the words of the maps. */
static void check_pool(struct pool_run *r)
{
	unsigned int i;

	for (i = 0; i < r->model.nr_chunks; i++)
		same("whether map and model agree",
		     model_difference(&r->model.chunks[i]->row,
				      r->model.chunks[i]->map, 0), ULONG_MAX);
	same("refusals", atomic_long_read(&r->pool->nr_refused),
	     r->model.refused);
	same("warnings", clamp(shim_nr_warnings - r->warnings,
			       r->model.warnings,
			       r->model.warnings + r->model.maybe),
	     shim_nr_warnings - r->warnings);
}

static void take_map(struct gen_pool *pool, struct gen_pool_chunk *chunk,
		     void *data)
{
	struct mchunk *mchunk = data;

	if (chunk->start_addr == mchunk->start)
		mchunk->map = &chunk->map;
}

/* Memory allocated for a chunk. */
static size_t map_size(unsigned long nr)
{
	return offsetof(struct gen_pool_chunk, map) + alloc_map_bytes(nr);
}

static int model_add(struct pool_run *r, unsigned long start, size_t size,
		     unsigned int fail)
{
	unsigned long nr = size >> r->model.order;

	if (!size || start + (size - 1) < start)
		return -EINVAL;

	if (fail || nr >= MAX_UNITS * 8 || map_size(nr) > shim_max_alloc)
		return -ENOMEM;
	if (mpool_overlaps(&r->model, start, start + (size - 1)))
		return -EEXIST;
	return 0;
}

static void model_link(struct pool_run *r, unsigned long start, size_t size,
		       phys_addr_t phys, void *owner)
{
	struct mchunk *chunk = &mchunks[r->model.nr_chunks];

	chunk->start = start;
	chunk->last = start + (size - 1);
	chunk->phys = phys;
	chunk->owner = owner;
	chunk->map = NULL;
	chunk->row.nr = size >> r->model.order;
	chunk->row.state = chunk->state;
	memset(chunk->state, ALLOC_MAP_FREE, chunk->row.nr);
	r->model.chunks[r->model.nr_chunks++] = chunk;

	call("gen_pool_for_each_chunk()");
	gen_pool_for_each_chunk(r->pool, take_map, chunk);
	if (!chunk->map)
		differ("chunk", 0, start);
}

/* Beside another chunk, into it, where real memory is, or anywhere. */
static unsigned long some_start(struct pool_run *r, size_t size)
{
	struct mchunk *chunk = some_chunk(r);
	u8 kind = byte(&r->in);

	if (chunk && kind < 100)
		return chunk->last + 1 + number(&r->in, 3) * 8;
	if (chunk && kind < 130)
		return chunk->start - size - number(&r->in, 3) * 8;
	if (chunk && kind < 140)
		return chunk->start + number(&r->in, 100) - 50;
	if (kind < 240)
		return (kind % 16 + 1) * 0x100000UL + number(&r->in, 100);
	return number(&r->in, 100);
}

static void pool_add(struct pool_run *r)
{
	/* Some are large enough for CPUs to begin at places of their own. */
	unsigned long units = number(&r->in, byte(&r->in) % 8 ? 150 : 2000);
	size_t size = (units << r->model.order) + byte(&r->in) % 4;
	unsigned long start = some_start(r, size);
	unsigned int fail = byte(&r->in) % 32;
	phys_addr_t phys = byte(&r->in) % 4 ? 0x9000 : -1;
	void *owner = (void *)(unsigned long)byte(&r->in);
	int want;

	if (r->model.nr_chunks == MAX_CHUNKS)
		return;
	fail = fail == 1;
	want = model_add(r, start, size, fail);
	call("gen_pool_add_owner(%#lx, %#lx, %zu, %p), allocation %u fails",
	     start, phys, size, owner, fail);
	shim_current.fail_nth = fail;
	same("add", gen_pool_add_owner(r->pool, start, phys, size,
				       NUMA_NO_NODE, owner), want);
	shim_current.fail_nth = 0;
	if (!want)
		model_link(r, start, size, phys, owner);
}

static void pool_add_real(struct pool_run *r)
{
	unsigned long skew = byte(&r->in) % 16;
	unsigned long start = (unsigned long)real + skew;
	size_t size = REAL_SIZE - 16;
	int want;

	if (r->model.nr_chunks == MAX_CHUNKS)
		return;
	want = model_add(r, start, size, 0);
	call("gen_pool_add_virt(real + %lu, %zu)", skew, size);
	same("add", gen_pool_add_virt(r->pool, start, start ^ 0x5000, size,
				      NUMA_NO_NODE), want);
	if (!want)
		model_link(r, start, size, start ^ 0x5000, NULL);
}

/* Without an NMI-safe cmpxchg a call in NMI is refused before all else. */
static bool nmi_refused(struct pool_run *r)
{
	if (!shim_in_nmi || IS_ENABLED(CONFIG_ARCH_HAVE_NMI_SAFE_CMPXCHG))
		return false;
	r->model.warnings++;
	return true;
}

static unsigned long model_alloc(struct pool_run *r, size_t size,
				 enum algo algo, const void *data,
				 struct mchunk **chunk)
{
	*chunk = NULL;
	if (nmi_refused(r))
		return 0;
	return mpool_alloc(&r->model, size, algo, data, chunk);
}

static void pool_alloc(struct pool_run *r)
{
	size_t size = some_size(r);
	struct mchunk *chunk;

	call("gen_pool_alloc(%zu), algorithm %d", size, r->algo);
	same("address", gen_pool_alloc(r->pool, size),
	     model_alloc(r, size, r->algo, &r->set_data, &chunk));
}

static void pool_alloc_owner(struct pool_run *r)
{
	size_t size = some_size(r);
	void *owner = r;
	struct mchunk *chunk;

	call("gen_pool_alloc_owner(%zu), algorithm %d", size, r->algo);
	same("address", gen_pool_alloc_owner(r->pool, size, &owner),
	     model_alloc(r, size, r->algo, &r->set_data, &chunk));
	same("owner", (unsigned long)owner,
	     chunk ? (unsigned long)chunk->owner : 0);
}

static void pool_alloc_algo(struct pool_run *r)
{
	size_t size = some_size(r);
	enum algo algo = some_algo(r);
	struct mchunk *chunk;

	call("gen_pool_alloc_algo(%zu, algorithm %d, %#lx)", size, algo,
	     algo == ALIGN ? r->data.align.align : r->data.fixed.offset);
	same("address",
	     gen_pool_alloc_algo(r->pool, size, algos[algo], &r->data),
	     model_alloc(r, size, algo, &r->data, &chunk));
}

static void pool_dma(struct pool_run *r)
{
	size_t size = some_size(r);
	dma_addr_t dma = 77, want_dma = 77;
	struct mchunk *chunk;
	unsigned long want;

	call("gen_pool_dma_alloc(%zu)", size);
	want = model_alloc(r, size, r->algo, &r->set_data, &chunk);
	if (want)
		want_dma = chunk->phys == (phys_addr_t)-1 ? -1 :
			   chunk->phys + (want - chunk->start);
	same("address", (unsigned long)gen_pool_dma_alloc(r->pool, size, &dma),
	     want);
	same("DMA address", dma, want_dma);
	same("no pool", (unsigned long)gen_pool_dma_alloc(NULL, size, &dma), 0);
}

static bool is_real(unsigned long addr, size_t size)
{
	unsigned long at = addr - (unsigned long)real;

	return at < REAL_SIZE && size <= REAL_SIZE - at;
}

/* In the model first: what lies elsewhere must not be written to. */
static void pool_dma_zalloc(struct pool_run *r)
{
	size_t size = some_size(r);
	int align = 1 << byte(&r->in) % 9;
	struct genpool_data_align data = { .align = align };
	struct mchunk *chunk;
	unsigned long want;
	bool zeroed;
	void *got;

	if (shim_in_nmi)
		return;
	want = mpool_alloc(&r->model, size, ALIGN, &data, &chunk);
	if (want && !is_real(want, size)) {
		call("gen_pool_dma_alloc_align(%zu, %d)", size, align);
		got = gen_pool_dma_alloc_align(r->pool, size, NULL, align);
		same("address", (unsigned long)got, want);
		return;
	}
	call("gen_pool_dma_zalloc_align(%zu, %d)", size, align);
	got = gen_pool_dma_zalloc_align(r->pool, size, NULL, align);
	same("address", (unsigned long)got, want);
	if (!got)
		return;
	/* Poisoned again before anything can stop this. */
	zeroed = !memchr_inv(got, 0, size);
	memset(got, POISON, size);
	same("whether memory is zeroed", zeroed, true);
	same("whether other memory is not",
	     !memchr_inv(real, POISON, REAL_SIZE), true);
}

static void pool_reserve(struct pool_run *r)
{
	unsigned long addr = some_addr(r);
	size_t size = some_size(r);

	call("gen_pool_reserve(%#lx, %zu)", addr, size);
	same("reserve", gen_pool_reserve(r->pool, addr, size),
	     nmi_refused(r) ? -EPERM : mpool_reserve(&r->model, addr, size));
}

static void pool_free(struct pool_run *r)
{
	unsigned long addr = some_addr(r);
	u8 kind = byte(&r->in);
	size_t size = kind < 100 ? 0 : mpool_alloc_size(&r->model, addr);

	if (kind >= 200)
		size = some_size(r);
	call("gen_pool_free(%#lx, %zu)", addr, size);
	gen_pool_free(r->pool, addr, size);
	if (!nmi_refused(r))
		mpool_free(&r->model, addr, size);
}

static void pool_free_owner(struct pool_run *r)
{
	unsigned long addr = some_addr(r);
	struct mchunk *chunk = find_mchunk(&r->model, addr);
	size_t size = byte(&r->in) < 128 ? 0 : some_size(r);
	void *owner = r;

	call("gen_pool_free_owner(%#lx, %zu)", addr, size);
	same("free", gen_pool_free_owner(r->pool, addr, size, &owner),
	     nmi_refused(r) ? -EPERM : mpool_free(&r->model, addr, size));
	same("owner", (unsigned long)owner,
	     chunk ? (unsigned long)chunk->owner : 0);
}

static void pool_split(struct pool_run *r)
{
	unsigned long addr = some_addr(r);
	size_t size = some_size(r);

	call("gen_pool_split(%#lx, %zu)", addr, size);
	same("split", gen_pool_split(r->pool, addr, size),
	     nmi_refused(r) ? -EPERM : mpool_split(&r->model, addr, size));
}

static void pool_look(struct pool_run *r)
{
	unsigned long addr = some_addr(r);
	size_t size = byte(&r->in) < 200 ? byte(&r->in) : some_size(r);
	struct mchunk *chunk = find_mchunk(&r->model, addr);
	phys_addr_t phys = -1;

	if (chunk && chunk->phys != (phys_addr_t)-1)
		phys = chunk->phys + (addr - chunk->start);
	call("gen_pool_alloc_size, virt_to_phys, has_addr(%#lx, %zu)", addr,
	     size);
	same("size of allocation", gen_pool_alloc_size(r->pool, addr),
	     mpool_alloc_size(&r->model, addr));
	same("physical address", gen_pool_virt_to_phys(r->pool, addr), phys);
	same("has address", gen_pool_has_addr(r->pool, addr, size),
	     chunk && (!size || size - 1 <= chunk->last - addr));
}

static void pool_stats(struct pool_run *r)
{
	struct genpool_stats stats;

	call("gen_pool_stats()");
	gen_pool_stats(r->pool, &stats);
	same("size", stats.size, mpool_size(&r->model));
	same("available", stats.avail, mpool_avail(&r->model));
	same("allocated", stats.allocated, stats.size - stats.avail);
	same("largest free", stats.largest_free, mpool_largest_free(&r->model));
	same("chunks", stats.nr_chunks, r->model.nr_chunks);
	same("allocations", stats.nr_allocs, mpool_nr_allocs(&r->model));
	same("failures", stats.nr_failed, r->model.nr_failed);
	same("largest failure", stats.max_failed, r->model.max_failed);
	same("refusals", stats.nr_refused, r->model.refused);
	same("peak", stats.peak, r->peaks ? r->model.peak : 0);
}

static void pool_sums(struct pool_run *r)
{
	call("gen_pool_avail, size, largest_free()");
	same("available", gen_pool_avail(r->pool), mpool_avail(&r->model));
	same("size", gen_pool_size(r->pool), mpool_size(&r->model));
	same("largest", gen_pool_largest_free(r->pool),
	     mpool_largest_free(&r->model));
	pool_stats(r);
}

/**
 * struct walk - the model's way through all allocations
 * @r: the run
 * @chunk: chunks that are left, the one at hand included
 * @unit: where to look on
 */
struct walk {
	struct pool_run *r;
	unsigned int chunk;
	unsigned long unit;
};

static struct mchunk *walk_next(struct walk *w)
{
	struct mchunk *chunk;

	for (; w->chunk; w->chunk--, w->unit = 0) {
		chunk = w->r->model.chunks[w->chunk - 1];
		w->unit = model_next(&chunk->row, w->unit);
		if (w->unit < chunk->row.nr)
			return chunk;
	}
	return NULL;
}

static void walk_alloc(struct gen_pool *pool, unsigned long addr, size_t size,
		       void *data)
{
	struct walk *w = data;
	struct mchunk *chunk = walk_next(w);

	if (!chunk)
		differ("allocation", addr, 0);
	same("allocation", addr, chunk->start + w->unit * unit_bytes(w->r));
	same("its size", size,
	     model_extent(&chunk->row, w->unit) * unit_bytes(w->r));
	w->unit++;
}

static void pool_walk(struct pool_run *r)
{
	struct walk w = { .r = r, .chunk = r->model.nr_chunks };

	call("gen_pool_for_each_alloc()");
	gen_pool_for_each_alloc(r->pool, walk_alloc, &w);
	if (walk_next(&w))
		differ("allocation", 0, w.unit);
}

static void free_all(struct pool_run *r)
{
	unsigned int i;

	call("gen_pool_free_all()");
	gen_pool_free_all(r->pool);
	for (i = 0; i < r->model.nr_chunks; i++)
		memset(r->model.chunks[i]->state, ALLOC_MAP_FREE,
		       r->model.chunks[i]->row.nr);
}

static void pool_free_all(struct pool_run *r)
{
	if (!shim_in_nmi)
		free_all(r);
}

static void pool_set_algo(struct pool_run *r)
{
	r->algo = some_algo(r);
	r->set_data = r->data;
	call("gen_pool_set_algo(%d)", r->algo);
	gen_pool_set_algo(r->pool, r->algo == FIRST ? NULL : algos[r->algo],
			  &r->set_data);
}

/* With allocations in it the pool must stay as it is, and says so each time. */
static void pool_destroy(struct pool_run *r)
{
	if (!mpool_nr_allocs(&r->model))
		return;
	call("gen_pool_destroy(), too early");
	gen_pool_destroy(r->pool);
	rcu_barrier();
	r->model.refused++;
	r->model.warnings++;
}

static void pool_nmi(struct pool_run *r)
{
	shim_in_nmi = !shim_in_nmi && byte(&r->in) < 128;
}

static void (*const pool_calls[])(struct pool_run *r) = {
	pool_alloc, pool_alloc, pool_alloc, pool_alloc_owner, pool_alloc_algo,
	pool_alloc_algo, pool_alloc_algo, pool_dma, pool_dma_zalloc, pool_free,
	pool_free, pool_free, pool_free, pool_free_owner, pool_split,
	pool_split, pool_look, pool_sums, pool_walk, pool_add,
	pool_add_real, pool_free_all, pool_set_algo, pool_destroy, pool_nmi,
	pool_reserve, pool_reserve,
};

static void create_nonsense(struct pool_run *r, int order)
{
	call("gen_pool_create(%d)", order);
	same("pool", (unsigned long)gen_pool_create(order, NUMA_NO_NODE), 0);
	same("warnings", shim_nr_warnings - r->warnings, 1);
	r->warnings = shim_nr_warnings;
}

static void run_pool(struct pool_run *r)
{
	while (r->in.next < r->in.end) {
		pool_calls[byte(&r->in) % ARRAY_SIZE(pool_calls)](r);
		check_pool(r);
	}
	shim_in_nmi = false;
	free_all(r);
	check_pool(r);
	pool_sums(r);
}

static void fuzz_pool(struct input in)
{
	static struct pool_run r;
	u8 order = byte(&in);
	long nr_live = shim_nr_live;

	memset(&r, 0, sizeof(r));
	if (!real)
		map_real();
	r.in = in;
	r.warnings = shim_nr_warnings;
	if (order >= 250)
		create_nonsense(&r, order == 250 ? BITS_PER_LONG : order - 256);
	r.model.order = order < 200 ? order % 8 : order % BITS_PER_LONG;
	r.peaks = order / 8 % 2;
	gen_pool_watch_peaks(r.peaks);
	call("gen_pool_create(%d)", r.model.order);
	r.pool = gen_pool_create(r.model.order, NUMA_NO_NODE);
	run_pool(&r);
	call("gen_pool_destroy()");
	gen_pool_destroy(r.pool);
	rcu_barrier();
	same("memory leaked", shim_nr_live, nr_live);
}

/* ---- an input ---- */

void fuzz_one(const u8 *data, size_t size)
{
	struct input in = { data, data + size };

	/* After a difference nobody knows what can still be freed. */
	if (setjmp(stop))
		return;
	shim_quiet = true;
	shim_in_nmi = false;
	shim_current.fail_nth = 0;
	/* Larger chunks than the model can hold must fail. */
	shim_max_alloc = map_size(MAX_UNITS - 1);
	if (byte(&in) % 2)
		fuzz_pool(in);
	else
		fuzz_map(in);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static unsigned long max_calls;

	if (!max_calls)
		max_calls = strtoul(getenv("CALLS") ?: "1000000", NULL, 0);
	fuzz_one(data, size);
	if (fuzz_differences) {
		fuzz_verbose = true;
		fuzz_one(data, size);
		printf("%lu calls, 1 differences\n", fuzz_calls);
		fflush(stdout);
		abort();
	}
	if (fuzz_calls >= max_calls) {
		printf("%lu calls, 0 differences\n", fuzz_calls);
		fflush(stdout);
		_exit(0);
	}
	return 0;
}
