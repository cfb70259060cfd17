package clusterd.model;

import java.util.List;

/**
 * A network that a service's tasks are in.
 *
 * @param network which
 * @param aliases what the service is called there, beside its own name
 */
public record NetworkUse(NetworkId network, List<String> aliases) {
    /** Copies the list. */
    public NetworkUse {
        aliases = List.copyOf(aliases);
    }
}
