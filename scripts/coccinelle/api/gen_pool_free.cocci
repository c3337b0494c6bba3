// SPDX-License-Identifier: GPL-2.0-only
/// gen_pool_free() takes one whole allocation: the address that the allocation
/// returned and its size, or 0 for the size. Find frees that look like something
/// else, and code that uses private members of pools.
///
//# Allocations and frees are compared by name, file by file, so a hit is a
//# reason to look and not always a mistake. A file with wrappers around the
//# allocation says little: parameters are not looked at.
///
// Confidence: Moderate
// Options: --no-includes --include-headers

virtual report

@initialize:python@
@@
import re

sizes, addresses, pieces, borrowed = {}, {}, {}, {}

def bare(text):
    """The expression without blanks and casts before it."""
    return re.sub(r'^(\([\w ]*\**\))+', '', re.sub(r'(?<!\w) | (?!\w)', '', text))

def plain(text):
    """The expression without the objects that have what it names."""
    return re.sub(r'\w+(\[[^\]]*\])?(->|\.)', '', bare(text).lstrip('&*'))

def variable(text):
    """A parameter or a local variable: what it is, is not to be seen here."""
    return re.fullmatch(r'[a-z_]\w*', bare(text))

def member(text):
    """Kept in a structure, probably for the free."""
    return re.fullmatch(r'[a-z_]\w*((->|\.)\w+)+', bare(text))

def note(places, position, text):
    places.setdefault(position.file, set()).add(text)

def known(places, position, text):
    return plain(text) in map(plain, places.get(position.file, ()))

// ---- private members of pools ----

@private@
struct gen_pool_chunk *chunk;
position p;
@@
(
  chunk->bits@p
|
  chunk->avail@p
|
  chunk->map@p
)

@script:python@
p << private.p;
@@
if not re.search(r'/(genalloc|gen_pool_page)\w*\.[ch]$', p[0].file):
    coccilib.report.print_report(p[0], "the map of a chunk is private to lib/genalloc.c")

// ---- what the file allocates ----

@alloc@
expression pool, size, to;
identifier f =~ "^gen_pool_(dma_z?)?alloc(_algo|_align|_owner|_algo_owner)?$";
type T;
position p;
@@
(
  to = (T)f@p(pool, size, ...)
|
  to = f@p(pool, size, ...)
)

@script:python@
p << alloc.p;
size << alloc.size;
to << alloc.to;
@@
note(sizes, p[0], size)
note(addresses, p[0], to)

@result@
expression pool, size;
identifier f =~ "^gen_pool_(dma_z?)?alloc(_algo|_align|_owner|_algo_owner)?$";
position p;
@@
  return f@p(pool, size, ...);

@script:python@
p << result.p;
size << result.size;
@@
note(sizes, p[0], size)

@split@
expression pool, addr, size;
position p;
@@
  gen_pool_split@p(pool, addr, size)

@script:python@
p << split.p;
size << split.size;
@@
note(sizes, p[0], size)
note(pieces, p[0], size)

// ---- what it frees ----

@free@
expression pool, addr, size;
identifier f =~ "^gen_pool_free(_owner)?$";
position p;
@@
  f@p(pool, addr, size, ...)

@script:python@
p << free.p;
size << free.size;
@@
if size != '0' and not variable(size) and not member(size) and \
   not known(sizes, p[0], size):
    coccilib.report.print_report(p[0], f"free of {bare(size)} bytes, which nothing here allocates")

@script:python@
p << free.p;
addr << free.addr;
@@
kept = addresses.get(p[0].file)
if kept and member(addr) and all(map(member, kept)) and \
   not known(addresses, p[0], addr):
    coccilib.report.print_report(p[0], f"free of {bare(addr)}, which no allocation here returns")

// ---- an address that moves on between allocation and free ----

@moved exists@
expression pool, to, pool2, step;
identifier f =~ "^gen_pool_(dma_z?)?alloc(_algo|_align|_owner|_algo_owner)?$";
identifier g =~ "^gen_pool_free(_owner)?$";
type T, T2;
position p;
@@
(
  to = (T)f(pool, ...)
|
  to = f(pool, ...)
)
  ... when any
(
  to += step
|
  to++
)
  ... when any
(
  g@p(pool2, (T2)to, ...)
|
  g@p(pool2, to, ...)
)

@script:python@
p << moved.p;
to << moved.to;
@@
if p[0].file not in pieces:
    coccilib.report.print_report(p[0], f"free of {bare(to)}, which has moved on since it was allocated")

// ---- two frees on one path ----

@twice exists@
expression pool, addr, value;
identifier g =~ "^gen_pool_free(_owner)?$";
type T;
position p1, p2;
@@
  g@p1(pool, (T)addr, ...)
  ... when != addr = value
  g@p2(pool, (T)addr, ...)

@script:python@
p1 << twice.p1;
p2 << twice.p2;
addr << twice.addr;
@@
if p1[0].line != p2[0].line:
    coccilib.report.print_report(p2[0], f"second free of {bare(addr)} on one path")

// ---- a pool that belongs to another device ----

@borrow@
expression pool;
identifier f =~ "^(of_)?gen_pool_get$";
position p;
@@
  pool = f@p(...)

@script:python@
p << borrow.p;
pool << borrow.pool;
@@
note(borrowed, p[0], pool)

@destroy@
expression pool;
position p;
@@
  gen_pool_destroy@p(pool)

@script:python@
p << destroy.p;
pool << destroy.pool;
@@
if known(borrowed, p[0], pool):
    coccilib.report.print_report(p[0], f"{bare(pool)} belongs to the device that gen_pool_get() found it on")
