package clusterd.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.NetworkSpec;
import clusterd.network.NetworkChoice.RefusedException;
import clusterd.network.NetworkChoice.Wish;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;

/** Which network comes of a wish, and what is said where none does. */
class NetworkChoiceTest {
    private static final NetworkId ID = id('a');

    private static NetworkId id(char digit) {
        return new NetworkId(Character.toString(digit).repeat(64));
    }

    private static NetworkSpec spec(String name, int mtuBytes, int blockPrefix) {
        return new NetworkSpec(name, new TreeMap<>(Map.of("tier", "web")), true, true, mtuBytes, blockPrefix);
    }

    private static Wish wish(String name, String... subnets) {
        return new Wish(spec(name, 0, 0), List.of(subnets), false);
    }

    private static Network other(char digit, String name, String... subnets) {
        return new Network(id(digit), spec(name, 0, 24), 7, List.of(subnets), 3);
    }

    private static Network choose(Wish wish, List<Subnet> taken, Network... others) throws RefusedException {
        return NetworkChoice.choose(wish, ID, 5, taken, List.of(others));
    }

    private static String refusal(Wish wish, List<Subnet> taken, Network... others) {
        return assertThrows(RefusedException.class, () -> choose(wish, taken, others)).getMessage();
    }

    @Test
    void whatIsWishedIsHad() throws RefusedException {
        Network chosen = choose(new Wish(spec("front", 1400, 26), List.of("10.8.0.0/20", "fd00:8::/64"), false),
                List.of(Subnet.parse("10.9.0.0/16")));
        assertEquals(new Network(ID, spec("front", 1400, 26), 0, List.of("10.8.0.0/20", "fd00:8:0:0:0:0:0:0/64"), 5),
                chosen);
        assertEquals(List.of("10.8.0.0/20", "fd00:8:0:0:0:0:0:0/64"),
                choose(wish("front", "fd00:8::/64", "10.8.0.0/20"), List.of()).subnets(), "IPv4 comes first");
        assertEquals(28, choose(wish("front", "10.8.0.0/20"), List.of()).spec().blockPrefix());
    }

    @Test
    void aFreeSubnetAvoidsWhatIsTakenAndOtherNetworks() throws RefusedException {
        assertEquals(List.of("10.176.0.0/16"), choose(wish("front"), List.of()).subnets());
        assertEquals(List.of("10.179.0.0/16"), choose(wish("front"),
                List.of(Subnet.parse("10.176.7.0/24"), Subnet.parse("10.178.255.255/32")),
                other('b', "back", "10.177.128.0/20", "fd00::/64")).subnets());
        assertEquals(List.of("10.192.0.0/16"),
                choose(wish("front"), List.of(Subnet.parse("10.176.0.0/12"))).subnets());
        assertEquals("every subnet from 10.176.0.0/16 to 10.239.0.0/16 is taken; give one with --subnet",
                refusal(wish("front"), List.of(Subnet.parse("10.0.0.0/8"))));
    }

