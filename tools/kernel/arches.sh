#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# arches.sh [BASE [few|objects|kunit]]: other architectures. The objects of lib/
# and mm/ that the series brings or changes are compiled, with W=1, for every
# machine that tools/kernel/arches lists: with its defconfig and with tinyconfig,
# each with all options of ours and with none; then for $RANDCONFIGS (20) random
# configurations, the first one from seed $SEED. Then the KUnit suites run on
# machines of QEMU that "make test" does not boot. The last line is "N passed, N
# failed[, N skipped]", where a configuration is a test.
#
# "few" is tinyconfig with all options of ours: there, few headers come by way of
# others.

. "$(dirname "$0")/lib.sh"
. tools/kernel/kernels.sh
. tools/kernel/static.sh

# ---- objects ----

machines()
{
	sed '/^#/d; /^$/d' tools/kernel/arches
}

# The words of a machine's line become the caller's variables.
read_machine()
{
	read -r name arch compiler defconfig options < <(machines | grep "^$1[[:space:]]")
	[ "$compiler" != - ] || compiler=
	build=$(build_dir "$base" "arch-$arch$compiler")
	make=(ARCH="$arch" CROSS_COMPILE="$compiler")
}

# Words like X=y and Y=n as options.
options()
{
	local word

	for word; do
		case $word in
		*=n) echo "# CONFIG_${word%=n} is not set" ;;
		*) echo "CONFIG_$word" ;;
		esac
	done
}

# All options of ours with VALUE, or left to chance, and what they depend on. The
# debug information of some defconfigs needs more tools.
our_fragment()
{
	local value=$1
	local -a all=()

	[ -z "$value" ] ||
		mapfile -t all < <(sed -n "s/^config \(.*\)/\1=$value/p" Kconfig.debug)
	options KUNIT=y GENERIC_ALLOCATOR=y RUNTIME_TESTING_MENU=y DEBUG_KERNEL=y \
		WERROR=n DEBUG_INFO_NONE=y GCC_PLUGINS=n "${all[@]}"
	[ "$value" != y ] || options DEBUG_FS=y FAULT_INJECTION=y FAILSLAB=y
}

# Where the options come from that nobody has chosen.
start_of()
{
	case $1 in
	defconfig) echo "$(tree_dir "$base")/arch/$(source_arch "$arch")/configs/$defconfig" ;;
	tinyconfig) echo "$(tree_dir "$base")/kernel/configs/tiny-base.config" ;;
	randconfig) echo /dev/null ;;
	esac
}

configure_machine()
{
	local kind=$1 value=$2
	local -A target=([defconfig]=alldefconfig [tinyconfig]=allnoconfig
		[randconfig]=randconfig)

	mkdir -p "$build/wanted"
	# shellcheck disable=SC2086 # one word per option
	{ our_fragment "$value"; options $options; } >"$build/ours.config"
	"$(tree_dir "$base")/scripts/kconfig/merge_config.sh" -m -O "$build/wanted" \
		"$(start_of "$kind")" "$build/ours.config"
	kmake "$base" "${build##*/}" "${make[@]}" \
		KCONFIG_ALLCONFIG="$build/wanted/.config" "${target[$kind]}"
}

# What the series brings or changes in lib/ and mm/, and this configuration has.
configured_objects()
{
	make -s -C "$build" -f "$top/tools/kernel/objects.mk" \
		srctree="$(tree_dir "$base")" SRCARCH="$(source_arch "$arch")" \
		DIRS='lib lib/tests mm mm/tests' 2>/dev/null | tr ' ' '\n' | sort -u |
		grep -Fx "$(git -C "$(tree_dir "$base")" diff --name-only \
			"$(base_ref "$base")" HEAD -- lib mm | sed -n 's/c$/o/p')"
}

# The configuration has to have what it is there for.
check_configured()
{
	local value=$1 object
	local -a wanted=(lib/alloc_map.o lib/genalloc.o mm/gen_pool_page.o)
	shift

	[ "$value" != y ] || wanted+=(lib/genalloc_selftest.o)
	for object in "${wanted[@]}"; do
		[[ " $* " == *" $object "* ]] ||
			die "$object is not in this configuration: is an option of tools/kernel/arches unmet?"
	done
}

