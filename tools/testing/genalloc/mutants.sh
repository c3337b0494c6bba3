#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# mutants.sh LIB OUT: each mistake of the table "mutants" must be found

lib=$1
out=$2
nr=0
found=0
reports='!!!|FAILED|ERROR:|without rcu_read_lock|runtime error|WARNING: T|fails: '

# Objects of unchanged files are those of the program that is right.
build()
{
	rm -rf "$dir"
	mkdir -p "$dir/lib" "$dir/$variant"
	cp -p "$lib"/alloc_map*.[ch] "$lib"/genalloc*.[ch] "$dir/lib"
	sed -i "$script" "$dir/lib/$file"
	if cmp -s "$lib/$file" "$dir/lib/$file"; then
		echo "mutant $name: adapt it to $file"
		return 1
	fi
	case $file in
	*.c) cp -p "$out/$variant"/*.o "$dir/$variant" ;;
	esac
	if ! make -s LIB="$dir/lib" O="$dir" "$dir/$target" >"$dir/log" 2>&1; then
		echo "mutant $name: does not build, see $dir/log"
		return 1
	fi
}

# The stress test ends with 2 if it has found no fault, but nothing has met.
is_found()
{
	timeout 300 "$dir/$target" "$@" >"$dir/log" 2>&1
	case $? in
	0 | 2) return 1 ;;
	esac
}

while read -r name target file script; do
	case $name in
	'' | '#'*) continue ;;
	esac
	nr=$((nr + 1))
	dir=$out/mutants/$name
	variant=${target%/*}
	build || continue
	# Threads on a busy machine may need longer to meet.
	case $target in
	*/stress) is_found 10 || is_found 60 ;;
	*) is_found ;;
	esac
	if [ $? -eq 0 ]; then
		echo "mutant $name: $(grep -m 1 -E "$reports" "$dir/log")"
		found=$((found + 1))
	else
		echo "mutant $name: MISSED by ${target#*/}"
	fi
done <mutants

echo "$found of $nr mutants found"
[ $found -eq $nr ]
