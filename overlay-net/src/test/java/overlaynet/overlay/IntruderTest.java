package overlaynet.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkMessages;
import linux.netlink.NeighbourMessages;
import linux.netlink.RouteMessages;
import linux.socket.NetlinkException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.ipam.Subnet;
import overlaynet.link.ContainerLink;
import overlaynet.link.FastPath;
import overlaynet.policy.Policy;
import testkit.NeedsKernel;
import testkit.Requires;

/** A container whose root does with its own links what it likes, and what others have to fear from it. */
@NeedsKernel
class IntruderTest {
    private static final String NETWORK = "a1".repeat(32);
    private static final int NUMBER = 0x6a0201;
    private static final int PORT = 5060;
    private static final int LINK = 1000;
    private static final int TRIES = 8;
    private static final int IMPATIENCE_MILLIS = 200;
    private static final int AUDITS_MILLIS = 4_500;
    private static final InetAddress GATEWAY = InetAddress.ofLiteral("10.201.0.1");
    private static final Policy NOBODY = new Policy(true, List.of());
    private static final Path BRIDGED = Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables");
    private static final String NOTHING = "nothing";

    @TempDir
    Path folder;

    private OverlayHost a;
    private OverlayHost b;

    private interface Sending {
        void send() throws Exception;
    }

    @BeforeEach
    void begin() throws Exception {
        OverlayHost.require();
        a = new OverlayHost(1, folder);
        b = new OverlayHost(2, folder);
        OverlayHost.connect(a, b);
    }

