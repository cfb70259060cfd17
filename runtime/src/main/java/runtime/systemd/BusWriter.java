package runtime.systemd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Writes values, little endian, each aligned to its size (D-Bus specification, marshaling). */
final class BusWriter {
    private static final int STRUCT_ALIGNMENT = 8;
    private ByteBuffer buffer = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);

    BusWriter u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    BusWriter u32(int value) {
        align(Integer.BYTES).room(Integer.BYTES).putInt(value);
        return this;
    }

    BusWriter text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        u32(bytes.length).room(bytes.length + 1).put(bytes).put((byte) 0);
        return this;
    }

    BusWriter signature(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
        u8(bytes.length).room(bytes.length + 1).put(bytes).put((byte) 0);
        return this;
    }

    BusWriter value(BusValue value) {
        switch (value) {
            case BusValue.Text(String text) -> text(text);
            case BusValue.Truth(boolean truth) -> u32(truth ? 1 : 0);
            case BusValue.Signed32(int number) -> u32(number);
            case BusValue.Unsigned32(int number) -> u32(number);
            case BusValue.Unsigned64(long number) ->
                align(Long.BYTES).room(Long.BYTES).putLong(number);
            case BusValue.Numbers numbers -> {
                u32(Integer.BYTES * numbers.values().size());
                numbers.values().forEach(this::u32);
            }
        }
        return this;
    }

    /** {@code a(sv)} */
    BusWriter properties(Map<String, BusValue> properties) {
        u32(0);
        int length = buffer.position() - Integer.BYTES;
        align(STRUCT_ALIGNMENT);
        int start = buffer.position();
        properties.forEach((name, value) -> align(STRUCT_ALIGNMENT).text(name)
                .signature(value.signature()).value(value));
        buffer.putInt(length, buffer.position() - start);
        return this;
    }

    BusWriter align(int bytes) {
        while (buffer.position() % bytes != 0) {
            u8(0);
        }
        return this;
    }

    int size() {
        return buffer.position();
    }

    BusWriter bytes(byte[] bytes) {
        room(bytes.length).put(bytes);
        return this;
    }

    BusWriter patch(int offset, int value) {
        buffer.putInt(offset, value);
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            ByteBuffer larger = ByteBuffer.allocate(
                    Math.max(buffer.capacity() * 2, buffer.position() + bytes))
                    .order(ByteOrder.LITTLE_ENDIAN);
            larger.put(buffer.flip());
            buffer = larger;
        }
        return buffer;
    }
}
