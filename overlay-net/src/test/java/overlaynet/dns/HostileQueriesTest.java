package overlaynet.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import overlaynet.ipam.Subnet;
import overlaynet.network.NetworkNames;

/** Bytes that are no queries, or nearly: each is answered as one, or not at all. */
class HostileQueriesTest {
    private static final int SEED = 20_261_127;
    /** Of {@code proxy}, its type and class. */
    private static final int QUESTION_BYTES = 11;
    private static final int ROUNDS = 20_000;
    private static final Directory.View VIEW = new Directory.View(List.of(new NetworkNames("sig",
            List.of(Subnet.parse("10.9.0.0/24")), List.of(
                    new NetworkNames.Member(List.of("1.proxy", "tasks.proxy", "proxy"),
                            List.of(InetAddress.ofLiteral("10.9.0.2")))),
            List.of(new NetworkNames.Service(List.of("proxy"), List.of(new NetworkNames.NamedPort("_sip._udp", 5060)),
                    List.of("1.proxy"))))), List.of(InetAddress.ofLiteral("192.0.2.53")));
    private static final List<String> NAMES = List.of("proxy.", "_sip._udp.proxy.sig.", "2.0.9.10.in-addr.arpa.",
            "example.org.", ".", "a".repeat(63) + "." + "b".repeat(63) + ".proxy.", "*.proxy.");
    private static final int[] TYPES = {Type.A, Type.AAAA, Type.SRV, Type.NAPTR, Type.PTR, Type.ANY, Type.AXFR,
        Type.OPT, 0};

    private final Random random = new Random(SEED);

    private byte[] query() throws IOException {
        Name name = Name.fromString(NAMES.get(random.nextInt(NAMES.size())));
        Message query = Message.newQuery(Record.newRecord(name, Type.A,
                random.nextInt(20) == 0 ? DClass.CH : DClass.IN));
        if (random.nextBoolean()) {
            query.addRecord(new OPTRecord(random.nextInt(65_536), 0, random.nextInt(8) / 7), Section.ADDITIONAL);
        }
        byte[] wire = query.toWire();
        int type = TYPES[random.nextInt(TYPES.length)];
        int at = WireQuestion.HEADER_BYTES;
        while (wire[at] != 0) {
            at += wire[at] + 1;
        }
        wire[at + 1] = (byte) (type >> 8);
        wire[at + 2] = (byte) type;
        return wire;
    }

    /** The same, worse. */
    private byte[] spoil(byte[] query) {
        byte[] spoilt = query.clone();
        switch (random.nextInt(9)) {
            case 0 -> spoilt[2] |= (byte) 0x80; // a response
            case 1 -> spoilt[2] = (byte) (random.nextInt(16) << 3); // another opcode
            case 2 -> spoilt[4 + random.nextInt(8)] = (byte) random.nextInt(256); // counts
            case 3 -> {
                spoilt[12] = (byte) 0xc0; // a name that refers to itself, or to what is before or behind it
                spoilt[13 % spoilt.length] = (byte) random.nextInt(spoilt.length + 2);
            }
            case 4 -> spoilt = Arrays.copyOf(spoilt, random.nextInt(spoilt.length + 1));
            case 5 -> spoilt = Arrays.copyOf(spoilt, spoilt.length + random.nextInt(500));
            case 6 -> {
                int from = random.nextInt(spoilt.length);
                spoilt[from] = (byte) (0xc0 | random.nextInt(64));
            }
            case 7 -> Arrays.fill(spoilt, 4, 12, (byte) 0xff);
            default -> {
                for (int i = random.nextInt(6); i >= 0; i--) {
                    spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
                }
            }
        }
        return spoilt;
    }

