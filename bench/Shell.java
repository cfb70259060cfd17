package bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs programs to their end. */
final class Shell {
    private Shell() {}

    /**
     * Runs a program.
     *
     * @return what it wrote to its standard output
     * @throws IllegalStateException if it does not exit with 0, with what it wrote to either stream
     */
    static String run(Map<String, String> environment, List<String> command) {
        try {
            Path errors = Files.createTempFile("jctl-bench", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectError(errors.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                String output = new String(process.getInputStream().readAllBytes(),
                        StandardCharsets.UTF_8);
                int status = process.waitFor();
                if (status != 0) {
                    throw new IllegalStateException(String.join(" ", command) + " exited with "
                            + status + ": " + output + Files.readString(errors));
                }
                return output;
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot run " + command, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }

    static String run(String... command) {
        return run(Map.of(), List.of(command));
    }

    /** Runs a line of shell. */
    static String sh(String line) {
        return run("sh", "-c", line);
    }

    /** Milliseconds one run takes, by the wall. */
    static double millis(Map<String, String> environment, List<String> command) {
        long start = System.nanoTime();
        run(environment, command);
        return (System.nanoTime() - start) / 1e6;
    }

    /** {@code first} and then {@code rest}. */
    static List<String> join(List<String> first, List<String> rest) {
        List<String> all = new ArrayList<>(first);
        all.addAll(rest);
        return all;
    }

    /** Removes a folder with all that is in it. */
    static void remove(Path folder) {
        run("rm", "-rf", "--one-file-system", folder.toString());
    }
}
