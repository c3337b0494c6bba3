# SPDX-License-Identifier: GPL-2.0-only
#
# The objects of lib/ under test, to be listed nowhere else: those of the map,
# and those of pools.

map-objs  := alloc_map.o
pool-objs := genalloc.o genalloc_memory.o
