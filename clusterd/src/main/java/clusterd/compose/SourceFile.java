package clusterd.compose;

/**
 * A text and what it is called in messages.
 *
 * @param name of it
 * @param text of it
 */
public record SourceFile(String name, String text) {
}
