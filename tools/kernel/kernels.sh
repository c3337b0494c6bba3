# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The kernels that are tested: how they are configured, built, run and judged.
# To be sourced after lib.sh. Functions for steps:
#
#	kunit_run BASE ARCH	the suites built in, by kunit.py, on um or on one
#				that it, or qemus/, has a machine of
#	board_build BASE	the i.MX6 board with all users of on-chip RAM
#	board_run BASE
#	torture_build BASE CHECK	x86_64 with the torture test as a module; CHECK is
#				what else looks: kasan (with lockdep and kmemleak;
#				KUnit and all suites are modules there) or kcsan
#				(with the suite of the pages of pools)
#	torture_run BASE CHECK SECONDS [OWNERS]
#				with OWNERS (on), those of allocations are recorded
#	guard_run BASE		the suite that lets KASAN report, in the kernel of
#				torture_build BASE kasan
#	mistakes_run BASE	a driver that is wrong on purpose, and lkdtm, there
#	peekers_build BASE	x86_64 with all that looks at the memory map
#	peekers_kunit BASE	the suites there
#	peekers_run BASE	the selftest
#
# and what they are made of:
#
#	configure BASE NAME DEFCONFIG "FRAGMENT..." MAKE-ARG...
#	judge_log LOG ARG...
#
# The log of a kernel is out/RUN.kernel.log.

: "${top:?source lib.sh first}" "${out:?}"
# From the top of the clone, whose path may have blanks in it.
configs=tools/kernel/configs
machines=$top/tools/kernel/machines
# On every command line.
boot_args=genalloc_selftest=early
board_make=(ARCH=arm CROSS_COMPILE=arm-linux-gnueabihf-)
board_dtb=nxp/imx/imx6q-sabrelite.dtb
declare -A cross=([s390]=s390x-linux-gnu- [powerpc]=powerpc64-linux-gnu-
	[arm64]=aarch64-linux-gnu- [riscv]=riscv64-linux-gnu- [alpha]=alpha-linux-gnu-
	[m68k]=m68k-linux-gnu- [sparc]=sparc64-linux-gnu-
	[mips]=mips-linux-gnu- [mipsel]=mips64el-linux-gnuabi64-)

# What shows that a run of KUnit alone went to its end: the number of suites is
# announced, and the judge misses those that do not come. The last words of the
# kernel are no sign, s390 loses them.
kunit_plan='^1\.\.[1-9]'

# The suites that the tree of BASE has (in the middle of the series there are
# fewer) as options with the value y or m, and what else there is to switch on.
our_options()
{
	local base=$1 value=$2

	sed -n "s/^config \(\(GENALLOC\|ALLOC_MAP\|GEN_POOL_PAGE\)_KUNIT_TEST\)$/CONFIG_\1=$value/p
		s/^config \(GENALLOC_\(SELFTEST\|DEBUGFS\|WATCH\|OWNER\|GUARD\)\)$/CONFIG_\1=y/p" \
		"$(tree_dir "$base")/lib/Kconfig.debug"
	autorun_option "$base"
}

# Without it 7.2 runs no suite; 6.12 does not know the question.
autorun_option()
{
	local base=$1

	sed -n 's/^config \(KUNIT_AUTORUN_ENABLED\)$/CONFIG_\1=y/p' \
		"$(tree_dir "$base")/lib/kunit/Kconfig"
}

# Lines of the file WANTED that CONFIG does not honour.
unmet_options()
{
	local wanted=$1 config=$2

	sed -n '/^CONFIG_/p' "$wanted" | grep -vxFf "$config" || true
	sed -n 's/^# \(CONFIG_.*\) is not set$/\1=/p' "$wanted" |
		grep -Ff - "$config" || true
}

