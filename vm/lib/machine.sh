# For the scripts of this folder: `. "$vm/lib/machine.sh"` sees to what a machine needs, or prints
# why there is none, and gives $job, the folder shared with the machine. As in acceptance/lib, each
# case is a line "ok NAME", "not ok NAME: why" or "skip NAME: reason", and the last line is "end".
# shellcheck shell=sh disable=SC2034,SC2154

script=$(basename "$0" .sh)

# skip_all REASON: there can be no machine here.
skip_all() {
    echo "skip all of $script: $1"
    echo end
    exit 0
}

[ "$(uname -m)" = x86_64 ] || skip_all "the machine takes its programs from an x86_64 host"
[ "$(id -u)" -eq 0 ] || skip_all "needs root, whose files the machine shares"
sed 's/#.*//' "$vm/packages" | xargs "$root/tools/packages" ||
    skip_all "packages missing: $(sed 's/#.*//' "$vm/packages" | xargs), see above"
"$vm/kernel" > /dev/null || skip_all "the package linux-image-6.1.0-*-amd64 cannot be had, see above"
jdk=$("$root/tools/jdk") || skip_all "needs a JDK 25"

# Few starts, and no time for the better compiler to pay: emulated, a JVM is eight times slower.
java_options='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData'
java_options="$java_options -Djava.io.tmpdir=/run/scratch --enable-native-access=ALL-UNNAMED"
java_options="$java_options --sun-misc-unsafe-memory-access=allow"

job=$(mktemp -d "${TMPDIR:-/tmp}/jctl-vm.XXXXXX") || exit 1
trap 'rm -rf "$job"' EXIT
trap 'exit 1' HUP INT TERM

# compile MODULES: with their tests, and writes down their class paths.
compile() {
    JAVA_HOME=$jdk mvn -q -B -ntp -f "$root/pom.xml" -pl "$1" -am test-compile dependency:build-classpath \
        -DincludeScope=test -Dmdep.outputFile=target/test.classpath > "$job/maven.log" 2>&1 || {
        echo "not ok compile $1"
        cat "$job/maven.log"
        return 1
    }
}

# test_classpath MODULE: of its tests.
test_classpath() {
    echo "$root/$1/target/test-classes:$root/$1/target/classes:$(cat "$root/$1/target/test.classpath")"
}

# boot [SECONDS]: runs $job/command in a machine; what it prints counts.
boot() {
    "$vm/boot" "$job" "${1-1500}"
    status=$?
    if [ $status -ne 0 ] && ! grep -q '^not ok ' "$job/output" 2>/dev/null; then
        echo "not ok the machine's command ends well: exit status $status"
    fi
    echo end
}
