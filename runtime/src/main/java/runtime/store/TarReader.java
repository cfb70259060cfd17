package runtime.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import runtime.image.LayerPath;
import runtime.image.PaxRecords;
import runtime.image.PaxTime;
import runtime.image.SparseMap;
import runtime.image.TarEntry;
import runtime.image.TarEntry.Extent;
import runtime.image.TarEntry.Kind;
import runtime.image.TarFormatException;
import runtime.image.TarHeader;

/**
 * Reads a tar archive entry by entry: v7, ustar, pax and GNU formats with long names, large numbers,
 * extended attributes and sparse files (POSIX.1-2017 pax; GNU tar manual). Everything an archive
 * can make us keep in memory is limited, and names and attributes stay the bytes they are.
 */
public final class TarReader {
    /** Most bytes of one pax header or long name. */
    public static final int HEADER_LIMIT_BYTES = 1 << 20;

    private static final String ATTRIBUTE_PREFIX = "SCHILY.xattr.";
    private static final int OLD_SPARSE_PAIRS = 4;
    private static final int CONTINUED_SPARSE_PAIRS = 21;
    private static final long UNSIGNED_32_BIT_LIMIT = 0xFFFF_FFFFL;

    private final InputStream in;
    private final byte[] block = new byte[TarHeader.BLOCK_BYTES];
    private long position;
    private long remaining;
    private int padding;
    private TarEntry current;

    public TarReader(InputStream in) {
        this.in = in;
    }

    /** Bytes taken from the stream so far. */
    public long position() {
        return position;
    }

    /**
     * The next entry, or empty at the end of the archive. What was not read of the last one's
     * content is skipped.
     *
     * @throws TarFormatException if the archive is damaged, cut short or too strange
     */
    public Optional<TarEntry> next() throws IOException {
        skipContent();
        PaxRecords pax = PaxRecords.NONE;
        byte[] longName = null;
        byte[] longLink = null;
        while (true) {
            long offset = position;
            if (!readHeader()) {
                if (pax != PaxRecords.NONE || longName != null || longLink != null) {
                    throw cut("after an extended header");
                }
                return Optional.empty();
            }
            TarHeader header = TarHeader.parse(block, offset);
            switch (header.type()) {
                case 'x', 'X' -> pax = PaxRecords.parse(headerContent(header));
                // Global headers hold comments (git archive); docker ignores them as well.
                case 'g' -> headerContent(header);
                case 'L' -> longName = untilZero(headerContent(header));
                case 'K' -> longLink = untilZero(headerContent(header));
                case 'V' -> skipFully(padded(header.sizeBytes()));
                default -> {
                    current = entry(header, pax, longName, longLink);
                    return Optional.of(current);
                }
            }
        }
    }

    /** Reads content of the current entry; -1 after its {@link TarEntry#storedBytes}. */
    public int read(byte[] into, int offset, int length) throws IOException {
        if (remaining == 0) {
            return -1;
        }
        int count = in.read(into, offset, (int) Math.min(length, remaining));
        if (count < 0) {
            throw cut("in the middle of " + current.shownName());
        }
        position += count;
        remaining -= count;
        return count;
    }

    private boolean readHeader() throws IOException {
        if (!readBlock()) {
            return false;
        }
        if (!TarHeader.isZero(block)) {
            return true;
        }
        if (readBlock() && !TarHeader.isZero(block)) {
            throw new TarFormatException("the archive is damaged: a block of zeros at byte "
                    + (position - 2 * TarHeader.BLOCK_BYTES) + " is followed by something");
        }
        return false;
    }

    /** False at the end of the stream; a part of a block is an error. */
    private boolean readBlock() throws IOException {
        int count = in.readNBytes(block, 0, block.length);
        position += count;
        if (count != 0 && count != block.length) {
            throw cut("in the middle of a header");
        }
        return count != 0;
    }

