package clusterd.network;

import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.NetworkSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import overlaynet.ipam.Subnet;

/** Which network comes of a wish. */
public final class NetworkChoice {
    /** What the network is called that ports of every node lead through if there is no other. */
    public static final String INGRESS = "ingress";
    /** Every node has a part of it: of a /16 there are 768 of these. */
    private static final int INGRESS_BLOCK_PREFIX = 26;
    private static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}";
    private static final int SHORTEST_PREFIX = 8;
    private static final int LONGEST_PREFIX = 24;
    private static final int SHORTEST_PREFIX_IPV6 = 16;
    private static final int LONGEST_PREFIX_IPV6 = 96;
    private static final int FEWEST_BYTES = 576;
    private static final int FEWEST_BYTES_IPV6 = 1280;
    private static final int MOST_BYTES = 65_485;
    private static final List<String> OWN_NAMES = List.of("bridge", "default", "host", "none", "container", INGRESS);

    private NetworkChoice() {
    }

    /** A wish that cannot be had: why, and what to do. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String reason) {
            super(reason);
        }
    }

    /**
     * What somebody wants.
     *
     * @param spec    with {@code blockPrefix} 0 for the usual one
     * @param subnets at most one of IPv4 and one of IPv6
     * @param ipv6    whether it shall have IPv6 although no such subnet is named
     */
    public record Wish(NetworkSpec spec, List<String> subnets, boolean ipv6) {
        /** Copies the list. */
        public Wish {
            subnets = List.copyOf(subnets);
        }
    }

    /**
     * Decides; the log gives it a number.
     *
     * @param id     for it
     * @param taken  what the deciding manager's host reaches already
     * @param others the cluster's networks
     */
    public static Network choose(Wish wish, NetworkId id, long nowMillis, Collection<Subnet> taken,
            Collection<Network> others) throws RefusedException {
        checkName(wish.spec().name());
        return made(wish, id, nowMillis, taken, others);
    }

    /** The network of tasks whose ports every node leads on, and that are in no other. */
    public static Network ingress(NetworkId id, long nowMillis, Collection<Subnet> taken, Collection<Network> others)
            throws RefusedException {
        return made(new Wish(new NetworkSpec(INGRESS, new TreeMap<>(), false, false, 0, INGRESS_BLOCK_PREFIX), List.of(), false), id, nowMillis,
                taken, others);
    }

    private static Network made(Wish wish, NetworkId id, long nowMillis, Collection<Subnet> taken,
            Collection<Network> others) throws RefusedException {
        NetworkSpec spec = wish.spec();
        List<Subnet> given = new ArrayList<>();
        for (String text : wish.subnets()) {
            given.add(parse(text));
        }
        Subnet subnet = only(given, true).isPresent() ? only(given, true).get() : free(taken, others);
        List<Subnet> subnets = new ArrayList<>(List.of(subnet));
        Optional<Subnet> subnet6 = only(given, false);
        if (subnet6.isPresent() || wish.ipv6()) {
            subnets.add(subnet6.orElseGet(() -> local(id)));
        }
        for (Subnet each : subnets) {
            check(each, taken, others);
        }
        checkMtu(spec.mtuBytes(), subnets.size() > 1);
        checkBackend(spec, subnets.size() > 1);
        return new Network(id, spec.parted(blockPrefix(spec.blockPrefix(), subnet)), 0,
                subnets.stream().map(Subnet::toString).toList(), nowMillis);
    }

    private static void checkName(String name) throws RefusedException {
        if (!name.matches(NAME)) {
            throw new RefusedException("invalid network name \"" + name
                    + "\": 1 to 63 letters, digits, and within it -, _ and . are expected");
        }
        if (OWN_NAMES.contains(name)) {
            throw new RefusedException("the network name " + name + " is jctl's own; choose another");
        }
    }

    private static Subnet parse(String text) throws RefusedException {
        try {
            return Subnet.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new RefusedException("--subnet: " + wrong.getMessage());
        }
    }

    private static Optional<Subnet> only(List<Subnet> given, boolean ipv4) throws RefusedException {
        List<Subnet> family = given.stream().filter(each -> each.ipv4() == ipv4).toList();
        if (family.size() > 1) {
            throw new RefusedException("a network has one IPv4 and one IPv6 subnet; --subnet was given " + family);
        }
        return family.stream().findFirst();
    }

    /** Other tools' usual ones, and those a node's own bridges begin with, are left out. */
    private static Subnet free(Collection<Subnet> taken, Collection<Network> others) throws RefusedException {
        return IntStream.rangeClosed(176, 239).mapToObj(second -> Subnet.parse("10." + second + ".0.0/16"))
                .filter(each -> taken.stream().noneMatch(each::overlaps) && overlapping(each, others).isEmpty())
                .findFirst().orElseThrow(() -> new RefusedException("every subnet from 10.176.0.0/16 to 10.239.0.0/16"
                        + " is taken; give one with --subnet"));
    }

    /** A unique local subnet (RFC 4193): its forty random bits are the id's first. */
    private static Subnet local(NetworkId id) {
        String digits = id.value();
        return Subnet.parse("fd" + digits.substring(0, 2) + ":" + digits.substring(2, 6) + ":"
                + digits.substring(6, 10) + "::/64");
    }

    private static void check(Subnet wanted, Collection<Subnet> taken, Collection<Network> others)
            throws RefusedException {
        int shortest = wanted.ipv4() ? SHORTEST_PREFIX : SHORTEST_PREFIX_IPV6;
        int longest = wanted.ipv4() ? LONGEST_PREFIX : LONGEST_PREFIX_IPV6;
        if (wanted.prefixLength() < shortest || wanted.prefixLength() > longest) {
            throw new RefusedException("--subnet " + wanted + ": a network that nodes share has "
                    + (wanted.ipv4() ? "an IPv4" : "an IPv6") + " subnet from /" + shortest + " to /" + longest
                    + ", since each node gets a part of it");
        }
        Optional<Network> other = overlapping(wanted, others);
        if (other.isPresent()) {
            throw new RefusedException("--subnet " + wanted + " overlaps that of the network "
                    + other.get().spec().name() + " (" + String.join(", ", other.get().subnets()) + ")");
        }
        for (Subnet each : taken) {
            if (each.prefixLength() > 0 && wanted.overlaps(each)) {
                throw new RefusedException("--subnet " + wanted + " overlaps " + each + ", which this host reaches"
                        + " already (ip route show table all)");
            }
        }
    }

    /** The network that has an address of it. */
    public static Optional<Network> overlapping(Subnet subnet, Collection<Network> networks) {
        return networks.stream().filter(network -> network.subnets().stream()
                .anyMatch(each -> Subnet.parse(each).overlaps(subnet))).findFirst();
    }

    private static void checkMtu(int mtuBytes, boolean ipv6) throws RefusedException {
        int fewest = ipv6 ? FEWEST_BYTES_IPV6 : FEWEST_BYTES;
        if (mtuBytes != 0 && (mtuBytes < fewest || mtuBytes > MOST_BYTES)) {
            throw new RefusedException("--mtu " + mtuBytes + " is not from " + fewest + " to " + MOST_BYTES);
        }
    }

    private static void checkBackend(NetworkSpec spec, boolean ipv6) throws RefusedException {
        if (spec.backend() == NetworkSpec.Backend.HOST_GATEWAY && (spec.encrypted() || ipv6)) {
            throw new RefusedException("--backend host-gw: plain routes " + (spec.encrypted()
                    ? "encrypt nothing; leave out one of it and --encrypted" : "are of IPv4 alone; leave out one of it and IPv6"));
        }
    }

    private static int blockPrefix(int given, Subnet subnet) throws RefusedException {
        int shortest = Math.max(NetworkLayout.SHORTEST_BLOCK_PREFIX, subnet.prefixLength() + 2);
        if (given == 0) {
            return NetworkLayout.usualBlockPrefix(subnet);
        }
        if (given < shortest || given > NetworkLayout.LONGEST_BLOCK_PREFIX) {
            throw new RefusedException("block /" + given + ": a node's part of " + subnet + " is from /" + shortest
                    + " to /" + NetworkLayout.LONGEST_BLOCK_PREFIX);
        }
        return given;
    }
}
