package runtime.container;

import java.util.Optional;

/**
 * A place in a container's log that survives rotation.
 *
 * @param fileKey identity of the file (device and inode), empty if there was no file yet
 * @param offset  bytes from its start, at the border of a frame
 */
public record LogPosition(Optional<Object> fileKey, long offset) {
    /** Before the oldest frame. */
    public static final LogPosition START = new LogPosition(Optional.empty(), 0);
}
