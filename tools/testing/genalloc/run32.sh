#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# run32.sh native|qemu|auto|none compiler native-flags qemu-flags: how this
# machine runs programs of 32 bits
#
# Prints "native", "qemu-i386", or "none" and why. Kernels without them exist
# even where the compiler makes them, so a program is made and run. Programs for
# the kernel are compiled with native-flags, those for qemu with qemu-flags.

how=$1
compiler=$2
native=$3
qemu=$4

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

compile()
{
	# shellcheck disable=SC2086 # one word per flag
	echo 'int main(void) { return 0; }' |
		$compiler $1 -xc - -o "$dir/program" 2>/dev/null
}

runs_native()
{
	compile "$native" && "$dir/program" 2>/dev/null
}

runs_qemu()
{
	compile "$qemu" && qemu-i386 "$dir/program" 2>/dev/null
}

why_not()
{
	case $how in
	none)	echo "RUN32=none" ;;
	native)	echo "this machine does not run programs of 32 bits" ;;
	qemu)	echo "there is no qemu-i386 (Debian: qemu-user)" ;;
	*)	echo "this machine does not run programs of 32 bits," \
			"and has no qemu-i386 (Debian: qemu-user)" ;;
	esac
}

case $how in
native|qemu|auto|none) ;;
*) echo "RUN32=$how: native, qemu, auto or none" >&2; exit 1 ;;
esac

if ! compile "$qemu"; then
	echo "none $compiler -m32 does not work (Debian: gcc-12-multilib libc6-dev-i386)"
elif [ "$how" != qemu ] && [ "$how" != none ] && runs_native; then
	echo native
elif [ "$how" != native ] && [ "$how" != none ] && runs_qemu; then
	echo qemu-i386
else
	echo "none $(why_not)"
fi
