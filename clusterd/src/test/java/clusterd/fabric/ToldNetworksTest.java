package clusterd.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.NetworkSpec;
import clusterd.model.NodeId;
import clusterd.model.NamedPort;
import clusterd.model.ServiceEndpoint;
import clusterd.model.ServiceId;
import clusterd.model.TaskId;
import clusterd.session.NetworkDelta;
import clusterd.session.NetworkPeer;
import clusterd.session.NetworkShare;
import clusterd.session.ServiceShare;
import clusterd.session.TaskShare;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import overlaynet.balance.VirtualPort;
import overlaynet.ipam.Subnet;
import overlaynet.mesh.Peer;
import overlaynet.mesh.TunnelSecret;
import overlaynet.network.NetworkNames;
import overlaynet.overlay.Overlay;
import overlaynet.overlay.WantedNetwork;
import overlaynet.overlay.WantedService;
import overlaynet.overlay.WantedTask;
import overlaynet.policy.Policy;

/** What a node knows of networks after what it was told, and what it makes of that. */
class ToldNetworksTest {
    private static final NodeId OWN = new NodeId("own");
    private static final NodeId OTHER = new NodeId("other");
    private static final Optional<InetAddress> UNDERLAY = Optional.of(InetAddress.ofLiteral("192.0.2.1"));
    private static final ServiceId WEB = new ServiceId("web-id");

    private static final ToldNetworks.Keys NO_KEYS = key -> Optional.empty();

    private final ToldNetworks told = new ToldNetworks();

    private static NetworkId id(int number) {
        return new NetworkId("%064x".formatted(number));
    }

    private static Network network(int number, int mtuBytes) {
        return new Network(id(number), new NetworkSpec("net" + number, new TreeMap<>(Map.of("tier", "web")), true, false,
                mtuBytes, 24), 7 + number, List.of("10." + number + ".0.0/16", "fd0" + number + "::/48"), 5);
    }

    private static NetworkShare share(int number, NetworkPeer... holders) {
        return new NetworkShare(network(number, 0), List.of(holders));
    }

    private static NetworkPeer own(int place) {
        return new NetworkPeer(OWN, "192.0.2.1", place);
    }

    private static NetworkPeer other(String underlay, int place) {
        return new NetworkPeer(OTHER, underlay, place);
    }

    private static ServiceShare web(int network, OptionalInt virtual, ServiceEndpoint.Choice choice, TaskShare... tasks) {
        return new ServiceShare(id(network), WEB, "web", List.of("www"), virtual, choice, List.of(tasks));
    }

    private static ServiceShare web(int network) {
        return web(network, OptionalInt.of(0), ServiceEndpoint.Choice.RANDOM);
    }

    private static NetworkDelta whole(List<NetworkShare> networks, ServiceShare... services) {
        return new NetworkDelta(true, networks, List.of(), List.of(services), List.of());
    }

    private static NetworkDelta delta(List<NetworkShare> networks, ServiceShare... services) {
        return new NetworkDelta(false, networks, List.of(), List.of(services), List.of());
    }

    private WantedNetwork wanted(int number) {
        return told.wanted("own", UNDERLAY, NO_KEYS).networks().stream().filter(each -> each.id().equals(id(number).value()))
                .findFirst().orElseThrow();
    }

