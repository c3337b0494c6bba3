/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that a test puts another in place of, while it runs.
 */

#ifndef _KUNIT_STATIC_STUB_H
#define _KUNIT_STATIC_STUB_H

#include <shim.h>

struct kunit;

/* The replacement of @real, NULL if there is none. */
void *shim_stub_of(void *real);
void shim_set_stub(struct kunit *test, void *real, void *replacement);

#define KUNIT_STATIC_STUB_REDIRECT(real, args...) do {			\
	typeof(&(real)) stub_ = shim_stub_of(real);			\
									\
	if (stub_)							\
		return stub_(args);					\
} while (0)

#define kunit_activate_static_stub(test, real, replacement) do {	\
	typeof(&(real)) same_type_ = (replacement);			\
									\
	shim_set_stub(test, real, same_type_);				\
} while (0)

#endif /* _KUNIT_STATIC_STUB_H */