# Paths in the tree of the overlay files that the series has brought there.
own_files()
{
	local base=$1 tree map=series/$1.map

	tree=$(tree_dir "$base")
	[ -e "$map" ] || map=/dev/null
	comm -12 <(find include lib mm Documentation -type f 2>/dev/null | sed -f "$map" | sort) \
		<(git -C "$tree" diff --name-only "$(base_ref "$base")" HEAD | sort)
}

# Without those of KASAN, which only a kernel with KASAN compiles.
own_objects()
{
	own_files "$1" | sed -n '/^mm\/kasan\//d; s/\.c$/.o/p'
}

# The directory below arch/.
source_arch()
{
	case $1 in
	i386|x86_64) echo x86 ;;
	*) echo "$1" ;;
	esac
}

configure()
{
	local base=$1 name=$2 defconfig=$3 fragments=$4 build unmet
	shift 4

	build=$(build_dir "$base" "$name")
	mkdir -p "$build/wanted"
	# shellcheck disable=SC2086 # one word per fragment
	"$(tree_dir "$base")/scripts/kconfig/merge_config.sh" -m -O "$build/wanted" \
		$fragments
	kmake "$base" "$name" "$@" \
		KCONFIG_ALLCONFIG="$build/wanted/.config" "$defconfig"
	unmet=$(unmet_options "$build/wanted/.config" "$build/.config")
	[ -z "$unmet" ] ||
		die "options that did not take effect (unmet dependencies?):"$'\n'"$unmet"
}

# Fails when the log does; its tests are those of the step.
judge_log()
{
	local log=$1 verdict status=0
	shift

	verdict=$("$top/tools/kernel/judge" "$@" "$log") || status=$?
	printf '%s\n' "$verdict"
	# shellcheck disable=SC2046 # "N passed, N failed, N skipped": three words
	tally_tests $(tail -n 1 <<<"$verdict" | tr -dc '0-9 ')
	note "$(tail -n 1 <<<"$verdict" | sed 's/, 0 skipped//')"
	[ "$status" = 0 ] || printf 'the whole log: %s\n' "${log#"$top/"}"
	return "$status"
}

has_option()
{
	grep -qx "CONFIG_$2=y" "$1/.config"
}

# The log has to have lines like the REGEXes, and what the kernel in BUILD was
# built to say.
judge_run()
{
	local log=$1 build=$2
	local -a expect=("${@:3}")

	if has_option "$build" GENALLOC_SELFTEST; then
		expect+=('^genalloc: self-test passed'
			 '^genalloc: self-test before slab passed')
	fi
	if has_option "$build" GENALLOC_SELFTEST && has_option "$build" GENALLOC_KASAN; then
		expect+=('^genalloc: self-test .* watched by KASAN')
	fi
	judge_log "$log" "${expect[@]/#/--expect=}"
}

# The same for a kernel that runs our init.
judge_init_run()
{
	local log=$1 build=$2
	local -a expect=("${@:3}" '^genalloc-init: end$')

	if has_option "$build" GENALLOC_DEBUGFS; then
		expect+=('^genalloc-init: pools end$')
	fi
	if has_option "$build" GENALLOC_DEBUGFS && [ -e "$build/modules.list" ]; then
		expect+=('^genalloc-init: [1-9][0-9]* files of pools read$')
	fi
	if has_option "$build" DEBUG_KMEMLEAK; then
		expect+=('^genalloc-init: pools listed: ' '^genalloc-init: leaks end$')
	fi
	judge_run "$log" "$build" "${expect[@]}"
}

# ---- kunit.py ----

# The options: what an architecture says of one goes before ours and small.config.
kunit_config()
{
	local base=$1 arch=$2 own=/dev/null

	[ ! -e "$configs/$arch.config" ] || own=$configs/$arch.config
	cat "$configs/kunit.config" "$own"
	{ our_options "$base" y; cat "$configs/small.config"; } |
		grep -vwFf <(grep -o 'CONFIG_[A-Z0-9_]*' "$own")
}

