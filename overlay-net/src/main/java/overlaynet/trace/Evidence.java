package overlaynet.trace;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What was found of the way from a container to others in a network that nodes share.
 *
 * @param network  its name
 * @param lacking  why this node's part of it is not as it should be; empty if it is
 * @param source   the container's end
 * @param target   what was asked for
 * @param ways     to each task, or the address, that the target stands for
 * @param port     that was tried; 0 = none
 * @param tunnels  what leads to other nodes
 */
public record Evidence(String network, Optional<String> lacking, Source source, Target target, List<Way> ways,
        int port, TunnelKind tunnels) {
    /** Copies the list. */
    public Evidence {
        ways = List.copyOf(ways);
    }

    /** Of a network that is not encrypted. */
    public Evidence(String network, Optional<String> lacking, Source source, Target target, List<Way> ways, int port) {
        this(network, lacking, source, target, ways, port, TunnelKind.VXLAN);
    }

    /**
     * A container's end.
     *
     * @param address    it has in the network
     * @param hostLink   the host's end of its cable
     * @param cable      whether that is there, up, and in the bridge
     * @param linkUp     whether its own end is up
     * @param hasAddress whether its own end has the address
     * @param hasRoute   whether it sends what is for the network to the host
     * @param bridge     whether the bridge stands
     * @param rules      whether the bridge's rules stand
     * @param forwarding whether the host passes packets on
     */
    public record Source(InetAddress address, String hostLink, boolean cable, boolean linkUp, boolean hasAddress,
            boolean hasRoute, boolean bridge, boolean rules, boolean forwarding) {
    }

    /**
     * What was asked for.
     *
     * @param text      a name or an address
     * @param addresses it stands for; none if it is nobody's name
     * @param service   whose one address that is; {@code ""} = nobody's
     * @param balanced  whether the table that leads such an address to tasks stands
     */
    public record Target(String text, List<InetAddress> addresses, String service, boolean balanced) {
        /** Copies the list. */
        public Target {
            addresses = List.copyOf(addresses);
        }
    }

    /** What an attempt to connect came to. */
    public enum Answer {
        /** It was taken. */
        TAKEN,
        /** Somebody said that nobody listens there. */
        REFUSED,
        /** Nothing came back. */
        SILENCE,
        /** It was not tried. */
        NOT_TRIED
    }

    /**
     * The way to one address.
     *
     * @param name     of the task, or the address
     * @param address  of it
     * @param node     that has it; {@code ""} = this one
     * @param underlay of that node
     * @param lacks    rows of the kernel's tables that are not as they should be, in words
     * @param nodeAnswers whether that node's own address between the nodes answers
     * @param farBridge whether its bridge answers through the tunnel
     * @param forbidden the words of what the network's policy forbids it by; {@code ""} = it does not
     * @param answers  whether the container there answers
     * @param port     what an attempt to connect came to, from the source's own namespace
     */
    public record Way(String name, InetAddress address, String node, Optional<InetAddress> underlay, List<String> lacks,
            boolean nodeAnswers, boolean farBridge, String forbidden, boolean answers, Answer port) {
        /** Copies the list. */
        public Way {
            lacks = List.copyOf(lacks);
        }

        boolean isHere() {
            return node.isEmpty();
        }
    }
}
