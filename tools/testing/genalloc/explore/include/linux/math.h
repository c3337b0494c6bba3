/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _EXPLORE_LINUX_MATH_H
#define _EXPLORE_LINUX_MATH_H

#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define round_down(x, to)	((x) & ~((to) - 1UL))

#endif /* _EXPLORE_LINUX_MATH_H */