kunit_build_args()
{
	local arch=$1 config=$2 compiler=${cross[$1]:-}

	printf '%s\n' --arch="$arch" --kunitconfig="$config"
	[ ! -e "$machines/$arch.py" ] || printf '%s\n' --qemu_config="$machines/$arch.py"
	[ -z "$compiler" ] || printf '%s\n' --cross_compile="$compiler" \
		--make_options="CC=$(cached "${compiler}gcc")"
}

kunit_run_args()
{
	# The time of the slowest, emulated with all checks on, many times over.
	printf '%s\n' --timeout=600 --kernel_args="$boot_args"
	! grep -qx CONFIG_SMP=y "$2" || printf '%s\n' --qemu_args='-smp 4'
}

# A directory with tools/kernel/qemu under the names that kunit.py calls.
kunit_qemus()
{
	local qemu

	mkdir -p "$out/bin"
	for qemu in /usr/bin/qemu-system-*; do
		ln -sf "$top/tools/kernel/qemu" "$out/bin/${qemu##*/}"
	done
	echo "$out/bin"
}

# kunit.py, to build and run the kernel or only to build it; with the options of
# the fragment MORE.config, that is a kernel of its own.
kunit_kernel()
{
	local what=$1 base=$2 arch=$3 more=${4:-} build
	local -a args

	build=$(build_dir "$base" "kunit-$arch${more:+-$more}")
	mkdir -p "$build"
	kunit_config "$base" "$arch" | cat - ${more:+"$configs/$more.config"} \
		>"$build/kunit.config"
	mapfile -t args < <(kunit_build_args "$arch" "$build/kunit.config"
		[ "$what" = build ] || kunit_run_args "$arch" "$build/kunit.config")
	PATH=$(kunit_qemus):$PATH \
		kunit_py "$what" "$(tree_dir "$base")" "$build" "${args[@]}"
}

kunit_run()
{
	local base=$1 arch=$2 build log status=0

	build=$(build_dir "$base" "kunit-$arch")
	log=$out/kunit-$base-$arch.kernel.log
	rm -f "$build/test.log"
	kunit_kernel run "$base" "$arch" || status=$?
	[ -e "$build/test.log" ] || die "the kernel was not built"
	cp "$build/test.log" "$log"
	judge_run "$log" "$build" "$kunit_plan"
	return "$status"
}

# ---- our own user space ----

# The initramfs: our init, and what further lines for gen_init_cpio name.
make_initramfs()
{
	local build=$1 compiler=$2 dir=$1/initramfs
	shift 2

	mkdir -p "$dir"
	"${compiler}gcc" -static -Os -Wall -Wextra -Werror -o "$dir/init" \
		tools/kernel/init/{init,p2pmem}.c
	{
		cat tools/kernel/init/cpio.list
		printf 'file /init %s/init 0755 0 0\n' "$dir"
		printf '%s\n' "$@"
	} >"$dir/list"
	"$build/usr/gen_init_cpio" "$dir/list" >"$dir/cpio"
}

# The modules of a build directory in the order in which they can be loaded; the
# torture test, which goes on until it is unloaded, is the last.
modules_in_order()
{
	local pattern

	for pattern in '/kunit\.' '/torture\.' '/[^/]*_kunit\.' '/genalloc_torture\.'; do
		sed -n "\\,$pattern,s,\.o$,.ko,p" "$1/modules.order"
	done
}

# A report of KASAN is the end of lockdep: the suite that makes some has a list of
# its own, see guard_run.
module_lines()
{
	local build=$1 module guard=gen_pool_guard_kunit

	modules_in_order "$build" | sed 's|.*/||; s|\.ko$||' >"$build/modules.all"
	grep -vx $guard "$build/modules.all" >"$build/modules.list"
	grep -x "kunit\|$guard" "$build/modules.all" >"$build/modules.guard" || true
	printf "file /modules/%s $build/modules.%s 0644 0 0\n" list list guard guard
	modules_in_order "$build" | while read -r module; do
		printf 'file /modules/%s %s/%s 0644 0 0\n' "${module##*/}" "$build" "$module"
	done
}

