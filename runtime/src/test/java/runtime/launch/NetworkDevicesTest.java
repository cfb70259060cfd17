package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import runtime.spec.Linux.NetDevice;
import testkit.NeedsKernel;
import testkit.Requires;

/** Devices moved between namespaces of the kernel: one end of a cable with a name of its own. */
@NeedsKernel
class NetworkDevicesTest {
    private static final String FIRST = "jnd-a";
    private static final String SECOND = "jnd-b";
    private Process other;

    @BeforeEach
    void prepare() throws Exception {
        Requires.root();
        other = new ProcessBuilder("unshare", "--net", "sleep", "1000").start();
        String own = namespace(ProcessHandle.current().pid());
        while (namespace(other.pid()).equals(own)) {
            assertTrue(other.isAlive());
            Thread.onSpinWait();
        }
        ip("link", "add", FIRST, "mtu", "1400", "address", "02:00:00:00:00:11", "type", "veth", "peer",
                "name", "jnd-peer-a");
        ip("link", "add", SECOND, "type", "veth", "peer", "name", "jnd-peer-b");
        ip("link", "set", FIRST, "up");
        ip("address", "add", "192.0.2.7/25", "brd", "192.0.2.127", "dev", FIRST);
        ip("address", "add", "2001:db8::7/64", "nodad", "dev", FIRST);
    }

    @AfterEach
    void remove() throws Exception {
        if (other != null) {
            other.destroyForcibly().waitFor();
            // One that is inside goes with the namespace, in the kernel's own time; its peer takes it along.
            for (String name : List.of("jnd-peer-a", "jnd-peer-b", FIRST, SECOND)) {
                new ProcessBuilder("ip", "link", "delete", name).start().waitFor();
            }
        }
    }

    private static String namespace(long pid) throws IOException {
        return java.nio.file.Files.readSymbolicLink(
                java.nio.file.Path.of("/proc/" + pid + "/ns/net")).toString();
    }

    private static String run(List<String> words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), words + ": " + output);
        return output;
    }

    private static String ip(String... words) throws Exception {
        List<String> all = new java.util.ArrayList<>(List.of("ip"));
        all.addAll(List.of(words));
        return run(all);
    }

    private String inside(String... words) throws Exception {
        List<String> all = new java.util.ArrayList<>(List.of(
                "nsenter", "--net", "--target", Long.toString(other.pid()), "ip"));
        all.addAll(List.of(words));
        return run(all);
    }

    private NetworkDevices move(Map<String, NetDevice> devices) throws IOException {
        return NetworkDevices.moveIn(devices, (int) other.pid());
    }

    private static NetDevice named(String name) {
        return new NetDevice(Optional.of(name));
    }

    @Test
    void aDeviceHasItsAddressesAndIsUpInside() throws Exception {
        move(Map.of(FIRST, named("data0"), SECOND, new NetDevice(Optional.empty()))).close();
        String data = inside("address", "show", "data0");
        assertTrue(data.contains("mtu 1400") && data.contains(",UP")
                && data.contains("02:00:00:00:00:11"), data);
        assertTrue(data.contains("inet 192.0.2.7/25 brd 192.0.2.127 scope global"), data);
        assertTrue(data.contains("inet6 2001:db8::7/64 scope global"), data);
        assertTrue(inside("link", "show", SECOND).contains(",UP"));
        assertTrue(!ip("-o", "link").contains(FIRST + "@"), "it is not on the host");
    }

    @Test
    void aPatternsNumberIsTheKernels() throws Exception {
        inside("link", "add", "data0", "type", "veth", "peer", "name", "p0");
        move(Map.of(FIRST, named("data%d"))).close();
        assertTrue(inside("address", "show", "data1").contains("192.0.2.7/25"));
    }

    @Test
    void anIndexThatIsTakenInsideIsNoObstacle() throws Exception {
        String line = ip("-o", "link", "show", FIRST);
        inside("link", "add", "same", "index", line.substring(0, line.indexOf(':')), "type",
                "veth", "peer", "name", "p0");
        move(Map.of(FIRST, new NetDevice(Optional.empty()))).close();
        assertTrue(inside("address", "show", FIRST).contains("192.0.2.7/25"));
    }

    @Test
    void allAreMovedOrNone() throws Exception {
        inside("link", "add", "taken", "type", "veth", "peer", "name", "p0");
        IOException refused = assertThrows(IOException.class,
                () -> move(Map.of(FIRST, named("free"), SECOND, named("taken"))));
        assertTrue(refused.getMessage().contains(SECOND + " cannot be taken in the container"),
                refused.getMessage());
        refused = assertThrows(IOException.class,
                () -> move(Map.of(FIRST, named("free"), "jnd-none", named("x"))));
        assertTrue(refused.getMessage().contains("the host has no network device jnd-none"),
                refused.getMessage());
        // The loopback link belongs to its namespace; the first is back by then.
        Map<String, NetDevice> devices = new LinkedHashMap<>();
        devices.put(FIRST, named("free"));
        devices.put("lo", named("lost"));
        refused = assertThrows(IOException.class, () -> move(devices));
        assertTrue(refused.getMessage().contains("network device lo cannot be moved"),
                refused.getMessage());
        assertAsItWas();
    }

    @Test
    void whatIsGivenBackIsAsItWas() throws Exception {
        try (NetworkDevices devices = move(Map.of(FIRST, named("data0")))) {
            devices.giveBack();
        }
        assertAsItWas();
    }

    private static void assertAsItWas() throws Exception {
        String first = ip("address", "show", FIRST);
        assertTrue(first.contains(",UP") && first.contains("192.0.2.7/25 brd 192.0.2.127")
                && first.contains("2001:db8::7/64"), first);
        assertTrue(ip("link", "show", SECOND).contains("state DOWN"));
    }
}
