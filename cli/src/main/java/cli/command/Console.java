package cli.command;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command sees of the world around it: standard streams, environment, which daemon. Bytes go
 * out as they are written; nothing is kept back.
 */
final class Console {
    private final InputStream in;
    private final OutputStream out;
    private final OutputStream err;
    private final Map<String, String> environment;
    private String host = "";
    private String context = "";
    private String said = "";
    /** Null until something is printed. */
    private Boolean outTerminal;

    /** A console on any streams. */
    Console(InputStream in, OutputStream out, OutputStream err, Map<String, String> environment) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    /** This process's own. */
    static Console ofProcess() {
        return new Console(new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err),
                System.getenv());
    }

    InputStream in() {
        return in;
    }

    /** Writes to standard output. */
    void write(byte[] bytes) throws IOException {
        try {
            out.write(bytes);
        } catch (IOException e) {
            throw new OutputClosedException(e);
        }
    }

    /** Writes to standard error. */
    void writeError(byte[] bytes) throws IOException {
        try {
            err.write(bytes);
        } catch (IOException e) {
            throw new OutputClosedException(e);
        }
    }

    /**
     * Prints text to standard output, in UTF-8. On a terminal without control characters, since names, labels
     * and the like come from strangers; a program or a file gets every byte.
     */
    void print(String text) throws IOException {
        if (outTerminal == null) {
            // Once: a list may print a line a container.
            outTerminal = isOutTerminal();
        }
        draw(outTerminal ? Printable.lines(text) : text);
    }

    /** Prints text that may move the cursor: what is not ours in it must be printable already. */
    void draw(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Prints a line to standard output. */
    void println(String line) throws IOException {
        print(line + "\n");
    }

    /** Prints a line to standard error, without control characters: what is not the command's answer. */
    void say(String line) throws IOException {
        sayText(Printable.lines(line) + "\n");
    }

    /** As {@link #say}, once in the life of this command however often it is found out. */
    void sayOnce(String line) throws IOException {
        if (!said.equals(line)) {
            said = line;
            say(line);
        }
    }

    /** Prints text to standard error. */
    void sayText(String text) throws IOException {
        writeError(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The variable's value; empty if it is not set. */
    String environment(String name) {
        String value = environment.get(name);
        return value == null ? "" : value;
    }

    /** All variables. */
    Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    /** Whether the variable is set, be it to nothing. */
    boolean hasEnvironment(String name) {
        return environment.containsKey(name);
    }

    /** The context given with --context; empty if none was. */
    String context() {
        return context;
    }

    void setContext(String name) {
        context = name;
    }

    /** The daemon's address given with --host; empty if none was. */
    String host() {
        return host;
    }

    void setHost(String address) {
        host = address;
    }

    /** The same streams and environment, and another daemon. */
    Console onHost(String address) {
        Console other = new Console(in, out, err, environment);
        other.setHost(address);
        return other;
    }

    boolean isInTerminal() {
        return isTerminal(0);
    }

    boolean isOutTerminal() {
        return isTerminal(1);
    }

    boolean isErrTerminal() {
        return isTerminal(2);
    }

    /** By name, which costs microseconds; isatty(3) would cost the start of the foreign interface. */
    private static boolean isTerminal(int descriptor) {
        try {
            String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