# ---- the board ----

board_configure()
{
	local base=$1 name=$2 more=$3 build
	shift 3

	build=$(build_dir "$base" "$name")
	mkdir -p "$build"
	our_options "$base" y >"$build/suites.config"
	configure "$base" "$name" allnoconfig \
		"$configs/board.config $configs/kunit.config $more $build/suites.config" "$@"
}

board_build()
{
	local base=$1 build

	board_configure "$base" board '' "${board_make[@]}"
	kmake "$base" board "${board_make[@]}" zImage "$board_dtb"
	build=$(build_dir "$base" board)
	arm-linux-gnueabihf-gcc -static -O2 -Wall -Wextra -Werror -o "$build/genpools" \
		tools/mm/genpools.c
	make_initramfs "$build" arm-linux-gnueabihf- "file /genpools $build/genpools 0755 0 0"
}

board_qemu()
{
	local boot=$1/arch/arm/boot

	timeout 180 qemu-system-arm -M sabrelite -smp 4 -m 512 -display none \
		-monitor none -serial null -serial stdio -no-reboot \
		-kernel "$boot/zImage" -dtb "$boot/dts/$board_dtb" \
		-initrd "$1/initramfs/cpio" \
		-append "console=ttymxc1,115200 printk.devkmsg=on $boot_args"
}

board_run()
{
	local base=$1 build log=$out/board.kernel.log

	build=$(build_dir "$base" board)
	board_qemu "$build" >"$log" 2>&1 || echo "QEMU ended with status $?"
	judge_init_run "$log" "$build"
}

# ---- torture ----

# In KASAN's kernel the driver of machine checks is wrong if it is told to be, and
# has its lines in the object. KCSAN looks at our objects only, not at the suites.
# It tells of a race whatever its other side is, and races among the rest of the
# kernel are not ours.
torture_make()
{
	local base=$1 check=$2

	echo ARCH=x86_64
	[ "$check" != kasan ] || echo 'CFLAGS_genpool.o=-g -include wrong.h'
	[ "$check" != kcsan ] || {
		echo KCSAN_SANITIZE=n
		own_objects "$base" | sed '/_kunit/d; s/.*\/\(.*\)/KCSAN_SANITIZE_\1=y/'
	}
}

torture_build()
{
	local base=$1 check=$2 build name=torture-$2 more=''
	local -a args lines

	build=$(build_dir "$base" "$name")
	mkdir -p "$build"
	cp tools/kernel/init/wrong.h "$build"
	mapfile -t args < <(torture_make "$base" "$check")
	if [ "$check" = kasan ]; then
		our_options "$base" m
		more=$configs/faults.config
	else
		autorun_option "$base"
	fi >"$build/suites.config"
	configure "$base" "$name" allnoconfig \
		"$configs/torture.config $configs/$check.config $build/suites.config $more" \
		ARCH=x86_64
	kmake "$base" "$name" "${args[@]}" all
	mapfile -t lines < <(module_lines "$build")
	make_initramfs "$build" '' "${lines[@]}"
}

# On a machine that is busy the kernel's test of its timer fails, since QEMU gives
# too few ticks in the time that it waits, and so does its measurement of the time
# stamp counter, by ticks. A panic ends QEMU at once.
torture_qemu()
{
	local build=$1 seconds=$2 owners=${3:-off} list=${4:-list} khz

	gcc -Os -Wall -Wextra -Werror -o "$build/initramfs/tsc" tools/kernel/init/tsc.c
	khz=$("$build/initramfs/tsc")
	timeout $((seconds + 600)) qemu-system-x86_64 -accel tcg,thread=multi \
		-smp 4 -m 1024 -nodefaults -bios qboot.rom -display none \
		-serial stdio -no-reboot \
		-kernel "$build/arch/x86/boot/bzImage" \
		-initrd "$build/initramfs/cpio" \
		-append "console=ttyS0 printk.devkmsg=on $boot_args panic=-1 \
			no_timer_check tsc=reliable tsc_early_khz=$khz \
			genalloc.owner=$owners genalloc.peak=$owners \
			modules=/modules/$list -- seconds=$seconds ${*:5}"
}

