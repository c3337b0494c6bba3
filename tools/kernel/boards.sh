#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# boards.sh [BASE [BOARD...]]: boots kernels whose drivers use pools on boards
# that QEMU has, with the self-test and the KUnit suites in the same kernel, and
# makes the drivers allocate and free. Each board is one line; whatever its
# kernel complains about fails it. The boards:
#
#	imx6	suspend to RAM by code in on-chip RAM, and the power button; what
#		tools/mm/genpools shows of that RAM, and of its owners
#	raspi	arm64: the atomic pools of the DMA layer, for the DMA of an SD
#		card
#	pc	x86_64: memory of an NVMe controller (p2pdma), mapped by several
#		processes; a machine check; errors that firmware reports, one of
#		them in NMI, where its allocation is traced and its owner
#		recorded; the NVDIMM and CXL devices that tools/testing makes up
#	powerpc	pseries: an RTAS work area, for a CPU that is plugged in
#	s390	the pools of the common I/O layer, for devices of virtio-ccw;
#		one loses its driver and gets it back, then the device goes
#
# With KASAN=1, KASAN watches: pc and powerpc have pools of ordinary memory.
#
# imx6 has the kernel of "make run", powerpc and s390 those of "make test". What
# cannot be run in QEMU 7.2:
#
#   - what needs hardware that it does not have: QE, FMan and QBMan (so that
#     the conversions of qman and of muram are only compiled), most SoCs,
#     network adapters with memory of their own
#   - GHES on arm64: with ras=on, errors are reported under KVM only. Here a
#     table and memory of our own (hest.py) take the place of the firmware.
#   - i.MX6: the CPU without power, from which it wakes through its reset; and
#     the memory controller and the button, for which mmdc.py stands in
#   - the pool of an arena of sched_ext (7.2): that needs a BPF program, and a
#     compiler for it, which is more than a driver to boot

. "$(dirname "$0")/lib.sh"
. tools/kernel/kernels.sh

boards=(imx6 raspi pc powerpc s390)
# The fragment that all kernels have in addition.
more=
if [ "${KASAN:-0}" != 0 ]; then
	boards=(pc powerpc)
	more=watched
fi

# ---- what all of them need ----

# The kernel: options of all boards, options of this board, and the suites.
configure_board()
{
	mkdir -p "$build"
	our_options "$base" y >"$build/suites.config"
	configure "$base" "${build##*/}" allnoconfig \
		"$configs/boards.config $configs/$board.config $configs/kunit.config $build/suites.config ${more:+$configs/$more.config}" \
		"$@"
}

board_make()
{
	kmake "$base" "${build##*/}" "$@"
}

# The kernel that KUnit runs in is enough, with our init besides.
build_kunit_kernel()
{
	build=$(build_dir "$base" "kunit-$board${more:+-$more}")
	kunit_kernel build "$base" "$board" "$more"
	make_initramfs "$build" "${cross[$board]}"
}

# A pool with units of SIZE, of which some are allocated. The creator of a pool
# of a module has no name.
used_units()
{
	printf '%s' "^genalloc-init: \\|( +[1-9][0-9]*){3} +$1 +1 +0 "
}

# A pool of PROVIDER as a line of the table: all of it free, or USED; nothing
# was refused.
pool_line()
{
	local provider=$1 numbers='0 +0'

	[ "${2:-}" != used ] || numbers='[1-9][0-9]* +[1-9][0-9]*'
	printf '%s' "^genalloc-init: \\| +[0-9]+ +$numbers +[0-9]+ +[0-9]+ +0( +[0-9]+){3}  [.a-z_]*$provider( |\$)"
}

# What a line of the log has behind REGEX.
from_log()
{
	sed -n "s/^\(\[[^]]*\]\)* *$1//p" "$log" | tr -d '\r'
}

test_board()
{
	board=$1
	build=$(build_dir "$base" "board-$board${more:+-$more}")
	log=$out/board-$board${more:+-$more}-$base.kernel.log
	"${board}_build"
	: >"$log"
	"${board}_boot" || echo "QEMU ended with status $?"
	"${board}_judge"
}

# Runs a QEMU whose monitor is stdin, and gives it COMMAND once the log has a
# line like REGEX.
with_command()
{
	local regex=$1 command=$2 pid
	shift 2

	coproc QEMU { "$@" >&2; }
	pid=$QEMU_PID
	while kill -0 "$pid" 2>/dev/null && ! grep -qE "$regex" "$log"; do
		sleep 0.5
	done
	echo "$command" >&"${QEMU[1]:-2}" || true
	wait "$pid"
}

