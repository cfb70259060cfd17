package cli.command;

import api.node.RegistryAuth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
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
        ConfigFile file = ConfigFile.of(console);
        String text = file.text();
        if (text == null) {
            return null;
        }
        String registry = registryOf(image);
        // Before Jackson is loaded for nothing.
        if (!text.contains('"' + registry + '"')) {
            return null;
        }
        if (!(ConfigFile.member(file.parsed(text), "auths").get(registry) instanceof Map<?, ?> login)
                || !(login.get("auth") instanceof String encoded)) {
            return null;
        }
        return decoded(file, registry, encoded);
    }

    /** Stores credentials, replacing those for the same registry. */
    static Path store(String registry, String user, String password, Console console)
            throws UsageException, IOException {
        ConfigFile file = ConfigFile.of(console);
        Map<String, Object> config = file.load();
        Map<String, Object> auths = ConfigFile.member(config, "auths");
        String pair = user + ":" + password;
        auths.put(registry, Map.of("auth",
                Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))));
        file.save(config);
        return file.path();
    }

    /** Forgets credentials; false if there were none. */
    static boolean remove(String registry, Console console) throws UsageException, IOException {
        ConfigFile file = ConfigFile.of(console);
        Map<String, Object> config = file.load();
        if (ConfigFile.member(config, "auths").remove(registry) == null) {
            return false;
        }
        file.save(config);
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

    private static RegistryAuth decoded(ConfigFile file, String registry, String encoded)
            throws UsageException {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw file.damaged("auth of " + registry + " is no base64");
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            throw file.damaged("auth of " + registry + " has no colon");
        }
        return RegistryAuth.newBuilder().setRegistry(registry)
                .setUsername(pair.substring(0, colon)).setPassword(pair.substring(colon + 1))
                .build();
    }
}
