package overlaynet.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What networks that nodes share need of a node, each with what was found and what to do about it. */
public final class Checkup {
    private static final int FULL_PERCENT = 98;
    private static final int NEARLY_FULL_PERCENT = 80;
    private static final long LATELY_SECONDS = 600;
    private static final long MINUTE_SECONDS = 60;
    private static final long HOUR_SECONDS = 3_600;

    private final NodeEvidence evidence;
    private final List<Hop> found = new ArrayList<>();

    private Checkup(NodeEvidence evidence) {
        this.evidence = evidence;
    }

    /** Of what was found: the host first, then other nodes, then network by network. */
    public static List<Hop> of(NodeEvidence evidence) {
        Checkup checkup = new Checkup(evidence);
        checkup.host();
        checkup.port();
        checkup.repairs();
        evidence.nodes().forEach(checkup::node);
        evidence.networks().forEach(checkup::network);
        return List.copyOf(checkup.found);
    }

    private void check(String name, boolean holds, String what, String otherwise, String mend) {
        found.add(holds ? Hop.holds(name, what) : Hop.fails(name, otherwise, mend));
    }

    private void host() {
        NodeEvidence.Host host = evidence.host();
        check("kernel", host.lacking().isEmpty(), "has VXLAN, nf_tables and connection tracking", "has not "
                + String.join(", ", host.lacking()), "load the modules (modprobe), or take a kernel that has them");
        boolean both = host.forwarding() && host.forwarding6();
        check("forwarding", both, "is on", "is off for " + (host.forwarding() ? "IPv6" : host.forwarding6() ? "IPv4"
                : "IPv4 and IPv6") + ": the host passes no packets on", "sysctl -w "
                + (host.forwarding() ? "net.ipv6.conf.all.forwarding=1" : "net.ipv4.ip_forward=1")
                + ", and see who turned it off");
        firewall(host);
        if (host.mostConnections() > 0 && host.connections() >= 0) {
            long percent = host.connections() * 100 / host.mostConnections();
            String what = host.connections() + " of " + host.mostConnections() + " are tracked";
            String mend = "new ones are dropped once it is full: sysctl -w net.netfilter.nf_conntrack_max="
                    + host.mostConnections() * 2;
            found.add(percent >= FULL_PERCENT ? Hop.fails("connections", what, mend)
                    : percent >= NEARLY_FULL_PERCENT ? Hop.warns("connections", what, mend) : Hop.holds("connections",
                    what));
        }
        found.add(host.noFastPath().isEmpty() ? Hop.holds("fast path", "packets of connections that stand take it")
                : Hop.holds("fast path", "there is none, all packets are routed, and sources are checked by their node alone: "
                        + host.noFastPath()));
    }

    private void firewall(NodeEvidence.Host host) {
        int before = found.size();
        for (NodeEvidence.Dropping each : host.dropping()) {
            found.add(Hop.warns("firewall", "chain " + each.chain()
                    + " drops what it does not know, and does not name the bridge "
                    + each.bridge() + (host.bridgedFiltered()
                    ? "; with net.bridge.bridge-nf-call-iptables=1 it sees what stays on"
                            + " a bridge, too" : ""), "nft insert rule " + each.chain() + " iifname " + each.bridge()
                    + " accept, and the same with oifname"));
        }
        host.closed().forEach(each -> closed(each, evidence.port().number()));
        evidence.networks().forEach(network -> network.closed().forEach(each -> closed(each, network.kind().port())));
        if (found.size() == before) {
            found.add(Hop.holds("firewall", "no chain drops by policy what the networks need"));
        }
    }

    private void closed(String chain, int port) {
        found.add(Hop.warns("firewall", "chain " + chain + " drops what comes to this host, and does not name UDP port "
                + port, "nft insert rule " + chain + " udp dport " + port + " accept"));
    }

    private void port() {
        NodeEvidence.Port port = evidence.port();
        String name = "UDP port " + port.number();
        boolean lacking = evidence.networks().stream().anyMatch(each -> each.lacking().isPresent());
        String links = String.join(", ", port.links());
        if (!port.programs().isEmpty()) {
            found.add(Hop.fails(name, "belongs to " + String.join(", ", port.programs()),
                    "tunnels need it: give that program"
                    + " another port, or end it"));
        } else if (!port.numbers().isEmpty()) {
            found.add(Hop.fails(name, "has a VXLAN of somebody else with the number of one of our networks: "
                    + String.join(", ", port.numbers()),
                    "take it away (ip link delete), or give it another number or port"));
        } else if (lacking && (port.hidden() || !port.links().isEmpty())) {
            found.add(Hop.fails(name, port.hidden()
                    ? "is taken by a VXLAN of another network namespace, as docker's swarm makes"
                    + " them" : "is taken by the VXLAN of somebody else: " + links,
                    "where its settings are others than ours"
                    + " there can be none beside it: give it another port (docker swarm init --data-path-port)"));
        } else if (port.hidden()) {
            found.add(Hop.warns(name,
                    "is used by a VXLAN of another network namespace, too, as docker's swarm makes them",
                    "give it another port if tunnels cannot be made (docker swarm init --data-path-port)"));
        } else {
            found.add(Hop.holds(name, port.links().isEmpty() ? "is nobody else's" : "is shared with " + links));
        }
    }

    private void repairs() {
        NodeEvidence.Repairs repairs = evidence.repairs();
        if (repairs.count() == 0) {
            found.add(Hop.holds("repairs", "nothing had to be mended since the agent began"));
            return;
        }
        String what = repairs.count() + " since the agent began, the last " + age(repairs.lastAgeSeconds()) + " ago: "
                + repairs.last();
        found.add(repairs.lastAgeSeconds() > LATELY_SECONDS ? Hop.holds("repairs", what) : Hop.warns("repairs", what,
                "something else on this host changes what the agent makes: see who (nft monitor, ip monitor)"));
    }

