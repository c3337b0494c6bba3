# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own genalloc: that of revision REF, without the series, of the git
# tree TREE. To be included with top and O set.
#
#	KERNEL	where it is, with what it needs; its genalloc.h, which is for its
#		own genalloc.c only, is below KERNEL/mainline

TREE	?= $(top)
KERNEL	:= $(O)/kernel

base	:= lib/genalloc.c lib/bitmap.c lib/find_bit.c lib/rbtree.c \
	   $(addprefix include/linux/,genalloc.h bitmap.h bitmap-str.h find.h \
	     rbtree.h rbtree_types.h rbtree_augmented.h rbtree_latch.h)

$(KERNEL)/$(REF):
	@test -n "$(REF)" || { echo 'which revision? make REF=...'; exit 1; }
	@rm -rf $(KERNEL)
	@mkdir -p $(KERNEL)/mainline/linux $(@D)
	@git -C $(TREE) archive $(REF) $(base) | tar -x -C $(KERNEL)
	@mv $(KERNEL)/include/linux/genalloc.h $(KERNEL)/mainline/linux
	@touch $@
