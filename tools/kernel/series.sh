#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# series.sh [BASE]: the series as git format-patch files with a cover letter in
# out/series-BASE/, checked with git am on the pristine base.

. "$(dirname "$0")/lib.sh"

# series/cover: subject, empty line, body.
fill_cover()
{
	local letter=$1 subject body

	subject=$(head -n 1 series/cover)
	body=$(tail -n +3 series/cover)
	if [ -z "$subject" ] || [ -z "$body" ] || [ -n "$(sed -n 2p series/cover)" ]; then
		die "series/cover is not subject, empty line, body: mend it"
	fi
	awk -v subject="$subject" -v cover=series/cover '
		/^Subject: / { sub(/\*\*\* SUBJECT HERE \*\*\*/, subject) }
		/^\*\*\* BLURB HERE \*\*\*$/ {
			for (n = 1; (getline line <cover) > 0; n++)
				if (n > 2)
					print line
			next
		}
		{ print }' "$letter" >"$letter.new"
	mv "$letter.new" "$letter"
}

# The cover letter is from the user of git, at this time: from the author of
# the patches, at their date, it is the same on every machine.
as_author()
{
	{
		read -r GIT_COMMITTER_NAME
		read -r GIT_COMMITTER_EMAIL
		read -r GIT_COMMITTER_DATE
	} < <(git -C "$tree" log -1 --format='%an%n%ae%n%ad')
	export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_COMMITTER_DATE
}

write_series()
{
	[ -f series/cover ] ||
		die "no series/cover: write it (subject, empty line, body)"
	rm -rf "$patches"
	as_author
	git -C "$tree" format-patch -q -o "$patches" --cover-letter --zero-commit \
		--no-signature --base="$ref" "$ref..HEAD"
	fill_cover "$patches"/0000-*.patch
	note "$(git -C "$tree" rev-list --count "$ref..HEAD") patches in ${patches#"$top/"}"
}

# With the index of the base, but none of its files: git am brings those that
# it needs.
git_am()
{
	local work=$tree.am

	git -C "$tree" worktree remove --force "$work" 2>/dev/null || rm -rf "$work"
	git -C "$tree" worktree prune
	git -C "$tree" worktree add -q --no-checkout --detach "$work" "$ref"
	git -C "$work" read-tree HEAD
	git -C "$work" -c user.name=am -c user.email=am@localhost \
		am -q --empty=drop "$patches"/*.patch
	git -C "$work" diff --exit-code --stat HEAD "$(git -C "$tree" rev-parse HEAD)" ||
		die "the applied patches make another tree than make tree BASE=$base"
	git -C "$tree" worktree remove --force "$work"
}

base=${1:-$BASE}
need_tree "$base"
key=$(base_key "$base")
tree=$(tree_dir "$base")
ref=$(base_ref "$base")
patches=$out/series-$key
step "series $key" write_series
hint "Try by hand: git am --empty=drop $patches/*.patch"
step "git am $key" git_am
