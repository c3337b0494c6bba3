/* SPDX-License-Identifier: GPL-2.0-only */
/* In place of ../include/custom.h: a warning is a violation. */
#ifndef EXPLORE_CUSTOM_H
#define EXPLORE_CUSTOM_H

void wrong(const char *what);

#define WARN_ON_ONCE(cond) ({						\
	bool warn_ = (cond);						\
									\
	if (warn_)							\
		wrong("WARN_ON_ONCE(" #cond ")");			\
	warn_;								\
})

#endif /* EXPLORE_CUSTOM_H */
