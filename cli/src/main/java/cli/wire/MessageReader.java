package cli.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a protocol buffer message field by field: {@link #next}, then the field's number and value. A
 * value that is not asked for is skipped.
 */
public final class MessageReader {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;

    private final byte[] bytes;
    private final int end;
    private int position;
    private int field;
    private int type;
    private long number;
    private int start;
    private int length;

    /** Reads all of the bytes. */
    public MessageReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private MessageReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    /**
     * Goes to the next field.
     *
     * @return false after the last
     */
    public boolean next() throws MalformedMessageException {
        if (position == end) {
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        type = (int) tag & 7;
        if (field <= 0 || tag >>> 32 != 0) {
            throw new MalformedMessageException("field number " + (tag >>> 3));
        }
        switch (type) {
            case VARINT -> number = varint();
            case FIXED_64 -> skip(8);
            case FIXED_32 -> skip(4);
            case LENGTH_DELIMITED -> {
                long size = varint();
                if (size < 0 || size > end - position) {
                    throw new MalformedMessageException("field " + field + " is cut short");
                }
                skip((int) size);
            }
            default -> throw new MalformedMessageException("wire type " + type);
        }
        return true;
    }

    /** The number of the field this is at. */
    public int field() {
        return field;
    }

    /** The value of an integer, enum or bool. */
    public long number() throws MalformedMessageException {
        require(VARINT);
        return number;
    }

    /** The value of a bool. */
    public boolean flag() throws MalformedMessageException {
        return number() != 0;
    }

    /** The value of a string. */
    public String string() throws MalformedMessageException {
        require(LENGTH_DELIMITED);
        return new String(bytes, start, length, StandardCharsets.UTF_8);
    }

    /** The value of a field of bytes. */
    public byte[] bytes() throws MalformedMessageException {
        require(LENGTH_DELIMITED);
        return Arrays.copyOfRange(bytes, start, start + length);
    }

    /** The message within. */
    public MessageReader message() throws MalformedMessageException {
        require(LENGTH_DELIMITED);
        return new MessageReader(bytes, start, start + length);
    }

    private void require(int wanted) throws MalformedMessageException {
        if (type != wanted) {
            throw new MalformedMessageException("field " + field + " has wire type " + type);
        }
    }

    private void skip(int size) throws MalformedMessageException {
        if (size > end - position) {
            throw new MalformedMessageException("field " + field + " is cut short");
        }
        start = position;
        length = size;
        position += size;
    }

    private long varint() throws MalformedMessageException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (position == end) {
                throw new MalformedMessageException("a number is cut short");
            }
            byte octet = bytes[position++];
            value |= (octet & 0x7fL) << shift;
            if (octet >= 0) {
                return value;
            }
        }
        throw new MalformedMessageException("a number longer than ten bytes");
    }
}
