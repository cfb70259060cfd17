package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * crun and runc: a bundle as the runtime's own {@code spec} command makes it, with a read-only root and
 * {@code /bin/true}. They do less than jctl here: no overlay to mount, no seccomp filter to load.
 */
final class OciBundle {
    private final String runtime;
    private final Path folder;

    OciBundle(String runtime, Path work, TestImage image) throws IOException {
        this.runtime = runtime;
        this.folder = Files.createDirectories(work.resolve(runtime));
        Files.deleteIfExists(folder.resolve("config.json"));
        Shell.run("sh", "-c", "cd '" + folder + "' && " + runtime + " spec");
        String config = Files.readString(folder.resolve("config.json"))
                .replace("\"terminal\": true", "\"terminal\": false")
                .replaceFirst("\"args\": \\[[^]]*]", "\"args\": [\"/bin/true\"]")
                .replaceFirst("\"path\": \"rootfs\"", "\"path\": \"" + image.tree() + "\"")
                // Root without CAP_SYS_RESOURCE cannot raise what the default asks for.
                .replaceFirst("\"rlimits\": \\[[^]]*],", "");
        Files.writeString(folder.resolve("config.json"), config);
    }

    List<String> runTrue() {
        return List.of(runtime, "run", "-b", folder.toString(), "jctl-bench-" + runtime);
    }
}
