package overlaynet.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.link.PortMapping;
import overlaynet.link.PortRequest;
import overlaynet.link.TransportProtocol;

class ForwardedPortsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    @TempDir
    Path folder;
    private FakeSlirp slirp;
    private int port;

    @BeforeEach
    void start() throws IOException {
        slirp = new FakeSlirp(folder.resolve("slirp.sock"));
        port = freePort();
    }

    @AfterEach
    void stop() throws IOException {
        slirp.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }

    private static PortMapping mapping(Optional<InetAddress> address, int port) {
        return new PortMapping(address, port, TransportProtocol.TCP, 80);
    }

    private HostPorts ports() {
        return HostPorts.forwarded(folder.resolve("slirp.sock"));
    }

    @Test
    void aPortIsForwardedToTheSamePortInsideUntilItIsClosed() throws IOException {
        HostPorts ports = ports();
        HostPort everywhere = ports.take(mapping(Optional.empty(), port), false);
        assertEquals(List.of("tcp 0.0.0.0 " + port + " -> " + port), slirp.forwards());
        assertThrows(IOException.class, () -> new ServerSocket(port).close());
        everywhere.close();
        assertEquals(List.of(), slirp.forwards());
        HostPort one = ports.take(new PortMapping(Optional.of(LOOPBACK), port, TransportProtocol.UDP, 53), false);
        assertEquals(List.of("udp 127.0.0.1 " + port + " -> " + port), slirp.forwards());
        one.close();
    }

    @Test
    void theNextAgentTakesOverWhatItsContainersHaveAndTakesBackTheRest() throws IOException {
        PortMapping kept = mapping(Optional.empty(), port);
        PortMapping forgotten = mapping(Optional.of(LOOPBACK), freePort());
        HostPorts before = ports();
        HostPort first = before.take(kept, false);
        before.take(forgotten, false).leave();
        first.leave();
        assertEquals(2, slirp.forwards().size());
        HostPorts next = ports();
        HostPort again = next.take(kept, false);
        assertEquals(2, slirp.forwards().size());
        next.forgetOthers();
        assertEquals(List.of("tcp 0.0.0.0 " + port + " -> " + port), slirp.forwards());
        again.close();
        assertEquals(List.of(), slirp.forwards());
    }

    @Test
    void whatSlirpCannotListenOnIsRefusedAndNothingIsKept() throws IOException {
        slirp.refuse(port);
        AttachException taken = assertThrows(AttachException.class,
                () -> ports().take(mapping(Optional.empty(), port), false));
        assertEquals(AttachException.Kind.PORT_IN_USE, taken.kind());
        assertTrue(taken.getMessage().contains("cannot listen on 0.0.0.0 port " + port + "/tcp"));
        new ServerSocket(port).close();
        slirp.refuse(1023);
        PortMapping low = new PortMapping(Optional.empty(), 1023, TransportProtocol.UDP, 53);
        assertTrue(assertThrows(AttachException.class, () -> ports().take(low, false)).getMessage()
                .contains("ip_unprivileged_port_start=1023"));
    }

    @Test
    void whatNobodyForwardsIsRefused() {
        PortMapping sctp = new PortMapping(Optional.empty(), port, TransportProtocol.SCTP, 80);
        assertTrue(assertThrows(AttachException.class, () -> ports().take(sctp, false)).getMessage()
                .contains("TCP and UDP only"));
        PortMapping six = mapping(Optional.of(InetAddress.ofLiteral("::1")), port);
        assertTrue(assertThrows(AttachException.class, () -> ports().take(six, true)).getMessage()
                .contains("IPv4 addresses only"));
    }

    @Test
    void onePortOfTwoAddressesIsOnePortInside() throws IOException {
        PortReservations reservations = new PortReservations(ports());
        PortRequest all = PortRequest.of(mapping(Optional.empty(), port));
        PortRequest one = PortRequest.of(mapping(Optional.of(LOOPBACK), port));
        PortRequest other = PortRequest.of(mapping(Optional.of(InetAddress.ofLiteral("127.0.0.2")), port));
        assertEquals(List.of(mapping(Optional.of(LOOPBACK), port)),
                reservations.take("aaaaaaaaaaaa", List.of(one), false));
        assertEquals("port 127.0.0.2:" + port + ":80/tcp cannot be published: container aaaaaaaaaaaa has it",
                assertThrows(AttachException.class,
                        () -> reservations.take("bbbbbbbbbbbb", List.of(other), false)).getMessage());
        assertEquals(mapping(Optional.empty(), port),
                reservations.inside(mapping(Optional.of(LOOPBACK), port)));
        reservations.release("aaaaaaaaaaaa");
        reservations.take("bbbbbbbbbbbb", List.of(all), false);
        reservations.close();
        assertEquals(List.of("tcp 0.0.0.0 " + port + " -> " + port), slirp.forwards());
    }

    @Test
    void withoutSlirpNothingIsForwardedAnyMore() throws IOException {
        HostPorts ports = ports();
        HostPort taken = ports.take(mapping(Optional.empty(), port), false);
        slirp.close();
        taken.close();
        String refusal = assertThrows(IOException.class,
                () -> ports.take(mapping(Optional.empty(), port), false)).getMessage();
        assertTrue(refusal.contains("does not answer at " + folder.resolve("slirp.sock")), refusal);
    }

    @Test
    void onePortThatStaysForwardedKeepsNoOtherFromBeingTakenBack() throws IOException {
        PortReservations reservations = new PortReservations(ports());
        reservations.take("one", List.of(
                new PortRequest(Optional.empty(), 0, 0, TransportProtocol.TCP, 80),
                new PortRequest(Optional.empty(), 0, 0, TransportProtocol.TCP, 81)), false);
        slirp.answers("gibberish");
        IOException stays = assertThrows(IOException.class, () -> reservations.release("one"));
        assertEquals(1, stays.getSuppressed().length);
        reservations.release("one"); // the container has none any more
    }

    private HostPorts hurried() {
        return new ForwardedPorts(new SlirpForwards(folder.resolve("slirp.sock"), Duration.ofSeconds(1)));
    }

    @Test
    void whatIsForwardedWithoutAnAnswerIsTakenBack() throws IOException {
        HostPorts ports = hurried();
        HostPort other = ports.take(mapping(Optional.of(LOOPBACK), freePort()), false);
        List<String> before = slirp.forwards();
        slirp.staysSilent(1);
        assertTrue(assertThrows(IOException.class, () -> ports.take(mapping(Optional.empty(), port), false))
                .getMessage().contains("no answer for 1 s"));
        assertEquals(before, slirp.forwards());
        other.close();
        new ServerSocket(port).close();
    }

    @Test
    void whatCannotBeTakenBackAtOnceIsBeforeTheNext() throws IOException {
        HostPorts ports = hurried();
        ports.take(mapping(Optional.of(LOOPBACK), freePort()), false).close();
        slirp.staysSilent(2);
        IOException silent = assertThrows(IOException.class,
                () -> ports.take(mapping(Optional.empty(), port), false));
        assertEquals(1, silent.getSuppressed().length);
        assertEquals(1, slirp.forwards().size());
        HostPort next = ports.take(mapping(Optional.of(LOOPBACK), port), false);
        assertEquals(List.of("tcp 127.0.0.1 " + port + " -> " + port), slirp.forwards());
        next.close();
        assertEquals(List.of(), slirp.forwards());
    }

    @Test
    void anAnswerThatIsNoneIsSaidToBe() throws IOException {
        slirp.answers("gibberish");
        assertTrue(assertThrows(IOException.class, () -> new SlirpForwards(folder.resolve("slirp.sock"))
                .list()).getMessage().contains("with no JSON"));
        slirp.answers("{\"error\":{\"desc\":\"bad request: so it is\"}}");
        assertTrue(assertThrows(IOException.class, () -> new SlirpForwards(folder.resolve("slirp.sock"))
                .list()).getMessage().endsWith("refused list_hostfwd: bad request: so it is"));
        slirp.answers("{\"return\":{\"entries\":[{\"id\":7,\"proto\":\"tcp\",\"host_addr\":\"0.0.0.0\","
                + "\"host_port\":80,\"guest_addr\":\"10.0.2.100\",\"guest_port\":80}]}}");
        assertEquals(Map.of(new SlirpForwards.Forward("tcp", "0.0.0.0", 80), 7),
                new SlirpForwards(folder.resolve("slirp.sock")).list());
    }
}
