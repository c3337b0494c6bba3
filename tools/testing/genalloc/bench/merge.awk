# SPDX-License-Identifier: GPL-2.0
#
# Reads the logs of kernels, ours-*.log and mainline-*.log, and writes rows of
# ratios.csv with the medians of what they have printed for each point.

BEGIN { FS = "[ ,]+" }

sub(/.*genalloc-bench: /, "") && NF == 9 {
	point = $2 "," $3 "," $4 "," $5 "," $6 "," $7
	which = FILENAME ~ /ours/ ? "ours" : "mainline"
	value[which, $1, n[which, $1]++] = $8
	value["floor", $1, n["floor", $1]++] = $9
	name[$1] = point
	last = $1 > last ? $1 : last
}

function median(which, i,	j, k, x, sorted)
{
	for (j = 0; j < n[which, i]; j++) {
		x = value[which, i, j]
		for (k = j; k > 0 && sorted[k - 1] + 0 > x + 0; k--)
			sorted[k] = sorted[k - 1]
		sorted[k] = x
	}
	return sorted[int(j / 2)]
}

END {
	for (i = 0; i <= last; i++) {
		if (!n["ours", i] || !n["mainline", i])
			continue
		ours = median("ours", i)
		mainline = median("mainline", i)
		printf "kernel,%s,%.1f,%.1f,%.1f,%.2f\n", name[i], ours,
		       mainline, median("floor", i), mainline / ours
	}
}
