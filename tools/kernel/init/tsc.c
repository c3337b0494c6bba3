// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints how fast the time stamp counter of a machine emulated by QEMU is here,
 * in kHz: as fast as that of the host, 1 GHz on one that has none. The emulated
 * machine would measure it itself, but on a busy host comes out at a tenth of
 * it, and then all that is to take a minute takes six seconds.
 */

#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <time.h>

static uint64_t nsecs(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static uint64_t ticks(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return __builtin_ia32_rdtsc();
#else
	return nsecs();
#endif
}

int main(void)
{
	const struct timespec second = { .tv_sec = 1 };
	uint64_t nsec = nsecs(), tick = ticks();

	nanosleep(&second, NULL);
	tick = ticks() - tick;
	nsec = nsecs() - nsec;
	printf("%.0f\n", tick * 1e6 / nsec);
	return 0;
}
