package overlaynet.overlay;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import overlaynet.balance.Endpoint;
import overlaynet.balance.VirtualPort;
import overlaynet.ipam.Subnet;
import overlaynet.network.NetworkNames.Member;
import overlaynet.network.NetworkNames.NamedPort;
import overlaynet.network.NetworkNames.Service;
import overlaynet.policy.PolicyRules;
import overlaynet.policy.Rule;

/**
 * A service that is found in a network.
 *
 * @param name        of it
 * @param aliases     what it is called beside that
 * @param virtual     its own addresses, at most one of a family; none: its name stands for its tasks
 * @param choice      which task a connection to such an address goes to
 * @param tasks       those that have connections
 * @param ports       of this host that lead to them
 * @param named       of each task, found by name
 * @param labels      of it, as far as the network's policy asks for them
 * @param preferLocal whether a connection goes to a task of this node, as long as one here takes any
 */
public record WantedService(String name, List<String> aliases, List<InetAddress> virtual, VirtualPort.Choice choice,
        List<WantedTask> tasks, List<WantedPort> ports, List<NamedPort> named, Map<String, String> labels,
        boolean preferLocal) {
    /** Copies the collections. */
    public WantedService {
        labels = Map.copyOf(labels);
        aliases = List.copyOf(aliases);
        virtual = List.copyOf(virtual);
        tasks = List.copyOf(tasks);
        ports = List.copyOf(ports);
        named = List.copyOf(named);
    }

    /** One without ports that are found by name. */
    public WantedService(String name, List<String> aliases, List<InetAddress> virtual, VirtualPort.Choice choice,
            List<WantedTask> tasks, List<WantedPort> ports) {
        this(name, aliases, virtual, choice, tasks, ports, List.of(), Map.of(), false);
    }

    /** One without ports of this host. */
    public WantedService(String name, List<String> aliases, List<InetAddress> virtual, VirtualPort.Choice choice,
            List<WantedTask> tasks) {
        this(name, aliases, virtual, choice, tasks, List.of(), List.of(), Map.of(), false);
    }

    /** Its tasks as a policy sees them; one that is to end has its connections still. */
    PolicyRules.Member member() {
        return new PolicyRules.Member(end(), tasks.stream().flatMap(each -> each.addresses().stream()).toList());
    }

    /** It as an end of connections. */
    Rule.End end() {
        return new Rule.End(name, labels);
    }

    private List<InetAddress> endpoints(boolean ipv4, List<Subnet> block) {
        List<InetAddress> all = tasks.stream().filter(each -> !each.leaving()).flatMap(each -> each.addresses().stream())
                .filter(each -> isIpv4(each) == ipv4).toList();
        List<InetAddress> here = preferLocal ? all.stream().filter(each -> block.stream().anyMatch(part -> part.contains(each)))
                .toList() : List.of();
        return here.isEmpty() ? all : here;
    }

    private static boolean isIpv4(InetAddress address) {
        return address.getAddress().length == Integer.BYTES;
    }

    /**
     * What its addresses lead to.
     *
     * @param block this node's part of the network
     */
    List<VirtualPort> virtualPorts(List<Subnet> block) {
        List<VirtualPort> all = new ArrayList<>();
        virtual.forEach(each -> all.add(VirtualPort.any(each, choice, endpoints(isIpv4(each), block))));
        for (WantedPort port : ports) {
            for (boolean ipv4 : new boolean[] {true, false}) {
                List<Endpoint> its = endpoints(ipv4, block).stream().map(each -> new Endpoint(each, port.target())).toList();
                // Of a family without tasks the port may be a program's of this host.
                if (ipv4 || !its.isEmpty()) {
                    all.add(VirtualPort.everywhere(ipv4, port.protocol(), port.published(), choice, its));
                }
            }
        }
        return all;
    }

    /** Its names, which nobody else answers for, and its ports that have names. */
    Service service() {
        List<String> names = new ArrayList<>(List.of(name));
        names.addAll(aliases);
        return new Service(names, named, tasks.stream().filter(each -> !each.leaving() && !each.addresses().isEmpty())
                .map(this::nameOf).toList());
    }

    private String nameOf(WantedTask task) {
        return task.place() + "." + name;
    }

    /** What it and its tasks are called: {@code web}, its aliases, {@code tasks.web}, as of its aliases, {@code 1.web}. */
    List<Member> members() {
        List<Member> members = new ArrayList<>();
        List<String> names = new ArrayList<>(List.of(name));
        names.addAll(aliases);
        if (!virtual.isEmpty()) {
            members.add(new Member(names, virtual));
        }
        for (WantedTask each : tasks.stream().filter(task -> !task.leaving()).toList()) {
            List<String> its = new ArrayList<>(List.of(nameOf(each)));
            names.forEach(any -> its.add("tasks." + any));
            if (virtual.isEmpty()) {
                its.addAll(names);
            }
            members.add(new Member(its, each.addresses()));
        }
        return members;
    }
}
