#!/bin/sh
# The pages point at files that are there.
. "$(dirname "$0")/lib/cases.sh"

cd "$root" || exit 1
for page in README.md docs/*.md docs/*/*.md; do
    missing=$(grep -oE '\]\([^)#]+' "$page" | sed 's/^](//' | grep -vE '^[a-z]+:' |
        while read -r target; do
            [ -e "$(dirname "$page")/$target" ] || echo "$target"
        done)
    check "links of $page" test -z "$missing"
done
finish
