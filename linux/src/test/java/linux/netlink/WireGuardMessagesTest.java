package linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Messages byte for byte as {@code linux/wireguard.h} and {@code linux/genetlink.h} lay them out. */
class WireGuardMessagesTest {
    private static final int FAMILY = 0x1d;
    private static final String LINK = "jx6a0001";
    /** The keys of RFC 7748, 6.1. */
    private static final WireGuardSecret SECRET = WireGuardSecret.of(HexFormat.of().parseHex(
            "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
    private static final WireGuardKey KEY = WireGuardKey.of(HexFormat.of().parseHex(
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
    private static final WireGuardPeer.Prefix BLOCK = prefix("10.1.2.0", 24);
    private static final WireGuardPeer.Prefix BLOCK6 = prefix("fd00:1:2::", 64);
    private static final Optional<WireGuardPeer.Endpoint> ENDPOINT = endpoint("192.0.2.2");
    private static final Optional<WireGuardPeer.Endpoint> ENDPOINT6 = endpoint("2001:db8::2");

    private static void assertSame(String golden, NetlinkRequest request) {
        assertEquals(golden, HexFormat.of().formatHex(request.message()), request.symbolic());
    }

    private static WireGuardPeer.Prefix prefix(String address, int length) {
        return new WireGuardPeer.Prefix(InetAddress.ofLiteral(address), length);
    }

    private static Optional<WireGuardPeer.Endpoint> endpoint(String address) {
        return Optional.of(new WireGuardPeer.Endpoint(InetAddress.ofLiteral(address), 61_001));
    }

    private static WireGuardKey key(int every) {
        byte[] bytes = new byte[WireGuardKey.BYTES];
        Arrays.fill(bytes, (byte) every);
        return WireGuardKey.of(bytes);
    }

    /** ip link add wg0 type wireguard, as strace(1) shows it of iproute2 6.1. */
    @Test
    void link() {
        assertSame("3c0000001000050600000000000000000000000000000000000000000000000008000300776730001400120"
                + "00d000100776972656775617264000000", LinkMessages.createWireGuard("wg0"));
    }

    @Test
    void family() {
        assertSame("24000000100001000000000000000000030100000e000200776972656775617264000000", WireGuardMessages.family());
        // struct genlmsghdr, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_FAMILY_ID.
        assertEquals(OptionalInt.of(FAMILY), WireGuardMessages.familyOf(HexFormat.of().parseHex(
                "01020000" + "0e000200776972656775617264000000" + "060001001d000000")));
        assertEquals(OptionalInt.empty(), WireGuardMessages.familyOf(new byte[3]));
    }

    @Test
    void question() {
        assertSame("240000001d0001030000000000000000000100000d0002006a7836613030"
                + "303100000000", WireGuardMessages.get(FAMILY, LINK));
    }

    @Test
    void device() {
        assertSame("500000001d0005000000000000000000010100000d0002006a78366130303031000000002400030077076d0a7318a57d"
                + "3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a0600060049ee0000",
                WireGuardMessages.setDevice(FAMILY, LINK, SECRET, 61_001));
    }

    @Test
    void peers() {
        assertSame("bc0000001d0005000000000000000000010100000d0002006a7836613030303100000000980008809400008024000100"
                + "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a0800030002000000140004000200ee49"
                + "c0000202000000000000000006000500ffff0000480009801c0000800600010002000000080002000a01020005000300"
                + "1800000028000080060001000a00000014000200fd0000010002000000000000000000000500030040000000",
                WireGuardMessages.setPeer(FAMILY, LINK, new WireGuardPeer(KEY, ENDPOINT, List.of(BLOCK, BLOCK6))));
        assertSame("a00000001d0005000000000000000000010100000d0002006a78366130303031000000007c0008807800008024000100"
                + "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a0800030002000000200004000a00ee49"
                + "0000000020010db80000000000000000000000020000000006000500ffff0000200009801c0000800600010002000000"
                + "080002000a0102000500030018000000",
                WireGuardMessages.setPeer(FAMILY, LINK, new WireGuardPeer(KEY, ENDPOINT6, List.of(BLOCK))));
        assertSame("980000001d0005000000000000000000010100000d0002006a7836613030303100000000740008803800008024000100"
                + "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a08000300040000000600050000000000"
                + "38000080240001008520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a0800030004000000"
                + "06000500ffff0000",
                WireGuardMessages.greet(FAMILY, LINK, KEY));
        assertSame("580000001d0005000000000000000000010100000d0002006a7836613030303100000000340008803000008024000100"
                + "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a0800030001000000",
                WireGuardMessages.removePeer(FAMILY, LINK, KEY));
    }

    /** Of two messages, the first of which ends in the midst of a peer. */
    @Test
    void answers() {
        List<byte[]> payloads = List.of(HexFormat.of().parseHex("000100000600060049ee0000080007000000000008000100090000000d00"
                + "02006a783661303030310000000024000300"
                + "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a240004008520f0098930a754748b7ddc"
                + "b43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a74000880700000802400010007070707070707070707070707070707"
                + "07070707070707070707070707070707140004000200ee49c00002020000000000000000140006000000000000000000"
                + "0000000000000000200009801c0000800600010002000000080002000a0102000500030018000000"),
                HexFormat.of().parseHex("000100000d0002006a7836613030303100000000a0000880540000802400"
                + "010007070707070707070707070707070707"
                + "070707070707070707070707070707072c00098028000080060001000a00000014000200fd0000010002000000000000"
                + "000000000500030040000000480000802400010008080808080808080808080808080808080808080808080808080808"
                + "08080808200004000a00ee490000000020010db800000000000000000000000200000000"));
        assertEquals(new WireGuardInfo(Optional.of(KEY), 61_001, List.of(
                new WireGuardPeer(key(7), ENDPOINT, List.of(BLOCK, BLOCK6)), new WireGuardPeer(key(8), ENDPOINT6, List.of()))),
                WireGuardInfo.decode(payloads));
        assertEquals(new WireGuardInfo(Optional.empty(), 0, List.of()), WireGuardInfo.decode(List.of(new byte[2])));
        for (int length = 0; length < payloads.getFirst().length; length++) {
            WireGuardInfo.decode(List.of(Arrays.copyOf(payloads.getFirst(), length))); // none of them is a mistake of ours
        }
    }

    @Test
    void publicKeyFollowsFromThePrivateOne() {
        assertEquals(KEY, SECRET.publicKey());
        assertEquals(SECRET, WireGuardSecret.of(SECRET.bytes()));
        assertNotEquals(SECRET, WireGuardSecret.of(new byte[WireGuardKey.BYTES]));
        assertThrows(IllegalArgumentException.class, () -> WireGuardSecret.of(new byte[31]));
    }

    @Test
    void keysAreReadAsTheyAreWritten() {
        assertEquals(Optional.of(KEY), WireGuardKey.parse(KEY.toString()));
        assertEquals("hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=", KEY.toString());
        for (String wrong : List.of("", "hSDw", "?", KEY.toString() + KEY)) {
            assertEquals(Optional.empty(), WireGuardKey.parse(wrong), wrong);
        }
    }

    @Test
    void noWordsShowAPrivateKey() {
        NetlinkRequest request = WireGuardMessages.setDevice(FAMILY, LINK, SECRET, 61_001);
        String base64 = java.util.Base64.getEncoder().encodeToString(SECRET.bytes());
        for (String words : List.of(request.toString(), SECRET.toString())) {
            assertFalse(words.contains(base64) || words.contains("77076d0a"), words);
        }
    }
}
