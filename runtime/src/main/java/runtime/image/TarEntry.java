package runtime.image;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of a tar archive, all its headers taken together. Names are bytes; see
 * {@link LayerPath}.
 *
 * @param name        as in the archive, not checked
 * @param link        target of a hard or symbolic link, not checked; empty for other kinds
 * @param mode        permissions with setuid, setgid and sticky bits (07777)
 * @param sizeBytes   length of the file, holes included
 * @param storedBytes length of its content in the archive that is still to be read
 * @param seconds     time of last change since 1970, may be negative
 * @param nanoseconds of that second
 * @param major       device number of a device file
 * @param attributes  extended attributes ({@code SCHILY.xattr.*}); values are bytes
 * @param extents     where the stored bytes go in a sparse file; empty if it has no holes
 */
public record TarEntry(Kind kind, byte[] name, byte[] link, int mode, int userId, int groupId,
                       long sizeBytes, long storedBytes, long seconds, int nanoseconds, long major,
                       long minor, Map<String, byte[]> attributes,
                       Optional<List<Extent>> extents) {

    /** What an entry makes. */
    public enum Kind {
        FILE, HARD_LINK, SYMBOLIC_LINK, CHARACTER_DEVICE, BLOCK_DEVICE, DIRECTORY, FIFO
    }

    /** A run of stored bytes in a sparse file. */
    public record Extent(long offset, long lengthBytes) {
    }

    /** The name for a message, quoted. */
    public String shownName() {
        return LayerPath.shown(new String(name, StandardCharsets.ISO_8859_1));
    }

    /** The link target for a message, quoted. */
    public String shownLink() {
        return LayerPath.shown(new String(link, StandardCharsets.ISO_8859_1));
    }
}
