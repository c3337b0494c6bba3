// SPDX-License-Identifier: GPL-2.0-only
/* See model.h.  Speed is no concern, and cleverness would be out of place. */

#include "model.h"

/* ---- rows of units ---- */

enum alloc_map_state row_state(const struct row *row, unsigned long unit)
{
	if (!row->owner[unit])
		return ALLOC_MAP_FREE;
	if (!unit || row->owner[unit - 1] != row->owner[unit])
		return row->retired ? ALLOC_MAP_BUSY : ALLOC_MAP_HEAD;
	return ALLOC_MAP_BODY;
}

static unsigned long row_word(const struct row *row, unsigned long start)
{
	unsigned long word = 0, state;
	unsigned int i;

	for (i = 0; i < ALLOC_MAP_UNITS_PER_WORD; i++) {
		state = ALLOC_MAP_HEAD;
		if (start + i < row->nr)
			state = row_state(row, start + i);
		word |= state << 2 * i;
	}
	return word;
}

bool row_matches(const struct row *row, const struct alloc_map *map)
{
	unsigned long unit;

	if (map->nr_units != row->nr)
		return false;
	for (unit = 0; unit <= row->nr; unit += ALLOC_MAP_UNITS_PER_WORD)
		if (map->words[unit / ALLOC_MAP_UNITS_PER_WORD] !=
		    row_word(row, unit))
			return false;
	return true;
}

bool row_is_free(const struct row *row, unsigned long start, unsigned long nr)
{
	unsigned long i;

	if (!nr || start >= row->nr || nr > row->nr - start)
		return false;
	for (i = 0; i < nr; i++)
		if (row->owner[start + i])
			return false;
	return true;
}

unsigned long row_find(const struct row *row, unsigned long start,
		       unsigned long nr, unsigned long align_mask,
		       unsigned long align_offset)
{
	unsigned long unit;

	for (unit = start; unit < row->nr; unit++)
		if (!((unit + align_offset) & align_mask) &&
		    row_is_free(row, unit, nr))
			return unit;
	return row->nr;
}

unsigned long row_free_end(const struct row *row, unsigned long unit)
{
	while (unit < row->nr && !row->owner[unit])
		unit++;
	return unit;
}

/* The lowest of the shortest runs of free units that are long enough. */
unsigned long row_best(const struct row *row, unsigned long nr)
{
	unsigned long best = row->nr, best_len = ULONG_MAX, unit, len;

	for (unit = 0; unit < row->nr; unit++) {
		if (unit && !row->owner[unit - 1])
			continue;
		len = row_free_end(row, unit) - unit;
		if (len >= nr && len < best_len) {
			best = unit;
			best_len = len;
		}
	}
	return best;
}

unsigned long row_head(const struct row *row, unsigned long unit)
{
	if (!row->owner[unit])
		return row->nr;
	while (row_state(row, unit) == ALLOC_MAP_BODY)
		unit--;
	return unit;
}

unsigned long row_extent(const struct row *row, unsigned long head)
{
	unsigned long end;

	if (head >= row->nr || row_state(row, head) != ALLOC_MAP_HEAD)
		return 0;
	for (end = head + 1; end < row->nr; end++)
		if (row->owner[end] != row->owner[head])
			break;
	return end - head;
}

unsigned long row_next(const struct row *row, unsigned long unit)
{
	while (unit < row->nr && row_state(row, unit) != ALLOC_MAP_HEAD)
		unit++;
	return unit;
}

unsigned long row_nr_free(const struct row *row)
{
	unsigned long unit, nr = 0;

	for (unit = 0; unit < row->nr; unit++)
		nr += !row->owner[unit];
	return nr;
}

unsigned long row_nr_allocs(const struct row *row)
{
	unsigned long unit, nr = 0;

	for (unit = 0; unit < row->nr; unit++)
		nr += row_state(row, unit) == ALLOC_MAP_HEAD;
	return nr;
}

static void row_set(struct row *row, unsigned long start, unsigned long nr,
		    u32 owner)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		row->owner[start + i] = owner;
}

