// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools: bytes, units and addresses, and where algorithms allocate, with units
 * of any size and a chunk of any size that begins anywhere.
 *
 * The map is not there: its functions return whatever they may, and check that
 * they are asked for nothing that the proofs of the map leave out.
 */

#include "prove.h"

/* The checker knows of no callers. */
#undef _RET_IP_
#define _RET_IP_ 0UL

#include "genalloc.c"
#include "genalloc_algo.c"
#include "genalloc_chunk.c"

#define LAST		(GEN_POOL_ROW_CHUNKS - 1)

static struct gen_pool pool;
static struct gen_pool_chunk chunk;
static ulong nr_units;

/* Units that are free, or are an allocation. */
static ulong there, nr_there;
/* What the map was asked for. */
static ulong asked, nr_asked;
static int refused;

/* ---- in place of the kernel ---- */

__thread bool shim_in_nmi;
__thread int shim_cpu;

void rcu_read_lock(void) { }
void rcu_read_unlock(void) { }
bool rcu_read_lock_held(void) { return true; }
void *shim_stub_of(void *real) { return NULL; }

struct latch_tree_node *latch_tree_find(void *key, struct latch_tree_root *root,
					const struct latch_tree_ops *ops)
{
	return ops->comp(key, &chunk.node) ? NULL : &chunk.node;
}

int gen_pool_refuse(struct gen_pool *pool, const struct gen_pool_chunk *chunk,
		    const char *what, ulong addr, size_t size, int err)
{
	refused = err;
	return err;
}

int gen_pool_refuse_free(struct gen_pool *pool, struct gen_pool_chunk *chunk,
			 ulong addr, size_t size, int err, ulong caller)
{
	refused = err;
	return err;
}

/* ---- in place of the map ---- */

static long ask(ulong unit, ulong nr, long ret)
{
	asked = unit;
	nr_asked = nr;
	return ret;
}

static bool fits(ulong unit, ulong start, ulong nr, ulong mask, ulong offset)
{
	return unit >= start && unit < nr_units && nr <= nr_units - unit &&
	       !((unit + offset) & mask);
}

/* The lowest that fits, or none; of these only @there is known. */
ulong alloc_map_find(const struct alloc_map *map, ulong start, ulong nr,
		     ulong mask, ulong offset)
{
	ulong unit = nondet_ulong();

	check(nr && !(mask & (mask + 1)));
	assume(unit == nr_units || fits(unit, start, nr, mask, offset));
	assume(unit <= there || nr > nr_there || !fits(there, start, nr, mask, offset));
	return unit;
}

/* No algorithm is asked for more units than there are. */
ulong alloc_map_find_best(struct alloc_map *map, ulong start, ulong nr)
{
	check(nr <= nr_units);
	return alloc_map_find(map, start, nr, 0, 0);
}

ulong alloc_map_find_last(const struct alloc_map *map, ulong nr)
{
	return alloc_map_find(map, 0, nr, 0, 0);
}

ulong alloc_map_alloc(struct alloc_map *map, ulong nr)
{
	ulong unit = alloc_map_find(map, 0, nr, 0, 0);

	return ask(unit, nr, unit);
}

bool alloc_map_is_free(const struct alloc_map *map, ulong start, ulong nr)
{
	return start == there && nr <= nr_there && fits(start, 0, nr, 0, 0);
}

bool alloc_map_claim_units(struct alloc_map *map, ulong start, ulong nr)
{
	check(in_map(map, start, nr));
	return ask(start, nr, true);
}

bool alloc_map_claim(struct alloc_map *map, ulong start, ulong nr)
{
	return alloc_map_claim_units(map, start, nr);
}

long alloc_map_release(struct alloc_map *map, ulong head, ulong nr)
{
	return ask(head, nr, head < nr_units ? 1 : -ERANGE);
}

int alloc_map_split(struct alloc_map *map, ulong head, ulong piece)
{
	return ask(head, piece, 0);
}

/* What is there was longer when its head was looked for. */
static bool was_longer;

ulong alloc_map_head(const struct alloc_map *map, ulong unit)
{
	check(unit < nr_units);
	return unit - there < nr_there || (was_longer && there <= unit) ?
	       there : nr_units;
}

