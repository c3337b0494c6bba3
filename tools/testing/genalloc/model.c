// SPDX-License-Identifier: GPL-2.0-only
/* See model.h.  Speed is no concern, and cleverness would be out of place. */

#include "model.h"

static unsigned long unit_of(const struct mpool *pool)
{
	return 1UL << pool->order;
}

unsigned long model_find_last(const struct map_model *m, unsigned long nr)
{
	unsigned long unit;

	for (unit = m->nr; unit-- > 0;)
		if (model_is_free(m, unit, nr))
			return unit;
	return m->nr;
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
		    model_is_free(&chunk->row, unit, nr))
			return unit;
	return chunk->row.nr;
}

static unsigned long place_fixed(struct mpool *pool, const struct mchunk *chunk,
				 unsigned long nr, unsigned long offset)
{
	unsigned long unit = offset / unit_of(pool);

	/* A chunk that is known to have no room is not asked. */
	if (offset % unit_of(pool)) {
		pool->maybe++;
		return chunk->row.nr;
	}
	return model_is_free(&chunk->row, unit, nr) ? unit : chunk->row.nr;
}

static unsigned long place_below(const struct mpool *pool,
				 const struct mchunk *chunk, unsigned long nr,
				 phys_addr_t last)
{
	unsigned long unit = model_find(&chunk->row, 0, nr, 0, 0);
	unsigned long i;

	/* Byte by byte would be plainer, and slower than need be. */
	for (i = 1; i <= nr && unit < chunk->row.nr; i++)
		if (chunk->phys == (phys_addr_t)-1 ||
		    chunk->phys + (unit + i) * unit_of(pool) - 1 > last)
			return chunk->row.nr;
	return unit;
}

static unsigned long place(struct mpool *pool, const struct mchunk *chunk,
			   unsigned long nr, enum algo algo, const void *data)
{
	const struct genpool_data_align *align = data;
	const struct genpool_data_fixed *fixed = data;
	const struct genpool_data_below *below = data;

	switch (algo) {
	case ALIGN:
		return place_align(pool, chunk, nr, align->align);
	case ORDER_ALIGN:
		return model_find(&chunk->row, 0, nr, power_of_two(nr) - 1, 0);
	case BEST:
	case BEST_ALL:
		return model_find_best(&chunk->row, 0, nr);
	case FIXED:
		return place_fixed(pool, chunk, nr, fixed->offset);
	case LAST:
		return model_find_last(&chunk->row, nr);
	case BELOW:
		return place_below(pool, chunk, nr, below->last);
	case OUT_OF_RANGE:
		return chunk->row.nr;
	default:
		return model_find(&chunk->row, 0, nr, 0, 0);
	}
}

/* How well @unit of @chunk does: the lower the better. */
static unsigned long cost(const struct mchunk *chunk, unsigned long unit,
			  enum algo algo)
{
	return algo == BEST_ALL ? model_free_end(&chunk->row, unit) - unit : 0;
}

static unsigned long mpool_failed(struct mpool *pool, size_t size)
{
	pool->nr_failed++;
	pool->max_failed = max(pool->max_failed, size);
	return 0;
}

static void raise_peak(struct mpool *pool)
{
	pool->peak = max(pool->peak, mpool_size(pool) - mpool_avail(pool));
}

unsigned long mpool_alloc(struct mpool *pool, size_t size, enum algo algo,
			  const void *data, struct mchunk **chunk)
{
	unsigned long nr = to_units(pool, size), unit, best = 0;
	unsigned long least = ULONG_MAX;
	unsigned int i;

	*chunk = NULL;
	if (!size)
		return 0;
	if (nr > UINT_MAX)
		return mpool_failed(pool, size);

	for (i = pool->nr_chunks; i-- > 0;) {
		if (nr > pool->chunks[i]->row.nr)
			continue;
		unit = place(pool, pool->chunks[i], nr, algo, data);
		if (!model_is_free(&pool->chunks[i]->row, unit, nr) ||
		    cost(pool->chunks[i], unit, algo) >= least)
			continue;
		least = cost(pool->chunks[i], unit, algo);
		*chunk = pool->chunks[i];
		best = unit;
	}
	if (!*chunk)
		return mpool_failed(pool, size);
	model_claim(&(*chunk)->row, best, nr);
	best = (*chunk)->start + best * unit_of(pool);
	/* An allocation at address 0 counts as one that failed, here only. */
	if (best)
		raise_peak(pool);
	return best;
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

int mpool_reserve(struct mpool *pool, unsigned long addr, size_t size)
{
	unsigned long nr = to_units(pool, size), unit;
	struct mchunk *chunk;
	int err = find_unit(pool, addr, &chunk, &unit);

	if (err != -ENXIO && !size)
		return -EINVAL;
	if (err)
		return err;
	if (nr > chunk->row.nr - unit)
		return -ERANGE;
	if (!model_claim(&chunk->row, unit, nr))
		return -EBUSY;
	raise_peak(pool);
	return 0;
}

int mpool_free(struct mpool *pool, unsigned long addr, size_t size)
{
	struct mchunk *chunk;
	unsigned long unit;
	long err = find_unit(pool, addr, &chunk, &unit);

	if (!err)
		err = model_release(&chunk->row, unit, to_units(pool, size));
	if (err < 0)
		mpool_refuse(pool);
	return min(err, 0L);
}

int mpool_split(struct mpool *pool, unsigned long addr, size_t size)
{
	struct mchunk *chunk;
	unsigned long unit;
	int err = find_unit(pool, addr, &chunk, &unit);

	if (!size && err != -ENXIO)
		err = -EDOM;
	if (!err)
		err = model_split(&chunk->row, unit, to_units(pool, size));
	if (err)
		mpool_refuse(pool);
	return err;
}

size_t mpool_alloc_size(const struct mpool *pool, unsigned long addr)
{
	struct mchunk *chunk = find_mchunk(pool, addr);

	if (!chunk || (addr - chunk->start) % unit_of(pool))
		return 0;
	return model_extent(&chunk->row,
			  (addr - chunk->start) / unit_of(pool)) * unit_of(pool);
}

size_t mpool_avail(const struct mpool *pool)
{
	unsigned long nr = 0;
	unsigned int i;

	for (i = 0; i < pool->nr_chunks; i++)
		nr += model_nr_free(&pool->chunks[i]->row);
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

size_t mpool_largest_free(const struct mpool *pool)
{
	unsigned long nr = 0;
	unsigned int i;

	for (i = 0; i < pool->nr_chunks; i++)
		nr = max(nr, model_longest(&pool->chunks[i]->row));
	return nr * unit_of(pool);
}

unsigned long mpool_nr_allocs(const struct mpool *pool)
{
	unsigned long nr = 0;
	unsigned int i;

	for (i = 0; i < pool->nr_chunks; i++)
		nr += model_count(&pool->chunks[i]->row, ALLOC_MAP_HEAD);
	return nr;
}
