package runtime.image;

import java.util.Arrays;

/**
 * One 512 byte header block of a tar archive, its fields as they stand there.
 *
 * <p>Source: POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format" (base
 * 256 numbers, {@code oldgnu} magic).
 *
 * @param type     the type flag, such as {@code '0'}
 * @param name     with the prefix of ustar put before it
 * @param gnu      whether the magic is GNU's, which has other fields where ustar has the prefix
 */
public record TarHeader(char type, byte[] name, byte[] link, int mode, long userId, long groupId,
                        long sizeBytes, long seconds, long major, long minor, boolean gnu) {
    /** Length of every block. */
    public static final int BLOCK_BYTES = 512;

    private static final int CHECKSUM_OFFSET = 148;
    private static final int CHECKSUM_LENGTH = 8;
    private static final byte[] USTAR = {'u', 's', 't', 'a', 'r', 0};
    private static final byte[] GNU = {'u', 's', 't', 'a', 'r', ' ', ' ', 0};

    /** Whether a block is all zeros, as the two that end an archive are. */
    public static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether the checksum of a block is right; old tars summed signed bytes, both are accepted. */
    public static boolean hasRightChecksum(byte[] block) {
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK_BYTES; i++) {
            boolean own = i >= CHECKSUM_OFFSET && i < CHECKSUM_OFFSET + CHECKSUM_LENGTH;
            unsigned += own ? ' ' : block[i] & 0xFF;
            signed += own ? ' ' : block[i];
        }
        long stated;
        try {
            stated = number(block, CHECKSUM_OFFSET, CHECKSUM_LENGTH, "checksum");
        } catch (TarFormatException e) {
            return false;
        }
        return stated == unsigned || stated == signed;
    }

    /**
     * Reads a block.
     *
     * @param offset where it stands in the archive, for messages
     * @throws TarFormatException if the checksum is wrong or a number is no number
     */
    public static TarHeader parse(byte[] block, long offset) throws TarFormatException {
        if (!hasRightChecksum(block)) {
            throw new TarFormatException("the archive is damaged: the header at byte " + offset
                    + " has a wrong checksum");
        }
        boolean gnu = startsWith(block, 257, GNU);
        boolean ustar = startsWith(block, 257, USTAR);
        try {
            byte[] name = text(block, 0, 100);
            if (ustar) {
                name = join(text(block, 345, 155), name);
            }
            return new TarHeader((char) (block[156] & 0xFF), name, text(block, 157, 100),
                    (int) number(block, 100, 8, "mode") & 07777,
                    number(block, 108, 8, "uid"), number(block, 116, 8, "gid"),
                    number(block, 124, 12, "size"), number(block, 136, 12, "mtime"),
                    ustar || gnu ? number(block, 329, 8, "devmajor") : 0,
                    ustar || gnu ? number(block, 337, 8, "devminor") : 0, gnu);
        } catch (TarFormatException e) {
            throw new TarFormatException("the archive is damaged: in the header at byte " + offset
                    + " " + e.getMessage());
        }
    }

    private static boolean startsWith(byte[] block, int offset, byte[] magic) {
        return Arrays.equals(block, offset, offset + magic.length, magic, 0, magic.length);
    }

    private static byte[] join(byte[] prefix, byte[] name) {
        if (prefix.length == 0) {
            return name;
        }
        byte[] joined = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        joined[prefix.length] = '/';
        System.arraycopy(name, 0, joined, prefix.length + 1, name.length);
        return joined;
    }

    /** Bytes up to the first zero. */
    private static byte[] text(byte[] block, int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(block, offset, end);
    }

    /**
     * An octal number, or GNU's base 256 one, of which the first bit is set. Empty is zero.
     *
     * @param field what it is called in errors
     */
    public static long number(byte[] block, int offset, int length, String field)
            throws TarFormatException {
        if ((block[offset] & 0x80) != 0) {
            return base256(block, offset, length, field);
        }
        int i = offset;
        int end = offset + length;
        while (i < end && (block[i] == ' ' || block[i] == 0)) {
            i++;
        }
        long value = 0;
        for (; i < end && block[i] != ' ' && block[i] != 0; i++) {
            if (block[i] < '0' || block[i] > '7') {
                throw new TarFormatException(field + " is not a number");
            }
            value = value << 3 | block[i] - '0';
        }
        return value;
    }

    private static long base256(byte[] block, int offset, int length, String field)
            throws TarFormatException {
        // The second bit is the sign; all above the low 64 bits must repeat it.
        boolean negative = (block[offset] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (int i = 0; i < length; i++) {
            int b = block[offset + i] & 0xFF;
            if (i == 0) {
                b = negative ? b : b & 0x7F;
            }
            long high = value >> 55;
            if (high != 0 && high != -1) {
                throw new TarFormatException(field + " is too large");
            }
            value = value << 8 | b;
        }
        return value;
    }
}
