package runtime.spec;

/**
 * Something wrong with a spec.
 *
 * @param path where, as a JSON path: {@code $.linux.namespaces[2].type}
 * @param text what is wrong and what to do
 */
public record Problem(String path, String text) {
    @Override
    public String toString() {
        return path + ": " + text;
    }
}