# ---- imx6 ----

imx6_jobs=(
	"pools"
	"tool=/genpools"
	"tool=/genpools,--map,sram_probe"
	"tool=/genpools,--who,sram_probe"
	"tool=/genpools,--leaks,0,sram_probe"
	"write=/sys/power/state,mem"
)

# The kernel of "make run", with a memory controller.
imx6_build()
{
	build=$(build_dir "$base" board)
	board_build "$base"
	"$build/scripts/dtc/dtc" -q -I dts -O dtb -o "$build/mmdc.dtbo" tools/kernel/mmdc.dtso
	"$build/scripts/dtc/fdtoverlay" -i "$build/arch/arm/boot/dts/$board_dtb" \
		-o "$build/mmdc.dtb" "$build/mmdc.dtbo"
}

imx6_boot()
{
	timeout 900 tools/kernel/mmdc.py qemu-system-arm -M sabrelite -smp 4 -m 512 \
		-display none -monitor none -qtest stdio -qtest-log none \
		-serial null -serial "file:$log" -no-reboot \
		-kernel "$build/arch/arm/boot/zImage" -dtb "$build/mmdc.dtb" \
		-initrd "$build/initramfs/cpio" \
		-append "console=ttymxc1,115200 printk.devkmsg=on $boot_args genalloc.owner=on -- ${imx6_jobs[*]}"
}

# The pools are the same before and after.
imx6_judge()
{
	local changed

	changed=$(from_log 'genalloc-init: |' | sort | uniq -c | awk '$1 != 2')
	printf '%s' "${changed:+$'pools that have changed:\n'$changed$'\n'}"
	judge_init_run "$log" "$build" \
		"$(pool_line sram_probe used)" \
		'^genalloc-init: > sram_probe  *[1-9][0-9]*  *[1-9]' \
		'^genalloc-init: > 0x[0-9a-f]*  \[*=' \
		'^genalloc-init: > [1-9][0-9]* bytes in [1-9][0-9]* allocations$' \
		'^genalloc-init: > sram_probe: [1-9][0-9]* bytes at 0x.* by swapper' \
		'^PM: suspend entry \(deep\)' '^PM: suspend exit'
	[ -z "$changed" ]
}

# ---- pc ----

nvme=/sys/bus/pci/devices/0000:00:04.0
tracing=/sys/kernel/tracing
# Where hest.py puts its memory; the second page is for the NMI.
hest=0x10000000
hest_nmi=0x10001000
pc_jobs=(
	"p2pmem=$nvme"
	"${mce_jobs[@]}"
	"write=$tracing/events/genpool/enable,1"
	# an error like none before, then its block; the NMI comes from outside,
	# and what it has allocated is freed behind it
	"poke=$((hest_nmi + 0x154)),77"
	"poke=$((hest_nmi + 0x100)),0x12"
	"wait=$tracing/trace,genpool_free"
	"write=$tracing/events/genpool/enable,0"
	"show=$tracing/trace"
	"drivers=/sys/bus/nd"
	"drivers=/sys/bus/cxl"
	"pools"
	# then the modules can be unloaded
	"release=/sys/bus/nd/drivers/nd_region"
	"write=$nvme/remove,1"
)

# The modules in tools/testing are built of copies, as they put objects beside
# their sources.
copy_sources()
{
	local dir

	for dir in tools/testing/{nvdimm,cxl} drivers/{nvdimm,dax,cxl} drivers/acpi/nfit; do
		mkdir -p "$build/copy/${dir%/*}"
		cp -a -u -T "$(tree_dir "$base")/$dir" "$build/copy/$dir"
	done
}

# The modules that were built in directory $1. On 6.12 those of tools/testing are
# listed with absolute paths.
modules_in()
{
	sed "s|^[^/]|$1/&|; s/o\$/ko/" "$1/modules.order"
}

# "NAME FILE" for all modules. Those of tools/testing come later and stand in
# for the kernel's own of the same name.
pc_modules()
{
	local dir

	for dir in "$build" "$build/copy/tools/testing/"{nvdimm,cxl}; do
		modules_in "$dir"
	done | awk -F / '{ file[$NF] = $0 }
		END { delete file["ndtest.ko"]
			for (name in file) print substr(name, 1, length(name) - 3), file[name] }'
}

