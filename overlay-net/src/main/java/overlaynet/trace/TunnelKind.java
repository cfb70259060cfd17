package overlaynet.trace;

/**
 * What a network's tunnels are.
 *
 * @param encrypted whether they are of WireGuard, and not of VXLAN
 * @param port      of UDP that they use
 */
public record TunnelKind(boolean encrypted, int port) {
    private static final int VXLAN_PORT = 4789;
    /** RFC 7348, 8. */
    public static final TunnelKind VXLAN = new TunnelKind(false, VXLAN_PORT);

    /** What leads to another node, in words. */
    String rows() {
        return encrypted ? "route and WireGuard peer lead" : "route, neighbour and forwarding entry lead";
    }
}
