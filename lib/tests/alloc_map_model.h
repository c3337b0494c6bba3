/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a map of allocations should do, in the plainest way there is: a byte
 * for the state of each unit.  Speed is no concern, and cleverness would be out
 * of place.  The functions are those of linux/alloc_map.h.
 */

#ifndef _ALLOC_MAP_MODEL_H
#define _ALLOC_MAP_MODEL_H

#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "../lib/alloc_map.h"

struct map_model {
	unsigned long nr;
	u8 *state;
	bool retired;
};

/* The bits of a unit, by a decoder that is not the one under test. */
static inline unsigned int decoded_state(const struct alloc_map *map,
					 unsigned long unit)
{
	return READ_ONCE(map->words[unit / ALLOC_MAP_UNITS_PER_WORD]) >>
	       unit % ALLOC_MAP_UNITS_PER_WORD * 2 & 3;
}

/*
 * The first unit that is not as it should be in @map, where that of the model
 * begins at @base; beyond the model, at a unit behind the end of the map;
 * ULONG_MAX if there is none.
 */
static inline unsigned long model_difference(const struct map_model *m,
					     const struct alloc_map *map,
					     unsigned long base)
{
	unsigned long unit;

	for (unit = 0; unit < m->nr; unit++)
		if (decoded_state(map, base + unit) != m->state[unit])
			return unit;
	if (base + unit < map->nr_units)
		return ULONG_MAX;
	do {
		if (decoded_state(map, base + unit) != ALLOC_MAP_HEAD)
			return unit;
	} while ((base + ++unit) % ALLOC_MAP_UNITS_PER_WORD);
	return ULONG_MAX;
}

static inline unsigned long model_free_end(const struct map_model *m,
					   unsigned long unit)
{
	while (unit < m->nr && m->state[unit] == ALLOC_MAP_FREE)
		unit++;
	return unit;
}

static inline bool model_is_free(const struct map_model *m,
				 unsigned long start, unsigned long nr)
{
	return nr && start < m->nr && nr <= m->nr - start &&
	       !memchr_inv(m->state + start, ALLOC_MAP_FREE, nr);
}

static inline unsigned long model_find(const struct map_model *m,
				       unsigned long start, unsigned long nr,
				       unsigned long align_mask,
				       unsigned long align_offset)
{
	unsigned long unit;

	for (unit = start; unit < m->nr; unit++)
		if (!((unit + align_offset) & align_mask) &&
		    model_is_free(m, unit, nr))
			return unit;
	return m->nr;
}

/* The lowest of the shortest runs that are long enough. */
static inline unsigned long model_find_best(const struct map_model *m,
					    unsigned long start,
					    unsigned long nr)
{
	unsigned long unit, end, best = m->nr, len = ULONG_MAX;

	for (unit = start; unit < m->nr; unit = end + 1) {
		end = model_free_end(m, unit);
		if (nr && end - unit >= nr && end - unit < len) {
			best = unit;
			len = end - unit;
		}
	}
	return best;
}

static inline unsigned long model_longest(const struct map_model *m)
{
	unsigned long unit, end, len = 0;

	for (unit = 0; unit < m->nr; unit = end + 1) {
		end = model_free_end(m, unit);
		len = max(len, end - unit);
	}
	return len;
}

static inline unsigned long model_head(const struct map_model *m,
				       unsigned long unit)
{
	if (m->state[unit] == ALLOC_MAP_FREE)
		return m->nr;
	while (m->state[unit] == ALLOC_MAP_BODY)
		unit--;
	return unit;
}

static inline unsigned long model_bodies_end(const struct map_model *m,
					     unsigned long unit)
{
	while (unit < m->nr && m->state[unit] == ALLOC_MAP_BODY)
		unit++;
	return unit;
}

static inline unsigned long model_extent(const struct map_model *m,
					 unsigned long head)
{
	if (head >= m->nr || m->state[head] != ALLOC_MAP_HEAD)
		return 0;
	return model_bodies_end(m, head + 1) - head;
}

static inline unsigned long model_next(const struct map_model *m,
				       unsigned long unit)
{
	while (unit < m->nr && m->state[unit] != ALLOC_MAP_HEAD)
		unit++;
	return unit;
}

static inline unsigned long model_count(const struct map_model *m,
					enum alloc_map_state state)
{
	unsigned long unit, nr = 0;

	for (unit = 0; unit < m->nr; unit++)
		nr += m->state[unit] == state;
	return nr;
}

/* A busy head counts as free: it is in flight. */
static inline unsigned long model_nr_free(const struct map_model *m)
{
	return model_count(m, ALLOC_MAP_FREE) + model_count(m, ALLOC_MAP_BUSY);
}

/* ---- changes ---- */

static inline void model_put(struct map_model *m, unsigned long start,
			     unsigned long nr, enum alloc_map_state first)
{
	memset(m->state + start, ALLOC_MAP_BODY, nr);
	m->state[start] = first;
}

static inline bool model_claim(struct map_model *m, unsigned long start,
			       unsigned long nr)
{
	if (!model_is_free(m, start, nr))
		return false;
	model_put(m, start, nr, ALLOC_MAP_HEAD);
	return true;
}

/* Each word becomes an allocation that stays busy. */
static inline bool model_retire(struct map_model *m)
{
	unsigned long unit, step = ALLOC_MAP_UNITS_PER_WORD;

	if (m->retired || (m->nr && !model_is_free(m, 0, m->nr)))
		return false;
	for (unit = 0; unit < m->nr; unit += step)
		model_put(m, unit, min(step, m->nr - unit), ALLOC_MAP_BUSY);
	m->retired = true;
	return true;
}

/* What a free and a split have to say to @head. */
static inline int model_refusal(const struct map_model *m, unsigned long head,
				bool sensible)
{
	static const int refusals[] = {
		[ALLOC_MAP_FREE] = -ENOENT, [ALLOC_MAP_BUSY] = -EBUSY,
		[ALLOC_MAP_BODY] = -EINVAL, [ALLOC_MAP_HEAD] = 0,
	};

	if (head >= m->nr)
		return -ERANGE;
	return sensible ? refusals[m->state[head]] : -EINVAL;
}

static inline long model_release(struct map_model *m, unsigned long head,
				 unsigned long nr)
{
	unsigned long extent = model_extent(m, head);
	int err = model_refusal(m, head, true);

	if (err)
		return err;
	if (nr && nr != extent)
		return -EMSGSIZE;
	memset(m->state + head, ALLOC_MAP_FREE, extent);
	return extent;
}

static inline int model_split(struct map_model *m, unsigned long head,
			      unsigned long piece)
{
	unsigned long i, nr = model_extent(m, head);
	int err = model_refusal(m, head, piece);

	for (i = 0; i < nr && !err; i++)
		m->state[head + i] = i % piece ? ALLOC_MAP_BODY : ALLOC_MAP_HEAD;
	return err;
}

#endif /* _ALLOC_MAP_MODEL_H */
