package clusterd.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A secret or a configuration.
 *
 * @param name          unique among its kind
 * @param secret        whether its bytes are sealed, and given only to nodes whose tasks name it
 * @param labels        the user's own
 * @param data          of a configuration the bytes themselves; of a secret sealed ones
 * @param createdMillis since 1970
 */
public record StoredFile(String name, boolean secret, SortedMap<String, String> labels, byte[] data,
        long createdMillis) {
    /** Largest in bytes, as docker has it for secrets. */
    public static final int LIMIT_BYTES = 500 * 1024;

    /** Copies labels and bytes. */
    public StoredFile {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        data = data.clone();
    }

    @Override
    public byte[] data() {
        return data.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredFile that && name.equals(that.name) && secret == that.secret
                && labels.equals(that.labels) && Arrays.equals(data, that.data)
                && createdMillis == that.createdMillis;
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return (secret ? "secret " : "config ") + name;
    }
}