bool row_claim(struct row *row, unsigned long start, unsigned long nr)
{
	if (!row_is_free(row, start, nr))
		return false;
	row_set(row, start, nr, ++row->last);
	return true;
}

bool row_claim_all(struct row *row)
{
	if (row->nr && !row_claim(row, 0, row->nr))
		return false;
	row->retired = row->nr;
	return true;
}

static int row_error(const struct row *row, unsigned long head)
{
	if (!row->owner[head])
		return -ENOENT;
	if (row_state(row, head) == ALLOC_MAP_BUSY)
		return -EBUSY;
	return row_state(row, head) == ALLOC_MAP_HEAD ? 0 : -EINVAL;
}

int row_release(struct row *row, unsigned long head, unsigned long nr,
		unsigned long *extent)
{
	int err;

	*extent = 0;
	if (head >= row->nr)
		return -ERANGE;
	err = row_error(row, head);
	if (err)
		return err;
	*extent = row_extent(row, head);
	if (nr && nr != *extent)
		return -EMSGSIZE;
	row_set(row, head, *extent, 0);
	return 0;
}

int row_split(struct row *row, unsigned long head, unsigned long piece)
{
	unsigned long nr, at;
	int err;

	if (head >= row->nr)
		return -ERANGE;
	err = piece ? row_error(row, head) : -EINVAL;
	if (err)
		return err;

	nr = row_extent(row, head);
	for (at = 0; at < nr; at++) {
		if (at % piece == 0)
			row->last++;
		row->owner[head + at] = row->last;
	}
	return 0;
}

int row_trim(struct row *row, unsigned long head, unsigned long keep)
{
	unsigned long nr;
	int err;

	if (head >= row->nr)
		return -ERANGE;
	err = keep ? row_error(row, head) : -EINVAL;
	if (err)
		return err;

	nr = row_extent(row, head);
	if (keep > nr)
		return -EMSGSIZE;
	row_set(row, head + keep, nr - keep, 0);
	return 0;
}

/* ---- pools ---- */

static unsigned long unit_of(const struct mpool *pool)
{
	return 1UL << pool->order;
}

void mpool_refuse(struct mpool *pool)
{
	if (!pool->refused++)
		pool->warnings++;
}

unsigned long to_units(const struct mpool *pool, size_t size)
{
	return size / unit_of(pool) + (size % unit_of(pool) != 0);
}

struct mchunk *find_mchunk(const struct mpool *pool, unsigned long addr)
{
	unsigned int i;

	for (i = 0; i < pool->nr_chunks; i++)
		if (addr >= pool->chunks[i]->start &&
		    addr <= pool->chunks[i]->last)
			return pool->chunks[i];
	return NULL;
}

bool mpool_overlaps(const struct mpool *pool, unsigned long start,
		    unsigned long last)
{
	unsigned int i;

	for (i = 0; i < pool->nr_chunks; i++)
		if (start <= pool->chunks[i]->last &&
		    pool->chunks[i]->start <= last)
			return true;
	return false;
}

static unsigned long power_of_two(unsigned long least)
{
	unsigned long power = 1;

	while (power < least)
		power *= 2;
	return power;
}

/* Aligned addresses, as if the chunk began at a multiple of a unit. */
static unsigned long place_align(const struct mpool *pool,
				 const struct mchunk *chunk, unsigned long nr,
				 int align)
{
	unsigned long power = power_of_two(align > 1 ? align : 1);
	unsigned long base = chunk->start / unit_of(pool) * unit_of(pool);
	unsigned long unit;

	for (unit = 0; unit < chunk->row.nr; unit++)
		if ((power <= unit_of(pool) ||
		     (base + unit * unit_of(pool)) % power == 0) &&
		    row_is_free(&chunk->row, unit, nr))
			return unit;
	return chunk->row.nr;
}

static unsigned long place_fixed(struct mpool *pool, const struct mchunk *chunk,
				 unsigned long nr, unsigned long offset)
{
	unsigned long unit = offset / unit_of(pool);

	if (offset % unit_of(pool)) {
		pool->warnings++;
		return chunk->row.nr;
	}
	return row_is_free(&chunk->row, unit, nr) ? unit : chunk->row.nr;
}

