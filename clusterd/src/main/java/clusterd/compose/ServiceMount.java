package clusterd.compose;

import java.util.List;
import java.util.OptionalInt;

/**
 * What is mounted in a service's containers.
 *
 * @param kind         of it
 * @param source       BIND: absolute path of the node. VOLUME: as the file calls it, {@code ""} = a new one
 * @param target       absolute path in the container
 * @param readOnly     whether it cannot be written
 * @param propagation  BIND: {@code rprivate} and its like; {@code ""} = what is usual
 * @param createSource BIND: whether a missing source is made as a folder
 * @param recursive    BIND: with the mounts below it
 * @param copy         VOLUME: whether an empty one is filled from the image
 * @param sizeBytes    TMPFS: 0 = half of memory
 * @param mode         TMPFS: permission bits
 * @param options      TMPFS: further ones, {@code noexec}
 */
public record ServiceMount(Kind kind, String source, String target, boolean readOnly, String propagation,
        boolean createSource, boolean recursive, boolean copy, long sizeBytes, OptionalInt mode,
        List<String> options) {
    /** What is mounted. */
    public enum Kind { BIND, VOLUME, TMPFS }

    /** Copies the list. */
    public ServiceMount {
        options = List.copyOf(options);
    }
}
