package overlaynet.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import overlaynet.ipam.Subnet;

/**
 * Who is called what in a network.
 *
 * @param network its name
 * @param subnets its addresses
 * @param members the containers in it
 */
public record NetworkNames(String network, List<Subnet> subnets, List<Member> members) {
    public NetworkNames {
        subnets = List.copyOf(subnets);
        members = List.copyOf(members);
    }

    /**
     * A container.
     *
     * @param names     its own first
     * @param addresses IPv4 first
     */
    public record Member(List<String> names, List<InetAddress> addresses) {
        public Member {
            names = List.copyOf(names);
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * The addresses of all that are called so, in both families.
     *
     * @param name as asked for, with or without the full stop at its end, in any case; the name
     *             followed by that of the network means the same
     * @return empty if nobody is
     */
    public Optional<List<InetAddress>> addresses(String name) {
        String wanted = plain(name);
        String suffix = "." + network.toLowerCase(Locale.ROOT);
        String shorter = wanted.endsWith(suffix)
                ? wanted.substring(0, wanted.length() - suffix.length()) : wanted;
        List<InetAddress> found = new ArrayList<>();
        for (Member member : members) {
            boolean called = member.names.stream().map(each -> each.toLowerCase(Locale.ROOT))
                    .anyMatch(each -> each.equals(wanted) || each.equals(shorter));
            if (called) {
                found.addAll(member.addresses);
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }

    /** The name of who has the address, followed by that of the network; empty if nobody has it. */
    public Optional<String> nameOf(InetAddress address) {
        return members.stream().filter(member -> member.addresses.contains(address)).findFirst()
                .map(member -> member.names.getFirst() + "." + network);
    }

    /** Whether the address is one of the network's. */
    public boolean covers(InetAddress address) {
        return subnets.stream().anyMatch(subnet -> subnet.contains(address));
    }

    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
