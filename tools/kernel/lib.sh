# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts in tools/kernel share. Source it first:
#
#	#!/bin/bash
#	. "$(dirname "$0")/lib.sh"
#
# It turns on errexit, nounset and pipefail and goes to the top of the clone.
#
# Places
#	$top		the clone
#	$out		logs and results, $top/out
#	$cache		everything that takes long: $GENALLOC_CACHE, default
#			~/.cache/genalloc. May be removed at any time.
#	$BASE		the base kernel from the environment, default 6.12
#
# Messages
#	die TEXT...	the reason and what to do on stderr; status 1
#	skip TEXT...	the same for what cannot be done here; status 77
#	note TEXT...	shown behind the time of the step that runs
#
# Steps
#	step NAME CMD ARG...
#		Runs CMD (a command or a function) with all output in
#		out/NAME.log and prints "NAME ... ok  12 s  (note)". When CMD
#		fails, shows the first errors and the end of the log and ends
#		the script with its status. 77 means skipped, and the last line
#		of the log is why.
#	try NAME CMD ARG...
#		The same, but always returns 0 with CMD's status in $rc.
#	With WHOLE_LINES=y the name comes with the rest, for steps that run beside
#	others.
#
#	hint TEXT...
#		What to do should the next step fail; forgotten after it.
#
#	Use neither in a condition or before || or &&: the shell would ignore
#	errexit in CMD, and a failure in its middle would go unnoticed.
#
# Tally: one line per step for machines in out/tally
#	STATUS<tab>SECONDS<tab>PASSED<tab>FAILED<tab>SKIPPED<tab>NAME
#	tally_begin	starts it; steps are counted from here on, also those
#			of scripts this one runs. Steps within steps are not.
#	tally_tests PASSED FAILED [SKIPPED]
#		Tests that the running step has counted, added up over calls. A
#		step that calls this counts as so many tests, any other as one.
#	tally_end	prints "N passed, N failed[, N skipped]"; status 1 if any
#			failed or none passed
#
# Kernel
#	need GROUP...	Debian packages, by groups of tools/kernel/packages; all that
#			a script needs at once, so that users without root see
#			one command to install them by
#	need_tree BASE	the step that makes or updates the tree of BASE
#	base_key BASE	its name in paths: 6.12, 7.2, or made from the path
#	tree_dir BASE	the kernel tree with the series on top. What takes BASE
#			also takes BASE+NAME: a second work tree, with build
#			directories of its own (see bisect.sh).
#	base_ref BASE	the revision in that tree below the series
#	checkout DIR REVISION	in a work tree that is nobody else's
#	topics		the names of the topics of the series, in order; only $TOPIC
#			if that is set
#	topic_range TREE REF TOPIC
#			the commits of a topic in TREE, where the series begins at
#			REF; nothing if it has none there
#	build_dir BASE NAME
#	cached COMPILER	with ccache in front of it, where that is installed
#	kmake BASE NAME ARG...
#		make in the tree with O=build_dir, ccache, and the compiler that
#		CROSS_COMPILE= among ARG asks for (unless CC= or LLVM= is there)
#	kunit_py run|build TREE BUILD ARG...
#		kunit.py with the kernel in TREE, in build directory BUILD

set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=$top/out
cache=${GENALLOC_CACHE:-${HOME:?}/.cache/genalloc}
BASE=${BASE:-6.12}
jobs=${JOBS:-$(nproc)}
rc=0
next_hint=
cd "$top"
case $cache in *[[:space:]:]*)
	printf 'error: no kernel can be built in %s: set GENALLOC_CACHE to a path without blanks and colons\n' "$cache" >&2
	exit 1
esac
mkdir -p "$out"

