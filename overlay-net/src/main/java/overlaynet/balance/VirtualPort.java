package overlaynet.balance;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

/**
 * A port of a service's one address, and who serves it.
 *
 * @param address   of the service, which no interface has; the unspecified one: all of this host's own
 * @param protocol  of the port
 * @param port      1 to 65535; 0 of any protocol
 * @param choice    how one of the endpoints is chosen for a connection
 * @param endpoints of the address' family; none: connections are refused at once
 */
public record VirtualPort(InetAddress address, Protocol protocol, int port, Choice choice, List<Endpoint> endpoints) {
    /** What has ports, and is balanced. */
    public enum Protocol {
        TCP, UDP, SCTP,
        /** All of them, and what has no ports; the port is 0 then, and stays as the client has it. */
        ANY;

        /** Those whose ports are told apart. */
        public static final List<Protocol> WITH_PORTS = List.of(TCP, UDP, SCTP);

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
        boolean any = protocol == Protocol.ANY;
        if (any != (port == 0) || endpoints.stream().anyMatch(each -> any != (each.port() == 0))) {
            throw new IllegalArgumentException("port " + port + " of " + protocol + " with endpoints " + endpoints
                    + ": of any protocol all ports are 0, of another none");
        }
        for (Endpoint each : endpoints) {
            if (each.address().getClass() != address.getClass()) {
                throw new IllegalArgumentException("endpoint " + each.address().getHostAddress()
                        + " is not of the family of " + address.getHostAddress());
            }
        }
    }

    /** Of an address for whatever comes to it, with endpoints that are addresses alone. */
    public static VirtualPort any(InetAddress address, Choice choice, List<InetAddress> endpoints) {
        return new VirtualPort(address, Protocol.ANY, 0, choice, endpoints.stream().map(Endpoint::any).toList());
    }

    /** Of every address this host has. */
    public static VirtualPort everywhere(boolean ipv4, Protocol protocol, int port, Choice choice,
            List<Endpoint> endpoints) {
        return new VirtualPort(InetAddress.ofLiteral(ipv4 ? "0.0.0.0" : "::"), protocol, port, choice, endpoints);
    }

    /** Whether it is a port of the host itself. */
    public boolean isEverywhere() {
        return address.isAnyLocalAddress();
    }

    boolean ipv4() {
        return address.getAddress().length == Integer.BYTES;
    }
}
