package cli.jrun;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

/** Where a runtime says what went wrong: standard error, and the file of {@code --log}. */
final class ErrorLog {
    private final PrintStream errors;
    private Optional<Path> file = Optional.empty();
    private boolean json;

    ErrorLog(PrintStream errors) {
        this.errors = errors;
    }

    void writeTo(Path path, boolean asJson) {
        file = Optional.of(path);
        json = asJson;
    }

    void warn(String message) {
        say("warning", message);
    }

    void error(String message) {
        say("error", message);
    }

    private void say(String level, String message) {
        errors.println("jrun: " + message);
        if (file.isEmpty()) {
            return;
        }
        try {
            Files.writeString(file.get(), line(json, level, message, Instant.now()) + "\n",
                    StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            errors.println("jrun: the log cannot be written: " + failed.getMessage());
        }
    }

    /** A line as logrus writes it, which callers read. */
    static String line(boolean json, String level, String message, Instant time) {
        if (json) {
            return JsonNodeFactory.instance.objectNode().put("level", level).put("msg", message)
                    .put("time", time.toString()).toString();
        }
        return "time=\"" + time + "\" level=" + level + " msg="
                + JsonNodeFactory.instance.textNode(message);
    }
}
