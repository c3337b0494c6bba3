/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _EXPLORE_LINUX_TYPES_H
#define _EXPLORE_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#ifndef __always_inline
#define __always_inline	inline __attribute__((always_inline))
#endif

#endif /* _EXPLORE_LINUX_TYPES_H */