static unsigned long place(struct mpool *pool, const struct mchunk *chunk,
			   unsigned long nr, enum algo algo, const void *data)
{
	const struct genpool_data_align *align = data;
	const struct genpool_data_fixed *fixed = data;

	switch (algo) {
	case ALIGN:
		return place_align(pool, chunk, nr, align->align);
	case ORDER_ALIGN:
		return row_find(&chunk->row, 0, nr, power_of_two(nr) - 1, 0);
	case BEST:
		return row_best(&chunk->row, nr);
	case FIXED:
		return place_fixed(pool, chunk, nr, fixed->offset);
	case OUT_OF_RANGE:
		return chunk->row.nr;
	default:
		return row_find(&chunk->row, 0, nr, 0, 0);
	}
}

unsigned long mpool_alloc(struct mpool *pool, size_t size, enum algo algo,
			  const void *data, struct mchunk **chunk)
{
	unsigned long nr = to_units(pool, size), unit;
	unsigned int i;

	*chunk = NULL;
	if (!size || nr > UINT_MAX)
		return 0;

	for (i = pool->nr_chunks; i-- > 0;) {
		if (nr > pool->chunks[i]->row.nr)
			continue;
		unit = place(pool, pool->chunks[i], nr, algo, data);
		if (!row_claim(&pool->chunks[i]->row, unit, nr))
			continue;
		*chunk = pool->chunks[i];
		return (*chunk)->start + unit * unit_of(pool);
	}
	return 0;
}

/* The unit that begins at @addr, as the library finds it. */
static int find_unit(const struct mpool *pool, unsigned long addr,
		     struct mchunk **chunk, unsigned long *unit)
{
	*chunk = find_mchunk(pool, addr);
	if (!*chunk)
		return -ENXIO;
	*unit = (addr - (*chunk)->start) / unit_of(pool);
	if (*unit >= (*chunk)->row.nr)
		return -ERANGE;
	return (addr - (*chunk)->start) % unit_of(pool) ? -EINVAL : 0;
}

int mpool_free(struct mpool *pool, unsigned long addr, size_t size)
{
	unsigned long unit, extent;
	struct mchunk *chunk;
	int err = find_unit(pool, addr, &chunk, &unit);

	if (!err)
		err = row_release(&chunk->row, unit, to_units(pool, size),
				  &extent);
	if (err)
		mpool_refuse(pool);
	return err;
}

int mpool_split(struct mpool *pool, unsigned long addr, size_t size)
{
	struct mchunk *chunk;
	unsigned long unit;
	int err = size ? find_unit(pool, addr, &chunk, &unit) : -EDOM;

	if (!err)
		err = row_split(&chunk->row, unit, to_units(pool, size));
	if (err)
		mpool_refuse(pool);
	return err;
}

size_t mpool_alloc_size(const struct mpool *pool, unsigned long addr)
{
	struct mchunk *chunk = find_mchunk(pool, addr);

	if (!chunk || (addr - chunk->start) % unit_of(pool))
		return 0;
	return row_extent(&chunk->row,
			  (addr - chunk->start) / unit_of(pool)) * unit_of(pool);
}

size_t mpool_avail(const struct mpool *pool)
{
	unsigned long nr = 0;
	unsigned int i;

	for (i = 0; i < pool->nr_chunks; i++)
		nr += row_nr_free(&pool->chunks[i]->row);
	return nr * unit_of(pool);
}

size_t mpool_size(const struct mpool *pool)
{
	unsigned long nr = 0;
	unsigned int i;

	for (i = 0; i < pool->nr_chunks; i++)
		nr += pool->chunks[i]->row.nr;
	return nr * unit_of(pool);
}

unsigned long mpool_nr_allocs(const struct mpool *pool)
{
	unsigned long nr = 0;
	unsigned int i;

	for (i = 0; i < pool->nr_chunks; i++)
		nr += row_nr_allocs(&pool->chunks[i]->row);
	return nr;
}
