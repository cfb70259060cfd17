package overlaynet.network;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import overlaynet.ipam.Subnet;
import overlaynet.ipam.SubnetChoice;

/** Which network comes of a wish. */
public final class NetworkDecision {
    /** docker's names of the options that are honoured. */
    public static final String BRIDGE_NAME_OPTION = "com.docker.network.bridge.name";
    public static final String MTU_OPTION = "com.docker.network.driver.mtu";
    private static final String OLD_MTU_OPTION = "mtu";
    private static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}";
    private static final int LEAST_MTU_BYTES = 68;
    private static final int LEAST_IPV6_MTU_BYTES = 1280;
    private static final int MOST_MTU_BYTES = 65_535;
    private static final int LINK_NAME_LENGTH = 15;

    private NetworkDecision() {}

    /** A wish that cannot be had: why, and what to do. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String reason) {
            super(reason);
        }
    }

    /**
     * The circumstances.
     *
     * @param id            for the network
     * @param now           time of day
     * @param linkName      for its bridge, unless the wish names one
     * @param taken         what the host reaches already, name servers among it
     * @param others        the agent's networks
     * @param largestSubnet length of the shortest prefix a bridge's IPv4 subnet may have
     * @param smallestSubnet of the longest
     */
    public record Circumstances(String id, Instant now, String linkName,
            Collection<Subnet> taken, Collection<NetworkDefinition> others, int largestSubnet,
            int smallestSubnet) {}

    /**
     * Decides.
     *
     * @throws RefusedException with a sentence for the user
     */
    public static NetworkDefinition choose(NetworkWish wish, Circumstances around)
            throws RefusedException {
        checkName(wish.name());
        String linkName = around.linkName();
        OptionalInt mtuBytes = OptionalInt.empty();
        for (var option : wish.options().entrySet()) {
            switch (option.getKey()) {
                case BRIDGE_NAME_OPTION -> linkName = linkName(option.getValue(), around);
                case MTU_OPTION, OLD_MTU_OPTION -> mtuBytes =
                        OptionalInt.of(mtu(option.getValue()));
                default -> throw new RefusedException("network option " + option.getKey()
                        + " is not known here; there are " + BRIDGE_NAME_OPTION + " and "
                        + MTU_OPTION);
            }
        }
        List<Subnet> subnets = subnets(wish.subnets(), "--subnet");
        List<Subnet> ranges = subnets(wish.ranges(), "--ip-range");
        List<InetAddress> gateways = addresses(wish.gateways());
        Subnet subnet = subnet(subnets, around);
        Optional<Subnet> subnet6 = only(subnets, false, "--subnet");
        if (subnet6.isEmpty() && wish.ipv6()) {
            subnet6 = Optional.of(localSubnet(around.id()));
        }
        if (subnet6.isPresent()) {
            checkIpv6(subnet6.get(), mtuBytes, around);
        }
        Optional<Subnet> range = only(ranges, true, "--ip-range");
        if (range.isPresent() && !subnet.contains(range.get().network())
                || range.isPresent() && range.get().prefixLength() < subnet.prefixLength()) {
            throw new RefusedException("--ip-range " + range.get() + " is not within the subnet "
                    + subnet);
        }
        if (only(ranges, false, "--ip-range").isPresent()) {
            throw new RefusedException("--ip-range is for IPv4 only; leave that of IPv6 out");
        }
        InetAddress gateway = gateway(gateways, subnet);
        Optional<NetworkDefinition.Ipv6> ipv6 = Optional.empty();
        if (subnet6.isPresent()) {
            ipv6 = Optional.of(new NetworkDefinition.Ipv6(subnet6.get(),
                    gateway(gateways, subnet6.get())));
        }
        for (InetAddress given : gateways) {
            if (!subnet.contains(given) && (subnet6.isEmpty() || !subnet6.get().contains(given))) {
                throw new RefusedException("--gateway " + given.getHostAddress()
                        + " is in no subnet of the network");
            }
        }
        return new NetworkDefinition(around.id(), wish.name(), around.now(), subnet, gateway,
                range, ipv6, wish.internal(), linkName, mtuBytes, wish.labels(), wish.options());
    }

    /** Whether the text can be a network's name; says why not. */
    private static void checkName(String name) throws RefusedException {
        if (!name.matches(NAME)) {
            throw new RefusedException("invalid network name \"" + name
                    + "\": only [a-zA-Z0-9][a-zA-Z0-9_.-]* is allowed, at most 128 characters");
        }
        switch (name) {
            case "bridge", "default", "host", "none", "container" -> throw new RefusedException(
                    "the network name " + name + " is jctl's own; choose another");
            default -> {
                if (name.matches("[0-9a-f]{64}")) {
                    throw new RefusedException("the network name " + name + " looks like an id;"
                            + " choose another");
                }
            }
        }
    }

    private static String linkName(String text, Circumstances around) throws RefusedException {
        if (!text.matches("[a-zA-Z0-9_-][a-zA-Z0-9_.-]*") || text.length() > LINK_NAME_LENGTH) {
            throw new RefusedException(BRIDGE_NAME_OPTION + "=" + text + ": a link's name has at"
                    + " most " + LINK_NAME_LENGTH + " letters, digits, dots, dashes, underscores");
        }
        for (NetworkDefinition other : around.others()) {
            if (other.linkName().equals(text)) {
                throw new RefusedException("the bridge " + text + " is that of the network "
                        + other.name() + "; choose another " + BRIDGE_NAME_OPTION);
            }
        }
        return text;
    }

    private static int mtu(String text) throws RefusedException {
        int mtu = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (mtu < LEAST_MTU_BYTES || mtu > MOST_MTU_BYTES) {
            throw new RefusedException(MTU_OPTION + "=" + text + " is not from " + LEAST_MTU_BYTES
                    + " to " + MOST_MTU_BYTES);
        }
        return mtu;
    }

    private static List<Subnet> subnets(List<String> texts, String option)
            throws RefusedException {
        List<Subnet> subnets = new ArrayList<>();
        for (String text : texts) {
            try {
                subnets.add(Subnet.parse(text));
            } catch (IllegalArgumentException wrong) {
                throw new RefusedException(option + ": " + wrong.getMessage());
            }
        }
        return subnets;
    }

    private static List<InetAddress> addresses(List<String> texts) throws RefusedException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String text : texts) {
            try {
                addresses.add(InetAddress.ofLiteral(text));
            } catch (IllegalArgumentException wrong) {
                throw new RefusedException("--gateway " + text + ": not an IP address");
            }
        }
        return addresses;
    }

    private static Optional<Subnet> only(List<Subnet> subnets, boolean ipv4, String option)
            throws RefusedException {
        List<Subnet> family = subnets.stream().filter(each -> each.ipv4() == ipv4).toList();
        if (family.size() > 1) {
            throw new RefusedException("a network has one IPv4 and one IPv6 subnet; " + option
                    + " was given " + family);
        }
        return family.stream().findFirst();
    }

    private static Subnet subnet(List<Subnet> given, Circumstances around)
            throws RefusedException {
        Optional<Subnet> wanted = only(given, true, "--subnet");
        if (wanted.isEmpty()) {
            List<Subnet> taken = new ArrayList<>(around.taken());
            around.others().forEach(other -> taken.add(other.subnet()));
            return SubnetChoice.choose(SubnetChoice.candidates(), taken).orElseThrow(() ->
                    new RefusedException("every private subnet tried overlaps a network the host"
                            + " reaches already (ip route show table all); give one with"
                            + " --subnet"));
        }
        if (wanted.get().prefixLength() < around.largestSubnet()
                || wanted.get().prefixLength() > around.smallestSubnet()) {
            throw new RefusedException("--subnet " + wanted.get() + ": a bridge's IPv4 subnet is"
                    + " from /" + around.largestSubnet() + " to /" + around.smallestSubnet());
        }
        checkFree(wanted.get(), around);
        return wanted.get();
    }

    private static void checkFree(Subnet wanted, Circumstances around) throws RefusedException {
        for (NetworkDefinition other : around.others()) {
            boolean overlaps = wanted.overlaps(other.subnet())
                    || other.ipv6().isPresent() && wanted.overlaps(other.ipv6().get().subnet());
            if (overlaps) {
                throw new RefusedException("--subnet " + wanted + " overlaps that of the network "
                        + other.name());
            }
        }
        for (Subnet taken : around.taken()) {
            if (wanted.overlaps(taken)) {
                throw new RefusedException("--subnet " + wanted + " overlaps " + taken
                        + ", which the host reaches already (ip route show table all)");
            }
        }
    }

    private static void checkIpv6(Subnet subnet, OptionalInt mtuBytes, Circumstances around)
            throws RefusedException {
        if (subnet.prefixLength() < 16 || subnet.prefixLength() > 120) {
            throw new RefusedException("--subnet " + subnet + ": a bridge's IPv6 subnet is from"
                    + " /16 to /120");
        }
        if (mtuBytes.isPresent() && mtuBytes.getAsInt() < LEAST_IPV6_MTU_BYTES) {
            throw new RefusedException(MTU_OPTION + "=" + mtuBytes.getAsInt() + ": IPv6 needs at"
                    + " least " + LEAST_IPV6_MTU_BYTES + " (RFC 8200, 5)");
        }
        checkFree(subnet, around);
    }

    private static InetAddress gateway(List<InetAddress> given, Subnet subnet)
            throws RefusedException {
        List<InetAddress> fitting = given.stream().filter(subnet::contains).toList();
        if (fitting.size() > 1) {
            throw new RefusedException("--gateway was given twice for " + subnet);
        }
        if (fitting.isEmpty()) {
            return subnet.at(1);
        }
        long offset;
        try {
            offset = subnet.offsetOf(fitting.getFirst());
        } catch (IllegalArgumentException far) {
            throw new RefusedException("--gateway: " + far.getMessage());
        }
        if (offset < subnet.firstHostOffset() || offset > subnet.lastHostOffset()) {
            throw new RefusedException("--gateway " + fitting.getFirst().getHostAddress()
                    + " is the network or broadcast address of " + subnet);
        }
        return fitting.getFirst();
    }

    /** A unique local subnet (RFC 4193): its forty random bits are the id's first. */
    private static Subnet localSubnet(String id) {
        return Subnet.parse("fd" + id.substring(0, 2) + ":" + id.substring(2, 6) + ":"
                + id.substring(6, 10) + "::/64");
    }
}
