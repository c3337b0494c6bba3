/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _EXPLORE_LINUX_BITS_H
#define _EXPLORE_LINUX_BITS_H

#define BITS_PER_LONG	(8 * (int)sizeof(long))
#define BIT(nr)		(1UL << (nr))

#endif /* _EXPLORE_LINUX_BITS_H */
