# SPDX-License-Identifier: GPL-2.0
#
# counts.awk KEPT NEW: two counts.csv; the new one as a table. Fails if a row has
# grown by more than 3 %, and tells which functions have. Figures of another
# compiler are not compared: status 77.

FNR == 1 {
	others = header != "" && header != $0
	header = $0
	if (FNR != NR)
		printf "%8s %4s %7s  %-9s %-26s %8s %6s %6s %6s %6s\n",
		       "units", "full", "request", "algorithm", "operation",
		       "mainline", "ours", "ratio", "kept", "aim"
	next
}

{ key = $1 "," $2 "," $3 "," $4 "," $5 "," $6 }

FNR == NR {
	kept[key] = $7
	functions[key] = $11
	next
}

# The functions that execute more or less than they did.
function compare(key, now,	was, is, list, i, n)
{
	n = split(functions[key], list, " ")
	for (i = 1; i < n; i += 2)
		was[list[i]] = list[i + 1]
	n = split(now, list, " ")
	for (i = 1; i < n; i += 2)
		is[list[i]] = list[i + 1]
	for (i in was)
		if (!(i in is))
			is[i] = 0
	for (i in is)
		if (is[i] != was[i] + 0)
			report = report sprintf("%10d -> %5d  %s\n", was[i],
						is[i], i)
}

{
	printf "%8d %4d %7d  %-9s %-26s %8d %6d %6.2f %6d %6d %s\n", $1, $2, $3,
	       $4, $6, $8, $7, $9, kept[key], $10, $7 <= $10 ? "yes" : "NO"
	rows++
	if ($7 <= kept[key] * 1.03) {
		fell += $7 < kept[key] / 1.03
		delete kept[key]
		next
	}
	grew++
	report = report sprintf("\n%s: %d instructions, not %d\n", key, $7,
				kept[key])
	compare(key, $11)
	delete kept[key]
}

END {
	for (key in kept) {
		report = report "\n" key ": not counted\n"
		grew++
	}
	if (others) {
		print "not compared: the figures kept are those of another compiler"
		exit 77
	}
	print report
	printf "%d rows, %d grew by more than 3 %%, %d fell\n", rows, grew, fell
	exit grew != 0 || !rows
}
