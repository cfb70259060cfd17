package overlaynet.trace;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What was found of a node and its part of the networks that nodes share.
 *
 * @param host     of the host itself
 * @param port     of the port of UDP that tunnels use
 * @param repairs  what the audit mended
 * @param nodes    other nodes that have a part of these networks
 * @param networks that were looked at
 */
public record NodeEvidence(Host host, Port port, Repairs repairs, List<Node> nodes, List<Network> networks) {
    /** Copies the lists. */
    public NodeEvidence {
        nodes = List.copyOf(nodes);
        networks = List.copyOf(networks);
    }

    /**
     * The host itself.
     *
     * @param lacking         what its kernel has not, in words
     * @param forwarding      whether it passes packets on, IPv4
     * @param forwarding6     the same of IPv6; true where no network has it
     * @param bridgedFiltered whether bridged frames pass its firewall as well ({@code bridge-nf-call-iptables})
     * @param dropping        what of its firewall drops packets for a bridge
     * @param closed          chains that drop what comes to the host, and do not name the tunnels' port
     * @param connections     that it tracks; -1 = unknown
     * @param mostConnections that it can
     * @param noFastPath      why packets of connections that stand take no fast path; {@code ""} if they do
     */
    public record Host(List<String> lacking, boolean forwarding, boolean forwarding6, boolean bridgedFiltered,
            List<Dropping> dropping, List<String> closed, long connections, long mostConnections, String noFastPath) {
        /** Copies the lists. */
        public Host {
            lacking = List.copyOf(lacking);
            dropping = List.copyOf(dropping);
            closed = List.copyOf(closed);
        }
    }

    /**
     * A chain with policy drop that does not name a bridge.
     *
     * @param chain  as {@code nft(8)} calls it
     * @param bridge that it does not name
     */
    public record Dropping(String chain, String bridge) {
    }

    /**
     * The port of UDP.
     *
     * @param number   of it
     * @param programs that have it, in words
     * @param links    VXLAN links of others on it
     * @param numbers  of these that have the VNI of one of our networks
     * @param hidden   whether the kernel has it for a link that is not in this network namespace
     */
    public record Port(int number, List<String> programs, List<String> links, List<String> numbers, boolean hidden) {
        /** Copies the lists. */
        public Port {
            programs = List.copyOf(programs);
            links = List.copyOf(links);
            numbers = List.copyOf(numbers);
        }
    }

    /**
     * What was mended since the agent began.
     *
     * @param count          of it
     * @param last           the newest, in words
     * @param lastAgeSeconds how long ago that was
     */
    public record Repairs(long count, String last, long lastAgeSeconds) {
    }

    /**
     * Another node.
     *
     * @param id         of it
     * @param underlay   where it is to be reached
     * @param answers    whether it answers there
     * @param strictLink that has this node's own address, takes packets only of who is reached through it
     *                   ({@code rp_filter}), and is not the way to that node
     */
    public record Node(String id, InetAddress underlay, boolean answers, Optional<String> strictLink) {
    }

    /**
     * A network.
     *
     * @param name          of it
     * @param lacking       why this node's part of it is not as it should be; empty if it is
     * @param overlaps      what else the host reaches within its subnet
     * @param lacks         rows of the kernel's tables that are not as they should be, in words
     * @param rules         whether its bridge's rules stand
     * @param mtuBytes      its largest packet
     * @param aroundBytes   what a tunnel puts around a packet
     * @param underlayBytes the largest packet of the link that tunnels go through; 0 = unknown
     * @param tunnels       to the other nodes
     * @param kind          of these
     * @param closed        chains that drop what comes to the host, and do not name the port of a network's own
     */
    public record Network(String name, Optional<String> lacking, List<String> overlaps, List<String> lacks,
            boolean rules, int mtuBytes, int aroundBytes, int underlayBytes, List<Tunnel> tunnels, TunnelKind kind,
            List<String> closed) {
        /** Copies the lists. */
        public Network {
            overlaps = List.copyOf(overlaps);
            lacks = List.copyOf(lacks);
            tunnels = List.copyOf(tunnels);
            closed = List.copyOf(closed);
        }

        /** One that is not encrypted. */
        public Network(String name, Optional<String> lacking, List<String> overlaps, List<String> lacks,
                boolean rules, int mtuBytes, int aroundBytes, int underlayBytes, List<Tunnel> tunnels) {
            this(name, lacking, overlaps, lacks, rules, mtuBytes, aroundBytes, underlayBytes, tunnels, TunnelKind.VXLAN,
                    List.of());
        }
    }

    /**
     * The way to another node's bridge.
     *
     * @param node         that has it
     * @param bridge       its address
     * @param answers      whether it answers a small packet
     * @param largestBytes the largest packet it answers, up to the network's
     * @param checksums    false if it answers datagrams without a checksum alone
     */
    public record Tunnel(String node, InetAddress bridge, boolean answers, int largestBytes, boolean checksums) {
        /** One whose checksums are right. */
        public Tunnel(String node, InetAddress bridge, boolean answers, int largestBytes) {
            this(node, bridge, answers, largestBytes, true);
        }
    }
}
