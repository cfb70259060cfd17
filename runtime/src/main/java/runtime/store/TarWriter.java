package runtime.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import runtime.image.TarEntry;
import runtime.image.TarHeader;

/**
 * Writes a tar archive in the pax format (POSIX.1-2017 pax): what fits stands in the ustar header, the
 * rest (long names, large numbers, fractions of seconds, attributes) in an extended header.
 */
public final class TarWriter implements AutoCloseable {
    private static final byte[] PAX_NAME = "PaxHeaders/entry".getBytes(StandardCharsets.US_ASCII);
    private static final int NAME_BYTES = 100;
    private static final int END_BLOCKS = 2;
    private static final long OCTAL_7_LIMIT = 0777_7777;
    private static final long OCTAL_11_LIMIT = 0777_7777_7777L;
    private static final int BUFFER_BYTES = 128 << 10;

    private final OutputStream out;

    /** @param out stays open when this is closed */
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Writes an entry; sparse files are not supported.
     *
     * @param content of exactly {@link TarEntry#sizeBytes} bytes for a file, not read otherwise
     */
    public void write(TarEntry entry, InputStream content) throws IOException {
        byte[] extended = extended(entry);
        if (extended.length > 0) {
            out.write(block('x', PAX_NAME, new byte[0], entry.mode(), 0, 0,
                    extended.length, 0, 0, 0));
            out.write(extended);
            pad(extended.length);
        }
        boolean file = entry.kind() == TarEntry.Kind.FILE;
        out.write(block(type(entry.kind()), cut(entry.name()), cut(entry.link()), entry.mode(),
                fitting(Integer.toUnsignedLong(entry.userId()), OCTAL_7_LIMIT),
                fitting(Integer.toUnsignedLong(entry.groupId()), OCTAL_7_LIMIT),
                file ? fitting(entry.sizeBytes(), OCTAL_11_LIMIT) : 0,
                fitting(entry.seconds(), OCTAL_11_LIMIT), entry.major(), entry.minor()));
        if (file) {
            copy(entry, content);
        }
    }

    private void copy(TarEntry entry, InputStream content) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (long left = entry.sizeBytes(); left > 0; ) {
            int count = content.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (count < 0) {
                throw new IOException(entry.shownName() + " became shorter while it was archived: "
                        + left + " of " + entry.sizeBytes() + " bytes are missing");
            }
            out.write(buffer, 0, count);
            left -= count;
        }
        pad(entry.sizeBytes());
    }

    /** Writes the end mark. */
    @Override
    public void close() throws IOException {
        out.write(new byte[END_BLOCKS * TarHeader.BLOCK_BYTES]);
        out.flush();
    }

    private void pad(long written) throws IOException {
        int over = (int) (written % TarHeader.BLOCK_BYTES);
        if (over != 0) {
            out.write(new byte[TarHeader.BLOCK_BYTES - over]);
        }
    }

    private static char type(TarEntry.Kind kind) {
        return switch (kind) {
            case FILE -> '0';
            case HARD_LINK -> '1';
            case SYMBOLIC_LINK -> '2';
            case CHARACTER_DEVICE -> '3';
            case BLOCK_DEVICE -> '4';
            case DIRECTORY -> '5';
            case FIFO -> '6';
        };
    }

    private static byte[] extended(TarEntry entry) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        if (entry.name().length > NAME_BYTES) {
            record(records, "path", entry.name());
        }
        if (entry.link().length > NAME_BYTES) {
            record(records, "linkpath", entry.link());
        }
        number(records, "uid", Integer.toUnsignedLong(entry.userId()), OCTAL_7_LIMIT);
        number(records, "gid", Integer.toUnsignedLong(entry.groupId()), OCTAL_7_LIMIT);
        number(records, "size", entry.sizeBytes(), OCTAL_11_LIMIT);
        if (entry.nanoseconds() != 0 || entry.seconds() < 0
                || entry.seconds() > OCTAL_11_LIMIT) {
            record(records, "mtime", time(entry.seconds(), entry.nanoseconds()));
        }
        for (Map.Entry<String, byte[]> attribute : entry.attributes().entrySet()) {
            record(records, "SCHILY.xattr." + attribute.getKey(), attribute.getValue());
        }
        return records.toByteArray();
    }

    private static byte[] time(long seconds, int nanoseconds) {
        java.math.BigDecimal time = java.math.BigDecimal.valueOf(seconds)
                .add(java.math.BigDecimal.valueOf(nanoseconds, 9));
        return time.toPlainString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void number(ByteArrayOutputStream records, String key, long value, long limit) {
        if (value > limit) {
            record(records, key, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** A record starts with its own length, digits of the length included. */
    private static void record(ByteArrayOutputStream records, String key, byte[] value) {
        byte[] start = (" " + key + "=").getBytes(StandardCharsets.UTF_8);
        int rest = start.length + value.length + 1;
        int length = rest + Integer.toString(rest).length();
        if (Integer.toString(length).length() + rest != length) {
            length++;
        }
        records.writeBytes(Integer.toString(length).getBytes(StandardCharsets.US_ASCII));
        records.writeBytes(start);
        records.writeBytes(value);
        records.write('\n');
    }

    private static byte[] cut(byte[] name) {
        return name.length > NAME_BYTES ? Arrays.copyOf(name, NAME_BYTES) : name;
    }

    private static long fitting(long value, long limit) {
        return value < 0 || value > limit ? 0 : value;
    }

    private static byte[] block(char type, byte[] name, byte[] link, int mode, long user,
            long group, long size, long seconds, long major, long minor) {
        byte[] block = new byte[TarHeader.BLOCK_BYTES];
        System.arraycopy(name, 0, block, 0, name.length);
        octal(block, 100, 7, mode);
        octal(block, 108, 7, user);
        octal(block, 116, 7, group);
        octal(block, 124, 11, size);
        octal(block, 136, 11, seconds);
        block[156] = (byte) type;
        System.arraycopy(link, 0, block, 157, link.length);
        put(block, 257, "ustar\00000");
        octal(block, 329, 7, major);
        octal(block, 337, 7, minor);
        Arrays.fill(block, 148, 156, (byte) ' ');
        long sum = 0;
        for (byte b : block) {
            sum += b & 0xFF;
        }
        octal(block, 148, 6, sum);
        block[154] = 0;
        return block;
    }

    private static void octal(byte[] block, int offset, int digits, long value) {
        String text = Long.toOctalString(value);
        put(block, offset, "0".repeat(digits - text.length()) + text);
    }

    private static void put(byte[] block, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, offset, bytes.length);
    }
}