    @Test
    void nothingIsThrownAndNothingIsAnsweredThatIsNoQuery() throws Exception {
        int[] decisions = new int[3];
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = query();
            for (int times = random.nextInt(4); times > 0 && bytes.length > 13; times--) {
                bytes = spoil(bytes);
            }
            String which = "round " + round + ": " + Arrays.toString(bytes);
            boolean query = bytes.length >= WireQuestion.HEADER_BYTES && bytes[2] >= 0;
            switch (Answers.decide(bytes, VIEW, random.nextBoolean())) {
                case Answers.Decision.Ignore() -> {
                    assertTrue(!query, which);
                    decisions[0]++;
                }
                case Answers.Decision.Reply(byte[] message) -> {
                    assertAnswers(message, bytes, which);
                    decisions[1]++;
                }
                case Answers.Decision.Forward forward -> {
                    assertAnswers(forward.failure(), bytes, which);
                    assertTrue(WireQuestion.isWhole(bytes), which);
                    decisions[2]++;
                }
            }
        }
        assertTrue(Arrays.stream(decisions).allMatch(each -> each > ROUNDS / 100), Arrays.toString(decisions));
    }

    private static void assertAnswers(byte[] message, byte[] query, String which) throws IOException {
        Message answer = new Message(message);
        assertEquals(WireQuestion.id(query), answer.getHeader().getID(), which);
        assertTrue(WireQuestion.isResponse(message), which);
        assertEquals(WireQuestion.opcode(query), WireQuestion.opcode(message), which);
    }

    private static int code(byte[] query) throws IOException {
        return new Message(assertInstanceOf(Answers.Decision.Reply.class, Answers.decide(query, VIEW, false)).message())
                .getRcode();
    }

    private static String text(byte[] message) {
        return new String(message, WireQuestion.HEADER_BYTES, QUESTION_BYTES, StandardCharsets.ISO_8859_1);
    }

    private static byte[] ordinary() throws IOException {
        return Message.newQuery(Record.newRecord(Name.fromString("proxy."), Type.A, DClass.IN)).toWire();
    }

    @Test
    void eachKindOfNonsenseHasItsAnswer() throws Exception {
        byte[] several = Arrays.copyOf(ordinary(), 12 + 2 * 11);
        System.arraycopy(several, 12, several, 23, 11);
        several[5] = 2;
        assertEquals(Rcode.FORMERR, code(several), "two questions");
        byte[] many = ordinary();
        many[6] = (byte) 0xff;
        many[7] = (byte) 0xff;
        assertEquals(Rcode.FORMERR, code(many), "65535 records in no room");
        byte[] loop = Arrays.copyOf(ordinary(), 18);
        loop[12] = (byte) 0xc0;
        loop[13] = 12;
        assertEquals(Rcode.FORMERR, code(loop), "a name that is itself");
        byte[] update = ordinary();
        update[2] = 5 << 3;
        assertEquals(Rcode.NOTIMP, code(update), "an update");
        byte[] response = ordinary();
        response[2] |= (byte) 0x80;
        assertInstanceOf(Answers.Decision.Ignore.class, Answers.decide(response, VIEW, false));
        assertInstanceOf(Answers.Decision.Ignore.class, Answers.decide(new byte[0], VIEW, false));
    }

    @Test
    void noAnswerOfOthersIsTakenForThatToAnotherQuestion() throws Exception {
        byte[] query = ordinary();
        byte[] answer = query.clone();
        answer[2] |= (byte) 0x80;
        assertTrue(Upstream.answers(answer, query));
        byte[] upper = answer.clone();
        upper[13] = 'P';
        assertTrue(Upstream.answers(upper, query));
        for (int at : new int[] {0, 1, 2, 13, 17, 20, 22}) {
            byte[] other = answer.clone();
            other[at] ^= (byte) 0x88;
            assertTrue(!Upstream.answers(other, query), "byte " + at);
        }
        for (int round = 0; round < ROUNDS; round++) {
            byte[] other = spoil(answer);
            if (Upstream.answers(other, query)) {
                assertTrue(other[0] == query[0] && other[1] == query[1] && other[2] < 0, Arrays.toString(other));
                assertTrue(WireQuestion.questions(other) == 0 || text(other).equalsIgnoreCase(text(query)),
                        Arrays.toString(other));
            }
        }
    }
}