    private static Subnet subnet(String text) {
        return Subnet.parse(text);
    }

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }

    private Policy policy(boolean closed, String... rules) {
        told.hear(new NetworkDelta(true, List.of(new NetworkShare(network(1, 0).with(closed, List.of(rules)),
                List.of(own(0)))), List.of(), List.of(), List.of()));
        return told.wanted("own", UNDERLAY, NO_KEYS).networks().getFirst().policy();
    }

    @Test
    void aPolicyIsReadAndOneOfLaterDaysLetsNothingThrough() {
        assertEquals(Policy.OPEN, policy(false));
        assertEquals(Policy.of(true, List.of("allow web to db:1")), policy(true, "allow web to db:1"));
        assertEquals(new Policy(true, List.of()), policy(false, "allow web to db on sundays"));
    }

    @Test
    void theOwnBlockAndThePeersFollowFromTheHolders() {
        told.hear(whole(List.of(share(1, other("192.0.2.2", 0), own(3)))));
        // A /48 of IPv6 is dealt out as 62 bits of offset: 14 of them number the blocks.
        assertEquals(new WantedNetwork(id(1).value(), "net1", Instant.ofEpochMilli(5), Map.of("tier", "web"), true, false, 8,
                OptionalInt.empty(), List.of(subnet("10.1.0.0/16"), subnet("fd01::/48")),
                List.of(subnet("10.1.3.0/24"), subnet("fd01:0:0:0:3::/80")),
                List.of(new Peer("other", address("192.0.2.2"), List.of(subnet("10.1.0.0/24"), subnet("fd01::/80")))),
                List.of()), wanted(1));
    }

    @Test
    void peersThatTunnelsCannotReachAreLeftOut() {
        told.hear(whole(List.of(share(1, other("", 0), own(3)))));
        assertEquals(List.of(), wanted(1).peers());
        assertTrue(wanted(1).isHere());
        told.hear(delta(List.of(share(1, other("192.0.2.2", 0), own(3)))));
        assertEquals(List.of("other"), wanted(1).peers().stream().map(Peer::nodeId).toList());
    }

    @Test
    void aNodeWithoutAPartKnowsTheNetworkAndNothingInIt() {
        told.hear(whole(List.of(share(1))));
        assertFalse(wanted(1).isHere());
        assertEquals("net1", wanted(1).name());
        told.hear(delta(List.of(share(1, own(0), other("192.0.2.2", 1))), web(1)));
        assertEquals(1, wanted(1).services().size());
        assertEquals(1, wanted(1).peers().size());
        told.hear(delta(List.of(share(1))));
        assertFalse(wanted(1).isHere());
        assertEquals(List.of(), wanted(1).services());
        assertEquals(List.of(), wanted(1).peers());
        told.hear(delta(List.of(share(1, own(0)))));
        assertEquals(List.of(), wanted(1).services(), "what it knew before it lost its part may be gone meanwhile");
    }

    @Test
    void aServiceIsFoundAtItsAddressesAndItsTasks() {
        TaskShare runs = new TaskShare(new TaskId("t1"), "1", OTHER, List.of("10.1.0.2", "fd01::2"), false);
        TaskShare leaves = new TaskShare(new TaskId("t2"), "site.2", OWN, List.of("10.1.3.2"), true);
        told.hear(whole(List.of(share(1, own(3))), web(1, OptionalInt.of(4), ServiceEndpoint.Choice.SOURCE, runs, leaves)));
        List<WantedTask> tasks = List.of(new WantedTask("1", List.of(address("10.1.0.2"), address("fd01::2")), false),
                new WantedTask("site.2", List.of(address("10.1.3.2")), true));
        WantedService found = wanted(1).services().getFirst();
        assertEquals(address("10.1.192.5"), found.virtual().getFirst());
        assertTrue(subnet("fd01::/48").contains(found.virtual().getLast()), found.toString());
        assertEquals(new WantedService("web", List.of("www"), found.virtual(), VirtualPort.Choice.SOURCE, tasks), found);
        told.hear(delta(List.of(), web(1, OptionalInt.empty(), ServiceEndpoint.Choice.IN_TURN, runs)));
        assertEquals(List.of(new WantedService("web", List.of("www"), List.of(), VirtualPort.Choice.IN_TURN,
                List.of(tasks.getFirst()))), wanted(1).services());
        told.hear(delta(List.of(), web(1, OptionalInt.empty(), ServiceEndpoint.Choice.RANDOM)));
        assertEquals(VirtualPort.Choice.RANDOM, wanted(1).services().getFirst().choice());
        told.hear(delta(List.of(), new ServiceShare(id(1), WEB, "web", List.of(), OptionalInt.empty(),
                ServiceEndpoint.Choice.RANDOM, List.of(runs), List.of(), List.of(new NamedPort("_sip._udp", 5060)), new TreeMap<>())));
        assertEquals(List.of(new NetworkNames.NamedPort("_sip._udp", 5060)), wanted(1).services().getFirst().named());
    }

    @Test
    void aLargestPacketIsKeptIfOneWasAskedFor() {
        told.hear(whole(List.of(new NetworkShare(network(1, 1300), List.of(own(0))))));
        assertEquals(OptionalInt.of(1300), wanted(1).mtuBytes());
    }

    @Test
    void aWholeForgetsWhatItDoesNotName() {
        told.hear(whole(List.of(share(1, own(0)), share(2, own(0))), web(1), web(2)));
        told.hear(whole(List.of(share(2, own(1)))));
        assertEquals(List.of("net2"), told.wanted("own", UNDERLAY, NO_KEYS).networks().stream().map(WantedNetwork::name).toList());
        assertEquals(List.of(), wanted(2).services());
        told.hear(delta(List.of(share(1, own(0)))));
        assertEquals(List.of(), wanted(1).services());
    }

    @Test
    void whatIsGoneIsForgotten() {
        told.hear(whole(List.of(share(1, own(0)), share(2, own(0))), web(1), web(2)));
        told.hear(new NetworkDelta(false, List.of(), List.of(id(2)), List.of(),
                List.of(new NetworkDelta.GoneService(id(1), WEB), new NetworkDelta.GoneService(id(9), WEB))));
        assertEquals(whole(List.of(share(1, own(0)))), told.whole());
        told.hear(delta(List.of(), web(2)));
        assertEquals(whole(List.of(share(1, own(0)))), told.whole(), "of a network it has not heard of");
    }

    @Test
    void nothingIsWantedBeforeAnythingIsTold() {
        assertEquals(new Overlay.Wanted("own", UNDERLAY, List.of()), told.wanted("own", UNDERLAY, NO_KEYS));
        told.hear(whole(List.of(share(1, own(0)))));
        assertEquals(Optional.empty(), told.wanted("own", Optional.empty(), NO_KEYS).underlay());
    }

    /** What a manager knows, and what it would tell one node. */
    private static final class Truth {
        private final Random random;
        private final SortedMap<NetworkId, NetworkShare> networks = new TreeMap<>();
        private final SortedMap<NetworkId, SortedMap<ServiceId, ServiceShare>> services = new TreeMap<>();

        Truth(Random random) {
            this.random = random;
        }

        private NetworkShare any(int number) {
            return switch (random.nextInt(4)) {
                case 0 -> share(number);
                case 1 -> share(number, own(random.nextInt(5)));
                case 2 -> share(number, own(random.nextInt(5)), other("", 7));
                default -> share(number, other("192.0.2." + random.nextInt(9), 7), own(random.nextInt(5)));
            };
        }

        private ServiceShare any(NetworkId network, ServiceId service) {
            List<TaskShare> tasks = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                tasks.add(new TaskShare(new TaskId("t" + i), "" + i, OTHER, List.of("10.1.0." + i), random.nextBoolean()));
            }
            return new ServiceShare(network, service, service.value(), List.of(), random.nextBoolean() ? OptionalInt.of(
                    random.nextInt(9)) : OptionalInt.empty(), ServiceEndpoint.Choice.values()[random.nextInt(3)], tasks);
        }

        NetworkDelta change() {
            List<NetworkShare> changed = new ArrayList<>();
            List<NetworkId> gone = new ArrayList<>();
            for (int number = 1; number <= 4; number++) {
                if (random.nextInt(5) == 0) {
                    gone.add(id(number));
                    networks.remove(id(number));
                    services.remove(id(number));
                } else if (random.nextInt(4) == 0) {
                    changed.add(any(number));
                    networks.put(id(number), changed.getLast());
                    if (changed.getLast().holders().isEmpty()) {
                        services.remove(id(number));
                    }
                }
            }
            List<ServiceShare> found = new ArrayList<>();
            List<NetworkDelta.GoneService> left = new ArrayList<>();
            for (NetworkShare each : networks.values()) {
                NetworkId network = each.network().id();
                for (int i = 0; i < 3 && !each.holders().isEmpty(); i++) {
                    ServiceId service = new ServiceId("s" + i);
                    if (random.nextInt(4) == 0) {
                        left.add(new NetworkDelta.GoneService(network, service));
                        services.getOrDefault(network, new TreeMap<>()).remove(service);
                    } else if (random.nextInt(3) == 0) {
                        found.add(any(network, service));
                        services.computeIfAbsent(network, key -> new TreeMap<>()).put(service, found.getLast());
                    }
                }
            }
            return new NetworkDelta(false, changed, gone, found, left);
        }

        NetworkDelta whole() {
            return new NetworkDelta(true, List.copyOf(networks.values()), List.of(),
                    services.values().stream().flatMap(each -> each.values().stream()).toList(), List.of());
        }
    }

    @Test
    void whatIsToldBitByBitIsTheSameAsAllAtOnce() {
        int services = 0;
        for (int seed = 0; seed < 100; seed++) {
            Truth truth = new Truth(new Random(seed));
            ToldNetworks bits = new ToldNetworks();
            truth.change();
            bits.hear(truth.whole());
            for (int step = 0; step < 50; step++) {
                bits.hear(truth.change());
                ToldNetworks once = new ToldNetworks();
                once.hear(truth.whole());
                assertEquals(truth.whole(), bits.whole(), "seed " + seed + ", step " + step);
                assertEquals(once.wanted("own", UNDERLAY, NO_KEYS), bits.wanted("own", UNDERLAY, NO_KEYS),
                        "seed " + seed + ", step " + step);
                services += bits.whole().services().size();
            }
        }
        assertTrue(services > 1_000, services + " services were told");
    }

    private static TunnelSecret secret(int every) {
        byte[] bytes = new byte[TunnelSecret.BYTES];
        Arrays.fill(bytes, (byte) every);
        return TunnelSecret.of(bytes);
    }

    private static NetworkShare encrypted(int number, long keysMillis, NetworkPeer... holders) {
        NetworkSpec spec = new NetworkSpec("safe", new TreeMap<>(), false, false, 0, 24, false, List.of(), true);
        return new NetworkShare(new Network(id(number), spec, number, List.of("10." + number + ".0.0/16"), 5)
                .keyed(keysMillis), List.of(holders));
    }

    @Test
    void keysOfAnEncryptedNetwork() {
        String own = secret(1).publicText();
        String other = secret(2).publicText();
        ToldNetworks.Keys keys = key -> key.equals(own) ? Optional.of(secret(1)) : Optional.empty();
        told.hear(whole(List.of(share(1, own(0)), encrypted(2, 3, new NetworkPeer(OWN, "192.0.2.1", 0, own),
                new NetworkPeer(OTHER, "192.0.2.2", 1, other)), encrypted(3, 9, new NetworkPeer(OTHER, "192.0.2.2", 1, other)))));
        assertEquals(OptionalLong.of(3), told.keysMillis("own"));
        assertEquals(Set.of(own), told.keys("own"));
        List<WantedNetwork> wanted = told.wanted("own", UNDERLAY, keys).networks();
        assertEquals(WantedNetwork.Encryption.NONE, wanted.getFirst().encryption());
        assertEquals(new WantedNetwork.Encryption(true, Optional.of(secret(1))), wanted.get(1).encryption());
        assertEquals(Optional.of(secret(2).publicKey()), wanted.get(1).peers().getFirst().key());
        told.hear(delta(List.of(encrypted(2, 4, new NetworkPeer(OWN, "192.0.2.1", 0, other),
                new NetworkPeer(OTHER, "192.0.2.2", 1, "no key")))));
        WantedNetwork changed = told.wanted("own", UNDERLAY, keys).networks().get(1);
        assertEquals(new WantedNetwork.Encryption(true, Optional.empty()), changed.encryption());
        assertEquals(Optional.empty(), changed.peers().getFirst().key());
        told.hear(delta(List.of(encrypted(2, 4))));
        assertEquals(OptionalLong.empty(), told.keysMillis("own"));
    }
}