enum alloc_map_state alloc_map_state(const struct alloc_map *map, ulong unit)
{
	check(unit < nr_units);
	return unit - there < nr_there ? ALLOC_MAP_BODY : ALLOC_MAP_FREE;
}

bool alloc_map_same(const struct alloc_map *map, ulong first, ulong last)
{
	check(first < nr_units && first <= last);
	return last - there < nr_there;
}

ulong alloc_map_extent(const struct alloc_map *map, ulong head)
{
	return head == there && head < nr_units ? nr_there : 0;
}

void alloc_map_hint_raise(ulong *word, uint shift)
{
	*word |= HINT_MASK << shift;
	*word ^= (HINT_MASK ^ HINT_UNKNOWN) << shift;
}

/* ---- a pool with a chunk ---- */

static bool is_sane(ulong start, ulong size)
{
	return size && start <= ULONG_MAX - (size - 1);
}

static void any_pool(void)
{
	ulong order = nondet_ulong(), virt = nondet_ulong(), size = nondet_ulong();

	/* More units are too many for a map: the proofs of sizes. */
	assume(order < BITS_PER_LONG && is_sane(virt, size) &&
	       size >> order <= LONG_MAX / 2);
	pool.min_alloc_order = order;
	pool.rows = &pool.row;
	pool.row.unused = LAST;
	pool.row.hints = nondet_ulong();
	pool.row.chunks[LAST] = &chunk;
	init_chunk(&chunk, &pool, virt, nondet_ulong(), size, NULL);
	nr_units = size >> order;
	chunk.map.nr_units = nr_units;
	there = nondet_ulong();
	nr_there = nondet_ulong();
	assume(!nr_there || fits(there, 0, nr_there, 0, 0));
	show(pool.min_alloc_order);
	show(virt);
	show(size);
}

/* The part of an address, or of a size, that is inside a unit. */
static ulong rest(ulong bytes)
{
	return bytes & ((1UL << pool.min_alloc_order) - 1);
}

static ulong addr_of(ulong unit)
{
	return chunk.start_addr + (unit << pool.min_alloc_order);
}

/* ---- bytes and units ---- */

PROOF(size_to_units, ulong size)
{
	any_pool();
	check(size_to_units(&pool, size) == (size >> pool.min_alloc_order) + !!rest(size));
	check(unit_size(&pool) == 1UL << pool.min_alloc_order);
}

HARD_PROOF(unit_to_addr, ulong unit)
{
	ulong addr, last;

	any_pool();
	assume(unit < nr_units);
	addr = unit_to_addr(&pool, &chunk, unit);
	last = addr + (unit_size(&pool) - 1);
	check(chunk.start_addr <= addr && addr <= last && last <= chunk.end_addr);
	check(addr_to_unit(&pool, &chunk, addr) == unit);
	check(addr_to_unit(&pool, &chunk, last) == unit);
}

HARD_PROOF(find_unit, ulong addr)
{
	ulong unit;

	any_pool();
	assume(chunk_has_addr(&chunk, addr));
	CALL(int, err, find_unit(&pool, &chunk, addr, &unit));
	check(err == (!rest(addr - chunk.start_addr) ? 0 :
		      unit < nr_units ? -EINVAL : -ERANGE));
	check(addr - rest(addr - chunk.start_addr) == addr_of(unit));
}

PROOF(range, ulong virt, ulong size, ulong addr)
{
	check(is_range(virt, size) == is_sane(virt, size));
	assume(is_range(virt, size));
	init_chunk(&chunk, &pool, virt, 0, size, NULL);
	check(chunk.start_addr <= chunk.end_addr);
	check(chunk_has_addr(&chunk, addr) == (addr >= virt && addr - virt < size));
}

PROOF(has_addr, ulong start, ulong size)
{
	any_pool();
	assume(size);
	CALL(bool, has, gen_pool_has_addr(&pool, start, size));
	check(has == (is_sane(start, size) && chunk_has_addr(&chunk, start) &&
		      chunk_has_addr(&chunk, start + (size - 1))));
}

PROOF(compare_range, ulong first, ulong last)
{
	struct addr_range range = { first, last };

	any_pool();
	assume(first <= last);
	CALL(int, side, compare_range(&range, &chunk.node));
	check((side < 0) == (last < chunk.start_addr));
	check((side > 0) == (first > chunk.end_addr));
}