# What else is built is not of this series.
prepare_machine()
{
	configure_machine "$1" "$2"
	kmake "$base" "${build##*/}" "${make[@]}" prepare
}

compile_machine()
{
	local value=$1 report
	local -a objects

	mapfile -t objects < <(configured_objects)
	check_configured "$value" "${objects[@]}"
	( cd "$build" && rm -f "${objects[@]}" )
	report=$(kmake "$base" "${build##*/}" "${make[@]}" W=1 "${objects[@]}" 2>&1) || {
		printf '%s\n' "$report"
		return 1
	}
	printf '%s\n' "$report"
	! about_own "$base" <<<"$report" || return 1
	tally_tests 1 0
	compiled=$((${compiled:-0} + ${#objects[@]}))
}

test_machine()
{
	local name arch compiler defconfig options build kind value compiled
	local -a make

	read_machine "$1"
	for kind in defconfig tinyconfig; do
		for value in y n; do
			prepare_machine "$kind" "$value"
			compile_machine "$value"
		done
	done
	note "4 configurations, $compiled objects"
}

# The machines of an architecture and compiler share a build directory. In a
# process of its own; prints how many objects were compiled for each.
test_few_of()
{
	local name arch compiler defconfig options build machine compiled
	local -a make

	for machine in $(machines | awk -v arch="$1" -v compiler="$2" \
			'$2 == arch && $3 == compiler { print $1 }'); do
		read_machine "$machine"
		compiled=0
		{ prepare_machine tinyconfig y; compile_machine y; } >&2
		echo "$compiled"
	done
}

# Most that make does for a machine, it does one by one: so several at a time.
test_few()
{
	local compiled=$out/architectures.compiled

	machines | awk '{ print $2, $3 }' | sort -u |
		xargs -P "$jobs" -L 1 tools/kernel/arches.sh "$base" few-of >"$compiled"
	note "$(wc -l <"$compiled") machines, $(paste -sd + "$compiled" | bc) objects"
}

test_random()
{
	local name arch compiler defconfig options build compiled
	local -a make

	read_machine "$1"
	export KCONFIG_SEED=$2
	configure_machine randconfig ''
	kmake "$base" "${build##*/}" "${make[@]}" prepare ||
		skip "not even make prepare works with seed $2"
	compile_machine ''
	note "seed $2, $compiled objects"
}

objects_tests()
{
	local machine i
	local -a names

	mapfile -t names < <(machines | cut -f 1)
	for machine in "${names[@]}"; do
		try "objects $key $machine" test_machine "$machine"
	done
	for ((i = 0; i < ${RANDCONFIGS:-20}; i++)); do
		machine=${names[i % ${#names[@]}]}
		try "objects $key $machine random" test_random "$machine" $((${SEED:-1} + i))
	done
}

# ---- KUnit ----

# In this order: the weakest order of memory, 32 bits of both kinds, cmpxchg()
# from a lock, and from pairs of instructions. Not sh: gcc 12 loses a comparison in
# its decompress_kernel(), so that no zImage boots.
kunit_machines=(alpha m68k i386 sparc riscv arm64 mips mipsel)

# 6.12 itself does not compile for alpha (show_signal_msg of arch/alpha/mm/fault.c)
# nor for sparc of 32 bits (BUILD_BUG_ON of fs/fcntl.c).
kunit_base()
{
	case $key-$1 in
	6.12-alpha|6.12-sparc) echo 7.2 ;;
	*) echo "$base" ;;
	esac
}

kunit_tests()
{
	local machine where status=0

	for machine in "${kunit_machines[@]}"; do
		where=$(kunit_base "$machine")
		[ "$where" = "$base" ] || need_tree "$where" || continue
		try "KUnit $(base_key "$where") $machine" kunit_run "$where" "$machine"
	done
}

base=${1:-$BASE}
what=${2:-all}
if [ "$what" = few-of ]; then
	test_few_of "$3" "$4"
	exit
fi
need tree build arches check
[ "$what" = few ] || need arches-kunit
need_tree "$base"
key=$(base_key "$base")
if [ "$what" = few ]; then
	try "architectures $key" test_few
	exit "$rc"
fi
tally_begin
[ "$what" = kunit ] || objects_tests
[ "$what" = objects ] || kunit_tests
tally_end
