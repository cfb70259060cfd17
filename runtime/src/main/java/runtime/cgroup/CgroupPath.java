package runtime.cgroup;

import java.util.List;

/** Paths of cgroups, which come from users and must not lead anywhere else. */
final class CgroupPath {
    private static final int MAX_NAME_BYTES = 255;

    private CgroupPath() {}

    /**
     * The folder of a cgroup below a mount point.
     *
     * @throws IllegalArgumentException if the path has empty, dotted, overlong or odd parts
     */
    static String below(String mount, String cgroup) {
        StringBuilder folder = new StringBuilder(mount);
        parts(cgroup).forEach(part -> folder.append('/').append(part));
        return folder.toString();
    }

    /** The names from the hierarchy's root down; none for the root itself. */
    static List<String> parts(String cgroup) {
        String relative = cgroup.startsWith("/") ? cgroup.substring(1) : cgroup;
        if (relative.isEmpty()) {
            return List.of();
        }
        List<String> parts = List.of(relative.split("/", -1));
        for (String part : parts) {
            boolean odd = part.isEmpty() || part.equals(".") || part.equals("..")
                    || part.length() > MAX_NAME_BYTES || hasControlCharacter(part);
            if (odd) {
                throw new IllegalArgumentException("\"" + cgroup + "\" is not a cgroup: give names"
                        + " with slashes between, each of 1 to 255 characters, not . or ..");
            }
        }
        return parts;
    }

    private static boolean hasControlCharacter(String part) {
        for (int i = 0; i < part.length(); i++) {
            if (part.charAt(i) < ' ') {
                return true;
            }
        }
        return false;
    }
}
