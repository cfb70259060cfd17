package clusterd.model;

/**
 * Names a service for as long as the cluster lives; chosen at random by whoever proposes it.
 *
 * @param value 1 to 64 letters, digits and {@code -}
 */
public record ServiceId(String value) implements Comparable<ServiceId> {
    /** Refuses what could not have been made by this program. */
    public ServiceId {
        Identifier.check("ServiceId", value);
    }

    @Override
    public int compareTo(ServiceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
