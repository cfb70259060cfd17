package cli.lab.plan;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlaynet.ipam.Subnet;

/**
 * A lab: what it is called, where it lies, and what is in it. All other names follow from these.
 *
 * @param name   see {@link LabNames}
 * @param folder of the lab alone, absolute
 * @param subnet the hosts' addresses, and the bridge's
 * @param hosts  in the order of their numbers
 * @param faults of the network between them
 */
public record LabDescription(String name, Path folder, Subnet subnet, List<VirtualHost> hosts,
        List<Fault> faults) {
    /** The link every virtual host has to its lab. */
    public static final String LINK_IN_HOST = "eth0";
    /** The description's file in the lab's folder. */
    public static final String FILE = "lab.json";

    /** Nothing can change the lists any more. */
    public LabDescription {
        hosts = List.copyOf(hosts);
        faults = List.copyOf(faults);
    }

    /** The machine's own address in the lab: the subnet's last, so that node1 has the first. */
    public InetAddress gateway() {
        return subnet.at(subnet.lastHostOffset());
    }

    /** The bridge on the machine. */
    public String bridgeName() {
        return LabNames.bridge(name);
    }

    /** The nftables table of the bridge, of the family inet. */
    public String tableName() {
        return "lab_" + name.replace('-', '_');
    }

    /** The machine's end of a host's cable. */
    public String linkName(VirtualHost host) {
        return LabNames.link(name, host.number());
    }

    /** What a host calls itself, and its network namespace is called: {@code lab-node1}. */
    public String hostName(VirtualHost host) {
        return name + "-" + host.shortName();
    }

    /** The folder of one host; also the word by which its processes are known. */
    public Path folder(VirtualHost host) {
        return folder.resolve(host.shortName());
    }

    /** What survives when its power fails. */
    public Path dataFolder(VirtualHost host) {
        return folder(host).resolve("data");
    }

    /** What does not. */
    public Path runFolder(VirtualHost host) {
        return folder(host).resolve("run");
    }

    /** Where its agent answers. */
    public Path socket(VirtualHost host) {
        return runFolder(host).resolve("jctl.sock");
    }

    /** What its agent says. */
    public Path log(VirtualHost host) {
        return folder(host).resolve("agent.log");
    }

    /** The names of all hosts, in the form of {@code hosts(5)}. */
    public String hostsFile() {
        StringBuilder text = new StringBuilder("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
        for (VirtualHost host : hosts) {
            text.append(host.address().getHostAddress()).append(' ').append(hostName(host)).append(' ')
                    .append(host.shortName()).append('\n');
        }
        return text.append(gateway().getHostAddress()).append(" gateway\n").toString();
    }

    /**
     * The host of a number.
     *
     * @throws IllegalArgumentException if there is none
     */
    public VirtualHost host(int number) {
        return hosts.stream().filter(host -> host.number() == number).findFirst().orElseThrow(() ->
                new IllegalArgumentException("the lab " + name + " has no host number " + number));
    }

    /**
     * The host a user names: {@code node2} or {@code lab-node2}.
     *
     * @throws LabRefusal if there is none
     */
    public VirtualHost host(String word) throws LabRefusal {
        Optional<VirtualHost> found = hosts.stream()
                .filter(host -> host.shortName().equals(word) || hostName(host).equals(word)).findFirst();
        if (found.isEmpty()) {
            throw new LabRefusal("the lab " + name + " has no host \"" + word + "\"" + (hosts.isEmpty() ? ""
                    : ": it has node1 to node" + hosts.getLast().number()));
        }
        return found.get();
    }

    /**
     * The hosts of a site.
     *
     * @throws LabRefusal if there are none
     */
    public List<VirtualHost> hostsOf(String site) throws LabRefusal {
        List<VirtualHost> found = hosts.stream().filter(host -> host.site().equals(site)).toList();
        if (site.isEmpty() || found.isEmpty()) {
            throw new LabRefusal("the lab " + name + " has no hosts in a site \"" + site
                    + "\": `jctl lab cluster ls -o wide` shows the sites");
        }
        return found;
    }

    /** The same lab with one host changed. */
    public LabDescription with(VirtualHost changed) {
        return new LabDescription(name, folder, subnet, hosts.stream().map(host ->
                host.number() == changed.number() ? changed : host).toList(), faults);
    }

    /** The same lab with one more fault, in the place of any of the same kind on the same way. */
    public LabDescription with(Fault added) {
        List<Fault> changed = new ArrayList<>(faults);
        changed.removeIf(fault -> fault.isOf(added.from(), added.to())
                && fault.getClass() == added.getClass());
        changed.add(added);
        return withFaults(changed);
    }

    /** The same lab with these faults and no others. */
    public LabDescription withFaults(List<Fault> wanted) {
        return new LabDescription(name, folder, subnet, hosts, wanted);
    }

    /** The same lab with nothing wrong between two hosts, in either direction. */
    public LabDescription healed(VirtualHost one, VirtualHost other) {
        return withFaults(faults.stream().filter(fault -> !fault.isOf(one.number(), other.number())
                && !fault.isOf(other.number(), one.number())).toList());
    }
}
