package runtime.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Exposed ports, of images nobody has checked. */
class ExposedPortsTest {
    @Test
    void whatIsNoPortIsLeftOut() {
        assertEquals(Optional.of("80/tcp"), ExposedPorts.parse("80"));
        assertEquals(Optional.of("53/udp"), ExposedPorts.parse("53/udp"));
        for (String text : List.of("", "0", "65536", "x", "80/", "80/icmp", "-1", "8 0", "80/TCP",
                "999999999999")) {
            assertEquals(Optional.empty(), ExposedPorts.parse(text), text);
        }
        assertEquals(List.of("53/udp", "80/tcp"),
                ExposedPorts.of(List.of("80", "x"), List.of("53/udp", "80/tcp")));
    }

    @Test
    void allExposedPortsAreThoseNothingWasSaidOf() {
        PortWish web = new PortWish("", 8080, 8080, 80, "tcp");
        List<String> exposed = List.of("80/tcp", "80/udp");
        assertEquals(List.of(web), ExposedPorts.published(List.of(web), false, exposed));
        assertEquals(List.of(web, new PortWish("", 0, 0, 80, "udp")),
                ExposedPorts.published(List.of(web), true, exposed));
    }
}
