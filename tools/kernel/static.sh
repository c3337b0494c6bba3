# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What can be said about the sources and the patches without running them. To
# be sourced after lib.sh and kernels.sh. Functions for steps, each of which
# fails on the first warning of its tool:
#
#	check_patches BASE	checkpatch on out/series-BASE
#	check_kernel_doc BASE
#	check_includes BASE	headers are included for all that is used
#	check_gcc BASE		64 bits: W=1 and sparse
#	check_clang BASE	32 bits: W=1 with clang
#	check_rst BASE		sphinx
#	check_scripts		shellcheck
#	check_spelling		codespell; not on hunks, whose context is not ours
#	check_english		counts words that sound translated
#	check_judge		the judge of logs on logs with known faults
: "${out:?source lib.sh and kernels.sh first}" "${cache:?}" "${configs:?}" \
	"${board_make:?}" "${jobs:?}" "${top:?}"

# ---- patches ----

# The headers in tools/testing/genalloc stand in for the kernel's. What
# checkpatch wants to see used, typedefs, attributes, BUG(), they define; their
# macros have the kernel's arguments and ignore some, declare functions by
# pasting names, and use names of the compiler, the linker and libFuzzer. Tests
# are named after the file they open, and ask whether there is a system call, and
# for the processor whose emulator needs help.
harness_ignores=ARCH_DEFINES,AVOID_BUG,AVOID_EXTERNS,CAMELCASE,COMPLEX_MACRO
harness_ignores+=,EMBEDDED_FILENAME,EMBEDDED_FUNCTION_NAME,ENOSYS
harness_ignores+=,EXPORT_SYMBOL,IS_ENABLED_CONFIG,MACRO_ARG_PRECEDENCE,MACRO_ARG_REUSE
harness_ignores+=,MACRO_ARG_UNUSED,MACRO_WITH_FLOW_CONTROL,NEW_TYPEDEFS
harness_ignores+=,PREFER_DEFINED_ATTRIBUTE_MACRO,PREFER_KERNEL_TYPES
harness_ignores+=,PRINTK_WITHOUT_KERN_LEVEL,SPACING

# Debian's python3: the modules that spdxcheck.py wants are for that one. The
# commits that Fixes: names are not in a tree that is made from a tarball. And
# MAINTAINERS has patterns, which come with the first patch: see unmaintained().
checkpatch()
{
	local patch=$1 ignores=FILE_PATH_CHANGES,UNKNOWN_COMMIT_ID

	if grep -q '^diff --git a/tools/testing/' "$patch"; then
		ignores+=,$harness_ignores
	fi
	# The macros of tracepoints are laid out as nothing else.
	if grep -q '^diff --git a/include/trace/' "$patch"; then
		ignores+=,OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT
	fi
	PATH=/usr/bin:$PATH ./scripts/checkpatch.pl --strict --no-signoff \
		--ignore "$ignores" "$patch" 2>&1 || true
}

# What a report on PATCH depends on: the text, wherever in the series it is, and
# what it is checked by and against.
checkpatch_key()
{
	{
		sed 's/^\(Subject: \[PATCH\) [0-9/]*\]/\1]/' "$1"
		git rev-parse "$(base_ref "$base"):"
		declare -p harness_ignores
		declare -f checkpatch
	} | sha1sum | cut -d ' ' -f 1
}

# A patch with the same text gets the same report again.
checkpatch_cached()
{
	local report=$verdicts/$1 patch=$2

	if [ -e "$report" ]; then
		touch "$report"
	else
		checkpatch "$patch" >"$report.$BASHPID"
		mv "$report.$BASHPID" "$report"
	fi
}

# In the order of the patches, $jobs at a time.
checkpatch_all()
{
	local patch key verdicts=$cache/checkpatch
	local -a reports=()

	mkdir -p "$verdicts"
	for patch; do
		key=$(checkpatch_key "$patch")
		reports+=("$verdicts/$key")
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
			wait -n || true
		done
		checkpatch_cached "$key" "$patch" &
	done
	wait
	cat "${reports[@]}"
	find "$verdicts" -type f -mtime +30 -delete
}

check_patches()
{
	local base=$1 tree patches report status=0

	tree=$(tree_dir "$base")
	mapfile -t patches < <(find "$out/series-$(base_key "$base")" -name '*.patch' \
		! -name '*cover-letter.patch' | sort)
	report=$(cd "$tree" && checkpatch_all "${patches[@]}")
	printf '%s\n' "$report"
	unmaintained "${patches[@]}" && status=1
	note "$(sum_checkpatch "${#patches[@]}" <<<"$report")"
	sum_checkpatch "${#patches[@]}" <<<"$report" >/dev/null || status=1
	return "$status"
}

# Files that PATCHES add, and that no pattern of our MAINTAINERS has.
unmaintained()
{
	awk 'FNR == NR && /^F:/ {
			gsub(/[.]/, "[.]", $2)
			gsub(/[*]/, "[^/]*", $2)
			patterns = patterns "|^" $2 ($2 ~ "/$" ? "" : "$")
		}
		FNR != NR && /^new file mode/ { added = 1 }
		added && sub(/^[+][+][+] b\//, "") {
			added = 0
			if ($0 !~ substr(patterns, 2)) {
				print "MAINTAINERS has no pattern for " $0
				n++
			}
		}
		END { exit !n }' "$top/MAINTAINERS" "$@"
}

