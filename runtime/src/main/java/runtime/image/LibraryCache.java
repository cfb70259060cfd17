package runtime.image;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code /etc/ld.so.cache}: where {@code ldconfig(8)} found libraries (glibc,
 * {@code sysdeps/generic/dl-cache.h}, format 1.1).
 *
 * @param paths of the libraries of each name, in the order of the cache; of all architectures
 */
public record LibraryCache(Map<String, List<String>> paths) {
    private static final byte[] MAGIC =
            "glibc-ld.so.cache1.1".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = 48;
    private static final int ENTRY_BYTES = 24;
    private static final int COUNT_LIMIT = 1_000_000;

    /** A cache that knows nothing. */
    public static final LibraryCache EMPTY = new LibraryCache(Map.of());

    /**
     * Reads a cache; the older format that may stand before the newer one is skipped.
     *
     * @throws ImageFormatException if it is of another format or broken
     */
    public static LibraryCache parse(byte[] content) throws ImageFormatException {
        int start = indexOf(content);
        if (start < 0) {
            throw new ImageFormatException("the library cache is not of glibc's format 1.1");
        }
        ByteBuffer cache = ByteBuffer.wrap(content).slice(start, content.length - start)
                .order(ByteOrder.nativeOrder());
        try {
            int count = cache.getInt(MAGIC.length);
            if (count < 0 || count > COUNT_LIMIT) {
                throw new ImageFormatException("the library cache has " + count + " entries");
            }
            Map<String, List<String>> paths = new HashMap<>();
            for (int i = 0; i < count; i++) {
                int at = HEADER_BYTES + i * ENTRY_BYTES;
                boolean specialProcessor = cache.getLong(at + 16) != 0;
                if (!specialProcessor) {
                    paths.computeIfAbsent(text(cache, cache.getInt(at + 4)),
                            name -> new ArrayList<>()).add(text(cache, cache.getInt(at + 8)));
                }
            }
            return new LibraryCache(paths);
        } catch (IndexOutOfBoundsException | BufferUnderflowException e) {
            throw new ImageFormatException("the library cache is cut short", e);
        }
    }

    private static int indexOf(byte[] content) {
        for (int i = 0; i + MAGIC.length <= content.length; i++) {
            if (java.util.Arrays.equals(content, i, i + MAGIC.length, MAGIC, 0, MAGIC.length)) {
                return i;
            }
        }
        return -1;
    }

    private static String text(ByteBuffer cache, int at) {
        int end = at;
        while (cache.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - at];
        cache.get(at, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
