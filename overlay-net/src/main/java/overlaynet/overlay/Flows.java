package overlaynet.overlay;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import overlaynet.policy.Policy;
import overlaynet.policy.Refused;
import overlaynet.policy.RuleCount;

/**
 * What a network's policy has done on this node.
 *
 * @param network name of it
 * @param refused what was refused in the last quarter of an hour, the latest first
 * @param rules   how often each rule decided
 */
public record Flows(String network, List<Dropped> refused, List<Counted> rules) {
    /**
     * Packets that were refused.
     *
     * @param from       a task, or an address
     * @param to         likewise
     * @param protocol   {@code tcp}
     * @param port       0 of what has none
     * @param packets    how many
     * @param agoSeconds since the last one
     * @param rule       in its words
     */
    public record Dropped(String from, String to, String protocol, int port, long packets, long agoSeconds, String rule) {
    }

    /**
     * A rule.
     *
     * @param rule    in its words
     * @param packets that asked to begin a connection to a container of this node, and were decided about by it
     */
    public record Counted(String rule, long packets) {
    }

    /** Copies the lists. */
    public Flows {
        refused = List.copyOf(refused);
        rules = List.copyOf(rules);
    }

    static Flows of(WantedNetwork network, Policy policy, List<Refused> refused, List<RuleCount> counts) {
        Map<InetAddress, String> names = new HashMap<>();
        network.services().forEach(service -> service.tasks().forEach(task -> task.addresses().forEach(each ->
                names.put(each, task.place() + "." + service.name()))));
        List<Dropped> dropped = new ArrayList<>();
        refused.stream().sorted(Comparator.comparingLong(Refused::agoSeconds)).forEach(each -> dropped.add(new Dropped(
                names.getOrDefault(each.from(), each.from().getHostAddress()),
                names.getOrDefault(each.to(), each.to().getHostAddress()), each.protocol(), each.port(), each.packets(),
                each.agoSeconds(), policy.words(each.rule()))));
        return new Flows(network.name(), dropped, counts.stream().map(each -> new Counted(policy.words(each.rule()),
                each.packets())).toList());
    }
}
