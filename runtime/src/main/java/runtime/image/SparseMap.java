package runtime.image;

import java.util.ArrayList;
import java.util.List;
import runtime.image.TarEntry.Extent;

/**
 * The maps of sparse files in their four spellings (GNU tar manual, "Storing Sparse Files"), turned
 * into checked lists of extents.
 */
public final class SparseMap {
    /** Extents of one file; more is an attack on memory. */
    private static final int COUNT_LIMIT = 1_000_000;
    private static final int PAIR_BYTES = 24;

    private SparseMap() {
    }

    /** Pairs in an old GNU header or its continuation; a pair of zeros ends them. */
    public static void readPairs(byte[] block, int offset, int count, List<Extent> into)
            throws TarFormatException {
        for (int i = 0; i < count; i++) {
            int at = offset + i * PAIR_BYTES;
            long start = TarHeader.number(block, at, 12, "sparse offset");
            long length = TarHeader.number(block, at + 12, 12, "sparse length");
            if (start == 0 && length == 0) {
                return;
            }
            add(into, start, length);
        }
    }

    /** Format 0.1: {@code offset,length,offset,length…}. */
    public static List<Extent> parseText(String map) throws TarFormatException {
        String[] numbers = map.split(",", -1);
        if (numbers.length % 2 != 0) {
            throw new TarFormatException("a sparse map has an odd count of numbers");
        }
        List<Extent> extents = new ArrayList<>();
        for (int i = 0; i < numbers.length; i += 2) {
            add(extents, number(numbers[i]), number(numbers[i + 1]));
        }
        return extents;
    }

    /** A decimal number of a map. */
    public static long number(String text) throws TarFormatException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new TarFormatException("a sparse map holds " + LayerPath.shown(text)
                    + " where a number should be");
        }
    }

    /** Appends an extent; refuses one too many. */
    public static void add(List<Extent> extents, long offset, long lengthBytes)
            throws TarFormatException {
        if (extents.size() >= COUNT_LIMIT) {
            throw new TarFormatException("a sparse file has over " + COUNT_LIMIT + " extents");
        }
        extents.add(new Extent(offset, lengthBytes));
    }

    /** Refuses extents that overlap, run backwards, leave the file, or do not add up. */
    public static List<Extent> check(List<Extent> extents, long sizeBytes, long storedBytes)
            throws TarFormatException {
        long end = 0;
        long sum = 0;
        for (Extent extent : extents) {
            boolean sane = extent.lengthBytes() >= 0 && extent.offset() >= end
                    && extent.offset() <= sizeBytes
                    && extent.lengthBytes() <= sizeBytes - extent.offset();
            if (!sane) {
                throw new TarFormatException("a sparse map is wrong: " + extent.lengthBytes()
                        + " bytes at " + extent.offset() + " in a file of " + sizeBytes);
            }
            end = extent.offset() + extent.lengthBytes();
            sum += extent.lengthBytes();
        }
        if (sum != storedBytes) {
            throw new TarFormatException("a sparse map covers " + sum + " bytes but "
                    + storedBytes + " are stored");
        }
        return List.copyOf(extents);
    }
}
