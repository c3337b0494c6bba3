# SPDX-License-Identifier: GPL-2.0
#
# What ratios.csv says about the aims.  Nothing fails here: a machine that does
# something else meanwhile is no fault of the code.

FNR == 1 || $1 != "user" { next }

{
	ours[$2, $3, $4, $5, $6, $7] = $8
	mainline[$2, $3, $4, $5, $6, $7] = $9
	ratio[$2, $3, $4, $5, $6, $7] = $11
	floor[$2, $3, $4, $5, $6, $7] = $10
	if (!points++ || $11 < least) {
		least = $11
		where = $2 " units, " $3 " % full, request " $4 ", " $5 ", " $7
	}
	below += $11 < 1.2
}

$7 == "churn" || $7 == "pair" {
	with_mixed += log($11)
	nr_with_mixed++
	if ($4 != "mixed") {
		fixed += log($11)
		nr_fixed++
	}
}

function show(what, value, aim, more)
{
	printf "%-58s %7.2f   %s %s  %s\n", what, value, more ? ">=" : "<=",
	       aim, (more ? value >= aim : value <= aim) ? "yes" : "NO"
}

function at_least(what, value, aim) { show(what, value, aim, 1) }
function at_most(what, value, aim) { show(what, value, aim, 0) }

END {
	k64 = 65536
	m1 = 1048576
	m16 = 16777216
	ff = "first-fit"

	print ""
	at_least("least ratio", least, 1.2)
	printf "  (%s; %d of %d points are below)\n", where, below, points
	at_least("geometric mean, fixed sizes", exp(fixed / nr_fixed), 5)
	at_least("geometric mean, with mixed sizes",
		 exp(with_mixed / nr_with_mixed), 8)
	at_least("1,048,576 units, 99 % full, 8 units", ratio[m1, 99, 8, ff, 1, "churn"], 20)
	at_least("1,048,576 units, 99 % full, 64 units", ratio[m1, 99, 64, ff, 1, "churn"], 20)
	at_least("1,048,576 units, 90 % full, mixed", ratio[m1, 90, "mixed", ff, 1, "churn"], 50)
	at_least("65,536 units, 90 % full, mixed", ratio[k64, 90, "mixed", ff, 1, "churn"], 6)
	at_most("1 unit, 99 % full: 16,777,216 units over 1,024",
		ours[m16, 99, 1, ff, 1, "pair"] / ours[1024, 99, 1, ff, 1, "pair"], 3)
	at_most("empty pool of 1,024 units, a pair over the floor",
		ours[1024, 0, 1, ff, 1, "pair"] / floor[1024, 0, 1, ff, 1, "pair"], 1.6)
	at_most("a free without a size over one with",
		ours[m1, 0, 8, ff, 1, "pair-no-size"] / ours[m1, 0, 8, ff, 1, "pair"], 1.05)
	at_most("free of 1,024 units over that of mainline",
		1 / ratio[m1, 0, 1024, ff, 1, "free"], 1.3)
	at_most("pair with 256 chunks over one with one",
		ours[k64, 0, 1, ff, 1, "pair-256-chunks"] / ours[k64, 0, 1, ff, 1, "pair"], 2)
	at_most("churn at 90 % with 256 chunks over one with one",
		ours[k64, 90, 1, ff, 1, "churn-256-chunks"] / ours[k64, 90, 1, ff, 1, "churn"], 2)
	at_least("failing, full", ratio[m1, 100, 1, ff, 1, "fail"], 5)
	at_least("failing, fragmented", ratio[m1, 50, 64, ff, 1, "fail-in-1"], 5)
	at_least("failing, fragmented by mixed sizes",
		 ratio[m1, 90, 1024, ff, 1, "fail-in-0"], 5)
	at_least("two threads, first fit", ratio[k64, 0, 1, ff, 2, "ring"], 1.2)
	pf = "percpu-fit"
	at_least("two threads over one, a place for each CPU",
		 ours[k64, 0, 1, pf, 1, "ring"] / ours[k64, 0, 1, pf, 2, "ring"], 1.8)
	at_least("  the same over one thread of mainline",
		 mainline[k64, 0, 1, ff, 1, "ring"] / ours[k64, 0, 1, pf, 2, "ring"], 2.4)
}
