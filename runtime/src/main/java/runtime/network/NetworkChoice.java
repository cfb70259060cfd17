package runtime.network;

import java.util.List;

/**
 * A network a container shall be in.
 *
 * @param network     its name
 * @param aliases     further names the other containers of the network may call it
 * @param ipv4Address the address it shall have; empty for the next free one
 * @param ipv6Address likewise
 * @param interfaceName what its link is called there; empty for {@code eth0}, {@code eth1} and so on
 */
public record NetworkChoice(String network, List<String> aliases, String ipv4Address,
        String ipv6Address, String interfaceName) {
    public NetworkChoice {
        aliases = List.copyOf(aliases);
        interfaceName = interfaceName == null ? "" : interfaceName; // records of before have none
    }

    /** One whose link has the usual name. */
    public NetworkChoice(String network, List<String> aliases, String ipv4Address, String ipv6Address) {
        this(network, aliases, ipv4Address, ipv6Address, "");
    }

    /** A place with nothing more to say of it. */
    public static NetworkChoice of(String network) {
        return new NetworkChoice(network, List.of(), "", "");
    }
}