    private static String age(long seconds) {
        return seconds < 2 * MINUTE_SECONDS ? seconds + " s" : seconds < 2 * HOUR_SECONDS ? seconds / MINUTE_SECONDS
                + " min"
                : seconds / HOUR_SECONDS + " h";
    }

    /** One that does not answer may be behind a firewall that knows no ping, if its bridge answers. */
    private void node(NodeEvidence.Node node) {
        boolean reached = node.answers() || evidence.networks().stream().flatMap(each -> each.tunnels().stream())
                .anyMatch(each -> each.node().equals(node.id()) && each.answers());
        String there = node.underlay().getHostAddress();
        check("node " + node.id(), reached, "is reached at " + there, "does not answer at " + there,
                "see whether it is on (jctl node ls), and the network between the nodes");
        node.strictLink().ifPresent(link -> found.add(Hop.warns("way to " + node.id(), "leads not through " + link
                + ", which has this node's address and takes packets only from where it would send to (rp_filter=1)",
                "sysctl -w net.ipv4.conf." + link + ".rp_filter=2, and net.ipv4.conf.all.rp_filter=2 or 0")));
    }

    private void network(NodeEvidence.Network network) {
        check("network " + network.name(), network.lacking().isEmpty(), "this node has its part of it",
                network.lacking().orElse(""), "what is said there is in the way");
        if (!network.overlaps().isEmpty()) {
            found.add(Hop.fails("subnet of " + network.name(), "this host reaches " + String.join(", ",
                    network.overlaps())
                    + " within it by another way",
                    "take that route or address away (ip route show table all), or make the network"
                    + " with another --subnet"));
        }
        if (network.lacking().isPresent()) {
            return;
        }
        check("tables of " + network.name(), network.lacks().isEmpty() && network.rules(), "rows and rules are as made",
                String.join("; ", network.lacks()) + (network.rules() ? "" : (network.lacks().isEmpty() ? "" : "; ")
                        + "its bridge's rules are not as made"),
                        "the agent mends that within seconds: if it comes back, see its"
                        + " journal");
        String cut = network.tunnels().stream().filter(NodeEvidence.Tunnel::answers).filter(each -> each.largestBytes()
                < network.mtuBytes()).map(NodeEvidence.Tunnel::node).collect(Collectors.joining(", "));
        int needed = network.mtuBytes() + network.aroundBytes();
        if (cut.isEmpty() && network.underlayBytes() > 0 && network.underlayBytes() < needed) {
            found.add(Hop.warns("MTU of " + network.name(), "its packets of " + network.mtuBytes() + " bytes have "
                    + needed
                    + " in the tunnel, more than the " + network.underlayBytes()
                    + " of this node's link: they are cut in pieces",
                    "raise the link's MTU to " + needed + ", or make the network with --mtu "
                    + (network.underlayBytes() - network.aroundBytes())));
        }
        network.tunnels().forEach(each -> tunnel(network, each));
    }

    private void tunnel(NodeEvidence.Network network, NodeEvidence.Tunnel tunnel) {
        Optional<NodeEvidence.Node> node = evidence.nodes().stream().filter(each -> each.id().equals(tunnel.node()))
                .findFirst();
        found.add(!tunnel.answers() && node.isPresent() && !node.get().answers()
                ? Hop.unknown(nameOf(network.kind(), network.name(), tunnel.node()), "not looked at: the node is not reached")
                : way(network.name(), network.kind(), network.mtuBytes(), network.aroundBytes(), tunnel));
    }

    /** What the way to another node's part of a network is called. */
    public static String nameOf(TunnelKind kind, String network, String node) {
        return kind.noun() + " of " + network + " to " + node;
    }

    /**
     * Whether the way to another node's part of a network holds; of a node that answers beside it.
     *
     * @param network     its name
     * @param kind        what leads there
     * @param mtuBytes    the network's largest packet
     * @param aroundBytes what is put around a packet on its way
     * @param tunnel      what was found
     */
    public static Hop way(String network, TunnelKind kind, int mtuBytes, int aroundBytes, NodeEvidence.Tunnel tunnel) {
        String name = nameOf(kind, network, tunnel.node());
        if (!tunnel.answers()) {
            return Hop.fails(name, "the node answers, and its bridge " + tunnel.bridge().getHostAddress()
                    + " does not " + kind.through(), kind.mend());
        }
        if (!tunnel.checksums()) {
            return Hop.fails(name, "pings and datagrams without a checksum pass, those with one do not: it is wrong when they arrive, as"
                    + " a network card does it that reckons with no tunnels", "have the kernel do it, on both nodes: ethtool -K LINK"
                    + " tx-checksum-ip-generic off, of the link between the nodes");
        }
        if (tunnel.largestBytes() < mtuBytes) {
            return Hop.fails(name, "small packets pass, packets of " + mtuBytes
                    + " bytes do not: the largest that"
                    + " passes has " + tunnel.largestBytes() + ", so the MTU between the nodes is "
                    + (tunnel.largestBytes() + aroundBytes) + ", and the network's needs "
                    + (mtuBytes + aroundBytes),
                    "raise the MTU of the links between the nodes, or make the"
                    + " network anew with --mtu " + tunnel.largestBytes());
        }
        return Hop.holds(name, "its bridge answers, packets of " + mtuBytes + " bytes as well");
    }
}
