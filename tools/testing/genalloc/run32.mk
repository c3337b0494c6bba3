# SPDX-License-Identifier: GPL-2.0-only
#
# How programs are built with -m32 and run. To be included with CC set, and
# with flags in native32 and qemu32 that programs need for it.
#
#	m32	flags for the compiler
#	have32	y, or empty where there is nothing to run them
#	qemu	what runs them where the kernel does not, or empty
#	why32	why there is nothing

RUN32	?= auto
run32.sh := $(dir $(lastword $(MAKEFILE_LIST)))run32.sh
m32	:= -m32 -idirafter /usr/include/$(shell $(CC) -print-multiarch)
how32	:= $(shell sh $(run32.sh) '$(RUN32)' '$(CC)' '$(m32) $(native32)' '$(m32) $(qemu32)')
$(if $(how32),,$(error RUN32=$(RUN32)))

have32	:= $(if $(filter none,$(how32)),,y)
qemu	:= $(filter qemu-i386,$(how32))
why32	:= $(filter-out none,$(how32))
