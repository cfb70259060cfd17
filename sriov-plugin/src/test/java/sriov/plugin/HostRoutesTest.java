package sriov.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which network devices the host needs itself. */
class HostRoutesTest {
    @TempDir
    Path folder;

    @Test
    void whatABridgeConsistsOfIsNeededAsWell() throws Exception {
        Files.writeString(folder.resolve("route"), "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
                + "br0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
                + "ens7\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n");
        Files.createDirectories(folder.resolve("class/net/br0/lower_bond0"));
        Files.createDirectories(folder.resolve("class/net/bond0/lower_ens1"));
        Files.createDirectories(folder.resolve("class/net/bond0/lower_ens2"));
        Files.createDirectories(folder.resolve("class/net/ens1"));
        assertEquals(Set.of("br0", "bond0", "ens1", "ens2"), new HostRoutes(folder).devices(new HostSysTree(folder)));
    }

    @Test
    void thisHostsOwnAreUnderstood() throws Exception {
        Set<String> found = new HostRoutes(Path.of("/proc/net")).devices(new HostSysTree(Path.of("/sys")));
        assertEquals(false, found.contains("lo"), found.toString());
    }

    @Test
    void whoHasNoRoutesNeedsNone() throws Exception {
        assertEquals(Set.of(), new HostRoutes(folder).devices(new HostSysTree(folder)));
    }
}
