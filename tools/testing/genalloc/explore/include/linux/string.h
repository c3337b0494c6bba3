/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _EXPLORE_LINUX_STRING_H
#define _EXPLORE_LINUX_STRING_H

#include_next <string.h>

#endif /* _EXPLORE_LINUX_STRING_H */
