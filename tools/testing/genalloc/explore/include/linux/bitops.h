/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _EXPLORE_LINUX_BITOPS_H
#define _EXPLORE_LINUX_BITOPS_H

#include <linux/bits.h>

#define __ffs(word)		((unsigned long)__builtin_ctzl(word))
#define __fls(word)		(BITS_PER_LONG - 1UL - __builtin_clzl(word))
#define hweight_long(word)	((unsigned long)__builtin_popcountl(word))

#endif /* _EXPLORE_LINUX_BITOPS_H */
