#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# series.sh [BASE]: the topics of the series as git format-patch files with cover
# letters, in out/series-BASE/NN-TOPIC/, checked with git am on the pristine base,
# one topic after the other. With $TOPIC that topic only, and with To: and Cc: as
# get_maintainer.pl of the base names them.
#
#	V=2		the number of the posting
#	SINCE=REVISION	of this repository: the range-diff from the topic there
#	BASE_COMMIT=ID	the commit that others know the base by

. "$(dirname "$0")/lib.sh"
. tools/kernel/mail.sh

# series/covers/TOPIC: subject, empty line, body.
fill_cover()
{
	local letter=$1 cover=$2 subject

	subject=$(head -n 1 "$cover")
	if [ -z "$subject" ] || [ -n "$(sed -n 2p "$cover")" ] || [ -z "$(sed -n 3p "$cover")" ]; then
		die "$cover is not subject, empty line, body: mend it"
	fi
	awk -v subject="$subject" -v cover="$cover" -v commit="$base_commit" '
		/^Subject: / { sub(/\*\*\* SUBJECT HERE \*\*\*/, subject) }
		/^base-commit: / && commit { $0 = commit }
		/^\*\*\* BLURB HERE \*\*\*$/ {
			for (n = 1; (getline line <cover) > 0; n++)
				if (n > 2)
					print line
			next
		}
		{ print }' "$letter" >"$letter.new"
	mv "$letter.new" "$letter"
}

# The commit of a tree that was made from a tarball is nobody else's: name the
# release. git am -3 finds the blobs that the patches name in any clone of it.
# Of a tree of the user's, the commit is the one to name.
name_base()
{
	if [ -n "${BASE_COMMIT:-}" ]; then
		[[ $BASE_COMMIT =~ ^[0-9a-f]{40}$ ]] ||
			die "BASE_COMMIT= is no commit of 40 digits: git rev-parse v6.12^{commit} prints one"
		echo "base-commit: $BASE_COMMIT"
		return
	fi
	known_base "$base" || return 0
	printf '(base: Linux %s as %s; put here "base-commit:" and the commit of its tag)' \
		"$(git -C "$tree" show "$ref:Makefile" |
			awk '/^(VERSION|PATCHLEVEL|SUBLEVEL) =/ { v = v "." $3 } END { print substr(v, 2) }')" \
		"$(git -C "$tree" log -1 --format=%s "$ref")"
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

# The commits of $TOPIC as they were in SINCE of this repository. These refs are
# made anew by the next make tree.
range_since()
{
	local old

	git -C "$top" cat-file -e "$SINCE:series/topics" ||
		die "there are no topics yet in SINCE=$SINCE"
	old=$(mktemp -d "$out/since.XXXXXX")
	git -C "$top" archive "$SINCE" | tar -x -C "$old"
	"$old/tools/kernel/series.py" "$tree" "$ref" "$base" >/dev/null
	top=$old topic_range "$tree" "$ref" "$TOPIC"
	rm -rf "$old"
}

write_topic()
{
	local topic=$1 dir=$2 range=$3
	local -a args=(--cover-letter --zero-commit --no-signature --full-index
		--base="$ref")

	[ -z "${V:-}" ] || args+=(-v "$V")
	[ -z "$since" ] || args+=(--range-diff="$since")
	git -C "$tree" format-patch -q -o "$dir" "${args[@]}" "$range"
	fill_cover "$dir"/*0000-cover-letter.patch "series/covers/$topic"
	[ -z "${TOPIC:-}" ] || address "$dir"
}

# PATCH with the recipients of a list of theirs in front of its empty line.
add_headers()
{
	awk -F '\t' '
		NR == FNR { to[$1] = to[$1] (to[$1] ? ",\n " : $1 ": ") $2; next }
		!body && $0 == "" {
			body = 1
			for (header in to)
				print to[header]
		}
		{ print }' "$2" "$1" >"$1.new"
	mv "$1.new" "$1"
}

# Each patch to its own, the cover letter to all of them.
address()
{
	local dir=$1 patch

	: >"$dir/who"
	for patch in "$dir"/*.patch; do
		[[ $patch != *-cover-letter.patch ]] || continue
		recipients "$tree" "$ref" "$patch" >"$dir/mine"
		cat "$dir/mine" >>"$dir/who"
		add_headers "$patch" "$dir/mine"
	done
	sort -u "$dir/who" >"$dir/mine"
	add_headers "$dir"/*0000-cover-letter.patch "$dir/mine"
	note "$(wc -l <"$dir/mine") recipients"
	rm "$dir/who" "$dir/mine"
}

write_series()
{
	local topic range n=0 sum=0

	[ -n "${TOPIC:-}" ] || rm -rf "$patches"
	as_author
	for topic in $(TOPIC='' topics); do
		n=$((n + 1))
		[ "${TOPIC:-$topic}" = "$topic" ] || continue
		rm -rf "$patches"/[0-9][0-9]-"$topic"
		range=$(topic_range "$tree" "$ref" "$topic")
		[ -n "$range" ] || continue
		write_topic "$topic" "$(printf '%s/%02d-%s' "$patches" "$n" "$topic")" "$range"
		sum=$((sum + $(git -C "$tree" rev-list --count "$range")))
	done
	note "$sum patches in ${patches#"$top/"}"
}

# With the index of the base, but none of its files: git am brings those that
# it needs.
git_am()
{
	local work=$tree.am topic range n=0

	git -C "$tree" worktree remove --force "$work" 2>/dev/null || rm -rf "$work"
	git -C "$tree" worktree prune
	git -C "$tree" worktree add -q --no-checkout --detach "$work" "$ref"
	for topic in $(topics); do
		range=$(topic_range "$tree" "$ref" "$topic")
		[ -n "$range" ] || continue
		[ -z "${TOPIC:-}" ] || git -C "$work" update-ref --no-deref HEAD "${range%..*}"
		git -C "$work" read-tree HEAD
		git -C "$work" -c user.name=am -c user.email=am@localhost \
			am -q --empty=drop "$patches"/[0-9][0-9]-"$topic"/*.patch
		git -C "$work" diff --exit-code --stat HEAD "${range#*..}" ||
			die "after the patches of $topic the tree is not that of make tree BASE=$base"
		n=$((n + 1))
	done
	git -C "$tree" worktree remove --force "$work"
	note "$n topics"
}

base=${1:-$BASE}
topics >/dev/null
need_tree "$base"
key=$(base_key "$base")
tree=$(tree_dir "$base")
ref=$(base_ref "$base")
patches=$out/series-$key
since=
if [ -n "${SINCE:-}" ]; then
	{ known_base "$base" && [ -n "${TOPIC:-}" ]; } ||
		die "SINCE= is for one TOPIC= and a base of series/bases"
	since=$(range_since)
	need_tree "$base"
fi
base_commit=$(name_base)
step "series $key${TOPIC:+ $TOPIC}" write_series
hint "Try by hand: git am --empty=drop $patches/*/*.patch"
step "git am $key${TOPIC:+ $TOPIC}" git_am
