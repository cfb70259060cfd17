package clusterd.model;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a user wants of a network that nodes share.
 *
 * @param name        unique in the cluster
 * @param labels      the user's own
 * @param internal    whether nothing leaves it
 * @param attachable  whether containers that are no tasks may join it
 * @param mtuBytes    largest packet in it; 0 = what fits between the nodes
 * @param blockPrefix length of the prefix of the part that each node gets of the IPv4 subnet
 * @param closed      whether nobody in it may talk to anybody unless a rule allows it
 * @param rules       who may talk to whom, each as {@code overlaynet.policy.Rule} reads it, in their order
 * @param encrypted   whether nobody between the nodes can read or change what is said in it
 * @param backend     what leads from node to node
 */
public record NetworkSpec(String name, SortedMap<String, String> labels, boolean internal, boolean attachable,
        int mtuBytes, int blockPrefix, boolean closed, List<String> rules, boolean encrypted, Backend backend) {
    /** What leads from node to node. */
    public enum Backend {
        /** Tunnels, through whatever is between them. */
        TUNNEL,
        /** The nodes' own routes: they share a segment. */
        HOST_GATEWAY
    }

    /** Copies the collections. */
    public NetworkSpec {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        rules = List.copyOf(rules);
    }

    /** One of tunnels. */
    public NetworkSpec(String name, SortedMap<String, String> labels, boolean internal, boolean attachable, int mtuBytes,
            int blockPrefix, boolean closed, List<String> rules, boolean encrypted) {
        this(name, labels, internal, attachable, mtuBytes, blockPrefix, closed, rules, encrypted, Backend.TUNNEL);
    }

    /** One that is not encrypted. */
    public NetworkSpec(String name, SortedMap<String, String> labels, boolean internal, boolean attachable, int mtuBytes,
            int blockPrefix, boolean closed, List<String> rules) {
        this(name, labels, internal, attachable, mtuBytes, blockPrefix, closed, rules, false);
    }

    /** One in which everybody may talk to everybody. */
    public NetworkSpec(String name, SortedMap<String, String> labels, boolean internal, boolean attachable, int mtuBytes,
            int blockPrefix) {
        this(name, labels, internal, attachable, mtuBytes, blockPrefix, false, List.of());
    }

    /** The same with another policy. */
    public NetworkSpec with(boolean closedNow, List<String> others) {
        return new NetworkSpec(name, labels, internal, attachable, mtuBytes, blockPrefix, closedNow, others, encrypted,
                backend);
    }

    /** The same with parts for nodes of that length. */
    public NetworkSpec parted(int prefix) {
        return new NetworkSpec(name, labels, internal, attachable, mtuBytes, prefix, closed, rules, encrypted,
                backend);
    }
}
