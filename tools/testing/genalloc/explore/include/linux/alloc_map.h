/* SPDX-License-Identifier: GPL-2.0-only */
/* The real one, without the rest of its directory in the include path. */
#include "../../../../../../include/linux/alloc_map.h"
