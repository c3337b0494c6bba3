#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh all OUT JOBS		all proofs, then all mutants; the last lines say
#				how many of each
# run.sh proof OUT PROGRAM NAME	one proof, in a line; if it fails, with the values
#				that break it, as C
# run.sh mutant OUT NAME	one of the table "mutants", in a line; in 32 bits
#				unless the table says 64
#
# QUICK=1 leaves out mutants, large maps and proofs marked LONG, HARD or DEEP. A
# proof that takes longer than LIMIT seconds (600) has failed.

# The values and the call in a trace of the checker.
values()
{
	awk '
	/^  INPUT / {
		sub(/^  INPUT /, "")
		text = value = hex = $0
		sub(/: [^:]*$/, "", text)
		sub(/^.*: /, "", value)
		sub(/[ul]* .*/, "", value)
		sub(/^.*\(/, "", hex)
		gsub(/\).*| /, "", hex)
		if (length(value) > 6)
			value = hex
		print text ~ /\(/ ? "\t" text ";\t/* " value " */" : \
				    "\t" text " = " value ";"
	}
	/^Violated property/ {
		getline
		where = $2 ":" $6
		getline
		print "\tfails at " where ": " $0
	}' "$1"
}

# CBMC has minisat in it, which takes minutes where whole addresses are shifted
# and added, or calls follow on calls, and is the faster one for all else.
solver()
{
	program=${1##*/}
	[ -z "$SOLVER" ] || ! grep -q "^\(HARD\|DEEP\)_PROOF($2[,)]" "${program%-*}.c" ||
		echo --external-sat-solver "$SOLVER"
}

# The checker's status: 0 proved, 10 failed, 124 took too long.
check()
{
	# shellcheck disable=SC2046,SC2086 # commands with arguments
	timeout "${LIMIT:-600}" $CBMC "$1" --function "prove_$2" \
		$(solver "$1" "$2") --object-bits 10 --slice-formula \
		--stop-on-fail --trace-hex --unwindset "$(cat "$1.loops")" \
		>"$1.$2.log" 2>&1
}

proof()
{
	start=$(date +%s)
	check "$out/$1" "$2"
	status=$?
	took=$(($(date +%s) - start))
	case $status in
	0) echo "$1 $2: proved ($took s)" ;;
	10) echo "$1 $2: FAILED ($took s)"
	    values "$out/$1.$2.log" ;;
	124) echo "$1 $2: NOT PROVED ($took s)" ;;
	*) echo "$1 $2: BROKEN (status $status), see $out/$1.$2.log" ;;
	esac
}

# The sources with the mistake $1, in $dir; $2 is the file, $3 what sed does.
make_mistake()
{
	rm -rf "$dir"
	mkdir -p "$dir/lib"
	cp "$top"/lib/alloc_map*.[ch] "$top"/lib/genalloc*.[ch] "$dir/lib"
	cp "$top/include/linux/alloc_map.h" "$dir"
	case $2 in
	explore) ../explore/mutate.sh "$1" "$dir/lib" ;;
	linux/*) sed -i "$3" "$dir/${2#linux/}" ;;
	*) sed -i "$3" "$dir/lib/$2" ;;
	esac
}

is_as_it_was()
{
	cmp -s "$dir/alloc_map.h" "$top/include/linux/alloc_map.h" &&
		for copy in "$dir"/lib/*; do
			cmp -s "$copy" "$top/lib/${copy##*/}" || return 1
		done
}

mutant()
{
	read -r _ target file script <<-end
	$(grep "^$1[[:space:]]" mutants)
	end
	dir=$out/mutants/$1
	case $target in
	64/*) ;;
	*) target=32/$target ;;
	esac
	program=${target%/*}
	make_mistake "$1" "$file" "$script"
	if is_as_it_was; then
		echo "mutant $1: adapt it to $file"
	elif ! make -s LIB="$dir/lib" INC="$dir/alloc_map.h" O="$dir" \
			"$dir/$program" >"$dir/log" 2>&1; then
		echo "mutant $1: does not build, see $dir/log"
	else
		check "$dir/$program" "${target##*/}"
		case $? in
		10) echo "mutant $1: found by $target" ;;
		124) echo "mutant $1: NOT FOUND in time by $target" ;;
		*) echo "mutant $1: MISSED by $target" ;;
		esac
	fi
}

# PROGRAM NAME, a line for each proof, the long ones first, so that no job is left
# with one at the end.
proofs()
{
	for begin in DEEP_PROOF HARD_PROOF LONG_PROOF PROOF; do
		[ "$begin" = PROOF ] || [ "$QUICK" != 1 ] || continue
		for program in $PROGRAMS; do
			for n in 64 32; do
				case $begin/$n/$program in
				DEEP*/64/*|DEEP*-large) continue ;;
				esac
				sed -n "s|^$begin(\([a-z_]*\).*|$n/$program \1|p" \
					"${program%-*}.c"
			done
		done
	done | chosen
}

mutants()
{
	[ "$QUICK" = 1 ] || sed -n 's/^\([a-z][^[:space:]]*\).*/\1/p' mutants | chosen
}

chosen()
{
	if [ "$ONLY" ]; then
		grep -wE "$(echo "$ONLY" | tr ' ' '|')"
	else
		cat
	fi
}

# A proof that finds no mutant may prove nothing.
idle()
{
	proofs | sed 's|^../||; s/-large//; s| |/|' | sort -u | while read -r target; do
		sed 's/-large//; s|64/||' mutants | grep -q "[[:space:]]${target}[[:space:]]" ||
			echo "proof $target: no mutant for it"
	done
}

# Names of proofs are in brackets in the sources.
unknown()
{
	cat "$top"/lib/alloc_map*.[ch] "$top"/lib/genalloc*.[ch] |
		grep -oE '\[prove/[a-z_]+\]' | tr -d ']' | sort -u | cut -d / -f 2 |
		while read -r name; do
			grep -q "PROOF(${name}[,)]" ./*.c ||
				echo "proof $name: in the sources, but not here"
		done
}

all()
{
	proofs >"$out/proofs"
	xargs -P "$1" -L 1 "$0" proof "$out" <"$out/proofs" | tee "$out/proofs.log"
	mutants | xargs -r -P "$1" -n 1 "$0" mutant "$out" | tee "$out/mutants.log"
	{ idle; unknown; } | tee "$out/wrong"

	nr=$(wc -l <"$out/proofs")
	proved=$(grep -c ': proved ' "$out/proofs.log")
	made=$(mutants | wc -l)
	found=$(grep -c ': found by ' "$out/mutants.log")
	[ "$made" -eq 0 ] || echo "$found of $made mutants found"
	echo "$proved properties proved, $((nr - proved)) failed"
	[ "$nr" -gt 0 ] && [ "$proved" -eq "$nr" ] && [ "$found" -eq "$made" ] &&
		[ ! -s "$out/wrong" ]
}

what=$1
out=$2
shift 2
top=../../../..
"$what" "$@"
