# SPDX-License-Identifier: GPL-2.0
#
# make -f objects.mk DIRS="dir..." in a build directory, with srctree= set:
# prints the objects that the Makefiles of these directories name for the
# configuration there, also as parts of others.
include include/config/auto.conf

names = $(1) $(foreach o,$(1),$($(o:.o=-y)) $($(o:.o=-m)) $($(o:.o=-objs)))

# obj- and lib- collect; the next directory begins with none.
define read_dir
obj := $(1)
src := $(srctree)/$(1)
obj-y :=
obj-m :=
lib-y :=
-include $(firstword $(wildcard $(srctree)/$(1)/Kbuild $(srctree)/$(1)/Makefile))
$$(info $$(addprefix $(1)/,$$(call names,$$(call names,$$(obj-y) $$(obj-m) $$(lib-y)))))
endef

$(foreach dir,$(DIRS),$(eval $(call read_dir,$(dir))))

all: ;
.DEFAULT_GOAL := all
.DEFAULT: ;
