package linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Replies recorded from a Linux 6.18 kernel, and the same with every kind of damage. */
class ReplyParserTest {
    private static final String ACKNOWLEDGED =
            "2400000002000001f18c046b521c0000000000005000000010000506f18c046b00000000";
    private static final String ADDRESS_EXISTS = "6000000002000002f18c046b8e1c0000efffffff28000000"
            + "14000506f18c046b000000000210000002000000080002000a580001080001000a5800012300010069"
            + "7076343a204164647265737320616c72656164792061737369676e65640000";
    private static final String ADDRESSES = "5000000014000200f28c046b6e1c000002108000020000000800"
            + "01000a580001080002000a5800010a0003006a63746c30000000080008008000000014000600ffffff"
            + "ffffffffff56240200562402004800000014000200f28c046b6e1c00000a4082000200000014000100"
            + "fd00008800000000000000000000000114000600ffffffffffffffff5f2402005f2402000800080082"
            + "000000";
    private static final String ROUTES = "3400000018002200f18c046b721c000002000000fe03000110000000"
            + "08000f00fe000000080005000a58000208000400020000003c00000018002200f18c046b721c000002"
            + "100000fe02fd011000000008000f00fe000000080001000a580000080007000a580001080004000200"
            + "0000";
    private static final String NEIGHBOURS = "4c0000001c000200f28c046b761c000002000000020000008000"
            + "0001080001000a5800020a000200026a0a580002000008000400000000001400030009000000090000"
            + "0009000000000000004c0000001c000200f28c046b761c000002000000020000004000000508000100"
            + "e00000160a00020001005e000016000008000400000000001400030081170000110000001100000000"
            + "000000";
    private static final String DONE = "1400000003000200f18c046b721c000000000000";

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static byte[] payload(Reply reply) {
        return assertInstanceOf(Reply.Data.class, reply).payload();
    }

    @Test
    void acknowledgement() throws MalformedReplyException {
        assertEquals(List.of(new Reply.Acknowledged(0x6b048cf1)),
                ReplyParser.parse(bytes(ACKNOWLEDGED)));
    }

    @Test
    void failureKeepsTheKernelsSentence() throws MalformedReplyException {
        assertEquals(List.of(new Reply.Failed(0x6b048cf1, 17,
                Optional.of("ipv4: Address already assigned"))),
                        ReplyParser.parse(bytes(ADDRESS_EXISTS)));
    }

    @Test
    void failureWithoutASentence() throws MalformedReplyException {
        String noSuchDevice = "340000000200000000000000521c0000edffffff20000000100005000000000000"
                + "00000000000000000000000000000000000000";
        assertEquals(List.of(new Reply.Failed(0, 19, Optional.empty())),
                ReplyParser.parse(bytes(noSuchDevice)));
    }

    @Test
    void addresses() throws MalformedReplyException {
        List<Reply> replies = ReplyParser.parse(bytes(ADDRESSES));
        assertEquals(2, replies.size());
        assertEquals(new AddressInfo(2, InetAddress.ofLiteral("10.88.0.1"), 16),
                AddressInfo.decode(payload(replies.get(0))));
        assertEquals(new AddressInfo(2, InetAddress.ofLiteral("fd00:88::1"), 64),
                AddressInfo.decode(payload(replies.get(1))));
    }

    @Test
    void routes() throws MalformedReplyException {
        List<Reply> replies = ReplyParser.parse(bytes(ROUTES));
        RouteInfo byDefault = RouteInfo.decode(payload(replies.get(0)));
        assertEquals(new RouteInfo(false, Optional.empty(), 0,
                Optional.of(InetAddress.ofLiteral("10.88.0.2")), OptionalInt.of(2), 254, 1),
                        byDefault);
        assertTrue(byDefault.isDefault());
        assertEquals(Optional.of(InetAddress.ofLiteral("10.88.0.0")),
                RouteInfo.decode(payload(replies.get(1))).destination());
        assertTrue(assertInstanceOf(Reply.Done.class,
                ReplyParser.parse(bytes(DONE)).getFirst()).sequence() != 0);
    }

