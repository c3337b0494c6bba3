/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _EXPLORE_LINUX_BUILD_BUG_H
#define _EXPLORE_LINUX_BUILD_BUG_H

#define static_assert(cond)	_Static_assert(cond, #cond)

#endif /* _EXPLORE_LINUX_BUILD_BUG_H */