    @AfterEach
    void end() {
        for (OverlayHost each : new OverlayHost[] {a, b}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private static void requirePrograms() {
        try (FastPath loaded = FastPath.open()) {
            Requires.fact(!loaded.counts().isEmpty(), "eBPF");
        } catch (IOException refused) {
            Requires.fact(false, "eBPF: " + refused);
        }
    }

    private static List<Subnet> block(OverlayHost host) {
        return List.of(Subnet.parse("10.201." + (host.number - 1) + ".0/24"));
    }

    private static WantedNetwork network(OverlayHost host, OverlayHost peer, Policy policy) {
        return new WantedNetwork(NETWORK, "front", Instant.EPOCH, Map.of(), false, true, NUMBER, OptionalInt.empty(),
                List.of(Subnet.parse("10.201.0.0/16")), block(host), List.of(peer.peer(block(peer))), List.of(), policy);
    }

    private void share(Policy policy) throws Exception {
        a.want(network(a, b, policy));
        b.want(network(b, a, policy));
        a.await("front");
        b.await("front");
    }

    private static DatagramSocket socket(OverlayHost.Container container, int port) throws Exception {
        DatagramSocket socket = container.call(() -> new DatagramSocket(new InetSocketAddress("0.0.0.0", port)));
        socket.setSoTimeout(IMPATIENCE_MILLIS);
        return socket;
    }

    private static DatagramSocket from(OverlayHost.Container container, InetAddress source) throws Exception {
        return container.call(() -> new DatagramSocket(new InetSocketAddress(source, 0)));
    }

    private static DatagramPacket packet(String text, InetAddress to) {
        return new DatagramPacket(text.getBytes(StandardCharsets.UTF_8), text.length(), to, PORT);
    }

    /** What arrives first, and from whom. */
    private static String heard(DatagramSocket receiver, Sending sending) throws Exception {
        for (int i = 0; i < TRIES; i++) {
            sending.send();
            DatagramPacket heard = new DatagramPacket(new byte[100], 100);
            try {
                receiver.receive(heard);
                return new String(heard.getData(), 0, heard.getLength(), StandardCharsets.UTF_8) + " from "
                        + heard.getAddress().getHostAddress();
            } catch (SocketTimeoutException nothing) {
                // Once more: datagrams may be lost.
            }
        }
        return NOTHING;
    }

    /** Until the programs look at its cable: nothing of what it sends from another's address comes through. */
    private static void guarded(OverlayHost host, int spoofing) throws Exception {
        OverlayHost.eventually(spoofing + " cables are guarded", () -> host.namespace.call(() -> {
            try (var socket = linux.socket.NetlinkSocket.route()) {
                return FastPath.watched(socket).size() >= spoofing;
            }
        }));
    }

    @Test
    void aNeighbourIsReachedByTheHostAlone() throws Exception {
        requirePrograms();
        share(NOBODY);
        OverlayHost.Container victim = a.container(NETWORK, "victim");
        OverlayHost.Container intruder = a.container(NETWORK, "intruder");
        guarded(a, 3);
        if (a.namespace.call(() -> Files.exists(BRIDGED))) {
            a.namespace.call(() -> Files.writeString(BRIDGED, "0")); // as on hosts without br_netfilter: bridges have no rules
        }
        OverlayHost.send(intruder.namespace, RouteMessages.addOnLink(victim.address(), 32, LINK),
                NeighbourMessages.setPermanent(victim.address(), ContainerLink.hardwareAddress(victim.address()), LINK));
        try (DatagramSocket receiver = socket(victim, PORT); DatagramSocket sender = from(intruder, intruder.address())) {
            assertEquals(NOTHING, heard(receiver, () -> sender.send(packet("evil", victim.address()))));
        }
    }

    @Test
    void whatIsForSeveralReachesNoNeighbour() throws Exception {
        requirePrograms();
        share(NOBODY);
        OverlayHost.Container victim = a.container(NETWORK, "victim");
        OverlayHost.Container intruder = a.container(NETWORK, "intruder");
        assertTrue(heardUnguarded().startsWith("evil from "), "the test proves nothing");
        guarded(a, 3);
        assertEquals(NOTHING, toAll(victim, intruder));
        assertEquals(NOTHING, toGroup(victim, intruder, InetAddress.ofLiteral("239.1.2.3")));
        assertEquals(NOTHING, toGroup(victim, intruder, Inet6Address.getByAddress("", InetAddress.ofLiteral("ff02::1:2:3").getAddress(), LINK)));
        assertTrue(intruder.reaches(intruder.address()));
    }

    /** On the other host, which has none of the programs. */
    private String heardUnguarded() throws Exception {
        b.stop();
        b.open(false);
        b.want(network(b, a, Policy.OPEN));
        b.await("front");
        OverlayHost.Container victim = b.container(NETWORK, "victim");
        OverlayHost.Container intruder = b.container(NETWORK, "intruder");
        assertTrue(toGroup(victim, intruder, Inet6Address.getByAddress("", InetAddress.ofLiteral("ff02::1:2:3").getAddress(), LINK))
                .startsWith("evil from "));
        return toAll(victim, intruder);
    }

    private static String toAll(OverlayHost.Container victim, OverlayHost.Container intruder) throws Exception {
        try (DatagramSocket receiver = socket(victim, PORT); DatagramSocket sender = from(intruder, intruder.address())) {
            sender.setBroadcast(true);
            return heard(receiver, () -> sender.send(packet("evil", InetAddress.ofLiteral("255.255.255.255"))));
        }
    }

    /** One of IPv6 is not used before it is known that nobody else has it. */
    private static boolean sends(DatagramSocket sender, DatagramPacket packet) throws IOException {
        try {
            sender.send(packet);
            return true;
        } catch (BindException tentative) {
            return false;
        }
    }

    private static String toGroup(OverlayHost.Container victim, OverlayHost.Container intruder, InetAddress group) throws Exception {
        try (MulticastSocket receiver = victim.call(() -> {
                MulticastSocket joined = new MulticastSocket(PORT);
                joined.joinGroup(new InetSocketAddress(group, 0), NetworkInterface.getByIndex(LINK));
                return joined;
            }); DatagramSocket sender = intruder.call(() -> new DatagramSocket())) {
            receiver.setSoTimeout(IMPATIENCE_MILLIS);
            OverlayHost.eventually("it has an address to send from", () -> sends(sender, packet("evil", group)));
            return heard(receiver, () -> sender.send(packet("evil", group)));
        }
    }

    @Test
    void aNeighboursHardwareAddressIsNobodyElses() throws Exception {
        requirePrograms();
        share(Policy.OPEN);
        OverlayHost.Container victim = a.container(NETWORK, "victim");
        OverlayHost.Container intruder = a.container(NETWORK, "intruder");
        OverlayHost.Container client = b.container(NETWORK, "client");
        guarded(a, 3);
        OverlayHost.send(intruder.namespace, LinkMessages.setAddress(LINK, ContainerLink.hardwareAddress(victim.address())));
        intruder.take(victim.address());
        try (DatagramSocket receiver = socket(intruder, PORT);
                DatagramSocket own = from(intruder, intruder.address());
                DatagramSocket sender = from(client, client.address())) {
            assertEquals(NOTHING, heard(receiver, () -> {
                own.send(packet("here I am", GATEWAY));
                sender.send(packet("secret", victim.address()));
            }));
        }
    }

    @Test
    void nobodySaysThatANeighboursAddressIsHis() throws Exception {
        requirePrograms();
        share(Policy.OPEN);
        OverlayHost.Container victim = a.container(NETWORK, "victim");
        OverlayHost.Container intruder = a.container(NETWORK, "intruder");
        OverlayHost.Container client = b.container(NETWORK, "client");
        guarded(a, 3);
        intruder.take(victim.address());
        try (DatagramSocket receiver = socket(intruder, PORT); DatagramSocket spoofing = from(intruder, victim.address());
                DatagramSocket sender = from(client, client.address())) {
            assertEquals(NOTHING, heard(receiver, () -> {
                try {
                    OverlayHost.send(intruder.namespace, NeighbourMessages.delete(GATEWAY, LINK)); // it asks again, by that address
                } catch (NetlinkException unknown) {
                    // It had not asked yet.
                }
                spoofing.send(packet("here I am", GATEWAY));
                sender.send(packet("secret", victim.address()));
            }));
        }
    }

    @Test
    void whoStartsAgainWithItsAddressIsGuardedAgain() throws Exception {
        requirePrograms();
        share(Policy.OPEN);
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container beside = a.container(NETWORK, "beside");
        OverlayHost.Container other = b.container(NETWORK, "other");
        guarded(a, 3);
        a.networks.detach("one").join();
        OverlayHost.Container again = a.container(NETWORK, "one", Optional.of(one.address()));
        assertEquals(one.attachment.lease(), again.attachment.lease());
        guarded(a, 3);
        again.take(beside.address());
        try (DatagramSocket receiver = socket(other, PORT); DatagramSocket spoofing = from(again, beside.address());
                DatagramSocket own = from(again, again.address())) {
            assertEquals("mine from " + one.address().getHostAddress(), heard(receiver, () -> {
                spoofing.send(packet("evil", other.address()));
                own.send(packet("mine", other.address()));
            }));
        }
    }

    @Test
    void aCableThatComesLateIsGuardedSoon() throws Exception {
        requirePrograms();
        share(Policy.OPEN);
        OverlayHost.Container one = a.container(NETWORK, "one");
        guarded(a, 2);
        assertTrue(one.reaches(one.address()));
        a.networks.detach("one").join();
        long begun = System.nanoTime();
        a.container(NETWORK, "two");
        guarded(a, 2);
        assertTrue((System.nanoTime() - begun) / 1_000_000 < AUDITS_MILLIS);
    }

    @Test
    void nobodyPutsPacketsIntoATunnelHimself() throws Exception {
        share(NOBODY);
        OverlayHost.Container victim = b.container(NETWORK, "victim");
        byte[] frame = tunnelled(tunnel("node2"), GATEWAY, victim.address(), "evil");
        for (OverlayHost host : List.of(a, b)) {
            OverlayHost.Container intruder = host.container(NETWORK, "intruder");
            try (DatagramSocket receiver = socket(victim, PORT); DatagramSocket sender = from(intruder, intruder.address())) {
                for (InetAddress node : List.of(b.outside(), InetAddress.ofLiteral("10.201.1.1"))) {
                    assertEquals(NOTHING, heard(receiver, () -> sender.send(
                            new DatagramPacket(frame, frame.length, node, Overlay.PORT))), "host " + host.number + " to " + node);
                }
            }
        }
    }

    @Test
    void aContainersOwnTunnelsToOthersOfItsNetworkArePackets() throws Exception {
        share(Policy.OPEN);
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container two = b.container(NETWORK, "two");
        try (DatagramSocket receiver = socket(two, Overlay.PORT); DatagramSocket sender = from(one, one.address())) {
            assertEquals("mine from " + one.address().getHostAddress(), heard(receiver, () -> sender.send(new DatagramPacket(
                    "mine".getBytes(StandardCharsets.UTF_8), 4, two.address(), Overlay.PORT))));
        }
    }

    /** As the mesh makes it of a node's name. */
    private static HardwareAddress tunnel(String node) throws Exception {
        byte[] bytes = Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest((node + "/" + NUMBER)
                .getBytes(StandardCharsets.UTF_8)), 6);
        bytes[0] = (byte) (bytes[0] & 0xfc | 0x02);
        return HardwareAddress.of(bytes);
    }

    /** A datagram within a frame within VXLAN (RFC 7348, 5). */
    private static byte[] tunnelled(HardwareAddress to, InetAddress source, InetAddress destination, String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer packet = ByteBuffer.allocate(8 + 14 + 28 + data.length);
        packet.putInt(0x0800_0000).putInt(NUMBER << 8);
        packet.put(to.bytes()).put(new byte[] {2, 1, 1, 1, 1, 1}).putShort((short) 0x800);
        int ip = packet.position();
        packet.putShort((short) 0x4500).putShort((short) (28 + data.length)).putInt(0).put((byte) 60).put((byte) 17)
                .putShort((short) 0).put(source.getAddress()).put(destination.getAddress());
        int sum = 0;
        for (int i = 0; i < 20; i += 2) {
            sum += packet.getShort(ip + i) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        packet.putShort(ip + 10, (short) ~((sum & 0xffff) + (sum >>> 16)));
        packet.putShort((short) PORT).putShort((short) PORT).putShort((short) (8 + data.length)).putShort((short) 0).put(data);
        return packet.array();
    }
}
