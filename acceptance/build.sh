#!/bin/sh
# ./jctl as a program: from any folder, by a link, built only when it must be.
. "$(dirname "$0")/lib/cases.sh"

cd / || exit 1
check_output "runs from another folder" '^jctl version 0' "$jctl" --version
ln -s "$jctl" "$work/link"
check_output "runs by a link" '^jctl version 0' "$work/link" --version
check_output "runs by a relative path" '^jctl version 0' sh -c "cd '$root/docs' && ../jctl --version"

build=$(cat "$root/dist/current")
touch "$root/pom.xml.probe" && rm "$root/pom.xml.probe"
"$jctl" --version >/dev/null 2>&1
check "does not build when nothing changed" test "$build" = "$(cat "$root/dist/current")"

if command -v shellcheck >/dev/null; then
    check "the shell scripts are in order" sh -c "cd '$root' && shellcheck jctl test .ci/run bench/run bench/stats \
        bench/overlay bench/agreement bench/devices tools/build tools/jdk tools/package tools/packages packaging/jctl packaging/jrun \
        packaging/postinst packaging/prerm packaging/postrm tools/residue tools/train acceptance/*.sh acceptance/lib/*.sh \
        vm/*.sh vm/lib/*.sh vm/kernel vm/debian vm/boot vm/qemu vm/guest/*"
else
    skip "the shell scripts are in order" "needs the program shellcheck"
fi

# Compiled, and then it refuses the word.
. "$root/dist/current"
build=$root/dist/$name
. "$build/classpath"
cd "$root" || exit 1
check_exit "the benchmark compiles" 2 "$java" -cp "$classpath" bench/Bench.java nonsense
finish
