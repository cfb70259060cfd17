package runtime.launch;

import java.util.List;

/**
 * Descriptors of this process that a process it launches has as standard input, output and error.
 */
public record Streams(int input, int output, int error) {
    /** This process's own. */
    public static final Streams OWN = new Streams(0, 1, 2);

    /** By the number the launched process has them under. */
    public List<Integer> descriptors() {
        return List.of(input, output, error);
    }
}
