package sriov.inventory;

import java.util.List;
import java.util.Optional;

/**
 * The kernel's view of its devices, {@code /sys}. Paths begin below it, without a slash. What is not there any more by the time it is asked for is
 * as good as never there: devices come and go while they are looked at. What is
 * there and cannot be opened is an {@link java.io.UncheckedIOException}.
 */
public interface SysTree {
    /** The names in a folder, sorted; empty if there is none. */
    List<String> list(String path);

    /** A file's text without space around; empty if there is none, or if the kernel has nothing to say (a link that is down has no speed). */
    Optional<String> read(String path);

    /** The last name of where a symbolic link leads to; empty if there is none. */
    Optional<String> link(String path);
}
