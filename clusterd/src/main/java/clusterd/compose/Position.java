package clusterd.compose;

/**
 * A place in a text.
 *
 * @param file   name of the text
 * @param line   from 1
 * @param column from 1
 */
public record Position(String file, int line, int column) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
