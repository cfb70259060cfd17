package overlaynet.trace;

/**
 * What leads to the other nodes of a network.
 *
 * @param means what it is made of
 * @param port  of UDP that it uses; 0 = none
 */
public record TunnelKind(Means means, int port) {
    private static final int VXLAN_PORT = 4789;
    /** RFC 7348, 8. */
    public static final TunnelKind VXLAN = new TunnelKind(Means.VXLAN, VXLAN_PORT);
    /** No tunnel at all. */
    public static final TunnelKind ROUTES = new TunnelKind(Means.ROUTES, 0);

    /** What it is made of. */
    public enum Means {
        /** A link, and entries that say which node is where. */
        VXLAN,
        /** A link, and keys of the other nodes. */
        WIREGUARD,
        /** The host's own routes. */
        ROUTES
    }

    /** One that is encrypted. */
    public static TunnelKind wireGuard(int port) {
        return new TunnelKind(Means.WIREGUARD, port);
    }

    /** What leads to another node, in words. */
    String rows() {
        return switch (means) {
            case VXLAN -> "route, neighbour and forwarding entry lead";
            case WIREGUARD -> "route and WireGuard peer lead";
            case ROUTES -> "a route leads";
        };
    }

    /** What it is called. */
    String noun() {
        return means == Means.ROUTES ? "way" : "tunnel";
    }

    /** How a packet goes. */
    String through() {
        return means == Means.ROUTES ? "to packets of the network" : "through the tunnel";
    }

    /** What to do if packets do not arrive, though the other node is reached. */
    String mend() {
        String agent = ", and see that the agent there runs (it mends its own tables)";
        return means == Means.ROUTES ? "let packets with the network's addresses pass between the nodes, which switches, clouds"
                + " and hypervisors that check addresses do not" + agent
                : "let UDP port " + port + " through between the nodes in both directions" + agent;
    }
}
