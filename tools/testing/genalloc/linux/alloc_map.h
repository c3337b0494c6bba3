/* SPDX-License-Identifier: GPL-2.0-only */
#include <shim.h>
#include "../../../../include/linux/alloc_map.h"

#ifdef SMALL_BLOCKS
/* Hints on maps of more than so many words, too, on blocks and on groups. */
#undef ALLOC_MAP_UNITS_PER_BLOCK
#undef ALLOC_MAP_UNITS_PER_GROUP
#undef ALLOC_MAP_FEW
#define ALLOC_MAP_UNITS_PER_BLOCK	ALLOC_MAP_UNITS_PER_WORD
#define ALLOC_MAP_UNITS_PER_GROUP	(2 * ALLOC_MAP_UNITS_PER_BLOCK)
#define ALLOC_MAP_FEW			SMALL_BLOCKS
#endif