# What the caller's make, shell and git are set up for is not for the kernel's.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
unset ARCH CROSS_COMPILE LLVM KBUILD_OUTPUT KCONFIG_CONFIG
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
# Debian's python3 has Debian's modules; another one may come first.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export LC_ALL=C LOCALVERSION=-genalloc
# The name keeps off results of assembler in depend mode: see tools/kernel/cc.
export CCACHE_DIR=$cache/ccache CCACHE_NAMESPACE=direct
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_COUNT=4
export GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
export GIT_CONFIG_KEY_1=core.hooksPath GIT_CONFIG_VALUE_1=/dev/null
export GIT_CONFIG_KEY_2=advice.detachedHead GIT_CONFIG_VALUE_2=false
export GIT_CONFIG_KEY_3=gc.auto GIT_CONFIG_VALUE_3=0

die()
{
	printf 'error: %s\n' "$*" >&2
	exit 1
}

skip()
{
	printf '%s\n' "$*" >&2
	exit 77
}

note()
{
	[ -z "${STEP_REPORT:-}" ] || printf 'note\t%s\n' "$*" >>"$STEP_REPORT"
}

hint()
{
	next_hint=$*
}

# The sums of what tally_tests reported: "passed failed skipped", or nothing.
reported_tests()
{
	awk -F '\t' '$1 == "tests" { p += $2; f += $3; s += $4; n++ }
		END { if (n) print p, f, s }' "$1"
}

# A step without tests of its own is one test. One with tests may fail without
# any of them failing (a crash after the last): that is one failure more.
tally_step()
{
	local status=$1 seconds=$2 name=$3 tests=$4
	local passed=0 failed=0 skipped=0

	[ -n "${TALLY:-}" ] || return 0
	[ -z "$tests" ] || read -r passed failed skipped <<<"$tests"
	case $status in
	ok)	[ -n "$tests" ] || passed=1 ;;
	FAILED)	[ "$failed" -gt 0 ] || failed=1 ;;
	skipped) skipped=$((skipped + 1)) ;;
	esac
	printf '%s\t%d\t%d\t%d\t%d\t%s\n' "$status" "$seconds" "$passed" \
		"$failed" "$skipped" "$name" >>"$TALLY"
}

# With jobs in parallel, what went wrong first may be far from the end.
explain_failure()
{
	local log=$1 advice=$2

	{
		printf -- '--- errors and the end of %s\n' "${log#"$top/"}"
		head -n -"${STEP_LINES:-20}" "$log" |
			grep -m 5 -nE 'error:|undefined reference|No rule to make' || true
		tail -n "${STEP_LINES:-20}" "$log"
		printf -- '---\n'
		[ -z "$advice" ] || printf '%s\n' "$advice"
	} >&2
}

# Result of one step on the line that its name began.
report_step()
{
	local name=$1 seconds=$2 log=$3 report=$4 advice=$5
	local status=ok tests notes

	case $rc in
	0) ;;
	77) status=skipped ;;
	*) status=FAILED ;;
	esac
	tests=$(reported_tests "$report")
	notes=$(sed -n 's/^note\t//p' "$report" | paste -sd ';' | sed 's/;/; /g')
	[ "$status" != skipped ] || notes=$(tail -n 1 "$log")
	printf '%s  %d s%s\n' "$status" "$seconds" "${notes:+  ($notes)}"
	tally_step "$status" "$seconds" "$name" "$tests"
	[ "$status" != FAILED ] || explain_failure "$log" "$advice"
}

try()
{
	local name=$1 flags=$- start=$SECONDS advice=$next_hint log report
	shift

	next_hint=
	log=$out/${name//[^A-Za-z0-9._-]/-}.log
	report=$(mktemp "$out/.report.XXXXXX")
	[ -n "${WHOLE_LINES:-}" ] || printf '%s ... ' "$name"
	set +e
	# Steps within this one are part of it: no tally of their own.
	( set -e; STEP_REPORT=$report TALLY='' "$@" ) >"$log" 2>&1 </dev/null
	rc=$?
	case $flags in *e*) set -e ;; esac
	if [ -n "${WHOLE_LINES:-}" ]; then
		printf '%s ... %s\n' "$name" \
			"$(report_step "$name" $((SECONDS - start)) "$log" "$report" "$advice" 2>&1)"
	else
		report_step "$name" $((SECONDS - start)) "$log" "$report" "$advice"
	fi
	rm -f "$report"
}

step()
{
	try "$@"
	[ "$rc" = 0 ] || exit "$rc"
}

