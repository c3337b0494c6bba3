/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _GENALLOC_TEST_FUZZ_H
#define _GENALLOC_TEST_FUZZ_H

#include <shim.h>

extern unsigned long fuzz_calls;
extern unsigned long fuzz_differences;
/* Print each call. */
extern bool fuzz_verbose;

/* Make the calls that the bytes stand for, up to the first difference. */
void fuzz_one(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif /* _GENALLOC_TEST_FUZZ_H */
