#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mutate.sh NAME DIR: one mistake of the table "mutants", in the copy of lib/ in DIR

mutants=$(dirname "$0")/mutants

read -r name file function script <<end
$(grep "^$1 " "$mutants")
end

sed "/^[a-z].*[ *]$function(/,/^}/{$script
}" "$2/$file" >"$2/wrong"
if cmp -s "$2/$file" "$2/wrong"; then
	echo "mutant $name: adapt it to $function() in $file" >&2
	rm "$2/wrong"
	exit 1
fi
mv "$2/wrong" "$2/$file"
