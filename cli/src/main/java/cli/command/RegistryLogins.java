package cli.command;

import api.node.RegistryAuth;
import cli.render.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Credentials for registries in a file as docker's config.json: {@code {"auths": {"HOST": {"auth":
 * base64("user:password")}}}}, readable by its owner only. Found in JCTL_CONFIG, else ~/.jctl.
 */
final class RegistryLogins {
    private static final String DOCKER_HUB = "docker.io";

    private RegistryLogins() {}

    /** The credentials for an image's registry, or null. */
    static RegistryAuth find(String image, Console console) throws UsageException, IOException {
        Path file = file(console);
        if (!Files.exists(file)) {
            return null;
        }
        String registry = registryOf(image);
        String text = Files.readString(file);
        // Before Jackson is loaded for nothing.
        if (!text.contains('"' + registry + '"')) {
            return null;
        }
        if (!(auths(parsed(file, text)).get(registry) instanceof Map<?, ?> login)
                || !(login.get("auth") instanceof String encoded)) {
            return null;
        }
        return decoded(file, registry, encoded);
    }

    /** Stores credentials, replacing those for the same registry. */
    static Path store(String registry, String user, String password, Console console)
            throws UsageException, IOException {
        Path file = file(console);
        Map<String, Object> config = load(file);
        Map<String, Object> auths = auths(config);
        String pair = user + ":" + password;
        auths.put(registry, Map.of("auth",
                Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))));
        save(file, config);
        return file;
    }

    /** Forgets credentials; false if there were none. */
    static boolean remove(String registry, Console console) throws UsageException, IOException {
        Path file = file(console);
        Map<String, Object> config = load(file);
        if (auths(config).remove(registry) == null) {
            return false;
        }
        save(file, config);
        return true;
    }

    /** The registry an image reference names: "host:5000/a" has one, "debian" means docker.io. */
    static String registryOf(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean host = first.indexOf('.') >= 0 || first.indexOf(':') >= 0
                || first.equals("localhost");
        return host ? named(first) : DOCKER_HUB;
    }

    /** One name for the one registry that goes by several. */
    static String named(String registry) {
        return switch (registry) {
            case "", "docker.io", "index.docker.io", "registry-1.docker.io",
                "https://index.docker.io/v1/" -> DOCKER_HUB;
            default -> registry;
        };
    }

    private static Path file(Console console) {
        String folder = console.environment("JCTL_CONFIG");
        return folder.isEmpty() ? Path.of(console.environment("HOME"), ".jctl", "config.json")
                : Path.of(folder, "config.json");
    }

    private static Map<String, Object> load(Path file) throws UsageException, IOException {
        try {
            return parsed(file, Files.readString(file));
        } catch (NoSuchFileException e) {
            return new LinkedHashMap<>();
        }
    }

    private static Map<String, Object> parsed(Path file, String text) throws UsageException {
        try {
            if (Json.parse(text) instanceof Map<?, ?> map) {
                return strings(map);
            }
        } catch (IllegalArgumentException e) {
            throw new UsageException(file + " is damaged: " + e.getMessage());
        }
        throw new UsageException(file + " is damaged: no JSON object");
    }

    private static Map<String, Object> auths(Map<String, Object> config) {
        Map<String, Object> auths = config.get("auths") instanceof Map<?, ?> map ? strings(map)
                : new LinkedHashMap<>();
        config.put("auths", auths);
        return auths;
    }

    private static Map<String, Object> strings(Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            copy.put(entry.getKey().toString(), entry.getValue());
        }
        return copy;
    }

    private static RegistryAuth decoded(Path file, String registry, String encoded)
            throws UsageException {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new UsageException(file + " is damaged: auth of " + registry + " is no base64");
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            throw new UsageException(file + " is damaged: auth of " + registry + " has no colon");
        }
        return RegistryAuth.newBuilder().setRegistry(registry)
                .setUsername(pair.substring(0, colon)).setPassword(pair.substring(colon + 1))
                .build();
    }

    private static void save(Path file, Map<String, Object> config) throws IOException {
        Files.createDirectories(file.getParent());
        Path next = Files.createTempFile(file.getParent(), "config", ".json",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(next, Json.indented(config) + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(next);
            throw e;
        }
    }
}
