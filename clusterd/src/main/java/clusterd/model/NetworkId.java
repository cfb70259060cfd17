package clusterd.model;

/**
 * Names a network that nodes share; chosen at random by whoever proposes it.
 *
 * @param value 64 hexadecimal digits, as ids of a node's own networks have
 */
public record NetworkId(String value) implements Comparable<NetworkId> {
    private static final String FORM = "[0-9a-f]{64}";

    /** Refuses what could not have been made by this program. */
    public NetworkId {
        if (!value.matches(FORM)) {
            throw new IllegalArgumentException("NetworkId \"" + value + "\": 64 hexadecimal digits are expected");
        }
    }

    @Override
    public int compareTo(NetworkId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