# Pairs for tsort: what a module needs, and the module.
module_needs()
{
	local name file need

	while read -r name file; do
		echo "$name $name"
		for need in $(modinfo -F depends "$file" | tr ',' ' '); do
			echo "$need $name"
		done
	done
}

pc_module_lines()
{
	pc_modules >"$build/modules.files"
	module_needs <"$build/modules.files" | tsort >"$build/modules.list"
	printf 'file /modules/list %s/modules.list 0644 0 0\n' "$build"
	awk '{ print "file /modules/" $1 ".ko", $2, "0644 0 0" }' "$build/modules.files"
}

# test/cxl.c of 7.2.13 asks for a parameter that it does not have.
cxl_flags()
{
	local file=$build/copy/tools/testing/cxl/test/cxl.c

	grep -q 'bool type2_test' "$file" || echo KCFLAGS=-Dtype2_test=0
}

pc_build()
{
	local -a lines

	configure_board ARCH=x86_64
	board_make ARCH=x86_64 bzImage modules
	copy_sources
	board_make ARCH=x86_64 M="$build/copy/tools/testing/nvdimm" modules
	# shellcheck disable=SC2046 # nothing or one word
	board_make ARCH=x86_64 M="$build/copy/tools/testing/cxl" $(cxl_flags) modules
	mapfile -t lines < <(pc_module_lines)
	make_initramfs "$build" '' "${lines[@]}"
}

# Two nodes, as tools/testing/cxl has memory on both. no_timer_check: a busy host
# may be late with the timer that is waited for.
pc_qemu()
{
	timeout 900 qemu-system-x86_64 -M q35 -accel tcg,thread=multi -smp 4,sockets=2 -m 2G \
		-object memory-backend-ram,id=low,size=1G -numa node,cpus=0-1,memdev=low \
		-object memory-backend-ram,id=high,size=1G -numa node,cpus=2-3,memdev=high \
		-nodefaults -display none -serial "file:$log" -monitor stdio -no-reboot \
		-blockdev null-co,node-name=disk,size=1048576,read-zeroes=on \
		-device nvme,addr=4,serial=1,drive=disk,cmb_size_mb=4 \
		-acpitable "file=$build/hest.table" \
		-device "loader,file=$build/hest.memory,addr=$hest,force-raw=on" \
		-kernel "$build/arch/x86/boot/bzImage" \
		-initrd "$build/initramfs/cpio" \
		-append "console=ttyS0 panic=-1 no_timer_check printk.devkmsg=on memmap=8K\$$hest $boot_args genalloc.owner=on -- ${pc_jobs[*]}"
}

pc_boot()
{
	tools/kernel/hest.py "$hest" "$build/hest.table" "$build/hest.memory"
	with_command 'genalloc-init: waiting' nmi pc_qemu
}

pc_judge()
{
	note "$(from_log 'genalloc-init: p2pmem: ')"
	judge_init_run "$log" "$build" \
		"$(pool_line pci_p2pdma_add_resource used)" \
		'^mce: \[Hardware Error\]: CPU 0: Machine Check: 0 Bank 1: 9400000000000000' \
		"$(pool_line mce_gen_pool_init)mce_evt_pool" \
		'Hardware error from APEI Generic Hardware Error Source: 0' \
		'Hardware error from APEI Generic Hardware Error Source: 1' \
		"$(pool_line ghes_estatus_pool_init used)" \
		"$(used_units 4194304)" "$(used_units 2097152)" \
		'^genalloc-init: \| .*\] [^ ]*[zZ][^ ]* .*: genpool_alloc: .* creator=ghes_' \
		'^genalloc-init: \| .*\] [^ ]*h[^ ]* .*: genpool_free: .* creator=ghes_' \
		'^genalloc-init: /sys/bus/nd: .* [1-9][0-9]* with a driver' \
		'^genalloc-init: /sys/bus/cxl: .* [1-9][0-9]* with a driver'
}

# ---- powerpc ----

powerpc_build()
{
	build_kunit_kernel
}

powerpc_qemu()
{
	timeout 900 qemu-system-ppc64 -M pseries -cpu power9_v2.0 -smp 2,maxcpus=3 \
		-m 1G -nodefaults -vga none -display none -serial "file:$log" \
		-monitor stdio -no-reboot \
		-kernel "$build/vmlinux" -initrd "$build/initramfs/cpio" \
		-append "console=hvc0 printk.devkmsg=on $boot_args -- wait=/sys/devices/system/cpu/cpu2"
}

