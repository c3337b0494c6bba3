#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Firmware that reports hardware errors: an ACPI HEST for QEMU, and the memory
that it points to.

usage: hest.py ADDRESS TABLE MEMORY

Writes the files TABLE (-acpitable file=) and MEMORY (-device loader, at
ADDRESS). There are two error sources: one that the kernel looks at by itself,
and one that it looks at when there is an NMI. Both have reported an error that
was corrected, of a type that the kernel does not know.

For the source N, at ADDRESS + N * 0x1000: the address of the error status
block; at 0x100 the block, which begins with its status (the kernel sets it to
0 when it has read the block, 0x12 is an error anew); at 0x154 the error itself.
"""

import pathlib
import struct
import sys
import uuid

POLLED, NMI = 0, 4
CORRECTED = 2
ONE_CORRECTED = 1 << 4 | 1 << 1          # one entry, correctable
BLOCK = 0x100
PAGE = 0x1000
ERROR = uuid.UUID('b4a8f4ae-6f6c-4b0e-9a2e-8f0c3f2f7a11')


def generic_address(address):
    """In memory, 64 bits, read at once."""
    return struct.pack('<BBBBQ', 0, 64, 0, 4, address)


def notification(how):
    seconds = 10
    return struct.pack('<BBHIIIIII', how, 28, 0, seconds * 1000, 0, 0, 0, 0, 0)


def source(number, how, address):
    generic_error_source = 9
    return (struct.pack('<HHHBBIII', generic_error_source, number, 0xffff, 0, 1,
                        1, 1, PAGE)
            + generic_address(address) + notification(how)
            + struct.pack('<I', PAGE - BLOCK))


def table(sources):
    body = struct.pack('<I', len(sources)) + b''.join(sources)
    header = struct.pack('<4sIBB6s8sI4sI', b'HEST', 36 + len(body), 1, 0,
                         b'GENALC', b'GENALLOC', 1, b'GENA', 1)
    return header + body


def memory(address, number):
    payload = struct.pack('<QQ', number, 0)
    entry = (ERROR.bytes_le
             + struct.pack('<IHBBI', CORRECTED, 0x201, 0, 0, len(payload))
             + bytes(16 + 20) + payload)
    block = struct.pack('<IIIII', ONE_CORRECTED, 0, 0, len(entry), CORRECTED) + entry
    return (struct.pack('<Q', address + BLOCK).ljust(BLOCK, b'\0') + block).ljust(PAGE, b'\0')


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    start, hows = int(sys.argv[1], 0), (POLLED, NMI)
    places = [start + n * PAGE for n in range(len(hows))]
    pathlib.Path(sys.argv[2]).write_bytes(
        table([source(n, how, places[n]) for n, how in enumerate(hows)]))
    pathlib.Path(sys.argv[3]).write_bytes(
        b''.join(memory(place, n) for n, place in enumerate(places)))


if __name__ == '__main__':
    main()