/* ---- calls ---- */

/* Enough units, and none for a size of 0. */
HARD_PROOF(alloc, ulong size)
{
	any_pool();
	CALL(ulong, addr, gen_pool_alloc_algo_owner(&pool, size, gen_pool_first_fit,
						    NULL, NULL));
	check(!addr || (size && asked < nr_units && addr == addr_of(asked) &&
			nr_asked == size_to_units(&pool, size)));
}

PROOF(alloc_by_algo, ulong nr)
{
	any_pool();
	assume(nr);
	CALL(ulong, unit, alloc_by_algo(&pool, &chunk, nr, gen_pool_best_fit, NULL));
	check(unit == nr_units || (unit == asked && nr == nr_asked));
	check(unit < nr_units || nr > nr_there || nr > UINT_MAX);
}

/* Whatever an algorithm returns, no unit is claimed that is not in the map. */
PROOF(try_claim, ulong unit, uint nr)
{
	bool fit;

	any_pool();
	assume(nr);
	CALL(bool, done, try_claim(&chunk.map, unit, nr, &fit));
	check(done == fit && fit == fits(unit, 0, nr, 0, 0));
}

PROOF(newest_chunk, ulong nr)
{
	any_pool();
	CALL(void *, found, newest_chunk(&pool, nr));
	check(!found == (!nr || (pool.row.hints >> 8 * LAST & 0xff) < nr));
}

PROOF(free, ulong addr, ulong size)
{
	ulong off, unit;

	any_pool();
	off = addr - chunk.start_addr;
	unit = off >> pool.min_alloc_order;
	CALL(int, err, gen_pool_free_owner(&pool, addr, size, NULL));
	check(err == refused);
	check(err == (!chunk_has_addr(&chunk, addr) ? -ENXIO : unit >= nr_units ? -ERANGE :
		      rest(off) ? -EINVAL : 0));
	check(err || (asked == unit && nr_asked == size_to_units(&pool, size)));
}

HARD_PROOF(reserve, ulong addr, ulong size)
{
	ulong off;

	any_pool();
	off = addr - chunk.start_addr;
	CALL(int, err, gen_pool_reserve(&pool, addr, size));
	check(err == (!chunk_has_addr(&chunk, addr) ? -ENXIO : !size ? -EINVAL :
		      off >> pool.min_alloc_order >= nr_units ? -ERANGE :
		      rest(off) ? -EINVAL :
		      fits(off >> pool.min_alloc_order, 0, size_to_units(&pool, size), 0, 0) ?
		      0 : -ERANGE));
	check(err || (addr_of(asked) == addr && nr_asked == size_to_units(&pool, size)));
}

PROOF(split, ulong addr, ulong size)
{
	any_pool();
	CALL(int, err, gen_pool_split(&pool, addr, size));
	check(err == refused && (size || err));
	check(err || (nr_asked == size_to_units(&pool, size) && addr_of(asked) == addr));
}

HARD_PROOF(lookup, ulong addr, bool longer)
{
	ulong start, bytes;

	any_pool();
	was_longer = longer;
	assume(nr_there && chunk_has_addr(&chunk, addr));
	bytes = addr_to_unit(&pool, &chunk, addr) - there < nr_there ?
		nr_there << pool.min_alloc_order : 0;
	CALL(size_t, size, gen_pool_chunk_lookup(&chunk, addr, &start));
	check(size == bytes && (!bytes || start == addr_of(there)));
	check(gen_pool_alloc_size(&pool, addr) == (addr == addr_of(there) ? bytes : 0));
}

/* The last byte is in no other allocation, and in the chunk. */
HARD_PROOF(overrun, ulong addr, ulong size)
{
	ulong first, last;

	any_pool();
	assume(nr_there && size && chunk_has_addr(&chunk, addr));
	first = addr_to_unit(&pool, &chunk, addr) - there;
	last = addr_to_unit(&pool, &chunk, addr + (size - 1)) - there;
	CALL(bool, over, gen_pool_chunk_overrun(&chunk, addr, size));
	check(over == (first < nr_there &&
		       (size - 1 > chunk.end_addr - addr || last >= nr_there)));
}

