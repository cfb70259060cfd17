package cli.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a protocol buffer message (protobuf.dev, "Encoding"), field by field.
 *
 * <p>Field numbers are the constants of the generated classes, which the compiler copies: the classes
 * themselves are not loaded. That, and the protobuf runtime with its reflection, costs a cold start
 * 20 ms and more.
 */
public final class MessageWriter {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    private byte[] bytes = new byte[256];
    private int length;

    /** A string; nothing if it is empty, which is the default. */
    public MessageWriter string(int field, String value) {
        return value.isEmpty() ? this : bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** A repeated string. */
    public MessageWriter strings(int field, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            bytes(field, values.get(i).getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    /** A bool; nothing if false. */
    public MessageWriter flag(int field, boolean value) {
        return number(field, value ? 1 : 0);
    }

    /** An integer or enum; nothing if 0. */
    public MessageWriter number(int field, long value) {
        return value == 0 ? this : optionalNumber(field, value);
    }

    /** An optional integer that is present, be it 0. */
    public MessageWriter optionalNumber(int field, long value) {
        varint(field << 3 | VARINT);
        varint(value);
        return this;
    }

    /** A message that is present, or bytes. */
    public MessageWriter bytes(int field, byte[] value) {
        varint(field << 3 | LENGTH_DELIMITED);
        varint(value.length);
        reserve(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    /** A message that is present. */
    public MessageWriter message(int field, MessageWriter value) {
        return bytes(field, value.toByteArray());
    }

    /** An entry of a map of strings. */
    public MessageWriter entry(int field, String key, String value) {
        return message(field, new MessageWriter().string(1, key).string(2, value));
    }

    /** The message so far. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void varint(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }
}