    @Test
    void networksThatAreMadeOneAfterTheOtherAreApart() throws RefusedException {
        List<Network> made = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            NetworkId id = new NetworkId("%064x".formatted(i + 1));
            made.add(NetworkChoice.choose(wish("n" + i), id, 5, List.of(), made));
        }
        assertEquals(IntStream.rangeClosed(176, 239).mapToObj(each -> List.of("10." + each + ".0.0/16")).toList(),
                made.stream().map(Network::subnets).toList());
        assertThrows(RefusedException.class, () -> NetworkChoice.choose(wish("more"), ID, 5, List.of(), made));
    }

    @Test
    void aSubnetOfIpv6FollowsFromTheId() throws RefusedException {
        Wish wish = new Wish(spec("front", 0, 0), List.of(), true);
        assertEquals(List.of("10.176.0.0/16", "fdaa:aaaa:aaaa:0:0:0:0:0/64"), choose(wish, List.of()).subnets());
        assertTrue(refusal(wish, List.of(Subnet.parse("fdaa:aaaa::/32")))
                .startsWith("--subnet fdaa:aaaa:aaaa:0:0:0:0:0/64 overlaps fdaa:aaaa:0:0:0:0:0:0/32"));
    }

    @Test
    void badNamesAreRefused() throws RefusedException {
        for (String bad : List.of("", "-front", ".front", "a b", "front/back", "ä", "x".repeat(64), "front\n")) {
            assertEquals("invalid network name \"" + bad + "\": 1 to 63 letters, digits, and within it -, _ and . are"
                    + " expected", refusal(wish(bad), List.of()));
        }
        for (String good : List.of("f", "9", "Front-End_1.x", "x".repeat(63))) {
            assertEquals(good, choose(wish(good), List.of()).spec().name());
        }
        for (String own : List.of("bridge", "default", "host", "none", "container", "ingress")) {
            assertEquals("the network name " + own + " is jctl's own; choose another", refusal(wish(own), List.of()));
        }
    }

    @Test
    void whatIsNoSubnetIsRefused() {
        assertEquals("--subnet: not a subnet such as 10.88.0.0/16: \"10.8.0.0\"",
                refusal(wish("front", "10.8.0.0"), List.of()));
        assertEquals("--subnet: 10.8.1.0/16 has bits set after the prefix; the network is 10.8.0.0/16",
                refusal(wish("front", "10.8.1.0/16"), List.of()));
    }

    @Test
    void twoSubnetsOfAFamilyAreRefused() {
        assertEquals("a network has one IPv4 and one IPv6 subnet; --subnet was given [10.8.0.0/16, 10.9.0.0/16]",
                refusal(wish("front", "10.8.0.0/16", "10.9.0.0/16"), List.of()));
        assertEquals("a network has one IPv4 and one IPv6 subnet; --subnet was given"
                + " [fd00:0:0:0:0:0:0:0/64, fd01:0:0:0:0:0:0:0/64]",
                refusal(wish("front", "fd00::/64", "10.8.0.0/16", "fd01::/64"), List.of()));
    }

    @Test
    void aPrefixThatCannotBeDividedIsRefused() throws RefusedException {
        assertEquals("--subnet 10.8.0.0/25: a network that nodes share has an IPv4 subnet from /8 to /24, since each"
                + " node gets a part of it", refusal(wish("front", "10.8.0.0/25"), List.of()));
        assertTrue(refusal(wish("front", "10.0.0.0/7"), List.of()).startsWith("--subnet 10.0.0.0/7: "));
        assertEquals("--subnet fd00:0:0:0:0:0:0:0/97: a network that nodes share has an IPv6 subnet from /16 to /96,"
                + " since each node gets a part of it", refusal(wish("front", "fd00::/97"), List.of()));
        assertTrue(refusal(wish("front", "fc00::/15"), List.of()).startsWith("--subnet fc00:"));
        for (String good : List.of("10.0.0.0/8", "10.8.0.0/24")) {
            assertEquals(List.of(good), choose(wish("front", good), List.of()).subnets());
        }
        for (String good : List.of("fd00:0:0:0:0:0:0:0/16", "fd00:0:0:0:0:0:0:0/96")) {
            assertEquals(good, choose(wish("front", good), List.of()).subnets().getLast());
        }
    }

    @Test
    void whatOverlapsIsRefusedWithWhatItOverlaps() throws RefusedException {
        Network back = other('b', "back", "10.8.0.0/16", "fd00:8::/64");
        assertEquals("--subnet 10.8.4.0/24 overlaps that of the network back (10.8.0.0/16, fd00:8::/64)",
                refusal(wish("front", "10.8.4.0/24"), List.of(), back));
        assertEquals("--subnet fd00:8:0:0:0:0:0:0/32 overlaps that of the network back (10.8.0.0/16, fd00:8::/64)",
                refusal(wish("front", "fd00:8::/32"), List.of(), back));
        assertEquals("--subnet 10.8.0.0/16 overlaps 10.8.4.2/32, which this host reaches already (ip route show table"
                + " all)", refusal(wish("front", "10.8.0.0/16"), List.of(Subnet.parse("10.8.4.2/32"))));
        assertEquals(List.of("10.9.0.0/16"), choose(wish("front", "10.9.0.0/16"),
                List.of(Subnet.parse("0.0.0.0/0"), Subnet.parse("10.8.0.0/16")), back).subnets(),
                "a default route takes nothing");
    }

    @Test
    void plainRoutesEncryptNothingAndAreOfIpv4Alone() throws RefusedException {
        NetworkSpec routed = new NetworkSpec("front", new TreeMap<>(), false, false, 0, 0, false, List.of(), false,
                NetworkSpec.Backend.HOST_GATEWAY);
        assertEquals(NetworkSpec.Backend.HOST_GATEWAY, choose(new Wish(routed, List.of(), false), List.of()).spec().backend());
        assertEquals("--backend host-gw: plain routes are of IPv4 alone; leave out one of it and IPv6",
                refusal(new Wish(routed, List.of(), true), List.of()));
        NetworkSpec both = new NetworkSpec("front", new TreeMap<>(), false, false, 0, 0, false, List.of(), true,
                NetworkSpec.Backend.HOST_GATEWAY);
        assertEquals("--backend host-gw: plain routes encrypt nothing; leave out one of it and --encrypted",
                refusal(new Wish(both, List.of(), false), List.of()));
    }

    @Test
    void aPacketTooSmallOrTooLargeIsRefused() throws RefusedException {
        for (int bad : List.of(575, 65_486, -1)) {
            assertEquals("--mtu " + bad + " is not from 576 to 65485",
                    refusal(new Wish(spec("front", bad, 0), List.of(), false), List.of()));
        }
        assertEquals("--mtu 1279 is not from 1280 to 65485",
                refusal(new Wish(spec("front", 1279, 0), List.of(), true), List.of()));
        for (int good : List.of(0, 576, 65_485)) {
            assertEquals(good, choose(new Wish(spec("front", good, 0), List.of(), false), List.of()).spec().mtuBytes());
        }
        assertEquals(1280, choose(new Wish(spec("front", 1280, 0), List.of(), true), List.of()).spec().mtuBytes());
    }

    @Test
    void aBlockThatFitsNotIntoTheSubnetIsRefused() throws RefusedException {
        assertEquals("block /17: a node's part of 10.8.0.0/16 is from /18 to /29",
                refusal(new Wish(spec("front", 0, 17), List.of("10.8.0.0/16"), false), List.of()));
        assertEquals("block /15: a node's part of 10.0.0.0/8 is from /16 to /29",
                refusal(new Wish(spec("front", 0, 15), List.of("10.0.0.0/8"), false), List.of()));
        assertEquals("block /30: a node's part of 10.8.0.0/24 is from /26 to /29",
                refusal(new Wish(spec("front", 0, 30), List.of("10.8.0.0/24"), false), List.of()));
        for (int good : List.of(18, 29)) {
            assertEquals(good, choose(new Wish(spec("front", 0, good), List.of("10.8.0.0/16"), false), List.of())
                    .spec().blockPrefix());
        }
    }
}
