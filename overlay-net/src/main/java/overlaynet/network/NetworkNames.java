package overlaynet.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import overlaynet.ipam.Subnet;

/** Who is called what in a network. A question costs the same however many there are. */
public final class NetworkNames {
    private static final String TASKS = "tasks";

    private final String network;
    private final List<Subnet> subnets;
    private final Map<String, List<InetAddress>> addresses = new HashMap<>();
    private final Map<InetAddress, String> names = new HashMap<>();
    private final Map<String, Service> services = new HashMap<>();

    /**
     * Of these.
     *
     * @param network its name
     * @param subnets its addresses
     * @param members who is in it
     */
    public NetworkNames(String network, List<Subnet> subnets, List<Member> members) {
        this(network, subnets, members, List.of());
    }

    /**
     * Of these, with services whose names it speaks for.
     *
     * @param network  its name
     * @param subnets  its addresses
     * @param members  who is in it, services and their tasks as well
     * @param services those in it, with addresses or without
     */
    public NetworkNames(String network, List<Subnet> subnets, List<Member> members, List<Service> services) {
        this.network = network;
        services.forEach(service -> service.names().forEach(name -> this.services.putIfAbsent(plain(name), service)));
        this.subnets = List.copyOf(subnets);
        for (Member member : members) {
            member.names().stream().map(NetworkNames::plain).distinct().forEach(name ->
                    addresses.computeIfAbsent(name, key -> new ArrayList<>()).addAll(member.addresses()));
            member.addresses().forEach(address -> names.putIfAbsent(address, member.names().getFirst()));
        }
    }

    /**
     * A container, or a service.
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
     * A service whose ports are found by name (RFC 2782).
     *
     * @param names its own first
     * @param ports in the order of preference, each name once
     * @param tasks names of those that take connections, which have addresses: {@code 1.web}
     */
    public record Service(List<String> names, List<NamedPort> ports, List<String> tasks) {
        public Service {
            names = List.copyOf(names);
            ports = List.copyOf(ports);
            tasks = List.copyOf(tasks);
        }
    }

    /**
     * A port of each of a service's tasks.
     *
     * @param name {@code _sip._udp}
     * @param port 1 to 65535
     */
    public record NamedPort(String name, int port) {
    }

    /**
     * A name at or below that of a service.
     *
     * @param zone    the service's, as asked for
     * @param below   what stands before it, without the full stop between them; empty: it is that name
     * @param suffix  what makes a name of the network one as asked for: empty, or a full stop and the network's name
     * @param service which
     */
    public record Place(String zone, String below, String suffix, Service service) {
        /** The port that this is the name of. */
        public Optional<NamedPort> port() {
            return service.ports.stream().filter(each -> each.name().equals(below)).findFirst();
        }

        /** Whether it is there, addresses aside: a port's name, too, exists with all it ends with (RFC 8020). */
        public boolean exists() {
            return below.isEmpty() || below.equals(TASKS) || service.ports.stream().map(NamedPort::name)
                    .anyMatch(each -> each.equals(below) || each.endsWith("." + below));
        }

        /** Whether nobody but the service can have such a name: those of tasks and of ports. */
        public boolean isReserved() {
            String next = below.substring(below.lastIndexOf('.') + 1);
            return next.isEmpty() || next.equals(TASKS) || next.startsWith("_")
                    || next.chars().allMatch(each -> each >= '0' && each <= '9');
        }
    }

    /** Where a name stands that is a service's, or below it; the name is as for {@link #addresses}. */
    public Optional<Place> place(String name) {
        String wanted = plain(name);
        String suffix = suffix();
        if (wanted.endsWith(suffix)) {
            Optional<Place> found = place(wanted.substring(0, wanted.length() - suffix.length()), suffix);
            if (found.isPresent()) {
                return found;
            }
        }
        return place(wanted, "");
    }

    private Optional<Place> place(String wanted, String suffix) {
        int from = 0;
        while (!services.containsKey(wanted.substring(from))) {
            from = wanted.indexOf('.', from) + 1;
            if (from == 0) {
                return Optional.empty();
            }
        }
        String zone = wanted.substring(from);
        return Optional.of(new Place(zone + suffix, wanted.substring(0, Math.max(0, from - 1)), suffix,
                services.get(zone)));
    }

    private String suffix() {
        return "." + network.toLowerCase(Locale.ROOT);
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
        String suffix = suffix();
        List<InetAddress> found = new ArrayList<>(addresses.getOrDefault(wanted, List.of()));
        if (wanted.endsWith(suffix)) {
            found.addAll(addresses.getOrDefault(wanted.substring(0, wanted.length() - suffix.length()), List.of()));
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }

    /** The name of who has the address, followed by that of the network; empty if nobody has it. */
    public Optional<String> nameOf(InetAddress address) {
        return Optional.ofNullable(names.get(address)).map(name -> name + "." + network);
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
