package cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Runs the commands of a file, one per line, in one JVM: what the ahead-of-time cache of a build is
 * made from ({@code tools/train}). What they print and whether they fail is of no matter.
 */
final class Rehearsal {
    private Rehearsal() {}

    /**
     * @param words the file; lines that begin with # are comments, words are parted by spaces; a number
     *              before the words says how often
     */
    public static void main(String[] words) throws IOException {
        usualPlace();
        for (String line : Files.readAllLines(Path.of(words[0]))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.strip().split(" +", 2);
                boolean counted = Character.isDigit(parts[0].charAt(0));
                int times = counted ? Integer.parseInt(parts[0]) : 1;
                String[] command = (counted ? parts[1] : line.strip()).split(" +");
                for (int i = 0; i < times; i++) {
                    Jctl.run(command, Console.ofProcess());
                }
            }
        }
        // As the real program ends: the JVM writes its cache all the same.
        Runtime.getRuntime().halt(0);
    }

    /** The commands find their daemon by JCTL_HOST; nearly everybody's finds it without. */
    private static void usualPlace() throws IOException {
        try {
            DaemonAddress.of(new Console(InputStream.nullInputStream(), OutputStream.nullOutputStream(),
                    OutputStream.nullOutputStream(), Map.of("HOME", System.getProperty("user.home"))));
        } catch (UsageException noMatter) {
            // The user's configuration is not what is rehearsed.
        }
    }
}
