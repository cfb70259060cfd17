package clusterd.compose;

/**
 * What is wrong with a Compose file, or has no effect in it.
 *
 * @param error    whether nothing can be deployed before it is mended
 * @param path     of the key: {@code services.web.ports[2]}; {@code ""} = the file as a whole
 * @param at       where it stands
 * @param sentence what was found, and what was expected
 */
public record Problem(boolean error, String path, Position at, String sentence) {
    @Override
    public String toString() {
        return at + ": " + (path.isEmpty() ? "" : path + ": ") + sentence;
    }
}
