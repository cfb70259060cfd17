package linux.proc;

/** The text of {@code /proc/PID/uid_map} ({@code user_namespaces(7)}). */
public final class IdMap {
    private static final long ALL_IDS = 4_294_967_295L;

    private IdMap() {}

    /** Whether it maps every id to itself, as that of the namespace the kernel began with does. */
    public static boolean isWholeHost(String text) {
        String[] words = text.strip().split("\\s+");
        return words.length == 3 && words[0].equals("0") && words[1].equals("0")
                && words[2].equals(Long.toString(ALL_IDS));
    }
}
