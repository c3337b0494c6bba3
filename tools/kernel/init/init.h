/* SPDX-License-Identifier: GPL-2.0 */
#ifndef INIT_H
#define INIT_H

/* One line of the kernel's log. One that begins with FAIL fails the run. */
__attribute__((format(printf, 1, 2)))
void say(const char *fmt, ...);

/* DEVICE is its directory in /sys. */
void use_p2pmem(const char *device);

#endif
