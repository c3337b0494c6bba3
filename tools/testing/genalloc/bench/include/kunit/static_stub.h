/* SPDX-License-Identifier: GPL-2.0-only */
/* As in a kernel without KUnit. */
#define KUNIT_STATIC_STUB_REDIRECT(real, args...) do { } while (0)
