# SPDX-License-Identifier: GPL-2.0
#
# Reads the output of callgrind for the program "count"; writes counts.csv, a row
# for each point: instructions for an operation of ours and of mainline, the
# ratio, the aim, and the share of each function of ours, without its callees.
# Set "by" to the compiler and the machine that the figures hold for.

/^desc: Trigger: Client Request: / {
	impl = $5
	nr = $6
	point = $8
	if (impl == "ours") {
		points[++n] = point
		aim[point] = $7
	}
}

# A clone goes by the name of its function.
/^fn=/ {
	fn = substr($0, 4)
	sub(/[.'].*/, "", fn)
}

# The line after it is the cost of the callee.
/^calls=/ {
	getline
	next
}

/^[0-9]+ [0-9]+$/ {
	sum[impl, point] += $2 / nr
	if (impl == "ours" && !((point, fn) in self))
		fns[point] = fns[point] " " fn
	if (impl == "ours")
		self[point, fn] += $2 / nr
}

# By name, as callgrind's order may change with any change of the code.
function functions(point,	list, i, j, n, fn, text)
{
	n = split(fns[point], list, " ")
	for (i = 2; i <= n; i++) {
		fn = list[i]
		for (j = i; j > 1 && list[j - 1] > fn; j--)
			list[j] = list[j - 1]
		list[j] = fn
	}
	for (i = 1; i <= n; i++)
		if (self[point, list[i]] >= 0.5)
			text = text sprintf(" %s %.0f", list[i],
					    self[point, list[i]])
	return substr(text, 2)
}

END {
	print "units,fill,request,algo,threads,op,ours,mainline,ratio,aim,functions by " by
	for (i = 1; i <= n; i++) {
		point = points[i]
		ours = sum["ours", point]
		mainline = sum["mainline", point]
		printf "%s,%.0f,%.0f,%.2f,%d,%s\n", point, ours, mainline,
		       mainline / ours, aim[point], functions(point)
	}
}
