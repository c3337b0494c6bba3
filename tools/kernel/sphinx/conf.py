# SPDX-License-Identifier: GPL-2.0
"""Builds our .rst files alone: with the kernel's kernel-doc directive, and
without the rest of Documentation/. KERNEL_TREE names the tree."""

import os
import sys

TREE = os.environ['KERNEL_TREE']
sys.path.insert(0, os.path.join(TREE, 'Documentation/sphinx'))

project = 'genalloc'
root_doc = 'index'
extensions = ['kerneldoc']
# As the kernel's own conf.py sets them.
kerneldoc_bin = os.path.join(TREE, 'scripts/kernel-doc')
kerneldoc_srctree = TREE
c_id_attributes = ['__must_check', '__always_inline', '__init', '__percpu', '__rcu']
html_theme = 'classic'
