#!/bin/sh
# jctl as a user meets it on Debian 12's own kernel, which has cgroup v2 and nothing else: the cases
# of guest/cases, in a machine of software.

vm=$(cd "$(dirname "$0")" && pwd)
root=${vm%/*}
. "$vm/lib/machine.sh"

# Built here: there it would take a quarter of an hour.
"$root/jctl" --version > "$job/build.log" 2>&1 || {
    echo "not ok jctl builds"
    cat "$job/build.log"
    exit 1
}
cat > "$job/command" <<END
root='$root'
. '$vm/guest/cases'
END
boot
