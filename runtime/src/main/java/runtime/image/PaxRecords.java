package runtime.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The content of a pax extended header (POSIX.1-2017 pax, "pax Extended Header"): lines
 * {@code LENGTH KEY=VALUE\n}. Values stay bytes, since attributes such as
 * {@code security.capability} are binary.
 *
 * @param values  the last value of each key
 * @param extents pairs of GNU sparse format 0.0, whose keys repeat and whose order counts
 */
public record PaxRecords(Map<String, byte[]> values, List<TarEntry.Extent> extents) {
    private static final int KEY_LIMIT_BYTES = 4096;
    /** Keys in one header; the size of the header is limited by the reader. */
    private static final int COUNT_LIMIT = 20_000;

    /** No header. */
    public static final PaxRecords NONE = new PaxRecords(Map.of(), List.of());

    /** @throws TarFormatException if a record's length or form is wrong */
    public static PaxRecords parse(byte[] data) throws TarFormatException {
        Map<String, byte[]> values = new LinkedHashMap<>();
        List<TarEntry.Extent> extents = new ArrayList<>();
        long sparseOffset = -1;
        int at = 0;
        for (int count = 0; at < data.length && data[at] != 0; count++) {
            int end = at + length(data, at);
            int keyStart = indexOf(data, ' ', at, end) + 1;
            int equals = indexOf(data, '=', keyStart, end);
            if (equals - keyStart > KEY_LIMIT_BYTES || count >= COUNT_LIMIT) {
                throw malformed("is too large");
            }
            String key = new String(data, keyStart, equals - keyStart, StandardCharsets.UTF_8);
            byte[] value = Arrays.copyOfRange(data, equals + 1, end - 1);
            if (key.equals("GNU.sparse.offset")) {
                sparseOffset = number(key, value);
            } else if (key.equals("GNU.sparse.numbytes")) {
                extents.add(new TarEntry.Extent(sparseOffset, number(key, value)));
            } else if (value.length == 0) {
                // An empty value takes back one of an earlier header (POSIX).
                values.remove(key);
                if (key.startsWith("SCHILY.xattr.")) {
                    values.put(key, value);
                }
            } else {
                values.put(key, value);
            }
            at = end;
        }
        return new PaxRecords(values, extents);
    }

    private static int length(byte[] data, int at) throws TarFormatException {
        int length = 0;
        int i = at;
        for (; i < data.length && data[i] >= '0' && data[i] <= '9' && i - at < 9; i++) {
            length = length * 10 + data[i] - '0';
        }
        boolean fits = i > at && i < data.length && data[i] == ' '
                && length > i - at + 1 && length <= data.length - at;
        if (!fits || data[at + length - 1] != '\n') {
            throw malformed("has a record of a wrong length");
        }
        return length;
    }

    private static int indexOf(byte[] data, char wanted, int from, int end)
            throws TarFormatException {
        for (int i = from; i < end; i++) {
            if (data[i] == wanted) {
                return i;
            }
        }
        throw malformed("has a record without '" + wanted + "'");
    }

    private static TarFormatException malformed(String why) {
        return new TarFormatException("the archive is damaged: a pax header " + why);
    }

    /** The value of a key. */
    public Optional<byte[]> bytes(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The value of a key, as UTF-8. */
    public Optional<String> text(String key) {
        return bytes(key).map(value -> new String(value, StandardCharsets.UTF_8));
    }

    /** A whole number, or {@code otherwise} if the key is not there. */
    public long number(String key, long otherwise) throws TarFormatException {
        byte[] value = values.get(key);
        return value == null ? otherwise : number(key, value);
    }

    private static long number(String key, byte[] value) throws TarFormatException {
        String text = new String(value, StandardCharsets.UTF_8);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw malformed("has " + key + "=" + LayerPath.shown(text) + ", which is no number");
        }
    }
}
