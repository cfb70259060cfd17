package runtime.container;

import java.util.Locale;
import java.util.Optional;

/**
 * When a container is started again by itself, as docker's {@code --restart} says it.
 *
 * @param kind       the policy
 * @param maxRetries of ON_FAILURE: how many times it is tried in a row; 0 is without limit
 */
public record RestartPolicy(Kind kind, int maxRetries) {

    /** The policies, by docker's words. */
    public enum Kind {
        /** Never. */
        NO,
        /** When it ended with another code than 0, or the host went down under it. */
        ON_FAILURE,
        /** Whenever it ends but by {@code stop}; also one that was stopped, when the daemon begins. */
        ALWAYS,
        /** As ALWAYS, but one that was stopped stays so. */
        UNLESS_STOPPED;

        /** {@code unless-stopped} … */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Never. */
    public static final RestartPolicy NEVER = new RestartPolicy(Kind.NO, 0);

    /**
     * The policy a user named: {@code no}, {@code on-failure[:n]}, {@code always}, {@code unless-stopped}.
     *
     * @return empty if it is none of them
     */
    public static Optional<RestartPolicy> parse(String text) {
        String[] parts = text.split(":", -1);
        for (Kind kind : Kind.values()) {
            if (kind.word().equals(parts[0])) {
                if (parts.length == 1) {
                    return Optional.of(new RestartPolicy(kind, 0));
                }
                return parts.length == 2 && kind == Kind.ON_FAILURE
                        && parts[1].matches("[0-9]{1,9}")
                        ? Optional.of(new RestartPolicy(kind, Integer.parseInt(parts[1])))
                        : Optional.empty();
            }
        }
        return text.isEmpty() ? Optional.of(NEVER) : Optional.empty();
    }

    /** As {@link #parse} reads it. */
    public String word() {
        return kind.word() + (maxRetries > 0 ? ":" + maxRetries : "");
    }
}
