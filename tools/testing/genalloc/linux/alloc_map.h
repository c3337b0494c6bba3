/* SPDX-License-Identifier: GPL-2.0-only */
#include <shim.h>
#include "../../../../include/linux/alloc_map.h"
