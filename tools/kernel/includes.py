#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""includes.py TREE FILE...: does each FILE include the headers of what it uses?

What comes by way of another header comes by accident: on some architecture or
in some configuration it does not. So each function, macro and constant of the
kernel that FILE uses has to have one of the headers that define it included by
FILE, or by a header of FILE's own project that FILE includes. ctags says where
names are defined in TREE; UMBRELLAS are headers that are there to bring others.

FILE is a path in the current directory. Prints "FILE: HEADER is not included:
NAME..."; the last line is "N files, N names, N headers not included". Status 1
if there are any.
"""

import collections
import re
import subprocess
import sys
from pathlib import Path

HEADERS = ('include/linux', 'include/kunit', 'include/vdso',
           'include/uapi/linux', 'include/asm-generic',
           'include/uapi/asm-generic', 'arch/x86/include/asm')
# Where a header is found, and as what it is included. Of linux/ and asm/ of the
# same name the former stands for the latter.
PREFIXES = re.compile(r'^(arch/x86/)?include/(uapi/)?'
                      r'(?:(asm)(?:-generic)?|(vdso|linux|kunit))/')
# On the command line of the compiler, or beneath every other header.
EVERYWHERE = re.compile(r'linux/(kconfig|stddef|types|compiler\w*)\.h|'
                        r'asm/(rwonce|bitsperlong)\.h')
UMBRELLAS = {
    'asm/byteorder.h': r'linux/byteorder/.*',
    'kunit/test.h': r'kunit/(resource|assert|try-catch)',
    'linux/atomic.h': r'linux/atomic/.*|asm/(atomic|barrier|cmpxchg).*',
    'linux/bitops.h': r'asm/bitops.*',
    'linux/device.h': r'linux/device/.*',
    'linux/errno.h': r'asm/errno.*',
    'linux/gfp.h': r'linux/gfp_types',
    'linux/mm.h': r'linux/(gfp_types|mm_types|mmzone|page-flags|page_ref)|'
                  r'asm/(getorder|memory_model|page.*|pgtable.*)',
    'linux/processor.h': r'asm/vdso/processor',
    'linux/rbtree_latch.h': r'linux/seqlock',
    'linux/rculist_nulls.h': r'linux/list_nulls',
    'linux/rcupdate.h': r'linux/rcu(tree|tiny)',
    'linux/slab.h': r'linux/gfp(_types)?',
    'linux/spinlock.h': r'linux/spinlock_.*',
}
# How names of the kernel look where they are used: calls, constants, types, and
# structures whose size matters.
USES = [re.compile(use) for use in (
    r'(?<![.>\w])([A-Za-z_]\w*)\s*\(', r'\b([A-Z][A-Z0-9_]{2,})\b',
    r'\b([a-z]\w*_t)\b', r'\bstruct (\w+) \w+(?:\[\w+\])?\s*[;=,]')]
KEYWORDS = {'if', 'for', 'while', 'switch', 'return', 'sizeof'}
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'
                               r"'(?:\\.|[^'\\\n])+'", re.S)
INCLUDE = re.compile(r'^#\s*include\s+[<"]([^>"]+)', re.M)


def included_as(path):
    """The header in the words of #include."""
    match = PREFIXES.match(path)
    if not match:
        return path
    _, _, asm, other = match.groups()
    return f'{"asm" if asm else "linux" if other == "vdso" else other}/{path[match.end():]}'


def ctags(kinds, where, cwd):
    """Pairs of a name and the file that defines it."""
    tags = subprocess.run(
        ['ctags', '-f', '-', '-R', '--languages=C', '--langmap=C:.c.h',
         f'--c-kinds={kinds}', '--exclude=include/linux/*/*', *where], cwd=cwd, check=True,
        stdout=subprocess.PIPE, text=True, errors='replace').stdout
    for line in tags.splitlines():
        yield line.split('\t', 2)[:2]


def kernel_names(tree):
    names = collections.defaultdict(set)
    where = [h for h in HEADERS if (tree / h).is_dir()]
    for name, path in ctags('defpstx', where, tree):
        names[name].add(included_as(path))
    return names


def umbrella(header):
    """Those that may be included in place of HEADER."""
    kind, _, name = header.partition('/')
    yield header
    if kind == 'asm':
        yield f'linux/{name}'
    yield header.replace('_types.h', '.h')
    for other, brings in UMBRELLAS.items():
        if re.fullmatch(f'(?:{brings})(?:\\.h)?', header):
            yield other


def read(path):
    text = path.read_text()
    code = COMMENT_OR_STRING.sub(lambda m: re.sub(r'[^\n]', ' ', m[0]), text)
    return set(INCLUDE.findall(text)), code


def local_header(file, header):
    """A header of ours, which FILE includes as HEADER."""
    for path in (file.parent / header, Path('include') / header):
        if path.exists():
            return path
    return None


def all_includes(file):
    """What FILE and the headers of ours in it include."""
    includes, _ = read(file)
    for header in sorted(includes):
        local = local_header(file, header)
        if local:
            includes |= all_includes(local)
    return includes


def used_names(code):
    return {name for use in USES for name in use.findall(code)} - KEYWORDS


def best(headers):
    """Which of these to name: one of linux/ if it can be, and none that has all."""
    return min(headers, key=lambda h: (not h.startswith('linux/'),
                                       h == 'linux/mm.h' or '_types.' in h,
                                       len(h), h))


def check(file, names, counts):
    own = {name for name, _ in ctags('defglmpstuvxz', [file], '.')}
    includes = all_includes(file) | {included_as(str(file))}
    missing = collections.defaultdict(list)
    used = (used_names(read(file)[1]) - own) & names.keys()
    for name in sorted(used):
        headers = {h for n in names[name] for h in umbrella(n)}
        if not headers & includes and not any(map(EVERYWHERE.fullmatch, headers)):
            missing[best(headers)].append(name)
    for header, why in sorted(missing.items()):
        print(f'{file}: {header} is not included:', *why)
    counts.update(files=1, names=len(used), missing=len(missing))


def main():
    names = kernel_names(Path(sys.argv[1]))
    counts = collections.Counter()
    for file in sys.argv[2:]:
        check(Path(file), names, counts)
    print(f'{counts["files"]} files, {counts["names"]} names,'
          f' {counts["missing"]} headers not included')
    sys.exit(counts['missing'] > 0)


if __name__ == '__main__':
    main()
