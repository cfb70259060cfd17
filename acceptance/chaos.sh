#!/bin/sh
# Clients of three managers at once, while those are killed, paused, cut off, lose power and fill their disks: what the
# clients were answered must be as if they had come one after the other. One lab serves all seeds, one after the other.
#
#   acceptance/chaos.sh                                   three seeds, at most four minutes
#   acceptance/chaos.sh --seeds 200 --minutes 60 [--first SEED]
#
# A seed that fails is named, and its history kept in target/histories.

. "$(dirname "$0")/lib/cases.sh"

for program in ip nft unshare nsenter setsid; do
    command -v $program > /dev/null || missing="${missing-} $program"
done
if [ "$(id -u)" -ne 0 ] || [ -n "${missing-}" ]; then
    skip "the managers' clients" "needs root and the programs ip, nft, unshare, nsenter and setsid"
    finish
    exit 0
fi
seeds=3
minutes=4
first=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
while [ $# -gt 1 ]; do
    case $1 in
    --seeds) seeds=$2 ;;
    --minutes) minutes=$2 ;;
    --first) first=$2 ;;
    *) echo "chaos: $1 is none of --seeds --minutes --first" >&2; exit 2 ;;
    esac
    shift 2
done
"$jctl" --help > /dev/null || exit 1
. "$root/dist/current"
build=$root/dist/$name
. "$build/classpath"
mkdir "$work/classes"
"${java%/*}/javac" -proc:none -d "$work/classes" "$root"/testkit/src/main/java/testkit/history/*.java \
    -cp "$classpath" "$root/acceptance/faults/HistoryClients.java" "$root/acceptance/faults/ClusterHistories.java" ||
    echo "not ok the test is compiled"
JCTL_HISTORIES=$root/target/histories "$java" --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Xmx1g -cp "$work/classes:$classpath" \
    ClusterHistories "$jctl" "$work" "$first" "$seeds" "$minutes" ||
    echo "not ok ClusterHistories from seed $first: exited with $?"
finish