    private byte[] headerContent(TarHeader header) throws IOException {
        if (header.sizeBytes() < 0 || header.sizeBytes() > HEADER_LIMIT_BYTES) {
            throw new TarFormatException("the archive has an extended header or name of "
                    + header.sizeBytes() + " bytes; at most " + HEADER_LIMIT_BYTES
                    + " are accepted");
        }
        int size = (int) header.sizeBytes();
        byte[] content = in.readNBytes(size);
        position += content.length;
        if (content.length < size) {
            throw cut("in the middle of an extended header");
        }
        skipFully(padded(size) - size);
        return content;
    }

    private TarEntry entry(TarHeader header, PaxRecords pax, byte[] longName, byte[] longLink)
            throws IOException {
        byte[] name = pax.bytes("GNU.sparse.name").or(() -> pax.bytes("path"))
                .orElse(longName != null ? longName : header.name());
        byte[] link = pax.bytes("linkpath").orElse(longLink != null ? longLink : header.link());
        Kind kind = kind(header, name);
        boolean stored = kind == Kind.FILE || header.type() == 'D';
        long sizeBytes = stored ? pax.number("size", header.sizeBytes()) : 0;
        if (sizeBytes < 0 || sizeBytes > Long.MAX_VALUE - TarHeader.BLOCK_BYTES) {
            throw new TarFormatException("the archive is damaged: "
                    + LayerPath.of(name) + " has a size of " + sizeBytes);
        }
        remaining = sizeBytes;
        padding = (int) (padded(sizeBytes) - sizeBytes);
        Sparse sparse = kind == Kind.FILE ? sparse(header, pax) : new Sparse(sizeBytes, null);
        PaxTime time = PaxTime.of(pax.text("mtime"), header.seconds());
        return new TarEntry(kind, name, link, header.mode(),
                id("uid", pax.number("uid", header.userId())),
                id("gid", pax.number("gid", header.groupId())),
                kind == Kind.FILE ? sparse.sizeBytes : 0, remaining, time.seconds(),
                time.nanoseconds(), pax.number("SCHILY.devmajor", header.major()),
                pax.number("SCHILY.devminor", header.minor()), attributes(pax),
                Optional.ofNullable(sparse.extents));
    }

    private static Kind kind(TarHeader header, byte[] name) throws TarFormatException {
        return switch (header.type()) {
            // Tars older than ustar marked a directory only by its name.
            case '0', '\0' -> name.length > 0 && name[name.length - 1] == '/'
                    ? Kind.DIRECTORY : Kind.FILE;
            case '7', 'S' -> Kind.FILE;
            case '1' -> Kind.HARD_LINK;
            case '2' -> Kind.SYMBOLIC_LINK;
            case '3' -> Kind.CHARACTER_DEVICE;
            case '4' -> Kind.BLOCK_DEVICE;
            case '5', 'D' -> Kind.DIRECTORY;
            case '6' -> Kind.FIFO;
            default -> throw new TarFormatException("the archive holds an entry of the unknown type "
                    + (int) header.type() + ": " + LayerPath.of(name));
        };
    }

    private static int id(String field, long value) throws TarFormatException {
        // The last number means "leave as it is" to chown(2).
        if (value < 0 || value >= UNSIGNED_32_BIT_LIMIT) {
            throw new TarFormatException("the archive has a " + field + " of " + value
                    + "; Linux knows 0 to " + (UNSIGNED_32_BIT_LIMIT - 1));
        }
        return (int) value;
    }

    private static Map<String, byte[]> attributes(PaxRecords pax) {
        Map<String, byte[]> attributes = Map.of();
        for (Map.Entry<String, byte[]> record : pax.values().entrySet()) {
            if (record.getKey().startsWith(ATTRIBUTE_PREFIX)) {
                attributes = attributes.isEmpty() ? new LinkedHashMap<>() : attributes;
                attributes.put(record.getKey().substring(ATTRIBUTE_PREFIX.length()),
                        record.getValue());
            }
        }
        return attributes;
    }

    private record Sparse(long sizeBytes, List<Extent> extents) {
    }

