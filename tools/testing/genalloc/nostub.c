// SPDX-License-Identifier: GPL-2.0-only
/* For programs without KUnit: nothing ever stands in for a function. */

#include <kunit/static_stub.h>

void *shim_stub_of(void *real)
{
	return NULL;
}
