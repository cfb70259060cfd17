package clusterd.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;

/** The parts of a network, for every length of its prefixes. */
class NetworkLayoutTest {
    private static final int MOST_VIRTUALS = 1 << 20;
    private static final int SAMPLES = 40;

    /** What is done with each layout. */
    private interface Check {
        void of(NetworkLayout layout);
    }

    private static void forEach(Check check) {
        for (int prefix = 8; prefix <= 24; prefix++) {
            Subnet subnet = Subnet.containing(InetAddress.ofLiteral("10.176.0.0"), prefix);
            int prefix6 = 16 + (prefix - 8) * 5;
            Subnet subnet6 = Subnet.containing(InetAddress.ofLiteral("fd12:3456:789a:bcde:f012:3456::"), prefix6);
            for (int block = Math.max(16, prefix + 2); block <= 29; block++) {
                check.of(new NetworkLayout(List.of(subnet), block));
                check.of(new NetworkLayout(List.of(subnet, subnet6), block));
            }
        }
    }

    /** All of few; of many the first, the last, those beside them and some more. */
    private static SortedSet<Integer> places(int count) {
        SortedSet<Integer> places = new TreeSet<>();
        Random random = new Random(count);
        for (int i = 0; i < SAMPLES; i++) {
            places.add(count <= SAMPLES ? i % count : random.nextInt(count));
            places.add(Math.min(i % 4, count - 1));
            places.add(Math.max(count - 1 - i % 4, 0));
        }
        return places;
    }

    private static Subnet lastQuarter(Subnet subnet) {
        InetAddress first = subnet.at(3L << subnet.offsetBits() - 2);
        return new Subnet(first, first.getAddress().length * Byte.SIZE - subnet.offsetBits() + 2);
    }

    @Test
    void blocksLieInTheirSubnetAndOverlapNeitherEachOtherNorTheServicesQuarter() {
        forEach(layout -> {
            List<List<Subnet>> blocks = new ArrayList<>();
            places(layout.blocks()).forEach(place -> blocks.add(layout.block(place)));
            for (int family = 0; family < layout.subnets().size(); family++) {
                Subnet whole = layout.subnets().get(family);
                Set<Subnet> seen = new HashSet<>();
                for (List<Subnet> each : blocks) {
                    Subnet block = each.get(family);
                    assertTrue(block.prefixLength() > whole.prefixLength() && whole.contains(block.network()),
                            block + " of " + layout);
                    assertFalse(block.overlaps(lastQuarter(whole)), block + " of " + layout);
                    assertTrue(seen.stream().noneMatch(block::overlaps), block + " of " + layout);
                    seen.add(block);
                }
            }
        });
    }

    @Test
    void aBlockHasThePrefixThatWasAskedForAndRoomForContainers() {
        forEach(layout -> {
            for (int place : List.of(0, layout.blocks() - 1)) {
                List<Subnet> block = layout.block(place);
                assertEquals(layout.subnets().size(), block.size());
                assertEquals(layout.blockPrefix(), block.getFirst().prefixLength(), layout.toString());
                assertTrue(block.getLast().offsetBits() >= 3, block + " of " + layout);
            }
        });
    }

    @Test
    void threeQuartersOfAnIpv4SubnetAreForBlocks() {
        forEach(layout -> {
            Subnet whole = layout.subnets().getFirst();
            if (layout.subnets().size() == 1) {
                assertEquals(3L << whole.offsetBits() - 2, (long) layout.blocks() << 32 - layout.blockPrefix(),
                        layout.toString());
                assertEquals(List.of(Subnet.containing(whole.at((3L << whole.offsetBits() - 2) - 1), layout.blockPrefix())),
                        layout.block(layout.blocks() - 1));
            } else {
                assertTrue(layout.blocks() <= new NetworkLayout(List.of(whole), layout.blockPrefix()).blocks());
            }
            assertTrue(layout.blocks() > 0, layout.toString());
        });
    }

    @Test
    void servicesAddressesAreDistinctAndInTheLastQuarter() {
        forEach(layout -> {
            Set<InetAddress> seen = new HashSet<>();
            SortedSet<Integer> places = places(layout.virtuals());
            for (int place : places) {
                List<InetAddress> addresses = layout.virtual(place);
                assertEquals(layout.subnets().size(), addresses.size());
                for (int family = 0; family < addresses.size(); family++) {
                    Subnet quarter = lastQuarter(layout.subnets().get(family));
                    InetAddress address = addresses.get(family);
                    assertTrue(quarter.contains(address), address + " of " + layout);
                    long offset = quarter.offsetOf(address);
                    assertTrue(offset > 0, "the quarter's first address is left out: " + address + " of " + layout);
                    assertTrue(offset <= quarter.lastHostOffset(), address + " of " + layout);
                    seen.add(address);
                }
            }
            assertEquals(places.size() * layout.subnets().size(), seen.size(), layout.toString());
        });
    }

    @Test
    void allHostsOfTheLastQuarterButAMillionAtMostAreForServices() {
        forEach(layout -> {
            Subnet quarter = lastQuarter(layout.subnets().getFirst());
            assertEquals(Math.min(MOST_VIRTUALS, quarter.lastHostOffset()), layout.virtuals(), layout.toString());
        });
    }

    @Test
    void theUsualBlockHas256AddressesUnlessTheSubnetIsSmall() {
        assertEquals(24, NetworkLayout.usualBlockPrefix(Subnet.parse("10.0.0.0/8")));
        assertEquals(24, NetworkLayout.usualBlockPrefix(Subnet.parse("10.176.0.0/16")));
        assertEquals(28, NetworkLayout.usualBlockPrefix(Subnet.parse("10.176.0.0/20")));
        assertEquals(29, NetworkLayout.usualBlockPrefix(Subnet.parse("10.176.0.0/24")));
        NetworkLayout usual = new NetworkLayout(List.of(Subnet.parse("10.176.0.0/16")), 24);
        assertEquals(List.of(Subnet.parse("10.176.191.0/24")), usual.block(usual.blocks() - 1));
        assertEquals(List.of(InetAddress.ofLiteral("10.176.192.1")), usual.virtual(0));
    }
}
