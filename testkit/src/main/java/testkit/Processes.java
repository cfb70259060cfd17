package testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Processes that end with the test, with all their descendants:
 * {@code @RegisterExtension final Processes processes = new Processes();}
 */
public final class Processes implements AfterEachCallback {
    private static final long LONGEST_RUN_SECONDS = 120;

    private final List<Process> started = new ArrayList<>();

    /** What a program that ended had to say. */
    public record Result(int exitCode, String output) {}

    /** Starts a program that runs until it ends or the test does; its output is the test's. */
    public Process start(List<String> command) throws IOException {
        return start(new ProcessBuilder(command).inheritIO());
    }

    /** Starts what the builder describes; it ends with the test. */
    public Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /**
     * Runs a program to its end.
     *
     * @return its exit code and what it wrote to either stream
     *     (a program that is not done after two minutes is killed: 137)
     */
    public Result run(Path folder, List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .directory(folder.toFile());
        Process process = start(builder);
        process.getOutputStream().close();
        Thread watch = Thread.startVirtualThread(() -> endLate(process));
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.waitFor();
        watch.interrupt();
        return new Result(exitCode, output);
    }

    private static void endLate(Process process) {
        try {
            if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
                end(process);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        started.forEach(Processes::end);
        for (Process process : started) {
            process.waitFor();
        }
    }
}
