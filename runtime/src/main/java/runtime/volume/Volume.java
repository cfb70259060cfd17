package runtime.volume;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * A volume.
 *
 * @param name      unique in a data folder
 * @param labels    the user's
 * @param createdAt when it was made
 * @param anonymous whether it was made for a container, without a name given
 * @param files     where its files lie, with owners as containers see them
 */
public record Volume(String name, Map<String, String> labels, Instant createdAt, boolean anonymous,
        Path files) {
    public Volume {
        labels = java.util.Collections.unmodifiableMap(new TreeMap<>(labels));
    }
}
