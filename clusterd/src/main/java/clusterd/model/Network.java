package clusterd.model;

import java.util.List;

/**
 * A network that nodes share.
 *
 * @param id            of it
 * @param spec          what is wanted of it
 * @param number        its VNI (RFC 7348, 5), which no other network of the cluster has
 * @param subnets       that of IPv4 and, if it has one, that of IPv6, as {@code 10.128.0.0/16}
 * @param createdMillis since 1970
 * @param keysMillis    when its nodes were last told to make new keys, since 1970, if it is encrypted: those that were
 *                      made for an earlier moment are replaced; 0 = never
 */
public record Network(NetworkId id, NetworkSpec spec, int number, List<String> subnets, long createdMillis,
        long keysMillis) {
    /** The lowest number: other tools begin at 1 or 4096. */
    public static final int FIRST_NUMBER = 0x6a0000;
    /** How many numbers there are from that on. */
    public static final int NUMBERS = 1 << 16;
    /** How many networks a cluster may have. */
    public static final int MOST = 10_000;

    /** Copies the list. */
    public Network {
        subnets = List.copyOf(subnets);
    }

    /** One whose nodes have the keys they began with. */
    public Network(NetworkId id, NetworkSpec spec, int number, List<String> subnets, long createdMillis) {
        this(id, spec, number, subnets, createdMillis, 0);
    }

    /** The same with another policy. */
    public Network with(boolean closed, List<String> rules) {
        return new Network(id, spec.with(closed, rules), number, subnets, createdMillis, keysMillis);
    }

    /** The same with that number. */
    public Network numbered(int other) {
        return new Network(id, spec, other, subnets, createdMillis, keysMillis);
    }

    /** The same with the keys of that moment. */
    public Network keyed(long millis) {
        return new Network(id, spec, number, subnets, createdMillis, millis);
    }
}
