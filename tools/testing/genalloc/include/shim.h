/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel as far as lib/genalloc.c, lib/alloc_map.c and their tests need
 * it.  All the headers in linux/ lead here.
 */

#ifndef _GENALLOC_TEST_SHIM_H
#define _GENALLOC_TEST_SHIM_H

#include <errno.h>
#include <pthread.h>
#include <sys/types.h>

#include <access.h>
#include <stubs.h>
#include <dup.h>
#include <custom.h>

#endif /* _GENALLOC_TEST_SHIM_H */
