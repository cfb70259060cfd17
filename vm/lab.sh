#!/bin/sh
# Virtual hosts on Debian 12's own kernel, which has netem, and cgroup v2 alone: the cases of guest/lab-cases,
# in a machine of software.

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
. '$vm/guest/lab-cases'
END
boot
