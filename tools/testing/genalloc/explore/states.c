// SPDX-License-Identifier: GPL-2.0-only
/*
 * Count different states: the map, the ghost, and for each thread the call it
 * is in and the access it is about to make.  That is less than all of a
 * thread's state, but enough to tell whether two searches saw the same.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

enum { SLOTS = 1 << 22 };

static u64 seen[SLOTS];
static struct states states;

static u64 mix(u64 hash, u64 value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 32;
}

static u64 mix_thread(u64 hash, const struct thread *thread)
{
	hash = mix(hash, thread->done);
	if (thread->done)
		return hash;

	hash = mix(hash, thread->call.kind);
	hash = mix(hash, thread->call.start);
	hash = mix(hash, thread->next.kind);
	hash = mix(hash, thread->next.word - first_word());
	hash = mix(hash, thread->next.old);
	return mix(hash, thread->next.new);
}

/* In whatever order the ghost has them. */
static u64 live_hash(void)
{
	const struct live *live;
	u64 hash = 0;

	for (live = shared.live; live < shared.live + MAX_LIVE; live++)
		if (live->nr)
			hash += mix(mix(mix(1, live->start), live->nr),
				    live->gone);
	return hash;
}

static u64 state_hash(void)
{
	u64 hash = live_hash();
	const unsigned long *word;
	unsigned int i;

	for (word = first_word(); word < end_of_words(); word++)
		hash = mix(hash, *word);
	for (i = 0; i < nr_threads; i++)
		hash = mix_thread(hash, &threads[i]);
	return hash ?: 1;
}

void note_state(void)
{
	u64 hash = state_hash();
	unsigned long slot = hash % SLOTS;

	for (; seen[slot]; slot = (slot + 1) % SLOTS)
		if (seen[slot] == hash)
			return;

	seen[slot] = hash;
	states.sum += hash;
	if (++states.nr > SLOTS / 2) {
		fprintf(stderr, "explore: too many states to count\n");
		exit(2);
	}
}

/* The states noted since the last call. */
struct states take_states(void)
{
	struct states taken = states;

	memset(seen, 0, sizeof(seen));
	states = (struct states) {};
	return taken;
}
