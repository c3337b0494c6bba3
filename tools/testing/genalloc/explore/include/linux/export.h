/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _EXPLORE_LINUX_EXPORT_H
#define _EXPLORE_LINUX_EXPORT_H

#define EXPORT_SYMBOL_GPL(name)

#endif /* _EXPLORE_LINUX_EXPORT_H */
