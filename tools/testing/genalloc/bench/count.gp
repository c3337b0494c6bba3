# SPDX-License-Identifier: GPL-2.0
#
# Reads counts.csv; writes counts.svg: instructions of each row, and the aim.

set terminal svg size 1000,520 font "sans,11" background "white"
set datafile separator ","
set logscale y
set ylabel "instructions for an operation"
set grid ytics
set key top left
set style data histograms
set style fill solid 0.6
set xtics rotate by 40 right nomirror

algo(name) = name eq "first-fit" ? "" : ", ".name
row = "sprintf('%s %s of %s%s', strcol(6), strcol(3), strcol(1), algo(strcol(4)))"

set output "counts.svg"
plot "counts.csv" every ::1 using 7:xtic(@row) title "ours", \
     "" every ::1 using 8 title "mainline", \
     "" every ::1 using 0:10 with points pointtype 2 linecolor "black" title "aim"
