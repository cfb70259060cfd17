#!/bin/sh
# Virtual functions of real drivers in containers: the cases of guest/function-cases, in a machine of software with two network cards that can be
# divided (82576), behind an IOMMU.

vm=$(cd "$(dirname "$0")" && pwd)
root=${vm%/*}
. "$vm/lib/machine.sh"

"$root/tools/packages" iproute2 iputils-ping iperf3 dpdk-dev librte-net-e1000-23 librte-mempool-ring23 ||
    skip_all "packages missing: iperf3 and DPDK with its drivers, see above"
"$vm/qemu" > /dev/null || skip_all "no emulator has such cards, see above"
# Built here: there it would take a quarter of an hour.
"$root/jctl" --version > "$job/build.log" 2>&1 || {
    echo "not ok jctl builds"
    cat "$job/build.log"
    exit 1
}
cat > "$job/command" <<END
root='$root'
. '$vm/guest/function-cases'
END
JCTL_TEST_VM_CARDS=2
export JCTL_TEST_VM_CARDS
boot 900
