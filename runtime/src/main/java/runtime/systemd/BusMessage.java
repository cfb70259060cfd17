package runtime.systemd;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One message (D-Bus specification, message format).
 *
 * @param kind   call, return, error or signal
 * @param serial its number, as its sender counts
 * @param header texts by the field's code; of {@link #REPLY_SERIAL} the number in decimal
 * @param body   as the signature in the header says
 * @param order  of the body's numbers
 */
record BusMessage(int kind, int serial, Map<Integer, String> header, byte[] body, ByteOrder order) {
    static final int CALL = 1;
    static final int RETURN = 2;
    static final int ERROR = 3;
    static final int SIGNAL = 4;

    static final int PATH = 1;
    static final int INTERFACE = 2;
    static final int MEMBER = 3;
    static final int ERROR_NAME = 4;
    static final int REPLY_SERIAL = 5;
    static final int DESTINATION = 6;
    static final int SENDER = 7;
    static final int SIGNATURE = 8;

    /** What must be there to know a message's size. */
    static final int PREFIX_BYTES = 16;
    private static final int BODY_OFFSET = 4;
    private static final int SERIAL_OFFSET = 8;
    private static final int FIELDS_OFFSET = 12;
    private static final long PROTOCOL_MAX_BYTES = 128 << 20;
    private static final int PROTOCOL_VERSION = 1;

    BusMessage {
        header = Map.copyOf(header);
    }

    /** A call. */
    static BusMessage call(int serial, Map<Integer, String> header, byte[] body) {
        return new BusMessage(CALL, serial, header, body, ByteOrder.LITTLE_ENDIAN);
    }

    String field(int code) {
        return header.getOrDefault(code, "");
    }

    byte[] encode() {
        BusWriter writer = new BusWriter();
        writer.u8('l').u8(kind).u8(0).u8(PROTOCOL_VERSION).u32(body.length).u32(serial).u32(0);
        int start = writer.size();
        new TreeMap<>(header).forEach((code, text) -> {
            writer.align(Long.BYTES).u8(code);
            switch (code) {
                case PATH -> writer.signature("o").text(text);
                case REPLY_SERIAL -> writer.signature("u").u32(Integer.parseInt(text));
                case SIGNATURE -> writer.signature("g").signature(text);
                default -> writer.signature("s").text(text);
            }
        });
        writer.patch(start - Integer.BYTES, writer.size() - start);
        return writer.align(Long.BYTES).bytes(body).toBytes();
    }

    /**
     * The size of a message.
     *
     * @param prefix its first {@link #PREFIX_BYTES}
     * @throws IOException if it is none, or larger than the protocol has them
     */
    static long sizeBytes(byte[] prefix) throws IOException {
        long size = headBytes(prefix) + Integer.toUnsignedLong(ordered(prefix).getInt(BODY_OFFSET));
        if (size > PROTOCOL_MAX_BYTES) {
            throw new IOException("no D-Bus message: of " + size + " bytes, where the protocol has at most "
                    + PROTOCOL_MAX_BYTES);
        }
        return size;
    }

    /** How much of it comes before its body. */
    static long headBytes(byte[] prefix) throws IOException {
        return PREFIX_BYTES + (Integer.toUnsignedLong(ordered(prefix).getInt(FIELDS_OFFSET)) + 7 & ~7L);
    }

    private static ByteBuffer ordered(byte[] bytes) throws IOException {
        return switch (bytes[0]) {
            case 'l' -> ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            case 'B' -> ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN);
            default -> throw new IOException("no D-Bus message: it begins with " + bytes[0]);
        };
    }

    /**
     * A message whose body is yet to be read.
     *
     * @param head all that comes before it
     * @throws IOException if the bytes are no message
     */
    static BusMessage decodeHead(byte[] head) throws IOException {
        try {
            ByteBuffer buffer = ordered(head);
            int kind = buffer.get(1);
            int serial = buffer.getInt(SERIAL_OFFSET);
            int end = PREFIX_BYTES + buffer.getInt(FIELDS_OFFSET);
            buffer.position(PREFIX_BYTES);
            Map<Integer, String> header = new TreeMap<>();
            while (buffer.position() < end) {
                align(buffer, Long.BYTES);
                int code = buffer.get();
                String signature = signature(buffer);
                header.put(code, switch (signature) {
                    case "s", "o" -> text(buffer);
                    case "g" -> signature(buffer);
                    case "u" -> Integer.toUnsignedString(number(buffer));
                    default -> throw new IOException(
                            "a D-Bus header with a field of type " + signature);
                });
            }
            align(buffer, Long.BYTES);
            return new BusMessage(kind, serial, header, new byte[0], buffer.order());
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException cut) {
            throw new IOException("a D-Bus message that is cut off", cut);
        }
    }

    BusMessage withBody(byte[] read) {
        return new BusMessage(kind, serial, header, read, order);
    }

    /**
     * The body's values as texts, as far as they are strings, paths and 32-bit numbers.
     *
     * @throws IOException if it is shorter than its signature says
     */
    List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(body).order(order);
        try {
            for (char type : field(SIGNATURE).toCharArray()) {
                switch (type) {
                    case 's', 'o' -> texts.add(text(buffer));
                    case 'u', 'i', 'b' -> texts.add(Integer.toUnsignedString(number(buffer)));
                    default -> {
                        return texts;
                    }
                }
            }
        } catch (BufferUnderflowException | IllegalArgumentException | NegativeArraySizeException cut) {
            throw new IOException("a D-Bus message whose body is cut off", cut);
        }
        return texts;
    }

    private static void align(ByteBuffer buffer, int bytes) {
        buffer.position((buffer.position() + bytes - 1) / bytes * bytes);
    }

    private static int number(ByteBuffer buffer) {
        align(buffer, Integer.BYTES);
        return buffer.getInt();
    }

    private static String text(ByteBuffer buffer) {
        return characters(buffer, number(buffer));
    }

    private static String signature(ByteBuffer buffer) {
        return characters(buffer, buffer.get() & 0xff);
    }

    private static String characters(ByteBuffer buffer, int length) {
        if (length < 0 || length > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes).get();
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
