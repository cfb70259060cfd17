package runtime.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import testkit.Processes;
import testkit.Requires;

/** Debian's docker-registry on a free port of loopback, configured by the test. */
record DebianRegistry(String host, Path folder) {
    private static final Pattern LISTENING = Pattern.compile("listening on (127[0-9.]*:[0-9]+)");

    /**
     * Starts one and returns once it listens.
     *
     * @param http further lines below {@code http:} in its configuration, indented by two
     * @param auth the {@code auth:} section, or nothing
     */
    static DebianRegistry start(Processes processes, Path folder, String http, String auth)
            throws IOException {
        Path program = Requires.program("docker-registry");
        Path configuration = Files.createDirectories(folder).resolve("config.yml");
        Files.writeString(configuration, """
                version: 0.1
                storage:
                  filesystem:
                    rootdirectory: %s
                  delete:
                    enabled: true
                http:
                  addr: 127.0.0.1:0
                  secret: for-tests-only
                %s%s""".formatted(folder.resolve("data"), http, auth));
        Process process = processes.start(new ProcessBuilder(
                List.of(program.toString(), "serve", configuration.toString()))
                .redirectErrorStream(true));
        BufferedReader log = process.inputReader(StandardCharsets.UTF_8);
        for (String line; (line = log.readLine()) != null; ) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                Thread.ofVirtual().start(() -> log.lines().forEach(ignored -> { }));
                return new DebianRegistry(listening.group(1), folder);
            }
        }
        throw new IOException("docker-registry ended before it listened; see " + configuration);
    }
}
