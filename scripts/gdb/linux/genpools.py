# SPDX-License-Identifier: GPL-2.0-only
"""Pools of special memory (lib/genalloc.c), of a kernel that is stopped or dead."""

import gdb

from linux import lists, stackdepot, utils

pool_type = utils.CachedType('struct gen_pool')
long_type = utils.CachedType('unsigned long')

# Of a unit: see enum alloc_map_state.
BODY, HEAD = 2, 3


def pools():
    """All pools, oldest first."""
    head = gdb.parse_and_eval('&gen_pool_list')
    return lists.list_for_each_entry(head, pool_type.get_type().pointer(), 'pools')


def chunks(pool):
    """The chunks of a pool, newest first."""
    row = pool['rows']
    while row:
        first, last = row['chunks'].type.range()
        for slot in range(first, last + 1):
            if row['chunks'][slot]:
                yield row['chunks'][slot]
        row = row['next']


def states(chunk):
    """The states of the units of a chunk."""
    size = long_type.get_type().sizeof
    nr_units = int(chunk['map']['nr_units'])
    words = nr_units // (size * 4) + 1
    memory = gdb.selected_inferior().read_memory(
        int(chunk['map']['words'].address), words * size)
    if utils.get_target_endianness() == utils.BIG_ENDIAN:
        memory = b''.join(bytes(memory[i:i + size])[::-1]
                          for i in range(0, words * size, size))
    else:
        memory = bytes(memory)
    for unit in range(nr_units):
        yield memory[unit // 4] >> unit % 4 * 2 & 3


def allocs(chunk):
    """First unit and number of units of each allocation in a chunk."""
    head = None
    unit = -1
    for unit, state in enumerate(states(chunk)):
        if head is not None and state != BODY:
            yield head, unit - head
            head = None
        if state == HEAD:
            head = unit
    if head is not None:
        yield head, unit + 1 - head


def place(address):
    """The address as function and offset, if it is known."""
    text = gdb.execute('info symbol %#x' % int(address), to_string=True)
    if text.startswith('No symbol'):
        return '%#x' % int(address)
    return text.split(' in section')[0].replace(' ', '')


def symbol(address):
    """The function that the address is in."""
    return place(address).split('+')[0]


def name(pool):
    return pool['name'].string() if pool['name'] else ''


def wanted(pool, arg):
    """Whether the argument is the pool's address, creator or name, or none."""
    return arg in ('', '%#x' % int(pool), symbol(pool['creator']), name(pool))


def owner(chunk, unit):
    """The call that has allocated the unit, as text; '' if it is not known."""
    if not any(field.name == 'history' for field in chunk.dereference().type.fields()):
        return ''
    if not chunk['history']:
        return ''
    history = chunk['history'][unit]
    seq = int(history['allocated']['seq'])
    call = history['allocated']['call']
    # While it was written, or of an allocation that was freed since.
    if not seq or seq % 2 or call['frees'] != history['freed']['seq']:
        return ''
    return '%7d %s' % (call['pid'], call['comm'].string(errors='replace'))


class LxGenPools(gdb.Command):
    """List the pools of special memory, as /sys/kernel/debug/genalloc/pools does."""

    def __init__(self):
        super().__init__('lx-genpools', gdb.COMMAND_DATA)

    def invoke(self, arg, from_tty):
        gdb.write('%-18s %10s %10s %8s %8s %8s %8s %8s  %s\n' % (
            'pool', 'size', 'allocated', 'allocs', 'unit', 'chunks', 'refused',
            'failed', 'provider name'))
        for pool in pools():
            unit = 1 << int(pool['min_alloc_order'])
            size = used = count = number = 0
            for chunk in chunks(pool):
                lengths = [units for _, units in allocs(chunk)]
                size += int(chunk['map']['nr_units']) * unit
                used += sum(lengths) * unit
                count += len(lengths)
                number += 1
            gdb.write('%-18s %10d %10d %8d %8d %8d %8d %8d  %s %s\n' % (
                '%#x' % int(pool), size, used, count, unit, number,
                int(pool['nr_refused']['counter']), int(pool['nr_failed']['counter']),
                symbol(pool['creator']), name(pool)))


class LxGenPoolAllocs(gdb.Command):
    """List the allocations in a pool of special memory.

Usage: lx-genpool-allocs [POOL]

POOL is its address, creator or name, as lx-genpools tells them; without it, all
pools are listed. Owners are shown if the kernel ran with genalloc.owner=on."""

    def __init__(self):
        super().__init__('lx-genpool-allocs', gdb.COMMAND_DATA)

    def invoke(self, arg, from_tty):
        for pool in pools():
            if not wanted(pool, arg):
                continue
            gdb.write('pool %#x: %s %s\n' % (int(pool), symbol(pool['creator']), name(pool)))
            for chunk in chunks(pool):
                self.show_chunk(chunk, 1 << int(pool['min_alloc_order']))

    def show_chunk(self, chunk, unit_size):
        for unit, units in allocs(chunk):
            who = owner(chunk, unit)
            gdb.write('%#x %10d %s\n' % (int(chunk['start_addr']) + unit * unit_size,
                                         units * unit_size, who))
            if who:
                self.show_stack(chunk['history'][unit]['allocated']['call']['stack'])

    def show_stack(self, handle):
        if handle:
            entries, nr = stackdepot.stack_depot_fetch(handle)
            for i in range(nr):
                gdb.write('\t%s\n' % place(entries[i]))


LxGenPools()
LxGenPoolAllocs()
