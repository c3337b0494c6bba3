#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# size.sh [BASE]: the text in bytes of each object of ours that a configuration
# builds in, and of the base's lib/genalloc.o. The configurations:
#
#	imx6	the board of "make run", with debugfs and what KUnit needs
#	plain	the same without KUnit, lockdep and other checks
#	lpc18xx	ARM without MMU, BASE_SMALL, -Os
#	x86_64	its defconfig

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kernels.sh"

size_make()
{
	local -a args=("${board_make[@]}")

	[ "$config" != x86_64 ] || args=(ARCH=x86_64)
	kmake "$base" "size-$config" "${args[@]}" "$@"
}

size_configure()
{
	case $config in
	imx6 | plain) board_configure "$base" "size-$config" '' "${board_make[@]}" ;;
	*) size_make "${config}_defconfig" ;;
	esac
	if [ "$config" = plain ]; then
		"$tree/scripts/config" --file "$build/.config" -d KUNIT \
			-d PROVE_LOCKING -d DEBUG_LIST -d DEBUG_ATOMIC_SLEEP
		size_make olddefconfig
	fi
	size_make prepare
}

# Those of the configuration, without tests.
size_objects()
{
	make -s -C "$build" -f "$top/tools/kernel/objects.mk" srctree="$tree" \
		DIRS='lib mm' 2>/dev/null | tr ' ' '\n' | sort -u |
		grep -E '^(lib/(alloc_map|genalloc)|mm/gen_pool_)[a-z_]*\.o$' |
		grep -vE '_(kunit|selftest|torture)\.o$'
}

# By the command that made ours, with the base's header in front.
build_mainline()
{
	local command

	mkdir -p mainline
	git -C "$tree" archive "$(base_ref "$base")" lib/genalloc.c \
		include/linux/genalloc.h | tar -x -C mainline
	command=$(sed -n 's/^\(saved\)\?cmd_lib\/genalloc.o := //p' lib/.genalloc.o.cmd)
	command=${command//$tree\/lib\/genalloc.c/mainline\/lib\/genalloc.c}
	command=${command//lib\/genalloc.o/mainline\/lib\/genalloc.o}
	eval "${command/ -nostdinc / -nostdinc -Imainline/include }"
}

measure()
{
	local -a objects

	build=$(build_dir "$base" "size-$config")
	size_configure
	mapfile -t objects < <(size_objects)
	size_make "${objects[@]}"
	cd "$build"
	build_mainline
	size "${objects[@]}" mainline/lib/genalloc.o |
		awk -v config="$config" 'NR > 1 { print config, $NF, $1 }' >>"$results"
}

table()
{
	awk '
		function group(o) {
			if (o ~ /^mainline/)
				return "mainline"
			if (o ~ /gen_pool_/)
				return "page tags"
			if (o ~ /debugfs/)
				return "debugfs"
			return o ~ /_parts/ ? "large pools" : "map and pools"
		}
		function line(name,	i) {
			printf "%-24s", name
			for (i = 1; i <= configs; i++)
				printf " %8s", text[name, config[i]] ? text[name, config[i]] : "-"
			print ""
		}
		$1 != config[configs] { config[++configs] = $1 }
		group($2) != "mainline" { text["all", $1] += $3 }
		group($2) != "mainline" && !seen[$2]++ { object[++objects] = $2 }
		{ text[$2, $1] = $3; text[group($2), $1] += $3 }
		END {
			printf "%-24s", "text, bytes"
			for (i = 1; i <= configs; i++)
				printf " %8s", config[i]
			print ""
			for (i = 1; i <= objects; i++)
				line(object[i])
			print ""
			n = split("map and pools,large pools,page tags,debugfs,all,mainline", total, ",")
			for (i = 1; i <= n; i++)
				line(total[i])
		}' "$results"
}

base=${1:-$BASE}
results=$out/size
need tree build run
need_tree "$base"
tree=$(tree_dir "$base")
: >"$results"
for config in imx6 plain lpc18xx x86_64; do
	step "size $config" measure
done
table
