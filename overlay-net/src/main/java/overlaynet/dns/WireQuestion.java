package overlaynet.dns;

import java.util.Arrays;
import java.util.OptionalInt;

/** What a message says about itself before it is taken apart (RFC 1035, 4.1): cheap, and safe for any bytes. */
final class WireQuestion {
    static final int HEADER_BYTES = 12;
    private static final int COUNTS = 4;
    private static final int OTHER_SECTIONS = 3;
    /** A root's name, type and class. */
    private static final int LEAST_QUESTION_BYTES = 5;
    /** The same, how long it is valid, and the length of nothing. */
    private static final int LEAST_RECORD_BYTES = 11;
    private static final int LONGEST_LABEL_BYTES = 63;
    private static final int LONGEST_NAME_BYTES = 255;
    private static final int TYPE_AND_CLASS_BYTES = 4;

    private WireQuestion() {}

    static int id(byte[] message) {
        return number(message, 0);
    }

    static void setId(byte[] message, int id) {
        message[0] = (byte) (id >> 8);
        message[1] = (byte) id;
    }

    static boolean isResponse(byte[] message) {
        return message[2] < 0;
    }

    static int opcode(byte[] message) {
        return message[2] >> 3 & 0xf;
    }

    static int code(byte[] message) {
        return message[3] & 0xf;
    }

    static int questions(byte[] message) {
        return number(message, COUNTS);
    }

    /** Whether it has one question, whose name is written out, and room for as many records as it says it has. */
    static boolean isWhole(byte[] message) {
        long least = LEAST_QUESTION_BYTES;
        for (int section = 1; section <= OTHER_SECTIONS; section++) {
            least += (long) LEAST_RECORD_BYTES * number(message, COUNTS + 2 * section);
        }
        return questions(message) == 1 && least <= message.length - HEADER_BYTES && end(message).isPresent();
    }

    /** Where the question ends; empty if there is none, or its name refers to another place. */
    private static OptionalInt end(byte[] message) {
        int at = HEADER_BYTES;
        while (at < message.length && message[at] != 0) {
            int length = message[at] & 0xff;
            at += 1 + length;
            if (length > LONGEST_LABEL_BYTES || at - HEADER_BYTES >= LONGEST_NAME_BYTES) {
                return OptionalInt.empty();
            }
        }
        int end = at + 1 + TYPE_AND_CLASS_BYTES;
        return end <= message.length ? OptionalInt.of(end) : OptionalInt.empty();
    }

    /** Whether the question is that of another message, in letters of either case. */
    static boolean isOf(byte[] message, byte[] other) {
        OptionalInt end = end(other);
        if (end.isEmpty() || message.length < end.getAsInt() || questions(message) != 1) {
            return false;
        }
        int nameEnd = end.getAsInt() - TYPE_AND_CLASS_BYTES;
        for (int at = HEADER_BYTES; at < nameEnd; at++) {
            if (lower(message[at]) != lower(other[at])) {
                return false;
            }
        }
        return Arrays.equals(message, nameEnd, end.getAsInt(), other, nameEnd, end.getAsInt());
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }

    private static int number(byte[] message, int at) {
        return (message[at] & 0xff) << 8 | message[at + 1] & 0xff;
    }
}
