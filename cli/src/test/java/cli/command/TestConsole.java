package cli.command;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A console that keeps what was written to it. */
final class TestConsole {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private InputStream in = new ByteArrayInputStream(new byte[0]);

    TestConsole with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    TestConsole withInput(String text) {
        in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    Console console() {
        return new Console(in, out, err, environment);
    }

    /** Runs a command line; returns its exit code. */
    int run(String... words) {
        return Jctl.run(words, console());
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
