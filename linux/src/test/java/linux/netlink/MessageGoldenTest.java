package linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/**
 * Holds messages byte for byte against those {@code ip(8)} of iproute2 6.1 sends, as recorded by
 * {@code strace -e trace=sendmsg -e write=3}; only the sequence number is set to 0.
 */
class MessageGoldenTest {
    private static final HardwareAddress PEER = HardwareAddress.parse("02:6a:0a:58:00:02");

    private static void assertSame(String golden, NetlinkRequest request) {
        assertEquals(golden, HexFormat.of().formatHex(request.message()), request.symbolic());
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    /** ip link add jctl0 address 02:6a:00:00:00:01 mtu 1500 up type bridge */
    @Test
    void bridge() {
        assertSame("50000000100005060000000000000000000000000000000001000000010000000a000100026a00"
                + "000001000008000400dc0500000a0003006a63746c30000000100012000a000100627269646765"
                + "0000",
                LinkMessages.createBridge("jctl0", HardwareAddress.parse("02:6a:00:00:00:01"),
                        1500));
    }

    /**
     * ip link add vhost0 index 70000 mtu 1500 master jctl0 up type veth peer name eth0 index 2
     * mtu 1500 address 02:6a:0a:58:00:02 netns jt-b
     */
    @Test
    void vethPair() {
        assertSame("880000001000050600000000000000000000000070110100010000000100000008000400dc0500"
                + "0008000a00020000000b00030076686f73743000004c0012000800010076657468400002003c00"
                + "01000000000002000000000000000000000008000400dc0500000a000100026a0a580002000008"
                + "001c0004000000090003006574683000000000",
                LinkMessages.createVethPair(new VethPair("vhost0", 70_000, OptionalInt.of(2),
                        "eth0", 2,
                        PEER, 4, 1500)));
    }

    /** ip link set dev d0 name net1 */
    @Test
    void rename() {
        assertSame("2c000000100005000000000000000000000000000300000000000000000000000900030" + "06e65743100000000", LinkMessages.rename(3, "net1"));
    }

    /** tc qdisc add dev lo parent 1:2 netem limit 100000 delay 100ms */
    @Test
    void netem() {
        assertSame("4c0000002400050600000000000000000000000001000000000000000200010000000000"
                + "0a0001006e6574656d0000001c00020084d71700a086010000000000000000000000000000000000",
                QueueMessages.netem(1, 2, 100_000_000));
        assertThrows(IllegalArgumentException.class,
                () -> QueueMessages.netem(1, 2, QueueMessages.MOST_DELAY_NANOS + 1));
        assertThrows(IllegalArgumentException.class, () -> QueueMessages.netem(1, 2, -1));
    }

    /** tc qdisc add dev lo root handle 1: prio bands 16, without the empty attribute tc puts behind. */
    @Test
    void prio() {
        assertSame("48000000240005060000000000000000000000000100000000000100ffffffff00000000"
                + "090001007072696f00000000180002001000000000000000000000000000000000000000",
                QueueMessages.prio(1));
    }

    /** tc qdisc del dev lo root */
    @Test
    void noQueue() {
        assertSame("24000000250005000000000000000000000000000100000000000000ffffffff00000000",
                QueueMessages.delete(1));
    }

    /** ip link add vx0 type vxlan id 42 dstport 4789 local 10.88.0.1 nolearning */
    @Test
    void vxlan() {
        assertSame("5c0000001000050600000000000000000000000000000000000000000000000008000300767830"
                + "00340012000900010076786c616e00000024000200080001002a000000080004000a5800010500"
                + "07000000000006000f0012b50000",
                LinkMessages.createVxlan("vx0", 42, address("10.88.0.1"), 4789));
    }

    /** By the kernel's nfnetlink_conntrack.h, since no program of Debian 12 sends this one. */
    @Test
    void connections() {
        assertSame("30000000020105000000000000000000" + "02010000" + "100002800c00018008000100"
                + "0a580002" + "0c0019800800020001000000",
                ConntrackMessages.deleteAnsweredFrom((Inet4Address) address("10.88.0.2")));
        assertSame("3c000000020105000000000000000000" + "02010000" + "1c0002800c00018008000100"
                + "0a5800020c000280050001001100000" + "0" + "0c0019800800020009000000",
                ConntrackMessages.deleteDatagramsAnsweredFrom((Inet4Address) address("10.88.0.2")));
    }

    /** ip link set lo up; ip link set eth0 up */
    @Test
    void up() {
        assertSame("2000000010000500000000000000000000000000010000000100000001000000",
                LinkMessages.loopbackUp());
        assertSame("2000000010000500000000000000000000000000020000000100000001000000",
                LinkMessages.up(2));
    }

    /** ip link del vhost0 */
    @Test
    void delete() {
        assertSame("2000000011000500000000000000000000000000701101000000000000000000",
                LinkMessages.delete(70_000));
    }

    /** ip addr add 10.88.0.2/16 dev eth0; ip -6 addr add fd00:88::1/64 dev jctl0 nodad */
    @Test
    void addAddress() {
        assertSame("280000001400050600000000000000000210000002000000080002000a580002080001000a5800"
                + "02",
                AddressMessages.add(address("10.88.0.2"), 16, 2));
        assertSame("400000001400050600000000000000000a4002000200000014000200fd00008800000000000000"
                + "000000000114000100fd000088000000000000000000000001",
                AddressMessages.add(address("fd00:88::1"), 64, 2));
    }

    /** ip route add default via 10.88.0.1 dev eth0; ip route add 10.7.0.0/16 via 99.99.0.1 */
    @Test
    void addRoute() {
        assertSame("2c00000018000506000000000000000002000000fe03000100000000080005000a580001080004"
                + "0002000000",
                RouteMessages.addDefault(address("10.88.0.1"), 2));
        assertSame("3400000018000506000000000000000002100000fe03000100000000080001000a070000080005"
                + "00636300010800040002000000",
                RouteMessages.add(address("10.7.0.0"), 16, address("99.99.0.1"), 2));
    }

    /** ip neigh add 10.88.0.2 lladdr 02:6a:0a:58:00:02 dev jctl0 nud permanent, with replace */
    @Test
    void setNeighbour() {
        assertSame("300000001c0005050000000000000000020000000200000080000000080001000a5800020a0002"
                + "00026a0a5800020000",
                NeighbourMessages.setPermanent(address("10.88.0.2"), PEER, 2));
    }

    @Test
    void wordsSayWhatIsSent() {
        assertEquals("RTM_NEWLINK veth vhost0 index 70000 master 2 mtu 1500 up peer eth0 index 2"
                + " address 02:6a:0a:58:00:02 netns-fd 4",
                LinkMessages.createVethPair(new VethPair("vhost0", 70_000, OptionalInt.of(2),
                        "eth0", 2,
                        PEER, 4, 1500)).symbolic());
        assertEquals("RTM_NEWADDR 10.88.0.2/16 dev 2",
                AddressMessages.add(address("10.88.0.2"), 16, 2).symbolic());
        assertEquals("RTM_NEWROUTE default via 10.88.0.1 dev 2",
                RouteMessages.addDefault(address("10.88.0.1"), 2).symbolic());
    }

    @Test
    void badNamesAndNumbersAreRefused() {
        for (String name
                : new String[] {"", "sixteen-letters-", "a/b", "a b", ".", "..", "a\0b", "ä",
                        "a:b"}) {
            assertThrows(IllegalArgumentException.class, () -> LinkMessages.get(name), name);
        }
        assertThrows(IllegalArgumentException.class,
                () -> AddressMessages.add(address("10.0.0.1"), 33, 1));
        assertThrows(IllegalArgumentException.class,
                () -> new VethPair("v", 0, OptionalInt.empty(), "eth0", 2, PEER, 4, 1500));
        assertThrows(IllegalArgumentException.class,
                () -> new VethPair("v", 9, OptionalInt.empty(), "eth0", 2, PEER, 4, 67));
        assertThrows(IllegalArgumentException.class, () -> HardwareAddress.parse("02:6a"));
        assertThrows(IllegalArgumentException.class,
                () -> new NetlinkRequest(new byte[20], "zeros", "the length in the header is 0"));
    }
}
