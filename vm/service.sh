#!/bin/sh
# The package on a fresh Debian 12 with systemd, as an operator lives with it: installed, used by a group's member,
# its daemon killed, restarted, upgraded and removed, the machine restarted: the cases of guest/service-cases.

vm=$(cd "$(dirname "$0")" && pwd)
root=${vm%/*}
. "$vm/lib/machine.sh"

JCTL_TEST_VM_ROOT=$("$vm/debian") || skip_all "no Debian could be made, see above"
export JCTL_TEST_VM_ROOT
if ! "$root/jctl" package --output "$job/packages" > "$job/package.log" 2>&1; then
    echo "not ok packages are made"
    cat "$job/package.log"
    exit 1
fi
cp "$root/acceptance/lib/cases.sh" "$job/cases.sh"
cp "$vm/guest/service-cases" "$job/command"
boot 3300