    @Test
    void neighbours() throws MalformedReplyException {
        List<Reply> replies = ReplyParser.parse(bytes(NEIGHBOURS));
        assertEquals(new NeighbourInfo(2, Optional.of(InetAddress.ofLiteral("10.88.0.2")),
                Optional.of(HardwareAddress.parse("02:6a:0a:58:00:02")), 0x80),
                NeighbourInfo.decode(payload(replies.getFirst())));
    }

    @Test
    void aRequestReadsBackAsALink() throws MalformedReplyException {
        byte[] message = LinkMessages.createBridge("jctl0",
                HardwareAddress.parse("02:6a:00:00:00:01"), 9000).message();
        LinkInfo link = LinkInfo.decode(Arrays.copyOfRange(message, 16, message.length));
        assertEquals(new LinkInfo(0, "jctl0", 1, 9000,
                Optional.of(HardwareAddress.parse("02:6a:00:00:00:01")), OptionalInt.empty(),
                Optional.of("bridge")), link);
        assertTrue(link.up());
    }

    @Test
    void interruptedDumpIsMarked() throws MalformedReplyException {
        byte[] done = bytes(DONE);
        done[6] |= MessageFlag.DUMP_INTERRUPTED;
        assertEquals(List.of(new Reply.Done(0x6b048cf1, true)), ReplyParser.parse(done));
    }

    @Test
    void lyingLengthsAreRefused() {
        for (int length : new int[] {0, 15, 37, 0x7fffffff, 0xffffffff, 0x80000000}) {
            byte[] bytes = bytes(ACKNOWLEDGED);
            bytes[0] = (byte) length;
            bytes[1] = (byte) (length >>> 8);
            bytes[2] = (byte) (length >>> 16);
            bytes[3] = (byte) (length >>> 24);
            assertThrows(MalformedReplyException.class, () -> ReplyParser.parse(bytes));
        }
        assertThrows(MalformedReplyException.class,
                () -> ReplyParser.parse(Arrays.copyOf(bytes(ACKNOWLEDGED), 20)));
        assertThrows(MalformedReplyException.class, () -> LinkInfo.decode(new byte[15]));
        assertThrows(MalformedReplyException.class, () -> LinkInfo.decode(new byte[16]));
        assertThrows(MalformedReplyException.class, () -> AddressInfo.decode(new byte[8]));
        assertThrows(MalformedReplyException.class, () -> RouteInfo.decode(new byte[11]));
        assertThrows(MalformedReplyException.class, () -> NeighbourInfo.decode(new byte[0]));
    }

    /** Damaged bytes give replies or a MalformedReplyException, never another exception. */
    @Test
    void damagedBytesNeverReadOutOfBounds() {
        long seed = 20_260_611;
        Random random = new Random(seed);
        List<byte[]> corpus = List.of(bytes(ACKNOWLEDGED), bytes(ADDRESS_EXISTS), bytes(ADDRESSES),
                bytes(ROUTES), bytes(NEIGHBOURS), bytes(DONE));
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = damage(corpus.get(random.nextInt(corpus.size())), random);
            try {
                for (Reply reply : ReplyParser.parse(bytes)) {
                    decodeAsEverything(reply);
                }
            } catch (MalformedReplyException expected) {
                assertTrue(expected.getMessage().startsWith("malformed netlink reply"));
            } catch (RuntimeException unexpected) {
                throw new AssertionError("seed " + seed + " round " + round + ": "
                        + HexFormat.of().formatHex(bytes), unexpected);
            }
        }
    }

    private static byte[] damage(byte[] original, Random random) {
        byte[] bytes = Arrays.copyOf(original,
                random.nextInt(4) == 0 ? random.nextInt(original.length + 40) : original.length);
        for (int i = random.nextInt(6); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(0, 24));
        }
        return bytes;
    }

    private interface Decoder {
        Object decode(byte[] payload) throws MalformedReplyException;
    }

    private static void decodeAsEverything(Reply reply) {
        if (!(reply instanceof Reply.Data data)) {
            return;
        }
        List<Decoder> decoders = List.of(LinkInfo::decode, AddressInfo::decode, RouteInfo::decode,
                NeighbourInfo::decode);
        for (Decoder decoder : decoders) {
            try {
                assertTrue(decoder.decode(data.payload()) != null);
            } catch (MalformedReplyException expected) {
                assertTrue(expected.getMessage().startsWith("malformed netlink reply"));
            }
        }
    }
}
