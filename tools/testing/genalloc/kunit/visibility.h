/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KUNIT_VISIBILITY_H
#define _KUNIT_VISIBILITY_H

#define VISIBLE_IF_KUNIT

#endif /* _KUNIT_VISIBILITY_H */
