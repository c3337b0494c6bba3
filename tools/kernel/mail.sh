# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Who gets a patch. To be sourced after lib.sh. Function:
#
#	recipients TREE REF PATCH...
#		"To<tab>ADDRESS" for each maintainer and "Cc<tab>ADDRESS" for each
#		reviewer and list that get_maintainer.pl names for the patch files,
#		by the MAINTAINERS of REF in TREE. Nothing of it is kept.
: "${out:?source lib.sh first}"

recipients()
{
	local tree=$1 list

	list=$(mktemp "$out/maintainers.XXXXXX")
	git -C "$tree" show "$2:MAINTAINERS" >"$list"
	# It asks git for the authors of what Fixes: names, which a tree that was
	# made from a tarball does not know.
	( cd "$tree" && ./scripts/get_maintainer.pl --mpath "$list" --no-git \
		--no-git-fallback --roles --no-rolestats "${@:3}" 2>/dev/null ) |
		sed -E 's/^([^<>]*<[^>]*>|[^ ]+) \((.*)\)$/\2\t\1/' |
		awk -F '\t' '{ print ($1 ~ /^([a-z]+ list|reviewer)/ ? "Cc" : "To") "\t" $2 }' |
		sort -u
	rm -f "$list"
}
