package runtime.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
    /** Also file capabilities, which go with the owner as setuid bits do. */
    COPY,
    /** Also what else makes a program work: access lists. */
    ALL;

    static final String CAPABILITY = "security.capability";
    /** {@code VFS_CAP_REVISION_3}: with the root of the user namespace it counts in. */
    private static final int NAMESPACED_BYTES = 24;
    private static final int PLAIN_BYTES = 20;
    private static final int REVISION_BYTE = 3;

    /** Whether the attribute of that name goes along. */
    boolean has(String name) {
        if (name.startsWith("user.")) {
            return !name.startsWith("user.overlay.");
        }
        return this != USER && name.equals(CAPABILITY)
                || this == ALL && name.startsWith("system.posix_acl_");
    }

    /** Those of a file; what vanishes meanwhile has none. */
    Map<String, byte[]> read(int folder, byte[] name, IdShift ids) throws SystemCallException {
        try {
            return read(Files.llistxattr(folder, name),
                    attribute -> Files.lgetxattr(folder, name, attribute), ids);
        } catch (SystemCallException e) {
            if (e.is(Errno.ENOENT)) {
                return Map.of();
            }
            throw e;
        }
    }

    /** Those of an open file that is no symbolic link. */
    Map<String, byte[]> read(int file, IdShift ids) throws SystemCallException {
        return read(Files.listxattr(file), attribute -> Files.getxattr(file, attribute), ids);
    }

    private interface Look {
        Optional<byte[]> at(byte[] attribute) throws SystemCallException;
    }

    private Map<String, byte[]> read(byte[] list, Look look, IdShift ids)
            throws SystemCallException {
        Map<String, byte[]> attributes = new LinkedHashMap<>();
        int start = 0;
        for (int at = 0; at < list.length; at++) {
            if (list[at] == 0) {
                String attribute = new String(list, start, at - start, StandardCharsets.UTF_8);
                start = at + 1;
                if (has(attribute)) {
                    look.at(Files.name(attribute)).ifPresent(bytes -> attributes.put(attribute,
                            attribute.equals(CAPABILITY) ? plain(bytes, ids) : bytes));
                }
            }
        }
        return attributes;
    }

    /**
     * The other way: what shall count in a user namespace names the namespace's root by the host's id.
     * Whatever the value claims, it counts nowhere else.
     */
    static byte[] namespaced(byte[] value, IdShift ids) {
        if (ids.base() == 0 || value.length != PLAIN_BYTES && value.length != NAMESPACED_BYTES) {
            return value;
        }
        byte[] full = Arrays.copyOf(value, NAMESPACED_BYTES);
        full[REVISION_BYTE] = 3;
        ByteBuffer.wrap(full).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(PLAIN_BYTES, (int) ids.base());
        return full;
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
