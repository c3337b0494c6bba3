# SPDX-License-Identifier: GPL-2.0
#
# Reads ratios.csv; writes size.svg (cost against the size of the pool) and
# fill.svg (cost against fill), for first fit.

set terminal svg size 1000,420 font "sans,11" background "white"
set datafile separator ","
set logscale y
set ylabel "ns for free and allocate"
set grid
set key top left

churn(fill, request) = sprintf( \
	"< awk -F, '$1 == \"user\" && $3 == %s && $4 == \"%s\" && $5 == \"first-fit\" && $7 == \"churn\"' ratios.csv", \
	fill, request)
filled(units, request) = sprintf( \
	"< awk -F, '$1 == \"user\" && $2 == %s && $4 == \"%s\" && $5 == \"first-fit\" && $7 == \"churn\"' ratios.csv", \
	units, request)

set output "size.svg"
set multiplot layout 1,2
set logscale x 4
set xlabel "units"
do for [request in "8 mixed"] {
	set title sprintf("requests: %s", request)
	plot for [fill in "50 90 99"] churn(fill, request) using 2:8 \
		with linespoints title sprintf("ours, %s %% full", fill), \
	     for [fill in "50 90 99"] churn(fill, request) using 2:9 \
		with linespoints dashtype 2 title sprintf("mainline, %s %% full", fill)
}
unset multiplot

set output "fill.svg"
set multiplot layout 1,2
unset logscale x
set xlabel "per cent full"
do for [request in "8 mixed"] {
	set title sprintf("requests: %s", request)
	plot for [units in "1024 65536 1048576"] filled(units, request) using 3:8 \
		with linespoints title sprintf("ours, %s units", units), \
	     for [units in "1024 65536 1048576"] filled(units, request) using 3:9 \
		with linespoints dashtype 2 title sprintf("mainline, %s units", units)
}
unset multiplot
