/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _EXPLORE_LINUX_OVERFLOW_H
#define _EXPLORE_LINUX_OVERFLOW_H

/* No map here is large enough to overflow. */
#define struct_size(p, member, count) \
	(sizeof(*(p)) + sizeof((p)->member[0]) * (count))

#endif /* _EXPLORE_LINUX_OVERFLOW_H */