# "total: 0 errors, 2 warnings, 0 checks, 120 lines checked": one per patch, and
# none may be missing.
# checkpatch takes the definition of a function named ..._for_each_... for a loop
# and wants its brace on the same line: that, of these functions, is known. So is
# that it dislikes how the kernel names page types, and that a macro that has to be
# a constant uses its argument twice.
sum_checkpatch()
{
	awk -v patches="$1" '/^total: / { e += $2; w += $4; c += $6; n++ }
		/^[A-Z]+: / {
			brace = /^ERROR: that open brace/
			reuse = /^CHECK: Macro argument reuse/
		}
		reuse && /^\+#define (ALLOC_MAP_(PARTS_)?BYTES|DEFINE_GEN_POOL)\(/ {
			known++; c--; reuse = 0
		}
		brace && /^\+void gen_pool_for_each_[a-z]+\(/ { known++; e--; brace = 0 }
		/^CHECK: Avoid CamelCase: <(Page)?Genpool>/ { known++; c-- }
		END {
			printf "%d patches: %d errors, %d warnings, %d checks", n, e, w, c
			if (known)
				printf " (and %d known false)", known
			print ""
			exit n != patches || !n || e + w + c
		}'
}

# ---- sources ----

check_kernel_doc()
{
	local base=$1 tree report files

	tree=$(tree_dir "$base")
	mapfile -t files < <(own_files "$base" | grep '\.[ch]$')
	report=$(cd "$tree" && ./scripts/kernel-doc -none -Wall "${files[@]}" 2>&1)
	printf '%s\n' "$report"
	! grep -qE 'warning|error' <<<"$report" || return 1
	note "${#files[@]} files"
}

check_includes()
{
	local report
	local -a files

	# The macros of tracepoints are defined in many places.
	mapfile -t files < <(find include lib mm -name '*.[ch]' ! -path '*/trace/*' | sort)
	report=$(tools/kernel/includes.py "$(tree_dir "$1")" "${files[@]}") || {
		printf '%s\n' "$report"
		return 1
	}
	note "$report"
}

# Compiles our objects anew; any message about our files is a failure. Messages
# about headers of others are theirs: W=1 is not the kernel's normal.
compile_own()
{
	local base=$1 name=$2 build objects report
	shift 2

	build=$(build_dir "$base" "$name")
	mapfile -t objects < <(own_objects "$base")
	kmake "$base" "$name" "$@" prepare
	( cd "$build" && rm -f "${objects[@]}" )
	report=$(kmake "$base" "$name" "$@" W=1 "${objects[@]}" 2>&1) || {
		printf '%s\n' "$report"
		return 1
	}
	printf '%s\n' "$report"
	! about_own "$base" <<<"$report" || return 1
	note "${#objects[@]} objects"
}

# "in included file" only leads to what follows, which names the header.
about_own()
{
	grep -E '(warning|error|note):' | grep -v 'note: in included file' |
		grep -Ff <(own_files "$1" | sed 's/$/:/')
}

check_gcc()
{
	local base=$1 build

	build=$(build_dir "$base" static-um)
	mkdir -p "$build"
	our_options "$base" y >"$build/suites.config"
	configure "$base" static-um alldefconfig \
		"$configs/kunit.config $configs/small.config $configs/um.config $configs/faults.config $build/suites.config" ARCH=um
	compile_own "$base" static-um ARCH=um C=2
}

check_clang()
{
	local base=$1
	local -a clang=("${board_make[@]}" CC="$(cached clang)")

	board_configure "$base" static-clang "$configs/faults.config" "${clang[@]}"
	compile_own "$base" static-clang "${clang[@]}"
}

# ---- text ----

# The files as one small book, so that a table of contents is no wish.
check_rst()
{
	local base=$1 tree book=$out/rst files file

	tree=$(tree_dir "$base")
	mapfile -t files < <(own_files "$base" | grep '\.rst$')
	[ "${#files[@]}" -gt 0 ] || skip 'no .rst file in the tree yet'
	rm -rf "$book"
	mkdir -p "$book"
	printf 'genalloc\n========\n\n.. toctree::\n\n' >"$book/index.rst"
	for file in "${files[@]}"; do
		cp "$tree/$file" "$book"
		echo "   $(basename "$file" .rst)" >>"$book/index.rst"
	done
	KERNEL_TREE=$tree srctree=$tree PYTHONDONTWRITEBYTECODE=1 sphinx-build -q -W \
		--keep-going -c tools/kernel/sphinx -b html "$book" "$book/html"
	note "${#files[@]} files in ${book#"$top/"}/html"
}

own_scripts()
{
	{
		grep -lE '^(#!.*(bash|/sh)|# shellcheck shell)' tools/kernel/* .ci/*
		find tools/testing -type f -name '*.sh'
	} 2>/dev/null
}

check_scripts()
{
	local scripts

	mapfile -t scripts < <(own_scripts)
	shellcheck "${scripts[@]}"
	note "${#scripts[@]} scripts"
}

# DAMON is a part of mm, and "nd" the bus of NVDIMMs.
check_spelling()
{
	git ls-files -co --exclude-standard ':!*.diff' |
		xargs -d '\n' codespell -L damon,nd
}

# Not of data, lists and texts of others.
check_english()
{
	local report status=0

	report=$(git ls-files -co --exclude-standard ':!*.diff' ':!*.csv' \
		':!*/files' ':!*/corpus/*' ':!*/judge.d/*' ':!COPYING' |
		xargs -d '\n' awk -f tools/kernel/english.awk) || status=1
	printf '%s\n' "$report"
	note "${report##*$'\n'}"
	return "$status"
}

check_judge()
{
	local verdict

	verdict=$(tools/kernel/judge --self-check)
	echo "$verdict"
	note "$(cut -d ' ' -f 1 <<<"$verdict") logs"
}
