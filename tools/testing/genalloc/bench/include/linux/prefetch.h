/* SPDX-License-Identifier: GPL-2.0-only */
#define prefetch(ptr)		__builtin_prefetch(ptr)
