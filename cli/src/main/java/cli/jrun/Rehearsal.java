package cli.jrun;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the calls of a file, one per line, in one JVM: what the ahead-of-time cache of a build is made
 * from ({@code tools/train}). What they print and whether they fail is of no matter.
 */
final class Rehearsal {
    private Rehearsal() {}

    /** @param words the file; lines that begin with # are comments, words are parted by spaces */
    public static void main(String[] words) throws IOException {
        for (String line : Files.readAllLines(Path.of(words[0]))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                Jrun.run(List.of(line.strip().split(" +")), System.out, System.err);
            }
        }
        // As the real program ends: the JVM writes its cache all the same.
        Runtime.getRuntime().halt(0);
    }
}
