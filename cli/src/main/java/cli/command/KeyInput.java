package cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keys and passphrases: from a file or standard input, never from the command line, which others may read. */
final class KeyInput {
    private static final int MOST_BYTES = 64 * 1024;

    private KeyInput() {}

    /** A file's, which need not be of this user alone; {@code -} is standard input. */
    static byte[] ofFile(String file, Console console) throws IOException {
        byte[] bytes;
        if (file.equals("-")) {
            bytes = console.in().readNBytes(MOST_BYTES + 1);
        } else if (Files.size(Path.of(file)) > MOST_BYTES) {
            throw new IOException(file + " is too large for a key");
        } else {
            bytes = Files.readAllBytes(Path.of(file));
        }
        if (bytes.length == 0 || bytes.length > MOST_BYTES) {
            throw new IOException((file.equals("-") ? "standard input" : file) + " holds no key");
        }
        return bytes;
    }

    /** A line that is asked for if there is a terminal. */
    static String line(String question, Console console) throws IOException {
        if (console.isInTerminal()) {
            console.sayText(question);
        }
        return LineInput.read(console.in()).strip();
    }
}
