package linux.syscall;

import linux.abi.FileFlags;

/**
 * What {@code statx(2)} tells about a file.
 *
 * @param mode        type and permission bits ({@code inode(7)})
 * @param links       hard links
 * @param sizeBytes   length
 * @param blocks      units of 512 bytes it takes on disk; fewer than its length for a sparse file
 * @param device      major number of the file system's device, shifted left by 32, plus the minor
 * @param seconds     time of last change of content since 1970
 * @param nanoseconds of that second
 * @param major       device number of a device file
 * @param minor       device number of a device file
 */
public record FileStatus(int mode, int links, int userId, int groupId, long inode, long sizeBytes,
                         long blocks, long device, long seconds, int nanoseconds, int major,
                         int minor) {

    public boolean isDirectory() {
        return (mode & FileFlags.S_IFMT) == FileFlags.S_IFDIR;
    }

    public boolean isRegularFile() {
        return (mode & FileFlags.S_IFMT) == FileFlags.S_IFREG;
    }

    public boolean isSymbolicLink() {
        return (mode & FileFlags.S_IFMT) == FileFlags.S_IFLNK;
    }

    /** Whether overlayfs takes it for a deleted file: a character device 0/0. */
    public boolean isWhiteout() {
        return (mode & FileFlags.S_IFMT) == FileFlags.S_IFCHR && major == 0 && minor == 0;
    }
}