torture_run()
{
	local base=$1 check=$2 seconds=$3 owners=${4:-off} build log
	local -a expect=(', 4 CPUs$' "$kunit_plan")

	[ "$check" != kcsan ] || expect+=('^kcsan: enabled early')
	build=$(build_dir "$base" "torture-$check")
	log=$out/torture-$base-$check-owners-$owners.kernel.log
	torture_qemu "$build" "$seconds" "$owners" >"$log" 2>&1 ||
		echo "QEMU ended with status $?"
	note "$(sed -n 's/.*End of test: .*allocations=\([0-9]*\).*/\1 allocations/p' "$log")"
	judge_init_run "$log" "$build" "${expect[@]}"
}

# A machine check, corrected, with an address.
mce=/sys/kernel/debug/mce-inject
mce_jobs=(
	"write=$mce/status,0x9400000000000000"
	"write=$mce/addr,0x1000"
	"write=$mce/bank,1"
)

# The suite of pools of ordinary memory, whose reports of KASAN are expected, and
# a driver that has such a pool.
guard_run()
{
	local base=$1 build log=$out/guard-$1.kernel.log

	build=$(build_dir "$base" torture-kasan)
	torture_qemu "$build" 0 on guard "${mce_jobs[@]}" seconds=2 >"$log" 2>&1 ||
		echo "QEMU ended with status $?"
	judge_init_run "$log" "$build" "$kunit_plan" \
		'^mce: \[Hardware Error\]: CPU 0: Machine Check: 0 Bank 1: 9400000000000000'
}