powerpc_boot()
{
	with_command 'genalloc-init: waiting' \
		'device_add power9_v2.0-spapr-cpu-core,id=cpu2,core-id=2' powerpc_qemu
}

powerpc_judge()
{
	judge_init_run "$log" "$build" "$(pool_line rtas_work_area_reserve_arena)rwa_pool"
}

# ---- s390 ----

subchannels=/sys/bus/css/drivers/io_subchannel
s390_jobs=(
	"drivers=/sys/bus/ccw"
	"write=/sys/bus/ccw/drivers/virtio_ccw/unbind,0.0.0001"
	"pools"
	"write=/sys/bus/ccw/drivers/virtio_ccw/bind,0.0.0001"
	"drivers=/sys/bus/ccw"
	# the device itself goes, and its pool
	"write=$subchannels/unbind,0.0.0001"
	"drivers=/sys/bus/ccw"
	"pools"
	"write=$subchannels/bind,0.0.0001"
)

s390_build()
{
	build_kunit_kernel
}

s390_boot()
{
	timeout 900 qemu-system-s390x -M s390-ccw-virtio -smp 4 -m 1G -nodefaults \
		-display none -no-reboot \
		-chardev "file,id=log,path=$log" -device sclpconsole,chardev=log \
		-device virtio-serial-ccw,devno=fe.0.0001 \
		-device virtio-serial-ccw,devno=fe.0.0002 \
		-kernel "$build/arch/s390/boot/bzImage" -initrd "$build/initramfs/cpio" \
		-append "console=ttyS0 printk.devkmsg=on $boot_args -- ${s390_jobs[*]}"
}

s390_judge()
{
	# Without its driver a device has its I/O block alone.
	judge_init_run "$log" "$build" \
		'^genalloc-init: /sys/bus/ccw: 2 devices, 2 with a driver' \
		'^genalloc-init: /sys/bus/ccw: 1 devices, 1 with a driver' \
		'^genalloc-init: \| +4096 +[0-9]{3} +1 +8 +1 +0  cio_gp_dma_create' \
		'^genalloc-init: \| +4096 +[0-9]{4} +[0-9]{2} +8 +1 +0  cio_gp_dma_create'
}

# ---- raspi ----

raspi_make=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-)
raspi_dtb=broadcom/bcm2837-rpi-3-b.dtb
raspi_jobs=(
	"wait=/sys/block/mmcblk0"
	"read=/sys/kernel/debug/dma_pools/pool_size_kernel"
	"pools"
	"release=/sys/bus/platform/drivers/sdhost-bcm2835"
)

raspi_build()
{
	configure_board "${raspi_make[@]}"
	board_make "${raspi_make[@]}" Image "$raspi_dtb"
	make_initramfs "$build" aarch64-linux-gnu-
}

raspi_boot()
{
	local boot=$build/arch/arm64/boot

	timeout 900 qemu-system-aarch64 -M raspi3b -accel tcg,thread=multi -display none \
		-monitor none -serial null -serial "file:$log" -no-reboot \
		-blockdev null-co,node-name=card,size=67108864,read-zeroes=on \
		-device sd-card,drive=card \
		-kernel "$boot/Image" -dtb "$boot/dts/$raspi_dtb" \
		-initrd "$build/initramfs/cpio" \
		-append "console=ttyS1,115200 printk.devkmsg=on $boot_args -- ${raspi_jobs[*]}"
}

# The driver of the card has memory of the pool; without it all is free.
raspi_judge()
{
	judge_init_run "$log" "$build" \
		'^genalloc-init: .*/dma_pools/pool_size_kernel: [1-9]' \
		"$(pool_line dma_atomic_pool_init used)" \
		"$(pool_line dma_atomic_pool_init)"
}

# ---- all ----

base=${1:-$BASE}
shift || true
[ $# = 0 ] || boards=("$@")
need tree build boards
need_tree "$base"
failed=0
for board in "${boards[@]}"; do
	hint "The log of the kernel is out/board-$board-$base.kernel.log"
	try "board $board" test_board "$board"
	[ "$rc" = 0 ] || failed=1
done
[ "$failed" = 0 ]
