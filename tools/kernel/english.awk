# SPDX-License-Identifier: GPL-2.0
#
# Usage: awk -f english.awk FILE...
#
# Two tells of English that was thought in another language: "who" and "he" for
# code, and clauses with "what is" for a noun. Counts them in comments of C
# files and scripts and in other files as a whole. A group of files fails, and
# lists its tells, if there are more than 0.5 in 1,000 words of it, or any "who"
# or "he" in comments on C code.

function group_of(file)
{
	if (file ~ /\.[ch]$/)
		return file ~ /tests?[_.\/]|^tools/ ? "tests" : "sources"
	if (file ~ /^series/)
		return "messages"
	return file ~ /\.(rst|debug|litmus)$|README$/ ? "documents" : "scripts"
}

# The part of the line that is text; all of it in a document.
function text_of(line)
{
	if (group == "scripts")
		return file ~ /\.py$/ || line ~ /^[ \t]*(#|\/\/)/ ? line : ""
	if (group !~ /^(tests|sources)$/)
		return line
	if (!inside && !sub(/^.*\/\*/, "", line))
		return ""
	inside = !sub(/\*\/.*/, "", line)
	return line
}

function count(tell, pattern,	text)
{
	for (text = " " tolower(all) " "; match(text, pattern);
	     text = substr(text, RSTART + RLENGTH - 1)) {
		found[group] = found[group] file ": ..." \
			substr(text, RSTART > 30 ? RSTART - 30 : 1, 70) "...\n"
		n[group, tell]++
	}
}

function end_of_file()
{
	gsub(/[ \t*#]+/, " ", all)
	words[group] += split(all, unused, " ")
	count("who", "[^a-z_\"](who|whoever|whom|he|him|his)[^a-z_\"]")
	count("what", "[^a-z_\"]what (is|was|are|were)[^a-z_\"]")
	all = ""
	inside = 0
}

FNR == 1 {
	end_of_file()
	file = FILENAME
	group = group_of(file)
}

{
	all = all " " text_of($0)
}

END {
	end_of_file()
	for (group in words) {
		if (!group)
			continue
		total += words[group]
		most = words[group] / 2000
		if (n[group, "what"] <= most &&
		    n[group, "who"] <= (group ~ /^(tests|sources)$/ ? 0 : most))
			continue
		printf "%s%s: %d words, in 1,000 of them %.2f \"who\" or \"he\" and %.2f \"what is\"\n",
			found[group], group, words[group],
			1000 * n[group, "who"] / words[group],
			1000 * n[group, "what"] / words[group]
		bad = 1
	}
	printf "%d words\n", total
	exit bad || !total
}
