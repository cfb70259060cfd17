package linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Byte for byte what {@code ip link set dev lo vf 3 …} of iproute2 6.1 sends, as recorded by {@code strace -e trace=sendmsg -e write=3}. */
class VirtualFunctionMessagesTest {
    private static final int LO = 1;
    private static final HardwareAddress ADDRESS = HardwareAddress.parse("02:6a:0a:58:00:02");
    private static final String HEADER = "00000010000500000000000000000000000000010000000000000000000000";

    private static void assertSame(int bytes, String golden, NetlinkRequest request) {
        assertEquals(HexFormat.of().toHexDigits((byte) bytes) + HEADER + golden, HexFormat.of().formatHex(request.message()), request.symbolic());
    }

    @Test
    void addresses() {
        assertSame(0x50, "300016002c0001002800010003000000026a0a580002" + "00".repeat(26), VirtualFunctionMessages.address(LO, 3, ADDRESS));
        assertEquals("RTM_NEWLINK index 1 vf 3 mac 02:6a:0a:58:00:02", VirtualFunctionMessages.address(LO, 3, ADDRESS).symbolic());
    }

    @Test
    void vlans() {
        assertSame(0x38, "180016001400010010000200030000006400000005000000", VirtualFunctionMessages.vlan(LO, 3, 100, 5, VirtualFunctionState.VLAN));
        assertSame(0x40, "200016001c00010018000c001400010003000000640000000500000088a80000",
                VirtualFunctionMessages.vlan(LO, 3, 100, 5, VirtualFunctionState.SERVICE_VLAN));
        for (int[] wrong : new int[][] {{4095, 0, 0x8100}, {-1, 0, 0x8100}, {1, 8, 0x8100}, {1, 0, 0x0800}}) {
            assertThrows(IllegalArgumentException.class, () -> VirtualFunctionMessages.vlan(LO, 3, wrong[0], wrong[1], wrong[2]));
        }
    }

    @Test
    void settings() {
        assertSame(0x34, "14001600100001000c0004000300000001000000", VirtualFunctionMessages.spoofCheck(LO, 3, true));
        assertSame(0x34, "14001600100001000c0009000300000000000000", VirtualFunctionMessages.trust(LO, 3, false));
        assertSame(0x34, "14001600100001000c0005000300000001000000", VirtualFunctionMessages.link(LO, 3, VirtualFunctionState.Link.ENABLE));
        assertSame(0x38, "18001600140001001000060003000000" + "0a00000064000000", VirtualFunctionMessages.rates(LO, 3, 10, 100));
    }

    private static byte[] payload(String list) {
        return HexFormat.of().parseHex("00".repeat(16) + "0800150002000000" + list);
    }

    @Test
    void whatTheKernelTellsIsRead() throws Exception {
        String one = "2800010003000000026a0a580002" + "00".repeat(26) // mac
                + "10000200030000006400000005000000" + "0800030000000000"
                + "0c0004000300000001000000" + "0c0005000300000002000000" + "10000600030000000a00000064000000" + "0c0009000300000000000000"
                + "18000c801400010003000000640000000500000088a80000";
        String silent = "2800010004000000" + "00".repeat(32) + "0c00040004000000ffffffff" + "0c00050004000000ffffffff";
        byte[] told = payload(attribute(22, attribute(1, one) + attribute(1, silent)));
        assertEquals(OptionalInt.of(2), VirtualFunctionState.count(told));
        assertEquals(List.of(
                new VirtualFunctionState(3, ADDRESS, 100, 5, VirtualFunctionState.SERVICE_VLAN, 10, 100, Optional.of(true), Optional.of(false),
                        Optional.of(VirtualFunctionState.Link.DISABLE)),
                new VirtualFunctionState(4, new HardwareAddress(0), 0, 0, VirtualFunctionState.VLAN, 0, 0, Optional.empty(), Optional.empty(),
                        Optional.empty())), VirtualFunctionState.decode(told));
        assertEquals(List.of(), VirtualFunctionState.decode(payload("")));
        assertThrows(MalformedReplyException.class, () -> VirtualFunctionState.decode(payload(attribute(22, attribute(1, "")))));
    }

    private static String attribute(int type, String value) {
        int length = value.length() / 2 + 4;
        return HexFormat.of().formatHex(new byte[] {(byte) length, (byte) (length >> 8), (byte) type, (byte) (type >> 8)}) + value;
    }

    @Test
    void whateverIsToldNothingIsReadBeyondIt() {
        Random random = new Random(20_261_129);
        byte[] whole = payload(attribute(22, attribute(1, "2800010003000000026a0a580002" + "00".repeat(26) + "0c0004000300000001000000")));
        for (int i = 0; i < 2_000; i++) {
            byte[] damaged = java.util.Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int changes = random.nextInt(4); changes > 0 && damaged.length > 0; changes--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                assertEquals(true, VirtualFunctionState.decode(damaged).size() <= whole.length);
            } catch (MalformedReplyException said) {
                assertEquals(false, said.getMessage().isEmpty());
            }
        }
    }
}
