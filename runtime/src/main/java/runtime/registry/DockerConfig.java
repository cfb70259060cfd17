package runtime.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import runtime.image.Reference;

/**
 * The logins that docker and podman keep in {@code ~/.docker/config.json} and {@code auth.json}
 * (docker CLI "config file": {@code auths}, {@code credHelpers}, {@code credsStore}).
 */
public final class DockerConfig {
    private static final String HUB_KEY = "index.docker.io";
    private static final int LIMIT_BYTES = 4 << 20;

    private final Map<String, Credentials> logins;
    private final Map<String, String> helpers;
    private final Optional<String> store;

    private DockerConfig(Map<String, Credentials> logins, Map<String, String> helpers,
            Optional<String> store) {
        this.logins = Map.copyOf(logins);
        this.helpers = Map.copyOf(helpers);
        this.store = store;
    }

    /**
     * Reads the file's content.
     *
     * @throws IOException saying what is wrong, never quoting a secret
     */
    public static DockerConfig parse(byte[] json) throws IOException {
        if (json.length > LIMIT_BYTES) {
            throw new IOException("docker's configuration has " + json.length
                    + " bytes; at most " + LIMIT_BYTES + " are read");
        }
        JsonNode root;
        try {
            root = new JsonMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IOException("docker's configuration is not valid JSON (line "
                    + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + ")");
        }
        Map<String, Credentials> logins = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : root.path("auths").properties()) {
            Optional<Credentials> login = login(entry.getKey(), entry.getValue());
            login.ifPresent(found -> logins.put(host(entry.getKey()), found));
        }
        Map<String, String> helpers = new HashMap<>();
        root.path("credHelpers").properties().forEach(
                entry -> helpers.put(host(entry.getKey()), entry.getValue().asText()));
        String store = root.path("credsStore").asText();
        return new DockerConfig(logins, helpers,
                store.isEmpty() ? Optional.empty() : Optional.of(store));
    }

    /**
     * The login for a registry as a {@link Reference} names it.
     *
     * @throws IOException if it is kept by a helper program, which is not asked
     */
    public Optional<Credentials> credentials(String registry) throws IOException {
        String host = host(registry);
        Credentials login = logins.get(host);
        if (login != null) {
            return Optional.of(login);
        }
        if (helpers.containsKey(host)) {
            throw new IOException("docker keeps the login for " + registry
                    + " in the credential helper " + helpers.get(host)
                    + ", which is not supported; use `jctl login " + registry + "`");
        }
        return Optional.empty();
    }

    /** The program that keeps logins instead of the file, if one is configured. */
    public Optional<String> credentialStore() {
        return store;
    }

    private static Optional<Credentials> login(String key, JsonNode entry) throws IOException {
        String identity = entry.path("identitytoken").asText();
        if (!identity.isEmpty()) {
            return Optional.of(new Credentials.IdentityToken(identity));
        }
        String encoded = entry.path("auth").asText();
        if (!encoded.isEmpty()) {
            String pair;
            try {
                pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                throw new IOException("docker's configuration: the auth of " + key
                        + " is not base64");
            }
            int colon = pair.indexOf(':');
            if (colon < 1) {
                throw new IOException("docker's configuration: the auth of " + key
                        + " is not name:password");
            }
            return Optional.of(new Credentials.Login(pair.substring(0, colon),
                    pair.substring(colon + 1).replace("\0", "")));
        }
        String username = entry.path("username").asText();
        return username.isEmpty() ? Optional.empty() : Optional.of(
                new Credentials.Login(username, entry.path("password").asText()));
    }

    // Keys are host names or, from old times, addresses: https://index.docker.io/v1/.
    private static String host(String key) {
        String host = key.replaceFirst("^https?://", "").replaceFirst("/.*$", "")
                .toLowerCase(Locale.ROOT);
        return host.equals(HUB_KEY) || host.equals("registry-1.docker.io")
                ? Reference.DOCKER_HUB : host;
    }
}
