package cli.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ports as docker prints them. */
class PortListTest {
    private static PortList.Port port(String address, int host, int container, String protocol) {
        return new PortList.Port(address, host, container, protocol);
    }

    @Test
    void portsInARowAreARange() {
        List<PortList.Port> ports = new ArrayList<>();
        for (int port = 7002; port >= 7000; port--) {
            ports.add(port("0.0.0.0", port, port, "udp"));
            ports.add(port("::", port, port, "udp"));
        }
        assertEquals("0.0.0.0:7000-7002->7000-7002/udp, [::]:7000-7002->7000-7002/udp",
                PortList.text(ports));
        ports.add(port("", 0, 80, "tcp"));
        ports.add(port("", 0, 81, "tcp"));
        ports.add(port("", 0, 83, "tcp"));
        ports.add(port("127.0.0.1", 8080, 90, "tcp"));
        assertEquals("80-81/tcp, 83/tcp, 0.0.0.0:7000-7002->7000-7002/udp,"
                + " [::]:7000-7002->7000-7002/udp, 127.0.0.1:8080->90/tcp", PortList.text(ports));
        assertEquals("", PortList.text(List.of()));
    }
}
