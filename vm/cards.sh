#!/bin/sh
# Virtual functions of real drivers: two network cards of software that can be divided (82576), behind an IOMMU, in a machine of software.

vm=$(cd "$(dirname "$0")" && pwd)
root=${vm%/*}
. "$vm/lib/machine.sh"

"$vm/qemu" > /dev/null || skip_all "no emulator has such cards, see above"
compile sriov-plugin || exit 1
cat > "$job/command" <<END
for module in igb igbvf vfio_iommu_type1 vfio-pci; do modprobe \$module || exit; done
cd '$root/sriov-plugin'
JCTL_TEST_CARDS=yes '$jdk/bin/java' $java_options -cp '$(test_classpath sriov-plugin)' testkit.TestRun sriov.plugin.RealCardsTest sriov.plugin.RealCardsKillTest
END
JCTL_TEST_VM_CARDS=2
export JCTL_TEST_VM_CARDS
boot 1100
