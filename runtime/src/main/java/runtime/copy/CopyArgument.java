package runtime.copy;

/**
 * One of the two words of {@code cp}.
 *
 * @param container its name; empty for a file of this machine
 * @param path      there
 */
public record CopyArgument(String container, String path) {

    /**
     * Takes a word apart as docker does: {@code CONTAINER:PATH}, unless it begins with {@code /} or
     * {@code .}, which no container's name does.
     */
    public static CopyArgument of(String word) {
        int colon = word.indexOf(':');
        if (colon < 0 || word.startsWith("/") || word.startsWith(".")) {
            return new CopyArgument("", word);
        }
        return new CopyArgument(word.substring(0, colon), word.substring(colon + 1));
    }

    public boolean isLocal() {
        return container.isEmpty();
    }

    /** Whether it is standard input or output. */
    public boolean isStream() {
        return isLocal() && path.equals("-");
    }
}
