package linux.netlink;

/** What the kernel takes as the name of a network interface ({@code dev_valid_name}). */
public final class LinkName {
    /** {@code IFNAMSIZ - 1}. */
    public static final int MAX_LENGTH = 15;

    private LinkName() {}

    /**
     * Returns the name if the kernel would take it.
     *
     * @throws IllegalArgumentException if it is empty, longer than 15 bytes, "." or "..", or holds
     *     a slash, a colon, white space or anything that is not printable ASCII
     */
    public static String check(String name) {
        boolean characters = name.chars()
                .allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != ':');
        if (name.isEmpty() || name.length() > MAX_LENGTH || !characters
                || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("not a network interface name (1 to 15 printable"
                    + " characters without '/' and ':'): \"" + name + "\"");
        }
        return name;
    }
}
