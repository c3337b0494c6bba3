/* SPDX-License-Identifier: GPL-2.0-only */
/* The real one, without the rest of its directory in the include path. */
#include "../../../../../../include/linux/alloc_map.h"

/*
 * Hints on so small maps that all that happens to them can be explored: a block
 * is a word, maps of four words have hints on blocks, of eight on groups, too.
 */
#undef ALLOC_MAP_UNITS_PER_BLOCK
#undef ALLOC_MAP_UNITS_PER_GROUP
#undef ALLOC_MAP_FEW
#define ALLOC_MAP_UNITS_PER_BLOCK	ALLOC_MAP_UNITS_PER_WORD
#define ALLOC_MAP_UNITS_PER_GROUP	(2 * ALLOC_MAP_UNITS_PER_WORD)
#define ALLOC_MAP_FEW			3
