package overlaynet.ipam;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Which private subnet (RFC 1918) a host's bridge gets. */
public final class SubnetChoice {
    private SubnetChoice() {}

    /**
     * The subnets tried, in this order. The usual ones of other tools are left out, since these may
     * come up later: docker 172.17–172.23, podman 10.88, k3s 10.42 and 10.43, flannel 10.244,
     * libvirt 192.168.122.
     */
    public static List<Subnet> candidates() {
        List<Subnet> candidates = new ArrayList<>();
        IntStream.rangeClosed(144, 175)
                .forEach(second -> candidates.add(Subnet.parse("10." + second + ".0.0/16")));
        IntStream.rangeClosed(24, 31)
                .forEach(second -> candidates.add(Subnet.parse("172." + second + ".0.0/16")));
        IntStream.rangeClosed(200, 247)
                .forEach(third -> candidates.add(Subnet.parse("192.168." + third + ".0/24")));
        return candidates;
    }

    /** The first candidate that overlaps nothing the host reaches another way. */
    public static Optional<Subnet> choose(List<Subnet> candidates, Collection<Subnet> taken) {
        return candidates.stream()
                .filter(candidate -> taken.stream().noneMatch(candidate::overlaps))
                .findFirst();
    }
}
