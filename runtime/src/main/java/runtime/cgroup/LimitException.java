package runtime.cgroup;

import java.util.List;

/** Limits that make no sense together, or not on this machine; the message has every problem. */
public final class LimitException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The problems become the message, one per line. */
    public LimitException(List<String> problems) {
        super(String.join("\n", problems));
    }
}
