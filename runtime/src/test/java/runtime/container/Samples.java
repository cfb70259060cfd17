package runtime.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Values for tests. */
final class Samples {
    static final String ID = "0123456789abcdef".repeat(4);
    static final Instant NOON = Instant.parse("2026-01-02T12:00:00.123456789Z");

    private Samples() {}

    /** Options from JSON; what is left out is empty. */
    static ContainerOptions options(String json) {
        try {
            return RecordJson.read(json.getBytes(StandardCharsets.UTF_8), ContainerOptions.class);
        } catch (IOException malformed) {
            throw new IllegalArgumentException(json, malformed);
        }
    }

    static ContainerRecord created(String id, String name, String optionsJson) {
        return ContainerRecord.made(id, name, "sha256:" + ID, List.of("/layers/b", "/layers/a"),
                List.of("sh", "-c", "echo"), Map.of("tier", "front"), 15, OptionalLong.of(1 << 20),
                options(optionsJson), NOON, Optional.empty());
    }

    static ContainerRecord.Run run(int pid) {
        return new ContainerRecord.Run(pid, NOON, List.of("10.88.0.2"), Optional.empty());
    }

    static ContainerRecord.RunExit exit(int code) {
        return new ContainerRecord.RunExit(code, 0, false, NOON.plusSeconds(1), "");
    }
}
