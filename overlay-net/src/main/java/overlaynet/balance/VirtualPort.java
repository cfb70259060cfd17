package overlaynet.balance;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

/**
 * A port of a service's one address, and who serves it.
 *
 * @param address   of the service; no interface has it
 * @param protocol  of the port
 * @param port      1 to 65535
 * @param choice    how one of the endpoints is chosen for a connection
 * @param endpoints of the address' family; none: connections are refused at once
 */
public record VirtualPort(InetAddress address, Protocol protocol, int port, Choice choice, List<Endpoint> endpoints) {
    /** What has ports, and is balanced. */
    public enum Protocol {
        TCP, UDP, SCTP;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How an endpoint is chosen. */
    public enum Choice {
        /** Each is as likely. */
        RANDOM,
        /** One after the other; ports of as many endpoints count together. */
        IN_TURN,
        /** By the client's address: the same one for the same client, as long as it is there. */
        SOURCE
    }

    /** Copies the list, and checks that the families are the same. */
    public VirtualPort {
        endpoints = List.copyOf(endpoints);
        for (Endpoint each : endpoints) {
            if (each.address().getClass() != address.getClass()) {
                throw new IllegalArgumentException("endpoint " + each.address().getHostAddress()
                        + " is not of the family of " + address.getHostAddress());
            }
        }
    }

    boolean ipv4() {
        return address.getAddress().length == Integer.BYTES;
    }
}
