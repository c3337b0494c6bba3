# SPDX-License-Identifier: GPL-2.0-only
#
# From "cbmc --show-loops": how often each loop may go round, for --unwindset. A
# number that is too low fails a proof; one that is too high costs time only.

BEGIN {
	# one CPU: a cmpxchg succeeds
	split("alloc_map_release.0 release_words.0 clear_word.0 alloc_in_word.1 " \
	      "alloc_map_hint_mark.0 alloc_map_hint_end.0 alloc_map_hint_raise.0 " \
	      "alloc_at_edge.0 alloc_searched.0 retry_algo.0", once, " ")
	for (i in once)
		bound[once[i]] = 1
	bound["replace.0"] = 2
	# by the bits or the units of a word
	bound["runs_of.0"] = bound["aligned_units.0"] = 7
	bound["alloc_in_word.0"] = 18
	bound["longest_in_word.0"] = 33
	# by the runs of a map, see few_runs()
	bound["fit_in.0"] = bound["alloc_map_find_best.0"] = bound["alloc_map_find_last.0"] = 6
	# by the slots of a row
	bound["gen_pool_alloc_anywhere.0"] = 9
}

/^Loop/ {
	loop = $2
	sub(/:$/, "", loop)
}

# Those of lib/ go over words, those of proofs over units.
/^  file/ {
	if (!(loop in bound))
		bound[loop] = $2 ~ /(alloc_map|genalloc)[a-z_]*\.[ch]$/ ? words + 2 : 200
	set = set "," loop ":" bound[loop]
	seen[loop] = 1
}

END {
	if ("release_words.0" in seen)
		set = set ",alloc_map_release:1,release_words:1"
	print substr(set, 2)
}
