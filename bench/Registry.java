package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/** Debian's docker-registry on loopback, over HTTP. */
final class Registry implements AutoCloseable {
    private static final int PORT = 5988;

    private final Process process;

    /**
     * Starts one.
     *
     * @param storage its blobs; several registries may serve the same
     * @param place how to run a command where the registry shall listen
     */
    Registry(Path storage, UnaryOperator<List<String>> place) throws IOException {
        Path config = Files.writeString(Files.createDirectories(storage).resolve("config.yml"), """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: %s}}
                http: {addr: "127.0.0.1:%d"}
                """.formatted(storage, PORT));
        process = new ProcessBuilder(
                place.apply(List.of("docker-registry", "serve", config.toString())))
                .redirectErrorStream(true).redirectOutput(storage.resolve("log").toFile()).start();
    }

    String reference() {
        return "127.0.0.1:" + PORT + "/" + TestImage.NAME;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
