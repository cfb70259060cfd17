package runtime.files;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import linux.abi.Errno;
import linux.syscall.Files;
import linux.syscall.SystemCallException;

/** Which extended attributes go along with a file ({@code xattr(7)}). */
enum Attributes {
    /** The user's own: {@code user.*}. */
    USER,
    /** Also what makes a program work: file capabilities, access lists. */
    ALL;

    private static final String CAPABILITY = "security.capability";
    /** {@code VFS_CAP_REVISION_3}: with the root of the user namespace it counts in. */
    private static final int NAMESPACED_BYTES = 24;
    private static final int PLAIN_BYTES = 20;
    private static final int REVISION_BYTE = 3;

    /** Whether the attribute of that name goes along. */
    boolean has(String name) {
        if (name.startsWith("user.")) {
            return !name.startsWith("user.overlay.");
        }
        return this == ALL && (name.equals(CAPABILITY) || name.startsWith("system.posix_acl_"));
    }

    /** Those of a file; what vanishes meanwhile has none. */
    Map<String, byte[]> read(int folder, byte[] name, IdShift ids) throws SystemCallException {
        Map<String, byte[]> attributes = new LinkedHashMap<>();
        try {
            byte[] list = Files.llistxattr(folder, name);
            int start = 0;
            for (int at = 0; at < list.length; at++) {
                if (list[at] == 0) {
                    String attribute = new String(list, start, at - start, StandardCharsets.UTF_8);
                    start = at + 1;
                    if (has(attribute)) {
                        Optional<byte[]> value =
                                Files.lgetxattr(folder, name, Files.name(attribute));
                        value.ifPresent(bytes -> attributes.put(attribute,
                                attribute.equals(CAPABILITY) ? plain(bytes, ids) : bytes));
                    }
                }
            }
        } catch (SystemCallException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
        return attributes;
    }

    /**
     * Capabilities set inside a user namespace name its root by the host's id; in an archive that id is 0,
     * which the older form without it says ({@code capabilities(7)}, "Namespaced file capabilities").
     */
    private static byte[] plain(byte[] value, IdShift ids) {
        if (value.length != NAMESPACED_BYTES || ids.base() == 0) {
            return value;
        }
        byte[] plain = Arrays.copyOf(value, PLAIN_BYTES);
        plain[REVISION_BYTE] = 2;
        return plain;
    }
}
