# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # $work is the caller's
#
# Which files of a kernel tree use what. To be sourced after lib.sh. The tree is
# the git work tree $work, as checked out.
#
#	included_as HEADER	how #include names the header, as a regex
#	header_users HEADER...	.c files that include one of the headers
#	header_embedders HEADER	headers that include the header
#	with_includers		files that are no translation unit, only a part of
#				one, stand for that: adds those that include one
#				of stdin's .c files
#	objects			stdin's .c files as .o files

: "${top:?source lib.sh first}"

# The path behind the last include/; the name alone of a header in no include/.
included_as()
{
	local name=${1##*include/}

	[ "$name" != "$1" ] || name=${1##*/}
	printf '%s\n' "${name//./\\.}"
}

header_users()
{
	local header names=''

	for header; do
		names+=${names:+|}$(included_as "$header")
	done
	git -C "$work" grep -lE "^#[ ]*include [\"<]([^\">]*/)?($names)[\">]" -- \
		'*.c' || true
}

header_embedders()
{
	git -C "$work" grep -lE "^#[ ]*include [\"<]$(included_as "$1")[\">]" -- \
		'*.h' || true
}

with_includers()
{
	local names
	local -a files

	mapfile -t files
	names=$(printf '%s\n' "${files[@]##*/}" | paste -sd '|')
	printf '%s\n' "${files[@]}"
	git -C "$work" grep -lE "^#[ ]*include \"(.*/)?($names)\"" -- '*.c' || true
}

objects()
{
	sed 's/c$/o/' | sort -u
}