# The source line that a report has, where a call returns to: of the one before.
kasan_line()
{
	local base=$1 build=$2 place=$3

	place=${place%%/*}
	"$(tree_dir "$base")/scripts/faddr2line" "$build/vmlinux" \
		"${place%+*}+$(printf '%#x' $((${place#*+} - 1)))" |
		sed -n 's/.*[ /]\(arch[^ ]*:[0-9]*\).*/\1/p' | tail -n 1
}

# KASAN has to report these, and nothing else; of the driver, the line that frees.
judge_mistakes()
{
	local base=$1 build=$2 log=$3 reports line

	reports=$(sed -n 's/.*BUG: KASAN: \([^/]*\).*/\1/p' "$log")
	cut -d + -f 1 <<<"$reports" | diff - <(cat <<-'END'
		genpool-use-after-free in mce_gen_pool_process
		genpool-out-of-bounds in genpool_write
		genpool-use-after-free in genpool_write
	END
	)
	line=$(kasan_line "$base" "$build" "$(sed -n 's/.* in mce/mce/p' <<<"$reports")")
	note "$line"
	sed -n "${line##*:}p" "$(tree_dir "$base")/${line%:*}" | grep gen_pool_free
}

# The same driver when it is wrong, and lkdtm.
mistakes_run()
{
	local base=$1 build log=$out/mistakes-$1.kernel.log
	local lkdtm=/sys/kernel/debug/provoke-crash/DIRECT

	build=$(build_dir "$base" torture-kasan)
	boot_args="$boot_args genalloc_wrong kasan_multi_shot" \
		torture_qemu "$build" 0 on none "${mce_jobs[@]}" seconds=2 \
		"write=$lkdtm,GENPOOL_LINEAR_OVERFLOW" \
		"write=$lkdtm,GENPOOL_WRITE_AFTER_FREE" >"$log" 2>&1 ||
		echo "QEMU ended with status $?"
	judge_mistakes "$base" "$build" "$log"
}

# ---- all that looks at the memory map ----

# The selftest is built from a copy: its module would leave objects behind.
peekers_selftest()
{
	local base=$1 build=$2 tests

	tests=$build/selftests
	rm -rf "$tests"
	mkdir -p "$tests"
	cp -r "$(tree_dir "$base")"/tools/testing/selftests/{genalloc,kselftest.h} "$tests"
	kmake "$base" peekers ARCH=x86_64 M="$tests/genalloc/test_modules" modules
	gcc -static -O2 -Wall -Werror -D_GNU_SOURCE= -I"$build/usr/include" \
		-o "$tests/peekers" "$tests/genalloc/peekers.c"
}

peekers_build()
{
	local base=$1 build tests

	build=$(build_dir "$base" peekers)
	tests=$build/selftests
	mkdir -p "$build"
	our_options "$base" y >"$build/suites.config"
	# A part of CONFIG_MIGRATION in 6.12.
	if grep -qx 'config NUMA_MIGRATION' "$(tree_dir "$base")/mm/Kconfig"; then
		echo CONFIG_NUMA_MIGRATION=y >>"$build/suites.config"
	fi
	configure "$base" peekers allnoconfig \
		"$configs/peekers.config $configs/kunit.config $build/suites.config" ARCH=x86_64
	kmake "$base" peekers ARCH=x86_64 bzImage modules headers
	peekers_selftest "$base" "$build"
	make_initramfs "$build" '' 'dir /test_modules 0755 0 0' \
		"file /test_modules/gen_pool_peekers.ko $tests/genalloc/test_modules/gen_pool_peekers.ko 0644 0 0" \
		"file /peekers $tests/peekers 0755 0 0"
}

peekers_qemu()
{
	local build=$1 log=$2 arguments=$3

	truncate -s 1G "$build/swap"
	timeout 900 qemu-system-x86_64 -accel tcg -cpu qemu64,+pdpe1gb -smp 4 \
		-m 2560M -display none -monitor none -serial stdio -no-reboot \
		-kernel "$build/arch/x86/boot/bzImage" \
		-initrd "$build/initramfs/cpio" \
		-drive "file=$build/swap,if=virtio,format=raw" \
		-append "console=ttyS0 printk.devkmsg=on page_owner=on $arguments" \
		>"$log" 2>&1 || echo "QEMU ended with status $?"
}

peekers_kunit()
{
	local base=$1 build log=$out/peekers-$1-kunit.kernel.log

	build=$(build_dir "$base" peekers)
	peekers_qemu "$build" "$log" "$boot_args"
	judge_init_run "$log" "$build"
}

# The kernel log is judged by the test, which knows what it expects; the console
# is for the results only.
peekers_run()
{
	local base=$1 build log=$out/peekers-$1.kernel.log

	build=$(build_dir "$base" peekers)
	peekers_qemu "$build" "$log" \
		'quiet loglevel=1 kunit.enable=0 debug_pagealloc=on debug_guardpage_minorder=1 movablecore=256M hardened_usercopy=on -- run=/peekers'
	judge_tap "$log"
}

# Every result that was announced is there, none is bad, and nothing was skipped
# that this kernel should have.
judge_tap()
{
	local log=$1 plan passed failed skipped

	sed -i 's/\r$//' "$log"
	plan=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$log")
	failed=$(grep -c '^not ok \|^ok .* # SKIP [^n]' "$log") || true
	skipped=$(grep -c '^ok .* # SKIP not driven: ' "$log") || true
	passed=$(grep -c '^ok [0-9]* [^#]' "$log") || true
	grep '^not ok \|# SKIP' "$log" || true
	tally_tests "$passed" "$failed" "$skipped"
	note "$passed passed, $failed failed, $skipped cannot be driven"
	[ "$passed" -gt 0 ] && [ "$failed" = 0 ] &&
		[ "$((passed + skipped))" = "${plan:-0}" ] &&
		grep -q '^# Totals: .* fail:0 ' "$log"
}
