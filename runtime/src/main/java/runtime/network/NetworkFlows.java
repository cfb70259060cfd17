package runtime.network;

import java.util.List;

/**
 * What a network's policy has done on this host.
 *
 * @param network name of it
 * @param refused lately, the latest first
 * @param rules   how often each has decided, in their order
 */
public record NetworkFlows(String network, List<Refused> refused, List<Rule> rules) {
    /** Copies the lists. */
    public NetworkFlows {
        refused = List.copyOf(refused);
        rules = List.copyOf(rules);
    }

    /**
     * Packets of the same ends and port.
     *
     * @param from       a task's name, or an address
     * @param to         likewise
     * @param protocol   {@code tcp}
     * @param port       0 of what has none
     * @param packets    how many
     * @param agoSeconds since the last one
     * @param rule       that refused them, in its words
     */
    public record Refused(String from, String to, String protocol, int port, long packets, long agoSeconds, String rule) {
    }

    /**
     * A rule.
     *
     * @param rule    in its words
     * @param packets that began a connection, or would have
     */
    public record Rule(String rule, long packets) {
    }
}
