# SPDX-License-Identifier: GPL-2.0-only
#
# The objects of lib/ under test, to be listed nowhere else: those of the map,
# and those of pools.

map-objs  := alloc_map.o alloc_map_find.o alloc_map_parts.o
pool-objs := genalloc.o genalloc_algo.o genalloc_chunk.o genalloc_device.o \
	     genalloc_lenient.o genalloc_memory.o genalloc_report.o
# With CONFIG_GENALLOC_WATCH.
watch-objs := genalloc_stats.o genalloc_watch.o
