/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef STATES_H
#define STATES_H

#include <linux/types.h>

/**
 * struct states - a set of states
 * @nr: how many
 * @sum: sum of their hashes
 */
struct states {
	unsigned long nr;
	__u64 sum;
};

void note_state(void);
struct states take_states(void);

#endif /* STATES_H */
