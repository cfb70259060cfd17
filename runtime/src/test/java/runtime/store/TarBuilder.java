package runtime.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import runtime.image.Digest;

/** Writes tar archives field by field, also ones that no sane tool would write. */
final class TarBuilder {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int mode = 0644;
    private long userId;
    private long groupId;
    private long seconds = 1_000_000_000;
    private int major;
    private int minor;
    private byte[] pax = {};

    TarBuilder mode(int other) {
        mode = other;
        return this;
    }

    TarBuilder owner(long user, long group) {
        userId = user;
        groupId = group;
        return this;
    }

    /** A record of an extended header for the next entry. */
    TarBuilder pax(String key, byte[] value) {
        byte[] body = join((" " + key + "=").getBytes(StandardCharsets.UTF_8), value,
                new byte[] {'\n'});
        int length = body.length + 1;
        while (Integer.toString(length).length() + body.length != length) {
            length++;
        }
        pax = join(pax, Integer.toString(length).getBytes(StandardCharsets.UTF_8), body);
        return this;
    }

    TarBuilder pax(String key, String value) {
        return pax(key, value.getBytes(StandardCharsets.UTF_8));
    }

    TarBuilder file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    TarBuilder file(String name, byte[] content) {
        return entry(name, '0', "", content);
    }

    TarBuilder folder(String name) {
        int before = mode;
        mode = before == 0644 ? 0755 : before;
        entry(name, '5', "", new byte[0]);
        mode = before;
        return this;
    }

    TarBuilder symbolicLink(String name, String target) {
        return entry(name, '2', target, new byte[0]);
    }

    TarBuilder hardLink(String name, String target) {
        return entry(name, '1', target, new byte[0]);
    }

    TarBuilder device(String name, char type, int deviceMajor, int deviceMinor) {
        major = deviceMajor;
        minor = deviceMinor;
        entry(name, type, "", new byte[0]);
        major = 0;
        minor = 0;
        return this;
    }

    TarBuilder entry(String name, char type, String link, byte[] content) {
        if (pax.length > 0) {
            byte[] records = pax;
            pax = new byte[0];
            raw(header("pax", 'x', "", records.length));
            padded(records);
        }
        raw(header(name, type, link, content.length));
        return padded(content);
    }

    /** A header whose stated size is free. */
    byte[] header(String name, char type, String link, long size) {
        byte[] block = new byte[512];
        put(block, 0, name);
        put(block, 100, String.format("%07o", mode));
        put(block, 108, String.format("%07o", userId));
        put(block, 116, String.format("%07o", groupId));
        put(block, 124, String.format("%011o", size));
        put(block, 136, String.format("%011o", seconds));
        block[156] = (byte) type;
        put(block, 157, link);
        put(block, 257, "ustar\00000");
        put(block, 329, String.format("%07o", major));
        put(block, 337, String.format("%07o", minor));
        return checksummed(block);
    }

    static byte[] checksummed(byte[] block) {
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xFF;
        }
        put(block, 148, String.format("%06o\0 ", sum));
        return block;
    }

    private static void put(byte[] block, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, block, offset, bytes.length);
    }

    TarBuilder raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    TarBuilder padded(byte[] content) {
        raw(content);
        return raw(new byte[(512 - content.length % 512) % 512]);
    }

    /** The archive with its end mark. */
    byte[] build() {
        return join(out.toByteArray(), new byte[1024]);
    }

    byte[] buildWithoutEnd() {
        return out.toByteArray();
    }

    static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    static Digest digest(byte[] content) {
        return Digest.of(content);
    }
}
