/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _EXPLORE_LINUX_MINMAX_H
#define _EXPLORE_LINUX_MINMAX_H

#define min(a, b)	((a) < (b) ? (a) : (b))
#define max(a, b)	((a) > (b) ? (a) : (b))

#endif /* _EXPLORE_LINUX_MINMAX_H */