    /** Reads the map of a sparse file, of which the newest format keeps it before the content. */
    private Sparse sparse(TarHeader header, PaxRecords pax) throws IOException {
        List<Extent> extents;
        long sizeBytes;
        if (header.type() == 'S') {
            sizeBytes = TarHeader.number(block, 483, 12, "sparse size");
            extents = oldMap();
        } else if (pax.text("GNU.sparse.major").isPresent()) {
            String version = pax.text("GNU.sparse.major").get() + "."
                    + pax.text("GNU.sparse.minor").orElse("");
            if (!version.equals("1.0")) {
                throw new TarFormatException("sparse format " + LayerPath.shown(version)
                        + " of tar is unknown");
            }
            sizeBytes = pax.number("GNU.sparse.realsize", -1);
            extents = mapBeforeContent();
        } else if (pax.text("GNU.sparse.map").isPresent()) {
            sizeBytes = pax.number("GNU.sparse.size", -1);
            extents = SparseMap.parseText(pax.text("GNU.sparse.map").get());
        } else if (pax.text("GNU.sparse.size").isPresent()) {
            sizeBytes = pax.number("GNU.sparse.size", -1);
            extents = pax.extents();
        } else {
            return new Sparse(remaining, null);
        }
        return new Sparse(sizeBytes, SparseMap.check(extents, sizeBytes, remaining));
    }

    private List<Extent> oldMap() throws IOException {
        List<Extent> extents = new ArrayList<>();
        SparseMap.readPairs(block, 386, OLD_SPARSE_PAIRS, extents);
        boolean continued = block[482] != 0;
        byte[] header = block.clone();
        while (continued) {
            if (!readBlock()) {
                throw cut("in a sparse map");
            }
            SparseMap.readPairs(block, 0, CONTINUED_SPARSE_PAIRS, extents);
            continued = block[504] != 0;
        }
        System.arraycopy(header, 0, block, 0, header.length);
        return extents;
    }

    private List<Extent> mapBeforeContent() throws IOException {
        List<Extent> extents = new ArrayList<>();
        BlockNumbers numbers = new BlockNumbers();
        long count = numbers.next();
        for (long i = 0; i < count; i++) {
            SparseMap.add(extents, numbers.next(), numbers.next());
        }
        return extents;
    }

    /** Decimal numbers, one a line, that fill whole blocks of the content. */
    private final class BlockNumbers {
        private final byte[] bytes = new byte[TarHeader.BLOCK_BYTES];
        private int at = bytes.length;

        long next() throws IOException {
            StringBuilder digits = new StringBuilder();
            for (char c = nextChar(); c != '\n'; c = nextChar()) {
                if (c < '0' || c > '9' || digits.length() > 18) {
                    throw new TarFormatException("a sparse map holds no number after "
                            + digits);
                }
                digits.append(c);
            }
            return SparseMap.number(digits.toString());
        }

        private char nextChar() throws IOException {
            if (at == bytes.length) {
                if (remaining < bytes.length || in.readNBytes(bytes, 0, bytes.length)
                        < bytes.length) {
                    throw cut("in a sparse map");
                }
                position += bytes.length;
                remaining -= bytes.length;
                at = 0;
            }
            return (char) (bytes[at++] & 0xFF);
        }
    }

    private void skipContent() throws IOException {
        skipFully(remaining);
        remaining = 0;
        skipFully(padding);
        padding = 0;
    }

    private void skipFully(long count) throws IOException {
        if (count < 0) {
            throw new TarFormatException("the archive is damaged: an entry has a negative size");
        }
        byte[] sink = new byte[(int) Math.min(count, 1 << 16)];
        for (long left = count; left > 0; ) {
            int read = in.read(sink, 0, (int) Math.min(left, sink.length));
            if (read < 0) {
                throw cut(current == null ? "in a header"
                        : "in the middle of " + current.shownName());
            }
            position += read;
            left -= read;
        }
    }

    private TarFormatException cut(String where) {
        return new TarFormatException("the archive ends too early, at byte " + position + ", "
                + where);
    }

    private static long padded(long size) {
        long block = TarHeader.BLOCK_BYTES;
        return (size + block - 1) / block * block;
    }

    private static byte[] untilZero(byte[] text) {
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return Arrays.copyOf(text, end);
    }
}
