package runtime.systemd;

import java.nio.file.Path;
import java.util.Map;

/** Where message buses listen (D-Bus specification, server addresses). */
public final class BusAddress {
    private static final String UNIX_PATH = "unix:path=";

    private BusAddress() {}

    /** The host's own bus. */
    public static Path system(Map<String, String> environment) {
        return path(environment.getOrDefault("DBUS_SYSTEM_BUS_ADDRESS", ""))
                .orElse(Path.of("/run/dbus/system_bus_socket"));
    }

    /**
     * The user's bus.
     *
     * @throws IllegalArgumentException if the environment does not say where it is
     */
    public static Path user(Map<String, String> environment) {
        return path(environment.getOrDefault("DBUS_SESSION_BUS_ADDRESS", "")).orElseGet(() -> {
            String folder = environment.getOrDefault("XDG_RUNTIME_DIR", "");
            if (folder.isEmpty()) {
                throw new IllegalArgumentException("neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR"
                        + " says where the user's message bus is; log in with systemd's session, or set"
                        + " one");
            }
            return Path.of(folder, "bus");
        });
    }

    /** The first of an address's alternatives that is a socket with a path. */
    private static java.util.Optional<Path> path(String address) {
        for (String alternative : address.split(";")) {
            if (alternative.startsWith(UNIX_PATH)) {
                return java.util.Optional.of(
                        Path.of(alternative.substring(UNIX_PATH.length()).split(",", 2)[0]));
            }
        }
        return java.util.Optional.empty();
    }
}
