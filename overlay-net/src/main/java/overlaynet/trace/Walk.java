package overlaynet.trace;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The hops of a way, in the order a packet meets them: which hold, and which is the first that does not. */
public final class Walk {
    private static final String AGENT_MENDS = "the node's agent mends that within seconds: if it comes back, see its"
            + " journal";

    private final List<Hop> hops = new ArrayList<>();
    private boolean broken;

    private Walk() {
    }

    /** Of what was found. After a hop that fails those behind it are told of only as far as they were looked at. */
    public static List<Hop> of(Evidence evidence) {
        Walk walk = new Walk();
        walk.part(evidence);
        walk.inside(evidence);
        walk.name(evidence.target());
        walk.host(evidence.source());
        walk.balance(evidence);
        for (Evidence.Way way : evidence.ways()) {
            boolean before = walk.broken;
            walk.way(way, evidence.port(), evidence.tunnels());
            walk.broken = before; // another task's way may hold
        }
        return List.copyOf(walk.hops);
    }

    private void hop(String name, boolean holds, String what, String otherwise, String mend) {
        if (broken) {
            hops.add(Hop.unknown(name, "not looked at"));
        } else if (holds) {
            hops.add(Hop.holds(name, what));
        } else {
            hops.add(Hop.fails(name, otherwise, mend));
            broken = true;
        }
    }

    private void part(Evidence evidence) {
        hop("network", evidence.lacking().isEmpty(), "this node has its part of " + evidence.network(),
                evidence.lacking().orElse(""), "what is said there is in the way");
    }

    private void inside(Evidence evidence) {
        Evidence.Source source = evidence.source();
        String address = source.address().getHostAddress();
        String why = !source.linkUp() ? "its link is down" : !source.hasAddress() ? "its link has not the address " + address
                : "it has no route to the network";
        hop("container", source.linkUp() && source.hasAddress() && source.hasRoute(), address
                + ", its link is up and it knows the way to the network", why,
                "something in the container changed that: restart it");
    }

    private void name(Evidence.Target target) {
        hop("name", !target.addresses().isEmpty(), target.text() + " is " + target.addresses().stream()
                .map(InetAddress::getHostAddress).collect(Collectors.joining(", ")),
                "nobody in the network is called " + target.text(), "see `jctl service ls` and `jctl network inspect`: a"
                        + " service is found in its own networks only, and its tasks while they run");
    }

    private void host(Evidence.Source source) {
        hop("cable", source.cable(), source.hostLink() + " is up and in the bridge",
                source.hostLink() + " is not there, down, or in no bridge", "bring it up (ip link set " + source.hostLink()
                        + " up), or restart the container");
        hop("bridge", source.bridge(), "stands", "is not as it should be", AGENT_MENDS);
        hop("rules", source.rules(), "stand", "are not as they should be", AGENT_MENDS);
        hop("forwarding", source.forwarding(), "is on", "is off: the host passes no packets on",
                "sysctl -w net.ipv4.ip_forward=1, and see who turned it off");
    }

    private void balance(Evidence evidence) {
        if (evidence.target().service().isEmpty()) {
            return;
        }
        hop("address", evidence.target().balanced(), "leads to " + evidence.ways().size() + " tasks of "
                + evidence.target().service(), "the table that leads it to tasks is not as it should be", AGENT_MENDS);
        hop("tasks", !evidence.ways().isEmpty(), evidence.ways().stream().map(Evidence.Way::name)
                .collect(Collectors.joining(", ")), "no task of " + evidence.target().service() + " takes connections",
                "`jctl service ps " + evidence.target().service() + "` and `jctl why " + evidence.target().service()
                        + "` say why none runs and is healthy");
    }

    private void way(Evidence.Way way, int port, TunnelKind tunnels) {
        String of = " of " + way.name();
        if (!way.isHere()) {
            hop(tunnels.noun() + of, way.lacks().isEmpty(), tunnels.rows() + " to node " + way.node(),
                    String.join("; ", way.lacks()), AGENT_MENDS);
            String there = way.underlay().map(InetAddress::getHostAddress).orElse("an address nobody knows");
            hop("node" + of, way.nodeAnswers() || way.farBridge(), "node " + way.node() + " is reached at " + there,
                    "node " + way.node() + " does not answer at " + there, "see whether it is on (jctl node ls), and the"
                            + " network between the nodes");
            hop("far bridge" + of, way.farBridge(), "answers " + tunnels.through(), "node " + way.node() + " answers at "
                    + there + ", and its bridge does not " + tunnels.through(), tunnels.mend());
        }
        if (!way.forbidden().isEmpty()) {
            hop("policy" + of, false, "", "\"" + way.forbidden() + "\" refuses " + (port == 0 ? "it" : "port " + port),
                    "if it is to be allowed: jctl network update NETWORK --rule-add 'allow FROM to TO'");
        }
        hop("far container" + of, way.answers(), way.address().getHostAddress() + " answers",
                way.address().getHostAddress() + " does not answer", "see whether it runs (jctl service ps), and its link and"
                        + " routes inside of it");
        if (port != 0 && way.port() != Evidence.Answer.NOT_TRIED) {
            hop("port" + of, way.port() == Evidence.Answer.TAKEN, "port " + port + " takes connections",
                    way.port() == Evidence.Answer.REFUSED ? "nobody listens on port " + port
                            : "port " + port + " does not answer, though the container does",
                    way.port() == Evidence.Answer.REFUSED ? "see what the program says (jctl service logs), and that it"
                            + " listens on all addresses and not on 127.0.0.1 alone"
                            : "a rule inside the container, or a policy, drops it");
        }
    }
}
