# SPDX-License-Identifier: GPL-2.0
#
# ratios.csv as a table: fill and request across, pool sizes and loads down.

FNR == 1 { next }

$7 == "churn" || $7 == "pair" {
	key = $1 "," $5 "," $2 "," $4
	if (!(key in seen)) {
		seen[key] = 1
		order[++n] = key
	}
	cell[key, $3] = sprintf("%8.0f %8.0f %6.1f", $8, $9, $11)
	next
}

{
	other[++m] = sprintf("%-7s %9s %4s %8s %-11s %2s %-22s %8.1f %8.1f %6.1f",
			     $1, $2, $3, $4, $5, $6, $7, $8, $9, $11)
}

function head(name)
{
	printf "\n%s: free and allocate (empty pool: the other way round); ns ours, ns mainline, ratio\n", name
	printf "%9s %8s", "units", "request"
	for (f = 1; f <= 4; f++)
		printf " | %17d %% full", fills[f]
	print ""
}

END {
	split("0 50 90 99", fills, " ")
	for (i = 1; i <= n; i++) {
		split(order[i], k, ",")
		if (k[1] k[2] != last)
			head(k[1] ", " k[2])
		last = k[1] k[2]
		printf "%9d %8s", k[3], k[4]
		for (f = 1; f <= 4; f++)
			printf " | %24s", cell[order[i], fills[f]]
		print ""
	}
	printf "\n%-7s %9s %4s %8s %-11s %2s %-22s %8s %8s %6s\n", "where",
	       "units", "full", "request", "algorithm", "t", "operation",
	       "ours", "mainline", "ratio"
	for (i = 1; i <= m; i++)
		print other[i]
}