tally_begin()
{
	export TALLY=$out/tally
	: >"$TALLY"
}

tally_tests()
{
	[ -z "${STEP_REPORT:-}" ] ||
		printf 'tests\t%d\t%d\t%d\n' "$1" "$2" "${3:-0}" >>"$STEP_REPORT"
}

tally_end()
{
	awk -F '\t' '{ p += $3; f += $4; s += $5 }
		END {
			printf "%d passed, %d failed", p, f
			printf s ? ", " s " skipped\n" : "\n"
			exit f || !p
		}' "$TALLY"
}

need()
{
	"$top/tools/kernel/deps.sh" "$@"
}

need_tree()
{
	"$top/tools/kernel/tree.sh" "$1"
}

known_base()
{
	awk -v base="$1" '$1 == base { found = 1 } END { exit !found }' \
		"$top/series/bases"
}

base_key()
{
	local base=${1%+*} second='' path sum

	[ "$base" = "$1" ] || second=+${1##*+}
	if known_base "$base"; then
		echo "$1"
		return
	fi
	path=$(git -C "$base" rev-parse --show-toplevel 2>/dev/null) ||
		die "BASE=$base is neither in series/bases nor the path of a kernel git tree"
	sum=$(cksum <<<"$path")
	echo "${path##*/}-${sum%% *}$second"
}

tree_dir()
{
	local key

	key=$(base_key "$1")
	echo "$cache/tree/$key"
}

# Tags are shared by all work trees of a repository: for a tree that is the
# user's own, the name must not show up there.
base_ref()
{
	if known_base "$1"; then
		echo base
	else
		echo worktree/base
	fi
}

# A run that was killed here has left a lock.
checkout()
{
	rm -f "$(git -C "$1" rev-parse --absolute-git-dir)/index.lock"
	git -C "$1" checkout -q -f --detach "$2"
}

topics()
{
	awk '/^[0-9]/ { print $2 }' "$top/series/topics" |
		grep -x "${TOPIC:-.*}" ||
		die "TOPIC=$TOPIC is not in series/topics"
}

topic_range()
{
	local begin end

	begin=$(TOPIC='' topics | grep -x -B 1 "$3" | sed "\\,^$3\$,d; s,^,refs/worktree/topics/,")
	begin=$(git -C "$1" rev-parse "${begin:-$2}^{commit}")
	end=$(git -C "$1" rev-parse "refs/worktree/topics/$3^{commit}")
	[ "$begin" = "$end" ] || echo "$begin..$end"
}

build_dir()
{
	local key

	key=$(base_key "$1")
	echo "$cache/build/$key/$2"
}

# From the cache, as make takes no blanks, which the clone's path may have.
cached()
{
	if command -v ccache >/dev/null; then
		cmp -s "$top/tools/kernel/cc" "$cache/cc" || {
			install -T "$top/tools/kernel/cc" "$cache/cc.$BASHPID"
			mv "$cache/cc.$BASHPID" "$cache/cc"
		}
		echo "$cache/cc $1"
	else
		echo "$1"
	fi
}

kmake()
{
	local tree build arg cross='' cc=yes
	local -a compiler=()

	tree=$(tree_dir "$1")
	build=$(build_dir "$1" "$2")
	shift 2
	for arg; do
		case $arg in
		CROSS_COMPILE=*) cross=${arg#*=} ;;
		CC=*|LLVM=*) cc= ;;
		esac
	done
	[ -z "$cc" ] || compiler=("CC=$(cached "${cross}gcc")")
	mkdir -p "$build"
	make -C "$tree" O="$build" -j"$jobs" HOSTCC="$(cached gcc)" "${compiler[@]}" "$@"
}

kunit_py()
{
	local what=$1 tree=$2 build=$3
	shift 3

	mkdir -p "$build"
	( cd "$tree" && ./tools/testing/kunit/kunit.py "$what" --build_dir="$build" \
		--jobs="$jobs" --make_options="HOSTCC=$(cached gcc)" \
		--make_options="CC=$(cached gcc)" "$@" )
}
