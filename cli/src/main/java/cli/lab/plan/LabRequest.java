package cli.lab.plan;

import clusterd.spec.SiteName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import overlaynet.ipam.Subnet;

/**
 * What the user asked for.
 *
 * @param name         of the lab
 * @param nodes        how many hosts
 * @param subnet       as written; empty: a free one
 * @param agentOptions words for each agent
 * @param sites        one for each host, beginning again when all are given; empty: none
 */
public record LabRequest(String name, long nodes, String subnet, List<String> agentOptions, List<String> sites) {
    /** More would not fit a subnet of /24, and few machines: each is a daemon of its own. */
    public static final int MOST_NODES = 250;

    /** A Unix socket's path ends at 108 bytes, the last of them zero ({@code unix(7)}). */
    private static final int MOST_PATH_BYTES = 107;
    private static final int SHORTEST_PREFIX = 16;
    private static final int LONGEST_PREFIX = 29;

    /** Of hosts that stand nowhere in particular. */
    public LabRequest(String name, long nodes, String subnet, List<String> agentOptions) {
        this(name, nodes, subnet, agentOptions, List.of());
    }

    /** The subnets tried for a lab that was given none, in this order. */
    static List<Subnet> candidates() {
        return IntStream.rangeClosed(0, 255).mapToObj(third -> Subnet.parse("10.89." + third + ".0/24")).toList();
    }

    /**
     * The lab that follows.
     *
     * @param base  the folder of all labs
     * @param taken networks the machine reaches already
     * @throws LabRefusal if the words make no lab
     */
    public LabDescription describe(Path base, Collection<Subnet> taken) throws LabRefusal {
        LabNames.check(name);
        if (nodes < 1 || nodes > MOST_NODES) {
            throw new LabRefusal("a lab has from 1 to " + MOST_NODES + " nodes, not " + nodes);
        }
        checkOptions(agentOptions);
        for (String site : sites) {
            Optional<String> problem = SiteName.problem(site);
            if (problem.isPresent()) {
                throw new LabRefusal("the sites: " + problem.get());
            }
        }
        Subnet chosen = subnet.isEmpty() ? free(taken) : given(taken);
        long room = chosen.lastHostOffset() - chosen.firstHostOffset();
        if (nodes > room) {
            throw new LabRefusal("the subnet " + chosen + " has addresses for " + room
                    + " nodes beside the bridge's own, not for " + nodes + ": give a larger one");
        }
        List<VirtualHost> hosts = new ArrayList<>();
        for (int number = 1; number <= nodes; number++) {
            hosts.add(new VirtualHost(number, chosen.at(number), agentOptions, true,
                    sites.isEmpty() ? "" : sites.get((number - 1) % sites.size())));
        }
        LabDescription lab = new LabDescription(name, base.resolve(name), chosen, hosts, List.of());
        Path socket = lab.socket(hosts.getLast());
        if (socket.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MOST_PATH_BYTES) {
            throw new LabRefusal(socket + " is too long for a socket, which has at most " + MOST_PATH_BYTES
                    + " bytes: choose a shorter --base");
        }
        return lab;
    }

    /**
     * Looks whether these can be words for an agent. Its folders are how a lab finds it again.
     *
     * @throws LabRefusal if one cannot
     */
    public static void checkOptions(List<String> options) throws LabRefusal {
        for (String option : options) {
            for (String own : List.of("--run-dir", "--data-dir")) {
                if (option.equals(own) || option.startsWith(own + "=")) {
                    throw new LabRefusal("the lab itself gives each agent its " + own);
                }
            }
            AgentWords.check(option);
        }
    }

    private Subnet given(Collection<Subnet> taken) throws LabRefusal {
        Subnet parsed;
        try {
            parsed = Subnet.parse(subnet);
        } catch (IllegalArgumentException wrong) {
            throw new LabRefusal("the subnet: " + wrong.getMessage());
        }
        if (!parsed.ipv4() || parsed.prefixLength() < SHORTEST_PREFIX
                || parsed.prefixLength() > LONGEST_PREFIX) {
            throw new LabRefusal("the subnet " + parsed + " must be IPv4, from /" + SHORTEST_PREFIX + " to /"
                    + LONGEST_PREFIX);
        }
        Optional<Subnet> other = taken.stream().filter(parsed::overlaps).findFirst();
        if (other.isPresent()) {
            throw new LabRefusal("the subnet " + parsed + " overlaps " + other.get()
                    + ", which this machine reaches already (ip route show table all): choose another, or none");
        }
        return parsed;
    }

    private static Subnet free(Collection<Subnet> taken) throws LabRefusal {
        return candidates().stream().filter(candidate -> taken.stream().noneMatch(candidate::overlaps))
                .findFirst().orElseThrow(() -> new LabRefusal("no /24 of 10.89.0.0/16 is free on this machine"
                        + " (ip route show table all): give a --subnet"));
    }
}
