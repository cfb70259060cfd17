package cli.command;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The environment that -e and --env-file describe. */
final class Environment {
    private static final long FILE_LIMIT_BYTES = 16 << 20;

    private Environment() {}

    /** "NAME=value" in order: files first, then -e. A name alone takes the value it has here. */
    static List<String> of(Arguments arguments, Console console)
            throws UsageException, IOException {
        List<String> variables = new ArrayList<>();
        for (String file : arguments.values("env-file")) {
            for (String line : lines(file)) {
                int equals = line.indexOf('=');
                String name = equals < 0 ? line : line.substring(0, equals);
                if (name.isEmpty() || name.indexOf(' ') >= 0 || name.indexOf('\t') >= 0) {
                    throw new UsageException("env-file " + file + ": bad variable name \"" + name
                            + "\": it is empty or contains white space");
                }
                add(variables, line, equals, console);
            }
        }
        for (String word : arguments.values("env")) {
            if (word.isEmpty() || word.charAt(0) == '=') {
                throw Arguments.invalid("env", word, "expected NAME=value");
            }
            add(variables, word, word.indexOf('='), console);
        }
        return variables;
    }

    /** A file's lines without comments and empty ones; without the space they begin with. */
    static List<String> lines(String file) throws UsageException, IOException {
        List<String> lines = new ArrayList<>();
        for (String line : text(file).split("\n", -1)) {
            String trimmed = line.stripLeading();
            if (trimmed.endsWith("\r")) {
                trimmed = trimmed.substring(0, trimmed.length() - 1);
            }
            if (!trimmed.isEmpty() && trimmed.charAt(0) != '#') {
                lines.add(trimmed);
            }
        }
        return lines;
    }

    /** A whole file, which must be UTF-8 and not huge. */
    static String text(String file) throws UsageException, IOException {
        Path path = Path.of(file);
        try {
            if (Files.size(path) > FILE_LIMIT_BYTES) {
                throw new UsageException(file + " is larger than " + FILE_LIMIT_BYTES + " bytes");
            }
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new UsageException("open " + file + ": no such file or directory");
        } catch (MalformedInputException e) {
            throw new UsageException(file + " is not UTF-8 text");
        }
    }

    private static void add(
            List<String> variables, String word, int equals, Console console) {
        if (equals >= 0) {
            variables.add(word);
        } else if (console.hasEnvironment(word)) {
            variables.add(word + "=" + console.environment(word));
        }
    }
}
