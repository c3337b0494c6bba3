#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The memory controller (MMDC) of i.MX6, which QEMU does not have, and a finger
on the power button of the board sabrelite: suspends it and wakes it up.

usage: mmdc.py QEMU ARGUMENT...

Runs the command, which has to have "-qtest stdio" and a device tree that places
the registers of the memory controller at MAPSR - 0x404, in memory (mmdc.dtso).

To suspend, code in on-chip RAM asks the memory to refresh itself, waits until
it does, and stops the CPU. The button is pressed then. The code asks the memory
to be as usual, waits until it is, and goes back to the kernel, which is in that
memory.
"""

import subprocess
import sys
import time

MAPSR = 0x2fffc404
REFRESH_ITSELF = 1 << 21                 # asked for by the code
REFRESHES_ITSELF = 1 << 25               # our answer
BUTTON = '/machine/soc/gpio2 unnamed-gpio-in 3'


class Machine:
    """A QEMU whose memory can be accessed, and its inputs set."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, request):
        self.process.stdin.write(request + '\n')
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer or answer[0] != 'OK':
            raise EOFError(f'no answer to {request!r}')
        return answer[1:]

    def read(self, address):
        return int(self.ask(f'readl {address:#x}')[0], 16)

    def write(self, address, value):
        self.ask(f'writel {address:#x} {value:#x}')

    def set_button(self, pressed):
        self.ask(f'set_irq_in {BUTTON} {0 if pressed else 1}')


def follow(machine, asked):
    """Do what the code asks for, once it does."""
    while bool(machine.read(MAPSR) & REFRESH_ITSELF) != asked:
        time.sleep(0.1)
    value = machine.read(MAPSR) & ~REFRESHES_ITSELF
    machine.write(MAPSR, value | (REFRESHES_ITSELF if asked else 0))


def suspend_and_wake(machine):
    machine.set_button(pressed=False)
    follow(machine, asked=True)
    print('the memory refreshes itself')
    time.sleep(1)                        # until the CPU has stopped
    machine.set_button(pressed=True)
    follow(machine, asked=False)
    print('the memory is as usual')


def main():
    machine = Machine(sys.argv[1:])
    try:
        suspend_and_wake(machine)
    except (EOFError, BrokenPipeError) as error:
        print(f'QEMU has ended before the board slept and woke up: {error}')
    return machine.process.wait()


if __name__ == '__main__':
    sys.exit(main())
