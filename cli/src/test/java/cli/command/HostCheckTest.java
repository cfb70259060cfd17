package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCheckTest {
    @TempDir
    Path root;

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Map<String, HostCheck> checks() throws IOException {
        Map<String, HostCheck> checks = new HashMap<>();
        for (HostCheck check : HostCheck.all(root)) {
            checks.put(check.name(), check);
        }
        return checks;
    }

    @Test
    void aHostWithNothingLacksEverything() throws IOException {
        Map<String, HostCheck> checks = checks();
        for (String name : new String[] {
            "kernel", "namespaces", "overlay", "seccomp", "capabilities", "setsid"}) {
            assertEquals(HostCheck.Verdict.MISSING, checks.get(name).verdict(), name);
            assertTrue(!checks.get(name).remedy().isEmpty(), name);
        }
        assertEquals("util-linux", checks.get("setsid").debianPackage());
    }

    @Test
    void theDataFolderHasRoomUnlessTheDaemonKnowsBetter() throws IOException {
        HostCheck roomy = HostCheck.room(root.resolve("not/there/yet"), "");
        assertEquals(HostCheck.Verdict.GOOD, roomy.verdict(), roomy.finding());
        assertTrue(roomy.finding().endsWith(" free for " + root.resolve("not/there/yet")), roomy.finding());
        HostCheck full = HostCheck.room(root, "a write fails");
        assertEquals(HostCheck.Verdict.MISSING, full.verdict());
        assertEquals("a write fails", full.finding());
    }

    @Test
    void theLibraryIsFoundInItsArchitecturesFolder() throws IOException {
        assertEquals("libnftables1", checks().get("libnftables").debianPackage());
        file("usr/lib/x86_64-linux-gnu/libnftables.so.1", "");
        assertEquals(HostCheck.Verdict.GOOD, checks().get("libnftables").verdict());
    }

    @Test
    void aHostAsItShouldBe() throws IOException {
        file("proc/sys/kernel/osrelease", "6.18.4-amd64\n");
        file("proc/sys/user/max_user_namespaces", "1000\n");
        file("proc/filesystems", "nodev\tsysfs\nnodev\toverlay\n\text4\n");
        file("sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n");
        file("proc/sys/kernel/seccomp/actions_avail", "kill_process allow\n");
        file("proc/self/status", "Name:\tx\nCapEff:\t000001ffffffffff\n");
        file("proc/sys/net/ipv4/ip_forward", "1\n");
        for (String namespace : new String[] {
            "mnt", "pid", "net", "uts", "ipc", "cgroup", "user", "time"}) {
            file("proc/self/ns/" + namespace, "");
        }
        Map<String, HostCheck> checks = checks();
        for (String name : new String[] {"kernel", "namespaces", "user namespaces", "overlay",
            "cgroups", "seccomp", "capabilities", "IPv4 forwarding"}) {
            assertEquals(HostCheck.Verdict.GOOD, checks.get(name).verdict(), name);
        }
    }

    @Test
    void anOldKernelAndHalfAHost() throws IOException {
        file("proc/sys/kernel/osrelease", "5.10.0\n");
        file("proc/self/mountinfo", "33 25 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup c rw,cpu\n"
                + "34 25 0:30 / /sys/fs/cgroup/pids rw - cgroup c rw,pids\n");
        file("proc/self/status", "CapEff:\t000001fffeffffff\n");
        Map<String, HostCheck> checks = checks();
        assertEquals(HostCheck.Verdict.MISSING, checks.get("kernel").verdict());
        assertEquals(HostCheck.Verdict.LIMITED, checks.get("cgroups").verdict());
        assertTrue(checks.get("cgroups").finding().contains("no controller memory"));
        assertEquals(HostCheck.Verdict.LIMITED, checks.get("capabilities").verdict());
        assertTrue(checks.get("capabilities").finding().contains("CAP_SYS_RESOURCE"));
    }

    private Map<String, HostCheck> checksOfOrdinaryUser() throws IOException {
        Map<String, HostCheck> checks = new HashMap<>();
        for (HostCheck check : HostCheck.ofOrdinaryUser(root, "ann", 1007)) {
            checks.put(check.name(), check);
        }
        return checks;
    }

    @Test
    void anOrdinaryUserIsToldWhatHisAgentLacks() throws IOException {
        file("etc/subuid", "bob:100000:65536\nannabel:165536:65536\n");
        file("proc/sys/user/max_user_namespaces", "1000\n");
        file("proc/sys/kernel/unprivileged_userns_clone", "0\n");
        Map<String, HostCheck> checks = checksOfOrdinaryUser();
        for (String name : new String[] {"user namespaces", "subuid", "subgid", "/dev/net/tun",
            "newuidmap", "slirp4netns"}) {
            assertEquals(HostCheck.Verdict.MISSING, checks.get(name).verdict(), name);
            assertTrue(!checks.get(name).remedy().isEmpty(), name);
        }
        assertEquals("uidmap", checks.get("newuidmap").debianPackage());
        assertTrue(checks.get("subuid").remedy().contains("--add-subuids"));
        assertEquals(HostCheck.Verdict.LIMITED, checks.get("cgroup").verdict());
        assertTrue(!checks.containsKey("capabilities"));
    }

    @Test
    void anOrdinaryUserWhoHasAll() throws IOException {
        file("etc/subuid", "ann:100000:65536\n1007:200000:10\n");
        file("etc/subgid", "1007:100000:65536\n");
        file("proc/sys/user/max_user_namespaces", "1000\n");
        file("dev/net/tun", "");
        file("proc/self/mountinfo", "29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        file("proc/self/cgroup", "0::/user.slice/run-1.scope\n");
        file("sys/fs/cgroup/user.slice/run-1.scope/cgroup.subtree_control", "");
        Map<String, HostCheck> checks = checksOfOrdinaryUser();
        for (String name : new String[] {
            "user namespaces", "subuid", "subgid", "/dev/net/tun", "cgroup"}) {
            assertEquals(HostCheck.Verdict.GOOD, checks.get(name).verdict(), name);
        }
        assertEquals("65546 ids for ann", checks.get("subuid").finding());
        file("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
        assertEquals(HostCheck.Verdict.LIMITED,
                checksOfOrdinaryUser().get("user namespaces").verdict());
    }
}
