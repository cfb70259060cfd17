package linux.netlink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Answers message by message, as a kernel would send them, and with damage. */
class AnswerCollectorTest {
    private static final int OBJECT = 16;
    private static final int SEQUENCE = 7;

    private static byte[] message(int type, int flags, int sequence, int payload) {
        return ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN).putInt(20).putShort((short) type)
                .putShort((short) flags).putInt(sequence).putInt(0).putInt(payload).array();
    }

    private static byte[] object(int sequence, int number) {
        return message(OBJECT, MessageFlag.MULTI, sequence, number);
    }

    private static byte[] done(int flags) {
        return message(MessageType.DONE, MessageFlag.MULTI | flags, SEQUENCE, 0);
    }

    private static boolean take(AnswerCollector collector, byte[]... messages) throws MalformedReplyException {
        ByteBuffer datagram = ByteBuffer.allocate(messages.length * 20);
        for (byte[] each : messages) {
            datagram.put(each);
        }
        return collector.take(ReplyParser.parse(datagram.array()));
    }

    private static List<Integer> numbers(AnswerCollector collector) {
        List<Integer> numbers = new ArrayList<>();
        collector.payloads().forEach(each -> numbers.add((int) each[0]));
        return numbers;
    }

    @Test
    void aDumpOfSeveralDatagramsIsWholeAtItsEnd() throws Exception {
        AnswerCollector collector = new AnswerCollector(SEQUENCE, false);
        assertFalse(take(collector, object(SEQUENCE, 1), object(SEQUENCE, 2)));
        assertFalse(take(collector, object(SEQUENCE, 3)));
        assertTrue(take(collector, done(0)));
        assertTrue(collector.isWhole());
        assertEquals(List.of(1, 2, 3), numbers(collector));
    }

    @Test
    void aSetThatChangedMeanwhileIsNotTheWhole() throws Exception {
        AnswerCollector collector = new AnswerCollector(SEQUENCE, false);
        assertTrue(take(collector, message(OBJECT, MessageFlag.MULTI | MessageFlag.DUMP_INTERRUPTED, SEQUENCE, 1),
                done(0)));
        assertFalse(collector.isWhole());
        AnswerCollector atItsEnd = new AnswerCollector(SEQUENCE, false);
        assertTrue(take(atItsEnd, object(SEQUENCE, 1), done(MessageFlag.DUMP_INTERRUPTED)));
        assertFalse(atItsEnd.isWhole());
    }

    @Test
    void whatWasLostIsNotTheWholeAndTheRestIsStillTaken() throws Exception {
        AnswerCollector collector = new AnswerCollector(SEQUENCE, false);
        take(collector, object(SEQUENCE, 1));
        collector.lose();
        assertFalse(take(collector, object(SEQUENCE, 3)));
        assertTrue(take(collector, done(0)));
        assertFalse(collector.isWhole());
        AnswerCollector overrun = new AnswerCollector(SEQUENCE, false);
        assertTrue(take(overrun, message(MessageType.OVERRUN, 0, SEQUENCE, 0), done(0)));
        assertFalse(overrun.isWhole());
    }

    @Test
    void theRestOfAnAnswerBeforeIsLeftOut() throws Exception {
        AnswerCollector collector = new AnswerCollector(SEQUENCE, false);
        assertFalse(take(collector, object(SEQUENCE - 1, 9), message(MessageType.DONE, 0, SEQUENCE - 1, 0)));
        assertTrue(take(collector, object(SEQUENCE, 1), done(0), object(SEQUENCE, 5)));
        assertEquals(List.of(1), numbers(collector));
        assertTrue(collector.isWhole());
    }

    @Test
    void aDumpThatFailsAtItsEndHasAReason() throws Exception {
        AnswerCollector collector = new AnswerCollector(SEQUENCE, false);
        assertTrue(take(collector, object(SEQUENCE, 1), message(MessageType.DONE, 0, SEQUENCE, -4)));
        assertEquals(Optional.of(4), collector.failure().map(Reply.Failed::errno));
    }

    @Test
    void theFirstObjectIsEnoughWhereOneWasAskedFor() throws Exception {
        AnswerCollector collector = new AnswerCollector(SEQUENCE, true);
        assertTrue(take(collector, object(SEQUENCE, 1), object(SEQUENCE, 2)));
        assertEquals(List.of(1), numbers(collector));
    }

    @Test
    void elementsOfAMapAreReadAsTheyWereWritten() {
        List<NftablesMessages.Element> elements = List.of(new NftablesMessages.Element(new byte[] {10, 1, 0, 1},
                new byte[] {10, 1, 0, 2}), new NftablesMessages.Element(new byte[] {10, 1, 0, 2}, new byte[0]));
        byte[] message = NftablesMessages.add("t", "m", elements).message();
        List<NftablesMessages.Element> read = NftablesMessages.decode(
                java.util.Arrays.copyOfRange(message, NetlinkHeader.BYTES, message.length));
        assertEquals(2, read.size());
        for (int i = 0; i < read.size(); i++) {
            assertArrayEquals(elements.get(i).key(), read.get(i).key());
            assertArrayEquals(elements.get(i).value(), read.get(i).value());
        }
    }
}
