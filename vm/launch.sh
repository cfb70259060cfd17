#!/bin/sh
# Containers and their limits on Debian 12's own kernel, which has cgroup v2 and nothing else: the
# kernel tests of runtime.cgroup, runtime.launch, encrypted networks (WireGuard) and the fast path (eBPF), run in a machine of
# software.

vm=$(cd "$(dirname "$0")" && pwd)
root=${vm%/*}
. "$vm/lib/machine.sh"

compile runtime,overlay-net || exit 1
cat > "$job/command" <<END
cd '$root/runtime'
'$jdk/bin/java' $java_options -cp '$(test_classpath runtime)' testkit.TestRun \\
    runtime.cgroup.CgroupKernelTest runtime.launch.KeeperLauncherTest \\
    runtime.launch.IsolationTest runtime.launch.FastCgroupMovesTest || exit
cd '$root/overlay-net'
'$jdk/bin/java' $java_options -cp '$(test_classpath overlay-net)' testkit.TestRun \\
    overlaynet.overlay.EncryptedOverlayTest overlaynet.overlay.IntruderTest overlaynet.overlay.FastPathTest overlaynet.overlay.Ipv6UnderlayTest
END
boot
