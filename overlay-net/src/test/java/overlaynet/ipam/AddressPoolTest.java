package overlaynet.ipam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AddressPoolTest {
    private static final InetAddress GATEWAY = InetAddress.ofLiteral("10.88.0.1");

    private static AddressPool pool(String subnet, InetAddress... reserved) {
        return new AddressPool(Subnet.parse(subnet), List.of(reserved));
    }

    private static String granted(Allocation allocation) {
        return assertInstanceOf(Allocation.Granted.class, allocation).address().getHostAddress();
    }

    private static String refused(Allocation allocation) {
        return assertInstanceOf(Allocation.Refused.class, allocation).reason();
    }

    @Test
    void addressesComeInTurn() {
        AddressPool pool = pool("10.88.0.0/29", GATEWAY);
        assertEquals("10.88.0.2", granted(pool.allocate("a")));
        assertEquals("10.88.0.3", granted(pool.allocate("b")));
        assertTrue(pool.release("a"));
        assertEquals("10.88.0.4", granted(pool.allocate("c")));
        assertEquals("10.88.0.5", granted(pool.allocate("d")));
        assertEquals("10.88.0.6", granted(pool.allocate("e")));
        assertEquals("10.88.0.2", granted(pool.allocate("f")));
        assertEquals("all 5 addresses of 10.88.0.0/29 are in use", refused(pool.allocate("g")));
        assertEquals("10.88.0.3", granted(pool.allocate("b")));
    }

    @Test
    void aWantedAddress() {
        AddressPool pool = pool("10.88.0.0/24", GATEWAY);
        InetAddress seven = InetAddress.ofLiteral("10.88.0.7");
        assertEquals("10.88.0.7", granted(pool.allocate("a", seven)));
        assertEquals("10.88.0.7", granted(pool.allocate("a", seven)));
        assertEquals("10.88.0.7 is in use by a", refused(pool.allocate("b", seven)));
        assertEquals("a has 10.88.0.7 already, it cannot have 10.88.0.8 as well",
                refused(pool.allocate("a", InetAddress.ofLiteral("10.88.0.8"))));
        assertEquals("10.88.0.1 is reserved in 10.88.0.0/24", refused(pool.allocate("b", GATEWAY)));
        for (String end : List.of("10.88.0.0", "10.88.0.255")) {
            assertEquals(end + " is the network or broadcast address of 10.88.0.0/24",
                    refused(pool.allocate("b", InetAddress.ofLiteral(end))));
        }
        for (String outside : List.of("10.89.0.1", "fd00::1")) {
            assertTrue(refused(pool.allocate("b", InetAddress.ofLiteral(outside)))
                    .endsWith("is not in the network's subnet 10.88.0.0/24"));
        }
        assertEquals(Map.of("a", seven), pool.owners());
        assertFalse(pool.release("b"));
    }

    @Test
    void ipv6AndTinySubnets() {
        assertEquals("fd00:88:0:0:0:0:0:1", granted(pool("fd00:88::/64").allocate("a")));
        AddressPool pair = pool("10.0.0.0/31");
        assertEquals("10.0.0.0", granted(pair.allocate("a")));
        assertEquals("10.0.0.1", granted(pair.allocate("b")));
        assertInstanceOf(Allocation.Refused.class, pair.allocate("c"));
        assertEquals("10.0.0.9", granted(pool("10.0.0.9/32").allocate("a")));
        assertEquals((1L << 62) - 1, pool("fd00::/8").free());
    }

    /** Against a plain map: never two owners, never outside, never full while one is free. */
    @Test
    void randomStepsKeepTheInvariants() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            int prefix = random.nextInt(24, 31);
            Subnet subnet = Subnet.containing(GATEWAY, prefix);
            AddressPool pool = new AddressPool(subnet, List.of(GATEWAY));
            Map<String, InetAddress> model = new HashMap<>();
            for (int step = 0; step < 400; step++) {
                step(random, subnet, pool, model);
                assertEquals(model, new HashMap<>(pool.owners()), "seed " + seed + " step " + step);
                assertEquals(model.size(), new HashSet<>(model.values()).size());
                assertEquals(subnet.lastHostOffset() - 1 - model.size(), pool.free());
            }
        }
    }

    private static void step(Random random, Subnet subnet, AddressPool pool,
            Map<String, InetAddress> model) {
        String owner = "c" + random.nextInt(40);
        if (random.nextInt(3) == 0) {
            assertEquals(model.remove(owner) != null, pool.release(owner));
            return;
        }
        Optional<InetAddress> wanted = random.nextBoolean() ? Optional.empty()
                : Optional.of(subnet.at(random.nextLong(1L << subnet.offsetBits())));
        long freeBefore = pool.free();
        Allocation allocation = wanted.map(address -> pool.allocate(owner, address))
                .orElseGet(() -> pool.allocate(owner));
        switch (allocation) {
            case Allocation.Granted(InetAddress address) -> {
                assertTrue(subnet.contains(address) && !address.equals(GATEWAY));
                assertEquals(model.getOrDefault(owner, address), address);
                model.put(owner, address);
            }
            case Allocation.Refused _ -> assertTrue(wanted.isPresent() || freeBefore == 0);
        }
    }

    @Test
    void addressesOutsideOfTheRangeAreForWhoNamesThem() {
        Subnet subnet = Subnet.parse("10.9.0.0/24");
        AddressPool pool = new AddressPool(subnet, Subnet.parse("10.9.0.248/30"),
                List.of(subnet.at(1), subnet.at(248)));
        assertEquals(3, pool.free());
        for (int last = 249; last <= 251; last++) {
            assertEquals(new Allocation.Granted(subnet.at(last)), pool.allocate("c" + last));
        }
        assertEquals(new Allocation.Refused("all 3 addresses of 10.9.0.0/24 are in use"),
                pool.allocate("more"));
        assertEquals(new Allocation.Granted(subnet.at(7)), pool.allocate("named", subnet.at(7)));
        assertTrue(pool.release("c250"));
        assertEquals(new Allocation.Granted(subnet.at(250)), pool.allocate("more"));
    }
}
