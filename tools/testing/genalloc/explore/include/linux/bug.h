/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _EXPLORE_LINUX_BUG_H
#define _EXPLORE_LINUX_BUG_H

#include <stdbool.h>

void wrong(const char *what);

#define WARN_ON_ONCE(cond) ({						\
	bool warn_ = (cond);						\
	if (warn_)							\
		wrong("WARN_ON_ONCE(" #cond ")");			\
	warn_;								\
})

#endif /* _EXPLORE_LINUX_BUG_H */