/* A slot and a hint of its own for each chunk of a row. */
PROOF(place_chunk, ulong hints, uint unused, uint i)
{
	struct gen_pool_row row = { .hints = hints, .unused = unused };

	assume(unused && unused <= GEN_POOL_ROW_CHUNKS && i <= LAST);
	place_chunk(&row, &chunk);
	list_chunk(&row, &chunk);
	check(row.unused == unused - 1 && row.chunks[row.unused] == &chunk);
	check(chunk.map.hint == &row.hints && chunk.map.hint_shift == 8 * row.unused);
	check(BYTE(row.hints, i) == (i == row.unused ? HINT_UNKNOWN : BYTE(hints, i)));
}

/* ---- algorithms: they fit, and miss no unit that is there ---- */

PROOF(first_fit_align, ulong start, uint nr, int align)
{
	struct genpool_data_align data = { align };
	ulong mask = roundup_pow_of_two(max(align, 1)) - 1, base;

	any_pool();
	assume(nr && nr <= nr_units);
	base = chunk.start_addr - rest(chunk.start_addr);
	CALL(ulong, unit, gen_pool_first_fit_align(&chunk.map, nr_units, start, nr,
						   &data, &pool, chunk.start_addr));
	check(unit == nr_units ||
	      !((base + (unit << pool.min_alloc_order)) & mask));
	check(unit <= there || nr > nr_there || there < start ||
	      (base + (there << pool.min_alloc_order)) & mask);
}

PROOF(order_align, ulong start, uint nr, uint order)
{
	ulong mask;

	any_pool();
	assume(order < BITS_PER_LONG && nr && nr <= nr_units);
	mask = (1UL << order) - 1;
	assume(nr - 1 <= mask && (nr - 1 > mask / 2 || !mask));
	CALL(ulong, unit, gen_pool_first_fit_order_align(&chunk.map, nr_units, start, nr,
							 NULL, &pool, chunk.start_addr));
	check(unit == nr_units || !(unit & mask));
	check(unit <= there || nr > nr_there || there < start || there & mask);
}

PROOF(last_fit, uint nr)
{
	any_pool();
	assume(nr);
	CALL(ulong, unit, gen_pool_last_fit(&chunk.map, nr_units, 0, nr, NULL,
					    &pool, chunk.start_addr));
	check(unit == nr_units || fits(unit, 0, nr, 0, 0));
}

PROOF(virt_to_phys, ulong addr)
{
	phys_addr_t phys = -1;

	any_pool();
	if (chunk.phys_addr != phys &&
	    addr - chunk.start_addr <= chunk.end_addr - chunk.start_addr)
		phys = chunk.phys_addr + (addr - chunk.start_addr);
	check(gen_pool_virt_to_phys(&pool, addr) == phys);
}

/* The last byte, too, is below; and a place that would do is not refused. */
HARD_PROOF(first_fit_below, ulong start, uint nr, phys_addr_t last)
{
	struct genpool_data_below below = { last };
	phys_addr_t phys;
	size_t size;

	any_pool();
	assume(nr && nr <= nr_units);
	phys = chunk.phys_addr;
	size = units_to_size(&pool, nr);
	CALL(ulong, unit, gen_pool_first_fit_below(&chunk.map, nr_units, start, nr,
						   &below, &pool, chunk.start_addr));
	check(unit == nr_units || phys <= last);
	check(unit == nr_units ||
	      units_to_size(&pool, unit) + size - 1 <= last - phys);
	assume(start <= there && nr <= nr_there && phys <= last && phys != -1);
	check(unit < nr_units ||
	      units_to_size(&pool, there) + size - 1 > last - phys);
}

PROOF(fixed_alloc, ulong offset, uint nr)
{
	struct genpool_data_fixed fixed = { offset };
	ulong unit;

	any_pool();
	unit = offset >> pool.min_alloc_order;
	may_warn = rest(offset);
	assume(nr);
	CALL(ulong, ret, gen_pool_fixed_alloc(&chunk.map, nr_units, 0, nr, &fixed,
					      &pool, chunk.start_addr));
	check(ret == (!rest(offset) && unit == there && nr <= nr_there ? there : nr_units));
}
