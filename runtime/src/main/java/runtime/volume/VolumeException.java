package runtime.volume;

import java.util.List;

/** What cannot be done to a volume; it is as it was. */
public final class VolumeException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of failure. */
    public enum Reason { NOT_FOUND, IN_USE }

    private final Reason reason;
    private final transient List<String> containerIds;

    VolumeException(Reason reason, String message, List<String> containerIds) {
        super(message);
        this.reason = reason;
        this.containerIds = List.copyOf(containerIds);
    }

    /** What kind of failure. */
    public Reason reason() {
        return reason;
    }

    /** Who has it, if it is in use. */
    public List<String> containerIds() {
        return containerIds;
    }
}
