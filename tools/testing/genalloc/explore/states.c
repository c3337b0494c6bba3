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
#include "states.h"

enum { SLOTS = 1 << 22 };

static __u64 seen[SLOTS];
static struct states states;

static __u64 mix(__u64 hash, __u64 value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 32;
}

static __u64 mix_thread(__u64 hash, const struct thread *thread)
{
	hash = mix(hash, thread->done);
	if (thread->done)
		return hash;

	hash = mix(hash, thread->call.kind);
	hash = mix(hash, thread->call.start);
	hash = mix(hash, thread->next.kind);
	hash = mix(hash, thread->next.word - the_map()->words);
	hash = mix(hash, thread->next.old);
	return mix(hash, thread->next.new);
}

/* In whatever order the ghost has them. */
static __u64 live_hash(void)
{
	const struct live *live;
	__u64 hash = 0;

	for (live = shared.live; live < shared.live + MAX_LIVE; live++)
		if (live->nr)
			hash += mix(mix(mix(1, live->start), live->nr),
				    live->gone);
	return hash;
}

static __u64 state_hash(void)
{
	__u64 hash = live_hash();
	unsigned int i;

	for (i = 0; i < nr_words_and_hints(); i++)
		hash = mix(hash, the_map()->words[i]);
	for (i = 0; i < nr_threads; i++)
		hash = mix_thread(hash, &threads[i]);
	return hash ?: 1;
}

void note_state(void)
{
	__u64 hash = state_hash();
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

/* What was noted since the last time. */
struct states take_states(void)
{
	struct states taken = states;

	memset(seen, 0, sizeof(seen));
	states = (struct states) {};
	return taken;
}
