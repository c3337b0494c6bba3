/* SPDX-License-Identifier: GPL-2.0-only */
#define SMP_CACHE_BYTES	64
